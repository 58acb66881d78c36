// SPDX-License-Identifier: MIT
#include "actor/mailbox.h"

#include "base/alloc.h"
#include "port/atomic.h"

static TtMessage closed_mark;

void tt_mailbox_init(TtMailbox *mailbox) {
    *mailbox = (TtMailbox){0};
}

TtMessage *tt_message_create(TtValue value, TtFragment *fragment) {
    TtMessage *message = tt_alloc(sizeof *message);
    message->next = NULL;
    message->fragment = fragment;
    message->value = value;
    return message;
}

void tt_message_free(TtMessage *message) {
    tt_fragment_free(message->fragment);
    tt_free(message);
}

bool tt_mailbox_push(TtMailbox *mailbox, TtMessage *message) {
    tt_atomic_fetch_add_u32_rlx(&mailbox->length, 1);
    for (;;) {
        void *head = tt_atomic_load_ptr_acq((void *const *)&mailbox->outer);
        if (head == &closed_mark) {
            tt_atomic_fetch_sub_u32_rlx(&mailbox->length, 1);
            return false;
        }
        message->next = head;
        if (tt_atomic_cas_ptr_seq(&mailbox->outer, head, message)) return true;
    }
}

/** Moves what others pushed to the end of the private queue. */
static void drain_outer(TtMailbox *mailbox) {
    if (!tt_atomic_load_ptr_rlx((void *const *)&mailbox->outer)) return;
    TtMessage *newest = tt_atomic_swap_ptr_acqrel(&mailbox->outer, NULL);
    TtMessage *oldest = NULL, *last = newest;
    while (newest) {
        TtMessage *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    if (mailbox->last)
        mailbox->last->next = oldest;
    else
        mailbox->first = oldest;
    mailbox->last = last;
}

TtMessage *tt_mailbox_peek(TtMailbox *mailbox) {
    if (!mailbox->first) drain_outer(mailbox);
    return mailbox->first;
}

TtMessage *tt_mailbox_take(TtMailbox *mailbox) {
    TtMessage *message = tt_mailbox_peek(mailbox);
    if (!message) return NULL;
    mailbox->first = message->next;
    if (!mailbox->first) mailbox->last = NULL;
    tt_atomic_fetch_sub_u32_rlx(&mailbox->length, 1);
    return message;
}

uint32_t tt_mailbox_length(const TtMailbox *mailbox) {
    return tt_atomic_load_u32_rlx(&mailbox->length);
}

static uint32_t free_chain(TtMessage *message) {
    uint32_t count = 0;
    while (message) {
        TtMessage *next = message->next;
        tt_message_free(message);
        message = next;
        count++;
    }
    return count;
}

uint32_t tt_mailbox_close(TtMailbox *mailbox) {
    TtMessage *outer = tt_atomic_swap_ptr_acqrel(&mailbox->outer, &closed_mark);
    uint32_t count = outer == &closed_mark ? 0 : free_chain(outer);
    count += free_chain(mailbox->first);
    mailbox->first = mailbox->last = NULL;
    tt_atomic_fetch_sub_u32_rlx(&mailbox->length, count);
    return count;
}
