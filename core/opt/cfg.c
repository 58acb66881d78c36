// SPDX-License-Identifier: MIT
/**
 * The control-flow graph. Code is flat; a frame starts at an entry (address 0, a function that some
 * instruction names, a label that may be started by name) and runs what it reaches by jumps and
 * fall-through. Entries that share an instruction share a scope, see module/reach.h.
 */
#include "opt/pass.h"

#include "base/alloc.h"
#include "module/reach.h"

#include <string.h>

/** Scopes of what entries reach; the rest gets one of its own, which nothing enters. */
static void find_scopes(TtOpt *opt) {
    const TtModule *module = opt->module;
    TtReach reach;
    tt_reach_init(&reach, module);
    for (uint32_t i = 0; i < module->functions.count; i++)
        if (opt->used[i]) tt_reach_add(&reach, module->functions.items[i].entry);
    for (uint32_t i = 0; i < module->labels.count; i++)
        if (opt->spawned[i]) tt_reach_add(&reach, module->labels.items[i].address);
    uint32_t scopes = tt_reach_scopes(&reach, opt->scope_of);
    TtOptScope empty = {0};
    for (uint32_t i = 0; i < scopes; i++) tt_vec_push(&opt->scopes, empty);
    tt_reach_free(&reach);
}

/** What the code says about functions and names, wherever it stands. */
static void scan_code(TtOpt *opt) {
    const TtModule *module = opt->module;
    for (uint32_t i = 0; i < opt->count; i++) {
        TtInsn insn = module->code.items[i];
        if (tt_op_info(insn.op)->format == TT_FORMAT_CALL) opt->used[insn.b] = true;
        if (insn.op == TT_OP_MAKE_FUNCTION || insn.op == TT_OP_MAKE_LAMBDA) opt->taken[insn.b] = true;
        if (insn.op == TT_OP_CAPTURE) opt->captured[insn.b] = true;
        if (insn.op == TT_OP_STORE_GLOBAL) opt->stored_global[insn.b] = true;
    }
}

static bool reads_variable(TtInsn insn) {
    return insn.op == TT_OP_LOAD || insn.op == TT_OP_CAPTURE || insn.op == TT_OP_EXPORT;
}

/** The variable of its frame that an instruction names, as a name of the module, or TT_NO_NAME. */
static uint32_t named_variable(const TtModule *module, TtInsn insn) {
    if (insn.op == TT_OP_STORE || insn.op == TT_OP_DELETE || reads_variable(insn)) return (uint32_t)insn.b;
    if (insn.op != TT_OP_CATCH) return TT_NO_NAME;
    if (insn.a == 1) return module->blocks.items[insn.b].variable;
    return insn.b < 0 ? TT_NO_NAME : (uint32_t)insn.b;
}

static void describe_scopes(TtOpt *opt) {
    const TtModule *module = opt->module;
    for (uint32_t i = 0; i < opt->count; i++) {
        TtInsn insn = module->code.items[i];
        TtOptScope *scope = &opt->scopes.items[opt->scope_of[i]];
        if (insn.op == TT_OP_TRY) scope->has_try = true;
        if (insn.op == TT_OP_DUMP_SCOPE) scope->has_dump = true;
        if (insn.op == TT_OP_IMPORT) scope->has_import = true;
        if (insn.op == TT_OP_MAKE_LAMBDA)
            opt->scopes.items[opt->scope_of[module->functions.items[insn.b].entry]].lambda = true;
    }
    opt->shows_captures = false;
    for (uint32_t i = 0; i < opt->scopes.count; i++) {
        TtOptScope *scope = &opt->scopes.items[i];
        scope->pinned = scope->has_dump && (scope->lambda || scope->has_import);
        opt->shows_captures = opt->shows_captures || (scope->has_dump && scope->lambda);
    }
    opt->top_only = true;
    for (uint32_t i = 0; i < module->functions.count; i++)
        if (opt->used[i] && opt->scope_of[module->functions.items[i].entry] == 0) opt->top_only = false;
    for (uint32_t i = 0; i < module->labels.count; i++)
        if (opt->spawned[i] && opt->scope_of[module->labels.items[i].address] == 0) opt->top_only = false;
    for (uint32_t i = 0; i < opt->count; i++) {
        TtInsn insn = module->code.items[i];
        if (reads_variable(insn) && (opt->scope_of[i] != 0 || !opt->top_only))
            opt->read_as_global[insn.b] = true;
    }
}

/** Numbers the variables of each scope from 0, scope after scope. */
static void number_variables(TtOpt *opt) {
    TtModule *module = opt->module;
    uint32_t names = module->names.count, scopes = opt->scopes.count;
    /* Instructions and functions in the order of their scopes: items up to `count` are instructions. */
    uint32_t items = opt->count + module->functions.count;
    uint32_t *first = tt_alloc_zero((scopes + 1) * sizeof *first);
    uint32_t *order = tt_alloc((items + 1) * sizeof *order);
    for (uint32_t i = 0; i < items; i++) {
        uint32_t at = i < opt->count ? i : module->functions.items[i - opt->count].entry;
        first[opt->scope_of[at] + 1]++;
    }
    for (uint32_t i = 0; i < scopes; i++) first[i + 1] += first[i];
    for (uint32_t i = 0; i < items; i++) {
        uint32_t at = i < opt->count ? i : module->functions.items[i - opt->count].entry;
        order[first[opt->scope_of[at]]++] = i;
    }
    uint32_t *number = tt_alloc((names + 1) * sizeof *number), *seen = tt_alloc((names + 1) * sizeof *seen);
    memset(seen, 0xff, (names + 1) * sizeof *seen);
    for (uint32_t o = 0; o < items; o++) {
        uint32_t i = order[o];
        if (i >= opt->count) {
            uint32_t function = i - opt->count;
            if (!opt->used[function]) continue;
            const TtFunction *f = &module->functions.items[function];
            uint32_t scope = opt->scope_of[f->entry];
            uint32_t *vars = tt_alloc((f->parameter_count + 1) * sizeof *vars);
            for (uint32_t p = 0; p < f->parameter_count; p++) {
                uint32_t name = tt_names_find(&module->names, f->parameters[p], strlen(f->parameters[p]));
                if (seen[name] != scope) number[name] = opt->scopes.items[scope].var_count++;
                seen[name] = scope;
                vars[p] = number[name];
            }
            opt->parameters[function] = vars;
            continue;
        }
        uint32_t name = named_variable(module, module->code.items[i]), scope = opt->scope_of[i];
        opt->var_of[i] = TT_OPT_NONE;
        if (name == TT_NO_NAME) continue;
        if (seen[name] != scope) number[name] = opt->scopes.items[scope].var_count++;
        seen[name] = scope;
        opt->var_of[i] = number[name];
    }
    tt_free(first);
    tt_free(order);
    tt_free(number);
    tt_free(seen);
}

static void find_leaders(TtOpt *opt) {
    const TtModule *module = opt->module;
    for (uint32_t i = 0; i < opt->count; i++) {
        TtInsn insn = module->code.items[i];
        uint32_t target = tt_insn_target(module, insn);
        if (target != UINT32_MAX) opt->leader[target] = true;
        if (insn.op == TT_OP_CATCH && insn.a == 1)
            opt->leader[module->blocks.items[insn.b].end_at + 1] = true;
    }
    for (uint32_t i = 0; i < module->functions.count; i++)
        if (opt->used[i]) opt->leader[module->functions.items[i].entry] = true;
    for (uint32_t i = 0; i < module->labels.count; i++)
        if (opt->spawned[i]) opt->leader[module->labels.items[i].address] = true;
    opt->leader[0] = true;
}

static void find_blocks(TtOpt *opt) {
    const TtModule *module = opt->module;
    bool starts = true;
    for (uint32_t i = 0; i < opt->count; i++) {
        if (starts || opt->leader[i]) {
            TtOptBlock block = {i, i, opt->scope_of[i]};
            tt_vec_push(&opt->blocks, block);
        }
        opt->block_of[i] = opt->blocks.count - 1;
        tt_vec_last(&opt->blocks).end = i + 1;
        TtInsn insn = module->code.items[i];
        starts = (tt_op_info(insn.op)->flags & (TT_FLAG_ENDS | TT_FLAG_JUMPS)) || insn.op == TT_OP_TRY ||
                 insn.op == TT_OP_CATCH;
        /* What a callee leaves is found out bit by bit: only what follows is looked at again. */
        starts = starts || insn.op == TT_OP_CALL;
    }
    opt->block_of[opt->count] = TT_OPT_NONE;
}

void tt_opt_build_graph(TtOpt *opt) {
    const TtModule *module = opt->module;
    size_t room = (size_t)opt->count + 1, names = (size_t)module->names.count + 1;
    size_t functions = (size_t)module->functions.count + 1;
    opt->leader = tt_alloc_zero(room);
    opt->scope_of = tt_alloc(room * sizeof *opt->scope_of);
    opt->block_of = tt_alloc(room * sizeof *opt->block_of);
    opt->var_of = tt_alloc(room * sizeof *opt->var_of);
    opt->used = tt_alloc_zero(functions);
    opt->taken = tt_alloc_zero(functions);
    opt->parameters = tt_alloc_zero(functions * sizeof *opt->parameters);
    opt->captured = tt_alloc_zero(names);
    opt->stored_global = tt_alloc_zero(names);
    opt->read_as_global = tt_alloc_zero(names);
    for (uint32_t i = 0; i < opt->module->names.count; i++) /* --run-tests looks for them */
        opt->read_as_global[i] = tt_names_test(tt_names_text(&opt->module->names, i));
    scan_code(opt);
    find_scopes(opt);
    describe_scopes(opt);
    number_variables(opt);
    find_leaders(opt);
    find_blocks(opt);
}

void tt_opt_free_graph(TtOpt *opt) {
    for (uint32_t i = 0; opt->parameters && i < opt->module->functions.count; i++)
        tt_free(opt->parameters[i]);
    tt_free(opt->parameters);
    tt_free(opt->leader);
    tt_free(opt->scope_of);
    tt_free(opt->block_of);
    tt_free(opt->var_of);
    tt_free(opt->used);
    tt_free(opt->taken);
    tt_free(opt->captured);
    tt_free(opt->stored_global);
    tt_free(opt->read_as_global);
    tt_vec_free(&opt->scopes);
    tt_vec_free(&opt->blocks);
    opt->parameters = NULL;
    opt->leader = opt->used = opt->taken = NULL;
    opt->captured = opt->stored_global = opt->read_as_global = NULL;
    opt->scope_of = opt->block_of = opt->var_of = NULL;
}
