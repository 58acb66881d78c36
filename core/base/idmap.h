// SPDX-License-Identifier: MIT
/**
 * Map from a 64-bit number (not 0) to another: pids, references. Open addressing; iteration order
 * depends on the numbers and the history only, so it is the same in every run. All zero when empty.
 */
#ifndef TT_BASE_IDMAP_H
#define TT_BASE_IDMAP_H

#include <stdbool.h>
#include <stdint.h>

typedef struct TtIdEntry {
    uint64_t id, value;
} TtIdEntry;

typedef struct TtIdMap {
    TtIdEntry *entries; /* id 0: empty */
    uint32_t capacity;  /* 0 or a power of two */
    uint32_t count;
} TtIdMap;

/** True when the id is new. */
bool tt_idmap_put(TtIdMap *map, uint64_t id, uint64_t value);
/** Stores the value of the id in `*value` (may be NULL); false when it is not there. */
bool tt_idmap_get(const TtIdMap *map, uint64_t id, uint64_t *value);
/** False when the id is not there. */
bool tt_idmap_remove(TtIdMap *map, uint64_t id);
void tt_idmap_free(TtIdMap *map);

#endif
