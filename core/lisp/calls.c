// SPDX-License-Identifier: MIT
/** Names that no local variable hides: calls of them, and their values. */
#include "bytecode/builtin.h"
#include "lisp/lisp_internal.h"

#include <string.h>

/* ---- where a name comes from --------------------------------------------------------------------------- */

typedef enum Origin {
    ORIGIN_GLOBAL, /* of this file */
    ORIGIN_IMPORT, /* an import exports it, or may */
    ORIGIN_WORD,   /* forms.def */
    ORIGIN_STD,
    ORIGIN_INSTRUCTION,
    ORIGIN_NONE
} Origin;

typedef struct Found {
    Origin origin;
    TtLispBinding *binding;
    const TtLispStdName *std;
    int number; /* row of words; instruction */
} Found;

/** Whether an import gives the name: 1; may give it: -1; 0. */
static int imported(const TtLispCompiler *c, const TtName *name) {
    int result = 0;
    for (uint32_t i = 0; i < c->import_list.count; i++) {
        const TtLispImportInfo *info = &c->import_list.items[i];
        const char *bytes = name->bytes;
        size_t length = name->length;
        if (info->prefix != TT_NO_NAME) {
            const TtName *prefix = &c->symbols.items[info->prefix];
            if (length <= prefix->length + 1 || memcmp(bytes, prefix->bytes, prefix->length) != 0 ||
                bytes[prefix->length] != '.')
                continue;
            bytes += prefix->length + 1;
            length -= prefix->length + 1;
        }
        if (tt_names_find(&info->exports, bytes, length) != TT_NO_NAME) return 1;
        if (!info->known) result = -1;
    }
    return result;
}

static Found find(const TtLispCompiler *c, uint32_t symbol) {
    const TtName *name = &c->symbols.items[symbol];
    Found found = {.binding = tt_lisp_find_global(c, symbol)};
    if (found.binding && found.binding->defined) return found;
    int import = imported(c, name);
    found.origin = ORIGIN_IMPORT;
    if (import > 0) return found;
    found.origin = ORIGIN_WORD;
    found.number = tt_lisp_word_find(name->bytes);
    if (found.number >= 0) return found;
    found.origin = ORIGIN_STD;
    found.std = tt_lisp_std_find(name->bytes, name->length);
    if (found.std) return found;
    found.origin = ORIGIN_INSTRUCTION;
    found.number = tt_lisp_instruction_find(name->bytes, name->length);
    if (found.number >= 0) return found;
    found.origin = import < 0 ? ORIGIN_IMPORT : ORIGIN_NONE;
    return found;
}

static TtLispNode *undefined(TtLispCompiler *c, const TtDatum *symbol) {
    return tt_lisp_error(c, symbol, tt_lisp_nearest(c, symbol->as.symbol), "Undefined variable: %s",
                         tt_names_text(&c->symbols, symbol->as.symbol));
}

/** The variable that an import of the std module binds. */
static TtLispBinding *std_binding(TtLispCompiler *c, const TtLispStdName *std, const TtDatum *place) {
    TtStrbuf name = {0};
    tt_strbuf_add_format(&name, "std.%s.%s", std->module, std->name);
    TtLispBinding *binding = tt_lisp_add_global(c, tt_names_add(&c->symbols, name.bytes, name.length), place);
    tt_strbuf_free(&name);
    tt_names_add(&c->std_modules, std->module, strlen(std->module));
    return binding;
}

/** A function of the operator or instruction, made once for the file. */
static TtLispNode *wrapper(TtLispCompiler *c, const TtDatum *symbol, const char *parameters) {
    while (c->wrappers.count <= symbol->as.symbol) tt_vec_push(&c->wrappers, NULL);
    TtLispBinding *binding = c->wrappers.items[symbol->as.symbol];
    if (!binding) {
        binding = tt_lisp_alloc(&c->arena, sizeof *binding);
        binding->symbol = symbol->as.symbol;
        binding->text = tt_names_text(&c->symbols, symbol->as.symbol);
        binding->global = binding->defined = true;
        binding->name = TT_NO_NAME;
        c->wrappers.items[symbol->as.symbol] = binding;
        TtDatum *names = tt_lisp_make_list(c, symbol, 8), *call = tt_lisp_make_list(c, symbol, 9);
        const TtDatum **items = (const TtDatum **)names->as.items, **words = (const TtDatum **)call->as.items;
        names->count = 0;
        words[0] = symbol;
        for (const char *at = parameters; *at;) {
            size_t length = strcspn(at, " ");
            char word[32];
            memcpy(word, at, length);
            word[length] = '\0';
            items[names->count] = tt_lisp_make_symbol(c, symbol, word);
            words[names->count + 1] = items[names->count];
            names->count++;
            at += length + (at[length] == ' ');
        }
        call->count = names->count + 1;
        TtDatum *body = tt_lisp_make_list(c, symbol, 1);
        ((const TtDatum **)body->as.items)[0] = call;
        TtLispFn *fn = c->fn;
        c->fn = c->functions.items[0];
        TtLispNode *lambda = tt_lisp_analyze_lambda(c, body, names, 0, binding);
        c->fn = fn;
        TtLispNode *bind = tt_lisp_bind(c, binding, lambda, symbol);
        tt_vec_push(&c->program, bind);
    }
    return tt_lisp_ref(c, binding, symbol);
}

TtLispNode *tt_lisp_analyze_symbol(TtLispCompiler *c, const TtDatum *symbol) {
    TtLispBinding *local = tt_lisp_find_local(c, symbol->as.symbol);
    if (local) return tt_lisp_ref(c, local, symbol);
    const char *text = tt_names_text(&c->symbols, symbol->as.symbol);
    if (symbol->as.symbol < c->macros.count && c->macros.items[symbol->as.symbol])
        return tt_lisp_error(c, symbol, NULL, "%s is a macro: it has no value", text);
    Found found = find(c, symbol->as.symbol);
    switch (found.origin) {
    case ORIGIN_GLOBAL: return tt_lisp_ref(c, found.binding, symbol);
    case ORIGIN_IMPORT: return tt_lisp_ref(c, tt_lisp_add_global(c, symbol->as.symbol, symbol), symbol);
    case ORIGIN_WORD:
        if (!tt_lisp_words[found.number].special) {
            const char *parameters = tt_lisp_words[found.number].parameters;
            if (*parameters) return wrapper(c, symbol, parameters);
            return tt_lisp_error(c, symbol, NULL,
                                 "%s takes any number of arguments: as a value, write a lambda", text);
        }
        return tt_lisp_error(c, symbol, NULL, "%s is a form of the language, not a value: %s", text,
                             tt_lisp_words[found.number].syntax);
    case ORIGIN_STD: return tt_lisp_ref(c, std_binding(c, found.std, symbol), symbol);
    case ORIGIN_INSTRUCTION: {
        static const char *const parameters[] = {"", "a", "a b", "a b c", "a b c d", "a b c d e"};
        return wrapper(c, symbol, parameters[tt_op_info((unsigned)found.number)->pops]);
    }
    case ORIGIN_NONE: break;
    }
    return undefined(c, symbol);
}

/* ---- calls ----------------------------------------------------------------------------------------------
 */

/** Adds what stands behind an instruction that leaves nothing, or two values. */
static TtLispNode *instruction_node(TtLispCompiler *c, const TtDatum *form, unsigned op) {
    TtLispNode *node = tt_lisp_operands(c, TT_LISP_NODE_OP, form, 1);
    node->op = (uint16_t)op;
    return node;
}

static TtLispNode *call_instruction(TtLispCompiler *c, const TtDatum *form, unsigned op) {
    int wanted = tt_op_info(op)->pops;
    if ((int)form->count - 1 == wanted) return instruction_node(c, form, op);
    const char *text = tt_names_text(&c->symbols, form->as.items[0]->as.symbol);
    return tt_lisp_error(c, form, NULL, "%s takes %d argument%s, not %u", text, wanted,
                         wanted == 1 ? "" : "s", form->count - 1);
}

static TtLispNode *call_std(TtLispCompiler *c, const TtDatum *form, const TtLispStdName *std) {
    TtStrbuf name = {0};
    tt_strbuf_add_format(&name, "%s.%s", std->module, std->name);
    int builtin = tt_builtin_find(name.bytes, name.length);
    tt_strbuf_free(&name);
    uint32_t count = form->count - 1;
    if (builtin >= 0 && tt_builtin_infos[builtin].arity == count) {
        TtLispNode *node = tt_lisp_operands(c, TT_LISP_NODE_OP, form, 1);
        node->op = TT_OP_BUILTIN;
        node->operand = builtin;
        return node;
    }
    int op = tt_lisp_instruction_find(std->name, strlen(std->name));
    if (op >= 0 && tt_op_info((unsigned)op)->pops == (int)count && std->arity == (int)count)
        return instruction_node(c, form, (unsigned)op);
    if (std->arity >= 0 && std->arity != (int)count)
        tt_lisp_warn(c, form, "%s takes %d argument%s, not %u", std->name, std->arity,
                     std->arity == 1 ? "" : "s", count);
    TtLispNode *call = tt_lisp_node(c, TT_LISP_NODE_CALL, form, form->count);
    call->args[0] = tt_lisp_ref(c, std_binding(c, std, form->as.items[0]), form->as.items[0]);
    for (uint32_t i = 1; i < form->count; i++) call->args[i] = tt_lisp_analyze(c, form->as.items[i]);
    return call;
}

static TtLispNode *call_binding(TtLispCompiler *c, const TtDatum *form, TtLispBinding *binding) {
    bool as_value = binding->as_value;
    TtLispNode *call = tt_lisp_node(c, TT_LISP_NODE_CALL, form, form->count);
    call->args[0] = tt_lisp_ref(c, binding, form->as.items[0]);
    binding->as_value = as_value;
    for (uint32_t i = 1; i < form->count; i++) call->args[i] = tt_lisp_analyze(c, form->as.items[i]);
    return call;
}

TtLispNode *tt_lisp_analyze_call(TtLispCompiler *c, const TtDatum *form) {
    const TtDatum *head = form->as.items[0];
    Found found = find(c, head->as.symbol);
    switch (found.origin) {
    case ORIGIN_GLOBAL: return call_binding(c, form, found.binding);
    case ORIGIN_IMPORT: return call_binding(c, form, tt_lisp_add_global(c, head->as.symbol, head));
    case ORIGIN_WORD:
        if (tt_lisp_words[found.number].handler) return tt_lisp_words[found.number].handler(c, form);
        return tt_lisp_error(c, head, NULL, "%s has no meaning here: %s", tt_lisp_words[found.number].text,
                             tt_lisp_words[found.number].syntax);
    case ORIGIN_STD: return call_std(c, form, found.std);
    case ORIGIN_INSTRUCTION: return call_instruction(c, form, (unsigned)found.number);
    case ORIGIN_NONE: break;
    }
    TtLispNode *node = undefined(c, head);
    /* Its arguments may have errors of their own. */
    for (uint32_t i = 1; i < form->count; i++) (void)tt_lisp_analyze(c, form->as.items[i]);
    return node;
}
