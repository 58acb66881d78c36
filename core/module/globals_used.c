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

static void scan_code(Uses *uses, uint32_t taken, uint32_t all, bool exact) {
    const TtModule *module = uses->module;
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
            if (at == 0 || !makes_function(module->code.items[at - 1])) add_edge(uses, scope, all);
            break;
        default: break;
        }
    }
    if (exact)
        for (uint32_t scope = 0; scope < module->scopes.count; scope++) add_edge(uses, all, scope);
    else
        add_edge(uses, taken, all);
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
