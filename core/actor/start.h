// SPDX-License-Identifier: MIT
/**
 * What a new actor starts from: its function, arguments, and the globals its code can read. Borrowed
 * from the spawner for an ordinary spawn; kept as a copy of its own for a supervised child, which may
 * start many times and always sees the globals of its first start.
 */
#ifndef TT_ACTOR_START_H
#define TT_ACTOR_START_H

#include "actor/actor.h"

typedef struct TtStart {
    TtModule *program;     /* whose globals the actor has */
    bool globals_on_stack; /* it runs the program's top level itself */
    const uint32_t *slots; /* of the globals; the module's */
    uint32_t arg_count, slot_count;
    TtValue *values;      /* callee, arguments, globals; from tt_alloc */
    TtFragment *fragment; /* what the values refer to when they are kept, or NULL */
} TtStart;

/** Collects what `callee` needs; `spawner` NULL: a program's main actor. The values are borrowed. */
void tt_start_init(TtStart *start, TtActor *spawner, TtValue callee, const TtValue *args, uint32_t arg_count);
/** Makes the values independent of the spawner. */
TtResult tt_start_keep(TtStart *start, TtHeapPool *pool) TT_MUST_USE;
void tt_start_free(TtStart *start);

/**
 * A new actor with copies of the start's values. Not yet known by pid, not queued. HeapExceeded when
 * the budget does not allow it, BadArgument when a value is nested too deeply.
 */
TtResult tt_actor_create(TtSystem *system, const TtStart *start, TtActor **actor) TT_MUST_USE;

#endif
