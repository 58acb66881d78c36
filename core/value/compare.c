// SPDX-License-Identifier: MIT
/**
 * Equality, order and hashing. Containers wait on an explicit stack, because the C stack is small in
 * threads of a browser. Because parts may be shared, a value can be exponentially larger to walk than
 * to store; once a walk gets long, pairs of containers that were already met are remembered and
 * skipped. That is sound: a walk goes on only while everything so far was equal, and values have no
 * cycles, so a pair that was met is settled or will be settled by the walk itself.
 */
#include "base/config.h"
#include "base/names.h"
#include "base/vec.h"
#include "value/value.h"

#include <math.h>
#include <string.h>

/** A result of comparing besides -1, 0 and 1. */
enum { UNORDERED = 2, INCOMPARABLE = 3 };

typedef struct Pair {
    TtValue a, b;
    uint32_t next; /* item to look at next */
} Pair;

/* ---- remembered pairs --------------------------------------------------------------------------- */

/** Containers met before pairs are remembered; most comparisons end long before. */
#define REMEMBER_AFTER 1000

typedef struct PairKey {
    const TtObj *a, *b; /* NULL: free place */
    uint32_t length;
} PairKey;

typedef struct Seen {
    PairKey *places; /* open addressing, at most half full */
    uint32_t count, size;
    uint32_t met;
} Seen;

static uint32_t find_place(const Seen *seen, PairKey key) {
    uint64_t mix = ((uint64_t)(uintptr_t)key.a * 0x9E3779B97F4A7C15u) ^
                   ((uint64_t)(uintptr_t)key.b * 0xC2B2AE3D27D4EB4Fu);
    uint32_t at = (uint32_t)((mix ^ (mix >> 29)) + key.length);
    for (;; at++) {
        PairKey *place = &seen->places[at & (seen->size - 1)];
        if (!place->a || (place->a == key.a && place->b == key.b && place->length == key.length)) {
            return at & (seen->size - 1);
        }
    }
}

/** Whether the pair was met before; remembers it. */
static bool meet_pair(Seen *seen, TtValue a, TtValue b) {
    if (seen->met < REMEMBER_AFTER) {
        seen->met++;
        return false;
    }
    if (seen->count * 2 >= seen->size) {
        Seen larger = {.size = seen->size ? seen->size * 2 : 1024, .met = seen->met};
        larger.places = tt_alloc_zero(larger.size * sizeof *larger.places);
        for (uint32_t i = 0; i < seen->size; i++) {
            if (!seen->places[i].a) continue;
            larger.places[find_place(&larger, seen->places[i])] = seen->places[i];
            larger.count++;
        }
        tt_free(seen->places);
        *seen = larger;
    }
    PairKey key = {a.as.object, b.as.object, a.len};
    uint32_t at = find_place(seen, key);
    if (seen->places[at].a) return true;
    seen->places[at] = key;
    seen->count++;
    return false;
}

/* ---- scalars ------------------------------------------------------------------------------------ */

static int compare_ints(int64_t a, int64_t b) {
    return a < b ? -1 : a > b;
}

static int compare_floats(double a, double b) {
    if (isnan(a) || isnan(b)) return UNORDERED;
    return a < b ? -1 : a > b;
}

/** Without rounding: an Int beyond 2^53 is not converted to the nearest double. */
static int compare_int_float(int64_t a, double b) {
    if (isnan(b)) return UNORDERED;
    if (b >= 0x1p63) return -1;
    if (b < -0x1p63) return 1;
    int64_t whole = (int64_t)b;
    if (a != whole) return a < whole ? -1 : 1;
    return compare_floats((double)whole, b);
}

static int compare_numbers(TtValue a, TtValue b) {
    if (a.tag == TT_TAG_INT) {
        return b.tag == TT_TAG_INT ? compare_ints(a.as.i, b.as.i) : compare_int_float(a.as.i, b.as.f);
    }
    if (b.tag == TT_TAG_FLOAT) return compare_floats(a.as.f, b.as.f);
    int order = compare_int_float(b.as.i, a.as.f);
    return order == UNORDERED ? UNORDERED : -order;
}

/** UTF-8 sorts by code point when it is sorted by byte. */
static int compare_bytes(TtValue a, TtValue b) {
    uint32_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(tt_bytes_data(a), tt_bytes_data(b), common) : 0;
    return order ? (order < 0 ? -1 : 1) : compare_ints(a.len, b.len);
}

static bool equal_bytes(TtValue a, TtValue b) {
    return a.len == b.len &&
           (a.as.object == b.as.object || !memcmp(tt_bytes_data(a), tt_bytes_data(b), a.len));
}

/* ---- equality ----------------------------------------------------------------------------------- */

static bool equal_functions(const TtFunction *a, const TtFunction *b) {
    if (a == b) return true;
    if (a->module != b->module || a->entry != b->entry || a->parameter_count != b->parameter_count)
        return false;
    for (uint32_t i = 0; i < a->parameter_count; i++) {
        if (strcmp(a->parameters[i], b->parameters[i]) != 0) return false;
    }
    return true;
}

/** What can be said without going into parts; `*parts` when the parts decide. */
static bool equal_shallow(TtValue a, TtValue b, bool *parts) {
    *parts = false;
    if (a.tag != b.tag) return tt_is_number(a) && tt_is_number(b) && compare_numbers(a, b) == 0;
    switch ((TtTag)a.tag) {
    case TT_TAG_UNBOUND:
    case TT_TAG_NULL: return true;
    case TT_TAG_FLOAT: return a.as.f == b.as.f;
    case TT_TAG_STR:
    case TT_TAG_BYTES: return equal_bytes(a, b);
    case TT_TAG_FUNCTION: return equal_functions(a.as.function, b.as.function);
    case TT_TAG_CLOSURE:
        *parts = true;
        return a.as.object->used == b.as.object->used && equal_functions(tt_callee(a), tt_callee(b));
    case TT_TAG_LIST:
    case TT_TAG_OBJECT: *parts = a.len > 0; return a.len == b.len;
    case TT_TAG_EXCEPTION: *parts = true; return true;
    default: return a.as.i == b.as.i;
    }
}

/** The value captured under the name; captures are few. */
static const TtValue *find_capture(const TtClosure *closure, uint32_t name) {
    for (uint32_t i = closure->obj.used; i-- > 0;) {
        if (closure->captures[i].name == name) return &closure->captures[i].value;
    }
    return NULL;
}

/** The next two parts to compare. 0: no more · 1: stored · -1: one side has no such part. */
static int next_parts(Pair *pair, TtValue *a, TtValue *b) {
    uint32_t i = pair->next++;
    switch ((TtTag)pair->a.tag) {
    case TT_TAG_LIST:
        if (i == pair->a.len) return 0;
        *a = tt_list_items(pair->a)[i];
        *b = tt_list_items(pair->b)[i];
        return 1;
    case TT_TAG_OBJECT: {
        if (i == pair->a.len) return 0;
        const TtMapEntry *entry = &tt_map_entries(pair->a)[i];
        int64_t at = tt_map_find(pair->b, tt_bytes_data(entry->key), entry->key.len);
        if (at < 0) return -1;
        *a = entry->value;
        *b = tt_map_entries(pair->b)[at].value;
        return 1;
    }
    case TT_TAG_CLOSURE: {
        const TtClosure *closure = tt_closure(pair->a);
        if (i == closure->obj.used) return 0;
        const TtValue *other = find_capture(tt_closure(pair->b), closure->captures[i].name);
        if (!other) return -1;
        *a = closure->captures[i].value;
        *b = *other;
        return 1;
    }
    default: {
        const TtException *x = tt_exception(pair->a), *y = tt_exception(pair->b);
        const TtValue of_x[] = {x->kind, x->message, x->value, x->stack};
        const TtValue of_y[] = {y->kind, y->message, y->value, y->stack};
        if (i == 4) return 0;
        *a = of_x[i];
        *b = of_y[i];
        return 1;
    }
    }
}

static bool equal_parts(TtValue a, TtValue b) {
    TT_VEC(Pair) pairs = {0};
    Seen seen = {0};
    tt_vec_push(&pairs, ((Pair){a, b, 0}));
    bool equal = true;
    while (equal && pairs.count) {
        TtValue x, y;
        int found = next_parts(&tt_vec_last(&pairs), &x, &y);
        if (found == 0) {
            pairs.count--;
            continue;
        }
        bool parts = false;
        equal = found > 0 && equal_shallow(x, y, &parts);
        if (equal && parts && !meet_pair(&seen, x, y)) {
            equal = pairs.count < TT_MAX_NESTING;
            tt_vec_push(&pairs, ((Pair){x, y, 0}));
        }
    }
    tt_vec_free(&pairs);
    tt_free(seen.places);
    return equal;
}

bool tt_value_equal(TtValue a, TtValue b) {
    bool parts;
    if (!equal_shallow(a, b, &parts)) return false;
    return !parts || equal_parts(a, b);
}

/* ---- order -------------------------------------------------------------------------------------- */

/** Everything but Lists. */
static int compare_scalars(TtValue a, TtValue b) {
    if (tt_is_number(a) && tt_is_number(b)) return compare_numbers(a, b);
    if (a.tag != b.tag) return INCOMPARABLE;
    switch ((TtTag)a.tag) {
    case TT_TAG_BOOL: return compare_ints(a.as.i, b.as.i);
    case TT_TAG_STR:
    case TT_TAG_BYTES: return compare_bytes(a, b);
    default: return INCOMPARABLE;
    }
}

/** Items without an order of their own (null, objects …) are passed over when they are equal. */
static int compare_items(TtValue a, TtValue b) {
    int order = compare_scalars(a, b);
    return order == INCOMPARABLE && tt_value_equal(a, b) ? 0 : order;
}

static int compare_lists(TtValue a, TtValue b) {
    TT_VEC(Pair) pairs = {0};
    Seen seen = {0};
    tt_vec_push(&pairs, ((Pair){a, b, 0}));
    int order = 0;
    while (order == 0 && pairs.count) {
        Pair *pair = &tt_vec_last(&pairs);
        if (pair->next >= pair->a.len || pair->next >= pair->b.len) {
            order = compare_ints(pair->a.len, pair->b.len);
            pairs.count--;
            continue;
        }
        TtValue x = tt_list_items(pair->a)[pair->next], y = tt_list_items(pair->b)[pair->next];
        pair->next++;
        if (x.tag != TT_TAG_LIST || y.tag != TT_TAG_LIST) {
            order = compare_items(x, y);
        } else if (x.len != y.len || (x.len && !meet_pair(&seen, x, y))) {
            if (pairs.count == TT_MAX_NESTING) order = INCOMPARABLE;
            tt_vec_push(&pairs, ((Pair){x, y, 0}));
        }
    }
    tt_vec_free(&pairs);
    tt_free(seen.places);
    return order;
}

bool tt_value_compare(TtValue a, TtValue b, int *order) {
    int result = a.tag == TT_TAG_LIST && b.tag == TT_TAG_LIST ? compare_lists(a, b) : compare_scalars(a, b);
    if (result == INCOMPARABLE) return false;
    *order = result;
    return true;
}

/* ---- hash --------------------------------------------------------------------------------------- */

/** Levels and items of nested containers that the hash looks at: bounds its time and the C stack. */
#define HASH_LEVELS 3
#define HASH_ITEMS  16

static uint64_t mix_hash(uint64_t h) {
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
    return h ^ (h >> 31);
}

static uint64_t hash_nested(TtValue v, unsigned level) {
    uint64_t h = mix_hash(((uint64_t)v.tag << 32) + v.len + 1);
    if (level > HASH_LEVELS) return h;
    if (v.tag == TT_TAG_LIST) {
        uint32_t count = level && v.len > HASH_ITEMS ? HASH_ITEMS : v.len;
        for (uint32_t i = 0; i < count; i++) {
            TtValue item = tt_list_items(v)[i];
            bool nested = item.tag == TT_TAG_LIST || item.tag == TT_TAG_OBJECT;
            h = mix_hash(h + (nested ? hash_nested(item, level + 1) : tt_value_hash(item)));
        }
    } else if (!level || v.len <= HASH_ITEMS) { /* the order of keys does not count: a sum */
        for (uint32_t i = 0; i < v.len; i++) {
            const TtMapEntry *entry = &tt_map_entries(v)[i];
            bool nested = entry->value.tag == TT_TAG_LIST || entry->value.tag == TT_TAG_OBJECT;
            uint64_t value = nested ? hash_nested(entry->value, level + 1) : tt_value_hash(entry->value);
            h += mix_hash(value ^ tt_hash_bytes(tt_bytes_data(entry->key), entry->key.len));
        }
    }
    return h;
}

uint64_t tt_value_hash(TtValue v) {
    switch ((TtTag)v.tag) {
    case TT_TAG_LIST:
    case TT_TAG_OBJECT: return hash_nested(v, 0);
    case TT_TAG_STR:
    case TT_TAG_BYTES: return mix_hash(tt_hash_bytes(tt_bytes_data(v), v.len) + ((uint64_t)v.tag << 32));
    case TT_TAG_FLOAT:
        /* Floats that equal an Int hash as that Int. */
        if (v.as.f >= -0x1p63 && v.as.f < 0x1p63 && v.as.f == (double)(int64_t)v.as.f) {
            return mix_hash((uint64_t)(int64_t)v.as.f);
        }
        return mix_hash((uint64_t)v.as.i ^ 0x5DEECE66Du);
    case TT_TAG_FUNCTION:
    case TT_TAG_CLOSURE: return mix_hash(tt_callee(v)->entry + ((uint64_t)v.tag << 32));
    case TT_TAG_EXCEPTION: return tt_value_hash(tt_exception(v)->message);
    case TT_TAG_INT: return mix_hash((uint64_t)v.as.i);
    default: return mix_hash((uint64_t)v.as.i + ((uint64_t)v.tag << 32));
    }
}
