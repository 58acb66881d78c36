// SPDX-License-Identifier: MIT
#include "value/value.h"

const char *tt_tag_name(uint32_t tag) {
    static const char *const names[TT_TAG_COUNT] = {
        [TT_TAG_UNBOUND] = "Unbound",
        [TT_TAG_NULL] = "Null",
        [TT_TAG_BOOL] = "Bool",
        [TT_TAG_INT] = "Int",
        [TT_TAG_FLOAT] = "Float",
        [TT_TAG_FUNCTION] = "Function",
        [TT_TAG_REF] = "Ref",
        [TT_TAG_CONNECTION] = "Connection",
        [TT_TAG_STREAM] = "Stream",
        [TT_TAG_FUTURE] = "Future",
        [TT_TAG_FRAME] = "Frame",
        [TT_TAG_STR] = "Str",
        [TT_TAG_BYTES] = "Bytes",
        [TT_TAG_LIST] = "List",
        [TT_TAG_OBJECT] = "Object",
        [TT_TAG_CLOSURE] = "Closure",
        [TT_TAG_EXCEPTION] = "Exception",
    };
    return tag < TT_TAG_COUNT ? names[tag] : "Invalid";
}
