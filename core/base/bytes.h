// SPDX-License-Identifier: MIT
/** Bytes by words: copies too short to be worth a call, and eight bytes looked at together. */
#ifndef TT_BASE_BYTES_H
#define TT_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t tt_bytes_word(const void *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/** As memcpy. Up to 32 bytes are two or four words that may overlap, without a loop or a call. */
static inline void tt_bytes_copy(char *restrict to, const char *restrict from, size_t size) {
    if (size > 32) {
        memcpy(to, from, size);
    } else if (size >= 8) {
        uint64_t first = tt_bytes_word(from), last = tt_bytes_word(from + size - 8);
        if (size > 16) {
            uint64_t second = tt_bytes_word(from + 8), third = tt_bytes_word(from + size - 16);
            memcpy(to + 8, &second, 8);
            memcpy(to + size - 16, &third, 8);
        }
        memcpy(to, &first, 8);
        memcpy(to + size - 8, &last, 8);
    } else if (size >= 4) {
        uint32_t first, last;
        memcpy(&first, from, 4);
        memcpy(&last, from + size - 4, 4);
        memcpy(to, &first, 4);
        memcpy(to + size - 4, &last, 4);
    } else if (size) {
        char first = from[0], middle = from[size / 2], last = from[size - 1];
        to[0] = first;
        to[size / 2] = middle;
        to[size - 1] = last;
    }
}

#define TT_BYTES_LOW  UINT64_C(0x0101010101010101)
#define TT_BYTES_HIGH UINT64_C(0x8080808080808080)

/** Bytes equal to `byte`. */
static inline size_t tt_bytes_count(const char *bytes, size_t length, char byte) {
    const uint64_t wanted = (unsigned char)byte * TT_BYTES_LOW;
    size_t count = 0, at = 0;
    for (; length - at >= 8; at += 8) {
        uint64_t other = tt_bytes_word(bytes + at) ^ wanted; /* 0 where they are equal */
        uint64_t unequal = ((other & ~TT_BYTES_HIGH) + ~TT_BYTES_HIGH) | other;
        count += (size_t)(((~unequal & TT_BYTES_HIGH) >> 7) * TT_BYTES_LOW >> 56);
    }
    for (; at < length; at++) count += bytes[at] == byte;
    return count;
}

/** Leading bytes below 0x80. */
static inline size_t tt_bytes_ascii(const char *bytes, size_t length) {
    size_t at = 0;
    while (length - at >= 8 && !(tt_bytes_word(bytes + at) & TT_BYTES_HIGH)) at += 8;
    while (at < length && !((unsigned char)bytes[at] & 0x80)) at++;
    return at;
}

#endif
