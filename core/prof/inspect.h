// SPDX-License-Identifier: MIT
/** Actors as JSON, in the form of ActorInfo and ActorSummary of wasm-glue/ts/api.ts. No worker runs
 * meanwhile. */
#ifndef TT_PROF_INSPECT_H
#define TT_PROF_INSPECT_H

#include "actor/system.h"

/** Appends an object; false, and nothing, when there is no such actor. */
bool tt_inspect_actor(TtSystem *system, uint64_t pid, TtStrbuf *out);
/** Appends an array of the live actors with the `most` lowest pids above `after`, in order of pid. */
void tt_inspect_actors(TtSystem *system, uint64_t after, uint32_t most, TtStrbuf *out);

#endif
