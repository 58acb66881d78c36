// SPDX-License-Identifier: MIT
/**
 * Random programs that end: every loop counts, every function calls only later ones or itself on a number
 * that shrinks, every wait of an actor has an end in sight or is a deadlock that is reported. Most of what
 * they do makes sense; some of it raises.
 */
#ifndef TT_FUZZ_GENERATE_H
#define TT_FUZZ_GENERATE_H

#include "base/strbuf.h"

#include <stdint.h>

/** Appends the program of a seed: the same text on every machine. */
void tt_generate(TtStrbuf *out, uint64_t seed);

/** Makes of a program one that nobody would write, which may run for ever: also a function of the seed. */
void tt_mutate(TtStrbuf *program, uint64_t seed);

#endif
