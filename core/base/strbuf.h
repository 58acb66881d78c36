// SPDX-License-Identifier: MIT
/** String builder. All zero when empty; `bytes` is always NUL-terminated once anything was added. */
#ifndef TT_BASE_STRBUF_H
#define TT_BASE_STRBUF_H

#include "base/config.h"
#include "base/result.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct TtStrbuf {
    char *bytes;
    size_t length, capacity;
    size_t limit; /* writers of values stop where tt_strbuf_is_full; 0: TT_MAX_TEXT_BYTES */
} TtStrbuf;

/** The text is longer than its limit. Adding does not look: who may add much without end asks in between. */
static inline bool tt_strbuf_is_full(const TtStrbuf *buf) {
    return buf->length > (buf->limit ? buf->limit : TT_MAX_TEXT_BYTES);
}

void tt_strbuf_add(TtStrbuf *buf, const void *bytes, size_t length);
void tt_strbuf_add_text(TtStrbuf *buf, const char *text);
void tt_strbuf_add_char(TtStrbuf *buf, char c);
/**
 * Of printf's formats those that are used: c d u x X s f and %, flags - and 0, width, precision (of s and f),
 * *, and the lengths l ll z. `f` is for figures: below 2^63 after scaling, rounded there. The C library's own
 * formatting would be a twentieth of what a page downloads.
 */
void tt_strbuf_add_format(TtStrbuf *buf, const char *format, ...) TT_PRINTF(2, 3);
void tt_strbuf_add_format_list(TtStrbuf *buf, const char *format, va_list args) TT_PRINTF(2, 0);
/** As vsnprintf: at most `size` - 1 bytes and a NUL; what does not fit is cut. The bytes written, without
 * NUL. */
size_t tt_format_text(char *text, size_t size, const char *format, va_list args) TT_PRINTF(3, 0);
/** The text so far, never NULL; owned by the builder. */
const char *tt_strbuf_text(const TtStrbuf *buf);
/** Hands the text to the caller, who frees it with tt_free; the builder is empty afterwards. */
char *tt_strbuf_take(TtStrbuf *buf);
/** Drops the text; memory and limit stay. */
void tt_strbuf_clear(TtStrbuf *buf);
void tt_strbuf_free(TtStrbuf *buf);

#endif
