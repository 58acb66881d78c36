// SPDX-License-Identifier: MIT
/**
 * The register interpreter. Its frames are those of the stack engine and its state between two
 * instructions is, too: whoever leaves it (waiting, failing, calling slowly, preempted) first stores where
 * the actor is in the stack code. Locals:
 *   pc    the instruction being executed     fp    first slot of the frame, as actor->fp
 *   fuel  budget left at the last leader (ir/lower.c); what has run since is `run` of the address
 */
#include "exec/interp_ir.h"

#include "exec/dispatch.h"
#include "exec/field_hint.h"
#include "exec/generated.h"

#include "base/assert.h"

#include <string.h>

#undef OP
#undef FAST
#undef NEXT

// The dispatch macros look like calls to the formatter, and labels like anything.
// clang-format off

#if TT_DISPATCH_TABLE
#define OP(name)   op_##name:
#define DISPATCH() goto *table[pc->op]
#else
#define OP(name)   case TT_IR_##name:
#define DISPATCH() goto dispatch
#endif
/* Only where dispatch is in one place, and where somebody makes code. A profile is to see every call. */
#if TT_DISPATCH_TABLE
#define FIND_GENERATED() ((void)0)
#else
#define FIND_GENERATED() (entries = actor->system->code && !profiled ? tt_code_entries(actor, ir) : NULL)
#endif
#define NEXT                                                                                                 \
    do {                                                                                                     \
        pc++;                                                                                                \
        DISPATCH();                                                                                          \
    } while (0)

#define R(offset) ((TtValue *)(void *)((char *)fp + (offset)))
/** A register or a constant, to read. */
#define K(offset) ((const TtValue *)((offset) >= 0 ? (const void *)((const char *)fp + (offset)) : (const void *)(constants - (offset))))
/** A constant. */
#define C(offset) ((const TtValue *)(const void *)(constants - (offset)))
#define ADDRESS() (ir->origin.items[pc - code])

/** Stores the locals at the instruction, before it has done anything. */
#define SAVE()                                                                                               \
    do {                                                                                                     \
        actor->pc = ADDRESS();                                                                               \
        tt_ir_clear_stale(actor, fp, ir, ir->before.items[pc - code]);                                             \
        if (TT_UNLIKELY(actor->context->profile != NULL))                                                             \
            actor->context->profile->executed = actor->instructions + EXECUTED() + ir->run[actor->pc] + 1;            \
    } while (0)
/** What may have moved. */
#define LOAD_FRAME()                                                                                         \
    do {                                                                                                     \
        fp = actor->stack + actor->fp;                                                                       \
        stack_end = actor->stack + actor->stack_capacity;                                                    \
        globals = NULL;                                                                                      \
    } while (0)
#define PAY()                                                                                                \
    do {                                                                                                     \
        if (TT_UNLIKELY(actor->work)) {                                                                      \
            const uint32_t due = tt_sem_take_charges(actor);                                                 \
            fuel -= (int64_t)due;                                                                            \
            paid += due;                                                                                     \
        }                                                                                                    \
    } while (0)
/** Instructions executed in this slice, up to where `fuel` stands. */
#define EXECUTED() ((uint64_t)(start_fuel - fuel) - paid)
#define TRY_SEM(expression)                                                                                  \
    do {                                                                                                     \
        result = (expression);                                                                               \
        if (TT_UNLIKELY(result != TT_OK)) goto fail;                                                         \
        PAY();                                                                                               \
    } while (0)
/** After an operation that may have allocated. */
#define NEXT_ALLOCATED                                                                                       \
    do {                                                                                                     \
        if (TT_UNLIKELY(tt_heap_wants_collection(&actor->heap))) goto collect;                               \
        NEXT;                                                                                                \
    } while (0)
/** Takes the branch that pc is at. */
#define BRANCH()                                                                                             \
    do {                                                                                                     \
        int32_t distance = pc->c;                                                                            \
        fuel -= pc->w;                                                                                       \
        pc = (const TtIrInsn *)(const void *)((const char *)pc + distance);                                  \
        if (TT_UNLIKELY(fuel <= 0) && distance <= 0) goto preempt;                                           \
        DISPATCH();                                                                                          \
    } while (0)

#include "exec/interp_ir_families.h"
/** Whether a frame of the function can be made without a look at anything, its arguments at `base`. */
#define FITS(target, base)                                                                                   \
    ((uint64_t)(stack_end - (base)) > (uint64_t)(target)->frame_cells - 1 && actor->depth < depth_limit)
/** Makes `target` at `base` the current function; what it captured and its module are yet to be seen to. */
#define ENTER(kind)                                                                                          \
    do {                                                                                                     \
        TtValue *header = base + target->slot_count;                                                         \
        for (TtValue *slot = base + target->parameter_count; slot < header; slot++) *slot = tt_unbound(); \
        header[0] = (TtValue){TT_TAG_FRAME, actor->fp, {.function = function}};                              \
        header[1] = (TtValue){TT_TAG_FRAME, (uint32_t)pc->c, {.i = (kind)}};                                 \
        fuel -= pc->w;                                                                                       \
        fp = base;                                                                                           \
        function = target;                                                                                   \
        actor->function = target;                                                                            \
        actor->fp = (uint32_t)(fp - actor->stack);                                                           \
        actor->depth++;                                                                                      \
    } while (0)
#define ENTER_MODULE(target)                                                                                 \
    do {                                                                                                     \
        module = (target)->module;                                                                           \
        ir = module->ir;                                                                                     \
        code = ir->code.items;                                                                               \
        constants = (const char *)ir->constants.items;                                                       \
        globals = NULL;                                                                                      \
        FIND_GENERATED();                                                                                    \
    } while (0)
/** Whether a return of a frame without records has nothing to do but to go back. */
#define RETURNS_PLAINLY(header) TT_LIKELY((uint64_t)(header)[1].as.i - TT_FRAME_CALL < plain_kinds)
/** Leaves the frame, with what x points to when `pushes`. */
#define RETURN_TO(header, pushes)                                                                            \
    do {                                                                                                     \
        const bool with_value = (pushes);                                                                    \
        const uint32_t address = (header)[1].len;                                                            \
        target = (header)[0].as.function;                                                                    \
        actor->fp = (header)[0].len;                                                                         \
        base = actor->stack + actor->fp;                                                                     \
        actor->function = target;                                                                            \
        actor->depth--;                                                                                      \
        fuel -= pc->w;                                                                                       \
        if (with_value) copy(fp, x);                                                                         \
        if (TT_UNLIKELY(target->module != module)) ENTER_MODULE(target);                                     \
        const TtIrResume *resume = &ir->resume[address];                                                     \
        if (TT_UNLIKELY(!target->ir_entry || base + resume->cells != fp + with_value)) {                     \
            actor->pc = address;                                                                             \
            actor->sp = (uint32_t)(fp - actor->stack) + with_value;                                          \
            goto to_stack;                                                                                   \
        }                                                                                                    \
        function = target;                                                                                   \
        fp = base;                                                                                           \
        pc = code + resume->ir;                                                                              \
    } while (0)
/** The stack instruction that the operation stands for. */
#define ORIGINAL_OP() (module->code.items[ADDRESS()].op)

/**
 * A value copied as two words. Results are written so, and a vector load right behind two stores waits until
 * both have left for the cache.
 */
static inline void copy(TtValue *to, const TtValue *from) {
    uint64_t head;
    memcpy(&head, from, sizeof head);
    const int64_t body = from->as.i;
    memcpy(to, &head, sizeof head);
    to->as.i = body;
}
/** The same for a reference that stays where it was, too. */
static inline void copy_shared(TtValue *to, const TtValue *from) {
    copy(to, from);
    (void)tt_value_share(*to);
}

TT_COLD void tt_ir_clear_stale(TtActor *actor, TtValue *fp, const TtIrCode *ir, uint32_t map) {
    const uint32_t *cells = ir->maps.items + map;
    actor->sp = actor->fp + cells[0];
    for (uint32_t i = 0; i < cells[1]; i++) fp[cells[2 + i]] = tt_null();
}

TtExecStatus tt_exec_registers(TtActor *actor, TtIrSlice *slice) {
#if TT_DISPATCH_TABLE
    static const void *const table[TT_IR_OP_COUNT] = {
#define TT_IR(name, a, b, c, flags, doc) [TT_IR_##name] = &&op_##name,
#include "ir/ir_ops.def"
#undef TT_IR
    };
#endif
    const TtModule *module = NULL;
    const TtIrCode *ir = NULL;
    const TtIrInsn *code = NULL, *pc = NULL;
    const char *constants = NULL;
#if !TT_DISPATCH_TABLE
    const uint32_t *entries = NULL; /* generated code of the module; NULL: none */
#endif
    const TtFunction *function, *target;
    const TtClosure *closure;
    TtValue *fp, *stack_end, *base;
    const TtValue *x, *y, *globals; /* those of `module`; NULL: not looked up yet, or there are none */
    TtValue value, scratch;
    TtResult result;
    const int64_t start_fuel = slice->start;
    int64_t fuel = slice->fuel;
    uint64_t paid = slice->paid;
    const bool profiled = actor->context->profile != NULL;
    /* A profile is to see every call. */
    const uint32_t depth_limit = profiled ? 0 : actor->system->limits.depth;
    const uint64_t plain_kinds = profiled ? 0 : TT_FRAME_FUNCTION - TT_FRAME_CALL + 1;

#if TT_DISPATCH_TABLE
    goto load;
#else
    if (slice->at == TT_IR_NONE) goto load;
    /* In the place of generated code, which has left here. */
    function = actor->function;
    ENTER_MODULE(function);
    LOAD_FRAME();
    pc = code + slice->at;
    goto execute;

dispatch:
    if (entries && entries[pc - code]) goto generated;
execute:
    switch ((TtIrOp)pc->op) {
#endif

    OP(NOP) NEXT;
    OP(COUNT) {
        fuel -= pc->a;
        NEXT;
    }
    OP(MOVE) {
        copy(R(pc->a), R(pc->b));
        NEXT;
    }
    OP(SHARE) {
        copy_shared(R(pc->a), R(pc->b));
        NEXT;
    }
    OP(TAKE) {
        x = R(pc->b);
        copy(R(pc->a), x);
        if (x->tag == TT_TAG_LIST && x->as.object && !(x->as.object->flags & (TT_OBJ_FROZEN | TT_OBJ_MOVED)))
            x->as.object->flags |= TT_OBJ_MOVED;
        NEXT;
    }
    OP(LOADI) {
        *R(pc->a) = tt_int(pc->b);
        NEXT;
    }
    OP(LOADK) {
        copy(R(pc->a), C(pc->b));
        NEXT;
    }
    OP(LOADV) {
        x = R(pc->b);
        if (TT_UNLIKELY(x->tag == TT_TAG_UNBOUND)) {
            uint32_t slot = module->scopes.items[function->scope].global_slots[pc->b / TT_IR_CELL];
            if (!globals) globals = tt_actor_globals(actor, module);
            if (!globals || slot == TT_NO_SLOT || globals[slot].tag == TT_TAG_UNBOUND) goto undefined;
            x = globals + slot;
            (void)tt_value_share(*x);
        }
        copy(R(pc->a), x);
        if (pc->w) (void)tt_value_share(*x);
        NEXT;
    }
    OP(LOADG) {
        if (TT_UNLIKELY(!globals)) globals = tt_actor_globals(actor, module);
        if (TT_UNLIKELY(!globals || globals[pc->b].tag == TT_TAG_UNBOUND)) goto undefined;
        copy(R(pc->a), globals + pc->b);
        if (pc->w) (void)tt_value_share(globals[pc->b]);
        NEXT;
    }
    OP(SWAP) {
        value = *R(pc->a);
        *R(pc->a) = *R(pc->b);
        *R(pc->b) = value;
        NEXT;
    }
    OP(ROT) {
        TtValue *first = R(pc->a);
        value = first[0];
        first[0] = first[1];
        first[1] = first[2];
        first[2] = value;
        NEXT;
    }

    ARITH(ADD, +)
    ARITH(SUB, -)
    ARITH(MUL, *)
    OP(ADDI) {
        x = R(pc->b);
        if (TT_UNLIKELY(x->tag != TT_TAG_INT)) goto add_integer;
        *R(pc->a) = WRAP(x->as.i, +, (int64_t)pc->c);
        NEXT;
    }
    OP(ARITH) {
        x = K(pc->b);
        y = K(pc->c);
        goto arith;
    }
    OP(DIV) {
        x = K(pc->b);
        y = K(pc->c);
        if (TT_LIKELY(BOTH_INT(x, y) && y->as.i > 0))
            *R(pc->a) = tt_int(x->as.i / y->as.i);
        else if (BOTH_FLOAT(x, y) && y->as.f != 0.0)
            *R(pc->a) = tt_float(x->as.f / y->as.f);
        else
            goto arith;
        NEXT;
    }
    OP(MOD) {
        x = K(pc->b);
        y = K(pc->c);
        if (TT_UNLIKELY(!BOTH_INT(x, y) || y->as.i <= 0)) goto arith;
        *R(pc->a) = tt_int(x->as.i % y->as.i);
        NEXT;
    }
    OP(NEG) {
        TRY_SEM(tt_sem_negate(actor, R(pc->b), &value));
        *R(pc->a) = value;
        NEXT;
    }
    OP(FLOAT) {
        TRY_SEM(tt_sem_float_op(actor, ORIGINAL_OP(), K(pc->b), K(pc->c), &value));
        *R(pc->a) = value;
        NEXT;
    }
    BITS(AND_BITS, &)
    BITS(OR_BITS, |)
    BITS(XOR_BITS, ^)
    OP(SHIFT) {
        x = K(pc->b);
        y = K(pc->c);
        goto bits;
    }
    OP(NOT_BITS) {
        x = R(pc->b);
        if (TT_UNLIKELY(x->tag != TT_TAG_INT)) TRY_SEM(tt_sem_type_error(actor, "BIT_NOT", "an Int", *x));
        *R(pc->a) = tt_int(~x->as.i);
        NEXT;
    }
    OP(COMPARE) {
        x = K(pc->b);
        y = K(pc->c);
        if (TT_LIKELY(BOTH_INT(x, y))) {
            int order = (x->as.i > y->as.i) - (x->as.i < y->as.i);
            *R(pc->a) = tt_int(pc->w >> (order + 1) & 1);
            NEXT;
        }
        TRY_SEM(tt_sem_compare(actor, ORIGINAL_OP(), x, y, &value));
        *R(pc->a) = value;
        NEXT;
    }
    OP(AND) {
        *R(pc->a) = tt_bool((int)tt_truthy(*K(pc->b)) & (int)tt_truthy(*K(pc->c)));
        NEXT;
    }
    OP(OR) {
        *R(pc->a) = tt_bool((int)tt_truthy(*K(pc->b)) | (int)tt_truthy(*K(pc->c)));
        NEXT;
    }
    OP(NOT) {
        *R(pc->a) = tt_bool(!tt_truthy(*R(pc->b)));
        NEXT;
    }
    OP(BOOL) {
        *R(pc->a) = tt_bool(tt_truthy(*R(pc->b)));
        NEXT;
    }

#include "exec/interp_ir_data.inc"

    OP(JUMP) BRANCH();
    OP(JT) {
        if (tt_truthy(*R(pc->a))) BRANCH();
        NEXT;
    }
    OP(JF) {
        if (!tt_truthy(*R(pc->a))) BRANCH();
        NEXT;
    }
#define JUMP_WHEN
    ALL_JUMPS(J)
#undef JUMP_WHEN
#define JUMP_WHEN == false
    ALL_JUMPS(JN)
#undef JUMP_WHEN
    LOOP(LOOPLT, LT, <)
    LOOP(LOOPLE, LE, <=)
    PRODUCT(MULADD, +)
    PRODUCT(MULSUB, -)
    FIELD(ADD, +)
    FIELD(SUB, -)
    ITEM_BRANCH(INDEXJT, tt_truthy(*x))
    ITEM_BRANCH(INDEXJF, !tt_truthy(*x))

    OP(CALL) {
        target = &module->functions.items[pc->b];
        base = R(pc->a);
        if (TT_UNLIKELY(!FITS(target, base))) {
            value = tt_function(target);
            goto call_slowly;
        }
        ENTER(TT_FRAME_CALL);
        if (TT_UNLIKELY(fuel <= 0)) goto preempt_entry;
        pc = code + target->ir_entry;
        DISPATCH();
    }
    OP(CALLV) {
        base = R(pc->a);
        x = base + pc->b;
        if (TT_UNLIKELY(!tt_is_callable(*x))) goto call_value_slowly;
        target = tt_callee(*x);
        closure = x->tag == TT_TAG_CLOSURE ? tt_closure(*x) : NULL;
        if (TT_UNLIKELY(target->parameter_count != (uint32_t)pc->b || !FITS(target, base)))
            goto call_value_slowly;
        ENTER(TT_FRAME_FUNCTION);
        if (closure) {
            /* A parameter hides a capture of the same name. */
            for (uint32_t i = 0; i < closure->obj.used; i++) {
                uint32_t slot = closure->captures[i].slot;
                if (slot != TT_NO_SLOT && slot >= target->parameter_count)
                    copy_shared(fp + slot, &closure->captures[i].value);
            }
        }
        if (TT_UNLIKELY(fuel <= 0)) goto preempt_entry;
        if (target->module != module) ENTER_MODULE(target);
        pc = code + target->ir_entry;
        DISPATCH();
    }
    OP(TAIL) {
        SAVE();
        TRY_SEM(tt_call_tail(actor, tt_function(&module->functions.items[pc->b]), false));
        fuel -= pc->w;
        goto entered;
    }
    OP(RETURN) {
        const TtValue *header = fp + function->slot_count;
        x = R(pc->a);
        if (!RETURNS_PLAINLY(header)) goto return_slowly;
        RETURN_TO(header, true);
        DISPATCH();
    }
    OP(RETURNK) {
        const TtValue *header = fp + function->slot_count;
        x = C(pc->a);
        if (!RETURNS_PLAINLY(header)) goto return_slowly;
        RETURN_TO(header, true);
        DISPATCH();
    }
    OP(RETURNX) {
        const TtValue *header = fp + function->slot_count;
        x = K(pc->a);
        if (!RETURNS_PLAINLY(header) || tt_call_has_records(actor)) goto return_slowly;
        RETURN_TO(header, true);
        DISPATCH();
    }
    OP(RETURN_NONE) {
        const TtValue *header = fp + function->slot_count;
        if (!RETURNS_PLAINLY(header) || tt_call_has_records(actor)) {
            SAVE();
            goto return_saved;
        }
        scratch = tt_null();
        x = &scratch;
        RETURN_TO(header, header[1].as.i == TT_FRAME_FUNCTION);
        DISPATCH();
    }
    OP(YIELD) {
        SAVE();
        fuel -= pc->w;
        actor->pc++;
        goto preempt_saved;
    }
    OP(THROW) {
        SAVE();
        result = tt_sem_throw(actor);
        fuel -= ir->run[actor->pc] + 1;
        goto raise;
    }
    OP(LEAVE) {
        actor->pc = (uint32_t)pc->a;
        actor->sp = actor->fp + (uint32_t)pc->b;
        fuel -= ir->run[pc->a];
        if (TT_UNLIKELY(profiled)) actor->context->profile->leaves[pc->c]++;
        if (pc->w && fuel <= 0) goto preempt_saved; /* a backward jump */
        goto leave;
    }
    OP(UNDERFLOW) {
        TRY_SEM(tt_sem_underflow(actor, tt_op_info(ORIGINAL_OP())->mnemonic));
        TT_UNREACHABLE();
    }
    OP(STEP) {
        SAVE();
        uint32_t at = (uint32_t)pc->a;
        TtStep step = tt_exec_step(actor, at < module->code.count ? module->code.items[at] : (TtInsn){TT_OP_HALT, 0, 0});
        PAY();
        switch (step) {
        case TT_STEP_DONE:
            LOAD_FRAME();
            if (TT_UNLIKELY(actor->sp != actor->fp + (uint32_t)pc->c)) {
                fuel -= ir->run[at] + 1;
                actor->pc++;
                if (tt_heap_wants_collection(&actor->heap)) tt_sem_collect_some(actor);
                goto to_stack;
            }
            NEXT_ALLOCATED;
        case TT_STEP_JUMPED: fuel -= ir->run[at] + 1; goto jumped;
        case TT_STEP_FAILED: result = actor->context->error.result; goto fail_saved;
        case TT_STEP_WAIT:
            fuel -= ir->run[at];
            tt_actor_count(actor, EXECUTED());
            return TT_EXEC_WAITS;
        case TT_STEP_ENDED: fuel -= ir->run[at] + 1; goto ended;
        }
        TT_UNREACHABLE();
    }
#if !TT_DISPATCH_TABLE
    case TT_IR_OP_COUNT: TT_UNREACHABLE();
    }

generated:
    slice->at = (uint32_t)(pc - code);
    slice->fuel = fuel;
    slice->paid = paid;
    return TT_EXEC_GENERATED;
#endif

    /* ---- what the fast ways leave over ------------------------------------------------------------------ */

add:
    x = R(pc->b);
    y = R(pc->c);
    if (BOTH_INT(x, y)) {
        *R(pc->a) = WRAP(x->as.i, +, y->as.i);
        NEXT;
    }
    goto arith;
multiply:
    x = R(pc->b);
    y = R(pc->c);
    if (BOTH_INT(x, y)) {
        *R(pc->a) = WRAP(x->as.i, *, y->as.i);
        NEXT;
    }
    if (BOTH_FLOAT(x, y)) {
        *R(pc->a) = tt_float(x->as.f * y->as.f);
        NEXT;
    }
    goto arith;
add_integer:
    x = R(pc->b);
    if (x->tag == TT_TAG_INT) {
        *R(pc->a) = WRAP(x->as.i, +, (int64_t)pc->c);
        NEXT;
    }
    if (x->tag == TT_TAG_FLOAT) {
        *R(pc->a) = tt_float(x->as.f + (double)pc->c);
        NEXT;
    }
    scratch = tt_int(ORIGINAL_OP() == TT_OP_SUB ? -(int64_t)pc->c : (int64_t)pc->c);
    y = &scratch;
arith:
    if (pc->w) { /* the constant is the left operand */
        const TtValue *left = y;
        y = x;
        x = left;
    }
    TRY_SEM(tt_sem_arith(actor, ORIGINAL_OP(), x, y, &value));
    *R(pc->a) = value;
    NEXT;
bits:
    TRY_SEM(tt_sem_bits(actor, ORIGINAL_OP(), x, y, &value));
    *R(pc->a) = value;
    NEXT;
undefined:
    TRY_SEM(tt_error_set(&actor->context->error, TT_ERR_UNDEFINED_VARIABLE, "Undefined variable: %s",
                         tt_names_text(&module->names, (uint32_t)module->code.items[ADDRESS()].b)));
    TT_UNREACHABLE();

call_slowly:
    SAVE();
    TRY_SEM(tt_call_enter(actor, value, TT_FRAME_CALL, (uint32_t)pc->c));
    fuel -= pc->w;
    goto entered;
call_value_slowly:
    SAVE();
    TRY_SEM(tt_call_take_callee(actor, "CALL_FUNCTION", module->code.items[actor->pc].b, &value));
    result = tt_call_enter(actor, value, TT_FRAME_FUNCTION, (uint32_t)pc->c);
    if (result != TT_OK) {
        actor->sp++;
        goto fail_saved;
    }
    fuel -= pc->w;
    goto entered;
return_slowly:
    value = *x;
    SAVE();
    actor->stack[actor->sp - 1] = value;
return_saved: {
    uint32_t at = actor->pc;
    const bool looks = profiled || tt_ir_returns_slowly(actor);
    TtStep step = tt_call_return(actor);
    if (step == TT_STEP_FAILED) {
        result = actor->context->error.result;
        goto fail_saved;
    }
    fuel -= ir->run[at] + 1;
    if (step == TT_STEP_ENDED) goto ended;
    if (looks) goto jumped;
    goto load;
}

    /* ---- the actor is saved and counted ------------------------------------------------------------------ */

entered:
    if (TT_UNLIKELY(fuel <= 0)) goto preempt_saved;
    goto load;
jumped:
    if (TT_UNLIKELY(fuel <= 0)) goto preempt_saved;
load:
    if (TT_UNLIKELY(!tt_ir_can_resume(actor))) goto to_stack;
    function = actor->function;
    if (actor->stack_capacity - actor->sp < function->max_operands &&
        !tt_actor_grow_stack(actor, function->max_operands))
        goto stack_full;
    if (function->module != module) ENTER_MODULE(function);
    LOAD_FRAME();
    pc = code + ir->resume[actor->pc].ir;
    fuel += ir->run[actor->pc];
    DISPATCH();

fail:
    SAVE();
fail_saved:
    fuel -= ir->run[actor->pc];
    if (result == TT_ERR_HEAP_EXCEEDED) {
        /* Garbage may be in the way: collect once, then execute the instruction again. */
        uint64_t now = actor->instructions + EXECUTED() + 1;
        TtActorRare *rare = tt_actor_rare(actor);
        if (rare->collected_at != now) {
            rare->collected_at = now;
            tt_sem_collect(actor);
            fuel += ir->run[actor->pc];
            LOAD_FRAME();
            DISPATCH();
        }
    }
    fuel--;
raise:
    PAY(); /* also for what failed */
    if (!tt_unwind_raise(actor, result)) goto ended;
    goto jumped;

collect:
    /* The instruction is done, every live value is in the actor. */
    tt_ir_clear_stale(actor, fp, ir, ir->after.items[pc - code]);
    actor->pc = ADDRESS() + 1;
    tt_sem_collect_some(actor);
    NEXT;

preempt: {
    /* Where a block begins, which is a leader. */
    const TtIrBlock *block = tt_ir_block_of(ir, (uint32_t)(pc - code));
    actor->pc = block->address;
    actor->sp = actor->fp + function->slot_count + TT_FRAME_HEADER + block->height;
}
    goto preempt_saved;
preempt_entry:
    actor->pc = function->entry;
    actor->sp = actor->fp + function->slot_count + TT_FRAME_HEADER;
preempt_saved:
    tt_actor_count(actor, EXECUTED());
    return TT_EXEC_PREEMPTED;
stack_full:
    result = tt_sem_heap_full(actor, "a growing operand stack");
    goto raise;
to_stack:
    if (TT_UNLIKELY(profiled)) tt_exec_note_leave(actor);
leave:
    tt_actor_count(actor, EXECUTED());
    slice->fuel = fuel;
    return TT_EXEC_OTHER_CODE;
ended:
    tt_actor_count(actor, EXECUTED());
    return TT_EXEC_ENDED;
}
// clang-format on
