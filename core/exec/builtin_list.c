// SPDX-License-Identifier: MIT
/** Built-ins of lists. Items that come to stay in a result are shared (tt_value_share). */
#include "base/vec.h"
#include "exec/builtin.h"

#include <inttypes.h>
#include <string.h>

static TtResult want_list(TtBuiltinCall *call, TtValue v) {
    return tt_builtin_want(call, v, TT_TAG_LIST);
}

/** Items that the caller writes next, before it makes anything else. */
static TtResult make_list(TtBuiltinCall *call, uint64_t count, TtValue **items, TtValue *list) {
    if (count > UINT32_MAX || !tt_list_alloc(call->heap, (uint32_t)count, items, list))
        return tt_builtin_heap_full(call);
    return TT_OK;
}

static void copy_items(TtValue *to, const TtValue *from, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) to[i] = tt_value_share(from[i]);
}

/** Items from (inclusive) to (exclusive), within bounds. */
static TtResult make_slice(TtBuiltinCall *call, TtValue list, uint64_t from, uint64_t to, TtValue *result) {
    if (from == 0 && to == list.len) {
        *result = tt_value_share(list);
        return TT_OK;
    }
    TtValue *items;
    TT_TRY(make_list(call, to - from, &items, result));
    copy_items(items, tt_list_items(list) + from, to - from);
    return TT_OK;
}

static uint64_t clamp(int64_t i, uint32_t length) {
    return i < 0 ? 0 : i > (int64_t)length ? length : (uint64_t)i;
}

/* ---- ends and length ---------------------------------------------------------------------------- */

TtResult tt_builtin_list_length(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    *result = tt_int(args[0].len);
    return TT_OK;
}

TtResult tt_builtin_list_is_empty(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    *result = tt_bool(args[0].len == 0);
    return TT_OK;
}

TtResult tt_builtin_list_append(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    if (tt_list_append(call->heap, args[0], tt_value_share(args[1]), result)) return TT_OK;
    return tt_builtin_heap_full(call);
}

TtResult tt_builtin_list_prepend(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[1]));
    TtValue *items;
    TT_TRY(make_list(call, (uint64_t)args[1].len + 1, &items, result));
    items[0] = tt_value_share(args[0]);
    copy_items(items + 1, tt_list_items(args[1]), args[1].len);
    return TT_OK;
}

TtResult tt_builtin_list_first(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    if (!args[0].len) return tt_builtin_index_error(call, 0, "list", 0);
    *result = tt_value_share(tt_list_items(args[0])[0]);
    return TT_OK;
}

TtResult tt_builtin_list_last(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    if (!args[0].len) return tt_builtin_index_error(call, -1, "list", 0);
    *result = tt_value_share(tt_list_items(args[0])[args[0].len - 1]);
    return TT_OK;
}

TtResult tt_builtin_list_rest(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    return make_slice(call, args[0], args[0].len ? 1 : 0, args[0].len, result);
}

/* ---- finding and folding ------------------------------------------------------------------------ */

static int64_t find_item(TtValue list, TtValue wanted) {
    for (uint32_t i = 0; i < list.len; i++) {
        if (tt_value_equal(tt_list_items(list)[i], wanted)) return i;
    }
    return -1;
}

TtResult tt_builtin_list_list_contains(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    *result = tt_bool(find_item(args[0], args[1]) >= 0);
    return TT_OK;
}

TtResult tt_builtin_list_list_index(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    *result = tt_int(find_item(args[0], args[1]));
    return TT_OK;
}

/** Adds or multiplies as the instructions do: Ints wrap, a Float makes the result Float. */
static TtResult fold_numbers(TtBuiltinCall *call, TtValue list, bool product, TtValue *result) {
    TT_TRY(want_list(call, list));
    TtValue total = tt_int(product);
    for (uint32_t i = 0; i < list.len; i++) {
        TtValue item = tt_list_items(list)[i];
        if (!tt_is_number(item)) return tt_builtin_type_error(call, "a list of numbers", item);
        if (total.tag == TT_TAG_INT && item.tag == TT_TAG_INT) {
            uint64_t a = (uint64_t)total.as.i, b = (uint64_t)item.as.i;
            total = tt_int((int64_t)(product ? a * b : a + b));
        } else {
            double a = total.tag == TT_TAG_INT ? (double)total.as.i : total.as.f;
            double b = item.tag == TT_TAG_INT ? (double)item.as.i : item.as.f;
            total = tt_float(product ? a * b : a + b);
        }
    }
    *result = total;
    return TT_OK;
}

TtResult tt_builtin_list_sum(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return fold_numbers(call, args[0], false, result);
}

TtResult tt_builtin_list_product(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return fold_numbers(call, args[0], true, result);
}

/** The item that no other is on the wanted side of (1: above); the first of equal ones; NaN when one is NaN.
 */
static TtResult find_extreme(TtBuiltinCall *call, TtValue list, int side, TtValue *result) {
    TT_TRY(want_list(call, list));
    if (!list.len) return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT, "expects a list with items");
    const TtValue *items = tt_list_items(list);
    TtValue best = items[0];
    for (uint32_t i = 0; i < list.len; i++) {
        int order;
        if (!tt_value_compare(items[i], best, &order))
            return tt_builtin_type_error(call, "items with an order", items[i]);
        if (order == side || (order == 2 && best.as.f == best.as.f)) best = items[i];
    }
    *result = tt_value_share(best);
    return TT_OK;
}

TtResult tt_builtin_list_list_max(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return find_extreme(call, args[0], 1, result);
}

TtResult tt_builtin_list_list_min(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return find_extreme(call, args[0], -1, result);
}

/* ---- parts -------------------------------------------------------------------------------------- */

TtResult tt_builtin_list_take(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_INT));
    return make_slice(call, args[0], 0, clamp(args[1].as.i, args[0].len), result);
}

TtResult tt_builtin_list_drop(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_INT));
    return make_slice(call, args[0], clamp(args[1].as.i, args[0].len), args[0].len, result);
}

TtResult tt_builtin_list_slice_list(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_INT));
    TT_TRY(tt_builtin_want(call, args[2], TT_TAG_INT));
    uint64_t from = clamp(args[1].as.i, args[0].len), to = clamp(args[2].as.i, args[0].len);
    return make_slice(call, args[0], from, to < from ? from : to, result);
}

/* ---- new lists ---------------------------------------------------------------------------------- */

TtResult tt_builtin_list_reverse(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    TtValue *items;
    uint32_t count = args[0].len;
    TT_TRY(make_list(call, count, &items, result));
    for (uint32_t i = 0; i < count; i++) items[i] = tt_value_share(tt_list_items(args[0])[count - 1 - i]);
    return TT_OK;
}

TtResult tt_builtin_list_concat(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    TT_TRY(want_list(call, args[1]));
    TtValue a = args[0], b = args[1], *items;
    if (!a.len || !b.len) {
        *result = tt_value_share(a.len ? a : b);
        return TT_OK;
    }
    TT_TRY(make_list(call, (uint64_t)a.len + b.len, &items, result));
    copy_items(items, tt_list_items(a), a.len);
    copy_items(items + a.len, tt_list_items(b), b.len);
    return TT_OK;
}

TtResult tt_builtin_list_range(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_INT));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_INT));
    int64_t from = args[0].as.i, to = args[1].as.i;
    uint64_t count = to > from ? (uint64_t)to - (uint64_t)from : 0;
    TtValue *items;
    TT_TRY(make_list(call, count, &items, result));
    for (uint64_t i = 0; i < count; i++) items[i] = tt_int(from + (int64_t)i);
    return TT_OK;
}

/** `count` pairs of first(i) and b's items; first(i) is i itself when `a` is NULL. */
static TtResult make_pairs(TtBuiltinCall *call, const TtValue *a, const TtValue *b, uint32_t count,
                           TtValue *result) {
    TtValue *items;
    TT_TRY(make_list(call, count, &items, result));
    for (uint32_t i = 0; i < count; i++) items[i] = tt_null();
    for (uint32_t i = 0; i < count; i++) {
        TtValue pair[2] = {a ? tt_value_share(a[i]) : tt_int(i), tt_value_share(b[i])};
        if (!tt_list_new(call->heap, pair, 2, &items[i])) return tt_builtin_heap_full(call);
    }
    return TT_OK;
}

TtResult tt_builtin_list_zip(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    TT_TRY(want_list(call, args[1]));
    uint32_t count = args[0].len < args[1].len ? args[0].len : args[1].len;
    return make_pairs(call, tt_list_items(args[0]), tt_list_items(args[1]), count, result);
}

TtResult tt_builtin_list_enumerate(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    return make_pairs(call, NULL, tt_list_items(args[0]), args[0].len, result);
}

/* ---- flatten ------------------------------------------------------------------------------------ */

/** A list being walked and the item to look at next. */
typedef struct Level {
    TtValue list;
    uint32_t next;
} Level;
typedef TT_VEC(Level) Levels;

/** The next item that is not a list; false at the end, or when `*steps` are used up. */
static bool next_item(Levels *levels, uint64_t *steps, TtValue *item) {
    while (levels->count && *steps > 0) {
        --*steps;
        Level *level = &tt_vec_last(levels);
        if (level->next == level->list.len) {
            levels->count--;
            continue;
        }
        *item = tt_list_items(level->list)[level->next++];
        if (item->tag != TT_TAG_LIST) return true;
        tt_vec_push(levels, ((Level){*item, 0}));
    }
    return false;
}

static TtResult flatten(TtBuiltinCall *call, TtValue list, Levels *levels, TtValue *result) {
    /* Shared parts can make the walk exponential. A value without any takes at least 8 bytes for each
     * step, so whoever needs more steps than the heap has room for asks for too much. */
    const uint64_t most = call->heap->pool->limit / 8 + 16;
    uint64_t count = 0, steps = most;
    TtValue item, *items;
    tt_vec_push(levels, ((Level){list, 0}));
    while (next_item(levels, &steps, &item)) count++;
    if (steps == 0) return tt_builtin_heap_full(call);
    TT_TRY(make_list(call, count, &items, result));
    steps = most;
    tt_vec_push(levels, ((Level){list, 0}));
    while (next_item(levels, &steps, &item)) *items++ = tt_value_share(item);
    return TT_OK;
}

TtResult tt_builtin_list_flatten(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    Levels levels = {0};
    TtResult outcome = flatten(call, args[0], &levels, result);
    tt_vec_free(&levels);
    return outcome;
}

/* ---- unique ------------------------------------------------------------------------------------- */

/** Marks the items that equal an earlier one; the number of the others. */
static uint32_t mark_repeated(TtValue list, uint32_t *table, uint64_t mask, bool *repeated) {
    const TtValue *items = tt_list_items(list);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list.len; i++) {
        uint64_t at = tt_value_hash(items[i]) & mask;
        while (table[at] && !tt_value_equal(items[table[at] - 1], items[i])) at = (at + 1) & mask;
        repeated[i] = table[at] != 0;
        if (!repeated[i]) table[at] = i + 1;
        kept += !repeated[i];
    }
    return kept;
}

TtResult tt_builtin_list_unique(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_list(call, args[0]));
    TtValue list = args[0], *items;
    uint64_t size = 16;
    while (size < (uint64_t)list.len * 2) size *= 2;
    uint32_t *table = tt_alloc_try((size_t)size * sizeof *table);
    bool *repeated = tt_alloc_try(list.len);
    TtResult outcome;
    if (!table || !repeated) {
        outcome = tt_builtin_heap_full(call);
    } else {
        memset(table, 0, (size_t)size * sizeof *table);
        outcome = make_list(call, mark_repeated(list, table, size - 1, repeated), &items, result);
        for (uint32_t i = 0; outcome == TT_OK && i < list.len; i++) {
            if (!repeated[i]) *items++ = tt_value_share(tt_list_items(list)[i]);
        }
    }
    tt_free(table);
    tt_free(repeated);
    return outcome;
}
