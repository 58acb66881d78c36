// SPDX-License-Identifier: MIT
/** Variables by name: what the interpreter's slot operations leave over. */
#include "exec/sem.h"

#include "value/print.h"

#include <string.h>

static const TtScope *current_scope(const TtActor *actor) {
    return &actor->function->module->scopes.items[actor->function->scope];
}

/** The hidden List of slots in order of first assignment. */
static TtValue *order_cell(TtActor *actor, const TtScope *scope) {
    return actor->stack + actor->fp + scope->slot_count - 1;
}

bool tt_sem_store(TtActor *actor, uint32_t slot, TtValue value) {
    const TtScope *scope = current_scope(actor);
    TtValue *cell = actor->stack + actor->fp + slot;
    if (scope->ordered && cell->tag == TT_TAG_UNBOUND) {
        TtValue *order = order_cell(actor, scope);
        TtValue list = order->tag == TT_TAG_LIST ? *order : tt_empty(TT_TAG_LIST);
        if (!tt_list_append(&actor->heap, list, tt_int(slot), order)) return false;
    }
    *cell = value;
    return true;
}

const TtValue *tt_sem_find_variable(TtActor *actor, uint32_t name) {
    const TtModule *module = actor->function->module;
    uint32_t slot = tt_scope_slot(module, actor->function->scope, name);
    if (slot != TT_NO_SLOT && actor->stack[actor->fp + slot].tag != TT_TAG_UNBOUND)
        return &actor->stack[actor->fp + slot];
    const TtValue *globals = tt_actor_globals(actor, module);
    uint32_t global = tt_scope_slot(module, 0, name);
    if (globals && global != TT_NO_SLOT && globals[global].tag != TT_TAG_UNBOUND) return &globals[global];
    return NULL;
}

static TtStep undefined(TtActor *actor, uint32_t name) {
    (void)tt_error_set(&actor->context->error, TT_ERR_UNDEFINED_VARIABLE, "Undefined variable: %s",
                       tt_names_text(&actor->function->module->names, name));
    return TT_STEP_FAILED;
}

static void forget_order(TtActor *actor, const TtScope *scope, uint32_t slot) {
    TtValue *order = order_cell(actor, scope);
    if (order->tag != TT_TAG_LIST) return;
    TtListBuf *list = (TtListBuf *)order->as.object;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < order->len; i++)
        if (list->items[i].as.i != slot) list->items[kept++] = list->items[i];
    /* The list is never visible to programs, so it has one view. */
    order->len = kept;
    if (list) list->obj.used = kept;
}

TtStep tt_sem_delete(TtActor *actor, uint32_t name) {
    const TtModule *module = actor->function->module;
    const TtScope *scope = current_scope(actor);
    uint32_t slot = tt_scope_slot(module, actor->function->scope, name);
    TtValue *cell = slot == TT_NO_SLOT ? NULL : actor->stack + actor->fp + slot;
    if (cell && cell->tag != TT_TAG_UNBOUND) {
        if (scope->ordered) forget_order(actor, scope, slot);
        *cell = tt_unbound();
        return TT_STEP_DONE;
    }
    TtStrbuf *text = &actor->context->text;
    TtPosition position = tt_function_position(actor->function, actor->pc);
    tt_strbuf_clear(text);
    tt_strbuf_add_format(text, "Warning: %s:%u: DELETE of unknown variable: %s\n", module->file,
                         position.line, tt_names_text(&module->names, name));
    return tt_sem_output(actor, 2, text->bytes, text->length);
}

/** Appends ` name: value`; slots whose names the compiler made have none and are left out. */
static void add_variable(TtActor *actor, TtStrbuf *text, uint32_t slot, bool *first) {
    const TtModule *module = actor->function->module;
    const TtScope *scope = current_scope(actor);
    TtValue value = actor->stack[actor->fp + slot];
    if (value.tag == TT_TAG_UNBOUND) return;
    if (!*first) tt_strbuf_add_text(text, ", ");
    *first = false;
    tt_strbuf_add_text(text, tt_names_text(&module->names, scope->slot_names[slot]));
    tt_strbuf_add_text(text, ": ");
    (void)tt_print_value(text, value);
}

/** What of a frame has not been shown yet. */
typedef struct Shown {
    TtActor *actor;
    TtStrbuf *text;
    bool *done; /* by slot */
    bool first;
} Shown;

static void show_once(Shown *shown, uint32_t slot) {
    if (!shown->done[slot]) add_variable(shown->actor, shown->text, slot, &shown->first);
    shown->done[slot] = true;
}

/**
 * Parameters, then what a closure captured, in the order of the first CAPTURE of each name in the module:
 * slots may be numbered otherwise, where functions share code.
 */
static void show_bound_on_entry(Shown *shown) {
    const TtFunction *function = shown->actor->function;
    const TtModule *module = function->module;
    for (uint32_t i = 0; i < function->parameter_count; i++)
        show_once(shown, function->parameter_slots ? function->parameter_slots[i] : i);
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn insn = module->code.items[i];
        if (insn.op != TT_OP_CAPTURE) continue;
        uint32_t slot = tt_scope_slot(module, function->scope, (uint32_t)insn.b);
        if (slot != TT_NO_SLOT) show_once(shown, slot);
    }
    tt_sem_charge(shown->actor, (uint64_t)module->code.count * sizeof(TtInsn));
}

TtStep tt_sem_dump_scope(TtActor *actor) {
    const TtScope *scope = current_scope(actor);
    TtStrbuf *text = tt_sem_text(actor);
    TtValue order = *order_cell(actor, scope);
    if (order.tag != TT_TAG_LIST) order = tt_empty(TT_TAG_LIST);
    const TtValue *noted = tt_list_items(order);
    Shown shown = {actor, text, tt_alloc_zero(scope->slots.count + 1), true};
    tt_strbuf_add_text(text, "Current scope: {");
    /* What is bound on entry has no note of its order, and comes first. */
    for (uint32_t i = 0; i < order.len; i++) shown.done[noted[i].as.i] = true;
    show_bound_on_entry(&shown);
    for (uint32_t slot = 0; slot < scope->slots.count; slot++) show_once(&shown, slot);
    for (uint32_t i = 0; i < order.len; i++) add_variable(actor, text, (uint32_t)noted[i].as.i, &shown.first);
    tt_free(shown.done);
    tt_strbuf_add_text(text, "}\n");
    TtStep step = TT_STEP_FAILED;
    if (tt_strbuf_is_full(text))
        (void)tt_sem_heap_full(actor, "DUMP_SCOPE");
    else
        step = tt_sem_output(actor, 1, text->bytes, text->length);
    tt_sem_text_done(text);
    return step;
}

TtStep tt_sem_store_global(TtActor *actor, uint32_t name) {
    const TtModule *module = actor->function->module;
    TtValue *globals = tt_actor_own_globals(actor, module);
    if (!globals) {
        (void)tt_error_set(
            &actor->context->error, TT_ERR_UNSUPPORTED_OPERATION,
            "Unsupported operation: STORE_GLOBAL of %s in module %s, whose variables are frozen",
            tt_names_text(&module->names, name), module->name);
        return TT_STEP_FAILED;
    }
    TtValue value = actor->stack[actor->sp - 1];
    uint32_t slot = tt_scope_slot(module, 0, name);
    const TtScope *top = &module->scopes.items[0];
    if (top->ordered && globals[slot].tag == TT_TAG_UNBOUND) {
        TtValue *order = &globals[top->slot_count - 1];
        TtValue list = order->tag == TT_TAG_LIST ? *order : tt_empty(TT_TAG_LIST);
        if (!tt_list_append(&actor->heap, list, tt_int(slot), order)) {
            (void)tt_sem_heap_full(actor, "STORE_GLOBAL");
            return TT_STEP_FAILED;
        }
    }
    globals[slot] = value;
    actor->sp--;
    return TT_STEP_DONE;
}

TtStep tt_sem_capture(TtActor *actor, uint32_t name) {
    const TtValue *value = tt_sem_find_variable(actor, name);
    if (!value) return undefined(actor, name);
    TtPendingCapture capture = {actor->fp, name, tt_value_share(*value)};
    for (uint32_t i = actor->captures.count; i-- > 0 && actor->captures.items[i].fp == actor->fp;)
        if (actor->captures.items[i].name == name) {
            actor->captures.items[i].value = capture.value;
            return TT_STEP_DONE;
        }
    tt_vec_push(&actor->captures, capture);
    return TT_STEP_DONE;
}

TtStep tt_sem_make_lambda(TtActor *actor, const TtFunction *function) {
    const TtModule *module = function->module;
    uint32_t end = actor->captures.count, first = end;
    while (first > 0 && actor->captures.items[first - 1].fp == actor->fp) first--;
    uint32_t count = end - first;
    TtCapture small[16] = {{0}}, *captures = count <= 16 ? small : tt_alloc(count * sizeof *captures);
    for (uint32_t i = 0; i < count; i++) {
        const TtPendingCapture *pending = &actor->captures.items[first + i];
        captures[i] =
            (TtCapture){pending->name, tt_scope_slot(module, function->scope, pending->name), pending->value};
    }
    TtValue closure;
    bool made = tt_closure_new(&actor->heap, function, captures, count, &closure);
    if (captures != small) tt_free(captures);
    if (!made) {
        (void)tt_sem_heap_full(actor, "MAKE_LAMBDA");
        return TT_STEP_FAILED;
    }
    actor->captures.count = first;
    actor->stack[actor->sp++] = closure;
    return TT_STEP_DONE;
}
