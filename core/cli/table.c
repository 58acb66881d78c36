// SPDX-License-Identifier: MIT
#include "table.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const colors[] = {"", "\x1b[32m", "\x1b[33m", "\x1b[31m"};
#define RESET "\x1b[0m"

void tt_cli_table_add(TtCliTable *table, TtCliPaint paint, const char *format, ...) {
    TtStrbuf text = {0};
    va_list values;
    va_start(values, format);
    tt_strbuf_add_format_list(&text, format, values);
    va_end(values);
    TtCliCell cell = {.text = tt_strbuf_take(&text), .paint = paint};
    tt_vec_push(&table->cells, cell);
}

static size_t width_of(const char *text) {
    return tt_utf8_count(text, strlen(text));
}

void tt_cli_add_painted(TtStrbuf *out, TtCliPaint paint, bool color, const char *text) {
    bool painted = color && paint != TT_CLI_PLAIN;
    if (painted) tt_strbuf_add_text(out, colors[paint]);
    tt_strbuf_add_text(out, text);
    if (painted) tt_strbuf_add_text(out, RESET);
}

static void add_rule(TtStrbuf *out, const size_t *widths, uint32_t columns, const char *left,
                     const char *line, const char *cross, const char *right) {
    for (uint32_t column = 0; column < columns; column++) {
        tt_strbuf_add_text(out, column ? cross : left);
        for (size_t i = 0; i < widths[column] + 2; i++) tt_strbuf_add_text(out, line);
    }
    tt_strbuf_add_text(out, right);
    tt_strbuf_add_char(out, '\n');
}

static void add_blanks(TtStrbuf *out, size_t count) {
    while (count-- > 0) tt_strbuf_add_char(out, ' ');
}

/** By column; the caller frees them. */
static size_t *find_widths(const TtCliTable *table) {
    size_t *widths = tt_alloc_zero(table->columns * sizeof *widths);
    for (uint32_t i = 0; i < table->cells.count; i++) {
        size_t width = width_of(table->cells.items[i].text);
        if (width > widths[i % table->columns]) widths[i % table->columns] = width;
    }
    return widths;
}

void tt_cli_table_print(const TtCliTable *table, TtStrbuf *out, bool color) {
    uint32_t columns = table->columns;
    size_t *widths = find_widths(table);
    add_rule(out, widths, columns, "┌", "─", "┬", "┐");
    for (uint32_t i = 0; i < table->cells.count; i++) {
        const TtCliCell *cell = &table->cells.items[i];
        uint32_t column = i % columns;
        size_t blanks = widths[column] - width_of(cell->text);
        bool right = i >= columns && (table->right >> column & 1);
        tt_strbuf_add_text(out, column ? "┆ " : "│ ");
        if (right) add_blanks(out, blanks);
        tt_cli_add_painted(out, cell->paint, color, cell->text);
        if (!right) add_blanks(out, blanks);
        tt_strbuf_add_char(out, ' ');
        if (column + 1 < columns) continue;
        tt_strbuf_add_text(out, "│\n");
        if (i + 1 == columns) add_rule(out, widths, columns, "╞", "═", "╪", "╡");
    }
    add_rule(out, widths, columns, "└", "─", "┴", "┘");
    tt_free(widths);
}

void tt_cli_table_print_plain(const TtCliTable *table, TtStrbuf *out, bool color) {
    size_t *widths = find_widths(table);
    for (uint32_t i = 0; i < table->cells.count; i++) {
        const TtCliCell *cell = &table->cells.items[i];
        uint32_t column = i % table->columns;
        bool last = column + 1 == table->columns, right = table->right >> column & 1;
        size_t blanks = widths[column] - width_of(cell->text);
        if (column) tt_strbuf_add_text(out, "  ");
        if (right) add_blanks(out, blanks);
        tt_cli_add_painted(out, cell->paint, color, cell->text);
        if (!right && !last) add_blanks(out, blanks);
        if (last) tt_strbuf_add_char(out, '\n');
    }
    tt_free(widths);
}

void tt_cli_table_free(TtCliTable *table) {
    for (uint32_t i = 0; i < table->cells.count; i++) tt_free(table->cells.items[i].text);
    tt_vec_free(&table->cells);
}
