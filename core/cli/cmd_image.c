// SPDX-License-Identifier: MIT
/** Commands that load programs without running them: check, disasm, compile, compile-lisp, optimize. */
#include "cmd.h"
#include "table.h"

#include "cli/host/files.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

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

/** What each pass did, and what came of it. Passes run in turn until none finds anything to do. */
static void add_optimizer_report(TtStrbuf *out, const TtVm *vm, bool color) {
    TtCliTable table = {.columns = 4, .right = 1u << 1 | 1u << 2};
    tt_cli_table_add(&table, TT_CLI_PLAIN, "Pass");
    tt_cli_table_add(&table, TT_CLI_PLAIN, "Changes");
    tt_cli_table_add(&table, TT_CLI_PLAIN, "Instructions");
    tt_cli_table_add(&table, TT_CLI_PLAIN, "What changes");
    TtPassReport pass;
    for (uint32_t i = 0; tt_vm_optimizer_pass(vm, i, &pass); i++) {
        TtCliPaint paint = pass.changes ? TT_CLI_GREEN : TT_CLI_PLAIN;
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%s", pass.name);
        tt_cli_table_add(&table, paint, "%u", pass.changes);
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%s%lld",
                         pass.removed > 0   ? "-"
                         : pass.removed < 0 ? "+"
                                            : "",
                         (long long)(pass.removed < 0 ? -pass.removed : pass.removed));
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%s", pass.doc);
    }
    tt_cli_table_print(&table, out, color);
    tt_cli_table_free(&table);
    TtOptimizerReport report = tt_vm_optimizer_report(vm);
    uint32_t before = report.instructions_before, after = report.instructions_after;
    tt_strbuf_add_format(out, "instructions: %u → %u", before, after);
    if (before > after) tt_strbuf_add_format(out, " (-%.1f %%)", 100.0 * (before - after) / before);
    tt_strbuf_add_format(out, "\nvariables: %u → %u\nrounds: %u\n", report.variables_before,
                         report.variables_after, report.rounds);
}

int tt_cli_cmd_optimize(const TtCliArgs *args) {
    TtCliArgs with = *args;
    with.settings.config.optimize = true;
    TtCliSession session;
    int status = TT_CLI_FAILED;
    const char *path = args->operands.items[1];
    size_t name = strlen(path);
    if (tt_cli_session_open(&session, &with, args->operands.items, 1)) {
        TtStrbuf report = {0};
        add_optimizer_report(&report, session.vm, tt_cli_use_color(args, STDOUT_FILENO));
        if (name > 4 && strcmp(path + name - 4, ".ttb") == 0) {
            size_t length;
            const void *image = tt_vm_image(session.vm, &length);
            status = write_result(args, path, image, length);
        } else {
            const char *text = tt_vm_source(session.vm);
            status = write_result(args, path, text, strlen(text));
        }
        /* With the program on standard output the report would be part of it. */
        if (status == TT_CLI_OK && strcmp(path, "-") == 0)
            tt_cli_put(STDERR_FILENO, report.bytes, report.length);
        else if (status == TT_CLI_OK)
            status = tt_cli_put_result(args, report.bytes, report.length);
        tt_strbuf_free(&report);
    }
    tt_cli_session_close(&session);
    return status;
}
