// SPDX-License-Identifier: MIT
/** Stable sorting: runs of insertion sort, merged from the bottom up. O(n log n) for every input. */
#include "base/alloc.h"
#include "exec/builtin.h"

#include <inttypes.h>
#include <string.h>

/** Keys decide; `places` are sorted: positions in the list. */
typedef struct Sorter {
    const TtValue *keys;
    TtValue odd; /* UNBOUND, or a key that has no order with another */
} Sorter;

static bool is_nan_key(TtValue v) {
    return v.tag == TT_TAG_FLOAT && v.as.f != v.as.f;
}

/** Whether b must come before a. NaN comes after everything else; a list with NaN inside is left where it is.
 */
static bool is_after(Sorter *sorter, uint32_t a, uint32_t b) {
    TtValue x = sorter->keys[a], y = sorter->keys[b];
    if (x.tag == TT_TAG_INT && y.tag == TT_TAG_INT) return x.as.i > y.as.i;
    int order;
    if (!tt_value_compare(x, y, &order)) {
        if (sorter->odd.tag == TT_TAG_UNBOUND) sorter->odd = y;
        return false;
    }
    return order == 2 ? is_nan_key(x) && !is_nan_key(y) : order == 1;
}

#define RUN 12

static void sort_run(Sorter *sorter, uint32_t *places, uint32_t from, uint32_t to) {
    for (uint32_t i = from + 1; i < to; i++) {
        uint32_t place = places[i], at = i;
        for (; at > from && is_after(sorter, places[at - 1], place); at--) places[at] = places[at - 1];
        places[at] = place;
    }
}

static void merge(Sorter *sorter, const uint32_t *from, uint32_t *to, uint64_t low, uint64_t middle,
                  uint64_t high) {
    if (middle >= high || !is_after(sorter, from[middle - 1], from[middle])) {
        memcpy(to + low, from + low, (size_t)(high - low) * sizeof *to);
        return;
    }
    uint64_t a = low, b = middle;
    for (uint64_t at = low; at < high; at++) {
        bool right = a == middle || (b < high && is_after(sorter, from[a], from[b]));
        to[at] = from[right ? b++ : a++];
    }
}

/** Sorts `places`; the result is in one of the two arrays. */
static uint32_t *sort_places(Sorter *sorter, uint32_t *places, uint32_t *spare, uint32_t count) {
    for (uint64_t i = 0; i < count; i += RUN) {
        sort_run(sorter, places, (uint32_t)i, (uint32_t)(i + RUN < count ? i + RUN : count));
    }
    for (uint64_t width = RUN; width < count; width *= 2) {
        for (uint64_t low = 0; low < count; low += 2 * width) {
            uint64_t middle = low + width < count ? low + width : count;
            uint64_t high = low + 2 * width < count ? low + 2 * width : count;
            merge(sorter, places, spare, low, middle, high);
        }
        uint32_t *swap = places;
        places = spare;
        spare = swap;
    }
    return places;
}

static TtResult sort_by(TtBuiltinCall *call, TtValue list, TtValue keys, TtValue *result) {
    uint32_t count = list.len;
    uint32_t *places = tt_alloc_try((size_t)count * 2 * sizeof *places);
    if (!places) return tt_builtin_heap_full(call);
    for (uint32_t i = 0; i < count; i++) places[i] = i;
    Sorter sorter = {tt_list_items(keys), tt_unbound()};
    uint32_t *sorted = sort_places(&sorter, places, places + count, count);
    TtResult outcome = TT_OK;
    TtValue *items;
    if (sorter.odd.tag != TT_TAG_UNBOUND) {
        outcome = tt_builtin_type_error(call, "values that have an order among each other", sorter.odd);
    } else if (!tt_list_alloc(call->heap, count, &items, result)) {
        outcome = tt_builtin_heap_full(call);
    } else {
        for (uint32_t i = 0; i < count; i++) items[i] = tt_value_share(tt_list_items(list)[sorted[i]]);
    }
    tt_free(places);
    return outcome;
}

TtResult tt_builtin_list_sort(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_LIST));
    return sort_by(call, args[0], args[0], result);
}

TtResult tt_builtin_list_sort_by_keys(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_LIST));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_LIST));
    if (args[0].len != args[1].len) {
        return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT,
                                "expects as many keys as items but got %" PRIu32 " for %" PRIu32, args[1].len,
                                args[0].len);
    }
    return sort_by(call, args[0], args[1], result);
}
