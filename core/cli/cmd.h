// SPDX-License-Identifier: MIT
/** The commands of commands.def, and what they share. Each returns the exit status. */
#ifndef TT_CLI_CMD_H
#define TT_CLI_CMD_H

#include "args.h"
#include "cli/host/native.h"

/** Exit statuses; EXIT may give any other. */
enum { TT_CLI_OK = 0, TT_CLI_FAILED = 1, TT_CLI_USAGE = 2 };

int tt_cli_cmd_run(const TtCliArgs *args);
int tt_cli_cmd_check(const TtCliArgs *args);
int tt_cli_cmd_disasm(const TtCliArgs *args);
int tt_cli_cmd_compile(const TtCliArgs *args);
int tt_cli_cmd_compile_lisp(const TtCliArgs *args);
int tt_cli_cmd_optimize(const TtCliArgs *args);
int tt_cli_cmd_repl(const TtCliArgs *args);
int tt_cli_cmd_bench(const TtCliArgs *args);
int tt_cli_cmd_fmt(const TtCliArgs *args);
int tt_cli_cmd_test_all(const TtCliArgs *args);
/** All test-… commands about actors: the programs of the folder named like the command. */
int tt_cli_cmd_test_actors(const TtCliArgs *args);

/* ---- session.c ----------------------------------------------------------------------------------- */

/** A host, a VM and a program loaded into it. */
typedef struct TtCliSession {
    TtHost *host;
    TtVm *vm;
    bool loaded;
    TtConfig config;
    struct TtCliInterrupt *interrupt; /* to be watched when the program lasts, or NULL */
} TtCliSession;

/**
 * Loads a program ("-": from standard input) and shows what is wrong with it on standard error. Without
 * `loaded` there is nothing to run; close it in all cases. `operands` after the first are its arguments.
 */
bool tt_cli_session_open(TtCliSession *session, const TtCliArgs *args, const char *const *operands,
                         uint32_t count);
/** Writes out what was printed. */
void tt_cli_session_close(TtCliSession *session);

/* ---- terminal.c ---------------------------------------------------------------------------------- */

/** "Error: …" and a line end on standard error. */
void tt_cli_error(const TtCliArgs *args, const char *format, ...) TT_PRINTF(2, 3);
/** Whether to colour what goes to a descriptor: --color, NO_COLOR, TERM, and whether it is a terminal. */
bool tt_cli_use_color(const TtCliArgs *args, int descriptor);
/** Writes all of it; false when that fails, with errno. A reader that has left is no message's business. */
bool tt_cli_put(int descriptor, const char *bytes, size_t length);
/** As tt_cli_put on standard output, with an error message; the exit status. */
int tt_cli_put_result(const TtCliArgs *args, const char *bytes, size_t length);
/** The exit status for a failed write to standard output: quiet when its reader has left. */
int tt_cli_output_failed(const TtCliArgs *args, int error);

/* ---- profile.c ----------------------------------------------------------------------------------- */

/** --profile and --profile-out of a run that has ended; false, said on standard error, when FILE cannot be
 * written. */
bool tt_cli_show_profile(const TtCliArgs *args, TtVm *vm);

/* ---- gc_stats.c ---------------------------------------------------------------------------------- */

void tt_cli_add_gc_stats(TtStrbuf *out, const TtReport *report, const char *engine);

#endif
