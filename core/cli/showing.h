// SPDX-License-Identifier: MIT
/** Programs of a folder, run inside this process: what the commands share that judge runs by their comments.
 */
#ifndef TT_CLI_SHOWING_H
#define TT_CLI_SHOWING_H

#include "cmd.h"
#include "expect.h"

/** Gets each program; `source`, from tt_alloc and NUL-terminated, is now its own. */
typedef void (*TtCliAddProgram)(void *context, const char *folder, const char *name, char *source,
                                size_t length);

/**
 * Hands over the programs of a folder, by name: files that end in .ttvm, with `lisp` also in .lisp. False,
 * said on standard error, when the folder or one of them cannot be read.
 */
bool tt_cli_programs_of(const TtCliArgs *args, const char *folder, bool lisp, TtCliAddProgram add,
                        void *context);

/** What one run showed. Zero before use. */
typedef struct TtCliShowing {
    bool loaded;
    TtStrbuf output, errors;
    TtReport report;
    uint64_t ns; /* of processors, from its start to its end, without loading */
} TtCliShowing;

/** A program to run; with `image`, by way of the image made of it. */
typedef struct TtCliProgramText {
    const char *name, *source;
    size_t length;
    bool image;
} TtCliProgramText;

/**
 * Runs the program to its end on a host of its own that writes into temporary files and has no standard
 * input. False, with errno, when there are no such files.
 */
bool tt_cli_show(const TtCliProgramText *program, const TtConfig *config, TtCliShowing *showing);
/** What to judge; it points into `showing`. */
TtCliRunResult tt_cli_showing_result(const TtCliShowing *showing);
void tt_cli_showing_free(TtCliShowing *showing);

#endif
