// SPDX-License-Identifier: MIT
/**
 * Canonical code → executable code of the same length (a HALT and a RET behind it): variables become slots,
 * and operations whose operands the verifier could not prove get TT_EXEC_CHECKED.
 *
 * Ownership. Every update may change a list or object in place that is not marked as shared: whoever leaves
 * a reference in a second place marks it, so what an operand without a mark refers to is nobody else's. A
 * LOAD leaves the value in its variable too, so in general it marks, and the next update copies; the copy is
 * not marked. Two cases need no mark, found by following the operand stack
 * within a basic block:
 *   - the pushed reference is consumed by instructions that only read it (TT_FLAG_READS);
 *   - it is updated and stored back into the same variable, and nothing between the update and the
 *     store can throw, yield or read the variable, so nobody can see the variable in between.
 * A reference that outlives a call keeps its freedom from marking only if no callee can update the
 * variable: locals, not globals.

 * The stack interpreter may then do every update in place if the buffer has no mark: a reference on
 * the operand stack is the only one, or it is marked, or it is one of those two cases. `own` tells
 * which updates belong to the second, for engines that keep references in variables instead of LOADs.
 */
#include "exec/exec.h"

#include "base/alloc.h"
#include "exec/field_hint.h"
#include "exec/fuse.h"

#include <string.h>

#define MAX_TRACKED 64

typedef struct Entry {
    int32_t load;     /* LOAD that pushed it, -1: unknown */
    bool updated;     /* an update has been applied to it */
    bool destructive; /* one that changes what is there, in place */
    bool spoiled;     /* must not be committed */
} Entry;

typedef struct Prepare {
    TtModule *module;
    bool *block_start;
    bool *has_try; /* by scope */
    bool *peek;    /* LOAD: no mark needed */
    Entry entries[MAX_TRACKED];
    uint32_t count;
} Prepare;

static const Entry unknown_entry = {-1, false, false, false};

static void push(Prepare *p, Entry entry) {
    if (p->count == MAX_TRACKED) {
        /* The oldest is forgotten: its LOAD keeps its mark. */
        memmove(p->entries, p->entries + 1, (MAX_TRACKED - 1) * sizeof *p->entries);
        p->count--;
    }
    p->entries[p->count++] = entry;
}

static Entry pop(Prepare *p) {
    return p->count ? p->entries[--p->count] : unknown_entry;
}

static bool is_update(unsigned op) {
    return op == TT_OP_LIST_SET || op == TT_OP_LIST_POP || op == TT_OP_LIST_APPEND || op == TT_OP_SET_FIELD ||
           op == TT_OP_OBJECT_SET;
}

/** Appending never changes what an older view shows. */
static bool is_destructive(unsigned op) {
    return is_update(op) && op != TT_OP_LIST_APPEND;
}

static int32_t loaded_name(const Prepare *p, Entry entry) {
    return entry.load < 0 ? -1 : p->module->code.items[entry.load].b;
}

static bool is_local(const Prepare *p, Entry entry) {
    uint32_t scope = p->module->scope_of[entry.load];
    return scope != 0 && tt_scope_slot(p->module, scope, (uint32_t)loaded_name(p, entry)) != TT_NO_SLOT;
}

/** What executing `insn` means for the references that stay on the stack below its operands. */
static void note_hazards(Prepare *p, TtInsn insn, uint32_t at, uint32_t operands) {
    uint8_t flags = tt_op_info(insn.op)->flags;
    bool observable = flags & (TT_FLAG_THROWS | TT_FLAG_YIELDS | TT_FLAG_JUMPS);
    uint32_t below = p->count > operands ? p->count - operands : 0;
    for (uint32_t i = 0; i < p->count; i++) {
        Entry *entry = &p->entries[i];
        if (entry->load < 0) continue;
        bool chained = is_update(insn.op) && i == below && !p->has_try[p->module->scope_of[at]];
        /* STORE_GLOBAL throws in a frozen module only, whose values are never updated in place. */
        chained = chained || (insn.op == TT_OP_STORE_GLOBAL && i == below);
        if (entry->destructive && observable && !chained) entry->spoiled = true;
        /* The older value comes to stay beside the updated one, and what both contain with it. */
        if ((insn.op == TT_OP_LOAD || insn.op == TT_OP_CAPTURE) && loaded_name(p, *entry) == insn.b &&
            entry->updated)
            entry->spoiled = true;
        if ((flags & TT_FLAG_YIELDS) && i < below && !is_local(p, *entry)) *entry = unknown_entry;
        if ((insn.op == TT_OP_STORE || insn.op == TT_OP_STORE_GLOBAL || insn.op == TT_OP_DELETE) &&
            loaded_name(p, *entry) == insn.b && i < below)
            *entry = unknown_entry;
    }
}

/** Another reference to the same variable on the stack forbids updating through this one. */
static bool only_reference(const Prepare *p, Entry entry) {
    for (uint32_t i = 0; i < p->count; i++)
        if (loaded_name(p, p->entries[i]) == loaded_name(p, entry)) return false;
    return true;
}

static void follow_update(Prepare *p, TtInsn insn, uint32_t operands) {
    for (uint32_t i = 1; i < operands; i++) (void)pop(p); /* kept by the container */
    Entry container = pop(p);
    if (container.load >= 0 && !only_reference(p, container)) container.spoiled = true;
    container.updated = true;
    container.destructive = container.destructive || is_destructive(insn.op);
    push(p, container);
    if (insn.op == TT_OP_LIST_POP) push(p, unknown_entry);
}

static void follow(Prepare *p, TtInsn insn, uint32_t at) {
    int pops = tt_insn_pops(p->module, insn), pushes = tt_insn_pushes(p->module, insn);
    const TtOpInfo *info = tt_op_info(insn.op);
    if (pops == TT_VARIES) {
        p->count = 0;
        return;
    }
    note_hazards(p, insn, at, (uint32_t)pops);
    if (is_update(insn.op)) {
        follow_update(p, insn, (uint32_t)pops);
        return;
    }
    switch ((TtOp)insn.op) {
    case TT_OP_LOAD: push(p, (Entry){(int32_t)at, false, false, false}); return;
    case TT_OP_SWAP: {
        Entry b = pop(p), a = pop(p);
        push(p, b);
        push(p, a);
        return;
    }
    case TT_OP_ROT: {
        Entry c = pop(p), b = pop(p), a = pop(p);
        push(p, b);
        push(p, c);
        push(p, a);
        return;
    }
    case TT_OP_STORE:
    case TT_OP_STORE_GLOBAL: {
        Entry value = pop(p);
        bool same = value.load >= 0 && value.updated && !value.spoiled && loaded_name(p, value) == insn.b;
        bool global = insn.op == TT_OP_STORE_GLOBAL || p->module->scope_of[at] == 0;
        if (same && global != is_local(p, value)) p->peek[value.load] = true;
        return;
    }
    case TT_OP_RET: {
        Entry value = pop(p);
        if (value.load >= 0 && !value.updated && is_local(p, value)) p->peek[value.load] = true;
        p->count = 0;
        return;
    }
    default: break;
    }
    bool reads = (info->flags & TT_FLAG_READS) || insn.op == TT_OP_BUILTIN;
    for (int i = 0; i < pops; i++) {
        Entry entry = pop(p);
        if (reads && entry.load >= 0 && !entry.updated) p->peek[entry.load] = true;
    }
    if (pushes == TT_VARIES)
        p->count = 0;
    else
        for (int i = 0; i < pushes; i++) push(p, unknown_entry);
}

static void mark_block(Prepare *p, uint32_t address) {
    if (address <= p->module->code.count) p->block_start[address] = true;
}

static void find_blocks(Prepare *p) {
    const TtModule *module = p->module;
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn insn = module->code.items[i];
        uint32_t target = tt_insn_target(module, insn);
        if (target != UINT32_MAX) mark_block(p, target);
        if (target != UINT32_MAX || (tt_op_info(insn.op)->flags & TT_FLAG_ENDS)) mark_block(p, i + 1);
        if (insn.op == TT_OP_TRY) p->has_try[module->scope_of[i]] = true;
        if (insn.op == TT_OP_CATCH) {
            mark_block(p, i);
            if (insn.a == 1) mark_block(p, module->blocks.items[insn.b].end_at + 1);
        }
    }
    for (uint32_t i = 0; i < module->functions.count; i++) mark_block(p, module->functions.items[i].entry);
    for (uint32_t i = 0; i < module->labels.count; i++) mark_block(p, module->labels.items[i].address);
}

static TtInsn prepare_variable(const Prepare *p, TtInsn insn, uint32_t at) {
    const TtModule *module = p->module;
    uint32_t scope = module->scope_of[at], slot = tt_scope_slot(module, scope, (uint32_t)insn.b);
    if (insn.op == TT_OP_STORE) {
        insn.op = module->scopes.items[scope].ordered ? TT_FAST_STORE_ORDERED : TT_FAST_STORE_LOCAL;
    } else if (slot != TT_NO_SLOT) {
        insn.op = p->peek[at] ? TT_FAST_LOAD_LOCAL_PEEK : TT_FAST_LOAD_LOCAL;
    } else {
        insn.op = p->peek[at] ? TT_FAST_LOAD_GLOBAL_PEEK : TT_FAST_LOAD_GLOBAL;
        slot = tt_scope_slot(module, 0, (uint32_t)insn.b);
    }
    insn.b = (int32_t)slot;
    return insn;
}

static TtInsn prepare_insn(const Prepare *p, uint32_t at) {
    TtInsn insn = p->module->code.items[at];
    int pops = tt_insn_pops(p->module, insn);
    bool checked = pops > 0 && p->module->min_height[at] < pops;
    switch ((TtOp)insn.op) {
    case TT_OP_LOAD:
    case TT_OP_STORE: insn = prepare_variable(p, insn, at); break;
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

void tt_exec_prepare(TtModule *module) {
    uint32_t count = module->code.count;
    Prepare p = {.module = module};
    p.block_start = tt_alloc_zero((count + 2) * sizeof *p.block_start);
    p.has_try = tt_alloc_zero(module->scopes.count * sizeof *p.has_try);
    p.peek = tt_alloc_zero((count + 1) * sizeof *p.peek);
    find_blocks(&p);
    for (uint32_t i = 0; i < count; i++) {
        if (p.block_start[i]) p.count = 0;
        follow(&p, module->code.items[i], i);
    }
    module->plain = tt_alloc((count + 2) * sizeof *module->plain);
    for (uint32_t i = 0; i < count; i++) module->plain[i] = prepare_insn(&p, i);
    module->plain[count] = (TtInsn){TT_OP_HALT, 0, 0};
    module->plain[count + 1] = (TtInsn){TT_OP_RET, 0, 0}; /* where a TAIL_CALL at top level returns to */
    give_cells(module);
    module->exec = tt_fuse_code(module->plain, count + 2);
    module->facts = tt_alloc_zero((size_t)count + 1);
    for (uint32_t i = 0; i < count; i++) module->facts[i] = p.peek[i] ? TT_FACT_PEEK : 0;
    tt_free(p.block_start);
    tt_free(p.has_try);
    tt_free(p.peek);
}
