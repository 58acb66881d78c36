// SPDX-License-Identifier: MIT
/** What the readers of this folder share. */
#ifndef TT_FORMAT_FORMAT_INTERNAL_H
#define TT_FORMAT_FORMAT_INTERNAL_H

#include "base/error.h"
#include "heap/data.h"

/**
 * Values whose container is not complete yet. The memory lies outside the heap but counts in its
 * pool. All zero but for the pool when empty; the owner calls scratch_free.
 */
typedef struct TtScratch {
    TtValue *items;
    size_t count, capacity;
    TtHeapPool *pool;
} TtScratch;

/** scratch_push without room. */
bool scratch_push_slow(TtScratch *scratch, TtValue value);
void scratch_free(TtScratch *scratch);

/** False at the pool's limit. */
static inline bool scratch_push(TtScratch *scratch, TtValue value) {
    if (scratch->count == scratch->capacity) return scratch_push_slow(scratch, value);
    scratch->items[scratch->count++] = value;
    return true;
}

/** Replaces the items from `start` on by one list of them; false at a limit. */
bool scratch_close_list(TtScratch *scratch, TtHeap *heap, size_t start);

/** ParseError: "OP expects EXPECTED but got … at line L, column C", where `at` is a place in the text. */
TtResult format_error(TtError *error, const char *op, const char *text, size_t length, size_t at,
                      const char *expected);

/** Length of the byte order mark that the text begins with: 3 or 0. */
size_t format_mark(const char *text, size_t length);

#endif
