// SPDX-License-Identifier: MIT
/** The operators of forms.def: they evaluate all their arguments, from left to right. */
#include "bytecode/builtin.h"
#include "lisp/lisp_internal.h"

#include <string.h>

static bool takes(const TtDatum *form, uint32_t least, uint32_t most) {
    return form->count - 1 >= least && form->count - 1 <= most;
}

static TtLispNode *op_node(TtLispCompiler *c, const TtDatum *form, TtOp op, uint32_t count) {
    if (!takes(form, count, count)) return tt_lisp_malformed(c, form);
    TtLispNode *node = tt_lisp_operands(c, TT_LISP_NODE_OP, form, 1);
    node->op = (uint16_t)op;
    return node;
}

/** An instruction whose optional operand is left out: the value is on the stack. */
static TtLispNode *stack_operand(TtLispCompiler *c, const TtDatum *form, TtOp op, uint32_t count) {
    TtLispNode *node = op_node(c, form, op, count);
    node->operand = -1;
    return node;
}

static TtLispNode *int_node(TtLispCompiler *c, const TtDatum *place, int64_t value) {
    TtLispNode *node = tt_lisp_const_null(c, place);
    TtDatum *datum = tt_lisp_alloc(&c->arena, sizeof *datum);
    datum->kind = TT_LISP_INT;
    datum->begin = place->begin;
    datum->end = place->end;
    datum->as.i = value;
    node->datum = datum;
    return node;
}

/* ---- numbers ------------------------------------------------------------------------------------------- */

static TtLispNode *fold(TtLispCompiler *c, const TtDatum *form, TtOp op) {
    TtLispNode *node = tt_lisp_operands(c, TT_LISP_NODE_FOLD, form, 1);
    node->op = (uint16_t)op;
    return node;
}

/** Sums and products of fewer than two numbers: `unit op number`, so that the type is checked. */
static TtLispNode *fold_from(TtLispCompiler *c, const TtDatum *form, TtOp op, int64_t unit) {
    if (form->count > 2) return fold(c, form, op);
    if (form->count == 1) return int_node(c, form, unit);
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_FOLD, form, 2);
    node->op = (uint16_t)op;
    node->args[0] = int_node(c, form, unit);
    node->args[1] = tt_lisp_analyze(c, form->as.items[1]);
    return node;
}

TtLispNode *tt_lisp_operator_add(TtLispCompiler *c, const TtDatum *form) {
    return fold_from(c, form, TT_OP_ADD, 0);
}

TtLispNode *tt_lisp_operator_multiply(TtLispCompiler *c, const TtDatum *form) {
    return fold_from(c, form, TT_OP_MUL, 1);
}

TtLispNode *tt_lisp_operator_subtract(TtLispCompiler *c, const TtDatum *form) {
    if (form->count == 1) return tt_lisp_malformed(c, form);
    if (form->count == 2) return op_node(c, form, TT_OP_NEG, 1);
    return fold(c, form, TT_OP_SUB);
}

TtLispNode *tt_lisp_operator_divide(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 3) return tt_lisp_malformed(c, form);
    return fold(c, form, TT_OP_DIV);
}

TtLispNode *tt_lisp_operator_mod(TtLispCompiler *c, const TtDatum *form) {
    return op_node(c, form, TT_OP_MOD, 2);
}

/* ---- comparison ------------------------------------------------------------------------------------------
 */

static TtLispNode *compare_node(TtLispCompiler *c, const TtDatum *form, TtOp op, TtLispNode *a,
                                TtLispNode *b) {
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_COMPARE, form, 2);
    node->op = (uint16_t)op;
    node->args[0] = a;
    node->args[1] = b;
    return node;
}

/** (op a b c): every argument is evaluated once, then neighbours are compared. */
static TtLispNode *compare(TtLispCompiler *c, const TtDatum *form, TtOp op) {
    if (form->count < 3) return tt_lisp_malformed(c, form);
    if (form->count == 3) {
        TtLispNode *a = tt_lisp_analyze(c, form->as.items[1]);
        return compare_node(c, form, op, a, tt_lisp_analyze(c, form->as.items[2]));
    }
    uint32_t count = form->count - 1, scope = tt_lisp_scope_open(c);
    TtLispNode *sequence = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, form, count + 1);
    TtLispBinding **values = tt_lisp_alloc(&c->arena, count * sizeof *values);
    for (uint32_t i = 0; i < count; i++) {
        TtLispNode *value = tt_lisp_analyze(c, form->as.items[i + 1]);
        values[i] = tt_lisp_add_hidden(c, "_compared", form);
        sequence->args[i] = tt_lisp_node(c, TT_LISP_NODE_BIND, form, 1);
        sequence->args[i]->binding = values[i];
        sequence->args[i]->args[0] = value;
    }
    TtLispNode *all = tt_lisp_node(c, TT_LISP_NODE_AND, form, count - 1);
    for (uint32_t i = 0; i + 1 < count; i++)
        all->args[i] =
            compare_node(c, form, op, tt_lisp_ref(c, values[i], form), tt_lisp_ref(c, values[i + 1], form));
    sequence->args[count] = all;
    tt_lisp_scope_close(c, scope);
    return sequence;
}

TtLispNode *tt_lisp_operator_equal(TtLispCompiler *c, const TtDatum *form) {
    return compare(c, form, TT_OP_EQ);
}

TtLispNode *tt_lisp_operator_less(TtLispCompiler *c, const TtDatum *form) {
    return compare(c, form, TT_OP_LT);
}

TtLispNode *tt_lisp_operator_greater(TtLispCompiler *c, const TtDatum *form) {
    return compare(c, form, TT_OP_GT);
}

TtLispNode *tt_lisp_operator_at_most(TtLispCompiler *c, const TtDatum *form) {
    return compare(c, form, TT_OP_LE);
}

TtLispNode *tt_lisp_operator_at_least(TtLispCompiler *c, const TtDatum *form) {
    return compare(c, form, TT_OP_GE);
}

TtLispNode *tt_lisp_operator_unequal(TtLispCompiler *c, const TtDatum *form) {
    if (form->count != 3) return tt_lisp_malformed(c, form);
    return compare(c, form, TT_OP_NE);
}

TtLispNode *tt_lisp_operator_not(TtLispCompiler *c, const TtDatum *form) {
    if (form->count != 2) return tt_lisp_malformed(c, form);
    return tt_lisp_operands(c, TT_LISP_NODE_NOT, form, 1);
}

/* ---- data
 * ---------------------------------------------------------------------------------------------------- */

TtLispNode *tt_lisp_operator_list(TtLispCompiler *c, const TtDatum *form) {
    return tt_lisp_operands(c, TT_LISP_NODE_LIST, form, 1);
}

static TtLispNode *text_node(TtLispCompiler *c, const TtDatum *place, const char *text) {
    TtLispNode *node = tt_lisp_const_null(c, place);
    TtDatum *datum = tt_lisp_alloc(&c->arena, sizeof *datum);
    datum->kind = TT_LISP_STR;
    datum->begin = place->begin;
    datum->end = place->end;
    datum->as.text = text;
    datum->count = (uint32_t)strlen(text);
    node->datum = datum;
    return node;
}

TtLispNode *tt_lisp_operator_str(TtLispCompiler *c, const TtDatum *form) {
    uint32_t extra = form->count == 2 ? 1 : 0;
    if (form->count == 1) return text_node(c, form, "");
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_FOLD, form, form->count - 1 + extra);
    node->op = TT_OP_CONCAT;
    if (extra) node->args[0] = text_node(c, form, "");
    for (uint32_t i = 1; i < form->count; i++)
        node->args[i - 1 + extra] = tt_lisp_analyze(c, form->as.items[i]);
    return node;
}

/** With a literal key, the field instruction `named`; else `general` with the key on the stack. */
static TtLispNode *field(TtLispCompiler *c, const TtDatum *form, TtOp named, TtOp general, uint32_t count) {
    if (!takes(form, count, count)) return tt_lisp_malformed(c, form);
    const TtDatum *key = tt_lisp_literal_name(c, form->as.items[2]);
    if (!key) return op_node(c, form, general, count);
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_NAMED, form, count - 1);
    node->op = (uint16_t)named;
    node->datum = key;
    node->args[0] = tt_lisp_analyze(c, form->as.items[1]);
    if (count == 3) node->args[1] = tt_lisp_analyze(c, form->as.items[3]);
    return node;
}

TtLispNode *tt_lisp_operator_get(TtLispCompiler *c, const TtDatum *form) {
    return field(c, form, TT_OP_GET_FIELD, TT_OP_OBJECT_GET, 2);
}

TtLispNode *tt_lisp_operator_put(TtLispCompiler *c, const TtDatum *form) {
    return field(c, form, TT_OP_SET_FIELD, TT_OP_OBJECT_SET, 3);
}

TtLispNode *tt_lisp_operator_nth(TtLispCompiler *c, const TtDatum *form) {
    return op_node(c, form, TT_OP_INDEX, 2);
}

/* ---- console, errors
 * ------------------------------------------------------------------------------------------- */

static TtLispNode *output(TtLispCompiler *c, const TtDatum *form, TtOp op) {
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_OP, form, 1);
    node->op = (uint16_t)op;
    if (form->count == 1) {
        node->args[0] = text_node(c, form, "");
    } else if (form->count == 2) {
        node->args[0] = tt_lisp_analyze(c, form->as.items[1]);
    } else {
        TtLispNode *text = tt_lisp_node(c, TT_LISP_NODE_FOLD, form, 2 * (form->count - 1) - 1);
        text->op = TT_OP_CONCAT;
        for (uint32_t i = 1; i < form->count; i++) {
            text->args[(size_t)2 * (i - 1)] = tt_lisp_analyze(c, form->as.items[i]);
            if (i + 1 < form->count) text->args[2 * i - 1] = text_node(c, form, " ");
        }
        node->args[0] = text;
    }
    return node;
}

TtLispNode *tt_lisp_operator_print(TtLispCompiler *c, const TtDatum *form) {
    return output(c, form, TT_OP_PRINT);
}

TtLispNode *tt_lisp_operator_println(TtLispCompiler *c, const TtDatum *form) {
    return output(c, form, TT_OP_PRINT);
}

TtLispNode *tt_lisp_operator_write(TtLispCompiler *c, const TtDatum *form) {
    return output(c, form, TT_OP_WRITE);
}

TtLispNode *tt_lisp_operator_throw(TtLispCompiler *c, const TtDatum *form) {
    return op_node(c, form, TT_OP_THROW, 1);
}

static TtLispNode *error_field(TtLispCompiler *c, const TtDatum *form, const char *name) {
    if (form->count != 2) return tt_lisp_malformed(c, form);
    TtLispNode *node = tt_lisp_operands(c, TT_LISP_NODE_NAMED, form, 1);
    node->op = TT_OP_GET_FIELD;
    node->datum = text_node(c, form, name)->datum;
    return node;
}

TtLispNode *tt_lisp_operator_error_message(TtLispCompiler *c, const TtDatum *form) {
    return error_field(c, form, "message");
}

TtLispNode *tt_lisp_operator_error_kind(TtLispCompiler *c, const TtDatum *form) {
    return error_field(c, form, "kind");
}

TtLispNode *tt_lisp_operator_error_stack(TtLispCompiler *c, const TtDatum *form) {
    return error_field(c, form, "stack");
}

TtLispNode *tt_lisp_operator_error_value(TtLispCompiler *c, const TtDatum *form) {
    return error_field(c, form, "value");
}

/* ---- actors
 * -------------------------------------------------------------------------------------------------------- */

/**
 * (spawn-link f a b): f, a and b are evaluated here; a function without parameters that holds them is what
 * the actor runs.
 */
static TtLispNode *spawn_with(TtLispCompiler *c, const TtDatum *form, TtOp op) {
    if (form->count < 2) return tt_lisp_malformed(c, form);
    if (form->count == 2) return op_node(c, form, op, 1);
    uint32_t count = form->count - 1, scope = tt_lisp_scope_open(c);
    TtLispNode *sequence = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, form, count + 1);
    TtDatum *call = tt_lisp_make_list(c, form, count), *body = tt_lisp_make_list(c, form, 1);
    for (uint32_t i = 0; i < count; i++) {
        TtLispNode *value = tt_lisp_analyze(c, form->as.items[i + 1]);
        char text[24] = "_spawned";
        text[8] = (char)('0' + i / 100 % 10), text[9] = (char)('0' + i / 10 % 10),
        text[10] = (char)('0' + i % 10);
        /* Names with a blank, which no text can write. */
        text[11] = ' ';
        TtDatum *name = tt_lisp_make_symbol(c, form, text);
        TtLispBinding *binding = tt_lisp_add_local(c, name->as.symbol, form);
        binding->text = i ? "_argument" : "_function";
        TtLispNode *bind = tt_lisp_node(c, TT_LISP_NODE_BIND, form, 1);
        bind->binding = binding;
        bind->args[0] = value;
        sequence->args[i] = bind;
        ((const TtDatum **)call->as.items)[i] = name;
    }
    ((const TtDatum **)body->as.items)[0] = call;
    TtLispNode *spawn = tt_lisp_node(c, TT_LISP_NODE_OP, form, 1);
    spawn->op = (uint16_t)op;
    spawn->args[0] = tt_lisp_analyze_lambda(c, body, tt_lisp_make_list(c, form, 0), 0, NULL);
    sequence->args[count] = spawn;
    tt_lisp_scope_close(c, scope);
    return sequence;
}

TtLispNode *tt_lisp_operator_spawn(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 2) return tt_lisp_malformed(c, form);
    if (form->count == 2) return op_node(c, form, TT_OP_SPAWN, 1);
    /* a1 … an f n: the function is evaluated first, as it stands, and moved behind its arguments. */
    uint32_t count = form->count - 2, scope = tt_lisp_scope_open(c);
    TtLispNode *sequence = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, form, 2);
    TtLispBinding *function = NULL;
    TtLispNode *callee = tt_lisp_analyze(c, form->as.items[1]);
    TtLispNode *bind = tt_lisp_node(c, TT_LISP_NODE_BIND, form, 1);
    function = tt_lisp_add_hidden(c, "_function", form);
    bind->binding = function;
    bind->args[0] = callee;
    sequence->args[0] = bind;
    TtLispNode *spawn = tt_lisp_node(c, TT_LISP_NODE_OP, form, count + 2);
    spawn->op = TT_OP_SPAWN_ARGS;
    for (uint32_t i = 0; i < count; i++) spawn->args[i] = tt_lisp_analyze(c, form->as.items[i + 2]);
    spawn->args[count] = tt_lisp_ref(c, function, form);
    spawn->args[count + 1] = int_node(c, form, count);
    sequence->args[1] = spawn;
    tt_lisp_scope_close(c, scope);
    return sequence;
}

TtLispNode *tt_lisp_operator_spawn_link(TtLispCompiler *c, const TtDatum *form) {
    return spawn_with(c, form, TT_OP_SPAWN_LINK);
}

TtLispNode *tt_lisp_operator_spawn_monitor(TtLispCompiler *c, const TtDatum *form) {
    return spawn_with(c, form, TT_OP_SPAWN_MONITOR);
}

TtLispNode *tt_lisp_operator_send(TtLispCompiler *c, const TtDatum *form) {
    if (form->count != 3) return tt_lisp_malformed(c, form);
    const TtDatum *name = tt_lisp_literal_name(c, form->as.items[1]);
    if (!name) return stack_operand(c, form, TT_OP_SEND, 2);
    if (!name->count || memchr(name->as.text, 0, name->count))
        return tt_lisp_error(c, form->as.items[1], NULL,
                             "The name of an actor must not be empty or hold a NUL");
    TtLispNode *node = tt_lisp_operands(c, TT_LISP_NODE_NAMED, form, 2);
    node->op = TT_OP_SENDNAMED;
    node->datum = name;
    return node;
}

TtLispNode *tt_lisp_operator_bang(TtLispCompiler *c, const TtDatum *form) {
    return tt_lisp_operator_send(c, form);
}

TtLispNode *tt_lisp_operator_link(TtLispCompiler *c, const TtDatum *form) {
    return stack_operand(c, form, TT_OP_LINK, 1);
}

TtLispNode *tt_lisp_operator_unlink(TtLispCompiler *c, const TtDatum *form) {
    return stack_operand(c, form, TT_OP_UNLINK, 1);
}

TtLispNode *tt_lisp_operator_monitor(TtLispCompiler *c, const TtDatum *form) {
    return stack_operand(c, form, TT_OP_MONITOR, 1);
}

TtLispNode *tt_lisp_operator_trap_exit(TtLispCompiler *c, const TtDatum *form) {
    return stack_operand(c, form, TT_OP_TRAP_EXIT, 1);
}
