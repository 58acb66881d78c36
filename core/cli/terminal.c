// SPDX-License-Identifier: MIT
#include "cli/host/files.h"
#include "cmd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RED   "\x1b[1;31m"
#define RESET "\x1b[0m"

/** What a shell reports for a program that a closed pipe has ended: 128 + SIGPIPE. */
#define READER_LEFT 141

bool tt_cli_use_color(const TtCliArgs *args, int descriptor) {
    if (strcmp(args->settings.color, "always") == 0) return true;
    if (strcmp(args->settings.color, "never") == 0) return false;
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (no_color && *no_color) return false;
    if (terminal && strcmp(terminal, "dumb") == 0) return false;
    return isatty(descriptor);
}

bool tt_cli_put(int descriptor, const char *bytes, size_t length) {
    int error = tt_cli_file_write_all(descriptor, bytes, length, NULL);
    if (error) errno = error;
    return !error;
}

void tt_cli_error(const TtCliArgs *args, const char *format, ...) {
    TtStrbuf text = {0};
    bool color = tt_cli_use_color(args, STDERR_FILENO);
    tt_strbuf_add_format(&text, "%sError:%s ", color ? RED : "", color ? RESET : "");
    va_list values;
    va_start(values, format);
    tt_strbuf_add_format_list(&text, format, values);
    va_end(values);
    tt_strbuf_add_char(&text, '\n');
    tt_cli_put(STDERR_FILENO, text.bytes, text.length);
    tt_strbuf_free(&text);
}

int tt_cli_output_failed(const TtCliArgs *args, int error) {
    if (error == EPIPE) return READER_LEFT;
    tt_cli_error(args, "cannot write to standard output: %s", strerror(error));
    return TT_CLI_FAILED;
}

int tt_cli_put_result(const TtCliArgs *args, const char *bytes, size_t length) {
    return tt_cli_put(STDOUT_FILENO, bytes, length) ? TT_CLI_OK : tt_cli_output_failed(args, errno);
}
