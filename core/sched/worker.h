// SPDX-License-Identifier: MIT
/** Private to sched/: the steps of a worker's loop, and what they need from sched.c. */
#ifndef TT_SCHED_WORKER_H
#define TT_SCHED_WORKER_H

#include "sched/sched_internal.h"

/** Worker's own thread. Puts a READY actor into its queue; how many are there then. */
uint32_t tt_worker_queue(TtWorker *worker, TtActor *actor);
/** Runs one slice of some actor. False when none is ready (or the run is over). */
bool tt_worker_turn(TtWorker *worker);
/** The worker's ring of events has room for a whole slice (or there is none). */
bool tt_worker_has_event_room(const TtWorker *worker);
/** Nanoseconds until the speed allows this worker to go on; 0: now. */
uint64_t tt_worker_wait_ns(const TtWorker *worker);
/** Before sleeping: nothing this worker looked at is needed any more. */
void tt_worker_go_idle(TtWorker *worker);
/** Frees what is left; all workers have stopped. */
void tt_worker_free_retired(TtWorker *worker);

/** The run is over; the first caller's reason stays. */
void tt_sched_finish(TtScheduler *sched, TtSchedEnd end);
/** Wakes an idle worker, if there is one. */
void tt_sched_wake_one(TtScheduler *sched);

#endif
