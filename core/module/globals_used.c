// SPDX-License-Identifier: MIT
/**
 * Which globals an actor started at a scope can ever read: those its code reads, and those of every
 * scope it can call. SPAWN copies just these. An indirect call may reach any function whose address
 * is taken; a SPAWN of a value that is not made on the spot may name any label.
 */
#include "module/module.h"

#include "base/alloc.h"

/** Bits spent on exact sets; a larger module uses one set for all its scopes. */
#define MAX_SET_BYTES (4u << 20)

typedef struct Edge {
    uint32_t from, to;
} Edge;

typedef struct Uses {
    const TtModule *module;
    uint32_t words; /* 64-bit words of one set */
    uint32_t sets;  /* one for each scope, then TAKEN and ALL */
    uint64_t *bits;
    TT_VEC(Edge) edges;
} Uses;

static uint64_t *set_of(Uses *uses, uint32_t index) {
    return uses->bits + (size_t)index * uses->words;
}

static void add_edge(Uses *uses, uint32_t from, uint32_t to) {
    Edge edge = {from, to};
    if (from != to) tt_vec_push(&uses->edges, edge);
}

static bool makes_function(TtInsn insn) {
    return insn.op == TT_OP_MAKE_FUNCTION || insn.op == TT_OP_MAKE_LAMBDA;
}

/**
 * Children → scope of the label they start at, or `all` when the module has no such label: it is a file or a
 * built-in worker then. The caller frees.
 */
static uint32_t *find_child_scopes(const TtModule *module, uint32_t all) {
    uint32_t *scope_of = tt_alloc((module->children.count + 1) * sizeof *scope_of);
    uint32_t *by_name = tt_alloc((module->names.count + 1) * sizeof *by_name);
    for (uint32_t i = 0; i < module->names.count; i++) by_name[i] = all;
    for (uint32_t i = 0; i < module->labels.count; i++)
        by_name[module->labels.items[i].name] = module->scope_of[module->labels.items[i].address];
    for (uint32_t i = 0; i < module->children.count; i++) {
        TtValue label = module->constants.items[module->children.items[i].label];
        uint32_t name = tt_names_find(&module->names, tt_bytes_data(label), label.len);
        scope_of[i] = name == TT_NO_NAME ? all : by_name[name];
    }
    tt_free(by_name);
    return scope_of;
}

/** Instructions that are come to in another way than from the one before. The caller frees. */
static bool *find_entered(const TtModule *module) {
    uint32_t count = module->code.count;
    bool *entered = tt_alloc_zero((size_t)count + 1);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t target = tt_insn_target(module, module->code.items[i]);
        if (target <= count) entered[target] = true;
    }
    for (uint32_t i = 0; i < module->blocks.count; i++)
        if (module->blocks.items[i].end_at < count) entered[module->blocks.items[i].end_at + 1] = true;
    for (uint32_t i = 0; i < module->labels.count; i++) entered[module->labels.items[i].address] = true;
    for (uint32_t i = 0; i < module->functions.count; i++) entered[module->functions.items[i].entry] = true;
    return entered;
}

static void scan_code(Uses *uses, uint32_t taken, uint32_t all, bool exact) {
    const TtModule *module = uses->module;
    uint32_t *child_scopes = find_child_scopes(module, all);
    bool *entered = find_entered(module);
    for (uint32_t at = 0; at < module->code.count; at++) {
        TtInsn insn = module->code.items[at];
        uint32_t scope = exact ? module->scope_of[at] : all;
        switch ((TtOp)insn.op) {
        case TT_OP_LOAD:
        case TT_OP_CAPTURE:
        case TT_OP_EXPORT: {
            uint32_t slot = tt_scope_slot(module, 0, (uint32_t)insn.b);
            if (slot != TT_NO_SLOT) set_of(uses, scope)[slot / 64] |= 1ull << (slot % 64);
            break;
        }
        case TT_OP_CALL:
        case TT_OP_TAIL_CALL:
        case TT_OP_MAKE_FUNCTION:
        case TT_OP_MAKE_LAMBDA: {
            if (!exact) break;
            uint32_t callee = module->scope_of[module->functions.items[insn.b].entry];
            add_edge(uses, scope, callee);
            if (makes_function(insn)) add_edge(uses, taken, callee);
            break;
        }
        case TT_OP_CALL_FUNCTION:
        case TT_OP_TAIL_CALL_FUNCTION: add_edge(uses, scope, taken); break;
        case TT_OP_SPAWN:
        case TT_OP_SPAWN_ARGS:
        case TT_OP_SPAWN_LINK:
        case TT_OP_SPAWN_MONITOR:
        case TT_OP_SUPERVISE_FUNCTION:
            if (at == 0 || entered[at] || !makes_function(module->code.items[at - 1]))
                add_edge(uses, scope, all);
            break;
        case TT_OP_SUPERVISE_CHILD:
            if (exact) add_edge(uses, scope, child_scopes[insn.b]);
            break;
        default: break;
        }
    }
    for (uint32_t i = 0; exact && i < module->labels.count; i++) /* --run-tests starts them */
        if (tt_names_test(tt_names_text(&module->names, module->labels.items[i].name)))
            add_edge(uses, taken, module->scope_of[module->labels.items[i].address]);
    if (exact)
        for (uint32_t scope = 0; scope < module->scopes.count; scope++) add_edge(uses, all, scope);
    else
        add_edge(uses, taken, all);
    tt_free(child_scopes);
    tt_free(entered);
}

static void propagate(Uses *uses) {
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < uses->edges.count; i++) {
            uint64_t *to = set_of(uses, uses->edges.items[i].from);
            const uint64_t *from = set_of(uses, uses->edges.items[i].to);
            for (uint32_t w = 0; w < uses->words; w++) {
                changed = changed || (from[w] & ~to[w]);
                to[w] |= from[w];
            }
        }
    }
}

static uint32_t *list_set(Uses *uses, uint32_t index, uint32_t *count) {
    const uint64_t *set = set_of(uses, index);
    uint32_t slots = uses->module->scopes.items[0].slots.count, used = 0;
    for (uint32_t slot = 0; slot < slots; slot++) used += (set[slot / 64] >> (slot % 64)) & 1;
    uint32_t *list = tt_alloc((used ? used : 1) * sizeof *list);
    *count = 0;
    for (uint32_t slot = 0; slot < slots; slot++)
        if ((set[slot / 64] >> (slot % 64)) & 1) list[(*count)++] = slot;
    return list;
}

void tt_module_find_globals_used(TtModule *module) {
    uint32_t scopes = module->scopes.count;
    Uses uses = {.module = module, .words = module->scopes.items[0].slots.count / 64 + 1};
    bool exact = (uint64_t)scopes * uses.words * 8 <= MAX_SET_BYTES;
    uint32_t taken = exact ? scopes : 0, all = taken + 1;
    uses.sets = all + 1;
    uses.bits = tt_alloc_zero((size_t)uses.sets * uses.words * sizeof *uses.bits);
    scan_code(&uses, taken, all, exact);
    propagate(&uses);
    for (uint32_t i = 0; exact && i < scopes; i++)
        module->scopes.items[i].globals_used =
            list_set(&uses, i, &module->scopes.items[i].globals_used_count);
    module->globals_read = list_set(&uses, taken, &module->globals_read_count);
    tt_vec_free(&uses.edges);
    tt_free(uses.bits);
}
