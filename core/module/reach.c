// SPDX-License-Identifier: MIT
#include "module/reach.h"

#include "base/alloc.h"

#include <string.h>

static uint32_t find_root(TtReach *reach, uint32_t entry) {
    uint32_t *parents = reach->parents.items;
    while (parents[entry] != entry) entry = parents[entry] = parents[parents[entry]];
    return entry;
}

/** The smaller number stays, so that the top level keeps 0. */
static void join_entries(TtReach *reach, uint32_t a, uint32_t b) {
    a = find_root(reach, a);
    b = find_root(reach, b);
    if (a < b) reach->parents.items[b] = a;
    if (b < a) reach->parents.items[a] = b;
}

static void visit(TtReach *reach, uint32_t address, uint32_t entry) {
    if (address >= reach->module->code.count) return;
    uint32_t other = reach->entry_of[address];
    if (other == TT_REACH_NONE) {
        reach->entry_of[address] = entry;
        tt_vec_push(&reach->work, address);
    } else if (other != entry) {
        join_entries(reach, other, entry);
    }
}

void tt_reach_add(TtReach *reach, uint32_t entry) {
    const TtModule *module = reach->module;
    uint32_t number = reach->parents.count;
    tt_vec_push(&reach->parents, number);
    visit(reach, entry, number);
    while (reach->work.count) {
        uint32_t at = tt_vec_pop(&reach->work);
        TtInsn insn = module->code.items[at];
        uint32_t target = tt_insn_target(module, insn);
        if (target != UINT32_MAX) visit(reach, target, number);
        if (insn.op == TT_OP_CATCH && insn.a == 1)
            visit(reach, module->blocks.items[insn.b].end_at + 1, number);
        if (!(tt_op_info(insn.op)->flags & TT_FLAG_ENDS)) visit(reach, at + 1, number);
    }
}

void tt_reach_init(TtReach *reach, const TtModule *module) {
    size_t bytes = ((size_t)module->code.count + 1) * sizeof *reach->entry_of;
    *reach = (TtReach){.module = module, .entry_of = tt_alloc(bytes)};
    memset(reach->entry_of, 0xff, bytes);
    tt_reach_add(reach, 0);
}

uint32_t tt_reach_scopes(TtReach *reach, uint32_t *scope_of) {
    uint32_t count = reach->module->code.count, scopes = 1, unreached = reach->parents.count;
    size_t bytes = ((size_t)unreached + 1) * sizeof *scope_of;
    uint32_t *scope_of_root = tt_alloc(bytes);
    memset(scope_of_root, 0xff, bytes);
    scope_of_root[0] = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t entry = reach->entry_of[i];
        uint32_t root = entry == TT_REACH_NONE ? unreached : find_root(reach, entry);
        if (scope_of_root[root] == UINT32_MAX) scope_of_root[root] = scopes++;
        scope_of[i] = scope_of_root[root];
    }
    scope_of[count] = 0;
    tt_free(scope_of_root);
    return scopes;
}

void tt_reach_free(TtReach *reach) {
    tt_free(reach->entry_of);
    tt_vec_free(&reach->parents);
    tt_vec_free(&reach->work);
}
