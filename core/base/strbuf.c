// SPDX-License-Identifier: MIT
#include "base/strbuf.h"

#include "base/alloc.h"
#include "base/vec.h"

#include <stdio.h>
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

void tt_strbuf_add_format_list(TtStrbuf *buf, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length > 0) {
        reserve(buf, (size_t)length);
        vsnprintf(buf->bytes + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
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
