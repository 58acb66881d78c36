// SPDX-License-Identifier: MIT
/**
 * Register code: what `--use-ir` runs. The state of a program between two instructions is the same as
 * that of the stack engine, at addresses of the stack code; see README.md.
 *
 * A register is a cell of the frame, named by its distance from fp in bytes: variables are the slots,
 * operand k has its home behind the frame's header. A constant operand is negative: minus
 * its distance from the beginning of `constants`.
 */
#ifndef TT_IR_IR_H
#define TT_IR_IR_H

#include "base/strbuf.h"
#include "module/module.h"

typedef enum TtIrOp {
#define TT_IR(name, a, b, c, flags, doc) TT_IR_##name,
#include "ir/ir_ops.def"
#undef TT_IR
    TT_IR_OP_COUNT
} TtIrOp;

/** Why LEAVE leaves; the first of TtProfileLeave (asserted in exec/interp_ir.h), which counts these. */
enum { TT_IR_LEAVE_JOIN, TT_IR_LEAVE_CALL };

enum { TT_IR_THROWS = 1, TT_IR_COLLECTS = 2, TT_IR_ENDS = 4 };

typedef struct TtIrOpInfo {
    const char *name;
    char a, b, c; /* kinds of operands, as in ir_ops.def */
    uint8_t flags;
    const char *doc;
} TtIrOpInfo;
extern const TtIrOpInfo tt_ir_op_infos[TT_IR_OP_COUNT];

/** What a fused instruction is without the ones behind it; of others the instruction itself. */
static inline TtIrOp tt_ir_plain(TtIrOp op) {
    switch (op) {
#define TT_IR(name, a, b, c, flags, doc)
#define TT_IR_FUSED(name, plain, a, b, c, flags, doc)                                                        \
    case TT_IR_##name:                                                                                       \
        return TT_IR_##plain;
#include "ir/ir_ops.def"
#undef TT_IR
    default: return op;
    }
}

/**
 * `w`: of instructions that leave the straight line (taken branches, calls, returns) how much they
 * take off the budget, signed; of loads 1 when the value stays in two places; of INDEX 1 when the item is
 * borrowed; of field instructions the inline cache; of COMPARE the orders of two Ints that make it true (bit
 * 0 less, 1 equal, 2 greater). Jump distances are in bytes from the instruction itself.
 */
typedef struct TtIrInsn {
    uint16_t op; /* TtIrOp */
    int16_t w;
    int32_t a, b, c;
} TtIrInsn;

/** No instruction, no height. */
#define TT_IR_NONE 0u
#define TT_IR_CELL ((int32_t)sizeof(TtValue))

/**
 * Where register code goes on when the actor is at a stack address with exactly `cells` cells from fp
 * to sp. `ir` 0: nowhere, the stack code runs; `cells` is then UINT32_MAX.
 */
typedef struct TtIrResume {
    uint32_t ir, cells;
} TtIrResume;

typedef struct TtIrBlock {
    uint32_t address; /* of its first stack instruction */
    uint32_t ir;      /* its first register instruction; no two blocks share one */
    uint32_t height;  /* operands at its start, all in their homes */
    bool leaves;      /* it is a LEAVE that jumps lead to, for going on at `address` in stack code */
} TtIrBlock;

/** The code of a scope (module.h). */
typedef struct TtIrScope {
    bool reached;    /* has register code */
    bool records;    /* frames of it may have handlers or pending captures */
    uint32_t most;   /* operands at once */
    uint32_t eager;  /* operands below this lie in their homes at all times, for handlers (TRY) */
    uint32_t leaves; /* LEAVE instructions: ways that go on in stack code */
} TtIrScope;

/** The register code of a module. Immutable; owned by the module. */
typedef struct TtIrCode {
    TT_VEC(TtIrInsn) code;   /* [0] is never executed */
    TT_VEC(uint32_t) origin; /* register instruction → address of the stack instruction that can fail in it */
    /**
     * Register instruction → place in `maps` for the moment before and after it, 0: none. A map is
     * {cells from fp to sp, count, cells of these that hold nothing valid…}: whoever collects or unwinds
     * there clears those first.
     */
    TT_VEC(uint32_t) before, after;
    TT_VEC(uint32_t) maps;
    TtIrResume *resume;        /* by address, count + 2 */
    uint32_t *run;             /* address → instructions since the last place where counting starts at 0 */
    TT_VEC(TtIrBlock) blocks;  /* ascending, both ways */
    TT_VEC(TtValue) constants; /* [0] is none */
    TtIrScope *scopes;         /* as many as the module's */
    uint32_t scope_count;
    uint32_t unit;     /* of generated code; constant once `entries` is there */
    uint32_t *entries; /* atomic: register instruction → generated code that begins there, 0: none; owned */
} TtIrCode;

/** A constant operand. */
static inline int32_t tt_ir_constant(uint32_t index) {
    return -(int32_t)index * TT_IR_CELL;
}

/**
 * Makes register code: sets module->ir, every function's ir_entry, and raises max_operands where register
 * code needs more. The module is linked, its heights are known, and exec has prepared it.
 */
void tt_ir_lower(TtModule *module);

/** The block that begins at or before a register instruction. */
const TtIrBlock *tt_ir_block_of(const TtIrCode *ir, uint32_t at);

/** Appends what `ttvm disasm --ir` prints. */
void tt_ir_dump(TtStrbuf *out, const TtModule *module);

#endif
