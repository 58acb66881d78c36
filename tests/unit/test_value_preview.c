// SPDX-License-Identifier: MIT
/** Previews of values: as PRINT shows them, of bounded length. */
#include "heap_fixture.h"
#include "test.h"
#include "value/print.h"

static const char *preview(TtStrbuf *text, TtValue v, size_t limit) {
    tt_strbuf_clear(text);
    tt_print_preview(text, v, limit);
    return tt_strbuf_text(text);
}

TEST(short_values_read_as_print_shows_them) {
    Fixture f;
    TtStrbuf text = {0}, printed = {0};
    fixture_init(&f, UINT64_MAX);
    TtValue list = tt_empty(TT_TAG_LIST), object = tt_empty(TT_TAG_OBJECT);
    MUST(tt_list_append(&f.heap, list, tt_int(-5), &list));
    MUST(tt_list_append(&f.heap, list, make_str(&f.heap, "zwölf"), &list));
    MUST(tt_list_append(&f.heap, list, tt_null(), &list));
    MUST(tt_map_set_text(&f.heap, object, "items", list, &object));
    MUST(tt_map_set_text(&f.heap, object, "empty", tt_empty(TT_TAG_OBJECT), &object));
    CHECK(tt_print_value(&printed, object));
    CHECK_STR(preview(&text, object, 100), tt_strbuf_text(&printed));
    CHECK_STR(preview(&text, object, printed.length), tt_strbuf_text(&printed));
    CHECK_STR(preview(&text, tt_bool(true), 10), "true");
    tt_strbuf_free(&printed);
    tt_strbuf_free(&text);
    tt_heap_free(&f.heap, NULL);
}

TEST(long_values_are_cut_at_a_code_point) {
    Fixture f;
    TtStrbuf text = {0};
    fixture_init(&f, UINT64_MAX);
    CHECK_STR(preview(&text, make_str(&f.heap, "0123456789"), 8), "01234…");
    CHECK_STR(preview(&text, make_str(&f.heap, "0123ä56789"), 8), "0123…");
    TtValue list = tt_empty(TT_TAG_LIST), deep = tt_empty(TT_TAG_LIST);
    for (int i = 0; i < 1000; i++) MUST(tt_list_append(&f.heap, list, tt_int(i), &list));
    CHECK_STR(preview(&text, list, 14), "[0, 1, 2, 3…");
    for (int i = 0; i < 1000; i++) {
        TtValue outer = tt_empty(TT_TAG_LIST);
        MUST(tt_list_append(&f.heap, outer, deep, &outer));
        deep = outer;
    }
    CHECK_STR(preview(&text, deep, 100), "[[[[[[[[[…]]]]]]]]]");
    tt_strbuf_free(&text);
    tt_heap_free(&f.heap, NULL);
}

int main(void) {
    RUN(short_values_read_as_print_shows_them);
    RUN(long_values_are_cut_at_a_code_point);
    return test_finish();
}
