// SPDX-License-Identifier: MIT
/** The table of named built-ins as data: names, arities, docs. What they do is in exec/builtin_*.c. */
#ifndef TT_BYTECODE_BUILTIN_H
#define TT_BYTECODE_BUILTIN_H

#include <stddef.h>
#include <stdint.h>

typedef enum TtBuiltin {
#define TT_BUILTIN(name, text, arity, signature, doc) TT_BUILTIN_##name,
#include "bytecode/builtins.def"
#undef TT_BUILTIN
    TT_BUILTIN_COUNT
} TtBuiltin;

typedef struct TtBuiltinInfo {
    const char *name; /* "math.sqrt" */
    uint8_t arity;
    const char *signature; /* "sqrt(x) -> Float" */
    const char *doc;
} TtBuiltinInfo;

extern const TtBuiltinInfo tt_builtin_infos[TT_BUILTIN_COUNT];
/** The built-in of that name, or -1. */
int tt_builtin_find(const char *name, size_t length);

#endif
