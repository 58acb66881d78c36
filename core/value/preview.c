// SPDX-License-Identifier: MIT
/** A value as PRINT shows it, as far as a bounded text goes: large values cost no more than small ones. */
#include "value/print.h"

/** Deeper values show as `…`; also the bound of the recursion. */
#define MAX_DEPTH 8

static bool is_full(const TtStrbuf *out, size_t end) {
    return out->length >= end;
}

static void add_bytes(TtStrbuf *out, TtValue text, size_t end) {
    size_t room = out->length < end ? end - out->length : 0, length = text.len;
    const char *bytes = tt_bytes_data(text);
    if (length > room) {
        length = room;
        while (length < text.len && ((unsigned char)bytes[length] & 0xC0) == 0x80) length++;
    }
    tt_strbuf_add(out, bytes, length);
}

static void add(TtStrbuf *out, TtValue v, size_t end, int depth) {
    if (v.tag == TT_TAG_STR) {
        add_bytes(out, v, end);
        return;
    }
    if (v.tag == TT_TAG_EXCEPTION) {
        tt_strbuf_add_text(out, "Exception: ");
        add_bytes(out, tt_exception(v)->message, end);
        return;
    }
    if (v.tag != TT_TAG_LIST && v.tag != TT_TAG_OBJECT) {
        (void)tt_print_value(out, v);
        return;
    }
    bool is_list = v.tag == TT_TAG_LIST;
    tt_strbuf_add_char(out, is_list ? '[' : '{');
    if (depth == MAX_DEPTH) tt_strbuf_add_text(out, "…");
    for (uint32_t i = 0; i < v.len && depth < MAX_DEPTH && !is_full(out, end); i++) {
        if (i) tt_strbuf_add_text(out, ", ");
        if (is_list) {
            add(out, tt_list_items(v)[i], end, depth + 1);
            continue;
        }
        add_bytes(out, tt_map_entries(v)[i].key, end);
        tt_strbuf_add_text(out, ": ");
        add(out, tt_map_entries(v)[i].value, end, depth + 1);
    }
    tt_strbuf_add_char(out, is_list ? ']' : '}');
}

void tt_print_preview(TtStrbuf *out, TtValue v, size_t limit) {
    static const char ellipsis[] = "…";
    size_t start = out->length;
    /* One byte more than can stay shows that it was cut. */
    add(out, v, start + limit + 1, 0);
    if (out->length - start <= limit) return;
    size_t end = start + (limit > sizeof ellipsis - 1 ? limit - (sizeof ellipsis - 1) : 0);
    while (end > start && ((unsigned char)out->bytes[end] & 0xC0) == 0x80) end--;
    out->length = end;
    tt_strbuf_add_text(out, ellipsis);
}
