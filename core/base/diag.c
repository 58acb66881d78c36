// SPDX-License-Identifier: MIT
#include "base/diag.h"

#include "base/config.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/** Code points of a source line that are shown; longer lines show the part around the mark. */
#define SHOWN_COLUMNS 100
/** Of those, code points shown before the mark. */
#define SHOWN_BEFORE 40

#define RED    "\x1b[1;31m"
#define YELLOW "\x1b[1;33m"
#define BOLD   "\x1b[1m"
#define BLUE   "\x1b[34m"
#define GREEN  "\x1b[32m"
#define RESET  "\x1b[0m"

void tt_diag_add(TtDiags *diags, bool warning, uint32_t line, uint32_t column, uint32_t end_column,
                 const char *suggestion, const char *format, ...) {
    if (!warning && diags->errors >= TT_MAX_DIAGNOSTICS) {
        diags->truncated = true;
        return;
    }
    /* Warnings have the same bound, without a note: they are never the reason of a failure. */
    if (warning && diags->list.count - diags->errors >= TT_MAX_DIAGNOSTICS) return;
    TtStrbuf message = {0};
    va_list args;
    va_start(args, format);
    tt_strbuf_add_format_list(&message, format, args);
    va_end(args);
    TtDiag diag = {.warning = warning, .line = line, .column = column, .end_column = end_column};
    diag.message = tt_strbuf_take(&message);
    if (suggestion) diag.suggestion = tt_alloc_string(suggestion, strlen(suggestion));
    tt_vec_push(&diags->list, diag);
    if (!warning) diags->errors++;
}

void tt_diags_sort(TtDiags *diags) {
    for (uint32_t i = 1; i < diags->list.count; i++) {
        TtDiag diag = diags->list.items[i];
        uint32_t to = i;
        for (; to > 0; to--) {
            const TtDiag *before = &diags->list.items[to - 1];
            if (before->line < diag.line || (before->line == diag.line && before->column <= diag.column))
                break;
            diags->list.items[to] = *before;
        }
        diags->list.items[to] = diag;
    }
}

void tt_diags_free(TtDiags *diags) {
    for (uint32_t i = 0; i < diags->list.count; i++) {
        tt_free(diags->list.items[i].message);
        tt_free(diags->list.items[i].suggestion);
    }
    tt_vec_free(&diags->list);
    diags->errors = 0;
    diags->truncated = false;
}

/** The bytes of a line without its end; false when the text has fewer lines. */
static bool find_line(const char *source, size_t length, uint32_t line, const char **begin,
                      const char **end) {
    const char *at = source, *stop = source + length;
    if (length >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0) at += 3;
    for (; line > 1; line--) {
        const char *newline = at < stop ? memchr(at, '\n', (size_t)(stop - at)) : NULL;
        if (!newline) return false;
        at = newline + 1;
    }
    const char *newline = at < stop ? memchr(at, '\n', (size_t)(stop - at)) : NULL;
    *begin = at;
    *end = newline ? newline : stop;
    if (*end > *begin && (*end)[-1] == '\r') (*end)--;
    return true;
}

/** One code point of any bytes; a byte that begins no valid sequence is taken alone, as U+FFFD. */
static uint32_t next_code_point(const char *at, const char *end, unsigned *size) {
    for (*size = 1; *size <= 4 && *size <= (size_t)(end - at); (*size)++)
        if (tt_utf8_valid(at, *size)) {
            unsigned same;
            return tt_utf8_decode(at, &same);
        }
    *size = 1;
    return 0xFFFD;
}

/** Source text is shown as it is, but cannot control the terminal. */
static void add_visible(TtStrbuf *out, uint32_t c, const char *bytes, unsigned size) {
    bool control = (c < 0x20 && c != '\t') || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
                   (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    if (control || c == 0xFFFD)
        tt_strbuf_add_text(out, "\xEF\xBF\xBD");
    else
        tt_strbuf_add(out, bytes, size);
}

static void add_source(TtStrbuf *out, const TtDiag *diag, const char *begin, const char *end, bool color) {
    uint32_t first = diag->column > SHOWN_BEFORE + 1 ? diag->column - SHOWN_BEFORE : 1;
    /* A line that fits is shown from its start. */
    if (diag->column <= SHOWN_COLUMNS && (size_t)(end - begin) <= SHOWN_COLUMNS) first = 1;
    TtStrbuf text = {0}, mark = {0};
    if (first > 1) {
        tt_strbuf_add_text(&text, "…");
        tt_strbuf_add_char(&mark, ' ');
    }
    uint32_t column = 1, marks = 0;
    const char *at = begin;
    while (at < end && column < first + SHOWN_COLUMNS) {
        unsigned size;
        uint32_t c = next_code_point(at, end, &size);
        if (column >= first) {
            add_visible(&text, c, at, size);
            if (column < diag->column) {
                tt_strbuf_add_char(&mark, c == '\t' ? '\t' : ' ');
            } else if (column < diag->end_column || column == diag->column) {
                tt_strbuf_add_char(&mark, '^');
                marks++;
            }
        }
        at += size;
        column++;
    }
    if (at < end) tt_strbuf_add_text(&text, "…");
    /* The mark may stand just behind the line: something is missing there. */
    if (!marks) tt_strbuf_add_char(&mark, '^');
    const char *blue = color ? BLUE : "", *green = color ? GREEN : "", *reset = color ? RESET : "";
    tt_strbuf_add_format(out, "%s%5" PRIu32 " |%s ", blue, diag->line, reset);
    tt_strbuf_add(out, text.bytes, text.length);
    tt_strbuf_add_format(out, "\n%s      |%s %s", blue, reset, green);
    tt_strbuf_add(out, mark.bytes, mark.length);
    tt_strbuf_add_format(out, "%s\n", reset);
    tt_strbuf_free(&text);
    tt_strbuf_free(&mark);
}

void tt_diag_print(TtStrbuf *out, const TtDiag *diag, const char *file, const char *source, size_t length,
                   bool color) {
    const char *bold = color ? BOLD : "", *reset = color ? RESET : "";
    if (diag->warning)
        tt_strbuf_add_format(out, "%sWarning:%s ", color ? YELLOW : "", reset);
    else
        tt_strbuf_add_format(out, "%sError:%s ", color ? RED : "", reset);
    tt_strbuf_add_format(out, "%s%s", bold, file);
    if (diag->line) tt_strbuf_add_format(out, ":%" PRIu32, diag->line);
    if (diag->line && diag->column) tt_strbuf_add_format(out, ":%" PRIu32, diag->column);
    tt_strbuf_add_format(out, ":%s %s", reset, diag->message);
    if (diag->suggestion) tt_strbuf_add_format(out, " (did you mean %s?)", diag->suggestion);
    tt_strbuf_add_char(out, '\n');
    const char *begin, *end;
    if (!source || !diag->line || !diag->column || !find_line(source, length, diag->line, &begin, &end))
        return;
    add_source(out, diag, begin, end, color);
}
