// SPDX-License-Identifier: MIT
/**
 * Inline caches of GET_FIELD, SET_FIELD and HAS_FIELD: for each such instruction a cell that tells at which
 * entry it found its key last time. Private to exec/; every interpreter uses the same cells.
 *
 * A cell is a guess: whoever uses it compares the key that is there. Any actor on any thread may write it
 * (relaxed), so all of them profit; a lost write costs a search. Cells lie outside the code, which stays
 * immutable. `a` of the instruction in executable code is its cell's number; modules with more than 65,536
 * such instructions use cells twice.
 */
#ifndef TT_EXEC_FIELD_HINT_H
#define TT_EXEC_FIELD_HINT_H

#include "exec/sem.h"

#include "port/atomic.h"

#define TT_FIELD_CELLS_MAX 65536u

/** Entry number of `key`, a Str, if it is where the cell says and there the very same string; else -1. */
static inline int64_t tt_field_guess(TtValue object, const TtValue *key, const uint16_t *cell) {
    uint32_t at = tt_atomic_load_u16_rlx(cell);
    if (at >= object.len) return -1;
    const TtValue *there = &((const TtMapBuf *)object.as.object)->entries[at].key;
    return there->as.object == key->as.object && there->len == key->len ? (int64_t)at : -1;
}

/** Entry number of `key`, a Str, in an Object, or -1. Leaves in the cell where it was found. */
int64_t tt_field_find(TtValue object, const TtValue *key, uint16_t *cell);
/** tt_sem_set_field for SET_FIELD, whose key is a Str, leaving in the cell where the field is now. */
TtResult tt_field_set(TtActor *actor, const TtValue *object, const TtValue *key, const TtValue *value,
                      bool own, uint16_t *cell, TtValue *out);

#endif
