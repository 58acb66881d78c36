// SPDX-License-Identifier: MIT
#include "exec/elementary.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

/* ---- pairs of doubles --------------------------------------------------------------------------- */

/** The unevaluated sum hi + lo, |lo| at most half a unit in the last place of hi. */
typedef struct Pair {
    double hi, lo;
} Pair;

static const Pair PI_HALF = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
static const Pair PI_WHOLE = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
static const Pair LN_2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
static const Pair LN_10 = {0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53};
static const Pair ONE = {1, 0};

/** a + b exactly, for |a| ≥ |b|. */
static Pair sum_ordered(double a, double b) {
    double s = a + b;
    return (Pair){s, b - (s - a)};
}

static Pair sum_exact(double a, double b) {
    double s = a + b, t = s - a;
    return (Pair){s, (a - (s - t)) + (b - t)};
}

/** a * b exactly, by Dekker's splitting; magnitudes below 2^900 and products above 2^-900. */
static Pair multiply_exact(double a, double b) {
    double p = a * b, ca = 134217729.0 * a, cb = 134217729.0 * b;
    double ah = ca - (ca - a), al = a - ah, bh = cb - (cb - b), bl = b - bh;
    return (Pair){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

static Pair negate(Pair a) {
    return (Pair){-a.hi, -a.lo};
}

static Pair add(Pair a, Pair b) {
    Pair s = sum_exact(a.hi, b.hi), t = sum_exact(a.lo, b.lo);
    s = sum_ordered(s.hi, s.lo + t.hi);
    return sum_ordered(s.hi, s.lo + t.lo);
}

static Pair multiply(Pair a, Pair b) {
    Pair p = multiply_exact(a.hi, b.hi);
    return sum_ordered(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static Pair scale(Pair a, double b) {
    Pair p = multiply_exact(a.hi, b);
    return sum_ordered(p.hi, p.lo + a.lo * b);
}

static Pair divide(Pair a, Pair b) {
    double q1 = a.hi / b.hi;
    Pair rest = add(a, negate(scale(b, q1)));
    double q2 = rest.hi / b.hi;
    rest = add(rest, negate(scale(b, q2)));
    Pair q = sum_ordered(q1, q2);
    return add(q, (Pair){rest.hi / b.hi, 0});
}

static Pair find_root(Pair a) {
    if (a.hi <= 0) return (Pair){0, 0};
    double root = sqrt(a.hi);
    Pair rest = add(a, negate(multiply_exact(root, root)));
    return sum_ordered(root, rest.hi / (2 * root));
}

static bool is_whole(double x) {
    return floor(x) == x;
}

/* ---- exponential and logarithm ------------------------------------------------------------------ */

/** e^x = result × 2^*power; |x| < 10^5. */
static Pair raise_e(Pair x, int *power) {
    double k = floor(x.hi / LN_2.hi + 0.5);
    Pair r = add(x, negate(scale(LN_2, k)));
    r.hi *= 0x1p-9;
    r.lo *= 0x1p-9;
    /* e^r - 1 = r (1 + r/2 (1 + r/3 (…))), then e^(2r) - 1 = 2 (e^r - 1) + (e^r - 1)^2, nine times. */
    Pair t = ONE;
    for (int n = 11; n > 1; n--) t = add(ONE, divide(multiply(r, t), (Pair){n, 0}));
    t = multiply(r, t);
    for (int i = 0; i < 9; i++) t = add((Pair){2 * t.hi, 2 * t.lo}, multiply(t, t));
    *power = (int)k;
    return add(ONE, t);
}

/** ln(x / 2^*power), between ln √½ and ln √2; x positive and finite. */
static Pair take_log(double x, int *power) {
    double m = frexp(x, power);
    if (m < 0x1.6a09e667f3bcdp-1) {
        m *= 2;
        (*power)--;
    }
    /* ln m = 2 artanh s = 2 s (1 + s²/3 + s⁴/5 + …) with s = (m - 1)/(m + 1), |s| < 0.172. */
    Pair s = divide((Pair){m - 1, 0}, sum_exact(m, 1)), square = multiply(s, s), t = {0, 0};
    for (int n = 45; n >= 1; n -= 2) t = add(divide(ONE, (Pair){n, 0}), multiply(square, t));
    return multiply((Pair){2 * s.hi, 2 * s.lo}, t);
}

double tt_elementary_exp(double x) {
    if (isnan(x)) return x;
    if (x > 710) return (double)INFINITY;
    if (x < -746) return 0;
    int power;
    Pair e = raise_e((Pair){x, 0}, &power);
    return ldexp(e.hi, power);
}

/** True with the result stored when `x` has no ordinary logarithm. */
static bool special_log(double x, double *result) {
    if (x > 0 && !isinf(x)) return false;
    *result = x == 0 ? -(double)INFINITY : x > 0 || isnan(x) ? x : (double)NAN;
    return true;
}

double tt_elementary_log(double x) {
    double result;
    int power;
    if (special_log(x, &result)) return result;
    Pair log = take_log(x, &power);
    return add(scale(LN_2, power), log).hi;
}

double tt_elementary_log2(double x) {
    double result;
    int power;
    if (special_log(x, &result)) return result;
    Pair log = take_log(x, &power);
    return add((Pair){power, 0}, divide(log, LN_2)).hi;
}

double tt_elementary_log10(double x) {
    double result;
    int power;
    if (special_log(x, &result)) return result;
    Pair log = take_log(x, &power);
    return divide(add(scale(LN_2, power), log), LN_10).hi;
}

/** x^y by multiplication: x^2 and other short products are rounded just once. */
static double multiply_power(double x, unsigned y, bool inverse) {
    Pair power = ONE, base = {x, 0};
    for (; y; y >>= 1) {
        if (y & 1) power = multiply(power, base);
        if (y > 1) base = multiply(base, base);
    }
    return inverse ? divide(ONE, power).hi : power.hi;
}

double tt_elementary_pow(double x, double y) {
    /* Zeros, infinities, NaN and 1: C says exactly what these give. */
    if (y == 0 || x == 1 || x == 0 || !isfinite(x) || !isfinite(y)) return pow(x, y);
    bool negative = false;
    if (x < 0) {
        if (!is_whole(y)) return (double)NAN;
        negative = fmod(y, 2) != 0;
        x = -x;
    }
    double sign = negative ? -1 : 1;
    int power;
    Pair log = take_log(x, &power);
    Pair whole_log = add(scale(LN_2, power), log);
    double estimate = whole_log.hi * y;
    if (is_whole(y) && fabs(y) <= 64 && fabs(estimate) < 500 && fabs(whole_log.hi) < 500) {
        return sign * multiply_power(x, (unsigned)fabs(y), y < 0);
    }
    if (estimate > 710) return sign * (double)INFINITY;
    if (estimate < -746) return sign * 0.0;
    Pair e = raise_e(scale(whole_log, y), &power);
    return sign * ldexp(e.hi, power);
}

/* ---- angles ------------------------------------------------------------------------------------- */

/** The first 1344 bits of 2/π: enough for every double. */
static const uint32_t TWO_OVER_PI[42] = {
    0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB,
    0xDEBBC561, 0xB7246E3A, 0x424DD2E0, 0x06492EEA, 0x09D1921C, 0xFE1DEB1C, 0xB129A73E,
    0xE88235F5, 0x2EBB4484, 0xE99C7026, 0xB45F7E41, 0x3991D639, 0x835339F4, 0x9C845F8B,
    0xBDF9283B, 0x1FF897FF, 0xDE05980F, 0xEF2F118B, 0x5A0A6D1F, 0x6D367ECF, 0x27CB09B7,
    0x4F463F66, 0x9E5FEA2D, 0x7527BAC7, 0xEBE5F17B, 0x3D0739F7, 0x8A5292EA, 0x6BFB5FB1,
    0x1F8D5D08, 0x56033046, 0xFC7B6BAB, 0xF0CFBC20, 0x9AF4361D, 0xA9E39161, 0x5EE61B08,
};

/** 32 bits of 2/π from bit `first` on (0: the one that stands for 1/2); zeros outside. */
static uint32_t get_bits(int first) {
    if (first <= -32) return 0;
    int word = first < 0 ? -1 : first / 32, shift = first - word * 32;
    uint64_t high = word < 0 ? 0 : TWO_OVER_PI[word], low = word < 41 ? TWO_OVER_PI[word + 1] : 0;
    return (uint32_t)(((high << 32 | low) << shift) >> 32);
}

#define FRACTION_WORDS 8

/**
 * x - k·π/2 with |result| ≤ π/4; `*quadrant` = k mod 4. Payne and Hanek: of x·2/π only the bits from 2
 * down to 2^-254 are worked out, the ones above are whole turns. |x| > π/4, finite.
 */
static Pair reduce_angle(double x, unsigned *quadrant) {
    int exponent;
    uint64_t mantissa = (uint64_t)ldexp(frexp(fabs(x), &exponent), 53);
    exponent -= 53;
    uint32_t product[FRACTION_WORDS] = {0}; /* little-endian, units of 2^-254 */
    for (int half = 0; half < 2; half++) {
        uint64_t factor = half ? mantissa >> 32 : mantissa & 0xFFFFFFFF, carry = 0;
        for (int i = 0; i + half < FRACTION_WORDS; i++) {
            uint32_t bits = get_bits(exponent - 2 + 32 * (FRACTION_WORDS - 1 - i));
            carry += factor * bits + product[i + half];
            product[i + half] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    unsigned k = product[FRACTION_WORDS - 1] >> 30;
    bool above = product[FRACTION_WORDS - 1] >> 29 & 1; /* the fraction is at least a half */
    if (above) {
        k++;
        uint64_t carry = 1;
        for (int i = 0; i < FRACTION_WORDS; i++) {
            carry += (uint32_t)~product[i];
            product[i] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    product[FRACTION_WORDS - 1] &= 0x3FFFFFFF;
    Pair fraction = {0, 0};
    for (int i = FRACTION_WORDS - 1, taken = 0; i >= 0 && taken < 5; i--) {
        taken += taken || product[i];
        fraction = add(fraction, (Pair){ldexp(product[i], 32 * i - 254), 0});
    }
    Pair r = multiply(fraction, PI_HALF);
    *quadrant = (x < 0 ? 0 - k : k) & 3;
    return above != (x < 0) ? negate(r) : r;
}

/** Sine and cosine by Taylor's series; |r| ≤ π/4. */
static void find_sine(Pair r, Pair *sine, Pair *cosine) {
    Pair square = multiply(r, r), s = ONE, c = ONE;
    for (int n = 28; n > 0; n -= 2) {
        s = add(ONE, negate(divide(multiply(square, s), (Pair){n * (n + 1), 0})));
        c = add(ONE, negate(divide(multiply(square, c), (Pair){n * (n - 1), 0})));
    }
    *sine = multiply(r, s);
    *cosine = c;
}

/** Sine and cosine of a finite x. */
static void turn(double x, Pair *sine, Pair *cosine) {
    unsigned quadrant = 0;
    Pair r = fabs(x) <= 0.78 ? (Pair){x, 0} : reduce_angle(x, &quadrant), s, c;
    find_sine(r, &s, &c);
    *sine = quadrant & 1 ? c : s;
    *cosine = quadrant & 1 ? s : c;
    if (quadrant & 2) *sine = negate(*sine);
    if (quadrant == 1 || quadrant == 2) *cosine = negate(*cosine);
}

/** sin, tan and their inverses of x this small are x itself; keeps products away from underflow. */
static bool is_tiny(double x) {
    return fabs(x) < 0x1p-300;
}

double tt_elementary_sin(double x) {
    if (!isfinite(x)) return (double)NAN;
    if (is_tiny(x)) return x;
    Pair sine, cosine;
    turn(x, &sine, &cosine);
    return sine.hi;
}

double tt_elementary_cos(double x) {
    if (!isfinite(x)) return (double)NAN;
    if (is_tiny(x)) return 1;
    Pair sine, cosine;
    turn(x, &sine, &cosine);
    return cosine.hi;
}

double tt_elementary_tan(double x) {
    if (!isfinite(x)) return (double)NAN;
    if (is_tiny(x)) return x;
    Pair sine, cosine;
    turn(x, &sine, &cosine);
    return divide(sine, cosine).hi;
}

/**
 * Angle of the point (x, y), from -π to π; magnitudes between 2^-300 and 2^300. A first guess is put on
 * a grid of 2^-20, so that what the C library gives for it does not matter; one step leads to the end:
 * tan(angle - guess) = (y cos guess - x sin guess) / (x cos guess + y sin guess).
 */
static double find_angle(Pair y, Pair x) {
    double guess = floor(atan2(y.hi, x.hi) * 0x1p20 + 0.5) * 0x1p-20;
    Pair sine, cosine;
    turn(guess, &sine, &cosine);
    Pair across = add(multiply(y, cosine), negate(multiply(x, sine)));
    Pair along = add(multiply(x, cosine), multiply(y, sine));
    Pair t = divide(across, along);
    double square = t.hi * t.hi, bend = t.hi * square * (square / 5 - 1.0 / 3);
    return add((Pair){guess, 0}, add(t, (Pair){bend, 0})).hi;
}

double tt_elementary_atan2(double y, double x) {
    if (isnan(x) || isnan(y)) return (double)NAN;
    if (isinf(x) || isinf(y)) {
        x = copysign(isinf(x) ? 1 : 0, x);
        y = copysign(isinf(y) ? 1 : 0, y);
    }
    if (y == 0) return signbit(x) ? copysign(PI_WHOLE.hi, y) : y;
    if (x == 0) return copysign(PI_HALF.hi, y);
    int ex, ey;
    double mx = frexp(x, &ex), my = frexp(y, &ey);
    if (ey - ex > 120) return copysign(PI_HALF.hi, y);
    if (ex - ey > 120) return x > 0 ? y / x : copysign(PI_WHOLE.hi, y);
    return find_angle((Pair){ldexp(my, ey - ex), 0}, (Pair){mx, 0});
}

double tt_elementary_atan(double x) {
    return tt_elementary_atan2(x, 1);
}

/** √(1 - x²) for |x| ≤ 1. */
static Pair find_other_leg(double x) {
    return find_root(multiply(sum_exact(1, -x), sum_exact(1, x)));
}

double tt_elementary_asin(double x) {
    if (!(fabs(x) <= 1)) return (double)NAN;
    if (fabs(x) == 1) return copysign(PI_HALF.hi, x);
    return is_tiny(x) ? x : find_angle((Pair){x, 0}, find_other_leg(x));
}

double tt_elementary_acos(double x) {
    if (!(fabs(x) <= 1)) return (double)NAN;
    if (fabs(x) == 1) return x > 0 ? 0 : PI_WHOLE.hi;
    return is_tiny(x) ? PI_HALF.hi : find_angle(find_other_leg(x), (Pair){x, 0});
}

double tt_elementary_hypot(double x, double y) {
    if (isinf(x) || isinf(y)) return (double)INFINITY;
    if (isnan(x) || isnan(y)) return (double)NAN;
    double high = fmax(fabs(x), fabs(y)), low = fmin(fabs(x), fabs(y));
    int power;
    if (high == 0) return 0;
    double a = frexp(high, &power), b = ldexp(low, -power);
    if (b < 0x1p-60) return high;
    return ldexp(find_root(add(multiply_exact(a, a), multiply_exact(b, b))).hi, power);
}
