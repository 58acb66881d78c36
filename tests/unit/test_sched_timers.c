// SPDX-License-Identifier: MIT
#include "actor/system.h"
#include "base/random.h"
#include "sched/timers.h"
#include "test.h"

#define ACTORS 500

/* An actor whose timer fires becomes ready; the hook notes in which order. */
static TtActor *fired[ACTORS];
static uint32_t fired_count;

static void note_ready(TtSystem *system, TtContext *from, TtActor *actor) {
    (void)system, (void)from;
    fired[fired_count++] = actor;
}

static void set_up(TtSystem *system, TtActor *actors) {
    *system = (TtSystem){.make_ready = note_ready};
    fired_count = 0;
    for (uint32_t i = 0; i < ACTORS; i++)
        actors[i] = (TtActor){.state = TT_ACTOR_WAIT_OTHER, .system = system, .pid = i + 1};
}

TEST(fire_in_order_of_deadline_then_of_setting) {
    static TtActor actors[ACTORS];
    TtSystem system;
    TtTimers timers;
    set_up(&system, actors);
    tt_timers_init(&timers, 0);
    uint64_t random = 42;
    for (uint32_t i = 0; i < ACTORS; i++) {
        actors[i].deadline_ns = tt_random_below(&random, 40);
        tt_timers_add(&timers, &actors[i], actors[i].deadline_ns);
    }
    tt_timers_fire(&timers, 19, NULL);
    for (uint32_t i = 0; i < fired_count; i++) CHECK(fired[i]->deadline_ns <= 19);
    CHECK(tt_timers_earliest(&timers) >= 20);
    tt_timers_fire(&timers, 40, NULL);
    CHECK_INT(fired_count, ACTORS);
    CHECK(tt_timers_earliest(&timers) == UINT64_MAX);
    for (uint32_t i = 1; i < fired_count; i++)
        CHECK(fired[i - 1]->deadline_ns < fired[i]->deadline_ns ||
              (fired[i - 1]->deadline_ns == fired[i]->deadline_ns && fired[i - 1]->pid < fired[i]->pid));
    tt_timers_destroy(&timers);
}

TEST(cancelled_ones_do_not_fire) {
    static TtActor actors[ACTORS];
    TtSystem system;
    TtTimers timers;
    set_up(&system, actors);
    tt_timers_init(&timers, 0);
    uint64_t random = 7;
    for (uint32_t i = 0; i < ACTORS; i++) tt_timers_add(&timers, &actors[i], tt_random_below(&random, 1000));
    for (uint32_t i = 0; i < ACTORS; i += 3) {
        tt_timers_remove(&timers, &actors[i]);
        CHECK_INT(actors[i].timer_index, 0);
        tt_timers_remove(&timers, &actors[i]);
    }
    tt_timers_fire(&timers, 1000, NULL);
    CHECK_INT(fired_count, ACTORS - (ACTORS + 2) / 3);
    for (uint32_t i = 0; i < fired_count; i++) CHECK((fired[i]->pid - 1) % 3 != 0);
    tt_timers_destroy(&timers);
}

int main(void) {
    RUN(fire_in_order_of_deadline_then_of_setting);
    RUN(cancelled_ones_do_not_fire);
    return test_finish();
}
