// SPDX-License-Identifier: MIT
/** The monotonic clock. On the web a reading costs about half a microsecond: never per instruction. */
#ifndef TT_PORT_CLOCK_H
#define TT_PORT_CLOCK_H

#include <stdint.h>

/** Nanoseconds since an arbitrary start, never backwards. */
uint64_t tt_clock_ns(void);

#endif
