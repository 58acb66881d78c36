// SPDX-License-Identifier: MIT
/** Strings, lists and objects. */
#define _POSIX_C_SOURCE 200809L
#include "exec/sem.h"

#include "base/bytes.h"
#include "base/utf8.h"
#include "exec/time_text.h"
#include "value/print.h"
#include "value/text.h"

#include <string.h>

static TtResult out_of_bounds(TtActor *actor, int64_t index, const char *what, uint64_t length) {
    return tt_error_set(&actor->context->error, TT_ERR_INDEX_OUT_OF_BOUNDS,
                        "Index %lld out of bounds for %s of length %llu", (long long)index, what,
                        (unsigned long long)length);
}

/** Whether an update was made in place. */
static bool is_same(TtValue before, TtValue after) {
    return before.as.object == after.as.object;
}

/** Neither is one of the pairs that most programs put together. */
static TT_COLD TtResult concat_printed(TtActor *actor, const TtValue *a, const TtValue *b, TtValue *out) {
    TtStrbuf *text = tt_sem_text(actor);
    bool text_tail = b->tag == TT_TAG_STR;
    const char *tail = text_tail ? tt_bytes_data(*b) : "";
    size_t tail_length = text_tail ? b->len : 0;
    TtValue head = *a;
    bool made = true;
    if (a->tag != TT_TAG_STR) {
        made = tt_print_concat(text, *a) &&
               tt_bytes_new(&actor->heap, TT_TAG_STR, tt_strbuf_text(text), text->length, &head);
        text = tt_sem_text(actor);
    }
    if (made && !text_tail) {
        made = tt_print_concat(text, *b);
        tail = tt_strbuf_text(text);
        tail_length = text->length;
    }
    made = made && tt_bytes_append(&actor->heap, head, tail, tail_length, out);
    tt_sem_text_done(text);
    if (!made) return tt_sem_heap_full(actor, "CONCAT");
    tt_sem_charge(actor, tail_length + (is_same(head, *out) ? 0 : head.len));
    return TT_OK;
}

TtResult tt_sem_concat(TtActor *actor, const TtValue *a, const TtValue *b, TtValue *out) {
    if (a->tag != TT_TAG_STR || (b->tag != TT_TAG_STR && b->tag != TT_TAG_INT))
        return concat_printed(actor, a, b, out);
    TtValue head = *a, tail = *b; /* `out` may be either */
    size_t length = tail.tag == TT_TAG_STR ? tail.len : tt_int_length(tail.as.i);
    char *room = tt_bytes_extend(&actor->heap, head, length, out);
    if (!room) return tt_sem_heap_full(actor, "CONCAT");
    if (tail.tag == TT_TAG_STR)
        tt_bytes_copy(room, tt_bytes_data(tail), length);
    else
        tt_int_write(room, tail.as.i, (unsigned)length);
    tt_sem_charge(actor, length + (is_same(head, *out) ? 0 : head.len));
    return TT_OK;
}

TtResult tt_sem_len(TtActor *actor, const TtValue *a, TtValue *out) {
    switch (a->tag) {
    case TT_TAG_LIST:
    case TT_TAG_OBJECT:
    case TT_TAG_BYTES: *out = tt_int(a->len); return TT_OK;
    case TT_TAG_STR: *out = tt_int((int64_t)tt_text_length(*a)); return TT_OK;
    default: return tt_sem_type_error(actor, "LEN", "a list, object, string or bytes", *a);
    }
}

static TtResult string_index(TtActor *actor, TtValue text, int64_t index, TtValue *out) {
    const char *bytes = tt_bytes_data(text);
    size_t at = index < 0 || index >= text.len ? text.len : tt_text_offset(text, (size_t)index);
    if (at >= text.len) return out_of_bounds(actor, index, "string", tt_text_length(text));
    unsigned size;
    (void)tt_utf8_decode(bytes + at, &size);
    return tt_bytes_new(&actor->heap, TT_TAG_STR, bytes + at, size, out) ? TT_OK
                                                                         : tt_sem_heap_full(actor, "INDEX");
}

TtResult tt_sem_index(TtActor *actor, const TtValue *list, const TtValue *index, TtValue *out) {
    if (list->tag != TT_TAG_LIST && list->tag != TT_TAG_STR && list->tag != TT_TAG_BYTES)
        return tt_sem_type_error(actor, "INDEX", "a list, string or bytes", *list);
    if (index->tag != TT_TAG_INT) return tt_sem_type_error(actor, "INDEX", "an Int as index", *index);
    int64_t at = index->as.i;
    if (list->tag == TT_TAG_STR) return string_index(actor, *list, at, out);
    if (at < 0 || at >= list->len)
        return out_of_bounds(actor, at, list->tag == TT_TAG_LIST ? "list" : "bytes", list->len);
    *out = list->tag == TT_TAG_LIST ? tt_value_share(tt_list_items(*list)[at])
                                    : tt_int((unsigned char)tt_bytes_data(*list)[at]);
    return TT_OK;
}

TtResult tt_sem_list_append(TtActor *actor, const TtValue *list, const TtValue *item, TtValue *out) {
    if (list->tag != TT_TAG_LIST) return tt_sem_type_error(actor, "LIST_APPEND", "a list", *list);
    /* A list that stays elsewhere, too, has been marked as shared by its LOAD. */
    TtValue before = *list;
    if (!tt_list_append_own(&actor->heap, before, *item, out)) return tt_sem_heap_full(actor, "LIST_APPEND");
    if (!is_same(before, *out)) tt_sem_charge(actor, tt_sem_size(before));
    return TT_OK;
}

TtResult tt_sem_list_push(TtActor *actor, TtValue *list, const TtValue *item) {
    uint64_t size = tt_sem_size(*list);
    if (!tt_list_push(&actor->heap, list, *item)) return tt_sem_heap_full(actor, "LIST_APPEND");
    tt_sem_charge(actor, size);
    return TT_OK;
}

TtResult tt_sem_list_set(TtActor *actor, const TtValue *list, const TtValue *index, const TtValue *item,
                         bool own, TtValue *out) {
    if (list->tag != TT_TAG_LIST) return tt_sem_type_error(actor, "LIST_SET", "a list", *list);
    if (index->tag != TT_TAG_INT) return tt_sem_type_error(actor, "LIST_SET", "an Int as index", *index);
    if (index->as.i < 0 || index->as.i >= list->len)
        return out_of_bounds(actor, index->as.i, "list", list->len);
    TtValue before = *list;
    if (!tt_list_set(&actor->heap, before, (uint32_t)index->as.i, *item, own, out))
        return tt_sem_heap_full(actor, "LIST_SET");
    if (!is_same(before, *out)) tt_sem_charge(actor, tt_sem_size(before));
    return TT_OK;
}

TtResult tt_sem_list_pop(TtActor *actor, const TtValue *list, bool own, TtValue *out) {
    if (list->tag != TT_TAG_LIST) return tt_sem_type_error(actor, "LIST_POP", "a list", *list);
    if (list->len == 0) return out_of_bounds(actor, -1, "list", 0);
    TtValue whole = *list, item = tt_list_items(whole)[whole.len - 1];
    bool sole = own && !(whole.as.object->flags & (TT_OBJ_SHARED | TT_OBJ_FROZEN));
    out[1] = sole ? item : tt_value_share(item);
    out[0] = tt_list_drop_last(&actor->heap, whole, own);
    return TT_OK;
}

TtResult tt_sem_list_concat(TtActor *actor, const TtValue *a, const TtValue *b, TtValue *out) {
    if (a->tag != TT_TAG_LIST || b->tag != TT_TAG_LIST)
        return tt_sem_type_error2(actor, "LIST_CONCAT", "two lists", *a, *b);
    TtValue left = *a, right = *b, *items, joined;
    if ((uint64_t)left.len + right.len > UINT32_MAX ||
        !tt_list_alloc(&actor->heap, left.len + right.len, &items, &joined))
        return tt_sem_heap_full(actor, "LIST_CONCAT");
    tt_sem_charge(actor, tt_sem_size(joined));
    for (uint32_t i = 0; i < left.len; i++) items[i] = tt_value_share(tt_list_items(left)[i]);
    for (uint32_t i = 0; i < right.len; i++) items[left.len + i] = tt_value_share(tt_list_items(right)[i]);
    *out = joined;
    return TT_OK;
}

TtResult tt_sem_list_slice(TtActor *actor, const TtValue *list, const TtValue *from, const TtValue *to,
                           TtValue *out) {
    if (list->tag != TT_TAG_LIST) return tt_sem_type_error(actor, "LIST_SLICE", "a list", *list);
    if (from->tag != TT_TAG_INT || to->tag != TT_TAG_INT)
        return tt_sem_type_error2(actor, "LIST_SLICE", "two Ints as bounds", *from, *to);
    int64_t first = from->as.i, end = to->as.i;
    if (first < 0 || first > list->len) return out_of_bounds(actor, first, "list", list->len);
    if (end < first || end > list->len) return out_of_bounds(actor, end, "list", list->len);
    TtValue source = *list, *items, slice;
    uint32_t count = (uint32_t)(end - first);
    if (!tt_list_alloc(&actor->heap, count, &items, &slice)) return tt_sem_heap_full(actor, "LIST_SLICE");
    tt_sem_charge(actor, tt_sem_size(slice));
    for (uint32_t i = 0; i < count; i++) items[i] = tt_value_share(tt_list_items(source)[first + i]);
    *out = slice;
    return TT_OK;
}

static TtResult check_key(TtActor *actor, const char *op, TtValue object, TtValue key) {
    if (object.tag != TT_TAG_OBJECT) return tt_sem_type_error(actor, op, "an object", object);
    if (key.tag != TT_TAG_STR) return tt_sem_type_error(actor, op, "a Str as key", key);
    return TT_OK;
}

TtResult tt_sem_set_field(TtActor *actor, const char *op, const TtValue *object, const TtValue *key,
                          const TtValue *value, bool own, TtValue *out) {
    TT_TRY(check_key(actor, op, *object, *key));
    TtValue before = *object;
    if (!tt_map_set(&actor->heap, before, *key, *value, own, out)) return tt_sem_heap_full(actor, op);
    if (!is_same(before, *out)) tt_sem_charge(actor, tt_sem_size(before));
    return TT_OK;
}

/** Field of an exception; `value` only when something other than a string was thrown. */
static TtValue exception_field(const TtException *exception, const char *name, uint32_t length) {
    if (length == 7 && memcmp(name, "message", 7) == 0) return exception->message;
    if (length == 4 && memcmp(name, "kind", 4) == 0) return exception->kind;
    if (length == 5 && memcmp(name, "stack", 5) == 0) return tt_value_share(exception->stack);
    if (length == 5 && memcmp(name, "value", 5) == 0 && exception->value.tag != TT_TAG_UNBOUND)
        return tt_value_share(exception->value);
    return tt_null();
}

TtResult tt_sem_get_field(TtActor *actor, const char *op, const TtValue *object, const TtValue *key,
                          TtValue *out) {
    if (object->tag == TT_TAG_EXCEPTION && key->tag == TT_TAG_STR) {
        *out = exception_field(tt_exception(*object), tt_bytes_data(*key), key->len);
        return TT_OK;
    }
    TT_TRY(check_key(actor, op, *object, *key));
    int64_t at = tt_map_find(*object, tt_bytes_data(*key), key->len);
    *out = at < 0 ? tt_null() : tt_value_share(tt_map_entries(*object)[at].value);
    return TT_OK;
}

TtResult tt_sem_has_field(TtActor *actor, const TtValue *object, const TtValue *key, TtValue *out) {
    TT_TRY(check_key(actor, "HAS_FIELD", *object, *key));
    *out = tt_int(tt_map_find(*object, tt_bytes_data(*key), key->len) >= 0);
    return TT_OK;
}

TtResult tt_sem_delete_field(TtActor *actor, const TtValue *object, const TtValue *key, TtValue *out) {
    TT_TRY(check_key(actor, "DELETE_FIELD", *object, *key));
    if (!tt_map_delete(&actor->heap, *object, tt_bytes_data(*key), key->len, out))
        return tt_sem_heap_full(actor, "DELETE_FIELD");
    tt_sem_charge(actor, tt_sem_size(*out));
    return TT_OK;
}

TtResult tt_sem_keys(TtActor *actor, const TtValue *object, TtValue *out) {
    if (object->tag != TT_TAG_OBJECT) return tt_sem_type_error(actor, "KEYS", "an object", *object);
    TtValue map = *object, *items, keys;
    if (!tt_list_alloc(&actor->heap, map.len, &items, &keys)) return tt_sem_heap_full(actor, "KEYS");
    tt_sem_charge(actor, tt_sem_size(keys));
    for (uint32_t i = 0; i < map.len; i++) items[i] = tt_map_entries(map)[i].key;
    *out = keys;
    return TT_OK;
}

TtResult tt_sem_format_time(TtActor *actor, const TtValue *seconds, const TtValue *format, TtValue *out) {
    if (seconds->tag != TT_TAG_INT && seconds->tag != TT_TAG_FLOAT)
        return tt_sem_type_error(actor, "FORMAT_TIME", "a number of seconds", *seconds);
    if (format->tag != TT_TAG_STR) return tt_sem_type_error(actor, "FORMAT_TIME", "a Str as format", *format);
    /* Floats are cut off toward zero; the comparison also keeps NaN out. */
    double limit = (double)TT_TIME_LIMIT;
    bool in_range = seconds->tag == TT_TAG_INT
                        ? seconds->as.i >= -TT_TIME_LIMIT && seconds->as.i <= TT_TIME_LIMIT
                        : seconds->as.f > -limit && seconds->as.f < limit;
    if (!in_range)
        return tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                            "FORMAT_TIME: the time is out of range");
    int64_t when = seconds->tag == TT_TAG_INT ? seconds->as.i : (int64_t)seconds->as.f;
    TtStrbuf *text = &actor->context->text;
    tt_strbuf_clear(text);
    const char *bytes = tt_bytes_data(*format), *end = bytes + format->len, *wrong;
    if (!tt_time_text(text, when, bytes, format->len, &wrong)) {
        const char *next = wrong + 1;
        while (next < end && (*next == 'E' || *next == 'O')) next++;
        unsigned size = 0;
        if (next < end) (void)tt_utf8_decode(next, &size);
        next += size;
        return tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                            "FORMAT_TIME: there is no conversion %.*s", (int)(next - wrong), wrong);
    }
    bool made = tt_bytes_new(&actor->heap, TT_TAG_STR, tt_strbuf_text(text), text->length, out);
    return made ? TT_OK : tt_sem_heap_full(actor, "FORMAT_TIME");
}
