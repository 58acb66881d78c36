// SPDX-License-Identifier: MIT
/** One printer for programs, traces, tools and tests. */
#ifndef TT_VALUE_PRINT_H
#define TT_VALUE_PRINT_H

#include "base/strbuf.h"
#include "value/value.h"

/**
 * Appends what PRINT shows. Nesting deeper than TT_MAX_NESTING prints as `…`, and so does the rest of a
 * list or object once the text is full (tt_strbuf_is_full); only the latter gives false. A Str is never cut.
 */
bool tt_print_value(TtStrbuf *out, TtValue v);
/** As tt_print_value, at most `limit` bytes: what is longer is cut at a code point and ends with `…`. */
void tt_print_preview(TtStrbuf *out, TtValue v, size_t limit);
/** Appends what CONCAT makes of an operand: as PRINT, but an Exception as its message alone. */
bool tt_print_concat(TtStrbuf *out, TtValue v);
/** Appends the form of traces: `Int(15)`, `Str("a\n")`, `List([Int(1)])`, `Null`, … */
bool tt_print_debug(TtStrbuf *out, TtValue v);
/** Appends `"text"` with the escapes of the assembler, so that it reads back on one line. */
void tt_print_quoted(TtStrbuf *out, const char *bytes, size_t length);
void tt_print_int(TtStrbuf *out, int64_t i);
/** Characters of the Int's text: 1 … 20. */
unsigned tt_int_length(int64_t i);
/** Writes its text of tt_int_length characters. */
void tt_int_write(char *to, int64_t i, unsigned length);
/** Appends the fewest significant digits that read back the same, never an exponent; NaN inf -inf -0. */
void tt_print_float(TtStrbuf *out, double f);

/**
 * Reads a number as the assembler does: decimal Int, or Float (`1.5`, `1e21`, `-0`, `NaN`, `inf`).
 * The whole text must be the number. False, and `*value` unset, otherwise or when an Int does not fit.
 */
bool tt_parse_int(const char *text, size_t length, int64_t *value);
bool tt_parse_float(const char *text, size_t length, double *value);

#endif
