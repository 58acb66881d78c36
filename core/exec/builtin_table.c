// SPDX-License-Identifier: MIT
#include "exec/builtin.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

const TtBuiltinFn tt_builtin_functions[TT_BUILTIN_COUNT] = {
#define TT_BUILTIN(name, text, arity, signature, doc) [TT_BUILTIN_##name] = tt_builtin_##name,
#include "bytecode/builtins.def"
#undef TT_BUILTIN
};

static const char *get_short_name(const TtBuiltinCall *call) {
    const char *point = strchr(call->name, '.');
    return point ? point + 1 : call->name;
}

TtResult tt_builtin_type_error(TtBuiltinCall *call, const char *expected, TtValue got) {
    return tt_error_set(call->error, TT_ERR_TYPE_MISMATCH, "%s expects %s but got %s", get_short_name(call),
                        expected, tt_type_name(got));
}

TtResult tt_builtin_error(TtBuiltinCall *call, TtResult kind, const char *format, ...) {
    TtStrbuf text = {0};
    va_list args;
    va_start(args, format);
    tt_strbuf_add_format_list(&text, format, args);
    va_end(args);
    tt_error_set(call->error, kind, "%s %s", get_short_name(call), tt_strbuf_text(&text));
    tt_strbuf_free(&text);
    return kind;
}

TtResult tt_builtin_heap_full(TtBuiltinCall *call) {
    return tt_error_set(call->error, TT_ERR_HEAP_EXCEEDED, "Heap limit exceeded during %s",
                        get_short_name(call));
}

TtResult tt_builtin_index_error(TtBuiltinCall *call, int64_t index, const char *what, uint64_t length) {
    return tt_error_set(call->error, TT_ERR_INDEX_OUT_OF_BOUNDS,
                        "Index %" PRId64 " out of bounds for %s of length %" PRIu64, index, what, length);
}

TtResult tt_builtin_want(TtBuiltinCall *call, TtValue v, TtTag tag) {
    static const char *const nouns[TT_TAG_COUNT] = {
        [TT_TAG_INT] = "an integer",
        [TT_TAG_STR] = "a string",
        [TT_TAG_LIST] = "a list",
        [TT_TAG_OBJECT] = "an object",
    };
    if (TT_LIKELY(v.tag == (uint32_t)tag)) return TT_OK;
    return tt_builtin_type_error(call, nouns[tag] ? nouns[tag] : tt_tag_name(tag), v);
}

TtResult tt_builtin_want_number(TtBuiltinCall *call, TtValue v, double *number) {
    if (v.tag == TT_TAG_FLOAT) {
        *number = v.as.f;
    } else if (v.tag == TT_TAG_INT) {
        *number = (double)v.as.i;
    } else {
        return tt_builtin_type_error(call, "a number", v);
    }
    return TT_OK;
}

TtResult tt_builtin_str(TtBuiltinCall *call, const TtStrbuf *text, TtValue *result) {
    if (tt_bytes_new(call->heap, TT_TAG_STR, tt_strbuf_text(text), text->length, result)) return TT_OK;
    return tt_builtin_heap_full(call);
}

TtResult tt_builtin_text(TtBuiltinCall *call, TtValue v, TtValue *result) {
    if (v.tag == TT_TAG_EXCEPTION) v = tt_exception(v)->message;
    if (v.tag == TT_TAG_STR) {
        *result = v;
        return TT_OK;
    }
    TtStrbuf text = {.limit = tt_heap_text_room(call->heap)};
    TtResult outcome =
        tt_print_concat(&text, v) ? tt_builtin_str(call, &text, result) : tt_builtin_heap_full(call);
    tt_strbuf_free(&text);
    return outcome;
}
