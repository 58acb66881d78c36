// SPDX-License-Identifier: MIT
/**
 * One heap per actor. Only the actor that owns it (its worker, while it runs it) touches it.
 *
 * Allocation never collects: it either gives an object or NULL when a limit is reached. Collections
 * happen only in tt_heap_collect, which the interpreter calls between instructions when
 * tt_heap_wants_collection says so, with every root in the actor's own structures. C code may thus
 * keep plain TtValue locals across allocations.
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
typedef struct TtGcEngine TtGcEngine;
typedef struct TtFragment TtFragment;

#define TT_HEAP_CLASSES 16

/** Figures of one heap, or of a whole VM when summed up. Bytes are those of objects, headers included. */
typedef struct TtHeapStats {
    uint64_t allocated_bytes, allocated_objects;
    uint64_t freed_bytes, freed_objects;
    uint64_t live_bytes, live_objects;
    uint64_t collections;
    uint64_t pause_total_ns, pause_max_ns;
} TtHeapStats;

/** Memory budget shared by all heaps of a VM. */
typedef struct TtHeapPool {
    uint64_t used;         /* atomic: bytes held by heaps, fragments and stacks */
    uint64_t limit;        /* constant after start */
    uint64_t actor_limit;  /* constant after start; 0 = none */
    const TtGcEngine *gc;  /* constant after start */
    bool stress;           /* collect whenever asked: tests */
} TtHeapPool;

/** Takes bytes from the budget; false when that would pass the limit. Any thread. */
bool tt_heap_pool_take(TtHeapPool *pool, uint64_t bytes);
void tt_heap_pool_give(TtHeapPool *pool, uint64_t bytes);

typedef struct TtHeap {
    TtHeapPool *pool;
    uint64_t owner;                       /* pid; may append to shared bytes it owns */
    TtObj *free_cells[TT_HEAP_CLASSES];
    TtHeapBlock *blocks;                  /* of size classes */
    TtObj *large;                         /* allocated one by one */
    TtFragment *fragments;                /* adopted messages */
    uint64_t held_bytes;                  /* taken from the pool */
    uint64_t since_collection;            /* bytes allocated since the last one */
    uint64_t next_collection;             /* threshold of since_collection */
    uint64_t live_bytes;                  /* allocated and not yet freed */
    uint8_t mark;                         /* the current "marked" colour */
    bool limit_hit;                       /* an allocation failed since the last collection */
    TtHeapStats stats;
} TtHeap;

void tt_heap_init(TtHeap *heap, TtHeapPool *pool, uint64_t owner);
/** Frees every object at once and gives the memory back; adds the figures to `total` unless NULL. */
void tt_heap_free(TtHeap *heap, TtHeapStats *total);

/**
 * A new object of `bytes` bytes, header included; header set, flags 0, used 0, the rest not set.
 * NULL at a limit. Fragments, frozen areas and heaps are all reached through TtHeap.
 */
TtObj *tt_heap_alloc(TtHeap *heap, TtObjKind kind, size_t bytes);

static inline bool tt_heap_wants_collection(const TtHeap *heap)
{
    return heap->since_collection >= heap->next_collection;
}

/** Calls `visit` for every root. */
typedef struct TtRootVisitor TtRootVisitor;
struct TtRootVisitor {
    /** Marks `count` values. */
    void (*values)(TtRootVisitor *visitor, const TtValue *values, size_t count);
};
typedef void (*TtRootsFn)(void *context, TtRootVisitor *visitor);

/** Collects if the engine does; owner only. `roots` is called once with `context`. */
void tt_heap_collect(TtHeap *heap, TtRootsFn roots, void *context);

struct TtGcEngine {
    const char *name;
    void (*collect)(TtHeap *heap, TtRootsFn roots, void *context);
};
/** "mark-sweep" or "no-gc"; NULL when there is no such engine. */
const TtGcEngine *tt_gc_engine(const char *name);

/** Walks the heap and aborts with a message when an invariant does not hold. Tests and debug builds. */
void tt_heap_check(TtHeap *heap, TtRootsFn roots, void *context);

/* ---- copies between heaps ---------------------------------------------------------------------- */

/**
 * A message or argument on its way: one block with everything the value refers to (immediate,
 * frozen and shared parts are not copied). Made by the sender, adopted by the receiver.
 */
struct TtFragment {
    TtFragment *next;
    TtHeapPool *pool;
    uint32_t bytes;  /* of `data` in use */
    uint32_t marked; /* owner: mark-sweep */
    _Alignas(16) char data[];
};

/**
 * Copies `count` values. `*fragment` is NULL when nothing needed copying. Fails with HeapExceeded,
 * or with BadArgument when they are nested deeper than TT_MAX_NESTING. Any thread that may read
 * `values`.
 */
TtResult tt_fragment_copy(TtHeapPool *pool, const TtValue *values, uint32_t count, TtFragment **fragment,
                          TtValue *copies) TT_MUST_USE;
/** The receiver's heap takes the fragment over (NULL is allowed). Owner only. */
void tt_heap_adopt(TtHeap *heap, TtFragment *fragment);
/** Drops a fragment nobody adopted, with its references to shared bytes. */
void tt_fragment_free(TtFragment *fragment);

#endif
