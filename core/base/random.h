// SPDX-License-Identifier: MIT
/** SplitMix64: tiny, seedable, the same everywhere. For scheduling and programs, not for secrets. */
#ifndef TT_BASE_RANDOM_H
#define TT_BASE_RANDOM_H

#include <stdint.h>

/** The next 64 random bits. */
static inline uint64_t tt_random_next(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

/** Uniform in 0 … bound - 1 without bias; bound > 0. */
static inline uint64_t tt_random_below(uint64_t *state, uint64_t bound) {
    uint64_t threshold = (0 - bound) % bound;
    for (;;) {
        uint64_t bits = tt_random_next(state);
        if (bits >= threshold) return bits % bound;
    }
}

#endif
