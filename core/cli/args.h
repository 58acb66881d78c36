// SPDX-License-Identifier: MIT
/** The command line, taken apart by options.def and commands.def. */
#ifndef TT_CLI_ARGS_H
#define TT_CLI_ARGS_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "cli/host/rules.h"
#include "tinytot/tt.h"

#include <stdbool.h>

struct TtCliArgs;

typedef struct TtCliCommand {
    const char *name; /* "" for running a program */
    int (*run)(const struct TtCliArgs *args);
    const char *arguments;
    int min, max; /* how many */
    bool runs;    /* options for running programs make sense */
    const char *doc;
} TtCliCommand;

/** What options set. */
typedef struct TtCliSettings {
    TtConfig config; /* all but host, args and module_path */
    bool ir, check, gc_stats, no_table, help, version, sandbox;
    uint32_t allowed, denied; /* sets of TtCapability, disjoint */
    TtCliRules rules;         /* what --allow-CAP=… narrows them to */
    const char *color;
    const char *trace_format, *trace_out, *profile_out; /* or NULL */
} TtCliSettings;

typedef struct TtCliArgs {
    TtCliSettings settings;
    const TtCliCommand *command;
    TT_VEC(const char *) operands; /* the program and its arguments, or the command's; borrowed */
    TT_VEC(char *) run_options;    /* "--name" or "--name=value", as given: for child processes */
    TtStrbuf problem;
} TtCliArgs;

/** False: a usage error, said in `problem`. Free the result in both cases. */
bool tt_cli_args_parse(TtCliArgs *args, int count, char **words);
void tt_cli_args_free(TtCliArgs *args);

/** The command named so, or NULL. */
const TtCliCommand *tt_cli_command_find(const char *name);
/** The command whose name is nearly `name`, or NULL. */
const char *tt_cli_command_nearest(const char *name);

/** The text of --help. */
void tt_cli_help(TtStrbuf *out);

#endif
