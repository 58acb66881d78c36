// SPDX-License-Identifier: MIT
#include "base/names.h"

#include "base/alloc.h"
#include "base/vec.h"

#include <string.h>

uint32_t tt_hash_bytes(const void *bytes, size_t length) {
    const unsigned char *p = bytes;
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ p[i]) * 16777619u;
    hash ^= hash >> 15;
    hash *= 0x2c1b3c6du;
    hash ^= hash >> 13;
    return hash;
}

/** The bucket that holds the name, or the empty one where it belongs. */
static uint32_t find_bucket(const TtNames *names, const char *bytes, size_t length, uint32_t hash) {
    uint32_t mask = names->bucket_count - 1, bucket = hash & mask;
    for (;; bucket = (bucket + 1) & mask) {
        uint32_t entry = names->buckets[bucket];
        if (!entry) return bucket;
        const TtName *name = &names->items[entry - 1];
        if (name->hash == hash && name->length == length && memcmp(name->bytes, bytes, length) == 0)
            return bucket;
    }
}

static void rehash(TtNames *names) {
    names->bucket_count = names->bucket_count ? names->bucket_count * 2 : 16;
    tt_free(names->buckets);
    names->buckets = tt_alloc_zero(names->bucket_count * sizeof *names->buckets);
    uint32_t mask = names->bucket_count - 1;
    for (uint32_t i = 0; i < names->count; i++) {
        uint32_t bucket = names->items[i].hash & mask;
        while (names->buckets[bucket]) bucket = (bucket + 1) & mask;
        names->buckets[bucket] = i + 1;
    }
}

uint32_t tt_names_add(TtNames *names, const char *bytes, size_t length) {
    if (names->count * 2 >= names->bucket_count) rehash(names);
    uint32_t hash = tt_hash_bytes(bytes, length);
    uint32_t bucket = find_bucket(names, bytes, length, hash);
    if (names->buckets[bucket]) return names->buckets[bucket] - 1;
    TtName name = {tt_alloc_string(bytes, length), (uint32_t)length, hash};
    tt_vec_push(names, name);
    names->buckets[bucket] = names->count;
    return names->count - 1;
}

uint32_t tt_names_find(const TtNames *names, const char *bytes, size_t length) {
    if (!names->bucket_count) return TT_NO_NAME;
    uint32_t entry = names->buckets[find_bucket(names, bytes, length, tt_hash_bytes(bytes, length))];
    return entry ? entry - 1 : TT_NO_NAME;
}

void tt_names_free(TtNames *names) {
    for (uint32_t i = 0; i < names->count; i++) tt_free(names->items[i].bytes);
    tt_free(names->items);
    tt_free(names->buckets);
    *names = (TtNames){0};
}

bool tt_names_test(const char *name) {
    return strncmp(name, "test_", 5) == 0 || strncmp(name, "test-", 5) == 0;
}
