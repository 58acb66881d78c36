// SPDX-License-Identifier: MIT
/*
 * Text and bytes. Fewer than TT_SHARED_MIN_BYTES lie in the heap (TtBytesBuf), others in TtSharedBytes
 * which messages refer to instead of copying them. Frozen ones are always TtBytesBufs.
 */
#include "base/bytes.h"
#include "heap/heap_internal.h"

#include <string.h>

/** A buffer with room for `capacity` bytes, `length` of them used. */
static inline bool alloc_buffer(TtHeap *heap, TtTag tag, size_t length, size_t capacity, char **data,
                                TtValue *out) {
    if (length < TT_SHARED_MIN_BYTES) {
        if (capacity >= TT_SHARED_MIN_BYTES) capacity = TT_SHARED_MIN_BYTES - 1;
        size_t size = round_to_cells(bytes_buf_size((uint32_t)capacity));
        TtBytesBuf *buf = (TtBytesBuf *)tt_heap_alloc(heap, TT_OBJ_BYTES, size);
        if (!buf) return false;
        buf->obj.used = (uint32_t)length;
        buf->capacity = (uint32_t)(size - offsetof(TtBytesBuf, bytes));
        buf->hash = 0;
        *data = buf->bytes;
        *out = view(tag, (uint32_t)length, buf);
        return true;
    }
    if (length > UINT32_MAX) return heap_full(heap);
    if (capacity > UINT32_MAX) capacity = UINT32_MAX;
    TtBigBytes *big = big_bytes_new(heap, (uint32_t)capacity);
    if (!big) return false;
    big->shared->used = (uint32_t)length;
    *data = big->shared->bytes;
    *out = view(tag, (uint32_t)length, big);
    return true;
}

/** Where bytes of empty text would be. */
static char none;

bool tt_bytes_alloc(TtHeap *heap, TtTag tag, size_t length, char **data, TtValue *out) {
    if (length) return alloc_buffer(heap, tag, length, length, data, out);
    *data = &none;
    *out = tt_empty(tag);
    return true;
}

bool tt_bytes_new(TtHeap *heap, TtTag tag, const void *data, size_t length, TtValue *out) {
    char *room;
    TtValue made;
    if (!tt_bytes_alloc(heap, tag, length, &room, &made)) return false;
    tt_bytes_copy(room, data, length);
    *out = made;
    return true;
}

bool tt_str_new(TtHeap *heap, const char *text, TtValue *out) {
    return tt_bytes_new(heap, TT_TAG_STR, text, strlen(text), out);
}

/**
 * Where to write behind the view `a`, NULL when it must be copied. `*whole` tells whether it is the
 * longest view of a buffer of this heap, that is, one more link of a chain of appends.
 */
static char *room_behind(TtHeap *heap, TtValue a, size_t total, bool *whole) {
    TtObj *object = a.as.object;
    *whole = false;
    if (object->flags & TT_OBJ_FROZEN) return NULL;
    if (object->kind == TT_OBJ_BYTES) {
        TtBytesBuf *buf = (TtBytesBuf *)object;
        *whole = buf->obj.used == a.len;
        if (!*whole || total > buf->capacity || total >= TT_SHARED_MIN_BYTES) return NULL;
        buf->obj.used = (uint32_t)total;
        buf->hash = 0;
        return buf->bytes + a.len;
    }
    TtSharedBytes *shared = ((TtBigBytes *)object)->shared;
    *whole = shared->owner == heap->owner && shared->used == a.len;
    if (!*whole || total > shared->capacity) return NULL;
    shared->used = (uint32_t)total;
    return shared->bytes + a.len;
}

char *tt_bytes_extend(TtHeap *heap, TtValue a, size_t length, TtValue *out) {
    char *room;
    if (!a.len) return tt_bytes_alloc(heap, (TtTag)a.tag, length, &room, out) ? room : NULL;
    if (!length) {
        *out = a;
        return &none;
    }
    if (length > UINT32_MAX - a.len) return heap_full(heap), NULL;
    size_t total = a.len + length;
    bool whole;
    room = room_behind(heap, a, total, &whole);
    if (room) {
        *out = view((TtTag)a.tag, (uint32_t)total, a.as.object);
        return room;
    }
    size_t capacity = whole && total / 2 < a.len && a.len <= UINT32_MAX / 2 ? (size_t)a.len * 2 : total;
    if (!alloc_buffer(heap, (TtTag)a.tag, total, capacity, &room, out)) return NULL;
    tt_bytes_copy(room, tt_bytes_data(a), a.len);
    return room + a.len;
}

bool tt_bytes_append(TtHeap *heap, TtValue a, const char *data, size_t length, TtValue *out) {
    char *room = tt_bytes_extend(heap, a, length, out);
    if (room) tt_bytes_copy(room, data, length);
    return room != NULL;
}
