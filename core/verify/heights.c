// SPDX-License-Identifier: MIT
/**
 * Stack heights, three numbers for each instruction, in passes over the code from front to back:
 *
 *   lowest   operands that are surely there: the least over all ways to come here
 *   highest  operands that can be there, or UNBOUNDED
 *   growth   cells above the height at the last start: the most over all ways to come here
 *
 * A *start* is an instruction where `lowest` is 0 and growth begins anew: entries of functions, labels
 * (SPAWN can name any of them), handlers (a throw cuts the stack to what was there at TRY, or less),
 * and targets of backward jumps. All other edges lead forward, so one pass sees every way. What remains
 * to be iterated is whether backward jumps raise `highest`, and what functions leave:
 *
 *   leaves_some[scope]  every RET of the scope finds an operand: CALL surely yields a value
 *   leaves_none[scope]  no RET of the scope finds one: CALL surely yields nothing
 *
 * Both are assumed at first and taken back when a pass finds otherwise; a pass that takes nothing back
 * has proven them (by induction over the returns of a run). When that takes too many passes, nothing is
 * assumed any more.
 */
#include "verify/verify.h"

#include "base/alloc.h"

#include <string.h>

#define MOST_PASSES 16
#define UNBOUNDED   UINT32_MAX
/** Growth below this is not told apart: a higher figure only wastes room. */
#define LEAST_GROWTH (-(1 << 28))

typedef struct Scope {
    bool leaves_some, leaves_none;
    uint32_t most; /* growth after any instruction */
} Scope;

typedef struct Heights {
    TtModule *module;
    uint32_t count;
    uint16_t *lowest;
    uint32_t *highest;
    int32_t *growth;
    bool *start, *backward; /* backward: target of a backward edge */
    bool *unbounded;        /* `highest` is raised by a backward edge */
    bool *reached;
    Scope *scopes;
    bool changed;
} Heights;

/** What an instruction takes and leaves when it goes on. */
typedef struct Effect {
    uint32_t pops_least, pops_most; /* pops_most UNBOUNDED: all that is there */
    uint32_t pushes_least, pushes_most;
} Effect;

/** The scope of a called function, NULL when the call never comes back or nothing is known. */
static const Scope *scope_of_callee(const Heights *heights, TtInsn insn) {
    const TtFunction *function = &heights->module->functions.items[insn.b];
    return function->entry < heights->count ? &heights->scopes[function->scope] : NULL;
}

static Effect effect_of(const Heights *heights, TtInsn insn) {
    const TtModule *module = heights->module;
    int pops = tt_insn_pops(module, insn), pushes = tt_insn_pushes(module, insn);
    Effect effect = {.pops_most = UNBOUNDED, .pushes_most = 1};
    if (pops != TT_VARIES) effect.pops_least = effect.pops_most = (uint32_t)pops;
    if (pushes != TT_VARIES) effect.pushes_least = effect.pushes_most = (uint32_t)pushes;
    switch ((TtOp)insn.op) {
    case TT_OP_CALL: {
        const Scope *callee = scope_of_callee(heights, insn);
        if (callee && callee->leaves_some) effect.pushes_least = 1;
        if (callee && callee->leaves_none) effect.pushes_most = 0;
        return effect;
    }
    case TT_OP_CALL_FUNCTION:
        effect.pops_least = 1;
        if (insn.b >= 0) effect.pops_least = effect.pops_most = (uint32_t)insn.b + 1;
        return effect;
    case TT_OP_SPAWN_ARGS: effect.pops_least = 2; return effect;
    case TT_OP_CATCH: {
        bool named = insn.a == 1 ? module->blocks.items[insn.b].variable != TT_NO_NAME : insn.b >= 0;
        /* Whether an exception is there shows only when it runs. */
        effect.pops_least = effect.pops_most = effect.pushes_least = 0;
        effect.pushes_most = !named;
        return effect;
    }
    case TT_OP_RECEIVE_MATCH:
    case TT_OP_MAILBOX_PEEK:
    case TT_OP_RECEIVE_TIMEOUT: effect.pushes_least = 1; return effect;
    default: return effect;
    }
}

static uint32_t lower(uint32_t height, uint32_t pops) {
    return pops >= height ? 0 : height - pops;
}

/** A bound that is carried along an edge. */
typedef struct State {
    uint32_t lowest, highest;
    int64_t growth;
} State;

static State apply(State state, Effect effect, bool with_push) {
    uint32_t least = with_push ? effect.pushes_least : 0, most = with_push ? effect.pushes_most : 0;
    State after;
    after.lowest = lower(state.lowest, effect.pops_most) + least;
    after.highest = state.highest == UNBOUNDED ? UNBOUNDED : lower(state.highest, effect.pops_least) + most;
    after.growth = state.growth - effect.pops_least + most;
    return after;
}

static void flow(Heights *heights, uint32_t from, uint32_t to, State state) {
    if (to >= heights->count) return;
    if (to <= from) {
        /* Already passed; it is a start, only `highest` can be wrong. */
        if (state.highest > heights->highest[to] && !heights->unbounded[to]) {
            heights->unbounded[to] = true;
            heights->changed = true;
        }
        return;
    }
    uint16_t lowest = state.lowest > UINT16_MAX ? UINT16_MAX : (uint16_t)state.lowest;
    int32_t growth = state.growth < LEAST_GROWTH ? LEAST_GROWTH : (int32_t)state.growth;
    if (!heights->reached[to]) {
        heights->reached[to] = true;
        heights->lowest[to] = lowest;
        heights->highest[to] = state.highest;
        heights->growth[to] = growth;
        return;
    }
    if (lowest < heights->lowest[to]) heights->lowest[to] = lowest;
    if (state.highest > heights->highest[to]) heights->highest[to] = state.highest;
    if (growth > heights->growth[to]) heights->growth[to] = growth;
}

static void note_return(Heights *heights, Scope *scope, bool some, bool none) {
    if (!some && scope->leaves_some) scope->leaves_some = false, heights->changed = true;
    if (!none && scope->leaves_none) scope->leaves_none = false, heights->changed = true;
}

static void step(Heights *heights, uint32_t at) {
    const TtModule *module = heights->module;
    TtInsn insn = module->code.items[at];
    Scope *scope = &heights->scopes[module->scope_of[at]];
    State before = {heights->lowest[at], heights->highest[at], heights->growth[at]};
    Effect effect = effect_of(heights, insn);
    State after = apply(before, effect, true);
    if (after.growth > scope->most) scope->most = (uint32_t)after.growth;

    switch ((TtOp)insn.op) {
    case TT_OP_RET: note_return(heights, scope, before.lowest > 0, before.highest == 0); break;
    case TT_OP_TAIL_CALL: {
        const Scope *callee = scope_of_callee(heights, insn);
        note_return(heights, scope, callee && callee->leaves_some, callee && callee->leaves_none);
        break;
    }
    case TT_OP_TAIL_CALL_FUNCTION: note_return(heights, scope, true, false); break;
    case TT_OP_TRY: flow(heights, at, tt_insn_target(module, insn), before); break;
    case TT_OP_CATCH:
        if (insn.a == 1) flow(heights, at, module->blocks.items[insn.b].end_at + 1, before);
        break;
    default:
        if (tt_op_info(insn.op)->flags & TT_FLAG_JUMPS)
            flow(heights, at, tt_insn_target(module, insn), apply(before, effect, false));
    }
    if (!(tt_op_info(insn.op)->flags & TT_FLAG_ENDS)) flow(heights, at, at + 1, after);
}

static void pass(Heights *heights) {
    heights->changed = false;
    for (uint32_t i = 0; i < heights->count; i++) heights->reached[i] = false;
    for (uint32_t i = 0; i < heights->module->scopes.count; i++) heights->scopes[i].most = 0;
    for (uint32_t i = 0; i < heights->count; i++) {
        if (heights->start[i]) {
            if (!heights->reached[i]) heights->highest[i] = 0;
            if (!heights->reached[i] || heights->growth[i] < 0) heights->growth[i] = 0;
            heights->reached[i] = true;
            heights->lowest[i] = 0;
        }
        if (heights->unbounded[i]) heights->highest[i] = UNBOUNDED;
        if (heights->reached[i])
            step(heights, i);
        else
            heights->lowest[i] = 0;
    }
}

static void mark_start(Heights *heights, uint32_t at) {
    if (at < heights->count) heights->start[at] = true;
}

static void find_starts(Heights *heights) {
    const TtModule *module = heights->module;
    mark_start(heights, 0);
    for (uint32_t i = 0; i < module->functions.count; i++)
        mark_start(heights, module->functions.items[i].entry);
    for (uint32_t i = 0; i < module->labels.count; i++) mark_start(heights, module->labels.items[i].address);
    for (uint32_t i = 0; i < heights->count; i++) {
        TtInsn insn = module->code.items[i];
        uint32_t target = tt_insn_target(module, insn);
        if (target == UINT32_MAX) continue;
        if (insn.op == TT_OP_TRY || target <= i) mark_start(heights, target);
        if (target <= i && target < heights->count) heights->backward[target] = true;
    }
}

static void assume_nothing(Heights *heights) {
    memcpy(heights->unbounded, heights->backward, heights->count * sizeof *heights->unbounded);
    for (uint32_t i = 0; i < heights->module->scopes.count; i++)
        heights->scopes[i].leaves_some = heights->scopes[i].leaves_none = false;
}

static void store(Heights *heights) {
    TtModule *module = heights->module;
    for (uint32_t i = 0; i < module->functions.count; i++)
        module->functions.items[i].max_operands = heights->scopes[module->functions.items[i].scope].most;
    for (uint32_t i = 0; i < module->label_functions.count; i++)
        module->label_functions.items[i]->max_operands =
            heights->scopes[module->label_functions.items[i]->scope].most;
    module->top.max_operands = heights->scopes[module->top.scope].most;
}

void tt_verify_heights(TtModule *module) {
    uint32_t count = module->code.count;
    size_t room = (size_t)count + 1;
    tt_free(module->min_height);
    module->min_height = tt_alloc_zero(room * sizeof *module->min_height);
    Heights heights = {.module = module,
                       .count = count,
                       .lowest = module->min_height,
                       .highest = tt_alloc_zero(room * sizeof *heights.highest),
                       .growth = tt_alloc_zero(room * sizeof *heights.growth),
                       .start = tt_alloc_zero(room),
                       .backward = tt_alloc_zero(room),
                       .unbounded = tt_alloc_zero(room),
                       .reached = tt_alloc_zero(room),
                       .scopes = tt_alloc_zero((module->scopes.count + 1) * sizeof *heights.scopes)};
    for (uint32_t i = 0; i < module->scopes.count; i++)
        heights.scopes[i].leaves_some = heights.scopes[i].leaves_none = true;
    find_starts(&heights);
    int passes = 0;
    do pass(&heights);
    while (heights.changed && ++passes < MOST_PASSES);
    if (heights.changed) {
        assume_nothing(&heights);
        pass(&heights);
    }
    store(&heights);
    tt_free(heights.highest);
    tt_free(heights.growth);
    tt_free(heights.start);
    tt_free(heights.backward);
    tt_free(heights.unbounded);
    tt_free(heights.reached);
    tt_free(heights.scopes);
}
