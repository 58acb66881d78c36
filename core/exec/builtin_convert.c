// SPDX-License-Identifier: MIT
/** Built-ins that ask for a value's type or turn it into another. */
#include "base/utf8.h"
#include "exec/builtin.h"

#include <string.h>

/* ---- types -------------------------------------------------------------------------------------- */

/** The names that patterns use. */
static const char *get_type(TtValue v) {
    static const char *const names[TT_TAG_COUNT] = {
        [TT_TAG_NULL] = "null",
        [TT_TAG_BOOL] = "bool",
        [TT_TAG_INT] = "int",
        [TT_TAG_FLOAT] = "float",
        [TT_TAG_FUNCTION] = "function",
        [TT_TAG_REF] = "ref",
        [TT_TAG_CONNECTION] = "connection",
        [TT_TAG_STREAM] = "stream",
        [TT_TAG_FUTURE] = "future",
        [TT_TAG_STR] = "string",
        [TT_TAG_BYTES] = "bytes",
        [TT_TAG_LIST] = "list",
        [TT_TAG_OBJECT] = "object",
        [TT_TAG_CLOSURE] = "function",
        [TT_TAG_EXCEPTION] = "exception",
    };
    return names[v.tag] ? names[v.tag] : "unbound";
}

TtResult tt_builtin_value_type(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return tt_str_new(call->heap, tt_type_name(args[0]), result) ? TT_OK : tt_builtin_heap_full(call);
}

TtResult tt_builtin_convert_type_of(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return tt_str_new(call->heap, get_type(args[0]), result) ? TT_OK : tt_builtin_heap_full(call);
}

#define PREDICATE(name, condition)                                                                           \
    TtResult tt_builtin_convert_##name(TtBuiltinCall *call, const TtValue *args, TtValue *result) {          \
        (void)call;                                                                                          \
        *result = tt_bool(condition);                                                                        \
        return TT_OK;                                                                                        \
    }

PREDICATE(is_int, args[0].tag == TT_TAG_INT)
PREDICATE(is_float, args[0].tag == TT_TAG_FLOAT)
PREDICATE(is_string, args[0].tag == TT_TAG_STR)
PREDICATE(is_bool, args[0].tag == TT_TAG_BOOL)
PREDICATE(is_null, args[0].tag == TT_TAG_NULL)
PREDICATE(is_list, args[0].tag == TT_TAG_LIST)
PREDICATE(is_object, args[0].tag == TT_TAG_OBJECT)
PREDICATE(is_number, tt_is_number(args[0]))
PREDICATE(is_function, tt_is_callable(args[0]))

static bool equals_text(TtValue str, const char *text) {
    size_t length = strlen(text);
    return str.len == length && !strncmp(tt_bytes_data(str), text, length);
}

/** `args`: value, type (a name of type_of, or "number"), the function in whose name to complain. */
TtResult tt_builtin_value_expect(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_STR));
    TT_TRY(tt_builtin_want(call, args[2], TT_TAG_STR));
    *result = tt_value_share(args[0]);
    bool number = tt_is_number(args[0]) && equals_text(args[1], "number");
    if (number || equals_text(args[1], get_type(args[0]))) return TT_OK;
    char first = args[1].len ? *tt_bytes_data(args[1]) : 0;
    const char *article = equals_text(args[1], "bytes") ? "" : first && strchr("aeiou", first) ? "an " : "a ";
    const char *type = equals_text(args[1], "int") ? "integer" : tt_bytes_data(args[1]);
    int length = equals_text(args[1], "int") ? 7 : (int)args[1].len;
    return tt_error_set(call->error, TT_ERR_TYPE_MISMATCH, "%.*s expects %s%.*s but got %s", (int)args[2].len,
                        tt_bytes_data(args[2]), article, length, type, tt_type_name(args[0]));
}

TtResult tt_builtin_value_raise(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    (void)result;
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_STR));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_STR));
    for (int kind = TT_OK + 1; kind < TT_RESULT_COUNT; kind++)
        if (equals_text(args[0], tt_result_kind((TtResult)kind)))
            return tt_error_set(call->error, (TtResult)kind, "%.*s", (int)args[1].len,
                                tt_bytes_data(args[1]));
    return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT, "expects a kind of error but got %.*s",
                            (int)args[0].len, tt_bytes_data(args[0]));
}

/* ---- text --------------------------------------------------------------------------------------- */

TtResult tt_builtin_convert_to_string(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return tt_builtin_text(call, args[0], result);
}

TtResult tt_builtin_value_inspect(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TtStrbuf text = {.limit = tt_heap_text_room(call->heap)};
    TtResult outcome =
        tt_print_debug(&text, args[0]) ? tt_builtin_str(call, &text, result) : tt_builtin_heap_full(call);
    tt_strbuf_free(&text);
    return outcome;
}

/* ---- numbers ------------------------------------------------------------------------------------ */

/** The text without ASCII blanks at both ends. */
static const char *strip(TtValue str, size_t *length) {
    const char *text = tt_bytes_data(str), *end = text + str.len;
    while (text < end && strchr(" \t\r\n\f\v", *text) && *text) text++;
    while (end > text && strchr(" \t\r\n\f\v", end[-1]) && end[-1]) end--;
    *length = (size_t)(end - text);
    return text;
}

/** "NAME expects WHAT but got "text"" as ParseError; long text is cut. */
static TtResult parse_error(TtBuiltinCall *call, const char *what, TtValue str) {
    TtStrbuf quoted = {0};
    size_t shown = tt_utf8_offset(tt_bytes_data(str), str.len, 40);
    tt_print_quoted(&quoted, tt_bytes_data(str), shown);
    TtResult outcome = tt_builtin_error(call, TT_ERR_PARSE_ERROR, "expects %s but got %s%s", what,
                                        tt_strbuf_text(&quoted), shown < str.len ? "…" : "");
    tt_strbuf_free(&quoted);
    return outcome;
}

TtResult tt_builtin_convert_to_int(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TtValue v = args[0];
    int64_t number;
    size_t length;
    switch ((TtTag)v.tag) {
    case TT_TAG_INT:
    case TT_TAG_BOOL: *result = tt_int(v.as.i); return TT_OK;
    case TT_TAG_FLOAT:
        if (v.as.f >= -0x1p63 && v.as.f < 0x1p63) {
            *result = tt_int((int64_t)v.as.f);
            return TT_OK;
        }
        return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT, "expects a number that fits an Int");
    case TT_TAG_STR: {
        const char *text = strip(v, &length);
        if (!tt_parse_int(text, length, &number)) return parse_error(call, "the text of an Int", v);
        *result = tt_int(number);
        return TT_OK;
    }
    default: return tt_builtin_type_error(call, "a number, Bool or string", v);
    }
}

TtResult tt_builtin_convert_to_float(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TtValue v = args[0];
    double number;
    size_t length;
    switch ((TtTag)v.tag) {
    case TT_TAG_INT:
    case TT_TAG_BOOL: *result = tt_float((double)v.as.i); return TT_OK;
    case TT_TAG_FLOAT: *result = v; return TT_OK;
    case TT_TAG_STR: {
        const char *text = strip(v, &length);
        if (!tt_parse_float(text, length, &number)) return parse_error(call, "the text of a number", v);
        *result = tt_float(number);
        return TT_OK;
    }
    default: return tt_builtin_type_error(call, "a number, Bool or string", v);
    }
}

TtResult tt_builtin_convert_to_bool(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    (void)call;
    bool says_false = args[0].tag == TT_TAG_STR && equals_text(args[0], "false");
    *result = tt_bool(tt_truthy(args[0]) && !says_false);
    return TT_OK;
}

/** Null instead of an error. */
static TtResult convert_safely(TtBuiltinCall *call, TtBuiltinFn convert, const TtValue *args,
                               TtValue *result) {
    if (convert(call, args, result) != TT_OK) {
        tt_error_clear(call->error);
        *result = tt_null();
    }
    return TT_OK;
}

TtResult tt_builtin_convert_safe_to_int(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return convert_safely(call, tt_builtin_convert_to_int, args, result);
}

TtResult tt_builtin_convert_safe_to_float(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return convert_safely(call, tt_builtin_convert_to_float, args, result);
}

static int get_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 99;
}

/** Digits behind a prefix; the magnitude must not pass 2^63 (-2^63 is an Int). */
static bool parse_digits(const char *text, size_t length, unsigned base, uint64_t *value) {
    const uint64_t limit = UINT64_C(1) << 63;
    *value = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)get_digit(text[i]);
        if (digit >= base || *value > (limit - digit) / base) return false;
        *value = *value * base + digit;
    }
    return length > 0;
}

TtResult tt_builtin_convert_parse_int(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_STR));
    size_t length;
    const char *text = strip(args[0], &length);
    int64_t number;
    if (tt_parse_int(text, length, &number)) {
        *result = tt_int(number);
        return TT_OK;
    }
    bool negative = length && *text == '-';
    if (negative || (length && *text == '+')) {
        text++;
        length--;
    }
    char kind = length > 2 && text[0] == '0' ? (char)(text[1] | 0x20) : 0;
    unsigned base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
    uint64_t magnitude;
    if (!base || !parse_digits(text + 2, length - 2, base, &magnitude) || (magnitude >> 63 && !negative)) {
        return parse_error(call, "the text of an Int", args[0]);
    }
    *result = tt_int((int64_t)(negative ? 0 - magnitude : magnitude));
    return TT_OK;
}
