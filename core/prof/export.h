// SPDX-License-Identifier: MIT
/**
 * Events as text: a line each for people, a line of JSON each for programs, or one JSON array in the form of
 * Chrome's trace events, which Perfetto opens.
 */
#ifndef TT_PROF_EXPORT_H
#define TT_PROF_EXPORT_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "trace/ring.h"

typedef enum TtExportFormat { TT_EXPORT_TEXT, TT_EXPORT_JSON, TT_EXPORT_PERFETTO } TtExportFormat;

/** An event with its text joined; NUL-terminated. */
typedef struct TtExportEvent {
    TtEventRecord record;
    uint32_t text_length;
    char text[TT_EVENT_TEXT_BYTES * TT_EVENT_TEXT_RECORDS + 1];
} TtExportEvent;

typedef struct TtExporter {
    TtExportFormat format;
    bool clocked; /* the times of slices mean something: neither seeded nor virtual time */
    /** Name of the source file with an index; NULL when there is none. */
    const char *(*file)(void *context, uint32_t index);
    void *context;
    TtStrbuf out; /* what has been made and not been taken */
    /* Perfetto: events of each worker's slice, until its length is known */
    TT_VEC(TtExportEvent) slices[256];
    uint64_t first_ns; /* of the first RUN; times count from there */
    bool started;
} TtExporter;

void tt_export_open(TtExporter *exporter, TtExportFormat format, bool clocked,
                    const char *(*file)(void *context, uint32_t index), void *context);
/** Whole events, in order. */
void tt_export_add(TtExporter *exporter, const TtEventRecord *records, uint32_t count);
/** After the last event: what is left, and how many were lost. */
void tt_export_close(TtExporter *exporter, uint64_t dropped);
void tt_export_free(TtExporter *exporter);

/* ---- private to prof/ ------------------------------------------------------------------------------ */

/** Appends a JSON string. */
void tt_export_quote(TtStrbuf *out, const char *text, size_t length);
void tt_export_perfetto_add(TtExporter *exporter, const TtExportEvent *event);
void tt_export_perfetto_close(TtExporter *exporter);

#endif
