// SPDX-License-Identifier: MIT
/**
 * Ownership. Every update may change a list or object in place that is not marked as shared: whoever leaves
 * a reference in a second place marks it, so what an operand without a mark refers to is nobody else's. A
 * LOAD leaves the value in its variable too, so in general it marks, and the next update copies; the copy is
 * not marked. These loads need no mark, found by following the operand stack within a basic block:
 *   - the pushed reference is consumed by instructions that only read it (TT_FLAG_READS);
 *   - it is updated and stored back into the same variable, and nobody can see the variable in between, or
 * only gets fields that the updates leave alone. What throws ends the frame, so it sees nothing, where the
 *     variable is the frame's and the function has no TRY;
 *   - nobody reads the variable any more (exec/liveness.h): the reference has moved.
 * A reference that outlives a call keeps its freedom from marking only if no callee can update the
 * variable: locals, not globals.
 *
 * An item that an INDEX gets from a list is in two places, too. It is only borrowed, and needs no mark as
 * long as the list has none, when all that happens to it is that fields are got and set, and then it goes
 * back to where it was by a LIST_SET, before anybody looks at the list, and nobody reads the variable it was
 * in.
 */
#include "exec/ownership.h"

#include "base/alloc.h"
#include "exec/liveness.h"

#include <string.h>

#define MAX_TRACKED 64

typedef struct Entry {
    int32_t load;     /* LOAD that pushed it, -1: unknown */
    bool updated;     /* an update has been applied to it */
    bool destructive; /* one that changes what is there, in place */
    bool spoiled;     /* must not be committed */
    bool dead;        /* nobody reads the variable any more */
    bool borrowed;    /* it is the item that `borrow` is about */
    int32_t literal;  /* PUSH_INT that pushed it, -1 */
    uint64_t fields;  /* updates: bit `constant mod 64` for each field set; all for other updates */
} Entry;

/** The last INDEX of a frame's variable, while its item may still go back to where it was. */
typedef struct Borrow {
    bool active;
    bool taken;         /* the variable has been loaded for more than getting a field */
    int32_t index_at;   /* the INDEX */
    int32_t list;       /* name of the variable */
    int32_t index_from; /* the LOAD or PUSH_INT that pushed the index */
    int32_t holder;     /* name of the variable that has the item, -1: it is an operand */
    int32_t container;  /* the LOAD of the list since then, -1 */
    uint64_t fields;    /* that have been set, as in Entry */
} Borrow;

typedef struct Tracker {
    const TtModule *module;
    bool exact; /* as tt_exec_ownership */
    bool *block_start;
    bool *has_try;  /* by scope */
    bool *last;     /* LOAD: nobody reads the variable any more */
    uint8_t *facts; /* what is found: TT_FACT_… by address */
    Borrow borrow;
    Entry entries[MAX_TRACKED];
    uint32_t count;
} Tracker;

static const Entry unknown_entry = {.load = -1, .literal = -1};

static void push(Tracker *p, Entry entry) {
    if (p->count == MAX_TRACKED) {
        /* The oldest is forgotten: its LOAD keeps its mark. */
        memmove(p->entries, p->entries + 1, (MAX_TRACKED - 1) * sizeof *p->entries);
        p->count--;
    }
    p->entries[p->count++] = entry;
}

static Entry pop(Tracker *p) {
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

static int32_t loaded_name(const Tracker *p, Entry entry) {
    return entry.load < 0 ? -1 : p->module->code.items[entry.load].b;
}

static bool is_local(const Tracker *p, Entry entry) {
    uint32_t scope = p->module->scope_of[entry.load];
    return scope != 0 && tt_scope_slot(p->module, scope, (uint32_t)loaded_name(p, entry)) != TT_NO_SLOT;
}

/** A variable that only its frame can read, and only where it goes on without having thrown. */
static bool dies_with_frame(const Tracker *p, Entry entry) {
    return !p->exact && is_local(p, entry) && !p->has_try[p->module->scope_of[entry.load]];
}

static uint64_t field_bit(TtInsn insn) {
    return 1ull << ((uint32_t)insn.b % 64);
}

/** The LOAD at `at` only gets a field that the updates of the entry have left alone. */
static bool reads_other_field(const Tracker *p, Entry entry, uint32_t at) {
    if (at + 1 >= p->module->code.count || p->block_start[at + 1]) return false;
    TtInsn next = p->module->code.items[at + 1];
    return p->module->code.items[at].op == TT_OP_LOAD && next.op == TT_OP_GET_FIELD &&
           !(entry.fields & field_bit(next)) && dies_with_frame(p, entry);
}

/** What executing `insn` means for the references that stay on the stack below its operands. */
static void note_hazards(Tracker *p, TtInsn insn, uint32_t at, uint32_t operands) {
    uint8_t flags = tt_op_info(insn.op)->flags;
    bool observable = flags & (TT_FLAG_THROWS | TT_FLAG_YIELDS | TT_FLAG_JUMPS);
    uint32_t below = p->count > operands ? p->count - operands : 0;
    for (uint32_t i = 0; i < p->count; i++) {
        Entry *entry = &p->entries[i];
        if (entry->load < 0) continue;
        bool chained = is_update(insn.op) && i == below && !p->has_try[p->module->scope_of[at]];
        /* STORE_GLOBAL throws in a frozen module only, whose values are never updated in place. */
        chained = chained || (insn.op == TT_OP_STORE_GLOBAL && i == below);
        /* A throw ends the frame, and its variables with it. */
        chained = chained || (!(flags & TT_FLAG_YIELDS) && dies_with_frame(p, *entry));
        if (entry->destructive && observable && !chained) entry->spoiled = true;
        /* The older value comes to stay beside the updated one, and what both contain with it. */
        if ((insn.op == TT_OP_LOAD || insn.op == TT_OP_CAPTURE) && loaded_name(p, *entry) == insn.b &&
            entry->updated && !reads_other_field(p, *entry, at))
            entry->spoiled = true;
        if ((flags & TT_FLAG_YIELDS) && i < below && !is_local(p, *entry)) *entry = unknown_entry;
        if ((insn.op == TT_OP_STORE || insn.op == TT_OP_STORE_GLOBAL || insn.op == TT_OP_DELETE) &&
            loaded_name(p, *entry) == insn.b && i < below)
            *entry = unknown_entry;
    }
}

/** Another reference to the same variable on the stack forbids updating through this one. */
static bool only_reference(const Tracker *p, Entry entry) {
    for (uint32_t i = 0; i < p->count; i++)
        if (loaded_name(p, p->entries[i]) == loaded_name(p, entry)) return false;
    return true;
}

/** The reference goes on to another place, and whoever takes it is its only holder if its variable is dead.
 */
static void hand_over(Tracker *p, Entry entry) {
    if (entry.load >= 0 && entry.dead && !entry.spoiled && only_reference(p, entry))
        p->facts[entry.load] |= TT_FACT_MOVE;
}

/** The value of a variable that is dead from here on. */
static void follow_last_load(Tracker *p, Entry entry) {
    for (uint32_t i = 0; i < p->count; i++)
        if (loaded_name(p, p->entries[i]) == loaded_name(p, entry)) p->entries[i].dead = true;
    hand_over(p, entry);
}

/* ---- borrowed items
 * -------------------------------------------------------------------------------------------- */

static bool next_is_store_of(const Tracker *p, uint32_t at, int32_t name) {
    if (at + 1 >= p->module->code.count || p->block_start[at + 1]) return false;
    TtInsn next = p->module->code.items[at + 1];
    return next.op == TT_OP_STORE && next.b == name;
}

/** INDEX at `at`, whose operands are still there: its item may turn out to be borrowed. */
static void begin_borrow(Tracker *p, uint32_t at) {
    p->borrow.active = false;
    if (p->count < 2) return;
    Entry list = p->entries[p->count - 2], index = p->entries[p->count - 1];
    if (list.load < 0 || list.updated || !dies_with_frame(p, list)) return;
    if (index.literal < 0 && (index.load < 0 || !dies_with_frame(p, index))) return;
    p->borrow = (Borrow){.active = true,
                         .index_at = (int32_t)at,
                         .list = loaded_name(p, list),
                         .index_from = index.literal < 0 ? index.load : index.literal,
                         .holder = -1,
                         .container = -1};
}

static bool is_same_index(const Tracker *p, Entry entry) {
    int32_t from = entry.literal < 0 ? entry.load : entry.literal;
    if (from < 0) return false;
    TtInsn a = p->module->code.items[from], b = p->module->code.items[p->borrow.index_from];
    return a.op == b.op && a.a == b.a && a.b == b.b;
}

/** LIST_SET at `at`, whose operands are still there: whether the item goes back to where it was. */
static bool gives_back(const Tracker *p, uint32_t at) {
    if (p->count < 3) return false;
    const Borrow *borrow = &p->borrow;
    Entry list = p->entries[p->count - 3], index = p->entries[p->count - 2], item = p->entries[p->count - 1];
    if (!item.borrowed || item.spoiled || (borrow->holder >= 0) != (item.load >= 0 && item.dead))
        return false;
    if (list.load < 0 || loaded_name(p, list) != borrow->list || list.updated || list.spoiled) return false;
    for (uint32_t i = 0; i + 3 < p->count; i++)
        if (loaded_name(p, p->entries[i]) == borrow->list) return false;
    if (borrow->container >= 0 ? list.load != borrow->container : list.load > borrow->index_at) return false;
    return is_same_index(p, index) && next_is_store_of(p, at, borrow->list);
}

/** A LOAD of the variable that holds the item, for more than getting a field that is as it was. */
static bool takes_borrowed(Tracker *p, TtInsn insn, uint32_t at) {
    Borrow *borrow = &p->borrow;
    if (!borrow->active || insn.b != borrow->holder) return false;
    Entry item = {.load = (int32_t)at, .fields = borrow->fields};
    if (reads_other_field(p, item, at)) return false;
    if (borrow->taken) borrow->active = false;
    borrow->taken = true;
    return true;
}

static bool is_about(const Tracker *p, int32_t name) {
    TtInsn index = p->module->code.items[p->borrow.index_from];
    return name == p->borrow.list || name == p->borrow.holder || (index.op == TT_OP_LOAD && name == index.b);
}

static void follow_borrow_store(Tracker *p, TtInsn insn, uint32_t at) {
    Borrow *borrow = &p->borrow;
    const Entry *top = p->count ? &p->entries[p->count - 1] : NULL;
    bool named = is_about(p, insn.b);
    if (top && top->borrowed) {
        uint32_t scope = p->module->scope_of[at];
        bool holds = !named && borrow->holder < 0 && !top->updated && top->load < 0 && scope != 0 &&
                     !p->has_try[scope];
        borrow->holder = insn.b;
        borrow->active = holds;
    } else if (named) {
        borrow->active = false;
    }
}

/** What an instruction, whose operands are still there, means for the borrowed item. */
static void follow_borrow(Tracker *p, TtInsn insn, uint32_t at, int pops) {
    Borrow *borrow = &p->borrow;
    uint32_t operands = pops < 0 ? p->count : (uint32_t)pops < p->count ? (uint32_t)pops : p->count;
    bool reads = (tt_op_info(insn.op)->flags & TT_FLAG_READS) || insn.op == TT_OP_BUILTIN;
    switch ((TtOp)insn.op) {
    case TT_OP_STORE: follow_borrow_store(p, insn, at); return;
    case TT_OP_LOAD:
        if (insn.b != borrow->list) return;
        if (borrow->fields || borrow->container >= 0) borrow->active = false;
        borrow->container = (int32_t)at;
        return;
    case TT_OP_SET_FIELD:
        if (p->count < 2 || p->entries[p->count - 1].borrowed) borrow->active = false;
        if (p->count >= 2 && p->entries[p->count - 2].borrowed) borrow->fields |= field_bit(insn);
        return;
    case TT_OP_LIST_SET:
        if (gives_back(p, at)) p->facts[borrow->index_at] |= TT_FACT_BORROW;
        borrow->active = false;
        return;
    case TT_OP_SWAP:
    case TT_OP_ROT: return;
    case TT_OP_CAPTURE:
    case TT_OP_DELETE:
        if (is_about(p, insn.b)) borrow->active = false;
        return;
    default: break;
    }
    if (tt_op_info(insn.op)->flags & TT_FLAG_YIELDS || pops < 0) borrow->active = false;
    for (uint32_t i = 1; !reads && i <= operands; i++)
        if (p->entries[p->count - i].borrowed) borrow->active = false;
}

/* ---- all
 * ------------------------------------------------------------------------------------------------------- */

static void follow_update(Tracker *p, TtInsn insn, uint32_t operands) {
    for (uint32_t i = 1; i < operands; i++) hand_over(p, pop(p)); /* kept by the container */
    Entry container = pop(p);
    if (container.load >= 0 && !only_reference(p, container)) container.spoiled = true;
    container.updated = true;
    container.destructive = container.destructive || is_destructive(insn.op);
    container.fields |= insn.op == TT_OP_SET_FIELD ? field_bit(insn) : UINT64_MAX;
    push(p, container);
    if (insn.op == TT_OP_LIST_POP) push(p, unknown_entry);
}

static void follow(Tracker *p, TtInsn insn, uint32_t at) {
    int pops = tt_insn_pops(p->module, insn), pushes = tt_insn_pushes(p->module, insn);
    const TtOpInfo *info = tt_op_info(insn.op);
    if (p->borrow.active) follow_borrow(p, insn, at, pops);
    if (insn.op == TT_OP_INDEX) begin_borrow(p, at);
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
    case TT_OP_LOAD: {
        Entry entry = {.load = (int32_t)at, .literal = -1, .dead = p->last[at]};
        entry.borrowed = takes_borrowed(p, insn, at);
        if (entry.dead) follow_last_load(p, entry);
        push(p, entry);
        return;
    }
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
        if (same && global != is_local(p, value)) p->facts[value.load] |= TT_FACT_PEEK;
        hand_over(p, value);
        return;
    }
    case TT_OP_RET: {
        Entry value = pop(p);
        if (value.load >= 0 && !value.updated && is_local(p, value)) p->facts[value.load] |= TT_FACT_PEEK;
        hand_over(p, value);
        p->count = 0;
        return;
    }
    default: break;
    }
    bool reads = (info->flags & TT_FLAG_READS) || insn.op == TT_OP_BUILTIN;
    for (int i = 0; i < pops; i++) {
        Entry entry = pop(p);
        hand_over(p, entry);
        if (reads && entry.load >= 0 && !entry.updated) p->facts[entry.load] |= TT_FACT_PEEK;
    }
    if (pushes == TT_VARIES)
        p->count = 0;
    else
        for (int i = 0; i < pushes; i++) push(p, unknown_entry);
    if (insn.op == TT_OP_PUSH_INT) p->entries[p->count - 1].literal = (int32_t)at;
    if (insn.op == TT_OP_INDEX) p->entries[p->count - 1].borrowed = p->borrow.active;
}

static void mark_block(Tracker *p, uint32_t address) {
    if (address <= p->module->code.count) p->block_start[address] = true;
}

static void find_blocks(Tracker *p) {
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

uint8_t *tt_exec_ownership(const TtModule *module, bool exact) {
    uint32_t count = module->code.count;
    Tracker p = {.module = module, .exact = exact};
    p.block_start = tt_alloc_zero(((size_t)count + 2) * sizeof *p.block_start);
    p.has_try = tt_alloc_zero(module->scopes.count * sizeof *p.has_try);
    p.facts = tt_alloc_zero((size_t)count + 1);
    find_blocks(&p);
    p.last = exact ? tt_alloc_zero((size_t)count + 1) : tt_exec_last_reads(module, p.block_start);
    for (uint32_t i = 0; i < count; i++) {
        if (p.block_start[i]) {
            p.count = 0;
            p.borrow.active = false;
        }
        follow(&p, module->code.items[i], i);
    }
    tt_free(p.block_start);
    tt_free(p.has_try);
    tt_free(p.last);
    return p.facts;
}
