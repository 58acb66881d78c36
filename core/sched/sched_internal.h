// SPDX-License-Identifier: MIT
/** Private to sched/. */
#ifndef TT_SCHED_SCHED_INTERNAL_H
#define TT_SCHED_SCHED_INTERNAL_H

#include "sched/run_queue.h"
#include "sched/sched.h"
#include "sched/timers.h"

typedef struct TtRetired {
    TtActor *actor;
    uint64_t epoch;
} TtRetired;

/** One worker; on cache lines of its own. */
typedef struct TtWorker {
    _Alignas(128) TtContext context; /* owner */
    TtScheduler *sched;              /* constant */
    uint64_t seen_epoch;             /* atomic: epoch at the last quiescent point; UINT64_MAX while idle */
    uint64_t instructions;           /* atomic, relaxed; written by the owner */
    TtActor *held;   /* owner: its slice is not over (slow motion; a seed's long operations) */
    uint64_t random; /* owner: whom to steal from; seeded runs: who goes next */
    TtThread thread;
    TT_VEC(TtRetired) retired; /* owner: ended actors that others may still be looking at */
    TtRunQueue queue;
    TtTimers timers;
    uint64_t held_executed; /* owner: instructions of the earlier pieces of the slice */
    uint32_t held_budget;   /* owner: what is left of that slice */
    bool has_thread;
} TtWorker;

struct TtScheduler {
    TtSystem *system;
    TtSchedOptions options;
    TtWorker *workers; /* constant array of options.workers */
    bool blocking;     /* idle workers sleep; otherwise they return to the caller */
    uint64_t epoch;    /* atomic: incremented when an actor is retired */
    uint64_t start_ns; /* of the run, for --max-time */

    TtLock idle_lock;
    TtCondition idle_condition;
    uint32_t idle;    /* atomic for readers; written under idle_lock: workers that sleep or are about to */
    uint32_t stopped; /* guarded_by(idle_lock): workers that have left their loop */
    /* guarded_by(idle_lock): the last so many workers get their threads when there is work for them; until
     * then they count as idle and as stopped. */
    uint32_t unstarted;
    uint32_t end;   /* atomic: TtSchedEnd that was found; workers stop */
    uint32_t ended; /* atomic: at_end is through */

    /* Whether workers must look at any of the following (and lossless events) before a slice: one word, so
     * that full speed costs one test. Atomic; written under idle_lock. */
    uint32_t attention;
    uint32_t paused;   /* atomic: workers stand still at the end of a slice */
    uint32_t standing; /* guarded_by(idle_lock): workers that stand still for it */
    uint64_t speed;    /* atomic: instructions a second; 0: no limit */
    uint64_t due_ns;   /* guarded_by(idle_lock): with a speed, when the next piece of a slice may run */

    /* Virtual time while requests are under way; the only worker's. Real nanoseconds but for the counts. */
    uint64_t flow_since; /* when the youngest request was seen */
    uint64_t flow_mark;  /* up to when time has passed */
    uint64_t flow_requests, flow_instructions;

    uint32_t main_ended; /* atomic */
    bool main_failed;    /* before main_ended is set */
    TtStrbuf main_reason;
};

#endif
