// SPDX-License-Identifier: MIT
#include "heap/heap_internal.h"
#include "port/atomic.h"

TtBigBytes *big_bytes_new(TtHeap *heap, uint32_t capacity) {
    uint64_t held = offsetof(TtSharedBytes, bytes) + (uint64_t)capacity;
    if (held > SIZE_MAX / 2) {
        heap_full(heap);
        return NULL;
    }
    if (!heap_take(heap, held)) return NULL;
    TtSharedBytes *shared = tt_alloc_try((size_t)held);
    TtBigBytes *big = shared ? (TtBigBytes *)tt_heap_alloc(heap, TT_OBJ_BIG_BYTES, sizeof(TtBigBytes)) : NULL;
    if (!big) {
        tt_free(shared);
        heap_give(heap, held);
        return heap_full(heap), NULL;
    }
    shared->references = 1;
    shared->capacity = capacity;
    shared->owner = heap->owner;
    shared->used = 0;
    shared->ascii = 0;
    big->shared = shared;
    big->next = heap->big_bytes;
    heap->big_bytes = big;
    heap->shared_bytes += held;
    heap->allocated_bytes += held;
    return big;
}

void shared_bytes_release(TtHeapPool *pool, TtSharedBytes *shared) {
    /* Alone, nobody else can come to hold a reference: only holders copy references. */
    if (tt_atomic_load_u32_acq(&shared->references) != 1 &&
        tt_atomic_fetch_sub_u32_acqrel(&shared->references, 1) != 1)
        return;
    tt_heap_pool_give(pool, shared_held(shared));
    tt_free(shared);
}

void big_bytes_release_all(TtHeapPool *pool, TtBigBytes *list) {
    for (; list; list = list->next) shared_bytes_release(pool, list->shared);
}
