// SPDX-License-Identifier: MIT
#include "cmd.h"
#include "event_log.h"
#include "interrupt.h"

#include <string.h>
#include <unistd.h>

static void show_gc_stats(const TtCliSession *session, const TtReport *report) {
    TtStrbuf text = {0};
    tt_cli_add_gc_stats(&text, report, session->config.gc ? session->config.gc : "mark-sweep");
    tt_cli_put(STDERR_FILENO, text.bytes, text.length);
    tt_strbuf_free(&text);
}

/** A misspelled command looks like a program that is not there. */
static void hint_command(const char *program) {
    const char *near = tt_cli_command_nearest(program);
    if (!near || access(program, F_OK) == 0) return;
    TtStrbuf text = {0};
    tt_strbuf_add_format(&text, "Did you mean the command 'ttvm %s'?\n", near);
    tt_cli_put(STDERR_FILENO, text.bytes, text.length);
    tt_strbuf_free(&text);
}

int tt_cli_cmd_run(const TtCliArgs *args) {
    TtCliSession session;
    TtCliInterrupt interrupt;
    if (!tt_cli_session_open(&session, args, args->operands.items, args->operands.count)) {
        if (session.vm) hint_command(args->operands.items[0]);
        tt_cli_session_close(&session);
        return TT_CLI_FAILED;
    }
    TtCliEventLog log;
    tt_cli_interrupt_begin(&interrupt, session.vm);
    session.interrupt = &interrupt;
    if (!tt_cli_event_log_open(&log, session.vm, args)) {
        tt_cli_interrupt_end(&interrupt);
        tt_cli_session_close(&session);
        return TT_CLI_FAILED;
    }
    tt_vm_start(session.vm);
    tt_vm_wait(session.vm);
    tt_cli_interrupt_end(&interrupt);
    bool logged = tt_cli_event_log_close(&log, args);
    TtReport report = tt_vm_report(session.vm);
    tt_cli_host_flush(session.host);
    if (args->settings.gc_stats) show_gc_stats(&session, &report);
    bool profiled = tt_cli_show_profile(args, session.vm);
    int status = report.status, error = tt_cli_host_output_error(session.host);
    tt_cli_session_close(&session);
    if (error) return tt_cli_output_failed(args, error);
    if (!(logged && profiled) && status == 0) status = TT_CLI_FAILED;
    /* As a shell reports programs that a signal has ended. */
    if (interrupt.signal && report.reason == TT_REASON_STOPPED) return 128 + interrupt.signal;
    return status;
}
