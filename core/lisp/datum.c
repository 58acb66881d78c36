// SPDX-License-Identifier: MIT
#include "lisp/datum.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "value/print.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define CHUNK_BYTES (64u << 10)

void *tt_lisp_alloc(TtLispArena *arena, size_t size) {
    size = (size + 15) & ~(size_t)15;
    arena->total += size;
    if (!arena->chunks.count || arena->size - arena->used < size) {
        arena->size = size > CHUNK_BYTES ? size : CHUNK_BYTES;
        arena->used = 0;
        char *chunk = tt_alloc(arena->size);
        tt_vec_push(&arena->chunks, chunk);
    }
    void *block = tt_vec_last(&arena->chunks) + arena->used;
    arena->used += size;
    memset(block, 0, size);
    return block;
}

void tt_lisp_arena_free(TtLispArena *arena) {
    for (uint32_t i = 0; i < arena->chunks.count; i++) tt_free(arena->chunks.items[i]);
    tt_vec_free(&arena->chunks);
    *arena = (TtLispArena){0};
}

/* ---- places ---------------------------------------------------------------------------------------- */

void tt_lisp_text_init(TtLispText *text, const char *source, size_t length, TtDiags *diags) {
    *text = (TtLispText){.source = source, .length = (uint32_t)length, .diags = diags};
    tt_vec_push(&text->lines, 0);
    for (uint32_t i = 0; i < length; i++)
        if (source[i] == '\n') tt_vec_push(&text->lines, i + 1);
}

void tt_lisp_text_free(TtLispText *text) {
    tt_vec_free(&text->lines);
}

void tt_lisp_text_place(const TtLispText *text, uint32_t at, uint32_t *line, uint32_t *byte_column) {
    uint32_t low = 0, high = text->lines.count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (text->lines.items[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    *line = low + 1;
    *byte_column = at - text->lines.items[low] + 1;
}

/** Code points before a place of a line; a line that is not UTF-8 counts bytes. */
static uint32_t column_of(const char *line, uint32_t bytes) {
    return (tt_utf8_valid(line, bytes) ? (uint32_t)tt_utf8_count(line, bytes) : bytes) + 1;
}

void tt_lisp_report(const TtLispText *text, bool warning, uint32_t begin, uint32_t end,
                    const char *suggestion, const char *format, ...) {
    uint32_t line, byte_column;
    tt_lisp_text_place(text, begin, &line, &byte_column);
    const char *start = text->source + text->lines.items[line - 1];
    uint32_t limit = line < text->lines.count ? text->lines.items[line] - 1 : text->length;
    if (end > limit) end = limit;
    if (end > begin && text->source[end - 1] == '\r') end--;
    if (end < begin) end = begin;
    uint32_t column = column_of(start, byte_column - 1);
    uint32_t end_column = column_of(start, (uint32_t)(text->source + end - start));
    if (end_column < column) end_column = column;
    TtStrbuf message = {0};
    va_list args;
    va_start(args, format);
    tt_strbuf_add_format_list(&message, format, args);
    va_end(args);
    tt_diag_add(text->diags, warning, line, column, end_column, suggestion, "%s", tt_strbuf_text(&message));
    tt_strbuf_free(&message);
}

/* ---- text ------------------------------------------------------------------------------------------ */

/** What is still to be written: an item of a list, or a piece of punctuation. */
static void write_datum(TtStrbuf *out, const TtNames *symbols, const TtDatum *datum, size_t limit) {
    if (out->length >= limit) return;
    switch ((TtLispKind)datum->kind) {
    case TT_LISP_NULL: tt_strbuf_add_text(out, "null"); return;
    case TT_LISP_BOOL: tt_strbuf_add_text(out, datum->as.b ? "#t" : "#f"); return;
    case TT_LISP_INT: tt_print_int(out, datum->as.i); return;
    case TT_LISP_FLOAT: {
        size_t start = out->length;
        tt_print_float(out, datum->as.f);
        if (!strpbrk(out->bytes + start, ".Nn")) tt_strbuf_add_text(out, ".0");
        return;
    }
    case TT_LISP_STR: tt_print_quoted(out, datum->as.text, datum->count); return;
    case TT_LISP_SYMBOL: tt_strbuf_add_text(out, tt_names_text(symbols, datum->as.symbol)); return;
    case TT_LISP_PROCEDURE: tt_strbuf_add_text(out, "#<procedure>"); return;
    case TT_LISP_LIST:
    case TT_LISP_OBJECT: break;
    }
    bool list = datum->kind == TT_LISP_LIST;
    tt_strbuf_add_char(out, list ? '(' : '{');
    for (uint32_t i = 0; i < datum->count && out->length < limit; i++) {
        if (i) tt_strbuf_add_char(out, ' ');
        write_datum(out, symbols, datum->as.items[i], limit);
    }
    if (datum->tail) {
        tt_strbuf_add_text(out, " . ");
        write_datum(out, symbols, datum->tail, limit);
    }
    tt_strbuf_add_char(out, list ? ')' : '}');
}

void tt_lisp_write(TtStrbuf *out, const TtNames *symbols, const TtDatum *datum, size_t limit) {
    size_t start = out->length;
    write_datum(out, symbols, datum, start + limit);
    if (out->length - start <= limit) return;
    size_t length = start + limit;
    while (length > start && ((unsigned char)out->bytes[length] & 0xC0) == 0x80) length--;
    out->length = length;
    out->bytes[length] = '\0';
    tt_strbuf_add_text(out, "…");
}
