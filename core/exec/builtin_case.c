// SPDX-License-Identifier: MIT
/** Capitals and small letters by Unicode's full mappings, from a table of our own: the same everywhere. */
#include "base/utf8.h"
#include "exec/builtin.h"
#include "exec/text_case.h"

/** Code points first, first + stride … last; `delta` is added to them. */
typedef struct Range {
    uint32_t first, last;
    int32_t stride, delta;
} Range;

/** A code point that becomes two or three (`to[2]` not 0). */
typedef struct Full {
    uint32_t from, to[3];
} Full;

#define NOTHING(...)
#define RANGE(first, last, stride, delta) {first, last, stride, delta},
#define FULL(from, a, b, c)               {from, {a, b, c}},
#define PROPERTY(first, last)             {first, last, 1, 0},

#define UPPER      RANGE
#define UPPER_FULL NOTHING
#define LOWER      NOTHING
#define LOWER_FULL NOTHING
#define CASED      NOTHING
#define IGNORABLE  NOTHING
static const Range upper_ranges[] = {
#include "exec/case_table.def"
};
#undef UPPER
#define UPPER NOTHING
#undef LOWER
#define LOWER RANGE
static const Range lower_ranges[] = {
#include "exec/case_table.def"
};
#undef LOWER
#define LOWER NOTHING
#undef CASED
#define CASED PROPERTY
static const Range cased_ranges[] = {
#include "exec/case_table.def"
};
#undef CASED
#define CASED NOTHING
#undef IGNORABLE
#define IGNORABLE PROPERTY
static const Range ignorable_ranges[] = {
#include "exec/case_table.def"
};
#undef IGNORABLE
#define IGNORABLE NOTHING
#undef UPPER_FULL
#define UPPER_FULL FULL
static const Full upper_full[] = {
#include "exec/case_table.def"
};
#undef UPPER_FULL
#define UPPER_FULL NOTHING
#undef LOWER_FULL
#define LOWER_FULL FULL
static const Full lower_full[] = {
#include "exec/case_table.def"
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const Range *find_range(const Range *ranges, size_t count, uint32_t c) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ranges[middle].last < c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == count || ranges[low].first > c) return NULL;
    return (c - ranges[low].first) % (uint32_t)ranges[low].stride == 0 ? &ranges[low] : NULL;
}

static const Full *find_full(const Full *rows, size_t count, uint32_t c) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (rows[middle].from < c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && rows[low].from == c ? &rows[low] : NULL;
}

static bool is_cased(uint32_t c) {
    return find_range(cased_ranges, COUNT(cased_ranges), c) != NULL;
}
static bool is_ignorable(uint32_t c) {
    return find_range(ignorable_ranges, COUNT(ignorable_ranges), c) != NULL;
}

/** Whether a capital sigma at `at` (2 bytes) ends a word: a cased letter before it and none after. */
static bool ends_word(const char *text, size_t length, size_t at) {
    unsigned size;
    bool before = false;
    for (size_t i = at; i > 0;) {
        i--;
        while (((unsigned char)text[i] & 0xC0) == 0x80) i--;
        uint32_t c = tt_utf8_decode(text + i, &size);
        if (is_ignorable(c)) continue;
        before = is_cased(c);
        break;
    }
    if (!before) return false;
    for (size_t i = at + 2; i < length; i += size) {
        uint32_t c = tt_utf8_decode(text + i, &size);
        if (!is_ignorable(c)) return !is_cased(c);
    }
    return true;
}

static const uint32_t CAPITAL_SIGMA = 0x3A3, SMALL_FINAL_SIGMA = 0x3C2;

/** The mapping of the code point at `at`; its count. */
static unsigned map_point(bool upper, const char *text, size_t length, size_t at, uint32_t c,
                          uint32_t to[3]) {
    const Full *full =
        upper ? find_full(upper_full, COUNT(upper_full), c) : find_full(lower_full, COUNT(lower_full), c);
    if (full) {
        for (unsigned i = 0; i < 3; i++) to[i] = full->to[i];
        return full->to[2] ? 3 : 2;
    }
    const Range *range = upper ? find_range(upper_ranges, COUNT(upper_ranges), c)
                               : find_range(lower_ranges, COUNT(lower_ranges), c);
    to[0] = range ? (uint32_t)((int32_t)c + range->delta) : c;
    if (c == CAPITAL_SIGMA && !upper && ends_word(text, length, at)) to[0] = SMALL_FINAL_SIGMA;
    return 1;
}

/** Writes the converted text unless `out` is NULL; its length. */
static size_t convert(bool upper, const char *text, size_t length, char *out) {
    const char first = upper ? 'a' : 'A', last = upper ? 'z' : 'Z';
    size_t written = 0;
    for (size_t at = 0; at < length;) {
        char c = text[at];
        if ((unsigned char)c < 0x80) {
            if (out) out[written] = c >= first && c <= last ? (char)(c ^ 0x20) : c;
            written++;
            at++;
            continue;
        }
        unsigned size;
        uint32_t point = tt_utf8_decode(text + at, &size), to[3];
        unsigned count = map_point(upper, text, length, at, point, to);
        for (unsigned i = 0; i < count; i++) {
            char bytes[4];
            unsigned encoded = tt_utf8_encode(to[i], bytes);
            for (unsigned k = 0; out && k < encoded; k++) out[written + k] = bytes[k];
            written += encoded;
        }
        at += size;
    }
    return written;
}

size_t tt_text_lower(const char *text, size_t length, char *out) {
    return convert(false, text, length, out);
}

static TtResult convert_case(TtBuiltinCall *call, const TtValue *args, bool upper, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_STR));
    const char *text = tt_bytes_data(args[0]);
    size_t length = convert(upper, text, args[0].len, NULL);
    char *data;
    if (!tt_bytes_alloc(call->heap, TT_TAG_STR, length, &data, result)) return tt_builtin_heap_full(call);
    convert(upper, text, args[0].len, data);
    return TT_OK;
}

TtResult tt_builtin_string_upper(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return convert_case(call, args, true, result);
}

TtResult tt_builtin_string_lower(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return convert_case(call, args, false, result);
}
