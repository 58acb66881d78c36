// SPDX-License-Identifier: MIT
/**
 * What the passes share. Private to opt/.
 *
 * A round computes the control-flow graph (cfg.c), facts about every instruction (facts.c) and which stores
 * are dead (live.c) once; then each pass edits the code in place: it replaces instructions and marks them
 * deleted, so addresses stay as they are until tt_opt_compact at the end of the round. A pass may use the
 * facts about an instruction as long as it is not stale: edits keep what every remaining instruction finds
 * and leaves, except inside the sequence they replace, whose instructions become stale.
 */
#ifndef TT_OPT_PASS_H
#define TT_OPT_PASS_H

#include "opt/opt.h"

#define TT_OPT_NONE UINT32_MAX

/* ---- what is known of a value ------------------------------------------------------------------------ */

#define TT_OPT_TYPE(tag) (1u << TT_TAG_##tag)
#define TT_OPT_UNBOUND   TT_OPT_TYPE(UNBOUND)
#define TT_OPT_NUMBER    (TT_OPT_TYPE(INT) | TT_OPT_TYPE(FLOAT))
/** Everything a program can hold. */
#define TT_OPT_ANY ((1u << TT_TAG_COUNT) - 1 - TT_OPT_UNBOUND - TT_OPT_TYPE(FRAME))

typedef struct TtOptValue {
    uint32_t types; /* set of 1 << TtTag; of a variable also UNBOUND; 0: no way leads here */
    bool known;     /* it is `value`: Null, Bool, Int, Float, or a Str of the module's constants */
    TtValue value;
} TtOptValue;

static inline bool tt_opt_is(TtOptValue value, uint32_t types) {
    return !(value.types & ~types);
}
/** Whether two constants are the same bits. */
bool tt_opt_same_constant(TtValue a, TtValue b);

/* ---- what is known of an instruction ------------------------------------------------------------------- */

typedef struct TtOptFact {
    bool reached;     /* some way leads to it */
    bool exact;       /* the frame has `depth` operands, no more */
    bool throws;      /* it may raise an error other than that of a limit */
    uint8_t depth;    /* operands that are surely there, as far as they are followed */
    TtOptValue in[3]; /* operands it finds, from the top */
    TtOptValue out;   /* what it pushes, when it pushes one value */
} TtOptFact;

/** Code that runs in the same frames: all that entries sharing an instruction reach by jumps. */
typedef struct TtOptScope {
    uint32_t var_count; /* variables are numbered within their scope */
    bool has_try;
    bool has_dump;   /* DUMP_SCOPE: every variable can be seen, and the order of first assignments */
    bool has_import; /* IMPORT: variables are bound by names that are not written here */
    /**
     * DUMP_SCOPE shows captures and imports, of which there are those that the code names, reached or not:
     * nothing that names a variable may go, so nothing is known of its instructions.
     */
    bool pinned;
    bool lambda;        /* some frame of it starts with captures */
    bool never_returns; /* facts.c */
    bool leaves_none;   /* a RET may find no operand */
    bool throws; /* something in it, or in what it calls, may raise an error other than that of a limit */
} TtOptScope;

typedef struct TtOptBlock {
    uint32_t first, end; /* instructions [first, end) */
    uint32_t scope;
} TtOptBlock;

enum { TT_OPT_DELETED = 1, TT_OPT_STALE = 2 };

typedef struct TtOpt {
    TtModule *module;
    const TtOptWorld *world;
    TtOptReport *report;
    TtOptPass pass; /* the one that runs */
    uint32_t count; /* instructions; `count` itself is the address of the end */
    uint8_t *marks; /* of instructions */
    /**
     * Deleted instruction → how far the run of deleted ones without a leader between goes on from it, upwards
     * and downwards, as it was found when `epoch` was the upper half: rows of deleted instructions are walked
     * once.
     */
    uint64_t *run_end, *run_begin;
    uint32_t epoch; /* counts what may end a run: an instruction that is put back, a new leader */
    bool changed;   /* by this round */

    /* cfg.c */
    bool *leader;       /* address → come to otherwise than from the instruction before */
    uint32_t *scope_of; /* address → scope */
    uint32_t *block_of; /* address → block */
    uint32_t *var_of;   /* address → variable it names, in its scope, or TT_OPT_NONE */
    TT_VEC(TtOptScope) scopes;
    TT_VEC(TtOptBlock) blocks;
    bool *used;            /* function → some instruction names it */
    bool *taken;           /* function → made a value of */
    uint32_t **parameters; /* function → its parameters as variables of its scope; NULL when not used */
    bool *captured;        /* name → some CAPTURE names it */
    bool *stored_global;   /* name → some STORE_GLOBAL names it */
    bool *read_as_global;  /* name → some frame other than that of top level may read the global */
    bool shows_captures;   /* some closure has DUMP_SCOPE, which shows captures in the order of the module's
                              CAPTUREs */
    bool top_only;         /* scope 0 runs in the frame of top level only */

    /* facts.c */
    TtOptFact *facts;
    bool *spawned; /* label → may be started by name */

    struct TtOptRules *rules; /* of the peephole pass, read when it first runs */

    /* live.c */
    uint64_t *live;        /* sets of variables that are live where blocks end */
    uint32_t *live_row;    /* block → first word in `live`, TT_OPT_NONE: everything is taken to be live */
    uint64_t *guarded;     /* sets of variables that handlers of a scope need */
    uint32_t *guarded_row; /* scope → first word in `guarded`, or TT_OPT_NONE */
    bool *dead_store;      /* STORE → nothing reads the value */
    bool *last_load;       /* LOAD → nothing reads the variable's value afterwards */
} TtOpt;

/** cfg.c: fills the graph for the code as it is, given `spawned`. */
void tt_opt_build_graph(TtOpt *opt);
void tt_opt_free_graph(TtOpt *opt);
/** facts.c; finds `spawned`, too, and builds the graph as often as it needs to. */
void tt_opt_find_facts(TtOpt *opt);
/** live.c: which variables may still be read. */
void tt_opt_find_live(TtOpt *opt);
void tt_opt_free_live(TtOpt *opt);
/** Turns the set of variables that are live behind an instruction into that of those live before it. */
void tt_opt_live_before(const TtOpt *opt, uint32_t at, uint64_t *set);
static inline uint32_t tt_opt_words(const TtOptScope *scope) {
    return scope->var_count / 64 + 1;
}
static inline bool tt_opt_set_has(const uint64_t *set, uint32_t var) {
    return (set[var / 64] >> (var % 64)) & 1;
}

/* ---- edit.c -----------------------------------------------------------------------------------------------
 */

static inline TtInsn tt_opt_insn(const TtOpt *opt, uint32_t at) {
    return opt->module->code.items[at];
}
static inline bool tt_opt_is_deleted(const TtOpt *opt, uint32_t at) {
    return opt->marks[at] & TT_OPT_DELETED;
}
/** The facts of an instruction, NULL where there are none to be trusted. */
const TtOptFact *tt_opt_fact(const TtOpt *opt, uint32_t at);
/** First instruction that is left at or behind an address; `count` at the end. */
uint32_t tt_opt_at(const TtOpt *opt, uint32_t address);
/**
 * The next (or previous) instruction that is left, when it is only come to from here: no leader between.
 * TT_OPT_NONE otherwise.
 */
uint32_t tt_opt_next(const TtOpt *opt, uint32_t at);
uint32_t tt_opt_previous(const TtOpt *opt, uint32_t at);
/** Puts another instruction in its place. Its position stays. */
void tt_opt_replace(TtOpt *opt, uint32_t at, TtInsn insn);
void tt_opt_delete(TtOpt *opt, uint32_t at);
/** Puts a deleted instruction back. */
void tt_opt_restore(TtOpt *opt, uint32_t at);
/** One rewrite of the running pass is complete. */
void tt_opt_count(TtOpt *opt);
/** Removes what is deleted, relocates everything, drops tables' rows that nothing names. */
void tt_opt_compact(TtOpt *opt);

/** The instruction that pushes a constant. Adds it to the module's tables when it must. */
TtInsn tt_opt_push_of(TtOpt *opt, TtValue value);
/** What CONCAT makes of two constants; false when it is too long to be made beforehand. */
bool tt_opt_concatenate(TtOpt *opt, TtValue a, TtValue b, TtValue *result);
/** Whether an instruction only pushes one value: nothing but a limit can make it fail. */
bool tt_opt_is_push(const TtOpt *opt, uint32_t at);
/** As tt_opt_is_push, of a known value. */
bool tt_opt_is_known_push(const TtOpt *opt, uint32_t at, TtValue *value);
/** Sets where an instruction that names an address goes. */
void tt_opt_set_target(TtOpt *opt, uint32_t at, uint32_t target);

/* ---- the passes -------------------------------------------------------------------------------------------
 */

#define TT_OPT_PASS(name, function, title, doc) void tt_opt_##function(TtOpt *opt);
#include "opt/passes.def"
#undef TT_OPT_PASS

/** pack.c: variables that share a slot; part of the memory pass, on code without deleted instructions. */
void tt_opt_pack_slots(TtOpt *opt);

#endif
