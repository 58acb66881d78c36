// SPDX-License-Identifier: MIT
#include "heap_fixture.h"
#include "test.h"

#include "base/config.h"
#include "base/random.h"

#define MIB (1024u * 1024u)

TEST(empty_heap_holds_nothing) {
    Fixture f;
    fixture_init(&f, MIB);
    CHECK_INT(f.heap.held_bytes, 0);
    CHECK_INT(f.pool.used, 0);
    fixture_check(&f);
    TtHeapStats total = {0};
    tt_heap_free(&f.heap, &total);
    CHECK_INT(total.allocated_bytes, 0);
    CHECK_INT(f.pool.used, 0);
}

TEST(first_objects_take_little_memory) {
    Fixture f;
    fixture_init(&f, MIB);
    f.roots[0] = make_str(&f.heap, "hello");
    f.roots[1] = list_of_ints(&f.heap, 3);
    CHECK(f.heap.held_bytes > 0);
    CHECK(f.heap.held_bytes <= 512);
    CHECK_INT(f.pool.used, f.heap.held_bytes);
    fixture_check(&f);
    tt_heap_free(&f.heap, NULL);
    CHECK_INT(f.pool.used, 0);
}

TEST(collection_keeps_what_is_reachable) {
    Fixture f;
    fixture_init(&f, 64 * MIB);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++) (void)make_str(&f.heap, "garbage");
        f.roots[round] = make_str(&f.heap, "kept");
        (void)list_of_ints(&f.heap, 1000);
        f.roots[8 + round] = list_of_ints(&f.heap, 1000);
        fixture_collect(&f);
        TtHeapStats stats = fixture_stats(&f);
        CHECK_INT(stats.live_objects, 2 * (round + 1));
        CHECK_INT(stats.live_bytes, (round + 1) * (32 + 16 + 16 * 1000));
        CHECK_INT(stats.collections, round + 1);
        CHECK(stats.pause_max_ns > 0 && stats.pause_max_ns <= stats.pause_total_ns);
    }
    for (int round = 0; round < 3; round++) {
        CHECK(is_text(f.roots[round], "kept"));
        CHECK_INT(tt_list_items(f.roots[8 + round])[999].as.i, 999);
    }
    TtHeapStats total = {0};
    tt_heap_free(&f.heap, &total);
    CHECK_INT(total.live_bytes, 0);
    CHECK_INT(total.live_objects, 0);
    CHECK_INT(total.allocated_bytes, total.freed_bytes);
    CHECK_INT(total.allocated_objects, 3 * 1003);
    CHECK_INT(f.pool.used, 0);
}

TEST(every_kind_of_object_is_followed) {
    static const char *const parameters[] = {"x"};
    static const TtFunction function = {.name = "f", .parameters = parameters, .parameter_count = 1};
    Fixture f;
    fixture_init(&f, MIB);
    TtHeap *heap = &f.heap;
    TtValue inner = make_str(heap, "inner"), list, map = tt_empty(TT_TAG_OBJECT), closure, exception;
    MUST(tt_list_new(heap, &inner, 1, &list));
    MUST(tt_map_set_text(heap, map, "list", list, &map));
    TtCapture captures[2] = {{1, 2, tt_int(5)}, {3, TT_NO_SLOT, map}};
    MUST(tt_closure_new(heap, &function, captures, 2, &closure));
    MUST(tt_list_new(heap, &closure, 1, &list));
    MUST(tt_exception_new(heap, make_str(heap, "message"), make_str(heap, "Kind"), list, tt_unbound(),
                          &exception));
    f.roots[3] = exception;
    for (int i = 0; i < 4; i++) {
        fixture_collect(&f);
        CHECK_INT(fixture_stats(&f).live_objects, 9);
    }
    closure = tt_list_items(tt_exception(f.roots[3])->stack)[0];
    CHECK(is_text(tt_exception(f.roots[3])->message, "message"));
    CHECK_INT(tt_closure(closure)->obj.used, 2);
    map = tt_closure(closure)->captures[1].value;
    CHECK_INT(tt_map_find(map, "list", 4), 0);
    CHECK(is_text(tt_list_items(tt_map_entries(map)[0].value)[0], "inner"));
    tt_heap_free(heap, NULL);
}

/** A list that nests its predecessor at its first place and has something behind it. */
static TtValue nested_list(TtHeap *heap, uint32_t depth) {
    TtValue list = tt_empty(TT_TAG_LIST);
    for (uint32_t i = 0; i < depth; i++) {
        TtValue items[2] = {list, make_str(heap, "behind")};
        MUST(tt_list_new(heap, items, 2, &list));
    }
    return list;
}

TEST(marking_needs_no_c_stack) {
    Fixture f;
    fixture_init(&f, 1024 * (uint64_t)MIB);
    f.roots[0] = nested_list(&f.heap, 500000);
    tt_heap_collect(&f.heap, fixture_visit, &f);
    CHECK_INT(fixture_stats(&f).live_objects, 1000000);
    f.roots[0] = tt_null();
    tt_heap_collect(&f.heap, fixture_visit, &f);
    CHECK_INT(fixture_stats(&f).live_objects, 0);
    CHECK_INT(f.heap.held_bytes, 0);
    tt_heap_free(&f.heap, NULL);
}

TEST(marking_survives_without_memory) {
#ifndef NDEBUG
    Fixture f;
    fixture_init(&f, 64 * MIB);
    f.roots[0] = nested_list(&f.heap, 5000);
    fixture_collect(&f);
    for (unsigned long nth = 1; nth < 12; nth++) {
        (void)nested_list(&f.heap, 1000);
        tt_alloc_fail_nth(nth);
        tt_heap_collect(&f.heap, fixture_visit, &f);
        tt_alloc_fail_nth(0);
        fixture_check(&f);
        CHECK_INT(fixture_stats(&f).live_objects, 10000);
    }
    tt_heap_free(&f.heap, NULL);
#endif
}

TEST(free_memory_is_used_again) {
    Fixture f;
    fixture_init(&f, 64 * MIB);
    TtValue keep;
    MUST(tt_list_new(&f.heap, NULL, 0, &keep));
    for (int i = 0; i < 20000; i++) {
        (void)list_of_ints(&f.heap, (uint32_t)(i % 13 + 1));
        if (i % 50 == 0) MUST(tt_list_append_own(&f.heap, keep, make_str(&f.heap, "0123456789"), &keep));
    }
    f.roots[0] = keep;
    fixture_collect(&f);
    uint64_t held = f.heap.held_bytes, freed = fixture_stats(&f).freed_bytes;
    uint64_t goal = f.heap.allocated_bytes + freed / 4;
    while (f.heap.allocated_bytes < goal)
        (void)list_of_ints(&f.heap, (uint32_t)(f.heap.allocated_objects % 13 + 1));
    CHECK_INT(f.heap.held_bytes, held);
    fixture_check(&f);
    CHECK_INT(f.roots[0].len, 400);
    for (uint32_t i = 0; i < 400; i++) CHECK(is_text(tt_list_items(f.roots[0])[i], "0123456789"));
    tt_heap_free(&f.heap, NULL);
}

TEST(empty_blocks_are_given_back) {
    Fixture f;
    fixture_init(&f, 64 * MIB);
    for (int i = 0; i < 10000; i++) (void)list_of_ints(&f.heap, (uint32_t)(i % 100));
    CHECK(f.heap.held_bytes > 1000000);
    fixture_collect(&f);
    CHECK_INT(f.heap.held_bytes, 0);
    CHECK_INT(f.pool.used, 0);
    tt_heap_free(&f.heap, NULL);
}

TEST(collections_are_asked_for) {
    Fixture f;
    fixture_init(&f, 1024 * (uint64_t)MIB);
    f.roots[0] = list_of_ints(&f.heap, 100000);
    CHECK(tt_heap_wants_collection(&f.heap));
    fixture_collect(&f);
    CHECK(!tt_heap_wants_collection(&f.heap));
    uint64_t live = tt_heap_live_bytes(&f.heap), before = f.heap.allocated_bytes;
    while (!tt_heap_wants_collection(&f.heap)) (void)make_str(&f.heap, "x");
    uint64_t grown = f.heap.allocated_bytes - before;
    CHECK(grown > live * 9 / 10 && grown < live * 11 / 10);
    /* Strings outside the heap count as much. */
    fixture_collect(&f);
    static char text[100000];
    memset(text, 'x', sizeof text);
    int strings = 0;
    TtValue string;
    while (!tt_heap_wants_collection(&f.heap)) {
        MUST(tt_bytes_new(&f.heap, TT_TAG_STR, text, sizeof text, &string));
        strings++;
    }
    CHECK(strings > 10 && strings < 20);
    tt_heap_free(&f.heap, NULL);

    fixture_init(&f, MIB);
    f.pool.stress = true;
    tt_heap_init(&f.heap, &f.pool, 1);
    CHECK(tt_heap_wants_collection(&f.heap));
    fixture_collect(&f);
    CHECK(tt_heap_wants_collection(&f.heap));
    tt_heap_free(&f.heap, NULL);
}

TEST(pool_limit_holds) {
    Fixture f;
    fixture_init(&f, 100000);
    TtValue v;
    uint64_t made = 0;
    while (tt_str_new(&f.heap, "fill the pool", &v)) made++;
    CHECK(f.heap.limit_hit);
    CHECK(f.pool.used <= 100000);
    CHECK(made >= 95000 / 32 && made <= 100000 / 32);
    CHECK(!tt_bytes_new(&f.heap, TT_TAG_STR, "no", 2, &v) || f.heap.bump < f.heap.bump_end);
    CHECK(!tt_bytes_alloc(&f.heap, TT_TAG_BYTES, 200000, &(char *){NULL}, &v));
    fixture_collect(&f);
    CHECK(!f.heap.limit_hit);
    CHECK(tt_str_new(&f.heap, "again", &v));
    tt_heap_free(&f.heap, NULL);
    CHECK_INT(f.pool.used, 0);
}

TEST(actor_limit_holds) {
    Fixture f;
    fixture_init(&f, 64 * MIB);
    f.pool.actor_limit = 200000;
    TtValue list = tt_empty(TT_TAG_LIST), other;
    uint32_t reached = 0;
    while (tt_list_append_own(&f.heap, list, tt_int(1), &list)) reached++;
    CHECK_INT(list.len, reached);
    CHECK(f.heap.held_bytes <= 200000);
    f.roots[0] = list;
    fixture_collect(&f);
    /* Shared bytes count as well. */
    CHECK(!tt_bytes_alloc(&f.heap, TT_TAG_STR, 200000 - list.len * 16, &(char *){NULL}, &other));
    tt_heap_free(&f.heap, NULL);
    tt_heap_init(&f.heap, &f.pool, 2);
    TtValue text =
        make_str(&f.heap, "0123456789012345678901234567890123456789012345678901234567890123456789");
    while (tt_bytes_append(&f.heap, text, tt_bytes_data(text), text.len, &text)) {
    }
    CHECK(text.len >= 30000 && text.len < 200000);
    /* Another actor is not concerned. */
    TtHeap second;
    tt_heap_init(&second, &f.pool, 3);
    CHECK(tt_bytes_alloc(&second, TT_TAG_STR, 190000, &(char *){NULL}, &other));
    tt_heap_free(&second, NULL);
    tt_heap_free(&f.heap, NULL);
    CHECK_INT(f.pool.used, 0);
}

TEST(sizes_past_all_bounds_fail) {
    Fixture f;
    fixture_init(&f, UINT64_MAX);
    TtValue *items, v;
    char *data;
    CHECK(!tt_list_alloc(&f.heap, UINT32_MAX, &items, &v));
#if SIZE_MAX > UINT32_MAX
    CHECK(!tt_bytes_alloc(&f.heap, TT_TAG_STR, (size_t)UINT32_MAX + 1, &data, &v));
#endif
    CHECK(!tt_bytes_alloc(&f.heap, TT_TAG_STR, SIZE_MAX - 4, &data, &v));
    CHECK(f.heap.limit_hit);
    CHECK_INT(fixture_stats(&f).live_objects, 0);
    tt_heap_free(&f.heap, NULL);
}

/** A sequence that makes objects of all sizes; false at the first failure. */
static bool make_some_of_each(Fixture *f) {
    TtHeap *heap = &f->heap;
    TtValue list = tt_empty(TT_TAG_LIST), map = tt_empty(TT_TAG_OBJECT), text = tt_empty(TT_TAG_STR);
    for (int i = 0; i < 60; i++) {
        char name[32];
        snprintf(name, sizeof name, "a rather long name %d", i);
        if (!tt_list_append(heap, list, tt_int(i), &list)) return false;
        f->roots[0] = list;
        if (!tt_map_set_text(heap, map, name, list, &map)) return false;
        f->roots[1] = map;
        if (!tt_bytes_append(heap, text, name, strlen(name), &text)) return false;
        f->roots[2] = text;
    }
    return true;
}

TEST(failing_allocations_leave_a_sound_heap) {
    bool succeeded = false;
    int failures = 0;
    for (uint64_t limit = 0; !succeeded && limit < MIB; limit += 112) {
        Fixture f;
        fixture_init(&f, limit);
        succeeded = make_some_of_each(&f);
        failures += !succeeded;
        CHECK(succeeded || f.heap.limit_hit);
        fixture_collect(&f);
        CHECK(f.pool.used <= limit);
        tt_heap_free(&f.heap, NULL);
        CHECK_INT(f.pool.used, 0);
    }
    CHECK(succeeded);
    CHECK(failures > 100);
}

TEST(failing_malloc_leaves_a_sound_heap) {
#ifndef NDEBUG
    bool succeeded = false;
    for (unsigned long nth = 1; !succeeded && nth < 1000; nth++) {
        Fixture f;
        fixture_init(&f, MIB);
        tt_alloc_fail_nth(nth);
        succeeded = make_some_of_each(&f);
        tt_alloc_fail_nth(0);
        CHECK(succeeded || f.heap.limit_hit);
        fixture_collect(&f);
        tt_heap_free(&f.heap, NULL);
        CHECK_INT(f.pool.used, 0);
    }
    CHECK(succeeded);
#endif
}

TEST(shared_bytes_die_with_the_last_reference) {
    Fixture f;
    fixture_init(&f, 64 * MIB);
    char *data;
    for (int i = 0; i < 10; i++) {
        MUST(tt_bytes_alloc(&f.heap, TT_TAG_BYTES, 100000, &data, &f.roots[0]));
        memset(data, i, 100000);
    }
    CHECK(f.pool.used > 1000000);
    fixture_collect(&f);
    CHECK(f.pool.used < 110000);
    CHECK_INT(fixture_stats(&f).live_objects, 1);
    CHECK_INT(tt_bytes_data(f.roots[0])[99999], 9);
    f.roots[0] = tt_null();
    fixture_collect(&f);
    CHECK_INT(f.pool.used, 0);
    tt_heap_free(&f.heap, NULL);
}

TEST(small_heaps_collect_early_under_pressure) {
    enum { HEAPS = 400 };
    TtHeapPool pool = {.limit = 4 * MIB};
    TtHeap *heaps = tt_alloc(HEAPS * sizeof(TtHeap));
    for (int i = 0; i < HEAPS; i++) tt_heap_init(&heaps[i], &pool, (uint64_t)i + 1);
    Fixture none;
    fixture_init(&none, MIB);
    TtValue v;
    uint64_t refused = 0;
    for (int round = 0; round < 2000; round++)
        for (int i = 0; i < HEAPS; i++) {
            refused += !tt_str_new(&heaps[i], "garbage", &v);
            if (tt_heap_wants_collection(&heaps[i])) tt_heap_collect(&heaps[i], fixture_visit, &none);
        }
    CHECK_INT(refused, 0);
    CHECK(pool.used < 4 * MIB);
    for (int i = 0; i < HEAPS; i++) tt_heap_free(&heaps[i], NULL);
    CHECK_INT(pool.used, 0);
    tt_free(heaps);
}

TEST(no_gc_keeps_everything) {
    Fixture f;
    fixture_init(&f, MIB);
    f.pool.gc = tt_gc_engine("no-gc");
    REQUIRE(f.pool.gc);
    TtValue v;
    uint64_t made = 0;
    while (tt_str_new(&f.heap, "x", &v)) {
        made++;
        if (tt_heap_wants_collection(&f.heap)) tt_heap_collect(&f.heap, fixture_visit, &f);
    }
    CHECK(made > 30000);
    tt_heap_collect(&f.heap, fixture_visit, &f);
    CHECK(!tt_str_new(&f.heap, "x", &v));
    TtHeapStats stats = fixture_stats(&f);
    CHECK_INT(stats.freed_objects, 0);
    CHECK_INT(stats.live_objects, made);
    CHECK_INT(stats.collections, 0);
    tt_heap_free(&f.heap, NULL);
}

TEST(engines_have_names) {
    CHECK_STR(tt_gc_engine("mark-sweep")->name, "mark-sweep");
    CHECK_STR(tt_gc_engine("no-gc")->name, "no-gc");
    CHECK(!tt_gc_engine("generational"));
    CHECK(!tt_gc_engine(""));
}

TEST(many_tiny_heaps_are_cheap) {
    enum { HEAPS = 20000 };
    TtHeapPool pool = {.limit = 64 * MIB};
    TtHeap *heaps = tt_alloc(HEAPS * sizeof(TtHeap));
    for (int i = 0; i < HEAPS; i++) {
        tt_heap_init(&heaps[i], &pool, (uint64_t)i + 1);
        (void)make_str(&heaps[i], "an actor's name");
        (void)list_of_ints(&heaps[i], 4);
    }
    CHECK(pool.used <= HEAPS * 512ull);
    for (int i = 0; i < HEAPS; i++) tt_heap_free(&heaps[i], NULL);
    CHECK_INT(pool.used, 0);
    tt_free(heaps);
}

/** Objects of random sizes, held by a random part of a table, collected at random. */
TEST(random_life_and_death) {
    Fixture f;
    fixture_init(&f, 64 * MIB);
    uint64_t random = 42;
    enum { SLOTS = 300 };
    uint32_t sizes[SLOTS] = {0};
    f.roots[0] = list_of_ints(&f.heap, SLOTS);
    for (int step = 0; step < 30000; step++) {
        uint32_t slot = (uint32_t)tt_random_below(&random, SLOTS);
        uint32_t size = (uint32_t)tt_random_below(&random, step % 100 == 0 ? 2000 : 40);
        TtValue list = tt_random_below(&random, 4) ? list_of_ints(&f.heap, size) : tt_empty(TT_TAG_LIST);
        sizes[slot] = list.len;
        MUST(tt_list_set(&f.heap, f.roots[0], slot, list, true, &f.roots[0]));
        if (tt_random_below(&random, 300) == 0) fixture_collect(&f);
    }
    fixture_collect(&f);
    for (uint32_t i = 0; i < SLOTS; i++) {
        TtValue list = tt_list_items(f.roots[0])[i];
        if (list.tag == TT_TAG_INT) continue;
        CHECK_INT(list.len, sizes[i]);
        for (uint32_t k = 0; k < list.len; k++) CHECK_INT(tt_list_items(list)[k].as.i, k);
    }
    TtHeapStats stats = fixture_stats(&f);
    CHECK_INT(stats.allocated_bytes - stats.freed_bytes, stats.live_bytes);
    CHECK_INT(stats.allocated_objects - stats.freed_objects, stats.live_objects);
    tt_heap_free(&f.heap, NULL);
    CHECK_INT(f.pool.used, 0);
}

int main(void) {
    RUN(empty_heap_holds_nothing);
    RUN(first_objects_take_little_memory);
    RUN(collection_keeps_what_is_reachable);
    RUN(every_kind_of_object_is_followed);
    RUN(marking_needs_no_c_stack);
    RUN(marking_survives_without_memory);
    RUN(free_memory_is_used_again);
    RUN(empty_blocks_are_given_back);
    RUN(collections_are_asked_for);
    RUN(pool_limit_holds);
    RUN(actor_limit_holds);
    RUN(sizes_past_all_bounds_fail);
    RUN(failing_allocations_leave_a_sound_heap);
    RUN(failing_malloc_leaves_a_sound_heap);
    RUN(shared_bytes_die_with_the_last_reference);
    RUN(small_heaps_collect_early_under_pressure);
    RUN(no_gc_keeps_everything);
    RUN(engines_have_names);
    RUN(many_tiny_heaps_are_cheap);
    RUN(random_life_and_death);
    return test_finish();
}
