// SPDX-License-Identifier: MIT
/**
 * What the instructions of arithmetic, comparison and logic push, by opcode. exec/ runs them and opt/ folds
 * them, so both mean the same by construction. Nothing here allocates.
 */
#ifndef TT_MODULE_ARITH_H
#define TT_MODULE_ARITH_H

#include "base/result.h"
#include "value/value.h"

/**
 * ADD … SHR, EQ … LE, ADD_F … LE_F, AND, OR. `out` may be `a`; it is set only with TT_OK. Otherwise
 * TT_ERR_TYPE_MISMATCH, TT_ERR_DIVISION_BY_ZERO or TT_ERR_BAD_ARGUMENT (a shift count), without a message.
 */
TtResult tt_arith_binary(unsigned op, const TtValue *a, const TtValue *b, TtValue *out) TT_MUST_USE;
/** NEG, BIT_NOT, NOT, BOOL. */
TtResult tt_arith_unary(unsigned op, const TtValue *a, TtValue *out) TT_MUST_USE;

/** Whether tt_arith_binary, tt_arith_unary know the instruction. */
bool tt_arith_is_binary(unsigned op);
bool tt_arith_is_unary(unsigned op);

#endif
