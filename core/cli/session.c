// SPDX-License-Identifier: MIT
#include "cmd.h"
#include "event_log.h"
#include "interrupt.h"

#include "base/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Standard output cannot be written: nothing the program does can be seen, so it ends. Writer thread. */
static void stop_program(void *context, int error) {
    TtCliSession *session = context;
    (void)error;
    tt_vm_stop(session->vm);
}

/** Programs that end at once do without threads beside them. */
static void serve_program(void *context) {
    TtCliSession *session = context;
    tt_cli_host_serve(session->host);
    if (session->interrupt) tt_cli_interrupt_watch(session->interrupt);
}

/** All of standard input, at most TT_MAX_SOURCE_BYTES; false with errno. */
static bool read_program(TtStrbuf *text) {
    char bytes[1 << 16];
    for (;;) {
        ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
        if (count == 0) return true;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        tt_strbuf_add(text, bytes, (size_t)count);
        if (text->length > TT_MAX_SOURCE_BYTES) {
            errno = EFBIG;
            return false;
        }
    }
}

static bool load_standard_input(TtCliSession *session, const TtCliArgs *args) {
    TtStrbuf text = {0};
    bool loaded = read_program(&text);
    if (loaded)
        loaded = tt_vm_load_bytes(session->vm, "<stdin>", tt_strbuf_text(&text), text.length);
    else
        tt_cli_error(args, "cannot read the program from standard input: %s", strerror(errno));
    tt_strbuf_free(&text);
    return loaded;
}

static void show_diagnostics(TtCliSession *session, const TtCliArgs *args) {
    if (tt_vm_diagnostic_count(session->vm) == 0) return;
    const char *text = tt_vm_diagnostics_text(session->vm, tt_cli_use_color(args, STDERR_FILENO));
    tt_cli_put(STDERR_FILENO, text, strlen(text));
}

bool tt_cli_session_open(TtCliSession *session, const TtCliArgs *args, const char *const *operands,
                         uint32_t count) {
    *session = (TtCliSession){.config = args->settings.config};
    TtConfig *config = &session->config;
    TtCliHostOptions options;
    tt_cli_host_options_default(&options);
    options.max_read_bytes = config->max_vm_heap ? config->max_vm_heap : TT_DEFAULT_VM_HEAP;
    options.max_handles = config->max_handles ? config->max_handles : TT_DEFAULT_HANDLES;
    options.rules = &args->settings.rules;
    options.late = args->command != tt_cli_command_find("repl");
    options.output_failed = stop_program;
    options.context = session;
    session->host = tt_cli_host_create(&options);
    if (!session->host) {
        tt_cli_error(args, "cannot start: %s", strerror(errno));
        return false;
    }
    config->host = session->host;
    config->wait_runs = options.late;
    config->lasts = serve_program;
    config->lasts_context = session;
    config->profile = config->profile || args->settings.profile_out;
    tt_cli_event_log_configure(config, args);
    config->args = operands + 1;
    config->arg_count = count - 1;
    config->module_path = getenv("TTVM_PATH");
    const char *reason = NULL;
    session->vm = tt_vm_create(config, &reason);
    if (!session->vm) {
        tt_cli_error(args, "%s", reason);
        return false;
    }
    tt_cli_host_attach(session->host, session->vm);
    if (args->command == tt_cli_command_find("repl"))
        session->loaded = tt_vm_open_session(session->vm);
    else if (strcmp(operands[0], "-") == 0)
        session->loaded = load_standard_input(session, args);
    else
        session->loaded = tt_vm_load(session->vm, operands[0]);
    show_diagnostics(session, args);
    return session->loaded;
}

void tt_cli_session_close(TtCliSession *session) {
    if (session->host) {
        tt_cli_host_flush(session->host);
        tt_cli_host_attach(session->host, NULL);
    }
    tt_vm_destroy(session->vm);
    tt_cli_host_destroy(session->host);
    session->vm = NULL;
    session->host = NULL;
}
