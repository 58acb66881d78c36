// SPDX-License-Identifier: MIT
/*
 * Mark with an explicit stack of value ranges, then sweep every block. What is left of a range goes
 * on the stack only when one of its values leads elsewhere before the range is done, so the stack
 * is as deep as the data is nested, and lists linked by their last item need none.
 *
 * When the stack cannot grow, the object whose parts could not be noted stays marked and the heap
 * is walked again for the parts of marked objects: slow, but correct without memory.
 */
#include "heap/gc.h"
#include "heap/heap_internal.h"
#include "port/clock.h"

#include <string.h>

/** Values still to be marked. */
typedef struct Range {
    const char *at;
    uint32_t left;
    uint32_t stride; /* bytes from one value to the next */
} Range;

#define FIRST_RANGES 64

typedef struct Marker {
    TtRootVisitor visitor;
    Range *stack;
    size_t depth, capacity;
    uint8_t colour;
    bool overflowed;
    Range first[FIRST_RANGES];
} Marker;

static inline Range range_of(const TtObj *object) {
    switch (object->kind) {
    case TT_OBJ_LIST:
        return (Range){(const char *)((const TtListBuf *)object)->items, object->used, sizeof(TtValue)};
    case TT_OBJ_MAP:
        return (Range){(const char *)((const TtMapBuf *)object)->entries, 2 * object->used, sizeof(TtValue)};
    case TT_OBJ_CLOSURE:
        return (Range){(const char *)((const TtClosure *)object)->captures + offsetof(TtCapture, value),
                       object->used, sizeof(TtCapture)};
    case TT_OBJ_EXCEPTION:
        return (Range){(const char *)&((const TtException *)object)->message, 4, sizeof(TtValue)};
    default: return (Range){NULL, 0, 0};
    }
}

static TT_COLD bool grow_stack(Marker *marker) {
    size_t capacity = marker->capacity * 2;
    Range *stack = marker->stack == marker->first ? tt_alloc_try(capacity * sizeof(Range))
                                                  : tt_realloc_try(marker->stack, capacity * sizeof(Range));
    if (!stack) return false;
    if (marker->stack == marker->first) memcpy(stack, marker->first, sizeof marker->first);
    marker->stack = stack;
    marker->capacity = capacity;
    return true;
}

static void mark_range(Marker *marker, Range range) {
    const size_t bottom = marker->depth;
    const uint8_t colour = marker->colour;
    for (;;) {
        while (range.left) {
            const TtValue *value = (const TtValue *)(const void *)range.at;
            range.at += range.stride;
            range.left--;
            if (value->tag < TT_TAG_STR || !value->as.object) continue;
            TtObj *object = value->as.object;
            if (object->mark == colour || object->flags & TT_OBJ_FROZEN) continue;
            object->mark = colour;
            if (object->kind < TT_OBJ_LIST) continue;
            if (range.left) {
                if (TT_UNLIKELY(marker->depth == marker->capacity) && !grow_stack(marker)) {
                    marker->overflowed = true;
                    continue;
                }
                marker->stack[marker->depth++] = range;
            }
            range = range_of(object);
        }
        if (marker->depth == bottom) return;
        range = marker->stack[--marker->depth];
    }
}

static void mark_roots(TtRootVisitor *visitor, const TtValue *values, size_t count) {
    while (count) {
        uint32_t part = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
        mark_range((Marker *)visitor, (Range){(const char *)values, part, sizeof(TtValue)});
        values += part;
        count -= part;
    }
}

/** Marks again from everything marked until nothing is left out. */
static TT_COLD void recover_overflow(TtHeap *heap, Marker *marker) {
    while (marker->overflowed) {
        marker->overflowed = false;
        for (TtHeapBlock *block = heap->blocks; block; block = block->next)
            for (char *at = block->data, *end = at + block->bytes; at < end;) {
                const TtObj *object = (const TtObj *)(void *)at;
                at += object_size(object);
                if (object->kind != TT_OBJ_FREE && object->mark == marker->colour)
                    mark_range(marker, range_of(object));
            }
        for (TtHeapLarge *large = heap->large; large; large = large->next)
            if (large->object.mark == marker->colour) mark_range(marker, range_of(&large->object));
    }
}

/** What a sweep found alive. */
typedef struct Live {
    uint64_t bytes, objects;
} Live;

static void sweep_big_bytes(TtHeap *heap, Live *live) {
    for (TtBigBytes **link = &heap->big_bytes; *link;) {
        TtBigBytes *big = *link;
        size_t held = shared_held(big->shared);
        if (big->obj.mark == heap->mark) {
            live->bytes += held;
            link = &big->next;
        } else {
            *link = big->next;
            heap->shared_bytes -= held;
            shared_bytes_release(heap->pool, big->shared);
        }
    }
}

/** Makes runs of what is dead in a block; true when that is all of it (and nothing was done). */
static bool sweep_block(TtHeap *heap, TtHeapBlock *block, Live *live) {
    char *const end = block->data + block->bytes;
    const uint8_t colour = heap->mark;
    uint64_t bytes = 0, objects = 0;
    char *dead = NULL; /* start of the run that ends at `at` */
    for (char *at = block->data; at < end;) {
        const TtObj *object = (const TtObj *)(void *)at;
        size_t size = object_size(object);
        if (object->mark == colour) { /* free runs have mark 0 */
            bytes += size;
            objects++;
            if (dead) {
                heap_add_run(heap, dead, (size_t)(at - dead));
                dead = NULL;
            }
        } else if (!dead) {
            dead = at;
        }
        at += size;
    }
    if (dead == block->data) return true;
    if (dead) heap_add_run(heap, dead, (size_t)(end - dead));
    live->bytes += bytes;
    live->objects += objects;
    return false;
}

static uint64_t sweep_blocks(TtHeap *heap, Live *live) {
    uint64_t given = 0;
    for (TtHeapBlock **link = &heap->blocks; *link;) {
        TtHeapBlock *block = *link;
        if (!sweep_block(heap, block, live)) {
            link = &block->next;
            continue;
        }
        *link = block->next;
        given += block_held(block);
        tt_heap_unpoison(block->data, block->bytes);
        tt_free(block);
    }
    return given;
}

static uint64_t sweep_large(TtHeap *heap, Live *live) {
    uint64_t given = 0;
    for (TtHeapLarge **link = &heap->large; *link;) {
        TtHeapLarge *large = *link;
        if (large->object.mark == heap->mark) {
            live->bytes += large->bytes;
            live->objects++;
            link = &large->next;
            continue;
        }
        *link = large->next;
        given += large_held(large);
        tt_free(large);
    }
    return given;
}

static void sweep(TtHeap *heap) {
    Live live = {0, 0};
    memset(heap->spare->bins, 0, sizeof heap->spare->bins);
    heap->spare->filled = 0;
    /* Before the blocks: it reads the dead references in them. */
    sweep_big_bytes(heap, &live);
    uint64_t given = sweep_blocks(heap, &live) + sweep_large(heap, &live);
    heap->held_bytes -= given;
    if (given) heap_give(heap, given);
    heap->freed_bytes = heap->allocated_bytes - live.bytes;
    heap->freed_objects = heap->allocated_objects - live.objects;
}

static void collect(TtHeap *heap, TtRootsFn roots, void *context) {
    uint64_t start = tt_clock_ns();
    if (!heap->spare) heap->spare = tt_alloc_zero(sizeof *heap->spare);
    heap_retire_bump(heap);
    heap->mark = (uint8_t)(3 - heap->mark);

    Marker marker;
    marker.visitor.values = mark_roots;
    marker.stack = marker.first;
    marker.depth = 0;
    marker.capacity = FIRST_RANGES;
    marker.colour = heap->mark;
    marker.overflowed = false;
    roots(context, &marker.visitor);
    if (marker.overflowed) recover_overflow(heap, &marker);
    if (marker.stack != marker.first) tt_free(marker.stack);
    sweep(heap);

    heap->limit_hit = false;
    uint64_t more = tt_heap_live_bytes(heap) / 100 * (TT_GC_GROWTH_PERCENT - 100);
    if (more < TT_GC_FIRST_BYTES) more = TT_GC_FIRST_BYTES;
    heap->collect_at = heap->pool->stress ? 0 : heap->allocated_bytes + more;

    uint64_t pause = tt_clock_ns() - start;
    heap->spare->collections++;
    heap->spare->pause_total_ns += pause;
    if (pause > heap->spare->pause_max_ns) heap->spare->pause_max_ns = pause;
}

const TtGcEngine tt_gc_mark_sweep = {"mark-sweep", collect};
