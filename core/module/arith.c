// SPDX-License-Identifier: MIT
#include "module/arith.h"

#include "bytecode/opcode.h"

#include <math.h>

static double as_float(TtValue v) {
    return v.tag == TT_TAG_INT ? (double)v.as.i : v.as.f;
}

/** Int arithmetic wraps modulo 2^64. */
static TtResult int_arith(unsigned op, int64_t a, int64_t b, TtValue *out) {
    uint64_t x = (uint64_t)a, y = (uint64_t)b;
    switch (op) {
    case TT_OP_ADD: *out = tt_int((int64_t)(x + y)); return TT_OK;
    case TT_OP_SUB: *out = tt_int((int64_t)(x - y)); return TT_OK;
    case TT_OP_MUL: *out = tt_int((int64_t)(x * y)); return TT_OK;
    default: break;
    }
    if (b == 0) return TT_ERR_DIVISION_BY_ZERO;
    /* The one overflowing quotient: INT64_MIN / -1 wraps to itself. */
    if (op == TT_OP_DIV)
        *out = tt_int(b == -1 ? (int64_t)(0 - x) : a / b);
    else
        *out = tt_int(b == -1 ? 0 : a % b);
    return TT_OK;
}

static TtResult float_arith(unsigned op, double a, double b, TtValue *out) {
    switch (op) {
    case TT_OP_ADD:
    case TT_OP_ADD_F: *out = tt_float(a + b); return TT_OK;
    case TT_OP_SUB:
    case TT_OP_SUB_F: *out = tt_float(a - b); return TT_OK;
    case TT_OP_MUL:
    case TT_OP_MUL_F: *out = tt_float(a * b); return TT_OK;
    default: break;
    }
    if (b == 0.0) return TT_ERR_DIVISION_BY_ZERO;
    *out = tt_float(op == TT_OP_MOD ? fmod(a, b) : a / b);
    return TT_OK;
}

static TtResult bits(unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    if (a->tag != TT_TAG_INT || b->tag != TT_TAG_INT) return TT_ERR_TYPE_MISMATCH;
    uint64_t x = (uint64_t)a->as.i, y = (uint64_t)b->as.i;
    switch (op) {
    case TT_OP_BIT_AND: *out = tt_int((int64_t)(x & y)); return TT_OK;
    case TT_OP_BIT_OR: *out = tt_int((int64_t)(x | y)); return TT_OK;
    case TT_OP_BIT_XOR: *out = tt_int((int64_t)(x ^ y)); return TT_OK;
    default: break;
    }
    if (y > 63) return TT_ERR_BAD_ARGUMENT;
    if (op == TT_OP_SHL)
        *out = tt_int((int64_t)(x << y));
    else
        *out = tt_int(a->as.i < 0 ? (int64_t) ~(~x >> y) : (int64_t)(x >> y));
    return TT_OK;
}

/** `order` as tt_value_compare gives it. */
static bool decide(unsigned op, int order) {
    if (order == 2) return op == TT_OP_NE || op == TT_OP_NE_F;
    switch (op) {
    case TT_OP_GT:
    case TT_OP_GT_F: return order > 0;
    case TT_OP_LT:
    case TT_OP_LT_F: return order < 0;
    case TT_OP_GE:
    case TT_OP_GE_F: return order >= 0;
    case TT_OP_LE:
    case TT_OP_LE_F: return order <= 0;
    case TT_OP_EQ_F: return order == 0;
    default: return order != 0;
    }
}

static TtResult compare(unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    if (op == TT_OP_EQ || op == TT_OP_NE) {
        *out = tt_int(tt_value_equal(*a, *b) == (op == TT_OP_EQ));
        return TT_OK;
    }
    int order;
    if (!tt_value_compare(*a, *b, &order)) return TT_ERR_TYPE_MISMATCH;
    *out = tt_int(decide(op, order));
    return TT_OK;
}

static TtResult float_op(unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    if (!tt_is_number(*a) || !tt_is_number(*b)) return TT_ERR_TYPE_MISMATCH;
    double x = as_float(*a), y = as_float(*b);
    if (op <= TT_OP_DIV_F) return float_arith(op, x, y, out);
    *out = tt_int(decide(op, x != x || y != y ? 2 : x < y ? -1 : x > y));
    return TT_OK;
}

_Static_assert(TT_OP_ADD_F < TT_OP_DIV_F && TT_OP_DIV_F < TT_OP_EQ_F, "float_op tells them apart by order");

TtResult tt_arith_binary(unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    switch (op) {
    case TT_OP_ADD:
    case TT_OP_SUB:
    case TT_OP_MUL:
    case TT_OP_DIV:
    case TT_OP_MOD:
        if (!tt_is_number(*a) || !tt_is_number(*b)) return TT_ERR_TYPE_MISMATCH;
        if (a->tag == TT_TAG_INT && b->tag == TT_TAG_INT) return int_arith(op, a->as.i, b->as.i, out);
        return float_arith(op, as_float(*a), as_float(*b), out);
    case TT_OP_BIT_AND:
    case TT_OP_BIT_OR:
    case TT_OP_BIT_XOR:
    case TT_OP_SHL:
    case TT_OP_SHR: return bits(op, a, b, out);
    case TT_OP_EQ:
    case TT_OP_NE:
    case TT_OP_GT:
    case TT_OP_LT:
    case TT_OP_GE:
    case TT_OP_LE: return compare(op, a, b, out);
    case TT_OP_AND: *out = tt_bool((int)tt_truthy(*a) & (int)tt_truthy(*b)); return TT_OK;
    case TT_OP_OR: *out = tt_bool((int)tt_truthy(*a) | (int)tt_truthy(*b)); return TT_OK;
    default: return float_op(op, a, b, out);
    }
}

TtResult tt_arith_unary(unsigned op, const TtValue *a, TtValue *out) {
    switch (op) {
    case TT_OP_NEG:
        if (!tt_is_number(*a)) return TT_ERR_TYPE_MISMATCH;
        *out = a->tag == TT_TAG_INT ? tt_int((int64_t)(0 - (uint64_t)a->as.i)) : tt_float(-a->as.f);
        return TT_OK;
    case TT_OP_BIT_NOT:
        if (a->tag != TT_TAG_INT) return TT_ERR_TYPE_MISMATCH;
        *out = tt_int(~a->as.i);
        return TT_OK;
    case TT_OP_NOT: *out = tt_bool(!tt_truthy(*a)); return TT_OK;
    default: *out = tt_bool(tt_truthy(*a)); return TT_OK;
    }
}

bool tt_arith_is_binary(unsigned op) {
    switch (op) {
    case TT_OP_ADD:
    case TT_OP_SUB:
    case TT_OP_MUL:
    case TT_OP_DIV:
    case TT_OP_MOD:
    case TT_OP_BIT_AND:
    case TT_OP_BIT_OR:
    case TT_OP_BIT_XOR:
    case TT_OP_SHL:
    case TT_OP_SHR:
    case TT_OP_EQ:
    case TT_OP_NE:
    case TT_OP_GT:
    case TT_OP_LT:
    case TT_OP_GE:
    case TT_OP_LE:
    case TT_OP_AND:
    case TT_OP_OR:
    case TT_OP_ADD_F:
    case TT_OP_SUB_F:
    case TT_OP_MUL_F:
    case TT_OP_DIV_F:
    case TT_OP_EQ_F:
    case TT_OP_NE_F:
    case TT_OP_GT_F:
    case TT_OP_LT_F:
    case TT_OP_GE_F:
    case TT_OP_LE_F: return true;
    default: return false;
    }
}

bool tt_arith_is_unary(unsigned op) {
    return op == TT_OP_NEG || op == TT_OP_BIT_NOT || op == TT_OP_NOT || op == TT_OP_BOOL;
}
