// SPDX-License-Identifier: MIT
#include "base/names.h"
#include "heap/heap_internal.h"

#include <string.h>

/** Room of an object's first buffer; no index. */
#define FIRST_ENTRIES 4u
_Static_assert(FIRST_ENTRIES <= TT_MAP_LINEAR, "a first buffer has no index");

/** Hash of a key, kept in its buffer where that is possible. Frozen buffers have it from the start. */
static uint32_t key_hash(TtValue key) {
    TtBytesBuf *buf = (TtBytesBuf *)key.as.object;
    bool kept = buf && buf->obj.kind == TT_OBJ_BYTES && buf->obj.used == key.len;
    if (kept && buf->hash) return buf->hash;
    uint32_t hash = tt_hash_bytes(tt_bytes_data(key), key.len);
    if (kept && !(buf->obj.flags & TT_OBJ_FROZEN)) buf->hash = hash;
    return hash;
}

static void index_entry(TtMapBuf *buf, uint32_t entry, uint32_t hash) {
    uint32_t *index = map_index(buf), mask = buf->index_size - 1, at = hash & mask;
    while (index[at]) at = (at + 1) & mask;
    index[at] = entry + 1;
}

void map_build_index(TtMapBuf *buf) {
    if (!buf->index_size) return;
    memset(map_index(buf), 0, buf->index_size * sizeof(uint32_t));
    for (uint32_t i = 0; i < buf->obj.used; i++) index_entry(buf, i, key_hash(buf->entries[i].key));
}

static bool alloc_map(TtHeap *heap, uint32_t capacity, TtMapBuf **out) {
    if (capacity > TT_MAP_MAX) return heap_full(heap);
    uint32_t index_size = map_index_size(capacity);
    TtMapBuf *buf = (TtMapBuf *)tt_heap_alloc(heap, TT_OBJ_MAP, map_size(capacity, index_size));
    if (!buf) return false;
    buf->capacity = capacity;
    buf->index_size = index_size;
    *out = buf;
    return true;
}

static bool is_own(TtValue map, bool own) {
    return own && map.len && !(map.as.object->flags & (TT_OBJ_SHARED | TT_OBJ_FROZEN));
}

/** Copies the entries of the view. Unless `moved`, the old buffer stays in use: what is in both is shared. */
static bool copy_map(TtHeap *heap, TtValue map, uint32_t capacity, bool moved, TtMapBuf **out) {
    TtMapBuf *buf;
    if (!alloc_map(heap, capacity, &buf)) return false;
    buf->obj.used = map.len;
    if (map.len) {
        const TtMapBuf *old = (const TtMapBuf *)map.as.object;
        memcpy(buf->entries, old->entries, map.len * sizeof(TtMapEntry));
        if (buf->index_size && old->index_size == buf->index_size && old->obj.used == map.len)
            memcpy(map_index(buf), old->entries + old->capacity, buf->index_size * sizeof(uint32_t));
        else
            map_build_index(buf);
    } else {
        map_build_index(buf);
    }
    if (!moved)
        for (uint32_t i = 0; i < map.len; i++) tt_value_share(buf->entries[i].value);
    *out = buf;
    return true;
}

static bool replace(TtHeap *heap, TtValue map, uint32_t at, TtValue value, bool own, TtValue *out) {
    TtMapBuf *buf = (TtMapBuf *)map.as.object;
    if (!is_own(map, own) && !copy_map(heap, map, map.len, false, &buf)) return false;
    tt_heap_forget(heap, &buf->entries[at].value);
    buf->entries[at].value = value;
    *out = view(TT_TAG_OBJECT, map.len, buf);
    return true;
}

static bool add(TtHeap *heap, TtValue map, TtValue key, TtValue value, bool own, TtValue *out) {
    TtMapBuf *buf = map.len ? (TtMapBuf *)map.as.object : NULL;
    if (map.len >= TT_MAP_MAX) return heap_full(heap);
    if (!buf) {
        if (!alloc_map(heap, FIRST_ENTRIES, &buf)) return false;
    } else if (buf->obj.used != map.len || map.len == buf->capacity || buf->obj.flags & TT_OBJ_FROZEN) {
        uint32_t capacity = map.len < FIRST_ENTRIES    ? FIRST_ENTRIES
                            : map.len < TT_MAP_MAX / 2 ? map.len * 2
                                                       : TT_MAP_MAX;
        if (!copy_map(heap, map, capacity, is_own(map, own), &buf)) return false;
    } else if (!own) {
        buf->obj.flags |= TT_OBJ_SHARED;
    }
    buf->entries[map.len] = (TtMapEntry){key, value};
    buf->obj.used = map.len + 1;
    if (buf->index_size) index_entry(buf, map.len, key_hash(key));
    *out = view(TT_TAG_OBJECT, map.len + 1, buf);
    return true;
}

bool tt_map_new(TtHeap *heap, const TtMapEntry *entries, uint32_t count, TtValue *out) {
    *out = tt_empty(TT_TAG_OBJECT);
    if (!count) return true;
    TtMapBuf *buf;
    if (!alloc_map(heap, count, &buf)) return false;
    map_build_index(buf);
    uint32_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        TtValue key = entries[i].key, sofar = view(TT_TAG_OBJECT, used, buf);
        uint32_t hash = buf->index_size ? key_hash(key) : 0;
        int64_t at = buf->index_size ? tt_map_find_hashed(sofar, tt_bytes_data(key), key.len, hash)
                                     : tt_map_find(sofar, tt_bytes_data(key), key.len);
        if (at >= 0) {
            buf->entries[at].value = entries[i].value;
            continue;
        }
        buf->entries[used] = entries[i];
        if (buf->index_size) index_entry(buf, used, hash);
        buf->obj.used = ++used;
    }
    *out = view(TT_TAG_OBJECT, used, buf);
    return true;
}

/** tt_map_find in an object of at most TT_MAP_LINEAR entries, by looking at references and lengths first. */
static inline int64_t find_small(TtValue map, TtValue key) {
    const TtMapEntry *entries = tt_map_entries(map);
    for (uint32_t i = 0; i < map.len; i++) {
        TtValue there = entries[i].key;
        if (there.len == key.len && (there.as.object == key.as.object ||
                                     memcmp(tt_bytes_data(there), tt_bytes_data(key), key.len) == 0))
            return i;
    }
    return -1;
}

bool tt_map_set(TtHeap *heap, TtValue map, TtValue key, TtValue value, bool own, TtValue *out) {
    int64_t at = map.len <= TT_MAP_LINEAR
                     ? find_small(map, key)
                     : tt_map_find_hashed(map, tt_bytes_data(key), key.len, key_hash(key));
    return at < 0 ? add(heap, map, key, value, own, out) : replace(heap, map, (uint32_t)at, value, own, out);
}

bool tt_map_set_text(TtHeap *heap, TtValue map, const char *key, TtValue value, TtValue *out) {
    TtValue name;
    return tt_str_new(heap, key, &name) && tt_map_set(heap, map, name, value, true, out);
}

bool tt_map_delete(TtHeap *heap, TtValue map, const char *key, uint32_t length, TtValue *out) {
    int64_t found = tt_map_find(map, key, length);
    if (found < 0) {
        *out = tt_value_share(map);
        return true;
    }
    uint32_t at = (uint32_t)found, left = map.len - 1;
    if (!left) {
        *out = tt_empty(TT_TAG_OBJECT);
        return true;
    }
    const TtMapEntry *entries = tt_map_entries(map);
    TtMapBuf *buf;
    if (!alloc_map(heap, left, &buf)) return false;
    buf->obj.used = left;
    memcpy(buf->entries, entries, at * sizeof(TtMapEntry));
    memcpy(buf->entries + at, entries + at + 1, (left - at) * sizeof(TtMapEntry));
    for (uint32_t i = 0; i < left; i++) tt_value_share(buf->entries[i].value);
    map_build_index(buf);
    *out = view(TT_TAG_OBJECT, left, buf);
    return true;
}
