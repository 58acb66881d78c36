// SPDX-License-Identifier: MIT
/**
 * Slot packing: the linker gives every name of a frame a slot, so two variables whose values are never needed
 * at the same time share one when they share a name. Only variables of functions, whose names nothing can
 * observe: always assigned before they are read, not captured, exported, deleted or shown.
 */
#include "opt/pass.h"

#include "base/alloc.h"

#include <string.h>

#define MOST_VARIABLES 256
#define WORDS          (MOST_VARIABLES / 64)

/** Numbers of things by scope: those of scope s are items[first[s]] … items[first[s + 1] - 1]. */
typedef struct ByScope {
    uint32_t *first, *items;
} ByScope;

typedef struct Packing {
    TtOpt *opt;
    uint32_t scope, count;
    const uint32_t *functions; /* that start in the scope */
    uint32_t function_count;
    uint32_t names[MOST_VARIABLES];
    bool clean[MOST_VARIABLES]; /* may share */
    bool parameter[MOST_VARIABLES];
    uint64_t conflicts[MOST_VARIABLES][WORDS];
    uint32_t shares[MOST_VARIABLES]; /* variable → the one whose name it gets */
} Packing;

static void add_conflict(Packing *packing, uint32_t a, uint32_t b) {
    if (a == b) return;
    packing->conflicts[a][b / 64] |= UINT64_C(1) << (b % 64);
    packing->conflicts[b][a / 64] |= UINT64_C(1) << (a % 64);
}

static bool conflict(const Packing *packing, uint32_t a, uint32_t b) {
    return (packing->conflicts[a][b / 64] >> (b % 64)) & 1;
}

/** The name a variable operand or CATCH has. */
static uint32_t name_at(const TtOpt *opt, uint32_t at) {
    TtInsn insn = tt_opt_insn(opt, at);
    if (insn.op == TT_OP_CATCH && insn.a == 1) return opt->module->blocks.items[insn.b].variable;
    return (uint32_t)insn.b;
}

static void note_variable(Packing *packing, uint32_t at) {
    const TtOpt *opt = packing->opt;
    uint32_t var = opt->var_of[at], op = tt_opt_insn(opt, at).op;
    if (var == TT_OPT_NONE) return;
    packing->names[var] = name_at(opt, at);
    bool plain = op == TT_OP_STORE || (op == TT_OP_LOAD && !opt->facts[at].throws);
    if (!plain || opt->captured[packing->names[var]]) packing->clean[var] = false;
}

static void note_parameters(Packing *packing) {
    const TtOpt *opt = packing->opt;
    const TtModule *module = opt->module;
    for (uint32_t i = 0; i < packing->function_count; i++) {
        uint32_t f = packing->functions[i];
        const TtFunction *function = &module->functions.items[f];
        const uint32_t *vars = opt->parameters[f];
        for (uint32_t p = 0; p < function->parameter_count; p++) {
            packing->parameter[vars[p]] = true;
            packing->names[vars[p]] =
                tt_names_find(&module->names, function->parameters[p], strlen(function->parameters[p]));
            if (opt->captured[packing->names[vars[p]]]) packing->clean[vars[p]] = false;
            for (uint32_t q = 0; q < p; q++) add_conflict(packing, vars[p], vars[q]);
        }
    }
}

static void add_live(Packing *packing, uint32_t var, const uint64_t *live) {
    for (uint32_t other = 0; other < packing->count; other++)
        if (tt_opt_set_has(live, other)) add_conflict(packing, var, other);
}

/** A variable conflicts with those that are live where it is assigned. */
static void find_conflicts(Packing *packing, uint32_t block) {
    const TtOpt *opt = packing->opt;
    uint64_t live[WORDS + 1] = {0};
    memcpy(live, opt->live + opt->live_row[block],
           tt_opt_words(&opt->scopes.items[packing->scope]) * sizeof *live);
    for (uint32_t at = opt->blocks.items[block].end; at-- > opt->blocks.items[block].first;) {
        if (tt_opt_insn(opt, at).op == TT_OP_STORE) add_live(packing, opt->var_of[at], live);
        tt_opt_live_before(opt, at, live);
    }
    /* Parameters are assigned where the frame starts. */
    for (uint32_t i = 0; i < packing->function_count; i++) {
        uint32_t f = packing->functions[i];
        const TtFunction *function = &opt->module->functions.items[f];
        if (function->entry != opt->blocks.items[block].first) continue;
        for (uint32_t p = 0; p < function->parameter_count; p++)
            add_live(packing, opt->parameters[f][p], live);
    }
}

/** Gives each variable the first one it can share with. Returns how many were given up. */
static uint32_t share(Packing *packing) {
    uint32_t shared = 0;
    for (uint32_t var = 0; var < packing->count; var++) packing->shares[var] = var;
    for (uint32_t var = 0; var < packing->count; var++) {
        if (packing->parameter[var] || !packing->clean[var]) continue;
        for (uint32_t other = 0; other < packing->count; other++) {
            bool earlier = packing->parameter[other] || other < var;
            if (!earlier || !packing->clean[other] || packing->shares[other] != other ||
                conflict(packing, var, other))
                continue;
            packing->shares[var] = other;
            for (uint32_t i = 0; i < packing->count; i++)
                if (conflict(packing, var, i)) add_conflict(packing, other, i);
            shared++;
            break;
        }
    }
    return shared;
}

static bool is_packable(const TtOpt *opt, uint32_t scope) {
    const TtOptScope *s = &opt->scopes.items[scope];
    return scope != 0 && !opt->scopes.items[0].pinned && !s->has_dump && !s->has_import && s->var_count > 1 &&
           s->var_count <= MOST_VARIABLES;
}

/** Where a block or function belongs; TT_OPT_NONE: nowhere. */
typedef uint32_t (*ScopeOf)(const TtOpt *opt, uint32_t number);

static uint32_t scope_of_block(const TtOpt *opt, uint32_t block) {
    return opt->blocks.items[block].scope;
}

static uint32_t scope_of_function(const TtOpt *opt, uint32_t function) {
    return opt->used[function] ? opt->scope_of[opt->module->functions.items[function].entry] : TT_OPT_NONE;
}

static ByScope sort_by_scope(const TtOpt *opt, uint32_t count, ScopeOf scope_of) {
    uint32_t scopes = opt->scopes.count;
    ByScope by = {tt_alloc_zero((scopes + 2) * sizeof *by.first), tt_alloc((count + 1) * sizeof *by.items)};
    for (uint32_t i = 0; i < count; i++)
        if (scope_of(opt, i) != TT_OPT_NONE) by.first[scope_of(opt, i) + 2]++;
    for (uint32_t i = 0; i < scopes; i++) by.first[i + 2] += by.first[i + 1];
    for (uint32_t i = 0; i < count; i++)
        if (scope_of(opt, i) != TT_OPT_NONE) by.items[by.first[scope_of(opt, i) + 1]++] = i;
    return by;
}

static void pack_scope(TtOpt *opt, Packing *packing, const uint32_t *blocks, uint32_t block_count) {
    uint32_t scope = packing->scope;
    packing->count = opt->scopes.items[scope].var_count;
    for (uint32_t i = 0; i < packing->count; i++) packing->clean[i] = true;
    for (uint32_t b = 0; b < block_count; b++)
        for (uint32_t at = opt->blocks.items[blocks[b]].first; at < opt->blocks.items[blocks[b]].end; at++)
            note_variable(packing, at);
    note_parameters(packing);
    for (uint32_t b = 0; b < block_count; b++) find_conflicts(packing, blocks[b]);
    uint32_t shared = share(packing);
    for (uint32_t b = 0; b < block_count && shared; b++)
        for (uint32_t at = opt->blocks.items[blocks[b]].first; at < opt->blocks.items[blocks[b]].end; at++) {
            uint32_t var = opt->var_of[at];
            if (var == TT_OPT_NONE || packing->shares[var] == var) continue;
            opt->module->code.items[at].b = (int32_t)packing->names[packing->shares[var]];
        }
    if (shared) opt->changed = true;
    opt->report->passes[opt->pass].changes += shared;
}

void tt_opt_pack_slots(TtOpt *opt) {
    ByScope blocks = sort_by_scope(opt, opt->blocks.count, scope_of_block);
    ByScope functions = sort_by_scope(opt, opt->module->functions.count, scope_of_function);
    Packing *packing = tt_alloc(sizeof *packing);
    for (uint32_t scope = 0; scope < opt->scopes.count; scope++) {
        uint32_t first = blocks.first[scope], count = blocks.first[scope + 1] - first;
        if (!count || !is_packable(opt, scope) || opt->live_row[blocks.items[first]] == TT_OPT_NONE) continue;
        *packing = (Packing){.opt = opt,
                             .scope = scope,
                             .functions = functions.items + functions.first[scope],
                             .function_count = functions.first[scope + 1] - functions.first[scope]};
        pack_scope(opt, packing, blocks.items + first, count);
    }
    tt_free(packing);
    tt_free(blocks.first);
    tt_free(blocks.items);
    tt_free(functions.first);
    tt_free(functions.items);
}
