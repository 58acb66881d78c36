// SPDX-License-Identifier: MIT
#include "heap/gc.h"

#include <string.h>

/** Nothing is freed before its heap is; a program that needs more than the limit ends with HeapExceeded. */
static void collect(TtHeap *heap, TtRootsFn roots, void *context, bool whole) {
    (void)whole;
    (void)roots;
    (void)context;
    heap->collect_at = UINT64_MAX;
    heap->limit_hit = false;
}

const TtGcEngine tt_gc_none = {"no-gc", collect};

const TtGcEngine *tt_gc_engine(const char *name) {
    static const TtGcEngine *const engines[] = {&tt_gc_mark_sweep, &tt_gc_none};
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
        if (strcmp(engines[i]->name, name) == 0) return engines[i];
    return NULL;
}
