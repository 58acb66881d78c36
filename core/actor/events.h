// SPDX-License-Identifier: MIT
/**
 * Telling what actors do: TT_EMIT(system, KIND, call) makes the call when events of that kind are wanted, and
 * is one test of a word that never changes otherwise. Each call writes to the ring of `context`'s worker.
 * Other threads have none: what an answer of the host makes ready is told by the worker that runs it next.
 */
#ifndef TT_ACTOR_EVENTS_H
#define TT_ACTOR_EVENTS_H

#include "actor/system.h"
#include "trace/ring.h"

/** Kept out of the code around it, which is then as if there were no events. */
#define TT_COLD __attribute__((cold, noinline))

#define TT_EMIT(system, kind, call)                                                                          \
    do {                                                                                                     \
        if (TT_UNLIKELY((system)->event_mask & (1u << TT_EVENT_##kind))) call;                               \
    } while (0)

/** An event of `actor`, at the place in the program where it is. Owner, or while nobody runs it. */
TT_COLD void tt_emit(const TtContext *context, TtEventKind kind, const TtActor *actor, uint64_t other,
                     uint64_t value);
/** The same with a text: UTF-8. */
TT_COLD void tt_emit_text(const TtContext *context, TtEventKind kind, const TtActor *actor, uint64_t other,
                          uint64_t value, const char *text, size_t length);
/** The same with what PRINT would show of a value. */
TT_COLD void tt_emit_value(const TtContext *context, TtEventKind kind, const TtActor *actor, uint64_t other,
                           uint64_t value, TtValue shown);
/** The clock for events: 0 where it would make a reproducible run differ from the next. */
TT_COLD uint64_t tt_event_clock(const TtSystem *system);
/** Nanoseconds of the slice so far, at most UINT32_MAX. */
TT_COLD uint64_t tt_event_slice_ns(const TtContext *context);
/** An event of an actor that another worker may own: without a place. */
TT_COLD void tt_emit_pid(const TtContext *context, TtEventKind kind, uint64_t pid);

#endif
