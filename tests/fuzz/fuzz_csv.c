// SPDX-License-Identifier: MIT
/** Any text → CSV reader: an error with its place, or a value that is written and read again the same. */
#include "format/csv.h"

#include "format_checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_format(tt_csv_parse, tt_csv_write, size ? (const char *)data : "", size);
    return 0;
}
