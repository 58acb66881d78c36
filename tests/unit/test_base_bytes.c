// SPDX-License-Identifier: MIT
/** Copies and counts by words against those byte by byte: every length and alignment around the words. */
#include "base/bytes.h"
#include "test.h"

#define LONGEST 70
#define EDGE    '#'

TEST(copies_of_every_length_are_exact) {
    char from[LONGEST + 16], to[LONGEST + 16];
    for (size_t i = 0; i < sizeof from; i++) from[i] = (char)(i * 7 + 1);
    for (size_t size = 0; size <= LONGEST; size++)
        for (size_t shift = 0; shift < 8; shift++) {
            memset(to, EDGE, sizeof to);
            tt_bytes_copy(to + shift, from + (7 - shift), size);
            bool right = true;
            for (size_t i = 0; i < sizeof to; i++) {
                bool inside = i >= shift && i < shift + size;
                right &= to[i] == (inside ? from[i - shift + 7 - shift] : EDGE);
            }
            CHECK(right);
        }
}

TEST(equal_bytes_are_counted) {
    static const char wanted[] = {0, 1, ',', 0x7F, (char)0x80, (char)0xAC, (char)0xFF};
    char bytes[LONGEST];
    for (size_t w = 0; w < sizeof wanted; w++)
        for (size_t length = 0; length <= LONGEST; length++) {
            size_t count = 0;
            /* Neighbours in value and place are what a carry between bytes would take for equal. */
            for (size_t i = 0; i < length; i++) {
                bytes[i] = (char)(wanted[w] + (i * i + length) % 3 - 1);
                count += bytes[i] == wanted[w];
            }
            CHECK_INT((int64_t)tt_bytes_count(bytes, length, wanted[w]), (int64_t)count);
            memset(bytes, wanted[w], length);
            CHECK_INT((int64_t)tt_bytes_count(bytes, length, wanted[w]), (int64_t)length);
        }
}

TEST(ascii_ends_at_the_first_byte_beyond) {
    char bytes[LONGEST];
    for (size_t length = 0; length <= LONGEST; length++)
        for (size_t beyond = 0; beyond <= length; beyond++) {
            memset(bytes, 0x7F, sizeof bytes);
            if (beyond < length) memset(bytes + beyond, beyond % 2 ? 0x80 : 0xFF, length - beyond);
            CHECK_INT((int64_t)tt_bytes_ascii(bytes, length), (int64_t)beyond);
        }
}

int main(void) {
    RUN(copies_of_every_length_are_exact);
    RUN(equal_bytes_are_counted);
    RUN(ascii_ends_at_the_first_byte_beyond);
    return test_finish();
}
