// SPDX-License-Identifier: MIT
#include "sched/run_queue.h"
#include "test.h"

/** Actors that are only pointed at: the queue never looks inside them. */
static TtActor *actor_number(uintptr_t n) {
    return (TtActor *)(n * 64);
}

TEST(is_first_in_first_out) {
    TtRunQueue queue;
    tt_run_queue_init(&queue);
    CHECK(!tt_run_queue_pop(&queue));
    for (uintptr_t i = 1; i <= 1000; i++) CHECK_INT(tt_run_queue_push(&queue, actor_number(i)), (int64_t)i);
    for (uintptr_t i = 1; i <= 1000; i++) CHECK(tt_run_queue_pop(&queue) == actor_number(i));
    CHECK(!tt_run_queue_pop(&queue));
    tt_run_queue_destroy(&queue);
}

TEST(keeps_order_while_its_ring_turns_and_grows) {
    TtRunQueue queue;
    tt_run_queue_init(&queue);
    uintptr_t in = 0, out = 0;
    for (int round = 0; round < 2000; round++) {
        for (int i = 0; i < 3; i++) tt_run_queue_push(&queue, actor_number(++in));
        for (int i = 0; i < 2; i++) CHECK(tt_run_queue_pop(&queue) == actor_number(++out));
    }
    CHECK_INT(tt_run_queue_count(&queue), (int64_t)(in - out));
    while (out < in) CHECK(tt_run_queue_pop(&queue) == actor_number(++out));
    tt_run_queue_destroy(&queue);
}

TEST(stealing_takes_the_older_half) {
    TtRunQueue victim, thief;
    tt_run_queue_init(&victim);
    tt_run_queue_init(&thief);
    CHECK(!tt_run_queue_steal(&victim, &thief));
    for (uintptr_t i = 1; i <= 9; i++) tt_run_queue_push(&victim, actor_number(i));
    CHECK(tt_run_queue_steal(&victim, &thief) == actor_number(1));
    CHECK_INT(tt_run_queue_count(&thief), 4);
    CHECK_INT(tt_run_queue_count(&victim), 4);
    for (uintptr_t i = 2; i <= 5; i++) CHECK(tt_run_queue_pop(&thief) == actor_number(i));
    for (uintptr_t i = 6; i <= 9; i++) CHECK(tt_run_queue_pop(&victim) == actor_number(i));
    tt_run_queue_push(&victim, actor_number(10));
    CHECK(tt_run_queue_steal(&victim, &thief) == actor_number(10));
    tt_run_queue_destroy(&victim);
    tt_run_queue_destroy(&thief);
}

TEST(a_random_pick_takes_each_once_and_depends_on_the_seed_only) {
    for (uint64_t seed = 1; seed <= 20; seed++) {
        uintptr_t order[2][50];
        for (int run = 0; run < 2; run++) {
            TtRunQueue queue;
            tt_run_queue_init(&queue);
            uint64_t random = seed;
            bool seen[51] = {false};
            for (uintptr_t i = 1; i <= 50; i++) tt_run_queue_push(&queue, actor_number(i));
            for (int i = 0; i < 50; i++) {
                order[run][i] = (uintptr_t)tt_run_queue_pop_random(&queue, &random) / 64;
                CHECK(!seen[order[run][i]]);
                seen[order[run][i]] = true;
            }
            CHECK(!tt_run_queue_pop_random(&queue, &random));
            tt_run_queue_destroy(&queue);
        }
        CHECK(memcmp(order[0], order[1], sizeof order[0]) == 0);
    }
}

TEST(the_first_place_keeps_the_order_and_is_stolen_first) {
    TtRunQueue queue, thief;
    tt_run_queue_init(&queue);
    tt_run_queue_init(&thief);
    CHECK_INT(tt_run_queue_push_own(&queue, actor_number(1)), 1);
    CHECK_INT(tt_run_queue_count(&queue), 1);
    CHECK(tt_run_queue_steal(&queue, &thief) == actor_number(1));
    CHECK(!tt_run_queue_steal(&queue, &thief));
    CHECK_INT(tt_run_queue_push_own(&queue, actor_number(1)), 1);
    CHECK_INT(tt_run_queue_push_own(&queue, actor_number(2)), 2);
    CHECK_INT(tt_run_queue_push(&queue, actor_number(3)), 2);
    CHECK_INT(tt_run_queue_count(&queue), 3);
    CHECK(tt_run_queue_pop(&queue) == actor_number(1));
    /* Others wait: a newcomer goes behind them, not before. */
    CHECK_INT(tt_run_queue_push_own(&queue, actor_number(4)), 3);
    for (uintptr_t i = 2; i <= 4; i++) CHECK(tt_run_queue_pop(&queue) == actor_number(i));
    CHECK(!tt_run_queue_pop(&queue));
    CHECK_INT(tt_run_queue_count(&queue), 0);
    tt_run_queue_destroy(&queue);
    tt_run_queue_destroy(&thief);
}

int main(void) {
    RUN(is_first_in_first_out);
    RUN(keeps_order_while_its_ring_turns_and_grows);
    RUN(stealing_takes_the_older_half);
    RUN(the_first_place_keeps_the_order_and_is_stolen_first);
    RUN(a_random_pick_takes_each_once_and_depends_on_the_seed_only);
    return test_finish();
}
