// SPDX-License-Identifier: MIT
/** Supervisor instructions over actor/supervisor.h. */
#include "actor/signal.h"
#include "actor/supervisor.h"
#include "exec/sem.h"

static TtStep failed(TtResult result) {
    return result == TT_OK ? TT_STEP_DONE : TT_STEP_FAILED;
}

static TtResult need_supervisor(TtActor *actor, const char *op) {
    if (actor->supervisor) return TT_OK;
    return tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                        "%s: this process is no supervisor (START_SUPERVISOR makes it one)", op);
}

TtStep tt_sem_start_supervisor(TtActor *actor, const TtSupervisorSpec *spec) {
    return failed(tt_supervisor_create(actor, *spec));
}

static TtResult start_child(TtActor *actor, const char *op, const TtChildSpec *spec, TtValue callee,
                            const TtValue *args, uint32_t arg_count, uint64_t *pid) {
    TtValue id = actor->function->module->constants.items[spec->id];
    const char *text = tt_bytes_data(id);
    if (tt_supervisor_find(actor->supervisor, text, id.len))
        return tt_error_set(&actor->context->error, TT_ERR_NAME_TAKEN, "%s: there is a child %.*s already",
                            op, (int)id.len, text);
    TtStart start;
    tt_start_init(&start, actor, callee, args, arg_count);
    TtResult result = tt_supervisor_start_child(actor, text, id.len, (TtPolicy)spec->policy, &start, pid);
    if (result == TT_ERR_HEAP_EXCEEDED) return tt_sem_heap_full(actor, op);
    if (result != TT_OK)
        return tt_error_set(&actor->context->error, result, "%s: an argument or global is nested too deeply",
                            op);
    return TT_OK;
}

TtStep tt_sem_supervise_child(TtActor *actor, const TtChildSpec *spec) {
    TtValue label = actor->function->module->constants.items[spec->label], callee;
    uint64_t pid;
    uint32_t args;
    if (need_supervisor(actor, "SUPERVISE_CHILD") != TT_OK) return TT_STEP_FAILED;
    if (tt_sem_find_worker(actor, label, &callee, &args) != TT_OK) return TT_STEP_FAILED;
    if (start_child(actor, "SUPERVISE_CHILD", spec, callee, &label, args, &pid) != TT_OK)
        return TT_STEP_FAILED;
    actor->stack[actor->sp++] = tt_int((int64_t)pid);
    return TT_STEP_DONE;
}

TtStep tt_sem_supervise_function(TtActor *actor, const TtChildSpec *spec) {
    TtValue callee = actor->stack[actor->sp - 1];
    uint64_t pid;
    if (need_supervisor(actor, "SUPERVISE_FUNCTION") != TT_OK) return TT_STEP_FAILED;
    if (!tt_is_callable(callee))
        return failed(tt_sem_type_error(actor, "SUPERVISE_FUNCTION", "a function", callee));
    if (tt_callee(callee)->parameter_count)
        return failed(tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                                   "SUPERVISE_FUNCTION expects a function without parameters but %s takes %u",
                                   tt_callee(callee)->name, tt_callee(callee)->parameter_count));
    if (start_child(actor, "SUPERVISE_FUNCTION", spec, callee, NULL, 0, &pid) != TT_OK) return TT_STEP_FAILED;
    actor->stack[actor->sp - 1] = tt_int((int64_t)pid);
    return TT_STEP_DONE;
}

static TtResult find_child(TtActor *actor, const char *op, TtValue id, TtChild **child) {
    TT_TRY(need_supervisor(actor, op));
    *child = tt_supervisor_find(actor->supervisor, tt_bytes_data(id), id.len);
    if (*child) return TT_OK;
    return tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT, "%s: there is no child %.*s", op,
                        (int)id.len, tt_bytes_data(id));
}

static TtStep wait_for_child(TtActor *actor) {
    actor->wait = TT_WAIT_CHILD;
    return TT_STEP_WAIT;
}

TtStep tt_sem_restart_child(TtActor *actor, TtValue id) {
    TtChild *child;
    if (find_child(actor, "RESTART_CHILD", id, &child) != TT_OK) return TT_STEP_FAILED;
    if (child->state != TT_CHILD_STOPPED) {
        tt_supervisor_stop_child(actor, child, false);
        return wait_for_child(actor);
    }
    TtResult result = tt_supervisor_restart_child(actor, child);
    if (result == TT_ERR_HEAP_EXCEEDED) return failed(tt_sem_heap_full(actor, "RESTART_CHILD"));
    if (result != TT_OK)
        return failed(
            tt_error_set(&actor->context->error, result, "RESTART_CHILD: the child cannot be started"));
    actor->stack[actor->sp++] = tt_int((int64_t)child->pid);
    return TT_STEP_DONE;
}

TtStep tt_sem_stop_child(TtActor *actor, TtValue id) {
    TtChild *child;
    if (need_supervisor(actor, "STOP_CHILD") != TT_OK) return TT_STEP_FAILED;
    child = tt_supervisor_find(actor->supervisor, tt_bytes_data(id), id.len);
    /* Gone because this instruction stopped it, executed before. */
    if (!child && actor->stopping_child) {
        actor->stopping_child = false;
        return TT_STEP_DONE;
    }
    if (find_child(actor, "STOP_CHILD", id, &child) != TT_OK) return TT_STEP_FAILED;
    if (child->state == TT_CHILD_STOPPED) {
        tt_supervisor_forget(actor, child);
        actor->stopping_child = false;
        return TT_STEP_DONE;
    }
    actor->stopping_child = true;
    tt_supervisor_stop_child(actor, child, true);
    return wait_for_child(actor);
}

static bool describe_child(TtActor *actor, const TtChild *child, TtValue *out) {
    TtHeap *heap = &actor->heap;
    TtValue info = tt_empty(TT_TAG_OBJECT), id, policy, state;
    bool made = tt_bytes_new(heap, TT_TAG_STR, child->id, child->id_length, &id) &&
                tt_str_new(heap, tt_policy_names[child->policy], &policy) &&
                tt_str_new(heap, child->state == TT_CHILD_STOPPED ? "stopped" : "running", &state) &&
                tt_map_set_text(heap, info, "id", id, &info) &&
                tt_map_set_text(heap, info, "pid", tt_int((int64_t)child->pid), &info) &&
                tt_map_set_text(heap, info, "policy", policy, &info) &&
                tt_map_set_text(heap, info, "restarts", tt_int((int64_t)child->restarts), &info) &&
                tt_map_set_text(heap, info, "state", state, &info);
    *out = info;
    return made;
}

TtStep tt_sem_children(TtActor *actor) {
    if (need_supervisor(actor, "CHILDREN") != TT_OK) return TT_STEP_FAILED;
    const TtSupervisor *supervisor = actor->supervisor;
    TtValue list = tt_empty(TT_TAG_LIST), child;
    for (uint32_t i = 0; i < supervisor->children.count; i++)
        if (!describe_child(actor, supervisor->children.items[i], &child) ||
            !tt_list_append(&actor->heap, list, child, &list))
            return failed(tt_sem_heap_full(actor, "CHILDREN"));
    actor->stack[actor->sp++] = list;
    return TT_STEP_DONE;
}

TtStep tt_sem_run_supervisor(TtActor *actor) {
    if (need_supervisor(actor, "RUN_SUPERVISOR") != TT_OK) return TT_STEP_FAILED;
    tt_signals_collect(actor);
    /* Nobody will ever ask for its messages. */
    while (actor->mailbox.first) tt_message_free(tt_mailbox_take(&actor->mailbox, NULL));
    if (actor->killed) return TT_STEP_ENDED;
    actor->wait = TT_WAIT_MESSAGE;
    return TT_STEP_WAIT;
}
