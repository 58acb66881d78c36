// SPDX-License-Identifier: MIT
/**
 * How many operands there are before each instruction. Private to ir/.
 *
 * The answer is what a program does when every call of a function value takes the arguments that stand
 * there for it and leaves one value, and every exception arrives where nobody took operands away. The
 * interpreter compares the true height wherever a frame is entered, returned to or resumed; when a
 * program does otherwise, that frame runs its stack code.
 */
#ifndef TT_IR_HEIGHTS_H
#define TT_IR_HEIGHTS_H

#include "ir/ir.h"

#define TT_IR_UNREACHED UINT32_MAX

typedef struct TtIrHeights {
    uint32_t *before; /* by address, count + 1; TT_IR_UNREACHED */
    uint32_t
        *arguments;  /* CALL_FUNCTION, TAIL_CALL_FUNCTION, SPAWN_ARGS: operands taken below the function */
    bool *start;     /* by address: begins a block */
    bool *entry;     /* by address: a function begins, or `label` */
    bool *label;     /* by address: SPAWN may begin at a label here, with nothing bound */
    uint32_t *eager; /* by scope: TtIrScope.eager */
} TtIrHeights;

void tt_ir_heights(const TtModule *module, TtIrHeights *heights);
void tt_ir_heights_free(TtIrHeights *heights);

/** The block form of CATCH, which code that comes from above jumps over. */
static inline bool tt_ir_is_block_catch(TtInsn insn) {
    return insn.op == TT_OP_CATCH && insn.a == 1;
}

#endif
