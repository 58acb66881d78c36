// SPDX-License-Identifier: MIT
/** Frames: entering, leaving, replacing. The layout is described in actor/actor.h. */
#include "exec/sem.h"

#include "base/config.h"

#include <string.h>

static TtValue *frame_header(const TtActor *actor) {
    return actor->stack + actor->fp + actor->function->slot_count;
}

static uint32_t operand_base(const TtActor *actor) {
    return actor->fp + actor->function->slot_count + TT_FRAME_HEADER;
}

static TtResult check_depth(TtActor *actor) {
    uint32_t limit = actor->system->limits.depth;
    if (actor->depth < limit) return TT_OK;
    return tt_error_set(&actor->context->error, TT_ERR_CALL_DEPTH_EXCEEDED,
                        "Call depth exceeded: more than %u frames (--max-depth)", limit);
}

/**
 * Makes slots of the arguments that lie at `base`, and clears the others. Room is there.
 * Captures come first, so that a parameter hides a capture of the same name.
 */
static void place_slots(TtActor *actor, TtValue callee, uint32_t base) {
    const TtFunction *function = tt_callee(callee);
    TtValue *slots = actor->stack + base;
    uint32_t count = function->parameter_count;
    TtValue args[TT_MAX_OPERANDS];
    bool move = function->parameter_slots || callee.tag == TT_TAG_CLOSURE;
    if (!move) {
        for (uint32_t i = count; i < function->slot_count; i++) slots[i] = tt_unbound();
        return;
    }
    memcpy(args, slots, count * sizeof *args);
    for (uint32_t i = 0; i < function->slot_count; i++) slots[i] = tt_unbound();
    if (callee.tag == TT_TAG_CLOSURE) {
        const TtClosure *closure = tt_closure(callee);
        for (uint32_t i = 0; i < closure->obj.used; i++)
            if (closure->captures[i].slot != TT_NO_SLOT)
                slots[closure->captures[i].slot] = tt_value_share(closure->captures[i].value);
    }
    for (uint32_t i = 0; i < count; i++)
        slots[function->parameter_slots ? function->parameter_slots[i] : i] = args[i];
}

/** What a call of the kind leaves in a frame whose handlers keep it to stack code. */
static TtFrameKind kind_for_caller(const TtActor *actor, TtFrameKind kind) {
    if (TT_LIKELY(!actor->handlers.count)) return kind;
    const TtHandler *handler = &tt_vec_last(&actor->handlers);
    if (TT_LIKELY(handler->fp != actor->fp || !handler->stack_only)) return kind;
    return kind == TT_FRAME_CALL       ? TT_FRAME_STACK_CALL
           : kind == TT_FRAME_FUNCTION ? TT_FRAME_STACK_FUNCTION
                                       : kind;
}

TtResult tt_call_enter(TtActor *actor, TtValue callee, TtFrameKind kind, uint32_t return_to) {
    const TtFunction *function = tt_callee(callee);
    uint32_t count = function->parameter_count;
    if (actor->sp - operand_base(actor) < count) return tt_sem_underflow(actor, "CALL");
    TT_TRY(check_depth(actor));
    if (!tt_actor_grow_stack(actor, function->slot_count + TT_FRAME_HEADER + function->max_operands))
        return tt_sem_heap_full(actor, "CALL");
    uint32_t base = actor->sp - count;
    place_slots(actor, callee, base);
    TtValue *header = actor->stack + base + function->slot_count;
    header[0] = (TtValue){TT_TAG_FRAME, actor->fp, {.function = actor->function}};
    header[1] = (TtValue){TT_TAG_FRAME, return_to, {.i = kind_for_caller(actor, kind)}};
    actor->fp = base;
    actor->sp = base + function->slot_count + TT_FRAME_HEADER;
    actor->function = function;
    actor->pc = function->entry;
    actor->depth++;
    if (TT_UNLIKELY(actor->context->profile)) tt_profile_enter(actor->context->profile, function);
    return TT_OK;
}

TtResult tt_call_take_callee(TtActor *actor, const char *op, int32_t count, TtValue *result) {
    uint32_t base = operand_base(actor);
    if (actor->sp <= base) return tt_sem_underflow(actor, op);
    TtValue callee = actor->stack[actor->sp - 1];
    if (!tt_is_callable(callee)) return tt_sem_type_error(actor, op, "a function", callee);
    const TtFunction *function = tt_callee(callee);
    if (count >= 0 && (uint32_t)count != function->parameter_count)
        return tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                            "%s passes %d arguments but %s takes %u", op, count, function->name,
                            function->parameter_count);
    if (actor->sp - 1 - base < function->parameter_count) return tt_sem_underflow(actor, op);
    actor->sp--;
    *result = callee;
    return TT_OK;
}

/** Forgets the handlers and pending captures of the current frame. */
static void drop_frame_records(TtActor *actor) {
    while (actor->handlers.count && tt_vec_last(&actor->handlers).fp == actor->fp) actor->handlers.count--;
    while (actor->captures.count && tt_vec_last(&actor->captures).fp == actor->fp) actor->captures.count--;
}

void tt_call_pop_frame(TtActor *actor) {
    if (TT_UNLIKELY(actor->context->profile)) tt_profile_leave(actor->context->profile);
    drop_frame_records(actor);
    const TtValue *header = frame_header(actor);
    actor->sp = actor->fp;
    actor->pc = header[1].len;
    actor->fp = header[0].len;
    actor->function = header[0].as.function;
    actor->depth--;
}

TtResult tt_call_tail(TtActor *actor, TtValue callee, bool yields_one) {
    const TtFunction *function = tt_callee(callee);
    uint32_t count = function->parameter_count;
    if (actor->sp - operand_base(actor) < count) return tt_sem_underflow(actor, "TAIL_CALL");
    TtValue header[2];
    memcpy(header, frame_header(actor), sizeof header);
    /* At top level: the call is made, and the RET behind the code raises. */
    if (actor->function == &actor->function->module->top)
        return tt_call_enter(actor, callee, yields_one ? TT_FRAME_FUNCTION : TT_FRAME_CALL,
                             actor->function->module->code.count + 1);
    if (yields_one && header[1].as.i == TT_FRAME_CALL) header[1].as.i = TT_FRAME_FUNCTION;
    if (yields_one && header[1].as.i == TT_FRAME_STACK_CALL) header[1].as.i = TT_FRAME_STACK_FUNCTION;
    TtValue args[TT_MAX_OPERANDS];
    memcpy(args, actor->stack + actor->sp - count, count * sizeof *args);
    uint32_t old_sp = actor->sp;
    actor->sp = actor->fp;
    if (!tt_actor_grow_stack(actor, function->slot_count + TT_FRAME_HEADER + function->max_operands)) {
        actor->sp = old_sp;
        return tt_sem_heap_full(actor, "TAIL_CALL");
    }
    drop_frame_records(actor);
    memcpy(actor->stack + actor->fp, args, count * sizeof *args);
    place_slots(actor, callee, actor->fp);
    memcpy(actor->stack + actor->fp + function->slot_count, header, sizeof header);
    actor->sp = actor->fp + function->slot_count + TT_FRAME_HEADER;
    actor->function = function;
    actor->pc = function->entry;
    if (TT_UNLIKELY(actor->context->profile)) {
        tt_profile_leave(actor->context->profile);
        tt_profile_enter(actor->context->profile, function);
    }
    return TT_OK;
}

TtStep tt_call_return(TtActor *actor) {
    const TtValue *header = frame_header(actor);
    TtFrameKind kind = (TtFrameKind)header[1].as.i;
    if (actor->function == &actor->function->module->top) {
        (void)tt_error_set(&actor->context->error, TT_ERR_CALL_STACK_UNDERFLOW, "Call stack underflow");
        return TT_STEP_FAILED;
    }
    if (kind == TT_FRAME_BASE) return TT_STEP_ENDED;
    const TtFunction *from = actor->function;
    bool leaves = actor->sp > operand_base(actor);
    TtValue result = leaves ? actor->stack[actor->sp - 1] : tt_null();
    tt_call_pop_frame(actor);
    if (leaves || kind == TT_FRAME_FUNCTION || kind == TT_FRAME_STACK_FUNCTION)
        actor->stack[actor->sp++] = result;
    if (actor->system->trace) tt_trace_return(actor, from, leaves ? &result : NULL);
    return TT_STEP_JUMPED;
}

TtStep tt_call_halt(TtActor *actor) {
    if (!actor->inits) {
        if (TT_UNLIKELY(actor->system->run_tests) && actor->pid == 1) return tt_sem_start_tests(actor);
        return TT_STEP_ENDED;
    }
    /* Ends the innermost module initialisation, from whatever depth of calls inside it. */
    while (actor->fp != actor->inits->fp) tt_call_pop_frame(actor);
    if (tt_module_init_done(actor) != TT_OK) return TT_STEP_FAILED;
    tt_call_pop_frame(actor);
    return TT_STEP_JUMPED;
}
