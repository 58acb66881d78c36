// SPDX-License-Identifier: MIT
/**
 * Constant propagation: LOAD, DUP and OVER of a value that is known on every way become a push of it. The
 * variable itself is left to the memory pass.
 */
#include "opt/pass.h"

/** The instruction before, whoever else comes to this one; TT_OPT_NONE at the start. */
static uint32_t textually_before(const TtOpt *opt, uint32_t at) {
    while (at > 0)
        if (!tt_opt_is_deleted(opt, --at)) return at;
    return TT_OPT_NONE;
}

/** Whether it is the bound of `LOAD i, LOAD k, ADD, STORE i, LOAD i, LOAD n, LT or LE, JNZ`: one operation of
 * the interpreter. */
static bool is_bound_of_loop(const TtOpt *opt, uint32_t at) {
    static const uint16_t before[] = {TT_OP_LOAD, TT_OP_STORE, TT_OP_ADD, TT_OP_LOAD, TT_OP_LOAD};
    uint32_t next = tt_opt_next(opt, at);
    if (next == TT_OPT_NONE ||
        (tt_opt_insn(opt, next).op != TT_OP_LT && tt_opt_insn(opt, next).op != TT_OP_LE))
        return false;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        at = textually_before(opt, at);
        if (at == TT_OPT_NONE || tt_opt_insn(opt, at).op != before[i]) return false;
    }
    return true;
}

/**
 * Two LOADs before an operation are one operation of the interpreter, a constant before a LOAD is not: such
 * a LOAD is left unless the operands can change places (combine.c).
 */
static bool is_better_loaded(const TtOpt *opt, uint32_t at, TtValue value) {
    if (value.tag != TT_TAG_INT) return false;
    if (value.as.i < INT32_MIN || value.as.i > INT32_MAX) return true;
    if (is_bound_of_loop(opt, at)) return true;
    uint32_t second = tt_opt_next(opt, at);
    if (second == TT_OPT_NONE || tt_opt_insn(opt, second).op != TT_OP_LOAD) return false;
    const TtOptFact *fact = tt_opt_fact(opt, second);
    if (!fact || fact->out.known) return false;
    uint32_t third = tt_opt_next(opt, second);
    if (third == TT_OPT_NONE) return false;
    switch (tt_opt_insn(opt, third).op) {
    case TT_OP_SUB:
    case TT_OP_INDEX: return true;
    case TT_OP_ADD:
    case TT_OP_MUL:
    case TT_OP_LT:
    case TT_OP_LE:
    case TT_OP_GT:
    case TT_OP_GE: return !tt_opt_is(fact->out, TT_OPT_NUMBER);
    default: return false;
    }
}

void tt_opt_propagate(TtOpt *opt) {
    for (uint32_t at = 0; at < opt->count; at++) {
        if (tt_opt_is_deleted(opt, at)) continue;
        TtInsn insn = tt_opt_insn(opt, at);
        if (insn.op != TT_OP_LOAD && insn.op != TT_OP_DUP && insn.op != TT_OP_OVER) continue;
        const TtOptFact *fact = tt_opt_fact(opt, at);
        if (!fact || fact->throws || !fact->out.known) continue;
        if (insn.op == TT_OP_LOAD && is_better_loaded(opt, at, fact->out.value)) continue;
        tt_opt_replace(opt, at, tt_opt_push_of(opt, fact->out.value));
        tt_opt_count(opt);
    }
}
