// SPDX-License-Identifier: MIT
#include "ir/lower.h"

/** Operands deeper than this below the top lie in their homes, which bounds the maps. */
#define MOST_PENDING       16
#define CONSTANTS_SEARCHED 64

/* ---- maps
 * --------------------------------------------------------------------------------------------------- */

/** A map of the lowest `height` operands. */
static uint32_t make_map(TtIrLower *l, uint32_t height) {
    TtIrCode *ir = l->ir;
    uint32_t first = ir->maps.count, stale = 0;
    tt_vec_push(&ir->maps, l->slots + 2 + height);
    tt_vec_push(&ir->maps, 0);
    uint32_t from = height > 2 * MOST_PENDING ? height - 2 * MOST_PENDING : 0;
    for (uint32_t i = from; i < height; i++) {
        if (l->operands.items[i].place == TT_IR_HOME) continue;
        tt_vec_push(&ir->maps, l->slots + 2 + i);
        stale++;
    }
    ir->maps.items[first + 1] = stale;
    const uint32_t *last = ir->maps.items + l->last_map;
    if (l->last_map && last[0] == ir->maps.items[first] && last[1] == stale &&
        memcmp(last, ir->maps.items + first, (2 + stale) * sizeof *last) == 0) {
        ir->maps.count = first;
        return l->last_map;
    }
    return l->last_map = first;
}

void tt_ir_map_after(TtIrLower *l) {
    tt_vec_last(&l->ir->after) = make_map(l, l->height);
}

uint32_t tt_ir_emit(TtIrLower *l, TtIrOp op, int32_t w, int32_t a, int32_t b, int32_t c) {
    TtIrCode *ir = l->ir;
    uint32_t at = ir->code.count;
    TtIrInsn insn = {(uint16_t)op, (int16_t)w, a, b, c};
    tt_vec_push(&ir->code, insn);
    tt_vec_push(&ir->origin, l->at);
    tt_vec_push(&ir->before, tt_ir_op_infos[op].flags & TT_IR_THROWS ? make_map(l, l->height_before) : 0);
    tt_vec_push(&ir->after, 0);
    return at;
}

/* ---- operands
 * ----------------------------------------------------------------------------------------------- */

int32_t tt_ir_add_constant(TtIrLower *l, TtValue value) {
    TtIrCode *ir = l->ir;
    uint32_t count = ir->constants.count;
    for (uint32_t i = count - 1; i > 0 && i + CONSTANTS_SEARCHED > count; i--) {
        const TtValue *other = &ir->constants.items[i];
        if (other->tag == value.tag && other->len == value.len && other->as.i == value.as.i)
            return (int32_t)i;
    }
    tt_vec_push(&ir->constants, value);
    return (int32_t)count;
}

void tt_ir_settle(TtIrLower *l, uint32_t position) {
    TtIrOperand *operand = &l->operands.items[position];
    int32_t home = tt_ir_home(l, position);
    switch (operand->place) {
    case TT_IR_HOME: return;
    case TT_IR_VARIABLE:
        (void)tt_ir_emit(l, tt_ir_copy_op(operand), 0, home, operand->value * TT_IR_CELL, 0);
        break;
    case TT_IR_INTEGER: (void)tt_ir_emit(l, TT_IR_LOADI, 0, home, operand->value, 0); break;
    case TT_IR_CONSTANT:
        (void)tt_ir_emit(l, TT_IR_LOADK, 0, home, tt_ir_constant((uint32_t)operand->value), 0);
        break;
    }
    operand->place = TT_IR_HOME;
}

static void put(TtIrLower *l, TtIrOperand operand) {
    if (l->height == l->operands.count)
        tt_vec_push(&l->operands, operand);
    else
        l->operands.items[l->height] = operand;
    l->height++;
}

static void settle_deep(TtIrLower *l) {
    uint32_t position = l->height - 1;
    if (position < l->heights.eager[l->scope]) tt_ir_settle(l, position);
    if (position >= MOST_PENDING) tt_ir_settle(l, position - MOST_PENDING);
}

void tt_ir_push(TtIrLower *l, TtIrOperand operand) {
    put(l, operand);
    settle_deep(l);
}

void tt_ir_settle_all(TtIrLower *l) {
    uint32_t from = l->height > 2 * MOST_PENDING ? l->height - 2 * MOST_PENDING : 0;
    for (uint32_t i = from; i < l->height; i++) tt_ir_settle(l, i);
}

void tt_ir_settle_variable(TtIrLower *l, uint32_t slot) {
    uint32_t from = l->height > 2 * MOST_PENDING ? l->height - 2 * MOST_PENDING : 0;
    for (uint32_t i = from; i < l->height; i++) {
        const TtIrOperand *operand = &l->operands.items[i];
        if (operand->place == TT_IR_VARIABLE && (uint32_t)operand->value == slot) tt_ir_settle(l, i);
    }
}

int32_t tt_ir_operand(TtIrLower *l, uint32_t position) {
    const TtIrOperand *operand = &l->operands.items[position];
    switch (operand->place) {
    case TT_IR_VARIABLE: return operand->value * TT_IR_CELL;
    case TT_IR_INTEGER: return tt_ir_constant((uint32_t)tt_ir_add_constant(l, tt_int(operand->value)));
    case TT_IR_CONSTANT: return tt_ir_constant((uint32_t)operand->value);
    case TT_IR_HOME: break;
    }
    return tt_ir_home(l, position);
}

int32_t tt_ir_register(TtIrLower *l, uint32_t position) {
    if (l->operands.items[position].place != TT_IR_VARIABLE) tt_ir_settle(l, position);
    return tt_ir_operand(l, position);
}

int32_t tt_ir_kept(TtIrLower *l, uint32_t position) {
    const TtIrOperand *operand = &l->operands.items[position];
    if (operand->place == TT_IR_VARIABLE && (operand->share || operand->moved)) tt_ir_settle(l, position);
    return tt_ir_operand(l, position);
}

/* ---- results
 * -------------------------------------------------------------------------------------------------- */

static bool is_pending(const TtIrLower *l, uint32_t slot) {
    uint32_t from = l->height > 2 * MOST_PENDING ? l->height - 2 * MOST_PENDING : 0;
    for (uint32_t i = from; i < l->height; i++)
        if (l->operands.items[i].place == TT_IR_VARIABLE && (uint32_t)l->operands.items[i].value == slot)
            return true;
    return false;
}

uint32_t tt_ir_next_store(const TtIrLower *l) {
    const TtModule *module = l->module;
    uint32_t next = l->at + 1;
    if (next >= module->code.count || l->heights.start[next]) return TT_NO_SLOT;
    TtInsn insn = module->code.items[next];
    if (insn.op != TT_OP_STORE || module->scopes.items[l->scope].ordered) return TT_NO_SLOT;
    uint32_t slot = tt_scope_slot(module, l->scope, (uint32_t)insn.b);
    return is_pending(l, slot) ? TT_NO_SLOT : slot;
}

void tt_ir_absorb_store(TtIrLower *l, uint32_t slot) {
    l->bound_now[slot / 64] |= 1ull << (slot % 64);
    l->skip = true;
}

void tt_ir_result(TtIrLower *l, TtIrOp op, int32_t w, int32_t b, int32_t c) {
    uint32_t slot = tt_ir_next_store(l);
    int32_t to = slot != TT_NO_SLOT ? (int32_t)slot * TT_IR_CELL : tt_ir_home(l, l->height);
    (void)tt_ir_emit(l, op, w, to, b, c);
    if (slot != TT_NO_SLOT)
        tt_ir_absorb_store(l, slot);
    else
        put(l, (TtIrOperand){.place = TT_IR_HOME});
    if (tt_ir_op_infos[op].flags & TT_IR_COLLECTS) tt_ir_map_after(l);
    if (slot == TT_NO_SLOT) settle_deep(l);
}

/* ---- leaving the straight line
 * ---------------------------------------------------------------------------------- */

void tt_ir_branch(TtIrLower *l, TtIrOp op, int32_t a, int32_t b, uint32_t from, uint32_t target) {
    int32_t cost = (int32_t)l->ir->run[from] + 1 - (int32_t)l->ir->run[target];
    TtIrFix fix = {tt_ir_emit(l, op, cost, a, b, 0), from, target, l->height, l->scope};
    tt_vec_push(&l->fixes, fix);
}

void tt_ir_step(TtIrLower *l, uint32_t height) {
    uint32_t top = l->height;
    l->height = l->height_before;
    tt_ir_settle_all(l);
    l->height = top;
    TtIrResume *resume = &l->ir->resume[l->at];
    uint32_t at = tt_ir_emit(l, TT_IR_STEP, 0, (int32_t)l->at, 0, (int32_t)(l->slots + 2 + height));
    *resume = (TtIrResume){at, l->slots + 2 + l->height_before};
    l->height = 0;
    while (l->height < height) put(l, (TtIrOperand){.place = TT_IR_HOME});
    tt_ir_map_after(l);
}
