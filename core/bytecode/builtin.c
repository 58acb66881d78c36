// SPDX-License-Identifier: MIT
#include "bytecode/builtin.h"

#include "bytecode/opcode.h"

#include <string.h>

const TtBuiltinInfo tt_builtin_infos[TT_BUILTIN_COUNT] = {
#define TT_BUILTIN(name, text, arity, signature, doc) {text, arity, TT_DOC(signature), TT_DOC(doc)},
#include "bytecode/builtins.def"
#undef TT_BUILTIN
};

static const unsigned char name_lengths[TT_BUILTIN_COUNT] = {
#define TT_BUILTIN(name, text, arity, signature, doc) sizeof(text) - 1,
#include "bytecode/builtins.def"
#undef TT_BUILTIN
};

int tt_builtin_find(const char *name, size_t length) {
    for (int i = 0; i < TT_BUILTIN_COUNT; i++)
        if (name_lengths[i] == length && memcmp(tt_builtin_infos[i].name, name, length) == 0) return i;
    return -1;
}
