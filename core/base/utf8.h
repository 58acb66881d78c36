// SPDX-License-Identifier: MIT
/** UTF-8 helpers. "Valid" means RFC 3629: shortest form, no surrogates, at most U+10FFFF. */
#ifndef TT_BASE_UTF8_H
#define TT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool tt_utf8_valid(const char *bytes, size_t length);
/** Code points in valid text. */
size_t tt_utf8_count(const char *bytes, size_t length);
/** Byte offset of code point `index` in valid text; `length` when there are not so many. */
size_t tt_utf8_offset(const char *bytes, size_t length, size_t index);
/** Decodes one code point of valid text at `bytes`; stores the bytes it takes (1 to 4). */
uint32_t tt_utf8_decode(const char *bytes, unsigned *size);
/** Encodes into `out` (room for 4); the bytes written, 0 when `code_point` is not a scalar value. */
unsigned tt_utf8_encode(uint32_t code_point, char *out);

#endif
