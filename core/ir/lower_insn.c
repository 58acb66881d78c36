// SPDX-License-Identifier: MIT
/** What each stack instruction becomes. */
#include "ir/lower.h"

#define CONSTANT(l, v) ((TtIrOperand){TT_IR_CONSTANT, false, false, tt_ir_add_constant(l, v)})

static TtIrPlace place(const TtIrLower *l, uint32_t position) {
    return l->operands.items[position].place;
}

static bool is_literal(const TtIrLower *l, uint32_t position) {
    return place(l, position) == TT_IR_INTEGER || place(l, position) == TT_IR_CONSTANT;
}

static TtInsn next_insn(const TtIrLower *l) {
    uint32_t next = l->at + 1;
    bool same_block = next < l->module->code.count && !l->heights.start[next];
    return same_block ? l->module->code.items[next] : (TtInsn){TT_OP_NOP, 0, 0};
}

/* ---- variables
 * --------------------------------------------------------------------------------------------- */

static void lower_load(TtIrLower *l, TtInsn insn) {
    const TtModule *module = l->module;
    uint8_t facts = module->facts[l->at];
    bool share = !(facts & (TT_FACT_PEEK | TT_FACT_MOVE)), moved = !share && !(facts & TT_FACT_PEEK);
    uint32_t slot = tt_scope_slot(module, l->scope, (uint32_t)insn.b);
    if (slot == TT_NO_SLOT)
        tt_ir_result(l, TT_IR_LOADG, share, (int32_t)tt_scope_slot(module, 0, (uint32_t)insn.b), 0);
    else if (l->bound_now[slot / 64] >> (slot % 64) & 1)
        tt_ir_push(l, (TtIrOperand){TT_IR_VARIABLE, share, moved, (int32_t)slot});
    else
        tt_ir_result(l, TT_IR_LOADV, share || moved, (int32_t)slot * TT_IR_CELL, 0);
}

static void lower_store(TtIrLower *l, TtInsn insn) {
    if (l->module->scopes.items[l->scope].ordered) {
        tt_ir_step(l, l->height_before - 1);
        return;
    }
    uint32_t slot = tt_scope_slot(l->module, l->scope, (uint32_t)insn.b);
    l->height--;
    tt_ir_settle_variable(l, slot);
    const TtIrOperand *operand = &l->operands.items[l->height];
    int32_t to = (int32_t)slot * TT_IR_CELL;
    switch (operand->place) {
    case TT_IR_HOME: (void)tt_ir_emit(l, TT_IR_MOVE, 0, to, tt_ir_home(l, l->height), 0); break;
    case TT_IR_VARIABLE:
        if ((uint32_t)operand->value != slot)
            (void)tt_ir_emit(l, tt_ir_copy_op(operand), 0, to, operand->value * TT_IR_CELL, 0);
        break;
    case TT_IR_INTEGER: (void)tt_ir_emit(l, TT_IR_LOADI, 0, to, operand->value, 0); break;
    case TT_IR_CONSTANT:
        (void)tt_ir_emit(l, TT_IR_LOADK, 0, to, tt_ir_constant((uint32_t)operand->value), 0);
        break;
    }
    l->bound_now[slot / 64] |= 1ull << (slot % 64);
}

static void lower_delete(TtIrLower *l, TtInsn insn) {
    tt_ir_step(l, l->height);
    uint32_t slot = tt_scope_slot(l->module, l->scope, (uint32_t)insn.b);
    l->bound_now[slot / 64] &= ~(1ull << (slot % 64));
}

/* ---- moving operands
 * ---------------------------------------------------------------------------------------- */

/** DUP and OVER: the operand at `position` once more. */
static void lower_copy(TtIrLower *l, uint32_t position) {
    TtIrOperand *operand = &l->operands.items[position];
    if (operand->place == TT_IR_HOME) {
        tt_ir_result(l, TT_IR_SHARE, 0, tt_ir_home(l, position), 0);
        return;
    }
    operand->share = true;
    tt_ir_push(l, *operand);
}

/** SWAP and ROT: nothing to do at run time as long as no operand is in its home. */
static void lower_rotate(TtIrLower *l, uint32_t count) {
    uint32_t first = l->height - count;
    TtIrOperand *operands = l->operands.items + first;
    bool pending = true;
    for (uint32_t i = 0; i < count; i++) pending = pending && operands[i].place != TT_IR_HOME;
    if (pending) {
        TtIrOperand bottom = operands[0];
        memmove(operands, operands + 1, (count - 1) * sizeof *operands);
        operands[count - 1] = bottom;
        return;
    }
    for (uint32_t i = 0; i < count; i++) tt_ir_settle(l, first + i);
    if (count == 2)
        (void)tt_ir_emit(l, TT_IR_SWAP, 0, tt_ir_home(l, first), tt_ir_home(l, first + 1), 0);
    else
        (void)tt_ir_emit(l, TT_IR_ROT, 0, tt_ir_home(l, first), 0, 0);
}

/* ---- arithmetic and comparison
 * -------------------------------------------------------------------------------- */

static void lower_binary(TtIrLower *l, TtIrOp op) {
    l->height -= 2;
    int32_t b = tt_ir_operand(l, l->height), c = tt_ir_operand(l, l->height + 1);
    tt_ir_result(l, op, 0, b, c);
}

static void lower_unary(TtIrLower *l, TtIrOp op) {
    l->height--;
    tt_ir_result(l, op, 0, tt_ir_register(l, l->height), 0);
}

/** The last instruction if it is in this block, and the one before as often as `back` says; NULL: there is
 * none. */
static TtIrInsn *last_insn(TtIrLower *l, uint32_t back) {
    uint32_t count = l->ir->code.count;
    return count > l->block_ir + back ? &l->ir->code.items[count - 1 - back] : NULL;
}

static bool is_home(const TtIrLower *l, int32_t cell) {
    return cell >= tt_ir_home(l, 0);
}

/** The last instruction adds a product that nobody else needs. */
static void fuse_product(TtIrLower *l) {
    const TtIrInsn *sum = last_insn(l, 0);
    TtIrInsn *product = last_insn(l, 1);
    if (!product || product->op != TT_IR_MUL || product->a != sum->c || product->a == sum->b) return;
    if (!is_home(l, product->a)) return;
    if (sum->op == TT_IR_ADD) product->op = TT_IR_MULADD;
    if (sum->op == TT_IR_SUB) product->op = TT_IR_MULSUB;
}

static void lower_arith(TtIrLower *l, unsigned op) {
    static const struct {
        uint16_t op, plain, constant;
    } forms[] = {{TT_OP_ADD, TT_IR_ADD, TT_IR_ADDK},
                 {TT_OP_SUB, TT_IR_SUB, TT_IR_SUBK},
                 {TT_OP_MUL, TT_IR_MUL, TT_IR_MULK}};
    uint32_t left = l->height - 2, right = l->height - 1;
    if (is_literal(l, left) && (is_literal(l, right) || op == TT_OP_SUB)) {
        lower_binary(l, TT_IR_ARITH);
        return;
    }
    if (is_literal(l, left)) {
        l->height -= 2;
        int32_t b = tt_ir_register(l, right);
        tt_ir_result(l, op == TT_OP_ADD ? TT_IR_ADDK : TT_IR_MULK, 1, b, tt_ir_operand(l, left));
        return;
    }
    const TtIrOperand *literal = &l->operands.items[right];
    int32_t integer = literal->place == TT_IR_INTEGER ? literal->value : 0;
    l->height -= 2;
    int32_t b = tt_ir_register(l, left);
    /* x - 0 is not x + -0: the Float -0.0 stays what it is. */
    if (op == TT_OP_ADD && literal->place == TT_IR_INTEGER)
        tt_ir_result(l, TT_IR_ADDI, 0, b, integer);
    else if (op == TT_OP_SUB && integer != 0 && integer != INT32_MIN)
        tt_ir_result(l, TT_IR_ADDI, 0, b, -integer);
    else
        for (size_t i = 0; i < 3; i++)
            if (forms[i].op == op)
                tt_ir_result(l, (TtIrOp)(is_literal(l, right) ? forms[i].constant : forms[i].plain), 0, b,
                             tt_ir_operand(l, right));
    fuse_product(l);
}

/** A comparison's branches, in the order of the table: J, JN, then with an integer, with a constant. */
static TtIrOp branch_of(unsigned op) {
    switch (op) {
    case TT_OP_LT: return TT_IR_JLT;
    case TT_OP_LE: return TT_IR_JLE;
    case TT_OP_GT: return TT_IR_JGT;
    case TT_OP_GE: return TT_IR_JGE;
    case TT_OP_EQ: return TT_IR_JEQ;
    default: return TT_IR_JNE;
    }
}

/** An addition right before its comparison: both in one. It is of Ints, for which not to be greater or equal
 * is to be less. */
static void fuse_loop(TtIrLower *l, uint32_t branch) {
    TtIrInsn *code = l->ir->code.items;
    const TtIrInsn *jump = &code[branch];
    /* The addition may end the block before: it goes on here, and jumps to the comparison find it in place.
     */
    if (branch < l->block_ir || branch == 1) return;
    TtIrInsn *add = &code[branch - 1];
    if ((add->op != TT_IR_ADDI && add->op != TT_IR_ADD) || add->a != add->b || add->a != jump->a) return;
    if (add->op == TT_IR_ADD) {
        if (jump->op == TT_IR_JLT || jump->op == TT_IR_JNGE) add->op = TT_IR_LOOPADDLT;
        if (jump->op == TT_IR_JLE || jump->op == TT_IR_JNGT) add->op = TT_IR_LOOPADDLE;
        return;
    }
    switch (jump->op) {
    case TT_IR_JLT:
    case TT_IR_JNGE: add->op = TT_IR_LOOPLT; break;
    case TT_IR_JLTI:
    case TT_IR_JNGEI: add->op = TT_IR_LOOPLTI; break;
    case TT_IR_JLE:
    case TT_IR_JNGT: add->op = TT_IR_LOOPLE; break;
    case TT_IR_JLEI:
    case TT_IR_JNGTI: add->op = TT_IR_LOOPLEI; break;
    default: break;
    }
}

/** Which orders make a comparison true: bit 0 less, bit 1 equal, bit 2 greater. */
static int16_t orders_of(unsigned op) {
    switch (op) {
    case TT_OP_LT: return 1;
    case TT_OP_LE: return 3;
    case TT_OP_GT: return 4;
    case TT_OP_GE: return 6;
    case TT_OP_EQ: return 2;
    default: return 5;
    }
}

static void lower_compare(TtIrLower *l, unsigned op) {
    TtInsn next = next_insn(l);
    if (next.op != TT_OP_JZ && next.op != TT_OP_JNZ) {
        l->height -= 2;
        int32_t b = tt_ir_operand(l, l->height), c = tt_ir_operand(l, l->height + 1);
        tt_ir_result(l, TT_IR_COMPARE, orders_of(op), b, c);
        return;
    }
    l->height -= 2;
    int32_t a = tt_ir_register(l, l->height);
    const TtIrOperand *right = &l->operands.items[l->height + 1];
    int form = right->place == TT_IR_INTEGER ? 2 : right->place == TT_IR_CONSTANT ? 4 : 0;
    int32_t b = form == 2 ? right->value : tt_ir_operand(l, l->height + 1);
    tt_ir_settle_all(l);
    int branch = (int)branch_of(op) + form + (next.op == TT_OP_JZ);
    tt_ir_branch(l, (TtIrOp)branch, a, b, l->at + 1, tt_insn_target(l->module, next));
    fuse_loop(l, l->ir->code.count - 1);
    l->skip = true;
}

static void lower_test(TtIrLower *l, TtInsn insn) {
    l->height--;
    int32_t a = tt_ir_register(l, l->height);
    tt_ir_settle_all(l);
    TtIrInsn *index = last_insn(l, 0);
    if (index && index->op == TT_IR_INDEX && index->a == a && is_home(l, a))
        index->op = insn.op == TT_OP_JZ ? TT_IR_INDEXJF : TT_IR_INDEXJT;
    tt_ir_branch(l, insn.op == TT_OP_JZ ? TT_IR_JF : TT_IR_JT, a, 0, l->at, tt_insn_target(l->module, insn));
}

/* ---- data
 * ------------------------------------------------------------------------------------------------------ */

/** The last instruction sets a field to what it was, and something added: all in one. */
static void fuse_field(TtIrLower *l) {
    static const struct {
        uint16_t sum, field;
    } forms[] = {{TT_IR_ADD, TT_IR_FIELDADD}, {TT_IR_SUB, TT_IR_FIELDSUB}};
    static const struct {
        uint16_t sum, field;
    } product_forms[] = {{TT_IR_ADD, TT_IR_FIELDMULADD}, {TT_IR_SUB, TT_IR_FIELDMULSUB}};
    const TtIrInsn *set = last_insn(l, 0), *sum = last_insn(l, 1), *product = last_insn(l, 2);
    if (!product || sum->a != set->b || !is_home(l, sum->a)) return;
    bool multiplies = product->op == TT_IR_MULADD || product->op == TT_IR_MULSUB;
    TtIrInsn *get = last_insn(l, multiplies ? 3 : 2);
    if (!get || get->op != TT_IR_GETFIELD || get->b != set->a || get->c != set->c || get->a != sum->b) return;
    if (!is_home(l, get->a) || sum->c == get->a ||
        (multiplies && (product->b == get->a || product->c == get->a)))
        return;
    for (size_t i = 0; i < 2; i++)
        if (forms[i].sum == sum->op) get->op = multiplies ? product_forms[i].field : forms[i].field;
}

/**
 * LIST_SET, SET_FIELD, OBJECT_SET work on a register in place. That is the variable the container comes from
 * when its load needs no mark (exec/ownership.c): nobody looks at the variable before it is stored anew,
 * except for fields that stay as they are. Else it is the container's home.
 */
static void lower_update(TtIrLower *l, TtIrOp op, uint32_t operands, int32_t field) {
    uint32_t container = l->height - operands;
    int32_t b = operands == 3 ? tt_ir_operand(l, container + 1) : tt_ir_kept(l, container + 1);
    int32_t c = operands == 3 ? tt_ir_kept(l, container + 2) : field;
    l->height = container;
    const TtIrOperand *from = &l->operands.items[container];
    int32_t variable = from->value * TT_IR_CELL;
    bool in_place =
        from->place == TT_IR_VARIABLE && !from->share && b != variable && (operands == 2 || c != variable);
    uint32_t slot = in_place ? (uint32_t)from->value : TT_NO_SLOT;
    if (in_place)
        tt_ir_settle_variable(l, slot);
    else
        tt_ir_settle(l, container);
    (void)tt_ir_emit(l, op, 0, in_place ? variable : tt_ir_home(l, container), b, c);
    if (operands == 2) {
        tt_vec_last(&l->ir->code).w = (int16_t)l->module->plain[l->at].a;
        fuse_field(l);
    }
    if (in_place && tt_ir_next_store(l) == slot) {
        tt_ir_absorb_store(l, slot);
    } else {
        if (!in_place) l->operands.items[container].place = TT_IR_HOME;
        l->height = container + 1;
    }
    tt_ir_map_after(l);
}

static void lower_append(TtIrLower *l) {
    l->height -= 2;
    int32_t b = tt_ir_kept(l, l->height), c = tt_ir_kept(l, l->height + 1);
    tt_ir_result(l, TT_IR_APPEND, 0, b, c);
}

static void lower_index(TtIrLower *l) {
    l->height -= 2;
    int32_t b = tt_ir_operand(l, l->height), c = tt_ir_operand(l, l->height + 1);
    tt_ir_result(l, TT_IR_INDEX, (l->module->facts[l->at] & TT_FACT_BORROW) != 0, b, c);
}

/** Instructions whose operands lie side by side in their homes. */
static void lower_window(TtIrLower *l, TtIrOp op, uint32_t count, int32_t c) {
    l->height -= count;
    int32_t first = tt_ir_home(l, l->height);
    if (count == 1 && place(l, l->height) == TT_IR_VARIABLE)
        first = tt_ir_kept(l, l->height);
    else
        for (uint32_t i = 0; i < count; i++) tt_ir_settle(l, l->height + i);
    tt_ir_result(l, op, 0, first, c);
}

static void lower_pop_item(TtIrLower *l) {
    tt_ir_settle(l, l->height - 1);
    (void)tt_ir_emit(l, TT_IR_POPITEM, 0, tt_ir_home(l, l->height - 1), 0, 0);
    tt_ir_push(l, (TtIrOperand){.place = TT_IR_HOME});
}

static void lower_field(TtIrLower *l, TtIrOp op, TtInsn insn) {
    l->height--;
    tt_ir_result(l, op, (int16_t)l->module->plain[l->at].a, tt_ir_register(l, l->height), insn.b);
}

/* ---- control
 * ------------------------------------------------------------------------------------------------------ */

static int32_t cost_here(const TtIrLower *l) {
    return (int32_t)l->ir->run[l->at] + 1;
}

static void lower_call(TtIrLower *l, TtInsn insn) {
    uint32_t count = l->module->functions.items[insn.b].parameter_count;
    tt_ir_settle_all(l);
    int32_t first = tt_ir_home(l, l->height - count);
    if (insn.op == TT_OP_CALL)
        (void)tt_ir_emit(l, TT_IR_CALL, cost_here(l), first, insn.b, (int32_t)l->at + 1);
    else
        (void)tt_ir_emit(l, TT_IR_TAIL, cost_here(l), first, insn.b, 0);
    l->ended = true;
}

static void lower_call_function(TtIrLower *l) {
    uint32_t arguments = l->heights.arguments[l->at];
    tt_ir_settle_all(l);
    l->ended = true;
    if (arguments >= l->height) {
        /* Too few operands: it is left to the stack engine to say which error that is. */
        l->ir->scopes[l->scope].leaves++;
        (void)tt_ir_emit(l, TT_IR_LEAVE, 0, (int32_t)l->at, (int32_t)(l->slots + 2 + l->height),
                         TT_IR_LEAVE_CALL);
        return;
    }
    int32_t first = tt_ir_home(l, l->height - 1 - arguments);
    (void)tt_ir_emit(l, TT_IR_CALLV, cost_here(l), first, (int32_t)arguments, (int32_t)l->at + 1);
    l->ir->resume[l->at] = (TtIrResume){l->ir->code.count - 1, l->slots + 2 + l->height};
}

static void lower_return(TtIrLower *l) {
    l->ended = true;
    if (l->height == 0) {
        (void)tt_ir_emit(l, TT_IR_RETURN_NONE, cost_here(l), 0, 0, 0);
        return;
    }
    int32_t value = tt_ir_kept(l, l->height - 1);
    TtIrOp op = l->ir->scopes[l->scope].records ? TT_IR_RETURNX : value < 0 ? TT_IR_RETURNK : TT_IR_RETURN;
    (void)tt_ir_emit(l, op, cost_here(l), value, 0, 0);
}

/** Operands left when a stack instruction goes on behind it. */
static uint32_t height_after(const TtIrLower *l, TtInsn insn) {
    if (l->at >= l->module->code.count || tt_op_info(insn.op)->flags & TT_FLAG_ENDS) return 0;
    if (insn.op == TT_OP_SPAWN_ARGS)
        return l->height < 2 ? l->height : l->height - 1 - l->heights.arguments[l->at];
    if (insn.op == TT_OP_CATCH) {
        bool named = insn.a == 1 ? l->module->blocks.items[insn.b].variable != TT_NO_NAME : insn.b >= 0;
        return l->height + !named;
    }
    int pops = tt_insn_pops(l->module, insn), pushes = tt_insn_pushes(l->module, insn);
    return l->height - (uint32_t)pops + (pushes == TT_VARIES ? 1 : (uint32_t)pushes);
}

static void lower_step(TtIrLower *l, TtInsn insn) {
    tt_ir_step(l, height_after(l, insn));
    if (tt_op_info(insn.op)->flags & TT_FLAG_ENDS) l->ended = true;
}

/* ---- all
 * -----------------------------------------------------------------------------------------------------------
 */

void tt_ir_lower_insn(TtIrLower *l) {
    const TtModule *module = l->module;
    TtInsn insn = l->at < module->code.count ? module->code.items[l->at] : (TtInsn){TT_OP_HALT, 0, 0};
    int pops = tt_insn_pops(module, insn);
    l->height_before = l->height;
    if (pops > 0 && l->height < (uint32_t)pops) {
        tt_ir_settle_all(l);
        (void)tt_ir_emit(l, TT_IR_UNDERFLOW, 0, 0, 0, 0);
        l->ended = true;
        return;
    }
    switch ((TtOp)insn.op) {
    case TT_OP_PUSH_INT:
        if (insn.a == 1)
            tt_ir_push(l, CONSTANT(l, tt_int(module->ints.items[insn.b])));
        else
            tt_ir_push(l, (TtIrOperand){TT_IR_INTEGER, false, false, insn.b});
        return;
    case TT_OP_PUSH_FLOAT: tt_ir_push(l, CONSTANT(l, tt_float(module->floats.items[insn.b]))); return;
    case TT_OP_PUSH_STR:
    case TT_OP_PUSH_BYTES: tt_ir_push(l, CONSTANT(l, module->constants.items[insn.b])); return;
    case TT_OP_PUSH_BOOL: tt_ir_push(l, CONSTANT(l, tt_bool(insn.b))); return;
    case TT_OP_TRUE: tt_ir_push(l, CONSTANT(l, tt_bool(true))); return;
    case TT_OP_FALSE: tt_ir_push(l, CONSTANT(l, tt_bool(false))); return;
    case TT_OP_NULL: tt_ir_push(l, CONSTANT(l, tt_null())); return;
    case TT_OP_MAKE_OBJECT: tt_ir_push(l, CONSTANT(l, tt_empty(TT_TAG_OBJECT))); return;
    case TT_OP_MAKE_FUNCTION:
        tt_ir_push(l, CONSTANT(l, tt_function(&module->functions.items[insn.b])));
        return;
    case TT_OP_NOP: return;
    case TT_OP_POP: l->height--; return;
    case TT_OP_DUP: lower_copy(l, l->height - 1); return;
    case TT_OP_OVER: lower_copy(l, l->height - 2); return;
    case TT_OP_SWAP: lower_rotate(l, 2); return;
    case TT_OP_ROT: lower_rotate(l, 3); return;
    case TT_OP_LOAD: lower_load(l, insn); return;
    case TT_OP_STORE: lower_store(l, insn); return;

    case TT_OP_ADD:
    case TT_OP_SUB:
    case TT_OP_MUL: lower_arith(l, insn.op); return;
    case TT_OP_DIV: lower_binary(l, TT_IR_DIV); return;
    case TT_OP_MOD: lower_binary(l, TT_IR_MOD); return;
    case TT_OP_NEG: lower_unary(l, TT_IR_NEG); return;
    case TT_OP_BIT_AND: lower_binary(l, TT_IR_AND_BITS); return;
    case TT_OP_BIT_OR: lower_binary(l, TT_IR_OR_BITS); return;
    case TT_OP_BIT_XOR: lower_binary(l, TT_IR_XOR_BITS); return;
    case TT_OP_SHL:
    case TT_OP_SHR: lower_binary(l, TT_IR_SHIFT); return;
    case TT_OP_BIT_NOT: lower_unary(l, TT_IR_NOT_BITS); return;
    case TT_OP_ADD_F:
    case TT_OP_SUB_F:
    case TT_OP_MUL_F:
    case TT_OP_DIV_F:
    case TT_OP_EQ_F:
    case TT_OP_NE_F:
    case TT_OP_GT_F:
    case TT_OP_LT_F:
    case TT_OP_GE_F:
    case TT_OP_LE_F: lower_binary(l, TT_IR_FLOAT); return;
    case TT_OP_EQ:
    case TT_OP_NE:
    case TT_OP_GT:
    case TT_OP_LT:
    case TT_OP_GE:
    case TT_OP_LE: lower_compare(l, insn.op); return;
    case TT_OP_AND: lower_binary(l, TT_IR_AND); return;
    case TT_OP_OR: lower_binary(l, TT_IR_OR); return;
    case TT_OP_NOT: lower_unary(l, TT_IR_NOT); return;
    case TT_OP_BOOL: lower_unary(l, TT_IR_BOOL); return;

    case TT_OP_CONCAT: lower_binary(l, TT_IR_CONCAT); return;
    case TT_OP_LEN: lower_unary(l, TT_IR_LEN); return;
    case TT_OP_MAKE_LIST:
        if (insn.b == 0)
            tt_ir_push(l, CONSTANT(l, tt_empty(TT_TAG_LIST)));
        else
            lower_window(l, TT_IR_LIST, (uint32_t)insn.b, insn.b);
        return;
    case TT_OP_INDEX: lower_index(l); return;
    case TT_OP_LIST_APPEND: lower_append(l); return;
    case TT_OP_LIST_SET: lower_update(l, TT_IR_SETITEM, 3, 0); return;
    case TT_OP_LIST_POP: lower_pop_item(l); return;
    case TT_OP_SET_FIELD: lower_update(l, TT_IR_SETFIELD, 2, insn.b); return;
    case TT_OP_GET_FIELD: lower_field(l, TT_IR_GETFIELD, insn); return;
    case TT_OP_HAS_FIELD:
        if (insn.b < 0)
            lower_step(l, insn);
        else
            lower_field(l, TT_IR_HASFIELD, insn);
        return;
    case TT_OP_OBJECT_GET: lower_binary(l, TT_IR_GETKEY); return;
    case TT_OP_OBJECT_SET: lower_update(l, TT_IR_SETKEY, 3, 0); return;
    case TT_OP_BUILTIN: lower_window(l, TT_IR_BUILTIN, (uint32_t)pops, insn.b); return;
    case TT_OP_SELF: tt_ir_result(l, TT_IR_SELF, 0, 0, 0); return;

    case TT_OP_JMP:
        tt_ir_settle_all(l);
        tt_ir_branch(l, TT_IR_JUMP, 0, 0, l->at, tt_insn_target(module, insn));
        l->ended = true;
        return;
    case TT_OP_JZ:
    case TT_OP_JNZ: lower_test(l, insn); return;
    case TT_OP_CALL:
    case TT_OP_TAIL_CALL: lower_call(l, insn); return;
    case TT_OP_CALL_FUNCTION: lower_call_function(l); return;
    case TT_OP_RET: lower_return(l); return;
    case TT_OP_YIELD:
        tt_ir_settle_all(l);
        (void)tt_ir_emit(l, TT_IR_YIELD, cost_here(l), 0, 0, 0);
        l->ended = true;
        return;
    case TT_OP_THROW:
        tt_ir_settle_all(l);
        (void)tt_ir_emit(l, TT_IR_THROW, 0, 0, 0, 0);
        l->ended = true;
        return;
    case TT_OP_DELETE: lower_delete(l, insn); return;
    default: lower_step(l, insn); return;
    }
}
