// SPDX-License-Identifier: MIT
#include "value/text.h"

#include "base/utf8.h"
#include "port/atomic.h"

/** Bytes from `from` on that are below 0x80. */
static size_t count_ascii(const char *bytes, size_t from, size_t length) {
    size_t at = from;
    while (at < length && !((unsigned char)bytes[at] & 0x80)) at++;
    return at;
}

/** Leading bytes of the view that are ASCII: at least up to the first that is not, or to its end. */
static size_t ascii_length(TtValue str) {
    TtObj *object = str.as.object;
    if (!object) return 0;
    if (object->flags & TT_OBJ_ASCII) return str.len;
    if (object->kind != TT_OBJ_BIG_BYTES) return count_ascii(tt_bytes_data(str), 0, str.len);
    TtSharedBytes *shared = ((TtBigBytes *)object)->shared;
    uint32_t known = tt_atomic_load_u32_rlx(&shared->ascii);
    if (known >= str.len) return str.len;
    size_t found = count_ascii(shared->bytes, known, str.len);
    /* Others may have found more meanwhile: forgetting that costs them another look, no more. */
    if (found > known) tt_atomic_store_u32_rlx(&shared->ascii, (uint32_t)found);
    return found;
}

size_t tt_text_length(TtValue str) {
    size_t ascii = ascii_length(str);
    return ascii + tt_utf8_count(tt_bytes_data(str) + ascii, str.len - ascii);
}

size_t tt_text_offset(TtValue str, size_t index) {
    size_t ascii = ascii_length(str);
    if (index <= ascii) return index < str.len ? index : str.len;
    return ascii + tt_utf8_offset(tt_bytes_data(str) + ascii, str.len - ascii, index - ascii);
}
