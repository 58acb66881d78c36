// SPDX-License-Identifier: MIT
/** Spawning, sending, receiving, names. */
#include "actor/events.h"
#include "actor/signal.h"
#include "actor/start.h"
#include "exec/sem.h"

#include "port/atomic.h"

#include <string.h>

static TtStep failed(TtResult result) {
    return result == TT_OK ? TT_STEP_DONE : TT_STEP_FAILED;
}

/* ---- spawn ------------------------------------------------------------------------------------------- */

/** A label of the code's own module, else of the program. */
static const TtFunction *find_label(const TtActor *actor, TtValue name) {
    const TtModule *modules[] = {actor->function->module, actor->program};
    for (int m = 0; m < 2; m++) {
        const TtModule *module = modules[m];
        uint32_t number = tt_names_find(&module->names, tt_bytes_data(name), name.len);
        for (uint32_t i = 0; number != TT_NO_NAME && i < module->labels.count; i++)
            if (module->labels.items[i].name == number) return module->label_functions.items[i];
    }
    return NULL;
}

/** What ties a new actor to its spawner from the start. */
typedef enum Tie { TIE_NONE, TIE_LINK, TIE_MONITOR } Tie;

static TtResult create_error(TtActor *actor, TtResult result, const char *op) {
    if (result == TT_ERR_HEAP_EXCEEDED) return tt_sem_heap_full(actor, op);
    return tt_error_set(&actor->context->error, result, "%s: an argument or global is nested too deeply", op);
}

static TtResult start_actor(TtActor *actor, TtValue callee, const TtValue *args, uint32_t count,
                            const char *op, Tie tie, uint64_t *pid, uint64_t *ref) {
    TtSystem *system = actor->system;
    TtActor *child;
    TtStart start;
    tt_start_init(&start, actor, callee, args, count);
    TtResult result = tt_actor_create(system, &start, &child);
    tt_start_free(&start);
    if (result != TT_OK) return create_error(actor, result, op);
    *pid = child->pid;
    if (!tt_pids_add(system, child)) {
        tt_actor_release(child);
        tt_actor_free(child);
        return tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT, "%s: no pids are left", op);
    }
    const char *name = tt_callee(callee)->name;
    TT_EMIT(system, SPAWN, tt_emit_text(actor->context, TT_EVENT_SPAWN, actor, *pid, 0, name, strlen(name)));
    if (tie == TIE_LINK) tt_actor_link_child(actor, child, TT_LINK_PLAIN);
    if (tie == TIE_MONITOR) *ref = tt_actor_monitor_child(actor, child);
    tt_trace_process(system, "[proc] %llu spawned %llu (%s)", (unsigned long long)actor->pid,
                     (unsigned long long)*pid, name);
    system->make_ready(system, actor->context, child);
    return TT_OK;
}

/** The function `name` of the built-in worker of that name. */
static TtResult find_built_in(TtActor *actor, const char *name, TtValue *callee) {
    TtStrbuf path = {0};
    TtModule *module = NULL;
    tt_strbuf_add_format(&path, "std/workers/%s", name);
    TtResult result = actor->system->load_program(actor->system, path.bytes, &module, &actor->context->error);
    for (uint32_t i = 0; result == TT_OK && module && i < module->functions.count; i++)
        if (strcmp(module->functions.items[i].name, name) == 0) {
            *callee = tt_function(&module->functions.items[i]);
            tt_strbuf_free(&path);
            return TT_OK;
        }
    if (result == TT_OK)
        result = tt_error_set(&actor->context->error, TT_ERR_FILE_ERROR,
                              "File operation failed on %s: not found", path.bytes);
    tt_strbuf_free(&path);
    return result;
}

TtResult tt_sem_find_worker(TtActor *actor, TtValue name, TtValue *callee, uint32_t *args) {
    const TtFunction *function = find_label(actor, name);
    *args = 0;
    if (function) {
        *callee = tt_function(function);
        return TT_OK;
    }
    TtStrbuf path = {0};
    tt_strbuf_add(&path, tt_bytes_data(name), name.len);
    TtModule *module = NULL;
    TtResult result =
        actor->system->load_program(actor->system, tt_strbuf_text(&path), &module, &actor->context->error);
    if (result == TT_OK && !module) {
        TtStrbuf worker = {0};
        tt_strbuf_add_format(&worker, "std/workers/%s", tt_strbuf_text(&path));
        result = actor->system->load_program(actor->system, worker.bytes, &module, &actor->context->error);
        tt_strbuf_free(&worker);
    }
    tt_strbuf_free(&path);
    if (result != TT_OK) return result;
    if (module) {
        *callee = tt_function(&module->top);
        return TT_OK;
    }
    /* What stands in for a name that is neither a label nor a file; it gets the name. */
    *args = 1;
    return find_built_in(actor, "announce", callee);
}

static TtStep spawn(TtActor *actor, const char *op, Tie tie) {
    TtValue what = actor->stack[actor->sp - 1], callee = what;
    uint64_t pid = 0, ref = 0;
    uint32_t args = 0;
    TtResult result = TT_OK;
    if (what.tag == TT_TAG_STR)
        result = tt_sem_find_worker(actor, what, &callee, &args);
    else if (!tt_is_callable(what))
        result = tt_sem_type_error(actor, op, "a function or the name of a worker", what);
    else if (tt_callee(what)->parameter_count)
        result = tt_error_set(
            &actor->context->error, TT_ERR_BAD_ARGUMENT,
            "%s expects a function without parameters but %s takes %u (SPAWN_ARGS passes arguments)", op,
            tt_callee(what)->name, tt_callee(what)->parameter_count);
    if (result == TT_OK) result = start_actor(actor, callee, &what, args, op, tie, &pid, &ref);
    if (result != TT_OK) return TT_STEP_FAILED;
    actor->stack[actor->sp - 1] = tt_int((int64_t)pid);
    if (tie == TIE_MONITOR) actor->stack[actor->sp++] = (TtValue){TT_TAG_REF, 0, {.i = (int64_t)ref}};
    return TT_STEP_DONE;
}

TtStep tt_sem_spawn(TtActor *actor) {
    return spawn(actor, "SPAWN", TIE_NONE);
}

TtStep tt_sem_spawn_link(TtActor *actor) {
    return spawn(actor, "SPAWN_LINK", TIE_LINK);
}

TtStep tt_sem_spawn_monitor(TtActor *actor) {
    return spawn(actor, "SPAWN_MONITOR", TIE_MONITOR);
}

TtStep tt_sem_spawn_args(TtActor *actor) {
    uint32_t operands = actor->sp - (actor->fp + actor->function->slot_count + TT_FRAME_HEADER);
    if (operands < 2) return failed(tt_sem_underflow(actor, "SPAWN_ARGS"));
    TtValue count = actor->stack[actor->sp - 1], callee = actor->stack[actor->sp - 2];
    if (count.tag != TT_TAG_INT)
        return failed(tt_sem_type_error(actor, "SPAWN_ARGS", "an Int as number of arguments", count));
    if (!tt_is_callable(callee)) return failed(tt_sem_type_error(actor, "SPAWN_ARGS", "a function", callee));
    const TtFunction *function = tt_callee(callee);
    if (count.as.i < 0 || count.as.i != function->parameter_count)
        return failed(tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                                   "SPAWN_ARGS passes %lld arguments but %s takes %u", (long long)count.as.i,
                                   function->name, function->parameter_count));
    uint32_t n = (uint32_t)count.as.i;
    if (operands - 2 < n) return failed(tt_sem_underflow(actor, "SPAWN_ARGS"));
    uint64_t pid = 0;
    TtResult result =
        start_actor(actor, callee, actor->stack + actor->sp - 2 - n, n, "SPAWN_ARGS", TIE_NONE, &pid, NULL);
    if (result != TT_OK) return TT_STEP_FAILED;
    actor->sp -= n + 2;
    actor->stack[actor->sp++] = tt_int((int64_t)pid);
    return TT_STEP_DONE;
}

/* ---- --run-tests ----------------------------------------------------------------------------------------
 */

TtStep tt_sem_start_tests(TtActor *actor) {
    TtValue tests, callee;
    uint64_t pid;
    if (!tt_sem_list_tests(actor, &tests)) return failed(tt_sem_heap_full(actor, "--run-tests"));
    TtResult result = find_built_in(actor, "run_tests", &callee);
    if (result == TT_OK) result = start_actor(actor, callee, &tests, 1, "--run-tests", TIE_NONE, &pid, NULL);
    return result == TT_OK ? TT_STEP_ENDED : TT_STEP_FAILED;
}

/* ---- send --------------------------------------------------------------------------------------------- */

static TtStep sent(TtActor *actor, TtResult result, uint32_t operands) {
    tt_sem_charge(actor, tt_sem_size(actor->stack[actor->sp - 1]));
    if (result == TT_ERR_HEAP_EXCEEDED) return failed(tt_sem_heap_full(actor, "SEND"));
    if (result != TT_OK) return TT_STEP_FAILED;
    actor->sp -= operands;
    return TT_STEP_DONE;
}

TtStep tt_sem_send(TtActor *actor, TtInsn insn) {
    const TtValue *message = &actor->stack[actor->sp - 1];
    bool on_stack = insn.a == 2 || (insn.a == 0 && insn.b == 0);
    if (!on_stack)
        return sent(actor, tt_actor_send(actor->context, tt_insn_int(actor->function->module, insn), message),
                    1);
    TtValue pid = actor->stack[actor->sp - 2];
    if (pid.tag != TT_TAG_INT) return failed(tt_sem_type_error(actor, "SEND", "an Int as pid", pid));
    return sent(actor, tt_actor_send(actor->context, pid.as.i, message), 2);
}

TtStep tt_sem_send_named(TtActor *actor, TtValue name) {
    uint64_t pid = tt_registry_find(actor->system, tt_bytes_data(name), name.len);
    if (!pid)
        return failed(tt_error_set(&actor->context->error, TT_ERR_NO_PROCESS,
                                   "No process is registered as %.*s", (int)name.len, tt_bytes_data(name)));
    return sent(actor, tt_actor_send(actor->context, (int64_t)pid, &actor->stack[actor->sp - 1]), 1);
}

/* ---- names ----------------------------------------------------------------------------------------------
 */

TtStep tt_sem_register(TtActor *actor, TtValue name) {
    TtResult result = tt_registry_add(actor->system, tt_bytes_data(name), name.len, actor);
    if (result == TT_OK) {
        TT_EMIT(actor->system, REGISTER,
                tt_emit_text(actor->context, TT_EVENT_REGISTER, actor, 0, 0, tt_bytes_data(name), name.len));
        return TT_STEP_DONE;
    }
    return failed(tt_error_set(&actor->context->error, result, "The name %.*s is taken by another process",
                               (int)name.len, tt_bytes_data(name)));
}

TtStep tt_sem_unregister(TtActor *actor, TtValue name) {
    uint64_t pid =
        actor->system->event_mask ? tt_registry_find(actor->system, tt_bytes_data(name), name.len) : 0;
    if (tt_registry_remove(actor->system, tt_bytes_data(name), name.len)) {
        TT_EMIT(
            actor->system, UNREGISTER,
            tt_emit_text(actor->context, TT_EVENT_UNREGISTER, actor, pid, 0, tt_bytes_data(name), name.len));
        return TT_STEP_DONE;
    }
    return failed(tt_error_set(&actor->context->error, TT_ERR_NO_PROCESS, "No process is registered as %.*s",
                               (int)name.len, tt_bytes_data(name)));
}

TtStep tt_sem_whereis(TtActor *actor, TtValue name) {
    actor->stack[actor->sp++] =
        tt_int((int64_t)tt_registry_find(actor->system, tt_bytes_data(name), name.len));
    return TT_STEP_DONE;
}

/* ---- the end ---------------------------------------------------------------------------------------------
 */

TtStep tt_sem_exit_actor(TtActor *actor) {
    TtValue reason = actor->stack[actor->sp - 1];
    bool normal =
        reason.tag == TT_TAG_STR && reason.len == 6 && memcmp(tt_bytes_data(reason), "normal", 6) == 0;
    if (!normal) actor->exit_reason = reason;
    return TT_STEP_ENDED;
}

static void let_go(TtActor *actor) {
    tt_output_forget(actor);
    tt_pending_end(actor);
    tt_module_leave(actor);
    tt_registry_remove_actor(actor->system, actor);
}

void tt_exec_end(TtActor *actor) {
    let_go(actor);
    /* Whoever is told of the end finds neither its names nor itself any more. */
    tt_pids_remove(actor->system, actor);
    tt_signals_end(actor);
}

void tt_exec_discard(TtActor *actor) {
    uint32_t dropped;
    let_go(actor);
    for (TtMessage *message = tt_mailbox_close(&actor->mailbox, &dropped), *next; message; message = next) {
        next = message->next;
        tt_message_free(message);
    }
}
