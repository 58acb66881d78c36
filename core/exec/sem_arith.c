// SPDX-License-Identifier: MIT
/** Arithmetic and comparison: the messages of module/arith.h's errors, and what long comparisons cost. */
#include "exec/sem.h"

#include "module/arith.h"

static const char *op_name(unsigned op) {
    return tt_op_info(op)->mnemonic;
}

static TtResult fail(TtActor *actor, TtResult result, unsigned op, const char *expected, const TtValue *a,
                     const TtValue *b) {
    TtError *error = &actor->context->error;
    switch (result) {
    case TT_ERR_DIVISION_BY_ZERO: return tt_error_set(error, result, "Division by zero");
    case TT_ERR_BAD_ARGUMENT:
        return tt_error_set(error, result, "%s expects a shift count from 0 to 63 but got %lld", op_name(op),
                            (long long)b->as.i);
    default: return tt_sem_type_error2(actor, op_name(op), expected, *a, *b);
    }
}

TtResult tt_sem_arith(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    TtResult result = tt_arith_binary(op, a, b, out);
    return TT_LIKELY(result == TT_OK) ? TT_OK : fail(actor, result, op, "two numbers", a, b);
}

TtResult tt_sem_negate(TtActor *actor, const TtValue *a, TtValue *out) {
    return tt_arith_unary(TT_OP_NEG, a, out) == TT_OK ? TT_OK
                                                      : tt_sem_type_error(actor, "NEG", "a number", *a);
}

TtResult tt_sem_bits(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    TtResult result = tt_arith_binary(op, a, b, out);
    return TT_LIKELY(result == TT_OK) ? TT_OK : fail(actor, result, op, "two Ints", a, b);
}

TtResult tt_sem_compare(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    uint64_t left = tt_sem_size(*a), right = tt_sem_size(*b);
    tt_sem_charge(actor, left < right ? left : right);
    TtResult result = tt_arith_binary(op, a, b, out);
    return TT_LIKELY(result == TT_OK)
               ? TT_OK
               : fail(actor, result, op, "two numbers, strings, lists, Bools or Bytes", a, b);
}

TtResult tt_sem_float_op(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out) {
    TtResult result = tt_arith_binary(op, a, b, out);
    return TT_LIKELY(result == TT_OK) ? TT_OK : fail(actor, result, op, "two numbers", a, b);
}
