// SPDX-License-Identifier: MIT
#include "sched/run_queue.h"

#include "base/alloc.h"
#include "base/random.h"
#include "port/atomic.h"

#define FIRST_CAPACITY 64u

void tt_run_queue_init(TtRunQueue *queue) {
    *queue = (TtRunQueue){.capacity = FIRST_CAPACITY};
    tt_lock_init(&queue->lock);
    queue->ring = tt_alloc(queue->capacity * sizeof *queue->ring);
}

void tt_run_queue_destroy(TtRunQueue *queue) {
    tt_free(queue->ring);
    tt_lock_destroy(&queue->lock);
}

static void set_count(TtRunQueue *queue, uint32_t count) {
    tt_atomic_store_u32_seq(&queue->count, count);
}

static void add_back(TtRunQueue *queue, TtActor *actor) {
    if (queue->count == queue->capacity) {
        TtActor **ring = tt_alloc(2 * (size_t)queue->capacity * sizeof *ring);
        for (uint32_t i = 0; i < queue->count; i++)
            ring[i] = queue->ring[(queue->head + i) & (queue->capacity - 1)];
        tt_free(queue->ring);
        queue->ring = ring;
        queue->head = 0;
        queue->capacity *= 2;
    }
    queue->ring[(queue->head + queue->count) & (queue->capacity - 1)] = actor;
    set_count(queue, queue->count + 1);
}

static TtActor *take_front(TtRunQueue *queue) {
    TtActor *actor = queue->ring[queue->head];
    queue->head = (queue->head + 1) & (queue->capacity - 1);
    set_count(queue, queue->count - 1);
    return actor;
}

uint32_t tt_run_queue_push(TtRunQueue *queue, TtActor *actor) {
    tt_lock_acquire(&queue->lock);
    add_back(queue, actor);
    uint32_t count = queue->count;
    tt_lock_release(&queue->lock);
    return count;
}

static uint32_t ring_count(const TtRunQueue *queue) {
    return tt_atomic_load_u32_seq(&queue->count);
}

/** Only the owner fills the place; whoever empties it has the actor. */
static TtActor *take_first(TtRunQueue *queue) {
    if (!tt_atomic_load_ptr_rlx((void *const *)&queue->first)) return NULL;
    return tt_atomic_swap_ptr_acqrel(&queue->first, NULL);
}

uint32_t tt_run_queue_push_own(TtRunQueue *queue, TtActor *actor) {
    void *first = tt_atomic_load_ptr_rlx((void *const *)&queue->first);
    if (first) return 1 + tt_run_queue_push(queue, actor);
    if (ring_count(queue)) return tt_run_queue_push(queue, actor);
    tt_atomic_store_ptr_rel(&queue->first, actor);
    return 1;
}

TtActor *tt_run_queue_pop(TtRunQueue *queue) {
    TtActor *first = take_first(queue);
    if (first) return first;
    if (!ring_count(queue)) return NULL;
    tt_lock_acquire(&queue->lock);
    TtActor *actor = queue->count ? take_front(queue) : NULL;
    tt_lock_release(&queue->lock);
    return actor;
}

TtActor *tt_run_queue_pop_random(TtRunQueue *queue, uint64_t *random) {
    tt_lock_acquire(&queue->lock);
    TtActor *actor = NULL;
    if (queue->count) {
        uint32_t chosen = (uint32_t)tt_random_below(random, queue->count);
        uint32_t at = (queue->head + chosen) & (queue->capacity - 1);
        actor = queue->ring[at];
        queue->ring[at] = queue->ring[queue->head];
        (void)take_front(queue);
    }
    tt_lock_release(&queue->lock);
    return actor;
}

TtActor *tt_run_queue_steal(TtRunQueue *from, TtRunQueue *to) {
    TtActor *first = take_first(from);
    if (first) return first;
    if (!ring_count(from)) return NULL;
    TtActor *taken[64];
    uint32_t count = 0;
    tt_lock_acquire(&from->lock);
    uint32_t wanted = (from->count + 1) / 2;
    if (wanted > 64) wanted = 64;
    while (count < wanted) taken[count++] = take_front(from);
    tt_lock_release(&from->lock);
    if (!count) return NULL;
    if (count > 1) {
        tt_lock_acquire(&to->lock);
        for (uint32_t i = 1; i < count; i++) add_back(to, taken[i]);
        tt_lock_release(&to->lock);
    }
    return taken[0];
}

uint32_t tt_run_queue_count(const TtRunQueue *queue) {
    return ring_count(queue) + (tt_atomic_load_ptr_acq((void *const *)&queue->first) != NULL);
}
