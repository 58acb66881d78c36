// SPDX-License-Identifier: MIT
/** match, receive, try. */
#include "lisp/emit.h"

#include <string.h>

/* ---- patterns --------------------------------------------------------------------------------------------
 */

/** The value is in a variable. Goes to `fail` when it does not fit. */
static void test_variable(TtLispEmitter *e, TtLispPattern *pattern, const TtLispBinding *value,
                          uint32_t fail);

/** The value is on the stack, and is taken. */
static void test_top(TtLispEmitter *e, TtLispPattern *pattern, uint32_t fail) {
    tt_lisp_emit_place(e, pattern->begin);
    switch ((TtLispPatternKind)pattern->kind) {
    case TT_LISP_PATTERN_ANY: tt_lisp_emit_op(e, TT_OP_POP, 0); return;
    case TT_LISP_PATTERN_BIND: tt_lisp_emit_store(e, pattern->binding); return;
    case TT_LISP_PATTERN_EQUAL:
        tt_lisp_emit_const(e, pattern->datum);
        tt_lisp_emit_op(e, TT_OP_EQ, 0);
        tt_lisp_emit_jump(e, TT_OP_JZ, fail);
        return;
    case TT_LISP_PATTERN_GUARD:
        test_top(e, pattern->parts[0], fail);
        tt_lisp_emit_test(e, pattern->guard, fail, false);
        return;
    default: tt_lisp_emit_store(e, pattern->binding); test_variable(e, pattern, pattern->binding, fail);
    }
}

static void test_list(TtLispEmitter *e, TtLispPattern *pattern, const TtLispBinding *value, uint32_t fail) {
    tt_lisp_emit_load(e, value);
    tt_lisp_emit_builtin(e, "convert.is_list");
    tt_lisp_emit_jump(e, TT_OP_JZ, fail);
    if (pattern->count || !pattern->rest) {
        tt_lisp_emit_load(e, value);
        tt_lisp_emit_op(e, TT_OP_LEN, 0);
        tt_lisp_emit_int(e, pattern->count);
        tt_lisp_emit_op(e, pattern->rest ? TT_OP_GE : TT_OP_EQ, 0);
        tt_lisp_emit_jump(e, TT_OP_JZ, fail);
    }
    for (uint32_t i = 0; i < pattern->count; i++) {
        if (pattern->parts[i]->kind == TT_LISP_PATTERN_ANY) continue;
        tt_lisp_emit_load(e, value);
        tt_lisp_emit_int(e, i);
        tt_lisp_emit_op(e, TT_OP_INDEX, 0);
        test_top(e, pattern->parts[i], fail);
    }
    if (!pattern->rest || pattern->rest->kind == TT_LISP_PATTERN_ANY) return;
    tt_lisp_emit_place(e, pattern->begin);
    tt_lisp_emit_load(e, value);
    tt_lisp_emit_int(e, pattern->count);
    tt_lisp_emit_load(e, value);
    tt_lisp_emit_op(e, TT_OP_LEN, 0);
    tt_lisp_emit_op(e, TT_OP_LIST_SLICE, 0);
    test_top(e, pattern->rest, fail);
}

static void test_object(TtLispEmitter *e, TtLispPattern *pattern, const TtLispBinding *value, uint32_t fail) {
    tt_lisp_emit_load(e, value);
    tt_lisp_emit_builtin(e, "convert.is_object");
    tt_lisp_emit_jump(e, TT_OP_JZ, fail);
    for (uint32_t i = 0; i < pattern->count; i++) {
        const TtDatum *key = pattern->keys[i];
        tt_lisp_emit_place(e, key->begin);
        tt_lisp_emit_load(e, value);
        tt_lisp_emit_text(e, TT_OP_HAS_FIELD, key->as.text, key->count);
        tt_lisp_emit_jump(e, TT_OP_JZ, fail);
        if (pattern->parts[i]->kind == TT_LISP_PATTERN_ANY) continue;
        tt_lisp_emit_load(e, value);
        tt_lisp_emit_text(e, TT_OP_GET_FIELD, key->as.text, key->count);
        test_top(e, pattern->parts[i], fail);
    }
}

static void test_type(TtLispEmitter *e, const TtDatum *type, const TtLispBinding *value, uint32_t fail) {
    TtStrbuf name = {0};
    tt_strbuf_add_format(&name, "convert.is_%s", type->as.text);
    tt_lisp_emit_load(e, value);
    if (tt_builtin_find(name.bytes, name.length) >= 0) {
        tt_lisp_emit_builtin(e, name.bytes);
    } else {
        tt_lisp_emit_builtin(e, "convert.type_of");
        tt_lisp_emit_text(e, TT_OP_PUSH_STR, type->as.text, type->count);
        tt_lisp_emit_op(e, TT_OP_EQ, 0);
    }
    tt_lisp_emit_jump(e, TT_OP_JZ, fail);
    tt_strbuf_free(&name);
}

static void test_variable(TtLispEmitter *e, TtLispPattern *pattern, const TtLispBinding *value,
                          uint32_t fail) {
    tt_lisp_emit_place(e, pattern->begin);
    switch ((TtLispPatternKind)pattern->kind) {
    case TT_LISP_PATTERN_ANY: return;
    case TT_LISP_PATTERN_BIND:
    case TT_LISP_PATTERN_EQUAL:
        tt_lisp_emit_load(e, value);
        test_top(e, pattern, fail);
        return;
    case TT_LISP_PATTERN_LIST: test_list(e, pattern, value, fail); return;
    case TT_LISP_PATTERN_OBJECT: test_object(e, pattern, value, fail); return;
    case TT_LISP_PATTERN_TYPE:
        test_type(e, pattern->datum, value, fail);
        test_variable(e, pattern->parts[0], value, fail);
        return;
    case TT_LISP_PATTERN_GUARD:
        test_variable(e, pattern->parts[0], value, fail);
        tt_lisp_emit_test(e, pattern->guard, fail, false);
        return;
    }
}

/* ---- match
 * ----------------------------------------------------------------------------------------------------- */

/** Clauses in order; behind them control is where none fitted. Bodies go to `end`. */
static void emit_clauses(TtLispEmitter *e, TtLispNode *node, const TtLispBinding *subject, uint32_t end,
                         bool takes, TtLispContext context) {
    for (uint32_t i = 0; i < node->clause_count && !e->dead; i++) {
        uint32_t next = tt_lisp_new_label(e);
        test_variable(e, node->clauses[i].pattern, subject, next);
        if (takes) tt_lisp_emit_op(e, TT_OP_MAILBOX_TAKE, 0);
        tt_lisp_emit_node(e, node->clauses[i].body, context);
        tt_lisp_emit_place(e, node->begin);
        tt_lisp_emit_jump(e, TT_OP_JMP, end);
        tt_lisp_emit_label(e, next);
    }
}

void tt_lisp_emit_match(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    TtLispNode *value = node->args[0];
    const TtLispBinding *subject = node->binding;
    uint32_t end = tt_lisp_new_label(e);
    if (value->kind == TT_LISP_NODE_REF && !value->binding->global && !value->binding->assigned &&
        !value->binding->early && !tt_lisp_is_known(value->binding)) {
        subject = value->binding;
    } else {
        tt_lisp_emit_node(e, value, TT_LISP_VALUE);
        tt_lisp_emit_place(e, node->begin);
        tt_lisp_emit_store(e, subject);
    }
    emit_clauses(e, node, subject, end, false, context);
    tt_lisp_emit_place(e, node->begin);
    static const char kind[] = "BadMatch", text[] = "No pattern fits ";
    tt_lisp_emit_text(e, TT_OP_PUSH_STR, kind, sizeof kind - 1);
    tt_lisp_emit_text(e, TT_OP_PUSH_STR, text, sizeof text - 1);
    tt_lisp_emit_load(e, subject);
    tt_lisp_emit_op(e, TT_OP_CONCAT, 0);
    tt_lisp_emit_builtin(e, "value.raise");
    tt_lisp_emit_finish(e, context, true);
    tt_lisp_emit_label(e, end);
}

/* ---- receive
 * ----------------------------------------------------------------------------------------------------- */

/** The first message is taken whatever it is: no clauses, or the last one fits everything. */
static void receive_first(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    uint32_t end = tt_lisp_new_label(e), late = tt_lisp_new_label(e);
    if (node->count) {
        tt_lisp_emit_node(e, node->args[0]->args[0], TT_LISP_VALUE);
        tt_lisp_emit_place(e, node->begin);
        tt_lisp_emit_jump(e, TT_OP_RECEIVE_TIMEOUT, late);
    } else {
        tt_lisp_emit_op(e, TT_OP_RECEIVE, 0);
    }
    if (node->clause_count) {
        tt_lisp_emit_store(e, node->binding);
        emit_clauses(e, node, node->binding, end, false, context);
    } else {
        tt_lisp_emit_finish(e, context, true);
        tt_lisp_emit_jump(e, TT_OP_JMP, end);
    }
    tt_lisp_emit_label(e, late);
    if (node->count) tt_lisp_emit_node(e, node->args[1], context);
    tt_lisp_emit_label(e, end);
}

void tt_lisp_emit_receive(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    if (!node->clause_count || tt_lisp_pattern_is_total(node->clauses[node->clause_count - 1].pattern)) {
        receive_first(e, node, context);
        return;
    }
    uint32_t end = tt_lisp_new_label(e), next = tt_lisp_new_label(e), empty = tt_lisp_new_label(e);
    const TtLispBinding *deadline = node->count ? node->args[0]->binding : NULL;
    TtLispNode *ms = node->count ? node->args[0]->args[0] : NULL;
    bool at_once =
        ms && ms->kind == TT_LISP_NODE_CONST && ms->datum->kind == TT_LISP_INT && ms->datum->as.i == 0;
    if (ms && !at_once) {
        tt_lisp_emit_op(e, TT_OP_GET_TIME_MS, 0);
        tt_lisp_emit_node(e, ms, TT_LISP_VALUE);
        tt_lisp_emit_place(e, node->begin);
        tt_lisp_emit_op(e, TT_OP_ADD, 0);
        tt_lisp_emit_store(e, deadline);
    }
    tt_lisp_emit_label(e, next);
    e->label_uses.items[next]++;
    tt_lisp_emit_jump(e, TT_OP_MAILBOX_PEEK, empty);
    tt_lisp_emit_store(e, node->binding);
    emit_clauses(e, node, node->binding, end, true, context);
    tt_lisp_emit_place(e, node->begin);
    tt_lisp_emit_op(e, TT_OP_MAILBOX_NEXT, 0);
    tt_lisp_emit_jump(e, TT_OP_JMP, next);
    tt_lisp_emit_label(e, empty);
    if (!ms) {
        tt_lisp_emit_op(e, TT_OP_NULL, 0);
    } else if (at_once) {
        tt_lisp_emit_int(e, 0);
    } else {
        tt_lisp_emit_load(e, deadline);
        tt_lisp_emit_op(e, TT_OP_GET_TIME_MS, 0);
        tt_lisp_emit_op(e, TT_OP_SUB, 0);
        tt_lisp_emit_int(e, 0);
        tt_lisp_emit_builtin(e, "math.max");
    }
    tt_lisp_emit_jump(e, TT_OP_MAILBOX_WAIT, next);
    if (ms)
        tt_lisp_emit_node(e, node->args[1], context);
    else
        tt_lisp_emit_jump(e, TT_OP_JMP, next);
    tt_lisp_emit_label(e, end);
}

/* ---- try
 * ------------------------------------------------------------------------------------------------------------
 */

static void emit_guarded(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    if (!node->args[1]) {
        tt_lisp_emit_node(e, node->args[0], context);
        return;
    }
    uint32_t handler = tt_lisp_new_label(e), end = tt_lisp_new_label(e);
    TtLispContext inner = context == TT_LISP_EFFECT ? TT_LISP_EFFECT : TT_LISP_VALUE;
    tt_lisp_emit_jump(e, TT_OP_TRY, handler);
    tt_lisp_emit_node(e, node->args[0], inner);
    tt_lisp_emit_place(e, node->begin);
    tt_lisp_emit_op(e, TT_OP_END_TRY, 0);
    if (context == TT_LISP_TAIL) tt_lisp_emit_op(e, TT_OP_RET, 0);
    tt_lisp_emit_jump(e, TT_OP_JMP, end);
    tt_lisp_emit_label(e, handler);
    tt_lisp_emit_op(e, TT_OP_CATCH, (int32_t)node->binding->name);
    /* The error is in its variable, so the handler is over and what follows may be a tail call. */
    tt_lisp_emit_op(e, TT_OP_END_TRY, 0);
    tt_lisp_emit_node(e, node->args[1], context);
    tt_lisp_emit_label(e, end);
}

void tt_lisp_emit_try(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    if (!node->args[2]) {
        emit_guarded(e, node, context);
        return;
    }
    const TtLispBinding *result = node->args[2]->args[0]->binding, *error = node->args[2]->args[1]->binding;
    uint32_t handler = tt_lisp_new_label(e), finally = tt_lisp_new_label(e), done = tt_lisp_new_label(e);
    tt_lisp_emit_jump(e, TT_OP_TRY, handler);
    emit_guarded(e, node, TT_LISP_VALUE);
    tt_lisp_emit_place(e, node->begin);
    tt_lisp_emit_op(e, TT_OP_END_TRY, 0);
    tt_lisp_emit_store(e, result);
    tt_lisp_emit_op(e, TT_OP_NULL, 0);
    tt_lisp_emit_store(e, error);
    tt_lisp_emit_jump(e, TT_OP_JMP, finally);
    tt_lisp_emit_label(e, handler);
    tt_lisp_emit_op(e, TT_OP_CATCH, (int32_t)error->name);
    tt_lisp_emit_op(e, TT_OP_END_TRY, 0);
    tt_lisp_emit_label(e, finally);
    tt_lisp_emit_node(e, node->args[2]->args[2], TT_LISP_EFFECT);
    tt_lisp_emit_place(e, node->begin);
    tt_lisp_emit_load(e, error);
    tt_lisp_emit_jump(e, TT_OP_JZ, done);
    tt_lisp_emit_load(e, error);
    tt_lisp_emit_op(e, TT_OP_THROW, 0);
    tt_lisp_emit_label(e, done);
    if (context != TT_LISP_EFFECT) tt_lisp_emit_load(e, result);
    if (context == TT_LISP_TAIL) tt_lisp_emit_op(e, TT_OP_RET, 0);
}
