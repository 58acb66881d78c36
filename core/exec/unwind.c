// SPDX-License-Identifier: MIT
/** TRY, CATCH, END_TRY, THROW, and what happens to an exception nobody takes. */
#include "actor/events.h"
#include "exec/sem.h"
#include "ir/ir.h"

#include "base/config.h"
#include "base/utf8.h"
#include "value/print.h"

#include <string.h>

static TtHandler *innermost(TtActor *actor) {
    if (!actor->handlers.count) return NULL;
    TtHandler *handler = &tt_vec_last(&actor->handlers);
    return handler->fp == actor->fp ? handler : NULL;
}

TtStep tt_sem_try(TtActor *actor, TtInsn insn) {
    if (actor->handlers.count == TT_MAX_HANDLERS) {
        (void)tt_sem_heap_full(actor, "TRY");
        return TT_STEP_FAILED;
    }
    const TtFunction *function = actor->function;
    const TtHandler *outer = innermost(actor);
    const TtIrCode *ir = function->module->ir;
    uint32_t operands = actor->sp - (actor->fp + function->slot_count + TT_FRAME_HEADER);
    TtHandler handler = {.fp = actor->fp,
                         .height = actor->sp,
                         .address = tt_insn_target(function->module, insn),
                         .state = TT_HANDLER_OPEN,
                         .stack_only = (outer && outer->stack_only) ||
                                       (ir && operands > ir->scopes[function->scope].eager),
                         .exception = tt_unbound()};
    tt_vec_push(&actor->handlers, handler);
    return TT_STEP_DONE;
}

TtStep tt_sem_catch(TtActor *actor, TtInsn insn) {
    const TtModule *module = actor->function->module;
    TtHandler *handler = innermost(actor);
    if (!handler || handler->state != TT_HANDLER_PENDING) {
        if (insn.a != 1) return TT_STEP_DONE;
        if (handler && handler->state == TT_HANDLER_OPEN &&
            handler->address == module->blocks.items[insn.b].catch_at)
            actor->handlers.count--;
        actor->pc = module->blocks.items[insn.b].end_at + 1;
        return TT_STEP_JUMPED;
    }
    uint32_t name = insn.a == 1  ? module->blocks.items[insn.b].variable
                    : insn.b < 0 ? TT_NO_NAME
                                 : (uint32_t)insn.b;
    if (name == TT_NO_NAME) {
        if (!tt_actor_grow_stack(actor, 1)) {
            (void)tt_sem_heap_full(actor, "CATCH");
            return TT_STEP_FAILED;
        }
        actor->stack[actor->sp++] = handler->exception;
    } else if (!tt_sem_store(actor, tt_scope_slot(module, actor->function->scope, name),
                             handler->exception)) {
        (void)tt_sem_heap_full(actor, "CATCH");
        return TT_STEP_FAILED;
    }
    handler->state = TT_HANDLER_TAKEN;
    handler->exception = tt_unbound();
    return TT_STEP_DONE;
}

TtStep tt_sem_end_try(TtActor *actor) {
    if (innermost(actor)) actor->handlers.count--;
    return TT_STEP_DONE;
}

/* ---- making exceptions ------------------------------------------------------------------------------ */

void tt_unwind_describe(TtStrbuf *out, const TtFunction *function, uint32_t address,
                        const TtModule *program) {
    const TtModule *module = function->module;
    TtPosition position = tt_function_position(function, address);
    if (module != program) tt_strbuf_add_format(out, "%s:", module->name);
    tt_strbuf_add_text(out, function->name);
    if (position.line)
        tt_strbuf_add_format(out, " (%s:%u)", module->file, position.line);
    else
        tt_strbuf_add_format(out, " (%s)", module->file);
}

TtFrameWalk tt_exec_walk(const TtActor *actor) {
    return (TtFrameWalk){actor, actor->function, actor->fp, actor->pc, true};
}

void tt_exec_walk_on(TtFrameWalk *walk) {
    const TtValue *header = walk->actor->stack + walk->fp + walk->function->slot_count;
    if (header[1].as.i == TT_FRAME_BASE) {
        walk->more = false;
        return;
    }
    /* The return address is the instruction after the call, except at an IMPORT, which is repeated. */
    walk->pc = header[1].as.i == TT_FRAME_INIT || header[1].len == 0 ? header[1].len : header[1].len - 1;
    walk->fp = header[0].len;
    walk->function = header[0].as.function;
}

/** The frames as a list of Str, innermost first; a long middle is one entry that says how many. */
static bool make_stack(TtActor *actor, TtValue *out) {
    uint32_t depth = actor->depth, half = TT_TRACE_FRAMES / 2;
    bool cut = depth > TT_TRACE_FRAMES;
    TtValue list = tt_empty(TT_TAG_LIST);
    TtStrbuf line = {0};
    TtFrameWalk walk = tt_exec_walk(actor);
    bool made = true;
    for (uint32_t i = 0; walk.more && made; i++, tt_exec_walk_on(&walk)) {
        if (cut && i > half && i < depth - half) continue;
        tt_strbuf_clear(&line);
        if (cut && i == half)
            tt_strbuf_add_format(&line, "… %u more …", depth - 2 * half);
        else
            tt_unwind_describe(&line, walk.function, walk.pc, actor->program);
        TtValue text;
        made = tt_bytes_new(&actor->heap, TT_TAG_STR, line.bytes, line.length, &text) &&
               tt_list_append(&actor->heap, list, text, &list);
    }
    tt_strbuf_free(&line);
    *out = list;
    return made;
}

static TtValue make_exception(TtActor *actor, TtValue message, TtValue kind, TtValue value) {
    TtValue stack, exception = tt_null();
    actor->heap.reserve = true;
    if (make_stack(actor, &stack) &&
        tt_exception_new(&actor->heap, message, kind, stack, value, &exception)) {
        actor->heap.reserve = false;
        return exception;
    }
    /* Past the limit *and* past the machine's memory: the exception without its stack. */
    actor->heap.reserve = false;
    if (!tt_exception_new(&actor->heap, message, kind, tt_empty(TT_TAG_LIST), tt_unbound(), &exception))
        return tt_null();
    return exception;
}

static TtValue make_text(TtActor *actor, const char *text, size_t length) {
    TtValue value = tt_empty(TT_TAG_STR);
    actor->heap.reserve = true;
    if (!tt_bytes_new(&actor->heap, TT_TAG_STR, text, length, &value)) value = tt_empty(TT_TAG_STR);
    actor->heap.reserve = false;
    return value;
}

static TtValue error_exception(TtActor *actor, TtResult result) {
    const TtStrbuf *message = &actor->context->error.message;
    const char *kind = tt_result_kind(result);
    TtValue text = make_text(actor, tt_strbuf_text(message), message->length);
    return make_exception(actor, text, make_text(actor, kind, strlen(kind)), tt_unbound());
}

TtResult tt_sem_throw(TtActor *actor) {
    TtValue thrown = actor->stack[actor->sp - 1];
    TtContext *context = actor->context;
    if (thrown.tag == TT_TAG_EXCEPTION) {
        context->thrown = thrown;
    } else if (thrown.tag == TT_TAG_STR) {
        context->thrown = make_exception(actor, thrown, make_text(actor, "Thrown", 6), tt_unbound());
    } else {
        TtStrbuf text = {.limit = TT_REPORT_TEXT_BYTES};
        tt_strbuf_add_text(&text, "Thrown value: ");
        (void)tt_print_value(&text, thrown);
        TtValue message = make_text(actor, text.bytes, text.length);
        tt_strbuf_free(&text);
        context->thrown =
            make_exception(actor, message, make_text(actor, "Thrown", 6), tt_value_share(thrown));
    }
    actor->sp--;
    return TT_ERR_THROWN;
}

/* ---- raising ----------------------------------------------------------------------------------------- */

/** Pops the current frame; an initialisation that it belongs to has failed. */
static void abandon_frame(TtActor *actor) {
    if (actor->inits && actor->inits->fp == actor->fp) tt_module_init_failed(actor);
    tt_call_pop_frame(actor);
}

static bool is_bottom(const TtActor *actor) {
    return actor->stack[actor->fp + actor->function->slot_count + 1].as.i == TT_FRAME_BASE;
}

/** `{error: kind, message: text}`, or NULL where there is no memory left for it. */
static TtValue crash_reason(TtActor *actor, const TtException *exception) {
    TtValue reason = tt_empty(TT_TAG_OBJECT);
    actor->heap.reserve = true;
    bool made = tt_map_set_text(&actor->heap, reason, "error", exception->kind, &reason) &&
                tt_map_set_text(&actor->heap, reason, "message", exception->message, &reason);
    actor->heap.reserve = false;
    return made ? reason : tt_null();
}

/** Appends the source line with a caret under the column. */
static void add_source_line(TtStrbuf *out, const TtModule *module, TtPosition position) {
    if (!module->source || !position.line) return;
    const char *line = module->source, *end = module->source + module->source_length;
    for (uint32_t n = 1; n < position.line && line; n++) {
        line = memchr(line, '\n', (size_t)(end - line));
        if (line) line++;
    }
    if (!line || line >= end) return;
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop) stop = end;
    if (stop > line && stop[-1] == '\r') stop--;
    tt_strbuf_add_format(out, "%5u | %.*s\n      | ", position.line, (int)(stop - line), line);
    for (const char *p = line; p < stop && (uint32_t)(p - line) + 1 < position.column; p++)
        if (((unsigned char)*p & 0xC0) != 0x80) tt_strbuf_add_char(out, *p == '\t' ? '\t' : ' ');
    tt_strbuf_add_text(out, "^\n");
}

static void make_report(TtActor *actor, const TtException *exception, const TtFunction *function,
                        uint32_t address) {
    TtStrbuf *out = &tt_actor_rare(actor)->report;
    TtPosition position = tt_function_position(function, address);
    tt_strbuf_clear(out);
    tt_strbuf_add_text(out, "Error: ");
    if (position.line)
        tt_strbuf_add_format(out, "%s:%u:%u: ", function->module->file, position.line, position.column);
    if (actor->pid != 1) {
        tt_strbuf_add_format(out, "process %llu", (unsigned long long)actor->pid);
        TtStrbuf name = {0};
        if (tt_registry_name_of(actor->system, actor->pid, &name))
            tt_strbuf_add_format(out, " (%s)", name.bytes);
        tt_strbuf_free(&name);
        tt_strbuf_add_text(out, " crashed: ");
    }
    tt_strbuf_add_format(out, "%.*s: ", (int)exception->kind.len, tt_bytes_data(exception->kind));
    tt_strbuf_add(out, tt_bytes_data(exception->message), exception->message.len);
    tt_strbuf_add_char(out, '\n');
    add_source_line(out, function->module, position);
    if (!exception->stack.len) return;
    tt_strbuf_add_text(out, "Stack trace:\n");
    for (uint32_t i = 0; i < exception->stack.len; i++) {
        TtValue line = tt_list_items(exception->stack)[i];
        tt_strbuf_add_text(out, "  at ");
        tt_strbuf_add(out, tt_bytes_data(line), line.len);
        tt_strbuf_add_char(out, '\n');
    }
}

static bool is_caught(const TtActor *actor) {
    for (uint32_t i = 0; i < actor->handlers.count; i++)
        if (actor->handlers.items[i].state == TT_HANDLER_OPEN) return true;
    return false;
}

TT_COLD static void emit_exception(TtActor *actor, TtValue exception) {
    if (exception.tag != TT_TAG_EXCEPTION) return;
    const TtException *e = tt_exception(exception);
    TtStrbuf text = {0};
    tt_print_preview(&text, e->kind, 32);
    tt_strbuf_add_text(&text, ": ");
    tt_print_preview(&text, e->message, 64);
    tt_emit_text(actor->context, TT_EVENT_EXCEPTION, actor, 0, !is_caught(actor), tt_strbuf_text(&text),
                 text.length);
    tt_strbuf_free(&text);
}

bool tt_unwind_raise(TtActor *actor, TtResult result) {
    TtContext *context = actor->context;
    TtValue exception = result == TT_ERR_THROWN ? context->thrown : error_exception(actor, result);
    context->thrown = tt_unbound();
    TT_EMIT(actor->system, EXCEPTION, emit_exception(actor, exception));
    if (actor->pending) tt_pending_drop(actor, actor->pending);
    actor->pending = NULL;
    actor->deadline_set = false;
    actor->mailbox.cursor = NULL;
    const TtFunction *function = actor->function;
    uint32_t address = actor->pc;
    for (;;) {
        while (actor->handlers.count && tt_vec_last(&actor->handlers).fp == actor->fp) {
            TtHandler *handler = &tt_vec_last(&actor->handlers);
            if (handler->state == TT_HANDLER_OPEN) {
                handler->state = TT_HANDLER_PENDING;
                handler->exception = exception;
                if (actor->sp > handler->height) actor->sp = handler->height;
                /* A reference whose reader failed may be among the operands, without the mark of staying:
                 * prepare.c. */
                for (uint32_t i = actor->fp + actor->function->slot_count + TT_FRAME_HEADER; i < actor->sp;
                     i++) {
                    (void)tt_value_share(actor->stack[i]);
                }
                actor->pc = handler->address;
                return true;
            }
            actor->handlers.count--;
        }
        if (is_bottom(actor)) break;
        abandon_frame(actor);
    }
    actor->crashed = true;
    if (exception.tag == TT_TAG_EXCEPTION) {
        actor->exit_reason = crash_reason(actor, tt_exception(exception));
        make_report(actor, tt_exception(exception), function, address);
    } else {
        actor->exit_reason = tt_null();
        tt_strbuf_add_text(&tt_actor_rare(actor)->report, "Error: HeapExceeded: out of memory\n");
    }
    return false;
}

void tt_exec_interrupt(TtActor *actor) {
    /* Only the worker that runs main gets past this line, so nobody else takes the request back. */
    if (actor->pid != 1 || !is_caught(actor)) return;
    tt_atomic_store_u32_seq(&actor->system->interrupt, 0);
    (void)tt_error_set(&actor->context->error, TT_ERR_TIMEOUT, "Interrupted");
    (void)tt_unwind_raise(actor, TT_ERR_TIMEOUT);
}
