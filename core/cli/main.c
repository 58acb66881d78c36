// SPDX-License-Identifier: MIT
/** `ttvm`: reads the command line and runs a command. */
#include "cmd.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <uv.h>

/** A missing standard descriptor would be given to the next file opened. */
static void ensure_standard_descriptors(void) {
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", descriptor ? O_WRONLY : O_RDONLY) < 0) return;
}

static int show_usage_error(const TtCliArgs *args) {
    tt_cli_error(args, "%s", tt_strbuf_text(&args->problem));
    static const char hint[] = "usage: ttvm [OPTIONS] PROGRAM [ARGS…]   (all options: ttvm --help)\n";
    tt_cli_put(STDERR_FILENO, hint, sizeof hint - 1);
    return TT_CLI_USAGE;
}

static int show_text(const TtCliArgs *args) {
    TtStrbuf text = {0};
    if (args->settings.help)
        tt_cli_help(&text);
    else
        tt_strbuf_add_text(&text, "ttvm " TT_VERSION "\n");
    int status = tt_cli_put_result(args, text.bytes, text.length);
    tt_strbuf_free(&text);
    return status;
}

int main(int count, char **words) {
    ensure_standard_descriptors();
    signal(SIGPIPE, SIG_IGN);
    TtCliArgs args;
    int status;
    if (!tt_cli_args_parse(&args, count, words))
        status = show_usage_error(&args);
    else if (args.settings.help || args.settings.version)
        status = show_text(&args);
    else
        status = args.command->run(&args);
    tt_cli_args_free(&args);
    uv_library_shutdown();
    return status;
}
