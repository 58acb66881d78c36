// SPDX-License-Identifier: MIT
#include "heap/heap.h"

#include "heap/gc.h"
#include "heap/heap_internal.h"
#include "port/atomic.h"

#include <string.h>

/* ---- the pool ----------------------------------------------------------------------------------- */

/*
 * Add first, look afterwards: one atomic operation when there is room. Two threads that meet at the
 * limit may both be refused although one would have fitted; nobody gets past it.
 */
bool tt_heap_pool_take(TtHeapPool *pool, uint64_t bytes) {
    uint64_t before = tt_atomic_fetch_add_u64_rlx(&pool->used, bytes);
    if (TT_LIKELY(bytes <= pool->limit && before <= pool->limit - bytes)) return true;
    tt_atomic_fetch_sub_u64_rlx(&pool->used, bytes);
    return false;
}

void tt_heap_pool_give(TtHeapPool *pool, uint64_t bytes) {
    tt_atomic_fetch_sub_u64_rlx(&pool->used, bytes);
}

bool heap_take(TtHeap *heap, uint64_t bytes) {
    if (heap->reserve) {
        tt_atomic_fetch_add_u64_rlx(&heap->pool->used, bytes);
        return true;
    }
    uint64_t limit = heap->pool->actor_limit;
    uint64_t held = heap->held_bytes + heap->shared_bytes;
    if (limit && (bytes > limit || held > limit - bytes)) return heap_full(heap);
    return tt_heap_pool_take(heap->pool, bytes) || heap_full(heap);
}

static uint64_t left_of(uint64_t limit, uint64_t used) {
    return used < limit ? limit - used : 0;
}

size_t tt_heap_text_room(const TtHeap *heap) {
    const TtHeapPool *pool = heap->pool;
    uint64_t room = left_of(pool->limit, tt_atomic_load_u64_rlx(&pool->used));
    uint64_t own = left_of(pool->actor_limit, heap->held_bytes + heap->shared_bytes);
    if (pool->actor_limit && own < room) room = own;
    if (room < TT_MIN_TEXT_BYTES) room = TT_MIN_TEXT_BYTES;
    return room < TT_MAX_TEXT_BYTES ? (size_t)room : TT_MAX_TEXT_BYTES;
}

void heap_give(TtHeap *heap, uint64_t bytes) {
    tt_heap_pool_give(heap->pool, bytes);
}

/* ---- free runs ---------------------------------------------------------------------------------- */

void heap_add_run(TtHeap *heap, char *start, size_t bytes) {
    TtFreeRun *run = (TtFreeRun *)(void *)start;
    TtHeapSpare *spare = heap->spare;
    size_t cells = bytes / TT_HEAP_CELL;
    size_t bin = cells < TT_SPARE_BINS ? cells : TT_SPARE_BINS - 1;
    tt_heap_unpoison(start, TT_HEAP_CELL);
    run->object = (TtObj){TT_OBJ_FREE, 0, 0, 0, (uint32_t)cells};
    run->next = spare ? spare->bins[bin] : NULL;
    tt_heap_poison(start + TT_HEAP_CELL, bytes - TT_HEAP_CELL);
    if (!spare) return;
    spare->bins[bin] = run;
    spare->filled |= 1ull << bin;
}

void heap_retire_bump(TtHeap *heap) {
    if (heap->bump < heap->bump_end) heap_add_run(heap, heap->bump, (size_t)(heap->bump_end - heap->bump));
    heap->bump = heap->bump_end = NULL;
}

/** Makes a run of at least `cells` cells the current one when there is any. */
static bool use_spare_run(TtHeap *heap, size_t cells) {
    TtHeapSpare *spare = heap->spare;
    if (!spare) return false;
    /* The long runs first: they last. Then the shortest that fits. */
    size_t bin = TT_SPARE_BINS - 1;
    if (!spare->bins[bin]) {
        uint64_t fitting = spare->filled >> cells << cells;
        if (!fitting) return false;
        bin = (size_t)__builtin_ctzll(fitting);
    }
    TtFreeRun *run = spare->bins[bin];
    spare->bins[bin] = run->next;
    if (!run->next) spare->filled &= ~(1ull << bin);
    heap_retire_bump(heap);
    heap->bump = (char *)run;
    heap->bump_end = heap->bump + (size_t)run->object.used * TT_HEAP_CELL;
    tt_heap_poison(heap->bump, TT_HEAP_CELL);
    return true;
}

/**
 * Many small heaps may hold more garbage than the pool has room for before any of them is due. When
 * half of the pool is taken, a small heap collects before it grows.
 */
static void collect_under_pressure(TtHeap *heap) {
    const TtHeapPool *pool = heap->pool;
    if (heap->held_bytes <= TT_GC_FIRST_BYTES && !heap_cycle(heap) &&
        tt_atomic_load_u64_rlx(&pool->used) > pool->limit / 2)
        heap->collect_at = heap->allocated_bytes;
}

/** Makes a new block with at least `bytes` of data the current run. Blocks grow with the heap. */
static bool use_new_block(TtHeap *heap, size_t bytes) {
    size_t held = heap->held_bytes < TT_BLOCK_MIN   ? TT_BLOCK_MIN
                  : heap->held_bytes > TT_BLOCK_MAX ? TT_BLOCK_MAX
                                                    : (size_t)heap->held_bytes;
    size_t data = (held - sizeof(TtHeapBlock)) & ~(size_t)(TT_HEAP_CELL - 1);
    if (data < bytes) data = bytes;
    bool was_hit = heap->limit_hit;
    if (!heap_take(heap, sizeof(TtHeapBlock) + data)) {
        /* Close to the limit: no more than is needed. */
        data = bytes;
        if (!heap_take(heap, sizeof(TtHeapBlock) + data)) return false;
        heap->limit_hit = was_hit;
    }
    TtHeapBlock *block = tt_alloc_try(sizeof(TtHeapBlock) + data);
    if (!block) {
        heap_give(heap, sizeof(TtHeapBlock) + data);
        return heap_full(heap);
    }
    heap_retire_bump(heap);
    block->next = heap->blocks;
    block->bytes = data;
    heap->blocks = block;
    heap->held_bytes += block_held(block);
    heap->bump = block->data;
    heap->bump_end = block->data + data;
    tt_heap_poison(block->data, data);
    collect_under_pressure(heap);
    return true;
}

/* ---- objects ------------------------------------------------------------------------------------ */

static TtObj *alloc_large(TtHeap *heap, TtObjKind kind, size_t bytes) {
    if (bytes > SIZE_MAX - 64) return heap_full(heap), NULL;
    bytes = round_to_cells(bytes);
    size_t held = offsetof(TtHeapLarge, object) + bytes;
    if (!heap_take(heap, held)) return NULL;
    TtHeapLarge *large = tt_alloc_try(held);
    if (!large) {
        heap_give(heap, held);
        return heap_full(heap), NULL;
    }
    large->bytes = bytes;
    large->object = (TtObj){(uint8_t)kind, heap->mark, TT_OBJ_LARGE, 0, 0};
    large_push(&heap->large, large);
    heap->held_bytes += held;
    heap->allocated_bytes += bytes;
    heap->allocated_objects++;
    return &large->object;
}

TtObj *heap_regrow(TtHeap *heap, TtObj *object, size_t bytes) {
    if (!(object->flags & TT_OBJ_LARGE) || heap->marking || bytes > SIZE_MAX - 64) return NULL;
    TtHeapLarge *large = (TtHeapLarge *)(void *)((char *)object - offsetof(TtHeapLarge, object));
    bytes = round_to_cells(bytes);
    size_t more = bytes - large->bytes;
    if (!heap_take(heap, more)) return NULL;
    large = tt_realloc_try(large, offsetof(TtHeapLarge, object) + bytes);
    if (!large) {
        heap_give(heap, more);
        return NULL;
    }
    *large->link = large;
    if (large->next) large->next->link = &large->next;
    large->bytes = bytes;
    heap->held_bytes += more;
    heap->allocated_bytes += more;
    return &large->object;
}

TtObj *tt_heap_alloc_slow(TtHeap *heap, TtObjKind kind, size_t bytes) {
    if (bytes > TT_HEAP_SMALL_MAX) return alloc_large(heap, kind, bytes);
    size_t room = round_to_cells(bytes);
    bool found = use_spare_run(heap, room / TT_HEAP_CELL);
    if (!found && heap_cycle(heap) && !heap->marking) {
        gc_sweep_for_room(heap);
        found = use_spare_run(heap, room / TT_HEAP_CELL);
    }
    if (!found && !use_new_block(heap, room)) return NULL;
    return tt_heap_alloc(heap, kind, bytes);
}

/* ---- life of a heap ----------------------------------------------------------------------------- */

void tt_heap_init(TtHeap *heap, TtHeapPool *pool, uint64_t owner) {
    *heap = (TtHeap){.pool = pool, .owner = owner, .mark = 1};
    heap->collect_at = pool->stress || pool->stress_steps ? 0 : TT_GC_FIRST_BYTES;
}

void tt_heap_stats_add(const TtHeap *heap, TtHeapStats *total) {
    total->allocated_bytes += heap->allocated_bytes;
    total->allocated_objects += heap->allocated_objects;
    total->freed_bytes += heap->freed_bytes;
    total->freed_objects += heap->freed_objects;
    total->live_bytes += heap->allocated_bytes - heap->freed_bytes;
    total->live_objects += heap->allocated_objects - heap->freed_objects;
    const TtHeapSpare *spare = heap->spare;
    if (!spare) return;
    total->collections += spare->collections;
    total->pauses += spare->pauses;
    total->pause_total_ns += spare->pause_total_ns;
    if (spare->pause_max_ns > total->pause_max_ns) total->pause_max_ns = spare->pause_max_ns;
}

void tt_heap_free(TtHeap *heap, TtHeapStats *total) {
    heap->freed_bytes = heap->allocated_bytes;
    heap->freed_objects = heap->allocated_objects;
    if (total) tt_heap_stats_add(heap, total);
    gc_abandon(heap);
    big_bytes_release_all(heap->pool, heap->big_bytes);
    for (TtHeapBlock *block = heap->blocks, *next; block; block = next) {
        next = block->next;
        tt_heap_unpoison(block->data, block->bytes);
        tt_free(block);
    }
    for (TtHeapLarge *large = heap->large, *next; large; large = next) {
        next = large->next;
        tt_free(large);
    }
    tt_free(heap->spare);
    if (heap->held_bytes) heap_give(heap, heap->held_bytes);
    *heap = (TtHeap){.pool = heap->pool, .owner = heap->owner, .mark = 1, .collect_at = heap->collect_at};
}

static void collect(TtHeap *heap, TtRootsFn roots, void *context, bool whole) {
    const TtGcEngine *engine = heap->pool->gc ? heap->pool->gc : &tt_gc_mark_sweep;
#ifdef NDEBUG
    engine->collect(heap, roots, context, whole);
#else
    bool checked = heap->pool->stress || heap->pool->stress_steps;
    if (checked) tt_heap_check(heap, roots, context);
    engine->collect(heap, roots, context, whole);
    if (checked) tt_heap_check(heap, roots, context);
#endif
}

void tt_heap_collect(TtHeap *heap, TtRootsFn roots, void *context) {
    collect(heap, roots, context, true);
}

void tt_heap_collect_some(TtHeap *heap, TtRootsFn roots, void *context) {
    collect(heap, roots, context, false);
}
