// SPDX-License-Identifier: MIT
/**
 * Expectation comments of a program: what running it must show. The comments are described in
 * tests/README.md; tests/lib/expectations.mjs reads the same ones.
 */
#ifndef TT_CLI_EXPECT_H
#define TT_CLI_EXPECT_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>

/** A piece of a text somebody else owns. */
typedef struct TtCliSpan {
    const char *bytes;
    size_t length;
} TtCliSpan;

typedef TT_VEC(TtCliSpan) TtCliSpans;

typedef struct TtCliExpectedLine {
    TtCliSpan text;
    bool unordered; /* in any order among its neighbours that are so too */
} TtCliExpectedLine;

/** `; check: TITLE`: what the expectations below it, up to the next check, show together. */
typedef struct TtCliCheck {
    TtCliSpan title;
    uint32_t output, error; /* its first expected line, its first expected text on standard error */
} TtCliCheck;

/** Spans lie in the source text, which must live as long. */
typedef struct TtCliExpectations {
    bool module; /* only imported, not run */
    bool empty;  /* expect-empty */
    TT_VEC(TtCliExpectedLine) output;
    TtCliSpans errors;
    TT_VEC(TtCliCheck) checks;
    TtCliSpans args, options, modes, env; /* words; `env`: NAME=value */
    bool has_modes;
    TtStrbuf input;
    int exit;
    unsigned timeout;  /* seconds; 0: none given */
    TtStrbuf problems; /* lines: what is wrong with the comments */
} TtCliExpectations;

void tt_cli_expect_parse(TtCliExpectations *expectations, const char *source, size_t length);
void tt_cli_expect_free(TtCliExpectations *expectations);

/** What a run showed. */
typedef struct TtCliRunResult {
    TtCliSpan output, errors;
    int exit;
    int signal; /* that ended it, or 0 */
    bool timed_out;
    bool too_much; /* output beyond the limit */
} TtCliRunResult;

/** Adds a line for each thing that is not as expected; true when there is none. */
bool tt_cli_expect_judge(const TtCliExpectations *expectations, const TtCliRunResult *result,
                         TtStrbuf *wrong);

/**
 * Which checks hold: `passed` has one entry for each and another for the end: in time, with the expected
 * status, nothing more or less shown. True when all do. Lines count by their place in the output.
 */
bool tt_cli_expect_judge_checks(const TtCliExpectations *expectations, const TtCliRunResult *result,
                                bool *passed);

bool tt_cli_spans_have(const TtCliSpans *spans, const char *text);

#endif
