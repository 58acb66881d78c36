// SPDX-License-Identifier: MIT
/**
 * Actors that are READY, in order. Each worker has one; its owner takes from the front, others may
 * push to the back and steal from the front. A ring that grows, guarded by its own lock; before it
 * one place that only the owner fills, for the actor that found the queue empty: two actors that
 * answer each other never touch the lock.
 */
#ifndef TT_SCHED_RUN_QUEUE_H
#define TT_SCHED_RUN_QUEUE_H

#include "actor/actor.h"
#include "port/thread.h"

typedef struct TtRunQueue {
    void *first; /* atomic: TtActor before all of the ring; set by the owner, taken by anyone */
    TtLock lock;
    TtActor **ring;    /* guarded_by(lock), as the next three */
    uint32_t capacity; /* a power of two */
    uint32_t head;     /* index of the front */
    uint32_t count;    /* of the ring; written under lock; read without it as a hint */
} TtRunQueue;

void tt_run_queue_init(TtRunQueue *queue);
void tt_run_queue_destroy(TtRunQueue *queue);
/** Any thread. Adds at the back; the number of actors in the ring then. */
uint32_t tt_run_queue_push(TtRunQueue *queue, TtActor *actor);
/** Owner. Adds at the back; the number of actors then. */
uint32_t tt_run_queue_push_own(TtRunQueue *queue, TtActor *actor);
/** Owner. Takes the front; NULL when empty. */
TtActor *tt_run_queue_pop(TtRunQueue *queue);
/** Owner, who does not use tt_run_queue_push_own. Takes a position chosen by `random`; the others keep their
 * order but for the front one. */
TtActor *tt_run_queue_pop_random(TtRunQueue *queue, uint64_t *random);
/** Any thread. Takes the first actor; without one in the first place, moves half of the others (at least one)
 * to `to`, an empty queue of the caller's, and takes one of them. */
TtActor *tt_run_queue_steal(TtRunQueue *from, TtRunQueue *to);
/** Any thread; a hint unless the caller excludes others. */
uint32_t tt_run_queue_count(const TtRunQueue *queue);

#endif
