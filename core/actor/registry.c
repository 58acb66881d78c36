// SPDX-License-Identifier: MIT
/** Names of actors: a hash table of chains under one lock. */
#include "actor/system_internal.h"

#include "base/alloc.h"
#include "base/names.h"
#include "port/atomic.h"

#include <string.h>

typedef struct Entry {
    struct Entry *next;
    uint64_t pid;
    uint32_t hash, length;
    char name[];
} Entry;

struct TtRegistry {
    TtLock lock;
    Entry **buckets; /* guarded_by(lock), as all below */
    uint32_t bucket_count, count;
};

TtRegistry *tt_registry_create(void) {
    TtRegistry *registry = tt_alloc_zero(sizeof *registry);
    tt_lock_init(&registry->lock);
    registry->bucket_count = 16;
    registry->buckets = tt_alloc_zero(registry->bucket_count * sizeof(Entry *));
    return registry;
}

void tt_registry_destroy(TtRegistry *registry) {
    for (uint32_t i = 0; i < registry->bucket_count; i++)
        for (Entry *entry = registry->buckets[i]; entry;) {
            Entry *next = entry->next;
            tt_free(entry);
            entry = next;
        }
    tt_free(registry->buckets);
    tt_lock_destroy(&registry->lock);
    tt_free(registry);
}

/** The link that points to the entry of the name, or to NULL at the end of its chain. */
static Entry **find_link(TtRegistry *registry, const char *name, uint32_t length, uint32_t hash) {
    Entry **link = &registry->buckets[hash & (registry->bucket_count - 1)];
    while (*link &&
           !((*link)->hash == hash && (*link)->length == length && memcmp((*link)->name, name, length) == 0))
        link = &(*link)->next;
    return link;
}

static void grow(TtRegistry *registry) {
    Entry **old = registry->buckets;
    uint32_t old_count = registry->bucket_count;
    registry->bucket_count *= 2;
    registry->buckets = tt_alloc_zero(registry->bucket_count * sizeof(Entry *));
    for (uint32_t i = 0; i < old_count; i++)
        for (Entry *entry = old[i]; entry;) {
            Entry *next = entry->next,
                  **bucket = &registry->buckets[entry->hash & (registry->bucket_count - 1)];
            entry->next = *bucket;
            *bucket = entry;
            entry = next;
        }
    tt_free(old);
}

TtResult tt_registry_add(TtSystem *system, const char *name, uint32_t length, TtActor *actor) {
    TtRegistry *registry = system->registry;
    uint32_t hash = tt_hash_bytes(name, length);
    TtResult result = TT_OK;
    tt_lock_acquire(&registry->lock);
    Entry **link = find_link(registry, name, length, hash);
    if (*link) {
        if ((*link)->pid != actor->pid) result = TT_ERR_NAME_TAKEN;
    } else {
        Entry *entry = tt_alloc(sizeof *entry + length);
        *entry = (Entry){NULL, actor->pid, hash, length};
        memcpy(entry->name, name, length);
        *link = entry;
        if (actor->names < UINT8_MAX) actor->names++;
        if (++registry->count > registry->bucket_count) grow(registry);
    }
    tt_lock_release(&registry->lock);
    return result;
}

bool tt_registry_remove(TtSystem *system, const char *name, uint32_t length) {
    TtRegistry *registry = system->registry;
    tt_lock_acquire(&registry->lock);
    Entry **link = find_link(registry, name, length, tt_hash_bytes(name, length)), *entry = *link;
    if (entry) {
        *link = entry->next;
        registry->count--;
        tt_free(entry);
    }
    tt_lock_release(&registry->lock);
    return entry != NULL;
}

uint64_t tt_registry_find(TtSystem *system, const char *name, uint32_t length) {
    TtRegistry *registry = system->registry;
    tt_lock_acquire(&registry->lock);
    Entry *entry = *find_link(registry, name, length, tt_hash_bytes(name, length));
    uint64_t pid = entry ? entry->pid : 0;
    tt_lock_release(&registry->lock);
    return pid;
}

void tt_registry_remove_actor(TtSystem *system, TtActor *actor) {
    if (!actor->names) return;
    TtRegistry *registry = system->registry;
    tt_lock_acquire(&registry->lock);
    for (uint32_t i = 0; i < registry->bucket_count; i++)
        for (Entry **link = &registry->buckets[i]; *link;) {
            Entry *entry = *link;
            if (entry->pid != actor->pid) {
                link = &entry->next;
                continue;
            }
            *link = entry->next;
            registry->count--;
            tt_free(entry);
        }
    tt_lock_release(&registry->lock);
}

bool tt_registry_name_of(TtSystem *system, uint64_t pid, TtStrbuf *out) {
    TtRegistry *registry = system->registry;
    const Entry *found = NULL;
    tt_lock_acquire(&registry->lock);
    for (uint32_t i = 0; i < registry->bucket_count; i++)
        for (const Entry *entry = registry->buckets[i]; entry; entry = entry->next) {
            if (entry->pid != pid) continue;
            uint32_t shorter = found && found->length < entry->length ? found->length : entry->length;
            int order = found ? memcmp(entry->name, found->name, shorter) : -1;
            if (order < 0 || (order == 0 && entry->length < found->length)) found = entry;
        }
    if (found) tt_strbuf_add(out, found->name, found->length);
    tt_lock_release(&registry->lock);
    return found != NULL;
}
