// SPDX-License-Identifier: MIT
#include "prof/export.h"

#include "exec/exec.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

void tt_export_open(TtExporter *exporter, TtExportFormat format, bool clocked,
                    const char *(*file)(void *context, uint32_t index), void *context) {
    *exporter = (TtExporter){.format = format, .clocked = clocked, .file = file, .context = context};
}

void tt_export_free(TtExporter *exporter) {
    for (size_t i = 0; i < sizeof exporter->slices / sizeof *exporter->slices; i++)
        tt_vec_free(&exporter->slices[i]);
    tt_strbuf_free(&exporter->out);
}

void tt_export_quote(TtStrbuf *out, const char *text, size_t length) {
    tt_strbuf_add_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            tt_strbuf_add_char(out, '\\');
            tt_strbuf_add_char(out, (char)c);
        } else if (c < 0x20 || c == 0x7F) {
            tt_strbuf_add_format(out, "\\u%04x", c);
        } else {
            tt_strbuf_add_char(out, (char)c);
        }
    }
    tt_strbuf_add_char(out, '"');
}

static bool has(const char *field) {
    return field[0] != '-';
}

static void add_lower(TtStrbuf *out, const char *name) {
    for (; *name; name++) tt_strbuf_add_char(out, (char)tolower((unsigned char)*name));
}

static const char *file_of(const TtExporter *exporter, const TtEventRecord *record) {
    return record->file ? exporter->file(exporter->context, record->file - 1u) : NULL;
}

/** The value in words where it is a number for something. */
static const char *value_word(const TtEventRecord *record) {
    return record->kind == TT_EVENT_WAIT ? tt_exec_wait_text((unsigned)record->value) : NULL;
}

/** `<2> receive from=1 message=1 "hello" (main.ttvm:12)` */
static void add_text_line(TtExporter *exporter, const TtExportEvent *event) {
    const TtEventRecord *record = &event->record;
    const TtEventInfo *info = &tt_event_infos[record->kind];
    TtStrbuf *out = &exporter->out;
    tt_strbuf_add_format(out, "<%" PRIu32 "> ", record->pid);
    add_lower(out, info->name);
    if (has(info->other)) tt_strbuf_add_format(out, " %s=%" PRIu32, info->other, record->other);
    if (value_word(record))
        tt_strbuf_add_format(out, " for %s", value_word(record));
    else if (has(info->value))
        tt_strbuf_add_format(out, " %s=%" PRIu64, info->value, record->value);
    if (has(info->text)) {
        tt_strbuf_add_char(out, ' ');
        tt_export_quote(out, event->text, event->text_length);
    }
    const char *file = file_of(exporter, record);
    if (file) tt_strbuf_add_format(out, " (%s:%" PRIu32 ")", file, record->line);
    tt_strbuf_add_char(out, '\n');
}

static void add_json_line(TtExporter *exporter, const TtExportEvent *event) {
    const TtEventRecord *record = &event->record;
    const TtEventInfo *info = &tt_event_infos[record->kind];
    TtStrbuf *out = &exporter->out;
    tt_strbuf_add_format(out, "{\"sequence\":%" PRIu64 ",\"event\":\"", record->sequence);
    add_lower(out, info->name);
    tt_strbuf_add_format(out, "\",\"worker\":%u,\"actor\":%" PRIu32, record->worker, record->pid);
    if (has(info->other)) tt_strbuf_add_format(out, ",\"%s\":%" PRIu32, info->other, record->other);
    if (value_word(record))
        tt_strbuf_add_format(out, ",\"%s\":\"%s\"", info->value, value_word(record));
    else if (has(info->value))
        tt_strbuf_add_format(out, ",\"%s\":%" PRIu64, info->value, record->value);
    if (has(info->text)) {
        tt_strbuf_add_format(out, ",\"%s\":", info->text);
        tt_export_quote(out, event->text, event->text_length);
    }
    const char *file = file_of(exporter, record);
    if (file) {
        tt_strbuf_add_text(out, ",\"file\":");
        tt_export_quote(out, file, strlen(file));
        tt_strbuf_add_format(out, ",\"line\":%" PRIu32, record->line);
    }
    tt_strbuf_add_text(out, "}\n");
}

static void add_event(TtExporter *exporter, const TtExportEvent *event) {
    switch (exporter->format) {
    case TT_EXPORT_TEXT: add_text_line(exporter, event); break;
    case TT_EXPORT_JSON: add_json_line(exporter, event); break;
    case TT_EXPORT_PERFETTO: tt_export_perfetto_add(exporter, event); break;
    }
}

void tt_export_add(TtExporter *exporter, const TtEventRecord *records, uint32_t count) {
    for (uint32_t i = 0; i < count;) {
        TtExportEvent event = {.record = records[i++]};
        for (; i < count && records[i].kind == TT_EVENT_TEXT; i++) {
            if (event.text_length + TT_EVENT_TEXT_BYTES >= sizeof event.text) continue;
            memcpy(event.text + event.text_length, records[i].text, TT_EVENT_TEXT_BYTES);
            event.text_length += TT_EVENT_TEXT_BYTES;
        }
        while (event.text_length && event.text[event.text_length - 1] == '\0') event.text_length--;
        add_event(exporter, &event);
    }
}

void tt_export_close(TtExporter *exporter, uint64_t dropped) {
    if (exporter->format == TT_EXPORT_PERFETTO) tt_export_perfetto_close(exporter);
    if (!dropped || exporter->format == TT_EXPORT_PERFETTO) return;
    tt_strbuf_add_format(&exporter->out,
                         exporter->format == TT_EXPORT_JSON ? "{\"dropped\":%" PRIu64 "}\n"
                                                            : "%" PRIu64 " events were lost\n",
                         dropped);
}
