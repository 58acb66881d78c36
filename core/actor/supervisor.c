// SPDX-License-Identifier: MIT
#include "actor/supervisor.h"

#include "actor/events.h"
#include "actor/signal.h"
#include "base/alloc.h"
#include "port/atomic.h"

#include <string.h>

/** Nanoseconds a child has to shut down before it is killed; a child that supervises has no limit. */
#define SHUTDOWN_NS UINT64_C(5000000000)

TtResult tt_supervisor_create(TtActor *actor, TtSupervisorSpec spec) {
    if (actor->supervisor)
        return tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                            "START_SUPERVISOR: this process is a supervisor already");
    TtSupervisor *supervisor = tt_alloc_zero(sizeof *supervisor);
    supervisor->strategy = (TtStrategy)spec.strategy;
    supervisor->intensity = spec.intensity;
    supervisor->period_ns = (uint64_t)spec.period_ms * 1000000u;
    supervisor->deadline_ns = UINT64_MAX;
    actor->supervisor = supervisor;
    tt_atomic_store_u32_rel(&actor->supervises, 1);
    return TT_OK;
}

static void free_child(TtChild *child) {
    tt_start_free(&child->start);
    tt_free(child->id);
    tt_free(child);
}

void tt_supervisor_free(TtActor *actor) {
    TtSupervisor *supervisor = actor->supervisor;
    if (!supervisor) return;
    for (uint32_t i = 0; i < supervisor->children.count; i++) free_child(supervisor->children.items[i]);
    tt_vec_free(&supervisor->children);
    tt_vec_free(&supervisor->restart_times);
    tt_idmap_free(&supervisor->by_pid);
    tt_free(supervisor);
    actor->supervisor = NULL;
}

TtChild *tt_supervisor_find(const TtSupervisor *supervisor, const char *id, uint32_t length) {
    for (uint32_t i = 0; i < supervisor->children.count; i++) {
        TtChild *child = supervisor->children.items[i];
        if (child->id_length == length && memcmp(child->id, id, length) == 0) return child;
    }
    return NULL;
}

static TtChild *find_by_pid(const TtSupervisor *supervisor, uint64_t pid) {
    uint64_t address;
    return tt_idmap_get(&supervisor->by_pid, pid, &address) ? (TtChild *)(uintptr_t)address : NULL;
}

/** The first start of a child, or another one: `before` is its pid until now, or 0. */
TT_COLD static void emit_start(TtActor *actor, const TtChild *child, uint64_t before) {
    const char *function = tt_callee(child->start.values[0])->name;
    TT_EMIT(actor->system, SPAWN,
            tt_emit_text(actor->context, TT_EVENT_SPAWN, actor, child->pid, 0, function, strlen(function)));
    if (before)
        TT_EMIT(actor->system, RESTART,
                tt_emit_text(actor->context, TT_EVENT_RESTART, actor, child->pid, before, child->id,
                             child->id_length));
    else
        TT_EMIT(actor->system, SUPERVISE,
                tt_emit_text(actor->context, TT_EVENT_SUPERVISE, actor, child->pid, 0, child->id,
                             child->id_length));
}

static TtResult start_actor(TtActor *actor, TtChild *child) {
    TtActor *started;
    TtSystem *system = actor->system;
    TtResult result = tt_actor_create(system, &child->start, &started);
    if (result != TT_OK) return result;
    if (!tt_pids_add(system, started)) {
        tt_actor_release(started);
        tt_actor_free(started);
        return TT_ERR_BAD_ARGUMENT;
    }
    uint64_t before = child->pid;
    child->pid = started->pid;
    if (TT_UNLIKELY(system->event_mask)) emit_start(actor, child, before);
    tt_actor_link_child(actor, started, TT_LINK_SUPERVISION);
    child->state = TT_CHILD_RUNNING;
    child->killed = child->restart = false;
    (void)tt_idmap_put(&actor->supervisor->by_pid, child->pid, (uint64_t)(uintptr_t)child);
    system->make_ready(system, actor->context, started);
    return TT_OK;
}

TtResult tt_supervisor_start_child(TtActor *actor, const char *id, uint32_t length, TtPolicy policy,
                                   TtStart *start, uint64_t *pid) {
    TtChild *child = tt_alloc_zero(sizeof *child);
    child->id = tt_alloc_string(id, length);
    child->id_length = length;
    child->policy = policy;
    child->start = *start;
    TtResult result = tt_start_keep(&child->start, &actor->system->pool);
    if (result == TT_OK) result = start_actor(actor, child);
    if (result != TT_OK) {
        free_child(child);
        return result;
    }
    tt_vec_push(&actor->supervisor->children, child);
    *pid = child->pid;
    tt_trace_process(actor->system, "[proc] %llu supervises %llu (%s)", (unsigned long long)actor->pid,
                     (unsigned long long)child->pid, child->id);
    return TT_OK;
}

void tt_supervisor_forget(TtActor *actor, TtChild *child) {
    TtSupervisor *supervisor = actor->supervisor;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < supervisor->children.count; i++)
        if (supervisor->children.items[i] != child)
            supervisor->children.items[kept++] = supervisor->children.items[i];
    supervisor->children.count = kept;
    free_child(child);
}

/* ---- stopping --------------------------------------------------------------------------------------- */

static bool is_supervisor(const TtActor *actor, uint64_t pid) {
    const TtActor *other = tt_pids_find(actor->system, (int64_t)pid);
    return other && tt_atomic_load_u32_acq(&other->supervises);
}

void tt_supervisor_stop_child(TtActor *actor, TtChild *child, bool forget) {
    child->forget = child->forget || forget;
    if (child->state != TT_CHILD_RUNNING) return;
    TtValue reason = tt_reason_text(actor->system, "shutdown");
    child->state = TT_CHILD_STOPPING;
    (void)tt_signal_send(actor->context, child->pid, TT_SIGNAL_EXIT, actor->pid, 0, &reason);
    uint64_t now = tt_system_clock_ns(actor->system);
    if (!is_supervisor(actor, child->pid) && actor->supervisor->deadline_ns == UINT64_MAX)
        actor->supervisor->deadline_ns = now + SHUTDOWN_NS;
}

/** The last child in start order of which `wanted` holds and that has not ended; NULL when all have. */
static TtChild *last_to_stop(const TtSupervisor *supervisor, bool all) {
    for (uint32_t i = supervisor->children.count; i-- > 0;) {
        TtChild *child = supervisor->children.items[i];
        if ((all || child->restart) && child->state != TT_CHILD_STOPPED) return child;
    }
    return NULL;
}

bool tt_supervisor_shut_down(TtActor *actor) {
    TtSupervisor *supervisor = actor->supervisor;
    supervisor->shutting_down = true;
    TtChild *child = last_to_stop(supervisor, true);
    if (!child) return true;
    tt_supervisor_stop_child(actor, child, false);
    return false;
}

void tt_supervisor_tick(TtActor *actor) {
    TtSupervisor *supervisor = actor->supervisor;
    if (supervisor->deadline_ns == UINT64_MAX || tt_system_clock_ns(actor->system) < supervisor->deadline_ns)
        return;
    supervisor->deadline_ns = UINT64_MAX;
    for (uint32_t i = 0; i < supervisor->children.count; i++) {
        TtChild *child = supervisor->children.items[i];
        if (child->state != TT_CHILD_STOPPING || child->killed || is_supervisor(actor, child->pid)) continue;
        child->killed = true;
        (void)tt_signal_send(actor->context, child->pid, TT_SIGNAL_KILL, actor->pid, 0, NULL);
    }
}

/* ---- restarting --------------------------------------------------------------------------------------- */

/** Notes a restart; false when there have been too many in the period. */
static bool note_restart(TtActor *actor) {
    TtSupervisor *supervisor = actor->supervisor;
    uint64_t now = tt_system_clock_ns(actor->system);
    uint32_t old = 0;
    while (old < supervisor->restart_times.count &&
           now - supervisor->restart_times.items[old] > supervisor->period_ns)
        old++;
    /* Moved only when much is old, so that many restarts stay cheap. */
    if (old && (old * 2 > supervisor->restart_times.count || old == supervisor->restart_times.count)) {
        memmove(supervisor->restart_times.items, supervisor->restart_times.items + old,
                (supervisor->restart_times.count - old) * sizeof *supervisor->restart_times.items);
        supervisor->restart_times.count -= old;
        old = 0;
    }
    tt_vec_push(&supervisor->restart_times, now);
    return supervisor->restart_times.count - old <= supervisor->intensity;
}

static void give_up(TtActor *actor) {
    tt_trace_process(actor->system, "[proc] %llu gives up: more than %u restarts",
                     (unsigned long long)actor->pid, actor->supervisor->intensity);
    tt_actor_kill(actor, tt_reason_text(actor->system, "shutdown"));
}

TtResult tt_supervisor_restart_child(TtActor *actor, TtChild *child) {
    TT_TRY(start_actor(actor, child));
    child->restarts++;
    tt_trace_process(actor->system, "[proc] %llu restarted %s as %llu", (unsigned long long)actor->pid,
                     child->id, (unsigned long long)child->pid);
    return TT_OK;
}

/** Stops what has to end before the restart, then starts all of it in order. */
static void go_on(TtActor *actor) {
    TtSupervisor *supervisor = actor->supervisor;
    TtChild *child = last_to_stop(supervisor, false);
    if (child) {
        tt_supervisor_stop_child(actor, child, false);
        return;
    }
    for (uint32_t i = 0; i < supervisor->children.count && !actor->killed; i++) {
        child = supervisor->children.items[i];
        if (child->restart && tt_supervisor_restart_child(actor, child) != TT_OK) give_up(actor);
    }
}

static bool needs_restart(TtPolicy policy, TtValue reason) {
    if (policy == TT_PERMANENT) return true;
    return policy == TT_TRANSIENT && !tt_reason_is(reason, "normal") && !tt_reason_is(reason, "shutdown");
}

/** Marks the children that the strategy restarts together with `failed`, also those that had finished (as in
 *  Erlang); temporary ones end for good. */
static void mark_restarts(TtSupervisor *supervisor, TtChild *failed) {
    bool affected = supervisor->strategy == TT_ONE_FOR_ALL;
    for (uint32_t i = 0; i < supervisor->children.count; i++) {
        TtChild *child = supervisor->children.items[i];
        if (child == failed) affected = affected || supervisor->strategy == TT_REST_FOR_ONE;
        if (child == failed || affected) {
            child->restart = true;
            child->forget = child->forget || child->policy == TT_TEMPORARY;
        }
    }
}

bool tt_supervisor_child_ended(TtActor *actor, uint64_t pid, TtValue reason) {
    TtSupervisor *supervisor = actor->supervisor;
    TtChild *child = find_by_pid(supervisor, pid);
    if (!child) return false;
    (void)tt_idmap_remove(&supervisor->by_pid, pid);
    bool asked = child->state == TT_CHILD_STOPPING;
    child->state = TT_CHILD_STOPPED;
    if (asked) supervisor->deadline_ns = UINT64_MAX;
    if (supervisor->shutting_down || actor->killed) return true;
    bool wanted = !asked && !child->restart && needs_restart(child->policy, reason);
    if (wanted) {
        if (!note_restart(actor)) {
            give_up(actor);
            return true;
        }
        mark_restarts(supervisor, child);
    }
    if (child->forget || (child->policy == TT_TEMPORARY && !wanted)) tt_supervisor_forget(actor, child);
    go_on(actor);
    return true;
}
