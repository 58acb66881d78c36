// SPDX-License-Identifier: MIT
/**
 * Backward data flow over the blocks of each scope: a variable is alive where some way on reads it before it
 * is stored. Sets are of slots; a block's is what is alive where it begins.
 */
#include "exec/liveness.h"

#include "base/alloc.h"

#include <string.h>

/** Modules that would need more are left alone: nothing is the last read. */
#define MOST_WORDS (1u << 21)

typedef struct Flow {
    const TtModule *module;
    const bool *block_start;
    bool *seen_whole; /* scope → may be looked at */
    size_t *first;    /* address of a block's start → its first word in `alive` */
    uint64_t *alive;
    uint64_t *now; /* set at the place looked at */
    bool *last;
} Flow;

static uint32_t words_of(const TtModule *module, uint32_t scope) {
    return module->scopes.items[scope].slot_count / 64 + 1;
}

static void join(Flow *flow, uint32_t to, uint32_t words) {
    if (to >= flow->module->code.count) return;
    const uint64_t *there = flow->alive + flow->first[to];
    for (uint32_t w = 0; w < words; w++) flow->now[w] |= there[w];
}

/** From the end of a block to its start; notes the last reads. Leaves in `now` what is alive at its start. */
static void follow_block(Flow *flow, uint32_t start, uint32_t end) {
    const TtModule *module = flow->module;
    uint32_t scope = module->scope_of[start], words = words_of(module, scope);
    memset(flow->now, 0, words * sizeof *flow->now);
    if (!(tt_op_info(module->code.items[end - 1].op)->flags & TT_FLAG_ENDS)) join(flow, end, words);
    for (uint32_t at = end; at-- > start;) {
        TtInsn insn = module->code.items[at];
        uint32_t target = tt_insn_target(module, insn);
        if (target != UINT32_MAX) join(flow, target, words);
        bool reads = insn.op == TT_OP_LOAD || insn.op == TT_OP_CAPTURE || insn.op == TT_OP_EXPORT;
        if (!reads && insn.op != TT_OP_STORE) continue;
        uint32_t slot = tt_scope_slot(module, scope, (uint32_t)insn.b);
        if (slot == TT_NO_SLOT) continue;
        uint64_t bit = 1ull << (slot % 64), *word = &flow->now[slot / 64];
        flow->last[at] = insn.op == TT_OP_LOAD && !(*word & bit);
        if (reads)
            *word |= bit;
        else
            *word &= ~bit;
    }
}

static uint32_t end_of_block(const Flow *flow, uint32_t start) {
    uint32_t end = start + 1;
    while (end < flow->module->code.count && !flow->block_start[end]) end++;
    return end;
}

/** One round over all blocks, last first; whether something has become alive somewhere. */
static bool follow_all(Flow *flow) {
    const TtModule *module = flow->module;
    bool changed = false;
    for (uint32_t at = module->code.count; at-- > 0;) {
        if ((at > 0 && !flow->block_start[at]) || !flow->seen_whole[module->scope_of[at]]) continue;
        follow_block(flow, at, end_of_block(flow, at));
        uint64_t *there = flow->alive + flow->first[at];
        uint32_t words = words_of(module, module->scope_of[at]);
        changed = changed || memcmp(there, flow->now, words * sizeof *there) != 0;
        memcpy(there, flow->now, words * sizeof *there);
    }
    return changed;
}

static void choose_scopes(Flow *flow) {
    const TtModule *module = flow->module;
    for (uint32_t i = 1; i < module->scopes.count; i++)
        flow->seen_whole[i] = !module->scopes.items[i].ordered;
    for (uint32_t i = 0; i < module->code.count; i++) {
        unsigned op = module->code.items[i].op;
        if (op == TT_OP_TRY || op == TT_OP_CATCH || op == TT_OP_END_TRY)
            flow->seen_whole[module->scope_of[i]] = false;
    }
}

bool *tt_exec_last_reads(const TtModule *module, const bool *block_start) {
    uint32_t count = module->code.count;
    Flow flow = {.module = module, .block_start = block_start};
    flow.last = tt_alloc_zero((size_t)count + 1);
    flow.seen_whole = tt_alloc_zero((size_t)module->scopes.count + 1);
    flow.first = tt_alloc_zero(((size_t)count + 1) * sizeof *flow.first);
    choose_scopes(&flow);
    size_t total = 0, most = 1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t scope = module->scope_of[i];
        if ((i > 0 && !block_start[i]) || !flow.seen_whole[scope]) continue;
        flow.first[i] = total;
        total += words_of(module, scope);
        if (words_of(module, scope) > most) most = words_of(module, scope);
    }
    if (total > 0 && total <= MOST_WORDS) {
        flow.alive = tt_alloc_zero(total * sizeof *flow.alive);
        flow.now = tt_alloc_zero(most * sizeof *flow.now);
        while (follow_all(&flow)) {
        }
        tt_free(flow.alive);
        tt_free(flow.now);
    }
    tt_free(flow.first);
    tt_free(flow.seen_whole);
    return flow.last;
}
