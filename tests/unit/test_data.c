// SPDX-License-Identifier: MIT
#include "heap_fixture.h"
#include "test.h"

#include "base/config.h"
#include "base/names.h"

#define MIB (1024u * 1024u)

static Fixture f;
static TtHeap *const heap = &f.heap;

static void start(void) {
    fixture_init(&f, 256 * MIB);
}
static void end(void) {
    fixture_check(&f);
    tt_heap_free(heap, NULL);
    CHECK_INT(f.pool.used, 0);
}

static uint64_t allocated(void) {
    return fixture_stats(&f).allocated_bytes;
}

/* ---- text and bytes ------------------------------------------------------------------------------ */

static TtValue append_text(TtValue a, const char *text) {
    TtValue out;
    MUST(tt_bytes_append(heap, a, text, strlen(text), &out));
    return out;
}

TEST(text_of_every_length) {
    start();
    char text[300];
    for (uint32_t length = 0; length < sizeof text; length++) {
        memset(text, 'a' + (int)(length % 26), length);
        TtValue v;
        MUST(tt_bytes_new(heap, TT_TAG_BYTES, text, length, &v));
        CHECK_INT(v.tag, TT_TAG_BYTES);
        CHECK_INT(v.len, length);
        CHECK(!length == !v.as.object);
        CHECK(memcmp(tt_bytes_data(v), text, length) == 0);
        if (length)
            CHECK_INT(v.as.object->kind, length < TT_SHARED_MIN_BYTES ? TT_OBJ_BYTES : TT_OBJ_BIG_BYTES);
        f.roots[0] = v;
        if (length % 50 == 0) fixture_collect(&f);
    }
    end();
}

TEST(text_appends_behind_the_longest_view_only) {
    start();
    TtValue base = append_text(append_text(tt_empty(TT_TAG_STR), "ab"), "c");
    TtValue one = append_text(base, "1"), two = append_text(base, "2");
    CHECK(is_text(base, "abc"));
    CHECK(is_text(one, "abc1"));
    CHECK(is_text(two, "abc2"));
    CHECK(one.as.object == base.as.object);
    CHECK(two.as.object != base.as.object);
    CHECK(is_text(append_text(one, ""), "abc1"));
    /* The same with shared bytes, and from a buffer onto itself. */
    while (base.len < 100) MUST(tt_bytes_append(heap, base, tt_bytes_data(base), base.len, &base));
    one = append_text(base, "1");
    TtValue again = append_text(one, "x");
    two = append_text(one, "y");
    CHECK(again.as.object == one.as.object);
    CHECK(two.as.object != one.as.object);
    CHECK_INT(tt_bytes_data(again)[again.len - 1], 'x');
    CHECK_INT(tt_bytes_data(two)[two.len - 1], 'y');
    CHECK_INT(tt_bytes_data(one)[one.len - 1], '1');
    f.roots[0] = one, f.roots[1] = two, f.roots[2] = again;
    fixture_collect(&f);
    end();
}

TEST(text_of_another_actor_is_not_appended_to) {
    start();
    TtHeap other;
    tt_heap_init(&other, &f.pool, 8);
    TtValue mine = tt_empty(TT_TAG_STR), theirs;
    while (mine.len < 1000) mine = append_text(mine, "0123456789");
    TtFragment *fragment;
    CHECK_INT(tt_fragment_copy(&f.pool, &mine, 1, &fragment, &theirs), TT_OK);
    tt_heap_adopt(&other, fragment);
    TtValue longer, mine_longer;
    MUST(tt_bytes_append(&other, theirs, "theirs", 6, &longer));
    mine_longer = append_text(mine, "mine");
    CHECK(tt_bytes_data(longer) != tt_bytes_data(theirs));
    CHECK(tt_bytes_data(theirs) == tt_bytes_data(mine));
    CHECK(memcmp(tt_bytes_data(longer) + 1000, "theirs", 6) == 0);
    CHECK(memcmp(tt_bytes_data(mine_longer) + 1000, "mine", 4) == 0);
    tt_heap_free(&other, NULL);
    f.roots[0] = mine;
    end();
}

TEST(text_grows_in_amortised_constant_time) {
    start();
    uint64_t bytes[2];
    for (int i = 0; i < 2; i++) {
        uint64_t before = allocated();
        uint32_t appends = i ? 1000000 : 100000;
        TtValue text = tt_empty(TT_TAG_STR);
        for (uint32_t k = 0; k < appends; k++) text = append_text(text, "x");
        CHECK_INT(text.len, appends);
        bytes[i] = allocated() - before;
        CHECK(bytes[i] < 5ull * appends);
        fixture_collect(&f);
    }
    CHECK(bytes[1] < 20 * bytes[0]);
    end();
}

/* ---- lists ------------------------------------------------------------------------------------------ */

static TtValue append_int(TtValue list, int64_t i) {
    TtValue out;
    MUST(tt_list_append(heap, list, tt_int(i), &out));
    return out;
}

static bool is_list(TtValue list, uint32_t count, const int64_t *items) {
    if (list.tag != TT_TAG_LIST || list.len != count || !count != !list.as.object) return false;
    for (uint32_t i = 0; i < count; i++)
        if (tt_list_items(list)[i].tag != TT_TAG_INT || tt_list_items(list)[i].as.i != items[i]) return false;
    return true;
}
#define IS_LIST(list, ...)                                                                                   \
    is_list(list, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

TEST(list_views_do_not_see_each_other) {
    start();
    TtValue a = append_int(append_int(tt_empty(TT_TAG_LIST), 1), 2);
    TtValue b = append_int(a, 3), c = append_int(a, 4), d = append_int(b, 5);
    CHECK(IS_LIST(a, 1, 2));
    CHECK(IS_LIST(b, 1, 2, 3));
    CHECK(IS_LIST(c, 1, 2, 4));
    CHECK(IS_LIST(d, 1, 2, 3, 5));
    CHECK(b.as.object == a.as.object && d.as.object == a.as.object && c.as.object != a.as.object);
    /* Two views may stay now, so an update of the one, even as its own, does not reach the other. */
    TtValue e;
    MUST(tt_list_set(heap, d, 0, tt_int(9), true, &e));
    CHECK(IS_LIST(e, 9, 2, 3, 5));
    CHECK(IS_LIST(d, 1, 2, 3, 5));
    CHECK(IS_LIST(a, 1, 2));
    end();
}

TEST(list_updates_in_place_when_owned) {
    start();
    TtValue a = list_of_ints(heap, 4), b;
    MUST(tt_list_set(heap, a, 2, tt_int(7), true, &b));
    CHECK(a.as.object == b.as.object);
    CHECK(IS_LIST(b, 0, 1, 7, 3));
    MUST(tt_list_set(heap, b, 0, tt_int(5), false, &a));
    CHECK(a.as.object != b.as.object);
    CHECK(IS_LIST(b, 0, 1, 7, 3));
    CHECK(IS_LIST(a, 5, 1, 7, 3));
    tt_value_share(a);
    MUST(tt_list_set(heap, a, 0, tt_int(6), true, &b));
    CHECK(IS_LIST(a, 5, 1, 7, 3));
    CHECK(IS_LIST(b, 6, 1, 7, 3));
    MUST(tt_list_set(heap, b, 1, tt_int(8), true, &a));
    CHECK(a.as.object == b.as.object);
    end();
}

TEST(copies_share_what_is_nested) {
    start();
    TtValue inner = list_of_ints(heap, 2), outer, copy;
    MUST(tt_list_new(heap, &inner, 1, &outer));
    MUST(tt_list_set(heap, outer, 0, tt_int(1), false, &copy));
    MUST(tt_list_append(heap, outer, tt_int(2), &copy));
    CHECK(copy.as.object != outer.as.object);
    CHECK(inner.as.object->flags & TT_OBJ_SHARED);
    /* Growing as one's own leaves the only reference where it went. */
    inner = list_of_ints(heap, 2);
    MUST(tt_list_new(heap, &inner, 1, &outer));
    MUST(tt_list_append_own(heap, outer, tt_int(2), &copy));
    CHECK(copy.as.object != outer.as.object);
    CHECK(!(inner.as.object->flags & TT_OBJ_SHARED));
    /* Objects alike. */
    for (int own = 0; own < 2; own++) {
        TtValue map = tt_empty(TT_TAG_OBJECT);
        inner = list_of_ints(heap, 2);
        for (int i = 0; i < 4; i++) {
            char key[2] = {(char)('a' + i), 0};
            MUST(tt_map_set_text(heap, map, key, i ? tt_int(i) : inner, &map));
        }
        MUST(tt_map_set(heap, map, make_str(heap, "e"), tt_int(5), own, &copy));
        CHECK(copy.as.object != map.as.object);
        CHECK_INT((inner.as.object->flags & TT_OBJ_SHARED) != 0, !own);
    }
    end();
}

TEST(list_pops) {
    start();
    TtValue a = list_of_ints(heap, 5);
    TtObj *buffer = a.as.object;
    for (int i = 0; i < 100; i++) {
        a = tt_list_drop_last(&f.heap, a, true);
        CHECK_INT(a.len, 4);
        MUST(tt_list_append_own(heap, a, tt_int(i), &a));
        CHECK(a.as.object == buffer);
    }
    CHECK(IS_LIST(a, 0, 1, 2, 3, 99));
    TtValue shorter = tt_list_drop_last(&f.heap, a, false), other;
    CHECK(IS_LIST(shorter, 0, 1, 2, 3));
    MUST(tt_list_append_own(heap, shorter, tt_int(50), &other));
    CHECK(IS_LIST(a, 0, 1, 2, 3, 99));
    CHECK(IS_LIST(other, 0, 1, 2, 3, 50));
    while (other.len) other = tt_list_drop_last(&f.heap, other, true);
    CHECK(IS_LIST(append_int(other, 1), 1));
    CHECK(!other.as.object);
    f.roots[0] = a;
    fixture_collect(&f);
    end();
}

TEST(list_loops_are_amortised_constant) {
    start();
    uint64_t bytes[2];
    for (int i = 0; i < 2; i++) {
        uint64_t before = allocated();
        uint32_t count = i ? 300000 : 30000;
        TtValue list = tt_empty(TT_TAG_LIST);
        for (uint32_t k = 0; k < count; k++) {
            MUST(tt_list_append_own(heap, list, tt_int(k), &list));
            MUST(tt_list_set(heap, list, k / 2, tt_int(-1), true, &list));
            if (k % 7 == 6) list = tt_list_drop_last(&f.heap, list, true);
        }
        bytes[i] = allocated() - before;
        CHECK(bytes[i] < 5ull * 16 * count);
        fixture_collect(&f);
    }
    CHECK(bytes[1] < 20 * bytes[0]);
    /* Plain appends are amortised, too. */
    uint64_t before = allocated();
    TtValue list = tt_empty(TT_TAG_LIST);
    for (uint32_t k = 0; k < 100000; k++) list = append_int(list, k);
    CHECK(allocated() - before < 5ull * 16 * 100000);
    end();
}

/* ---- objects ------------------------------------------------------------------------------------- */

static TtValue set(TtValue map, const char *key, int64_t value, bool own) {
    TtValue out;
    MUST(tt_map_set(heap, map, make_str(heap, key), tt_int(value), own, &out));
    return out;
}

/** The value of a key; -1 when it is absent. */
static int64_t get(TtValue map, const char *key) {
    uint32_t length = (uint32_t)strlen(key);
    int64_t at = tt_map_find(map, key, length);
    if (at != tt_map_find_hashed(map, key, length, tt_hash_bytes(key, length))) return -2;
    return at < 0 ? -1 : tt_map_entries(map)[at].value.as.i;
}

static const char *key_name(int i) {
    static char name[100];
    /* Some are long enough for shared bytes. */
    snprintf(name, sizeof name, "%s%d",
             i % 10 == 3 ? "a key of more than sixty-four characters, which is rather long, " : "k", i);
    return name;
}

TEST(map_finds_every_key) {
    start();
    TtValue map = tt_empty(TT_TAG_OBJECT);
    CHECK_INT(get(map, "k0"), -1);
    for (int i = 0; i < 300; i++) {
        map = set(map, key_name(i), i, true);
        CHECK_INT(map.len, i + 1);
        CHECK_INT(get(map, key_name(i)), i);
        CHECK_INT(get(map, key_name(i + 1)), -1);
        f.roots[0] = map;
        if (i % 20 == 0) fixture_collect(&f);
    }
    for (int i = 0; i < 300; i++) CHECK_INT(get(map, key_name(i)), i);
    for (int i = 0; i < 300; i++) CHECK(tt_map_entries(map)[i].value.as.i == i);
    CHECK_INT(get(map, ""), -1);
    map = set(map, "", 77, true);
    CHECK_INT(get(map, ""), 77);
    end();
}

TEST(map_views_do_not_see_each_other) {
    for (int size = 1; size < 40; size++) {
        start();
        TtValue a = tt_empty(TT_TAG_OBJECT);
        for (int i = 0; i < size; i++) a = set(a, key_name(i), i, true);
        TtValue b = set(a, "new", 1, false);
        CHECK_INT(get(a, "new"), -1);
        CHECK_INT(get(b, "new"), 1);
        /* The key is in the buffer already, behind the view. */
        TtValue c = set(a, "new", 2, false), d = set(a, "new", 3, true);
        CHECK_INT(get(a, "new"), -1);
        CHECK_INT(get(b, "new"), 1);
        CHECK_INT(get(c, "new"), 2);
        CHECK_INT(get(d, "new"), 3);
        CHECK_INT(a.len, size);
        CHECK_INT(c.len, size + 1);
        tt_value_share(b);
        TtValue e = set(b, "new", 4, true), g = set(b, key_name(0), 5, true);
        CHECK_INT(get(b, "new"), 1);
        CHECK_INT(get(e, "new"), 4);
        CHECK_INT(get(b, key_name(0)), 0);
        CHECK_INT(get(a, key_name(0)), 0);
        CHECK_INT(get(g, key_name(0)), 5);
        /* A copy of the shorter view knows nothing of what was behind it. */
        TtValue h = set(a, key_name(0), 6, false);
        fixture_check(&f);
        CHECK_INT(get(h, "new"), -1);
        h = set(h, "new", 7, true);
        CHECK_INT(get(h, "new"), 7);
        for (int i = 1; i < size; i++) CHECK_INT(get(h, key_name(i)), i);
        end();
    }
}

TEST(map_updates_in_place_when_owned) {
    start();
    TtValue a = tt_empty(TT_TAG_OBJECT);
    for (int i = 0; i < 20; i++) a = set(a, key_name(i), i, true);
    TtValue b = set(a, key_name(5), 50, true);
    CHECK(a.as.object == b.as.object);
    CHECK_INT(get(b, key_name(5)), 50);
    TtValue c = set(b, key_name(5), 51, false);
    CHECK_INT(get(b, key_name(5)), 50);
    CHECK_INT(get(c, key_name(5)), 51);
    tt_value_share(c);
    TtValue d = set(c, key_name(5), 52, true);
    CHECK_INT(get(c, key_name(5)), 51);
    CHECK_INT(get(d, key_name(5)), 52);
    /* Replacing in a loop costs nothing but the keys. */
    uint64_t objects = fixture_stats(&f).allocated_objects;
    for (int i = 0; i < 1000; i++) d = set(d, "k7", i, true);
    CHECK_INT(fixture_stats(&f).allocated_objects - objects, 1000);
    end();
}

TEST(map_deletes) {
    start();
    TtValue map = tt_empty(TT_TAG_OBJECT), out;
    for (int i = 0; i < 30; i++) map = set(map, key_name(i), i, true);
    for (int i = 0; i < 30; i++) {
        const char *key = key_name(i);
        MUST(tt_map_delete(heap, map, key, (uint32_t)strlen(key), &out));
        CHECK_INT(get(map, key), i);
        CHECK_INT(get(out, key), -1);
        CHECK_INT(out.len, 29 - i);
        for (int k = i + 1; k < 30; k++) {
            CHECK_INT(get(out, key_name(k)), k);
            CHECK_INT(tt_map_entries(out)[k - i - 1].value.as.i, k);
        }
        map = out;
    }
    CHECK(!map.as.object);
    map = set(map, "a", 1, false);
    MUST(tt_map_delete(heap, map, "b", 1, &out));
    CHECK(out.as.object == map.as.object && out.len == 1);
    /* Both may stay. */
    TtValue changed = set(out, "a", 2, true);
    CHECK_INT(get(map, "a"), 1);
    CHECK_INT(get(changed, "a"), 2);
    end();
}

TEST(map_loops_are_amortised_constant) {
    start();
    uint64_t bytes[2];
    for (int i = 0; i < 2; i++) {
        int count = i ? 100000 : 10000;
        uint64_t before = allocated(), keys = 0;
        TtValue map = tt_empty(TT_TAG_OBJECT);
        for (int k = 0; k < count; k++) {
            TtValue key = make_str(heap, key_name(k * 10));
            keys += 32;
            MUST(tt_map_set(heap, map, key, tt_int(k), true, &map));
            MUST(tt_map_set(heap, map, key, tt_int(k), true, &map));
        }
        bytes[i] = allocated() - before - keys;
        CHECK(bytes[i] < 5ull * 48 * (uint64_t)count);
        CHECK_INT(map.len, count);
        CHECK_INT(get(map, key_name((count - 1) * 10)), count - 1);
        fixture_collect(&f);
    }
    CHECK(bytes[1] < 20 * bytes[0]);
    end();
}

/* ---- failing changes nothing ------------------------------------------------------------------- */

TEST(failing_updates_change_nothing) {
    int failures = 0;
    for (uint64_t extra = 0; extra < 3000; extra += 16) {
        start();
        TtValue list = list_of_ints(heap, 30), map = tt_empty(TT_TAG_OBJECT), text, key, out;
        for (int i = 0; i < 20; i++) map = set(map, key_name(i), i, true);
        MUST(tt_bytes_new(heap, TT_TAG_STR, key_name(3), strlen(key_name(3)), &text));
        key = make_str(heap, "another");
        f.roots[0] = list, f.roots[1] = map, f.roots[2] = text, f.roots[3] = key;
        fixture_collect(&f);
        f.pool.limit = f.pool.used + extra;
        for (int round = 0; round < 20; round++) {
            bool done[6] = {
                tt_list_set(heap, list, 3, tt_int(3), false, &out),
                tt_list_append(heap, list, tt_int(30), &out),
                tt_map_set(heap, map, key, tt_int(1), false, &out),
                tt_map_set(heap, map, tt_map_entries(map)[2].key, tt_int(2), false, &out),
                tt_map_delete(heap, map, "k5", 2, &out),
                tt_bytes_append(heap, text, "something", 9, &out),
            };
            for (int i = 0; i < 6; i++) failures += !done[i];
        }
        CHECK_INT(list.len, 30);
        for (uint32_t i = 0; i < 30; i++) CHECK_INT(tt_list_items(list)[i].as.i, i);
        for (int i = 0; i < 20; i++) CHECK_INT(get(map, key_name(i)), i);
        CHECK_INT(get(map, "another"), -1);
        CHECK(is_text(text, key_name(3)));
        fixture_check(&f);
        end();
    }
    CHECK(failures > 1000);
}

/* ---- frozen areas ---------------------------------------------------------------------------------- */

TEST(frozen_copies_are_never_changed) {
    start();
    TtFrozen area = {0};
    TtValue map = tt_empty(TT_TAG_OBJECT), frozen, again, out;
    for (int i = 0; i < 20; i++) map = set(map, key_name(i), i, true);
    MUST(tt_map_set_text(heap, map, "list", list_of_ints(heap, 3), &map));
    TtValue text =
        make_str(heap, "something that is longer than sixty-four bytes for being shared between actors");
    MUST(tt_map_set_text(heap, map, "text", text, &map));
    CHECK_INT(tt_frozen_copy(&area, map, &frozen), TT_OK);
    CHECK(tt_value_equal(map, frozen));
    tt_heap_free(heap, NULL);
    CHECK_INT(f.pool.used, 0);
    start();
    CHECK_INT(frozen.len, 22);
    CHECK_INT(get(frozen, key_name(13)), 13);
    f.roots[0] = frozen;
    fixture_collect(&f);
    CHECK_INT(tt_frozen_copy(&area, frozen, &again), TT_OK);
    CHECK(again.as.object == frozen.as.object);
    out = set(frozen, key_name(13), 14, true);
    CHECK_INT(get(frozen, key_name(13)), 13);
    CHECK_INT(get(out, key_name(13)), 14);
    out = set(frozen, "more", 1, true);
    CHECK_INT(get(frozen, "more"), -1);
    TtValue list = tt_map_entries(frozen)[tt_map_find(frozen, "list", 4)].value;
    CHECK(IS_LIST(list, 0, 1, 2));
    MUST(tt_list_append_own(heap, list, tt_int(3), &out));
    MUST(tt_list_set(heap, list, 0, tt_int(4), true, &again));
    again = tt_list_drop_last(&f.heap, list, true);
    CHECK(IS_LIST(list, 0, 1, 2));
    CHECK(IS_LIST(out, 0, 1, 2, 3));
    CHECK(IS_LIST(again, 0, 1));
    text = tt_map_entries(frozen)[tt_map_find(frozen, "text", 4)].value;
    out = append_text(text, "!");
    CHECK_INT(out.len, text.len + 1);
    CHECK_INT(tt_bytes_data(text)[text.len - 1], 's');
    /* Heap and frozen parts mix. */
    TtValue items[2] = {frozen, list_of_ints(heap, 1)};
    MUST(tt_list_new(heap, items, 2, &list));
    CHECK_INT(tt_frozen_copy(&area, list, &again), TT_OK);
    CHECK(tt_list_items(again)[0].as.object == frozen.as.object);
    CHECK(tt_list_items(again)[1].as.object != items[1].as.object);
    f.roots[1] = again;
    fixture_collect(&f);
    end();
    tt_frozen_free(&area);
}

TEST(frozen_bytes_of_every_length) {
    TtFrozen area = {0};
    static char text[10000];
    TtValue values[100];
    for (uint32_t i = 0; i < 100; i++) {
        memset(text, 'a' + (int)(i % 26), i * 100);
        values[i] = tt_frozen_bytes(&area, TT_TAG_STR, text, i * 100);
    }
    for (uint32_t i = 0; i < 100; i++) {
        CHECK_INT(values[i].len, i * 100);
        for (uint32_t k = 0; k < values[i].len; k++)
            CHECK(tt_bytes_data(values[i])[k] == 'a' + (int)(i % 26));
    }
    CHECK(!values[0].as.object);
    tt_frozen_free(&area);
}

int main(void) {
    RUN(text_of_every_length);
    RUN(text_appends_behind_the_longest_view_only);
    RUN(text_of_another_actor_is_not_appended_to);
    RUN(text_grows_in_amortised_constant_time);
    RUN(list_views_do_not_see_each_other);
    RUN(list_updates_in_place_when_owned);
    RUN(copies_share_what_is_nested);
    RUN(list_pops);
    RUN(list_loops_are_amortised_constant);
    RUN(map_finds_every_key);
    RUN(map_views_do_not_see_each_other);
    RUN(map_updates_in_place_when_owned);
    RUN(map_deletes);
    RUN(map_loops_are_amortised_constant);
    RUN(failing_updates_change_nothing);
    RUN(frozen_copies_are_never_changed);
    RUN(frozen_bytes_of_every_length);
    return test_finish();
}
