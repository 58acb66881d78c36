// SPDX-License-Identifier: MIT
/**
 * The single entry to the C allocator. Sizes that a program controls go through `tt_alloc_try` and
 * report failure; bookkeeping goes through the others, which end the process with a message when
 * the machine itself is out of memory (program limits are reached long before).
 */
#ifndef TT_BASE_ALLOC_H
#define TT_BASE_ALLOC_H

#include <stddef.h>

/** Never NULL; `size` 0 gives a pointer that can be freed. Contents are not set. */
void *tt_alloc(size_t size);
/** Never NULL; zeroed. */
void *tt_alloc_zero(size_t size);
/** Never NULL; like realloc. */
void *tt_realloc(void *block, size_t size);
/** Never NULL; zeroed; `alignment` is a power of two. Freed with tt_free. */
void *tt_alloc_aligned_zero(size_t alignment, size_t size);
/** NULL when there is no memory. Contents are not set. */
void *tt_alloc_try(size_t size);
/** NULL when there is no memory; `block` then stays as it is. */
void *tt_realloc_try(void *block, size_t size);
/** Accepts NULL. */
void tt_free(void *block);
/** As tt_free, of a block whose first `length` bytes nobody is to find in memory afterwards. */
void tt_free_wiped(void *block, size_t length);
/** A copy of `length` bytes with a NUL after them. */
char *tt_alloc_string(const char *bytes, size_t length);

/**
 * Test switch: the n-th next call of a `_try` function fails (0 switches off). Only in builds
 * without NDEBUG; process-wide, so set it from single-threaded tests only.
 */
void tt_alloc_fail_nth(unsigned long nth);

#endif
