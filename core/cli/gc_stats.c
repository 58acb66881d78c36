// SPDX-License-Identifier: MIT
#include "cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/** "1,234,567". */
static void add_number(TtStrbuf *out, uint64_t number, int width) {
    char digits[32], text[48];
    int count = snprintf(digits, sizeof digits, "%" PRIu64, number), at = 0;
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0) text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    tt_strbuf_add_format(out, "%*s", width, text);
}

static void add_amount(TtStrbuf *out, const char *label, uint64_t bytes, uint64_t objects) {
    tt_strbuf_add_format(out, "  %-12s", label);
    add_number(out, bytes, 20);
    tt_strbuf_add_text(out, " bytes in ");
    add_number(out, objects, 16);
    tt_strbuf_add_text(out, objects == 1 ? " object\n" : " objects\n");
}

void tt_cli_add_gc_stats(TtStrbuf *out, const TtReport *report, const char *engine) {
    tt_strbuf_add_format(out, "=== Garbage collection (%s) ===\n", engine);
    add_amount(out, "allocated", report->gc_allocated_bytes, report->gc_allocated_objects);
    add_amount(out, "freed", report->gc_freed_bytes, report->gc_freed_objects);
    add_amount(out, "live at end", report->gc_live_bytes, report->gc_live_objects);
    tt_strbuf_add_format(out, "  %-12s", "collections");
    add_number(out, report->gc_collections, 20);
    tt_strbuf_add_char(out, '\n');
    uint64_t average = report->gc_pauses ? report->gc_pause_total_ns / report->gc_pauses : 0;
    tt_strbuf_add_format(out, "  %-12s%20.3f ms in all, %.3f ms on average, %.3f ms the longest\n", "pauses",
                         (double)report->gc_pause_total_ns / 1e6, (double)average / 1e6,
                         (double)report->gc_pause_max_ns / 1e6);
}
