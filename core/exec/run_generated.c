// SPDX-License-Identifier: MIT
/**
 * Slices in generated code. What it leaves for others and programs do often (a stack instruction, a call or
 * return that is not plain) is done here, one instruction in a function of its own; the rest is the
 * interpreter's. All functions are small on purpose: a JavaScript engine compiles those that are entered
 * often, and charges each entry of a large one as if all of it had run.
 */
#include "exec/dispatch.h"
#include "exec/generated.h"
#include "exec/interp_ir.h"

#if !TT_DISPATCH_TABLE

/** What a step gives: the register instruction to go on at, or one of these. */
#define INTERPRET 0xffffffffu
#define PREEMPTED 0xfffffffeu
#define STACK     0xfffffffdu
#define WAITS     0xfffffffcu
#define ENDED     0xfffffffbu

/** Stores in the actor where it is: before the instruction has done anything. */
static void save(const TtCodeState *state, const TtIrCode *ir, uint32_t at) {
    TtActor *actor = state->actor;
    actor->pc = ir->origin.items[at];
    tt_ir_clear_stale(actor, actor->stack + actor->fp, ir, ir->before.items[at]);
}

static uint32_t raise_error(TtCodeState *state, TtResult result);

/** Where register code goes on, of the saved and counted actor. */
static TT_NOINLINE uint32_t resume(TtCodeState *state) {
    TtActor *actor = state->actor;
    if (TT_UNLIKELY(!tt_ir_can_resume(actor))) return STACK;
    const TtFunction *function = actor->function;
    if (TT_UNLIKELY(actor->stack_capacity - actor->sp < function->max_operands &&
                    !tt_actor_grow_stack(actor, function->max_operands)))
        return raise_error(state, tt_sem_heap_full(actor, "a growing operand stack"));
    const TtIrCode *ir = function->module->ir;
    state->fuel += ir->run[actor->pc];
    return ir->resume[actor->pc].ir;
}

static uint32_t jumped(TtCodeState *state) {
    return TT_UNLIKELY(state->fuel <= 0) ? PREEMPTED : resume(state);
}

static TT_NOINLINE uint32_t raise_error(TtCodeState *state, TtResult result) {
    tt_code_pay(state); /* also for what failed */
    return tt_unwind_raise(state->actor, result) ? jumped(state) : ENDED;
}

/**
 * Of an instruction of the saved actor. Where there is no memory the interpreter executes it once more, as if
 * it had not been executed here: it then knows what to do. `work` is what had not been paid for before.
 */
static TT_NOINLINE uint32_t fail(TtCodeState *state, TtResult result, uint32_t work) {
    TtActor *actor = state->actor;
    if (result == TT_ERR_HEAP_EXCEEDED) {
        actor->work = work;
        return INTERPRET;
    }
    state->fuel -= actor->function->module->ir->run[actor->pc] + 1;
    return raise_error(state, result);
}

static TT_NOINLINE uint32_t step(TtCodeState *state, const TtIrCode *ir, uint32_t at) {
    TtActor *actor = state->actor;
    const TtModule *module = actor->function->module;
    const uint32_t address = (uint32_t)ir->code.items[at].a, work = actor->work;
    save(state, ir, at);
    TtInsn insn = address < module->code.count ? module->code.items[address] : (TtInsn){TT_OP_HALT, 0, 0};
    TtStep done = tt_exec_step(actor, insn);
    if (TT_UNLIKELY(done == TT_STEP_FAILED)) return fail(state, actor->context->error.result, work);
    tt_code_pay(state);
    switch (done) {
    case TT_STEP_DONE: {
        const bool known = actor->sp == actor->fp + (uint32_t)ir->code.items[at].c;
        if (TT_UNLIKELY(!known)) {
            state->fuel -= ir->run[address] + 1;
            actor->pc++;
        }
        if (TT_UNLIKELY(tt_heap_wants_collection(&actor->heap))) {
            if (known) {
                tt_ir_clear_stale(actor, actor->stack + actor->fp, ir, ir->after.items[at]);
                actor->pc = ir->origin.items[at] + 1;
            }
            tt_sem_collect_some(actor);
        }
        return known ? at + 1 : STACK;
    }
    case TT_STEP_JUMPED: state->fuel -= ir->run[address] + 1; return jumped(state);
    case TT_STEP_WAIT: state->fuel -= ir->run[address]; return WAITS;
    default: state->fuel -= ir->run[address] + 1; return ENDED;
    }
}

/** CALL, CALLV and TAIL of whatever they call. */
static TT_NOINLINE uint32_t call(TtCodeState *state, const TtIrCode *ir, uint32_t at) {
    TtActor *actor = state->actor;
    const TtModule *module = actor->function->module;
    const TtIrInsn insn = ir->code.items[at];
    const uint32_t work = actor->work;
    save(state, ir, at);
    TtResult result;
    if (insn.op == TT_IR_CALLV) {
        TtValue callee;
        result = tt_call_take_callee(actor, "CALL_FUNCTION", module->code.items[actor->pc].b, &callee);
        if (result == TT_OK) {
            result = tt_call_enter(actor, callee, TT_FRAME_FUNCTION, (uint32_t)insn.c);
            if (result != TT_OK) actor->sp++;
        }
    } else {
        TtValue callee = tt_function(&module->functions.items[insn.b]);
        result = insn.op == TT_IR_TAIL ? tt_call_tail(actor, callee, false)
                                       : tt_call_enter(actor, callee, TT_FRAME_CALL, (uint32_t)insn.c);
    }
    if (result != TT_OK) return fail(state, result, work);
    tt_code_pay(state);
    state->fuel -= insn.w;
    return jumped(state);
}

static TT_NOINLINE uint32_t leave_frame(TtCodeState *state, const TtIrCode *ir, uint32_t at) {
    TtActor *actor = state->actor;
    const TtIrInsn insn = ir->code.items[at];
    const uint32_t work = actor->work;
    save(state, ir, at);
    if (insn.op != TT_IR_RETURN_NONE)
        actor->stack[actor->sp - 1] = insn.a >= 0 ? actor->stack[actor->fp + (uint32_t)(insn.a / TT_IR_CELL)]
                                                  : ir->constants.items[-insn.a / TT_IR_CELL];
    const uint32_t address = actor->pc;
    const bool looks = tt_ir_returns_slowly(actor);
    TtStep done = tt_call_return(actor);
    if (TT_UNLIKELY(done == TT_STEP_FAILED)) return fail(state, actor->context->error.result, work);
    state->fuel -= ir->run[address] + 1;
    if (done == TT_STEP_ENDED) return ENDED;
    return looks ? jumped(state) : resume(state);
}

/** One that goes on in the straight line or branches. */
static TT_NOINLINE uint32_t carry_out(TtCodeState *state, const TtIrCode *ir, uint32_t at) {
    switch (tt_code_carry_out(state, at)) {
    case TT_CODE_DONE: return at + 1;
    case TT_CODE_TAKEN: break;
    default: return INTERPRET;
    }
    const TtIrInsn insn = ir->code.items[at];
    state->fuel -= insn.w;
    uint32_t to = (uint32_t)((int32_t)at + insn.c / (int32_t)sizeof insn);
    return TT_UNLIKELY(state->fuel <= 0) && to <= at ? TT_CODE_PREEMPTED | to : to;
}

/** Carries out the instruction that generated code has left for others. */
static uint32_t carry_out_other(TtCodeState *state, const TtIrCode *ir, uint32_t at) {
    TtActor *actor = state->actor;
    const TtIrInsn insn = ir->code.items[at];
    switch ((TtIrOp)insn.op) {
    case TT_IR_STEP: return step(state, ir, at);
    case TT_IR_CALL:
    case TT_IR_CALLV:
    case TT_IR_TAIL: return call(state, ir, at);
    case TT_IR_RETURN:
    case TT_IR_RETURNK:
    case TT_IR_RETURNX:
    case TT_IR_RETURN_NONE: return leave_frame(state, ir, at);
    case TT_IR_YIELD:
        save(state, ir, at);
        state->fuel -= insn.w;
        actor->pc++;
        return PREEMPTED;
    case TT_IR_THROW: {
        save(state, ir, at);
        TtResult result = tt_sem_throw(actor);
        state->fuel -= ir->run[actor->pc] + 1;
        return raise_error(state, result);
    }
    case TT_IR_LEAVE:
        actor->pc = (uint32_t)insn.a;
        actor->sp = actor->fp + (uint32_t)insn.b;
        state->fuel -= ir->run[insn.a];
        return insn.w && state->fuel <= 0 ? PREEMPTED : STACK;
    default: return carry_out(state, ir, at);
    }
}

/** The budget is used up where a block begins. */
static TT_NOINLINE void save_block(TtActor *actor, uint32_t at) {
    const TtIrBlock *block = tt_ir_block_of(actor->function->module->ir, at);
    actor->pc = block->address;
    actor->sp = actor->fp + actor->function->slot_count + TT_FRAME_HEADER + block->height;
}

/** Behind the return of the frame that generated code was called for. */
static TT_NOINLINE uint32_t returned(const TtCodeState *state) {
    TtActor *actor = state->actor;
    const TtFunction *function = actor->function;
    const TtIrResume *at = &function->module->ir->resume[actor->pc];
    if (TT_LIKELY(function->ir_entry &&
                  actor->stack + actor->fp + at->cells == state->returned + state->pushed))
        return at->ir;
    actor->sp = (uint32_t)(state->returned - actor->stack) + state->pushed;
    return STACK;
}

/** What generated code gave back, as the result of a step; `*left` when it left before that instruction. */
static uint32_t after_code(const TtCodeState *state, uint32_t next, bool *left) {
    TtActor *actor = state->actor;
    switch (next) {
    case TT_CODE_RETURNED:
    case TT_CODE_RETURNED_NONE:
    case TT_CODE_UNEXPECTED: return returned(state);
    case TT_CODE_ENTERED: return actor->function->ir_entry;
    case TT_CODE_PREEMPTED_ENTRY:
        actor->pc = actor->function->entry;
        actor->sp = actor->fp + actor->function->slot_count + TT_FRAME_HEADER;
        return PREEMPTED;
    default: break;
    }
    *left = !(next & TT_CODE_PREEMPTED);
    return next;
}

static uint32_t call_code(TtCodeState *state, uint32_t entry) {
    TtActor *actor = state->actor;
    state->stack_end = actor->stack + actor->stack_capacity;
    state->globals = NULL;
    return tt_code_function(actor->system, entry)(state, actor->stack + actor->fp, entry & 0xffff,
                                                  TT_CODE_ROOM, actor->function, actor->depth);
}

TtExecStatus tt_code_run(TtActor *actor, TtIrSlice *slice) {
    if (!tt_code_entries(actor, actor->function->module->ir)) return TT_EXEC_INTERPRET;
    TtCodeState state = {
        .fuel = slice->fuel, .actor = actor, .depth_limit = actor->system->limits.depth, .paid = slice->paid};
    uint32_t at = slice->at != TT_IR_NONE ? slice->at : resume(&state);
    bool left = false;
    while (at < ENDED) {
        const TtIrCode *ir = actor->function->module->ir;
        const uint32_t *entries = tt_code_entries(actor, ir);
        const uint32_t entry = entries && !left ? entries[at] : 0;
        left = false;
        slice->at = at;
        at = entry ? after_code(&state, call_code(&state, entry), &left) : carry_out_other(&state, ir, at);
        if (at < ENDED && at & TT_CODE_PREEMPTED) {
            save_block(actor, at & ~TT_CODE_PREEMPTED);
            at = PREEMPTED;
        }
    }
    slice->fuel = state.fuel;
    slice->paid = state.paid;
    if (at == INTERPRET) return TT_EXEC_INTERPRET;
    tt_actor_count(actor, (uint64_t)(slice->start - slice->fuel) - slice->paid);
    switch (at) {
    case PREEMPTED: return TT_EXEC_PREEMPTED;
    case STACK: return TT_EXEC_OTHER_CODE;
    case WAITS: return TT_EXEC_WAITS;
    default: return TT_EXEC_ENDED;
    }
}

#endif
