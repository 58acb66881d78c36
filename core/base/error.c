// SPDX-License-Identifier: MIT
#include "base/error.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>

TtResult tt_error_set(TtError *error, TtResult result, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    error->result = result;
    tt_strbuf_clear(&error->message);
    if (length > 0) {
        char *text = tt_alloc((size_t)length + 1);
        vsnprintf(text, (size_t)length + 1, format, again);
        tt_strbuf_add(&error->message, text, (size_t)length);
        tt_free(text);
    }
    va_end(again);
    return result;
}

void tt_error_clear(TtError *error) {
    error->result = TT_OK;
    tt_strbuf_clear(&error->message);
}

void tt_error_free(TtError *error) {
    tt_strbuf_free(&error->message);
    error->result = TT_OK;
}
