// SPDX-License-Identifier: MIT
#include "exec/wire_value.h"

#include "base/utf8.h"

static bool make_value(TtHeap *heap, TtWireReader *reader, unsigned depth, TtValue *out);

static bool make_list(TtHeap *heap, TtWireReader *reader, uint32_t count, unsigned depth, TtValue *out) {
    TtValue list = tt_empty(TT_TAG_LIST), item;
    for (uint32_t i = 0; i < count; i++)
        if (!make_value(heap, reader, depth, &item) || !tt_list_append_own(heap, list, item, &list))
            return false;
    *out = list;
    return true;
}

static bool make_object(TtHeap *heap, TtWireReader *reader, uint32_t count, unsigned depth, TtValue *out) {
    TtValue object = tt_empty(TT_TAG_OBJECT), key, value;
    for (uint32_t i = 0; i < count; i++) {
        const char *name;
        size_t length;
        if (!tt_wire_read_key(reader, &name, &length) ||
            !tt_bytes_new(heap, TT_TAG_STR, name, length, &key) || !make_value(heap, reader, depth, &value) ||
            !tt_map_set(heap, object, key, value, true, &object))
            return false;
    }
    *out = object;
    return true;
}

static bool make_value(TtHeap *heap, TtWireReader *reader, unsigned depth, TtValue *out) {
    TtWireItem item;
    if (!tt_wire_read(reader, &item)) return false;
    switch (item.tag) {
    case TT_WIRE_BOOL: *out = tt_bool(item.as.b); return true;
    case TT_WIRE_INT: *out = tt_int(item.as.i); return true;
    case TT_WIRE_FLOAT: *out = tt_float(item.as.f); return true;
    case TT_WIRE_CONNECTION: *out = (TtValue){TT_TAG_CONNECTION, 0, {.i = item.as.i}}; return true;
    case TT_WIRE_STREAM: *out = (TtValue){TT_TAG_STREAM, 0, {.i = item.as.i}}; return true;
    case TT_WIRE_STR: return tt_bytes_new(heap, TT_TAG_STR, item.bytes, item.length, out);
    case TT_WIRE_BYTES: return tt_bytes_new(heap, TT_TAG_BYTES, item.bytes, item.length, out);
    case TT_WIRE_TEXT:
        return tt_bytes_new(heap, tt_utf8_valid(item.bytes, item.length) ? TT_TAG_STR : TT_TAG_BYTES,
                            item.bytes, item.length, out);
    case TT_WIRE_LIST:
    case TT_WIRE_OBJECT:
        if (depth == TT_WIRE_MAX_DEPTH) {
            reader->failed = true;
            return false;
        }
        if (item.tag == TT_WIRE_LIST) return make_list(heap, reader, item.count, depth + 1, out);
        return make_object(heap, reader, item.count, depth + 1, out);
    case TT_WIRE_NULL:
    case TT_WIRE_TAG_COUNT: break;
    }
    *out = tt_null();
    return true;
}

bool tt_wire_to_value(TtHeap *heap, TtWireReader *reader, TtValue *out) {
    return make_value(heap, reader, 0, out);
}

bool tt_wire_put_scalar(TtStrbuf *out, TtValue value) {
    switch (value.tag) {
    case TT_TAG_NULL: tt_wire_put_null(out); return true;
    case TT_TAG_BOOL: tt_wire_put_bool(out, value.as.b); return true;
    case TT_TAG_INT: tt_wire_put_int(out, value.as.i); return true;
    case TT_TAG_FLOAT: tt_wire_put_float(out, value.as.f); return true;
    case TT_TAG_STR:
    case TT_TAG_BYTES:
        tt_wire_put_bytes(out, value.tag == TT_TAG_STR ? TT_WIRE_STR : TT_WIRE_BYTES, tt_bytes_data(value),
                          value.len);
        return true;
    default: return false;
    }
}
