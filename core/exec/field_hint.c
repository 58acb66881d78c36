// SPDX-License-Identifier: MIT
#include "exec/field_hint.h"

#include <string.h>

/** The same text in another buffer: keys of other modules, of JSON, of messages. */
static bool is_at(TtValue object, const TtValue *key, uint32_t at) {
    if (at >= object.len) return false;
    TtValue there = tt_map_entries(object)[at].key;
    return there.len == key->len && (there.as.object == key->as.object ||
                                     memcmp(tt_bytes_data(there), tt_bytes_data(*key), key->len) == 0);
}

int64_t tt_field_find(TtValue object, const TtValue *key, uint16_t *cell) {
    uint32_t guess = tt_atomic_load_u16_rlx(cell);
    if (is_at(object, key, guess)) return guess;
    int64_t at = tt_map_find(object, tt_bytes_data(*key), key->len);
    if (at >= 0 && at <= UINT16_MAX && (uint32_t)at != guess) tt_atomic_store_u16_rlx(cell, (uint16_t)at);
    return at;
}

TtResult tt_field_set(TtActor *actor, const TtValue *object, const TtValue *key, const TtValue *value,
                      bool own, uint16_t *cell, TtValue *out) {
    const TtValue before = *object;
    if (TT_UNLIKELY(before.tag != TT_TAG_OBJECT))
        return tt_sem_set_field(actor, "SET_FIELD", object, key, value, own, out);
    if (!tt_map_set(&actor->heap, before, *key, *value, own, out))
        return tt_sem_heap_full(actor, "SET_FIELD");
    if (before.as.object && before.as.object != out->as.object) tt_sem_charge(actor, tt_sem_size(before));
    if (out->len == before.len)
        (void)tt_field_find(*out, key, cell);
    else if (before.len <= UINT16_MAX && tt_atomic_load_u16_rlx(cell) != before.len)
        tt_atomic_store_u16_rlx(cell, (uint16_t)before.len);
    return TT_OK;
}
