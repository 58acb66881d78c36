// SPDX-License-Identifier: MIT
/**
 * Heights by following the code from every entry: a height once found for an address stays; ways that lead
 * there with another one leave the register code. What a CALL leaves is known when a RET of the callee has
 * been reached; until then the call waits.
 */
#include "ir/heights.h"

#include "base/alloc.h"

#define NO_ADDRESS UINT32_MAX
/** Instructions looked at to see what a call of a function value leaves below its arguments. */
#define LOOK_AHEAD 64

typedef enum Leaves { LEAVES_UNKNOWN, LEAVES_NONE, LEAVES_SOME } Leaves;

typedef struct Finder {
    const TtModule *module;
    TtIrHeights *heights;
    uint8_t *leaves;      /* scope → Leaves */
    uint32_t *first_call; /* scope → a call that waits for it, NO_ADDRESS */
    uint32_t *next_call;  /* address → the next one */
    int32_t *arity;       /* name → parameters of the functions stored in it; -1: differs or unknown */
    TT_VEC(uint32_t) work;
} Finder;

static TtInsn insn_at(const Finder *f, uint32_t at) {
    return at < f->module->code.count ? f->module->code.items[at] : (TtInsn){TT_OP_HALT, 0, 0};
}

static void reach(Finder *f, uint32_t at, uint32_t height) {
    if (at == f->module->code.count) return; /* the end belongs to every scope and ends all */
    if (f->heights->before[at] != TT_IR_UNREACHED) return;
    f->heights->before[at] = height;
    tt_vec_push(&f->work, at);
}

/** Code that comes from above or by a jump goes over the handler of a block. */
static void flow(Finder *f, uint32_t to, uint32_t height) {
    while (tt_ir_is_block_catch(insn_at(f, to))) to = f->module->blocks.items[insn_at(f, to).b].end_at + 1;
    reach(f, to, height);
}

static void note_return(Finder *f, uint32_t at, Leaves leaves) {
    uint32_t scope = f->module->scope_of[at];
    if (leaves == LEAVES_UNKNOWN || f->leaves[scope] != LEAVES_UNKNOWN) return;
    f->leaves[scope] = (uint8_t)leaves;
    for (uint32_t call = f->first_call[scope]; call != NO_ADDRESS; call = f->next_call[call])
        tt_vec_push(&f->work, call);
}

static Leaves leaves_of_call(Finder *f, uint32_t at) {
    const TtFunction *callee = &f->module->functions.items[insn_at(f, at).b];
    if (callee->entry >= f->module->code.count) return LEAVES_UNKNOWN;
    if (f->leaves[callee->scope] == LEAVES_UNKNOWN && f->next_call[at] == TT_IR_UNREACHED - 1) {
        f->next_call[at] = f->first_call[callee->scope];
        f->first_call[callee->scope] = at;
    }
    return (Leaves)f->leaves[callee->scope];
}

/* ---- calls of function values ---------------------------------------------------------------------------
 */

/** Parameters of the function pushed right before `at`, -1: unknown. */
static int32_t known_arity(const Finder *f, uint32_t at) {
    if (at == 0 || f->heights->start[at]) return -1;
    TtInsn insn = insn_at(f, at - 1);
    if (insn.op == TT_OP_MAKE_FUNCTION || insn.op == TT_OP_MAKE_LAMBDA)
        return (int32_t)f->module->functions.items[insn.b].parameter_count;
    return insn.op == TT_OP_LOAD ? f->arity[insn.b] : -1;
}

/** How many operands below the result of the call at `at` the code behind it is seen to take. */
static uint32_t taken_below(const Finder *f, uint32_t at) {
    uint32_t have = 1, below = 0;
    for (uint32_t i = at + 1, steps = 0; steps < LOOK_AHEAD; steps++) {
        TtInsn insn = insn_at(f, i);
        if (f->heights->start[i] && f->heights->before[i] != TT_IR_UNREACHED && !tt_ir_is_block_catch(insn)) {
            uint32_t height = f->heights->before[i];
            return height > have && height - have > below ? height - have : below;
        }
        int pops = tt_insn_pops(f->module, insn), pushes = tt_insn_pushes(f->module, insn);
        if (insn.op == TT_OP_CALL_FUNCTION && insn.b >= 0) pops = insn.b + 1;
        if (insn.op == TT_OP_CALL)
            pushes = f->leaves[f->module->functions.items[insn.b].scope] != LEAVES_NONE;
        if (pops == TT_VARIES) return below;
        if ((uint32_t)pops > have) {
            below += (uint32_t)pops - have;
            have = 0;
        } else {
            have -= (uint32_t)pops;
        }
        if (pushes == TT_VARIES) return below;
        have += (uint32_t)pushes;
        if (insn.op == TT_OP_JMP)
            i = tt_insn_target(f->module, insn);
        else if (tt_op_info(insn.op)->flags & TT_FLAG_ENDS)
            return below;
        else
            i++;
    }
    return below;
}

/** `height` operands are there, the function on top. */
static uint32_t guess_arguments(const Finder *f, uint32_t at, uint32_t height) {
    TtInsn insn = insn_at(f, at);
    if (insn.b >= 0) return (uint32_t)insn.b;
    int32_t known = known_arity(f, at);
    if (known >= 0 && (uint32_t)known < height) return (uint32_t)known;
    uint32_t below = insn.op == TT_OP_CALL_FUNCTION ? taken_below(f, at) : 0;
    return height - 1 > below ? height - 1 - below : 0;
}

/** SPAWN_ARGS: the number is nearly always pushed right before. */
static uint32_t spawn_arguments(const Finder *f, uint32_t at, uint32_t height) {
    if (at > 0 && !f->heights->start[at]) {
        TtInsn insn = insn_at(f, at - 1);
        if (insn.op == TT_OP_PUSH_INT && insn.a == 0 && insn.b >= 0 && (uint32_t)insn.b + 2 <= height)
            return (uint32_t)insn.b;
    }
    return height - 2;
}

/* ---- one instruction --------------------------------------------------------------------------------------
 */

static void step_call(Finder *f, uint32_t at, uint32_t height) {
    TtInsn insn = insn_at(f, at);
    uint32_t count = f->module->functions.items[insn.b].parameter_count;
    if (height < count) return;
    Leaves leaves = leaves_of_call(f, at);
    if (insn.op == TT_OP_TAIL_CALL)
        note_return(f, at, leaves);
    else if (leaves != LEAVES_UNKNOWN)
        flow(f, at + 1, height - count + (leaves == LEAVES_SOME));
}

static void step_call_function(Finder *f, uint32_t at, uint32_t height) {
    if (insn_at(f, at).op == TT_OP_TAIL_CALL_FUNCTION) note_return(f, at, LEAVES_SOME);
    if (height == 0) return;
    uint32_t arguments = f->heights->arguments[at] = guess_arguments(f, at, height);
    if (insn_at(f, at).op == TT_OP_CALL_FUNCTION && arguments < height) flow(f, at + 1, height - arguments);
}

static void step(Finder *f, uint32_t at) {
    const TtModule *module = f->module;
    TtInsn insn = insn_at(f, at);
    uint32_t height = f->heights->before[at], target = tt_insn_target(module, insn);
    int pops = tt_insn_pops(module, insn), pushes = tt_insn_pushes(module, insn);
    if (pops != TT_VARIES && height < (uint32_t)pops) return;
    uint32_t left = pops == TT_VARIES ? 0 : height - (uint32_t)pops;
    switch ((TtOp)insn.op) {
    case TT_OP_CALL:
    case TT_OP_TAIL_CALL: step_call(f, at, height); return;
    case TT_OP_CALL_FUNCTION:
    case TT_OP_TAIL_CALL_FUNCTION: step_call_function(f, at, height); return;
    case TT_OP_RET: note_return(f, at, height > 0 ? LEAVES_SOME : LEAVES_NONE); return;
    case TT_OP_SPAWN_ARGS:
        if (height < 2) return;
        f->heights->arguments[at] = spawn_arguments(f, at, height);
        flow(f, at + 1, height - 1 - f->heights->arguments[at]);
        return;
    case TT_OP_TRY: {
        uint32_t *eager = &f->heights->eager[module->scope_of[at]];
        if (height > *eager) *eager = height;
        flow(f, at + 1, height);
        reach(f, target, height); /* looked at first: where the two ways differ, errors are the point */
        return;
    }
    case TT_OP_CATCH: {
        bool named = insn.a == 1 ? module->blocks.items[insn.b].variable != TT_NO_NAME : insn.b >= 0;
        flow(f, at + 1, height + !named);
        return;
    }
    default: break;
    }
    if (tt_op_info(insn.op)->flags & TT_FLAG_JUMPS && target != UINT32_MAX) flow(f, target, left);
    if (tt_op_info(insn.op)->flags & TT_FLAG_ENDS) return;
    /* Those that may receive nothing push when they go on here. */
    flow(f, at + 1, left + (pushes == TT_VARIES ? 1 : (uint32_t)pushes));
}

/* ---- where things begin
 * ------------------------------------------------------------------------------------ */

static void find_starts(const TtModule *module, TtIrHeights *heights) {
    uint32_t count = module->code.count;
    bool *start = heights->start;
    for (uint32_t i = 0; i < count; i++) {
        TtInsn insn = module->code.items[i];
        uint32_t target = tt_insn_target(module, insn);
        if (target <= count) start[target] = true;
        if (target <= count || (tt_op_info(insn.op)->flags & TT_FLAG_ENDS) || insn.op == TT_OP_CALL ||
            insn.op == TT_OP_CALL_FUNCTION || insn.op == TT_OP_YIELD)
            start[i + 1] = true;
        if (insn.op == TT_OP_CATCH) start[i] = true;
        if (tt_ir_is_block_catch(insn)) start[module->blocks.items[insn.b].end_at + 1] = true;
    }
    heights->entry[0] = true;
    for (uint32_t i = 0; i < module->functions.count; i++)
        heights->entry[module->functions.items[i].entry] = true;
    for (uint32_t i = 0; i < module->labels.count; i++) {
        start[module->labels.items[i].address] = true;
    }
    start[count] = true;
    heights->entry[count] = false;
    for (uint32_t i = 0; i < count; i++) start[i] = start[i] || heights->entry[i];
}

/** Whether some string of the module is the name of label number `label`. */
static bool is_named(const TtModule *module, uint32_t label) {
    const TtName *name = &module->names.items[module->labels.items[label].name];
    return tt_module_find_constant(module, TT_TAG_STR, name->bytes, name->length) != TT_NO_NAME;
}

/**
 * SPAWN may begin at a label that some string names. Not where the code around it has left operands; and
 * what has parameters is meant to be called, its name is in a message: as an actor it runs stack code.
 */
static void reach_named_labels(Finder *f) {
    const TtModule *module = f->module;
    bool *called = tt_alloc_zero((size_t)module->code.count + 1);
    for (uint32_t i = 0; i < module->functions.count; i++)
        if (module->functions.items[i].parameter_count) called[module->functions.items[i].entry] = true;
    for (uint32_t i = 0; i < module->labels.count; i++) {
        uint32_t at = module->labels.items[i].address;
        if (at >= module->code.count || called[at] || !is_named(module, i)) continue;
        if (f->heights->before[at] == TT_IR_UNREACHED) reach(f, at, 0);
        while (f->work.count) step(f, tt_vec_pop(&f->work));
        if (f->heights->before[at] == 0) f->heights->entry[at] = f->heights->label[at] = true;
    }
    tt_free(called);
}

static void find_arities(Finder *f) {
    const TtModule *module = f->module;
    bool *stored = tt_alloc_zero(module->names.count + 1);
    for (uint32_t i = 0; i < module->names.count; i++) f->arity[i] = -1;
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn insn = module->code.items[i];
        if (insn.op != TT_OP_STORE && insn.op != TT_OP_STORE_GLOBAL) continue;
        int32_t arity = -1;
        if (i > 0 && !f->heights->start[i]) {
            TtInsn made = module->code.items[i - 1];
            if (made.op == TT_OP_MAKE_FUNCTION || made.op == TT_OP_MAKE_LAMBDA)
                arity = (int32_t)module->functions.items[made.b].parameter_count;
        }
        f->arity[insn.b] = stored[insn.b] && f->arity[insn.b] != arity ? -1 : arity;
        stored[insn.b] = true;
    }
    tt_free(stored);
}

void tt_ir_heights(const TtModule *module, TtIrHeights *heights) {
    uint32_t count = module->code.count, scope_count = module->scopes.count;
    heights->before = tt_alloc((count + 1) * sizeof *heights->before);
    heights->arguments = tt_alloc_zero((count + 1) * sizeof *heights->arguments);
    heights->start = tt_alloc_zero((size_t)count + 2);
    heights->entry = tt_alloc_zero((size_t)count + 1);
    heights->label = tt_alloc_zero((size_t)count + 1);
    heights->eager = tt_alloc_zero((scope_count + 1) * sizeof *heights->eager);
    find_starts(module, heights);
    Finder f = {.module = module, .heights = heights};
    f.leaves = tt_alloc_zero(scope_count);
    f.first_call = tt_alloc((scope_count + 1) * sizeof *f.first_call);
    f.next_call = tt_alloc((count + 1) * sizeof *f.next_call);
    f.arity = tt_alloc((module->names.count + 1) * sizeof *f.arity);
    find_arities(&f);
    for (uint32_t i = 0; i < scope_count; i++) f.first_call[i] = NO_ADDRESS;
    for (uint32_t i = 0; i <= count; i++) {
        heights->before[i] = TT_IR_UNREACHED;
        f.next_call[i] = TT_IR_UNREACHED - 1; /* in no list */
    }
    for (uint32_t i = 0; i < count; i++)
        if (heights->entry[i]) reach(&f, i, 0);
    while (f.work.count) step(&f, tt_vec_pop(&f.work));
    reach_named_labels(&f);
    tt_vec_free(&f.work);
    tt_free(f.leaves);
    tt_free(f.first_call);
    tt_free(f.next_call);
    tt_free(f.arity);
}

void tt_ir_heights_free(TtIrHeights *heights) {
    tt_free(heights->before);
    tt_free(heights->arguments);
    tt_free(heights->start);
    tt_free(heights->entry);
    tt_free(heights->label);
    tt_free(heights->eager);
}
