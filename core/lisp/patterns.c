// SPDX-License-Identifier: MIT
/** Patterns of match and receive. */
#include "lisp/lisp_internal.h"

#include <string.h>

/** Type words of (? type p), as type_of gives them, and number. */
static const char *const type_words[] = {"int",  "float",      "string", "bool",     "null",
                                         "list", "object",     "bytes",  "function", "exception",
                                         "ref",  "connection", "stream", "future",   "number"};
#define TYPE_WORDS (sizeof type_words / sizeof *type_words)

static TtLispPattern *new_pattern(TtLispCompiler *c, TtLispPatternKind kind, const TtDatum *place,
                                  uint32_t count) {
    TtLispPattern *pattern = tt_lisp_alloc(&c->arena, sizeof *pattern);
    pattern->kind = (uint8_t)kind;
    pattern->begin = place->begin;
    pattern->end = place->end;
    pattern->count = count;
    pattern->parts = tt_lisp_alloc(&c->arena, (count ? count : 1) * sizeof(TtLispPattern *));
    return pattern;
}

static TtLispPattern *equal_pattern(TtLispCompiler *c, const TtDatum *place, const TtDatum *datum) {
    TtLispPattern *pattern = new_pattern(c, TT_LISP_PATTERN_EQUAL, place, 0);
    pattern->datum = datum;
    return pattern;
}

static TtLispPattern *malformed(TtLispCompiler *c, const TtDatum *datum, const char *what) {
    (void)tt_lisp_error(c, datum, NULL, "%s", what);
    return equal_pattern(c, datum, datum);
}

/** A name; the same name twice in one pattern is an error. Names of one pattern begin after `first`. */
static TtLispPattern *name_pattern(TtLispCompiler *c, const TtDatum *name, uint32_t first) {
    if (tt_lisp_is_symbol(c, name, "_")) return new_pattern(c, TT_LISP_PATTERN_ANY, name, 0);
    for (uint32_t i = first; i < c->trail.count; i += 2)
        if (c->trail.items[i]->symbol == name->as.symbol)
            return malformed(c, name, "This name stands twice in the pattern; compare with (p when (= a b))");
    TtLispPattern *pattern = new_pattern(c, TT_LISP_PATTERN_BIND, name, 0);
    pattern->binding = tt_lisp_add_local(c, name->as.symbol, name);
    return pattern;
}

static TtLispPattern *pattern_of(TtLispCompiler *c, const TtDatum *datum, uint32_t first);

static TtLispPattern *list_pattern(TtLispCompiler *c, const TtDatum *datum, uint32_t first) {
    TtLispPattern *pattern = new_pattern(c, TT_LISP_PATTERN_LIST, datum, datum->count - 1);
    pattern->binding = tt_lisp_add_hidden(c, "_list", datum);
    for (uint32_t i = 1; i < datum->count; i++)
        pattern->parts[i - 1] = pattern_of(c, datum->as.items[i], first);
    if (datum->tail) pattern->rest = pattern_of(c, datum->tail, first);
    return pattern;
}

static TtLispPattern *object_pattern(TtLispCompiler *c, const TtDatum *datum, uint32_t first) {
    TtLispPattern *pattern = new_pattern(c, TT_LISP_PATTERN_OBJECT, datum, datum->count / 2);
    pattern->binding = tt_lisp_add_hidden(c, "_object", datum);
    pattern->keys = tt_lisp_alloc(&c->arena, (pattern->count + 1) * sizeof *pattern->keys);
    for (uint32_t i = 0; i < pattern->count; i++) {
        const TtDatum *key = datum->as.items[(size_t)2 * i];
        pattern->keys[i] = key->kind == TT_LISP_SYMBOL ? tt_lisp_symbol_text(c, key) : key;
        pattern->parts[i] = pattern_of(c, datum->as.items[2 * i + 1], first);
    }
    return pattern;
}

static TtLispPattern *type_pattern(TtLispCompiler *c, const TtDatum *datum, uint32_t first) {
    if (datum->count < 2 || datum->count > 3 || datum->tail || datum->as.items[1]->kind == TT_LISP_LIST)
        return malformed(c, datum, "A pattern of a type is written (? type) or (? type pattern)");
    const TtDatum *word = datum->as.items[1];
    /* null is read as a literal. */
    const char *text = word->kind == TT_LISP_SYMBOL ? tt_names_text(&c->symbols, word->as.symbol)
                       : word->kind == TT_LISP_NULL ? "null"
                                                    : "";
    const char *found = NULL;
    for (size_t i = 0; i < TYPE_WORDS && !found; i++)
        if (strcmp(type_words[i], text) == 0) found = type_words[i];
    if (!found)
        return malformed(c, word,
                         "Unknown type: there are int, float, number, string, bool, null, list, object, "
                         "bytes, function, exception, ref, connection, stream and future");
    TtLispPattern *pattern = new_pattern(c, TT_LISP_PATTERN_TYPE, datum, 1);
    TtDatum *type = tt_lisp_alloc(&c->arena, sizeof *type);
    *type = *word;
    type->kind = TT_LISP_STR;
    type->as.text = found;
    type->count = (uint32_t)strlen(found);
    pattern->datum = type;
    pattern->binding = tt_lisp_add_hidden(c, "_typed", datum);
    pattern->parts[0] = datum->count == 3 ? pattern_of(c, datum->as.items[2], first)
                                          : new_pattern(c, TT_LISP_PATTERN_ANY, datum, 0);
    return pattern;
}

static TtLispPattern *guard_pattern(TtLispCompiler *c, const TtDatum *datum, uint32_t first) {
    TtLispPattern *pattern = new_pattern(c, TT_LISP_PATTERN_GUARD, datum, 1);
    pattern->parts[0] = pattern_of(c, datum->as.items[0], first);
    pattern->guard = tt_lisp_analyze(c, datum->as.items[2]);
    return pattern;
}

static TtLispPattern *pattern_of(TtLispCompiler *c, const TtDatum *datum, uint32_t first) {
    switch ((TtLispKind)datum->kind) {
    case TT_LISP_SYMBOL: return name_pattern(c, datum, first);
    case TT_LISP_OBJECT: return object_pattern(c, datum, first);
    case TT_LISP_LIST: break;
    default: return equal_pattern(c, datum, datum);
    }
    if (datum->count == 3 && !datum->tail && tt_lisp_is_symbol(c, datum->as.items[1], "when"))
        return guard_pattern(c, datum, first);
    if (datum->count && tt_lisp_is_symbol(c, datum->as.items[0], "list"))
        return list_pattern(c, datum, first);
    if (datum->count && tt_lisp_is_symbol(c, datum->as.items[0], "?")) return type_pattern(c, datum, first);
    if (datum->count == 2 && tt_lisp_is_symbol(c, datum->as.items[0], "quote")) {
        TtLispNode *checked = tt_lisp_form_quote(c, datum);
        return equal_pattern(c, datum, checked->datum);
    }
    return malformed(c, datum,
                     "Not a pattern: there are _ name literal 'symbol (list p …) (list p … . rest) "
                     "{key p …} (? type p) (p when test)");
}

TtLispPattern *tt_lisp_pattern(TtLispCompiler *c, const TtDatum *datum) {
    return pattern_of(c, datum, c->trail.count);
}

bool tt_lisp_pattern_is_total(const TtLispPattern *pattern) {
    return pattern->kind == TT_LISP_PATTERN_ANY || pattern->kind == TT_LISP_PATTERN_BIND;
}

/* ---- match
 * -------------------------------------------------------------------------------------------------- */

/** (pattern body…) in a scope of its own. */
static void analyze_clause(TtLispCompiler *c, const TtDatum *clause, TtLispClause *made) {
    uint32_t scope = tt_lisp_scope_open(c);
    made->pattern = tt_lisp_pattern(c, clause->as.items[0]);
    made->body = tt_lisp_analyze_body(c, clause, 1);
    tt_lisp_scope_close(c, scope);
}

static bool is_clause(const TtDatum *clause) {
    return clause->kind == TT_LISP_LIST && clause->count && !clause->tail;
}

TtLispNode *tt_lisp_form_match(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 3) return tt_lisp_malformed(c, form);
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_MATCH, form, 1);
    node->args[0] = tt_lisp_analyze(c, form->as.items[1]);
    uint32_t scope = tt_lisp_scope_open(c);
    node->binding = tt_lisp_add_hidden(c, "_subject", form);
    node->clause_count = form->count - 2;
    node->clauses = tt_lisp_alloc(&c->arena, node->clause_count * sizeof *node->clauses);
    for (uint32_t i = 2; i < form->count; i++) {
        if (!is_clause(form->as.items[i])) return tt_lisp_malformed(c, form);
        analyze_clause(c, form->as.items[i], &node->clauses[i - 2]);
        if (i + 1 < form->count && tt_lisp_pattern_is_total(node->clauses[i - 2].pattern))
            tt_lisp_warn(c, form->as.items[i + 1],
                         "This clause is never reached: the pattern above fits everything");
    }
    tt_lisp_scope_close(c, scope);
    return node;
}

/* ---- receive
 * ------------------------------------------------------------------------------------------------- */

TtLispNode *tt_lisp_form_receive(TtLispCompiler *c, const TtDatum *form) {
    uint32_t last = form->count;
    const TtDatum *after = NULL;
    if (last > 1 && tt_lisp_is_form(c, form->as.items[last - 1], "after")) after = form->as.items[--last];
    if (after && after->count < 2) return tt_lisp_malformed(c, form);
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_RECEIVE, form, after ? 2 : 0);
    uint32_t scope = tt_lisp_scope_open(c);
    if (after) node->args[0] = tt_lisp_analyze(c, after->as.items[1]);
    node->binding = tt_lisp_add_hidden(c, "_message", form);
    node->fn = NULL;
    /* Until when to wait: a variable, because messages that do not fit may come in between. */
    TtLispBinding *deadline = tt_lisp_add_hidden(c, "_deadline", form);
    node->keys = NULL;
    node->clauses = tt_lisp_alloc(&c->arena, (last + 1) * sizeof *node->clauses);
    for (uint32_t i = 1; i < last; i++) {
        const TtDatum *clause = form->as.items[i];
        if (!is_clause(clause)) return tt_lisp_malformed(c, form);
        if (tt_lisp_is_form(c, clause, "after"))
            return tt_lisp_error(c, clause, NULL, "after is the last clause");
        analyze_clause(c, clause, &node->clauses[node->clause_count++]);
        if (i + 1 < last && tt_lisp_pattern_is_total(node->clauses[node->clause_count - 1].pattern))
            tt_lisp_warn(c, form->as.items[i + 1],
                         "This clause is never reached: the pattern above fits everything");
    }
    if (after) {
        TtLispNode *bind = tt_lisp_node(c, TT_LISP_NODE_BIND, after, 1);
        bind->binding = deadline;
        bind->args[0] = node->args[0];
        node->args[0] = bind;
        node->args[1] = tt_lisp_analyze_body(c, after, 2);
    }
    tt_lisp_scope_close(c, scope);
    return node;
}
