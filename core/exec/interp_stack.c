// SPDX-License-Identifier: MIT
/**
 * The stack interpreter: dispatch and the operations that are worth doing inline; everything else is
 * a sem_* or call function on the saved actor. Compiled three times from interp_stack.inc: plain;
 * for profiles and register code; and traced for --trace and --debug (with or without a profile), so that the
 * plain loop never asks.
 */
#include "actor/signal.h"
#include "actor/supervisor.h"
#include "exec/dispatch.h"
#include "exec/field_hint.h"
#include "exec/interp_ir.h"
#include "exec/sem.h"

#include "base/assert.h"
#include "port/atomic.h"

#include <string.h>

/** The value that a simple push of fuse.c leaves; false when the variable has none. */
static inline bool simple_push(TtInsn insn, const TtValue *fp, TtValue *value) {
    switch (insn.op) {
    case TT_OP_TRUE: *value = tt_bool(true); return true;
    case TT_OP_FALSE: *value = tt_bool(false); return true;
    case TT_OP_NULL: *value = tt_null(); return true;
    case TT_OP_PUSH_INT: *value = tt_int(insn.b); return true;
    default: *value = tt_value_share(fp[insn.b]); return value->tag != TT_TAG_UNBOUND;
    }
}

/** Captures into the slots of a frame whose parameters are its first slots and hide those of their name. */
static inline void place_captures(TtValue *slots, const TtClosure *closure) {
    uint32_t parameters = closure->function->parameter_count;
    for (uint32_t i = 0; i < closure->obj.used; i++) {
        uint32_t slot = closure->captures[i].slot;
        if (slot != TT_NO_SLOT && slot >= parameters)
            slots[slot] = tt_value_share(closure->captures[i].value);
    }
}

#if defined(__clang__)
/* The variants that few runs need are made small: WebAssembly is downloaded. */
#define SMALL __attribute__((minsize))
#else
#define SMALL
#endif

#define RUN_ATTRIBUTES
#define TT_TRACED   0
#define TT_PROFILED 0
#define TT_MIXED    0
#define RUN         run_plain
#include "exec/interp_stack.inc"
#undef RUN_ATTRIBUTES
#define RUN_ATTRIBUTES SMALL
#undef TT_MIXED
#undef TT_PROFILED
#undef RUN

/* For profiles, and for register code, to which it leaves wherever there is some. */
#define TT_PROFILED 1
#define TT_MIXED    1
#define RUN         run_mixed
#include "exec/interp_stack.inc"
#undef TT_MIXED
#undef TT_TRACED
#undef RUN

#define TT_TRACED 1
#define TT_MIXED  0
#define RUN       run_traced
#include "exec/interp_stack.inc"
#undef RUN_ATTRIBUTES
#undef TT_MIXED
#undef TT_TRACED
#undef TT_PROFILED
#undef RUN

/** An ending actor's last acts, each of which may have to wait: its report, its children. */
static TtExecStatus finish(TtActor *actor) {
    actor->ending = true;
    TtActorRare *rare = tt_actor_rare_of(actor);
    TtStrbuf *report = rare ? &rare->report : NULL;
    /* EXIT closes what its actor has opened; who fails of that on another thread fails after the end. */
    bool over = tt_atomic_load_u32_acq(&actor->system->stop) == TT_STOP_EXIT;
    if (report && report->length && !over) {
        if (!tt_output_write(actor, 2, report->bytes, report->length)) {
            actor->wait = TT_WAIT_OUTPUT;
            return TT_EXEC_WAITS;
        }
        tt_strbuf_clear(report);
    }
    if (actor->supervisor && !tt_supervisor_shut_down(actor)) {
        actor->deadline_set = false;
        actor->wait = TT_WAIT_CHILD;
        return TT_EXEC_WAITS;
    }
    return TT_EXEC_ENDED;
}

/**
 * Room for what stack code pushes from here up to where it looks for itself; where there is none, an error is
 * raised. False: that ended the actor. Needed wherever the code does not come from a place that looked: a
 * slice that began with an interrupt, register code, whose frames are as large as its own operands.
 */
static bool make_room(TtActor *actor) {
    while (TT_UNLIKELY(actor->stack_capacity - actor->sp < actor->function->max_operands) &&
           !tt_actor_grow_stack(actor, actor->function->max_operands))
        if (!tt_unwind_raise(actor, tt_sem_heap_full(actor, "a growing operand stack"))) return false;
    return true;
}

/** From a place where tt_ir_can_resume holds; as the other interpreters. */
static TtExecStatus run_registers(TtActor *actor, int64_t *budget) {
    TtIrSlice slice = {.start = *budget, .fuel = *budget, .at = TT_IR_NONE};
#if TT_DISPATCH_TABLE
    TtExecStatus status = tt_exec_registers(actor, &slice);
#else
    const bool generated = actor->system->code && !actor->context->profile;
    TtExecStatus status = TT_EXEC_INTERPRET;
    do {
        if (generated) status = tt_code_run(actor, &slice);
        if (status == TT_EXEC_INTERPRET) status = tt_exec_registers(actor, &slice);
    } while (status == TT_EXEC_GENERATED);
#endif
    *budget = slice.fuel;
    return status;
}

static TtExecStatus run_slice(TtActor *actor, int64_t budget) {
    bool registers = actor->system->registers && tt_ir_can_resume(actor);
    if (TT_UNLIKELY(actor->context->profile != NULL) && actor->system->registers && !registers &&
        actor->instructions == 0)
        tt_exec_note_leave(actor);
    TtExecStatus status;
    do {
        if (registers)
            status = run_registers(actor, &budget);
        else if (!make_room(actor))
            status = TT_EXEC_ENDED;
        else if (TT_UNLIKELY(actor->system->trace || actor->system->debug))
            status = run_traced(actor, &budget);
        else if (actor->system->registers || actor->context->profile)
            status = run_mixed(actor, &budget);
        else
            status = run_plain(actor, &budget);
        registers = !registers;
    } while (status == TT_EXEC_OTHER_CODE);
    return status;
}

TtExecStatus tt_exec_run(TtActor *actor, uint32_t budget) {
    actor->wait = TT_WAIT_NONE;
    if (tt_mailbox_has_outer(&actor->mailbox)) tt_signals_collect(actor);
    if (actor->supervisor) tt_supervisor_tick(actor);
    if (actor->ending || actor->killed) return finish(actor);
    if (TT_UNLIKELY(actor->heap.stepping)) tt_sem_collect_some(actor);
    TtExecStatus status;
    if (TT_LIKELY(!actor->system->profile)) {
        status = run_slice(actor, budget);
    } else {
        TtActorRare *rare = tt_actor_rare(actor);
        if (rare->profile)
            tt_profile_resume(rare->profile);
        else
            tt_profile_start(actor);
        actor->context->profile = rare->profile;
        status = run_slice(actor, budget);
        actor->context->profile = NULL;
        tt_profile_pause(actor);
    }
    return status == TT_EXEC_ENDED ? finish(actor) : status;
}
