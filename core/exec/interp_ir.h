// SPDX-License-Identifier: MIT
/** The register interpreter. Private to exec/. */
#ifndef TT_EXEC_INTERP_IR_H
#define TT_EXEC_INTERP_IR_H

#include "exec/generated.h"
#include "exec/sem.h"
#include "ir/ir.h"

/** Statuses within exec only: the other kind of code has to go on; of register code, generated or
 * interpreted. */
#define TT_EXEC_OTHER_CODE ((TtExecStatus)(TT_EXEC_ENDED + 1))
#define TT_EXEC_GENERATED  ((TtExecStatus)(TT_EXEC_ENDED + 2))
#define TT_EXEC_INTERPRET  ((TtExecStatus)(TT_EXEC_ENDED + 3))

/** Whether register code can go on at actor->pc: there is some, with these operands and handlers. */
static inline bool tt_ir_can_resume(const TtActor *actor) {
    if (!actor->function->ir_entry) return false;
    const TtIrResume *resume = &actor->function->module->ir->resume[actor->pc];
    if (resume->ir == TT_IR_NONE || actor->fp + resume->cells != actor->sp) return false;
    if (TT_LIKELY(!actor->handlers.count)) return true;
    const TtHandler *handler = &tt_vec_last(&actor->handlers);
    return handler->fp != actor->fp || !handler->stack_only;
}

_Static_assert((int)TT_IR_LEAVE_JOIN == (int)TT_PROFILE_LEAVE_JOIN,
               "LEAVE's reasons are counters of profiles");
_Static_assert((int)TT_IR_LEAVE_CALL == (int)TT_PROFILE_LEAVE_CALL,
               "LEAVE's reasons are counters of profiles");

/** Counts in the profile that the actor goes on in stack code where register code cannot. */
static inline void tt_exec_note_leave(const TtActor *actor) {
    actor->context->profile
        ->leaves[actor->function->ir_entry ? TT_PROFILE_LEAVE_COUNT : TT_PROFILE_LEAVE_NO_CODE]++;
}

/** Whether RET of the stack engine leaves the frame by tt_call_return, and then looks at the budget. */
static inline bool tt_ir_returns_slowly(const TtActor *actor) {
    const TtValue *header = actor->stack + actor->fp + actor->function->slot_count;
    return tt_call_has_records(actor) || header[0].as.function == NULL || header[1].as.i == TT_FRAME_INIT;
}

/** The part of a slice that register code runs at a stretch. */
typedef struct TtIrSlice {
    int64_t start, fuel; /* the budget, and what is left of it */
    uint64_t paid;       /* of the difference: for long operations, beside those of their instructions */
    uint32_t at;         /* the register instruction to go on at; TT_IR_NONE: by actor->pc */
} TtIrSlice;

/**
 * Interprets register code from `slice->at`, or from a place where tt_ir_can_resume holds. GENERATED where
 * there is generated code for what comes next; OTHER_CODE where the stack code has to go on. `slice` then
 * says what is left. Otherwise as tt_exec_run.
 */
TtExecStatus tt_exec_registers(TtActor *actor, TtIrSlice *slice);

/**
 * Runs generated code (exec/generated.h) from `slice->at`, or from a place where tt_ir_can_resume holds, as
 * tt_exec_registers. INTERPRET, and `slice` as it then is: the interpreter has to execute what is at that
 * place. Only where dispatch is a switch (dispatch.h).
 */
TtExecStatus tt_code_run(TtActor *actor, TtIrSlice *slice);

/** What long operations charged comes off the budget of generated code. */
static inline void tt_code_pay(TtCodeState *state) {
    if (TT_LIKELY(!state->actor->work)) return;
    const uint32_t due = tt_sem_take_charges(state->actor);
    state->fuel -= (int64_t)due;
    state->paid += due;
}

/** Stores sp of a map (ir/ir.h) and clears the cells below it that hold nothing valid. */
void tt_ir_clear_stale(TtActor *actor, TtValue *fp, const TtIrCode *ir, uint32_t map);

/** A stack instruction on the saved actor: those that the register interpreter has no operation for. */
TtStep tt_exec_step(TtActor *actor, TtInsn insn);

#endif
