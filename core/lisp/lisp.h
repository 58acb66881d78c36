// SPDX-License-Identifier: MIT
/** The Lisp front end: source text → module with all diagnostics. The language: README.md, forms.def. */
#ifndef TT_LISP_LISP_H
#define TT_LISP_LISP_H

#include "base/diag.h"
#include "module/module.h"

/**
 * What the compiler asks about modules that a program imports. Every answer is optional: what nobody
 * knows at compile time is looked up when the program runs.
 */
typedef struct TtLispImports {
    void *context;
    /**
     * Adds the names that the module found for `path` exports. For a Lisp module `*source` (tt_alloc, the
     * compiler frees it) and `*length` are its text instead, whose exported macros become known, too.
     * False: not found, or not readable.
     */
    bool (*exports)(void *context, const char *path, TtNames *names, char **source, size_t *length);
} TtLispImports;

/**
 * Compiles `length` bytes. `file` is the name messages use; it is copied. Always returns TT_OK or
 * TT_ERR_PARSE_ERROR; `*module` is set (caller destroys) only on TT_OK. Errors and warnings go to
 * `diags`, in source order. `imports` may be NULL.
 */
TtResult tt_lisp_compile(const char *file, const char *source, size_t length, const TtLispImports *imports,
                         TtModule **module, TtDiags *diags) TT_MUST_USE;

#endif
