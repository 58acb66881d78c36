// SPDX-License-Identifier: MIT
/** Commands that load programs without running them: check, disasm, compile, compile-lisp. */
#include "cmd.h"

#include "cli/host/files.h"

#include <errno.h>
#include <string.h>

int tt_cli_cmd_check(const TtCliArgs *args) {
    int status = TT_CLI_OK;
    TtStrbuf fine = {0};
    for (uint32_t i = 0; i < args->operands.count; i++) {
        TtCliSession session;
        const char *const *program = &args->operands.items[i];
        if (tt_cli_session_open(&session, args, program, 1))
            tt_strbuf_add_format(&fine, "%s: ok\n", *program);
        else
            status = TT_CLI_FAILED;
        tt_cli_session_close(&session);
    }
    int written = tt_cli_put_result(args, tt_strbuf_text(&fine), fine.length);
    tt_strbuf_free(&fine);
    return written ? written : status;
}

int tt_cli_cmd_disasm(const TtCliArgs *args) {
    TtCliSession session;
    int status = TT_CLI_FAILED;
    if (tt_cli_session_open(&session, args, args->operands.items, 1)) {
        const char *text =
            args->settings.ir ? tt_vm_disassemble_registers(session.vm) : tt_vm_disassemble(session.vm);
        status = tt_cli_put_result(args, text, strlen(text));
    }
    tt_cli_session_close(&session);
    return status;
}

/** Writes to a file, or for "-" to standard output; the exit status. */
static int write_result(const TtCliArgs *args, const char *path, const void *bytes, size_t length) {
    if (strcmp(path, "-") == 0) return tt_cli_put_result(args, bytes, length);
    int error = tt_cli_file_write(path, bytes, length, NULL);
    if (!error) return TT_CLI_OK;
    tt_cli_error(args, "cannot write %s: %s", path, tt_cli_errno_text(error));
    return TT_CLI_FAILED;
}

int tt_cli_cmd_compile(const TtCliArgs *args) {
    TtCliSession session;
    int status = TT_CLI_FAILED;
    if (tt_cli_session_open(&session, args, args->operands.items, 1)) {
        size_t length;
        const void *image = tt_vm_image(session.vm, &length);
        status = write_result(args, args->operands.items[1], image, length);
    }
    tt_cli_session_close(&session);
    return status;
}

int tt_cli_cmd_compile_lisp(const TtCliArgs *args) {
    const char *path = args->operands.items[0], *dot = strrchr(path, '.');
    if (!dot || strcmp(dot, ".lisp") != 0) {
        tt_cli_error(args, "compile-lisp takes a .lisp program, not %s", path);
        return TT_CLI_USAGE;
    }
    TtCliSession session;
    int status = TT_CLI_FAILED;
    if (tt_cli_session_open(&session, args, args->operands.items, 1)) {
        const char *text = tt_vm_listing(session.vm);
        status = write_result(args, args->operands.items[1], text, strlen(text));
    }
    tt_cli_session_close(&session);
    return status;
}
