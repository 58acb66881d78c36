// SPDX-License-Identifier: MIT
#include "actor/events.h"

#include "value/print.h"

#include <string.h>

/** Longer previews would be cut anyway. */
#define PREVIEW_BYTES (TT_EVENT_TEXT_BYTES * TT_EVENT_TEXT_RECORDS + 1)

static TtEventRecord record_at(TtEventKind kind, const TtActor *actor, uint64_t other, uint64_t value) {
    TtEventRecord record = {.kind = (uint8_t)kind, .pid = (uint32_t)actor->pid};
    record.other = (uint32_t)other;
    record.value = value;
    const TtModule *module = actor->function->module;
    uint32_t address = actor->pc;
    /* At the end of the code: the last instruction is as near as it gets. */
    if (address >= module->positions.count && module->positions.count) address = module->positions.count - 1;
    record.line = tt_function_position(actor->function, address).line;
    if (record.line && module->index < UINT16_MAX) record.file = (uint16_t)(module->index + 1);
    return record;
}

void tt_emit(const TtContext *context, TtEventKind kind, const TtActor *actor, uint64_t other,
             uint64_t value) {
    tt_emit_text(context, kind, actor, other, value, "", 0);
}

void tt_emit_text(const TtContext *context, TtEventKind kind, const TtActor *actor, uint64_t other,
                  uint64_t value, const char *text, size_t length) {
    if (context->events)
        tt_event_ring_write(context->events, record_at(kind, actor, other, value), text, length);
}

void tt_emit_value(const TtContext *context, TtEventKind kind, const TtActor *actor, uint64_t other,
                   uint64_t value, TtValue shown) {
    if (!context->events) return;
    TtStrbuf text = {0};
    tt_print_preview(&text, shown, PREVIEW_BYTES);
    tt_emit_text(context, kind, actor, other, value, tt_strbuf_text(&text), text.length);
    tt_strbuf_free(&text);
}

uint64_t tt_event_clock(const TtSystem *system) {
    return system->seeded && !system->virtual_time ? 0 : tt_system_clock_ns(system);
}

uint64_t tt_event_slice_ns(const TtContext *context) {
    uint64_t ns = tt_event_clock(context->system) - context->slice_ns;
    return ns < UINT32_MAX ? ns : UINT32_MAX;
}

void tt_emit_pid(const TtContext *context, TtEventKind kind, uint64_t pid) {
    TtEventRecord record = {.kind = (uint8_t)kind, .pid = (uint32_t)pid};
    if (context->events) tt_event_ring_write(context->events, record, "", 0);
}
