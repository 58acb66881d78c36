// SPDX-License-Identifier: MIT
/**
 * Where an actor's time and instructions go (TtConfig.profile). Each actor has a profile of its own that only
 * its owner writes; when it ends, the profile is added to the system's total. Nothing is shared on the way.
 *
 * Interpreters, when context->profile is set:
 *   - enter and leave frames through exec/call.c and exec/unwind.c only, which call the functions below;
 *   - before such a step store in `executed` the actor's instructions so far, the current one included.
 * tt_exec_run calls tt_profile_resume and tt_profile_pause around each slice: time in which an actor waits,
 * or others run, is nobody's. An instruction belongs to the function whose code it is in: CALL to the
 * caller, RET to the callee, a failed instruction to where it failed.
 *
 * Own figures (`own_`) are of the function's code alone. Whole figures (`all_`) count from a call to its end,
 * with everything called meanwhile; a call inside another of the same function is part of that one.
 *
 * Call paths are a tree in which a call of a function that is on the path already leads back to where it
 * stands there, so paths are as long as there are functions, whatever the recursion.
 */
#ifndef TT_ACTOR_PROFILE_H
#define TT_ACTOR_PROFILE_H

#include "base/vec.h"
#include "module/module.h"

typedef struct TtSystem TtSystem;
typedef struct TtActor TtActor;

/** Figures of one function. */
typedef struct TtProfileFunction {
    const TtFunction *function; /* one of those with this module and entry */
    uint64_t calls;
    uint64_t own_ns, own_instructions;
    uint64_t all_ns, all_instructions; /* of calls that have ended */
    uint32_t open;                     /* calls under way */
    uint64_t open_ns, open_executed;   /* when the outermost of them began */
} TtProfileFunction;

/**
 * Why register code went on in stack code (--use-ir). LEAVE(NAME, TEXT)
 */
#define TT_PROFILE_LEAVES(LEAVE)                                                                             \
    LEAVE(JOIN, "other ways come with another number of operands")                                           \
    LEAVE(CALL, "a call finds fewer operands than it takes")                                                 \
    LEAVE(COUNT, "a call, a handler or an instruction left another number of operands than expected")        \
    LEAVE(NO_CODE, "the function has no register code")
typedef enum TtProfileLeave {
#define LEAVE(name, text) TT_PROFILE_LEAVE_##name,
    TT_PROFILE_LEAVES(LEAVE)
#undef LEAVE
        TT_PROFILE_LEAVE_COUNTERS
} TtProfileLeave;

#define TT_PROFILE_NONE UINT32_MAX

/** A place in the tree of call paths. */
typedef struct TtProfileNode {
    uint32_t function; /* of `functions` */
    uint32_t parent, child, sibling;
    const TtFunction *last_callee; /* the last call from here led to `last_node` */
    uint32_t last_node;
    uint64_t calls, own_ns, own_instructions;
} TtProfileNode;

/** Paths of one actor, or of all; what goes beyond is counted where the limit was met. */
#define TT_PROFILE_MAX_NODES 65536u

typedef struct TtProfile {
    TT_VEC(TtProfileFunction) functions;
    TT_VEC(TtProfileNode) nodes;
    uint32_t roots;                             /* first node without parent, its siblings the others */
    uint32_t *index;                            /* hash table: number of function + 1 */
    uint32_t index_size;                        /* a power of two, or 0 */
    TT_VEC(uint32_t) frames;                    /* node of every frame, the innermost last */
    uint64_t executed;                          /* instructions of the actor: see above */
    uint64_t seen;                              /* of them those that are accounted for */
    uint64_t ns;                                /* time accounted for */
    uint64_t mark_ns;                           /* clock up to which time is accounted for */
    uint64_t slice_ns, slice_seen;              /* `ns` and `seen` when the slice began */
    uint64_t leaves[TT_PROFILE_LEAVE_COUNTERS]; /* how often register code went on in stack code */
} TtProfile;

/** Figures of one actor that has ended, kept for the first TT_PROFILE_MAX_ACTORS of them. */
typedef struct TtProfileActor {
    uint64_t pid;
    uint32_t function; /* it was started with; of the total's functions */
    uint64_t ns, instructions;
    TT_VEC(TtProfileFunction) functions;
} TtProfileActor;

#define TT_PROFILE_MAX_ACTORS 1000u

typedef struct TtProfileTotal {
    TtProfile merged; /* functions and paths of all actors */
    TT_VEC(TtProfileActor) actors;
    uint64_t actor_count; /* in all */
} TtProfileTotal;

/**
 * What one worker did, which alone writes it.
 *
 * `modules`: how often stack code was executed; the summing up would take more time than what is counted. By
 * index of the module; NULL for one that did not run. [a] is how often the instruction at `a` was executed
 * less how often the one before it was: a straight run changes two numbers, however long it is.
 */
typedef struct TtProfileRuns {
    TT_VEC(int64_t *) modules;
    uint64_t slices, steals;    /* actors' turns; of those, taken from another worker's queue */
    uint64_t ns, instructions;  /* in these slices */
    uint64_t first_ns, last_ns; /* clock when the first of them began and when the last one ended */
} TtProfileRuns;

/* ---- owner --------------------------------------------------------------------------------------------- */

/** Makes the profile of an actor that is about to run for the first time. */
void tt_profile_start(TtActor *actor);
void tt_profile_resume(TtProfile *profile);
/** The actor's slice is over. */
void tt_profile_pause(TtActor *actor);

void tt_profile_enter(TtProfile *profile, const TtFunction *function);
void tt_profile_leave(TtProfile *profile);

/** The instructions from `from` up to before `to` were executed, one after the other. */
void tt_profile_count_run(TtActor *actor, const TtModule *module, uint32_t from, uint32_t to);

/* ---- sums ---------------------------------------------------------------------------------------------- */

/** Adds the figures of an actor that does not run, calls under way included. Whoever owns the total. */
void tt_profile_add(TtProfileTotal *total, const TtActor *actor);
/** A copy of the total so far: the caller owns it. */
void tt_profile_total_copy(TtProfileTotal *copy, const TtProfileTotal *total);
void tt_profile_total_free(TtProfileTotal *total);
void tt_profile_free(TtProfile *profile);

/**
 * How often each instruction of a module was executed by any worker, into `counts`, which has as many places.
 * False when none was, or not all were counted, because register code ran. No worker runs meanwhile.
 */
bool tt_profile_executions(const TtSystem *system, const TtModule *module, double *counts);
void tt_profile_runs_free(TtSystem *system);

#endif
