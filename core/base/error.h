// SPDX-License-Identifier: MIT
/** The message that goes with a failing TtResult. One per actor or per tool run, reused. */
#ifndef TT_BASE_ERROR_H
#define TT_BASE_ERROR_H

#include "base/result.h"
#include "base/strbuf.h"

typedef struct TtError {
    TtResult result; /* TT_OK when nothing failed */
    TtStrbuf message;
} TtError;

/** Records an error, replacing an earlier one, and returns `result` so that it can be returned on. */
TtResult tt_error_set(TtError *error, TtResult result, const char *format, ...) TT_PRINTF(3, 4);
void tt_error_clear(TtError *error);
void tt_error_free(TtError *error);

#endif
