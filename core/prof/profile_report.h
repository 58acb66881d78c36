// SPDX-License-Identifier: MIT
/**
 * The profile of a run (actor/profile.h) as rows and as JSON. No worker runs meanwhile.
 *
 * JSON, times in nanoseconds:
 *   { "version": 1, "ns": n, "instructions": n,
 *     "functions": [{ "name", "file", "line", "calls", "ownNs", "ownInstructions", "allNs", "allInstructions"
 * }], "paths": [{ "parent": index of a path before this one, or -1, "function": index, "calls", "ownNs",
 *                 "ownInstructions" }],
 *     "actors": [{ "pid", "function": index it was started with, "ns", "instructions",
 *                  "functions": [{ "function": index, "calls", "ownNs", … as above }] }],
 *     "moreActors": n that are only in the sums,
 *     "leaves": [{ "reason", "count" }], "spanNs": n from the first slice to the end of the last,
 *     "schedulers": [{ "slices", "steals", "ns", "instructions" }] }
 * Functions are sorted by own time, the slowest first.
 */
#ifndef TT_PROF_PROFILE_REPORT_H
#define TT_PROF_PROFILE_REPORT_H

#include "actor/system.h"
#include "tinytot/tt.h"

/** What tt_vm_profile_table gives; the caller frees it. */
TtProfileTable *tt_profile_table_new(TtSystem *system);
/** NULL is allowed. */
void tt_profile_table_free(TtProfileTable *table);

/** Appends the JSON. */
void tt_profile_json(TtStrbuf *out, TtSystem *system);

#endif
