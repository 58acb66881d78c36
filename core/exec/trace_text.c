// SPDX-License-Identifier: MIT
/** `--trace` and `--debug` as text, in the forms that users know. */
#include "exec/sem.h"

#include "module/disasm.h"
#include "value/print.h"

#include <string.h>

/** Deeper calls are not indented further. */
#define MAX_INDENT 40

static void start_line(TtActor *actor, TtStrbuf *text, uint32_t depth) {
    tt_strbuf_clear(text);
    text->limit = TT_REPORT_TEXT_BYTES;
    tt_strbuf_add_text(text, "[trace] ");
    if (actor->pid != 1) tt_strbuf_add_format(text, "<%llu> ", (unsigned long long)actor->pid);
    for (uint32_t i = 1; i < depth && i < MAX_INDENT; i++) tt_strbuf_add_text(text, "  ");
}

static void add_stack(TtActor *actor, TtStrbuf *text) {
    uint32_t base = actor->fp + actor->function->slot_count + TT_FRAME_HEADER;
    tt_strbuf_add_text(text, "        stack: [");
    for (uint32_t i = base; i < actor->sp; i++) {
        if (i > base) tt_strbuf_add_text(text, ", ");
        tt_print_debug(text, actor->stack[i]);
    }
    tt_strbuf_add_text(text, "]\n");
}

TtStep tt_trace_instruction(TtActor *actor) {
    const TtModule *module = actor->function->module;
    TtStrbuf *text = &actor->context->text;
    start_line(actor, text, actor->depth);
    if (actor->pc < module->code.count)
        tt_disasm_trace(text, module, actor->pc);
    else
        tt_strbuf_add_text(text, actor->pc == module->code.count ? "Halt" : "Ret");
    tt_strbuf_add_format(text, " @ 0x%04X\n", actor->pc);
    if (actor->system->debug) add_stack(actor, text);
    return tt_sem_output(actor, 2, text->bytes, text->length);
}

void tt_trace_call(TtActor *actor) {
    TtStrbuf *text = &actor->context->text;
    start_line(actor, text, actor->depth - 1);
    tt_strbuf_add_format(text, "CALL fn@0x%04X with %u params\n", actor->function->entry,
                         actor->function->parameter_count);
    (void)actor->system->host->write(actor->system->host, 2, text->bytes, text->length);
}

void tt_trace_return(TtActor *actor, const TtFunction *from, const TtValue *result) {
    TtStrbuf *text = &actor->context->text;
    start_line(actor, text, actor->depth);
    tt_strbuf_add_format(text, "RETURN from fn@0x%04X → ", from->entry);
    if (result)
        tt_print_debug(text, *result);
    else
        tt_strbuf_add_text(text, "nothing");
    tt_strbuf_add_char(text, '\n');
    (void)actor->system->host->write(actor->system->host, 2, text->bytes, text->length);
}

const char *tt_exec_wait_text(unsigned wait) {
    static const char *const kinds[] = {"nothing",         "a message",      "time",    "the host",
                                        "room for output", "a child to end", "a module"};
    return wait < sizeof kinds / sizeof *kinds ? kinds[wait] : "something";
}

/** The instruction without the place that it may go on at, which is a number that means nothing to readers.
 */
static void add_waiting_insn(TtStrbuf *out, const TtModule *module, uint32_t address) {
    static const char after[] = " AFTER";
    const size_t after_length = sizeof after - 1;
    TtStrbuf text = {0};
    tt_disasm_insn(&text, module, address);
    size_t length = text.length;
    if (tt_insn_target(module, module->code.items[address]) != UINT32_MAX) {
        while (length && text.bytes[length - 1] != ' ') length--;
        if (length) length--;
        if (length > after_length && memcmp(text.bytes + length - after_length, after, after_length) == 0)
            length -= after_length;
    }
    tt_strbuf_add(out, tt_strbuf_text(&text), length);
    tt_strbuf_free(&text);
}

void tt_exec_describe_wait(TtStrbuf *out, const TtActor *actor) {
    tt_strbuf_add_text(out, tt_exec_wait_text(actor->wait));
    if (actor->ending) return; /* its code is over */
    if (actor->pc < actor->function->module->code.count) {
        tt_strbuf_add_text(out, " in ");
        add_waiting_insn(out, actor->function->module, actor->pc);
    }
    tt_strbuf_add_text(out, " at ");
    tt_unwind_describe(out, actor->function, actor->pc, actor->program);
}
