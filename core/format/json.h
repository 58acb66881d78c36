// SPDX-License-Identifier: MIT
/**
 * JSON by RFC 8259. Both directions are iterative; nesting is limited by TT_MAX_NESTING.
 *
 * Results: TT_OK · TT_ERR_HEAP_EXCEEDED without a message, for the caller names the limit · any other
 * with one. `op` is whom messages speak of.
 */
#ifndef TT_FORMAT_JSON_H
#define TT_FORMAT_JSON_H

#include "base/error.h"
#include "heap/data.h"

/** Reads the whole text, which is valid UTF-8, as one value. ParseError with line and column. */
TtResult tt_json_parse(TtHeap *heap, const char *op, const char *text, size_t length, TtError *error,
                       TtValue *out) TT_MUST_USE;
/**
 * Appends the value without blanks, keys in their order. TypeMismatch for what JSON cannot express,
 * BadArgument when nested too deep; HeapExceeded when the text is full. `out` is of no use then.
 */
TtResult tt_json_write(TtStrbuf *out, const char *op, TtValue value, TtError *error) TT_MUST_USE;

#endif
