// SPDX-License-Identifier: MIT
/**
 * Memory layout: stores that nobody reads, loads right behind the store of the same variable, and (pack.c)
 * variables that can share a slot.
 */
#include "opt/pass.h"

/** STORE x, LOAD x of a variable that nothing reads afterwards: the value simply stays. */
static bool forward_store(TtOpt *opt, uint32_t at, TtInsn insn) {
    uint32_t load = tt_opt_next(opt, at);
    const TtOptFact *fact = tt_opt_fact(opt, at);
    if (load == TT_OPT_NONE || tt_opt_insn(opt, load).op != TT_OP_LOAD ||
        tt_opt_insn(opt, load).b != insn.b || !opt->last_load[load] || !fact || !fact->depth)
        return false;
    tt_opt_delete(opt, at);
    tt_opt_delete(opt, load);
    opt->marks[at] |= TT_OPT_STALE;
    opt->marks[load] |= TT_OPT_STALE;
    return true;
}

/** LOAD x, STORE x: it has that value. */
static bool drop_self_store(TtOpt *opt, uint32_t at, TtInsn insn) {
    uint32_t load = tt_opt_previous(opt, at);
    if (load == TT_OPT_NONE || tt_opt_insn(opt, load).op != TT_OP_LOAD ||
        tt_opt_insn(opt, load).b != insn.b || !tt_opt_is_push(opt, load))
        return false;
    tt_opt_delete(opt, at);
    tt_opt_delete(opt, load);
    return true;
}

void tt_opt_memory(TtOpt *opt) {
    for (uint32_t at = 0; at < opt->count; at++) {
        TtInsn insn = tt_opt_insn(opt, at);
        if (tt_opt_is_deleted(opt, at) || insn.op != TT_OP_STORE || !opt->facts[at].reached) continue;
        if (opt->marks[at] & TT_OPT_STALE) continue;
        if (opt->dead_store[at]) {
            opt->marks[at] |= TT_OPT_STALE;
            tt_opt_replace(opt, at, (TtInsn){TT_OP_POP, 0, 0});
        } else if (!drop_self_store(opt, at, insn) && !forward_store(opt, at, insn)) {
            continue;
        }
        tt_opt_count(opt);
    }
}
