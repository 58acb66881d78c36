// SPDX-License-Identifier: MIT
/**
 * One heap per actor. Only the actor that owns it (its worker, while it runs it) touches it.
 *
 * Allocation never collects: it either gives an object or NULL when a limit is reached. Collections
 * happen only in tt_heap_collect and tt_heap_collect_some, which the interpreter calls between
 * instructions, the latter when tt_heap_wants_collection says so, with every root in the actor's own
 * structures. C code may thus keep plain TtValue locals across allocations.
 *
 * A collection of a large heap goes on in steps while the program runs (gc_mark_sweep.c). So whoever
 * overwrites or drops a reference inside an object in place first gives it to tt_heap_forget.
 *
 * A NULL from an allocation must leave program-visible state untouched, so that the interpreter can
 * collect and repeat the instruction once before it raises HeapExceeded.
 */
#ifndef TT_HEAP_HEAP_H
#define TT_HEAP_HEAP_H

#include "base/result.h"
#include "value/value.h"

#include <stddef.h>

typedef struct TtHeapBlock TtHeapBlock;
typedef struct TtHeapLarge TtHeapLarge;
typedef struct TtHeapSpare TtHeapSpare;
typedef struct TtGcEngine TtGcEngine;
typedef struct TtFragment TtFragment;

/**
 * Figures of one heap, or of a whole VM when summed up. Bytes are those of objects, headers and
 * rounding included; a string or bytes of TT_SHARED_MIN_BYTES and more counts with its characters
 * in every heap that refers to it. allocated - freed = live, always.
 */
typedef struct TtHeapStats {
    uint64_t allocated_bytes, allocated_objects; /* adopted messages included */
    uint64_t freed_bytes, freed_objects;
    uint64_t live_bytes, live_objects; /* not yet freed; exactly the reachable ones after a collection */
    uint64_t collections, pauses;      /* a collection in steps has a pause for each */
    uint64_t pause_total_ns, pause_max_ns;
} TtHeapStats;

/** Memory budget shared by all heaps of a VM. Zeroed but for the limit it is ready for use. */
typedef struct TtHeapPool {
    uint64_t used;        /* atomic: bytes held by heaps, fragments, shared bytes and stacks */
    uint64_t limit;       /* constant after start */
    uint64_t actor_limit; /* constant after start; 0 = none */
    const TtGcEngine *gc; /* constant after start; NULL = mark-sweep */
    /* For tests, constant after start: always want a collection, and with assertions, check each. */
    bool stress;       /* whole ones */
    bool stress_steps; /* in the smallest steps, of heaps of any size */
} TtHeapPool;

/** Takes bytes from the budget; false when that would pass the limit. Any thread. */
bool tt_heap_pool_take(TtHeapPool *pool, uint64_t bytes);
void tt_heap_pool_give(TtHeapPool *pool, uint64_t bytes);

typedef struct TtHeap {
    char *bump, *bump_end;    /* the free run that small objects are cut from next */
    uint64_t allocated_bytes; /* as in TtHeapStats */
    uint64_t allocated_objects;
    uint64_t freed_bytes;
    uint64_t freed_objects;
    uint64_t collect_at; /* a collection is due when allocated_bytes reaches this */
    TtHeapPool *pool;
    uint64_t owner;        /* pid; may append to shared bytes it owns */
    TtHeapBlock *blocks;   /* of small objects, and adopted messages */
    TtHeapLarge *large;    /* objects allocated one by one */
    TtBigBytes *big_bytes; /* every reference to shared bytes, for dropping it */
    TtHeapSpare *spare;    /* free runs found by collections; NULL before the first one */
    uint64_t held_bytes;   /* memory taken from the pool */
    uint64_t shared_bytes; /* memory of the shared bytes this heap refers to */
    uint8_t mark;          /* colour of new objects, and of those that the last collection kept: 1 or 2 */
    bool marking;          /* a collection under way has not found everything alive yet */
    bool reserve;          /* allocate past the limits: an error is being built */
    bool stepping;         /* a collection in steps is under way; every slice begins with one */
    bool limit_hit;        /* an allocation failed since the last collection */
} TtHeap;

/** Takes no memory until something is allocated. */
void tt_heap_init(TtHeap *heap, TtHeapPool *pool, uint64_t owner);
/** Frees every object at once and gives the memory back; adds the figures to `total` unless NULL. */
void tt_heap_free(TtHeap *heap, TtHeapStats *total);
/** Adds the figures so far to `total`. */
void tt_heap_stats_add(const TtHeap *heap, TtHeapStats *total);

static inline uint64_t tt_heap_live_bytes(const TtHeap *heap) {
    return heap->allocated_bytes - heap->freed_bytes;
}

/**
 * Bytes that text made of values may have: what the limits leave, so that text being built takes no more than
 * a heap could. From TT_MIN_TEXT_BYTES to TT_MAX_TEXT_BYTES; a hint where other heaps of the pool grow, too.
 */
size_t tt_heap_text_room(const TtHeap *heap);

/** Sizes are multiples of this. */
#define TT_HEAP_CELL 16
/** Objects of more bytes are allocated one by one. */
#define TT_HEAP_SMALL_MAX 512

#if defined(__SANITIZE_ADDRESS__)
#define TT_HEAP_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TT_HEAP_POISONS 1
#endif
#endif
#ifdef TT_HEAP_POISONS
/* Free memory inside blocks is out of bounds for everybody under the address sanitizer. */
void __asan_poison_memory_region(void const volatile *address, size_t size);
void __asan_unpoison_memory_region(void const volatile *address, size_t size);
#define tt_heap_poison(address, size)   __asan_poison_memory_region(address, size)
#define tt_heap_unpoison(address, size) __asan_unpoison_memory_region(address, size)
#else
#define tt_heap_poison(address, size)   ((void)0)
#define tt_heap_unpoison(address, size) ((void)0)
#endif

/** tt_heap_alloc when the current free run is too short. */
TtObj *tt_heap_alloc_slow(TtHeap *heap, TtObjKind kind, size_t bytes);

/**
 * A new object of `bytes` bytes, header included; header set, flags 0, used 0, the rest not set.
 * NULL at a limit. `bytes` is what the object's kind and capacity make it (heap_internal.h), which
 * the caller sets before the next collection.
 */
static inline TtObj *tt_heap_alloc(TtHeap *heap, TtObjKind kind, size_t bytes) {
    size_t room = (bytes + TT_HEAP_CELL - 1) & ~(size_t)(TT_HEAP_CELL - 1);
    if (TT_UNLIKELY(bytes > TT_HEAP_SMALL_MAX || room > (size_t)(heap->bump_end - heap->bump)))
        return tt_heap_alloc_slow(heap, kind, bytes);
    TtObj *object = (TtObj *)(void *)heap->bump;
    tt_heap_unpoison(object, room);
    heap->bump += room;
    heap->allocated_bytes += room;
    heap->allocated_objects++;
    *object = (TtObj){(uint8_t)kind, heap->mark, 0, (uint8_t)(room / TT_HEAP_CELL), 0};
    return object;
}

static inline bool tt_heap_wants_collection(const TtHeap *heap) {
    return heap->allocated_bytes >= heap->collect_at;
}

/** Calls `visit` for every root. */
typedef struct TtRootVisitor TtRootVisitor;
struct TtRootVisitor {
    /** Visits `count` values. */
    void (*values)(TtRootVisitor *visitor, const TtValue *values, size_t count);
};
typedef void (*TtRootsFn)(void *context, TtRootVisitor *visitor);

/** Frees all that is garbage, if the engine does; owner only. `roots` is called with `context`. */
void tt_heap_collect(TtHeap *heap, TtRootsFn roots, void *context);
/** When tt_heap_wants_collection: the whole of a small heap, a step of the work for a large one. */
void tt_heap_collect_some(TtHeap *heap, TtRootsFn roots, void *context);

/** A collection goes on in steps. */
bool tt_heap_is_collecting(const TtHeap *heap);
/** tt_heap_forget while marking. */
void tt_heap_shade(TtHeap *heap, TtValue value);

/**
 * A reference in an object of this heap is about to be overwritten or dropped. What was reachable when a
 * collection in steps began stays alive until its end.
 */
static inline void tt_heap_forget(TtHeap *heap, const TtValue *value) {
    if (TT_UNLIKELY(heap->marking)) tt_heap_shade(heap, *value);
}

struct TtGcEngine {
    const char *name;
    /** `whole`: all garbage of this moment is to be found and freed now. */
    void (*collect)(TtHeap *heap, TtRootsFn roots, void *context, bool whole);
};
/** "mark-sweep" or "no-gc"; NULL when there is no such engine. */
const TtGcEngine *tt_gc_engine(const char *name);

/** Walks the heap and aborts with a message when an invariant does not hold. Tests and debug builds. */
void tt_heap_check(TtHeap *heap, TtRootsFn roots, void *context);

/* ---- copies between heaps ---------------------------------------------------------------------- */

/**
 * A message or argument on its way: one block with everything the value refers to (immediate,
 * frozen and shared parts are not copied). Made by the sender, adopted by the receiver; opaque
 * and owned by whoever holds it in between. What it takes from the pool is tt_fragment_bytes.
 */

/**
 * Copies `count` values; parts that they share are shared in the copy. `*fragment` is NULL when
 * nothing needed copying. Fails with HeapExceeded, or with BadArgument when they are nested deeper
 * than TT_MAX_NESTING; nothing is left behind then. The values belong to the calling thread, which
 * may use their headers as scratch while it copies.
 */
TtResult tt_fragment_copy(TtHeapPool *pool, const TtValue *values, uint32_t count, TtFragment **fragment,
                          TtValue *copies) TT_MUST_USE;
/** The receiver's heap takes the fragment over (NULL is allowed). Owner only. */
void tt_heap_adopt(TtHeap *heap, TtFragment *fragment);
/** Drops a fragment nobody adopted, with its references to shared bytes. NULL is allowed. */
void tt_fragment_free(TtFragment *fragment);
/** 0 for NULL. */
uint64_t tt_fragment_bytes(const TtFragment *fragment);

#endif
