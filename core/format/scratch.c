// SPDX-License-Identifier: MIT
#include "format/format_internal.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include <string.h>

bool scratch_push_slow(TtScratch *scratch, TtValue value) {
    size_t added = scratch->capacity ? scratch->capacity : 64;
    if (scratch->capacity > SIZE_MAX / 4 / sizeof(TtValue) ||
        !tt_heap_pool_take(scratch->pool, added * sizeof(TtValue)))
        return false;
    TtValue *items = tt_realloc_try(scratch->items, (scratch->capacity + added) * sizeof(TtValue));
    if (!items) {
        tt_heap_pool_give(scratch->pool, added * sizeof(TtValue));
        return false;
    }
    scratch->items = items;
    scratch->capacity += added;
    scratch->items[scratch->count++] = value;
    return true;
}

void scratch_free(TtScratch *scratch) {
    tt_heap_pool_give(scratch->pool, scratch->capacity * sizeof(TtValue));
    tt_free(scratch->items);
    *scratch = (TtScratch){.pool = scratch->pool};
}

bool scratch_close_list(TtScratch *scratch, TtHeap *heap, size_t start) {
    size_t count = scratch->count - start;
    const TtValue *items = count ? scratch->items + start : NULL;
    TtValue list;
    if (count > UINT32_MAX || !tt_list_new(heap, items, (uint32_t)count, &list)) return false;
    scratch->count = start;
    return scratch_push(scratch, list);
}

/** What stands at `at`, as a person would name it. */
static void add_found(TtStrbuf *out, const char *text, size_t length, size_t at) {
    if (at >= length) {
        tt_strbuf_add_text(out, "the end of the text");
        return;
    }
    unsigned size;
    uint32_t code = tt_utf8_decode(text + at, &size);
    if (code == '\n') {
        tt_strbuf_add_text(out, "the end of the line");
    } else if (code < 0x20 || (code >= 0x7F && code < 0xA0)) {
        tt_strbuf_add_format(out, "U+%04X", (unsigned)code);
    } else {
        tt_strbuf_add_char(out, '\'');
        tt_strbuf_add(out, text + at, size);
        tt_strbuf_add_char(out, '\'');
    }
}

TtResult format_error(TtError *error, const char *op, const char *text, size_t length, size_t at,
                      const char *expected) {
    size_t line = 1, start = 0;
    for (const char *p = text; (p = memchr(p, '\n', (size_t)(text + at - p)));) {
        line++;
        start = (size_t)(++p - text);
    }
    if (line == 1) start = format_mark(text, at);
    TtStrbuf found = {0};
    add_found(&found, text, length, at);
    TtResult result =
        tt_error_set(error, TT_ERR_PARSE_ERROR, "%s expects %s but got %s at line %llu, column %llu", op,
                     expected, tt_strbuf_text(&found), (unsigned long long)line,
                     (unsigned long long)tt_utf8_count(text + start, at - start) + 1);
    tt_strbuf_free(&found);
    return result;
}

size_t format_mark(const char *text, size_t length) {
    return length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}
