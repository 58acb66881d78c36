// SPDX-License-Identifier: MIT
/** Workers that run actors. The protocols are written down in PROTOCOLS.md. */
#ifndef TT_SCHED_SCHED_H
#define TT_SCHED_SCHED_H

#include "actor/system.h"

typedef struct TtScheduler TtScheduler;

typedef enum TtSchedEnd {
    TT_SCHED_RUNNING,
    TT_SCHED_FINISHED, /* no actor is left, or none can ever run again and main has ended */
    TT_SCHED_DEADLOCK, /* none can ever run again and main waits */
    TT_SCHED_STOPPED   /* system->stop says why */
} TtSchedEnd;

typedef struct TtSchedOptions {
    uint32_t workers;    /* threads; at least 1 */
    uint32_t reductions; /* of a slice */
    bool caller_runs;    /* tt_sched_run is to be called, not tt_sched_start_threads */
    /** tt_sched_run calls this once, unless the run ends within a few slices; may be NULL. */
    void (*lasts)(void *context);
    void *lasts_context;
    /** The last worker to stop calls this once; what it writes may need room: false = call again later. */
    bool (*at_end)(void *context, TtSchedEnd end);
    void *context;
    uint32_t *event_word; /* atomic: incremented when a worker parks and at the end */
} TtSchedOptions;

/** Hooks itself into the system. */
TtScheduler *tt_sched_create(TtSystem *system, const TtSchedOptions *options);
/** All workers have stopped: frees the remaining actors; their host requests are cancelled. */
void tt_sched_release_actors(TtScheduler *sched);
/** After tt_sched_release_actors, when no host request is under way any more. */
void tt_sched_destroy(TtScheduler *sched);

/** Makes the first actor (pid 1) ready. Before anything runs. */
void tt_sched_add(TtScheduler *sched, TtActor *actor);
/** Starts the worker threads; the number that could be started. */
uint32_t tt_sched_start_threads(TtScheduler *sched);
/** Joins the worker threads. */
void tt_sched_join(TtScheduler *sched);
/** Runs the first worker on this thread to the end; blocks while idle. Others get threads when there is work
 * for them; they have been joined when it returns. */
void tt_sched_run(TtScheduler *sched);
/** Runs the only worker for about `budget_ns`; returns when nothing is ready. True while there is work to do
 * now. */
bool tt_sched_step(TtScheduler *sched, uint64_t budget_ns);
/** Nanoseconds until the earliest timer or the time limit; UINT64_MAX when there is none. */
uint64_t tt_sched_next_timer_ns(const TtScheduler *sched);
/** The ring of a worker's events; NULL when there is none. */
struct TtEventRing *tt_sched_event_ring(const TtScheduler *sched, uint32_t worker);
/** Workers stand still at the end of their slices from now on; resume lets them go on. Any thread. */
void tt_sched_pause(TtScheduler *sched);
void tt_sched_resume(TtScheduler *sched);
bool tt_sched_is_paused(const TtScheduler *sched);
/** Paused, or over, and no worker runs or will before resume: the caller may look at actors. */
bool tt_sched_stands(TtScheduler *sched);
/** Instructions a second of all workers together; 0: no limit. Any thread. */
void tt_sched_set_speed(TtScheduler *sched, uint64_t speed);
/** While it stands: a context for acting on actors from outside. It belongs to nobody's slice. */
TtContext *tt_sched_outside(TtScheduler *sched);
/** RUNNING until at_end is through. Any thread. */
TtSchedEnd tt_sched_end(const TtScheduler *sched);
/** Instructions so far, all actors together; exact after the end. */
uint64_t tt_sched_instructions(const TtScheduler *sched);
/** Messages sent so far; of those, sent to the dead or left by them in `dropped`. Any thread. */
uint64_t tt_sched_messages(const TtScheduler *sched, uint64_t *dropped);
/** Adds up the figures of all heaps, ended actors' included. After the end. */
void tt_sched_heap_stats(const TtScheduler *sched, TtHeapStats *total);
/** How main ended: true with its reason when it ended otherwise than normally. */
bool tt_sched_main_failed(const TtScheduler *sched, TtStrbuf *reason);
bool tt_sched_main_ended(const TtScheduler *sched);

#endif
