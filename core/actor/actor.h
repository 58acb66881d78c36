// SPDX-License-Identifier: MIT
/**
 * An actor (process): heap, stack of frames, mailbox, and what it waits for.
 *
 * States and who changes them:
 *   READY            in exactly one run queue               worker that takes it → RUNNING
 *   RUNNING          a worker runs it; that worker owns it   owner → READY, WAIT_*, ENDED
 *   NOTIFIED         RUNNING, and something happened that a wait would miss
 *                                                            any thread: RUNNING → NOTIFIED
 *   WAIT_MESSAGE     parked until a message, its timer       any thread: → READY (and queues it)
 *   WAIT_OTHER       parked; messages do not wake it         as WAIT_MESSAGE, but not by messages
 *   ENDED            for ever
 * Fields marked "owner" are touched only by the owner; those of a parked actor only by whoever
 * moved it to READY.
 */
#ifndef TT_ACTOR_ACTOR_H
#define TT_ACTOR_ACTOR_H

#include "actor/mailbox.h"
#include "base/error.h"
#include "host/host.h"
#include "module/module.h"
#include "port/atomic.h"

typedef struct TtSystem TtSystem;
typedef struct TtContext TtContext;
typedef struct TtActor TtActor;

typedef enum TtActorState {
    TT_ACTOR_READY,
    TT_ACTOR_RUNNING,
    TT_ACTOR_NOTIFIED,
    TT_ACTOR_WAIT_MESSAGE,
    TT_ACTOR_WAIT_OTHER,
    TT_ACTOR_ENDED
} TtActorState;

/** What a parked (or about to be parked) actor waits for. */
typedef enum TtWait {
    TT_WAIT_NONE,
    TT_WAIT_MESSAGE, /* RECEIVE; with a deadline: RECEIVE_TIMEOUT */
    TT_WAIT_SLEEP,
    TT_WAIT_HOST,
    TT_WAIT_OUTPUT,
    TT_WAIT_CHILD, /* a supervisor's child is about to end */
    TT_WAIT_MODULE /* another actor initialises the module */
} TtWait;

/** An open TRY. */
typedef struct TtHandler {
    uint32_t fp;       /* frame it belongs to */
    uint32_t height;   /* sp to cut back to */
    uint32_t address;  /* of the handler */
    uint16_t state;    /* TtHandlerState */
    bool stack_only;   /* register code does not keep all operands up to `height` in memory: it may not run */
    TtValue exception; /* PENDING: what CATCH will take */
} TtHandler;

typedef enum TtHandlerState {
    TT_HANDLER_OPEN,    /* the body runs */
    TT_HANDLER_PENDING, /* thrown to, CATCH not reached yet */
    TT_HANDLER_TAKEN    /* the handler runs */
} TtHandlerState;

typedef struct TtPendingCapture {
    uint32_t fp, name;
    TtValue value;
} TtPendingCapture;

/** A module whose top level runs in this actor because of an IMPORT. */
typedef struct TtInit {
    struct TtInit *outer;
    TtModule *module;
    uint32_t fp;
} TtInit;

/** Links and monitors: actor/signal.h. */
typedef struct TtRelations TtRelations;
/** actor/profile.h */
typedef struct TtProfile TtProfile;
/** actor/supervisor.h */
typedef struct TtSupervisor TtSupervisor;

/** A host request under way. Shared by the actor and the completing thread: see actor/pending.c. */
typedef struct TtPending TtPending;

/**
 * Frames lie on `stack`: [slots of the function][2 header cells][operands]. `fp` is the index of the
 * first slot; the header is at fp + slot_count:
 *   cell 0  tag FRAME, len = caller's fp, as.function = caller's function
 *   cell 1  tag FRAME, len = return address, as.i = TtFrameKind
 */
typedef enum TtFrameKind {
    TT_FRAME_BASE,     /* the actor ends with it */
    TT_FRAME_CALL,     /* leaves its top value, if any */
    TT_FRAME_FUNCTION, /* leaves exactly one value */
    /* the same, of a frame that has to go on in stack code (TtHandler.stack_only) */
    TT_FRAME_STACK_CALL,
    TT_FRAME_STACK_FUNCTION,
    TT_FRAME_INIT /* a module's top level */
} TtFrameKind;

#define TT_FRAME_HEADER 2u

/** What few actors ever need; made on first use (tt_actor_rare) and freed with the actor. */
typedef struct TtActorRare {
    TtStrbuf report;      /* owner: why it crashed, to be written before it ends */
    TtActor *module_next; /* in awaited->waiters; guarded as `awaited` */
    TtModule *awaited;    /* with TT_WAIT_MODULE; guarded by the system's module lock */
    /* in the system's list of actors that wait for output room; its lock */
    TtActor *output_next, *output_previous;
    bool output_waiting;
    TtProfile *profile;      /* owner: actor/profile.h; NULL unless TtSystem.profile */
    struct TtIdMap *futures; /* owner: id → TtPending of ASYNC_…; NULL before the first one */
    uint64_t sent;           /* owner: messages, counted while events are wanted */
    uint64_t collected_at;   /* owner: instructions + 1 when a collection was made for a failed allocation */
} TtActorRare;

/**
 * A million of them shall fit: what an idle actor does not need is behind a pointer, and a unit test
 * pins the size (tests/unit/test_actor_size.c).
 */
struct TtActor {
    /* -- shared -- */
    uint32_t state;      /* atomic: TtActorState */
    uint32_t supervises; /* atomic: it has become a supervisor */
    TtMailbox mailbox;
    uint64_t pid;          /* constant */
    TtSystem *system;      /* constant */
    uint64_t instructions; /* atomic, relaxed: written by the owner when a slice ends */
    void *rare;            /* atomic: TtActorRare; NULL: nothing of it is set. Written by the owner */

    /* -- owner -- */
    TtContext *context; /* of the worker that runs it; valid while RUNNING */
    TtValue *stack;
    uint32_t stack_capacity;
    uint32_t sp, fp, pc;  /* indices; saved while not running */
    uint32_t depth;       /* frames */
    uint32_t work;        /* reductions of long operations, not yet taken off the slice's budget */
    uint32_t timer_index; /* atomic: position in its timer heap + 1; 0: none. Written under the heap's lock */
    uint32_t timer_worker; /* which heap */
    uint8_t wait;          /* TtWait */
    uint8_t names;         /* registered names, saturating at 255 */
    bool deadline_set;
    bool trap_exit;
    bool traced;                /* the next instruction has been traced already */
    bool woken_outside;         /* made ready by a thread that tells no events; who runs it tells */
    bool crashed : 1;           /* ended by an uncaught error */
    bool ending : 1;            /* has nothing left to do but to write its report */
    bool killed : 1;            /* a signal ended it: exit_reason is set */
    bool stopping_child : 1;    /* STOP_CHILD waits */
    bool globals_on_stack : 1;  /* constant */
    bool has_handles : 1;       /* has asked the host for some: they are closed when it ends */
    const TtFunction *function; /* of the current frame */
    TtHeap heap;
    TtValue *globals;  /* of `program`; NULL when they are the bottom of the stack or not needed */
    TtModule *program; /* the module whose globals are this actor's own */
    uint64_t deadline_ns;
    TT_VEC(TtHandler) handlers;
    TT_VEC(TtPendingCapture) captures;
    TtInit *inits;      /* innermost first */
    TtPending *pending; /* what its instruction waits for, or NULL */
    uint64_t random;
    TtValue exit_reason;      /* UNBOUND: normal */
    TtRelations *relations;   /* links, monitors; NULL while there are none */
    TtSupervisor *supervisor; /* NULL unless it is one */
};

/** Owner. The rare part, made when it is missing. */
TtActorRare *tt_actor_rare(TtActor *actor);
/** Any thread. The rare part, or NULL. */
TtActorRare *tt_actor_rare_of(const TtActor *actor);

/** Owner: adds to its instructions, which others may read meanwhile. */
static inline void tt_actor_count(TtActor *actor, uint64_t instructions) {
    tt_atomic_store_u64_rlx(&actor->instructions, actor->instructions + instructions);
}

/** Frees all it holds; its figures go to the system. Others may still look at mailbox and state. Owner, once.
 */
void tt_actor_release(TtActor *actor);
/** Frees the released actor; nobody may refer to it any more. */
void tt_actor_free(TtActor *actor);

/** Room for `cells` more above sp; false at the heap limit. Owner. Moves the stack. */
bool tt_actor_grow_stack(TtActor *actor, uint32_t cells);
/** The globals that code of `module` sees in this actor; NULL when it has none. Owner. */
const TtValue *tt_actor_globals(const TtActor *actor, const TtModule *module);
/** The same for writing; NULL when they are frozen or not this actor's. */
TtValue *tt_actor_own_globals(TtActor *actor, const TtModule *module);
/** Visits every root. For tt_heap_collect and tt_heap_check; `actor` is the context. Owner. */
void tt_actor_roots(void *actor, TtRootVisitor *visitor);

/**
 * Owner: tries to park. False when something happened meanwhile: then it is RUNNING again and must
 * look once more.
 */
bool tt_actor_park(TtActor *actor, TtActorState state);
/** Any thread: something other than a message happened (timer, host, room, module). */
void tt_actor_wake(TtActor *actor, TtContext *from);
/** Any thread: a message was pushed. */
void tt_actor_wake_for_message(TtActor *actor, TtContext *from);

/** Source position of an address of the function's module. */
TtPosition tt_function_position(const TtFunction *function, uint32_t address);

#endif
