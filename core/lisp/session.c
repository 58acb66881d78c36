// SPDX-License-Identifier: MIT
/** The forms of a line, for those who keep a session. */
#include "lisp/lisp_internal.h"

#include <string.h>

static bool is_word(const TtNames *symbols, const TtDatum *datum, const char *text) {
    return datum->kind == TT_LISP_SYMBOL && strcmp(tt_names_text(symbols, datum->as.symbol), text) == 0;
}

static void name_item(TtLispItem *item, const TtNames *symbols, const TtDatum *symbol) {
    const TtName *name = &symbols->items[symbol->as.symbol];
    item->name = tt_alloc_string(name->bytes, name->length);
}

static void classify(TtLispItem *item, const TtNames *symbols, const TtDatum *form) {
    if (form->kind != TT_LISP_LIST || form->count < 2) return;
    const TtDatum *head = form->as.items[0], *target = form->as.items[1];
    const TtDatum *first = target->kind == TT_LISP_LIST && target->count ? target->as.items[0] : target;
    if (is_word(symbols, head, "import")) item->kind = TT_LISP_ITEM_IMPORT;
    if (first->kind != TT_LISP_SYMBOL || form->count < 3) return;
    if (is_word(symbols, head, "define-macro") && first != target) {
        item->kind = TT_LISP_ITEM_MACRO;
        name_item(item, symbols, first);
    } else if (is_word(symbols, head, "define")) {
        const TtDatum *value = form->as.items[2];
        bool lambda =
            value->kind == TT_LISP_LIST && value->count && is_word(symbols, value->as.items[0], "lambda");
        item->kind = first != target || lambda ? TT_LISP_ITEM_FUNCTION : TT_LISP_ITEM_VARIABLE;
        name_item(item, symbols, first);
    }
}

bool tt_lisp_items(const char *source, size_t length, TtLispItems *items) {
    TtDiags diags = {0};
    TtLispText text;
    TtLispArena arena = {0};
    TtNames symbols = {0};
    TtLispForms forms = {0};
    tt_lisp_text_init(&text, source, length, &diags);
    tt_lisp_read(&text, &arena, &symbols, &forms);
    for (uint32_t i = 0; i < forms.items.count; i++) {
        const TtDatum *form = forms.items.items[i];
        TtLispItem item = {TT_LISP_ITEM_OTHER, form->begin, form->end, NULL};
        classify(&item, &symbols, form);
        tt_vec_push(items, item);
    }
    bool complete = !forms.incomplete;
    tt_vec_free(&forms.items);
    tt_names_free(&symbols);
    tt_lisp_arena_free(&arena);
    tt_lisp_text_free(&text);
    tt_diags_free(&diags);
    return complete;
}

void tt_lisp_items_free(TtLispItems *items) {
    for (uint32_t i = 0; i < items->count; i++) tt_free(items->items[i].name);
    tt_vec_free(items);
}
