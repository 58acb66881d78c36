// SPDX-License-Identifier: MIT
/**
 * Pid → actor: a radix tree of three levels whose nodes are made on demand. Reading takes three
 * atomic loads and no lock. Pids are never used twice and nodes stay until the table is destroyed,
 * about 8 bytes for each pid ever given.
 */
#include "actor/system_internal.h"

#include "base/alloc.h"
#include "port/atomic.h"

#define LEVEL_BITS 10u
#define LEVEL_SIZE (1u << LEVEL_BITS)
#define LEVEL_MASK (LEVEL_SIZE - 1)
/** Pids a VM can give: 2^30. */
#define MAX_PID (1ull << (3 * LEVEL_BITS))

typedef struct Leaf {
    void *actors[LEVEL_SIZE]; /* atomic */
} Leaf;

typedef struct Middle {
    void *leaves[LEVEL_SIZE]; /* atomic: Leaf */
} Middle;

struct TtPidTable {
    void *middles[LEVEL_SIZE]; /* atomic: Middle */
};

TtPidTable *tt_pids_create(void) {
    return tt_alloc_zero(sizeof(TtPidTable));
}

void tt_pids_destroy(TtPidTable *table) {
    for (uint32_t i = 0; i < LEVEL_SIZE; i++) {
        Middle *middle = table->middles[i];
        if (!middle) continue;
        for (uint32_t j = 0; j < LEVEL_SIZE; j++) tt_free(middle->leaves[j]);
        tt_free(middle);
    }
    tt_free(table);
}

/** The node at `*slot`, made when missing; several threads may try at once. */
static void *node_at(void **slot, size_t size) {
    void *node = tt_atomic_load_ptr_acq(slot);
    if (node) return node;
    node = tt_alloc_zero(size);
    if (tt_atomic_cas_ptr_seq(slot, NULL, node)) return node;
    tt_free(node);
    return tt_atomic_load_ptr_acq(slot);
}

bool tt_pids_add(TtSystem *system, TtActor *actor) {
    uint64_t pid = actor->pid;
    if (pid >= MAX_PID) return false;
    Middle *middle = node_at(&system->pids->middles[pid >> (2 * LEVEL_BITS)], sizeof *middle);
    Leaf *leaf = node_at(&middle->leaves[(pid >> LEVEL_BITS) & LEVEL_MASK], sizeof *leaf);
    tt_atomic_fetch_add_u64_acqrel(&system->live_actors, 1);
    tt_atomic_store_ptr_rel(&leaf->actors[pid & LEVEL_MASK], actor);
    return true;
}

static void **entry_of(const TtPidTable *table, uint64_t pid) {
    Middle *middle = tt_atomic_load_ptr_acq((void *const *)&table->middles[pid >> (2 * LEVEL_BITS)]);
    if (!middle) return NULL;
    Leaf *leaf = tt_atomic_load_ptr_acq((void *const *)&middle->leaves[(pid >> LEVEL_BITS) & LEVEL_MASK]);
    return leaf ? &leaf->actors[pid & LEVEL_MASK] : NULL;
}

void tt_pids_remove(TtSystem *system, TtActor *actor) {
    tt_atomic_store_ptr_rel(entry_of(system->pids, actor->pid), NULL);
    tt_atomic_fetch_sub_u64_acqrel(&system->live_actors, 1);
}

TtActor *tt_pids_find(const TtSystem *system, int64_t pid) {
    if (pid < 1 || (uint64_t)pid >= MAX_PID) return NULL;
    void **entry = entry_of(system->pids, (uint64_t)pid);
    return entry ? tt_atomic_load_ptr_acq((void *const *)entry) : NULL;
}

void tt_pids_each(const TtSystem *system, void (*visit)(void *context, TtActor *actor), void *context) {
    for (uint32_t i = 0; i < LEVEL_SIZE; i++) {
        Middle *middle = system->pids->middles[i];
        for (uint32_t j = 0; middle && j < LEVEL_SIZE; j++) {
            Leaf *leaf = middle->leaves[j];
            for (uint32_t k = 0; leaf && k < LEVEL_SIZE; k++)
                if (leaf->actors[k]) visit(context, leaf->actors[k]);
        }
    }
}
