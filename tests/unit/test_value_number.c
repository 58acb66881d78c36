// SPDX-License-Identifier: MIT
/** Decimal texts against the C library, which rounds correctly, too: every bit. */
#include "test.h"
#include "value/print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t bits_of(double f) {
    uint64_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

static void check_text(const char *text) {
    double parsed;
    REQUIRE(tt_parse_float(text, strlen(text), &parsed));
    double expected = strtod(text, NULL);
    if (bits_of(parsed) != bits_of(expected))
        fprintf(stderr, "%s: %a instead of %a\n", text, parsed, expected);
    CHECK(bits_of(parsed) == bits_of(expected));
}

/** splitmix64 */
static uint64_t next_random(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

TEST(edges_read_as_the_c_library_reads_them) {
    static const char *const texts[] = {
        "0",
        "0.0",
        "000",
        "0e999999999999",
        "1e-999999999999",
        "1e999999999999",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.797693134862315807e308",
        "1.7976931348623159e308",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "2.225073858507201e-308",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1e-400",
        "9007199254740993",
        "9007199254740992.9999999999999",
        "9007199254740993.00000000000000000000000000000001",
        "123456789012345678901234567890",
        "0.000000000000000000000000000000000000123456789012345678901234567890e30",
        "1e22",
        "1e23",
        "8.5e22",
        "999999999999999e22",
        "6.631236846766476e-316",
        "0.1e1",
        ".5",
        "5.",
        "1000000000000000000000000000000000000000000000000000000000000000000000000000000e-78",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_text(texts[i]);
}

TEST(halves_between_two_numbers_and_what_lies_beside_them) {
    uint64_t state = 7;
    for (int i = 0; i < 300; i++) {
        uint64_t bits = next_random(&state) & ~(UINT64_C(1) << 63);
        if (i % 3 == 0) bits &= (UINT64_C(1) << 52) - 1; /* subnormal */
        double f;
        memcpy(&f, &bits, sizeof f);
        if (!isfinite(f) || !isfinite(nextafter(f, INFINITY))) continue;
        char text[1300];
        /* The half way to the next: one more bit than a double has, printed in full. */
        long double half = ((long double)f + (long double)nextafter(f, INFINITY)) / 2;
        snprintf(text, sizeof text, "%.1200Lf", half);
        check_text(text);
        size_t length = strlen(text);
        text[length - 1] = '1';
        check_text(text);
    }
}

TEST(random_texts_of_every_length) {
    uint64_t state = 42;
    for (int i = 0; i < 20000; i++) {
        char text[64];
        size_t at = 0;
        unsigned count = 1 + (unsigned)(next_random(&state) % 25),
                 point = (unsigned)(next_random(&state) % 26);
        for (unsigned d = 0; d < count; d++) {
            if (d == point) text[at++] = '.';
            text[at++] = (char)('0' + next_random(&state) % 10);
        }
        snprintf(text + at, sizeof text - at, "e%d", (int)(next_random(&state) % 680) - 350);
        check_text(text);
    }
}

TEST(every_float_comes_back_from_its_own_text) {
    uint64_t state = 1;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next_random(&state);
        double f, back;
        memcpy(&f, &bits, sizeof f);
        if (!isfinite(f)) continue;
        TtStrbuf text = {0};
        tt_print_float(&text, f);
        REQUIRE(tt_parse_float(text.bytes, text.length, &back));
        CHECK(bits_of(back) == bits);
        tt_strbuf_free(&text);
    }
}

static void check_int(int64_t i) {
    char expected[32], text[32];
    int length = snprintf(expected, sizeof expected, "%" PRId64, i);
    CHECK_INT(tt_int_length(i), length);
    memset(text, '#', sizeof text);
    tt_int_write(text, i, (unsigned)length);
    CHECK(memcmp(text, expected, (size_t)length) == 0 && text[length] == '#');
}

TEST(ints_of_every_length) {
    check_int(0);
    check_int(INT64_MIN);
    check_int(INT64_MAX);
    check_int(UINT32_MAX);
    check_int((int64_t)UINT32_MAX + 1);
    for (int64_t power = 10; power <= INT64_MAX / 10; power *= 10)
        for (int64_t i = power - 1; i <= power + 1; i++) {
            check_int(i);
            check_int(-i);
        }
    uint64_t state = 11;
    for (int round = 0; round < 2000; round++) check_int((int64_t)next_random(&state) >> round % 64);
}

int main(void) {
    RUN(ints_of_every_length);
    RUN(edges_read_as_the_c_library_reads_them);
    RUN(halves_between_two_numbers_and_what_lies_beside_them);
    RUN(random_texts_of_every_length);
    RUN(every_float_comes_back_from_its_own_text);
    return test_finish();
}
