// SPDX-License-Identifier: MIT
/**
 * Checks that a module is well-formed, whatever it came from, and works out stack heights. After
 * both steps the interpreter needs no check that is not written into its code.
 */
#ifndef TT_VERIFY_VERIFY_H
#define TT_VERIFY_VERIFY_H

#include "base/diag.h"
#include "module/module.h"

/**
 * Operands in range for their format, addresses within 0 … count, block structure consistent,
 * constants of the right type, names non-empty, limits kept. Before tt_module_link.
 */
TtResult tt_verify_structure(const TtModule *module, TtDiags *diags) TT_MUST_USE;

/**
 * Stack heights by data flow per function, after tt_module_link: fills module->min_height (a lower
 * bound that surely holds before each instruction) and max_operands of every function and of `top`
 * (operand cells above the frame header that straight-line execution from its entry or from any
 * backward jump target can need before the next backward jump or call; where the height is not
 * bounded by data flow this is the sum of pushes, and the interpreter checks again at backward
 * jumps). Cannot fail: certain underflow is a run-time error.
 */
void tt_verify_heights(TtModule *module);

#endif
