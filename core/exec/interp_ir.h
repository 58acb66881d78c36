// SPDX-License-Identifier: MIT
/** The register interpreter. Private to exec/. */
#ifndef TT_EXEC_INTERP_IR_H
#define TT_EXEC_INTERP_IR_H

#include "exec/sem.h"
#include "ir/ir.h"

/** A status of the interpreters only: the other kind of code has to go on. */
#define TT_EXEC_OTHER_CODE ((TtExecStatus)(TT_EXEC_ENDED + 1))

/** Whether register code can go on at actor->pc: there is some, and as many operands as it expects. */
static inline bool tt_ir_can_resume(const TtActor *actor) {
    if (!actor->function->ir_entry) return false;
    const TtIrResume *resume = &actor->function->module->ir->resume[actor->pc];
    return resume->ir != TT_IR_NONE && actor->fp + resume->cells == actor->sp;
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

/**
 * Runs register code from a place where tt_ir_can_resume holds. OTHER_CODE where the stack code has to go
 * on; `*budget` is then what is left. Otherwise as tt_exec_run.
 */
TtExecStatus tt_exec_registers(TtActor *actor, int64_t *budget);

/** Stores sp of a map (ir/ir.h) and clears the cells below it that hold nothing valid. */
void tt_ir_clear_stale(TtActor *actor, TtValue *fp, const TtIrCode *ir, uint32_t map);

/** A stack instruction on the saved actor: those that the register interpreter has no operation for. */
TtStep tt_exec_step(TtActor *actor, TtInsn insn);

#endif
