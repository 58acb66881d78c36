// SPDX-License-Identifier: MIT
/**
 * memcpy, memmove, memset and memchr of the engine. Those of a C library made small go byte by byte, and
 * values, strings and objects are copied all the time: short pieces by words here, long ones by the
 * instructions for it, whose calls cost as much as some thirty words.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Bytes from which on the instructions are faster. */
#define LONG 256

typedef struct {
    uint64_t value;
} __attribute__((packed, may_alias)) Word;
typedef struct {
    uint32_t value;
} __attribute__((packed, may_alias)) Half;

#define OWN __attribute__((no_builtin("memcpy", "memmove", "memset", "memchr"), target("bulk-memory")))

/** Pieces that overlap are right, too. */
OWN static inline void copy_long(void *to, const void *from, size_t size) {
    __asm__ volatile("local.get %0\n local.get %1\n local.get %2\n memory.copy 0, 0"
                     :
                     : "r"(to), "r"(from), "r"(size)
                     : "memory");
}

/** From the first byte on: `to` does not lie inside the piece that is copied. */
OWN static inline void *copy_forward(unsigned char *a, const unsigned char *b, size_t size) {
    void *to = a;
    for (; size >= 16; size -= 16, a += 16, b += 16) {
        uint64_t low = ((const Word *)(const void *)b)[0].value,
                 high = ((const Word *)(const void *)b)[1].value;
        ((Word *)(void *)a)[0].value = low;
        ((Word *)(void *)a)[1].value = high;
    }
    if (size >= 8) {
        ((Word *)(void *)a)->value = ((const Word *)(const void *)b)->value;
        size -= 8, a += 8, b += 8;
    }
    if (size >= 4) {
        ((Half *)(void *)a)->value = ((const Half *)(const void *)b)->value;
        size -= 4, a += 4, b += 4;
    }
    for (; size; size--) *a++ = *b++;
    return to;
}

OWN void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    if (size < LONG) return copy_forward(to, from, size);
    copy_long(to, from, size);
    return to;
}

OWN void *memmove(void *to, const void *from, size_t size) {
    if (size < LONG && (uintptr_t)to - (uintptr_t)from >= size) return copy_forward(to, from, size);
    copy_long(to, from, size);
    return to;
}

OWN void *memset(void *to, int byte, size_t size) {
    if (size >= LONG) {
        __asm__ volatile("local.get %0\n local.get %1\n local.get %2\n memory.fill 0"
                         :
                         : "r"(to), "r"(byte), "r"(size)
                         : "memory");
        return to;
    }
    unsigned char *a = to;
    const uint64_t eight = (unsigned char)byte * 0x0101010101010101u;
    for (; size >= 8; size -= 8, a += 8) ((Word *)(void *)a)->value = eight;
    for (; size; size--) *a++ = (unsigned char)byte;
    return to;
}

OWN void *memchr(const void *bytes, int byte, size_t size) {
    const unsigned char *a = bytes;
    const uint64_t ones = 0x0101010101010101u, wanted = (unsigned char)byte * ones;
    for (; size >= 8; size -= 8, a += 8) {
        uint64_t other = ((const Word *)(const void *)a)->value ^ wanted;
        uint64_t equal = (other - ones) & ~other & ones << 7; /* its lowest bit is right */
        if (equal) return (void *)(uintptr_t)(a + (__builtin_ctzll(equal) >> 3));
    }
    for (; size; size--, a++)
        if (*a == (unsigned char)byte) return (void *)(uintptr_t)a;
    return NULL;
}
