// SPDX-License-Identifier: MIT
/** Case mapping by Unicode's full mappings, independent of the C library's locale. */
#ifndef TT_EXEC_TEXT_CASE_H
#define TT_EXEC_TEXT_CASE_H

#include <stddef.h>

/** The text in small letters, written to `out` unless that is NULL; its length. */
size_t tt_text_lower(const char *text, size_t length, char *out);

#endif
