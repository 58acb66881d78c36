// SPDX-License-Identifier: MIT
/**
 * Forward data flow: a variable has a value when it has been stored on every way that leads here. DELETE
 * takes the value away again; names that a scope deletes are never counted on. Ways that register code does
 * not go (the heights call them unreached) count as well: stack code goes them, and comes back.
 */
#include "ir/bound.h"

#include "base/alloc.h"
#include "base/assert.h"

#define MOST_WORDS (1u << 22)

typedef struct Flow {
    const TtModule *module;
    const TtIrHeights *heights;
    TtIrBound *bound;
    bool *deleted; /* name → some DELETE names it */
    uint64_t *now; /* set at the place looked at */
    bool changed;
} Flow;

/** Control goes on at `to`, or a throw arrives there: always in the same scope (module/reach.h). */
static void meet(Flow *flow, uint32_t from, uint32_t to) {
    const TtModule *module = flow->module;
    if (to >= module->code.count) return;
    TT_ASSERT(module->scope_of[to] == module->scope_of[from]);
    uint64_t *there = flow->bound->bits + flow->bound->first[to];
    for (uint32_t w = 0; w < tt_ir_bound_words(module, module->scope_of[from]); w++) {
        flow->changed = flow->changed || (there[w] & ~flow->now[w]);
        there[w] &= flow->now[w];
    }
}

/** Code that goes on at the CATCH of a block goes on behind it. */
static void meet_behind_blocks(Flow *flow, uint32_t from, uint32_t to) {
    const TtModule *module = flow->module;
    while (to < module->code.count && tt_ir_is_block_catch(module->code.items[to]))
        to = module->blocks.items[module->code.items[to].b].end_at + 1;
    meet(flow, from, to);
}

static void bind(uint64_t *set, uint32_t slot) {
    set[slot / 64] |= 1ull << (slot % 64);
}

static void follow_block(Flow *flow, uint32_t at) {
    const TtModule *module = flow->module;
    uint32_t scope = module->scope_of[at];
    memcpy(flow->now, flow->bound->bits + flow->bound->first[at],
           tt_ir_bound_words(module, scope) * sizeof *flow->now);
    do {
        TtInsn insn = module->code.items[at];
        uint32_t target = tt_insn_target(module, insn);
        if (insn.op == TT_OP_STORE && !flow->deleted[insn.b])
            bind(flow->now, tt_scope_slot(module, scope, (uint32_t)insn.b));
        if (insn.op == TT_OP_TRY)
            meet(flow, at, target);
        else if (target != UINT32_MAX)
            meet_behind_blocks(flow, at, target);
        if (tt_op_info(insn.op)->flags & TT_FLAG_ENDS) return;
        at++;
    } while (at < module->code.count && !flow->heights->start[at]);
    if (at < module->code.count) meet_behind_blocks(flow, at - 1, at);
}

/** Where a function begins its parameters are bound, and nothing else. */
static void set_entries(Flow *flow) {
    const TtModule *module = flow->module;
    uint64_t *bits = flow->bound->bits;
    for (uint32_t i = 0; i < module->code.count; i++)
        if (flow->heights->entry[i])
            memset(bits + flow->bound->first[i], 0,
                   tt_ir_bound_words(module, module->scope_of[i]) * sizeof *bits);
    /* Where several functions or a label that SPAWN may name begin, nothing is bound. */
    uint32_t *owners = tt_alloc_zero((module->code.count + 1) * sizeof *owners);
    for (uint32_t i = 0; i < module->functions.count; i++) owners[module->functions.items[i].entry]++;
    for (uint32_t i = 0; i < module->code.count; i++) owners[i] += flow->heights->label[i];
    for (uint32_t i = 0; i < module->functions.count; i++) {
        const TtFunction *function = &module->functions.items[i];
        uint32_t at = function->entry;
        if (at >= module->code.count || owners[at] != 1 || at == 0) continue;
        for (uint32_t p = 0; p < function->parameter_count; p++) {
            uint32_t name =
                tt_names_find(&module->names, function->parameters[p], strlen(function->parameters[p]));
            if (!flow->deleted[name])
                bind(bits + flow->bound->first[at],
                     function->parameter_slots ? function->parameter_slots[p] : p);
        }
    }
    tt_free(owners);
}

void tt_ir_bound(const TtModule *module, const TtIrHeights *heights, TtIrBound *bound) {
    uint32_t count = module->code.count;
    size_t total = 0, most = 1;
    bound->first = tt_alloc_zero((count + 1) * sizeof *bound->first);
    for (uint32_t i = 0; i < count; i++) {
        if (!heights->start[i]) continue;
        uint32_t words = tt_ir_bound_words(module, module->scope_of[i]);
        bound->first[i] = total;
        total += words;
        if (words > most) most = words;
    }
    bound->known = total <= MOST_WORDS;
    if (!bound->known) return;
    bound->bits = tt_alloc((total + 1) * sizeof *bound->bits);
    memset(bound->bits, 0xff, (total + 1) * sizeof *bound->bits);
    Flow flow = {.module = module, .heights = heights, .bound = bound};
    flow.deleted = tt_alloc_zero((size_t)module->names.count + 1);
    flow.now = tt_alloc(most * sizeof *flow.now);
    for (uint32_t i = 0; i < count; i++)
        if (module->code.items[i].op == TT_OP_DELETE) flow.deleted[module->code.items[i].b] = true;
    set_entries(&flow);
    do {
        flow.changed = false;
        for (uint32_t i = 0; i < count; i++)
            if (heights->start[i]) follow_block(&flow, i);
    } while (flow.changed);
    tt_free(flow.deleted);
    tt_free(flow.now);
}

void tt_ir_bound_free(TtIrBound *bound) {
    tt_free(bound->bits);
    tt_free(bound->first);
}
