// SPDX-License-Identifier: MIT
/** Built-ins of objects. */
#include "exec/builtin.h"

static TtResult want_object(TtBuiltinCall *call, TtValue v) {
    return tt_builtin_want(call, v, TT_TAG_OBJECT);
}

static int64_t find_key(TtValue object, TtValue key) {
    return tt_map_find(object, tt_bytes_data(key), key.len);
}

/** A list of the keys, the values, or pairs of both. */
static TtResult list_entries(TtBuiltinCall *call, TtValue object, bool keys, bool values, TtValue *result) {
    TT_TRY(want_object(call, object));
    TtValue *items;
    if (!tt_list_alloc(call->heap, object.len, &items, result)) return tt_builtin_heap_full(call);
    const TtMapEntry *entries = tt_map_entries(object);
    for (uint32_t i = 0; i < object.len; i++) items[i] = values ? tt_null() : entries[i].key;
    for (uint32_t i = 0; values && i < object.len; i++) {
        TtValue pair[2] = {entries[i].key, tt_value_share(entries[i].value)};
        items[i] = pair[1];
        if (keys && !tt_list_new(call->heap, pair, 2, &items[i])) return tt_builtin_heap_full(call);
    }
    return TT_OK;
}

TtResult tt_builtin_object_keys(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return list_entries(call, args[0], true, false, result);
}

TtResult tt_builtin_object_values(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return list_entries(call, args[0], false, true, result);
}

TtResult tt_builtin_object_entries(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    return list_entries(call, args[0], true, true, result);
}

TtResult tt_builtin_object_get_or(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_object(call, args[0]));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_STR));
    int64_t at = find_key(args[0], args[1]);
    *result = tt_value_share(at < 0 ? args[2] : tt_map_entries(args[0])[at].value);
    return TT_OK;
}

TtResult tt_builtin_object_has(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_object(call, args[0]));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_STR));
    *result = tt_bool(find_key(args[0], args[1]) >= 0);
    return TT_OK;
}

/** Sets a field of an object that only this function has a view of. */
static TtResult set_field(TtBuiltinCall *call, TtValue *object, TtValue key, TtValue value) {
    if (tt_map_set(call->heap, *object, key, tt_value_share(value), true, object)) return TT_OK;
    return tt_builtin_heap_full(call);
}

TtResult tt_builtin_object_merge(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_object(call, args[0]));
    TT_TRY(want_object(call, args[1]));
    TtValue merged = tt_empty(TT_TAG_OBJECT);
    for (unsigned side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < args[side].len; i++) {
            const TtMapEntry *entry = &tt_map_entries(args[side])[i];
            TT_TRY(set_field(call, &merged, entry->key, entry->value));
        }
    }
    *result = merged;
    return TT_OK;
}

TtResult tt_builtin_object_from_entries(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_LIST));
    TtValue object = tt_empty(TT_TAG_OBJECT);
    for (uint32_t i = 0; i < args[0].len; i++) {
        TtValue pair = tt_list_items(args[0])[i];
        if (pair.tag != TT_TAG_LIST) return tt_builtin_type_error(call, "a list of pairs [key, value]", pair);
        if (pair.len != 2) {
            return tt_builtin_error(call, TT_ERR_BAD_ARGUMENT,
                                    "expects pairs [key, value] but got a list of length %u",
                                    (unsigned)pair.len);
        }
        TtValue key = tt_list_items(pair)[0];
        if (key.tag != TT_TAG_STR) return tt_builtin_type_error(call, "strings as keys", key);
        TT_TRY(set_field(call, &object, key, tt_list_items(pair)[1]));
    }
    *result = object;
    return TT_OK;
}

static TtResult want_keys(TtBuiltinCall *call, const TtValue *args) {
    TT_TRY(want_object(call, args[0]));
    TT_TRY(tt_builtin_want(call, args[1], TT_TAG_LIST));
    for (uint32_t i = 0; i < args[1].len; i++) {
        TtValue key = tt_list_items(args[1])[i];
        if (key.tag != TT_TAG_STR) return tt_builtin_type_error(call, "strings as keys", key);
    }
    return TT_OK;
}

/** The fields whose key is in `keys`, or is not, in the object's order. */
static TtResult select_fields(TtBuiltinCall *call, TtValue object, TtValue keys, bool wanted,
                              TtValue *result) {
    TtValue named = tt_empty(TT_TAG_OBJECT), selected = named;
    for (uint32_t i = 0; i < keys.len; i++)
        TT_TRY(set_field(call, &named, tt_list_items(keys)[i], tt_null()));
    for (uint32_t i = 0; i < object.len; i++) {
        const TtMapEntry *entry = &tt_map_entries(object)[i];
        if ((find_key(named, entry->key) >= 0) == wanted)
            TT_TRY(set_field(call, &selected, entry->key, entry->value));
    }
    *result = selected;
    return TT_OK;
}

TtResult tt_builtin_object_pick(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_keys(call, args));
    return select_fields(call, args[0], args[1], true, result);
}

TtResult tt_builtin_object_omit(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(want_keys(call, args));
    return select_fields(call, args[0], args[1], false, result);
}
