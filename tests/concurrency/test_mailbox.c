// SPDX-License-Identifier: MIT
/** Many senders, one owner, and an owner that closes in the middle: nothing is lost, doubled or reordered. */
#include "../unit/test.h"
#include "actor/mailbox.h"
#include "port/atomic.h"
#include "port/thread.h"

#define SENDERS  4
#define MESSAGES 20000

typedef struct Sender {
    TtMailbox *mailbox;
    TtThread thread;
    int64_t id;
    uint32_t refused;
} Sender;

static void *send_all(void *context) {
    Sender *sender = context;
    for (int64_t i = 0; i < MESSAGES; i++) {
        TtMessage *message = tt_message_create(tt_int(sender->id * MESSAGES + i), NULL);
        if (tt_mailbox_push(sender->mailbox, message)) continue;
        tt_message_free(message);
        sender->refused++;
    }
    return NULL;
}

static void start(Sender *senders, TtMailbox *mailbox) {
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (Sender){.mailbox = mailbox, .id = i};
        CHECK(tt_thread_start(&senders[i].thread, send_all, &senders[i]));
    }
}

TEST(every_message_arrives_once_and_in_its_senders_order) {
    TtMailbox mailbox;
    Sender senders[SENDERS];
    int64_t next[SENDERS] = {0};
    tt_mailbox_init(&mailbox);
    start(senders, &mailbox);
    bool ordered = true;
    for (int received = 0; received < SENDERS * MESSAGES;) {
        TtMessage *message = tt_mailbox_take(&mailbox);
        if (!message) continue;
        int64_t from = message->value.as.i / MESSAGES, n = message->value.as.i % MESSAGES;
        ordered = ordered && n == next[from];
        next[from] = n + 1;
        tt_message_free(message);
        received++;
    }
    for (int i = 0; i < SENDERS; i++) tt_thread_join(&senders[i].thread);
    CHECK(ordered);
    CHECK(!tt_mailbox_peek(&mailbox));
    CHECK_INT(tt_mailbox_close(&mailbox), 0);
}

TEST(closing_under_fire_counts_every_message) {
    TtMailbox mailbox;
    Sender senders[SENDERS];
    tt_mailbox_init(&mailbox);
    start(senders, &mailbox);
    uint32_t taken = 0, refused = 0;
    while (taken < MESSAGES) {
        TtMessage *message = tt_mailbox_take(&mailbox);
        if (!message) continue;
        tt_message_free(message);
        taken++;
    }
    uint32_t dropped = tt_mailbox_close(&mailbox);
    for (int i = 0; i < SENDERS; i++) {
        tt_thread_join(&senders[i].thread);
        refused += senders[i].refused;
    }
    CHECK_INT(taken + dropped + refused, SENDERS * MESSAGES);
}

int main(void) {
    RUN(every_message_arrives_once_and_in_its_senders_order);
    RUN(closing_under_fire_counts_every_message);
    return test_finish();
}
