// SPDX-License-Identifier: MIT
/** What random programs execute. */
#ifndef TT_FUZZ_COVERAGE_H
#define TT_FUZZ_COVERAGE_H

#include <stdint.h>

/** Counts the instructions and built-ins that `count` programs execute; status 1 when one is missing. */
int tt_coverage(uint64_t from, uint64_t count);

#endif
