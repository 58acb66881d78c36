// SPDX-License-Identifier: MIT
/** A heap with some roots, for tests of core/heap. */
#ifndef TT_TEST_HEAP_FIXTURE_H
#define TT_TEST_HEAP_FIXTURE_H

#include "base/alloc.h"
#include "heap/data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIXTURE_ROOTS 16

typedef struct Fixture {
    TtHeapPool pool;
    TtHeap heap;
    TtValue roots[FIXTURE_ROOTS];
} Fixture;

static inline void fixture_init(Fixture *f, uint64_t limit) {
    memset(f, 0, sizeof *f);
    f->pool.limit = limit;
    tt_heap_init(&f->heap, &f->pool, 7);
}

static inline void fixture_visit(void *context, TtRootVisitor *visitor) {
    Fixture *f = context;
    visitor->values(visitor, f->roots, FIXTURE_ROOTS);
}

static inline void fixture_check(Fixture *f) {
    tt_heap_check(&f->heap, fixture_visit, f);
}

static inline void fixture_collect(Fixture *f) {
    fixture_check(f);
    tt_heap_collect(&f->heap, fixture_visit, f);
    fixture_check(f);
}

static inline TtHeapStats fixture_stats(const Fixture *f) {
    TtHeapStats stats = {0};
    tt_heap_stats_add(&f->heap, &stats);
    return stats;
}

/** For what cannot fail in a test. */
#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);                          \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

static inline TtValue make_str(TtHeap *heap, const char *text) {
    TtValue v;
    MUST(tt_str_new(heap, text, &v));
    return v;
}

static inline bool is_text(TtValue v, const char *text) {
    return v.tag == TT_TAG_STR && v.len == strlen(text) && memcmp(tt_bytes_data(v), text, v.len) == 0;
}

static inline TtValue list_of_ints(TtHeap *heap, uint32_t count) {
    TtValue *items, list;
    MUST(tt_list_alloc(heap, count, &items, &list));
    for (uint32_t i = 0; i < count; i++) items[i] = tt_int(i);
    return list;
}

#endif
