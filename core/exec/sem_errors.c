// SPDX-License-Identifier: MIT
#include "exec/sem.h"

#include "base/config.h"

TtResult tt_sem_type_error(TtActor *actor, const char *op, const char *expected, TtValue got)
{
    return tt_error_set(&actor->context->error, TT_ERR_TYPE_MISMATCH, "%s expects %s but got %s", op, expected,
                        tt_type_name(got));
}

TtResult tt_sem_type_error2(TtActor *actor, const char *op, const char *expected, TtValue a, TtValue b)
{
    return tt_error_set(&actor->context->error, TT_ERR_TYPE_MISMATCH, "%s expects %s but got %s and %s", op, expected,
                        tt_type_name(a), tt_type_name(b));
}

TtResult tt_sem_heap_full(TtActor *actor, const char *op)
{
    const TtHeapPool *pool = &actor->system->pool;
    bool own = pool->actor_limit && actor->heap.held_bytes + TT_SHARED_MIN_BYTES >= pool->actor_limit;
    return tt_error_set(&actor->context->error, TT_ERR_HEAP_EXCEEDED, "Heap limit exceeded during %s: the limit is %llu bytes (%s)",
                        op, (unsigned long long)(own ? pool->actor_limit : pool->limit), own ? "--max-actor-heap" : "--max-heap");
}

TtResult tt_sem_underflow(TtActor *actor, const char *op)
{
    return tt_error_set(&actor->context->error, TT_ERR_STACK_UNDERFLOW, "Stack underflow during %s", op);
}
