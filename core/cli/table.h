// SPDX-License-Identifier: MIT
/** Tables drawn with box characters. */
#ifndef TT_CLI_TABLE_H
#define TT_CLI_TABLE_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>

typedef enum TtCliPaint { TT_CLI_PLAIN, TT_CLI_GREEN, TT_CLI_YELLOW, TT_CLI_RED } TtCliPaint;

typedef struct TtCliCell {
    char *text; /* valid UTF-8 */
    TtCliPaint paint;
} TtCliCell;

/** Cells row by row; the first row is the heading. */
typedef struct TtCliTable {
    uint32_t columns;
    uint32_t right; /* bit set of columns that are right-aligned */
    TT_VEC(TtCliCell) cells;
} TtCliTable;

void tt_cli_table_add(TtCliTable *table, TtCliPaint paint, const char *format, ...) TT_PRINTF(3, 4);
void tt_cli_table_print(const TtCliTable *table, TtStrbuf *out, bool color);
/** The same columns without boxes. */
void tt_cli_table_print_plain(const TtCliTable *table, TtStrbuf *out, bool color);
void tt_cli_table_free(TtCliTable *table);

/** `text` in a colour, or as it is. */
void tt_cli_add_painted(TtStrbuf *out, TtCliPaint paint, bool color, const char *text);

#endif
