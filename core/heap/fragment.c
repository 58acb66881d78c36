// SPDX-License-Identifier: MIT
#include "heap/heap_internal.h"

static TtHeapBlock *block_of(const TtFragment *fragment) {
    return (TtHeapBlock *)(void *)fragment;
}

static TtFragmentInfo *info_of(TtHeapBlock *block) {
    return (TtFragmentInfo *)(void *)block->data;
}

typedef struct Reservation {
    TtHeapPool *pool;
    TtHeapBlock *block;
} Reservation;

static char *reserve(void *context, size_t bytes, size_t objects) {
    Reservation *made = context;
    size_t data = TT_FRAGMENT_INFO + bytes, held = sizeof(TtHeapBlock) + data;
    if (!tt_heap_pool_take(made->pool, held)) return NULL;
    TtHeapBlock *block = tt_alloc_try(held);
    if (!block) {
        tt_heap_pool_give(made->pool, held);
        return NULL;
    }
    block->next = NULL;
    block->bytes = data;
    info_of(block)->pool = made->pool;
    info_of(block)->objects = objects;
    made->block = block;
    return block->data + TT_FRAGMENT_INFO;
}

TtResult tt_fragment_copy(TtHeapPool *pool, const TtValue *values, uint32_t count, TtFragment **fragment,
                          TtValue *copies) {
    Reservation made = {pool, NULL};
    TtCopyTarget target = {.reserve = reserve, .context = &made};
    *fragment = NULL;
    TT_TRY(copy_values(&target, values, count, copies));
    if (!made.block) return TT_OK;
    info_of(made.block)->big_bytes = target.big_bytes;
    info_of(made.block)->shared_bytes = target.shared_bytes;
    *fragment = (TtFragment *)made.block;
    return TT_OK;
}

void tt_heap_adopt(TtHeap *heap, TtFragment *fragment) {
    if (!fragment) return;
    TtHeapBlock *block = block_of(fragment);
    TtFragmentInfo info = *info_of(block);
    heap->allocated_objects += info.objects;
    heap->allocated_bytes += block->bytes - TT_FRAGMENT_INFO + info.shared_bytes;
    heap->shared_bytes += info.shared_bytes;
    heap->held_bytes += block_held(block);
    if (info.big_bytes) {
        TtBigBytes *last = info.big_bytes;
        while (last->next) last = last->next;
        last->next = heap->big_bytes;
        heap->big_bytes = info.big_bytes;
    }
    block->next = heap->blocks;
    heap->blocks = block;
    heap_add_run(heap, block->data, TT_FRAGMENT_INFO);
}

void tt_fragment_free(TtFragment *fragment) {
    if (!fragment) return;
    TtHeapBlock *block = block_of(fragment);
    TtHeapPool *pool = info_of(block)->pool;
    big_bytes_release_all(pool, info_of(block)->big_bytes);
    tt_heap_pool_give(pool, block_held(block));
    tt_free(block);
}

uint64_t tt_fragment_bytes(const TtFragment *fragment) {
    return fragment ? block_held(block_of(fragment)) : 0;
}
