// SPDX-License-Identifier: MIT
/** Formats against the C library's. */
#include "base/strbuf.h"
#include "test.h"

#include <inttypes.h>
#include <stdio.h>

#define CHECK_FORMAT(...)                                                                                    \
    do {                                                                                                     \
        char expected_[256];                                                                                 \
        snprintf(expected_, sizeof expected_, __VA_ARGS__);                                                  \
        TtStrbuf made_ = {0};                                                                                \
        tt_strbuf_add_format(&made_, __VA_ARGS__);                                                           \
        CHECK_STR(tt_strbuf_text(&made_), expected_);                                                        \
        tt_strbuf_free(&made_);                                                                              \
    } while (0)

static size_t format_into(char *text, size_t size, const char *format, ...) TT_PRINTF(3, 4);
static size_t format_into(char *text, size_t size, const char *format, ...) {
    va_list args;
    va_start(args, format);
    size_t length = tt_format_text(text, size, format, args);
    va_end(args);
    return length;
}

TEST(numbers_are_formatted_as_printf_does) {
    CHECK_FORMAT("%d %d %d", 0, -1, 2147483647);
    CHECK_FORMAT("%u|%5u|%-5u|%05u", 7u, 7u, 7u, 7u);
    CHECK_FORMAT("%5d|%-5d|%05d|%2d", -42, -42, -42, -12345);
    CHECK_FORMAT("%x %X %04x %02X %08X", 0u, 255u, 0xABu, 7u, 0xDEADBEEFu);
    CHECK_FORMAT("%ld %lu %lld %llu", -5L, 5uL, INT64_C(-9223372036854775807) - 1LL, 18446744073709551615ull);
    CHECK_FORMAT("%" PRId64 " %" PRIu64 " %" PRIu32 " %" PRIX64, INT64_MIN, UINT64_MAX, UINT32_MAX,
                 (uint64_t)1 << 63);
    CHECK_FORMAT("%zu %d%%", (size_t)-1, 5);
    CHECK_FORMAT("%.0f|%.1f|%.3f|%20.3f|%f", 2.5, 0.04, 1234.5678, -0.0625, 1.0);
    CHECK_FORMAT("%.3f %.2f %.1f %.0f", 0.0, 0.006, 99.95, 0.4);
}

TEST(texts_are_cut_and_padded_as_printf_does) {
    CHECK_FORMAT("%s|%5s|%-5s|%.2s|%.*s|%*s|", "abc", "abc", "abc", "abc", 1, "abc", 6, "abc");
    CHECK_FORMAT("%-12s ;%c;%3c;", "LOADI", 'x', 'y');
    CHECK_FORMAT("%*s%-*s|", -4, "a", 4, "b");
    CHECK_FORMAT("nothing");
    CHECK_FORMAT("%s", "");
    /* What is not terminated is not read past its length. */
    static const char bytes[3] = {'a', 'b', 'c'};
    CHECK_FORMAT("%.*s", 3, bytes);
}

TEST(a_text_that_is_too_long_for_its_place_is_cut) {
    char text[6];
    CHECK_INT((int64_t)format_into(text, sizeof text, "%s", "1234567"), 5);
    CHECK_STR(text, "12345");
    CHECK_INT((int64_t)format_into(text, sizeof text, "%d", 123), 3);
    CHECK_STR(text, "123");
}

int main(void) {
    RUN(numbers_are_formatted_as_printf_does);
    RUN(texts_are_cut_and_padded_as_printf_does);
    RUN(a_text_that_is_too_long_for_its_place_is_cut);
    return test_finish();
}
