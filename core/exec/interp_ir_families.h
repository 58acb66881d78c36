// SPDX-License-Identifier: MIT
/**
 * Operations of the register interpreter that come in families. Each macro is one or more cases of
 * interp_ir.c, whose locals and macros it uses: arithmetic, comparisons with their branches, ends of
 * loops, and the fused operations of products, fields and items (ir/ir_ops.def, TT_IR_FUSED). Private to
 * interp_ir.c.
 */
#ifndef TT_EXEC_INTERP_IR_FAMILIES_H
#define TT_EXEC_INTERP_IR_FAMILIES_H

// clang-format off

#define BOTH_INT(a, b)   ((a)->tag == TT_TAG_INT && (b)->tag == TT_TAG_INT)
#define BOTH_FLOAT(a, b) ((a)->tag == TT_TAG_FLOAT && (b)->tag == TT_TAG_FLOAT)
#define WRAP(a, operator, b) tt_int((int64_t)((uint64_t)(a) operator(uint64_t)(b)))

#define ARITH_WITH(name, operator, right)                                                                    \
    OP(name) {                                                                                               \
        x = R(pc->b);                                                                                        \
        y = right;                                                                                           \
        if (TT_LIKELY(BOTH_INT(x, y)))                                                                       \
            *R(pc->a) = WRAP(x->as.i, operator, y->as.i);                                                    \
        else if (BOTH_FLOAT(x, y))                                                                           \
            *R(pc->a) = tt_float(x->as.f operator y->as.f);                                                  \
        else                                                                                                 \
            goto arith;                                                                                      \
        NEXT;                                                                                                \
    }
#define ARITH(name, operator)                                                                                \
    ARITH_WITH(name, operator, R(pc->c))                                                                     \
    ARITH_WITH(name##K, operator, C(pc->c))
#define BITS(name, operator)                                                                                 \
    OP(name) {                                                                                               \
        x = K(pc->b);                                                                                        \
        y = K(pc->c);                                                                                        \
        if (TT_UNLIKELY(!BOTH_INT(x, y))) goto bits;                                                         \
        *R(pc->a) = tt_int(x->as.i operator y->as.i);                                                        \
        NEXT;                                                                                                \
    }
#define JUMP_IF(name, right, condition)                                                                      \
    OP(name) {                                                                                               \
        x = R(pc->a);                                                                                        \
        y = right;                                                                                           \
        bool holds;                                                                                          \
        if (TT_LIKELY(BOTH_INT(x, y))) {                                                                     \
            holds = x->as.i condition y->as.i;                                                               \
        } else if (BOTH_FLOAT(x, y)) {                                                                       \
            holds = x->as.f condition y->as.f;                                                               \
        } else {                                                                                             \
            TRY_SEM(tt_sem_compare(actor, ORIGINAL_OP(), x, y, &value));                                     \
            holds = value.as.i != 0;                                                                         \
        }                                                                                                    \
        if (holds JUMP_WHEN) BRANCH();                                                                       \
        NEXT;                                                                                                \
    }
#define JUMP_IF_INT(name, condition)                                                                         \
    OP(name) {                                                                                               \
        x = R(pc->a);                                                                                        \
        bool holds;                                                                                          \
        if (TT_LIKELY(x->tag == TT_TAG_INT)) {                                                               \
            holds = x->as.i condition pc->b;                                                                 \
        } else {                                                                                             \
            scratch = tt_int(pc->b);                                                                         \
            TRY_SEM(tt_sem_compare(actor, ORIGINAL_OP(), x, &scratch, &value));                              \
            holds = value.as.i != 0;                                                                         \
        }                                                                                                    \
        if (holds JUMP_WHEN) BRANCH();                                                                       \
        NEXT;                                                                                                \
    }
#define JUMPS(prefix, name, condition)                                                                       \
    JUMP_IF(prefix##name, R(pc->b), condition)                                                               \
    JUMP_IF_INT(prefix##name##I, condition)                                                                  \
    JUMP_IF(prefix##name##K, C(pc->b), condition)
#define ALL_JUMPS(prefix)                                                                                    \
    JUMPS(prefix, LT, <)                                                                                     \
    JUMPS(prefix, LE, <=)                                                                                    \
    JUMPS(prefix, GT, >)                                                                                     \
    JUMPS(prefix, GE, >=)                                                                                    \
    JUMPS(prefix, EQ, ==)                                                                                    \
    JUMPS(prefix, NE, !=)
/** ADDI of an Int, then the branch behind it. */
#define LOOP(name, suffix, condition)                                                                                \
    OP(name) {                                                                                               \
        TtValue *counter = R(pc->a);                                                                         \
        y = R(pc[1].b);                                                                                      \
        if (TT_UNLIKELY(!BOTH_INT(counter, y))) goto add_integer;                                            \
        counter->as.i = (int64_t)((uint64_t)counter->as.i + (uint64_t)(int64_t)pc->c);                       \
        pc++;                                                                                                \
        if (counter->as.i condition y->as.i) BRANCH();                                                       \
        NEXT;                                                                                                \
    }                                                                                                        \
    OP(LOOPADD##suffix) {                                                                                    \
        TtValue *counter = R(pc->a);                                                                         \
        x = R(pc->c);                                                                                        \
        y = R(pc[1].b);                                                                                      \
        if (TT_UNLIKELY(!BOTH_INT(counter, x) || y->tag != TT_TAG_INT)) goto add;                            \
        counter->as.i = (int64_t)((uint64_t)counter->as.i + (uint64_t)x->as.i);                              \
        pc++;                                                                                                \
        if (counter->as.i condition y->as.i) BRANCH();                                                       \
        NEXT;                                                                                                \
    }                                                                                                        \
    OP(name##I) {                                                                                            \
        TtValue *counter = R(pc->a);                                                                         \
        if (TT_UNLIKELY(counter->tag != TT_TAG_INT)) goto add_integer;                                       \
        counter->as.i = (int64_t)((uint64_t)counter->as.i + (uint64_t)(int64_t)pc->c);                       \
        pc++;                                                                                                \
        if (counter->as.i condition pc->b) BRANCH();                                                         \
        NEXT;                                                                                                \
    }
/** A product and what it is added to, in one. */
#define PRODUCT(name, operator)                                                                              \
    OP(name) {                                                                                               \
        x = R(pc->b);                                                                                        \
        y = R(pc->c);                                                                                        \
        const TtValue *to = R(pc[1].b);                                                                      \
        if (TT_LIKELY(BOTH_FLOAT(x, y) && to->tag == TT_TAG_FLOAT)) {                                        \
            const double sum = to->as.f operator (x->as.f * y->as.f);                                        \
            pc++;                                                                                            \
            *R(pc->a) = tt_float(sum);                                                                       \
            NEXT;                                                                                            \
        }                                                                                                    \
        if (BOTH_INT(x, y) && to->tag == TT_TAG_INT) {                                                       \
            const uint64_t product = (uint64_t)x->as.i * (uint64_t)y->as.i;                                  \
            const uint64_t sum = (uint64_t)to->as.i operator product;                                        \
            pc++;                                                                                            \
            *R(pc->a) = tt_int((int64_t)sum);                                                                \
            NEXT;                                                                                            \
        }                                                                                                    \
        goto multiply;                                                                                       \
    }
/**
 * Puts into `field` what pc's GETFIELD would find, or goes to `get_field` when it is not to be changed in
 * place or is none that arithmetic here is for. Nothing has been done yet.
 */
#define FIND_FIELD(field)                                                                                    \
    do {                                                                                                     \
        x = R(pc->b);                                                                                        \
        if (TT_UNLIKELY(x->tag != TT_TAG_OBJECT)) goto get_field;                                            \
        const int64_t found = tt_field_guess(*x, &module->constants.items[pc->c],                            \
                                             &module->field_cells[(uint16_t)pc->w]);                         \
        if (TT_UNLIKELY(found < 0 || x->as.object->flags & (TT_OBJ_SHARED | TT_OBJ_FROZEN))) goto get_field; \
        field = &((TtMapBuf *)x->as.object)->entries[found].value;                                           \
    } while (0)
#define FIELD(suffix, operator)                                                                              \
    OP(FIELD##suffix) {                                                                                      \
        TtValue *field;                                                                                      \
        FIND_FIELD(field);                                                                                   \
        x = R(pc[1].c);                                                                                      \
        if (BOTH_FLOAT(field, x))                                                                            \
            field->as.f = field->as.f operator x->as.f;                                                      \
        else if (BOTH_INT(field, x))                                                                         \
            *field = WRAP(field->as.i, operator, x->as.i);                                                   \
        else                                                                                                 \
            goto get_field;                                                                                  \
        pc += 3;                                                                                             \
        DISPATCH();                                                                                          \
    }                                                                                                        \
    OP(FIELDMUL##suffix) {                                                                                   \
        TtValue *field;                                                                                      \
        FIND_FIELD(field);                                                                                   \
        x = R(pc[1].b);                                                                                      \
        y = R(pc[1].c);                                                                                      \
        if (TT_UNLIKELY(!BOTH_FLOAT(x, y) || field->tag != TT_TAG_FLOAT)) goto get_field;                    \
        field->as.f = field->as.f operator (x->as.f * y->as.f);                                              \
        pc += 4;                                                                                             \
        DISPATCH();                                                                                          \
    }
/** The branch of an item behind its INDEX. */
#define ITEM_BRANCH(name, condition)                                                                         \
    OP(name) {                                                                                               \
        x = K(pc->b);                                                                                        \
        y = K(pc->c);                                                                                        \
        if (TT_UNLIKELY(x->tag != TT_TAG_LIST || y->tag != TT_TAG_INT || (uint64_t)y->as.i >= x->len))        \
            goto index;                                                                                      \
        x = ((const TtListBuf *)x->as.object)->items + y->as.i;                                              \
        pc++;                                                                                                \
        if (condition) BRANCH();                                                                             \
        NEXT;                                                                                                \
    }

// clang-format on
#endif
