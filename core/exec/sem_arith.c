// SPDX-License-Identifier: MIT
/** Arithmetic and comparison: every case that is not an inline fast path of an interpreter. */
#include "exec/sem.h"

#include <math.h>

static const char *op_name(unsigned op) {
    return tt_op_info(op)->mnemonic;
}

static double as_float(TtValue v) {
    return v.tag == TT_TAG_INT ? (double)v.as.i : v.as.f;
}

static TtResult division_by_zero(TtActor *actor) {
    return tt_error_set(&actor->context->error, TT_ERR_DIVISION_BY_ZERO, "Division by zero");
}

/** Int arithmetic wraps modulo 2^64. */
static TtResult int_arith(TtActor *actor, unsigned op, int64_t a, int64_t b, TtValue *out) {
    uint64_t x = (uint64_t)a, y = (uint64_t)b;
    switch (op) {
    case TT_OP_ADD: *out = tt_int((int64_t)(x + y)); return TT_OK;
    case TT_OP_SUB: *out = tt_int((int64_t)(x - y)); return TT_OK;
    case TT_OP_MUL: *out = tt_int((int64_t)(x * y)); return TT_OK;
    default: break;
    }
    if (b == 0) return division_by_zero(actor);
    /* The one overflowing quotient: INT64_MIN / -1 wraps to itself. */
    if (op == TT_OP_DIV)
        *out = tt_int(b == -1 ? (int64_t)(0 - x) : a / b);
    else
        *out = tt_int(b == -1 ? 0 : a % b);
    return TT_OK;
}

static TtResult float_arith(TtActor *actor, unsigned op, double a, double b, TtValue *out) {
    switch (op) {
    case TT_OP_ADD:
    case TT_OP_ADD_F: *out = tt_float(a + b); return TT_OK;
    case TT_OP_SUB:
    case TT_OP_SUB_F: *out = tt_float(a - b); return TT_OK;
    case TT_OP_MUL:
    case TT_OP_MUL_F: *out = tt_float(a * b); return TT_OK;
    default: break;
    }
    if (b == 0.0) return division_by_zero(actor);
    *out = tt_float(op == TT_OP_MOD ? fmod(a, b) : a / b);
    return TT_OK;
}

TtResult tt_sem_arith(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    if (!tt_is_number(*a) || !tt_is_number(*b))
        return tt_sem_type_error2(actor, op_name(op), "two numbers", *a, *b);
    if (a->tag == TT_TAG_INT && b->tag == TT_TAG_INT) return int_arith(actor, op, a->as.i, b->as.i, out);
    return float_arith(actor, op, as_float(*a), as_float(*b), out);
}

TtResult tt_sem_negate(TtActor *actor, const TtValue *a, TtValue *out) {
    if (a->tag == TT_TAG_INT)
        *out = tt_int((int64_t)(0 - (uint64_t)a->as.i));
    else if (a->tag == TT_TAG_FLOAT)
        *out = tt_float(-a->as.f);
    else
        return tt_sem_type_error(actor, "NEG", "a number", *a);
    return TT_OK;
}

TtResult tt_sem_bits(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    if (a->tag != TT_TAG_INT || b->tag != TT_TAG_INT)
        return tt_sem_type_error2(actor, op_name(op), "two Ints", *a, *b);
    uint64_t x = (uint64_t)a->as.i, y = (uint64_t)b->as.i;
    switch (op) {
    case TT_OP_BIT_AND: *out = tt_int((int64_t)(x & y)); return TT_OK;
    case TT_OP_BIT_OR: *out = tt_int((int64_t)(x | y)); return TT_OK;
    case TT_OP_BIT_XOR: *out = tt_int((int64_t)(x ^ y)); return TT_OK;
    default: break;
    }
    if (y > 63)
        return tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                            "%s expects a shift count from 0 to 63 but got %lld", op_name(op),
                            (long long)b->as.i);
    if (op == TT_OP_SHL)
        *out = tt_int((int64_t)(x << y));
    else
        *out = tt_int(a->as.i < 0 ? (int64_t) ~(~x >> y) : (int64_t)(x >> y));
    return TT_OK;
}

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

TtResult tt_sem_compare(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    uint64_t left = tt_sem_size(*a), right = tt_sem_size(*b);
    tt_sem_charge(actor, left < right ? left : right);
    if (op == TT_OP_EQ || op == TT_OP_NE) {
        *out = tt_int(tt_value_equal(*a, *b) == (op == TT_OP_EQ));
        return TT_OK;
    }
    int order;
    if (!tt_value_compare(*a, *b, &order))
        return tt_sem_type_error2(actor, op_name(op), "two numbers, strings, lists, Bools or Bytes", *a, *b);
    *out = tt_int(decide(op, order));
    return TT_OK;
}

TtResult tt_sem_float_op(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    if (!tt_is_number(*a) || !tt_is_number(*b))
        return tt_sem_type_error2(actor, op_name(op), "two numbers", *a, *b);
    double x = as_float(*a), y = as_float(*b);
    if (op == TT_OP_ADD_F || op == TT_OP_SUB_F || op == TT_OP_MUL_F || op == TT_OP_DIV_F)
        return float_arith(actor, op, x, y, out);
    *out = tt_int(decide(op, x != x || y != y ? 2 : x < y ? -1 : x > y));
    return TT_OK;
}
