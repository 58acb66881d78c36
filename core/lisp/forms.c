// SPDX-License-Identifier: MIT
/** The special forms that bind, branch and repeat. */
#include "lisp/lisp_internal.h"

#include <inttypes.h>
#include <string.h>

/** A list (datum) as words of its items: a part of a form that stands for a form of its own. */
static TtDatum *sublist(TtLispCompiler *c, const TtDatum *form, uint32_t first) {
    TtDatum *list = tt_lisp_make_list(c, form, form->count - first);
    list->as.items = form->as.items + first;
    return list;
}

/* ---- definitions --------------------------------------------------------------------------------------- */

TtLispNode *tt_lisp_form_define(TtLispCompiler *c, const TtDatum *form) {
    return tt_lisp_error(c, form, NULL, "define belongs at the top level or directly into a body");
}

TtLispNode *tt_lisp_form_define_macro(TtLispCompiler *c, const TtDatum *form) {
    return tt_lisp_error(c, form, NULL, "define-macro belongs at the top level");
}

TtLispNode *tt_lisp_form_import(TtLispCompiler *c, const TtDatum *form) {
    return tt_lisp_error(c, form, NULL, "import belongs at the top level");
}

TtLispNode *tt_lisp_form_export(TtLispCompiler *c, const TtDatum *form) {
    return tt_lisp_error(c, form, NULL, "export belongs at the top level");
}

TtLispNode *tt_lisp_form_lambda(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 3 || form->as.items[1]->kind != TT_LISP_LIST) return tt_lisp_malformed(c, form);
    return tt_lisp_analyze_lambda(c, form, form->as.items[1], 2, NULL);
}

/** Whether it is a list of (name value) pairs, or of (name value step) when `most` is 3. Errors are reported.
 */
static bool check_pairs(TtLispCompiler *c, const TtDatum *form, const TtDatum *pairs, uint32_t most) {
    if (pairs->kind != TT_LISP_LIST || pairs->tail) {
        (void)tt_lisp_malformed(c, form);
        return false;
    }
    for (uint32_t i = 0; i < pairs->count; i++) {
        const TtDatum *pair = pairs->as.items[i];
        if (pair->kind == TT_LISP_LIST && !pair->tail && pair->count >= 2 && pair->count <= most &&
            pair->as.items[0]->kind == TT_LISP_SYMBOL)
            continue;
        tt_lisp_error(c, pair, NULL,
                      most == 2 ? "A variable is given as (name value)"
                                : "A variable is given as (name start step), the step may be left out");
        return false;
    }
    return true;
}

static void check_distinct(TtLispCompiler *c, const TtDatum *pairs) {
    for (uint32_t i = 0; i < pairs->count; i++)
        for (uint32_t k = 0; k < i && k < 250; k++)
            if (pairs->as.items[i]->as.items[0]->as.symbol == pairs->as.items[k]->as.items[0]->as.symbol) {
                const TtDatum *name = pairs->as.items[i]->as.items[0];
                tt_lisp_error(c, name, NULL, "Duplicate variable: %s",
                              tt_names_text(&c->symbols, name->as.symbol));
                return;
            }
}

/** (let name ((variable value)…) body…): a function that is called at once, mostly a loop. */
static TtLispNode *named_let(TtLispCompiler *c, const TtDatum *form) {
    const TtDatum *name = form->as.items[1], *pairs = form->as.items[2];
    if (form->count < 4) return tt_lisp_malformed(c, form);
    if (!check_pairs(c, form, pairs, 2)) return tt_lisp_const_null(c, form);
    TtLispNode *call = tt_lisp_node(c, TT_LISP_NODE_CALL, form, pairs->count + 1);
    TtDatum *parameters = tt_lisp_make_list(c, pairs, pairs->count);
    for (uint32_t i = 0; i < pairs->count; i++) {
        call->args[i + 1] = tt_lisp_analyze(c, pairs->as.items[i]->as.items[1]);
        ((const TtDatum **)parameters->as.items)[i] = pairs->as.items[i]->as.items[0];
    }
    uint32_t scope = tt_lisp_scope_open(c);
    TtLispBinding *binding = tt_lisp_add_local(c, name->as.symbol, name);
    TtLispNode *lambda = tt_lisp_analyze_lambda(c, form, parameters, 3, binding);
    lambda->fn->repeats = true;
    bool as_value = binding->as_value;
    call->args[0] = tt_lisp_ref(c, binding, name);
    binding->as_value = as_value;
    TtLispNode *sequence = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, form, 2);
    sequence->args[0] = tt_lisp_bind(c, binding, lambda, form);
    sequence->args[1] = call;
    tt_lisp_scope_close(c, scope);
    return sequence;
}

TtLispNode *tt_lisp_form_let(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 3) return tt_lisp_malformed(c, form);
    const TtDatum *pairs = form->as.items[1];
    if (pairs->kind == TT_LISP_SYMBOL) return named_let(c, form);
    if (!check_pairs(c, form, pairs, 2)) return tt_lisp_const_null(c, form);
    check_distinct(c, pairs);
    TtLispNode *sequence = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, form, pairs->count + 1);
    /* All values are analysed before any name is known. */
    for (uint32_t i = 0; i < pairs->count; i++)
        sequence->args[i] = tt_lisp_analyze(c, pairs->as.items[i]->as.items[1]);
    uint32_t scope = tt_lisp_scope_open(c);
    for (uint32_t i = 0; i < pairs->count; i++) {
        const TtDatum *name = pairs->as.items[i]->as.items[0];
        TtLispBinding *binding = tt_lisp_add_local(c, name->as.symbol, name);
        sequence->args[i] = tt_lisp_bind(c, binding, sequence->args[i], pairs->as.items[i]);
    }
    sequence->args[pairs->count] = tt_lisp_analyze_body(c, form, 2);
    tt_lisp_scope_close(c, scope);
    return sequence;
}

TtLispNode *tt_lisp_form_let_star(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 3) return tt_lisp_malformed(c, form);
    const TtDatum *pairs = form->as.items[1];
    if (!check_pairs(c, form, pairs, 2)) return tt_lisp_const_null(c, form);
    TtLispNode *sequence = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, form, pairs->count + 1);
    uint32_t scope = tt_lisp_scope_open(c);
    for (uint32_t i = 0; i < pairs->count; i++) {
        const TtDatum *name = pairs->as.items[i]->as.items[0];
        TtLispNode *value = tt_lisp_analyze(c, pairs->as.items[i]->as.items[1]);
        sequence->args[i] =
            tt_lisp_bind(c, tt_lisp_add_local(c, name->as.symbol, name), value, pairs->as.items[i]);
    }
    sequence->args[pairs->count] = tt_lisp_analyze_body(c, form, 2);
    tt_lisp_scope_close(c, scope);
    return sequence;
}

TtLispNode *tt_lisp_form_letrec(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 3) return tt_lisp_malformed(c, form);
    const TtDatum *pairs = form->as.items[1];
    if (!check_pairs(c, form, pairs, 2)) return tt_lisp_const_null(c, form);
    check_distinct(c, pairs);
    TtLispNode *sequence = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, form, pairs->count + 1);
    TtLispBinding **bindings = tt_lisp_alloc(&c->arena, (pairs->count + 1) * sizeof *bindings);
    uint32_t scope = tt_lisp_scope_open(c);
    for (uint32_t i = 0; i < pairs->count; i++) {
        const TtDatum *name = pairs->as.items[i]->as.items[0];
        bindings[i] = tt_lisp_add_local(c, name->as.symbol, name);
        bindings[i]->early = true;
    }
    for (uint32_t i = 0; i < pairs->count; i++) {
        const TtDatum *pair = pairs->as.items[i];
        sequence->args[i] = tt_lisp_bind(c, bindings[i], tt_lisp_analyze(c, pair->as.items[1]), pair);
    }
    sequence->args[pairs->count] = tt_lisp_analyze_body(c, form, 2);
    tt_lisp_scope_close(c, scope);
    return sequence;
}

TtLispNode *tt_lisp_form_set(TtLispCompiler *c, const TtDatum *form) {
    if (form->count != 3 || form->as.items[1]->kind != TT_LISP_SYMBOL) return tt_lisp_malformed(c, form);
    const TtDatum *name = form->as.items[1];
    const char *text = tt_names_text(&c->symbols, name->as.symbol);
    TtLispBinding *binding = tt_lisp_find_local(c, name->as.symbol);
    if (!binding) binding = tt_lisp_find_global(c, name->as.symbol);
    if (!binding || (binding->global && !binding->defined)) {
        int row = tt_lisp_word_find(text);
        if (row >= 0 || tt_lisp_std_find(text, strlen(text)))
            return tt_lisp_error(c, name, NULL, "%s is built in: it cannot be set", text);
        return tt_lisp_error(c, name, tt_lisp_nearest(c, name->as.symbol),
                             "set! of the undefined variable %s", text);
    }
    binding->assigned = true;
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_SET, form, 1);
    node->binding = binding;
    node->args[0] = tt_lisp_analyze(c, form->as.items[2]);
    return node;
}

/* ---- branches --------------------------------------------------------------------------------------------
 */

static TtLispNode *cond_node(TtLispCompiler *c, const TtDatum *form, uint32_t clauses) {
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_COND, form, 1);
    node->clauses = tt_lisp_alloc(&c->arena, (clauses + 1) * sizeof *node->clauses);
    node->clause_count = clauses;
    return node;
}

TtLispNode *tt_lisp_form_if(TtLispCompiler *c, const TtDatum *form) {
    if (form->count != 3 && form->count != 4) return tt_lisp_malformed(c, form);
    TtLispNode *node = cond_node(c, form, 1);
    node->clauses[0].test = tt_lisp_analyze(c, form->as.items[1]);
    node->clauses[0].body = tt_lisp_analyze(c, form->as.items[2]);
    node->args[0] = form->count == 4 ? tt_lisp_analyze(c, form->as.items[3]) : tt_lisp_const_null(c, form);
    return node;
}

static TtLispNode *when(TtLispCompiler *c, const TtDatum *form, bool wanted) {
    if (form->count < 3) return tt_lisp_malformed(c, form);
    TtLispNode *node = cond_node(c, form, 1), *test = tt_lisp_analyze(c, form->as.items[1]);
    if (!wanted) {
        TtLispNode *inverse = tt_lisp_node(c, TT_LISP_NODE_NOT, form->as.items[1], 1);
        inverse->args[0] = test;
        test = inverse;
    }
    node->clauses[0].test = test;
    node->clauses[0].body = tt_lisp_analyze_sequence(c, form, 2);
    node->args[0] = tt_lisp_const_null(c, form);
    return node;
}

TtLispNode *tt_lisp_form_when(TtLispCompiler *c, const TtDatum *form) {
    return when(c, form, true);
}

TtLispNode *tt_lisp_form_unless(TtLispCompiler *c, const TtDatum *form) {
    return when(c, form, false);
}

/** Whether a clause is (else …), which must be the last. */
static bool is_else(TtLispCompiler *c, const TtDatum *form, uint32_t i) {
    if (!tt_lisp_is_form(c, form->as.items[i], "else")) return false;
    if (i + 1 < form->count) tt_lisp_error(c, form->as.items[i], NULL, "else is the last clause");
    return true;
}

/** Clauses from `first` on; a clause without a body makes an (or test rest…) of what follows. */
static TtLispNode *cond_from(TtLispCompiler *c, const TtDatum *form, uint32_t first) {
    TtLispNode *node = cond_node(c, form, form->count - first);
    node->clause_count = 0;
    node->args[0] = NULL;
    for (uint32_t i = first; i < form->count && !node->args[0]; i++) {
        const TtDatum *clause = form->as.items[i];
        if (clause->kind != TT_LISP_LIST || !clause->count || clause->tail) return tt_lisp_malformed(c, form);
        if (is_else(c, form, i)) {
            node->args[0] = tt_lisp_analyze_sequence(c, clause, 1);
        } else if (clause->count == 1) {
            TtLispNode *either = tt_lisp_node(c, TT_LISP_NODE_OR, clause, 2);
            either->args[0] = tt_lisp_analyze(c, clause->as.items[0]);
            if (++c->depth > 600) return tt_lisp_error(c, clause, NULL, "Too many clauses without a body");
            either->args[1] = cond_from(c, form, i + 1);
            c->depth--;
            node->args[0] = either;
        } else {
            TtLispClause *made = &node->clauses[node->clause_count++];
            made->test = tt_lisp_analyze(c, clause->as.items[0]);
            made->body = tt_lisp_analyze_sequence(c, clause, 1);
        }
    }
    if (!node->args[0]) node->args[0] = tt_lisp_const_null(c, form);
    return node;
}

TtLispNode *tt_lisp_form_cond(TtLispCompiler *c, const TtDatum *form) {
    return cond_from(c, form, 1);
}

TtLispNode *tt_lisp_form_case(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 2) return tt_lisp_malformed(c, form);
    uint32_t scope = tt_lisp_scope_open(c);
    TtLispNode *sequence = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, form, 2);
    sequence->args[0] = tt_lisp_node(c, TT_LISP_NODE_BIND, form, 1);
    sequence->args[0]->args[0] = tt_lisp_analyze(c, form->as.items[1]);
    TtLispBinding *key = tt_lisp_add_hidden(c, "_key", form);
    sequence->args[0]->binding = key;
    TtLispNode *node = cond_node(c, form, form->count - 2);
    node->clause_count = 0;
    node->args[0] = NULL;
    for (uint32_t i = 2; i < form->count; i++) {
        const TtDatum *clause = form->as.items[i];
        if (clause->kind != TT_LISP_LIST || clause->count < 1 || clause->tail)
            return tt_lisp_malformed(c, form);
        if (is_else(c, form, i)) {
            node->args[0] = tt_lisp_analyze_sequence(c, clause, 1);
            continue;
        }
        const TtDatum *literals = clause->as.items[0];
        if (literals->kind != TT_LISP_LIST || literals->tail) {
            tt_lisp_error(c, literals, NULL, "The literals of a case stand in parentheses: ((1 2) body…)");
            continue;
        }
        TtLispNode *any = tt_lisp_node(c, TT_LISP_NODE_OR, literals, literals->count);
        for (uint32_t k = 0; k < literals->count; k++) {
            TtLispNode *equal = tt_lisp_node(c, TT_LISP_NODE_COMPARE, literals->as.items[k], 2);
            equal->op = TT_OP_EQ;
            equal->args[0] = tt_lisp_ref(c, key, literals->as.items[k]);
            equal->args[1] = tt_lisp_node(c, TT_LISP_NODE_CONST, literals->as.items[k], 0);
            equal->args[1]->datum = literals->as.items[k];
            any->args[k] = equal;
        }
        node->clauses[node->clause_count].test = any;
        node->clauses[node->clause_count++].body = tt_lisp_analyze_sequence(c, clause, 1);
    }
    if (!node->args[0]) node->args[0] = tt_lisp_const_null(c, form);
    sequence->args[1] = node;
    tt_lisp_scope_close(c, scope);
    return sequence;
}

static TtLispNode *truth_value(TtLispCompiler *c, const TtDatum *place, bool value) {
    TtLispNode *node = tt_lisp_const_null(c, place);
    TtDatum *datum = tt_lisp_alloc(&c->arena, sizeof *datum);
    *datum = *place;
    datum->kind = TT_LISP_BOOL;
    datum->tail = NULL;
    datum->as.b = value;
    node->datum = datum;
    return node;
}

TtLispNode *tt_lisp_form_and(TtLispCompiler *c, const TtDatum *form) {
    if (form->count == 1) return truth_value(c, form, true);
    return tt_lisp_operands(c, TT_LISP_NODE_AND, form, 1);
}

TtLispNode *tt_lisp_form_or(TtLispCompiler *c, const TtDatum *form) {
    if (form->count == 1) return truth_value(c, form, false);
    return tt_lisp_operands(c, TT_LISP_NODE_OR, form, 1);
}

TtLispNode *tt_lisp_form_begin(TtLispCompiler *c, const TtDatum *form) {
    return tt_lisp_analyze_sequence(c, form, 1);
}

/* ---- loops
 * --------------------------------------------------------------------------------------------------- */

/** (do ((v start step)…) (test result…) body…) as (let _do ((v start)…) (if test result (begin body… (_do
 * step…)))) */
TtLispNode *tt_lisp_form_do(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 3 || form->as.items[2]->kind != TT_LISP_LIST || !form->as.items[2]->count)
        return tt_lisp_malformed(c, form);
    const TtDatum *variables = form->as.items[1], *end = form->as.items[2];
    if (!check_pairs(c, form, variables, 3)) return tt_lisp_const_null(c, form);
    check_distinct(c, variables);
    uint32_t count = variables->count, scope = tt_lisp_scope_open(c);
    TtLispNode *sequence = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, form, 2);
    TtLispNode *call = tt_lisp_node(c, TT_LISP_NODE_CALL, form, count + 1);
    for (uint32_t i = 0; i < count; i++)
        call->args[i + 1] = tt_lisp_analyze(c, variables->as.items[i]->as.items[1]);
    TtLispBinding *loop = tt_lisp_add_hidden(c, "do", form);
    TtLispNode *lambda = tt_lisp_node(c, TT_LISP_NODE_LAMBDA, form, 0);
    TtLispFn *fn = tt_lisp_alloc(&c->arena, sizeof *fn);
    lambda->fn = fn;
    fn->binding = loop;
    fn->repeats = true;
    loop->fn = fn;
    fn->parent = c->fn;
    fn->begin = form->begin;
    fn->end = form->end;
    fn->active = -1;
    fn->address = UINT32_MAX;
    tt_vec_push(&c->functions, fn);
    c->fn = fn;
    uint32_t inner = tt_lisp_scope_open(c);
    for (uint32_t i = 0; i < count; i++) {
        const TtDatum *name = variables->as.items[i]->as.items[0];
        TtLispBinding *parameter = tt_lisp_add_local(c, name->as.symbol, name);
        tt_vec_push(&fn->parameters, parameter);
    }
    TtLispNode *node = cond_node(c, form, 1);
    node->clauses[0].test = tt_lisp_analyze(c, end->as.items[0]);
    node->clauses[0].body = tt_lisp_analyze_sequence(c, end, 1);
    TtLispNode *again = tt_lisp_node(c, TT_LISP_NODE_CALL, form, count + 1);
    TtLispNode *body = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, form, form->count - 3 + 1);
    for (uint32_t i = 3; i < form->count; i++) body->args[i - 3] = tt_lisp_analyze(c, form->as.items[i]);
    again->args[0] = tt_lisp_node(c, TT_LISP_NODE_REF, form, 0);
    again->args[0]->binding = loop;
    for (uint32_t i = 0; i < count; i++) {
        const TtDatum *variable = variables->as.items[i];
        again->args[i + 1] = variable->count == 3 ? tt_lisp_analyze(c, variable->as.items[2])
                                                  : tt_lisp_ref(c, fn->parameters.items[i], variable);
    }
    body->args[body->count - 1] = again;
    node->args[0] = body;
    fn->body = node;
    tt_lisp_scope_close(c, inner);
    c->fn = fn->parent;
    call->args[0] = tt_lisp_node(c, TT_LISP_NODE_REF, form, 0);
    call->args[0]->binding = loop;
    sequence->args[0] = tt_lisp_node(c, TT_LISP_NODE_BIND, form, 1);
    sequence->args[0]->binding = loop;
    sequence->args[0]->args[0] = lambda;
    sequence->args[1] = call;
    tt_lisp_scope_close(c, scope);
    return sequence;
}

/* ---- errors
 * ----------------------------------------------------------------------------------------------------- */

TtLispNode *tt_lisp_form_try(TtLispCompiler *c, const TtDatum *form) {
    uint32_t last = form->count;
    const TtDatum *finally = NULL, *handler = NULL;
    if (last > 1 && tt_lisp_is_form(c, form->as.items[last - 1], "finally")) finally = form->as.items[--last];
    if (last > 1 && tt_lisp_is_form(c, form->as.items[last - 1], "catch")) handler = form->as.items[--last];
    if (last == 1 || (!handler && !finally)) return tt_lisp_malformed(c, form);
    if (handler && (handler->count < 2 || handler->as.items[1]->kind != TT_LISP_SYMBOL))
        return tt_lisp_malformed(c, form);
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_TRY, form, 3);
    TtDatum *body = sublist(c, form, 1);
    body->count = last - 1;
    node->args[0] = tt_lisp_analyze_body(c, body, 0);
    if (handler) {
        uint32_t scope = tt_lisp_scope_open(c);
        node->binding = tt_lisp_add_local(c, handler->as.items[1]->as.symbol, handler->as.items[1]);
        node->args[1] = tt_lisp_analyze_body(c, handler, 2);
        tt_lisp_scope_close(c, scope);
    }
    if (finally) {
        uint32_t scope = tt_lisp_scope_open(c);
        /* What holds the value and the error while the finally part runs: kept by the SEQUENCE around. */
        TtLispNode *sequence = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, finally, 3);
        TtLispBinding *result = tt_lisp_add_hidden(c, "_result", finally);
        TtLispBinding *error = tt_lisp_add_hidden(c, "_error", finally);
        sequence->args[0] = tt_lisp_ref(c, result, finally);
        sequence->args[1] = tt_lisp_ref(c, error, finally);
        sequence->args[2] = tt_lisp_analyze_body(c, finally, 1);
        node->args[2] = sequence;
        tt_lisp_scope_close(c, scope);
    }
    return node;
}

/* ---- data
 * ---------------------------------------------------------------------------------------------------------
 */

/** Quoted data hold no dots: at run time there are lists only. */
static bool check_quoted(TtLispCompiler *c, const TtDatum *datum) {
    if (datum->kind != TT_LISP_LIST && datum->kind != TT_LISP_OBJECT) return true;
    if (datum->tail) {
        tt_lisp_error(c, datum, NULL, "A list with a dot is no value: lists end with their last item");
        return false;
    }
    for (uint32_t i = 0; i < datum->count; i++)
        if (!check_quoted(c, datum->as.items[i])) return false;
    return true;
}

static TtLispNode *quoted(TtLispCompiler *c, const TtDatum *datum) {
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_CONST, datum, 0);
    node->datum = datum;
    return check_quoted(c, datum) ? node : tt_lisp_const_null(c, datum);
}

TtLispNode *tt_lisp_form_quote(TtLispCompiler *c, const TtDatum *form) {
    if (form->count != 2) return tt_lisp_malformed(c, form);
    return quoted(c, form->as.items[1]);
}

TtLispNode *tt_lisp_form_unquote(TtLispCompiler *c, const TtDatum *form) {
    return tt_lisp_error(c, form, NULL, "A comma has a meaning inside of a quasiquote only");
}

TtLispNode *tt_lisp_form_unquote_splicing(TtLispCompiler *c, const TtDatum *form) {
    return tt_lisp_error(c, form, NULL, ",@ has a meaning inside of a list in a quasiquote only");
}

static bool has_unquote(TtLispCompiler *c, const TtDatum *datum) {
    if (datum->kind != TT_LISP_LIST && datum->kind != TT_LISP_OBJECT) return false;
    if (tt_lisp_is_form(c, datum, "unquote") || tt_lisp_is_form(c, datum, "unquote-splicing")) return true;
    for (uint32_t i = 0; i < datum->count; i++)
        if (has_unquote(c, datum->as.items[i])) return true;
    return false;
}

static TtLispNode *quasi(TtLispCompiler *c, const TtDatum *datum, uint32_t level);

/** Items of a list: runs of single values are lists, which are joined with the spliced ones. */
static TtLispNode *quasi_list(TtLispCompiler *c, const TtDatum *datum, uint32_t level) {
    TtLispNode *joined = tt_lisp_node(c, TT_LISP_NODE_FOLD, datum, 2 * datum->count + 1);
    joined->op = TT_OP_LIST_CONCAT;
    joined->count = 0;
    TtLispNode *run = NULL;
    for (uint32_t i = 0; i < datum->count; i++) {
        const TtDatum *item = datum->as.items[i];
        if (level == 1 && tt_lisp_is_form(c, item, "unquote-splicing") && item->count == 2) {
            if (run || !joined->count) {
                if (!run) run = tt_lisp_node(c, TT_LISP_NODE_LIST, datum, 0);
                joined->args[joined->count++] = run;
            }
            run = NULL;
            joined->args[joined->count++] = tt_lisp_analyze(c, item->as.items[1]);
            continue;
        }
        if (!run) {
            run = tt_lisp_node(c, TT_LISP_NODE_LIST, datum, datum->count - i);
            run->count = 0;
        }
        run->args[run->count++] = quasi(c, item, level);
    }
    if (run && !joined->count) return run;
    if (run) joined->args[joined->count++] = run;
    return joined;
}

static TtLispNode *quasi(TtLispCompiler *c, const TtDatum *datum, uint32_t level) {
    if (!has_unquote(c, datum)) return quoted(c, datum);
    if (datum->tail) return tt_lisp_error(c, datum, NULL, "A list with a dot is no value: use ,@ instead");
    if (tt_lisp_is_form(c, datum, "unquote")) {
        if (datum->count != 2) return tt_lisp_malformed(c, datum);
        if (level == 1) return tt_lisp_analyze(c, datum->as.items[1]);
        level--;
    } else if (tt_lisp_is_form(c, datum, "unquote-splicing")) {
        if (level == 1) return tt_lisp_form_unquote_splicing(c, datum);
        level--;
    } else if (tt_lisp_is_form(c, datum, "quasiquote")) {
        level++;
    }
    if (datum->kind == TT_LISP_LIST) return quasi_list(c, datum, level);
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_OBJECT, datum, datum->count / 2);
    node->keys = tt_lisp_alloc(&c->arena, (node->count + 1) * sizeof *node->keys);
    for (uint32_t i = 0; i < node->count; i++) {
        const TtDatum *key = datum->as.items[(size_t)2 * i];
        node->keys[i] = key->kind == TT_LISP_SYMBOL ? tt_lisp_symbol_text(c, key) : key;
        node->args[i] = quasi(c, datum->as.items[2 * i + 1], level);
    }
    return node;
}

TtLispNode *tt_lisp_form_quasiquote(TtLispCompiler *c, const TtDatum *form) {
    if (form->count != 2) return tt_lisp_malformed(c, form);
    return quasi(c, form->as.items[1], 1);
}
