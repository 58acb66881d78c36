// SPDX-License-Identifier: MIT
#include "base/strbuf.h"

#include "base/alloc.h"
#include "base/vec.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void reserve(TtStrbuf *buf, size_t extra) {
    size_t wanted = buf->length + extra + 1;
    if (wanted <= buf->capacity) return;
    size_t capacity = buf->capacity ? buf->capacity : 64;
    while (capacity < wanted) capacity *= 2;
    buf->bytes = tt_realloc(buf->bytes, capacity);
    buf->capacity = capacity;
}

void tt_strbuf_add(TtStrbuf *buf, const void *bytes, size_t length) {
    reserve(buf, length);
    if (length) memcpy(buf->bytes + buf->length, bytes, length);
    buf->length += length;
    buf->bytes[buf->length] = '\0';
}

void tt_strbuf_add_text(TtStrbuf *buf, const char *text) {
    tt_strbuf_add(buf, text, strlen(text));
}

void tt_strbuf_add_char(TtStrbuf *buf, char c) {
    tt_strbuf_add(buf, &c, 1);
}

/* ---- formats ------------------------------------------------------------------------------------------- */

/** Digits of a 64-bit number in base 10, a sign and a point. */
#define NUMBER_ROOM 24

/** One conversion: `%-12s`, `%04X` … */
typedef struct Spec {
    bool left, zeros;
    int width, precision; /* -1: none */
} Spec;

static void add_padded(TtStrbuf *buf, const Spec *spec, const char *bytes, size_t length) {
    size_t width = spec->width > 0 ? (size_t)spec->width : 0;
    size_t missing = width > length ? width - length : 0;
    size_t sign = spec->zeros && length && bytes[0] == '-';
    if (sign) tt_strbuf_add_char(buf, '-');
    if (!spec->left)
        for (size_t i = 0; i < missing; i++) tt_strbuf_add_char(buf, spec->zeros ? '0' : ' ');
    tt_strbuf_add(buf, bytes + sign, length - sign);
    if (spec->left)
        for (size_t i = 0; i < missing; i++) tt_strbuf_add_char(buf, ' ');
}

/** `point`: so many of the digits are behind a point. */
static void add_number(TtStrbuf *buf, const Spec *spec, bool negative, uint64_t value, unsigned base,
                       const char *digits, int point) {
    char text[NUMBER_ROOM];
    size_t at = sizeof text;
    for (int i = 0; i <= point || value; i++, value /= base) {
        if (i && i == point) text[--at] = '.';
        text[--at] = digits[value % base];
    }
    if (negative) text[--at] = '-';
    add_padded(buf, spec, text + at, sizeof text - at);
}

static void add_fixed(TtStrbuf *buf, const Spec *spec, double value) {
    int point = spec->precision < 0 ? 6 : spec->precision;
    double scaled = fabs(value);
    for (int i = 0; i < point; i++) scaled *= 10;
    assert(scaled < 9.2e18 && point < 18);
    uint64_t rounded = (uint64_t)nearbyint(scaled);
    add_number(buf, spec, value < 0, rounded, 10, "0123456789", point);
}

static int read_size(const char **format, va_list *args) {
    if (**format == '*') {
        ++*format;
        return va_arg(*args, int);
    }
    int size = 0;
    for (; **format >= '0' && **format <= '9'; ++*format) size = size * 10 + (**format - '0');
    return size;
}

static void add_conversion(TtStrbuf *buf, const Spec *spec, char kind, int longs, va_list *args) {
    switch (kind) {
    case '%': tt_strbuf_add_char(buf, '%'); return;
    case 'c': {
        char c = (char)va_arg(*args, int);
        add_padded(buf, spec, &c, 1);
        return;
    }
    case 's': {
        const char *text = va_arg(*args, const char *);
        size_t length = 0;
        while ((spec->precision < 0 || length < (size_t)spec->precision) && text[length]) length++;
        add_padded(buf, spec, text, length);
        return;
    }
    case 'd': {
        int64_t value = longs > 1    ? va_arg(*args, long long)
                        : longs == 1 ? va_arg(*args, long)
                                     : va_arg(*args, int);
        add_number(buf, spec, value < 0, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, "0123456789",
                   0);
        return;
    }
    case 'f': add_fixed(buf, spec, va_arg(*args, double)); return;
    default: break;
    }
    assert(kind == 'u' || kind == 'x' || kind == 'X');
    uint64_t value = longs > 1    ? va_arg(*args, unsigned long long)
                     : longs == 1 ? va_arg(*args, unsigned long)
                                  : va_arg(*args, unsigned);
    add_number(buf, spec, false, value, kind == 'u' ? 10 : 16,
               kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef", 0);
}

/** As many longs as a size_t is. */
static const int longs_of_size = sizeof(size_t) == sizeof(long) ? 1 : 2;

void tt_strbuf_add_format_list(TtStrbuf *buf, const char *format, va_list given) {
    va_list args;
    va_copy(args, given);
    for (const char *percent; (percent = strchr(format, '%'));) {
        tt_strbuf_add(buf, format, (size_t)(percent - format));
        format = percent + 1;
        Spec spec = {.precision = -1};
        for (; *format == '-' || *format == '0'; format++) {
            spec.left |= *format == '-';
            spec.zeros |= *format == '0';
        }
        spec.width = read_size(&format, &args);
        if (spec.width < 0) {
            spec.left = true;
            spec.width = -spec.width;
        }
        if (*format == '.') {
            format++;
            spec.precision = read_size(&format, &args);
        }
        int longs = 0;
        for (; *format == 'l'; format++) longs++;
        if (*format == 'z') {
            longs = longs_of_size;
            format++;
        }
        add_conversion(buf, &spec, *format++, longs, &args);
    }
    tt_strbuf_add_text(buf, format);
    va_end(args);
}

size_t tt_format_text(char *text, size_t size, const char *format, va_list args) {
    TtStrbuf buf = {0};
    tt_strbuf_add_format_list(&buf, format, args);
    size_t length = buf.length < size ? buf.length : size - 1;
    memcpy(text, tt_strbuf_text(&buf), length);
    text[length] = '\0';
    tt_strbuf_free(&buf);
    return length;
}

void tt_strbuf_add_format(TtStrbuf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    tt_strbuf_add_format_list(buf, format, args);
    va_end(args);
}

const char *tt_strbuf_text(const TtStrbuf *buf) {
    return buf->bytes ? buf->bytes : "";
}

char *tt_strbuf_take(TtStrbuf *buf) {
    reserve(buf, 0);
    buf->bytes[buf->length] = '\0';
    char *bytes = buf->bytes;
    *buf = (TtStrbuf){0};
    return bytes;
}

void tt_strbuf_clear(TtStrbuf *buf) {
    buf->length = 0;
    if (buf->bytes) buf->bytes[0] = '\0';
}

void tt_strbuf_free(TtStrbuf *buf) {
    tt_free(buf->bytes);
    *buf = (TtStrbuf){0};
}

void *tt_vec_grow(void *items, size_t item_size, uint32_t *capacity, uint32_t wanted) {
    uint32_t grown = *capacity ? *capacity : 8;
    while (grown < wanted) grown *= 2;
    *capacity = grown;
    return tt_realloc(items, item_size * grown);
}
