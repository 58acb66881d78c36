// SPDX-License-Identifier: MIT
/**
 * Deadlines of parked actors: a binary heap for each worker, at most one entry for each actor, which
 * knows its position, so that cancelling takes O(log n). Equal deadlines fire in the order they were
 * set.
 */
#ifndef TT_SCHED_TIMERS_H
#define TT_SCHED_TIMERS_H

#include "actor/actor.h"
#include "port/thread.h"

typedef struct TtTimer {
    uint64_t deadline_ns;
    uint64_t order;
    TtActor *actor;
} TtTimer;

typedef struct TtTimers {
    TtLock lock;
    TT_VEC(TtTimer) heap; /* guarded_by(lock) */
    uint64_t next_order;  /* guarded_by(lock) */
    uint64_t earliest_ns; /* atomic: of the first entry, UINT64_MAX when there is none */
    uint32_t worker;      /* constant */
} TtTimers;

void tt_timers_init(TtTimers *timers, uint32_t worker);
void tt_timers_destroy(TtTimers *timers);
/** Owner of the actor, which is in no heap. */
void tt_timers_add(TtTimers *timers, TtActor *actor, uint64_t deadline_ns);
/** Removes the actor's entry, if it still has one. Any thread. */
void tt_timers_remove(TtTimers *timers, TtActor *actor);
/** Wakes every actor whose deadline is not after `now`. */
void tt_timers_fire(TtTimers *timers, uint64_t now, TtContext *from);
/** UINT64_MAX when there is none. Any thread. */
uint64_t tt_timers_earliest(const TtTimers *timers);

#endif
