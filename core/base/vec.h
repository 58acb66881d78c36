// SPDX-License-Identifier: MIT
/**
 * Growable array. A vector is any struct with the fields `T *items; uint32_t count, capacity;`,
 * all zero when empty; TT_VEC declares one. The owner frees `items` with tt_vec_free.
 */
#ifndef TT_BASE_VEC_H
#define TT_BASE_VEC_H

#include "base/alloc.h"

#include <stdint.h>
#include <string.h>

#define TT_VEC(type)                                                                                         \
    struct {                                                                                                 \
        type *items;                                                                                         \
        uint32_t count, capacity;                                                                            \
    }

/** Makes room for `extra` more items. */
#define tt_vec_reserve(vec, extra)                                                                           \
    ((vec)->count + (uint32_t)(extra) > (vec)->capacity                                                      \
         ? ((vec)->items = tt_vec_grow((vec)->items, sizeof *(vec)->items, &(vec)->capacity,                 \
                                       (vec)->count + (uint32_t)(extra)))                                    \
         : (vec)->items)

/** Appends a copy of `value`. */
#define tt_vec_push(vec, value) (tt_vec_reserve(vec, 1), (void)((vec)->items[(vec)->count++] = (value)))
#define tt_vec_pop(vec)         ((vec)->items[--(vec)->count])
#define tt_vec_last(vec)        ((vec)->items[(vec)->count - 1])
#define tt_vec_free(vec)        (tt_free((vec)->items), (vec)->items = NULL, (vec)->count = (vec)->capacity = 0)

void *tt_vec_grow(void *items, size_t item_size, uint32_t *capacity, uint32_t wanted);

#endif
