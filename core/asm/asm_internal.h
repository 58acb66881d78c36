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

/** A mnemonic as it was spelt, and what it means: programs say the same few over and over. */
typedef struct TtAsmWord {
    char text[20];  /* longer ones are not kept */
    uint8_t length; /* 0: free */
    bool synonym;
    uint16_t op;
} TtAsmWord;
#define TT_ASM_WORDS 64u

typedef struct TtAsm {
    TtModule *module;
    const char *source;
    TtLexer lexer;
    TT_VEC(TtAsmReference) references; /* in the order of their instructions */
    TT_VEC(uint32_t) parameters;       /* names */
    TT_VEC(uint32_t) label_of;     /* name → index of the module's labels, or TT_NO_NAME; may be short */
    TT_VEC(uint32_t) label_lines;  /* as many as labels */
    TT_VEC(uint32_t) parameter_of; /* name → last reference + 1 it was a parameter of; may be short */
    TtAsmWord words[TT_ASM_WORDS]; /* by hash; the last one read stays */
} TtAsm;

/** Reads all lines. Errors go to the lexer's diags; a line with an error still takes its slot. */
void tt_asm_read_lines(TtAsm *as);
/** Reads the operands of an instruction, which has its position already. False: reported. */
bool tt_asm_read_operands(TtAsm *as, const TtToken *mnemonic, TtInsn *insn);
/** The name a token stands for, interned; TT_NO_NAME when it is none (reported). `what` as in "label". */
uint32_t tt_asm_read_name(TtAsm *as, const TtToken *token, const char *what);
/** A token as messages show it: short, printable. The caller frees it with tt_free. */
char *tt_asm_excerpt(const TtToken *token);

/* What readers of operands share. The reports return false. */
bool tt_asm_report_missing(TtAsm *as, const TtToken *mnemonic, const TtInsn *insn);
bool tt_asm_report_wrong(TtAsm *as, const TtToken *token, const TtInsn *insn);
bool tt_asm_report_surplus(TtAsm *as, const TtToken *token, const TtInsn *insn);
bool tt_asm_report_int_range(TtAsm *as, const TtToken *token);
/** Whether it is this bare word, in any case; `word` in upper case. */
bool tt_asm_word_is(const TtToken *token, const char *word);
bool tt_asm_is_digits(const TtToken *token);
/** Checks the letters of a bare or quoted name; `what` as in "a label". False: reported. */
bool tt_asm_check_name(TtAsm *as, const TtToken *token, const char *what);
/** Notes a label operand of the last instruction; its address is set when all labels are known. */
bool tt_asm_add_reference(TtAsm *as, const TtToken *token);

/** Operands of the formats MATCH (patterns.c), SUPERVISOR and CHILD (supervisors.c). False: reported. */
bool tt_asm_read_match(TtAsm *as, const TtToken *mnemonic, TtInsn *insn);
bool tt_asm_read_supervisor(TtAsm *as, TtInsn *insn);
bool tt_asm_read_child(TtAsm *as, const TtToken *mnemonic, TtInsn *insn);

/** The word of `words` nearest to a misspelled one, NULL when nothing is near. */
const char *tt_asm_nearest_word(const TtToken *token, const char *const *words, int count);

/** Sets an entry of a name-indexed vector that may be short. */
#define tt_asm_set_by_name(vec, index, value)                                                                \
    do {                                                                                                     \
        while ((vec)->count <= (index)) tt_vec_push(vec, TT_NO_NAME);                                        \
        (vec)->items[index] = (value);                                                                       \
    } while (0)
#define tt_asm_get_by_name(vec, index) ((index) < (vec)->count ? (vec)->items[index] : TT_NO_NAME)

#endif
