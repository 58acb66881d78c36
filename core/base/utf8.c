// SPDX-License-Identifier: MIT
#include "base/utf8.h"

/** Bytes of the valid sequence at `p`, 0 when there is none. */
static unsigned valid_sequence(const unsigned char *p, size_t left) {
    if (p[0] < 0x80) return 1;
    if (p[0] < 0xC2) return 0;
    if (p[0] < 0xE0) return left >= 2 && (p[1] & 0xC0) == 0x80 ? 2 : 0;
    if (p[0] < 0xF0) {
        if (left < 3 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80) return 0;
        if (p[0] == 0xE0 && p[1] < 0xA0) return 0;
        if (p[0] == 0xED && p[1] >= 0xA0) return 0;
        return 3;
    }
    if (p[0] < 0xF5) {
        if (left < 4 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80 || (p[3] & 0xC0) != 0x80) return 0;
        if (p[0] == 0xF0 && p[1] < 0x90) return 0;
        if (p[0] == 0xF4 && p[1] >= 0x90) return 0;
        return 4;
    }
    return 0;
}

bool tt_utf8_valid(const char *bytes, size_t length) {
    const unsigned char *p = (const unsigned char *)bytes, *end = p + length;
    while (p < end) {
        unsigned size = valid_sequence(p, (size_t)(end - p));
        if (!size) return false;
        p += size;
    }
    return true;
}

size_t tt_utf8_count(const char *bytes, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < length; i++) count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return count;
}

size_t tt_utf8_offset(const char *bytes, size_t length, size_t index) {
    size_t at = 0;
    while (at < length && index > 0) {
        at++;
        while (at < length && ((unsigned char)bytes[at] & 0xC0) == 0x80) at++;
        index--;
    }
    return at;
}

uint32_t tt_utf8_decode(const char *bytes, unsigned *size) {
    const unsigned char *p = (const unsigned char *)bytes;
    if (p[0] < 0x80) return *size = 1, p[0];
    if (p[0] < 0xE0) return *size = 2, ((p[0] & 0x1Fu) << 6) | (p[1] & 0x3Fu);
    if (p[0] < 0xF0) return *size = 3, ((p[0] & 0x0Fu) << 12) | ((p[1] & 0x3Fu) << 6) | (p[2] & 0x3Fu);
    return *size = 4,
           ((p[0] & 0x07u) << 18) | ((p[1] & 0x3Fu) << 12) | ((p[2] & 0x3Fu) << 6) | (p[3] & 0x3Fu);
}

unsigned tt_utf8_encode(uint32_t code_point, char *out) {
    if (code_point < 0x80) return out[0] = (char)code_point, 1;
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        if (code_point >= 0xD800 && code_point < 0xE000) return 0;
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    if (code_point > 0x10FFFF) return 0;
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}
