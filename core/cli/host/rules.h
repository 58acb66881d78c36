// SPDX-License-Identifier: MIT
/**
 * What --allow-net=HOST[:PORT] and --allow-fs=DIR give. Capabilities as a whole are the VM's to check; these
 * narrow one down that is allowed. Built before the host, read by any thread afterwards.
 */
#ifndef TT_CLI_HOST_RULES_H
#define TT_CLI_HOST_RULES_H

#include "base/vec.h"

#include <stdbool.h>

typedef struct TtCliNetRule {
    char *host; /* lower case, without brackets; `*.example.org`: any name below it */
    int port;   /* -1: any */
} TtCliNetRule;

typedef struct TtCliRules {
    TT_VEC(TtCliNetRule) net;             /* empty: no narrowing */
    TT_VEC(char *) read_dirs, write_dirs; /* real paths; empty: no narrowing */
} TtCliRules;

void tt_cli_rules_free(TtCliRules *rules);
/** No narrowing of these any more. */
void tt_cli_rules_clear(TtCliRules *rules, bool net, bool read, bool write);
/** `text` is HOST, HOST:PORT or [V6]:PORT; false when it is none. */
bool tt_cli_rules_add_net(TtCliRules *rules, const char *text);
/** False when there is no such directory. */
bool tt_cli_rules_add_dir(TtCliRules *rules, bool read, bool write, const char *path);

/**
 * The host as a program names it; addresses that names resolve to are not looked at, nor other names of an
 * address. Port -1: only a name is asked for. NULL rules allow everything.
 */
bool tt_cli_rules_allow_net(const TtCliRules *rules, const char *host, int port);

/**
 * The path to use for `path`, from tt_alloc: itself without narrowing, else its real path, which lies in a
 * directory given. NULL: it does not, and nothing outside was opened. The last part need not exist; where it
 * is a link that leads nowhere the answer is NULL. Blocks. Between this and the use of the path nobody but
 * this program's children and other programs can put a link in its way.
 */
char *tt_cli_rules_path(const TtCliRules *rules, bool write, const char *path);

#endif
