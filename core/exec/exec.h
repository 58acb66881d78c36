// SPDX-License-Identifier: MIT
/** Execution of one actor for one slice. Returns a status; never calls the scheduler. */
#ifndef TT_EXEC_EXEC_H
#define TT_EXEC_EXEC_H

#include "actor/system.h"

typedef enum TtExecStatus {
    TT_EXEC_PREEMPTED, /* budget used up: still runnable */
    TT_EXEC_WAITS,     /* actor->wait and deadline say for what; the caller parks it */
    TT_EXEC_ENDED
} TtExecStatus;

/** Internal operations follow the table's. */
enum {
    TT_FAST_BASE = TT_OP_COUNT - 1,
#define TT_FAST(name, doc) TT_FAST_##name,
#include "exec/fast_ops.def"
#undef TT_FAST
    TT_EXEC_OP_COUNT
};

/**
 * Flag of an operation in executable code: the verifier could not show that its operands are there,
 * so their number is checked first.
 */
#define TT_EXEC_CHECKED 0x4000u

/** Fills module->exec. The module is linked and tt_verify_heights has run. `exact`: exec/ownership.h */
void tt_exec_prepare(TtModule *module, bool exact);

/**
 * Runs until about `budget` reductions are used up, it must wait, or it ends. `actor->context` is
 * set; the actor is RUNNING and owned by the caller. Adds to actor->instructions.
 */
TtExecStatus tt_exec_run(TtActor *actor, uint32_t budget);

/** An actor ends: gives back names, requests and its pid's entry, closes its mailbox, tells links and
 * watchers. Owner, once.
 */
void tt_exec_end(TtActor *actor);
/** The VM is taken down: the same, but nobody is told. No worker runs. */
void tt_exec_discard(TtActor *actor);

/** Appends how a parked actor's wait reads: "RECEIVE at worker (main.ttvm:12)". */
void tt_exec_describe_wait(TtStrbuf *out, const TtActor *actor);

/** What a TtWait stands for: "a message". */
const char *tt_exec_wait_text(unsigned wait);

/** The frames of an actor that does not run, innermost first; `more` ends after the outermost. */
typedef struct TtFrameWalk {
    const TtActor *actor;
    const TtFunction *function;
    uint32_t fp, pc;
    bool more;
} TtFrameWalk;
TtFrameWalk tt_exec_walk(const TtActor *actor);
void tt_exec_walk_on(TtFrameWalk *walk);

/** When `interrupt` of the system is set and this is its main actor: raises Timeout in it, where it may be
 * caught. */
void tt_exec_interrupt(TtActor *actor);

#endif
