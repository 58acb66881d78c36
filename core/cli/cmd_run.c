// SPDX-License-Identifier: MIT
#include "cmd.h"
#include "event_log.h"

#include "port/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * Ctrl+C and SIGTERM end the program in good order, a second one ends it at once. The handler may do little,
 * so it writes a byte to a pipe, and a thread that reads it stops the VM.
 */
typedef struct Watch {
    TtVm *vm;
    TtThread thread;
    int pipe[2];
    bool started;
} Watch;

static int signal_pipe;                   /* the end the handler writes to; set before the handler is */
static volatile sig_atomic_t interrupted; /* the signal, or 0 */

static void on_interrupt(int signal_number) {
    int error = errno;
    interrupted = signal_number;
    ssize_t written = write(signal_pipe, "s", 1);
    (void)written; /* an empty pipe takes a byte */
    errno = error;
}

static void *run_watch(void *context) {
    Watch *watch = context;
    char byte;
    ssize_t count;
    do {
        count = read(watch->pipe[0], &byte, 1);
    } while (count < 0 && errno == EINTR);
    if (count == 1 && byte == 's') tt_vm_stop(watch->vm);
    return NULL;
}

/** Without descriptors or threads left, signals keep ending the process at once. */
static void start_watch(Watch *watch, TtVm *vm) {
    *watch = (Watch){.vm = vm};
    if (pipe(watch->pipe) != 0) return;
    fcntl(watch->pipe[0], F_SETFD, FD_CLOEXEC);
    fcntl(watch->pipe[1], F_SETFD, FD_CLOEXEC);
    signal_pipe = watch->pipe[1];
    watch->started = tt_thread_start(&watch->thread, run_watch, watch);
    if (!watch->started) {
        close(watch->pipe[0]);
        close(watch->pipe[1]);
        return;
    }
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void stop_watch(Watch *watch) {
    if (!watch->started) return;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    if (write(watch->pipe[1], "e", 1) < 0) abort();
    tt_thread_join(&watch->thread);
    close(watch->pipe[0]);
    close(watch->pipe[1]);
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
    TtCliEventLog log;
    if (!tt_cli_event_log_open(&log, session.vm, args)) {
        tt_cli_session_close(&session);
        return TT_CLI_FAILED;
    }
    Watch watch;
    start_watch(&watch, session.vm);
    tt_vm_start(session.vm);
    tt_vm_wait(session.vm);
    stop_watch(&watch);
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
    if (interrupted && report.reason == TT_REASON_STOPPED) return 128 + interrupted;
    return status;
}
