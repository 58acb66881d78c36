// SPDX-License-Identifier: MIT
/**
 * Text → value. One loop over values; open lists and objects are on a stack of their own, their items
 * (objects: key, value, key, value …) on the scratch stack until the container is closed.
 */
#include "format/json.h"

#include "base/alloc.h"
#include "base/config.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "format/format_internal.h"
#include "value/print.h"

#include <math.h>
#include <string.h>

/** Entries of the cache of keys; a power of two. */
#define KEY_CACHE 128

/** A list or object that is not closed yet. */
typedef struct Open {
    size_t start; /* of its items on the scratch stack */
    bool object;
} Open;

typedef struct Reader {
    TtHeap *heap;
    TtError *error;
    const char *op;
    const char *text, *at, *end;
    TtScratch scratch;
    TT_VEC(Open) open;
    TtStrbuf unescaped;
    TtValue keys[KEY_CACHE];
} Reader;

static TtResult fail_at(Reader *r, const char *at, const char *expected) {
    return format_error(r->error, r->op, r->text, (size_t)(r->end - r->text), (size_t)(at - r->text),
                        expected);
}

static TtResult fail(Reader *r, const char *expected) {
    return fail_at(r, r->at, expected);
}

/** Goes to the next character that is no blank; '\0' at the end. */
static inline char skip_blanks(Reader *r) {
    const char *at = r->at;
    while (at < r->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    r->at = at;
    return at < r->end ? *at : '\0';
}

/* ---- strings ------------------------------------------------------------------------------------ */

#define BYTES(b) (UINT64_C(0x0101010101010101) * (b))

/** Whether one of 8 bytes is a quote, a backslash or below 0x20. */
static inline bool has_special(uint64_t bytes) {
    uint64_t quote = bytes ^ BYTES('"'), backslash = bytes ^ BYTES('\\');
    return ((((bytes - BYTES(0x20)) & ~bytes) | ((quote - BYTES(1)) & ~quote) |
             ((backslash - BYTES(1)) & ~backslash)) &
            BYTES(0x80)) != 0;
}

/** The first quote, backslash or control character from `at` on, or the end. */
static inline const char *find_special(const char *at, const char *end) {
    while (end - at >= 8) {
        uint64_t bytes;
        memcpy(&bytes, at, 8);
        if (has_special(bytes)) break;
        at += 8;
    }
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20) at++;
    return at;
}

/** Four hexadecimal digits at `at`, or -1. */
static int32_t read_hex(const Reader *r, const char *at) {
    if (r->end - at < 4) return -1;
    int32_t code = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        code = code * 16 + digit;
    }
    return code;
}

/** A \uXXXX, or a pair of them, whose u is at `at`; goes behind it. */
static TtResult read_code(Reader *r) {
    int32_t code = read_hex(r, r->at + 1);
    if (code < 0) return fail_at(r, r->at - 1, "four hexadecimal digits behind \\u");
    const char *escape = r->at - 1;
    r->at += 5;
    if (code >= 0xD800 && code <= 0xDFFF) {
        int32_t low =
            r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u' ? read_hex(r, r->at + 2) : -1;
        if (code >= 0xDC00 || low < 0xDC00 || low > 0xDFFF)
            return fail_at(r, escape, "both halves of a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        r->at += 6;
    }
    char utf8[4];
    tt_strbuf_add(&r->unescaped, utf8, tt_utf8_encode((uint32_t)code, utf8));
    return TT_OK;
}

/** The escape whose backslash is at `at`; goes behind it. */
static TtResult read_escape(Reader *r) {
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    r->at++;
    if (r->at == r->end) return fail(r, "a character behind \\");
    if (*r->at == 'u') return read_code(r);
    const char *name = memchr(names, *r->at, sizeof names - 1);
    if (!name) return fail(r, "one of \" \\ / b f n r t u behind \\");
    tt_strbuf_add_char(&r->unescaped, meanings[name - names]);
    r->at++;
    return TT_OK;
}

/**
 * The characters of the string whose quote is at `at`, which is then behind the closing one. They are
 * those of the text when there are no escapes, else in `unescaped` until the next string.
 */
static TtResult read_characters(Reader *r, const char **characters, size_t *length) {
    const char *from = r->at + 1, *stop = find_special(from, r->end);
    if (stop < r->end && *stop == '"') {
        *characters = from;
        *length = (size_t)(stop - from);
        r->at = stop + 1;
        return TT_OK;
    }
    const char *quote = r->at;
    tt_strbuf_clear(&r->unescaped);
    for (;;) {
        tt_strbuf_add(&r->unescaped, from, (size_t)(stop - from));
        r->at = stop;
        if (stop == r->end) {
            r->at = quote;
            return fail_at(r, r->end, "the closing \" of a string");
        }
        if (*stop == '"') break;
        if (*stop != '\\') return fail(r, "control characters in strings to be escaped");
        TT_TRY(read_escape(r));
        from = r->at;
        stop = find_special(from, r->end);
    }
    r->at++;
    *characters = tt_strbuf_text(&r->unescaped);
    *length = r->unescaped.length;
    return TT_OK;
}

static TtResult read_string(Reader *r, TtValue *out) {
    const char *characters;
    size_t length;
    TT_TRY(read_characters(r, &characters, &length));
    return tt_bytes_new(r->heap, TT_TAG_STR, characters, length, out) ? TT_OK : TT_ERR_HEAP_EXCEEDED;
}

static TtResult read_key(Reader *r, TtValue *out) {
    const char *characters;
    size_t length;
    if (skip_blanks(r) != '"') return fail(r, "a key in quotes");
    TT_TRY(read_characters(r, &characters, &length));
    uint32_t mix = (uint32_t)length;
    if (length)
        mix += (unsigned char)characters[0] * 5u + (unsigned char)characters[length / 2] * 31u +
               (unsigned char)characters[length - 1] * 17u;
    TtValue *cached = &r->keys[mix % KEY_CACHE];
    if (cached->tag != TT_TAG_STR || cached->len != length ||
        memcmp(tt_bytes_data(*cached), characters, length) != 0) {
        if (!tt_bytes_new(r->heap, TT_TAG_STR, characters, length, cached)) return TT_ERR_HEAP_EXCEEDED;
    }
    *out = *cached;
    if (skip_blanks(r) != ':') return fail(r, "':'");
    r->at++;
    return TT_OK;
}

/* ---- numbers and words -------------------------------------------------------------------------- */

static inline bool is_digit(const Reader *r, const char *at) {
    return at < r->end && *at >= '0' && *at <= '9';
}

/** Powers of ten that a double holds exactly. */
static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/** What a number's text says; `exact` when `digits` holds all of it. */
typedef struct Number {
    uint64_t digits;
    unsigned count; /* of digits, without leading zeros */
    int exponent;   /* value = digits × 10^exponent */
    bool negative, integer, exact;
} Number;

static void add_digit(Number *n, char c) {
    if (n->count < 19) n->digits = n->digits * 10 + (unsigned)(c - '0');
    if (n->count || c != '0') n->count++;
}

/** Checks the syntax of the number at `at` and goes behind it. */
static TtResult scan_number(Reader *r, Number *n) {
    *n = (Number){.negative = *r->at == '-', .integer = true};
    r->at += n->negative;
    if (!is_digit(r, r->at)) return fail(r, "a digit");
    if (*r->at == '0') {
        r->at++;
        if (is_digit(r, r->at)) return fail(r, "no digit behind a leading 0");
    }
    for (; is_digit(r, r->at); r->at++) add_digit(n, *r->at);
    if (r->at < r->end && *r->at == '.') {
        n->integer = false;
        r->at++;
        if (!is_digit(r, r->at)) return fail(r, "a digit");
        for (; is_digit(r, r->at); r->at++) {
            add_digit(n, *r->at);
            if (n->exponent > -100000) n->exponent--;
        }
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        n->integer = false;
        r->at++;
        bool down = r->at < r->end && *r->at == '-';
        if (r->at < r->end && (*r->at == '-' || *r->at == '+')) r->at++;
        if (!is_digit(r, r->at)) return fail(r, "a digit");
        int exponent = 0;
        for (; is_digit(r, r->at); r->at++)
            if (exponent < 100000) exponent = exponent * 10 + (*r->at - '0');
        n->exponent += down ? -exponent : exponent;
    }
    n->exact = n->count <= 19;
    return TT_OK;
}

static TtResult read_number(Reader *r, TtValue *out) {
    const char *from = r->at;
    Number n;
    TT_TRY(scan_number(r, &n));
    bool zero = !n.digits && n.exact;
    uint64_t most = (uint64_t)INT64_MAX + n.negative;
    if (n.integer && n.exact && n.digits <= most && !(zero && n.negative)) {
        *out = tt_int((int64_t)(n.negative ? 0 - n.digits : n.digits));
        return TT_OK;
    }
    double f;
    if (n.exact && n.digits <= UINT64_C(1) << 53 && n.exponent >= -22 && n.exponent <= 22) {
        /* Both factors are exact, so the one operation rounds correctly. */
        f = n.exponent < 0 ? (double)n.digits / tens[-n.exponent] : (double)n.digits * tens[n.exponent];
        if (n.negative) f = -f;
    } else if (!tt_parse_float(from, (size_t)(r->at - from), &f) || isinf(f)) {
        r->at = from;
        return fail(r, "a number in the range of Float");
    }
    *out = tt_float(f);
    return TT_OK;
}

static TtResult read_word(Reader *r, const char *word, TtValue value, TtValue *out) {
    size_t length = strlen(word);
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0) return fail(r, "a value");
    r->at += length;
    *out = value;
    return TT_OK;
}

/* ---- lists and objects -------------------------------------------------------------------------- */

static TtResult open_container(Reader *r, bool object) {
    if (r->open.count == TT_MAX_NESTING) {
        TtStrbuf expected = {0};
        tt_strbuf_add_format(&expected, "at most %d levels of nesting", TT_MAX_NESTING);
        TtResult result = fail(r, tt_strbuf_text(&expected));
        tt_strbuf_free(&expected);
        return result;
    }
    r->at++;
    tt_vec_push(&r->open, ((Open){r->scratch.count, object}));
    return TT_OK;
}

/** Makes the innermost container of its items, which leave the scratch stack. */
static TtResult close_container(Reader *r, TtValue *out) {
    Open open = tt_vec_pop(&r->open);
    size_t count = r->scratch.count - open.start;
    const TtValue *items = count ? r->scratch.items + open.start : NULL;
    r->at++;
    r->scratch.count = open.start;
    bool made =
        count <= UINT32_MAX && (open.object ? tt_map_new(r->heap, (const TtMapEntry *)(const void *)items,
                                                         (uint32_t)(count / 2), out)
                                            : tt_list_new(r->heap, items, (uint32_t)count, out));
    return made ? TT_OK : TT_ERR_HEAP_EXCEEDED;
}

/** The value that begins at the next character; for a list or object with parts only its opening. */
static TtResult begin_value(Reader *r, TtValue *out, bool *opened) {
    *opened = false;
    char c = skip_blanks(r);
    switch (c) {
    case '"': return read_string(r, out);
    case '{':
    case '[':
        TT_TRY(open_container(r, c == '{'));
        *opened = skip_blanks(r) != (c == '{' ? '}' : ']');
        return *opened ? TT_OK : close_container(r, out);
    case 't': return read_word(r, "true", tt_bool(true), out);
    case 'f': return read_word(r, "false", tt_bool(false), out);
    case 'n': return read_word(r, "null", tt_null(), out);
    default: return c == '-' || (c >= '0' && c <= '9') ? read_number(r, out) : fail(r, "a value");
    }
}

static TtResult read_document(Reader *r, TtValue *value) {
    TtValue key;
    for (;;) {
        bool opened;
        TT_TRY(begin_value(r, value, &opened));
        while (!opened) { /* a value is complete: it belongs to the innermost container */
            if (!r->open.count) return TT_OK;
            if (!scratch_push(&r->scratch, *value)) return TT_ERR_HEAP_EXCEEDED;
            bool object = tt_vec_last(&r->open).object;
            char c = skip_blanks(r);
            if (c == ',') {
                r->at++;
                break;
            }
            if (c != (object ? '}' : ']')) return fail(r, object ? "',' or '}'" : "',' or ']'");
            TT_TRY(close_container(r, value));
        }
        if (tt_vec_last(&r->open).object) {
            TT_TRY(read_key(r, &key));
            if (!scratch_push(&r->scratch, key)) return TT_ERR_HEAP_EXCEEDED;
        }
    }
}

TtResult tt_json_parse(TtHeap *heap, const char *op, const char *text, size_t length, TtError *error,
                       TtValue *out) {
    Reader r = {
        heap, error, op,   text, text + format_mark(text, length), text + length, {.pool = heap->pool},
        {0},  {0},   {{0}}};
    TtResult result = read_document(&r, out);
    if (result == TT_OK && (skip_blanks(&r), r.at < r.end)) result = fail(&r, "the end of the text");
    scratch_free(&r.scratch);
    tt_vec_free(&r.open);
    tt_strbuf_free(&r.unescaped);
    return result;
}
