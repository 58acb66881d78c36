// SPDX-License-Identifier: MIT
/** Any text → JSON reader: an error with its place, or a value that is written and read again the same. */
#include "format/json.h"

#include "format_checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_format(tt_json_parse, tt_json_write, size ? (const char *)data : "", size);
    return 0;
}
