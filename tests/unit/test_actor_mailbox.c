// SPDX-License-Identifier: MIT
#include "actor/mailbox.h"
#include "heap/data.h"
#include "test.h"

static TtMessage *number(int64_t n) {
    return tt_message_create(tt_int(n), NULL);
}

static int64_t take(TtMailbox *mailbox) {
    TtMessage *message = tt_mailbox_take(mailbox);
    int64_t value = message ? message->value.as.i : -1;
    if (message) tt_message_free(message);
    return value;
}

TEST(keeps_the_order_of_messages) {
    TtMailbox mailbox;
    tt_mailbox_init(&mailbox);
    CHECK(!tt_mailbox_peek(&mailbox));
    for (int64_t i = 0; i < 5; i++) CHECK(tt_mailbox_push(&mailbox, number(i)));
    CHECK_INT(take(&mailbox), 0);
    /* What arrives while some are in the private queue comes behind them. */
    CHECK(tt_mailbox_push(&mailbox, number(5)));
    CHECK_INT(tt_mailbox_length(&mailbox), 5);
    for (int64_t i = 1; i <= 5; i++) CHECK_INT(take(&mailbox), i);
    CHECK_INT(take(&mailbox), -1);
    CHECK_INT(tt_mailbox_length(&mailbox), 0);
    CHECK_INT(tt_mailbox_close(&mailbox), 0);
}

TEST(peek_leaves_the_message) {
    TtMailbox mailbox;
    tt_mailbox_init(&mailbox);
    CHECK(tt_mailbox_push(&mailbox, number(7)));
    REQUIRE(tt_mailbox_peek(&mailbox));
    CHECK_INT(tt_mailbox_peek(&mailbox)->value.as.i, 7);
    CHECK_INT(take(&mailbox), 7);
    CHECK_INT(tt_mailbox_close(&mailbox), 0);
}

TEST(closing_drops_both_parts_and_refuses_more) {
    TtMailbox mailbox;
    tt_mailbox_init(&mailbox);
    for (int64_t i = 0; i < 3; i++) CHECK(tt_mailbox_push(&mailbox, number(i)));
    CHECK(tt_mailbox_peek(&mailbox) != NULL);
    CHECK(tt_mailbox_push(&mailbox, number(3)));
    CHECK_INT(tt_mailbox_close(&mailbox), 4);
    TtMessage *late = number(4);
    CHECK(!tt_mailbox_push(&mailbox, late));
    tt_message_free(late);
    CHECK_INT(tt_mailbox_close(&mailbox), 0);
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
    CHECK_INT(tt_mailbox_close(&mailbox), 1);
    CHECK(pool.used < with_message);
    tt_heap_free(&heap, NULL);
    CHECK_INT((int64_t)pool.used, 0);
}

int main(void) {
    RUN(keeps_the_order_of_messages);
    RUN(peek_leaves_the_message);
    RUN(closing_drops_both_parts_and_refuses_more);
    RUN(owns_the_fragments_of_its_messages);
    return test_finish();
}
