// SPDX-License-Identifier: MIT
/**
 * Supervisors, by Erlang's rules. The run time does the work when the supervisor's actor handles its
 * signals, whatever code it is running: a child's exit signal never reaches its mailbox. Stopping
 * children takes time, so a restart of several is a small state machine that goes on with each exit
 * signal and with its own deadline. Everything here belongs to the owner of the supervisor's actor.
 */
#ifndef TT_ACTOR_SUPERVISOR_H
#define TT_ACTOR_SUPERVISOR_H

#include "actor/start.h"
#include "actor/system.h"
#include "base/idmap.h"

typedef enum TtChildState {
    TT_CHILD_RUNNING,
    TT_CHILD_STOPPING, /* told to shut down; its exit signal has not come */
    TT_CHILD_STOPPED
} TtChildState;

typedef struct TtChild {
    char *id; /* owned, NUL-terminated */
    uint32_t id_length;
    TtPolicy policy;
    TtChildState state;
    TtStart start; /* kept */
    uint64_t pid;  /* of the last start */
    uint64_t restarts;
    bool killed;  /* shutting down took too long */
    bool restart; /* start again when it, and those stopped with it, have ended */
    bool forget;  /* leave the list when it has ended */
} TtChild;

/** What STOP_CHILD and RESTART_CHILD wait for, and what else a supervisor has to do. */
struct TtSupervisor {
    TtStrategy strategy;
    uint32_t intensity;
    uint64_t period_ns;
    TT_VEC(TtChild *) children;     /* in start order, which a restart keeps */
    TtIdMap by_pid;                 /* pid → index in children + 1 of running and stopping ones */
    TT_VEC(uint64_t) restart_times; /* of restarts within the period, oldest first */
    uint64_t deadline_ns;           /* of the child that is stopping; UINT64_MAX: none */
    bool shutting_down;             /* the supervisor itself ends */
};

/** Makes the actor a supervisor; BadArgument when it is one. */
TtResult tt_supervisor_create(TtActor *actor, TtSupervisorSpec spec) TT_MUST_USE;
void tt_supervisor_free(TtActor *actor);

/** Starts a child; takes `start` over. NameTaken when the id is in use. */
TtResult tt_supervisor_start_child(TtActor *actor, const char *id, uint32_t length, TtPolicy policy,
                                   TtStart *start, uint64_t *pid) TT_MUST_USE;
/** NULL when there is none. */
TtChild *tt_supervisor_find(const TtSupervisor *supervisor, const char *id, uint32_t length);
/** Begins to stop a running child; `forget`: it leaves the list then. */
void tt_supervisor_stop_child(TtActor *actor, TtChild *child, bool forget);
/** Starts a stopped child again. */
TtResult tt_supervisor_restart_child(TtActor *actor, TtChild *child) TT_MUST_USE;
/** Takes a stopped child off the list. */
void tt_supervisor_forget(TtActor *actor, TtChild *child);

/** An exit signal came from `pid`; false when that is no child. */
bool tt_supervisor_child_ended(TtActor *actor, uint64_t pid, TtValue reason);
/** At the start of a slice: kills a child whose time to shut down is over, goes on with what is under way. */
void tt_supervisor_tick(TtActor *actor);
/** The supervisor ends: stops its children, last started first. True when all have ended. */
bool tt_supervisor_shut_down(TtActor *actor);

#endif
