// SPDX-License-Identifier: MIT
/*
 * What must hold for a heap at any time, allocations and adoptions included:
 * 1. The data of a block is a gapless sequence of objects and free runs, the current free run being
 *    one; free runs in the bins are in blocks.
 * 2. The size of an object is that of its kind and capacity; `used` is at most the capacity.
 * 3. A reference leads to the start of an object of this heap, or to a frozen object; its tag fits
 *    the object's kind, and its length what is there. Nothing leads into another heap.
 * 4. An index finds every entry and nothing else, and no key is in a buffer twice.
 * 5. The references to shared bytes in the heap are exactly those in the list.
 * 6. held_bytes, shared_bytes and the figures of the objects are their sums.
 * 7. While a collection sweeps: no root and no object that is alive leads to one that is dead. Dead ones may
 *    lead anywhere.
 */
#include "heap/heap_internal.h"
#include "port/atomic.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Spot {
    const char *start;
    size_t size;
    bool listed; /* free runs: seen in a bin; references to shared bytes: seen in the list */
    bool dead;   /* not found by the collection that is about to sweep it */
} Spot;

typedef struct Check {
    TtRootVisitor visitor;
    const TtHeap *heap;
    Spot *spots; /* sorted by start */
    size_t count, capacity;
    bool unswept; /* what is being added is yet to be swept */
} Check;

static void require(const Check *check, bool holds, const char *what) {
    if (TT_LIKELY(holds)) return;
    fprintf(stderr, "internal error: heap of actor %" PRIu64 ": %s\n", check->heap->owner, what);
    abort();
}

static void add_spot(Check *check, const TtObj *object, size_t size) {
    if (check->count == check->capacity) {
        check->capacity = check->capacity ? check->capacity * 2 : 64;
        check->spots = tt_realloc(check->spots, check->capacity * sizeof(Spot));
    }
    bool dead = check->unswept && !check->heap->marking && object->kind != TT_OBJ_FREE &&
                object->mark != check->heap->mark;
    check->spots[check->count++] = (Spot){(const char *)object, size, false, dead};
}

static int compare_spots(const void *a, const void *b) {
    const char *x = ((const Spot *)a)->start, *y = ((const Spot *)b)->start;
    return (x > y) - (x < y);
}

static Spot *find_spot(const Check *check, const void *start) {
    Spot wanted = {start, 0, false, false};
    return check->count ? bsearch(&wanted, check->spots, check->count, sizeof(Spot), compare_spots) : NULL;
}

/* ---- 1: the sequence ---------------------------------------------------------------------------- */

static void collect_block(Check *check, const TtHeapBlock *block) {
    const TtHeap *heap = check->heap;
    const char *at = block->data, *end = at + block->bytes;
    while (at < end) {
        if (at == heap->bump && heap->bump < heap->bump_end) {
            at = heap->bump_end;
            continue;
        }
        const TtObj *object = (const TtObj *)(const void *)at;
        require(check, object->kind < TT_OBJ_KIND_COUNT, "an object in a block has no kind");
        size_t size = object_size(object);
        require(check, size && size % TT_HEAP_CELL == 0 && size <= (size_t)(end - at),
                "an object does not fit its block");
        add_spot(check, object, size);
        at += size;
    }
    require(check, at == end, "the current free run passes the end of its block");
}

/** Adds the blocks and large objects of a heap, or those that its collection is to sweep. */
static uint64_t collect_lists(Check *check, const TtHeapBlock *blocks, const TtHeapLarge *large_objects,
                              bool *bump_found) {
    const TtHeap *heap = check->heap;
    uint64_t held = 0;
    for (const TtHeapBlock *block = blocks; block; block = block->next) {
        collect_block(check, block);
        held += block_held(block);
        *bump_found |= heap->bump >= block->data && heap->bump_end <= block->data + block->bytes;
    }
    for (const TtHeapLarge *large = large_objects; large; large = large->next) {
        require(check, *large->link == large && large->object.flags & TT_OBJ_LARGE,
                "how a large object is linked");
        require(check, large->object.cls == 0 && large->object.kind != TT_OBJ_FREE,
                "a large object's header");
        require(check, object_size(&large->object) == large->bytes, "a large object's size");
        add_spot(check, &large->object, large->bytes);
        held += large_held(large);
    }
    return held;
}

static void collect_spots(Check *check) {
    const TtHeap *heap = check->heap;
    bool bump_found = heap->bump == heap->bump_end;
    uint64_t held = collect_lists(check, heap->blocks, heap->large, &bump_found);
    if (heap_cycle(heap)) {
        bool swept = bump_found;
        check->unswept = true;
        held += collect_lists(check, heap_cycle(heap)->blocks, heap_cycle(heap)->large, &bump_found);
        check->unswept = false;
        require(check, heap->marking || swept, "the current free run is in a block that is yet to be swept");
    }
    require(check, bump_found, "the current free run is in no block");
    require(check, held == heap->held_bytes, "held_bytes is not the sum of the blocks and large objects");
    if (check->count) qsort(check->spots, check->count, sizeof(Spot), compare_spots);
}

static void check_bins(Check *check) {
    const TtHeapSpare *spare = check->heap->spare;
    if (!spare) return;
    for (size_t bin = 0; bin < TT_SPARE_BINS; bin++) {
        require(check, !spare->bins[bin] == !(spare->filled >> bin & 1),
                "`filled` does not tell which bins are");
        for (const TtFreeRun *run = spare->bins[bin]; run; run = run->next) {
            Spot *spot = find_spot(check, run);
            require(check, spot && run->object.kind == TT_OBJ_FREE, "a free run in a bin is not in a block");
            require(check, !spot->listed, "a free run is in two bins");
            size_t cells = spot->size / TT_HEAP_CELL;
            require(check, bin == (cells < TT_SPARE_BINS ? cells : TT_SPARE_BINS - 1),
                    "a free run is in a wrong bin");
            spot->listed = true;
        }
    }
}

/* ---- 2, 3, 4: objects and references ------------------------------------------------------------- */

static const TtObjKind kind_of_tag[TT_TAG_COUNT] = {
    [TT_TAG_LIST] = TT_OBJ_LIST,
    [TT_TAG_OBJECT] = TT_OBJ_MAP,
    [TT_TAG_CLOSURE] = TT_OBJ_CLOSURE,
    [TT_TAG_EXCEPTION] = TT_OBJ_EXCEPTION,
};

static uint32_t longest_view(const TtObj *object) {
    switch (object->kind) {
    case TT_OBJ_BIG_BYTES: {
        const TtSharedBytes *shared = ((const TtBigBytes *)object)->shared;
        return shared->capacity; /* `used` may be another actor's */
    }
    case TT_OBJ_LIST: return ((const TtListBuf *)object)->capacity;
    case TT_OBJ_MAP: return ((const TtMapBuf *)object)->capacity;
    default: return object->used;
    }
}

/** Lists and objects: between an in-place update and the store of its result a view may be longer than
 * `used`. */
static void check_value(const Check *check, TtValue value) {
    require(check, value.tag < TT_TAG_COUNT, "a value has no tag");
    if (value.tag < TT_TAG_STR) return;
    const TtObj *object = value.as.object;
    if (!object) {
        require(check, tt_is_view(value) && !value.len, "a value lacks its object");
        return;
    }
    const Spot *spot = find_spot(check, object);
    require(check, spot || object->flags & TT_OBJ_FROZEN, "a reference leaves the heap");
    require(check, !spot || !spot->dead, "what is alive leads to an object that is about to be swept");
    if (value.tag == TT_TAG_STR || value.tag == TT_TAG_BYTES)
        require(check, object->kind == TT_OBJ_BYTES || object->kind == TT_OBJ_BIG_BYTES,
                "a Str without characters");
    else
        require(check, object->kind == kind_of_tag[value.tag], "a reference to an object of another kind");
    if (tt_is_view(value))
        require(check, value.len <= longest_view(object), "a view is longer than its buffer");
}

static void check_map(const Check *check, const TtMapBuf *map) {
    require(check, map->obj.used <= map->capacity, "an object has more entries than room");
    require(check, map->index_size == map_index_size(map->capacity), "an object's index has a wrong size");
    TtValue whole = {TT_TAG_OBJECT, map->obj.used, {.object = (TtObj *)(uintptr_t)map}};
    for (uint32_t i = 0; i < map->obj.used; i++) {
        TtValue key = map->entries[i].key;
        require(check, key.tag == TT_TAG_STR, "a key is not a Str");
        check_value(check, key);
        check_value(check, map->entries[i].value);
        require(check, tt_map_find(whole, tt_bytes_data(key), key.len) == i,
                "an entry is not found by its key");
    }
    const uint32_t *index = (const uint32_t *)(const void *)(map->entries + map->capacity);
    uint32_t indexed = 0;
    for (uint32_t i = 0; i < map->index_size; i++) indexed += index[i] != 0;
    require(check, !map->index_size || indexed == map->obj.used,
            "an index leads to entries that are not there");
}

static void check_object(const Check *check, const TtObj *object, size_t size) {
    if (object->kind == TT_OBJ_FREE) return;
    require(check, object->mark == check->heap->mark || object->mark == 0 || check->heap->marking,
            "an object has the wrong colour");
    require(check, !(object->flags & TT_OBJ_FROZEN), "a frozen object in a heap");
    switch (object->kind) {
    case TT_OBJ_BYTES: {
        const TtBytesBuf *buf = (const TtBytesBuf *)object;
        require(check, size == round_to_cells(bytes_buf_size(buf->capacity)), "the size of a byte buffer");
        require(check, buf->obj.used <= buf->capacity && buf->obj.used < TT_SHARED_MIN_BYTES, "bytes used");
        break;
    }
    case TT_OBJ_BIG_BYTES:
        require(check, size == round_to_cells(sizeof(TtBigBytes)), "the size of a reference to shared bytes");
        require(check, tt_atomic_load_u32_acq(&((const TtBigBytes *)object)->shared->references) > 0,
                "shared bytes without a reference");
        break;
    case TT_OBJ_LIST: {
        const TtListBuf *list = (const TtListBuf *)object;
        require(check, size == round_to_cells(list_size(list->capacity)), "the size of a list");
        require(check, list->obj.used <= list->capacity, "a list has more items than room");
        for (uint32_t i = 0; i < list->obj.used; i++) check_value(check, list->items[i]);
        break;
    }
    case TT_OBJ_MAP: {
        const TtMapBuf *map = (const TtMapBuf *)object;
        require(check, size == round_to_cells(map_size(map->capacity, map->index_size)),
                "the size of an object");
        check_map(check, map);
        break;
    }
    case TT_OBJ_CLOSURE: {
        const TtClosure *closure = (const TtClosure *)object;
        require(check, size == round_to_cells(closure_size(closure->obj.used)), "the size of a closure");
        require(check, closure->function != NULL, "a closure without function");
        for (uint32_t i = 0; i < closure->obj.used; i++) check_value(check, closure->captures[i].value);
        break;
    }
    case TT_OBJ_EXCEPTION: {
        const TtException *exception = (const TtException *)object;
        require(check, size == round_to_cells(sizeof(TtException)), "the size of an exception");
        check_value(check, exception->message);
        check_value(check, exception->kind);
        check_value(check, exception->stack);
        check_value(check, exception->value);
        break;
    }
    }
}

/* ---- 5, 6: lists and sums ----------------------------------------------------------------------- */

/** Sums of the references to shared bytes. */
typedef struct Listed {
    uint64_t count, shared;
} Listed;

static void check_big_bytes(Check *check, const TtBigBytes *list, Listed *listed) {
    for (const TtBigBytes *big = list; big; big = big->next) {
        Spot *spot = find_spot(check, big);
        require(check, spot && big->obj.kind == TT_OBJ_BIG_BYTES,
                "a listed reference to shared bytes is not in the heap");
        require(check, !spot->listed, "a reference to shared bytes is listed twice");
        spot->listed = true;
        listed->count += !spot->dead;
        listed->shared += shared_held(big->shared);
    }
}

static void check_sums(Check *check) {
    const TtHeap *heap = check->heap;
    uint64_t bytes = 0, objects = 0, references = 0;
    Listed listed = {0, 0};
    for (size_t i = 0; i < check->count; i++) {
        const TtObj *object = (const TtObj *)(const void *)check->spots[i].start;
        if (object->kind == TT_OBJ_FREE) continue;
        objects++;
        bytes += check->spots[i].size;
        references += object->kind == TT_OBJ_BIG_BYTES && !check->spots[i].dead;
    }
    check_big_bytes(check, heap->big_bytes, &listed);
    if (heap_cycle(heap)) check_big_bytes(check, heap_cycle(heap)->big_bytes, &listed);
    require(check, listed.count == references, "a reference to shared bytes is not listed");
    require(check, listed.shared == heap->shared_bytes, "shared_bytes is not the sum of what is referred to");
    require(check, heap->allocated_objects - heap->freed_objects == objects, "the number of objects");
    require(check, heap->allocated_bytes - heap->freed_bytes == bytes + listed.shared,
            "the bytes of the objects");
    require(check, heap->mark == 1 || heap->mark == 2, "the colour");
}

static void check_roots(TtRootVisitor *visitor, const TtValue *values, size_t count) {
    for (size_t i = 0; i < count; i++) check_value((const Check *)visitor, values[i]);
}

void tt_heap_check(TtHeap *heap, TtRootsFn roots, void *context) {
    Check check = {.visitor = {check_roots}, .heap = heap};
    collect_spots(&check);
    check_bins(&check);
    for (size_t i = 0; i < check.count; i++)
        if (!check.spots[i].dead)
            check_object(&check, (const TtObj *)(const void *)check.spots[i].start, check.spots[i].size);
    check_sums(&check);
    roots(context, &check.visitor);
    tt_free(check.spots);
}
