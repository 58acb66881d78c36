// SPDX-License-Identifier: MIT
/** Times as text: the same on every platform, in UTC and English. */
#ifndef TT_EXEC_TIME_TEXT_H
#define TT_EXEC_TIME_TEXT_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

/** Seconds since 1970 whose year has no more than ten digits. */
#define TT_TIME_LIMIT 67768036191676799

/**
 * Appends the time by the conversions of C's strftime. Between -TT_TIME_LIMIT and TT_TIME_LIMIT. False: a
 * conversion that does not exist; `*wrong` is its `%`.
 */
bool tt_time_text(TtStrbuf *out, int64_t seconds, const char *format, size_t length, const char **wrong);

#endif
