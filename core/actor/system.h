// SPDX-License-Identifier: MIT
/**
 * What all actors of a VM share: budgets, the table of pids, names, the host, and the few upward
 * calls (hooks) that keep this layer from knowing the scheduler and the pipeline.
 */
#ifndef TT_ACTOR_SYSTEM_H
#define TT_ACTOR_SYSTEM_H

#include "actor/actor.h"
#include "actor/profile.h"
#include "port/thread.h"

typedef struct TtPidTable TtPidTable;
typedef struct TtRegistry TtRegistry;

/** Per worker: scratch space and identity. Only its worker uses it. */
struct TtContext {
    TtSystem *system;
    uint32_t worker;            /* index */
    TtError error;              /* of the instruction that just failed */
    TtValue thrown;             /* with TT_ERR_THROWN: the exception to raise as it is */
    TtStrbuf text;              /* scratch of one instruction */
    struct TtActor *running;    /* whose slice it is; valid during one */
    struct TtEventRing *events; /* NULL: nobody wants events */
    TtProfile *profile;         /* of `running`, during a slice; NULL unless TtSystem.profile */
    uint64_t slice_ns;          /* when the slice began; only while events are wanted */
    uint64_t turn_start;        /* instructions of `running` before its slice */
    uint64_t paid;              /* reductions of long operations so far, beside those of their instructions */
    uint64_t messages,
        dropped;         /* atomic, relaxed: sent from here; of those, to the dead. Written here only */
    uint32_t code_units; /* of generated code that this worker can run (exec/generated.h) */
    bool code_refused;   /* it can run no more of them */
    void *scheduler;     /* private to sched/ */
};

typedef struct TtLimits {
    uint32_t depth, mailbox, handles;
    uint64_t instructions, time_ms;
} TtLimits;

/** Exit reasons that the run time itself gives. */
#define TT_REASON_TEXTS 5

struct TtSystem {
    TtHeapPool pool;
    TtLimits limits;
    TtHost *host;
    uint32_t denied; /* bit set of TtCapability */
    bool registers;  /* constant: functions run their register code, where they have one */
    bool exact;      /* constant: what an inspector shows of variables is exact: exec/ownership.h */
    const struct TtCodeMaker *code; /* constant: who makes generated code ready; NULL: there is none */
    bool trace, debug, gc_debug, trace_processes, profile;
    bool run_tests;          /* when main has ended normally, its tests are run */
    uint32_t event_mask;     /* constant: bit 1 << TtEventKind: events of the kind are wanted */
    bool event_lossless;     /* constant: workers wait for room instead of dropping events */
    uint64_t event_sequence; /* atomic: events written */
    bool seeded, virtual_time;
    uint64_t seed;
    TtValue args; /* frozen List of Str */
    TtFrozen frozen;
    TtModule *main; /* the program */

    TtPidTable *pids;
    TtRegistry *registry;
    TtValue reasons[TT_REASON_TEXTS]; /* constant after start: tt_reason_text */
    TtLock module_lock;               /* states of modules, awaited, exports until READY */
    TtLock output_lock;
    TtActor *output_waiters, *output_last_waiter; /* guarded_by(output_lock) */
    uint64_t output_waiting; /* atomic: entries of output_waiters, and actors that are being woken from it */
    TtLock stats_lock;
    TtHeapStats gc_total;         /* of ended actors; guarded_by(stats_lock) */
    TtProfileTotal profile_total; /* likewise */
    TtProfileRuns *profile_runs;  /* by worker; NULL unless `profile` */

    uint64_t next_pid;      /* atomic */
    uint64_t next_ref;      /* atomic */
    uint64_t next_future;   /* atomic */
    uint64_t live_actors;   /* atomic */
    uint64_t requests;      /* atomic: host requests under way */
    uint64_t requests_made; /* atomic: ever, under virtual time */
    uint64_t completing;    /* atomic: threads inside tt_pending_complete */
    uint64_t virtual_ns;    /* atomic: the virtual clock */
    uint32_t interrupt;     /* atomic: main is to be interrupted at its next slice */
    uint32_t stop;          /* atomic: TtStop */
    uint32_t exit_code;     /* with TT_STOP_EXIT */

    /** Puts an actor that just became READY into a run queue. Any thread; `from` may be NULL. */
    void (*make_ready)(TtSystem *system, TtContext *from, TtActor *actor);
    /** The linked module for an IMPORT path of `importer`; errors in `error`. May block. */
    TtResult (*load_module)(TtSystem *system, const TtModule *importer, const char *path, TtModule **module,
                            TtError *error);
    /** The program for SPAWN of a name that is no label; NULL and no error when there is no such file. */
    TtResult (*load_program)(TtSystem *system, const char *name, TtModule **module, TtError *error);
    /** Something that idle workers look at has changed: `stop`, the last request answered, room for output.
     */
    void (*poke)(TtSystem *system);
    void *vm;           /* private to vm/ */
    void *vm_scheduler; /* private to sched/ */
};

typedef enum TtStop {
    TT_STOP_NONE,
    TT_STOP_REQUESTED, /* from outside */
    TT_STOP_EXIT,      /* EXIT */
    TT_STOP_INSTRUCTIONS,
    TT_STOP_TIME
} TtStop;

void tt_system_init(TtSystem *system);
void tt_system_free(TtSystem *system);

/** Asks all to stop; the first reason wins. Any thread. */
void tt_system_stop(TtSystem *system, TtStop reason, uint32_t exit_code);

/** Nanoseconds of the clock that timers follow. */
uint64_t tt_system_clock_ns(const TtSystem *system);
/** Milliseconds since 1970 as programs see them; virtual time starts at 2000-01-01T00:00:00Z. */
int64_t tt_system_time_ms(const TtSystem *system);

/* ---- pids (actor/pids.c) ------------------------------------------------------------------------ */

/**
 * Gives the actor its pid's entry and counts it as live. False past the last pid. Lookups are
 * lock-free; a found actor may be used until the worker's next quiescent point (between slices):
 * ended actors are freed only when every worker has passed one.
 */
bool tt_pids_add(TtSystem *system, TtActor *actor);
void tt_pids_remove(TtSystem *system, TtActor *actor);
/** NULL when there is no such live actor. */
TtActor *tt_pids_find(const TtSystem *system, int64_t pid);
/** Calls `visit` for every live actor, in order of pid; those that start or end meanwhile may be left out.
 * Within a slice, or while no worker runs. */
void tt_pids_each(const TtSystem *system, void (*visit)(void *context, TtActor *actor), void *context);

/* ---- names (actor/registry.c) -------------------------------------------------------------------- */

/** TT_OK, or NameTaken when another actor has it. */
TtResult tt_registry_add(TtSystem *system, const char *name, uint32_t length, TtActor *actor) TT_MUST_USE;
/** False when the name is unknown. */
bool tt_registry_remove(TtSystem *system, const char *name, uint32_t length);
/** 0 when the name is unknown. */
uint64_t tt_registry_find(TtSystem *system, const char *name, uint32_t length);
/** Frees all names of an actor that ends. */
void tt_registry_remove_actor(TtSystem *system, TtActor *actor);
/** Appends a name of the pid to `out`; false when it has none. */
bool tt_registry_name_of(TtSystem *system, uint64_t pid, TtStrbuf *out);

/* ---- sending (actor/send.c) ----------------------------------------------------------------------- */

/** Copies and delivers. To a dead pid: dropped, counted, no error. HeapExceeded, MailboxExceeded,
 * BadArgument. */
TtResult tt_actor_send(TtContext *context, int64_t pid, const TtValue *message) TT_MUST_USE;

/* ---- host requests (actor/pending.c) --------------------------------------------------------------- */

struct TtPending {
    TtRequest request;
    TtSystem *system;
    uint64_t bytes;      /* taken from the pool for it */
    uint32_t references; /* atomic */
    TtLock lock;
    TtActor *actor; /* guarded_by(lock): NULL once the actor has let go */
    bool done;      /* guarded_by(lock) */
    bool awaited;   /* guarded_by(lock): the actor parks until it is done */
    char *text;     /* owned copies of the arguments */
    char *data;
};

/** Arguments of a request. */
typedef struct TtArguments {
    const char *text; /* copied; NULL when the service has none */
    size_t text_length;
    char *data; /* from tt_alloc, taken over; NULL when the service has none */
    size_t data_length;
} TtArguments;

/**
 * Starts a request of the actor, which lets go of it with tt_pending_drop; it may be done already. What an
 * instruction waits for is kept in actor->pending. NULL when the VM's heap is full.
 */
TtPending *tt_pending_start(TtActor *actor, TtService service, const TtArguments *arguments);
/** Owner: whether the answer is there. If not, its arrival wakes the actor. */
bool tt_pending_done(TtPending *pending);
/** Owner: lets go, cancelling it when it is still under way. */
void tt_pending_drop(TtActor *actor, TtPending *pending);
/** Owner: keeps the request until AWAIT; the future's number, which no other future of the VM has. */
uint64_t tt_future_add(TtActor *actor, TtPending *pending);
/** Owner: futures not yet awaited. */
uint32_t tt_future_count(const TtActor *actor);
/** Owner: NULL when the actor has no such future (any more). */
TtPending *tt_future_find(const TtActor *actor, uint64_t id);
void tt_future_remove(TtActor *actor, uint64_t id);
/** Owner, when the actor ends: lets go of all its requests, futures and handles. */
void tt_pending_end(TtActor *actor);
/** The host answered. Any thread. */
void tt_pending_complete(TtRequest *request);
/** No request is under way and no thread of the host is in here: the system may be freed. */
bool tt_pending_none(const TtSystem *system);

/* ---- output (actor/output.c) ------------------------------------------------------------------------ */

/** Writes; false: no room, and the actor is listed to be woken; it must park. Owner. */
bool tt_output_write(TtActor *actor, int stream, const char *bytes, size_t length);
/** Wakes all that wait for room. Any thread. */
void tt_output_ready(TtSystem *system);
/** Forgets an actor that ends. */
void tt_output_forget(TtActor *actor);

#endif
