// SPDX-License-Identifier: MIT
#include "actor/mailbox.h"
#include "heap/data.h"
#include "test.h"

static TtMessage *number(int64_t n) {
    return tt_message_create(tt_int(n), NULL);
}

/** What the owner does before it looks: everything pushed goes to the queue. */
static void collect(TtMailbox *mailbox) {
    for (TtMessage *message = tt_mailbox_collect(mailbox), *next; message; message = next) {
        next = message->next;
        tt_mailbox_append(mailbox, message);
    }
}

static int64_t take_behind(TtMailbox *mailbox, TtMessage *after) {
    TtMessage *message = tt_mailbox_take(mailbox, after);
    int64_t value = message ? message->value.as.i : -1;
    if (message) tt_message_free(message);
    return value;
}

static int64_t take(TtMailbox *mailbox) {
    if (!tt_mailbox_behind(mailbox, NULL)) collect(mailbox);
    return take_behind(mailbox, NULL);
}

static uint32_t close_all(TtMailbox *mailbox) {
    uint32_t dropped;
    for (TtMessage *late = tt_mailbox_close(mailbox, &dropped), *next; late; late = next) {
        next = late->next;
        tt_message_free(late);
        dropped++;
    }
    return dropped;
}

TEST(keeps_the_order_of_messages) {
    TtMailbox mailbox;
    tt_mailbox_init(&mailbox);
    CHECK(!tt_mailbox_behind(&mailbox, NULL));
    for (int64_t i = 0; i < 5; i++) CHECK(tt_mailbox_push(&mailbox, number(i)));
    CHECK_INT(take(&mailbox), 0);
    /* What arrives while some are in the private queue comes behind them. */
    CHECK(tt_mailbox_push(&mailbox, number(5)));
    CHECK(tt_mailbox_has_outer(&mailbox));
    CHECK_INT(tt_mailbox_length(&mailbox), 5);
    for (int64_t i = 1; i <= 5; i++) CHECK_INT(take(&mailbox), i);
    CHECK_INT(take(&mailbox), -1);
    CHECK_INT(tt_mailbox_length(&mailbox), 0);
    CHECK_INT(close_all(&mailbox), 0);
}

TEST(takes_from_the_middle_and_the_end) {
    TtMailbox mailbox;
    tt_mailbox_init(&mailbox);
    for (int64_t i = 0; i < 4; i++) CHECK(tt_mailbox_push(&mailbox, number(i)));
    collect(&mailbox);
    TtMessage *first = tt_mailbox_behind(&mailbox, NULL), *second = tt_mailbox_behind(&mailbox, first);
    mailbox.cursor = second;
    CHECK_INT(take_behind(&mailbox, first), 1);
    CHECK(!mailbox.cursor);
    TtMessage *third = tt_mailbox_behind(&mailbox, first);
    CHECK_INT(take_behind(&mailbox, third), 3);
    /* The end moved back: what comes next goes behind it. */
    CHECK(tt_mailbox_push(&mailbox, number(9)));
    collect(&mailbox);
    CHECK_INT(take(&mailbox), 0);
    CHECK_INT(take(&mailbox), 2);
    CHECK_INT(take(&mailbox), 9);
    CHECK_INT(close_all(&mailbox), 0);
}

TEST(closing_gives_back_both_parts_and_refuses_more) {
    TtMailbox mailbox;
    tt_mailbox_init(&mailbox);
    for (int64_t i = 0; i < 3; i++) CHECK(tt_mailbox_push(&mailbox, number(i)));
    collect(&mailbox);
    CHECK(tt_mailbox_push(&mailbox, number(3)));
    CHECK_INT(close_all(&mailbox), 4);
    TtMessage *late = number(4);
    CHECK(!tt_mailbox_push(&mailbox, late));
    tt_message_free(late);
    CHECK_INT(close_all(&mailbox), 0);
}

TEST(signals_keep_their_place_among_messages) {
    TtMailbox mailbox;
    tt_mailbox_init(&mailbox);
    CHECK(tt_mailbox_push(&mailbox, number(1)));
    CHECK(tt_mailbox_push(&mailbox, &tt_signal_create(TT_SIGNAL_MONITOR, 7, 8, tt_null(), NULL)->message));
    CHECK(tt_mailbox_push(&mailbox, number(2)));
    TtMessage *message = tt_mailbox_collect(&mailbox);
    REQUIRE(message && message->next && message->next->next);
    CHECK_INT(message->value.as.i, 1);
    const TtSignal *signal = (const TtSignal *)message->next;
    CHECK_INT(signal->message.kind, TT_SIGNAL_MONITOR);
    CHECK_INT((int64_t)signal->from, 7);
    CHECK_INT((int64_t)signal->ref, 8);
    CHECK_INT(message->next->next->value.as.i, 2);
    for (TtMessage *next; message; message = next) {
        next = message->next;
        tt_message_free(message);
    }
    CHECK_INT(close_all(&mailbox), 0);
}

TEST(owns_the_fragments_of_its_messages) {
    TtHeapPool pool = {.limit = 1 << 20, .gc = tt_gc_engine("mark-sweep")};
    TtHeap heap;
    tt_heap_init(&heap, &pool, 1);
    TtValue text, copy;
    REQUIRE(tt_str_new(&heap, "a message", &text));
    TtFragment *fragment = NULL;
    REQUIRE(tt_fragment_copy(&pool, &text, 1, &fragment, &copy) == TT_OK);
    uint64_t with_message = pool.used;
    TtMailbox mailbox;
    tt_mailbox_init(&mailbox);
    CHECK(tt_mailbox_push(&mailbox, tt_message_create(copy, fragment)));
    CHECK_INT(close_all(&mailbox), 1);
    CHECK(pool.used < with_message);
    tt_heap_free(&heap, NULL);
    CHECK_INT((int64_t)pool.used, 0);
}

int main(void) {
    RUN(keeps_the_order_of_messages);
    RUN(takes_from_the_middle_and_the_end);
    RUN(closing_gives_back_both_parts_and_refuses_more);
    RUN(signals_keep_their_place_among_messages);
    RUN(owns_the_fragments_of_its_messages);
    return test_finish();
}
