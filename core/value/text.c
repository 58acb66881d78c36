// SPDX-License-Identifier: MIT
#include "value/text.h"

#include "base/bytes.h"
#include "base/utf8.h"
#include "port/atomic.h"

/** Leading bytes of the view that are ASCII: at least up to the first that is not, or to its end. */
static size_t ascii_length(TtValue str) {
    TtObj *object = str.as.object;
    if (!object) return 0;
    if (object->flags & TT_OBJ_ASCII) return str.len;
    if (object->kind != TT_OBJ_BIG_BYTES) return tt_bytes_ascii(tt_bytes_data(str), str.len);
    TtSharedBytes *shared = ((TtBigBytes *)object)->shared;
    uint32_t known = tt_atomic_load_u32_rlx(&shared->ascii);
    if (known >= str.len) return str.len;
    size_t found = known + tt_bytes_ascii(shared->bytes + known, str.len - known);
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
