// SPDX-License-Identifier: MIT
#include "test.h"

#include "host/host.h"
#include "host/wire.h"

static void put_everything(TtStrbuf *out) {
    tt_wire_put_list(out, 10);
    tt_wire_put_null(out);
    tt_wire_put_bool(out, true);
    tt_wire_put_int(out, INT64_MIN);
    tt_wire_put_float(out, -0.5);
    tt_wire_put_text(out, "grüße");
    tt_wire_put_bytes(out, TT_WIRE_BYTES, "\0\xff", 2);
    tt_wire_put_bytes(out, TT_WIRE_TEXT, "", 0);
    tt_wire_put_object(out, 2);
    tt_wire_put_key(out, "a", 1);
    tt_wire_put_list(out, 0);
    tt_wire_put_key(out, "", 0);
    tt_wire_put_handle(out, TT_WIRE_STREAM, 7);
    tt_wire_put_handle(out, TT_WIRE_CONNECTION, INT64_MAX);
    tt_wire_put_list(out, 1);
    tt_wire_put_null(out);
}

TEST(what_is_written_is_read) {
    TtStrbuf out = {0};
    put_everything(&out);
    TtWireReader reader = tt_wire_reader(out.bytes, out.length);
    TtWireItem item;
    REQUIRE(tt_wire_read_as(&reader, TT_WIRE_LIST, &item));
    CHECK_INT(item.count, 10);
    CHECK(tt_wire_read_as(&reader, TT_WIRE_NULL, &item));
    CHECK(tt_wire_read_as(&reader, TT_WIRE_BOOL, &item) && item.as.b);
    CHECK(tt_wire_read_as(&reader, TT_WIRE_INT, &item) && item.as.i == INT64_MIN);
    CHECK(tt_wire_read_as(&reader, TT_WIRE_FLOAT, &item) && item.as.f == -0.5);
    CHECK(tt_wire_read_as(&reader, TT_WIRE_STR, &item) && item.length == 7 &&
          memcmp(item.bytes, "grüße", 7) == 0);
    CHECK(tt_wire_read_as(&reader, TT_WIRE_TEXT, &item) && item.tag == TT_WIRE_BYTES && item.length == 2);
    CHECK(tt_wire_read_as(&reader, TT_WIRE_TEXT, &item) && item.length == 0);
    const char *key;
    size_t length;
    CHECK(tt_wire_read_as(&reader, TT_WIRE_OBJECT, &item) && item.count == 2);
    CHECK(tt_wire_read_key(&reader, &key, &length) && length == 1 && *key == 'a');
    CHECK(tt_wire_skip(&reader));
    CHECK(tt_wire_read_key(&reader, &key, &length) && length == 0);
    CHECK(tt_wire_read_as(&reader, TT_WIRE_STREAM, &item) && item.as.i == 7);
    CHECK(tt_wire_read_as(&reader, TT_WIRE_CONNECTION, &item) && item.as.i == INT64_MAX);
    CHECK(!tt_wire_at_end(&reader));
    CHECK(tt_wire_skip(&reader));
    CHECK(tt_wire_at_end(&reader));
    CHECK(!tt_wire_read(&reader, &item));
    tt_strbuf_free(&out);
}

TEST(every_truncation_is_refused) {
    TtStrbuf out = {0};
    put_everything(&out);
    CHECK(tt_wire_valid(out.bytes, out.length));
    for (size_t length = 0; length < out.length; length++) CHECK(!tt_wire_valid(out.bytes, length));
    tt_wire_put_null(&out);
    CHECK(!tt_wire_valid(out.bytes, out.length));
    tt_strbuf_free(&out);
}

TEST(hostile_bytes_are_refused) {
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {
        {"\x0b", 1},                                          /* no such tag */
        {"\xff", 1},                                          /* nor this one */
        {"\x01\x02", 2},                                      /* a Bool of 2 */
        {"\x04\x01\x00\x00\x00\xff", 6},                      /* a Str that is not UTF-8 */
        {"\x05\xff\xff\xff\xff", 5},                          /* more bytes than there are */
        {"\x07\xff\xff\xff\xff\x00", 6},                      /* more items than there are */
        {"\x08\x01\x00\x00\x00\x00", 6},                      /* a field without its key */
        {"\x08\x01\x00\x00\x00\x01\x00\x00\x00\x80\x00", 11}, /* a key that is not UTF-8 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK(!tt_wire_valid(cases[i].bytes, cases[i].length));
    CHECK(!tt_wire_valid(NULL, 0));
}

TEST(nesting_is_bounded) {
    for (int depth = TT_WIRE_MAX_DEPTH - 1; depth <= TT_WIRE_MAX_DEPTH + 1; depth++) {
        TtStrbuf out = {0};
        for (int i = 0; i < depth; i++) tt_wire_put_list(&out, 1);
        tt_wire_put_null(&out);
        CHECK_INT(tt_wire_valid(out.bytes, out.length), depth <= TT_WIRE_MAX_DEPTH);
        tt_strbuf_free(&out);
    }
}

TEST(reading_stops_at_the_first_mistake) {
    TtStrbuf out = {0};
    tt_wire_put_int(&out, 1);
    tt_wire_put_int(&out, 2);
    TtWireReader reader = tt_wire_reader(out.bytes, out.length);
    TtWireItem item;
    CHECK(!tt_wire_read_as(&reader, TT_WIRE_STR, &item));
    CHECK(reader.failed);
    CHECK(!tt_wire_read(&reader, &item));
    tt_strbuf_free(&out);
}

TEST(the_table_of_services) {
    for (int i = 0; i < TT_SERVICE_COUNT; i++) {
        const TtServiceInfo *info = tt_service_info((TtService)i);
        REQUIRE(info->name);
        CHECK(*info->answer);
        /* Arguments without W are `text: …` and `data: …`. */
        if (!(info->flags & TT_SERVICE_WIRE) && *info->arguments)
            CHECK(strncmp(info->arguments, "text: ", 6) == 0);
        if (info->flags & TT_SERVICE_OPENS)
            CHECK(strcmp(info->answer, "connection") == 0 || strcmp(info->answer, "stream") == 0);
    }
    CHECK_STR(tt_service_info(TT_SERVICE_TCP_SEND)->name, "TCP_SEND");
    CHECK_INT(tt_service_capability(TT_SERVICE_DB_QUERY), TT_CAP_DB);
}

int main(void) {
    RUN(what_is_written_is_read);
    RUN(every_truncation_is_refused);
    RUN(hostile_bytes_are_refused);
    RUN(nesting_is_bounded);
    RUN(reading_stops_at_the_first_mistake);
    RUN(the_table_of_services);
    return test_finish();
}
