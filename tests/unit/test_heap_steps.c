// SPDX-License-Identifier: MIT
/** Collections in steps, with a program that works on in between: the heap checker runs around every step. */
#include "heap_fixture.h"

#include "base/random.h"
#include "heap/heap_internal.h"
#include "test.h"

#define MIB   (1024 * (uint64_t)1024)
#define ROWS  12u
#define ITEMS 9u

/** What the list of rows in root 0 is to hold: the numbers that its texts name. */
typedef struct Model {
    Fixture f;
    uint64_t random;
    uint32_t count[ROWS], numbers[ROWS][ITEMS];
    uint32_t next;
} Model;

static void step(Model *m) {
    fixture_check(&m->f);
    tt_heap_collect_some(&m->f.heap, fixture_visit, &m->f);
    fixture_check(&m->f);
}

static uint32_t below(Model *m, uint32_t limit) {
    return (uint32_t)tt_random_below(&m->random, limit);
}

/** {text: "number N …"}, now and then with so much text that it is outside the heap. */
static TtValue make_item(Model *m, uint32_t number) {
    char text[200];
    int length = snprintf(text, sizeof text, "number %u %*s", number, number % 5 ? 0 : 100, "");
    TtValue string, item = tt_empty(TT_TAG_OBJECT);
    MUST(tt_bytes_new(&m->f.heap, TT_TAG_STR, text, (size_t)length, &string));
    MUST(tt_map_set_text(&m->f.heap, item, "text", string, &item));
    return item;
}

static bool is_item(TtValue item, uint32_t number) {
    char text[64];
    int length = snprintf(text, sizeof text, "number %u ", number);
    int64_t at = tt_map_find(item, "text", 4);
    if (at < 0) return false;
    TtValue found = tt_map_entries(item)[at].value;
    return found.len >= (uint32_t)length && memcmp(tt_bytes_data(found), text, (size_t)length) == 0;
}

static TtValue row(const Model *m, uint32_t at) {
    return tt_list_items(m->f.roots[0])[at];
}

static void set_row(Model *m, uint32_t at, TtValue list) {
    MUST(tt_list_set(&m->f.heap, m->f.roots[0], at, list, true, &m->f.roots[0]));
}

static void append(Model *m, uint32_t at, TtValue item, uint32_t number) {
    TtValue list = row(m, at);
    MUST(tt_list_append_own(&m->f.heap, list, item, &list));
    m->numbers[at][m->count[at]++] = number;
    set_row(m, at, list);
}

static TtValue take_last(Model *m, uint32_t at, uint32_t *number) {
    TtValue list = row(m, at), item = tt_list_items(list)[list.len - 1];
    *number = m->numbers[at][--m->count[at]];
    set_row(m, at, tt_list_drop_last(&m->f.heap, list, true));
    return item;
}

static void adopt_copy(Model *m, uint32_t at, uint32_t number) {
    TtHeap sender;
    TtFragment *fragment;
    TtValue copy, original;
    tt_heap_init(&sender, &m->f.pool, 99);
    TtHeap own = m->f.heap;
    m->f.heap = sender;
    original = make_item(m, number);
    sender = m->f.heap;
    m->f.heap = own;
    MUST(tt_fragment_copy(&m->f.pool, &original, 1, &fragment, &copy) == TT_OK);
    tt_heap_free(&sender, NULL);
    tt_heap_adopt(&m->f.heap, fragment);
    append(m, at, copy, number);
}

static void mutate(Model *m) {
    uint32_t a = below(m, ROWS), b = below(m, ROWS), number;
    switch (below(m, 6)) {
    case 0: /* a new item */
        if (m->count[a] < ITEMS) append(m, a, make_item(m, m->next), m->next), m->next++;
        return;
    case 1: /* moved from behind to where marking may have been already */
        if (a == b || !m->count[a] || m->count[b] == ITEMS) return;
        TtValue item = take_last(m, a, &number);
        append(m, b, item, number);
        return;
    case 2: /* held by a root only, over several steps, then put back */
        if (!m->count[a]) return;
        m->f.roots[1] = take_last(m, a, &number);
        step(m);
        step(m);
        append(m, a, m->f.roots[1], number);
        m->f.roots[1] = tt_null();
        return;
    case 3: /* overwritten */
        if (!m->count[a]) return;
        number = below(m, m->count[a]);
        TtValue list = row(m, a);
        MUST(tt_list_set(&m->f.heap, list, number, make_item(m, m->next), true, &list));
        m->numbers[a][number] = m->next++;
        set_row(m, a, list);
        return;
    case 4: /* rows exchanged */
        if (a == b) return;
        TtValue first = row(m, a), second = row(m, b);
        set_row(m, a, second);
        set_row(m, b, first);
        for (uint32_t i = 0; i < ITEMS; i++) {
            uint32_t kept = m->numbers[a][i];
            m->numbers[a][i] = m->numbers[b][i];
            m->numbers[b][i] = kept;
        }
        number = m->count[a];
        m->count[a] = m->count[b];
        m->count[b] = number;
        return;
    default: /* a message */
        if (m->count[a] < ITEMS) adopt_copy(m, a, m->next++);
        return;
    }
}

static bool is_intact(const Model *m) {
    for (uint32_t a = 0; a < ROWS; a++) {
        TtValue list = row(m, a);
        if (list.len != m->count[a]) return false;
        for (uint32_t i = 0; i < list.len; i++)
            if (!is_item(tt_list_items(list)[i], m->numbers[a][i])) return false;
    }
    return true;
}

static void init_model(Model *m, uint64_t seed) {
    memset(m, 0, sizeof *m);
    fixture_init(&m->f, 64 * MIB);
    m->f.pool.stress_steps = true;
    tt_heap_init(&m->f.heap, &m->f.pool, 7);
    m->random = seed;
    TtValue *items;
    MUST(tt_list_alloc(&m->f.heap, ROWS, &items, &m->f.roots[0]));
    for (uint32_t i = 0; i < ROWS; i++) items[i] = tt_empty(TT_TAG_LIST);
}

TEST(what_a_program_holds_stays_while_steps_go_on) {
    for (uint64_t seed = 1; seed <= 6; seed++) {
        Model m;
        init_model(&m, seed);
        bool intact = true;
        for (int i = 0; i < 1500 && intact; i++) {
            mutate(&m);
            if (below(&m, 3)) step(&m);
            if (i % 50 == 0) intact = is_intact(&m);
        }
        CHECK(intact);
        CHECK(fixture_stats(&m.f).collections > 3);
        CHECK(fixture_stats(&m.f).pauses > fixture_stats(&m.f).collections * 3);
        /* A whole one in the middle of steps finds all garbage: another one finds none. */
        tt_heap_collect(&m.f.heap, fixture_visit, &m.f);
        CHECK(is_intact(&m));
        uint64_t live = fixture_stats(&m.f).live_objects;
        fixture_collect(&m.f);
        CHECK_INT(fixture_stats(&m.f).live_objects, live);
        tt_heap_free(&m.f.heap, NULL);
        CHECK_INT(m.f.pool.used, 0);
    }
}

TEST(a_heap_may_end_in_the_middle_of_a_collection) {
    for (int steps = 1; steps < 400; steps += 19) {
        Model m;
        init_model(&m, 5);
        for (int i = 0; i < 200; i++) mutate(&m);
        for (int i = 0; i < steps; i++) step(&m);
        tt_heap_free(&m.f.heap, NULL);
        CHECK_INT(m.f.pool.used, 0);
    }
}

TEST(steps_survive_without_memory) {
#ifndef NDEBUG
    Model m;
    init_model(&m, 3);
    for (int i = 0; i < 500; i++) mutate(&m);
    for (unsigned long nth = 1; nth < 200; nth++) {
        tt_alloc_fail_nth(nth % 4 + 1);
        tt_heap_collect_some(&m.f.heap, fixture_visit, &m.f);
        tt_alloc_fail_nth(0);
        fixture_check(&m.f);
        mutate(&m);
    }
    CHECK(is_intact(&m));
    tt_heap_free(&m.f.heap, NULL);
#endif
}

TEST(only_large_heaps_are_collected_in_steps) {
    Fixture f;
    fixture_init(&f, 1024 * MIB);
    f.roots[0] = list_of_ints(&f.heap, 1000);
    tt_heap_collect_some(&f.heap, fixture_visit, &f);
    CHECK(!heap_cycle(&f.heap));
    TtValue rows = tt_empty(TT_TAG_LIST);
    for (int i = 0; i < 100000; i++) MUST(tt_list_append_own(&f.heap, rows, list_of_ints(&f.heap, 5), &rows));
    f.roots[0] = rows;
    CHECK(tt_heap_wants_collection(&f.heap));
    uint64_t before = fixture_stats(&f).collections, most = 0;
    int steps = 0;
    while (fixture_stats(&f).collections == before) {
        tt_heap_collect_some(&f.heap, fixture_visit, &f);
        uint64_t start = f.heap.allocated_bytes;
        while (!tt_heap_wants_collection(&f.heap)) (void)list_of_ints(&f.heap, 3);
        if (heap_cycle(&f.heap) && f.heap.allocated_bytes - start > most)
            most = f.heap.allocated_bytes - start;
        steps++;
    }
    CHECK(steps > 10);
    CHECK(most <= TT_GC_STEP_BYTES + 128);
    /* It has grown by less than half meanwhile. */
    CHECK((uint64_t)steps * TT_GC_STEP_BYTES < tt_heap_live_bytes(&f.heap) / 2);
    fixture_check(&f);
    for (uint32_t i = 0; i < 100000; i += 777)
        CHECK_INT(tt_list_items(tt_list_items(f.roots[0])[i])[4].as.i, 4);
    tt_heap_free(&f.heap, NULL);
    CHECK_INT(f.pool.used, 0);
}

static bool counts_up(TtValue list, uint32_t length) {
    bool right = list.len == length;
    for (uint32_t i = 0; right && i < length; i++) right = tt_list_items(list)[i].as.i == i;
    return right;
}

TEST(a_list_that_grows_leaves_no_buffer_behind) {
    Fixture f;
    fixture_init(&f, 1024 * MIB);
    f.roots[0] = tt_empty(TT_TAG_LIST);
    const uint32_t length = 300000;
    for (uint32_t i = 0; i < length; i++) MUST(tt_list_push(&f.heap, &f.roots[0], tt_int(i)));
    CHECK_INT(fixture_stats(&f).collections, 0);
    uint64_t buffer = list_size(((const TtListBuf *)f.roots[0].as.object)->capacity);
    CHECK(f.heap.held_bytes < buffer + 8192);
    CHECK(f.heap.allocated_bytes < buffer + 8192);
    CHECK(counts_up(f.roots[0], length));
    fixture_collect(&f);
    CHECK(counts_up(f.roots[0], length));
    tt_heap_free(&f.heap, NULL);
    CHECK_INT(f.pool.used, 0);
}

TEST(a_list_that_others_hold_stays_where_it_is) {
    Fixture f;
    fixture_init(&f, 1024 * MIB);
    f.roots[0] = list_of_ints(&f.heap, 1000);
    f.roots[1] = tt_value_share(f.roots[0]);
    MUST(tt_list_push(&f.heap, &f.roots[0], tt_int(1000)));
    CHECK(f.roots[0].as.object != f.roots[1].as.object);
    CHECK(counts_up(f.roots[1], 1000));
    CHECK(counts_up(f.roots[0], 1001));
    /* One in a message is in the message's block, however large. */
    TtFragment *fragment;
    TtValue copy;
    MUST(tt_fragment_copy(&f.pool, &f.roots[1], 1, &fragment, &copy) == TT_OK);
    tt_heap_adopt(&f.heap, fragment);
    f.roots[2] = copy;
    for (uint32_t i = 1000; i < 5000; i++) MUST(tt_list_push(&f.heap, &f.roots[2], tt_int(i)));
    CHECK(counts_up(f.roots[2], 5000));
    fixture_collect(&f);
    CHECK(counts_up(f.roots[1], 1000));
    CHECK(counts_up(f.roots[2], 5000));
    /* At the limit nothing changes. */
    f.pool.limit = f.pool.used;
    while (f.roots[2].len < ((const TtListBuf *)f.roots[2].as.object)->capacity)
        MUST(tt_list_push(&f.heap, &f.roots[2], tt_int(f.roots[2].len)));
    uint32_t length = f.roots[2].len;
    CHECK(!tt_list_push(&f.heap, &f.roots[2], tt_int(length)));
    CHECK(counts_up(f.roots[2], length));
    fixture_check(&f);
    tt_heap_free(&f.heap, NULL);
    CHECK_INT(f.pool.used, 0);
}

TEST(lists_grow_in_the_middle_of_a_collection) {
    for (uint32_t every = 1; every < 40; every += 3) {
        Fixture f;
        fixture_init(&f, 1024 * MIB);
        f.pool.stress_steps = true;
        for (int i = 0; i < FIXTURE_ROOTS; i++) f.roots[i] = tt_empty(TT_TAG_LIST);
        for (uint32_t i = 0; i < 400; i++)
            for (int root = 0; root < FIXTURE_ROOTS; root++) {
                MUST(tt_list_push(&f.heap, &f.roots[root], tt_int(i)));
                if ((i * FIXTURE_ROOTS + (uint32_t)root) % every == 0)
                    tt_heap_collect_some(&f.heap, fixture_visit, &f);
                if (i % 16 == 0) fixture_check(&f);
            }
        CHECK(fixture_stats(&f).collections > 0);
        for (int root = 0; root < FIXTURE_ROOTS; root++) CHECK(counts_up(f.roots[root], 400));
        tt_heap_free(&f.heap, NULL);
        CHECK_INT(f.pool.used, 0);
    }
}

int main(void) {
    RUN(what_a_program_holds_stays_while_steps_go_on);
    RUN(a_heap_may_end_in_the_middle_of_a_collection);
    RUN(steps_survive_without_memory);
    RUN(only_large_heaps_are_collected_in_steps);
    RUN(a_list_that_grows_leaves_no_buffer_behind);
    RUN(a_list_that_others_hold_stays_where_it_is);
    RUN(lists_grow_in_the_middle_of_a_collection);
    return test_finish();
}
