// SPDX-License-Identifier: MIT
/** Built-ins of strings. Positions, lengths and widths count code points. */
#include "base/bytes.h"
#include "base/config.h"
#include "base/utf8.h"
#include "exec/builtin.h"
#include "exec/text_search.h"
#include "value/text.h"

#include <inttypes.h>
#include <string.h>

static TtResult want_strings(TtBuiltinCall *call, const TtValue *args, unsigned count) {
    for (unsigned i = 0; i < count; i++) TT_TRY(tt_builtin_want(call, args[i], TT_TAG_STR));
    return TT_OK;
}

static TtResult make_part(TtBuiltinCall *call, const char *text, size_t length, TtValue *result) {
    if (tt_bytes_new(call->heap, TT_TAG_STR, text, length, result)) return TT_OK;
    return tt_builtin_heap_full(call);
}

static size_t count_points(TtValue str) {
    return tt_text_length(str);
}

/** A list of `count` nulls to be filled. */
static TtResult make_list(TtBuiltinCall *call, size_t count, TtValue **items, TtValue *list) {
    if (count > UINT32_MAX || !tt_list_alloc(call->heap, (uint32_t)count, items, list))
        return tt_builtin_heap_full(call);
    for (size_t i = 0; i < count; i++) (*items)[i] = tt_null();
    return TT_OK;
}

/* ---- length, repetition, white space ------------------------------------------------------------ */

TtResult tt_builtin_string_strlen(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 1));
    *result = tt_int((int64_t)count_points(args[0]));
    return TT_OK;
}

TtResult tt_builtin_string_repeat(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 1));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_INT));
    int64_t n = args[1].as.i;
    if (n < 0) return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT, "expects n >= 0 but got %" PRId64, n);
    *result = tt_empty(TT_TAG_STR);
    size_t unit = args[0].len;
    if (!unit || !n) return TT_OK;
    if ((uint64_t)n > UINT32_MAX / unit) return tt_builtin_heap_full(call);
    char *data;
    size_t length = unit * (size_t)n;
    if (!tt_bytes_alloc(call->heap, TT_TAG_STR, length, &data, result)) return tt_builtin_heap_full(call);
    memcpy(data, tt_bytes_data(args[0]), unit);
    for (size_t done = unit; done < length;) {
        size_t more = done < length - done ? done : length - done;
        memcpy(data + done, data, more);
        done += more;
    }
    return TT_OK;
}

/** Unicode's property White_Space. */
static bool is_blank(uint32_t c) {
    return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

static TtResult trim(TtBuiltinCall *call, const TtValue *args, bool left, bool right, TtValue *result) {
    TT_TRY(want_strings(call, args, 1));
    const char *text = tt_bytes_data(args[0]);
    size_t from = 0, to = args[0].len;
    unsigned size;
    while (left && from < to && is_blank(tt_utf8_decode(text + from, &size))) from += size;
    while (right && to > from) {
        size_t start = to - 1;
        while (((unsigned char)text[start] & 0xC0) == 0x80) start--;
        if (!is_blank(tt_utf8_decode(text + start, &size))) break;
        to = start;
    }
    if (to - from == args[0].len) {
        *result = args[0];
        return TT_OK;
    }
    return make_part(call, text + from, to - from, result);
}

TtResult tt_builtin_string_trim(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return trim(call, args, true, true, result);
}

TtResult tt_builtin_string_trim_left(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return trim(call, args, true, false, result);
}

TtResult tt_builtin_string_trim_right(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return trim(call, args, false, true, result);
}

/* ---- finding ------------------------------------------------------------------------------------ */

TtResult tt_builtin_string_starts_with(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 2));
    TtValue text = args[0], part = args[1];
    *result = tt_bool(part.len <= text.len && !memcmp(tt_bytes_data(text), tt_bytes_data(part), part.len));
    return TT_OK;
}

TtResult tt_builtin_string_ends_with(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 2));
    TtValue text = args[0], part = args[1];
    *result = tt_bool(part.len <= text.len &&
                      !memcmp(tt_bytes_data(text) + (text.len - part.len), tt_bytes_data(part), part.len));
    return TT_OK;
}

static bool find_part(TtValue text, TtValue part, size_t *at) {
    TtTextSearch search = {.needle = tt_bytes_data(part), .length = part.len};
    bool found = tt_text_search_next(&search, tt_bytes_data(text), text.len, 0, at);
    tt_text_search_free(&search);
    return found;
}

TtResult tt_builtin_string_contains(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 2));
    size_t at;
    *result = tt_bool(find_part(args[0], args[1], &at));
    return TT_OK;
}

TtResult tt_builtin_string_index_of(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 2));
    size_t at;
    *result =
        tt_int(find_part(args[0], args[1], &at) ? (int64_t)tt_utf8_count(tt_bytes_data(args[0]), at) : -1);
    return TT_OK;
}

/* ---- parts -------------------------------------------------------------------------------------- */

TtResult tt_builtin_string_slice(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 1));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_INT));
    TT_TRY(tt_builtin_want(call, args[2], TT_TAG_INT));
    int64_t from = args[1].as.i < 0 ? 0 : args[1].as.i, to = args[2].as.i;
    *result = tt_empty(TT_TAG_STR);
    if (to <= from || from >= args[0].len) return TT_OK;
    const char *text = tt_bytes_data(args[0]);
    size_t start = tt_text_offset(args[0], (size_t)from), rest = args[0].len - start;
    size_t length = to - from >= (int64_t)rest ? rest : tt_text_offset(args[0], (size_t)to) - start;
    return make_part(call, text + start, length, result);
}

TtResult tt_builtin_string_char_at(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 1));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_INT));
    const char *text = tt_bytes_data(args[0]);
    int64_t i = args[1].as.i;
    size_t at = i < 0 || i >= args[0].len ? args[0].len : tt_text_offset(args[0], (size_t)i);
    if (at >= args[0].len) return tt_builtin_index_error(call, i, "string", count_points(args[0]));
    unsigned size;
    tt_utf8_decode(text + at, &size);
    return make_part(call, text + at, size, result);
}

TtResult tt_builtin_string_char_code(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 1));
    if (!args[0].len) return tt_builtin_index_error(call, 0, "string", 0);
    unsigned size;
    *result = tt_int(tt_utf8_decode(tt_bytes_data(args[0]), &size));
    return TT_OK;
}

TtResult tt_builtin_string_from_code(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_INT));
    int64_t code = args[0].as.i;
    char text[4];
    unsigned size = code < 0 || code > 0x10FFFF ? 0 : tt_utf8_encode((uint32_t)code, text);
    if (!size)
        return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT,
                                "expects the number of a code point but got %" PRId64, code);
    return make_part(call, text, size, result);
}

TtResult tt_builtin_string_reverse_string(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 1));
    char *data;
    size_t length = args[0].len;
    if (!tt_bytes_alloc(call->heap, TT_TAG_STR, length, &data, result)) return tt_builtin_heap_full(call);
    const char *text = tt_bytes_data(args[0]);
    for (size_t at = 0; at < length;) {
        unsigned size;
        tt_utf8_decode(text + at, &size);
        memcpy(data + (length - at - size), text + at, size);
        at += size;
    }
    return TT_OK;
}

/* ---- splitting and joining ---------------------------------------------------------------------- */

static TtResult split_points(TtBuiltinCall *call, TtValue str, TtValue *result) {
    TtValue *items;
    size_t count = count_points(str), at = 0;
    TT_TRY(make_list(call, count, &items, result));
    const char *text = tt_bytes_data(str);
    for (size_t i = 0; i < count; i++) {
        unsigned size;
        tt_utf8_decode(text + at, &size);
        TT_TRY(make_part(call, text + at, size, &items[i]));
        at += size;
    }
    return TT_OK;
}

static TtResult split_parts(TtBuiltinCall *call, TtValue str, TtTextSearch *search, TtValue *result) {
    const char *text = tt_bytes_data(str);
    size_t count = 1 + tt_text_search_count(search, text, str.len), at;
    TtValue *items;
    TT_TRY(make_list(call, count, &items, result));
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        if (!tt_text_search_next(search, text, str.len, from, &at)) at = str.len;
        TT_TRY(make_part(call, text + from, at - from, &items[i]));
        from = at + search->length;
    }
    return TT_OK;
}

TtResult tt_builtin_string_split(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 2));
    if (!args[1].len) return split_points(call, args[0], result);
    TtTextSearch search = {.needle = tt_bytes_data(args[1]), .length = args[1].len};
    TtResult outcome = split_parts(call, args[0], &search, result);
    tt_text_search_free(&search);
    return outcome;
}

TtResult tt_builtin_string_lines(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 1));
    const char *text = tt_bytes_data(args[0]), *end = text + args[0].len;
    size_t count = 0;
    for (const char *p = text; p < end; count++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        p = stop ? stop + 1 : end;
    }
    TtValue *items;
    TT_TRY(make_list(call, count, &items, result));
    for (size_t i = 0; i < count; i++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((stop ? stop : end) - text);
        bool carriage = stop && length && text[length - 1] == '\r';
        TT_TRY(make_part(call, text, length - carriage, &items[i]));
        text = stop ? stop + 1 : end;
    }
    return TT_OK;
}

/** Adds the value as CONCAT converts it. */
static TtResult add_text(TtBuiltinCall *call, TtStrbuf *out, TtValue v) {
    if (v.tag == TT_TAG_STR && out->length + v.len > out->limit) return tt_builtin_heap_full(call);
    if (!tt_print_concat(out, v) || tt_strbuf_is_full(out)) return tt_builtin_heap_full(call);
    return TT_OK;
}

static TtResult join_items(TtBuiltinCall *call, TtValue list, TtValue separator, TtStrbuf *out) {
    for (uint32_t i = 0; i < list.len; i++) {
        if (i) TT_TRY(add_text(call, out, separator));
        TT_TRY(add_text(call, out, tt_list_items(list)[i]));
    }
    return TT_OK;
}

/** Bytes of the joined text; false when it has to be put together to know. */
static bool measure_join(TtValue list, TtValue separator, uint64_t *length) {
    const TtValue *items = tt_list_items(list);
    uint64_t total = list.len ? (uint64_t)separator.len * (list.len - 1) : 0;
    for (uint32_t i = 0; i < list.len; i++) {
        if (items[i].tag == TT_TAG_STR)
            total += items[i].len;
        else if (items[i].tag == TT_TAG_INT)
            total += tt_int_length(items[i].as.i);
        else
            return false;
    }
    *length = total;
    return true;
}

/** Of Strs and Ints, into room of the right length. */
static void fill_join(TtValue list, TtValue separator, char *to) {
    const TtValue *items = tt_list_items(list);
    const char *between = tt_bytes_data(separator);
    for (uint32_t i = 0; i < list.len; i++) {
        if (i) {
            tt_bytes_copy(to, between, separator.len);
            to += separator.len;
        }
        size_t length = items[i].len;
        if (items[i].tag == TT_TAG_STR) {
            tt_bytes_copy(to, tt_bytes_data(items[i]), length);
        } else {
            length = tt_int_length(items[i].as.i);
            tt_int_write(to, items[i].as.i, (unsigned)length);
        }
        to += length;
    }
}

TtResult tt_builtin_string_join(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_LIST));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_STR));
    uint64_t length;
    if (measure_join(args[0], args[1], &length)) {
        char *data;
        if (length > TT_MAX_TEXT_BYTES ||
            !tt_bytes_alloc(call->heap, TT_TAG_STR, (size_t)length, &data, result))
            return tt_builtin_heap_full(call);
        fill_join(args[0], args[1], data);
        return TT_OK;
    }
    TtStrbuf text = {.limit = tt_heap_text_room(call->heap)};
    TtResult outcome = join_items(call, args[0], args[1], &text);
    if (outcome == TT_OK) outcome = tt_builtin_str(call, &text, result);
    tt_strbuf_free(&text);
    return outcome;
}

/** With an empty `old`, the new text comes before every code point and at the end. */
static TtResult replace_between(TtBuiltinCall *call, TtValue str, TtValue new_text, TtValue *result) {
    size_t points = count_points(str);
    if (new_text.len && points + 1 > (UINT32_MAX - str.len) / new_text.len) return tt_builtin_heap_full(call);
    char *data;
    const char *text = tt_bytes_data(str), *fill = tt_bytes_data(new_text);
    if (!tt_bytes_alloc(call->heap, TT_TAG_STR, str.len + (points + 1) * new_text.len, &data, result)) {
        return tt_builtin_heap_full(call);
    }
    for (size_t i = 0; i < points; i++) {
        unsigned size;
        tt_utf8_decode(text, &size);
        memcpy(data, fill, new_text.len);
        memcpy(data + new_text.len, text, size);
        data += new_text.len + size;
        text += size;
    }
    memcpy(data, fill, new_text.len);
    return TT_OK;
}

static TtResult replace_parts(TtBuiltinCall *call, TtValue str, TtTextSearch *search, TtValue new_text,
                              TtValue *result) {
    const char *text = tt_bytes_data(str);
    size_t count = tt_text_search_count(search, text, str.len), at, from = 0;
    if (!count) {
        *result = str;
        return TT_OK;
    }
    size_t kept = str.len - count * search->length;
    if (new_text.len && count > (UINT32_MAX - kept) / new_text.len) return tt_builtin_heap_full(call);
    char *data;
    if (!tt_bytes_alloc(call->heap, TT_TAG_STR, kept + count * new_text.len, &data, result))
        return tt_builtin_heap_full(call);
    for (from = 0; tt_text_search_next(search, text, str.len, from, &at); from = at + search->length) {
        memcpy(data, text + from, at - from);
        memcpy(data + (at - from), tt_bytes_data(new_text), new_text.len);
        data += at - from + new_text.len;
    }
    if (from < str.len) memcpy(data, text + from, str.len - from);
    return TT_OK;
}

TtResult tt_builtin_string_replace(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_strings(call, args, 3));
    if (!args[1].len) return replace_between(call, args[0], args[2], result);
    TtTextSearch search = {.needle = tt_bytes_data(args[1]), .length = args[1].len};
    TtResult outcome = replace_parts(call, args[0], &search, args[2], result);
    tt_text_search_free(&search);
    return outcome;
}

/* ---- padding and templates ---------------------------------------------------------------------- */

static TtResult pad(TtBuiltinCall *call, const TtValue *args, bool left, TtValue *result) {
    TT_TRY(want_strings(call, args, 1));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_INT));
    TT_TRY(tt_builtin_want(call, args[2], TT_TAG_STR));
    TtValue str = args[0], fill = args[2];
    size_t have = count_points(str);
    *result = str;
    if (args[1].as.i <= (int64_t)have) return TT_OK;
    if (!fill.len) return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT, "expects a fill that is not empty");
    uint64_t missing = (uint64_t)args[1].as.i - have;
    size_t unit = count_points(fill);
    if (missing / unit > (UINT32_MAX - str.len) / fill.len - 1) return tt_builtin_heap_full(call);
    size_t whole = (size_t)(missing / unit) * fill.len;
    size_t part = tt_utf8_offset(tt_bytes_data(fill), fill.len, (size_t)(missing % unit));
    char *data;
    if (!tt_bytes_alloc(call->heap, TT_TAG_STR, str.len + whole + part, &data, result))
        return tt_builtin_heap_full(call);
    char *padding = left ? data : data + str.len;
    memcpy(left ? data + whole + part : data, tt_bytes_data(str), str.len);
    for (size_t at = 0; at < whole; at += fill.len) memcpy(padding + at, tt_bytes_data(fill), fill.len);
    memcpy(padding + whole, tt_bytes_data(fill), part);
    return TT_OK;
}

TtResult tt_builtin_string_pad_left(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return pad(call, args, true, result);
}

TtResult tt_builtin_string_pad_right(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return pad(call, args, false, result);
}

static TtResult fill_template(TtBuiltinCall *call, TtValue template, TtValue list, TtStrbuf *out) {
    const char *text = tt_bytes_data(template);
    uint32_t used = 0, places = 0;
    for (uint32_t i = 0; i < template.len; i++) {
        char c = text[i], next = i + 1 < template.len ? text[i + 1] : 0;
        if (c == '{' && next == '}') {
            if (used < list.len) TT_TRY(add_text(call, out, tt_list_items(list)[used++]));
            places++;
            i++;
        } else {
            if ((c == '{' || c == '}') && next == c) i++;
            tt_strbuf_add_char(out, c);
            if (tt_strbuf_is_full(out)) return tt_builtin_heap_full(call);
        }
    }
    if (places == list.len) return TT_OK;
    return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT,
                            "expects as many items as places {} but got %" PRIu32 " for %" PRIu32, list.len,
                            places);
}

TtResult tt_builtin_string_format(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_STR));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_LIST));
    TtStrbuf text = {.limit = tt_heap_text_room(call->heap)};
    TtResult outcome = fill_template(call, args[0], args[1], &text);
    if (outcome == TT_OK) outcome = tt_builtin_str(call, &text, result);
    tt_strbuf_free(&text);
    return outcome;
}
