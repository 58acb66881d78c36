// SPDX-License-Identifier: MIT
#include "base/error.h"

TtResult tt_error_set(TtError *error, TtResult result, const char *format, ...) {
    va_list args;
    va_start(args, format);
    error->result = result;
    tt_strbuf_clear(&error->message);
    tt_strbuf_add_format_list(&error->message, format, args);
    va_end(args);
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
