// SPDX-License-Identifier: MIT
/** The enum of instructions and the columns of opcodes.def as a table. */
#ifndef TT_BYTECODE_OPCODE_H
#define TT_BYTECODE_OPCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Texts for readers of the generated tables. Where nobody reads them (WebAssembly) they are empty. */
#ifndef TT_TABLE_DOCS
#define TT_TABLE_DOCS 1
#endif
#if TT_TABLE_DOCS
#define TT_DOC(text) text
#else
#define TT_DOC(text) ""
#endif

typedef enum TtOp {
#define TT_OP(name, format, pops, pushes, flags, group, picture, doc) TT_OP_##name,
#define TT_SYNONYM(text, name)
#include "bytecode/opcodes.def"
#undef TT_OP
#undef TT_SYNONYM
    TT_OP_COUNT
} TtOp;

typedef enum TtFormat {
#define TT_FORMAT(name, text, doc) TT_FORMAT_##name,
#include "bytecode/operand.def"
#undef TT_FORMAT
    TT_FORMAT_KINDS
} TtFormat;

enum {
    TT_FLAG_THROWS = 1,
    TT_FLAG_YIELDS = 2,
    TT_FLAG_JUMPS = 4,
    TT_FLAG_ENDS = 8, /* control never reaches the next instruction */
    TT_FLAG_PURE = 16,
    TT_FLAG_ALLOCATES = 32,
    TT_FLAG_READS = 64 /* operands are only read while it runs */
};

#define TT_VARIES (-1) /* pops or pushes that depend on operand or run time */

typedef struct TtOpInfo {
    const char *mnemonic;
    uint8_t format; /* TtFormat */
    int8_t pops, pushes;
    uint8_t flags;
    const char *group, *picture, *doc;
} TtOpInfo;

extern const TtOpInfo tt_op_infos[TT_OP_COUNT];
static inline const TtOpInfo *tt_op_info(unsigned op) {
    return &tt_op_infos[op];
}

typedef struct TtFormatInfo {
    const char *name, *text, *doc;
} TtFormatInfo;
extern const TtFormatInfo tt_format_infos[TT_FORMAT_KINDS];

typedef struct TtSynonym {
    const char *text;
    TtOp op;
} TtSynonym;
extern const TtSynonym tt_op_synonyms[];
extern const size_t tt_op_synonym_count;

/** The instruction spelled so (any case, underscores optional, synonyms), or -1. */
int tt_op_find(const char *text, size_t length);
/** As tt_op_find; `*synonym`: it is one of tt_op_synonyms. */
int tt_op_find_word(const char *text, size_t length, bool *synonym);
/** The mnemonic or synonym nearest to a misspelled one, NULL when nothing is near. */
const char *tt_op_nearest(const char *text, size_t length);
/** Edits (insert, delete, replace, exchange) between two texts, ignoring case; at most 255. */
unsigned tt_edit_distance(const char *a, size_t a_length, const char *b, size_t b_length);

#endif
