// SPDX-License-Identifier: MIT
#include "format/csv.h"

#include "base/config.h"
#include "format/format_internal.h"
#include "value/print.h"

#include <string.h>

/* ---- reading ------------------------------------------------------------------------------------ */

typedef struct Reader {
    TtHeap *heap;
    TtError *error;
    const char *op;
    const char *text, *at, *end;
    TtScratch scratch; /* complete records, then the fields of the current one */
    TtStrbuf unquoted;
} Reader;

static TtResult fail(Reader *r, const char *at, const char *expected) {
    return format_error(r->error, r->op, r->text, (size_t)(r->end - r->text), (size_t)(at - r->text),
                        expected);
}

/** Length of the line end at `at`: 0 when there is none. */
static size_t line_end(const Reader *r, const char *at) {
    if (at < r->end && *at == '\n') return 1;
    return r->end - at >= 2 && at[0] == '\r' && at[1] == '\n' ? 2 : 0;
}

static TtResult push_field(Reader *r, const char *text, size_t length) {
    TtValue field;
    bool made = tt_bytes_new(r->heap, TT_TAG_STR, text, length, &field) && scratch_push(&r->scratch, field);
    return made ? TT_OK : TT_ERR_HEAP_EXCEEDED;
}

static TtResult read_plain(Reader *r) {
    const char *from = r->at, *at = from;
    while (at < r->end && *at != ',' && *at != '"' && *at != '\n' && !(*at == '\r' && line_end(r, at))) at++;
    if (at < r->end && *at == '"') return fail(r, at, "a field with quotes to be quoted");
    r->at = at;
    return push_field(r, from, (size_t)(at - from));
}

static TtResult read_quoted(Reader *r) {
    const char *from = r->at + 1;
    tt_strbuf_clear(&r->unquoted);
    for (;;) {
        const char *quote = from < r->end ? memchr(from, '"', (size_t)(r->end - from)) : NULL;
        if (!quote) return fail(r, r->end, "the closing \" of a field");
        bool doubled = quote + 1 < r->end && quote[1] == '"';
        if (!doubled) {
            r->at = quote + 1;
            if (r->at < r->end && *r->at != ',' && !line_end(r, r->at))
                return fail(r, r->at, "',' or the end of the line behind a quoted field");
            if (!r->unquoted.length) return push_field(r, from, (size_t)(quote - from));
            tt_strbuf_add(&r->unquoted, from, (size_t)(quote - from));
            return push_field(r, tt_strbuf_text(&r->unquoted), r->unquoted.length);
        }
        tt_strbuf_add(&r->unquoted, from, (size_t)(quote + 1 - from));
        from = quote + 2;
    }
}

static TtResult read_record(Reader *r) {
    size_t start = r->scratch.count;
    for (;;) {
        TT_TRY(r->at < r->end && *r->at == '"' ? read_quoted(r) : read_plain(r));
        if (r->at == r->end || *r->at != ',') break;
        r->at++;
    }
    r->at += line_end(r, r->at);
    return scratch_close_list(&r->scratch, r->heap, start) ? TT_OK : TT_ERR_HEAP_EXCEEDED;
}

static TtResult read_records(Reader *r, TtValue *out) {
    while (r->at < r->end) TT_TRY(read_record(r));
    if (!scratch_close_list(&r->scratch, r->heap, 0)) return TT_ERR_HEAP_EXCEEDED;
    *out = r->scratch.items[0];
    return TT_OK;
}

TtResult tt_csv_parse(TtHeap *heap, const char *op, const char *text, size_t length, TtError *error,
                      TtValue *out) {
    Reader r = {heap, error, op, text, text + format_mark(text, length), text + length, {.pool = heap->pool},
                {0}};
    TtResult result = read_records(&r, out);
    scratch_free(&r.scratch);
    tt_strbuf_free(&r.unquoted);
    return result;
}

/* ---- writing ------------------------------------------------------------------------------------ */

static TtResult refuse(TtError *error, const char *op, const char *expected, TtValue got) {
    return tt_error_set(error, TT_ERR_TYPE_MISMATCH, "%s expects %s but got %s", op, expected,
                        tt_type_name(got));
}

/** A byte order mark is quoted because reading skips one at the start of the text. */
static void write_text(TtStrbuf *out, TtValue str) {
    const char *text = tt_bytes_data(str), *end = text + str.len;
    bool quoted = format_mark(text, str.len) > 0;
    for (const char *at = text; at < end && !quoted; at++)
        quoted = *at == ',' || *at == '"' || *at == '\n' || *at == '\r';
    if (!quoted) {
        tt_strbuf_add(out, text, str.len);
        return;
    }
    tt_strbuf_add_char(out, '"');
    for (const char *quote; text < end && (quote = memchr(text, '"', (size_t)(end - text)));
         text = quote + 1) {
        tt_strbuf_add(out, text, (size_t)(quote + 1 - text));
        tt_strbuf_add_char(out, '"');
    }
    tt_strbuf_add(out, text, (size_t)(end - text));
    tt_strbuf_add_char(out, '"');
}

TtResult tt_csv_write_record(TtStrbuf *out, const char *op, TtValue fields, TtError *error) {
    for (uint32_t i = 0; i < fields.len; i++) {
        TtValue field = tt_list_items(fields)[i];
        if (i) tt_strbuf_add_char(out, ',');
        switch (field.tag) {
        case TT_TAG_STR: write_text(out, field); break;
        case TT_TAG_NULL: break;
        case TT_TAG_INT:
        case TT_TAG_FLOAT:
        case TT_TAG_BOOL:
            if (!tt_print_value(out, field)) return TT_ERR_HEAP_EXCEEDED;
            break;
        default: return refuse(error, op, "strings, numbers, Bools or null as fields", field);
        }
        if (tt_strbuf_is_full(out)) return TT_ERR_HEAP_EXCEEDED;
    }
    return TT_OK;
}

TtResult tt_csv_write(TtStrbuf *out, const char *op, TtValue records, TtError *error) {
    if (records.tag != TT_TAG_LIST) return refuse(error, op, "a list of lists", records);
    for (uint32_t i = 0; i < records.len; i++) {
        TtValue record = tt_list_items(records)[i];
        if (record.tag != TT_TAG_LIST) return refuse(error, op, "a list of lists", record);
        TT_TRY(tt_csv_write_record(out, op, record, error));
        tt_strbuf_add_char(out, '\n');
    }
    return tt_strbuf_is_full(out) ? TT_ERR_HEAP_EXCEEDED : TT_OK;
}
