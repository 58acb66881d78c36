// SPDX-License-Identifier: MIT
/**
 * Numbers to text and back, the same on every platform, by exact integers.
 *
 * Floats print by Steele and White's free-format algorithm on exact integers: with v = r/s and the
 * halves of the gaps to its neighbours m_low/s and m_high/s, digits of r/s are produced until what is
 * left is nearer to v than to the edge of the interval of texts that read back as v.
 */
#include "value/print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Digits of a text that count one by one; that there are others behind them is all that still matters. */
#define MOST_DIGITS 770

/** Little-endian; 10^(MOST_DIGITS + 330), shifted by a bit, fits with room. */
#define BIG_WORDS 120
typedef struct Big {
    uint32_t count;
    uint32_t words[BIG_WORDS];
} Big;

static void trim_big(Big *a) {
    while (a->count && !a->words[a->count - 1]) a->count--;
}

static Big make_big(uint64_t value) {
    Big a;
    a.count = 2;
    a.words[0] = (uint32_t)value;
    a.words[1] = (uint32_t)(value >> 32);
    trim_big(&a);
    return a;
}

/** a = a × factor + carry */
static void multiply_add_big(Big *a, uint32_t factor, uint64_t carry) {
    for (uint32_t i = 0; i < a->count; i++) {
        carry += (uint64_t)a->words[i] * factor;
        a->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) a->words[a->count++] = (uint32_t)carry;
}

static void multiply_big(Big *a, uint32_t factor) {
    multiply_add_big(a, factor, 0);
}

static int count_bits(const Big *a) {
    int bits = (int)a->count * 32;
    for (uint32_t top = a->count ? a->words[a->count - 1] : 1; !(top >> 31); top <<= 1) bits--;
    return bits;
}

static void shift_big(Big *a, unsigned bits) {
    if (!a->count) return;
    unsigned words = bits / 32;
    bits %= 32;
    if (bits) multiply_big(a, 1u << bits);
    memmove(a->words + words, a->words, a->count * sizeof *a->words);
    memset(a->words, 0, words * sizeof *a->words);
    a->count += words;
}

static void power_big(Big *a, unsigned exponent) {
    for (; exponent >= 9; exponent -= 9) multiply_big(a, 1000000000u);
    for (; exponent; exponent--) multiply_big(a, 10);
}

static int compare_big(const Big *a, const Big *b) {
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (uint32_t i = a->count; i-- > 0;) {
        if (a->words[i] != b->words[i]) return a->words[i] < b->words[i] ? -1 : 1;
    }
    return 0;
}

static Big add_big(const Big *a, const Big *b) {
    const Big *longer = a->count >= b->count ? a : b, *shorter = longer == a ? b : a;
    Big sum;
    uint64_t carry = 0;
    for (uint32_t i = 0; i < longer->count; i++) {
        carry += (uint64_t)longer->words[i] + (i < shorter->count ? shorter->words[i] : 0);
        sum.words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    sum.count = longer->count;
    if (carry) sum.words[sum.count++] = (uint32_t)carry;
    return sum;
}

/** a -= b; a ≥ b. */
static void subtract_big(Big *a, const Big *b) {
    int64_t borrow = 0;
    for (uint32_t i = 0; i < a->count; i++) {
        borrow += (int64_t)a->words[i] - (i < b->count ? b->words[i] : 0);
        a->words[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    trim_big(a);
}

/** a / b for a quotient of one digit; `a` keeps the remainder. */
static unsigned divide_digit(Big *a, const Big *b) {
    unsigned digit = 0;
    while (compare_big(a, b) >= 0) {
        subtract_big(a, b);
        digit++;
    }
    return digit;
}

/** All powers of ten that are exact. */
static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
#define MOST_TENS 22

/**
 * The shortest text of a positive `f` of at most 15 digits, of which at most 22 are behind the point: most
 * numbers that people write. False when it needs more. m / 10^k is rounded correctly, because both are exact,
 * and two texts of 15 digits never read back as the same double; so the smallest k that fits is the shortest.
 */
static bool print_short(TtStrbuf *out, double f) {
    for (int k = 1; k <= 22; k++) {
        double scaled = nearbyint(f * tens[k]);
        if (scaled >= 1e15) return false;
        if (scaled / tens[k] != f) continue;
        char text[24];
        int at = (int)sizeof text;
        uint64_t rest = (uint64_t)scaled;
        for (int i = 0; i < k || rest; i++, rest /= 10) {
            if (i == k) text[--at] = '.';
            text[--at] = (char)('0' + rest % 10);
        }
        if (f < 1) tt_strbuf_add(out, "0.", 2);
        tt_strbuf_add(out, text + at, sizeof text - (size_t)at);
        return true;
    }
    return false;
}

/** Digits of a positive finite `f` into `digits` (room for 18), value 0.d1d2… × 10^*point. */
static int make_digits(double f, char *digits, int *point) {
    int exponent;
    uint64_t mantissa = (uint64_t)ldexp(frexp(f, &exponent), 53);
    exponent -= 53;
    if (exponent < -1074) { /* subnormal */
        mantissa >>= -1074 - exponent;
        exponent = -1074;
    }
    bool even = !(mantissa & 1);
    /* At a power of two the neighbour below is half as far away as the one above. */
    unsigned extra = mantissa == UINT64_C(1) << 52 && exponent > -1074;

    Big r = make_big(mantissa), s = make_big(1), low = make_big(1), high = make_big(1);
    shift_big(&r, 1 + extra);
    shift_big(&s, 1 + extra);
    shift_big(&high, extra);
    if (exponent >= 0) {
        shift_big(&r, (unsigned)exponent);
        shift_big(&low, (unsigned)exponent);
        shift_big(&high, (unsigned)exponent);
    } else {
        shift_big(&s, (unsigned)-exponent);
    }
    int power = (int)ceil(log10(f) - 1e-10); /* right, or one too small */
    if (power > 0) {
        power_big(&s, (unsigned)power);
    } else {
        power_big(&r, (unsigned)-power);
        power_big(&low, (unsigned)-power);
        power_big(&high, (unsigned)-power);
    }
    Big top = add_big(&r, &high);
    int order = compare_big(&top, &s);
    if (order > 0 || (order == 0 && even)) {
        power++;
    } else {
        multiply_big(&r, 10);
        multiply_big(&low, 10);
        multiply_big(&high, 10);
    }
    *point = power;

    for (int count = 0;;) {
        unsigned digit = divide_digit(&r, &s);
        int below = compare_big(&r, &low);
        bool low_reached = below < 0 || (below == 0 && even);
        top = add_big(&r, &high);
        int above = compare_big(&top, &s);
        bool high_reached = above > 0 || (above == 0 && even);
        if (low_reached || high_reached) {
            if (high_reached && low_reached) {
                multiply_big(&r, 2);
                int half = compare_big(&r, &s);
                digit += half > 0 || (half == 0 && (digit & 1));
            } else {
                digit += high_reached;
            }
            digits[count++] = (char)('0' + digit);
            return count;
        }
        digits[count++] = (char)('0' + digit);
        multiply_big(&r, 10);
        multiply_big(&low, 10);
        multiply_big(&high, 10);
    }
}

static void add_zeros(TtStrbuf *out, int count) {
    for (; count > 0; count--) tt_strbuf_add_char(out, '0');
}

unsigned tt_int_length(int64_t i) {
    uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    unsigned length = i < 0 ? 2 : 1;
    for (; rest >= 10000; rest /= 10000) length += 4;
    return length + (rest >= 10) + (rest >= 100) + (rest >= 1000);
}

/** Two digits at a time, by multiplications: dividing is what takes the time. */
void tt_int_write(char *to, int64_t i, unsigned length) {
    uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    char *at = to + length;
    for (; rest > UINT32_MAX; rest /= 10) *--at = (char)('0' + rest % 10);
    uint32_t low = (uint32_t)rest;
    while (low >= 100) {
        uint32_t hundreds = (uint32_t)(low * UINT64_C(0x51EB851F) >> 37); /* low / 100 */
        uint32_t two = low - hundreds * 100, ten = two * 103 >> 10;       /* two / 10 */
        *--at = (char)('0' + two - ten * 10);
        *--at = (char)('0' + ten);
        low = hundreds;
    }
    uint32_t ten = low * 103 >> 10;
    *--at = (char)('0' + low - ten * 10);
    if (ten) *--at = (char)('0' + ten);
    if (i < 0) *to = '-';
}

void tt_print_int(TtStrbuf *out, int64_t i) {
    char text[20];
    unsigned length = tt_int_length(i);
    tt_int_write(text, i, length);
    tt_strbuf_add(out, text, length);
}

void tt_print_float(TtStrbuf *out, double f) {
    if (isnan(f)) {
        tt_strbuf_add_text(out, "NaN");
        return;
    }
    if (signbit(f)) {
        tt_strbuf_add_char(out, '-');
        f = -f;
    }
    if (isinf(f)) {
        tt_strbuf_add_text(out, "inf");
        return;
    }
    /* Below 2^53 neighbouring doubles are at most 1 apart, so no shorter text than the integer reads back. */
    if (f < 9007199254740992.0 && f == (double)(int64_t)f) {
        tt_print_int(out, (int64_t)f);
        return;
    }
    if (f >= 1e-7 && print_short(out, f)) return;
    char digits[20];
    int point;
    int count = make_digits(f, digits, &point);
    if (point <= 0) {
        tt_strbuf_add_text(out, "0.");
        add_zeros(out, -point);
        tt_strbuf_add(out, digits, (size_t)count);
    } else if (point >= count) {
        tt_strbuf_add(out, digits, (size_t)count);
        add_zeros(out, point - count);
    } else {
        tt_strbuf_add(out, digits, (size_t)point);
        tt_strbuf_add_char(out, '.');
        tt_strbuf_add(out, digits + point, (size_t)(count - point));
    }
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool tt_parse_int(const char *text, size_t length, int64_t *value) {
    size_t i = length && (text[0] == '-' || text[0] == '+');
    bool negative = i && text[0] == '-';
    if (i == length) return false;
    uint64_t limit = negative ? UINT64_C(1) << 63 : INT64_MAX, n = 0;
    for (; i < length; i++) {
        if (!is_digit(text[i])) return false;
        unsigned digit = (unsigned)(text[i] - '0');
        if (n > (limit - digit) / 10) return false;
        n = n * 10 + digit;
    }
    *value = (int64_t)(negative ? 0 - n : n);
    return true;
}

/** `word` in lower case. */
static bool matches_word(const char *text, size_t length, const char *word) {
    if (length != strlen(word)) return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
        if (c != word[i]) return false;
    }
    return true;
}

/**
 * The double that is nearest to digits × 10^exponent, of two such the even one: the quotient u/v of two
 * integers, bit by bit. `digits` > 0.
 */
static double round_decimal(const Big *digits, int exponent) {
    Big u = *digits, v = make_big(1);
    power_big(exponent >= 0 ? &u : &v, (unsigned)abs(exponent));
    int power = count_bits(&u) - count_bits(&v);
    if (power >= 0)
        shift_big(&v, (unsigned)power);
    else
        shift_big(&u, (unsigned)-power);
    if (compare_big(&u, &v) < 0) {
        power--;
        shift_big(&u, 1);
    }
    /* The value is u/v × 2^power, and 1 ≤ u/v < 2. Subnormal numbers have fewer bits. */
    int bits = power >= -1022 ? 53 : 53 + power + 1022;
    if (bits < 0) return 0;
    uint64_t mantissa = 0;
    for (int i = 0; i < bits; i++) {
        bool one = compare_big(&u, &v) >= 0;
        if (one) subtract_big(&u, &v);
        mantissa = mantissa << 1 | one;
        shift_big(&u, 1);
    }
    int half = compare_big(&u, &v);
    mantissa += half > 0 || (half == 0 && (mantissa & 1));
    return ldexp((double)mantissa, power - bits + 1);
}

/** The exponent behind an `e`; far away ones are all the same. */
static int read_exponent(const char *text, size_t length) {
    bool negative = length && text[0] == '-';
    int exponent = 0;
    for (size_t i = length && (text[0] == '-' || text[0] == '+'); i < length; i++)
        if (exponent < 100000000) exponent = exponent * 10 + (text[i] - '0');
    return negative ? -exponent : exponent;
}

/** What is_decimal holds for. */
static double read_decimal(const char *text, size_t length) {
    Big digits = make_big(0);
    uint64_t small = 0; /* the first 19 digits */
    int kept = 0;
    int64_t exponent = 0;
    bool behind_point = false, more = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '.') {
            behind_point = true;
            continue;
        }
        if (!is_digit(c)) {
            exponent += read_exponent(text + i + 1, length - i - 1);
            break;
        }
        unsigned digit = (unsigned)(c - '0');
        if (kept == MOST_DIGITS) {
            more |= digit > 0;
            exponent += !behind_point;
            continue;
        }
        exponent -= behind_point;
        if (!kept && !digit) continue;
        if (kept < 19)
            small = small * 10 + digit;
        else if (kept == 19)
            digits = make_big(small);
        if (kept >= 19) multiply_add_big(&digits, 10, digit);
        kept++;
    }
    if (!kept || kept + exponent < -330) return 0;
    if (kept + exponent > 310) return (double)INFINITY;
    if (kept <= 15 && exponent <= MOST_TENS &&
        exponent >= -MOST_TENS) /* both are exact, so one rounding is all there is */
        return exponent < 0 ? (double)small / tens[-exponent] : (double)small * tens[exponent];
    if (kept <= 19) digits = make_big(small);
    if (more) {
        multiply_add_big(&digits, 10, 1);
        exponent--;
    }
    return round_decimal(&digits, (int)exponent);
}

/** Digits with an optional point and exponent. */
static bool is_decimal(const char *text, size_t length) {
    size_t i = 0, digits = 0;
    for (; i < length && is_digit(text[i]); i++) digits++;
    if (i < length && text[i] == '.') {
        for (i++; i < length && is_digit(text[i]); i++) digits++;
    }
    if (!digits) return false;
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        if (i < length && (text[i] == '-' || text[i] == '+')) i++;
        if (i == length) return false;
        while (i < length && is_digit(text[i])) i++;
    }
    return i == length;
}

bool tt_parse_float(const char *text, size_t length, double *value) {
    bool negative = length && text[0] == '-';
    if (length && (text[0] == '-' || text[0] == '+')) {
        text++;
        length--;
    }
    double f;
    if (matches_word(text, length, "nan")) {
        f = (double)NAN;
    } else if (matches_word(text, length, "inf") || matches_word(text, length, "infinity")) {
        f = (double)INFINITY;
    } else if (is_decimal(text, length)) {
        f = read_decimal(text, length);
    } else {
        return false;
    }
    *value = negative ? -f : f;
    return true;
}
