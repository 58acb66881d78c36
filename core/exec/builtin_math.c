// SPDX-License-Identifier: MIT
#include "base/random.h"
#include "exec/builtin.h"
#include "exec/elementary.h"

#include <inttypes.h>
#include <math.h>

/* ---- functions of Floats ------------------------------------------------------------------------ */

static TtResult apply_one(TtBuiltinCall *call, const TtValue *args, double (*f)(double), TtValue *result) {
    double x;
    TT_TRY(tt_builtin_want_number(call, args[0], &x));
    *result = tt_float(f(x));
    return TT_OK;
}

static TtResult apply_two(TtBuiltinCall *call, const TtValue *args, double (*f)(double, double),
                          TtValue *result) {
    double x, y;
    TT_TRY(tt_builtin_want_number(call, args[0], &x));
    TT_TRY(tt_builtin_want_number(call, args[1], &y));
    *result = tt_float(f(x, y));
    return TT_OK;
}

#define ONE(name, function)                                                                                  \
    TtResult tt_builtin_math_##name(TtBuiltinCall *call, const TtValue *args, TtValue *result) {             \
        return apply_one(call, args, function, result);                                                      \
    }
#define TWO(name, function)                                                                                  \
    TtResult tt_builtin_math_##name(TtBuiltinCall *call, const TtValue *args, TtValue *result) {             \
        return apply_two(call, args, function, result);                                                      \
    }

ONE(sqrt, sqrt)
ONE(exp, tt_elementary_exp)
ONE(log, tt_elementary_log)
ONE(log2, tt_elementary_log2)
ONE(log10, tt_elementary_log10)
ONE(sin, tt_elementary_sin)
ONE(cos, tt_elementary_cos)
ONE(tan, tt_elementary_tan)
ONE(asin, tt_elementary_asin)
ONE(acos, tt_elementary_acos)
ONE(atan, tt_elementary_atan)
TWO(atan2, tt_elementary_atan2)
TWO(hypot, tt_elementary_hypot)

/* ---- functions that keep the type --------------------------------------------------------------- */

static TtResult want_numbers(TtBuiltinCall *call, const TtValue *args, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        if (!tt_is_number(args[i])) return tt_builtin_type_error(call, "a number", args[i]);
    }
    return TT_OK;
}

static bool is_nan_value(TtValue v) {
    return v.tag == TT_TAG_FLOAT && isnan(v.as.f);
}

/** a if it is on the wanted side of b (-1: below) or they are equal, else b; NaN when one is. */
static TtValue choose(TtValue a, TtValue b, int side) {
    int order = 0;
    if (is_nan_value(a)) return a;
    if (is_nan_value(b)) return b;
    return tt_value_compare(a, b, &order) && (order == side || order == 0) ? a : b;
}

TtResult tt_builtin_math_abs(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_numbers(call, args, 1));
    uint64_t i = (uint64_t)args[0].as.i;
    *result = args[0].tag == TT_TAG_FLOAT ? tt_float(fabs(args[0].as.f))
              : args[0].as.i < 0          ? tt_int((int64_t)(0 - i))
                                          : args[0];
    return TT_OK;
}

TtResult tt_builtin_math_max(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_numbers(call, args, 2));
    *result = choose(args[0], args[1], 1);
    return TT_OK;
}

TtResult tt_builtin_math_min(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_numbers(call, args, 2));
    *result = choose(args[0], args[1], -1);
    return TT_OK;
}

TtResult tt_builtin_math_clamp(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_numbers(call, args, 3));
    int order = 0;
    tt_value_compare(args[1], args[2], &order);
    if (order > 0) return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT, "expects lo <= hi");
    *result = choose(choose(args[0], args[1], 1), args[2], -1);
    return TT_OK;
}

TtResult tt_builtin_math_sign(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_numbers(call, args, 1));
    int order = 0;
    tt_value_compare(args[0], tt_int(0), &order);
    *result = is_nan_value(args[0]) ? args[0] : tt_int(order);
    return TT_OK;
}

TtResult tt_builtin_math_is_nan(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_numbers(call, args, 1));
    *result = tt_bool(is_nan_value(args[0]));
    return TT_OK;
}

/* ---- rounding: an Int where it fits ------------------------------------------------------------- */

static TtResult apply_rounding(TtBuiltinCall *call, const TtValue *args, double (*f)(double),
                               TtValue *result) {
    TT_TRY(want_numbers(call, args, 1));
    *result = args[0];
    if (args[0].tag == TT_TAG_INT) return TT_OK;
    double whole = f(args[0].as.f);
    *result = whole >= -0x1p63 && whole < 0x1p63 ? tt_int((int64_t)whole) : tt_float(whole);
    return TT_OK;
}

#define ROUNDING(name)                                                                                       \
    TtResult tt_builtin_math_##name(TtBuiltinCall *call, const TtValue *args, TtValue *result) {             \
        return apply_rounding(call, args, name, result);                                                     \
    }

ROUNDING(floor)
ROUNDING(ceil)
ROUNDING(round)
ROUNDING(trunc)

/* ---- integers ----------------------------------------------------------------------------------- */

TtResult tt_builtin_math_pow(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    if (args[0].tag != TT_TAG_INT || args[1].tag != TT_TAG_INT || args[1].as.i < 0) {
        return apply_two(call, args, tt_elementary_pow, result);
    }
    uint64_t power = 1, base = (uint64_t)args[0].as.i;
    for (uint64_t rest = (uint64_t)args[1].as.i; rest; rest >>= 1) {
        if (rest & 1) power *= base;
        base *= base;
    }
    *result = tt_int((int64_t)power);
    return TT_OK;
}

TtResult tt_builtin_math_factorial(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_INT));
    int64_t n = args[0].as.i, exact = 1;
    if (n < 0) return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT, "expects n >= 0 but got %" PRId64, n);
    for (int64_t i = 2; i <= n && i <= 20; i++) exact *= i;
    *result = tt_int(exact);
    if (n <= 20) return TT_OK;
    /* Two doubles together keep over 100 bits of the product, so that it is rounded just once. */
    double high = (double)exact, low = (double)(exact - (int64_t)high);
    for (int64_t i = 21; i <= n && isfinite(high); i++) {
        double product = high * (double)i;
        low = isfinite(product) ? fma(high, (double)i, -product) + low * (double)i : 0;
        high = product + low;
        low -= high - product;
    }
    *result = tt_float(high);
    return TT_OK;
}

TtResult tt_builtin_math_mod(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    double x, y;
    TT_TRY(tt_builtin_want_number(call, args[0], &x));
    TT_TRY(tt_builtin_want_number(call, args[1], &y));
    if (y == 0) return tt_error_set(call->error, TT_ERR_DIVISION_BY_ZERO, "Division by zero");
    if (args[0].tag == TT_TAG_FLOAT || args[1].tag == TT_TAG_FLOAT) {
        *result = tt_float(fmod(x, y));
    } else {
        *result = tt_int(args[1].as.i == -1 ? 0 : args[0].as.i % args[1].as.i);
    }
    return TT_OK;
}

static uint64_t get_magnitude(int64_t i) {
    return i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
}

static uint64_t find_divisor(uint64_t a, uint64_t b) {
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

TtResult tt_builtin_math_gcd(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_INT));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_INT));
    *result = tt_int((int64_t)find_divisor(get_magnitude(args[0].as.i), get_magnitude(args[1].as.i)));
    return TT_OK;
}

TtResult tt_builtin_math_lcm(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_INT));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_INT));
    uint64_t a = get_magnitude(args[0].as.i), b = get_magnitude(args[1].as.i);
    *result = tt_int(a && b ? (int64_t)(a / find_divisor(a, b) * b) : 0);
    return TT_OK;
}

/* ---- random numbers ----------------------------------------------------------------------------- */

TtResult tt_builtin_math_random(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    (void)args;
    *result = tt_float((double)(tt_random_next(call->random) >> 11) * 0x1p-53);
    return TT_OK;
}

TtResult tt_builtin_math_random_int(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_INT));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_INT));
    int64_t low = args[0].as.i, high = args[1].as.i;
    if (low > high) {
        return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT,
                                "expects lo <= hi but got %" PRId64 " and %" PRId64, low, high);
    }
    uint64_t count = (uint64_t)high - (uint64_t)low + 1; /* 0: all of them */
    uint64_t pick = count ? tt_random_below(call->random, count) : tt_random_next(call->random);
    *result = tt_int((int64_t)((uint64_t)low + pick));
    return TT_OK;
}
