// SPDX-License-Identifier: MIT
/** Data → nodes: expressions, bodies, functions, the top level. */
#include "base/config.h"
#include "lisp/lisp_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/** Macros may nest an expansion deeper than the text was. */
#define MAX_DEPTH (TT_LISP_MAX_NESTING + 200)

/* ---- nodes and messages ------------------------------------------------------------------------------ */

TtLispNode *tt_lisp_node(TtLispCompiler *c, TtLispNodeKind kind, const TtDatum *place, uint32_t count) {
    TtLispNode *node = tt_lisp_alloc(&c->arena, sizeof *node);
    node->kind = (uint8_t)kind;
    node->begin = place->begin;
    node->end = place->end;
    node->count = count;
    node->args = tt_lisp_alloc(&c->arena, (count ? count : 1) * sizeof *node->args);
    return node;
}

TtLispNode *tt_lisp_const_null(TtLispCompiler *c, const TtDatum *place) {
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_CONST, place, 0);
    TtDatum *datum = tt_lisp_alloc(&c->arena, sizeof *datum);
    datum->begin = place->begin;
    datum->end = place->end;
    node->datum = datum;
    return node;
}

TtLispNode *tt_lisp_ref(TtLispCompiler *c, TtLispBinding *binding, const TtDatum *place) {
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_REF, place, 0);
    node->binding = binding;
    binding->as_value = true;
    return node;
}

TtLispNode *tt_lisp_bind(TtLispCompiler *c, TtLispBinding *binding, TtLispNode *value, const TtDatum *place) {
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_BIND, place, 1);
    node->binding = binding;
    node->args[0] = value;
    if (value->kind == TT_LISP_NODE_LAMBDA && !binding->fn && !value->fn->binding) {
        binding->fn = value->fn;
        value->fn->binding = binding;
    }
    return node;
}

TtLispNode *tt_lisp_operands(TtLispCompiler *c, TtLispNodeKind kind, const TtDatum *form, uint32_t first) {
    TtLispNode *node = tt_lisp_node(c, kind, form, form->count - first);
    for (uint32_t i = first; i < form->count; i++)
        node->args[i - first] = tt_lisp_analyze(c, form->as.items[i]);
    return node;
}

TtLispNode *tt_lisp_error(TtLispCompiler *c, const TtDatum *place, const char *suggestion, const char *format,
                          ...) {
    TtStrbuf message = {0};
    va_list args;
    va_start(args, format);
    tt_strbuf_add_format_list(&message, format, args);
    va_end(args);
    tt_lisp_report(&c->text, false, place->begin, place->end, suggestion, "%s", tt_strbuf_text(&message));
    tt_strbuf_free(&message);
    return tt_lisp_const_null(c, place);
}

void tt_lisp_warn(TtLispCompiler *c, const TtDatum *place, const char *format, ...) {
    TtStrbuf message = {0};
    va_list args;
    va_start(args, format);
    tt_strbuf_add_format_list(&message, format, args);
    va_end(args);
    tt_lisp_report(&c->text, true, place->begin, place->end, NULL, "%s", tt_strbuf_text(&message));
    tt_strbuf_free(&message);
}

TtLispNode *tt_lisp_malformed(TtLispCompiler *c, const TtDatum *form) {
    const char *head = tt_names_text(&c->symbols, form->as.items[0]->as.symbol);
    int row = tt_lisp_word_find(head);
    return tt_lisp_error(c, form, NULL, "Malformed %s: it is written %s", head, tt_lisp_words[row].syntax);
}

/* ---- data ---------------------------------------------------------------------------------------------- */

bool tt_lisp_is_symbol(const TtLispCompiler *c, const TtDatum *datum, const char *text) {
    return datum->kind == TT_LISP_SYMBOL && strcmp(tt_names_text(&c->symbols, datum->as.symbol), text) == 0;
}

bool tt_lisp_is_form(const TtLispCompiler *c, const TtDatum *datum, const char *text) {
    return datum->kind == TT_LISP_LIST && datum->count && tt_lisp_is_symbol(c, datum->as.items[0], text) &&
           !tt_lisp_find_local(c, datum->as.items[0]->as.symbol);
}

const TtDatum *tt_lisp_symbol_text(TtLispCompiler *c, const TtDatum *symbol) {
    const TtName *name = &c->symbols.items[symbol->as.symbol];
    TtDatum *text = tt_lisp_alloc(&c->arena, sizeof *text);
    char *bytes = tt_lisp_alloc(&c->arena, name->length + 1);
    memcpy(bytes, name->bytes, name->length);
    *text = *symbol;
    text->kind = TT_LISP_STR;
    text->count = name->length;
    text->as.text = bytes;
    return text;
}

const TtDatum *tt_lisp_literal_name(TtLispCompiler *c, const TtDatum *datum) {
    if (datum->kind == TT_LISP_STR) return datum;
    if (tt_lisp_is_form(c, datum, "quote") && datum->count == 2 && datum->as.items[1]->kind == TT_LISP_SYMBOL)
        return tt_lisp_symbol_text(c, datum->as.items[1]);
    if (tt_lisp_is_form(c, datum, "quote") && datum->count == 2 && datum->as.items[1]->kind == TT_LISP_STR)
        return datum->as.items[1];
    return NULL;
}

TtDatum *tt_lisp_make_list(TtLispCompiler *c, const TtDatum *place, uint32_t count) {
    TtDatum *list = tt_lisp_alloc(&c->arena, sizeof *list);
    list->kind = TT_LISP_LIST;
    list->begin = place->begin;
    list->end = place->end;
    list->count = count;
    list->as.items = tt_lisp_alloc(&c->arena, (count ? count : 1) * sizeof *list->as.items);
    return list;
}

TtDatum *tt_lisp_make_symbol(TtLispCompiler *c, const TtDatum *place, const char *text) {
    TtDatum *symbol = tt_lisp_alloc(&c->arena, sizeof *symbol);
    symbol->kind = TT_LISP_SYMBOL;
    symbol->begin = place->begin;
    symbol->end = place->end;
    symbol->as.symbol = tt_names_add(&c->symbols, text, strlen(text));
    return symbol;
}

/* ---- scopes ----------------------------------------------------------------------------------------------
 */

#define by_symbol(vec, symbol) ((symbol) < (vec)->count ? (vec)->items[symbol] : NULL)

/** Makes a vector by symbol reach this far. */
#define reach_symbol(vec, symbol)                                                                            \
    while ((vec)->count <= (symbol)) tt_vec_push(vec, NULL)

TtLispBinding *tt_lisp_find_local(const TtLispCompiler *c, uint32_t symbol) {
    return by_symbol(&c->current, symbol);
}

TtLispBinding *tt_lisp_find_global(const TtLispCompiler *c, uint32_t symbol) {
    return by_symbol(&c->globals, symbol);
}

uint32_t tt_lisp_scope_open(TtLispCompiler *c) {
    return c->trail.count;
}

void tt_lisp_scope_close(TtLispCompiler *c, uint32_t scope) {
    c->order++;
    while (c->trail.count > scope) {
        TtLispBinding *previous = tt_vec_pop(&c->trail);
        TtLispBinding *binding = tt_vec_pop(&c->trail);
        binding->end = c->order;
        if (binding->symbol != TT_NO_NAME) c->current.items[binding->symbol] = previous;
    }
}

static TtLispBinding *new_local(TtLispCompiler *c, uint32_t symbol, const char *text, const TtDatum *place) {
    TtLispBinding *binding = tt_lisp_alloc(&c->arena, sizeof *binding);
    binding->symbol = symbol;
    binding->text = text;
    binding->at = place->begin;
    binding->lexical = c->fn;
    binding->begin = ++c->order;
    binding->name = TT_NO_NAME;
    tt_vec_push(&c->locals, binding);
    return binding;
}

TtLispBinding *tt_lisp_add_local(TtLispCompiler *c, uint32_t symbol, const TtDatum *place) {
    const char *text = tt_names_text(&c->symbols, symbol);
    TtLispBinding *binding = new_local(c, symbol, text, place);
    reach_symbol(&c->current, symbol);
    tt_vec_push(&c->trail, binding);
    tt_vec_push(&c->trail, c->current.items[symbol]);
    c->current.items[symbol] = binding;
    return binding;
}

TtLispBinding *tt_lisp_add_hidden(TtLispCompiler *c, const char *text, const TtDatum *place) {
    TtLispBinding *binding = new_local(c, TT_NO_NAME, text, place);
    tt_vec_push(&c->trail, binding);
    tt_vec_push(&c->trail, NULL);
    return binding;
}

TtLispBinding *tt_lisp_add_global(TtLispCompiler *c, uint32_t symbol, const TtDatum *place) {
    TtLispBinding *binding = tt_lisp_find_global(c, symbol);
    if (binding) return binding;
    binding = tt_lisp_alloc(&c->arena, sizeof *binding);
    binding->symbol = symbol;
    binding->text = tt_names_text(&c->symbols, symbol);
    binding->at = place->begin;
    binding->global = true;
    binding->name = TT_NO_NAME;
    reach_symbol(&c->globals, symbol);
    c->globals.items[symbol] = binding;
    tt_vec_push(&c->global_list, binding);
    return binding;
}

/* ---- expressions
 * ------------------------------------------------------------------------------------------- */

static TtLispNode *analyze_object(TtLispCompiler *c, const TtDatum *datum) {
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_OBJECT, datum, datum->count / 2);
    node->keys = tt_lisp_alloc(&c->arena, (node->count + 1) * sizeof *node->keys);
    for (uint32_t i = 0; i < node->count; i++) {
        const TtDatum *key = datum->as.items[(size_t)2 * i];
        node->keys[i] = key->kind == TT_LISP_SYMBOL ? tt_lisp_symbol_text(c, key) : key;
        node->args[i] = tt_lisp_analyze(c, datum->as.items[2 * i + 1]);
    }
    return node;
}

static TtLispNode *analyze_list(TtLispCompiler *c, const TtDatum *datum) {
    if (!datum->count)
        return tt_lisp_error(c, datum, "'()", "() calls nothing: the empty list is written '() or (list)");
    if (datum->tail)
        return tt_lisp_error(c, datum, NULL, "A dot has a meaning in patterns and macro parameters only");
    const TtDatum *head = datum->as.items[0];
    if (head->kind == TT_LISP_SYMBOL && !tt_lisp_find_local(c, head->as.symbol))
        return tt_lisp_analyze_call(c, datum);
    if (head->kind == TT_LISP_SYMBOL) {
        TtLispNode *call = tt_lisp_node(c, TT_LISP_NODE_CALL, datum, datum->count);
        TtLispBinding *binding = tt_lisp_find_local(c, head->as.symbol);
        bool as_value = binding->as_value;
        call->args[0] = tt_lisp_ref(c, binding, head);
        binding->as_value = as_value;
        for (uint32_t i = 1; i < datum->count; i++) call->args[i] = tt_lisp_analyze(c, datum->as.items[i]);
        return call;
    }
    if (head->kind != TT_LISP_LIST)
        return tt_lisp_error(c, head, NULL,
                             "A call begins with a function; a list of values is written (list …)");
    return tt_lisp_operands(c, TT_LISP_NODE_CALL, datum, 0);
}

TtLispNode *tt_lisp_analyze(TtLispCompiler *c, const TtDatum *datum) {
    if (c->depth >= MAX_DEPTH || c->text.diags->truncated) {
        if (!c->text.diags->truncated)
            return tt_lisp_error(c, datum, NULL, "Nested too deeply once macros are expanded: at most %d",
                                 MAX_DEPTH);
        return tt_lisp_const_null(c, datum);
    }
    datum = tt_lisp_expand(c, datum);
    c->depth++;
    TtLispNode *node;
    switch ((TtLispKind)datum->kind) {
    case TT_LISP_SYMBOL: node = tt_lisp_analyze_symbol(c, datum); break;
    case TT_LISP_LIST: node = analyze_list(c, datum); break;
    case TT_LISP_OBJECT: node = analyze_object(c, datum); break;
    default: node = tt_lisp_node(c, TT_LISP_NODE_CONST, datum, 0); node->datum = datum;
    }
    c->depth--;
    return node;
}

TtLispNode *tt_lisp_analyze_sequence(TtLispCompiler *c, const TtDatum *form, uint32_t first) {
    if (form->count <= first) return tt_lisp_const_null(c, form);
    if (form->count == first + 1) return tt_lisp_analyze(c, form->as.items[first]);
    return tt_lisp_operands(c, TT_LISP_NODE_SEQUENCE, form, first);
}

/* ---- definitions
 * ------------------------------------------------------------------------------------------- */

/** The name that a (define …) defines, NULL when malformed (reported). */
static const TtDatum *defined_name(TtLispCompiler *c, const TtDatum *form) {
    const TtDatum *target = form->count > 1 ? form->as.items[1] : NULL;
    if (target && target->kind == TT_LISP_LIST && target->count && form->count > 2) {
        if (target->as.items[0]->kind == TT_LISP_SYMBOL) return target->as.items[0];
    } else if (target && target->kind == TT_LISP_SYMBOL && form->count <= 3) {
        return target;
    }
    (void)tt_lisp_malformed(c, form);
    return NULL;
}

/** The value of a (define …) that defined_name has approved. */
static TtLispNode *define_value(TtLispCompiler *c, const TtDatum *form, TtLispBinding *binding) {
    const TtDatum *target = form->as.items[1];
    if (target->kind == TT_LISP_LIST) {
        TtDatum *parameters = tt_lisp_make_list(c, target, target->count - 1);
        parameters->as.items = target->as.items + 1;
        parameters->tail = target->tail;
        return tt_lisp_analyze_lambda(c, form, parameters, 2, binding);
    }
    if (form->count == 2) return tt_lisp_const_null(c, form);
    return tt_lisp_analyze(c, form->as.items[2]);
}

/** Adds the items from `first` on to `out`, macros expanded and the contents of (begin …) in their place. */
static void splice(TtLispCompiler *c, const TtDatum *form, uint32_t first, TtDatum *out, uint32_t *room) {
    for (uint32_t i = first; i < form->count; i++) {
        const TtDatum *item = tt_lisp_expand(c, form->as.items[i]);
        if (tt_lisp_is_form(c, item, "begin") && item->count > 1) {
            splice(c, item, 1, out, room);
            continue;
        }
        const TtDatum **items = (const TtDatum **)out->as.items;
        if (out->count == *room) {
            *room = *room * 2 + 8;
            items = tt_lisp_alloc(&c->arena, *room * sizeof *items);
            memcpy(items, out->as.items, out->count * sizeof *items);
            out->as.items = items;
        }
        items[out->count++] = item;
    }
}

TtLispNode *tt_lisp_analyze_body(TtLispCompiler *c, const TtDatum *form, uint32_t first) {
    uint32_t scope = tt_lisp_scope_open(c);
    uint32_t room = form->count - first;
    TtDatum *body = tt_lisp_make_list(c, form, room);
    body->count = 0;
    splice(c, form, first, body, &room);
    if (!body->count) return tt_lisp_const_null(c, form);
    TtLispBinding **bindings = tt_lisp_alloc(&c->arena, body->count * sizeof *bindings);
    for (uint32_t i = 0; i < body->count; i++) {
        const TtDatum *item = body->as.items[i], *name;
        if (!tt_lisp_is_form(c, item, "define") || !(name = defined_name(c, item))) continue;
        TtLispBinding *same = tt_lisp_find_local(c, name->as.symbol);
        for (uint32_t k = 0; k < i && same; k++)
            if (bindings[k] == same) {
                tt_lisp_error(c, name, NULL, "%s is defined twice in this body", same->text);
                break;
            }
        bindings[i] = tt_lisp_add_local(c, name->as.symbol, name);
        bindings[i]->early = item->as.items[1]->kind == TT_LISP_SYMBOL;
    }
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, form, body->count);
    for (uint32_t i = 0; i < body->count; i++) {
        const TtDatum *item = body->as.items[i];
        if (bindings[i])
            node->args[i] = tt_lisp_bind(c, bindings[i], define_value(c, item, bindings[i]), item);
        else if (!tt_lisp_is_form(c, item, "define"))
            node->args[i] = tt_lisp_analyze(c, item);
        else
            node->args[i] = tt_lisp_const_null(c, item);
    }
    tt_lisp_scope_close(c, scope);
    return node->count == 1 ? node->args[0] : node;
}

TtLispNode *tt_lisp_analyze_lambda(TtLispCompiler *c, const TtDatum *form, const TtDatum *parameters,
                                   uint32_t first, TtLispBinding *binding) {
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_LAMBDA, form, 0);
    TtLispFn *fn = tt_lisp_alloc(&c->arena, sizeof *fn);
    node->fn = fn;
    fn->parent = c->fn;
    fn->begin = form->begin;
    fn->end = form->end;
    fn->active = -1;
    fn->address = UINT32_MAX;
    if (binding && !binding->fn) {
        fn->binding = binding;
        binding->fn = fn;
    }
    tt_vec_push(&c->functions, fn);
    c->fn = fn;
    uint32_t scope = tt_lisp_scope_open(c);
    if (parameters->tail)
        tt_lisp_error(c, parameters->tail, NULL,
                      "A function takes a fixed number of arguments: pass a list (macros may have a rest)");
    if (parameters->count > TT_MAX_OPERANDS)
        tt_lisp_error(c, parameters, NULL, "Too many parameters: at most %d", TT_MAX_OPERANDS);
    for (uint32_t i = 0; i < parameters->count && i < TT_MAX_OPERANDS; i++) {
        const TtDatum *name = parameters->as.items[i];
        if (name->kind != TT_LISP_SYMBOL) {
            tt_lisp_error(c, name, NULL, "A parameter is a name");
            continue;
        }
        for (uint32_t k = 0; k < fn->parameters.count; k++)
            if (fn->parameters.items[k]->symbol == name->as.symbol) {
                tt_lisp_error(c, name, NULL, "Duplicate parameter: %s", fn->parameters.items[k]->text);
                break;
            }
        TtLispBinding *parameter = tt_lisp_add_local(c, name->as.symbol, name);
        tt_vec_push(&fn->parameters, parameter);
    }
    fn->body = tt_lisp_analyze_body(c, form, first);
    tt_lisp_scope_close(c, scope);
    c->fn = fn->parent;
    return node;
}

/* ---- the top level
 * ------------------------------------------------------------------------------------------ */

static void declare_definition(TtLispCompiler *c, const TtDatum *form) {
    const TtDatum *name = defined_name(c, form);
    if (!name) return;
    const char *text = tt_names_text(&c->symbols, name->as.symbol);
    int row = tt_lisp_word_find(text);
    if (row >= 0 && tt_lisp_words[row].special) {
        tt_lisp_error(c, name, NULL, "%s is a form of the language and cannot be defined", text);
        return;
    }
    TtLispBinding *binding = tt_lisp_add_global(c, name->as.symbol, name);
    if (binding->defined) binding->redefined = true;
    binding->defined = true;
    binding->at = name->begin;
    if (form->as.items[1]->kind != TT_LISP_LIST) return;
    reach_symbol(&c->helpers, name->as.symbol);
    c->helpers.items[name->as.symbol] = form;
}

/** Learns what an imported module exports. */
static void declare_import(TtLispCompiler *c, const TtDatum *form) {
    const TtDatum *path = form->count > 1 ? form->as.items[1] : NULL;
    bool as = form->count == 4 && tt_lisp_is_symbol(c, form->as.items[2], "as") &&
              form->as.items[3]->kind == TT_LISP_SYMBOL;
    if (!path || path->kind != TT_LISP_STR || !path->count || memchr(path->as.text, 0, path->count) ||
        (form->count != 2 && !as)) {
        (void)tt_lisp_malformed(c, form);
        return;
    }
    TtLispImportInfo info = {.path = path, .prefix = as ? form->as.items[3]->as.symbol : TT_NO_NAME};
    char *source = NULL;
    size_t length = 0;
    if (c->imports && c->imports->exports)
        info.known = c->imports->exports(c->imports->context, path->as.text, &info.exports, &source, &length);
    if (source) {
        /* Only what its (export …) and (define-macro …) forms say: its own imports do not matter here. */
        TtDiags ignored = {0};
        TtLispText text;
        size_t bom = length >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
        char *kept = tt_lisp_alloc(&c->arena, length - bom + 1);
        memcpy(kept, source + bom, length - bom);
        tt_lisp_text_init(&text, kept, length - bom, &ignored);
        TtLispForms forms = {0};
        tt_lisp_read(&text, &c->arena, &c->symbols, &forms);
        for (uint32_t i = 0; i < forms.items.count; i++) {
            const TtDatum *item = forms.items.items[i];
            if (!tt_lisp_is_form(c, item, "export")) continue;
            for (uint32_t k = 1; k < item->count; k++)
                if (item->as.items[k]->kind == TT_LISP_SYMBOL) {
                    const TtName *name = &c->symbols.items[item->as.items[k]->as.symbol];
                    tt_names_add(&info.exports, name->bytes, name->length);
                }
        }
        for (uint32_t i = 0; i < forms.items.count; i++) {
            const TtDatum *item = forms.items.items[i];
            if (tt_lisp_is_form(c, item, "define") && item->count > 2 &&
                item->as.items[1]->kind == TT_LISP_LIST && item->as.items[1]->count &&
                item->as.items[1]->as.items[0]->kind == TT_LISP_SYMBOL) {
                uint32_t symbol = item->as.items[1]->as.items[0]->as.symbol;
                reach_symbol(&c->helpers, symbol);
                if (!c->helpers.items[symbol]) c->helpers.items[symbol] = item;
            }
            if (!tt_lisp_is_form(c, item, "define-macro") || item->count < 3 ||
                item->as.items[1]->kind != TT_LISP_LIST || !item->as.items[1]->count ||
                item->as.items[1]->as.items[0]->kind != TT_LISP_SYMBOL)
                continue;
            const TtName *name = &c->symbols.items[item->as.items[1]->as.items[0]->as.symbol];
            if (tt_names_find(&info.exports, name->bytes, name->length) != TT_NO_NAME)
                tt_lisp_define_macro(c, item);
        }
        tt_vec_free(&forms.items);
        tt_lisp_text_free(&text);
        tt_diags_free(&ignored);
        tt_free(source);
    }
    tt_vec_push(&c->import_list, info);
}

/** Notes what a form of the top level declares, and keeps it for the analysis. */
static void declare(TtLispCompiler *c, const TtDatum *form) {
    form = tt_lisp_expand(c, form);
    if (tt_lisp_is_form(c, form, "begin")) {
        if (++c->depth < MAX_DEPTH)
            for (uint32_t i = 1; i < form->count; i++) declare(c, form->as.items[i]);
        c->depth--;
        return;
    }
    if (tt_lisp_is_form(c, form, "define-macro")) {
        tt_lisp_define_macro(c, form);
        return;
    }
    if (tt_lisp_is_form(c, form, "define")) declare_definition(c, form);
    if (tt_lisp_is_form(c, form, "import")) declare_import(c, form);
    tt_vec_push(&c->top, form);
}

static TtLispNode *analyze_import(TtLispCompiler *c, const TtDatum *form) {
    TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_IMPORT, form, 0);
    node->datum = form->as.items[1];
    node->operand = form->count == 4 ? (int32_t)form->as.items[3]->as.symbol : -1;
    return node;
}

static void analyze_export(TtLispCompiler *c, const TtDatum *form) {
    if (form->count < 2) (void)tt_lisp_malformed(c, form);
    for (uint32_t i = 1; i < form->count; i++) {
        const TtDatum *name = form->as.items[i];
        if (name->kind != TT_LISP_SYMBOL) {
            (void)tt_lisp_malformed(c, form);
            continue;
        }
        if (name->as.symbol < c->macros.count && c->macros.items[name->as.symbol]) continue;
        TtLispNode *ref = tt_lisp_analyze_symbol(c, name);
        if (ref->kind != TT_LISP_NODE_REF) continue;
        /* An import or a name of std is exported under its own name. */
        TtLispBinding *binding = tt_lisp_find_global(c, name->as.symbol);
        if (!binding || binding != ref->binding) {
            binding = tt_lisp_add_global(c, name->as.symbol, name);
            TtLispNode *bind = tt_lisp_bind(c, binding, ref, name);
            tt_vec_push(&c->program, bind);
        }
        binding->exported = true;
    }
}

static void analyze_top(TtLispCompiler *c, const TtDatum *form) {
    TtLispNode *node;
    if (tt_lisp_is_form(c, form, "define")) {
        const TtDatum *target = form->count > 1 ? form->as.items[1] : NULL;
        const TtDatum *name =
            target && target->kind == TT_LISP_LIST && target->count ? target->as.items[0] : target;
        TtLispBinding *binding =
            name && name->kind == TT_LISP_SYMBOL ? tt_lisp_find_global(c, name->as.symbol) : NULL;
        if (!binding || !binding->defined || (target->kind == TT_LISP_SYMBOL && form->count > 3) ||
            (target->kind == TT_LISP_LIST && form->count < 3))
            return; /* reported */
        TtLispBinding *own = binding->fn ? NULL : binding;
        node = tt_lisp_bind(c, binding, define_value(c, form, own), form);
    } else if (tt_lisp_is_form(c, form, "import")) {
        if (form->count < 2 || form->as.items[1]->kind != TT_LISP_STR ||
            (form->count != 2 && form->count != 4))
            return;
        node = analyze_import(c, form);
    } else if (tt_lisp_is_form(c, form, "export")) {
        analyze_export(c, form);
        return;
    } else {
        node = tt_lisp_analyze(c, form);
    }
    tt_vec_push(&c->program, node);
}

/* ---- sessions
 * ------------------------------------------------------------------------------------------------- */

/** The variables of earlier lines: exports of the module before, and of this one. */
static void declare_session(TtLispCompiler *c) {
    static const TtDatum nowhere = {0};
    const TtLispSession *session = c->session;
    if (session->previous) {
        TtDatum *path = tt_lisp_alloc(&c->arena, sizeof *path);
        path->kind = TT_LISP_STR;
        path->as.text = session->previous;
        path->count = (uint32_t)strlen(session->previous);
        TtLispNode *node = tt_lisp_node(c, TT_LISP_NODE_IMPORT, &nowhere, 0);
        node->datum = path;
        node->operand = -1;
        tt_vec_push(&c->program, node);
    }
    for (uint32_t i = 0; i < session->variable_count; i++) {
        const char *name = session->variables[i];
        TtLispBinding *binding =
            tt_lisp_add_global(c, tt_names_add(&c->symbols, name, strlen(name)), &nowhere);
        binding->defined = true;
    }
}

/** Variables, and what this line defines by whatever form, are there for the next. */
static void export_session(TtLispCompiler *c) {
    for (uint32_t i = 0; i < c->global_list.count; i++) {
        TtLispBinding *binding = c->global_list.items[i];
        if (binding->defined && (!tt_lisp_is_known(binding) || binding->at >= c->session->input_at))
            binding->exported = true;
    }
}

/** (let ((it form)) (if (!= it null) (print it))) */
static const TtDatum *shown(TtLispCompiler *c, const TtDatum *form) {
    TtStrbuf text = {0};
    tt_strbuf_add_text(&text, "(let ((it 0)) (if (!= it null) (print it)))");
    TtLispText source;
    TtDiags ignored = {0};
    TtLispForms forms = {0};
    tt_lisp_text_init(&source, text.bytes, text.length, &ignored);
    tt_lisp_read(&source, &c->arena, &c->symbols, &forms);
    TtDatum *whole = (TtDatum *)forms.items.items[0];
    const TtDatum *pair = whole->as.items[1]->as.items[0];
    ((const TtDatum **)pair->as.items)[1] = form;
    /* The places of the template mean nothing in this text. */
    const TtDatum *made[] = {whole,
                             whole->as.items[1],
                             pair,
                             whole->as.items[2],
                             whole->as.items[2]->as.items[1],
                             whole->as.items[2]->as.items[2]};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        ((TtDatum *)made[i])->begin = form->begin;
        ((TtDatum *)made[i])->end = form->end;
    }
    tt_vec_free(&forms.items);
    tt_lisp_text_free(&source);
    tt_diags_free(&ignored);
    tt_strbuf_free(&text);
    return whole;
}

static bool is_expression(TtLispCompiler *c, const TtDatum *form) {
    static const char *const others[] = {"define", "import", "export"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (tt_lisp_is_form(c, form, others[i])) return false;
    return true;
}

void tt_lisp_analyze_program(TtLispCompiler *c, const TtLispForms *forms) {
    static const TtDatum nowhere = {0};
    TtLispFn *program = tt_lisp_alloc(&c->arena, sizeof *program);
    program->active = -1;
    program->address = UINT32_MAX;
    tt_vec_push(&c->functions, program);
    c->fn = program;
    if (c->session) declare_session(c);
    for (uint32_t i = 0; i < forms->items.count; i++) declare(c, forms->items.items[i]);
    if (c->session && c->top.count) {
        const TtDatum **last = &c->top.items[c->top.count - 1];
        if ((*last)->begin >= c->session->input_at && is_expression(c, *last)) *last = shown(c, *last);
    }
    uint32_t scope = tt_lisp_scope_open(c);
    for (uint32_t i = 0; i < c->top.count; i++) analyze_top(c, c->top.items[i]);
    tt_lisp_scope_close(c, scope);
    if (c->session) export_session(c);
    TtLispNode *body = tt_lisp_node(c, TT_LISP_NODE_SEQUENCE, &nowhere, c->program.count);
    if (c->program.count) memcpy(body->args, c->program.items, c->program.count * sizeof *body->args);
    program->body = body;
}
