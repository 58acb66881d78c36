// SPDX-License-Identifier: MIT
#include "lisp/lisp.h"

#include "base/config.h"
#include "lisp/lisp_internal.h"

#include <string.h>

static void free_function(TtLispFn *fn) {
    tt_vec_free(&fn->parameters);
    tt_vec_free(&fn->free);
    tt_vec_free(&fn->uses);
    tt_vec_free(&fn->globals);
    tt_vec_free(&fn->taken_until);
    tt_names_free(&fn->taken);
}

static void free_compiler(TtLispCompiler *c) {
    for (uint32_t i = 0; i < c->functions.count; i++) free_function(c->functions.items[i]);
    for (uint32_t i = 0; i < c->import_list.count; i++) tt_names_free(&c->import_list.items[i].exports);
    tt_vec_free(&c->current);
    tt_vec_free(&c->globals);
    tt_vec_free(&c->macros);
    tt_vec_free(&c->macro_list);
    tt_vec_free(&c->helpers);
    tt_vec_free(&c->global_list);
    tt_vec_free(&c->locals);
    tt_vec_free(&c->import_list);
    tt_vec_free(&c->trail);
    tt_vec_free(&c->top);
    tt_vec_free(&c->program);
    tt_vec_free(&c->functions);
    tt_vec_free(&c->supervisors);
    tt_vec_free(&c->wrappers);
    tt_names_free(&c->std_modules);
    tt_names_free(&c->symbols);
    tt_lisp_text_free(&c->text);
    tt_lisp_arena_free(&c->arena);
}

/** Each step needs the one before to be free of errors, or would report what follows from them. */
static void compile(TtLispCompiler *c, uint32_t errors) {
    TtLispForms forms = {0};
    tt_lisp_read(&c->text, &c->arena, &c->symbols, &forms);
    if (c->text.diags->errors == errors) tt_lisp_analyze_program(c, &forms);
    if (c->text.diags->errors == errors) tt_lisp_find_functions(c);
    if (c->text.diags->errors == errors) {
        tt_lisp_name_bindings(c);
        tt_lisp_emit(c);
    }
    tt_vec_free(&forms.items);
}

TtResult tt_lisp_compile(const char *file, const char *source, size_t length, const TtLispImports *imports,
                         TtModule **module, TtDiags *diags) {
    return tt_lisp_compile_line(file, source, length, imports, NULL, module, diags);
}

TtResult tt_lisp_compile_line(const char *file, const char *source, size_t length,
                              const TtLispImports *imports, const TtLispSession *session, TtModule **module,
                              TtDiags *diags) {
    uint32_t errors = diags->errors;
    if (length > TT_MAX_SOURCE_BYTES) {
        tt_diag_add(diags, false, 0, 0, 0, NULL, "The file is too large: %zu bytes, at most %u", length,
                    TT_MAX_SOURCE_BYTES);
        return TT_ERR_PARSE_ERROR;
    }
    if (!session && length >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0) source += 3, length -= 3;
    TtLispCompiler c = {.imports = imports, .session = session, .module = tt_module_create(file)};
    c.module->source = tt_alloc_string(source, length);
    c.module->source_length = length;
    tt_lisp_text_init(&c.text, c.module->source, length, diags);
    compile(&c, errors);
    tt_diags_sort(diags);
    bool good = diags->errors == errors;
    if (good) {
        tt_module_name_functions(c.module);
        *module = c.module;
    } else {
        tt_module_destroy(c.module);
    }
    free_compiler(&c);
    return good ? TT_OK : TT_ERR_PARSE_ERROR;
}
