// SPDX-License-Identifier: MIT
/** What names mean that no program defines: forms, operators, instructions, std. */
#include "bytecode/opcode.h"
#include "lisp/lisp_internal.h"

#include <string.h>

const TtLispWord tt_lisp_words[] = {
#define TT_LISP_FORM(name, text, group, syntax, doc)                                                         \
    {text, true, NULL, group, syntax, TT_DOC(doc), tt_lisp_form_##name},
#define TT_LISP_OPERATOR(name, text, parameters, group, syntax, doc)                                         \
    {text, false, parameters, group, syntax, TT_DOC(doc), tt_lisp_operator_##name},
#define TT_LISP_CLAUSE(text, group, syntax, doc) {text, true, NULL, group, syntax, TT_DOC(doc), NULL},
#include "lisp/forms.def"
#undef TT_LISP_FORM
#undef TT_LISP_OPERATOR
#undef TT_LISP_CLAUSE
};
const uint32_t tt_lisp_word_count = sizeof tt_lisp_words / sizeof *tt_lisp_words;

int tt_lisp_word_find(const char *text) {
    for (uint32_t i = 0; i < tt_lisp_word_count; i++)
        if (strcmp(tt_lisp_words[i].text, text) == 0) return (int)i;
    return -1;
}

/** Groups whose instructions are operators, or have no meaning outside of code for a stack. */
static bool is_excluded(TtOp op) {
    const TtOpInfo *info = tt_op_info(op);
    if (strcmp(info->group, "stack") == 0 || strcmp(info->group, "comparison") == 0) return true;
    if (strcmp(info->group, "control") == 0 || strcmp(info->group, "functions") == 0) return true;
    switch (op) {
    case TT_OP_END_TRY:
    case TT_OP_DUMP_SCOPE:
    case TT_OP_MAKE_OBJECT:
    case TT_OP_SPAWN_ARGS:
    case TT_OP_MAILBOX_NEXT:
    case TT_OP_MAILBOX_TAKE: return true;
    default: return false;
    }
}

int tt_lisp_instruction_find(const char *text, size_t length) {
    char word[40];
    if (length >= sizeof word) return -1;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_') return -1;
        word[i] = c == '-' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    word[length] = '\0';
    for (unsigned op = 0; op < TT_OP_COUNT; op++) {
        const TtOpInfo *info = tt_op_info(op);
        if (strcmp(info->mnemonic, word) != 0) continue;
        bool plain = info->format == TT_FORMAT_NONE && info->pops >= 0 && info->pushes >= 0;
        return plain && !is_excluded((TtOp)op) ? (int)op : -1;
    }
    return -1;
}

static const TtLispStdName *find_std(const char *text, size_t length) {
    for (const TtLispStdName *name = tt_lisp_std_names; name->name; name++)
        if (strlen(name->name) == length && memcmp(name->name, text, length) == 0) return name;
    return NULL;
}

const TtLispStdName *tt_lisp_std_find(const char *text, size_t length) {
    const TtLispStdName *name = find_std(text, length);
    char word[64];
    if (name || length >= sizeof word || !memchr(text, '-', length)) return name;
    for (size_t i = 0; i < length; i++) word[i] = text[i] == '-' ? '_' : text[i];
    return find_std(word, length);
}

/* ---- did you mean -------------------------------------------------------------------------------------- */

typedef struct Nearest {
    const TtName *wanted;
    unsigned best;
    const char *text;
} Nearest;

static void try_name(Nearest *nearest, const char *text) {
    size_t length = strlen(text), wanted = nearest->wanted->length;
    if ((length > wanted ? length - wanted : wanted - length) >= nearest->best) return;
    unsigned distance = tt_edit_distance(nearest->wanted->bytes, wanted, text, length);
    if (distance >= nearest->best) return;
    nearest->best = distance;
    nearest->text = text;
}

/** Names of a program that are tried: enough for any that a person writes. */
#define TRIED_NAMES 5000

const char *tt_lisp_nearest(const TtLispCompiler *c, uint32_t symbol) {
    Nearest nearest = {.wanted = &c->symbols.items[symbol]};
    nearest.best = nearest.wanted->length <= 2 ? 2 : nearest.wanted->length <= 7 ? 3 : 4;
    for (uint32_t i = 0; i < c->current.count && i < TRIED_NAMES; i++)
        if (c->current.items[i]) try_name(&nearest, c->current.items[i]->text);
    for (uint32_t i = 0; i < c->global_list.count && i < TRIED_NAMES; i++)
        if (c->global_list.items[i]->defined) try_name(&nearest, c->global_list.items[i]->text);
    for (uint32_t i = 0; i < c->macros.count && i < TRIED_NAMES; i++)
        if (c->macros.items[i]) try_name(&nearest, tt_names_text(&c->symbols, i));
    for (uint32_t i = 0; i < c->import_list.count; i++)
        if (c->import_list.items[i].prefix == TT_NO_NAME)
            for (uint32_t k = 0; k < c->import_list.items[i].exports.count && k < TRIED_NAMES; k++)
                try_name(&nearest, c->import_list.items[i].exports.items[k].bytes);
    for (uint32_t i = 0; i < tt_lisp_word_count; i++)
        if (tt_lisp_words[i].handler) try_name(&nearest, tt_lisp_words[i].text);
    for (const TtLispStdName *name = tt_lisp_std_names; name->name; name++) try_name(&nearest, name->name);
    return nearest.text;
}
