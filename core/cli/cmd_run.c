// SPDX-License-Identifier: MIT
#include "cmd.h"

#include "port/atomic.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/** The stop word of the running program, for the signal handler; atomic. */
static void *stop_word;
static volatile sig_atomic_t interrupted; /* the signal, or 0 */

/** The first Ctrl+C (or SIGTERM) ends the program in good order, a second one at once. */
static void on_interrupt(int signal_number) {
    uint32_t *word = tt_atomic_load_ptr_acq(&stop_word);
    interrupted = signal_number;
    if (word) tt_atomic_store_u32_seq(word, 1);
}

static void watch_interrupt(TtVm *vm) {
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    tt_atomic_store_ptr_rel(&stop_word, tt_vm_stop_word(vm));
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void unwatch_interrupt(void) {
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    tt_atomic_store_ptr_rel(&stop_word, NULL);
}

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
    if (!tt_cli_session_open(&session, args, args->operands.items, args->operands.count)) {
        if (session.vm) hint_command(args->operands.items[0]);
        tt_cli_session_close(&session);
        return TT_CLI_FAILED;
    }
    watch_interrupt(session.vm);
    tt_vm_start(session.vm);
    tt_vm_wait(session.vm);
    unwatch_interrupt();
    TtReport report = tt_vm_report(session.vm);
    tt_cli_host_flush(session.host);
    if (args->settings.gc_stats) show_gc_stats(&session, &report);
    int status = report.status, error = tt_cli_host_output_error(session.host);
    tt_cli_session_close(&session);
    if (error) return tt_cli_output_failed(args, error);
    /* As a shell reports programs that a signal has ended. */
    if (interrupted && report.reason == TT_REASON_STOPPED) return 128 + interrupted;
    return status;
}
