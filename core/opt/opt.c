// SPDX-License-Identifier: MIT
#include "opt/opt.h"

#include "base/alloc.h"
#include "opt/pass.h"

#include <string.h>

/** Rounds before the optimizer is content with what it has. Real programs take three to six. */
#define MOST_ROUNDS 32

const TtOptPassInfo tt_opt_passes[TT_OPT_PASS_COUNT] = {
#define TT_OPT_PASS(name, function, title, doc) {title, doc},
#include "opt/passes.def"
#undef TT_OPT_PASS
};

static void (*const functions[TT_OPT_PASS_COUNT])(TtOpt *opt) = {
#define TT_OPT_PASS(name, function, title, doc) tt_opt_##function,
#include "opt/passes.def"
#undef TT_OPT_PASS
};

static uint32_t count_variables(const TtOpt *opt) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < opt->scopes.count; i++) count += opt->scopes.items[i].var_count;
    return count;
}

/** False: nothing was left to do. */
static bool run_round(TtOpt *opt) {
    opt->marks = tt_alloc_zero((size_t)opt->count + 1);
    opt->run_end = tt_alloc_zero((size_t)opt->count * sizeof *opt->run_end);
    opt->run_begin = tt_alloc_zero((size_t)opt->count * sizeof *opt->run_begin);
    opt->epoch = 1;
    opt->changed = false;
    tt_opt_find_facts(opt);
    tt_opt_find_live(opt);
    opt->report->variables_after = count_variables(opt);
    if (!opt->report->rounds) opt->report->variables_before = opt->report->variables_after;
    for (int pass = 0; pass < TT_OPT_PASS_COUNT; pass++) {
        opt->pass = (TtOptPass)pass;
        functions[pass](opt);
    }
    if (!opt->changed) tt_opt_pack_slots(opt);
    tt_opt_free_live(opt);
    tt_opt_free_graph(opt);
    if (opt->changed) tt_opt_compact(opt);
    tt_free(opt->facts);
    tt_free(opt->spawned);
    tt_free(opt->marks);
    tt_free(opt->run_end);
    tt_free(opt->run_begin);
    return opt->changed;
}

void tt_opt_run(TtModule *module, const TtOptWorld *world, TtOptReport *report) {
    TtOptReport unused;
    TtOpt opt = {.module = module, .world = world, .report = report ? report : &unused};
    *opt.report = (TtOptReport){.instructions_before = module->code.count};
    opt.count = module->code.count;
    while (opt.count && opt.report->rounds < MOST_ROUNDS && run_round(&opt)) opt.report->rounds++;
    opt.report->instructions_after = opt.count;
    tt_free(opt.rules);
}

static bool starts_actor(unsigned op) {
    return op == TT_OP_SPAWN || op == TT_OP_SPAWN_ARGS || op == TT_OP_SPAWN_LINK ||
           op == TT_OP_SPAWN_MONITOR || op == TT_OP_SUPERVISE_FUNCTION || op == TT_OP_SUPERVISE_CHILD;
}

bool tt_opt_spawns_by_name(const TtModule *module) {
    for (uint32_t i = 0; i < module->code.count; i++)
        if (starts_actor(module->code.items[i].op)) return true;
    return false;
}
