// SPDX-License-Identifier: MIT
/** Editing code in place, and moving it together at the end of a round. */
#include "opt/pass.h"

#include "base/alloc.h"
#include "value/print.h"

#include <string.h>

const TtOptFact *tt_opt_fact(const TtOpt *opt, uint32_t at) {
    bool known = opt->facts[at].reached && !(opt->marks[at] & TT_OPT_STALE) &&
                 !opt->scopes.items[opt->scope_of[at]].pinned;
    return known ? &opt->facts[at] : NULL;
}

/** The other end of the run of deleted instructions that is known to begin (or end) here. */
static uint32_t run_from(const TtOpt *opt, const uint64_t *runs, uint32_t at) {
    return runs[at] >> 32 == opt->epoch ? (uint32_t)runs[at] : at;
}

uint32_t tt_opt_at(const TtOpt *opt, uint32_t address) {
    while (address < opt->count && tt_opt_is_deleted(opt, address))
        address = run_from(opt, opt->run_end, address) + 1;
    return address;
}

/** tt_opt_next (`step` 1) and tt_opt_previous (-1). */
static uint32_t neighbour(const TtOpt *opt, uint32_t at, uint32_t step, uint64_t *runs) {
    uint32_t first = at + step, next = first, found = TT_OPT_NONE;
    while (next < opt->count && !opt->leader[step == 1 ? next : at]) {
        if (!tt_opt_is_deleted(opt, next)) {
            found = next;
            break;
        }
        at = run_from(opt, runs, next);
        next = at + step;
    }
    if (next != first) runs[first] = (uint64_t)opt->epoch << 32 | at;
    return found;
}

uint32_t tt_opt_next(const TtOpt *opt, uint32_t at) {
    return neighbour(opt, at, 1, opt->run_end);
}

uint32_t tt_opt_previous(const TtOpt *opt, uint32_t at) {
    return neighbour(opt, at, UINT32_MAX, opt->run_begin);
}

void tt_opt_replace(TtOpt *opt, uint32_t at, TtInsn insn) {
    opt->module->code.items[at] = insn;
    tt_opt_restore(opt, at);
    opt->dead_store[at] = opt->last_load[at] = false;
    opt->changed = true;
}

void tt_opt_restore(TtOpt *opt, uint32_t at) {
    if (!tt_opt_is_deleted(opt, at)) return;
    opt->marks[at] &= (uint8_t)~TT_OPT_DELETED;
    opt->epoch++;
}

void tt_opt_delete(TtOpt *opt, uint32_t at) {
    if (!tt_opt_is_deleted(opt, at)) opt->report->passes[opt->pass].removed++;
    opt->marks[at] |= TT_OPT_DELETED;
    opt->changed = true;
}

void tt_opt_count(TtOpt *opt) {
    opt->report->passes[opt->pass].changes++;
}

void tt_opt_set_target(TtOpt *opt, uint32_t at, uint32_t target) {
    TtInsn *insn = &opt->module->code.items[at];
    if (tt_op_info(insn->op)->format == TT_FORMAT_MATCH)
        opt->module->matches.items[insn->b].after = target;
    else
        insn->b = (int32_t)target;
    if (!opt->leader[target]) opt->epoch++;
    opt->leader[target] = true;
    opt->changed = true;
}

/* ---- constants
 * --------------------------------------------------------------------------------------------- */

/** 0.0 and -0.0 are two constants; NaN is one. */
static bool same_bits(double a, double b) {
    uint64_t bits_a, bits_b;
    memcpy(&bits_a, &a, sizeof bits_a);
    memcpy(&bits_b, &b, sizeof bits_b);
    return bits_a == bits_b;
}

bool tt_opt_same_constant(TtValue a, TtValue b) {
    if (a.tag != b.tag) return false;
    switch (a.tag) {
    case TT_TAG_NULL: return true;
    case TT_TAG_BOOL: return a.as.b == b.as.b;
    case TT_TAG_INT: return a.as.i == b.as.i;
    case TT_TAG_FLOAT: return same_bits(a.as.f, b.as.f);
    case TT_TAG_STR: return a.len == b.len && memcmp(tt_bytes_data(a), tt_bytes_data(b), a.len) == 0;
    default: return false;
    }
}

/** Equal numbers are looked for among so many of the last ones, so that programs full of numbers take no
 * longer. */
#define NEAR_NUMBERS 64u

static uint32_t add_int(TtModule *module, int64_t value) {
    uint32_t count = module->ints.count;
    for (uint32_t i = count > NEAR_NUMBERS ? count - NEAR_NUMBERS : 0; i < count; i++)
        if (module->ints.items[i] == value) return i;
    tt_vec_push(&module->ints, value);
    return module->ints.count - 1;
}

static uint32_t add_float(TtModule *module, double value) {
    uint32_t count = module->floats.count;
    for (uint32_t i = count > NEAR_NUMBERS ? count - NEAR_NUMBERS : 0; i < count; i++)
        if (same_bits(module->floats.items[i], value)) return i;
    tt_vec_push(&module->floats, value);
    return module->floats.count - 1;
}

TtInsn tt_opt_push_of(TtOpt *opt, TtValue value) {
    TtModule *module = opt->module;
    switch (value.tag) {
    case TT_TAG_BOOL: return (TtInsn){value.as.b ? TT_OP_TRUE : TT_OP_FALSE, 0, 0};
    case TT_TAG_INT:
        if (value.as.i >= INT32_MIN && value.as.i <= INT32_MAX)
            return (TtInsn){TT_OP_PUSH_INT, 0, (int32_t)value.as.i};
        return (TtInsn){TT_OP_PUSH_INT, 1, (int32_t)add_int(module, value.as.i)};
    case TT_TAG_FLOAT: return (TtInsn){TT_OP_PUSH_FLOAT, 0, (int32_t)add_float(module, value.as.f)};
    case TT_TAG_STR:
        return (TtInsn){TT_OP_PUSH_STR, 0,
                        (int32_t)tt_module_add_constant(module, TT_TAG_STR, tt_bytes_data(value), value.len)};
    default: return (TtInsn){TT_OP_NULL, 0, 0};
    }
}

/** Text that is made beforehand may be this long: longer text would only move work from running to loading.
 */
#define MOST_TEXT 1024

static void add_text(TtStrbuf *text, TtValue value) {
    if (value.tag == TT_TAG_STR)
        tt_strbuf_add(text, tt_bytes_data(value), value.len);
    else
        (void)tt_print_concat(text, value);
}

bool tt_opt_concatenate(TtOpt *opt, TtValue a, TtValue b, TtValue *result) {
    TtStrbuf text = {0};
    add_text(&text, a);
    add_text(&text, b);
    bool fits = text.length <= MOST_TEXT;
    if (fits) {
        uint32_t index = tt_module_add_constant(opt->module, TT_TAG_STR, tt_strbuf_text(&text), text.length);
        *result = opt->module->constants.items[index];
    }
    tt_strbuf_free(&text);
    return fits;
}

bool tt_opt_is_push(const TtOpt *opt, uint32_t at) {
    TtInsn insn = tt_opt_insn(opt, at);
    switch (insn.op) {
    case TT_OP_PUSH_INT:
    case TT_OP_PUSH_FLOAT:
    case TT_OP_PUSH_STR:
    case TT_OP_PUSH_BOOL:
    case TT_OP_TRUE:
    case TT_OP_FALSE:
    case TT_OP_NULL:
    case TT_OP_PUSH_BYTES:
    case TT_OP_MAKE_FUNCTION:
    case TT_OP_MAKE_OBJECT:
    case TT_OP_SELF: return true;
    case TT_OP_MAKE_LIST: return insn.b == 0;
    case TT_OP_LOAD: {
        const TtOptFact *fact = tt_opt_fact(opt, at);
        return fact && !fact->throws;
    }
    default: return false;
    }
}

bool tt_opt_is_known_push(const TtOpt *opt, uint32_t at, TtValue *value) {
    const TtOptFact *fact = tt_opt_fact(opt, at);
    if (!fact || !tt_opt_is_push(opt, at) || !fact->out.known) return false;
    *value = fact->out.value;
    return true;
}

/* ---- moving together -------------------------------------------------------------------------------------
 */

/** Old addresses → new ones. */
typedef struct Move {
    TtModule *module;
    uint32_t *to;
    bool *names_function; /* old addresses */
    bool *gone;           /* labels: of code that was removed because nothing reaches it */
    uint32_t count;       /* of new instructions */
} Move;

/** The functions that are left are those some instruction names. `row` old → new. */
static void drop_functions(Move *move, const bool *used) {
    TtModule *module = move->module;
    uint32_t kept = 0;
    uint32_t *row = tt_alloc((module->functions.count + 1) * sizeof *row);
    for (uint32_t i = 0; i < module->functions.count; i++) {
        TtFunction *function = &module->functions.items[i];
        row[i] = kept;
        if (used[i]) {
            function->entry = move->to[function->entry];
            module->functions.items[kept++] = *function;
        } else {
            tt_free((void *)function->name);
            tt_free((void *)function->parameters);
        }
    }
    module->functions.count = kept;
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn *insn = &module->code.items[i];
        if (tt_op_info(insn->op)->format == TT_FORMAT_CALL) insn->b = (int32_t)row[insn->b];
    }
    tt_free(row);
    tt_names_free(&module->function_index);
    for (uint32_t i = 0; i < kept; i++) {
        const TtFunction *function = &module->functions.items[i];
        TT_VEC(uint32_t) key = {0};
        tt_vec_push(&key, function->entry);
        for (uint32_t p = 0; p < function->parameter_count; p++)
            tt_vec_push(&key, tt_names_find(&module->names, function->parameters[p],
                                            strlen(function->parameters[p])));
        (void)tt_names_add(&module->function_index, (const char *)key.items, key.count * sizeof *key.items);
        tt_vec_free(&key);
    }
}

/** Matches belong to one instruction each and hold all terms in their order. */
static void drop_matches(TtModule *module) {
    uint32_t *user = tt_alloc((module->matches.count + 1) * sizeof *user), kept = 0, terms = 0;
    memset(user, 0xff, (module->matches.count + 1) * sizeof *user);
    for (uint32_t i = 0; i < module->code.count; i++)
        if (tt_op_info(module->code.items[i].op)->format == TT_FORMAT_MATCH)
            user[module->code.items[i].b] = i;
    for (uint32_t i = 0; i < module->matches.count; i++) {
        TtMatch match = module->matches.items[i];
        if (user[i] == UINT32_MAX) continue;
        memmove(module->terms.items + terms, module->terms.items + match.first,
                match.count * sizeof *module->terms.items);
        match.first = terms;
        terms += match.count;
        module->code.items[user[i]].b = (int32_t)kept;
        module->matches.items[kept++] = match;
    }
    module->matches.count = kept;
    module->terms.count = terms;
    tt_free(user);
}

static void drop_blocks(Move *move, const uint8_t *marks) {
    TtModule *module = move->module;
    uint32_t kept = 0;
    uint32_t *row = tt_alloc((module->blocks.count + 1) * sizeof *row);
    for (uint32_t i = 0; i < module->blocks.count; i++) {
        TtBlock block = module->blocks.items[i];
        row[i] = kept;
        if (marks[block.try_at] & TT_OPT_DELETED) continue;
        block.try_at = move->to[block.try_at];
        block.catch_at = move->to[block.catch_at];
        block.end_at = move->to[block.end_at];
        module->blocks.items[kept++] = block;
    }
    module->blocks.count = kept;
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn *insn = &module->code.items[i];
        if ((insn->op == TT_OP_TRY || insn->op == TT_OP_CATCH) && insn->a == 1)
            insn->b = (int32_t)row[insn->b];
    }
    tt_free(row);
}

/** Labels of one new address: first those that were at a function's entry, whose names functions bear. */
static void move_labels(Move *move) {
    TtModule *module = move->module;
    TT_VEC(TtLabel) others = {0};
    uint32_t kept = 0;
    for (uint32_t i = 0; i < module->labels.count;) {
        uint32_t to = move->to[module->labels.items[i].address];
        others.count = 0;
        for (; i < module->labels.count && move->to[module->labels.items[i].address] == to; i++) {
            TtLabel label = module->labels.items[i];
            bool first = move->names_function[label.address];
            label.address = to;
            if (move->gone[i]) continue;
            if (first)
                module->labels.items[kept++] = label;
            else
                tt_vec_push(&others, label);
        }
        for (uint32_t o = 0; o < others.count; o++) module->labels.items[kept++] = others.items[o];
    }
    module->labels.count = kept;
    tt_vec_free(&others);
}

static void move_targets(Move *move) {
    TtModule *module = move->module;
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn *insn = &module->code.items[i];
        switch (tt_op_info(insn->op)->format) {
        case TT_FORMAT_LABEL: insn->b = (int32_t)move->to[insn->b]; break;
        case TT_FORMAT_OPT_LABEL:
            if (insn->a == 0) insn->b = (int32_t)move->to[insn->b];
            break;
        case TT_FORMAT_MATCH: {
            TtMatch *match = &module->matches.items[insn->b];
            if (match->after != UINT32_MAX) match->after = move->to[match->after];
            break;
        }
        default: break;
        }
    }
}

/**
 * Functions are told apart by their entries, so two entries must not fall together: of what stood between
 * them a NOP is left.
 */
static void keep_entries_apart(TtOpt *opt, const bool *entry) {
    uint32_t last = TT_OPT_NONE; /* entry behind which nothing is left so far */
    for (uint32_t at = 0; at <= opt->count; at++) {
        if (entry[at]) {
            if (last != TT_OPT_NONE) {
                tt_opt_restore(opt, last);
                opt->module->code.items[last] = (TtInsn){TT_OP_NOP, 0, 0};
                opt->report->passes[TT_OPT_DEAD_CODE].removed--;
            }
            last = at;
        }
        if (at < opt->count && !tt_opt_is_deleted(opt, at)) last = TT_OPT_NONE;
    }
}

void tt_opt_compact(TtOpt *opt) {
    TtModule *module = opt->module;
    uint32_t count = opt->count;
    bool *used = tt_alloc_zero((size_t)module->functions.count + 1);
    Move move = {.module = module,
                 .to = tt_alloc(((size_t)count + 1) * sizeof *move.to),
                 .names_function = tt_alloc_zero((size_t)count + 1)};
    for (uint32_t i = 0; i < count; i++) {
        TtInsn insn = module->code.items[i];
        if (tt_op_info(insn.op)->format != TT_FORMAT_CALL || tt_opt_is_deleted(opt, i)) continue;
        used[insn.b] = true;
        move.names_function[module->functions.items[insn.b].entry] = true;
    }
    keep_entries_apart(opt, move.names_function);
    move.gone = tt_alloc_zero((size_t)module->labels.count + 1);
    for (uint32_t i = 0; i < module->labels.count; i++) {
        uint32_t at = module->labels.items[i].address;
        move.gone[i] =
            at < count && tt_opt_is_deleted(opt, at) && !opt->facts[at].reached && !opt->spawned[i];
    }
    for (uint32_t i = 0; i < count; i++) {
        move.to[i] = move.count;
        if (tt_opt_is_deleted(opt, i)) continue;
        module->code.items[move.count] = module->code.items[i];
        module->positions.items[move.count++] = module->positions.items[i];
    }
    move.to[count] = move.count;
    module->code.count = module->positions.count = move.count;
    move_labels(&move);
    move_targets(&move);
    drop_functions(&move, used);
    drop_matches(module);
    drop_blocks(&move, opt->marks);
    opt->count = move.count;
    tt_free(move.to);
    tt_free(move.names_function);
    tt_free(move.gone);
    tt_free(used);
}
