// SPDX-License-Identifier: MIT
/** `ttvm fmt`: writes programs as they are best written, in place; "-" from standard input to standard
 * output. */
#include "cmd.h"

#include "base/config.h"
#include "cli/host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/** All of a file, or of standard input for "-"; false with a message. */
static bool read_all(const TtCliArgs *args, const char *path, TtStrbuf *text) {
    bool standard = strcmp(path, "-") == 0;
    int descriptor = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = descriptor < 0 ? -1 : 0;
    char bytes[1 << 16];
    while (descriptor >= 0 && text->length <= TT_MAX_SOURCE_BYTES) {
        count = read(descriptor, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        tt_strbuf_add(text, bytes, (size_t)count);
    }
    int error = count < 0 ? errno : text->length > TT_MAX_SOURCE_BYTES ? EFBIG : 0;
    if (!standard && descriptor >= 0) close(descriptor);
    if (error) tt_cli_error(args, "cannot read %s: %s", path, tt_cli_errno_text(error));
    return !error;
}

static bool is_source(const char *path) {
    const char *dot = strrchr(path, '.');
    return strcmp(path, "-") == 0 || (dot && (strcmp(dot, ".ttvm") == 0 || strcmp(dot, ".lisp") == 0));
}

/** Formats one file. With --check names it when it is not formatted. */
static int format_file(const TtCliArgs *args, const char *path) {
    if (!is_source(path)) {
        tt_cli_error(args, "fmt takes .ttvm and .lisp programs, not %s", path);
        return TT_CLI_USAGE;
    }
    TtStrbuf text = {0};
    int status = TT_CLI_FAILED;
    if (read_all(args, path, &text)) {
        char *formatted = tt_format(path, tt_strbuf_text(&text), text.length);
        size_t length = strlen(formatted);
        bool same = length == text.length && memcmp(formatted, tt_strbuf_text(&text), length) == 0;
        int error = 0;
        status = TT_CLI_OK;
        if (memchr(tt_strbuf_text(&text), 0, text.length)) {
            tt_cli_error(args, "%s holds NUL characters: it is no source text", path);
            status = TT_CLI_FAILED;
        } else if (args->settings.check && !same) {
            tt_cli_error(args, "%s is not formatted", path);
            status = TT_CLI_FAILED;
        } else if (!args->settings.check && strcmp(path, "-") == 0) {
            status = tt_cli_put_result(args, formatted, length);
        } else if (!args->settings.check && !same) {
            error = tt_cli_file_write(path, formatted, length, NULL);
        }
        if (error) {
            tt_cli_error(args, "cannot write %s: %s", path, tt_cli_errno_text(error));
            status = TT_CLI_FAILED;
        }
        tt_free_text(formatted);
    }
    tt_strbuf_free(&text);
    return status;
}

int tt_cli_cmd_fmt(const TtCliArgs *args) {
    int worst = TT_CLI_OK;
    for (uint32_t i = 0; i < args->operands.count; i++) {
        int status = format_file(args, args->operands.items[i]);
        if (status > worst) worst = status;
    }
    return worst;
}
