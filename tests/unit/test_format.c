// SPDX-License-Identifier: MIT
#include "format/csv.h"
#include "format/json.h"
#include "heap_fixture.h"
#include "test.h"

/** Limits of the heap from none to plenty: HeapExceeded or the value, never anything in between. */
TEST(reading_at_every_limit) {
    const char *text =
        "{\"key\": [1, 2, {\"key\": \"a text that is longer than sixty-four bytes, so that it is "
        "kept outside the blocks\"}], \"b\": [[], {}, \"\\u00e9\"], \"key\": null}";
    unsigned done = 0, refused = 0;
    for (uint64_t limit = 0; limit < 8000; limit += 100) {
        Fixture f;
        TtError error = {0};
        fixture_init(&f, limit);
        TtResult result = tt_json_parse(&f.heap, "READ", text, strlen(text), &error, &f.roots[0]);
        if (result == TT_OK) {
            TtStrbuf out = {0};
            CHECK(tt_json_write(&out, "WRITE", f.roots[0], &error) == TT_OK);
            CHECK_STR(tt_strbuf_text(&out), "{\"key\":null,\"b\":[[],{},\"é\"]}");
            tt_strbuf_free(&out);
            done++;
        } else {
            CHECK(result == TT_ERR_HEAP_EXCEEDED);
            CHECK(error.message.length == 0);
            refused++;
        }
        fixture_collect(&f);
        tt_heap_free(&f.heap, NULL);
        CHECK(f.pool.used == 0);
        tt_error_free(&error);
    }
    CHECK(done > 0 && refused > 0);
}

TEST(maps_of_entries) {
    Fixture f;
    fixture_init(&f, 1u << 20);
    for (uint32_t count = 0; count < 100; count++) {
        TtMapEntry entries[100];
        for (uint32_t i = 0; i < count; i++) {
            char key[16];
            snprintf(key, sizeof key, "k%u", (unsigned)(i % 37));
            entries[i] = (TtMapEntry){make_str(&f.heap, key), tt_int(i)};
        }
        TtValue map;
        MUST(tt_map_new(&f.heap, entries, count, &map));
        f.roots[0] = map;
        fixture_collect(&f);
        CHECK(map.len == (count < 37 ? count : 37));
        for (uint32_t i = 0; i < count; i++) {
            int64_t at = tt_map_find(map, tt_bytes_data(tt_map_entries(map)[i % 37].key),
                                     tt_map_entries(map)[i % 37].key.len);
            CHECK(at == (int64_t)(i % 37));
            CHECK(tt_map_entries(map)[at].value.as.i % 37 == at);
            CHECK(tt_map_entries(map)[at].value.as.i + 37 >= count);
        }
    }
    tt_heap_free(&f.heap, NULL);
}

TEST(csv_at_every_limit) {
    const char *text = "a,\"b \"\"c\"\"\",d\n1,2,\"3\n4\"\n";
    unsigned done = 0;
    for (uint64_t limit = 0; limit < 6000; limit += 100) {
        Fixture f;
        TtError error = {0};
        fixture_init(&f, limit);
        TtResult result = tt_csv_parse(&f.heap, "READ", text, strlen(text), &error, &f.roots[0]);
        CHECK(result == TT_OK || result == TT_ERR_HEAP_EXCEEDED);
        if (result == TT_OK) {
            TtStrbuf out = {0};
            CHECK(tt_csv_write(&out, "WRITE", f.roots[0], &error) == TT_OK);
            CHECK_STR(tt_strbuf_text(&out), text);
            tt_strbuf_free(&out);
            done++;
        }
        fixture_collect(&f);
        tt_heap_free(&f.heap, NULL);
        CHECK(f.pool.used == 0);
        tt_error_free(&error);
    }
    CHECK(done > 0);
}

int main(void) {
    RUN(reading_at_every_limit);
    RUN(maps_of_entries);
    RUN(csv_at_every_limit);
    return test_finish();
}
