// SPDX-License-Identifier: MIT
/**
 * Chrome's trace events: actors are threads of one process, slices of a worker are spans, messages are flows
 * from the span that sends to the one that receives, everything else is an instant. Only the beginning and
 * the length of a slice are measured; what happens in between is spread evenly. In reproducible runs
 * and for what happens outside a slice an event takes a microsecond.
 */
#include "exec/exec.h"
#include "prof/export.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static bool ends_slice(const TtEventRecord *record) {
    return record->kind == TT_EVENT_WAIT || record->kind == TT_EVENT_PREEMPT || record->kind == TT_EVENT_EXIT;
}

static uint64_t slice_length(const TtEventRecord *last) {
    if (last->kind == TT_EVENT_EXIT) return last->value;
    return ends_slice(last) ? last->other : 0;
}

/** Opens an event: phase, name, actor, time in nanoseconds. */
static void open_event(TtExporter *exporter, const char *phase, const char *name, uint32_t actor,
                       uint64_t ns) {
    tt_strbuf_add_text(&exporter->out, exporter->started ? ",\n" : "[\n");
    exporter->started = true;
    tt_strbuf_add_format(&exporter->out,
                         "{\"ph\":\"%s\",\"pid\":1,\"tid\":%" PRIu32 ",\"ts\":%" PRIu64 ".%03u,\"name\":\"",
                         phase, actor, ns / 1000, (unsigned)(ns % 1000));
    for (; *name; name++) tt_strbuf_add_char(&exporter->out, (char)tolower((unsigned char)*name));
    tt_strbuf_add_char(&exporter->out, '"');
}

static void close_event(TtExporter *exporter) {
    tt_strbuf_add_char(&exporter->out, '}');
}

static void add_thread_name(TtExporter *exporter, uint32_t actor, const TtExportEvent *event) {
    tt_strbuf_add_text(&exporter->out, exporter->started ? ",\n" : "[\n");
    exporter->started = true;
    tt_strbuf_add_format(
        &exporter->out,
        "{\"ph\":\"M\",\"pid\":1,\"tid\":%" PRIu32 ",\"name\":\"thread_name\",\"args\":{\"name\":", actor);
    tt_export_quote(&exporter->out, event->text, event->text_length);
    tt_strbuf_add_text(&exporter->out, "}}");
}

/** An arrow's end; `from` and `number` make the arrow's name. */
static void add_flow(TtExporter *exporter, const char *phase, uint32_t actor, uint64_t ns, uint32_t from,
                     uint64_t number) {
    open_event(exporter, phase, "message", actor, ns);
    tt_strbuf_add_format(&exporter->out, ",\"cat\":\"message\",\"id\":\"0x%08" PRIx32 "%08" PRIx64 "\"", from,
                         number & UINT32_MAX);
    if (phase[0] == 'f') tt_strbuf_add_text(&exporter->out, ",\"bp\":\"e\"");
    close_event(exporter);
}

static void add_instant(TtExporter *exporter, const TtExportEvent *event, uint64_t ns) {
    const TtEventRecord *record = &event->record;
    const TtEventInfo *info = &tt_event_infos[record->kind];
    TtStrbuf *out = &exporter->out;
    open_event(exporter, "i", info->name, record->pid, ns);
    tt_strbuf_add_text(out, ",\"s\":\"t\",\"args\":{");
    const char *separator = "";
    if (info->other[0] != '-') {
        tt_strbuf_add_format(out, "\"%s\":%" PRIu32, info->other, record->other);
        separator = ",";
    }
    if (info->text[0] != '-') {
        tt_strbuf_add_format(out, "%s\"%s\":", separator, info->text);
        tt_export_quote(out, event->text, event->text_length);
        separator = ",";
    }
    const char *file = record->file ? exporter->file(exporter->context, record->file - 1u) : NULL;
    if (file) {
        tt_strbuf_add_format(out, "%s\"at\":", separator);
        TtStrbuf place = {0};
        tt_strbuf_add_format(&place, "%s:%" PRIu32, file, record->line);
        tt_export_quote(out, place.bytes, place.length);
        tt_strbuf_free(&place);
    }
    tt_strbuf_add_char(out, '}');
    close_event(exporter);
}

static void add_inside(TtExporter *exporter, const TtExportEvent *event, uint64_t ns) {
    const TtEventRecord *record = &event->record;
    switch ((TtEventKind)record->kind) {
    case TT_EVENT_RUN:
    case TT_EVENT_WAIT:
    case TT_EVENT_PREEMPT: return;
    case TT_EVENT_SPAWN: add_thread_name(exporter, record->other, event); break;
    case TT_EVENT_REGISTER: add_thread_name(exporter, record->pid, event); break;
    default: break;
    }
    add_instant(exporter, event, ns);
    if (record->kind == TT_EVENT_SEND) add_flow(exporter, "s", record->pid, ns, record->pid, record->value);
    if (record->kind == TT_EVENT_RECEIVE && record->other)
        add_flow(exporter, "f", record->pid, ns, record->other, record->value);
}

/** Writes what a worker did from a RUN on; it ends with the slice, or where the next one begins. */
static void flush_slice(TtExporter *exporter, uint32_t worker) {
    const TtExportEvent *events = exporter->slices[worker].items;
    uint32_t count = exporter->slices[worker].count;
    if (!count) return;
    bool is_slice = events[0].record.kind == TT_EVENT_RUN;
    uint64_t clock = is_slice && exporter->clocked ? events[0].record.value : 0, start, step;
    if (clock) {
        if (!exporter->first_ns) exporter->first_ns = clock;
        start = clock - (clock < exporter->first_ns ? clock : exporter->first_ns);
        uint64_t length = slice_length(&events[count - 1].record);
        step = length / count;
    } else {
        start = events[0].record.sequence * 1000;
        step = 1000;
    }
    if (is_slice) open_event(exporter, "B", "run", events[0].record.pid, start);
    if (is_slice) close_event(exporter);
    for (uint32_t i = is_slice; i < count; i++) add_inside(exporter, &events[i], start + i * step);
    if (is_slice) {
        open_event(exporter, "E", "run", events[0].record.pid, start + count * step);
        close_event(exporter);
    }
    exporter->slices[worker].count = 0;
}

void tt_export_perfetto_add(TtExporter *exporter, const TtExportEvent *event) {
    uint32_t worker = event->record.worker;
    if (event->record.kind == TT_EVENT_RUN) flush_slice(exporter, worker);
    tt_vec_push(&exporter->slices[worker], *event);
    if (ends_slice(&event->record)) flush_slice(exporter, worker);
}

void tt_export_perfetto_close(TtExporter *exporter) {
    for (uint32_t i = 0; i < 256; i++) flush_slice(exporter, i);
    tt_strbuf_add_text(&exporter->out, exporter->started ? "\n]\n" : "[]\n");
}
