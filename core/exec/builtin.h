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
    TtHeap *heap;      /* results are made here; a false from heap/data.h means `return tt_builtin_heap_full(call)` */
    TtError *error;    /* set before returning anything but TT_OK */
    uint64_t *random;  /* state of the actor's random generator (base/random.h) */
    const char *name;  /* "math.sqrt", for messages */
} TtBuiltinCall;

/**
 * `args` are as many values as the table says. On TT_OK `*result` is set. References to arguments or
 * to their parts that stay in the result go through tt_value_share. Never calls back into programs.
 */
typedef TtResult (*TtBuiltinFn)(TtBuiltinCall *call, const TtValue *args, TtValue *result);

extern const TtBuiltinFn tt_builtin_functions[TT_BUILTIN_COUNT];

/** "NAME expects EXPECTED but got GOT" as TypeMismatch. */
TtResult tt_builtin_type_error(TtBuiltinCall *call, const char *expected, TtValue got);
TtResult tt_builtin_heap_full(TtBuiltinCall *call);

#endif
