// SPDX-License-Identifier: MIT
#include "exec/fuse.h"

#include "base/alloc.h"

#include <string.h>

/** What an instruction is to a sequence. */
static bool is_load(TtInsn insn) {
    return insn.op == TT_FAST_LOAD_LOCAL || insn.op == TT_FAST_LOAD_LOCAL_PEEK;
}

static bool is_int(TtInsn insn) {
    return insn.op == TT_OP_PUSH_INT;
}

static bool is_branch(TtInsn insn) {
    return insn.op == TT_OP_JZ || insn.op == TT_OP_JNZ;
}

static bool is_store(TtInsn insn) {
    return insn.op == TT_FAST_STORE_LOCAL;
}

/** Fused forms of one comparison or arithmetic operation; 0 where there is none. */
typedef struct Forms {
    uint16_t op;
    uint16_t local_int, local_local;           /* followed by a branch or a store */
    uint16_t local_int_push, local_local_push; /* leaving the result on the stack */
    uint16_t branch;                           /* operands on the stack */
} Forms;

#define COMPARE(name)                                                                                        \
    { TT_OP_##name, TT_FAST_##name##_LI_J, TT_FAST_##name##_LL_J, 0, 0, TT_FAST_##name##_J }
#define ARITH(name)                                                                                          \
    {                                                                                                        \
        TT_OP_##name, TT_FAST_##name##_LI_S, TT_FAST_##name##_LL_S, TT_FAST_##name##_LI,                     \
            TT_FAST_##name##_LL, 0                                                                           \
    }

static const Forms all_forms[] = {COMPARE(LT), COMPARE(LE), COMPARE(GT), COMPARE(GE), COMPARE(EQ),
                                  COMPARE(NE), ARITH(ADD),  ARITH(SUB),  ARITH(MUL)};

static const Forms *find_forms(TtInsn insn) {
    for (size_t i = 0; i < sizeof all_forms / sizeof *all_forms; i++)
        if (all_forms[i].op == insn.op) return &all_forms[i];
    return NULL;
}

/** The fused operation for the sequence at `code`, of which `left` instructions are there; 0: none. */
static uint16_t match(const TtInsn *code, uint32_t left, uint16_t *a) {
    const Forms *forms;
    if (left >= 4 && is_load(code[0]) && (is_int(code[1]) || is_load(code[1])) &&
        (forms = find_forms(code[2]))) {
        bool branches = forms->branch && is_branch(code[3]);
        *a = branches && code[3].op == TT_OP_JNZ;
        if (branches || (!forms->branch && is_store(code[3])))
            return is_int(code[1]) ? forms->local_int : forms->local_local;
    }
    if (left >= 3 && is_load(code[0]) && (is_int(code[1]) || is_load(code[1])) &&
        (forms = find_forms(code[2])) && forms->local_int_push)
        return is_int(code[1]) ? forms->local_int_push : forms->local_local_push;
    if (left >= 3 && code[0].op == TT_FAST_LOAD_LOCAL_PEEK && is_load(code[1]) && code[2].op == TT_OP_INDEX)
        return TT_FAST_INDEX_LL;
    if (left >= 2 && (forms = find_forms(code[0])) && forms->branch && is_branch(code[1])) {
        *a = code[1].op == TT_OP_JNZ;
        return forms->branch;
    }
    if (left >= 2 && is_int(code[0]) && is_store(code[1])) return TT_FAST_MOVE_LI;
    return 0;
}

TtInsn *tt_fuse_code(const TtInsn *plain, uint32_t count) {
    TtInsn *fused = tt_alloc(count * sizeof *fused);
    memcpy(fused, plain, count * sizeof *fused);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t a = 0, op = match(plain + i, count - i, &a);
        if (op) fused[i] = (TtInsn){op, a, plain[i].b};
    }
    return fused;
}
