// SPDX-License-Identifier: MIT
/**
 * Stack code → register code, block by block in order of addresses, so that falling through and
 * backward jumps stay what they are.
 *
 * Counting. A place where counting starts at 0 (a leader) is an entry, the target of a backward jump, or
 * where a call returns to. The interpreter's budget stands still between leaders; every taken jump, call and
 * return takes off what has run since the last one, which is a constant of the place; where code
 * falls into a leader, COUNT does.
 */
#include "ir/lower.h"

/** Straight runs are cut, so that their length fits TtIrInsn.w. */
#define LONGEST_RUN 16384

const TtIrOpInfo tt_ir_op_infos[TT_IR_OP_COUNT] = {
#define T                                TT_IR_THROWS
#define A                                TT_IR_COLLECTS
#define E                                TT_IR_ENDS
#define TT_IR(name, a, b, c, flags, doc) {#name, #a[0], #b[0], #c[0], flags, doc},
#include "ir/ir_ops.def"
#undef TT_IR
#undef T
#undef A
#undef E
};

/* ---- leaders
 * ------------------------------------------------------------------------------------------------- */

static bool *find_leaders(const TtModule *module, const TtIrHeights *heights) {
    uint32_t count = module->code.count;
    bool *leader = tt_alloc_zero((size_t)count + 2);
    leader[0] = true;
    for (uint32_t i = 0; i < count; i++) {
        TtInsn insn = module->code.items[i];
        uint32_t target = tt_insn_target(module, insn);
        if (heights->entry[i]) leader[i] = true;
        if (target <= i) leader[target] = true;
        if (insn.op == TT_OP_CALL || insn.op == TT_OP_CALL_FUNCTION) leader[i + 1] = true;
    }
    return leader;
}

static void count_runs(TtIrLower *l, bool *leader) {
    uint32_t count = l->module->code.count, run = 0;
    l->ir->run = tt_alloc_zero((count + 2) * sizeof *l->ir->run);
    for (uint32_t i = 0; i <= count; i++) {
        if (l->heights.start[i] && run >= LONGEST_RUN) leader[i] = true;
        if (leader[i]) run = 0;
        l->ir->run[i] = run++;
    }
}

/* ---- blocks
 * -------------------------------------------------------------------------------------------------- */

static void begin_block(TtIrLower *l, uint32_t at) {
    TtIrBlock block = {at, l->ir->code.count, l->height, false};
    if (l->ir->blocks.count && tt_vec_last(&l->ir->blocks).ir == block.ir) {
        (void)tt_ir_emit(l, TT_IR_NOP, 0, 0, 0, 0);
        block.ir++;
    }
    tt_vec_push(&l->ir->blocks, block);
    l->block_ir = block.ir;
}

/** A place of the scope with so many operands, all in their homes. */
static void set_state(TtIrLower *l, uint32_t scope, uint32_t at, uint32_t height) {
    l->scope = scope;
    l->slots = l->module->scopes.items[scope].slot_count;
    l->last_map = 0;
    l->at = at;
    l->height = l->height_before = height;
    while (l->operands.count < height) {
        TtIrOperand home = {.place = TT_IR_HOME};
        tt_vec_push(&l->operands, home);
    }
    for (uint32_t i = 0; i < height; i++) l->operands.items[i].place = TT_IR_HOME;
}

/** A way to `to` on which there are not as many operands as on the others. */
static uint32_t lower_leave(TtIrLower *l, uint32_t from, uint32_t to) {
    l->ir->scopes[l->scope].leaves++;
    return tt_ir_emit(l, TT_IR_LEAVE, to <= from, (int32_t)to, (int32_t)(l->slots + 2 + l->height),
                      TT_IR_LEAVE_JOIN);
}

/** Where code that goes to `at` arrives: behind handlers of blocks. */
static uint32_t arrival(const TtIrLower *l, uint32_t at) {
    const TtModule *module = l->module;
    while (at < module->code.count && tt_ir_is_block_catch(module->code.items[at]))
        at = module->blocks.items[module->code.items[at].b].end_at + 1;
    return at;
}

/** Whether other ways lead to `at` with the operands that are there now. */
static bool agrees(const TtIrLower *l, uint32_t at, uint32_t height) {
    uint32_t to = arrival(l, at);
    return to >= l->module->code.count || l->heights.before[to] == height;
}

/** Code that comes to the CATCH of a block otherwise than by a throw. */
static void lower_skip(TtIrLower *l, uint32_t at) {
    uint32_t to = arrival(l, at), height = to < l->module->code.count ? l->heights.before[to] : 0;
    set_state(l, l->module->scope_of[at], at, height);
    begin_block(l, at);
    l->skip_at[at] = l->block_ir;
    TtIrResume before = l->ir->resume[at];
    tt_ir_step(l, 0);
    l->ir->resume[at] = before;
    /* Always goes on behind the handler; where not, the heights differ and the stack code takes over. */
    tt_vec_last(&l->ir->code).c = -1;
}

static void load_block(TtIrLower *l, uint32_t at) {
    const TtModule *module = l->module;
    set_state(l, module->scope_of[at], at, l->heights.before[at]);
    for (uint32_t w = 0; w < tt_ir_bound_words(module, l->scope); w++)
        l->bound_now[w] = l->bound.known ? l->bound.bits[l->bound.first[at] + w] : 0;
}

/** Falls into a leader. */
static void lower_count(TtIrLower *l, uint32_t at) {
    (void)tt_ir_emit(l, TT_IR_COUNT, 0, (int32_t)l->ir->run[at - 1] + 1, 0, 0);
}

/** Code comes to `at`, where a block begins, from right above. */
static void lower_fall(TtIrLower *l, uint32_t at, const bool *leader) {
    if (leader[at]) lower_count(l, at);
    if (!agrees(l, at, l->height))
        (void)lower_leave(l, at - 1, at);
    else if (tt_ir_is_block_catch(l->module->code.items[at]))
        lower_skip(l, at);
}

/** Lowers the block at `at`; gives the address behind it. `*falls`: code comes here from the block before. */
static uint32_t lower_block(TtIrLower *l, uint32_t at, const bool *leader, bool *falls) {
    const TtModule *module = l->module;
    TtIrScope *scope = &l->ir->scopes[module->scope_of[at]];
    if (*falls) lower_fall(l, at, leader);
    load_block(l, at);
    begin_block(l, at);
    l->block_at[at] = l->block_ir;
    l->ir->resume[at] = (TtIrResume){l->block_ir, l->slots + 2 + l->height};
    l->ended = false;
    uint32_t end = at;
    do {
        l->at = end;
        l->skip = false;
        tt_ir_lower_insn(l);
        if (l->height > scope->most) scope->most = l->height;
        if (l->height_before > scope->most) scope->most = l->height_before;
        end += l->skip ? 2 : 1;
    } while (!l->ended && end < module->code.count && !l->heights.start[end]);
    *falls = !l->ended;
    if (*falls) tt_ir_settle_all(l);
    while (end < module->code.count && !l->heights.start[end]) end++;
    return end;
}

/** What falls off or jumps to the end of the code ends there. */
static uint32_t lower_end(TtIrLower *l, uint32_t scope) {
    uint32_t count = l->module->code.count;
    set_state(l, scope, count, 0);
    TtIrBlock block = {count, l->ir->code.count, 0, false};
    tt_vec_push(&l->ir->blocks, block);
    TtIrResume before = l->ir->resume[count];
    tt_ir_step(l, 0);
    l->ir->resume[count] = before;
    return block.ir;
}

static bool is_lowered(const TtIrLower *l, uint32_t at) {
    return l->heights.start[at] && l->heights.before[at] != TT_IR_UNREACHED;
}

static void lower_all(TtIrLower *l, const bool *leader) {
    uint32_t count = l->module->code.count, last_scope = 0;
    bool falls = false;
    for (uint32_t at = 0; at < count;) {
        if (!is_lowered(l, at)) {
            if (falls) lower_fall(l, at, leader); /* over the CATCH of a block that nothing is thrown to */
            falls = false;
            at++;
            continue;
        }
        last_scope = l->module->scope_of[at];
        at = lower_block(l, at, leader, &falls);
    }
    if (falls) {
        if (leader[count]) lower_count(l, count);
        (void)lower_end(l, last_scope);
    }
}

/**
 * Whether a jump back would go down to a handler's skip in register code: only jumps up look at the budget,
 * so this one goes on in the stack code.
 */
static bool is_turned(const TtIrLower *l, TtIrFix fix) {
    return fix.target <= fix.from && fix.target < l->module->code.count &&
           tt_ir_is_block_catch(l->module->code.items[fix.target]) &&
           (!l->skip_at[fix.target] || l->skip_at[fix.target] > fix.at);
}

/** Jumps whose targets are known now. */
static void fix_jumps(TtIrLower *l) {
    uint32_t count = l->module->code.count;
    uint32_t *end_at = tt_alloc_zero(l->ir->scope_count * sizeof *end_at);
    for (uint32_t i = 0; i < l->fixes.count; i++) {
        TtIrFix fix = l->fixes.items[i];
        uint32_t to;
        if (!agrees(l, fix.target, fix.height) || is_turned(l, fix)) {
            set_state(l, fix.scope, fix.from, fix.height);
            TtIrBlock block = {fix.target, l->ir->code.count, fix.height, true};
            tt_vec_push(&l->ir->blocks, block);
            to = lower_leave(l, fix.from, fix.target);
        } else if (fix.target >= count) {
            if (!end_at[fix.scope]) end_at[fix.scope] = lower_end(l, fix.scope);
            to = end_at[fix.scope];
        } else if (tt_ir_is_block_catch(l->module->code.items[fix.target])) {
            if (!l->skip_at[fix.target]) lower_skip(l, fix.target);
            to = l->skip_at[fix.target];
        } else {
            to = l->block_at[fix.target];
        }
        l->ir->code.items[fix.at].c = ((int32_t)to - (int32_t)fix.at) * (int32_t)sizeof(TtIrInsn);
    }
    tt_free(end_at);
}

/* ---- functions
 * --------------------------------------------------------------------------------------------------- */

static void enable(const TtIrLower *l, TtFunction *function) {
    uint32_t at = function->entry;
    if (at >= l->module->code.count || !l->heights.entry[at]) return;
    const TtIrScope *scope = &l->ir->scopes[function->scope];
    function->ir_entry = l->block_at[at];
    if (function->max_operands < scope->most + 2) function->max_operands = scope->most + 2;
    if (!function->parameter_slots)
        function->frame_cells = function->parameter_count + function->slot_count + 2 + function->max_operands;
}

static void enable_functions(TtIrLower *l) {
    TtModule *module = l->module;
    for (uint32_t i = 0; i < module->functions.count; i++) enable(l, &module->functions.items[i]);
    for (uint32_t i = 0; i < module->label_functions.count; i++)
        if (l->heights.label[module->label_functions.items[i]->entry])
            enable(l, module->label_functions.items[i]);
    enable(l, &module->top);
}

static void look_at_scopes(TtIrLower *l) {
    const TtModule *module = l->module;
    for (uint32_t i = 0; i < l->ir->scope_count; i++) l->ir->scopes[i].eager = l->heights.eager[i];
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtIrScope *scope = &l->ir->scopes[module->scope_of[i]];
        if (l->heights.before[i] != TT_IR_UNREACHED) scope->reached = true;
        unsigned op = module->code.items[i].op;
        if (op == TT_OP_TRY || op == TT_OP_CAPTURE) scope->records = true;
    }
}

static void free_code(TtIrCode *ir) {
    if (!ir) return;
    tt_vec_free(&ir->code);
    tt_vec_free(&ir->origin);
    tt_vec_free(&ir->before);
    tt_vec_free(&ir->after);
    tt_vec_free(&ir->maps);
    tt_vec_free(&ir->blocks);
    tt_vec_free(&ir->constants);
    tt_free(ir->resume);
    tt_free(ir->run);
    tt_free(ir->scopes);
    tt_free(ir->entries);
    tt_free(ir);
}

void tt_ir_lower(TtModule *module) {
    uint32_t count = module->code.count;
    TtIrCode *ir = tt_alloc_zero(sizeof *ir);
    TtIrLower l = {.module = module, .ir = ir};
    module->ir = ir;
    module->free_ir = free_code;
    ir->scope_count = module->scopes.count;
    ir->scopes = tt_alloc_zero(ir->scope_count * sizeof *ir->scopes);
    ir->resume = tt_alloc((count + 2) * sizeof *ir->resume);
    for (uint32_t i = 0; i < count + 2; i++) ir->resume[i] = (TtIrResume){0, UINT32_MAX};
    tt_vec_push(&ir->maps, 0); /* map 0: none */
    tt_vec_push(&ir->constants, tt_null());
    tt_ir_heights(module, &l.heights);
    look_at_scopes(&l);
    tt_ir_bound(module, &l.heights, &l.bound);
    uint32_t words = 1;
    for (uint32_t i = 0; i < ir->scope_count; i++)
        if (tt_ir_bound_words(module, i) > words) words = tt_ir_bound_words(module, i);
    l.bound_now = tt_alloc_zero(words * sizeof *l.bound_now);
    l.block_at = tt_alloc_zero((count + 1) * sizeof *l.block_at);
    l.skip_at = tt_alloc_zero((count + 1) * sizeof *l.skip_at);
    bool *leader = find_leaders(module, &l.heights);
    count_runs(&l, leader);
    (void)tt_ir_emit(&l, TT_IR_NOP, 0, 0, 0, 0);
    lower_all(&l, leader);
    fix_jumps(&l);
    enable_functions(&l);
    tt_ir_heights_free(&l.heights);
    tt_ir_bound_free(&l.bound);
    tt_vec_free(&l.fixes);
    tt_vec_free(&l.operands);
    tt_free(l.bound_now);
    tt_free(l.block_at);
    tt_free(l.skip_at);
    tt_free(leader);
}

const TtIrBlock *tt_ir_block_of(const TtIrCode *ir, uint32_t at) {
    uint32_t low = 0, high = ir->blocks.count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (ir->blocks.items[middle].ir <= at)
            low = middle;
        else
            high = middle;
    }
    return &ir->blocks.items[low];
}
