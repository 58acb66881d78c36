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
 * Stack heights by data flow, after tt_module_link. Fills
 *
 *   module->min_height  operands (cells above the frame header) that are surely there before each
 *                       instruction, capped at 65,535; 0 at entries, labels, handlers and targets of
 *                       backward jumps
 *   max_operands        of every function, label function and `top`: how far the operands can grow
 *                       above their height at function entry, at a taken backward jump or when a
 *                       handler is entered by a throw, before the next of these in the same frame
 *
 * So the interpreter makes room for max_operands at those three places and nowhere else. Cannot fail:
 * certain underflow is a run-time error.
 */
void tt_verify_heights(TtModule *module);

#endif
