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
    *message = (TtMessage){NULL, fragment, value, TT_MESSAGE_DATA, false, false};
    return message;
}

TtSignal *tt_signal_create(TtMessageKind kind, uint64_t from, uint64_t ref, TtValue value,
                           TtFragment *fragment) {
    TtSignal *signal = tt_alloc(sizeof *signal);
    *signal = (TtSignal){{NULL, fragment, value, (uint8_t)kind, false, false}, from, ref};
    return signal;
}

TtMessage *tt_message_create_traced(uint64_t from, uint64_t number, TtValue value, TtFragment *fragment) {
    TtSignal *message = tt_signal_create(TT_MESSAGE_DATA, from, number, value, fragment);
    message->message.traced = true;
    return &message->message;
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

bool tt_mailbox_has_outer(const TtMailbox *mailbox) {
    return tt_atomic_load_ptr_rlx((void *const *)&mailbox->outer) != NULL;
}

static TtMessage *reverse(TtMessage *newest) {
    TtMessage *oldest = NULL;
    while (newest) {
        TtMessage *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

TtMessage *tt_mailbox_collect(TtMailbox *mailbox) {
    if (!tt_mailbox_has_outer(mailbox)) return NULL;
    return reverse(tt_atomic_swap_ptr_acqrel(&mailbox->outer, NULL));
}

void tt_mailbox_append(TtMailbox *mailbox, TtMessage *message) {
    message->next = NULL;
    if (mailbox->last)
        mailbox->last->next = message;
    else
        mailbox->first = message;
    mailbox->last = message;
}

void tt_mailbox_forget_one(TtMailbox *mailbox) {
    tt_atomic_fetch_sub_u32_rlx(&mailbox->length, 1);
}

TtMessage *tt_mailbox_behind(const TtMailbox *mailbox, const TtMessage *after) {
    return after ? after->next : mailbox->first;
}

TtMessage *tt_mailbox_take(TtMailbox *mailbox, TtMessage *after) {
    TtMessage *message = tt_mailbox_behind(mailbox, after);
    if (!message) return NULL;
    if (after)
        after->next = message->next;
    else
        mailbox->first = message->next;
    if (mailbox->last == message) mailbox->last = after;
    mailbox->cursor = NULL;
    mailbox->adopted -= message->adopted;
    tt_mailbox_forget_one(mailbox);
    return message;
}

const TtMessage *tt_mailbox_outer(const TtMailbox *mailbox) {
    const void *outer = tt_atomic_load_ptr_acq((void *const *)&mailbox->outer);
    return outer == &closed_mark ? NULL : outer;
}

uint32_t tt_mailbox_length(const TtMailbox *mailbox) {
    return tt_atomic_load_u32_rlx(&mailbox->length);
}

TtMessage *tt_mailbox_close(TtMailbox *mailbox, uint32_t *dropped) {
    TtMessage *outer = tt_atomic_swap_ptr_acqrel(&mailbox->outer, &closed_mark);
    *dropped = 0;
    for (TtMessage *message = mailbox->first, *next; message; message = next) {
        next = message->next;
        tt_message_free(message);
        ++*dropped;
    }
    mailbox->first = mailbox->last = mailbox->cursor = NULL;
    return outer == &closed_mark ? NULL : reverse(outer);
}
