// SPDX-License-Identifier: MIT
/** CSV by RFC 4180; README.md tells the choices. Results as in json.h. */
#ifndef TT_FORMAT_CSV_H
#define TT_FORMAT_CSV_H

#include "base/error.h"
#include "heap/data.h"

/** A list of records, each a list of Str, of the whole text, which is valid UTF-8. ParseError with line and
 * column. */
TtResult tt_csv_parse(TtHeap *heap, const char *op, const char *text, size_t length, TtError *error,
                      TtValue *out) TT_MUST_USE;
/** Appends the records of a list of lists, each with a line end. TypeMismatch for anything else. */
TtResult tt_csv_write(TtStrbuf *out, const char *op, TtValue records, TtError *error) TT_MUST_USE;
/** Appends one record, without a line end. `fields` is a list. */
TtResult tt_csv_write_record(TtStrbuf *out, const char *op, TtValue fields, TtError *error) TT_MUST_USE;

#endif
