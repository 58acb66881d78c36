// SPDX-License-Identifier: MIT
/** Finding one byte string in another in linear time. */
#ifndef TT_EXEC_TEXT_SEARCH_H
#define TT_EXEC_TEXT_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What is looked for; may be used again and again. Start from {.needle = …, .length = …}. */
typedef struct TtTextSearch {
    const char *needle;
    size_t length;
    uint32_t *borders; /* owned; made when plain comparing wastes too much */
} TtTextSearch;

/** The first place at or behind `from`, within `length` bytes of `text`. An empty needle is everywhere. */
bool tt_text_search_next(TtTextSearch *search, const char *text, size_t length, size_t from, size_t *at);
/** How often it is there, from place to place without overlapping. An empty needle: 0. */
size_t tt_text_search_count(TtTextSearch *search, const char *text, size_t length);
void tt_text_search_free(TtTextSearch *search);

#endif
