// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L
#include "port/clock.h"

#include <time.h>

uint64_t tt_clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
