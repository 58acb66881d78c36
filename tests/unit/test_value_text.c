// SPDX-License-Identifier: MIT
#include "base/strbuf.h"
#include "base/utf8.h"
#include "heap/data.h"
#include "test.h"
#include "value/text.h"

static TtHeapPool pool;
static TtHeap heap;

static void check_against_walking(TtValue str) {
    const char *bytes = tt_bytes_data(str);
    size_t count = tt_utf8_count(bytes, str.len);
    CHECK_INT((int64_t)tt_text_length(str), (int64_t)count);
    for (size_t i = 0; i <= count + 1; i++)
        CHECK_INT((int64_t)tt_text_offset(str, i), (int64_t)tt_utf8_offset(bytes, str.len, i));
}

TEST(short_long_and_frozen_text_agree_with_walking) {
    static const char *const parts[] = {"", "a", "aé", "é", "plain ascii text, ", "mixed: ä€😀 and on, "};
    TtFrozen area = {0};
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
        for (int repeat = 0; repeat < 8; repeat++) {
            TtStrbuf text = {0};
            for (int i = 0; i < repeat; i++) tt_strbuf_add_text(&text, parts[p]);
            TtValue value;
            REQUIRE(tt_bytes_new(&heap, TT_TAG_STR, tt_strbuf_text(&text), text.length, &value));
            check_against_walking(value);
            check_against_walking(value);
            check_against_walking(tt_frozen_bytes(&area, TT_TAG_STR, tt_strbuf_text(&text), text.length));
            tt_strbuf_free(&text);
        }
    tt_frozen_free(&area);
}

TEST(views_of_a_growing_text_stay_right) {
    TtValue text, views[40];
    REQUIRE(tt_str_new(&heap, "a first part that is long enough to be shared between actors: ", &text));
    for (int i = 0; i < 40; i++) {
        const char *part = i == 20 ? "beyond ASCII: ü " : "some more of it ";
        REQUIRE(tt_bytes_append(&heap, text, part, strlen(part), &text));
        views[i] = text;
        if (i % 3 == 0) check_against_walking(text);
    }
    for (int i = 39; i >= 0; i--) check_against_walking(views[i]);
}

int main(void) {
    pool = (TtHeapPool){.limit = 1 << 24, .gc = tt_gc_engine("mark-sweep")};
    tt_heap_init(&heap, &pool, 1);
    RUN(short_long_and_frozen_text_agree_with_walking);
    RUN(views_of_a_growing_text_stay_right);
    tt_heap_free(&heap, NULL);
    return test_finish();
}
