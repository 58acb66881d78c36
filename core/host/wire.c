// SPDX-License-Identifier: MIT
#include "host/wire.h"

#include "base/assert.h"
#include "base/utf8.h"

#include <string.h>

/* ---- writing --------------------------------------------------------------------------------------------
 */

static void put_tag(TtStrbuf *out, TtWireTag tag) {
    tt_strbuf_add_char(out, (char)tag);
}

static void put_u32(TtStrbuf *out, uint32_t value) {
    char bytes[4];
    for (int i = 0; i < 4; i++) bytes[i] = (char)(value >> (8 * i));
    tt_strbuf_add(out, bytes, sizeof bytes);
}

static void put_u64(TtStrbuf *out, uint64_t value) {
    char bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (char)(value >> (8 * i));
    tt_strbuf_add(out, bytes, sizeof bytes);
}

void tt_wire_put_null(TtStrbuf *out) {
    put_tag(out, TT_WIRE_NULL);
}

void tt_wire_put_bool(TtStrbuf *out, bool value) {
    put_tag(out, TT_WIRE_BOOL);
    tt_strbuf_add_char(out, value ? 1 : 0);
}

void tt_wire_put_int(TtStrbuf *out, int64_t value) {
    put_tag(out, TT_WIRE_INT);
    put_u64(out, (uint64_t)value);
}

void tt_wire_put_float(TtStrbuf *out, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_tag(out, TT_WIRE_FLOAT);
    put_u64(out, bits);
}

void tt_wire_put_bytes(TtStrbuf *out, TtWireTag tag, const void *bytes, size_t length) {
    TT_ASSERT(tag == TT_WIRE_STR || tag == TT_WIRE_BYTES || tag == TT_WIRE_TEXT);
    TT_ASSERT(length <= UINT32_MAX);
    put_tag(out, tag);
    put_u32(out, (uint32_t)length);
    tt_strbuf_add(out, bytes, length);
}

void tt_wire_put_text(TtStrbuf *out, const char *text) {
    tt_wire_put_bytes(out, TT_WIRE_STR, text, strlen(text));
}

void tt_wire_put_list(TtStrbuf *out, uint32_t count) {
    put_tag(out, TT_WIRE_LIST);
    put_u32(out, count);
}

void tt_wire_set_count(TtStrbuf *out, size_t at, uint32_t count) {
    for (int i = 0; i < 4; i++) out->bytes[at + 1 + (size_t)i] = (char)(count >> (8 * i));
}

void tt_wire_put_object(TtStrbuf *out, uint32_t count) {
    put_tag(out, TT_WIRE_OBJECT);
    put_u32(out, count);
}

void tt_wire_put_key(TtStrbuf *out, const char *key, size_t length) {
    put_u32(out, (uint32_t)length);
    tt_strbuf_add(out, key, length);
}

void tt_wire_put_handle(TtStrbuf *out, TtWireTag tag, int64_t id) {
    TT_ASSERT(tag == TT_WIRE_CONNECTION || tag == TT_WIRE_STREAM);
    put_tag(out, tag);
    put_u64(out, (uint64_t)id);
}

/* ---- reading --------------------------------------------------------------------------------------------
 */

TtWireReader tt_wire_reader(const void *bytes, size_t length) {
    const char *start = bytes ? bytes : "";
    return (TtWireReader){.at = start, .end = start + length};
}

static bool fail(TtWireReader *reader) {
    reader->failed = true;
    reader->at = reader->end;
    return false;
}

static size_t left(const TtWireReader *reader) {
    return (size_t)(reader->end - reader->at);
}

static uint64_t get_number(TtWireReader *reader, int bytes) {
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) value |= (uint64_t)(unsigned char)reader->at[i] << (8 * i);
    reader->at += bytes;
    return value;
}

static bool get_u32(TtWireReader *reader, uint32_t *value) {
    if (left(reader) < 4) return fail(reader);
    *value = (uint32_t)get_number(reader, 4);
    return true;
}

/** Bytes behind their length. */
static bool get_bytes(TtWireReader *reader, const char **bytes, size_t *length) {
    uint32_t count;
    if (!get_u32(reader, &count)) return false;
    if (left(reader) < count) return fail(reader);
    *bytes = reader->at;
    *length = count;
    reader->at += count;
    return true;
}

/** The fewest bytes a part takes: a count beyond what can follow is refused before anybody counts to it. */
static bool get_count(TtWireReader *reader, size_t part_bytes, uint32_t *count) {
    if (!get_u32(reader, count)) return false;
    return left(reader) / part_bytes < *count ? fail(reader) : true;
}

bool tt_wire_read(TtWireReader *reader, TtWireItem *item) {
    *item = (TtWireItem){.bytes = ""};
    if (reader->failed || !left(reader)) return fail(reader);
    unsigned tag = (unsigned char)*reader->at++;
    if (tag >= TT_WIRE_TAG_COUNT) return fail(reader);
    item->tag = (TtWireTag)tag;
    switch (item->tag) {
    case TT_WIRE_BOOL:
        if (!left(reader) || (unsigned char)*reader->at > 1) return fail(reader);
        item->as.b = *reader->at++ != 0;
        return true;
    case TT_WIRE_INT:
    case TT_WIRE_CONNECTION:
    case TT_WIRE_STREAM:
        if (left(reader) < 8) return fail(reader);
        item->as.i = (int64_t)get_number(reader, 8);
        return true;
    case TT_WIRE_FLOAT: {
        if (left(reader) < 8) return fail(reader);
        uint64_t bits = get_number(reader, 8);
        memcpy(&item->as.f, &bits, sizeof bits);
        return true;
    }
    case TT_WIRE_STR:
        if (!get_bytes(reader, &item->bytes, &item->length)) return false;
        return tt_utf8_valid(item->bytes, item->length) ? true : fail(reader);
    case TT_WIRE_BYTES:
    case TT_WIRE_TEXT: return get_bytes(reader, &item->bytes, &item->length);
    case TT_WIRE_LIST: return get_count(reader, 1, &item->count);
    case TT_WIRE_OBJECT: return get_count(reader, 5, &item->count);
    case TT_WIRE_NULL:
    case TT_WIRE_TAG_COUNT: break;
    }
    return true;
}

bool tt_wire_read_as(TtWireReader *reader, TtWireTag tag, TtWireItem *item) {
    if (!tt_wire_read(reader, item)) return false;
    bool text = item->tag == TT_WIRE_STR || item->tag == TT_WIRE_BYTES || item->tag == TT_WIRE_TEXT;
    return item->tag == tag || (tag == TT_WIRE_TEXT && text) ? true : fail(reader);
}

bool tt_wire_read_key(TtWireReader *reader, const char **key, size_t *length) {
    if (reader->failed || !get_bytes(reader, key, length)) return fail(reader);
    return tt_utf8_valid(*key, *length) ? true : fail(reader);
}

bool tt_wire_skip(TtWireReader *reader) {
    uint32_t open[TT_WIRE_MAX_DEPTH]; /* parts still to come of each list or object that is open */
    bool keyed[TT_WIRE_MAX_DEPTH];
    unsigned depth = 0;
    do {
        TtWireItem item;
        if (depth) {
            open[depth - 1]--;
            const char *key;
            size_t length;
            if (keyed[depth - 1] && !tt_wire_read_key(reader, &key, &length)) return false;
        }
        if (!tt_wire_read(reader, &item)) return false;
        if (item.tag == TT_WIRE_LIST || item.tag == TT_WIRE_OBJECT) {
            if (depth == TT_WIRE_MAX_DEPTH) return fail(reader);
            open[depth] = item.count;
            keyed[depth++] = item.tag == TT_WIRE_OBJECT;
        }
        while (depth && !open[depth - 1]) depth--;
    } while (depth);
    return true;
}

bool tt_wire_at_end(const TtWireReader *reader) {
    return !reader->failed && reader->at == reader->end;
}

bool tt_wire_valid(const void *bytes, size_t length) {
    TtWireReader reader = tt_wire_reader(bytes, length);
    return tt_wire_skip(&reader) && tt_wire_at_end(&reader);
}
