// SPDX-License-Identifier: MIT
/**
 * Names of variables in frames, and labels. A variable keeps its name where it can: two of the same frame
 * share a name when one ends before the other begins; a copy has the name of the original, since captures
 * are by name; and no local variable may hide a global one that the same function uses.
 */
#include "lisp/lisp_internal.h"

#include <inttypes.h>

static void take(TtLispFn *fn, const char *text, size_t length, uint32_t until) {
    uint32_t index = tt_names_add(&fn->taken, text, length);
    while (fn->taken_until.count <= index) tt_vec_push(&fn->taken_until, 0);
    if (fn->taken_until.items[index] < until) fn->taken_until.items[index] = until;
}

static bool is_free(const TtLispFn *fn, const char *text, size_t length, uint32_t begin) {
    uint32_t index = tt_names_find(&fn->taken, text, length);
    return index == TT_NO_NAME || fn->taken_until.items[index] <= begin;
}

static void name_local(TtLispCompiler *c, TtLispBinding *binding) {
    uint32_t end = binding->end;
    for (const TtLispFn *fn = binding->lexical; fn && fn->loop; fn = fn->parent)
        if (fn->binding->end > end) end = fn->binding->end;
    TtStrbuf text = {0};
    for (unsigned number = 0;; number++) {
        tt_strbuf_clear(&text);
        tt_strbuf_add_text(&text, binding->text);
        if (number) tt_strbuf_add_format(&text, ".%u", number);
        bool good = is_free(binding->home, text.bytes, text.length, binding->begin);
        for (const TtLispFrame *frame = binding->frames; frame && good; frame = frame->next)
            good = is_free(frame->fn, text.bytes, text.length, binding->begin);
        if (good && binding->early) {
            uint32_t symbol = tt_names_find(&c->symbols, text.bytes, text.length);
            TtLispBinding *global = symbol == TT_NO_NAME ? NULL : tt_lisp_find_global(c, symbol);
            good = !global;
        }
        if (good) break;
    }
    take(binding->home, text.bytes, text.length, end);
    for (const TtLispFrame *frame = binding->frames; frame; frame = frame->next)
        take(frame->fn, text.bytes, text.length, UINT32_MAX);
    binding->name = tt_names_add(&c->module->names, text.bytes, text.length);
    tt_strbuf_free(&text);
}

static uint32_t name_label(TtLispCompiler *c, TtNames *labels, const TtLispFn *fn) {
    TtStrbuf base = {0}, text = {0};
    const TtLispFn *parent = fn->parent;
    while (parent && parent->loop) parent = parent->parent;
    if (parent && parent->parent)
        tt_strbuf_add_format(&base, "%s.", tt_names_text(&c->module->names, parent->label));
    tt_strbuf_add_text(&base, fn->binding ? fn->binding->text : "lambda");
    for (unsigned number = 1;; number++) {
        tt_strbuf_clear(&text);
        tt_strbuf_add(&text, base.bytes, base.length);
        if (number > 1) tt_strbuf_add_format(&text, ".%u", number);
        if (tt_names_find(labels, text.bytes, text.length) == TT_NO_NAME) break;
    }
    tt_names_add(labels, text.bytes, text.length);
    uint32_t name = tt_names_add(&c->module->names, text.bytes, text.length);
    tt_strbuf_free(&base);
    tt_strbuf_free(&text);
    return name;
}

void tt_lisp_name_bindings(TtLispCompiler *c) {
    TtLispFn *program = c->functions.items[0];
    for (uint32_t i = 0; i < c->global_list.count; i++) {
        TtLispBinding *binding = c->global_list.items[i];
        const TtName *name = &c->symbols.items[binding->symbol];
        if (tt_lisp_is_known(binding) && !binding->exported) continue;
        binding->name = tt_names_add(&c->module->names, name->bytes, name->length);
        take(program, name->bytes, name->length, UINT32_MAX);
    }
    for (uint32_t i = 1; i < c->functions.count; i++) {
        TtLispFn *fn = c->functions.items[i];
        for (uint32_t k = 0; k < fn->globals.count; k++) {
            const TtName *name = &c->symbols.items[fn->globals.items[k]->symbol];
            take(fn, name->bytes, name->length, UINT32_MAX);
        }
    }
    for (uint32_t i = 0; i < c->locals.count; i++) {
        TtLispBinding *binding = c->locals.items[i];
        if (binding->home && !tt_lisp_is_known(binding)) name_local(c, binding);
    }
    TtNames labels = {0};
    for (int global = 1; global >= 0; global--)
        for (uint32_t i = 1; i < c->functions.count; i++) {
            TtLispFn *fn = c->functions.items[i];
            if ((fn->binding && fn->binding->global) == (global == 1)) fn->label = name_label(c, &labels, fn);
        }
    tt_names_free(&labels);
}
