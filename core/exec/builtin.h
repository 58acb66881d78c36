// SPDX-License-Identifier: MIT
/** How built-in functions are called. One file per family: builtin_math.c, builtin_string.c, … */
#ifndef TT_EXEC_BUILTIN_H
#define TT_EXEC_BUILTIN_H

#include "base/error.h"
#include "bytecode/builtin.h"
#include "heap/data.h"
#include "value/print.h"

/** What a built-in may use besides its arguments. */
typedef struct TtBuiltinCall {
    TtHeap
        *heap; /* results are made here; a false from heap/data.h means `return tt_builtin_heap_full(call)` */
    TtError *error;   /* set before returning anything but TT_OK */
    uint64_t *random; /* state of the actor's random generator (base/random.h) */
    const char *name; /* "math.sqrt", for messages */
} TtBuiltinCall;

/**
 * `args` are as many values as the table says. On TT_OK `*result` is set. References to arguments or
 * to their parts that stay in the result go through tt_value_share. Never calls back into programs.
 */
typedef TtResult (*TtBuiltinFn)(TtBuiltinCall *call, const TtValue *args, TtValue *result);

extern const TtBuiltinFn tt_builtin_functions[TT_BUILTIN_COUNT];

#define TT_BUILTIN(name, text, arity, signature, doc)                                                        \
    TtResult tt_builtin_##name(TtBuiltinCall *call, const TtValue *args, TtValue *result);
#include "bytecode/builtins.def"
#undef TT_BUILTIN

/* ---- for the implementations; NAME in messages is the part of call->name after the point ---------- */

/** "NAME expects EXPECTED but got GOT" as TypeMismatch. */
TtResult tt_builtin_type_error(TtBuiltinCall *call, const char *expected, TtValue got);
/** "NAME …" with the formatted text behind the name. */
TtResult tt_builtin_error(TtBuiltinCall *call, TtResult kind, const char *format, ...) TT_PRINTF(3, 4);
TtResult tt_builtin_heap_full(TtBuiltinCall *call);
/** `Index I out of bounds for WHAT of length L`. */
TtResult tt_builtin_index_error(TtBuiltinCall *call, int64_t index, const char *what, uint64_t length);

/** TT_OK when the value has the type, else the type error. */
TtResult tt_builtin_want(TtBuiltinCall *call, TtValue v, TtTag tag) TT_MUST_USE;
/** An Int or Float as double. */
TtResult tt_builtin_want_number(TtBuiltinCall *call, TtValue v, double *number) TT_MUST_USE;

/** The value as CONCAT converts it, as a new Str. */
TtResult tt_builtin_text(TtBuiltinCall *call, TtValue v, TtValue *result) TT_MUST_USE;
/** A Str of the builder's text. */
TtResult tt_builtin_str(TtBuiltinCall *call, const TtStrbuf *text, TtValue *result) TT_MUST_USE;

#endif
