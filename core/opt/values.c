// SPDX-License-Identifier: MIT
/** Abstract values: which types, which constant. */
#include "opt/facts.h"

#include "module/arith.h"

#define INT    TT_OPT_TYPE(INT)
#define FLOAT  TT_OPT_TYPE(FLOAT)
#define STR    TT_OPT_TYPE(STR)
#define BOOL   TT_OPT_TYPE(BOOL)
#define LIST   TT_OPT_TYPE(LIST)
#define OBJECT TT_OPT_TYPE(OBJECT)
#define BYTES  TT_OPT_TYPE(BYTES)

TtOptValue tt_opt_join(TtOptValue a, TtOptValue b) {
    if (!a.types) return b;
    if (!b.types) return a;
    TtOptValue joined = {.types = a.types | b.types};
    if (a.known && b.known && tt_opt_same_constant(a.value, b.value)) {
        joined.known = true;
        joined.value = a.value;
    }
    return joined;
}

static bool are_numbers(const TtOptValue *in) {
    return tt_opt_is(in[0], TT_OPT_NUMBER) && tt_opt_is(in[1], TT_OPT_NUMBER);
}

/** Whether a divisor is surely not 0 and not 0.0. */
static bool divides(TtOptValue divisor) {
    if (!divisor.known) return false;
    return divisor.value.tag == TT_TAG_INT ? divisor.value.as.i != 0 : divisor.value.as.f != 0.0;
}

static bool can_raise_by_types(TtInsn insn, const TtOptValue *in) {
    switch ((TtOp)insn.op) {
    case TT_OP_ADD:
    case TT_OP_SUB:
    case TT_OP_MUL:
    case TT_OP_ADD_F:
    case TT_OP_SUB_F:
    case TT_OP_MUL_F:
    case TT_OP_EQ_F:
    case TT_OP_NE_F:
    case TT_OP_GT_F:
    case TT_OP_LT_F:
    case TT_OP_GE_F:
    case TT_OP_LE_F: return !are_numbers(in);
    case TT_OP_DIV:
    case TT_OP_MOD:
    case TT_OP_DIV_F: return !are_numbers(in) || !divides(in[0]);
    case TT_OP_NEG: return !tt_opt_is(in[0], TT_OPT_NUMBER);
    case TT_OP_BIT_AND:
    case TT_OP_BIT_OR:
    case TT_OP_BIT_XOR: return !tt_opt_is(in[0], INT) || !tt_opt_is(in[1], INT);
    case TT_OP_BIT_NOT: return !tt_opt_is(in[0], INT);
    case TT_OP_SHL:
    case TT_OP_SHR:
        return !tt_opt_is(in[0], INT) || !tt_opt_is(in[1], INT) || !in[0].known || in[0].value.as.i < 0 ||
               in[0].value.as.i > 63;
    case TT_OP_GT:
    case TT_OP_LT:
    case TT_OP_GE:
    case TT_OP_LE:
        return !are_numbers(in) && !(tt_opt_is(in[0], STR) && tt_opt_is(in[1], STR)) &&
               !(tt_opt_is(in[0], BOOL) && tt_opt_is(in[1], BOOL));
    case TT_OP_LEN: return !tt_opt_is(in[0], STR | LIST | OBJECT | BYTES);
    case TT_OP_LIST_APPEND: return !tt_opt_is(in[1], LIST);
    case TT_OP_LIST_CONCAT: return !tt_opt_is(in[0], LIST) || !tt_opt_is(in[1], LIST);
    case TT_OP_SET_FIELD: return !tt_opt_is(in[1], OBJECT);
    case TT_OP_GET_FIELD: return !tt_opt_is(in[0], OBJECT);
    case TT_OP_KEYS: return !tt_opt_is(in[0], OBJECT);
    case TT_OP_OBJECT_GET: return !tt_opt_is(in[0], STR) || !tt_opt_is(in[1], OBJECT);
    case TT_OP_HAS_FIELD: return insn.b < 0 || !tt_opt_is(in[0], OBJECT);
    case TT_OP_CONCAT: return false; /* only for want of memory */
    default: return true;
    }
}

bool tt_opt_can_raise(const TtModule *module, TtInsn insn, const TtOptValue *in, uint32_t depth) {
    int pops = tt_insn_pops(module, insn);
    if (pops != TT_VARIES && depth < (uint32_t)pops) return true;
    if (!(tt_op_info(insn.op)->flags & TT_FLAG_THROWS)) return false;
    return can_raise_by_types(insn, in);
}

static TtOptValue arith_result(const TtOptValue *in) {
    uint32_t both = in[0].types | in[1].types;
    bool int_possible = (in[0].types & INT) && (in[1].types & INT);
    uint32_t types = (both & FLOAT ? FLOAT : 0) | (int_possible ? INT : 0);
    return tt_opt_of_types(types ? types : TT_OPT_NUMBER);
}

/** What a constant operand makes of it; false when it raises or is not known. */
static bool fold(TtInsn insn, const TtOptValue *in, TtOptValue *result) {
    TtValue out;
    if (tt_arith_is_binary(insn.op)) {
        if (!in[0].known || !in[1].known ||
            tt_arith_binary(insn.op, &in[1].value, &in[0].value, &out) != TT_OK)
            return false;
    } else {
        if (!tt_arith_is_unary(insn.op) || !in[0].known ||
            tt_arith_unary(insn.op, &in[0].value, &out) != TT_OK)
            return false;
    }
    *result = tt_opt_constant(out);
    return true;
}

TtOptValue tt_opt_result(const TtOpt *opt, TtInsn insn, const TtOptValue *in) {
    const TtModule *module = opt->module;
    TtOptValue folded;
    if (fold(insn, in, &folded)) return folded;
    switch ((TtOp)insn.op) {
    case TT_OP_PUSH_INT: return tt_opt_constant(tt_int(tt_insn_int(module, insn)));
    case TT_OP_PUSH_FLOAT: return tt_opt_constant(tt_float(module->floats.items[insn.b]));
    case TT_OP_PUSH_STR: return tt_opt_constant(module->constants.items[insn.b]);
    case TT_OP_PUSH_BOOL: return tt_opt_constant(tt_bool(insn.b));
    case TT_OP_TRUE: return tt_opt_constant(tt_bool(true));
    case TT_OP_FALSE: return tt_opt_constant(tt_bool(false));
    case TT_OP_NULL: return tt_opt_constant(tt_null());
    case TT_OP_PUSH_BYTES: return tt_opt_of_types(BYTES);
    case TT_OP_ADD:
    case TT_OP_SUB:
    case TT_OP_MUL:
    case TT_OP_DIV:
    case TT_OP_MOD: return arith_result(in);
    case TT_OP_NEG: return tt_opt_of_types(in[0].types & TT_OPT_NUMBER ? in[0].types & TT_OPT_NUMBER : INT);
    case TT_OP_ADD_F:
    case TT_OP_SUB_F:
    case TT_OP_MUL_F:
    case TT_OP_DIV_F: return tt_opt_of_types(FLOAT);
    case TT_OP_BIT_AND:
    case TT_OP_BIT_OR:
    case TT_OP_BIT_XOR:
    case TT_OP_BIT_NOT:
    case TT_OP_SHL:
    case TT_OP_SHR:
    case TT_OP_EQ:
    case TT_OP_NE:
    case TT_OP_GT:
    case TT_OP_LT:
    case TT_OP_GE:
    case TT_OP_LE:
    case TT_OP_EQ_F:
    case TT_OP_NE_F:
    case TT_OP_GT_F:
    case TT_OP_LT_F:
    case TT_OP_GE_F:
    case TT_OP_LE_F:
    case TT_OP_LEN:
    case TT_OP_HAS_FIELD:
    case TT_OP_SELF: return tt_opt_of_types(INT);
    case TT_OP_AND:
    case TT_OP_OR:
    case TT_OP_NOT:
    case TT_OP_BOOL: return tt_opt_of_types(BOOL);
    case TT_OP_CONCAT: return tt_opt_of_types(STR);
    case TT_OP_MAKE_LIST:
    case TT_OP_LIST_APPEND:
    case TT_OP_LIST_SET:
    case TT_OP_LIST_CONCAT:
    case TT_OP_LIST_SLICE:
    case TT_OP_KEYS: return tt_opt_of_types(LIST);
    case TT_OP_MAKE_OBJECT:
    case TT_OP_SET_FIELD:
    case TT_OP_DELETE_FIELD:
    case TT_OP_OBJECT_SET: return tt_opt_of_types(OBJECT);
    case TT_OP_MAKE_FUNCTION: return tt_opt_of_types(TT_OPT_TYPE(FUNCTION));
    case TT_OP_MAKE_LAMBDA: return tt_opt_of_types(TT_OPT_TYPE(CLOSURE));
    case TT_OP_SPAWN:
    case TT_OP_SPAWN_ARGS:
    case TT_OP_SPAWN_LINK:
    case TT_OP_WHEREIS: return tt_opt_of_types(INT);
    default: return tt_opt_of_types(TT_OPT_ANY);
    }
}
