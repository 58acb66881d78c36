// SPDX-License-Identifier: MIT
/** Forms about actors whose names are part of the instruction, and supervisors. */
#include "lisp/lisp_internal.h"

#include <string.h>

/** (form 'name): the instruction with this name. */
static TtLispNode *named(TtLispCompiler *c, const TtDatum *form, TtOp op) {
    if (form->count != 2) return tt_lisp_malformed(c, form);
    const TtDatum *name = tt_lisp_literal_name(c, form->as.items[1]);
    if (!name) {
        const char *head = tt_names_text(&c->symbols, form->as.items[0]->as.symbol);
        return tt_lisp_error(c, form->as.items[1], NULL, "%s takes a literal name: 'name or \"name\"", head);
    }
    if (!name->count || memchr(name->as.text, 0, name->count))
        return tt_lisp_error(c, form->as.items[1], NULL, "A name must not be empty or hold a NUL");
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_NAMED, form, 0);
    node->op = (uint16_t)op;
    node->datum = name;
    return node;
}

TtLispNode *tt_lisp_form_register(TtLispCompiler *c, const TtDatum *form) {
    return named(c, form, TT_OP_REGISTER);
}

TtLispNode *tt_lisp_form_unregister(TtLispCompiler *c, const TtDatum *form) {
    return named(c, form, TT_OP_UNREGISTER);
}

TtLispNode *tt_lisp_form_whereis(TtLispCompiler *c, const TtDatum *form) {
    return named(c, form, TT_OP_WHEREIS);
}

TtLispNode *tt_lisp_form_restart_child(TtLispCompiler *c, const TtDatum *form) {
    return named(c, form, TT_OP_RESTART_CHILD);
}

TtLispNode *tt_lisp_form_stop_child(TtLispCompiler *c, const TtDatum *form) {
    return named(c, form, TT_OP_STOP_CHILD);
}

/* ---- supervisors ----------------------------------------------------------------------------------------
 */

/** A word written bare, quoted or as a string, or NULL. */
static const char *word_of(TtLispCompiler *c, const TtDatum *datum) {
    if (datum->kind == TT_LISP_SYMBOL) return tt_names_text(&c->symbols, datum->as.symbol);
    const TtDatum *name = tt_lisp_literal_name(c, datum);
    return name ? name->as.text : NULL;
}

/** (child id [policy] f), or the same behind `supervise`. */
static TtLispNode *child_node(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 3 || form->count > 4) return tt_lisp_malformed(c, form);
    const TtDatum *id = tt_lisp_literal_name(c, form->as.items[1]);
    if (!id || !id->count || memchr(id->as.text, 0, id->count))
        return tt_lisp_error(c, form->as.items[1], NULL,
                             "The id of a child is a literal name: 'name or \"name\"");
    uint32_t policy = TT_PERMANENT;
    if (form->count == 4) {
        const char *word = word_of(c, form->as.items[2]);
        for (policy = 0; policy < TT_POLICY_COUNT; policy++)
            if (word && strcmp(tt_policy_names[policy], word) == 0) break;
        if (policy == TT_POLICY_COUNT)
            return tt_lisp_error(c, form->as.items[2], NULL, "A policy is permanent, transient or temporary");
    }
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_CHILD, form, 1);
    node->datum = id;
    node->operand = (int32_t)policy;
    node->args[0] = tt_lisp_analyze(c, form->as.items[form->count - 1]);
    return node;
}

TtLispNode *tt_lisp_form_supervise(TtLispCompiler *c, const TtDatum *form) {
    return child_node(c, form);
}

static bool read_number(TtLispCompiler *c, const TtDatum *datum, int64_t least, uint32_t *number) {
    if (datum->kind == TT_LISP_INT && datum->as.i >= least && datum->as.i <= INT32_MAX) {
        *number = (uint32_t)datum->as.i;
        return true;
    }
    tt_lisp_error(c, datum, NULL, "Restarts and milliseconds are literal integers");
    return false;
}

TtLispNode *tt_lisp_form_supervisor(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 2) return tt_lisp_malformed(c, form);
    TtSupervisorSpec spec = {TT_ONE_FOR_ONE, TT_DEFAULT_INTENSITY, TT_DEFAULT_PERIOD_MS};
    const char *word = word_of(c, form->as.items[1]);
    for (spec.strategy = 0; spec.strategy < TT_STRATEGY_COUNT; spec.strategy++)
        if (word && strcmp(tt_strategy_names[spec.strategy], word) == 0) break;
    if (spec.strategy == TT_STRATEGY_COUNT)
        return tt_lisp_error(c, form->as.items[1], NULL,
                             "A strategy is one_for_one, one_for_all or rest_for_one");
    uint32_t first = 2;
    if (form->count > 3 && form->as.items[2]->kind != TT_LISP_LIST) {
        if (!read_number(c, form->as.items[2], 0, &spec.intensity) ||
            !read_number(c, form->as.items[3], 1, &spec.period_ms))
            return tt_lisp_const_null(c, form);
        first = 4;
    }
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_SUPERVISOR, form, form->count - first);
    node->operand = (int32_t)c->supervisors.count;
    tt_vec_push(&c->supervisors, spec);
    for (uint32_t i = first; i < form->count; i++) {
        const TtDatum *child = form->as.items[i];
        if (!tt_lisp_is_form(c, child, "child")) return tt_lisp_malformed(c, form);
        if (child->count < 3 || child->count > 4) return tt_lisp_malformed(c, form);
        node->args[i - first] = child_node(c, child);
    }
    return node;
}
