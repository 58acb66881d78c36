// SPDX-License-Identifier: MIT
/**
 * How heaps lay out memory; for core/heap only.
 *
 * A block's data is a gapless sequence of objects and free runs, both multiples of TT_HEAP_CELL.
 * A free run has the kind TT_OBJ_FREE, its length in cells in `used`, and (when it is in a bin of
 * TtHeapSpare) a link behind the header. The exception is the run [bump, bump_end) of the heap: it
 * has no header until retire_bump gives it one. Small objects carry their size in `cls`; an object
 * without is of the size that its kind and capacity make. Adopted fragments are blocks like others:
 * what dies in them is allocated from again.
 *
 * Colours: a heap's `mark` is 1 or 2. After a collection every object has the heap's colour, new
 * ones get it too, and those of adopted fragments have 0. A collection takes the other colour, so
 * nothing has it before it is marked, and no pass over the heap clears marks. Frozen objects have 0
 * and are never written to.
 *
 * While a collection goes on in steps, what it has to sweep is in its TtGcCycle: blocks, large objects and
 * references to shared bytes as they were when it began. The lists of the heap have what was made and
 * adopted since, and what has been swept. New objects have the new colour; adopted ones have 0 and are in
 * blocks that this collection does not sweep.
 */
#ifndef TT_HEAP_HEAP_INTERNAL_H
#define TT_HEAP_HEAP_INTERNAL_H

#include "base/alloc.h"
#include "base/assert.h"
#include "base/config.h"
#include "heap/data.h"
#include "heap/heap.h"

struct TtHeapBlock {
    TtHeapBlock *next;
    size_t bytes; /* of data */
    char data[];
};

struct TtHeapLarge {
    TtHeapLarge *next;
    TtHeapLarge **link;       /* what refers to it: the head of its list, or `next` of the one before */
    size_t bytes;             /* of the object */
    _Alignas(8) TtObj object; /* and the rest of it; TT_OBJ_LARGE */
};

static inline void large_push(TtHeapLarge **list, TtHeapLarge *large) {
    large->next = *list;
    large->link = list;
    if (large->next) large->next->link = &large->next;
    *list = large;
}

/** The whole of a list becomes that of another head, which has none. */
static inline void large_move(TtHeapLarge **to, TtHeapLarge **from) {
    *to = *from;
    if (*to) (*to)->link = to;
    *from = NULL;
}

typedef struct TtFreeRun {
    TtObj object; /* used: length in cells */
    struct TtFreeRun *next;
} TtFreeRun;

_Static_assert(sizeof(TtFreeRun) <= TT_HEAP_CELL, "a free run of one cell can be linked");
_Static_assert(sizeof(TtHeapBlock) % 8 == 0 && offsetof(TtHeapLarge, object) % 8 == 0, "values are aligned");

/** Runs of 1 … 31 cells have their own bin each; longer ones share bin 32. */
#define TT_SPARE_BINS (TT_HEAP_SMALL_MAX / TT_HEAP_CELL + 1)

struct TtHeapSpare {
    uint64_t filled; /* bit i: bins[i] is not empty */
    TtFreeRun *bins[TT_SPARE_BINS];
    struct TtGcCycle *cycle; /* a collection under way, or NULL */
    uint64_t collections, pauses, pause_total_ns, pause_max_ns;
};

/** Values still to be marked. */
typedef struct TtGcRange {
    const char *at;
    uint32_t left;
    uint32_t stride; /* bytes from one value to the next */
} TtGcRange;

#define TT_GC_FIRST_RANGES 64

typedef enum TtGcPhase { TT_GC_MARK, TT_GC_SWEEP_BIG_BYTES, TT_GC_SWEEP_LARGE, TT_GC_SWEEP_BLOCKS } TtGcPhase;

/** A collection under way: gc_mark_sweep.c. */
typedef struct TtGcCycle {
    TtRootVisitor visitor;
    TtGcPhase phase;
    uint8_t colour;
    bool overflowed; /* the parts of some marked objects could not be noted */
    TtGcRange range; /* being marked; what is left of others is on the stack */
    TtGcRange *stack;
    size_t depth, capacity;
    TtObj **roots; /* objects that the roots referred to; not looked at before `root_next` */
    size_t root_count, root_capacity, root_next;
    TtHeapBlock *blocks; /* to be swept */
    TtHeapLarge *large;
    TtBigBytes *big_bytes;
    uint64_t begun_at; /* the heap's allocated_bytes when it began */
    uint64_t paid_at;  /* and up to where work has been done or is owed for it */
    uint64_t owed;     /* units of work */
    TtGcRange first[TT_GC_FIRST_RANGES];
} TtGcCycle;

/** The collection under way, or NULL. */
static inline TtGcCycle *heap_cycle(const TtHeap *heap) {
    return heap->spare ? heap->spare->cycle : NULL;
}

/**
 * A TtFragment is a TtHeapBlock (and `TtFragment *` only another name for its address). Its data
 * begins with this, which becomes a free run when the fragment is adopted.
 */
typedef struct TtFragmentInfo {
    TtHeapPool *pool;
    TtBigBytes *big_bytes;
    uint64_t shared_bytes; /* memory of what big_bytes refer to */
    uint64_t objects;
} TtFragmentInfo;

#define TT_BLOCK_MIN 496   /* with malloc's own header 512: a tiny actor's whole heap */
#define TT_BLOCK_MAX 16368 /* likewise 16 KiB */

/* Memory that blocks and objects take from the pool. */
static inline size_t block_held(const TtHeapBlock *block) {
    return sizeof(TtHeapBlock) + block->bytes;
}
static inline size_t large_held(const TtHeapLarge *large) {
    return offsetof(TtHeapLarge, object) + large->bytes;
}
static inline size_t shared_held(const TtSharedBytes *shared) {
    return offsetof(TtSharedBytes, bytes) + (size_t)shared->capacity;
}

static inline size_t round_to_cells(size_t bytes) {
    return (bytes + TT_HEAP_CELL - 1) & ~(size_t)(TT_HEAP_CELL - 1);
}

#define TT_FRAGMENT_INFO round_to_cells(sizeof(TtFragmentInfo))

/* Sizes by kind. The counts must have been checked with the *_MAX constants. */
#define TT_LIST_MAX ((uint32_t)((UINT32_MAX / sizeof(TtValue)) - 64))
#define TT_MAP_MAX  ((uint32_t)((UINT32_MAX / (sizeof(TtMapEntry) + 4 * sizeof(uint32_t))) - 64))
static inline size_t bytes_buf_size(uint32_t capacity) {
    return offsetof(TtBytesBuf, bytes) + (size_t)capacity;
}
static inline size_t list_size(uint32_t capacity) {
    return sizeof(TtListBuf) + capacity * sizeof(TtValue);
}
static inline size_t map_size(uint32_t capacity, uint32_t index_size) {
    return sizeof(TtMapBuf) + capacity * sizeof(TtMapEntry) + index_size * sizeof(uint32_t);
}
static inline size_t closure_size(uint32_t captures) {
    return sizeof(TtClosure) + captures * sizeof(TtCapture);
}

/** Slots of the index for a buffer of `capacity` entries. */
static inline uint32_t map_index_size(uint32_t capacity) {
    if (capacity <= TT_MAP_LINEAR) return 0;
    uint32_t size = 32;
    while (size < 2 * capacity) size *= 2;
    return size;
}
static inline uint32_t *map_index(TtMapBuf *buf) {
    return (uint32_t *)(void *)(buf->entries + buf->capacity);
}

/** Bytes of an object or free run inside a block, or of a large object. */
static inline size_t object_size(const TtObj *object) {
    if (object->cls) return (size_t)object->cls * TT_HEAP_CELL;
    switch (object->kind) {
    case TT_OBJ_FREE: return (size_t)object->used * TT_HEAP_CELL;
    case TT_OBJ_BYTES: return round_to_cells(bytes_buf_size(((const TtBytesBuf *)object)->capacity));
    case TT_OBJ_BIG_BYTES: return round_to_cells(sizeof(TtBigBytes));
    case TT_OBJ_LIST: return round_to_cells(list_size(((const TtListBuf *)object)->capacity));
    case TT_OBJ_MAP:
        return round_to_cells(
            map_size(((const TtMapBuf *)object)->capacity, ((const TtMapBuf *)object)->index_size));
    case TT_OBJ_CLOSURE: return round_to_cells(closure_size(object->used));
    case TT_OBJ_EXCEPTION: return round_to_cells(sizeof(TtException));
    }
    TT_UNREACHABLE();
}

/** The part of its size that an object counts with beyond the block it is in (TtHeapStats). */
static inline size_t object_shared_size(const TtObj *object) {
    return object->kind == TT_OBJ_BIG_BYTES ? shared_held(((const TtBigBytes *)object)->shared) : 0;
}

static inline TtValue view(TtTag tag, uint32_t length, void *object) {
    return (TtValue){tag, length, {.object = length ? object : NULL}};
}

/* ---- heap.c ------------------------------------------------------------------------------------- */

/** Notes a failed allocation. */
static inline bool heap_full(TtHeap *heap) {
    heap->limit_hit = true;
    return false;
}

/** Takes memory for this heap; false at a limit. */
bool heap_take(TtHeap *heap, uint64_t bytes);
void heap_give(TtHeap *heap, uint64_t bytes);
/** Makes [start, start + bytes) a free run of the heap. */
void heap_add_run(TtHeap *heap, char *start, size_t bytes);
/**
 * Makes a large object larger, wherever that may be: whoever refers to it has to know. NULL, and nothing has
 * changed, for others, at a limit, and while a collection may have noted where it is.
 */
TtObj *heap_regrow(TtHeap *heap, TtObj *object, size_t bytes);
/** Ends the use of the current free run; every block can be walked afterwards. */
void heap_retire_bump(TtHeap *heap);

/* ---- gc_mark_sweep.c ---------------------------------------------------------------------------- */

/** Sweeps a few blocks of a collection under way, so that there are free runs. Allocations. */
void gc_sweep_for_room(TtHeap *heap);
/** Ends a collection under way without freeing anything: its lists go back to the heap's. */
void gc_abandon(TtHeap *heap);

/* ---- shared_bytes.c ----------------------------------------------------------------------------- */

/** Shared bytes with one reference and room for `capacity` bytes, and a reference of the heap to them. */
TtBigBytes *big_bytes_new(TtHeap *heap, uint32_t capacity);
/** Drops a reference; the last one gives the memory back to `pool`. Any thread. */
void shared_bytes_release(TtHeapPool *pool, TtSharedBytes *shared);
/** Drops all references of a list. */
void big_bytes_release_all(TtHeapPool *pool, TtBigBytes *list);

/* ---- map.c -------------------------------------------------------------------------------------- */

/** Fills the index of `buf`, if it has one, for its `used` entries. */
void map_build_index(TtMapBuf *buf);

/* ---- copy.c ------------------------------------------------------------------------------------- */

/** Where a copy goes. */
typedef struct TtCopyTarget {
    uint8_t flags; /* of all objects made: 0 or TT_OBJ_FROZEN (then shared bytes are copied, too) */
    /** Gives memory for objects of `bytes` in all, `objects` many; NULL when there is none. */
    char *(*reserve)(void *context, size_t bytes, size_t objects);
    void *context;
    TtBigBytes *big_bytes; /* out: the references made */
    uint64_t shared_bytes; /* out: memory they refer to */
} TtCopyTarget;

TtResult copy_values(TtCopyTarget *target, const TtValue *values, uint32_t count,
                     TtValue *copies) TT_MUST_USE;

#endif
