// SPDX-License-Identifier: MIT
/** Links, monitors, exit signals, and what a program can learn of processes. */
#include "actor/signal.h"
#include "exec/sem.h"

#include "port/atomic.h"

static TtStep failed(TtResult result) {
    return result == TT_OK ? TT_STEP_DONE : TT_STEP_FAILED;
}

/** The pid of the operand, or of the stack; `*operands` tells how many cells it takes. */
static TtResult operand_pid(TtActor *actor, TtInsn insn, int64_t *pid, uint32_t *operands) {
    *operands = insn.a == 2 || (insn.a == 0 && insn.b == 0);
    if (!*operands) {
        *pid = tt_insn_int(actor->function->module, insn);
        return TT_OK;
    }
    TtValue value = actor->stack[actor->sp - 1];
    if (value.tag != TT_TAG_INT)
        return tt_sem_type_error(actor, tt_op_info(insn.op & ~TT_EXEC_CHECKED)->mnemonic, "an Int as pid",
                                 value);
    *pid = value.as.i;
    return TT_OK;
}

TtStep tt_sem_link(TtActor *actor, TtInsn insn) {
    int64_t pid;
    uint32_t operands;
    if (operand_pid(actor, insn, &pid, &operands) != TT_OK) return TT_STEP_FAILED;
    TtResult result = tt_actor_link(actor, pid);
    if (result != TT_OK)
        return failed(
            tt_error_set(&actor->context->error, result, "LINK: there is no process %lld", (long long)pid));
    actor->sp -= operands;
    return TT_STEP_DONE;
}

TtStep tt_sem_unlink(TtActor *actor, TtInsn insn) {
    int64_t pid;
    uint32_t operands;
    if (operand_pid(actor, insn, &pid, &operands) != TT_OK) return TT_STEP_FAILED;
    tt_actor_unlink(actor, pid);
    actor->sp -= operands;
    return TT_STEP_DONE;
}

TtStep tt_sem_monitor(TtActor *actor, TtInsn insn) {
    int64_t pid;
    uint32_t operands;
    if (operand_pid(actor, insn, &pid, &operands) != TT_OK) return TT_STEP_FAILED;
    uint64_t ref = tt_actor_monitor(actor, pid);
    actor->sp -= operands;
    actor->stack[actor->sp++] = (TtValue){TT_TAG_REF, 0, {.i = (int64_t)ref}};
    return TT_STEP_DONE;
}

TtStep tt_sem_demonitor(TtActor *actor) {
    TtValue ref = actor->stack[actor->sp - 1];
    if (ref.tag != TT_TAG_REF) return failed(tt_sem_type_error(actor, "DEMONITOR", "a Ref", ref));
    tt_actor_demonitor(actor, (uint64_t)ref.as.i);
    actor->sp--;
    return TT_STEP_DONE;
}

TtStep tt_sem_trap_exit(TtActor *actor, TtInsn insn) {
    actor->trap_exit = insn.b < 0 ? tt_truthy(actor->stack[--actor->sp]) : insn.b != 0;
    return TT_STEP_DONE;
}

TtStep tt_sem_exit_signal(TtActor *actor) {
    TtValue pid = actor->stack[actor->sp - 2], reason = actor->stack[actor->sp - 1];
    if (pid.tag != TT_TAG_INT) return failed(tt_sem_type_error(actor, "EXIT_SIGNAL", "an Int as pid", pid));
    TtMessageKind kind = tt_reason_is(reason, "kill") ? TT_SIGNAL_KILL : TT_SIGNAL_EXIT;
    if (pid.as.i > 0) (void)tt_signal_send(actor->context, (uint64_t)pid.as.i, kind, actor->pid, 0, &reason);
    actor->sp -= 2;
    if ((uint64_t)pid.as.i != actor->pid) return TT_STEP_DONE;
    /* To itself: it takes effect at once. */
    tt_signals_collect(actor);
    return actor->killed ? TT_STEP_ENDED : TT_STEP_DONE;
}

/* ---- looking at processes --------------------------------------------------------------------------------
 */

static const char *state_name(uint32_t state) {
    switch ((TtActorState)state) {
    case TT_ACTOR_READY: return "ready";
    case TT_ACTOR_RUNNING:
    case TT_ACTOR_NOTIFIED: return "running";
    case TT_ACTOR_WAIT_MESSAGE:
    case TT_ACTOR_WAIT_OTHER: return "waiting";
    case TT_ACTOR_ENDED: return "ended";
    }
    return "ended";
}

static bool make_info(TtActor *actor, TtActor *other, TtValue *out) {
    TtHeap *heap = &actor->heap;
    TtStrbuf name = {0};
    TtValue info = tt_empty(TT_TAG_OBJECT), text = tt_null(), state;
    bool named = tt_registry_name_of(actor->system, other->pid, &name);
    /* Of itself, too, what was counted before its turn: how far its turn has been counted depends on the
     * engine. */
    uint64_t instructions =
        other == actor ? actor->context->turn_start : tt_atomic_load_u64_rlx(&other->instructions);
    bool made = (!named || tt_bytes_new(heap, TT_TAG_STR, name.bytes, name.length, &text)) &&
                tt_str_new(heap, state_name(tt_atomic_load_u32_acq(&other->state)), &state) &&
                tt_map_set_text(heap, info, "pid", tt_int((int64_t)other->pid), &info) &&
                tt_map_set_text(heap, info, "name", text, &info) &&
                tt_map_set_text(heap, info, "state", state, &info) &&
                tt_map_set_text(heap, info, "messages", tt_int(tt_mailbox_length(&other->mailbox)), &info) &&
                tt_map_set_text(heap, info, "instructions", tt_int((int64_t)instructions), &info);
    tt_strbuf_free(&name);
    *out = info;
    return made;
}

TtStep tt_sem_process_info(TtActor *actor) {
    TtValue pid = actor->stack[actor->sp - 1], info = tt_null();
    if (pid.tag != TT_TAG_INT) return failed(tt_sem_type_error(actor, "PROCESS_INFO", "an Int as pid", pid));
    TtActor *other = tt_pids_find(actor->system, pid.as.i);
    if (other && !make_info(actor, other, &info)) return failed(tt_sem_heap_full(actor, "PROCESS_INFO"));
    actor->stack[actor->sp - 1] = info;
    return TT_STEP_DONE;
}

typedef struct PidList {
    TtActor *actor;
    TtValue list;
    bool made;
} PidList;

static void add_pid(void *context, TtActor *other) {
    PidList *pids = context;
    pids->made = pids->made &&
                 tt_list_append(&pids->actor->heap, pids->list, tt_int((int64_t)other->pid), &pids->list);
}

TtStep tt_sem_processes(TtActor *actor) {
    PidList pids = {actor, tt_empty(TT_TAG_LIST), true};
    tt_pids_each(actor->system, add_pid, &pids);
    if (!pids.made) return failed(tt_sem_heap_full(actor, "PROCESSES"));
    actor->stack[actor->sp++] = pids.list;
    return TT_STEP_DONE;
}
