// SPDX-License-Identifier: MIT
#include "sched/sched.h"

#include "base/alloc.h"
#include "base/config.h"
#include "exec/exec.h"
#include "port/atomic.h"
#include "port/clock.h"
#include "sched/worker.h"
#include "trace/ring.h"

/** A sleeping worker looks up at least this often when there is a time limit. */
#define LIMIT_POLL_NS 20000000u

/** How often a worker looks whether there is room for events again. */
#define EVENT_POLL_NS 200000u

/** Slices of a run that nobody needs to serve. */
#define SHORT_RUN_TURNS 8

/* ---- waking
 * ------------------------------------------------------------------------------------------------- */

static void note_event(TtScheduler *sched) {
    if (sched->options.event_word) tt_atomic_fetch_add_u32_seq(sched->options.event_word, 1);
}

static bool is_over(const TtScheduler *sched) {
    return tt_atomic_load_u32_acq(&sched->end) != TT_SCHED_RUNNING;
}

static void *run_worker(void *context);

/** Gives the next worker its thread; without one to be had, it and the others stay absent. Under idle_lock.
 */
static TT_COLD void start_next(TtScheduler *sched) {
    TtWorker *worker = &sched->workers[sched->options.workers - sched->unstarted];
    worker->has_thread = tt_thread_start(&worker->thread, run_worker, worker);
    if (!worker->has_thread) {
        sched->unstarted = 0;
        return;
    }
    sched->unstarted--;
    sched->stopped--;
    tt_atomic_store_u32_seq(&sched->idle, sched->idle - 1);
}

void tt_sched_wake_one(TtScheduler *sched) {
    if (!tt_atomic_load_u32_seq(&sched->idle)) return;
    tt_lock_acquire(&sched->idle_lock);
    bool sleepers = sched->idle > sched->unstarted;
    if (sleepers || !sched->unstarted)
        tt_condition_signal(&sched->idle_condition);
    else if (!is_over(sched))
        start_next(sched);
    tt_lock_release(&sched->idle_lock);
}

static void wake_all(TtScheduler *sched) {
    tt_lock_acquire(&sched->idle_lock);
    tt_condition_broadcast(&sched->idle_condition);
    tt_lock_release(&sched->idle_lock);
    note_event(sched);
}

void tt_sched_finish(TtScheduler *sched, TtSchedEnd end) {
    if (tt_atomic_cas_u32_seq(&sched->end, TT_SCHED_RUNNING, end)) wake_all(sched);
}

static void make_ready(TtSystem *system, TtContext *from, TtActor *actor) {
    TtScheduler *sched = system->vm_scheduler;
    if (from) {
        TtWorker *worker = &sched->workers[from->worker];
        /* The worker itself takes the first one at the end of its slice. */
        if (tt_worker_queue(worker, actor) > 1) tt_sched_wake_one(sched);
        return;
    }
    /* Nobody else has it: it waited until now and is in no queue yet. */
    actor->woken_outside = true;
    tt_run_queue_push(&sched->workers[actor->pid % sched->options.workers].queue, actor);
    tt_sched_wake_one(sched);
    note_event(sched);
}

static void poke(TtSystem *system) {
    wake_all(system->vm_scheduler);
}

/* ---- the end
 * ---------------------------------------------------------------------------------------------------- */

/** Whether nothing can ever run again. The caller knows that no worker runs an actor. */
static bool is_quiescent(TtScheduler *sched) {
    TtSystem *system = sched->system;
    for (uint32_t i = 0; i < sched->options.workers; i++) {
        if (tt_run_queue_count(&sched->workers[i].queue)) return false;
        if (tt_timers_earliest(&sched->workers[i].timers) != UINT64_MAX) return false;
    }
    /* Counts, not the lock of the list: its holder wakes actors, which takes idle_lock. */
    if (tt_atomic_load_u64_seq(&system->requests) || tt_atomic_load_u64_seq(&system->output_waiting))
        return false;
    /* What was answered meanwhile made its actor ready before it left the count. */
    for (uint32_t i = 0; i < sched->options.workers; i++)
        if (tt_run_queue_count(&sched->workers[i].queue)) return false;
    return true;
}

static void finish_quiescent(TtScheduler *sched) {
    tt_sched_finish(sched,
                    tt_atomic_load_u32_seq(&sched->main_ended) ? TT_SCHED_FINISHED : TT_SCHED_DEADLOCK);
}

static uint64_t earliest_timer(const TtScheduler *sched) {
    uint64_t earliest = UINT64_MAX;
    for (uint32_t i = 0; i < sched->options.workers; i++) {
        uint64_t own = tt_timers_earliest(&sched->workers[i].timers);
        if (own < earliest) earliest = own;
    }
    return earliest;
}

/** Virtual time that waits for somebody outside. */
static bool is_held_up(const TtSystem *system) {
    return tt_atomic_load_u64_seq(&system->requests) || tt_atomic_load_u64_seq(&system->output_waiting);
}

/** How much longer virtual time stands for the youngest request. */
static uint64_t patience_left(const TtScheduler *sched, uint64_t now) {
    uint64_t end = sched->flow_since + TT_VIRTUAL_PATIENCE_NS;
    return end > now ? end - now : 0;
}

/** Virtual time while requests are under way: stands for a while, then passes as real time does. */
static void flow_clock(TtScheduler *sched, uint64_t earliest) {
    TtSystem *system = sched->system;
    uint64_t now = tt_clock_ns(), executed = tt_sched_instructions(sched);
    uint64_t made = tt_atomic_load_u64_seq(&system->requests_made);
    if (made != sched->flow_requests) sched->flow_since = now;
    if (made != sched->flow_requests || executed != sched->flow_instructions) sched->flow_mark = now;
    sched->flow_requests = made;
    sched->flow_instructions = executed;
    if (patience_left(sched, now)) return;
    uint64_t from = sched->flow_since + TT_VIRTUAL_PATIENCE_NS;
    if (from < sched->flow_mark) from = sched->flow_mark;
    uint64_t clock = tt_atomic_load_u64_rlx(&system->virtual_ns) + (now - from);
    sched->flow_mark = now;
    tt_atomic_store_u64_rlx(&system->virtual_ns, clock < earliest ? clock : earliest);
}

/** Virtual time: when all wait for it, it jumps to the next deadline. True when that is reached. */
static bool jump_clock(TtScheduler *sched) {
    TtSystem *system = sched->system;
    if (!system->virtual_time) return false;
    uint64_t earliest = earliest_timer(sched);
    if (earliest == UINT64_MAX) return false;
    if (is_held_up(system)) {
        if (earliest > tt_atomic_load_u64_rlx(&system->virtual_ns)) flow_clock(sched, earliest);
        return earliest <= tt_atomic_load_u64_rlx(&system->virtual_ns);
    }
    if (earliest > tt_atomic_load_u64_rlx(&system->virtual_ns))
        tt_atomic_store_u64_rlx(&system->virtual_ns, earliest);
    return true;
}

/** True when at_end is through. */
static bool run_at_end(TtScheduler *sched) {
    if (tt_atomic_load_u32_acq(&sched->ended)) return true;
    if (!sched->options.at_end(sched->options.context, (TtSchedEnd)tt_atomic_load_u32_acq(&sched->end)))
        return false;
    tt_atomic_store_u32_seq(&sched->ended, 1);
    note_event(sched);
    return true;
}

/* ---- worker loops
 * --------------------------------------------------------------------------------------------------- */

/** Nanoseconds until a deadline of the clock that timers follow; UINT64_MAX for none. */
static uint64_t time_until(const TtScheduler *sched, uint64_t deadline) {
    uint64_t now = tt_system_clock_ns(sched->system);
    if (deadline == UINT64_MAX || deadline <= now) return deadline == UINT64_MAX ? UINT64_MAX : 0;
    return deadline - now + (sched->system->virtual_time ? patience_left(sched, tt_clock_ns()) : 0);
}

/** Nanoseconds this worker may sleep; UINT64_MAX: until woken. */
static uint64_t sleep_time(const TtWorker *worker) {
    const TtScheduler *sched = worker->sched;
    uint64_t ns = time_until(sched, tt_timers_earliest(&worker->timers));
    if (sched->system->limits.time_ms && ns > LIMIT_POLL_NS) ns = LIMIT_POLL_NS;
    return ns;
}

/**
 * Sleeps until something may have become ready. Holding idle_lock from the count to the wait closes
 * the gap in which a waker could see no idle worker (PROTOCOLS.md, Idle workers).
 */
static void sleep_idle(TtWorker *worker) {
    TtScheduler *sched = worker->sched;
    tt_worker_go_idle(worker);
    note_event(sched);
    tt_lock_acquire(&sched->idle_lock);
    tt_atomic_store_u32_seq(&sched->idle, sched->idle + 1);
    bool ready = is_over(sched) || tt_atomic_load_u32_acq(&sched->system->stop) != TT_STOP_NONE;
    for (uint32_t i = 0; i < sched->options.workers && !ready; i++)
        ready = tt_run_queue_count(&sched->workers[i].queue) > 0;
    bool all_idle = sched->idle == sched->options.workers;
    if (!ready && all_idle && is_quiescent(sched)) {
        tt_atomic_store_u32_seq(&sched->idle, sched->idle - 1);
        tt_lock_release(&sched->idle_lock);
        finish_quiescent(sched);
        return;
    }
    if (!ready && all_idle && jump_clock(sched)) ready = true;
    uint64_t ns = sleep_time(worker);
    if (!ready && ns == UINT64_MAX)
        tt_condition_wait(&sched->idle_condition, &sched->idle_lock);
    else if (!ready && ns > 0)
        (void)tt_condition_wait_ns(&sched->idle_condition, &sched->idle_lock, ns);
    tt_atomic_store_u32_seq(&sched->idle, sched->idle - 1);
    tt_lock_release(&sched->idle_lock);
}

/** The last worker to leave its loop finishes the run. */
static void leave(TtScheduler *sched) {
    tt_lock_acquire(&sched->idle_lock);
    bool last = ++sched->stopped == sched->options.workers;
    tt_lock_release(&sched->idle_lock);
    if (!last) return;
    while (!run_at_end(sched)) {
        tt_lock_acquire(&sched->idle_lock);
        (void)tt_condition_wait_ns(&sched->idle_condition, &sched->idle_lock, LIMIT_POLL_NS);
        tt_lock_release(&sched->idle_lock);
    }
}

/** Lossless events: waits until their consumer has made room. */
static void await_event_room(TtWorker *worker) {
    TtScheduler *sched = worker->sched;
    while (!tt_worker_has_event_room(worker) && !is_over(sched) &&
           tt_atomic_load_u32_acq(&sched->system->stop) == TT_STOP_NONE) {
        note_event(sched);
        tt_lock_acquire(&sched->idle_lock);
        (void)tt_condition_wait_ns(&sched->idle_condition, &sched->idle_lock, EVENT_POLL_NS);
        tt_lock_release(&sched->idle_lock);
    }
}

/** Stands still while the run is paused; a stop ends that. */
static void stand_still(TtWorker *worker) {
    TtScheduler *sched = worker->sched;
    tt_worker_go_idle(worker);
    tt_lock_acquire(&sched->idle_lock);
    sched->standing++;
    while (tt_sched_is_paused(sched) && !is_over(sched) &&
           tt_atomic_load_u32_acq(&sched->system->stop) == TT_STOP_NONE)
        tt_condition_wait(&sched->idle_condition, &sched->idle_lock);
    sched->standing--;
    tt_lock_release(&sched->idle_lock);
}

/** Slow motion: waits until the next piece of a slice is due, or something changed. */
static void await_due(TtWorker *worker, uint64_t ns) {
    TtScheduler *sched = worker->sched;
    tt_worker_go_idle(worker);
    tt_lock_acquire(&sched->idle_lock);
    if (!is_over(sched) && tt_atomic_load_u32_acq(&sched->system->stop) == TT_STOP_NONE &&
        !tt_sched_is_paused(sched))
        (void)tt_condition_wait_ns(&sched->idle_condition, &sched->idle_lock, ns);
    tt_lock_release(&sched->idle_lock);
}

/** Does what keeps a worker from its next slice; true when it should look again. */
static bool attend(TtWorker *worker) {
    TtScheduler *sched = worker->sched;
    if (tt_atomic_load_u32_acq(&sched->system->stop) != TT_STOP_NONE) return false;
    if (tt_sched_is_paused(sched)) {
        stand_still(worker);
        return true;
    }
    uint64_t wait_ns = tt_worker_wait_ns(worker);
    if (wait_ns) {
        await_due(worker, wait_ns);
        return true;
    }
    if (sched->system->event_lossless) await_event_room(worker);
    return false;
}

static void *run_worker(void *context) {
    TtWorker *worker = context;
    TtScheduler *sched = worker->sched;
    while (!is_over(sched)) {
        if (TT_UNLIKELY(tt_atomic_load_u32_acq(&sched->attention)) && attend(worker)) continue;
        if (!tt_worker_turn(worker) && !is_over(sched)) sleep_idle(worker);
    }
    tt_worker_go_idle(worker);
    leave(sched);
    return NULL;
}

/** Workers without a thread count as having left and as idle. Under idle_lock. */
static void count_absent(TtScheduler *sched, uint32_t workers) {
    sched->stopped += workers;
    tt_atomic_store_u32_seq(&sched->idle, sched->idle + workers);
}

void tt_sched_run(TtScheduler *sched) {
    tt_lock_acquire(&sched->idle_lock);
    sched->unstarted = sched->options.workers - 1;
    count_absent(sched, sched->unstarted);
    tt_lock_release(&sched->idle_lock);
    TtWorker *worker = &sched->workers[0];
    for (int i = 0; i < SHORT_RUN_TURNS && !is_over(sched); i++)
        if (tt_atomic_load_u32_acq(&sched->attention) || !tt_worker_turn(worker)) break;
    if (!is_over(sched) && sched->options.lasts) sched->options.lasts(sched->options.lasts_context);
    (void)run_worker(worker);
    tt_sched_join(sched);
}

bool tt_sched_step(TtScheduler *sched, uint64_t budget_ns) {
    TtWorker *worker = &sched->workers[0];
    uint64_t start = tt_clock_ns(), paid = worker->context.paid;
    for (uint32_t turns = 1; !is_over(sched); turns++) {
        if (TT_UNLIKELY(tt_atomic_load_u32_acq(&sched->attention)) &&
            tt_atomic_load_u32_acq(&sched->system->stop) == TT_STOP_NONE &&
            (tt_sched_is_paused(sched) || tt_worker_wait_ns(worker)))
            return false;
        /* Whoever steps takes the events in between. */
        if (TT_UNLIKELY(worker->context.events) && !tt_worker_has_event_room(worker)) return true;
        if (!tt_worker_turn(worker)) {
            if (is_over(sched)) break;
            tt_worker_go_idle(worker);
            if (is_quiescent(sched))
                finish_quiescent(sched);
            else if (!jump_clock(sched))
                return false;
        }
        /* The clock is not cheap on the web: read now and then, and after long operations. */
        bool long_turn = worker->context.paid - paid > sched->options.reductions;
        if (turns % 8 != 0 && !long_turn) continue;
        paid = worker->context.paid;
        if (tt_clock_ns() - start >= budget_ns) return true;
    }
    (void)run_at_end(sched);
    return false;
}

/* ---- life
 * ---------------------------------------------------------------------------------------------------------------
 */

TtScheduler *tt_sched_create(TtSystem *system, const TtSchedOptions *options) {
    TtScheduler *sched = tt_alloc_zero(sizeof *sched);
    sched->system = system;
    sched->options = *options;
    sched->workers = tt_alloc_aligned_zero(128, options->workers * sizeof *sched->workers);
    tt_lock_init(&sched->idle_lock);
    tt_condition_init(&sched->idle_condition);
    for (uint32_t i = 0; i < options->workers; i++) {
        TtWorker *worker = &sched->workers[i];
        worker->sched = sched;
        worker->context.system = system;
        worker->context.worker = i;
        worker->seen_epoch = UINT64_MAX;
        if (system->event_mask)
            worker->context.events = tt_event_ring_create(i, TT_EVENT_RING_RECORDS, &system->event_sequence);
        worker->random = system->seed ^ (i * 0x9E3779B97F4A7C15ull);
        tt_run_queue_init(&worker->queue);
        tt_timers_init(&worker->timers, i);
    }
    sched->attention = system->event_lossless;
    system->vm_scheduler = sched;
    system->make_ready = make_ready;
    system->poke = poke;
    return sched;
}

void tt_sched_add(TtScheduler *sched, TtActor *actor) {
    sched->start_ns = tt_clock_ns();
    tt_run_queue_push(&sched->workers[0].queue, actor);
}

uint32_t tt_sched_start_threads(TtScheduler *sched) {
    uint32_t started = 0;
    for (uint32_t i = 0; i < sched->options.workers; i++) {
        TtWorker *worker = &sched->workers[i];
        worker->has_thread = tt_thread_start(&worker->thread, run_worker, worker);
        started += worker->has_thread;
    }
    tt_lock_acquire(&sched->idle_lock);
    count_absent(sched, sched->options.workers - started);
    tt_lock_release(&sched->idle_lock);
    return started;
}

/* In order: a worker is started by one before it, or by somebody outside before the first has left. */
void tt_sched_join(TtScheduler *sched) {
    for (uint32_t i = 0; i < sched->options.workers; i++) {
        if (!sched->workers[i].has_thread) continue;
        tt_thread_join(&sched->workers[i].thread);
        sched->workers[i].has_thread = false;
    }
}

static void free_actor(void *context, TtActor *actor) {
    (void)context;
    tt_exec_discard(actor);
    tt_actor_release(actor);
    tt_actor_free(actor);
}

void tt_sched_release_actors(TtScheduler *sched) {
    for (uint32_t i = 0; i < sched->options.workers; i++) tt_worker_free_retired(&sched->workers[i]);
    tt_pids_each(sched->system, free_actor, NULL);
}

static void add_heap_stats(void *context, TtActor *actor) {
    tt_heap_stats_add(&actor->heap, context);
}

void tt_sched_heap_stats(const TtScheduler *sched, TtHeapStats *total) {
    *total = sched->system->gc_total;
    tt_pids_each(sched->system, add_heap_stats, total);
}

void tt_sched_destroy(TtScheduler *sched) {
    for (uint32_t i = 0; i < sched->options.workers; i++) {
        TtWorker *worker = &sched->workers[i];
        tt_run_queue_destroy(&worker->queue);
        tt_timers_destroy(&worker->timers);
        tt_vec_free(&worker->retired);
        tt_error_free(&worker->context.error);
        tt_strbuf_free(&worker->context.text);
        tt_event_ring_free(worker->context.events);
    }
    tt_strbuf_free(&sched->main_reason);
    tt_condition_destroy(&sched->idle_condition);
    tt_lock_destroy(&sched->idle_lock);
    tt_free(sched->workers);
    tt_free(sched);
}

uint64_t tt_sched_next_timer_ns(const TtScheduler *sched) {
    if (tt_sched_is_paused(sched)) return UINT64_MAX;
    uint64_t due = tt_worker_wait_ns(&sched->workers[0]);
    if (due) return due;
    uint64_t ns = time_until(sched, earliest_timer(sched));
    if (sched->system->limits.time_ms) {
        uint64_t limit = sched->system->limits.time_ms * 1000000u, elapsed = tt_clock_ns() - sched->start_ns;
        uint64_t left = limit > elapsed ? limit - elapsed : 0;
        if (left < ns) ns = left;
    }
    return ns;
}

/* ---- standing still -------------------------------------------------------------------------------- */

/** The caller holds idle_lock. */
static void note_attention(TtScheduler *sched) {
    bool needed =
        sched->system->event_lossless || tt_sched_is_paused(sched) || tt_atomic_load_u64_rlx(&sched->speed);
    tt_atomic_store_u32_seq(&sched->attention, needed);
}

static void set_paused(TtScheduler *sched, uint32_t paused) {
    tt_lock_acquire(&sched->idle_lock);
    tt_atomic_store_u32_seq(&sched->paused, paused);
    note_attention(sched);
    tt_lock_release(&sched->idle_lock);
    wake_all(sched);
}

void tt_sched_pause(TtScheduler *sched) {
    set_paused(sched, 1);
}

void tt_sched_resume(TtScheduler *sched) {
    set_paused(sched, 0);
}

bool tt_sched_is_paused(const TtScheduler *sched) {
    return tt_atomic_load_u32_acq(&sched->paused) != 0;
}

bool tt_sched_stands(TtScheduler *sched) {
    bool runs = sched->workers[0].has_thread || sched->options.caller_runs;
    if (tt_sched_end(sched) != TT_SCHED_RUNNING || !runs) return true;
    if (!tt_sched_is_paused(sched)) return false;
    /* Idle workers look at `paused` before they touch an actor again. */
    tt_lock_acquire(&sched->idle_lock);
    bool stands = sched->standing + sched->idle >= sched->options.workers;
    tt_lock_release(&sched->idle_lock);
    return stands;
}

void tt_sched_set_speed(TtScheduler *sched, uint64_t speed) {
    tt_lock_acquire(&sched->idle_lock);
    tt_atomic_store_u64_rlx(&sched->speed, speed);
    sched->due_ns = 0;
    note_attention(sched);
    tt_lock_release(&sched->idle_lock);
    wake_all(sched);
}

TtContext *tt_sched_outside(TtScheduler *sched) {
    TtContext *context = &sched->workers[0].context;
    context->running = NULL;
    return context;
}

TtEventRing *tt_sched_event_ring(const TtScheduler *sched, uint32_t worker) {
    return worker < sched->options.workers ? sched->workers[worker].context.events : NULL;
}

TtSchedEnd tt_sched_end(const TtScheduler *sched) {
    return tt_atomic_load_u32_acq(&sched->ended) ? (TtSchedEnd)tt_atomic_load_u32_acq(&sched->end)
                                                 : TT_SCHED_RUNNING;
}

uint64_t tt_sched_instructions(const TtScheduler *sched) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < sched->options.workers; i++)
        total += tt_atomic_load_u64_rlx(&sched->workers[i].instructions);
    return total;
}

uint64_t tt_sched_messages(const TtScheduler *sched, uint64_t *dropped) {
    uint64_t total = 0;
    *dropped = 0;
    for (uint32_t i = 0; i < sched->options.workers; i++) {
        total += tt_atomic_load_u64_rlx(&sched->workers[i].context.messages);
        *dropped += tt_atomic_load_u64_rlx(&sched->workers[i].context.dropped);
    }
    return total;
}

bool tt_sched_main_failed(const TtScheduler *sched, TtStrbuf *reason) {
    if (!tt_sched_main_ended(sched) || !sched->main_failed) return false;
    tt_strbuf_add(reason, tt_strbuf_text(&sched->main_reason), sched->main_reason.length);
    return true;
}

bool tt_sched_main_ended(const TtScheduler *sched) {
    return tt_atomic_load_u32_seq(&sched->main_ended);
}
