// SPDX-License-Identifier: MIT
/**
 * Tail calls: CALL, RET becomes TAIL_CALL where the frame that is given up cannot be missed. README.md says
 * what that takes.
 */
#include "opt/pass.h"

/** What CALL and RET leave is what TAIL_CALL leaves: the callee leaves a value, or the caller has none. */
static bool leaves_the_same(const TtOpt *opt, const TtOptFact *fact, const TtFunction *function) {
    const TtOptScope *callee = &opt->scopes.items[opt->scope_of[function->entry]];
    return !callee->leaves_none || (fact->exact && fact->depth == function->parameter_count);
}

static bool can_replace(const TtOpt *opt, uint32_t at) {
    const TtFunction *function = &opt->module->functions.items[tt_opt_insn(opt, at).b];
    const TtOptScope *scope = &opt->scopes.items[opt->scope_of[at]];
    const TtOptFact *fact = tt_opt_fact(opt, at);
    if (!fact || opt->scope_of[at] == 0 || scope->has_try || function->entry >= opt->count) return false;
    if (fact->depth < function->parameter_count) return false;
    const TtOptScope *callee = &opt->scopes.items[opt->scope_of[function->entry]];
    if (callee->throws || callee->never_returns) return false;
    return leaves_the_same(opt, fact, function);
}

void tt_opt_tail_calls(TtOpt *opt) {
    for (uint32_t at = 0; at < opt->count; at++) {
        TtInsn insn = tt_opt_insn(opt, at);
        if (tt_opt_is_deleted(opt, at) || insn.op != TT_OP_CALL || !can_replace(opt, at)) continue;
        uint32_t next = tt_opt_at(opt, at + 1);
        if (next >= opt->count || tt_opt_insn(opt, next).op != TT_OP_RET) continue;
        tt_opt_replace(opt, at, (TtInsn){TT_OP_TAIL_CALL, 0, insn.b});
        /* A RET that others come to stays for them. */
        if (tt_opt_next(opt, at) == next) tt_opt_delete(opt, next);
        tt_opt_count(opt);
    }
}
