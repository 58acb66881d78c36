// SPDX-License-Identifier: MIT
/**
 * Constant folding: operations whose operands are pushed right before them and known are done by
 * module/arith.h, as the interpreter does them; branches on such a value become jumps or nothing. What would
 * raise stays.
 */
#include "opt/pass.h"

#include "module/arith.h"
#include "value/text.h"

/**
 * Finds the `count` instructions before `at` that push its operands, `pushes[0]` the first. All are known
 * when `values` is given.
 */
static bool find_operands(const TtOpt *opt, uint32_t at, uint32_t count, uint32_t *pushes, TtValue *values) {
    for (uint32_t i = count, before = at; i-- > 0;) {
        before = tt_opt_previous(opt, before);
        if (before == TT_OPT_NONE || !tt_opt_is_known_push(opt, before, &values[i])) return false;
        pushes[i] = before;
    }
    return true;
}

/** A LOAD of a known value that is used here is a constant that has been propagated. */
static void remove_push(TtOpt *opt, uint32_t at) {
    if (tt_opt_insn(opt, at).op == TT_OP_LOAD) opt->report->passes[TT_OPT_PROPAGATE].changes++;
    tt_opt_delete(opt, at);
}

/** The operation becomes a push of its result: what it finds is what its first operand's push found. */
static void set_result(TtOpt *opt, uint32_t at, const uint32_t *pushes, uint32_t count, TtValue result) {
    TtOptFact *fact = &opt->facts[at];
    const TtOptFact *first = &opt->facts[pushes[0]];
    fact->depth = first->depth;
    fact->exact = first->exact;
    fact->throws = false;
    fact->out = (TtOptValue){.types = 1u << result.tag, .known = true, .value = result};
    for (int i = 0; i < 3; i++) fact->in[i] = first->in[i];
    tt_opt_replace(opt, at, tt_opt_push_of(opt, result));
    for (uint32_t i = 0; i < count; i++) remove_push(opt, pushes[i]);
    tt_opt_count(opt);
}

static void fold_operation(TtOpt *opt, uint32_t at, TtInsn insn) {
    uint32_t pushes[2];
    TtValue values[2], result;
    bool binary = tt_arith_is_binary(insn.op) || insn.op == TT_OP_CONCAT;
    bool unary = tt_arith_is_unary(insn.op) || insn.op == TT_OP_LEN;
    if ((!binary && !unary) || !find_operands(opt, at, binary ? 2 : 1, pushes, values)) return;
    if (insn.op == TT_OP_LEN) {
        if (values[0].tag != TT_TAG_STR) return;
        result = tt_int((int64_t)tt_text_length(values[0]));
    } else if (insn.op == TT_OP_CONCAT) {
        if (!tt_opt_concatenate(opt, values[0], values[1], &result)) return;
    } else if (binary) {
        if (tt_arith_binary(insn.op, &values[0], &values[1], &result) != TT_OK) return;
    } else if (tt_arith_unary(insn.op, &values[0], &result) != TT_OK) {
        return;
    }
    set_result(opt, at, pushes, binary ? 2 : 1, result);
}

static void fold_branch(TtOpt *opt, uint32_t at, TtInsn insn) {
    uint32_t push;
    TtValue value;
    if (!find_operands(opt, at, 1, &push, &value)) return;
    remove_push(opt, push);
    opt->marks[at] |= TT_OPT_STALE;
    if (tt_truthy(value) == (insn.op == TT_OP_JNZ))
        tt_opt_replace(opt, at, (TtInsn){TT_OP_JMP, 0, insn.b});
    else
        tt_opt_delete(opt, at);
    tt_opt_count(opt);
}

void tt_opt_fold(TtOpt *opt) {
    for (uint32_t at = 0; at < opt->count; at++) {
        if (tt_opt_is_deleted(opt, at) || !tt_opt_fact(opt, at)) continue;
        TtInsn insn = tt_opt_insn(opt, at);
        if (insn.op == TT_OP_JZ || insn.op == TT_OP_JNZ)
            fold_branch(opt, at, insn);
        else
            fold_operation(opt, at, insn);
    }
}
