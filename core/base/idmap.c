// SPDX-License-Identifier: MIT
#include "base/idmap.h"

#include "base/alloc.h"

static uint32_t home(const TtIdMap *map, uint64_t id) {
    return (uint32_t)((id * 0x9E3779B97F4A7C15ull) >> 32) & (map->capacity - 1);
}

/** The place of the id, or the empty one where it belongs. */
static uint32_t find(const TtIdMap *map, uint64_t id) {
    uint32_t at = home(map, id);
    while (map->entries[at].id && map->entries[at].id != id) at = (at + 1) & (map->capacity - 1);
    return at;
}

static void grow(TtIdMap *map) {
    TtIdMap larger = {.capacity = map->capacity ? map->capacity * 2 : 4};
    larger.entries = tt_alloc_zero(larger.capacity * sizeof *larger.entries);
    for (uint32_t i = 0; i < map->capacity; i++)
        if (map->entries[i].id) larger.entries[find(&larger, map->entries[i].id)] = map->entries[i];
    larger.count = map->count;
    tt_free(map->entries);
    *map = larger;
}

bool tt_idmap_put(TtIdMap *map, uint64_t id, uint64_t value) {
    if ((map->count + 1) * 4 > map->capacity * 3) grow(map);
    uint32_t at = find(map, id);
    bool is_new = !map->entries[at].id;
    map->entries[at] = (TtIdEntry){id, value};
    map->count += is_new;
    return is_new;
}

bool tt_idmap_get(const TtIdMap *map, uint64_t id, uint64_t *value) {
    if (!map->count) return false;
    uint32_t at = find(map, id);
    if (map->entries[at].id && value) *value = map->entries[at].value;
    return map->entries[at].id != 0;
}

bool tt_idmap_remove(TtIdMap *map, uint64_t id) {
    if (!map->count) return false;
    uint32_t hole = find(map, id), mask = map->capacity - 1;
    if (!map->entries[hole].id) return false;
    /* Entries behind the hole that could not be found across it move into it. */
    for (uint32_t at = (hole + 1) & mask; map->entries[at].id; at = (at + 1) & mask) {
        uint32_t wanted = home(map, map->entries[at].id);
        if (((at - wanted) & mask) < ((at - hole) & mask)) continue;
        map->entries[hole] = map->entries[at];
        hole = at;
    }
    map->entries[hole] = (TtIdEntry){0, 0};
    map->count--;
    return true;
}

void tt_idmap_free(TtIdMap *map) {
    tt_free(map->entries);
    *map = (TtIdMap){0};
}
