// SPDX-License-Identifier: MIT
#include "exec/sem.h"

#include "base/config.h"

TtResult tt_sem_type_error(TtActor *actor, const char *op, const char *expected, TtValue got) {
    return tt_error_set(&actor->context->error, TT_ERR_TYPE_MISMATCH, "%s expects %s but got %s", op,
                        expected, tt_type_name(got));
}

TtResult tt_sem_type_error2(TtActor *actor, const char *op, const char *expected, TtValue a, TtValue b) {
    return tt_error_set(&actor->context->error, TT_ERR_TYPE_MISMATCH, "%s expects %s but got %s and %s", op,
                        expected, tt_type_name(a), tt_type_name(b));
}

TtResult tt_sem_heap_full(TtActor *actor, const char *op) {
    const TtHeapPool *pool = &actor->system->pool;
    bool own = pool->actor_limit && actor->heap.held_bytes + TT_SHARED_MIN_BYTES >= pool->actor_limit;
    return tt_error_set(&actor->context->error, TT_ERR_HEAP_EXCEEDED,
                        "Heap limit exceeded during %s: the limit is %llu bytes (%s)", op,
                        (unsigned long long)(own ? pool->actor_limit : pool->limit),
                        own ? "--max-actor-heap" : "--max-heap");
}

static void collect(TtActor *actor, void (*way)(TtHeap *, TtRootsFn, void *)) {
    TtHeap *heap = &actor->heap;
    TtHeapStats before = {0}, after = {0};
    if (!actor->system->gc_debug) {
        way(heap, tt_actor_roots, actor);
        return;
    }
    tt_heap_stats_add(heap, &before);
    way(heap, tt_actor_roots, actor);
    tt_heap_stats_add(heap, &after);
    TtStrbuf line = {0};
    tt_strbuf_add_format(&line,
                         "[gc] process %llu, %s %llu%s: freed %llu bytes in %llu objects, %llu bytes in %llu "
                         "objects live, %.1f µs\n",
                         (unsigned long long)actor->pid, heap->pool->gc->name,
                         (unsigned long long)after.collections + tt_heap_is_collecting(heap),
                         tt_heap_is_collecting(heap) ? ", a step" : "",
                         (unsigned long long)(after.freed_bytes - before.freed_bytes),
                         (unsigned long long)(after.freed_objects - before.freed_objects),
                         (unsigned long long)after.live_bytes, (unsigned long long)after.live_objects,
                         (double)(after.pause_total_ns - before.pause_total_ns) / 1000.0);
    /* Lost when there is no room: a report must not hold up the program it reports on. */
    (void)actor->system->host->write(actor->system->host, 2, line.bytes, line.length);
    tt_strbuf_free(&line);
}

void tt_sem_collect(TtActor *actor) {
    collect(actor, tt_heap_collect);
}

void tt_sem_collect_some(TtActor *actor) {
    collect(actor, tt_heap_collect_some);
}

TtResult tt_sem_underflow(TtActor *actor, const char *op) {
    return tt_error_set(&actor->context->error, TT_ERR_STACK_UNDERFLOW, "Stack underflow during %s", op);
}
