// SPDX-License-Identifier: MIT
/**
 * Code points of Str values. Text known to be ASCII is measured and indexed in O(1): the buffer of a
 * longer text remembers how far it has been found to be ASCII, and frozen text was looked at once.
 * Other text is walked from its first character beyond ASCII.
 */
#ifndef TT_VALUE_TEXT_H
#define TT_VALUE_TEXT_H

#include "value/value.h"

#include <stddef.h>

/** Code points of a Str. */
size_t tt_text_length(TtValue str);
/** Byte offset of code point `index` of a Str; its length in bytes when there are not so many. */
size_t tt_text_offset(TtValue str, size_t index);

#endif
