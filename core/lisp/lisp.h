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

/** Appends the text as it is best written; any text. What it means is the same. */
void tt_lisp_format(TtStrbuf *out, const char *source, size_t length);

/* ---- sessions: a program that grows line by line (vm/repl.c) --------------------------------------------
 */

typedef enum TtLispItemKind {
    TT_LISP_ITEM_FUNCTION, /* (define (name …) …), or a lambda as value */
    TT_LISP_ITEM_VARIABLE,
    TT_LISP_ITEM_MACRO,
    TT_LISP_ITEM_IMPORT,
    TT_LISP_ITEM_OTHER
} TtLispItemKind;

/** One form of the top level. */
typedef struct TtLispItem {
    TtLispItemKind kind;
    uint32_t begin, end; /* bytes of the text */
    char *name;          /* what it defines, else NULL; tt_free */
} TtLispItem;
typedef TT_VEC(TtLispItem) TtLispItems;

/** The forms of a text as far as it can be read. False: it ends within a form, a string or a comment. */
bool tt_lisp_items(const char *source, size_t length, TtLispItems *items) TT_MUST_USE;
void tt_lisp_items_free(TtLispItems *items);

/** What a line of a session has from those before it. */
typedef struct TtLispSession {
    size_t input_at;      /* the text before holds the definitions of earlier lines */
    const char *previous; /* path of the module that exports the variables, or NULL */
    const char *const *variables;
    uint32_t variable_count;
} TtLispSession;

/**
 * As tt_lisp_compile: the text's definitions, with the variables of earlier lines. All variables are
 * exported; a last expression is printed unless it is null.
 */
TtResult tt_lisp_compile_line(const char *file, const char *source, size_t length,
                              const TtLispImports *imports, const TtLispSession *session, TtModule **module,
                              TtDiags *diags) TT_MUST_USE;

#endif
