// SPDX-License-Identifier: MIT
/**
 * How values cross the host interface: arguments of requests, and answers that are more than one string or
 * number. Self-describing, little-endian; a value is a tag byte and
 *
 *   NULL                  nothing
 *   BOOL                  1 byte, 0 or 1
 *   INT CONNECTION STREAM 8 bytes, signed
 *   FLOAT                 8 bytes, IEEE 754
 *   STR BYTES TEXT        4 bytes length, the bytes. STR must be UTF-8; TEXT becomes Str when it is, else
 * Bytes LIST                  4 bytes count, the values OBJECT                4 bytes count; of each field 4
 * bytes length, the key (UTF-8), the value
 *
 * Lists and objects nest at most TT_WIRE_MAX_DEPTH deep. Readers trust nothing: whatever the bytes are,
 * they stay within them and say whether they made sense.
 */
#ifndef TT_HOST_WIRE_H
#define TT_HOST_WIRE_H

#include "base/result.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Hosts on the other side of a language border know the numbers: append only. */
typedef enum TtWireTag {
    TT_WIRE_NULL,
    TT_WIRE_BOOL,
    TT_WIRE_INT,
    TT_WIRE_FLOAT,
    TT_WIRE_STR,
    TT_WIRE_BYTES,
    TT_WIRE_TEXT,
    TT_WIRE_LIST,
    TT_WIRE_OBJECT,
    TT_WIRE_CONNECTION,
    TT_WIRE_STREAM,
    TT_WIRE_TAG_COUNT
} TtWireTag;

/** Deeper data is refused by readers: what services exchange is flat. */
#define TT_WIRE_MAX_DEPTH 64

/* ---- writing: appends to a builder; the caller writes as many values as it has announced --------------- */

void tt_wire_put_null(TtStrbuf *out);
void tt_wire_put_bool(TtStrbuf *out, bool value);
void tt_wire_put_int(TtStrbuf *out, int64_t value);
void tt_wire_put_float(TtStrbuf *out, double value);
/** `tag` is STR, BYTES or TEXT. At most UINT32_MAX bytes. */
void tt_wire_put_bytes(TtStrbuf *out, TtWireTag tag, const void *bytes, size_t length);
/** A Str from NUL-terminated UTF-8. */
void tt_wire_put_text(TtStrbuf *out, const char *text);
/** `count` values follow. */
void tt_wire_put_list(TtStrbuf *out, uint32_t count);
/** Sets the count of the list or object whose head begins at `at`, for those who learn it last. */
void tt_wire_set_count(TtStrbuf *out, size_t at, uint32_t count);
/** `count` times tt_wire_put_key and a value follow. */
void tt_wire_put_object(TtStrbuf *out, uint32_t count);
void tt_wire_put_key(TtStrbuf *out, const char *key, size_t length);
/** `tag` is CONNECTION or STREAM. */
void tt_wire_put_handle(TtStrbuf *out, TtWireTag tag, int64_t id);

/* ---- reading --------------------------------------------------------------------------------------------
 */

typedef struct TtWireReader {
    const char *at, *end;
    bool failed; /* the bytes make no sense from here on: every later read gives false and a Null */
} TtWireReader;

/** One value; of a list or object only its head, the parts follow. */
typedef struct TtWireItem {
    TtWireTag tag;
    uint32_t count; /* LIST, OBJECT */
    union {
        bool b;
        int64_t i; /* INT CONNECTION STREAM */
        double f;
    } as;
    const char *bytes; /* STR BYTES TEXT: inside what is read; never NULL, not NUL-terminated */
    size_t length;
} TtWireItem;

TtWireReader tt_wire_reader(const void *bytes, size_t length);
/** The next value; false (and `failed`) when there is no valid one. */
bool tt_wire_read(TtWireReader *reader, TtWireItem *item);
/** The next value, which must have this tag; TEXT, STR and BYTES pass for each other where `tag` is TEXT. */
bool tt_wire_read_as(TtWireReader *reader, TtWireTag tag, TtWireItem *item);
/** The key of the next field. */
bool tt_wire_read_key(TtWireReader *reader, const char **key, size_t *length);
/** Passes over one whole value. */
bool tt_wire_skip(TtWireReader *reader);
/** Everything was read and made sense. */
bool tt_wire_at_end(const TtWireReader *reader);
/** Whether the bytes are exactly one well-formed value. */
bool tt_wire_valid(const void *bytes, size_t length);

#endif
