// SPDX-License-Identifier: MIT
/*
 * Mark with an explicit stack of value ranges, then sweep every block. What is left of a range goes
 * on the stack only when one of its values leads elsewhere before the range is done, so the stack
 * is as deep as the data is nested, and lists linked by their last item need none.
 *
 * A small heap is collected at once, a large one in steps between which the program runs on:
 *   1. Begin: the references of the roots are copied, the colour changes, and the heap starts new lists of
 *      blocks. From here on new objects have the new colour, which also means: found.
 *   2. Mark, from the copied references. What was reachable at the beginning is found, because whoever drops
 *      a reference inside an object gives it to tt_heap_shade first, and everything else that a program
 *      can get hold of is new. Roots need no second look, however deep the stack.
 *   3. Sweep the old lists. Allocations may sweep, too, since what was not found is out of reach for all.
 *
 * When the stack cannot grow, the object whose parts could not be noted stays marked and the heap
 * is walked again for the parts of marked objects: slow, but correct without memory.
 */
#include "heap/gc.h"
#include "heap/heap_internal.h"
#include "port/clock.h"

#include <string.h>

/* Units of work: one for a value looked at. */
#define UNITS_OF_OBJECT 4    /* found, or freed */
#define BYTES_OF_UNIT   64   /* of a block swept */
#define PAGE_OF_UNIT    4096 /* of a large object given back */
/** A longer range is marked in parts of so many values. */
#define PART 1024u
/** Objects that are on their way from memory while marking. */
#define AHEAD 8u
/** Blocks that one allocation sweeps at most. */
#define ROOM_BLOCKS  4
#define STRESS_UNITS 2

static inline TtGcRange range_of(const TtObj *object) {
    switch (object->kind) {
    case TT_OBJ_LIST:
        return (TtGcRange){(const char *)((const TtListBuf *)object)->items, object->used, sizeof(TtValue)};
    case TT_OBJ_MAP:
        return (TtGcRange){(const char *)((const TtMapBuf *)object)->entries, 2 * object->used,
                           sizeof(TtValue)};
    case TT_OBJ_CLOSURE:
        return (TtGcRange){(const char *)((const TtClosure *)object)->captures + offsetof(TtCapture, value),
                           object->used, sizeof(TtCapture)};
    case TT_OBJ_EXCEPTION:
        return (TtGcRange){(const char *)&((const TtException *)object)->message, 4, sizeof(TtValue)};
    default: return (TtGcRange){NULL, 0, 0};
    }
}

/* ---- mark ---------------------------------------------------------------------------------------------- */

static TT_COLD bool grow_stack(TtGcCycle *cycle) {
    size_t capacity = cycle->capacity * 2;
    TtGcRange *stack = cycle->stack == cycle->first
                           ? tt_alloc_try(capacity * sizeof(TtGcRange))
                           : tt_realloc_try(cycle->stack, capacity * sizeof(TtGcRange));
    if (!stack) return false;
    if (cycle->stack == cycle->first) memcpy(stack, cycle->first, sizeof cycle->first);
    cycle->stack = stack;
    cycle->capacity = capacity;
    return true;
}

static inline bool push_range(TtGcCycle *cycle, TtGcRange range) {
    if (TT_UNLIKELY(cycle->depth == cycle->capacity) && !grow_stack(cycle)) return false;
    cycle->stack[cycle->depth++] = range;
    return true;
}

/** The first part of a long range; the rest goes on the stack, if it can. */
static inline TtGcRange cut_range(TtGcCycle *cycle, TtGcRange range) {
    if (TT_LIKELY(range.left <= PART)) return range;
    TtGcRange rest = {range.at + (size_t)PART * range.stride, range.left - PART, range.stride};
    if (push_range(cycle, rest)) range.left = PART;
    return range;
}

/** Marks an object found outside of a range; its parts go on the stack. */
static void mark_object(TtGcCycle *cycle, TtObj *object) {
    if (object->mark == cycle->colour || object->flags & TT_OBJ_FROZEN) return;
    object->mark = cycle->colour;
    if (object->kind >= TT_OBJ_LIST && !push_range(cycle, range_of(object))) cycle->overflowed = true;
}

/**
 * Goes on with cycle->range and the stack; true when both are done before the units are. An object found is
 * fetched from memory while the next AHEAD values are looked at, and only then marked.
 */
static bool mark_some(TtGcCycle *cycle, int64_t *units) {
    const uint8_t colour = cycle->colour;
    TtObj *ahead[AHEAD]; /* a ring: `waiting` of them from `oldest` on */
    unsigned oldest = 0, waiting = 0;
    TtGcRange range = cycle->range;
    int64_t left = *units;
    for (;;) {
        TtObj *object;
        if (TT_LIKELY(range.left)) {
            const TtValue *value = (const TtValue *)(const void *)range.at;
            range.at += range.stride;
            range.left--;
            left--;
            if (value->tag < TT_TAG_STR || !value->as.object) continue;
            TtObj *found = value->as.object;
            TT_PREFETCH(found);
            if (TT_UNLIKELY(waiting < AHEAD)) {
                ahead[(oldest + waiting++) % AHEAD] = found;
                continue;
            }
            object = ahead[oldest];
            ahead[oldest] = found;
        } else if (left <= 0) {
            break;
        } else if (cycle->depth) {
            range = cut_range(cycle, cycle->stack[--cycle->depth]);
            continue;
        } else if (waiting) {
            object = ahead[oldest];
            waiting--;
        } else {
            break;
        }
        oldest = (oldest + 1) % AHEAD;
        if (object->mark == colour || object->flags & TT_OBJ_FROZEN) continue;
        object->mark = colour;
        left -= UNITS_OF_OBJECT;
        if (object->kind < TT_OBJ_LIST) continue;
        if (range.left && !push_range(cycle, range)) {
            cycle->overflowed = true;
            continue;
        }
        range = cut_range(cycle, range_of(object));
        if (TT_UNLIKELY(left <= 0)) break;
    }
    for (; waiting; waiting--, oldest = (oldest + 1) % AHEAD) mark_object(cycle, ahead[oldest]);
    cycle->range = range;
    *units = left;
    return !range.left && !cycle->depth;
}

static void mark_range(TtGcCycle *cycle, TtGcRange range) {
    int64_t units = INT64_MAX;
    cycle->range = cut_range(cycle, range);
    (void)mark_some(cycle, &units);
}

/** Marking from the copied roots: true when everything has been found. */
static bool mark_from_roots(TtGcCycle *cycle, int64_t *units) {
    for (;;) {
        if (!mark_some(cycle, units)) return false;
        if (cycle->root_next == cycle->root_count) return true;
        if (*units <= 0) return false;
        TtObj *object = cycle->roots[cycle->root_next++];
        mark_object(cycle, object);
        *units -= UNITS_OF_OBJECT;
    }
}

bool tt_heap_is_collecting(const TtHeap *heap) {
    return heap_cycle(heap) != NULL;
}

void tt_heap_shade(TtHeap *heap, TtValue value) {
    if (tt_has_object(value)) mark_object(heap_cycle(heap), value.as.object);
}

/** Marks again from everything marked until nothing is left out. */
static TT_COLD void recover_blocks(TtGcCycle *cycle, const TtHeapBlock *block) {
    for (; block; block = block->next)
        for (const char *at = block->data, *end = at + block->bytes; at < end;) {
            const TtObj *object = (const TtObj *)(const void *)at;
            at += object_size(object);
            if (object->kind != TT_OBJ_FREE && object->mark == cycle->colour)
                mark_range(cycle, range_of(object));
        }
}

static TT_COLD void recover_large(TtGcCycle *cycle, const TtHeapLarge *large) {
    for (; large; large = large->next)
        if (large->object.mark == cycle->colour) mark_range(cycle, range_of(&large->object));
}

static TT_COLD void recover_overflow(TtHeap *heap, TtGcCycle *cycle) {
    while (cycle->overflowed) {
        cycle->overflowed = false;
        recover_blocks(cycle, cycle->blocks);
        recover_blocks(cycle, heap->blocks);
        recover_large(cycle, cycle->large);
        recover_large(cycle, heap->large);
    }
}

/* ---- sweep --------------------------------------------------------------------------------------------- */

static bool sweep_big_bytes(TtHeap *heap, TtGcCycle *cycle, int64_t *units) {
    while (cycle->big_bytes) {
        if (*units <= 0) return false;
        *units -= UNITS_OF_OBJECT;
        TtBigBytes *big = cycle->big_bytes;
        cycle->big_bytes = big->next;
        if (big->obj.mark == cycle->colour) {
            big->next = heap->big_bytes;
            heap->big_bytes = big;
            continue;
        }
        size_t held = shared_held(big->shared);
        heap->shared_bytes -= held;
        heap->freed_bytes += held;
        shared_bytes_release(heap->pool, big->shared);
    }
    return true;
}

/** Makes runs of what is dead in a block; true when that is all of it (then no run has been made). */
static bool sweep_objects(TtHeap *heap, TtHeapBlock *block, uint8_t colour) {
    char *const end = block->data + block->bytes;
    uint64_t bytes = 0, objects = 0;
    char *dead = NULL; /* start of the run that ends at `at` */
    for (char *at = block->data; at < end;) {
        const TtObj *object = (const TtObj *)(void *)at;
        size_t size = object_size(object);
        if (object->mark == colour) { /* free runs have mark 0 */
            if (dead) {
                heap_add_run(heap, dead, (size_t)(at - dead));
                dead = NULL;
            }
        } else {
            if (!dead) dead = at;
            if (object->kind != TT_OBJ_FREE) {
                bytes += size;
                objects++;
            }
        }
        at += size;
    }
    heap->freed_bytes += bytes;
    heap->freed_objects += objects;
    if (dead == block->data) return true;
    if (dead) heap_add_run(heap, dead, (size_t)(end - dead));
    return false;
}

static void sweep_block(TtHeap *heap, TtGcCycle *cycle) {
    TtHeapBlock *block = cycle->blocks;
    cycle->blocks = block->next;
    if (!sweep_objects(heap, block, cycle->colour)) {
        block->next = heap->blocks;
        heap->blocks = block;
        return;
    }
    heap->held_bytes -= block_held(block);
    heap_give(heap, block_held(block));
    tt_heap_unpoison(block->data, block->bytes);
    tt_free(block);
}

static bool sweep_blocks(TtHeap *heap, TtGcCycle *cycle, int64_t *units) {
    while (cycle->blocks) {
        if (*units <= 0) return false;
        *units -= (int64_t)(cycle->blocks->bytes / BYTES_OF_UNIT + UNITS_OF_OBJECT);
        sweep_block(heap, cycle);
    }
    return true;
}

static bool sweep_large(TtHeap *heap, TtGcCycle *cycle, int64_t *units) {
    while (cycle->large) {
        if (*units <= 0) return false;
        *units -= UNITS_OF_OBJECT;
        TtHeapLarge *large = cycle->large;
        cycle->large = large->next;
        if (cycle->large) cycle->large->link = &cycle->large;
        if (large->object.mark == cycle->colour) {
            large_push(&heap->large, large);
            continue;
        }
        *units -= (int64_t)(large->bytes / PAGE_OF_UNIT);
        heap->freed_bytes += large->bytes;
        heap->freed_objects++;
        heap->held_bytes -= large_held(large);
        heap_give(heap, large_held(large));
        tt_free(large);
    }
    return true;
}

void gc_sweep_for_room(TtHeap *heap) {
    TtGcCycle *cycle = heap_cycle(heap);
    if (cycle->phase != TT_GC_SWEEP_BLOCKS) return;
    for (int i = 0; i < ROOM_BLOCKS && cycle->blocks; i++) sweep_block(heap, cycle);
}

/* ---- a collection -------------------------------------------------------------------------------------- */

static void note_roots(TtRootVisitor *visitor, const TtValue *values, size_t count) {
    TtGcCycle *cycle = (TtGcCycle *)visitor;
    for (size_t i = 0; i < count; i++) {
        if (!tt_has_object(values[i])) continue;
        if (cycle->root_count == cycle->root_capacity) {
            size_t capacity = cycle->root_capacity ? cycle->root_capacity * 2 : 256;
            TtObj **roots = tt_realloc_try(cycle->roots, capacity * sizeof(TtObj *));
            if (!roots) {
                mark_object(cycle, values[i].as.object);
                continue;
            }
            cycle->roots = roots;
            cycle->root_capacity = capacity;
        }
        cycle->roots[cycle->root_count++] = values[i].as.object;
    }
}

static void mark_roots(TtRootVisitor *visitor, const TtValue *values, size_t count) {
    while (count) {
        uint32_t part = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
        mark_range((TtGcCycle *)visitor, (TtGcRange){(const char *)values, part, sizeof(TtValue)});
        values += part;
        count -= part;
    }
}

static void begin(TtHeap *heap, TtGcCycle *cycle, TtRootsFn roots, void *context, bool whole) {
    heap_retire_bump(heap);
    heap->mark = (uint8_t)(3 - heap->mark);
    heap->marking = true;
    heap->spare->cycle = cycle;
    cycle->visitor.values = whole ? mark_roots : note_roots;
    cycle->phase = TT_GC_MARK;
    cycle->colour = heap->mark;
    cycle->overflowed = false;
    cycle->range = (TtGcRange){NULL, 0, 0};
    cycle->stack = cycle->first;
    cycle->depth = 0;
    cycle->capacity = TT_GC_FIRST_RANGES;
    cycle->roots = NULL;
    cycle->root_count = cycle->root_capacity = cycle->root_next = 0;
    cycle->blocks = heap->blocks;
    large_move(&cycle->large, &heap->large);
    cycle->big_bytes = heap->big_bytes;
    heap->blocks = NULL;
    heap->big_bytes = NULL;
    roots(context, &cycle->visitor);
}

static void free_marker(TtGcCycle *cycle) {
    if (cycle->stack != cycle->first) tt_free(cycle->stack);
    tt_free(cycle->roots);
    cycle->stack = cycle->first;
    cycle->roots = NULL;
}

static void begin_sweep(TtHeap *heap, TtGcCycle *cycle) {
    /* Free runs are made anew: until then none may be allocated from. */
    heap_retire_bump(heap);
    if (cycle->overflowed) recover_overflow(heap, cycle);
    free_marker(cycle);
    heap->marking = false;
    memset(heap->spare->bins, 0, sizeof heap->spare->bins);
    heap->spare->filled = 0;
    cycle->phase = TT_GC_SWEEP_BIG_BYTES;
}

/** Does so many units of work; true when the collection is complete. */
static bool work(TtHeap *heap, int64_t units) {
    TtGcCycle *cycle = heap_cycle(heap);
    switch (cycle->phase) {
    case TT_GC_MARK:
        if (!mark_from_roots(cycle, &units)) return false;
        begin_sweep(heap, cycle);
        /* fall through */
    case TT_GC_SWEEP_BIG_BYTES:
        /* Before the blocks: it reads the dead references in them. */
        if (!sweep_big_bytes(heap, cycle, &units)) return false;
        cycle->phase = TT_GC_SWEEP_LARGE;
        /* fall through */
    case TT_GC_SWEEP_LARGE:
        if (!sweep_large(heap, cycle, &units)) return false;
        cycle->phase = TT_GC_SWEEP_BLOCKS;
        /* fall through */
    case TT_GC_SWEEP_BLOCKS: return sweep_blocks(heap, cycle, &units);
    }
    TT_UNREACHABLE();
}

static bool is_large(const TtHeap *heap) {
    return heap->pool->stress_steps || tt_heap_live_bytes(heap) > TT_GC_STEP_HEAP + heap->shared_bytes;
}

/**
 * The collection is complete: when the next one is due. What has been allocated since it began may be
 * garbage, so only the others count as alive; and the next one is begun so much earlier as this one took, so
 * that the heap has the size aimed at when it ends.
 */
static void end(TtHeap *heap, uint64_t meanwhile) {
    heap->spare->cycle = NULL;
    heap->spare->collections++;
    heap->stepping = false;
    uint64_t live = tt_heap_live_bytes(heap);
    uint64_t kept = live > meanwhile ? live - meanwhile : 0;
    uint64_t growth = kept / 100 * (TT_GC_GROWTH_PERCENT - 100);
    uint64_t more = growth > 2 * meanwhile ? growth - 2 * meanwhile : 0;
    if (more < growth / 2) more = growth / 2;
    if (more < TT_GC_FIRST_BYTES) more = TT_GC_FIRST_BYTES;
    heap->collect_at = heap->allocated_bytes + more;
}

static void end_in_steps(TtHeap *heap) {
    TtGcCycle *cycle = heap_cycle(heap);
    end(heap, heap->allocated_bytes - cycle->begun_at);
    tt_free(cycle);
}

static void collect_whole(TtHeap *heap, TtRootsFn roots, void *context) {
    if (heap_cycle(heap)) {
        (void)work(heap, INT64_MAX);
        end_in_steps(heap);
    }
    TtGcCycle cycle;
    begin(heap, &cycle, roots, context, true);
    (void)work(heap, INT64_MAX);
    end(heap, 0);
}

/**
 * What has been allocated since the last step is paid for by work, TT_GC_STEP_UNITS at a time; the rest is
 * owed. A step does some more than is owed: those at the beginning of slices bring the collection to its end
 * when nothing is allocated any more, and while it marks, programs that update in place are slower.
 */
static void collect_step(TtHeap *heap, TtRootsFn roots, void *context) {
    TtGcCycle *cycle = heap_cycle(heap);
    if (!cycle) {
        cycle = tt_alloc_try(sizeof *cycle);
        if (!cycle) {
            collect_whole(heap, roots, context);
            return;
        }
        begin(heap, cycle, roots, context, false);
        cycle->begun_at = cycle->paid_at = heap->allocated_bytes;
        cycle->owed = TT_GC_STEP_UNITS;
        heap->stepping = true;
    }
    cycle->owed += TT_GC_SLICE_UNITS;
    cycle->owed += (heap->allocated_bytes - cycle->paid_at) / sizeof(TtValue) * TT_GC_STEP_FACTOR;
    cycle->paid_at = heap->allocated_bytes;
    uint64_t units = cycle->owed < TT_GC_STEP_UNITS ? cycle->owed : TT_GC_STEP_UNITS;
    cycle->owed -= units;
    if (heap->pool->stress_steps) units = STRESS_UNITS;
    if (work(heap, (int64_t)units))
        end_in_steps(heap);
    else
        heap->collect_at = heap->allocated_bytes + (cycle->owed ? TT_GC_STEP_BYTES / 4 : TT_GC_STEP_BYTES);
}

static void collect(TtHeap *heap, TtRootsFn roots, void *context, bool whole) {
    uint64_t start = tt_clock_ns();
    if (!heap->spare) heap->spare = tt_alloc_zero(sizeof *heap->spare);
    if (!whole && !heap->pool->stress && (heap_cycle(heap) || is_large(heap)))
        collect_step(heap, roots, context);
    else
        collect_whole(heap, roots, context);
    heap->limit_hit = false;
    if (heap->pool->stress || heap->pool->stress_steps) heap->collect_at = 0;

    uint64_t pause = tt_clock_ns() - start;
    heap->spare->pauses++;
    heap->spare->pause_total_ns += pause;
    if (pause > heap->spare->pause_max_ns) heap->spare->pause_max_ns = pause;
}

void gc_abandon(TtHeap *heap) {
    TtGcCycle *cycle = heap_cycle(heap);
    if (!cycle) return;
    free_marker(cycle);
    TtHeapBlock **block = &heap->blocks;
    while (*block) block = &(*block)->next;
    *block = cycle->blocks;
    TtHeapLarge **large = &heap->large;
    while (*large) large = &(*large)->next;
    large_move(large, &cycle->large);
    TtBigBytes **big = &heap->big_bytes;
    while (*big) big = &(*big)->next;
    *big = cycle->big_bytes;
    heap->spare->cycle = NULL;
    heap->marking = heap->stepping = false;
    tt_free(cycle);
}

const TtGcEngine tt_gc_mark_sweep = {"mark-sweep", collect};
