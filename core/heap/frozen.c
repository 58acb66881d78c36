// SPDX-License-Identifier: MIT
#include "base/names.h"
#include "base/utf8.h"
#include "heap/heap_internal.h"

#include <string.h>

/** Grows with what is in it; an object never moves. */
typedef struct TtFrozenChunk {
    struct TtFrozenChunk *next;
    size_t used, capacity;
    char data[];
} TtFrozenChunk;

_Static_assert(offsetof(TtFrozenChunk, data) % 4 == 0, "objects are aligned as malloc aligns");

#define CHUNK_BYTES 4080

/** Room of a multiple of TT_HEAP_CELL bytes, taken with `alloc`; NULL when that gives none. */
static char *reserve(TtFrozen *area, size_t bytes, void *(*alloc)(size_t)) {
    TtFrozenChunk *chunk = area->chunks;
    if (!chunk || chunk->capacity - chunk->used < bytes) {
        size_t capacity = bytes > CHUNK_BYTES / 4 ? bytes : CHUNK_BYTES;
        TtFrozenChunk *made = alloc(offsetof(TtFrozenChunk, data) + capacity);
        if (!made) return NULL;
        made->used = 0;
        made->capacity = capacity;
        if (chunk && capacity == bytes) { /* filled at once: the current chunk stays in front */
            made->next = chunk->next;
            chunk->next = made;
        } else {
            made->next = chunk;
            area->chunks = made;
        }
        chunk = made;
    }
    char *room = chunk->data + chunk->used;
    chunk->used += bytes;
    return room;
}

static char *reserve_copy(void *context, size_t bytes, size_t objects) {
    (void)objects;
    return reserve(context, bytes, tt_alloc_try);
}

TtResult tt_frozen_copy(TtFrozen *area, TtValue value, TtValue *copy) {
    TtCopyTarget target = {.flags = TT_OBJ_FROZEN, .reserve = reserve_copy, .context = area};
    return copy_values(&target, &value, 1, copy);
}

TtValue tt_frozen_bytes(TtFrozen *area, TtTag tag, const char *data, size_t length) {
    if (!length) return tt_empty(tag);
    TT_ASSERT(length <= UINT32_MAX - 64);
    size_t size = round_to_cells(bytes_buf_size((uint32_t)length));
    TtBytesBuf *buf = (TtBytesBuf *)(void *)reserve(area, size, tt_alloc);
    buf->obj = (TtObj){.kind = TT_OBJ_BYTES, .flags = TT_OBJ_FROZEN, .used = (uint32_t)length};
    buf->capacity = (uint32_t)(size - offsetof(TtBytesBuf, bytes));
    buf->hash = tt_hash_bytes(data, length);
    memcpy(buf->bytes, data, length);
    if (tt_utf8_count(data, length) == length) buf->obj.flags |= TT_OBJ_ASCII;
    return view(tag, (uint32_t)length, buf);
}

void tt_frozen_free(TtFrozen *area) {
    for (TtFrozenChunk *chunk = area->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        tt_free(chunk);
    }
    area->chunks = NULL;
}
