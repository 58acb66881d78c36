// SPDX-License-Identifier: MIT
#include "exec/generated.h"

#include "exec/field_hint.h"
#include "exec/interp_ir.h"

uint32_t tt_code_absent(TtCodeState *state, TtValue *fp, uint32_t entry, uint32_t room,
                        const TtFunction *function, uint32_t depth) {
    (void)entry, (void)room;
    TtActor *actor = state->actor;
    actor->fp = (uint32_t)(fp - actor->stack);
    actor->function = function;
    actor->depth = depth;
    return TT_CODE_ENTERED;
}

static void name_entry(TtFunction *function, const uint32_t *entries) {
    if (function->ir_entry) tt_atomic_store_u32_rlx(&function->code, entries[function->ir_entry]);
}

void tt_code_give(TtModule *module, uint32_t unit, uint32_t *entries) {
    module->ir->unit = unit;
    for (uint32_t i = 0; i < module->functions.count; i++) name_entry(&module->functions.items[i], entries);
    for (uint32_t i = 0; i < module->label_functions.count; i++)
        name_entry(module->label_functions.items[i], entries);
    tt_atomic_store_ptr_rel((void **)&module->ir->entries, entries);
}

const uint32_t *tt_code_entries(TtActor *actor, const TtIrCode *ir) {
    const uint32_t *entries = tt_atomic_load_ptr_acq((void *const *)&ir->entries);
    if (!entries) return NULL;
    TtContext *context = actor->context;
    if (TT_LIKELY(ir->unit < context->code_units)) return entries;
    const TtCodeMaker *maker = actor->system->code;
    if (context->code_refused || !maker->ready(maker->context, context->code_units, ir->unit)) {
        context->code_refused = true;
        return NULL;
    }
    context->code_units = ir->unit + 1;
    return entries;
}

/* ---- what generated code has no code of its own for ------------------------------------------------------
 */

/** A variable of the module; also where a variable of the frame has no value. */
static TtResult load(TtCodeState *state, const TtModule *module, TtIrInsn insn, const TtValue *b,
                     TtValue *out) {
    const TtActor *actor = state->actor;
    if (insn.op == TT_IR_LOADV && b->tag != TT_TAG_UNBOUND) {
        *out = insn.w ? tt_value_share(*b) : *b;
        return TT_OK;
    }
    uint32_t slot = (uint32_t)insn.b;
    if (insn.op == TT_IR_LOADV)
        slot = module->scopes.items[actor->function->scope].global_slots[insn.b / TT_IR_CELL];
    if (state->module != module || !state->globals) {
        state->module = module;
        state->globals = tt_actor_globals(actor, module);
    }
    const TtValue *globals = state->globals;
    if (!globals || slot == TT_NO_SLOT || globals[slot].tag == TT_TAG_UNBOUND)
        return TT_ERR_UNDEFINED_VARIABLE;
    *out = insn.w || insn.op == TT_IR_LOADV ? tt_value_share(globals[slot]) : globals[slot];
    return TT_OK;
}

/** Does not look at the budget, nor whether it is time to collect. */
static TtResult compute(TtCodeState *state, const TtModule *module, TtIrInsn insn, unsigned original,
                        const TtValue *a, const TtValue *b, const TtValue *c, TtValue *out) {
    TtValue integer = tt_int(insn.c);
    TtActor *actor = state->actor;
    switch ((TtIrOp)insn.op) {
    case TT_IR_ADDI:
        if (original == TT_OP_SUB) integer.as.i = -integer.as.i;
        return tt_sem_arith(actor, original, b, &integer, out);
    case TT_IR_ADD:
    case TT_IR_ADDK:
    case TT_IR_SUB:
    case TT_IR_SUBK:
    case TT_IR_MUL:
    case TT_IR_MULK:
    case TT_IR_ARITH:
    case TT_IR_DIV:
    case TT_IR_MOD:
        return insn.w ? tt_sem_arith(actor, original, c, b, out) : tt_sem_arith(actor, original, b, c, out);
    case TT_IR_LOADG:
    case TT_IR_LOADV: return load(state, module, insn, b, out);
    case TT_IR_NEG: return tt_sem_negate(actor, b, out);
    case TT_IR_FLOAT: return tt_sem_float_op(actor, original, b, c, out);
    case TT_IR_COMPARE: return tt_sem_compare(actor, original, b, c, out);
    case TT_IR_CONCAT: return tt_sem_concat(actor, b, c, out);
    case TT_IR_LEN: return tt_sem_len(actor, b, out);
    case TT_IR_LIST:
        return tt_list_new(&actor->heap, b, (uint32_t)insn.c, out) ? TT_OK : TT_ERR_HEAP_EXCEEDED;
    case TT_IR_INDEX: return tt_sem_index(actor, b, c, out);
    case TT_IR_APPEND: return tt_sem_list_append(actor, b, c, out);
    case TT_IR_GETKEY: return tt_sem_get_field(actor, "OBJECT_GET", b, c, out);
    case TT_IR_BUILTIN: return tt_sem_builtin(actor, (uint32_t)insn.c, b, out);
    case TT_IR_GETFIELD:
    case TT_IR_HASFIELD: {
        const TtValue *key = &module->constants.items[insn.c];
        bool get = insn.op == TT_IR_GETFIELD;
        if (b->tag != TT_TAG_OBJECT)
            return get ? tt_sem_get_field(actor, "GET_FIELD", b, key, out)
                       : tt_sem_has_field(actor, b, key, out);
        int64_t at = tt_field_find(*b, key, &module->field_cells[(uint16_t)insn.w]);
        if (get)
            *out = at < 0 ? tt_null() : tt_value_share(((const TtMapBuf *)b->as.object)->entries[at].value);
        else
            *out = tt_int(at >= 0);
        return TT_OK;
    }
    default: break;
    }
    /* The branches: with a register, an integer, a constant; of the six comparisons. */
    if (insn.op < TT_IR_JLT || insn.op >= TT_IR_LOOPLT) return TT_ERR_TYPE_MISMATCH;
    unsigned form = (insn.op - TT_IR_JLT) % 6;
    integer = tt_int(insn.b);
    return tt_sem_compare(actor, original, a, form == 2 || form == 3 ? &integer : b, out);
}

/** Whether an APPEND is to a variable's own list whose buffer is full; as the interpreter decides. */
static bool outgrows(const TtActor *actor, TtIrInsn insn, const TtValue *a) {
    return insn.op == TT_IR_APPEND && insn.a == insn.b &&
           insn.a < (int32_t)(actor->function->slot_count * sizeof *a) && a->tag == TT_TAG_LIST && a->len &&
           a->len == ((const TtListBuf *)a->as.object)->capacity;
}

/** Of instructions that change their first operand in place. */
static TtResult change(TtActor *actor, const TtModule *module, TtIrInsn insn, TtValue *a, const TtValue *b,
                       const TtValue *c) {
    switch ((TtIrOp)insn.op) {
    case TT_IR_SETITEM: return tt_sem_list_set(actor, a, b, c, true, a);
    case TT_IR_SETKEY: return tt_sem_set_field(actor, "OBJECT_SET", a, b, c, true, a);
    case TT_IR_POPITEM: return tt_sem_list_pop(actor, a, true, a);
    case TT_IR_APPEND: return tt_sem_list_push(actor, a, c);
    default:
        return tt_field_set(actor, a, &module->constants.items[insn.c], b, true,
                            &module->field_cells[(uint16_t)insn.w], a);
    }
}

/** Behind an instruction, when it is time. */
static void collect_some(TtActor *actor, const TtIrCode *ir, uint32_t at) {
    if (TT_LIKELY(!tt_heap_wants_collection(&actor->heap))) return;
    tt_ir_clear_stale(actor, actor->stack + actor->fp, ir, ir->after.items[at]);
    actor->pc = ir->origin.items[at] + 1;
    tt_sem_collect_some(actor);
}

static TT_NOINLINE uint32_t carry_out_any(TtCodeState *state, uint32_t at) {
    TtActor *actor = state->actor;
    const TtModule *module = actor->function->module;
    const TtIrCode *ir = module->ir;
    TtIrInsn insn = ir->code.items[at];
    insn.op = (uint16_t)tt_ir_plain((TtIrOp)insn.op);
    const char *constants = (const char *)ir->constants.items;
    TtValue *fp = actor->stack + actor->fp;
    TtValue *a = (void *)((char *)fp + insn.a);
    const TtValue *b = (const void *)(insn.b >= 0 ? (const char *)fp + insn.b : constants - insn.b);
    const TtValue *c = (const void *)(insn.c >= 0 ? (const char *)fp + insn.c : constants - insn.c);
    const bool pushes = outgrows(actor, insn, a);
    const bool changes = pushes || insn.op == TT_IR_SETITEM || insn.op == TT_IR_SETKEY ||
                         insn.op == TT_IR_SETFIELD || insn.op == TT_IR_POPITEM;
    if (pushes) {
        actor->pc = ir->origin.items[at];
        tt_ir_clear_stale(actor, fp, ir, ir->before.items[at]);
    }
    unsigned original = module->code.items[ir->origin.items[at]].op;
    const uint32_t work = actor->work;
    TtValue value = tt_null();
    TtResult result = changes ? change(actor, module, insn, a, b, c)
                              : compute(state, module, insn, original, a, b, c, &value);
    if (result != TT_OK) {
        actor->work = work; /* it is charged when it is done again */
        return TT_CODE_UNDONE;
    }
    tt_code_pay(state);
    if (tt_ir_op_infos[insn.op].c == 'J') {
        bool negated = (insn.op - TT_IR_JLT) % 2 != 0;
        return (value.as.i != 0) != negated ? TT_CODE_TAKEN : TT_CODE_DONE;
    }
    if (!changes) *a = value;
    if (tt_ir_op_infos[insn.op].flags & TT_IR_COLLECTS) collect_some(actor, ir, at);
    return TT_CODE_DONE;
}

/** The ones that programs made of text carry out most come first. */
uint32_t tt_code_carry_out(TtCodeState *state, uint32_t at) {
    TtActor *actor = state->actor;
    const TtIrCode *ir = actor->function->module->ir;
    const TtIrInsn *insn = &ir->code.items[at];
    if (insn->op != TT_IR_CONCAT && insn->op != TT_IR_LEN) return carry_out_any(state, at);
    char *fp = (char *)(actor->stack + actor->fp);
    const char *constants = (const char *)ir->constants.items;
    TtValue *a = (void *)(fp + insn->a);
    const TtValue *b = (const void *)(insn->b >= 0 ? fp + insn->b : constants - insn->b);
    if (insn->op == TT_IR_LEN) return tt_sem_len(actor, b, a) == TT_OK ? TT_CODE_DONE : TT_CODE_UNDONE;
    const TtValue *c = (const void *)(insn->c >= 0 ? fp + insn->c : constants - insn->c);
    if (tt_sem_concat(actor, b, c, a) != TT_OK) return TT_CODE_UNDONE;
    tt_code_pay(state);
    collect_some(actor, ir, at);
    return TT_CODE_DONE;
}
