// SPDX-License-Identifier: MIT
/**
 * Dead code elimination: what no way leads to, and NOPs. (Values that are pushed and dropped are the
 * peephole's business.)
 *
 * TRY, CATCH and END_TRY of the block form find each other by how they stand in the text, so unreached ones
 * are removed only when what is left still pairs as before: else all of them stay.
 */
#include "opt/pass.h"

#include "base/alloc.h"
#include "module/blocks.h"

static bool is_handler_part(TtInsn insn) {
    return insn.op == TT_OP_TRY || insn.op == TT_OP_CATCH || insn.op == TT_OP_END_TRY;
}

/** Whether the block's TRY is left: a HALT of put_stops may stand there. */
static bool is_there(const TtOpt *opt, uint32_t block) {
    uint32_t at = opt->module->blocks.items[block].try_at;
    if (at >= opt->count || tt_opt_is_deleted(opt, at)) return false;
    TtInsn insn = tt_opt_insn(opt, at);
    return insn.op == TT_OP_TRY && insn.a == 1 && (uint32_t)insn.b == block;
}

/** Whether the text that is left pairs the blocks that are left in the same way. */
static bool pairs_as_before(TtOpt *opt) {
    const TtModule *module = opt->module;
    TtModule left = {0};
    uint32_t *from = tt_alloc(((size_t)opt->count + 1) * sizeof *from);
    uint32_t *to = tt_alloc(((size_t)opt->count + 1) * sizeof *to);
    for (uint32_t at = 0; at < opt->count; at++) {
        to[at] = left.code.count;
        if (tt_opt_is_deleted(opt, at)) continue;
        from[left.code.count] = at;
        tt_vec_push(&left.code, module->code.items[at]);
    }
    to[opt->count] = left.code.count;
    for (uint32_t at = 0; at < left.code.count; at++) {
        TtInsn *insn = &left.code.items[at];
        if (insn->op == TT_OP_TRY && insn->a == 0) insn->b = (int32_t)to[insn->b];
    }
    TtBlockPairs pairs;
    tt_blocks_pair(&left, &pairs);
    bool same = pairs.problems.count == 0;
    uint32_t members = 0;
    for (uint32_t i = 0; i < pairs.blocks.count && same; i++) {
        const TtBlock *pair = &pairs.blocks.items[i];
        const TtBlock *block = &module->blocks.items[module->code.items[from[pair->try_at]].b];
        same = block->try_at == from[pair->try_at] && block->catch_at == from[pair->catch_at] &&
               block->end_at == from[pair->end_at];
    }
    for (uint32_t i = 0; i < module->blocks.count; i++) members += is_there(opt, i);
    same = same && members == pairs.blocks.count;
    for (uint32_t at = 0; at < left.code.count && same; at++) {
        TtInsn insn = left.code.items[at];
        if (insn.op == TT_OP_CATCH && insn.a == 1)
            same = !tt_opt_is_deleted(opt, module->blocks.items[insn.b].try_at);
    }
    tt_blocks_free(&pairs);
    tt_vec_free(&left.code);
    tt_free(from);
    tt_free(to);
    return same;
}

/**
 * Whether control goes from an instruction to the next one as far as anyone knows who does not follow calls
 * and errors: so also from unreached ones that stay.
 */
static bool goes_on(const TtOpt *opt, uint32_t at) {
    return !tt_opt_is_deleted(opt, at) && !(tt_op_info(tt_opt_insn(opt, at).op)->flags & TT_FLAG_ENDS);
}

/** A HALT that put_stops has left. */
static bool is_stop(const TtOpt *opt, uint32_t at) {
    return at > 0 && tt_opt_insn(opt, at).op == TT_OP_HALT && goes_on(opt, at - 1);
}

/**
 * Whether the instruction gives a top level that shows its imports the variable that it names: there are
 * those that some code of the module names, reached or not.
 */
static bool names_import(const TtOpt *opt, TtInsn insn) {
    return opt->scopes.items[0].pinned && (insn.op == TT_OP_LOAD || insn.op == TT_OP_CAPTURE ||
                                           insn.op == TT_OP_EXPORT || insn.op == TT_OP_STORE_GLOBAL);
}

/** The NOP that keeps two entries apart (edit.c). `entry`, by address: a function that is used begins. */
static bool keeps_apart(const TtOpt *opt, const bool *entry, uint32_t at) {
    return tt_opt_insn(opt, at).op == TT_OP_NOP && entry[at] && entry[at + 1];
}

static uint32_t remove_unreached(TtOpt *opt, const bool *entry, bool handlers) {
    uint32_t removed = 0;
    for (uint32_t at = 0; at < opt->count; at++) {
        if (tt_opt_is_deleted(opt, at) || opt->facts[at].reached || keeps_apart(opt, entry, at)) continue;
        if (opt->scopes.items[opt->scope_of[at]].pinned || names_import(opt, tt_opt_insn(opt, at))) continue;
        if (opt->shows_captures && tt_opt_insn(opt, at).op == TT_OP_CAPTURE) continue;
        if (is_handler_part(tt_opt_insn(opt, at)) != handlers || is_stop(opt, at)) continue;
        tt_opt_delete(opt, at);
        removed++;
    }
    return removed;
}

static void restore_handlers(TtOpt *opt, uint32_t removed) {
    for (uint32_t at = 0; at < opt->count; at++)
        if (!opt->facts[at].reached && is_handler_part(tt_opt_insn(opt, at))) tt_opt_restore(opt, at);
    opt->report->passes[opt->pass].removed -= removed;
}

/**
 * Behind a call that never comes back, or a branch that is always taken, a HALT is left: otherwise the code
 * of another function would seem to be gone on with, and share this one's frames.
 */
static uint32_t put_stops(TtOpt *opt) {
    uint32_t stops = 0;
    for (uint32_t at = 0; at + 1 < opt->count; at++) {
        if (!goes_on(opt, at) || opt->facts[at + 1].reached || !tt_opt_is_deleted(opt, at + 1)) continue;
        tt_opt_replace(opt, at + 1, (TtInsn){TT_OP_HALT, 0, 0});
        opt->report->passes[opt->pass].removed--;
        stops++;
    }
    return stops;
}

static uint32_t remove_nops(TtOpt *opt, const bool *entry) {
    uint32_t removed = 0;
    for (uint32_t at = 0; at < opt->count; at++) {
        if (tt_opt_is_deleted(opt, at) || tt_opt_insn(opt, at).op != TT_OP_NOP) continue;
        if (keeps_apart(opt, entry, at)) continue;
        tt_opt_delete(opt, at);
        removed++;
    }
    return removed;
}

void tt_opt_dead_code(TtOpt *opt) {
    const TtModule *module = opt->module;
    bool changed = opt->changed;
    bool *entry = tt_alloc_zero((size_t)opt->count + 1);
    for (uint32_t i = 0; i < module->functions.count; i++)
        if (opt->used[i]) entry[module->functions.items[i].entry] = true;
    uint32_t removed = remove_unreached(opt, entry, false);
    uint32_t handlers = remove_unreached(opt, entry, true);
    if (handlers && module->blocks.count && !pairs_as_before(opt)) {
        restore_handlers(opt, handlers);
        handlers = 0;
    }
    removed -= put_stops(opt);
    removed += remove_nops(opt, entry);
    tt_free(entry);
    opt->report->passes[opt->pass].changes += removed + handlers;
    opt->changed = changed || removed || handlers;
}
