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

/** An instruction that pushes one value and cannot fail, given that variables are bound. */
static bool is_simple_push(TtInsn insn) {
    return insn.op == TT_OP_TRUE || insn.op == TT_OP_FALSE || insn.op == TT_OP_NULL || is_int(insn) ||
           insn.op == TT_FAST_LOAD_LOCAL;
}

/** Fused forms of one comparison or arithmetic operation; 0 where there is none. */
typedef struct Forms {
    uint16_t op;
    uint16_t local_int, local_local;           /* followed by a branch or a store */
    uint16_t local_int_push, local_local_push; /* leaving the result on the stack */
    uint16_t stack;                            /* operands on the stack, followed by a branch or a store */
    uint16_t loop_int_int, loop_int_local, loop_local_local; /* closing a counting loop */
} Forms;

#define COMPARE(name)                                                                                        \
    { TT_OP_##name, TT_FAST_##name##_LI_J, TT_FAST_##name##_LL_J, 0, 0, TT_FAST_##name##_J, 0, 0, 0 }
#define COMPARE_LOOP(name)                                                                                   \
    {                                                                                                        \
        TT_OP_##name, TT_FAST_##name##_LI_J, TT_FAST_##name##_LL_J, 0, 0, TT_FAST_##name##_J,                \
            TT_FAST_LOOP_##name##_II, TT_FAST_LOOP_##name##_IL, TT_FAST_LOOP_##name##_LL                     \
    }
#define ARITH(name)                                                                                          \
    {                                                                                                        \
        TT_OP_##name, TT_FAST_##name##_LI_S, TT_FAST_##name##_LL_S, TT_FAST_##name##_LI,                     \
            TT_FAST_##name##_LL, TT_FAST_##name##_S, 0, 0, 0                                                 \
    }

static const Forms all_forms[] = {COMPARE_LOOP(LT), COMPARE_LOOP(LE), COMPARE(GT), COMPARE(GE), COMPARE(EQ),
                                  COMPARE(NE),      ARITH(ADD),       ARITH(SUB),  ARITH(MUL)};

static const Forms *find_forms_of(unsigned op) {
    for (size_t i = 0; i < sizeof all_forms / sizeof *all_forms; i++)
        if (all_forms[i].op == op) return &all_forms[i];
    return NULL;
}

static const Forms *find_forms(TtInsn insn) {
    return find_forms_of(insn.op);
}

static bool is_compare(const Forms *forms) {
    return !forms->local_int_push;
}

/** The comparison whose truth takes the branch, of Ints: not to be greater or equal is to be less. */
static unsigned comparison_of(TtInsn compare, TtInsn branch) {
    if (branch.op == TT_OP_JNZ) return compare.op;
    if (branch.op != TT_OP_JZ) return TT_OP_COUNT;
    return compare.op == TT_OP_GE ? TT_OP_LT : compare.op == TT_OP_GT ? TT_OP_LE : TT_OP_COUNT;
}

/** The end of a counting loop: the counter goes up and is compared with a bound that is something else. */
static uint16_t match_loop(const TtInsn *code, uint32_t left) {
    const Forms *forms;
    if (left < 8 || code[2].op != TT_OP_ADD || !is_store(code[3]) || code[3].b != code[0].b ||
        !is_load(code[4]) || code[4].b != code[0].b ||
        !(forms = find_forms_of(comparison_of(code[6], code[7]))))
        return 0;
    bool bound_local = is_load(code[5]) && code[5].b != code[0].b;
    if (is_int(code[1]))
        return is_int(code[5]) ? forms->loop_int_int : bound_local ? forms->loop_int_local : 0;
    return bound_local ? forms->loop_local_local : 0;
}

/** Sequences that begin with LOAD x · (PUSH_INT k | LOAD y). */
static uint16_t match_two_operands(const TtInsn *code, uint32_t left, uint16_t *a) {
    uint16_t loop = match_loop(code, left);
    if (loop) return loop;
    if (left >= 4 && is_load(code[1]) && code[2].op == TT_OP_MUL) {
        if (code[3].op == TT_OP_ADD) return TT_FAST_MUL_LL_ADD;
        if (code[3].op == TT_OP_SUB) return TT_FAST_MUL_LL_SUB;
    }
    const Forms *forms = find_forms(code[2]);
    if (!forms) return 0;
    if (left >= 4) {
        bool branches = is_compare(forms) && is_branch(code[3]);
        *a = branches && code[3].op == TT_OP_JNZ;
        if (branches || (!is_compare(forms) && is_store(code[3])))
            return is_int(code[1]) ? forms->local_int : forms->local_local;
    }
    return is_int(code[1]) ? forms->local_int_push : forms->local_local_push;
}

/**
 * Sequences that begin with a LOAD of a list that is only peeked at. A list that is put into itself has to be
 * copied, which the mark that its second LOAD leaves sees to.
 */
static uint16_t match_list(const TtInsn *code, uint32_t left, uint16_t *a) {
    if (left >= 5 && is_load(code[1]) && is_simple_push(code[2]) &&
        !(is_load(code[2]) && code[2].b == code[0].b) && code[3].op == TT_FAST_LIST_SET_OWN &&
        is_store(code[4]) && code[4].b == code[0].b)
        return TT_FAST_SET_ITEM_LL;
    if (left >= 4 && is_simple_push(code[1]) && code[2].op == TT_OP_LIST_APPEND && is_store(code[3]) &&
        code[3].b == code[0].b)
        return TT_FAST_APPEND_ITEM_L;
    if (left < 3 || !is_load(code[1]) || code[2].op != TT_OP_INDEX) return 0;
    if (left == 3 || !is_branch(code[3])) return TT_FAST_INDEX_LL;
    *a = code[3].op == TT_OP_JNZ;
    return TT_FAST_INDEX_LL_J;
}

/** The fused operation for the sequence at `code`, of which `left` instructions are there; 0: none. */
static uint16_t match(const TtInsn *code, uint32_t left, uint16_t *a) {
    uint16_t op = 0;
    const Forms *forms;
    if (left >= 3 && is_load(code[0]) && (is_int(code[1]) || is_load(code[1])))
        op = match_two_operands(code, left, a);
    if (!op && code[0].op == TT_FAST_LOAD_LOCAL_PEEK) {
        op = match_list(code, left, a);
        if (!op && left >= 2 && code[1].op == TT_OP_GET_FIELD) op = TT_FAST_GET_FIELD_L;
    }
    if (op || left < 2) return op;
    if ((forms = find_forms(code[0]))) {
        bool fits = is_compare(forms) ? is_branch(code[1]) : is_store(code[1]);
        *a = code[1].op == TT_OP_JNZ;
        return fits ? forms->stack : 0;
    }
    return is_int(code[0]) && is_store(code[1]) ? TT_FAST_MOVE_LI : 0;
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
