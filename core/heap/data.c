// SPDX-License-Identifier: MIT
/* Closures and exceptions. */
#include "heap/heap_internal.h"

#include <string.h>

bool tt_closure_new(TtHeap *heap, const TtFunction *function, const TtCapture *captures, uint32_t count,
                    TtValue *out) {
    if (count > UINT32_MAX / sizeof(TtCapture) - 64) return heap_full(heap);
    TtClosure *closure = (TtClosure *)tt_heap_alloc(heap, TT_OBJ_CLOSURE, closure_size(count));
    if (!closure) return false;
    closure->obj.used = count;
    closure->function = function;
    if (count) memcpy(closure->captures, captures, count * sizeof(TtCapture));
    *out = (TtValue){TT_TAG_CLOSURE, 0, {.object = &closure->obj}};
    return true;
}

bool tt_exception_new(TtHeap *heap, TtValue message, TtValue kind, TtValue stack, TtValue value,
                      TtValue *out) {
    TtException *exception = (TtException *)tt_heap_alloc(heap, TT_OBJ_EXCEPTION, sizeof(TtException));
    if (!exception) return false;
    exception->message = message;
    exception->kind = kind;
    exception->stack = stack;
    exception->value = value;
    *out = (TtValue){TT_TAG_EXCEPTION, 0, {.object = &exception->obj}};
    return true;
}
