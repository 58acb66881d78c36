// SPDX-License-Identifier: MIT
/**
 * Table of distinct byte strings, numbered from 0 in order of first use. Used for variable names,
 * labels and string constants of a module. Not thread-safe; the owner frees it.
 */
#ifndef TT_BASE_NAMES_H
#define TT_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct TtName {
    char *bytes; /* NUL-terminated, may hold NULs inside */
    uint32_t length;
    uint32_t hash;
} TtName;

typedef struct TtNames {
    TtName *items;
    uint32_t count, capacity;
    uint32_t *buckets; /* index + 1, 0 = empty; open addressing, power of two */
    uint32_t bucket_count;
} TtNames;

#define TT_NO_NAME UINT32_MAX

/** The number of the name, added when new. */
uint32_t tt_names_add(TtNames *names, const char *bytes, size_t length);
/** The number of the name, or TT_NO_NAME. */
uint32_t tt_names_find(const TtNames *names, const char *bytes, size_t length);
static inline const char *tt_names_text(const TtNames *names, uint32_t index) {
    return names->items[index].bytes;
}
void tt_names_free(TtNames *names);

/** Whether a function of this name is a test, which --run-tests runs: `test_…`, `test-…`. */
bool tt_names_test(const char *name);

/** 32-bit hash of bytes (FNV-1a with a final mix); the same on every platform. */
uint32_t tt_hash_bytes(const void *bytes, size_t length);

#endif
