// SPDX-License-Identifier: MIT
#include "base/alloc.h"

#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Natively mimalloc, where it is installed (CMakeLists.txt): messages are made by one thread and freed by
 * another. */
#if TT_MIMALLOC
#include <mimalloc.h>
#define MALLOC               mi_malloc
#define CALLOC               mi_calloc
#define REALLOC              mi_realloc
#define ALIGNED(align, size) mi_malloc_aligned(size, align)
#define FREE                 mi_free
#else
#define MALLOC               malloc
#define CALLOC               calloc
#define REALLOC              realloc
#define ALIGNED(align, size) aligned_alloc(align, size)
#define FREE                 free
#endif

/** On standard error, without allocating and without printf, which the wasm builds do without. */
static void complain(const char *before, size_t number, const char *after) {
    char digits[24], *at = digits + sizeof digits;
    *--at = '\0';
    do *--at = (char)('0' + number % 10);
    while (number /= 10);
    (void)fputs(before, stderr);
    (void)fputs(at, stderr);
    (void)fputs(after, stderr);
}

static _Noreturn void die(size_t size) {
    complain("Error: out of memory (", size, " bytes wanted)\n");
    abort();
}

void *tt_alloc(size_t size) {
    void *block = MALLOC(size ? size : 1);
    if (!block) die(size);
    return block;
}

void *tt_alloc_zero(size_t size) {
    void *block = CALLOC(1, size ? size : 1);
    if (!block) die(size);
    return block;
}

void *tt_alloc_aligned_zero(size_t alignment, size_t size) {
    size_t rounded = (size + alignment - 1) / alignment * alignment;
    void *block = ALIGNED(alignment, rounded ? rounded : alignment);
    if (!block) die(size);
    memset(block, 0, rounded);
    return block;
}

void *tt_realloc(void *block, size_t size) {
    void *moved = REALLOC(block, size ? size : 1);
    if (!moved) die(size);
    return moved;
}

#ifndef NDEBUG
static unsigned long fail_countdown;

void tt_alloc_fail_nth(unsigned long nth) {
    fail_countdown = nth;
}

static int fails_now(void) {
    return fail_countdown && --fail_countdown == 0;
}
#else
void tt_alloc_fail_nth(unsigned long nth) {
    (void)nth;
}

static int fails_now(void) {
    return 0;
}
#endif

void *tt_alloc_try(size_t size) {
    return fails_now() ? NULL : MALLOC(size ? size : 1);
}

void *tt_realloc_try(void *block, size_t size) {
    return fails_now() ? NULL : REALLOC(block, size ? size : 1);
}

void tt_free(void *block) {
    FREE(block);
}

void tt_free_wiped(void *block, size_t length) {
    /* Volatile: a compiler may leave out what it sees to be written for nobody. */
    for (volatile char *at = block; at && length; length--) *at++ = 0;
    FREE(block);
}

char *tt_alloc_string(const char *bytes, size_t length) {
    char *copy = tt_alloc(length + 1);
    if (length) memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

_Noreturn void tt_assert_failed(const char *condition, const char *file, int line) {
    (void)fputs("internal error: ", stderr);
    (void)fputs(condition, stderr);
    (void)fputs(" at ", stderr);
    (void)fputs(file, stderr);
    complain(":", (size_t)line, "\n");
    abort();
}
