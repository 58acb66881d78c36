// SPDX-License-Identifier: MIT
#include "lisp/emit.h"

#include "base/config.h"

#include <string.h>

/* ---- instructions ----------------------------------------------------------------------------------------
 */

void tt_lisp_emit_place(TtLispEmitter *e, uint32_t begin) {
    tt_lisp_text_place(&e->c->text, begin, &e->position.line, &e->position.column);
}

void tt_lisp_emit_op(TtLispEmitter *e, TtOp op, int32_t operand) {
    if (e->dead || e->module->code.count >= TT_MAX_CODE) return;
    TtInsn insn = {(uint16_t)op, 0, operand};
    tt_vec_push(&e->module->code, insn);
    tt_vec_push(&e->module->positions, e->position);
    if (tt_op_info(op)->flags & TT_FLAG_ENDS) e->dead = true;
}

void tt_lisp_emit_int(TtLispEmitter *e, int64_t value) {
    if (e->dead) return;
    if (value >= INT32_MIN && value <= INT32_MAX) {
        tt_lisp_emit_op(e, TT_OP_PUSH_INT, (int32_t)value);
        return;
    }
    tt_lisp_emit_op(e, TT_OP_PUSH_INT, (int32_t)e->module->ints.count);
    tt_vec_last(&e->module->code).a = 1;
    tt_vec_push(&e->module->ints, value);
}

void tt_lisp_emit_text(TtLispEmitter *e, TtOp op, const char *bytes, size_t length) {
    if (e->dead) return;
    tt_lisp_emit_op(e, op, (int32_t)tt_module_add_constant(e->module, TT_TAG_STR, bytes, length));
}

void tt_lisp_emit_builtin(TtLispEmitter *e, const char *name) {
    tt_lisp_emit_op(e, TT_OP_BUILTIN, tt_builtin_find(name, strlen(name)));
}

void tt_lisp_emit_load(TtLispEmitter *e, const TtLispBinding *binding) {
    tt_lisp_emit_op(e, TT_OP_LOAD, (int32_t)binding->name);
}

void tt_lisp_emit_store(TtLispEmitter *e, const TtLispBinding *binding) {
    bool outside = binding->global && e->fn->parent;
    tt_lisp_emit_op(e, outside ? TT_OP_STORE_GLOBAL : TT_OP_STORE, (int32_t)binding->name);
}

uint32_t tt_lisp_new_label(TtLispEmitter *e) {
    tt_vec_push(&e->labels, UINT32_MAX);
    tt_vec_push(&e->label_uses, 0);
    return e->labels.count - 1;
}

void tt_lisp_emit_label(TtLispEmitter *e, uint32_t label) {
    if (e->dead && !e->label_uses.items[label]) return;
    e->labels.items[label] = e->module->code.count;
    e->dead = false;
}

void tt_lisp_emit_jump(TtLispEmitter *e, TtOp op, uint32_t label) {
    if (e->dead) return;
    TtLispJump jump = {e->module->code.count, label};
    tt_vec_push(&e->jumps, jump);
    e->label_uses.items[label]++;
    tt_lisp_emit_op(e, op, 0);
}

void tt_lisp_emit_finish(TtLispEmitter *e, TtLispContext context, bool has_value) {
    if (context == TT_LISP_EFFECT && has_value) tt_lisp_emit_op(e, TT_OP_POP, 0);
    if (context != TT_LISP_EFFECT && !has_value) tt_lisp_emit_op(e, TT_OP_NULL, 0);
    if (context == TT_LISP_TAIL) tt_lisp_emit_op(e, TT_OP_RET, 0);
}

/* ---- values
 * ------------------------------------------------------------------------------------------------ */

void tt_lisp_emit_const(TtLispEmitter *e, const TtDatum *datum) {
    switch ((TtLispKind)datum->kind) {
    case TT_LISP_NULL:
    case TT_LISP_PROCEDURE: tt_lisp_emit_op(e, TT_OP_NULL, 0); return;
    case TT_LISP_BOOL: tt_lisp_emit_op(e, datum->as.b ? TT_OP_TRUE : TT_OP_FALSE, 0); return;
    case TT_LISP_INT: tt_lisp_emit_int(e, datum->as.i); return;
    case TT_LISP_FLOAT:
        if (e->dead) return;
        tt_lisp_emit_op(e, TT_OP_PUSH_FLOAT, (int32_t)e->module->floats.count);
        tt_vec_push(&e->module->floats, datum->as.f);
        return;
    case TT_LISP_STR: tt_lisp_emit_text(e, TT_OP_PUSH_STR, datum->as.text, datum->count); return;
    case TT_LISP_SYMBOL: {
        const TtName *name = &e->c->symbols.items[datum->as.symbol];
        tt_lisp_emit_text(e, TT_OP_PUSH_STR, name->bytes, name->length);
        return;
    }
    case TT_LISP_LIST:
        for (uint32_t i = 0; i < datum->count; i++) tt_lisp_emit_const(e, datum->as.items[i]);
        tt_lisp_emit_op(e, TT_OP_MAKE_LIST, (int32_t)datum->count);
        return;
    case TT_LISP_OBJECT:
        tt_lisp_emit_op(e, TT_OP_MAKE_OBJECT, 0);
        for (uint32_t i = 0; i + 1 < datum->count; i += 2) {
            const TtDatum *key = datum->as.items[i];
            const TtName *name = key->kind == TT_LISP_SYMBOL ? &e->c->symbols.items[key->as.symbol] : NULL;
            tt_lisp_emit_const(e, datum->as.items[i + 1]);
            tt_lisp_emit_text(e, TT_OP_SET_FIELD, name ? name->bytes : key->as.text,
                              name ? name->length : key->count);
        }
        return;
    }
}

static void emit_args(TtLispEmitter *e, TtLispNode *node) {
    for (uint32_t i = 0; i < node->count; i++) tt_lisp_emit_node(e, node->args[i], TT_LISP_VALUE);
    tt_lisp_emit_place(e, node->begin);
}

static void emit_op_node(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    const TtOpInfo *info = tt_op_info(node->op);
    emit_args(e, node);
    if (node->kind == TT_LISP_NODE_NAMED) {
        tt_lisp_emit_text(e, (TtOp)node->op, node->datum->as.text, node->datum->count);
    } else {
        bool live = !e->dead, absent = node->operand == -1;
        tt_lisp_emit_op(e, (TtOp)node->op, absent && info->format == TT_FORMAT_OPT_INT ? 0 : node->operand);
        if (live && absent && info->format == TT_FORMAT_OPT_INT) tt_vec_last(&e->module->code).a = 2;
    }
    if (info->pushes == 2) tt_lisp_emit_op(e, TT_OP_MAKE_LIST, 2);
    tt_lisp_emit_finish(e, context, info->pushes > 0);
}

static void emit_fold(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    for (uint32_t i = 0; i < node->count; i++) {
        tt_lisp_emit_node(e, node->args[i], TT_LISP_VALUE);
        tt_lisp_emit_place(e, node->begin);
        if (i) tt_lisp_emit_op(e, (TtOp)node->op, 0);
    }
    tt_lisp_emit_finish(e, context, true);
}

static void emit_object(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    tt_lisp_emit_place(e, node->begin);
    tt_lisp_emit_op(e, TT_OP_MAKE_OBJECT, 0);
    for (uint32_t i = 0; i < node->count; i++) {
        tt_lisp_emit_node(e, node->args[i], TT_LISP_VALUE);
        tt_lisp_emit_place(e, node->keys[i]->begin);
        tt_lisp_emit_text(e, TT_OP_SET_FIELD, node->keys[i]->as.text, node->keys[i]->count);
    }
    tt_lisp_emit_finish(e, context, true);
}

static void emit_ref(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    TtLispBinding *binding = node->binding;
    if (tt_lisp_is_known(binding)) {
        if (context == TT_LISP_EFFECT) return;
        tt_lisp_emit_function_value(e, binding->fn);
    } else {
        if (context == TT_LISP_EFFECT && !binding->global && !binding->early) return;
        tt_lisp_emit_load(e, binding);
    }
    tt_lisp_emit_finish(e, context, true);
}

static void emit_bind(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    TtLispBinding *binding = node->binding;
    if (!tt_lisp_is_known(binding) || binding->exported) {
        tt_lisp_emit_node(e, node->args[0], TT_LISP_VALUE);
        tt_lisp_emit_place(e, node->begin);
        tt_lisp_emit_store(e, binding);
    }
    tt_lisp_emit_finish(e, context, false);
}

static void emit_and_or(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    uint32_t end = tt_lisp_new_label(e);
    TtOp jump = node->kind == TT_LISP_NODE_AND ? TT_OP_JZ : TT_OP_JNZ;
    for (uint32_t i = 0; i + 1 < node->count; i++) {
        if (context == TT_LISP_EFFECT) {
            tt_lisp_emit_test(e, node->args[i], end, jump == TT_OP_JNZ);
            continue;
        }
        tt_lisp_emit_node(e, node->args[i], TT_LISP_VALUE);
        tt_lisp_emit_place(e, node->begin);
        tt_lisp_emit_op(e, TT_OP_DUP, 0);
        tt_lisp_emit_jump(e, jump, end);
        tt_lisp_emit_op(e, TT_OP_POP, 0);
    }
    if (node->count)
        tt_lisp_emit_node(e, node->args[node->count - 1], context);
    else
        tt_lisp_emit_op(e, jump == TT_OP_JZ ? TT_OP_TRUE : TT_OP_FALSE, 0);
    tt_lisp_emit_label(e, end);
    if (context == TT_LISP_TAIL) tt_lisp_emit_op(e, TT_OP_RET, 0);
}

/** A test as a value: a Bool. */
static void emit_truth(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    emit_args(e, node);
    tt_lisp_emit_op(e, node->kind == TT_LISP_NODE_NOT ? TT_OP_NOT : (TtOp)node->op, 0);
    if (node->kind == TT_LISP_NODE_COMPARE && context != TT_LISP_EFFECT) tt_lisp_emit_op(e, TT_OP_BOOL, 0);
    tt_lisp_emit_finish(e, context, true);
}

static void emit_import(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    tt_lisp_emit_place(e, node->begin);
    TtImport import = {
        tt_module_add_constant(e->module, TT_TAG_STR, node->datum->as.text, node->datum->count), TT_NO_NAME};
    if (node->operand >= 0) {
        const TtName *prefix = &e->c->symbols.items[node->operand];
        import.prefix = tt_names_add(&e->module->names, prefix->bytes, prefix->length);
    }
    if (!e->dead) {
        tt_lisp_emit_op(e, TT_OP_IMPORT, (int32_t)e->module->imports.count);
        tt_vec_push(&e->module->imports, import);
    }
    tt_lisp_emit_finish(e, context, false);
}

static void emit_supervisor(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    tt_lisp_emit_place(e, node->begin);
    if (!e->dead) {
        tt_lisp_emit_op(e, TT_OP_START_SUPERVISOR, (int32_t)e->module->supervisors.count);
        tt_vec_push(&e->module->supervisors, e->c->supervisors.items[node->operand]);
    }
    emit_args(e, node);
    tt_lisp_emit_op(e, TT_OP_MAKE_LIST, (int32_t)node->count);
    tt_lisp_emit_finish(e, context, true);
}

static void emit_child(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    emit_args(e, node);
    uint32_t id = tt_module_add_constant(e->module, TT_TAG_STR, node->datum->as.text, node->datum->count);
    TtChildSpec spec = {id, (uint32_t)node->operand, id};
    if (!e->dead) {
        tt_lisp_emit_op(e, TT_OP_SUPERVISE_FUNCTION, (int32_t)e->module->children.count);
        tt_vec_push(&e->module->children, spec);
    }
    tt_lisp_emit_finish(e, context, true);
}

void tt_lisp_emit_node(TtLispEmitter *e, TtLispNode *node, TtLispContext context) {
    TtLispFn *head_of = e->head_of;
    e->head_of = NULL;
    if (e->dead) return;
    tt_lisp_emit_place(e, node->begin);
    switch ((TtLispNodeKind)node->kind) {
    case TT_LISP_NODE_CONST:
        if (context == TT_LISP_EFFECT) return;
        tt_lisp_emit_const(e, node->datum);
        tt_lisp_emit_finish(e, context, true);
        return;
    case TT_LISP_NODE_REF: emit_ref(e, node, context); return;
    case TT_LISP_NODE_BIND: emit_bind(e, node, context); return;
    case TT_LISP_NODE_SET:
        tt_lisp_emit_node(e, node->args[0], TT_LISP_VALUE);
        tt_lisp_emit_place(e, node->begin);
        tt_lisp_emit_store(e, node->binding);
        tt_lisp_emit_finish(e, context, false);
        return;
    case TT_LISP_NODE_LAMBDA:
        if (context == TT_LISP_EFFECT) return;
        tt_lisp_emit_function_value(e, node->fn);
        tt_lisp_emit_finish(e, context, true);
        return;
    case TT_LISP_NODE_CALL: tt_lisp_emit_call(e, node, context); return;
    case TT_LISP_NODE_OP:
    case TT_LISP_NODE_NAMED: emit_op_node(e, node, context); return;
    case TT_LISP_NODE_FOLD: emit_fold(e, node, context); return;
    case TT_LISP_NODE_COMPARE:
    case TT_LISP_NODE_NOT: emit_truth(e, node, context); return;
    case TT_LISP_NODE_AND:
    case TT_LISP_NODE_OR: emit_and_or(e, node, context); return;
    case TT_LISP_NODE_COND:
        e->head_of = head_of;
        tt_lisp_emit_cond(e, node, context);
        return;
    case TT_LISP_NODE_SEQUENCE:
        for (uint32_t i = 0; i < node->count; i++)
            tt_lisp_emit_node(e, node->args[i], i + 1 < node->count ? TT_LISP_EFFECT : context);
        if (!node->count) tt_lisp_emit_finish(e, context, false);
        return;
    case TT_LISP_NODE_LIST:
        emit_args(e, node);
        tt_lisp_emit_op(e, TT_OP_MAKE_LIST, (int32_t)node->count);
        tt_lisp_emit_finish(e, context, true);
        return;
    case TT_LISP_NODE_OBJECT: emit_object(e, node, context); return;
    case TT_LISP_NODE_TRY: tt_lisp_emit_try(e, node, context); return;
    case TT_LISP_NODE_MATCH: tt_lisp_emit_match(e, node, context); return;
    case TT_LISP_NODE_RECEIVE: tt_lisp_emit_receive(e, node, context); return;
    case TT_LISP_NODE_IMPORT: emit_import(e, node, context); return;
    case TT_LISP_NODE_SUPERVISOR: emit_supervisor(e, node, context); return;
    case TT_LISP_NODE_CHILD: emit_child(e, node, context); return;
    }
}

/* ---- the program
 * -------------------------------------------------------------------------------------------- */

static void emit_function(TtLispEmitter *e, TtLispFn *fn) {
    fn->address = e->module->code.count;
    TtLabel label = {fn->label, fn->address};
    tt_vec_push(&e->module->labels, label);
    e->fn = fn;
    e->dead = false;
    tt_lisp_emit_place(e, fn->begin);
    fn->top_label = tt_lisp_new_label(e);
    tt_lisp_emit_label(e, fn->top_label);
    e->head_of = fn;
    tt_lisp_emit_node(e, fn->body, TT_LISP_TAIL);
}

/** Modules of std whose functions are used, under names that no program writes by accident. */
static void emit_std_imports(TtLispEmitter *e) {
    const TtNames *modules = &e->c->std_modules;
    e->position = (TtPosition){1, 1};
    for (uint32_t i = 0; i < modules->count; i++) {
        TtStrbuf path = {0}, prefix = {0};
        tt_strbuf_add_format(&path, "std/%s", modules->items[i].bytes);
        tt_strbuf_add_format(&prefix, "std.%s", modules->items[i].bytes);
        TtImport import = {tt_module_add_constant(e->module, TT_TAG_STR, path.bytes, path.length),
                           tt_names_add(&e->module->names, prefix.bytes, prefix.length)};
        tt_lisp_emit_op(e, TT_OP_IMPORT, (int32_t)e->module->imports.count);
        tt_vec_push(&e->module->imports, import);
        tt_strbuf_free(&path);
        tt_strbuf_free(&prefix);
    }
}

static void emit_program(TtLispEmitter *e) {
    TtLispCompiler *c = e->c;
    e->fn = c->functions.items[0];
    emit_std_imports(e);
    tt_lisp_emit_node(e, e->fn->body, TT_LISP_EFFECT);
    for (uint32_t i = 0; i < c->global_list.count; i++)
        if (c->global_list.items[i]->exported)
            tt_lisp_emit_op(e, TT_OP_EXPORT, (int32_t)c->global_list.items[i]->name);
    if (!e->dead) tt_lisp_emit_op(e, TT_OP_HALT, 0);
}

/** Functions of the top level, which others may start by name, and all that code refers to. */
static void emit_functions(TtLispEmitter *e) {
    TtLispCompiler *c = e->c;
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 1; i < c->functions.count; i++) {
            TtLispFn *fn = c->functions.items[i];
            bool wanted = fn->queued || (fn->binding && fn->binding->global && fn->binding->fn == fn);
            if (!wanted || fn->loop || fn->address != UINT32_MAX) continue;
            emit_function(e, fn);
            more = true;
        }
    }
}

static void resolve(TtLispEmitter *e) {
    TtModule *module = e->module;
    for (uint32_t i = 0; i < e->jumps.count; i++) {
        uint32_t address = e->labels.items[e->jumps.items[i].label];
        module->code.items[e->jumps.items[i].insn].b = (int32_t)address;
    }
    for (uint32_t i = 0; i < e->fn_uses.count; i++) {
        const TtLispFnUse *use = &e->fn_uses.items[i];
        const TtLispFn *fn = use->fn;
        uint32_t names[TT_MAX_OPERANDS], count = 0;
        for (uint32_t k = 0; k < fn->parameters.count; k++) names[count++] = fn->parameters.items[k]->name;
        for (uint32_t k = 0; use->lifted && k < fn->free.count; k++) names[count++] = fn->free.items[k]->name;
        module->code.items[use->insn].b = (int32_t)tt_module_add_function(module, fn->address, names, count);
    }
}

void tt_lisp_emit(TtLispCompiler *c) {
    TtLispEmitter e = {.c = c, .module = c->module};
    emit_program(&e);
    emit_functions(&e);
    if (c->module->code.count >= TT_MAX_CODE)
        tt_diag_add(c->text.diags, false, 0, 0, 0, NULL, "Too many instructions: at most %u", TT_MAX_CODE);
    else
        resolve(&e);
    tt_vec_free(&e.labels);
    tt_vec_free(&e.label_uses);
    tt_vec_free(&e.jumps);
    tt_vec_free(&e.fn_uses);
}
