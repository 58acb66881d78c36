// SPDX-License-Identifier: MIT
/** What one worker does: take an actor, run a slice, see what became of it. */
#include "sched/worker.h"

#include "actor/events.h"
#include "actor/supervisor.h"
#include "base/config.h"
#include "base/random.h"
#include "exec/exec.h"
#include "port/atomic.h"
#include "port/clock.h"
#include "value/print.h"

/* ---- ended actors: freed when every worker has passed a quiescent point ------------------------------ */

static void pass_quiescent_point(TtWorker *worker) {
    /* Nothing was retired since it said so last: saying it again would only cost. */
    uint64_t epoch = tt_atomic_load_u64_seq(&worker->sched->epoch);
    if (tt_atomic_load_u64_rlx(&worker->seen_epoch) != epoch)
        tt_atomic_store_u64_seq(&worker->seen_epoch, epoch);
}

static uint64_t oldest_epoch(const TtScheduler *sched) {
    uint64_t oldest = UINT64_MAX;
    for (uint32_t i = 0; i < sched->options.workers; i++) {
        uint64_t seen = tt_atomic_load_u64_seq(&sched->workers[i].seen_epoch);
        if (seen < oldest) oldest = seen;
    }
    return oldest;
}

static void free_retired(TtWorker *worker) {
    uint64_t oldest = oldest_epoch(worker->sched);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < worker->retired.count; i++) {
        TtRetired retired = worker->retired.items[i];
        if (retired.epoch < oldest)
            tt_actor_free(retired.actor);
        else
            worker->retired.items[kept++] = retired;
    }
    worker->retired.count = kept;
}

static void retire(TtWorker *worker, TtActor *actor) {
    TtRetired retired = {actor, tt_atomic_fetch_add_u64_seq(&worker->sched->epoch, 1)};
    tt_vec_push(&worker->retired, retired);
    if (worker->retired.count % 64 == 0) {
        pass_quiescent_point(worker);
        free_retired(worker);
    }
}

void tt_worker_free_retired(TtWorker *worker) {
    for (uint32_t i = 0; i < worker->retired.count; i++) tt_actor_free(worker->retired.items[i].actor);
    worker->retired.count = 0;
}

/* ---- one slice ------------------------------------------------------------------------------------------
 */

static void end_main(TtWorker *worker, TtActor *actor) {
    TtScheduler *sched = worker->sched;
    sched->main_failed = actor->exit_reason.tag != TT_TAG_UNBOUND;
    sched->main_reason.limit = TT_REPORT_TEXT_BYTES;
    if (sched->main_failed) (void)tt_print_value(&sched->main_reason, actor->exit_reason);
    /* A crash has its own report. */
    if (actor->crashed) tt_strbuf_clear(&sched->main_reason);
    tt_atomic_store_u32_seq(&sched->main_ended, 1);
}

/** Only the owner gives it a timer: without one it stays so, and with one the heap's lock tells whether
 * still. */
static void remove_timer(TtScheduler *sched, TtActor *actor) {
    if (!tt_atomic_load_u32_rlx(&actor->timer_index)) return;
    tt_timers_remove(&sched->workers[actor->timer_worker].timers, actor);
}

static void end_actor(TtWorker *worker, TtActor *actor) {
    remove_timer(worker->sched, actor);
    if (actor->pid == 1) end_main(worker, actor);
    tt_exec_end(actor);
    tt_atomic_store_u32_seq(&actor->state, TT_ACTOR_ENDED);
    tt_actor_release(actor);
    retire(worker, actor);
    if (!tt_atomic_load_u64_acq(&worker->sched->system->live_actors))
        tt_sched_finish(worker->sched, TT_SCHED_FINISHED);
}

/** The actor's timer follows its deadline exactly: none unless it waits with one. */
static void set_timer(TtWorker *worker, TtActor *actor) {
    TtScheduler *sched = worker->sched;
    remove_timer(sched, actor);
    uint64_t deadline = actor->deadline_set ? actor->deadline_ns : UINT64_MAX;
    if (actor->supervisor && actor->supervisor->deadline_ns < deadline)
        deadline = actor->supervisor->deadline_ns;
    if (deadline != UINT64_MAX) tt_timers_add(&worker->timers, actor, deadline);
}

uint32_t tt_worker_queue(TtWorker *worker, TtActor *actor) {
    /* A seed chooses among all. */
    if (worker->sched->system->seeded) return tt_run_queue_push(&worker->queue, actor);
    return tt_run_queue_push_own(&worker->queue, actor);
}

static void requeue(TtWorker *worker, TtActor *actor) {
    tt_atomic_store_u32_seq(&actor->state, TT_ACTOR_READY);
    /* With a second actor waiting for its turn there is work for an idle worker. */
    if (tt_worker_queue(worker, actor) > 1) tt_sched_wake_one(worker->sched);
}

static void park(TtWorker *worker, TtActor *actor) {
    set_timer(worker, actor);
    TT_EMIT(
        actor->system, WAIT,
        tt_emit(&worker->context, TT_EVENT_WAIT, actor, tt_event_slice_ns(&worker->context), actor->wait));
    TtActorState state = actor->wait == TT_WAIT_MESSAGE ? TT_ACTOR_WAIT_MESSAGE : TT_ACTOR_WAIT_OTHER;
    if (!tt_actor_park(actor, state)) requeue(worker, actor);
}

static uint32_t slice_budget(TtWorker *worker) {
    const TtScheduler *sched = worker->sched;
    uint64_t limit = sched->system->limits.instructions;
    if (!limit) return sched->options.reductions;
    uint64_t used = tt_sched_instructions(sched);
    if (used >= limit) {
        tt_system_stop(sched->system, TT_STOP_INSTRUCTIONS, 1);
        return 0;
    }
    return limit - used < sched->options.reductions ? (uint32_t)(limit - used) : sched->options.reductions;
}

TT_COLD static void emit_run(TtContext *context, TtActor *actor) {
    context->slice_ns = tt_event_clock(context->system);
    if (actor->woken_outside)
        TT_EMIT(context->system, READY, tt_emit_pid(context, TT_EVENT_READY, actor->pid));
    actor->woken_outside = false;
    TT_EMIT(context->system, RUN, tt_emit(context, TT_EVENT_RUN, actor, 0, context->slice_ns));
}

/** Pieces of slices a second, with a speed: the fewer, the coarser slow motion looks. */
#define PIECES_PER_SECOND 30u

uint64_t tt_worker_wait_ns(const TtWorker *worker) {
    TtScheduler *sched = worker->sched;
    if (!tt_atomic_load_u64_rlx(&sched->speed)) return 0;
    tt_lock_acquire(&sched->idle_lock);
    uint64_t now = tt_clock_ns(), ns = sched->due_ns > now ? sched->due_ns - now : 0;
    tt_lock_release(&sched->idle_lock);
    return ns;
}

/** With a speed: how much of the slice may run at once, and the time that takes. */
TT_COLD static uint32_t piece_budget(uint64_t speed, uint32_t budget) {
    uint64_t piece = speed / PIECES_PER_SECOND;
    return piece < 1 ? 1 : piece < budget ? (uint32_t)piece : budget;
}

/**
 * Keeps the actor for the next piece of its slice; false when the slice is over. With a seed a slice is
 * measured in instructions alone and long operations only end a piece of it: what they cost depends on copies
 * that one engine has to make and another has not, and a seed's turns may not.
 */
TT_COLD static bool hold(TtWorker *worker, TtActor *actor, uint32_t budget, uint64_t executed,
                         uint64_t paid) {
    uint64_t used = worker->sched->system->seeded ? executed : executed + paid;
    if (used >= budget) return false;
    worker->held = actor;
    worker->held_budget = budget - (uint32_t)used;
    worker->held_executed += executed;
    return true;
}

TT_COLD static void emit_preempt(TtContext *context, TtActor *actor, uint64_t executed) {
    TT_EMIT(context->system, PREEMPT,
            tt_emit(context, TT_EVENT_PREEMPT, actor, tt_event_slice_ns(context), executed));
}

TT_COLD static void pay_time(TtScheduler *sched, uint64_t speed, uint64_t instructions) {
    tt_lock_acquire(&sched->idle_lock);
    uint64_t now = tt_clock_ns();
    if (sched->due_ns < now) sched->due_ns = now;
    sched->due_ns += instructions * 1000000000u / speed;
    tt_lock_release(&sched->idle_lock);
}

/** Runs a piece of a slice of `budget` reductions; `held` tells that it is not the first. */
static inline void run_slice(TtWorker *worker, TtActor *actor, uint32_t budget, bool held) {
    TtScheduler *sched = worker->sched;
    uint64_t speed =
        TT_UNLIKELY(tt_atomic_load_u32_acq(&sched->attention)) ? tt_atomic_load_u64_rlx(&sched->speed) : 0;
    uint32_t piece = TT_UNLIKELY(speed) ? piece_budget(speed, budget) : budget;
    tt_atomic_store_u32_seq(&actor->state, TT_ACTOR_RUNNING);
    actor->context = &worker->context;
    worker->context.running = actor;
    uint64_t before = actor->instructions, paid = worker->context.paid;
    if (!held) {
        worker->context.turn_start = before;
        if (TT_UNLIKELY(actor->system->event_mask)) emit_run(&worker->context, actor);
    }
    if (TT_UNLIKELY(tt_atomic_load_u32_rlx(&actor->system->interrupt))) tt_exec_interrupt(actor);
    TtExecStatus status = tt_exec_run(actor, piece);
    uint64_t executed = actor->instructions - before;
    tt_atomic_store_u64_rlx(&worker->instructions, tt_atomic_load_u64_rlx(&worker->instructions) + executed);
    if (TT_UNLIKELY(speed)) pay_time(sched, speed, executed);
    switch (status) {
    case TT_EXEC_PREEMPTED:
        if (TT_UNLIKELY(piece < budget || actor->system->seeded) &&
            hold(worker, actor, budget, executed, worker->context.paid - paid))
            break;
        if (TT_UNLIKELY(actor->system->event_mask))
            emit_preempt(&worker->context, actor, worker->held_executed + executed);
        requeue(worker, actor);
        break;
    case TT_EXEC_WAITS: park(worker, actor); break;
    case TT_EXEC_ENDED: end_actor(worker, actor); break;
    }
}

/* ---- finding work
 * ------------------------------------------------------------------------------------------ */

static TtActor *steal(TtWorker *worker) {
    TtScheduler *sched = worker->sched;
    uint32_t count = sched->options.workers;
    if (count == 1) return NULL;
    uint32_t first = (uint32_t)tt_random_below(&worker->random, count);
    for (uint32_t i = 0; i < count; i++) {
        TtWorker *victim = &sched->workers[(first + i) % count];
        if (victim == worker) continue;
        TtActor *actor = tt_run_queue_steal(&victim->queue, &worker->queue);
        if (!actor) continue;
        TtProfileRuns *runs = sched->system->profile_runs;
        if (TT_UNLIKELY(runs != NULL)) runs[worker->context.worker].steals++;
        return actor;
    }
    return NULL;
}

static TtActor *find_actor(TtWorker *worker) {
    if (worker->sched->system->seeded) return tt_run_queue_pop_random(&worker->queue, &worker->random);
    TtActor *actor = tt_run_queue_pop(&worker->queue);
    return actor ? actor : steal(worker);
}

static void fire_timers(TtWorker *worker) {
    if (tt_timers_earliest(&worker->timers) == UINT64_MAX) return;
    tt_timers_fire(&worker->timers, tt_system_clock_ns(worker->sched->system), &worker->context);
}

static void check_time_limit(TtScheduler *sched) {
    uint64_t limit = sched->system->limits.time_ms;
    if (limit && tt_clock_ns() - sched->start_ns >= limit * 1000000u)
        tt_system_stop(sched->system, TT_STOP_TIME, 1);
}

bool tt_worker_has_event_room(const TtWorker *worker) {
    const struct TtEventRing *ring = worker->context.events;
    return !ring || tt_event_ring_room(ring) >= TT_EVENT_SLICE_RECORDS;
}

bool tt_worker_turn(TtWorker *worker) {
    TtScheduler *sched = worker->sched;
    pass_quiescent_point(worker);
    check_time_limit(sched);
    if (tt_atomic_load_u32_acq(&sched->system->stop) != TT_STOP_NONE) {
        tt_sched_finish(sched, TT_SCHED_STOPPED);
        return false;
    }
    fire_timers(worker);
    TtActor *actor = worker->held;
    uint32_t budget = worker->held_budget;
    bool held = actor != NULL;
    if (TT_UNLIKELY(held)) {
        worker->held = NULL;
    } else {
        actor = find_actor(worker);
        if (!actor) return false;
        worker->held_executed = 0;
        budget = slice_budget(worker);
    }
    if (budget)
        run_slice(worker, actor, budget, held);
    else
        tt_run_queue_push(&worker->queue, actor);
    return true;
}

void tt_worker_go_idle(TtWorker *worker) {
    pass_quiescent_point(worker);
    free_retired(worker);
    tt_atomic_store_u64_seq(&worker->seen_epoch, UINT64_MAX);
}
