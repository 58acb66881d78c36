// SPDX-License-Identifier: MIT
/** Runs a program in this process, in one of the ways that must not make a difference. */
#ifndef TT_FUZZ_RUN_H
#define TT_FUZZ_RUN_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum TtStress { TT_NO_STRESS, TT_STRESS, TT_STRESS_STEPS } TtStress;

typedef struct TtWay {
    const char *name;
    const struct TtWay *against; /* must do the same as this one; NULL: as the plain one */
    bool optimize;
    bool registers;
    bool generated;        /* in the register engine, code made in JavaScript: generated.h */
    bool exact;            /* references are followed without looking ahead */
    bool seeded;           /* the seed chooses who runs next */
    bool text;             /* the optimizer's output as source text, run without it */
    bool image;            /* written as an image and read again */
    bool trace;            /* every instruction on standard error */
    TtStress stress;       /* a collection, or the smallest step of one, at every allocation */
    uint64_t instructions; /* the most that are executed; 0: some number that small programs do not reach */
    uint64_t bytes;        /* of memory; 0: the usual limit */
    uint32_t reductions;   /* 0: as many as any program takes, so that counts of instructions do not show */
} TtWay;

typedef struct TtOutcome {
    bool loaded;
    bool limited;  /* by the limit of instructions: says nothing */
    bool unstable; /* its optimized text was changed again by the optimizer */
    int status, reason;
    uint64_t instructions;
    TtStrbuf out, err;
} TtOutcome;

/**
 * Runs a program of one or more files: each begins behind a line `; file: NAME`, the first one is the
 * program. Text without such a line in front is fuzz.ttvm.
 */
void tt_run_program(const char *source, size_t length, const TtWay *way, TtOutcome *outcome);
void tt_outcome_free(TtOutcome *outcome);

#endif
