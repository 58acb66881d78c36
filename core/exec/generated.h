// SPDX-License-Identifier: MIT
/**
 * Machine code that somebody outside the core made of register code (in WebAssembly: wasm-glue/ts/codegen).
 *
 * Generated code works on the frames of the register interpreter: at each register instruction where it
 * stops, registers, headers and the actor's fp, function and depth are what the interpreter would have there,
 * but for homes of operands that nobody reads before they are written again: those hold what was there
 * before. In between memory may be behind. It is up to date where code calls a function, and where it lets
 * the VM carry out what may collect; elsewhere the VM finds the instruction's own operands. (In between it
 * keeps fp, function and depth in parameters; the actor's are right whenever it calls the VM or gives back to
 * it.) It stops wherever it pleases, before an instruction that it has no code for, and says where;
 * run_generated.c carries that out and enters it again, or the interpreter does. It takes off the budget what
 * the interpreter takes off, at the same places. What is too long for code of its own it lets
 * tt_code_carry_out do; nothing else of the VM is called.
 *
 * Code comes in units, one for each module, in the order in which they are given. Each thread makes a
 * unit ready for itself when it first meets it. Functions are called by number: 16 bits of slot from `slots`
 * on, 16 bits of entry; 0 is none.
 */
#ifndef TT_EXEC_GENERATED_H
#define TT_EXEC_GENERATED_H

#include "actor/system.h"
#include "ir/ir.h"

/** What interpreter and generated code hand each other. Its layout is told by wasm-glue/code_layout.def. */
typedef struct TtCodeState {
    int64_t fuel; /* as the interpreter's */
    TtActor *actor;
    const TtValue *stack_end;
    const TtModule *module; /* whose `globals` these are */
    const TtValue *globals;
    TtValue
        *returned;   /* after RETURNED: first cell of the frame that was left; its value, if any, is there */
    uint32_t pushed; /* after RETURNED: 1 when there is a value */
    uint32_t depth_limit;
    uint64_t paid; /* reductions of long operations that have been taken off `fuel` */
} TtCodeState;

/**
 * What a generated function gives back; anything else is a register instruction of the actor's function,
 * to be interpreted next, and with PREEMPTED the beginning of a block where the budget is used up.
 */
#define TT_CODE_RETURNED        0u /* the frame it was called for has returned plainly, with a value */
#define TT_CODE_RETURNED_NONE   0xfffffffcu /* the same without a value */
#define TT_CODE_PREEMPTED       0x80000000u /* flag */
#define TT_CODE_PREEMPTED_ENTRY 0xffffffffu /* the budget is used up where the function begins */
#define TT_CODE_ENTERED         0xfffffffeu /* a frame has been made, nothing of it has run */
#define TT_CODE_UNEXPECTED                                                                                   \
    0xfffffffdu /* as RETURNED, of a callee, and not with as many values as expected                         \
                 */

/** `room`: how many more frames may be entered by calls from generated code to generated code. */
typedef uint32_t (*TtCodeFn)(TtCodeState *state, TtValue *fp, uint32_t entry, uint32_t room,
                             const TtFunction *function, uint32_t depth);

/** What the VM gives: bounded because the thread's own stack is. */
#define TT_CODE_ROOM 48u

/** Functions of all units of a run together. */
#define TT_CODE_SLOTS 4096u

/**
 * Who makes units ready. `ready` makes those from number `have` up to and including `unit` callable in this
 * thread; 0 before the first one of a run, when slots hold `absent` until they are filled. False: they cannot
 * be.
 */
typedef struct TtCodeMaker {
    bool (*ready)(void *context, uint32_t have, uint32_t unit);
    void *context;
    uintptr_t slots; /* slot 0 as a function pointer */
} TtCodeMaker;

/**
 * Carries out a register instruction of the actor's function that neither leaves the straight line nor needs
 * the saved actor; collects garbage when it is time. Of a branch it only finds out whether it is taken.
 */
typedef enum TtCodeStep {
    TT_CODE_DONE, /* also: the branch is not taken */
    TT_CODE_TAKEN,
    TT_CODE_UNDONE /* nothing has happened: the interpreter is to do it, and to fail */
} TtCodeStep;
uint32_t tt_code_carry_out(TtCodeState *state, uint32_t at);

/** What is in a slot whose unit is not ready here. */
uint32_t tt_code_absent(TtCodeState *state, TtValue *fp, uint32_t entry, uint32_t room,
                        const TtFunction *function, uint32_t depth);

/**
 * Gives code to a module: `entries`, from tt_alloc and as many as register instructions, is taken over. Any
 * thread, once for each module; units are numbered from 0 in the order of the calls.
 */
void tt_code_give(TtModule *module, uint32_t unit, uint32_t *entries);

/** The entries of a module's code if this worker can run it; else NULL. */
const uint32_t *tt_code_entries(TtActor *actor, const TtIrCode *ir);

static inline TtCodeFn tt_code_function(const TtSystem *system, uint32_t entry) {
    return (TtCodeFn)(system->code->slots + (entry >> 16)); /* NOLINT: a table index in WebAssembly */
}

#endif
