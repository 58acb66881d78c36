// SPDX-License-Identifier: MIT
#include "base/names.h"
#include "value/value.h"

#include <string.h>

/** Keys of one object often begin alike, so the last byte is compared first; constants are the same bytes. */
static inline bool is_key(const TtMapEntry *entry, const char *key, uint32_t length) {
    if (entry->key.len != length) return false;
    const char *text = tt_bytes_data(entry->key);
    return text == key || length == 0 ||
           (text[length - 1] == key[length - 1] && memcmp(text, key, length) == 0);
}

static int64_t find_linear(TtValue map, const char *key, uint32_t length) {
    const TtMapEntry *entries = tt_map_entries(map);
    for (uint32_t i = 0; i < map.len; i++)
        if (is_key(&entries[i], key, length)) return i;
    return -1;
}

/*
 * The index covers all `used` entries and a key is in a buffer only once, so the first entry with
 * the key decides: when it lies behind the view, the view does not have the key.
 */
static int64_t find_indexed(TtValue map, const char *key, uint32_t length, uint32_t hash) {
    const TtMapBuf *buf = (const TtMapBuf *)map.as.object;
    const uint32_t *index = (const uint32_t *)(const void *)(buf->entries + buf->capacity);
    uint32_t mask = buf->index_size - 1;
    for (uint32_t at = hash & mask;; at = (at + 1) & mask) {
        uint32_t entry = index[at];
        if (entry == 0) return -1;
        if (is_key(&buf->entries[entry - 1], key, length))
            return entry - 1 < map.len ? (int64_t)entry - 1 : -1;
    }
}

int64_t tt_map_find(TtValue map, const char *key, uint32_t length) {
    if (map.len <= TT_MAP_LINEAR) return find_linear(map, key, length);
    return find_indexed(map, key, length, tt_hash_bytes(key, length));
}

int64_t tt_map_find_hashed(TtValue map, const char *key, uint32_t length, uint32_t hash) {
    if (map.len <= TT_MAP_LINEAR) return find_linear(map, key, length);
    return find_indexed(map, key, length, hash);
}
