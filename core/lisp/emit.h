// SPDX-License-Identifier: MIT
/** Nodes → code. Private to lisp/. */
#ifndef TT_LISP_EMIT_H
#define TT_LISP_EMIT_H

#include "lisp/lisp_internal.h"

/** What becomes of a node's value. */
typedef enum TtLispContext {
    TT_LISP_EFFECT, /* dropped */
    TT_LISP_VALUE,  /* left on the stack */
    TT_LISP_TAIL    /* returned: control does not come back */
} TtLispContext;

typedef struct TtLispJump {
    uint32_t insn, label;
} TtLispJump;

/** An instruction whose operand is a function: made when all addresses are known. */
typedef struct TtLispFnUse {
    uint32_t insn;
    TtLispFn *fn;
    bool lifted; /* its free variables are parameters */
} TtLispFnUse;

typedef struct TtLispEmitter {
    TtLispCompiler *c;
    TtModule *module;
    TtLispFn *fn;
    bool dead;         /* control does not get here: nothing is emitted until a label that is jumped to */
    TtLispFn *head_of; /* the next COND is the body of this loop or function */
    TT_VEC(uint32_t) labels; /* label id → address, UINT32_MAX: not placed */
    TT_VEC(uint32_t) label_uses;
    TT_VEC(TtLispJump) jumps;
    TT_VEC(TtLispFnUse) fn_uses;
    TtPosition position; /* of the instructions that are emitted */
} TtLispEmitter;

/* ---- emit.c ------------------------------------------------------------------------------------------ */

void tt_lisp_emit_node(TtLispEmitter *e, TtLispNode *node, TtLispContext context);
/** Goes to `label` when the node's truth is `when`, else on. */
void tt_lisp_emit_test(TtLispEmitter *e, TtLispNode *node, uint32_t label, bool when);
void tt_lisp_emit_place(TtLispEmitter *e, uint32_t begin);
void tt_lisp_emit_op(TtLispEmitter *e, TtOp op, int32_t operand);
void tt_lisp_emit_int(TtLispEmitter *e, int64_t value);
void tt_lisp_emit_text(TtLispEmitter *e, TtOp op, const char *bytes, size_t length);
void tt_lisp_emit_builtin(TtLispEmitter *e, const char *name);
void tt_lisp_emit_const(TtLispEmitter *e, const TtDatum *datum);
void tt_lisp_emit_load(TtLispEmitter *e, const TtLispBinding *binding);
void tt_lisp_emit_store(TtLispEmitter *e, const TtLispBinding *binding);
uint32_t tt_lisp_new_label(TtLispEmitter *e);
void tt_lisp_emit_label(TtLispEmitter *e, uint32_t label);
void tt_lisp_emit_jump(TtLispEmitter *e, TtOp op, uint32_t label);
/** Behind an instruction that has left one value (or none): what the context wants. */
void tt_lisp_emit_finish(TtLispEmitter *e, TtLispContext context, bool has_value);

/* ---- emit_flow.c: calls and loops · emit_match.c: match, receive, try ---------------------------------- */

void tt_lisp_emit_call(TtLispEmitter *e, TtLispNode *node, TtLispContext context);
void tt_lisp_emit_function_value(TtLispEmitter *e, TtLispFn *fn);
void tt_lisp_emit_cond(TtLispEmitter *e, TtLispNode *node, TtLispContext context);
void tt_lisp_emit_try(TtLispEmitter *e, TtLispNode *node, TtLispContext context);
void tt_lisp_emit_match(TtLispEmitter *e, TtLispNode *node, TtLispContext context);
void tt_lisp_emit_receive(TtLispEmitter *e, TtLispNode *node, TtLispContext context);

#endif
