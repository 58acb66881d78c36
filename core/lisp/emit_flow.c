// SPDX-License-Identifier: MIT
/** Calls, loops, branches. */
#include "lisp/emit.h"

/* ---- what a node mentions -------------------------------------------------------------------------------
 */

/** Nodes that are looked at before the answer is "perhaps": keeps compiling linear. */
#define MENTION_BUDGET 200

static bool mentions(const TtLispNode *node, const TtLispBinding *binding, int *budget);

static bool fn_mentions(const TtLispFn *fn, const TtLispBinding *binding) {
    for (uint32_t i = 0; i < fn->free.count; i++)
        if (fn->free.items[i] == binding) return true;
    return false;
}

/** Whether evaluating the node reads or sets the variable; true when in doubt. */
static bool mentions(const TtLispNode *node, const TtLispBinding *binding, int *budget) {
    if (--*budget < 0) return true;
    switch ((TtLispNodeKind)node->kind) {
    case TT_LISP_NODE_REF:
        if (tt_lisp_is_known(node->binding))
            return node->binding->fn->loop || fn_mentions(node->binding->fn, binding);
        return node->binding == binding;
    case TT_LISP_NODE_SET:
        if (node->binding == binding) return true;
        break;
    case TT_LISP_NODE_LAMBDA: return fn_mentions(node->fn, binding);
    case TT_LISP_NODE_CONST:
    case TT_LISP_NODE_CALL:
    case TT_LISP_NODE_OP:
    case TT_LISP_NODE_NAMED:
    case TT_LISP_NODE_FOLD:
    case TT_LISP_NODE_COMPARE:
    case TT_LISP_NODE_NOT:
    case TT_LISP_NODE_AND:
    case TT_LISP_NODE_OR:
    case TT_LISP_NODE_LIST:
    case TT_LISP_NODE_OBJECT: break;
    default: return true;
    }
    for (uint32_t i = 0; i < node->count; i++)
        if (mentions(node->args[i], binding, budget)) return true;
    return false;
}

/* ---- tests that are repeated at the end of a loop
 * ---------------------------------------------------------- */

/** Whether a test is short enough to be emitted once more at each place where the loop goes on. */
static bool is_simple(const TtLispNode *node, int *budget) {
    if (--*budget < 0) return false;
    switch ((TtLispNodeKind)node->kind) {
    case TT_LISP_NODE_CONST:
    case TT_LISP_NODE_REF: return true;
    case TT_LISP_NODE_OP:
    case TT_LISP_NODE_NAMED:
    case TT_LISP_NODE_FOLD:
    case TT_LISP_NODE_COMPARE:
    case TT_LISP_NODE_NOT:
    case TT_LISP_NODE_AND:
    case TT_LISP_NODE_OR: break;
    default: return false;
    }
    for (uint32_t i = 0; i < node->count; i++)
        if (!is_simple(node->args[i], budget)) return false;
    return true;
}

/** Whether the node calls the function in tail position: looks through what passes the position on. */
static bool goes_on(const TtLispNode *node, const TtLispFn *fn, int depth) {
    if (depth > 50) return false;
    switch ((TtLispNodeKind)node->kind) {
    case TT_LISP_NODE_CALL:
        return node->args[0]->kind == TT_LISP_NODE_REF && node->args[0]->binding == fn->binding;
    case TT_LISP_NODE_SEQUENCE: return node->count && goes_on(node->args[node->count - 1], fn, depth + 1);
    case TT_LISP_NODE_COND:
        for (uint32_t i = 0; i < node->clause_count; i++)
            if (goes_on(node->clauses[i].body, fn, depth + 1)) return true;
        return goes_on(node->args[0], fn, depth + 1);
    case TT_LISP_NODE_MATCH:
        for (uint32_t i = 0; i < node->clause_count; i++)
            if (goes_on(node->clauses[i].body, fn, depth + 1)) return true;
        return false;
    default: return false;
    }
}

/** To the beginning of a loop; past its first test when that comes out as it mostly does. */
static void emit_go_on(TtLispEmitter *e, TtLispFn *fn) {
    if (!fn->head_test) {
        tt_lisp_emit_jump(e, TT_OP_JMP, fn->top_label);
        return;
    }
    uint32_t on = fn->head_goes_on_true ? fn->head_true : fn->head_false;
    uint32_t out = fn->head_goes_on_true ? fn->head_false : fn->head_true;
    tt_lisp_emit_test(e, fn->head_test, on, fn->head_goes_on_true);
    tt_lisp_emit_jump(e, TT_OP_JMP, out);
}

/* ---- branches
 * --------------------------------------------------------------------------------------------------- */

void tt_lisp_emit_cond(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    TtLispFn *head = e->head_of;
    e->head_of = NULL;
    uint32_t end = tt_lisp_new_label(e);
    int budget = 12;
    for (uint32_t i = 0; i < node->clause_count; i++) {
        TtLispClause *clause = &node->clauses[i];
        uint32_t next = tt_lisp_new_label(e);
        if (i == 0 && head && head->binding && is_simple(clause->test, &budget)) {
            head->head_true = tt_lisp_new_label(e);
            head->head_false = next;
            head->head_goes_on_true = goes_on(clause->body, head, 0);
            tt_lisp_emit_test(e, clause->test, next, false);
            tt_lisp_emit_label(e, head->head_true);
            /* Only now: the test itself is not the end of a round. */
            head->head_test = clause->test;
            /* Both may be jumped to from behind. */
            e->label_uses.items[head->head_true]++;
            e->label_uses.items[next]++;
        } else {
            tt_lisp_emit_test(e, clause->test, next, false);
        }
        tt_lisp_emit_node(e, clause->body, context);
        tt_lisp_emit_place(e, node->begin);
        tt_lisp_emit_jump(e, TT_OP_JMP, end);
        tt_lisp_emit_label(e, next);
    }
    tt_lisp_emit_node(e, node->args[0], context);
    tt_lisp_emit_label(e, end);
}

static void test_all(TtLispEmitter *e, TtLispNode *node, uint32_t label, bool when) {
    /* `and` ends early at a false part, `or` at a true one. */
    bool early = node->kind == TT_LISP_NODE_OR;
    if (!node->count) {
        if (early != when) tt_lisp_emit_jump(e, TT_OP_JMP, label);
        return;
    }
    uint32_t skip = early == when ? label : tt_lisp_new_label(e);
    for (uint32_t i = 0; i + 1 < node->count; i++) tt_lisp_emit_test(e, node->args[i], skip, early);
    tt_lisp_emit_test(e, node->args[node->count - 1], label, when);
    if (skip != label) tt_lisp_emit_label(e, skip);
}

static bool datum_is_true(const TtDatum *datum) {
    switch ((TtLispKind)datum->kind) {
    case TT_LISP_NULL: return false;
    case TT_LISP_BOOL: return datum->as.b;
    case TT_LISP_INT: return datum->as.i != 0;
    default: return true;
    }
}

void tt_lisp_emit_test(TtLispEmitter *e, TtLispNode *node, uint32_t label, bool when) {
    if (e->dead) return;
    switch ((TtLispNodeKind)node->kind) {
    case TT_LISP_NODE_NOT: tt_lisp_emit_test(e, node->args[0], label, !when); return;
    case TT_LISP_NODE_AND:
    case TT_LISP_NODE_OR: test_all(e, node, label, when); return;
    case TT_LISP_NODE_CONST:
        if (datum_is_true(node->datum) == when) tt_lisp_emit_jump(e, TT_OP_JMP, label);
        return;
    case TT_LISP_NODE_COMPARE:
        tt_lisp_emit_node(e, node->args[0], TT_LISP_VALUE);
        tt_lisp_emit_node(e, node->args[1], TT_LISP_VALUE);
        tt_lisp_emit_place(e, node->begin);
        tt_lisp_emit_op(e, (TtOp)node->op, 0);
        break;
    default: tt_lisp_emit_node(e, node, TT_LISP_VALUE); tt_lisp_emit_place(e, node->begin);
    }
    tt_lisp_emit_jump(e, when ? TT_OP_JNZ : TT_OP_JZ, label);
}

/* ---- functions as values
 * -------------------------------------------------------------------------------------------- */

static void emit_fn_op(TtLispEmitter *e, TtOp op, TtLispFn *fn, bool lifted) {
    if (e->dead) return;
    TtLispFnUse use = {e->module->code.count, fn, lifted};
    tt_vec_push(&e->fn_uses, use);
    fn->queued = true;
    tt_lisp_emit_op(e, op, 0);
}

void tt_lisp_emit_function_value(TtLispEmitter *e, TtLispFn *fn) {
    for (uint32_t i = 0; i < fn->free.count; i++)
        tt_lisp_emit_op(e, TT_OP_CAPTURE, (int32_t)fn->free.items[i]->name);
    emit_fn_op(e, fn->free.count ? TT_OP_MAKE_LAMBDA : TT_OP_MAKE_FUNCTION, fn, false);
}

/* ---- calls
 * ------------------------------------------------------------------------------------------------------------
 */

static bool is_reference(const TtLispNode *node, const TtLispBinding *binding) {
    return node->kind == TT_LISP_NODE_REF && node->binding == binding;
}

/**
 * The parameter that the call counts up by a number and the loop's test then looks at, or UINT32_MAX. Nothing
 * but its own old value goes into the new one, so it can be the last: right before the test both engines have
 * one operation for all.
 */
static uint32_t find_counter(const TtLispNode *call, const TtLispFn *fn) {
    const TtLispNode *test = fn->loop ? fn->head_test : NULL;
    if (!test || test->kind != TT_LISP_NODE_COMPARE) return UINT32_MAX;
    for (uint32_t i = 0; i < fn->parameters.count; i++) {
        const TtLispNode *value = call->args[i + 1];
        const TtLispBinding *parameter = fn->parameters.items[i];
        if (is_reference(test->args[0], parameter) && value->kind == TT_LISP_NODE_FOLD &&
            value->op == TT_OP_ADD && value->count == 2 && is_reference(value->args[0], parameter) &&
            value->args[1]->kind == TT_LISP_NODE_CONST)
            return i;
    }
    return UINT32_MAX;
}

/** Evaluates arguments into the parameters' variables; each is stored as soon as no later one needs the old
 * value. */
static void emit_assign(TtLispEmitter *e, TtLispNode *call, const TtLispFn *fn) {
    uint32_t count = fn->parameters.count, pending = 0, counter = find_counter(call, fn);
    uint32_t waiting[256];
    for (uint32_t i = 0; i < count; i++) {
        TtLispNode *value = call->args[i + 1];
        TtLispBinding *parameter = fn->parameters.items[i];
        if (i == counter || is_reference(value, parameter)) continue;
        tt_lisp_emit_node(e, value, TT_LISP_VALUE);
        tt_lisp_emit_place(e, call->begin);
        bool needed = false;
        int budget = MENTION_BUDGET;
        for (uint32_t k = i + 1; k < count && !needed; k++)
            needed = mentions(call->args[k + 1], parameter, &budget);
        if (needed)
            waiting[pending++] = i;
        else
            tt_lisp_emit_store(e, parameter);
    }
    while (pending > 0) tt_lisp_emit_store(e, fn->parameters.items[waiting[--pending]]);
    if (counter == UINT32_MAX) return;
    tt_lisp_emit_node(e, call->args[counter + 1], TT_LISP_VALUE);
    tt_lisp_emit_place(e, call->begin);
    tt_lisp_emit_store(e, fn->parameters.items[counter]);
}

/** The first call of a loop: the loop itself. */
static void emit_loop(TtLispEmitter *e, TtLispNode *node, TtLispFn *fn, TtLispContext context) {
    for (uint32_t i = 1; i < node->count; i++) tt_lisp_emit_node(e, node->args[i], TT_LISP_VALUE);
    tt_lisp_emit_place(e, node->begin);
    for (uint32_t i = fn->parameters.count; i-- > 0;) tt_lisp_emit_store(e, fn->parameters.items[i]);
    if (e->dead) return;
    fn->top_label = tt_lisp_new_label(e);
    fn->head_test = NULL;
    tt_lisp_emit_label(e, fn->top_label);
    fn->active = 1;
    e->head_of = fn;
    tt_lisp_emit_node(e, fn->body, context);
    fn->active = -1;
}

static void emit_value_call(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    for (uint32_t i = 1; i < node->count; i++) tt_lisp_emit_node(e, node->args[i], TT_LISP_VALUE);
    tt_lisp_emit_node(e, node->args[0], TT_LISP_VALUE);
    tt_lisp_emit_place(e, node->begin);
    bool tail = context == TT_LISP_TAIL;
    tt_lisp_emit_op(e, tail ? TT_OP_TAIL_CALL_FUNCTION : TT_OP_CALL_FUNCTION, (int32_t)node->count - 1);
    if (!tail) tt_lisp_emit_finish(e, context, true);
}

void tt_lisp_emit_call(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    TtLispNode *callee = node->args[0];
    TtLispFn *fn =
        callee->kind == TT_LISP_NODE_REF && tt_lisp_is_known(callee->binding) ? callee->binding->fn : NULL;
    if (!fn && callee->kind == TT_LISP_NODE_LAMBDA && callee->fn->parameters.count == node->count - 1)
        fn = callee->fn;
    if (fn && fn->parameters.count != node->count - 1)
        tt_lisp_report(&e->c->text, true, node->begin, node->end, NULL, "%s takes %u argument%s, not %u",
                       callee->binding->text, fn->parameters.count, fn->parameters.count == 1 ? "" : "s",
                       node->count - 1);
    if (!fn || fn->parameters.count != node->count - 1) {
        emit_value_call(e, node, context);
        return;
    }
    if (fn->loop && fn->active < 0) {
        emit_loop(e, node, fn, context);
        return;
    }
    if (fn->loop || (context == TT_LISP_TAIL && fn == e->fn)) {
        emit_assign(e, node, fn);
        emit_go_on(e, fn);
        return;
    }
    for (uint32_t i = 1; i < node->count; i++) tt_lisp_emit_node(e, node->args[i], TT_LISP_VALUE);
    tt_lisp_emit_place(e, node->begin);
    for (uint32_t i = 0; i < fn->free.count; i++) tt_lisp_emit_load(e, fn->free.items[i]);
    emit_fn_op(e, context == TT_LISP_TAIL ? TT_OP_TAIL_CALL : TT_OP_CALL, fn, true);
    if (context != TT_LISP_TAIL) tt_lisp_emit_finish(e, context, true);
}
