// SPDX-License-Identifier: MIT
/**
 * Backward data flow: which variables may still be read. A variable of top level is a global, too: calls,
 * spawning and the end of the code read those that other frames may read. What a handler of a scope needs is
 * live everywhere in the scope, since any instruction may meet a limit there.
 */
#include "opt/pass.h"

#include "base/alloc.h"

#include <string.h>

/** Words of all sets together; scopes beyond take everything to be live. */
#define MOST_WORDS (1u << 21)

static void set_add(uint64_t *set, uint32_t var) {
    set[var / 64] |= UINT64_C(1) << (var % 64);
}

static void set_remove(uint64_t *set, uint32_t var) {
    set[var / 64] &= ~(UINT64_C(1) << (var % 64));
}

/** Whether other frames of the actor, or of one that is started, may look at the globals. */
static bool shows_globals(TtInsn insn) {
    switch ((TtOp)insn.op) {
    case TT_OP_HALT: return true;
    case TT_OP_PRINT:
    case TT_OP_WRITE:
    case TT_OP_DUMP_SCOPE:
    case TT_OP_YIELD:
    case TT_OP_SLEEP:
    case TT_OP_GET_TIME:
    case TT_OP_GET_TIME_MS:
    case TT_OP_SEND:
    case TT_OP_SENDNAMED:
    case TT_OP_RECEIVE:
    case TT_OP_RECEIVE_TIMEOUT:
    case TT_OP_RECEIVE_MATCH:
    case TT_OP_REGISTER:
    case TT_OP_WHEREIS: return false;
    default: return tt_op_info(insn.op)->flags & TT_FLAG_YIELDS;
    }
}

/** Adds the variables of top level that other frames may read. */
static void add_globals(const TtOpt *opt, const uint64_t *globals, uint64_t *set) {
    uint32_t words = tt_opt_words(&opt->scopes.items[0]);
    for (uint32_t w = 0; w < words; w++) set[w] |= globals[w];
}

/** The globals are the first set of `live`. */
static const uint64_t *globals_of(const TtOpt *opt) {
    return opt->live;
}

void tt_opt_live_before(const TtOpt *opt, uint32_t at, uint64_t *set) {
    TtInsn insn = tt_opt_insn(opt, at);
    uint32_t scope = opt->scope_of[at], var = opt->var_of[at];
    switch ((TtOp)insn.op) {
    case TT_OP_STORE:
        if (opt->guarded_row[scope] == TT_OPT_NONE ||
            !tt_opt_set_has(opt->guarded + opt->guarded_row[scope], var))
            set_remove(set, var);
        return;
    case TT_OP_LOAD:
    case TT_OP_CAPTURE:
    case TT_OP_EXPORT:
    case TT_OP_DELETE: set_add(set, var); return;
    case TT_OP_DUMP_SCOPE:
        for (uint32_t i = 0; i < opt->scopes.items[scope].var_count; i++) set_add(set, i);
        return;
    default: break;
    }
    if (scope == 0 && shows_globals(insn)) add_globals(opt, globals_of(opt), set);
}

typedef struct Liveness {
    TtOpt *opt;
    uint64_t *in;  /* as opt->live, where blocks start */
    uint64_t *now; /* one set */
    bool changed;
} Liveness;

static bool add_set(uint64_t *to, const uint64_t *from, uint32_t words) {
    bool changed = false;
    for (uint32_t w = 0; w < words; w++) {
        changed = changed || (from[w] & ~to[w]);
        to[w] |= from[w];
    }
    return changed;
}

static void add_successor(Liveness *liveness, uint64_t *out, uint32_t scope, uint32_t address) {
    TtOpt *opt = liveness->opt;
    if (address >= opt->count) {
        if (scope == 0) add_globals(opt, globals_of(opt), out);
        return;
    }
    uint32_t row = opt->live_row[opt->block_of[address]];
    (void)add_set(out, liveness->in + row, tt_opt_words(&opt->scopes.items[scope]));
}

static void visit_block(Liveness *liveness, uint32_t number) {
    TtOpt *opt = liveness->opt;
    const TtModule *module = opt->module;
    const TtOptBlock *block = &opt->blocks.items[number];
    uint32_t scope = block->scope, words = tt_opt_words(&opt->scopes.items[scope]);
    uint64_t *out = opt->live + opt->live_row[number], *in = liveness->in + opt->live_row[number];
    TtInsn last = tt_opt_insn(opt, block->end - 1);
    uint32_t target = tt_insn_target(module, last);
    if (target != UINT32_MAX) add_successor(liveness, out, scope, target);
    if (last.op == TT_OP_CATCH && last.a == 1)
        add_successor(liveness, out, scope, module->blocks.items[last.b].end_at + 1);
    if (!(tt_op_info(last.op)->flags & TT_FLAG_ENDS)) add_successor(liveness, out, scope, block->end);
    if (opt->guarded_row[scope] != TT_OPT_NONE)
        (void)add_set(out, opt->guarded + opt->guarded_row[scope], words);
    memcpy(liveness->now, out, words * sizeof *out);
    for (uint32_t at = block->end; at-- > block->first;) tt_opt_live_before(opt, at, liveness->now);
    if (add_set(in, liveness->now, words)) liveness->changed = true;
    /* Handlers are where a TRY leads. */
    if (last.op == TT_OP_TRY && target < opt->count && opt->guarded_row[scope] != TT_OPT_NONE &&
        add_set(opt->guarded + opt->guarded_row[scope], liveness->in + opt->live_row[opt->block_of[target]],
                words))
        liveness->changed = true;
}

/** Gives every scope that fits its sets. Returns the words of all. */
static uint32_t lay_out(TtOpt *opt) {
    uint32_t scopes = opt->scopes.count, blocks = opt->blocks.count;
    uint32_t *count = tt_alloc_zero((scopes + 1) * sizeof *count);
    bool *fits = tt_alloc_zero((size_t)scopes + 1);
    for (uint32_t i = 0; i < blocks; i++) count[opt->blocks.items[i].scope]++;
    uint64_t words = tt_opt_words(&opt->scopes.items[0]);
    for (uint32_t i = 0; i < scopes; i++) {
        uint64_t wanted = (uint64_t)count[i] * tt_opt_words(&opt->scopes.items[i]);
        fits[i] = words + wanted <= MOST_WORDS;
        if (fits[i]) words += wanted;
    }
    uint32_t next = tt_opt_words(&opt->scopes.items[0]), guarded = 0;
    for (uint32_t i = 0; i < blocks; i++) {
        uint32_t scope = opt->blocks.items[i].scope;
        opt->live_row[i] = fits[scope] ? next : TT_OPT_NONE;
        if (fits[scope]) next += tt_opt_words(&opt->scopes.items[scope]);
    }
    for (uint32_t i = 0; i < scopes; i++) {
        bool has = fits[i] && opt->scopes.items[i].has_try;
        opt->guarded_row[i] = has ? guarded : TT_OPT_NONE;
        if (has) guarded += tt_opt_words(&opt->scopes.items[i]);
    }
    opt->live = tt_alloc_zero(((size_t)next + 1) * sizeof *opt->live);
    opt->guarded = tt_alloc_zero(((size_t)guarded + 1) * sizeof *opt->guarded);
    tt_free(count);
    tt_free(fits);
    return next;
}

static void find_globals(TtOpt *opt) {
    for (uint32_t at = 0; at < opt->count; at++) {
        if (opt->scope_of[at] != 0 || opt->var_of[at] == TT_OPT_NONE) continue;
        TtInsn insn = tt_opt_insn(opt, at);
        /* The variable of a CATCH of the block form is not its operand. */
        uint32_t name = insn.op == TT_OP_CATCH && insn.a == 1 ? opt->module->blocks.items[insn.b].variable
                                                              : (uint32_t)insn.b;
        if (opt->read_as_global[name]) set_add(opt->live, opt->var_of[at]);
    }
}

static void mark_block(TtOpt *opt, uint32_t number, uint64_t *now) {
    const TtOptBlock *block = &opt->blocks.items[number];
    const TtOptScope *scope = &opt->scopes.items[block->scope];
    uint32_t guard = opt->guarded_row[block->scope];
    memcpy(now, opt->live + opt->live_row[number], tt_opt_words(scope) * sizeof *now);
    for (uint32_t at = block->end; at-- > block->first;) {
        TtInsn insn = tt_opt_insn(opt, at);
        uint32_t var = opt->var_of[at];
        bool dead = var != TT_OPT_NONE && !tt_opt_set_has(now, var) && !scope->has_dump &&
                    (guard == TT_OPT_NONE || !tt_opt_set_has(opt->guarded + guard, var));
        if (insn.op == TT_OP_STORE) opt->dead_store[at] = dead && opt->facts[at].depth > 0;
        if (insn.op == TT_OP_LOAD) opt->last_load[at] = dead;
        tt_opt_live_before(opt, at, now);
    }
}

void tt_opt_find_live(TtOpt *opt) {
    uint32_t blocks = opt->blocks.count, scopes = opt->scopes.count, most = 0;
    for (uint32_t i = 0; i < scopes; i++)
        if (tt_opt_words(&opt->scopes.items[i]) > most) most = tt_opt_words(&opt->scopes.items[i]);
    opt->live_row = tt_alloc((blocks + 1) * sizeof *opt->live_row);
    opt->guarded_row = tt_alloc((scopes + 1) * sizeof *opt->guarded_row);
    opt->dead_store = tt_alloc_zero((size_t)opt->count + 1);
    opt->last_load = tt_alloc_zero((size_t)opt->count + 1);
    uint32_t words = lay_out(opt);
    find_globals(opt);
    Liveness liveness = {.opt = opt,
                         .in = tt_alloc_zero(((size_t)words + 1) * sizeof *liveness.in),
                         .now = tt_alloc_zero(most * sizeof *liveness.now)};
    do {
        liveness.changed = false;
        for (uint32_t i = blocks; i-- > 0;)
            if (opt->live_row[i] != TT_OPT_NONE) visit_block(&liveness, i);
    } while (liveness.changed);
    for (uint32_t i = 0; i < blocks; i++)
        if (opt->live_row[i] != TT_OPT_NONE && opt->facts[opt->blocks.items[i].first].reached)
            mark_block(opt, i, liveness.now);
    tt_free(liveness.in);
    tt_free(liveness.now);
}

void tt_opt_free_live(TtOpt *opt) {
    tt_free(opt->live);
    tt_free(opt->live_row);
    tt_free(opt->guarded);
    tt_free(opt->guarded_row);
    tt_free(opt->dead_store);
    tt_free(opt->last_load);
    opt->live = opt->guarded = NULL;
    opt->live_row = opt->guarded_row = NULL;
    opt->dead_store = opt->last_load = NULL;
}
