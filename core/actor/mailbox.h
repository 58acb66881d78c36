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

typedef struct TtMessage {
    struct TtMessage *next;
    TtFragment *fragment; /* what `value` refers to, or NULL */
    TtValue value;
} TtMessage;

typedef struct TtMailbox {
    void *outer;      /* atomic: TtMessage stack, newest first, or the closed mark */
    uint32_t length;  /* atomic: messages in both parts */
    TtMessage *first; /* owner: queue, oldest first */
    TtMessage *last;  /* owner */
} TtMailbox;

void tt_mailbox_init(TtMailbox *mailbox);
/** Any thread. Takes ownership of the message; false when the mailbox is closed (the caller keeps it). */
bool tt_mailbox_push(TtMailbox *mailbox, TtMessage *message);
/** Owner. The oldest message, which stays in the mailbox; NULL when there is none. */
TtMessage *tt_mailbox_peek(TtMailbox *mailbox);
/** Owner. Takes the oldest message out; the caller owns it. NULL when there is none. */
TtMessage *tt_mailbox_take(TtMailbox *mailbox);
/** Any thread: messages waiting; a hint. */
uint32_t tt_mailbox_length(const TtMailbox *mailbox);
/** Owner. Closes for ever and frees what is inside; the number of messages dropped. */
uint32_t tt_mailbox_close(TtMailbox *mailbox);

TtMessage *tt_message_create(TtValue value, TtFragment *fragment);
void tt_message_free(TtMessage *message);

#endif
