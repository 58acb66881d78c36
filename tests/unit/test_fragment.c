// SPDX-License-Identifier: MIT
#include "heap_fixture.h"
#include "test.h"

#include "base/config.h"
#include "base/random.h"

#define MIB (1024u * 1024u)

/** A sender `f` and a receiver `to` in one pool. */
static Fixture f;
static struct {
    TtHeap heap;
    TtValue roots[FIXTURE_ROOTS];
} to;

static void visit_to(void *context, TtRootVisitor *visitor) {
    (void)context;
    visitor->values(visitor, to.roots, FIXTURE_ROOTS);
}

static void check_both(void) {
    fixture_check(&f);
    tt_heap_check(&to.heap, visit_to, NULL);
}

static void collect_both(void) {
    fixture_collect(&f);
    tt_heap_collect(&to.heap, visit_to, NULL);
    check_both();
}

static void start(uint64_t limit) {
    fixture_init(&f, limit);
    memset(&to, 0, sizeof to);
    tt_heap_init(&to.heap, &f.pool, 8);
}

static void end(void) {
    check_both();
    tt_heap_free(&f.heap, NULL);
    tt_heap_free(&to.heap, NULL);
    CHECK_INT(f.pool.used, 0);
}

static TtValue send(TtValue value) {
    TtFragment *fragment;
    TtValue copy;
    MUST(tt_fragment_copy(&f.pool, &value, 1, &fragment, &copy) == TT_OK);
    tt_heap_adopt(&to.heap, fragment);
    return copy;
}

TEST(immediate_and_frozen_values_need_no_fragment) {
    start(MIB);
    TtFrozen area = {0};
    TtValue values[4] = {tt_int(1), tt_null(), tt_empty(TT_TAG_LIST),
                         tt_frozen_bytes(&area, TT_TAG_STR, "abc", 3)};
    TtValue copies[4];
    TtFragment *fragment;
    CHECK_INT(tt_fragment_copy(&f.pool, values, 4, &fragment, copies), TT_OK);
    CHECK(!fragment);
    CHECK_INT(tt_fragment_bytes(fragment), 0);
    CHECK(memcmp(values, copies, sizeof values) == 0);
    tt_heap_adopt(&to.heap, fragment);
    tt_fragment_free(fragment);
    end();
    tt_frozen_free(&area);
}

TEST(message_outlives_its_sender) {
    static const TtFunction function = {.name = "f"};
    start(MIB);
    TtHeap *heap = &f.heap;
    TtValue map = tt_empty(TT_TAG_OBJECT), closure, exception, list;
    for (int i = 0; i < 20; i++) {
        char key[16];
        snprintf(key, sizeof key, "key %d", i);
        MUST(tt_map_set_text(heap, map, key, list_of_ints(heap, (uint32_t)i), &map));
    }
    char *data;
    MUST(tt_bytes_alloc(heap, TT_TAG_BYTES, 5000, &data, &list));
    memset(data, 'b', 5000);
    TtCapture captures[2] = {{1, 2, map}, {3, 4, list}};
    MUST(tt_closure_new(heap, &function, captures, 2, &closure));
    MUST(tt_list_new(heap, &closure, 1, &list));
    MUST(tt_exception_new(heap, make_str(heap, "message"), make_str(heap, "Kind"), list, map, &exception));
    f.roots[0] = exception;
    to.roots[0] = send(exception);
    CHECK(tt_value_equal(tt_exception(to.roots[0])->value, map));
    fixture_collect(&f);
    tt_heap_free(heap, NULL);

    for (int round = 0; round < 3; round++) {
        tt_heap_collect(&to.heap, visit_to, NULL);
        tt_heap_check(&to.heap, visit_to, NULL);
        const TtException *got = tt_exception(to.roots[0]);
        CHECK(is_text(got->message, "message"));
        CHECK(is_text(got->kind, "Kind"));
        const TtClosure *called = tt_closure(tt_list_items(got->stack)[0]);
        CHECK(called->function == &function);
        CHECK_INT(called->obj.used, 2);
        CHECK_INT(called->captures[1].name, 3);
        CHECK_INT(called->captures[1].value.len, 5000);
        CHECK_INT(tt_bytes_data(called->captures[1].value)[4999], 'b');
        map = called->captures[0].value;
        CHECK(map.as.object == got->value.as.object);
        CHECK_INT(map.len, 20);
        CHECK_INT(tt_map_find(map, "key 17", 6), 17);
        CHECK_INT(tt_map_find(map, "key 20", 6), -1);
        CHECK_INT(tt_list_items(tt_map_entries(map)[17].value)[16].as.i, 16);
    }
    tt_heap_free(&to.heap, NULL);
    CHECK_INT(f.pool.used, 0);
}

TEST(copies_are_independent) {
    start(MIB);
    TtValue list = list_of_ints(&f.heap, 3);
    f.roots[0] = list;
    TtValue copy = send(list);
    MUST(tt_list_set(&f.heap, list, 0, tt_int(9), true, &list));
    CHECK_INT(tt_list_items(copy)[0].as.i, 0);
    MUST(tt_list_set(&to.heap, copy, 1, tt_int(8), true, &copy));
    CHECK_INT(tt_list_items(list)[1].as.i, 1);
    CHECK_INT(tt_list_items(copy)[1].as.i, 8);
    end();
}

TEST(copies_are_as_long_as_the_view) {
    start(MIB);
    TtValue list = list_of_ints(&f.heap, 3), longer, map = tt_empty(TT_TAG_OBJECT), more;
    for (int i = 0; i < 5; i++) MUST(tt_list_append(&f.heap, list, tt_int(i), &longer));
    MUST(tt_list_append(&f.heap, longer, list, &longer));
    TtValue copy = send(list);
    CHECK_INT(copy.len, 3);
    CHECK_INT(copy.as.object->used, 3);
    MUST(tt_map_set_text(&f.heap, map, "a", tt_int(1), &map));
    MUST(tt_map_set(&f.heap, map, make_str(&f.heap, "b"), tt_int(2), false, &more));
    copy = send(map);
    CHECK_INT(copy.as.object->used, 1);
    CHECK_INT(tt_map_find(copy, "b", 1), -1);
    /* Two views of one buffer, the shorter one met first, and parts that only the longer one has. */
    TtValue both[2], pair;
    TtValue base = list_of_ints(&f.heap, 2);
    MUST(tt_list_append(&f.heap, base, make_str(&f.heap, "x"), &base));
    both[0] = base;
    MUST(tt_list_append(&f.heap, base, make_str(&f.heap, "only here"), &both[1]));
    MUST(tt_list_append(&f.heap, both[1], list_of_ints(&f.heap, 2), &both[1]));
    MUST(tt_list_new(&f.heap, both, 2, &pair));
    f.roots[0] = pair;
    to.roots[0] = send(pair);
    collect_both();
    CHECK(tt_value_equal(f.roots[0], to.roots[0]));
    const TtValue *views = tt_list_items(to.roots[0]);
    CHECK_INT(views[0].len, 3);
    CHECK_INT(views[1].len, 5);
    CHECK(is_text(tt_list_items(views[1])[3], "only here"));
    end();
}

TEST(sharing_survives) {
    start(16 * MIB);
    /* 2 to the 60th paths lead to the innermost list. */
    TtValue list = list_of_ints(&f.heap, 1);
    for (int i = 0; i < 60; i++) {
        TtValue items[2] = {tt_value_share(list), tt_value_share(list)};
        MUST(tt_list_new(&f.heap, items, 2, &list));
    }
    f.roots[0] = list;
    uint64_t before = to.heap.allocated_objects;
    TtValue copy = send(list);
    CHECK_INT(to.heap.allocated_objects - before, 61);
    to.roots[0] = copy;
    collect_both();
    TtHeapStats stats = {0};
    tt_heap_stats_add(&to.heap, &stats);
    CHECK_INT(stats.live_objects, 61);
    /* A list at two places is not updated in place in the copy either. */
    TtValue inner = tt_list_items(copy)[0], changed;
    CHECK(inner.as.object == tt_list_items(copy)[1].as.object);
    MUST(tt_list_set(&to.heap, inner, 0, tt_int(5), true, &changed));
    CHECK(changed.as.object != inner.as.object);
    end();
}

TEST(nesting_is_bounded) {
    start(64 * MIB);
    TtValue list = tt_empty(TT_TAG_LIST), copy;
    TtFragment *fragment;
    for (int i = 0; i < TT_MAX_NESTING; i++) {
        TtValue item = i ? list : tt_int(1);
        MUST(tt_list_new(&f.heap, &item, 1, &list));
    }
    f.roots[0] = list;
    uint64_t used = f.pool.used;
    CHECK_INT(tt_fragment_copy(&f.pool, &list, 1, &fragment, &copy), TT_OK);
    CHECK_INT(f.pool.used, used + tt_fragment_bytes(fragment));
    tt_fragment_free(fragment);
    CHECK_INT(f.pool.used, used);
    MUST(tt_list_new(&f.heap, &list, 1, &list));
    f.roots[0] = list;
    used = f.pool.used;
    CHECK_INT(tt_fragment_copy(&f.pool, &list, 1, &fragment, &copy), TT_ERR_BAD_ARGUMENT);
    CHECK(!fragment);
    CHECK_INT(f.pool.used, used);
    TtFrozen area = {0};
    CHECK_INT(tt_frozen_copy(&area, list, &copy), TT_ERR_BAD_ARGUMENT);
    tt_frozen_free(&area);
    collect_both();
    CHECK_INT(fixture_stats(&f).live_objects, TT_MAX_NESTING + 1);
    end();
}

TEST(shared_bytes_are_not_copied) {
    start(MIB);
    char *data;
    MUST(tt_bytes_alloc(&f.heap, TT_TAG_STR, 300000, &data, &f.roots[0]));
    memset(data, 'x', 300000);
    TtFragment *fragments[10];
    TtValue copies[10];
    for (int i = 0; i < 10; i++)
        MUST(tt_fragment_copy(&f.pool, f.roots, 1, &fragments[i], &copies[i]) == TT_OK);
    CHECK(f.pool.used < 310000);
    f.roots[0] = tt_null();
    collect_both();
    for (int i = 0; i < 10; i++) {
        if (i % 2) {
            tt_fragment_free(fragments[i]);
        } else {
            tt_heap_adopt(&to.heap, fragments[i]);
            to.roots[i] = copies[i];
        }
        collect_both();
    }
    CHECK(tt_bytes_data(to.roots[2]) == data);
    for (int i = 0; i < 8; i += 2) to.roots[i] = tt_null();
    collect_both();
    CHECK_INT(tt_bytes_data(to.roots[8])[299999], 'x');
    CHECK(f.pool.used > 300000);
    to.roots[8] = tt_null();
    collect_both();
    CHECK_INT(f.pool.used, 0);
    end();
}

TEST(part_of_a_message_keeps_little_memory) {
    start(64 * MIB);
    for (int i = 0; i < 10; i++) {
        TtValue list;
        TtValue *items;
        MUST(tt_list_alloc(&f.heap, 1000, &items, &list));
        for (int k = 0; k < 1000; k++) items[k] = tt_null();
        for (int k = 0; k < 1000; k++) items[k] = list_of_ints(&f.heap, 3);
        to.roots[i] = tt_list_items(send(list))[500];
    }
    collect_both();
    TtHeapStats stats = {0};
    tt_heap_stats_add(&to.heap, &stats);
    CHECK_INT(stats.live_objects, 10);
    CHECK_INT(stats.live_bytes, 10 * 64);
    /* What is dead in the messages is allocated from. */
    uint64_t held = to.heap.held_bytes;
    CHECK(held > 700000);
    for (int i = 0; i < 10000; i++) (void)list_of_ints(&to.heap, 3);
    CHECK_INT(to.heap.held_bytes, held);
    for (int i = 0; i < 10; i++) CHECK_INT(tt_list_items(to.roots[i])[2].as.i, 2);
    end();
}

TEST(failing_copies_leave_nothing_behind) {
    start(64 * MIB);
    TtValue list = tt_empty(TT_TAG_LIST), copy;
    TtFragment *fragment;
    for (int i = 0; i < 100; i++) MUST(tt_list_append_own(&f.heap, list, make_str(&f.heap, "item"), &list));
    f.roots[0] = list;
    uint64_t used = f.pool.used;
    f.pool.limit = used + 1000;
    CHECK_INT(tt_fragment_copy(&f.pool, &list, 1, &fragment, &copy), TT_ERR_HEAP_EXCEEDED);
    CHECK(!fragment);
    CHECK_INT(f.pool.used, used);
    f.pool.limit = 64 * MIB;
#ifndef NDEBUG
    int failures = 0;
    TtResult result = TT_ERR_HEAP_EXCEEDED;
    for (unsigned long nth = 1; result != TT_OK; nth++) {
        tt_alloc_fail_nth(nth);
        result = tt_fragment_copy(&f.pool, &list, 1, &fragment, &copy);
        tt_alloc_fail_nth(0);
        fixture_check(&f);
        failures += result != TT_OK;
    }
    CHECK(failures >= 3);
    CHECK(tt_value_equal(list, copy));
    tt_fragment_free(fragment);
#endif
    CHECK_INT(f.pool.used, used);
    end();
}

TEST(figures_add_up_over_heaps) {
    start(64 * MIB);
    TtHeapStats total = {0};
    uint64_t random = 5;
    char *data;
    for (int i = 0; i < 2000; i++) {
        TtValue list = list_of_ints(&f.heap, (uint32_t)tt_random_below(&random, 20)), text;
        MUST(tt_bytes_alloc(&f.heap, TT_TAG_STR, tt_random_below(&random, 200), &data, &text));
        memset(data, 'a', text.len);
        MUST(tt_list_append(&f.heap, list, text, &list));
        to.roots[tt_random_below(&random, FIXTURE_ROOTS)] = send(list);
        f.roots[tt_random_below(&random, FIXTURE_ROOTS)] = list;
        if (i % 100 == 0) collect_both();
    }
    check_both();
    TtHeapStats both = {0};
    tt_heap_stats_add(&f.heap, &both);
    tt_heap_stats_add(&to.heap, &both);
    CHECK_INT(both.allocated_bytes - both.freed_bytes, both.live_bytes);
    CHECK_INT(both.allocated_objects - both.freed_objects, both.live_objects);
    CHECK(both.live_objects > 0 && both.freed_objects > 0);
    CHECK_INT(both.collections, 40);
    tt_heap_free(&f.heap, &total);
    tt_heap_free(&to.heap, &total);
    CHECK_INT(total.allocated_bytes, both.allocated_bytes);
    CHECK_INT(total.freed_bytes, both.allocated_bytes);
    CHECK_INT(total.live_bytes, 0);
    CHECK_INT(total.collections, 40);
    CHECK_INT(f.pool.used, 0);
}

int main(void) {
    RUN(immediate_and_frozen_values_need_no_fragment);
    RUN(message_outlives_its_sender);
    RUN(copies_are_independent);
    RUN(copies_are_as_long_as_the_view);
    RUN(sharing_survives);
    RUN(nesting_is_bounded);
    RUN(shared_bytes_are_not_copied);
    RUN(part_of_a_message_keeps_little_memory);
    RUN(failing_copies_leave_nothing_behind);
    RUN(figures_add_up_over_heaps);
    return test_finish();
}
