// SPDX-License-Identifier: MIT
/** What evaluate.c and its functions share. Private to lisp/. */
#ifndef TT_LISP_EVALUATE_H
#define TT_LISP_EVALUATE_H

#include "lisp/lisp_internal.h"

/** A variable of a macro that runs; frames are chains of them. */
typedef struct TtLispCell TtLispCell;
struct TtLispCell {
    uint32_t symbol;
    const TtDatum *value;
    TtLispCell *next;
};

typedef struct TtLispProcedure {
    const TtDatum *parameters, *form; /* the body is from item `first` of the form on */
    uint32_t first;
    TtLispCell *frame;
} TtLispProcedure;

typedef struct TtLispMachine {
    TtLispCompiler *c;
    const TtDatum *call; /* of the macro: where errors are shown, and whose place made data have */
    uint32_t depth;
    size_t first_byte; /* of the arena, before any macro ran */
} TtLispMachine;

/** NULL: an error was reported. */
const TtDatum *tt_lisp_apply(TtLispMachine *m, const TtDatum *procedure, const TtDatum *const *args,
                             uint32_t count);
const TtDatum *tt_lisp_machine_error(TtLispMachine *m, const char *format, ...) TT_PRINTF(2, 3);

TtDatum *tt_lisp_made(TtLispMachine *m, TtLispKind kind);
const TtDatum *tt_lisp_made_bool(TtLispMachine *m, bool value);
const TtDatum *tt_lisp_made_int(TtLispMachine *m, int64_t value);
const TtDatum *tt_lisp_made_text(TtLispMachine *m, const char *bytes, size_t length);
TtDatum *tt_lisp_made_list(TtLispMachine *m, uint32_t count);

typedef const TtDatum *(*TtLispFunction)(TtLispMachine *m, const TtDatum *const *args, uint32_t count);
typedef struct TtLispFunctionInfo {
    const char *name;
    uint32_t least, most;
    TtLispFunction run;
} TtLispFunctionInfo;
/** functions_macro.c: the function of that name, or NULL. */
const TtLispFunctionInfo *tt_lisp_function_find(const char *name);

static inline bool tt_lisp_datum_is_true(const TtDatum *datum) {
    if (datum->kind == TT_LISP_BOOL) return datum->as.b;
    if (datum->kind == TT_LISP_INT) return datum->as.i != 0;
    return datum->kind != TT_LISP_NULL;
}

#endif
