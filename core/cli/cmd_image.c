// SPDX-License-Identifier: MIT
/** Commands that load programs without running them: check, disasm, compile. */
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
        const char *text = args->settings.ir ? tt_vm_disassemble_registers(session.vm)
                                             : tt_vm_disassemble(session.vm);
        status = tt_cli_put_result(args, text, strlen(text));
    }
    tt_cli_session_close(&session);
    return status;
}

int tt_cli_cmd_compile(const TtCliArgs *args) {
    TtCliSession session;
    int status = TT_CLI_FAILED;
    const char *path = args->operands.items[1];
    if (tt_cli_session_open(&session, args, args->operands.items, 1)) {
        size_t length;
        const void *image = tt_vm_image(session.vm, &length);
        if (strcmp(path, "-") == 0) {
            status = tt_cli_put_result(args, image, length);
        } else {
            int error = tt_cli_file_write(path, image, length, NULL);
            if (error)
                tt_cli_error(args, "cannot write %s: %s", path, tt_cli_errno_text(error));
            else
                status = TT_CLI_OK;
        }
    }
    tt_cli_session_close(&session);
    return status;
}
