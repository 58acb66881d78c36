// SPDX-License-Identifier: MIT
#include "test.h"

#include "base/utf8.h"

static bool valid(const char *bytes) {
    return tt_utf8_valid(bytes, strlen(bytes));
}

TEST(every_scalar_value_survives) {
    uint32_t bad = 0, refused = 0;
    for (uint32_t c = 0; c <= 0x110000; c++) {
        char bytes[4];
        unsigned size = tt_utf8_encode(c, bytes), back = 0;
        if (!size) {
            refused++;
            continue;
        }
        bad += !tt_utf8_valid(bytes, size) || tt_utf8_decode(bytes, &back) != c || back != size;
        bad += tt_utf8_count(bytes, size) != 1;
        for (unsigned cut = 1; cut < size; cut++) bad += tt_utf8_valid(bytes, cut);
    }
    CHECK_INT(bad, 0);
    CHECK_INT(refused, 0x800 + 1); /* surrogates, and one above the last */
}

TEST(malformed) {
    CHECK(valid(""));
    CHECK(valid("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"));
    CHECK(!valid("\x80"));
    CHECK(!valid("\xC0\x80")); /* longer than needed */
    CHECK(!valid("\xC1\xBF"));
    CHECK(!valid("\xE0\x9F\xBF"));
    CHECK(!valid("\xF0\x8F\xBF\xBF"));
    CHECK(!valid("\xED\xA0\x80"));     /* surrogate */
    CHECK(!valid("\xF4\x90\x80\x80")); /* above U+10FFFF */
    CHECK(!valid("\xF5\x80\x80\x80"));
    CHECK(!valid("\xFE"));
    CHECK(!valid("\xC3"));
    CHECK(!valid("\xC3(a"));
    CHECK(!valid("\xE2\x82(a"));
}

TEST(offsets) {
    const char *text = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z";
    size_t length = strlen(text);
    CHECK_INT(tt_utf8_count(text, length), 5);
    CHECK_INT(tt_utf8_offset(text, length, 0), 0);
    CHECK_INT(tt_utf8_offset(text, length, 1), 1);
    CHECK_INT(tt_utf8_offset(text, length, 2), 3);
    CHECK_INT(tt_utf8_offset(text, length, 3), 6);
    CHECK_INT(tt_utf8_offset(text, length, 4), 10);
    CHECK_INT(tt_utf8_offset(text, length, 5), 11);
    CHECK_INT(tt_utf8_offset(text, length, 99), 11);
    CHECK_INT(tt_utf8_count("", 0), 0);
}

int main(void) {
    RUN(every_scalar_value_survives);
    RUN(malformed);
    RUN(offsets);
    return test_finish();
}
