// SPDX-License-Identifier: MIT
/** Peephole: the rules of peephole.def, tried at every instruction until none applies. */
#include "opt/pass.h"

#include "base/alloc.h"
#include "base/assert.h"

#include <stdlib.h>
#include <string.h>

#define MOST_PARTS 4

/** Behind PART_OP by the number of values that they take. */
typedef enum PartKind { PART_OP, PART_PUSH, PART_UNARY, PART_BINARY } PartKind;

typedef struct Part {
    PartKind kind;
    uint16_t op; /* PART_OP */
    uint8_t from; /* of a replacement: 1 … : the instruction, or its operand, is of the pattern; 0: neither */
    bool whole;   /* of a replacement: the instruction itself */
} Part;

typedef struct Rule {
    uint32_t pattern_count, replacement_count;
    Part pattern[MOST_PARTS], replacement[MOST_PARTS];
} Rule;

static const struct {
    const char *pattern, *replacement;
} texts[] = {
#define TT_PEEPHOLE(pattern, replacement, why) {pattern, replacement},
#include "opt/peephole.def"
#undef TT_PEEPHOLE
};
#define RULES (sizeof texts / sizeof *texts)

/* ---- reading the rules
 * -------------------------------------------------------------------------------------- */

static Part read_part(const char *word, size_t length) {
    Part part = {PART_OP, 0, 0, false};
    if (word[0] >= '1' && word[0] <= '9') {
        part.from = (uint8_t)(word[0] - '0');
        part.whole = true;
    } else if (word[0] >= 'a') { /* a kind; mnemonics are in capitals */
        part.kind = word[0] == 'p' ? PART_PUSH : word[0] == 'u' ? PART_UNARY : PART_BINARY;
    } else {
        const char *colon = memchr(word, ':', length);
        if (colon) part.from = (uint8_t)(colon[1] - '0');
        int op = tt_op_find(word, colon ? (size_t)(colon - word) : length);
        TT_ASSERT(op >= 0);
        part.op = (uint16_t)op;
    }
    return part;
}

static uint32_t read_parts(const char *text, Part *parts) {
    uint32_t count = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        TT_ASSERT(count < MOST_PARTS);
        parts[count++] = read_part(text, length);
        text += length;
        while (*text == ' ') text++;
    }
    return count;
}

struct TtOptRules {
    Rule rules[RULES];
    uint32_t starting[TT_OP_COUNT]; /* instruction → set of the rules whose first part it may be */
};
_Static_assert(RULES <= 32, "TtOptRules.starting has a bit for each rule");

/** Whether an instruction may be such a part (not PART_OP), whatever is known of its operands. */
static bool may_fit(PartKind kind, unsigned op) {
    int pops = tt_op_info(op)->pops;
    return pops == TT_VARIES || pops == (int)(kind - PART_PUSH);
}

static const struct TtOptRules *read_rules(TtOpt *opt) {
    if (opt->rules) return opt->rules;
    opt->rules = tt_alloc_zero(sizeof *opt->rules);
    for (size_t i = 0; i < RULES; i++) {
        Rule *rule = &opt->rules->rules[i];
        rule->pattern_count = read_parts(texts[i].pattern, rule->pattern);
        rule->replacement_count = read_parts(texts[i].replacement, rule->replacement);
        const Part *first = &rule->pattern[0];
        if (first->kind == PART_OP) opt->rules->starting[first->op] |= UINT32_C(1) << i;
        for (unsigned op = 0; first->kind != PART_OP && op < TT_OP_COUNT; op++)
            if (may_fit(first->kind, op)) opt->rules->starting[op] |= UINT32_C(1) << i;
    }
    return opt->rules;
}

/* ---- matching
 * -------------------------------------------------------------------------------------------------- */

/** Takes `pops` values, pushes one, and does nothing else but perhaps raise. */
static bool is_operation(const TtOpt *opt, uint32_t at, int pops) {
    TtInsn insn = tt_opt_insn(opt, at);
    const TtOpInfo *info = tt_op_info(insn.op);
    const TtOptFact *fact = tt_opt_fact(opt, at);
    return (info->flags & TT_FLAG_PURE) && insn.op != TT_OP_MAKE_LAMBDA && info->pushes == 1 &&
           tt_insn_pops(opt->module, insn) == pops && fact && !fact->throws;
}

static bool fits(const TtOpt *opt, const Part *part, uint32_t at) {
    switch (part->kind) {
    case PART_PUSH: return tt_opt_is_push(opt, at);
    case PART_UNARY: return is_operation(opt, at, 1);
    case PART_BINARY: return is_operation(opt, at, 2);
    default: return tt_opt_insn(opt, at).op == part->op;
    }
}

/** Operands that must be there before the first instruction, so that none of them finds too few. */
static uint32_t operands_needed(const TtOpt *opt, const uint32_t *matched, uint32_t count) {
    int height = 0, lowest = 0;
    for (uint32_t i = 0; i < count; i++) {
        TtInsn insn = tt_opt_insn(opt, matched[i]);
        height -= tt_insn_pops(opt->module, insn);
        if (height < lowest) lowest = height;
        height += tt_insn_pushes(opt->module, insn);
    }
    return (uint32_t)-lowest;
}

static bool match(const TtOpt *opt, const Rule *rule, uint32_t at, uint32_t *matched) {
    for (uint32_t i = 0; i < rule->pattern_count; i++) {
        if (at == TT_OPT_NONE || !fits(opt, &rule->pattern[i], at)) return false;
        matched[i] = at;
        at = tt_opt_next(opt, at);
    }
    uint32_t needed = operands_needed(opt, matched, rule->pattern_count);
    if (!needed) return true;
    const TtOptFact *fact = tt_opt_fact(opt, matched[0]);
    return fact && fact->depth >= needed;
}

/**
 * The replacement takes the last places of the sequence. An instruction of the pattern brings its line along
 * and, when it only pushes, what is known of it.
 */
static void rewrite(TtOpt *opt, const Rule *rule, const uint32_t *matched) {
    TtInsn insns[MOST_PARTS];
    TtPosition positions[MOST_PARTS];
    TtOptFact facts[MOST_PARTS];
    bool known[MOST_PARTS];
    for (uint32_t i = 0; i < rule->replacement_count; i++) {
        const Part *part = &rule->replacement[i];
        uint32_t from = part->from ? matched[part->from - 1] : matched[rule->pattern_count - 1];
        TtInsn old = tt_opt_insn(opt, from);
        insns[i] = part->whole ? old : (TtInsn){part->op, 0, part->from ? old.b : 0};
        positions[i] = opt->module->positions.items[from];
        known[i] = part->whole && tt_opt_fact(opt, from) && tt_opt_is_push(opt, from);
        facts[i] = opt->facts[from];
    }
    uint32_t gap = rule->pattern_count - rule->replacement_count;
    for (uint32_t i = 0; i < rule->pattern_count; i++) {
        uint32_t at = matched[i];
        opt->marks[at] |= TT_OPT_STALE;
        if (i < gap) {
            tt_opt_delete(opt, at);
            continue;
        }
        tt_opt_replace(opt, at, insns[i - gap]);
        opt->module->positions.items[at] = positions[i - gap];
        if (!known[i - gap]) continue;
        opt->marks[at] &= (uint8_t)~TT_OPT_STALE;
        opt->facts[at] = facts[i - gap];
        opt->facts[at].depth = 0;
        opt->facts[at].exact = false;
    }
    tt_opt_count(opt);
}

void tt_opt_peephole(TtOpt *opt) {
    const struct TtOptRules *all = read_rules(opt);
    for (uint32_t at = 0; at < opt->count;) {
        uint32_t matched[MOST_PARTS], applied = 0;
        uint32_t starting = tt_opt_is_deleted(opt, at) ? 0 : all->starting[tt_opt_insn(opt, at).op];
        for (uint32_t i = 0; starting >> i && !applied; i++) {
            const Rule *rule = &all->rules[i];
            if (!(starting >> i & 1) || !match(opt, rule, at, matched)) continue;
            rewrite(opt, rule, matched);
            applied = rule->pattern_count;
        }
        /* What was changed may now complete a sequence that began before it. */
        for (uint32_t back = 0; applied && back < MOST_PARTS; back++) {
            uint32_t before = tt_opt_previous(opt, at);
            if (before == TT_OPT_NONE) break;
            at = before;
        }
        if (applied) continue;
        uint32_t next = tt_opt_next(opt, at);
        at = next == TT_OPT_NONE ? tt_opt_at(opt, at + 1) : next;
    }
}
