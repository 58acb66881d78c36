// SPDX-License-Identifier: MIT
/** The state of lowering, shared by its files. Private to ir/. */
#ifndef TT_IR_LOWER_H
#define TT_IR_LOWER_H

#include "base/alloc.h"
#include "ir/bound.h"

/** What an operand of the stack code is while its block is lowered. */
typedef enum TtIrPlace {
    TT_IR_HOME,     /* in the cell of its position */
    TT_IR_VARIABLE, /* in a variable's slot, `value` */
    TT_IR_INTEGER,  /* `value` */
    TT_IR_CONSTANT  /* number `value` of the constants */
} TtIrPlace;

typedef struct TtIrOperand {
    TtIrPlace place;
    bool share; /* VARIABLE: the reference may come to stay, so that its value must be marked:
                   exec/ownership.c */
    bool moved; /* VARIABLE: nobody reads the variable any more; where the reference stays, by TAKE */
    int32_t value;
} TtIrOperand;

typedef struct TtIrFix {
    uint32_t at;           /* the instruction whose c is the distance */
    uint32_t from, target; /* addresses; the end of the code is `count` */
    uint32_t height;       /* operands on the way */
    uint32_t scope;
} TtIrFix;

typedef struct TtIrLower {
    TtModule *module;
    TtIrCode *ir;
    TtIrHeights heights;
    TtIrBound bound;
    uint64_t *bound_now;
    uint32_t *block_at; /* address → register instruction of the block that begins there, 0: none */
    uint32_t *skip_at;  /* block CATCH → register instruction for code that comes from above or a jump */
    TT_VEC(TtIrFix) fixes;
    TT_VEC(TtIrOperand) operands;

    /* -- the instruction being lowered -- */
    uint32_t at, scope, slots;
    uint32_t height;        /* operands now */
    uint32_t height_before; /* before the instruction; what it took is still in `operands` */
    uint32_t block_ir;      /* where its block begins */
    uint32_t last_map;
    bool skip;  /* the next instruction is part of this one */
    bool ended; /* nothing goes on behind it in this block */
} TtIrLower;

/* ---- emit.c: instructions, operands, maps
 * ------------------------------------------------------------------ */

uint32_t tt_ir_emit(TtIrLower *l, TtIrOp op, int32_t w, int32_t a, int32_t b, int32_t c);
/** The home of operand `position`. */
static inline int32_t tt_ir_home(const TtIrLower *l, uint32_t position) {
    return (int32_t)(l->slots + 2 + position) * TT_IR_CELL;
}
/** Copies the variable's value to where it stays. */
static inline TtIrOp tt_ir_copy_op(const TtIrOperand *operand) {
    return operand->share ? TT_IR_SHARE : operand->moved ? TT_IR_TAKE : TT_IR_MOVE;
}
int32_t tt_ir_add_constant(TtIrLower *l, TtValue value);
void tt_ir_push(TtIrLower *l, TtIrOperand operand);
/** Puts the operand into its home. */
void tt_ir_settle(TtIrLower *l, uint32_t position);
void tt_ir_settle_all(TtIrLower *l);
/** Puts those that are the variable into their homes, because it is about to change. */
void tt_ir_settle_variable(TtIrLower *l, uint32_t slot);
/** The operand as R (constants are put into their homes) or as K. */
int32_t tt_ir_register(TtIrLower *l, uint32_t position);
int32_t tt_ir_operand(TtIrLower *l, uint32_t position);
/** The same where the instruction keeps the value: a shared one is marked. */
int32_t tt_ir_kept(TtIrLower *l, uint32_t position);
/**
 * Emits an instruction with one result, whose operands have been popped: into the variable that the next
 * instruction stores it in, else into its home.
 */
void tt_ir_result(TtIrLower *l, TtIrOp op, int32_t w, int32_t b, int32_t c);
/** The slot that the next instruction stores the top operand in, or TT_NO_SLOT. */
uint32_t tt_ir_next_store(const TtIrLower *l);
/** Notes that the next instruction is done with: it stored the result in the slot. */
void tt_ir_absorb_store(TtIrLower *l, uint32_t slot);
/** Sets the map after the last instruction to what is on the stack now. */
void tt_ir_map_after(TtIrLower *l);
/** A branch to an address: what it takes off the budget, and its distance later. */
void tt_ir_branch(TtIrLower *l, TtIrOp op, int32_t a, int32_t b, uint32_t from, uint32_t target);
/** Everything to the homes, then the stack instruction itself, which leaves `height` operands. */
void tt_ir_step(TtIrLower *l, uint32_t height);

/* ---- lower_insn.c: one stack instruction
 * ------------------------------------------------------------------- */

void tt_ir_lower_insn(TtIrLower *l);

#endif
