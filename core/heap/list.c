// SPDX-License-Identifier: MIT
#include "heap/heap_internal.h"

#include <string.h>

static bool alloc_list(TtHeap *heap, uint32_t capacity, TtListBuf **out) {
    if (capacity > TT_LIST_MAX) return heap_full(heap);
    TtListBuf *buf = (TtListBuf *)tt_heap_alloc(heap, TT_OBJ_LIST, list_size(capacity));
    if (!buf) return false;
    buf->capacity = capacity;
    buf->reserved = 0;
    *out = buf;
    return true;
}

/** The buffer of a list, NULL when it may not be changed in place. */
static TtListBuf *own_buffer(TtValue list, bool own) {
    return own && list.len && !(list.as.object->flags & (TT_OBJ_SHARED | TT_OBJ_FROZEN))
               ? (TtListBuf *)list.as.object
               : NULL;
}

/** Copies all items. Unless `moved`, the old buffer stays in use, so what is in both is shared. */
static bool copy_list(TtHeap *heap, TtValue list, uint32_t capacity, bool moved, TtListBuf **out) {
    TtListBuf *buf;
    if (!alloc_list(heap, capacity, &buf)) return false;
    buf->obj.used = list.len;
    if (list.len) memcpy(buf->items, tt_list_items(list), list.len * sizeof(TtValue));
    if (!moved)
        for (uint32_t i = 0; i < list.len; i++) tt_value_share(buf->items[i]);
    *out = buf;
    return true;
}

bool tt_list_alloc(TtHeap *heap, uint32_t count, TtValue **items, TtValue *out) {
    static TtValue none;
    *items = &none;
    *out = tt_empty(TT_TAG_LIST);
    if (!count) return true;
    TtListBuf *buf;
    if (!alloc_list(heap, count, &buf)) return false;
    buf->obj.used = count;
    *items = buf->items;
    *out = view(TT_TAG_LIST, count, buf);
    return true;
}

bool tt_list_new(TtHeap *heap, const TtValue *items, uint32_t count, TtValue *out) {
    TtValue *room, made;
    if (!tt_list_alloc(heap, count, &room, &made)) return false;
    if (count) memcpy(room, items, count * sizeof(TtValue));
    *out = made;
    return true;
}

static uint32_t next_capacity(uint32_t length) {
    return length < 4 ? 4 : length < TT_LIST_MAX / 2 ? length * 2 : TT_LIST_MAX;
}

static bool append(TtHeap *heap, TtValue list, TtValue item, bool own, TtValue *out) {
    TtListBuf *buf = list.len ? (TtListBuf *)list.as.object : NULL;
    if (list.len >= TT_LIST_MAX) return heap_full(heap);
    if (TT_UNLIKELY(!buf || buf->obj.used != list.len || list.len == buf->capacity ||
                    buf->obj.flags & TT_OBJ_FROZEN)) {
        if (!copy_list(heap, list, next_capacity(list.len), own_buffer(list, own) != NULL, &buf))
            return false;
    } else if (!own) {
        buf->obj.flags |= TT_OBJ_SHARED;
    }
    buf->items[list.len] = item;
    buf->obj.used = list.len + 1;
    *out = view(TT_TAG_LIST, list.len + 1, buf);
    return true;
}

bool tt_list_append(TtHeap *heap, TtValue list, TtValue item, TtValue *out) {
    return append(heap, list, item, false, out);
}

bool tt_list_append_own(TtHeap *heap, TtValue list, TtValue item, TtValue *out) {
    return append(heap, list, item, true, out);
}

bool tt_list_push(TtHeap *heap, TtValue *list, TtValue item) {
    TtListBuf *buf = own_buffer(*list, true);
    if (buf && !(buf->obj.flags & TT_OBJ_MOVED) && buf->obj.used == list->len && list->len == buf->capacity &&
        list->len < TT_LIST_MAX) {
        uint32_t capacity = next_capacity(list->len);
        buf = (TtListBuf *)heap_regrow(heap, &buf->obj, list_size(capacity));
        if (buf) {
            buf->capacity = capacity;
            list->as.object = &buf->obj;
        }
    }
    return append(heap, *list, item, true, list);
}

bool tt_list_set(TtHeap *heap, TtValue list, uint32_t index, TtValue item, bool own, TtValue *out) {
    TT_ASSERT(index < list.len);
    TtListBuf *buf = own_buffer(list, own);
    if (!buf && !copy_list(heap, list, list.len, false, &buf)) return false;
    tt_heap_forget(heap, &buf->items[index]);
    buf->items[index] = item;
    *out = view(TT_TAG_LIST, list.len, buf);
    return true;
}

TtValue tt_list_drop_last(TtHeap *heap, TtValue list, bool own) {
    TT_ASSERT(list.len > 0);
    TtListBuf *buf = own_buffer(list, own);
    if (!buf) {
        tt_value_share(list);
    } else if (buf->obj.used == list.len) {
        /* The variable still has its longer view until the result is stored: leave no stale reference. */
        tt_heap_forget(heap, &buf->items[list.len - 1]);
        buf->items[list.len - 1] = tt_null();
        buf->obj.used--;
    }
    return view(TT_TAG_LIST, list.len - 1, buf ? (TtObj *)buf : list.as.object);
}
