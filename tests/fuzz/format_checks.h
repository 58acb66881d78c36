// SPDX-License-Identifier: MIT
/** What reading and writing a format must hold for any text. Failures abort, so that libFuzzer sees them. */
#ifndef TT_FUZZ_FORMAT_CHECKS_H
#define TT_FUZZ_FORMAT_CHECKS_H

#include "base/error.h"
#include "base/utf8.h"
#include "heap_fixture.h"

typedef TtResult (*ParseFn)(TtHeap *heap, const char *op, const char *text, size_t length, TtError *error,
                            TtValue *out);
typedef TtResult (*WriteFn)(TtStrbuf *out, const char *op, TtValue value, TtError *error);

/** With little memory there is the same value, the same error, or HeapExceeded, and nothing leaks. */
static inline void check_small_heap(ParseFn parse, const char *text, size_t length, uint64_t limit,
                                    TtResult expected) {
    Fixture small;
    TtError error = {0};
    fixture_init(&small, limit);
    TtResult result = parse(&small.heap, "READ", text, length, &error, &small.roots[0]);
    MUST(result == expected || result == TT_ERR_HEAP_EXCEEDED);
    if (result != TT_OK) small.roots[0] = tt_null();
    fixture_collect(&small);
    tt_heap_free(&small.heap, NULL);
    MUST(small.pool.used == 0);
    tt_error_free(&error);
}

/** Parses, writes, parses, writes: both values and both texts are the same. */
static inline void check_format(ParseFn parse, WriteFn write, const char *text, size_t length) {
    if (!tt_utf8_valid(text, length)) return;
    Fixture f;
    TtError error = {0};
    fixture_init(&f, 256u << 20);
    TtResult result = parse(&f.heap, "READ", text, length, &error, &f.roots[0]);
    MUST(result == TT_OK || result == TT_ERR_PARSE_ERROR);
    if (result == TT_OK) {
        TtStrbuf first = {0}, second = {0};
        MUST(write(&first, "WRITE", f.roots[0], &error) == TT_OK);
        fixture_collect(&f);
        MUST(tt_utf8_valid(tt_strbuf_text(&first), first.length));
        MUST(parse(&f.heap, "READ", tt_strbuf_text(&first), first.length, &error, &f.roots[1]) == TT_OK);
        MUST(tt_value_equal(f.roots[0], f.roots[1]));
        MUST(write(&second, "WRITE", f.roots[1], &error) == TT_OK);
        MUST(second.length == first.length &&
             memcmp(tt_strbuf_text(&second), tt_strbuf_text(&first), first.length) == 0);
        tt_strbuf_free(&first);
        tt_strbuf_free(&second);
    } else {
        f.roots[0] = tt_null();
        MUST(strstr(tt_strbuf_text(&error.message), " at line ") != NULL);
    }
    fixture_collect(&f);
    tt_heap_free(&f.heap, NULL);
    MUST(f.pool.used == 0);
    tt_error_free(&error);
    check_small_heap(parse, text, length, 600 + length * 3, result);
}

#endif
