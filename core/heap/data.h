// SPDX-License-Identifier: MIT
/**
 * Making and updating values. All functions that take a heap give `false` when a limit is reached
 * (and change nothing then). Ordinary operations give a new value; those with `own` may change the
 * buffer in place when it is not shared, and are for callers that hold the only view in use: the
 * argument is not looked at again once the result is stored.
 *
 * An ordinary operation whose result views the buffer of its argument (an append behind it, a
 * shorter view, the unchanged argument) marks the buffer TT_OBJ_SHARED, because both may stay;
 * with `own` it does not. So loops that update a variable in place need `own` for *every* operation
 * on it, appends and pops included. Code that builds up a fresh value passes own = true.
 */
#ifndef TT_HEAP_DATA_H
#define TT_HEAP_DATA_H

#include "heap/heap.h"

/* ---- text and bytes: `tag` is TT_TAG_STR or TT_TAG_BYTES ----------------------------------------- */

bool tt_bytes_new(TtHeap *heap, TtTag tag, const void *data, size_t length, TtValue *out) TT_MUST_USE;
/** As tt_bytes_new, but the caller fills `*data` (length bytes) before anything else happens. */
bool tt_bytes_alloc(TtHeap *heap, TtTag tag, size_t length, char **data, TtValue *out) TT_MUST_USE;
/**
 * `a` with `length` bytes behind it, which the caller fills before anything else happens: where they go, or
 * NULL at a limit. Amortised O(length) along a chain of appends.
 */
char *tt_bytes_extend(TtHeap *heap, TtValue a, size_t length, TtValue *out) TT_MUST_USE;
/** The same, and fills them. */
bool tt_bytes_append(TtHeap *heap, TtValue a, const char *data, size_t length, TtValue *out) TT_MUST_USE;
bool tt_str_new(TtHeap *heap, const char *text, TtValue *out) TT_MUST_USE;

/* ---- lists -------------------------------------------------------------------------------------- */

/** A list of copies of `count` references (the caller shares them where they stay elsewhere). */
bool tt_list_new(TtHeap *heap, const TtValue *items, uint32_t count, TtValue *out) TT_MUST_USE;
/** A list of `count` items which the caller fills in `*items` before anything else happens. */
bool tt_list_alloc(TtHeap *heap, uint32_t count, TtValue **items, TtValue *out) TT_MUST_USE;
bool tt_list_append(TtHeap *heap, TtValue list, TtValue item, TtValue *out) TT_MUST_USE;
/** tt_list_append with own = true. */
bool tt_list_append_own(TtHeap *heap, TtValue list, TtValue item, TtValue *out) TT_MUST_USE;
/**
 * Appends to the list in `*list` and stores the result there. Unless its buffer bears a mark (SHARED, MOVED),
 * this is the only reference to it in the world: a buffer that is outgrown may be gone afterwards. */
bool tt_list_push(TtHeap *heap, TtValue *list, TtValue item) TT_MUST_USE;
/** `index` < list.len. */
bool tt_list_set(TtHeap *heap, TtValue list, uint32_t index, TtValue item, bool own,
                 TtValue *out) TT_MUST_USE;
/** Takes the last item off; list.len > 0. With `own` an unshared buffer is appended to in place again. */
TtValue tt_list_drop_last(TtHeap *heap, TtValue list, bool own);

/* ---- objects ------------------------------------------------------------------------------------ */

/* Lookups: tt_map_find in value/value.h. */
/** An object of `count` entries, copies of references as in tt_list_new; of equal keys the last value counts.
 */
bool tt_map_new(TtHeap *heap, const TtMapEntry *entries, uint32_t count, TtValue *out) TT_MUST_USE;
/** `key` is a Str; it is added at the end when the object does not have it. */
bool tt_map_set(TtHeap *heap, TtValue map, TtValue key, TtValue value, bool own, TtValue *out) TT_MUST_USE;
/** Sets a field of an object that the caller is building: own = true. */
bool tt_map_set_text(TtHeap *heap, TtValue map, const char *key, TtValue value, TtValue *out) TT_MUST_USE;
/** The map itself when the key is absent. */
bool tt_map_delete(TtHeap *heap, TtValue map, const char *key, uint32_t length, TtValue *out) TT_MUST_USE;

/* ---- the others --------------------------------------------------------------------------------- */

bool tt_closure_new(TtHeap *heap, const TtFunction *function, const TtCapture *captures, uint32_t count,
                    TtValue *out) TT_MUST_USE;
bool tt_exception_new(TtHeap *heap, TtValue message, TtValue kind, TtValue stack, TtValue value,
                      TtValue *out) TT_MUST_USE;

/* ---- frozen copies ------------------------------------------------------------------------------ */

/** Arena of frozen objects; freed as a whole. Its owner guards it when several threads add. */
typedef struct TtFrozen {
    struct TtFrozenChunk *chunks; /* the first one is the current one */
} TtFrozen;
/** A deep copy outside every heap, sharing what is frozen already. BadArgument when nested too deep. */
TtResult tt_frozen_copy(TtFrozen *area, TtValue value, TtValue *copy) TT_MUST_USE;
/** A frozen Str or Bytes of the area. */
TtValue tt_frozen_bytes(TtFrozen *area, TtTag tag, const char *data, size_t length);
void tt_frozen_free(TtFrozen *area);

#endif
