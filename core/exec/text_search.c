// SPDX-License-Identifier: MIT
#include "exec/text_search.h"

#include "base/alloc.h"
#include "base/bytes.h"

#include <string.h>

/** borders[i]: length of the longest proper prefix of needle[0 … i] that also ends it. */
static bool make_borders(TtTextSearch *search) {
    if (search->borders) return true;
    search->borders = tt_alloc_try(search->length * sizeof *search->borders);
    if (!search->borders) return false;
    search->borders[0] = 0;
    uint32_t border = 0;
    for (size_t i = 1; i < search->length; i++) {
        while (border && search->needle[i] != search->needle[border]) border = search->borders[border - 1];
        if (search->needle[i] == search->needle[border]) border++;
        search->borders[i] = border;
    }
    return true;
}

/** Knuth, Morris and Pratt: never looks at a byte of the text twice. */
static bool search_borders(const TtTextSearch *search, const char *text, size_t length, size_t from,
                           size_t *at) {
    uint32_t matched = 0;
    for (size_t i = from; i < length; i++) {
        while (matched && text[i] != search->needle[matched]) matched = search->borders[matched - 1];
        if (text[i] == search->needle[matched]) matched++;
        if (matched == search->length) {
            *at = i + 1 - matched;
            return true;
        }
    }
    return false;
}

bool tt_text_search_next(TtTextSearch *search, const char *text, size_t length, size_t from, size_t *at) {
    if (search->length > length || from > length - search->length) return false;
    *at = from;
    if (!search->length) return true;
    if (search->length == 1) {
        const char *place = memchr(text + from, search->needle[0], length - from);
        if (place) *at = (size_t)(place - text);
        return place != NULL;
    }
    /* Jumping to the first byte is fastest on ordinary text; it gives way once comparisons that led
     * nowhere cost more than a few times the distance covered. */
    size_t last = length - search->length, wasted = 0;
    for (size_t i = from; i <= last; i++) {
        const char *place = memchr(text + i, search->needle[0], last - i + 1);
        if (!place) return false;
        i = (size_t)(place - text);
        size_t same = 1;
        while (same < search->length && place[same] == search->needle[same]) same++;
        if (same == search->length) {
            *at = i;
            return true;
        }
        wasted += same;
        if (wasted > 64 + 4 * (i - from) && make_borders(search)) {
            return search_borders(search, text, length, i + 1, at);
        }
    }
    return false;
}

size_t tt_text_search_count(TtTextSearch *search, const char *text, size_t length) {
    if (search->length == 1) return tt_bytes_count(text, length, search->needle[0]);
    size_t count = 0, at;
    if (!search->length) return 0;
    for (size_t from = 0; tt_text_search_next(search, text, length, from, &at); from = at + search->length)
        count++;
    return count;
}

void tt_text_search_free(TtTextSearch *search) {
    tt_free(search->borders);
    search->borders = NULL;
}
