// SPDX-License-Identifier: MIT
/**
 * S-expressions. Data of one compilation live in its arena and are freed with it; they are immutable
 * once made, so macros may share parts.
 */
#ifndef TT_LISP_DATUM_H
#define TT_LISP_DATUM_H

#include "base/diag.h"
#include "base/names.h"
#include "base/vec.h"

#include <stdbool.h>

typedef enum TtLispKind {
    TT_LISP_NULL,
    TT_LISP_BOOL,
    TT_LISP_INT,
    TT_LISP_FLOAT,
    TT_LISP_STR,
    TT_LISP_SYMBOL,
    TT_LISP_LIST,     /* ( … ), perhaps with a tail behind a dot */
    TT_LISP_OBJECT,   /* { key value … }: items alternate; keys are Str or symbols */
    TT_LISP_PROCEDURE /* only while macros run: as.pointer */
} TtLispKind;

typedef struct TtDatum TtDatum;
struct TtDatum {
    uint8_t kind;        /* TtLispKind */
    uint32_t begin, end; /* bytes of the source it stands for; made by a macro: those of the macro's call */
    uint32_t count;      /* STR: bytes; LIST, OBJECT: items */
    union {
        bool b;
        int64_t i;
        double f;
        const char *text;            /* STR */
        uint32_t symbol;             /* of the reader's names */
        const TtDatum *const *items; /* LIST, OBJECT */
        void *pointer;
    } as;
    const TtDatum *tail; /* LIST: behind the dot, else NULL */
};

/** Memory that is freed as a whole. */
typedef struct TtLispArena {
    TT_VEC(char *) chunks;
    size_t used, size; /* of the last chunk */
    size_t total;      /* bytes handed out */
} TtLispArena;

void *tt_lisp_alloc(TtLispArena *arena, size_t size);
void tt_lisp_arena_free(TtLispArena *arena);

/** A text being read or compiled, and what is known of it. */
typedef struct TtLispText {
    const char *source; /* borrowed; without byte-order mark */
    uint32_t length;
    TT_VEC(uint32_t) lines; /* offset of each line's first byte */
    TtDiags *diags;
} TtLispText;

void tt_lisp_text_init(TtLispText *text, const char *source, size_t length, TtDiags *diags);
void tt_lisp_text_free(TtLispText *text);
/** 1-based line of a byte, and the byte's 1-based column in it. */
void tt_lisp_text_place(const TtLispText *text, uint32_t at, uint32_t *line, uint32_t *byte_column);
/** An error (or warning) about bytes begin … end; a range over several lines is marked on its first. */
void tt_lisp_report(const TtLispText *text, bool warning, uint32_t begin, uint32_t end,
                    const char *suggestion, const char *format, ...) TT_PRINTF(6, 7);

/**
 * Reads all forms of the text. Errors are reported; what could be read is there anyway. Nesting beyond
 * TT_LISP_MAX_NESTING is an error.
 */
typedef struct TtLispForms {
    TT_VEC(const TtDatum *) items;
    bool incomplete; /* the text ends within a form, a string or a comment */
} TtLispForms;
void tt_lisp_read(const TtLispText *text, TtLispArena *arena, TtNames *symbols, TtLispForms *forms);

/** Appends the datum as it would be written, at most `limit` bytes. */
void tt_lisp_write(TtStrbuf *out, const TtNames *symbols, const TtDatum *datum, size_t limit);

#endif
