// SPDX-License-Identifier: MIT
/**
 * A mailbox: a lock-free stack that any thread pushes to, and a private queue that only the owner
 * sees. The owner takes the whole stack at once, reverses it and appends it, so messages of one
 * sender keep their order. Once closed it takes nothing more.
 */
#ifndef TT_ACTOR_MAILBOX_H
#define TT_ACTOR_MAILBOX_H

#include "heap/heap.h"
#include "value/value.h"

/** A message of a program, or a signal of the run time; both keep their order. */
typedef enum TtMessageKind {
    TT_MESSAGE_DATA,
    TT_SIGNAL_LINK, /* `from` links itself to the receiver */
    TT_SIGNAL_UNLINK,
    TT_SIGNAL_LINK_EXIT, /* the linked `from` ended with reason `value` */
    TT_SIGNAL_EXIT,      /* EXIT_SIGNAL by `from` with reason `value` */
    TT_SIGNAL_KILL,      /* as EXIT with reason kill: cannot be trapped */
    TT_SIGNAL_MONITOR,   /* `from` watches the receiver under `ref` */
    TT_SIGNAL_DEMONITOR,
    TT_SIGNAL_DOWN /* `from`, watched under `ref`, ended with reason `value` */
} TtMessageKind;

typedef struct TtMessage {
    struct TtMessage *next;
    TtFragment *fragment; /* what `value` refers to, or NULL */
    TtValue value;
    uint8_t kind; /* TtMessageKind */
    bool traced;  /* data behind which, as in TtSignal, sender and number stand */
    bool adopted; /* `value` lies in the owner's heap already: a root while it is queued */
} TtMessage;

/** What is behind a message whose kind is a signal, or that is traced. */
typedef struct TtSignal {
    TtMessage message;
    uint64_t from, ref; /* traced: the sender's number of the message */
} TtSignal;

typedef struct TtMailbox {
    void *outer;       /* atomic: TtMessage stack, newest first, or the closed mark */
    uint32_t length;   /* atomic: messages in both parts, signals included until they are handled */
    uint32_t adopted;  /* owner: messages in the queue whose value lies in the owner's heap */
    TtMessage *first;  /* owner: queue of data messages, oldest first */
    TtMessage *last;   /* owner */
    TtMessage *cursor; /* owner: the last message a selective receive has passed over, or NULL */
} TtMailbox;

void tt_mailbox_init(TtMailbox *mailbox);
/** Any thread. Takes ownership of the message; false when the mailbox is closed (the caller keeps it). */
bool tt_mailbox_push(TtMailbox *mailbox, TtMessage *message);
/** Any thread; a hint: whether something was pushed that the owner has not collected. */
bool tt_mailbox_has_outer(const TtMailbox *mailbox);
/** Owner. What was pushed since the last time, oldest first, as a list the caller owns. */
TtMessage *tt_mailbox_collect(TtMailbox *mailbox);
/** Owner. Adds a data message to the end of the queue. */
void tt_mailbox_append(TtMailbox *mailbox, TtMessage *message);
/** Owner. A collected signal has been handled and is no longer part of the length. */
void tt_mailbox_forget_one(TtMailbox *mailbox);
/** Owner. The message behind `after` (NULL: the oldest); NULL when there is none. */
TtMessage *tt_mailbox_behind(const TtMailbox *mailbox, const TtMessage *after);
/** Owner. Takes the message behind `after` out; the caller owns it. The cursor goes back to the start. */
TtMessage *tt_mailbox_take(TtMailbox *mailbox, TtMessage *after);
/** While nobody runs: what was pushed and not collected, newest first; still the mailbox's. */
const TtMessage *tt_mailbox_outer(const TtMailbox *mailbox);
/** Any thread: messages waiting; a hint. */
uint32_t tt_mailbox_length(const TtMailbox *mailbox);
/** Owner. Closes for ever; gives what had been pushed and not collected, oldest first, and frees the queue.
 */
TtMessage *tt_mailbox_close(TtMailbox *mailbox, uint32_t *dropped);

TtMessage *tt_message_create(TtValue value, TtFragment *fragment);
TtSignal *tt_signal_create(TtMessageKind kind, uint64_t from, uint64_t ref, TtValue value,
                           TtFragment *fragment);
/** A data message that knows its sender, and the sender's number for it. */
TtMessage *tt_message_create_traced(uint64_t from, uint64_t number, TtValue value, TtFragment *fragment);
/** Of every kind. */
void tt_message_free(TtMessage *message);

#endif
