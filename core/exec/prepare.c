// SPDX-License-Identifier: MIT
/**
 * Canonical code → executable code of the same length (a HALT and a RET behind it): variables become slots,
 * and operations whose operands the verifier could not prove get TT_EXEC_CHECKED.
 *
 * The stack interpreter may do every update in place if the buffer has no mark: a reference on the operand
 * stack is the only one, or it is marked, or ownership.c has found that its load need not mark it.
 */
#include "exec/exec.h"

#include "base/alloc.h"
#include "exec/field_hint.h"
#include "exec/fuse.h"
#include "exec/ownership.h"

static TtInsn prepare_variable(const TtModule *module, TtInsn insn, uint32_t at) {
    uint32_t scope = module->scope_of[at], slot = tt_scope_slot(module, scope, (uint32_t)insn.b);
    if (insn.op == TT_OP_STORE) {
        insn.op = module->scopes.items[scope].ordered ? TT_FAST_STORE_ORDERED : TT_FAST_STORE_LOCAL;
    } else if (slot != TT_NO_SLOT) {
        insn.op = module->facts[at] & TT_FACT_PEEK ? TT_FAST_LOAD_LOCAL_PEEK : TT_FAST_LOAD_LOCAL;
    } else {
        insn.op = module->facts[at] & TT_FACT_PEEK ? TT_FAST_LOAD_GLOBAL_PEEK : TT_FAST_LOAD_GLOBAL;
        slot = tt_scope_slot(module, 0, (uint32_t)insn.b);
    }
    insn.b = (int32_t)slot;
    return insn;
}

static TtInsn prepare_insn(const TtModule *module, uint32_t at) {
    TtInsn insn = module->code.items[at];
    int pops = tt_insn_pops(module, insn);
    bool checked = pops > 0 && module->min_height[at] < pops;
    switch ((TtOp)insn.op) {
    case TT_OP_LOAD:
    case TT_OP_STORE: insn = prepare_variable(module, insn, at); break;
    case TT_OP_PUSH_INT:
        if (insn.a == 1) insn.op = TT_FAST_PUSH_INT_BIG;
        break;
    case TT_OP_LIST_SET: insn.op = TT_FAST_LIST_SET_OWN; break;
    case TT_OP_LIST_POP: insn.op = TT_FAST_LIST_POP_OWN; break;
    case TT_OP_SET_FIELD: insn.op = TT_FAST_SET_FIELD_OWN; break;
    case TT_OP_OBJECT_SET: insn.op = TT_FAST_OBJECT_SET_OWN; break;
    default: break;
    }
    if (checked) insn.op |= TT_EXEC_CHECKED;
    return insn;
}

/** Numbers the instructions that name a field in their code: exec/field_hint.h. */
static void give_cells(TtModule *module) {
    uint32_t cells = 0;
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn insn = module->code.items[i];
        if (insn.op != TT_OP_GET_FIELD && insn.op != TT_OP_SET_FIELD &&
            (insn.op != TT_OP_HAS_FIELD || insn.b < 0))
            continue;
        module->plain[i].a = (uint16_t)(cells++ % TT_FIELD_CELLS_MAX);
    }
    if (cells > TT_FIELD_CELLS_MAX) cells = TT_FIELD_CELLS_MAX;
    module->field_cells = tt_alloc_zero((cells + 1) * sizeof *module->field_cells);
}

void tt_exec_prepare(TtModule *module, bool exact) {
    uint32_t count = module->code.count;
    module->facts = tt_exec_ownership(module, exact);
    module->plain = tt_alloc((count + 2) * sizeof *module->plain);
    for (uint32_t i = 0; i < count; i++) module->plain[i] = prepare_insn(module, i);
    module->plain[count] = (TtInsn){TT_OP_HALT, 0, 0};
    module->plain[count + 1] = (TtInsn){TT_OP_RET, 0, 0}; /* where a TAIL_CALL at top level returns to */
    give_cells(module);
    module->exec = tt_fuse_code(module->plain, count + 2);
}
