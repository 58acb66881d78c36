// SPDX-License-Identifier: MIT
/** Values in and out of the encoding of the host interface (host/wire.h). Private to exec/. */
#ifndef TT_EXEC_WIRE_VALUE_H
#define TT_EXEC_WIRE_VALUE_H

#include "heap/data.h"
#include "host/wire.h"

/**
 * Makes the next value of the reader. False when the heap is full (`reader->failed` is not set) or the bytes
 * make no sense (it is).
 */
bool tt_wire_to_value(TtHeap *heap, TtWireReader *reader, TtValue *out) TT_MUST_USE;

/** Appends a Null, Bool, Int, Float, Str or Bytes; false when it is none of them. */
bool tt_wire_put_scalar(TtStrbuf *out, TtValue value);

#endif
