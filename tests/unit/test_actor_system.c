// SPDX-License-Identifier: MIT
/** Pids and names. */
#include "actor/system.h"
#include "test.h"

#include <stdlib.h>

static bool add_name(TtSystem *system, const char *name, TtActor *actor, TtResult expected) {
    return tt_registry_add(system, name, (uint32_t)strlen(name), actor) == expected;
}

static int64_t find_name(TtSystem *system, const char *name) {
    return (int64_t)tt_registry_find(system, name, (uint32_t)strlen(name));
}

static void count_actor(void *context, TtActor *actor) {
    uint64_t *last = context;
    CHECK(actor->pid > *last);
    *last = actor->pid;
}

TEST(pids_find_live_actors_only) {
    TtSystem system = {0};
    tt_system_init(&system);
    enum { COUNT = 3000 };
    TtActor *actors = calloc(COUNT, sizeof *actors);
    REQUIRE(actors);
    system.next_pid = 1 + COUNT * 1021;
    for (uint64_t i = 0; i < COUNT; i++) {
        actors[i].pid = 1 + i * 1021;
        CHECK(tt_pids_add(&system, &actors[i]));
    }
    CHECK_INT((int64_t)system.live_actors, COUNT);
    for (uint64_t i = 0; i < COUNT; i++) {
        CHECK(tt_pids_find(&system, (int64_t)(1 + i * 1021)) == &actors[i]);
        CHECK(!tt_pids_find(&system, (int64_t)(2 + i * 1021)));
    }
    uint64_t last = 0;
    tt_pids_each(&system, count_actor, &last);
    CHECK_INT((int64_t)last, 1 + (COUNT - 1) * 1021);
    for (uint64_t i = 0; i < COUNT; i += 2) tt_pids_remove(&system, &actors[i]);
    CHECK(!tt_pids_find(&system, 1));
    CHECK(tt_pids_find(&system, 1022) == &actors[1]);
    CHECK(!tt_pids_find(&system, 0));
    CHECK(!tt_pids_find(&system, -5));
    CHECK(!tt_pids_find(&system, INT64_MAX));
    actors[0].pid = UINT64_C(1) << 40;
    CHECK(!tt_pids_add(&system, &actors[0]));
    tt_system_free(&system);
    free(actors);
}

TEST(names_belong_to_one_actor_until_freed) {
    TtSystem system = {0};
    tt_system_init(&system);
    TtActor a = {.pid = 1}, b = {.pid = 2};
    CHECK(add_name(&system, "server", &a, TT_OK));
    CHECK(add_name(&system, "server", &a, TT_OK));
    CHECK(add_name(&system, "server", &b, TT_ERR_NAME_TAKEN));
    CHECK(add_name(&system, "alias", &a, TT_OK));
    CHECK_INT(find_name(&system, "server"), 1);
    CHECK_INT(find_name(&system, "serve"), 0);
    TtStrbuf name = {0};
    CHECK(tt_registry_name_of(&system, 1, &name));
    CHECK_STR(tt_strbuf_text(&name), "alias");
    tt_strbuf_free(&name);
    CHECK(tt_registry_remove(&system, "alias", 5));
    CHECK(!tt_registry_remove(&system, "alias", 5));
    tt_registry_remove_actor(&system, &a);
    CHECK_INT(find_name(&system, "server"), 0);
    CHECK(add_name(&system, "server", &b, TT_OK));
    tt_system_free(&system);
}

TEST(ten_thousand_names) {
    TtSystem system = {0};
    tt_system_init(&system);
    TtActor actor = {.pid = 9};
    char name[32];
    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "name-%d", i);
        CHECK(add_name(&system, name, &actor, TT_OK));
    }
    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "name-%d", i);
        CHECK_INT(find_name(&system, name), 9);
    }
    tt_registry_remove_actor(&system, &actor);
    CHECK_INT(find_name(&system, "name-77"), 0);
    tt_system_free(&system);
}

int main(void) {
    RUN(pids_find_live_actors_only);
    RUN(names_belong_to_one_actor_until_freed);
    RUN(ten_thousand_names);
    return test_finish();
}
