// SPDX-License-Identifier: MIT
/**
 * Instruction combining: neighbours whose constants can be joined, operands that can change places,
 * operations that change nothing. What holds for Ints only (they wrap, so + and × are associative) is done
 * where the operand is surely an Int; -0, NaN and rounding forbid it for Floats.
 */
#include "opt/pass.h"

#include "module/arith.h"

#define INT TT_OPT_TYPE(INT)

/** The instructions of a sequence that ends at `at`, from the last one back. */
typedef struct Tail {
    uint32_t at[4]; /* at[0] the last */
    uint32_t count;
} Tail;

static Tail find_tail(const TtOpt *opt, uint32_t at, uint32_t count) {
    Tail tail = {{at}, 1};
    while (tail.count < count) {
        at = tt_opt_previous(opt, at);
        if (at == TT_OPT_NONE) break;
        tail.at[tail.count++] = at;
    }
    return tail;
}

/** What the second operand of a binary operation is, when it can be trusted. */
static const TtOptFact *fact_of(const TtOpt *opt, uint32_t at) {
    return tt_opt_fact(opt, at);
}

static bool is_known_int(const TtOpt *opt, uint32_t at, int64_t *value) {
    TtValue constant;
    if (!tt_opt_is_known_push(opt, at, &constant) || constant.tag != TT_TAG_INT) return false;
    *value = constant.as.i;
    return true;
}

static void mark_stale(TtOpt *opt, const Tail *tail, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) opt->marks[tail->at[i]] |= TT_OPT_STALE;
}

static TtInsn plain(TtOp op) {
    return (TtInsn){(uint16_t)op, 0, 0};
}

/** Whether `x OP constant` is x, whatever number (or, with `int_only`, whatever Int) x is. */
static bool is_neutral(unsigned op, int64_t constant, bool *int_only) {
    *int_only = true;
    switch (op) {
    case TT_OP_MUL:
    case TT_OP_DIV: *int_only = false; return constant == 1;
    case TT_OP_SUB: *int_only = false; return constant == 0;
    case TT_OP_ADD:
    case TT_OP_BIT_OR:
    case TT_OP_BIT_XOR:
    case TT_OP_SHL:
    case TT_OP_SHR: return constant == 0;
    case TT_OP_BIT_AND: return constant == -1;
    default: return false;
    }
}

/** x, constant, OP → x */
static bool drop_neutral(TtOpt *opt, uint32_t at, TtInsn insn) {
    Tail tail = find_tail(opt, at, 2);
    int64_t constant;
    bool int_only;
    const TtOptFact *fact = fact_of(opt, at);
    if (tail.count < 2 || !fact || !is_known_int(opt, tail.at[1], &constant) ||
        !is_neutral(insn.op, constant, &int_only) || fact->depth < 2 ||
        !tt_opt_is(fact->in[1], int_only ? INT : TT_OPT_NUMBER))
        return false;
    tt_opt_delete(opt, tail.at[0]);
    tt_opt_delete(opt, tail.at[1]);
    mark_stale(opt, &tail, 2);
    return true;
}

/** x, 0, MUL or BIT_AND → 0, for an Int x */
static bool drop_absorbed(TtOpt *opt, uint32_t at, TtInsn insn) {
    Tail tail = find_tail(opt, at, 2);
    int64_t constant;
    const TtOptFact *fact = fact_of(opt, at);
    if ((insn.op != TT_OP_MUL && insn.op != TT_OP_BIT_AND) || tail.count < 2 || !fact || fact->depth < 2 ||
        !is_known_int(opt, tail.at[1], &constant) || constant != 0 || !tt_opt_is(fact->in[1], INT))
        return false;
    tt_opt_replace(opt, tail.at[1], plain(TT_OP_POP));
    tt_opt_replace(opt, tail.at[0], tt_opt_push_of(opt, tt_int(0)));
    mark_stale(opt, &tail, 2);
    return true;
}

/** x, a, OP, b, OP → x, a∘b, OP */
static bool join_constants(TtOpt *opt, uint32_t at, TtInsn insn) {
    Tail tail = find_tail(opt, at, 4);
    if (tail.count < 4) return false;
    unsigned first = tt_opt_insn(opt, tail.at[2]).op;
    int64_t a, b;
    const TtOptFact *fact = fact_of(opt, tail.at[2]);
    if (!fact || fact->depth < 2 || !tt_opt_is(fact->in[1], INT) || !is_known_int(opt, tail.at[3], &a) ||
        !is_known_int(opt, tail.at[1], &b))
        return false;
    bool sums = (insn.op == TT_OP_ADD || insn.op == TT_OP_SUB) && (first == TT_OP_ADD || first == TT_OP_SUB);
    bool same = insn.op == first && (insn.op == TT_OP_MUL || insn.op == TT_OP_BIT_AND ||
                                     insn.op == TT_OP_BIT_OR || insn.op == TT_OP_BIT_XOR);
    if (!sums && !same) return false;
    unsigned op = insn.op;
    TtValue x = tt_int(a), y = tt_int(b), joined;
    if (sums) {
        if (first == TT_OP_SUB) x = tt_int((int64_t)(0 - (uint64_t)a));
        if (insn.op == TT_OP_SUB) y = tt_int((int64_t)(0 - (uint64_t)b));
        op = TT_OP_ADD;
    }
    if (tt_arith_binary(op, &x, &y, &joined) != TT_OK) return false;
    /* A step down reads better, and fits where the sum does not. */
    if (op == TT_OP_ADD && joined.as.i < 0 && joined.as.i != INT64_MIN) {
        op = TT_OP_SUB;
        joined = tt_int(-joined.as.i);
    }
    tt_opt_replace(opt, tail.at[1], tt_opt_push_of(opt, joined));
    tt_opt_replace(opt, tail.at[0], plain((TtOp)op));
    tt_opt_delete(opt, tail.at[2]);
    tt_opt_delete(opt, tail.at[3]);
    mark_stale(opt, &tail, 4);
    return true;
}

/** x, "a", CONCAT, "b", CONCAT → x, "ab", CONCAT */
static bool join_texts(TtOpt *opt, uint32_t at, TtInsn insn) {
    Tail tail = find_tail(opt, at, 4);
    TtValue a, b;
    if (insn.op != TT_OP_CONCAT || tail.count < 4 || tt_opt_insn(opt, tail.at[2]).op != TT_OP_CONCAT ||
        !tt_opt_is_known_push(opt, tail.at[3], &a) || !tt_opt_is_known_push(opt, tail.at[1], &b) ||
        a.tag != TT_TAG_STR)
        return false;
    const TtOptFact *fact = fact_of(opt, tail.at[2]);
    if (!fact || fact->depth < 2) return false;
    TtValue joined;
    if (!tt_opt_concatenate(opt, a, b, &joined)) return false;
    tt_opt_replace(opt, tail.at[1], tt_opt_push_of(opt, joined));
    tt_opt_delete(opt, tail.at[2]);
    tt_opt_delete(opt, tail.at[3]);
    mark_stale(opt, &tail, 4);
    return true;
}

/** The operation with its operands exchanged, or -1. `numbers`: only when both are numbers. */
static int exchanged(unsigned op, bool *numbers) {
    *numbers = true;
    switch (op) {
    case TT_OP_ADD:
    case TT_OP_MUL:
    case TT_OP_ADD_F:
    case TT_OP_MUL_F:
    case TT_OP_EQ_F:
    case TT_OP_NE_F: return (int)op;
    case TT_OP_LT: return TT_OP_GT;
    case TT_OP_GT: return TT_OP_LT;
    case TT_OP_LE: return TT_OP_GE;
    case TT_OP_GE: return TT_OP_LE;
    case TT_OP_EQ:
    case TT_OP_NE:
    case TT_OP_AND:
    case TT_OP_OR: *numbers = false; return (int)op;
    default: return -1;
    }
}

/** a, b, SWAP, OP → a, b, OP'; constant, x, OP → x, constant, OP' */
static bool exchange_operands(TtOpt *opt, uint32_t at, TtInsn insn) {
    bool numbers;
    int other = exchanged(insn.op, &numbers);
    const TtOptFact *fact = fact_of(opt, at);
    if (other < 0 || !fact || fact->depth < 2) return false;
    if (numbers && (!tt_opt_is(fact->in[0], TT_OPT_NUMBER) || !tt_opt_is(fact->in[1], TT_OPT_NUMBER)))
        return false;
    Tail tail = find_tail(opt, at, 3);
    if (tail.count >= 2 && tt_opt_insn(opt, tail.at[1]).op == TT_OP_SWAP) {
        const TtOptFact *before = fact_of(opt, tail.at[1]);
        if (!before || before->depth < 2) return false; /* it is SWAP that finds too few */
        tt_opt_delete(opt, tail.at[1]);
        tt_opt_replace(opt, at, plain((TtOp)other));
        mark_stale(opt, &tail, 2);
        return true;
    }
    TtValue constant;
    if (tail.count < 3 || !tt_opt_is_known_push(opt, tail.at[2], &constant) ||
        tt_opt_insn(opt, tail.at[2]).op == TT_OP_LOAD || tt_opt_insn(opt, tail.at[1]).op != TT_OP_LOAD ||
        !tt_opt_is_push(opt, tail.at[1]))
        return false;
    TtInsn push = tt_opt_insn(opt, tail.at[2]), load = tt_opt_insn(opt, tail.at[1]);
    tt_opt_replace(opt, tail.at[2], load);
    tt_opt_replace(opt, tail.at[1], push);
    uint32_t var = opt->var_of[tail.at[1]];
    opt->var_of[tail.at[1]] = opt->var_of[tail.at[2]];
    opt->var_of[tail.at[2]] = var;
    tt_opt_replace(opt, at, plain((TtOp)other));
    mark_stale(opt, &tail, 3);
    return true;
}

/** x, NEG, NEG → x; x, BIT_NOT, BIT_NOT → x; x, y, NEG, ADD → x, y, SUB and the other way round */
static bool join_signs(TtOpt *opt, uint32_t at, TtInsn insn) {
    Tail tail = find_tail(opt, at, 2);
    if (tail.count < 2) return false;
    unsigned before = tt_opt_insn(opt, tail.at[1]).op;
    const TtOptFact *fact = fact_of(opt, tail.at[1]), *now = fact_of(opt, at);
    if (!fact || !now || fact->throws || now->throws) return false;
    bool twice = insn.op == before && (insn.op == TT_OP_NEG || insn.op == TT_OP_BIT_NOT);
    bool sign = before == TT_OP_NEG && (insn.op == TT_OP_ADD || insn.op == TT_OP_SUB) &&
                tt_opt_is(fact->in[0], INT) && tt_opt_is(now->in[1], INT);
    if (!twice && !sign) return false;
    tt_opt_delete(opt, tail.at[1]);
    if (twice)
        tt_opt_delete(opt, at);
    else
        tt_opt_replace(opt, at, plain(insn.op == TT_OP_ADD ? TT_OP_SUB : TT_OP_ADD));
    mark_stale(opt, &tail, 2);
    return true;
}

/**
 * x, 0, EQ or NE, JZ or JNZ → x, JNZ or JZ for an Int x. Not behind a LOAD: those four are one operation of
 * the interpreter already.
 */
static bool branch_on_zero(TtOpt *opt, uint32_t at, TtInsn insn) {
    Tail tail = find_tail(opt, at, 4);
    if ((insn.op != TT_OP_JZ && insn.op != TT_OP_JNZ) || tail.count < 3) return false;
    unsigned compare = tt_opt_insn(opt, tail.at[1]).op;
    const TtOptFact *fact = fact_of(opt, tail.at[1]);
    int64_t constant;
    if ((compare != TT_OP_EQ && compare != TT_OP_NE) || !fact || fact->depth < 2 ||
        !tt_opt_is(fact->in[1], INT) || !is_known_int(opt, tail.at[2], &constant) || constant != 0)
        return false;
    if (tail.count == 4 && tt_opt_insn(opt, tail.at[3]).op == TT_OP_LOAD) return false;
    bool on_zero = (compare == TT_OP_EQ) == (insn.op == TT_OP_JNZ);
    tt_opt_replace(opt, at, (TtInsn){on_zero ? TT_OP_JZ : TT_OP_JNZ, 0, insn.b});
    tt_opt_delete(opt, tail.at[1]);
    tt_opt_delete(opt, tail.at[2]);
    mark_stale(opt, &tail, 3);
    return true;
}

typedef bool (*Rule)(TtOpt *opt, uint32_t at, TtInsn insn);
static const Rule rules[] = {drop_neutral,      drop_absorbed, join_constants, join_texts,
                             exchange_operands, join_signs,    branch_on_zero};

/** Whether a sequence that some rule takes can end with it: an operation, or a branch. */
static bool ends_sequence(unsigned op) {
    const TtOpInfo *info = tt_op_info(op);
    return info->pops > 0 && (info->flags & (TT_FLAG_PURE | TT_FLAG_JUMPS));
}

void tt_opt_combine(TtOpt *opt) {
    for (uint32_t at = 0; at < opt->count; at++) {
        if (!ends_sequence(tt_opt_insn(opt, at).op)) continue;
        for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
            if (tt_opt_is_deleted(opt, at) || !opt->facts[at].reached) break;
            if (rules[i](opt, at, tt_opt_insn(opt, at))) {
                tt_opt_count(opt);
                break;
            }
        }
    }
}
