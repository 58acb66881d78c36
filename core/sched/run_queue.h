// SPDX-License-Identifier: MIT
/**
 * Actors that are READY, in order. Each worker has one; its owner takes from the front, others may
 * push to the back and steal from the front. A ring that grows; guarded by its own lock.
 */
#ifndef TT_SCHED_RUN_QUEUE_H
#define TT_SCHED_RUN_QUEUE_H

#include "actor/actor.h"
#include "port/thread.h"

typedef struct TtRunQueue {
    TtLock lock;
    TtActor **ring;    /* guarded_by(lock), as the next three */
    uint32_t capacity; /* a power of two */
    uint32_t head;     /* index of the front */
    uint32_t count;    /* written under lock; read without it as a hint */
} TtRunQueue;

void tt_run_queue_init(TtRunQueue *queue);
void tt_run_queue_destroy(TtRunQueue *queue);
/** Any thread. Adds at the back; the number of actors then. */
uint32_t tt_run_queue_push(TtRunQueue *queue, TtActor *actor);
/** Any thread. Takes the front; NULL when empty. */
TtActor *tt_run_queue_pop(TtRunQueue *queue);
/** Owner. Takes a position chosen by `random`; the others keep their order but for the front one. */
TtActor *tt_run_queue_pop_random(TtRunQueue *queue, uint64_t *random);
/** Any thread. Moves half of the actors (at least one) to `to`, an empty queue of the caller's, and takes one
 * of them. */
TtActor *tt_run_queue_steal(TtRunQueue *from, TtRunQueue *to);
/** Any thread; a hint unless the caller excludes others. */
uint32_t tt_run_queue_count(const TtRunQueue *queue);

#endif
