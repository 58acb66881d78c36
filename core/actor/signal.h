// SPDX-License-Identifier: MIT
/**
 * Links, monitors and exit signals. They travel through mailboxes like messages and keep their order
 * with them. The receiver handles them when it collects its mailbox: at the start of a slice and in
 * every receive.
 */
#ifndef TT_ACTOR_SIGNAL_H
#define TT_ACTOR_SIGNAL_H

#include "actor/system.h"
#include "base/idmap.h"

typedef enum TtLinkKind {
    TT_LINK_PLAIN = 1,
    TT_LINK_SUPERVISION /* between a supervisor and its child; lasts until one of them has ended */
} TtLinkKind;

/** Owner. */
struct TtRelations {
    TtIdMap links;    /* pid → TtLinkKind */
    TtIdMap monitors; /* ref → pid: what this actor watches */
    TtIdMap watchers; /* ref → pid: who watches this actor */
};

/** The actor's own, made when missing. Owner. */
TtRelations *tt_relations_of(TtActor *actor);
void tt_relations_free(TtActor *actor);

/**
 * Sends a signal; `value` may be NULL. False when there is no such live actor, or no memory to copy the
 * value. Any worker.
 */
bool tt_signal_send(TtContext *context, uint64_t to, TtMessageKind kind, uint64_t from, uint64_t ref,
                    const TtValue *value);

/** Owner: takes what was pushed, handles signals, queues data. May set `killed` and `exit_reason`. */
void tt_signals_collect(TtActor *actor);
/** Owner: ends with a reason, as an exit signal would. */
void tt_actor_kill(TtActor *actor, TtValue reason);
/** Owner: queues `{type: type, …}` as a data message: EXIT without `ref`, DOWN with one. */
void tt_signal_deliver(TtActor *actor, const char *type, uint64_t ref, uint64_t pid, TtValue reason);

/** LINK: TT_OK, or TT_ERR_NO_PROCESS when the other has ended. Owner. */
TtResult tt_actor_link(TtActor *actor, int64_t pid);
/** UNLINK: takes a plain link away. Owner. */
void tt_actor_unlink(TtActor *actor, int64_t pid);
/** MONITOR: a new reference; a DOWN message with noproc follows at once when the other has ended. Owner. */
uint64_t tt_actor_monitor(TtActor *actor, int64_t pid);
void tt_actor_demonitor(TtActor *actor, uint64_t ref);
/** Links or monitors a child that has not started: no signals are needed. Owner of `actor`. */
void tt_actor_link_child(TtActor *actor, TtActor *child, TtLinkKind kind);
uint64_t tt_actor_monitor_child(TtActor *actor, TtActor *child);

/** Closes the mailbox of an ending actor and tells links and watchers. Owner, once. */
void tt_signals_end(TtActor *actor);

/** One of system->reasons. */
TtValue tt_reason_text(TtSystem *system, const char *reason);
bool tt_reason_is(TtValue reason, const char *text);

/** A line of --trace-procs, without line end; nothing when it is off. */
void tt_trace_process(TtSystem *system, const char *format, ...) TT_PRINTF(2, 3);

#endif
