// SPDX-License-Identifier: MIT
/** What parse.c hands to asm.c: a module whose addresses are still names. Private to asm/. */
#ifndef TT_ASM_ASM_INTERNAL_H
#define TT_ASM_ASM_INTERNAL_H

#include "asm/lex.h"
#include "module/module.h"

/** A label operand of an instruction, to be resolved when all labels are known. */
typedef struct TtAsmReference {
    uint32_t insn;
    uint32_t name; /* of the module's names; TT_NO_NAME: the word is a number */
    uint32_t line;
    const char *begin, *end;                   /* in the source */
    uint32_t parameter_first, parameter_count; /* CALL format: in `parameters` */
} TtAsmReference;

typedef struct TtAsm {
    TtModule *module;
    const char *source;
    TtLexer lexer;
    TT_VEC(TtAsmReference) references; /* in the order of their instructions */
    TT_VEC(uint32_t) parameters;       /* names */
    TT_VEC(uint32_t) label_of;     /* name → index of the module's labels, or TT_NO_NAME; may be short */
    TT_VEC(uint32_t) label_lines;  /* as many as labels */
    TT_VEC(uint32_t) parameter_of; /* name → last reference + 1 it was a parameter of; may be short */
} TtAsm;

/** Reads all lines. Errors go to the lexer's diags; a line with an error still takes its slot. */
void tt_asm_read_lines(TtAsm *as);
/** Reads the operands of an instruction, which has its position already. False: reported. */
bool tt_asm_read_operands(TtAsm *as, const TtToken *mnemonic, TtInsn *insn);
/** The name a token stands for, interned; TT_NO_NAME when it is none (reported). `what` as in "label". */
uint32_t tt_asm_read_name(TtAsm *as, const TtToken *token, const char *what);
/** A token as messages show it: short, printable. The caller frees it with tt_free. */
char *tt_asm_excerpt(const TtToken *token);

/** Sets an entry of a name-indexed vector that may be short. */
#define tt_asm_set_by_name(vec, index, value)                                                                \
    do {                                                                                                     \
        while ((vec)->count <= (index)) tt_vec_push(vec, TT_NO_NAME);                                        \
        (vec)->items[index] = (value);                                                                       \
    } while (0)
#define tt_asm_get_by_name(vec, index) ((index) < (vec)->count ? (vec)->items[index] : TT_NO_NAME)

#endif
