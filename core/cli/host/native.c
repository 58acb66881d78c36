// SPDX-License-Identifier: MIT
#include "native_internal.h"

#include "base/config.h"

#include <errno.h>
#include <time.h>

/** A worker may compute so much itself: well below a millisecond, whatever it is decompressed to. */
#define AT_ONCE_BYTES 2048

typedef struct TtCliHost {
    TtHost face;
    TtCliConsole console;
    TtCliInput input;
    TtCliEnvironment environment;
    TtCliLoop loop;
} TtCliHost;

static bool submit(TtHost *face, TtRequest *request) {
    TtCliHost *host = face->context;
    switch (request->service) {
    case TT_SERVICE_READ_LINE:
    case TT_SERVICE_READ_CHAR:
    case TT_SERVICE_READ_INPUT: return tt_cli_input_submit(&host->input, request);
    case TT_SERVICE_GET_ENV: tt_cli_environment_get(&host->environment, request); return true;
    case TT_SERVICE_SET_ENV: tt_cli_environment_set(&host->environment, request); return true;
    case TT_SERVICE_COMPRESS:
    case TT_SERVICE_DECOMPRESS:
    case TT_SERVICE_HASH:
        /* Short ones cost less than handing them over. */
        if (request->data_length <= AT_ONCE_BYTES) {
            tt_cli_format_run(&host->loop, request);
            return true;
        }
        return !tt_cli_loop_submit(&host->loop, request);
    default: return !tt_cli_loop_submit(&host->loop, request);
    }
}

static void cancel(TtHost *face, TtRequest *request) {
    TtCliHost *host = face->context;
    switch (request->service) {
    case TT_SERVICE_READ_LINE:
    case TT_SERVICE_READ_CHAR:
    case TT_SERVICE_READ_INPUT: tt_cli_input_cancel(&host->input, request); break;
    default: tt_cli_loop_cancel(&host->loop, request); break;
    }
}

static void actor_ended(TtHost *face, uint64_t owner) {
    TtCliHost *host = face->context;
    tt_cli_loop_actor_ended(&host->loop, owner);
}

static bool write_output(TtHost *face, int stream, const char *bytes, size_t length) {
    TtCliHost *host = face->context;
    return tt_cli_console_write(&host->console, stream, bytes, length);
}

static int64_t now_ms(TtHost *face) {
    (void)face;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static TtResult load_file(TtHost *face, const char *path, char **bytes, size_t *length, const char **reason) {
    (void)face;
    int error = tt_cli_file_read(path, TT_MAX_SOURCE_BYTES, bytes, length, NULL);
    if (!error) return TT_OK;
    *reason = tt_cli_errno_text(error);
    return TT_ERR_FILE_ERROR;
}

void tt_cli_host_options_default(TtCliHostOptions *options) {
    *options = (TtCliHostOptions){.input = 0, .output = 1, .error = 2};
}

TtHost *tt_cli_host_create(const TtCliHostOptions *options) {
    TtCliHost *host = tt_alloc_zero(sizeof *host);
    host->face = (TtHost){
        .context = host,
        .submit = submit,
        .cancel = cancel,
        .actor_ended = actor_ended,
        .write = write_output,
        .now_ms = now_ms,
        .load_file = load_file,
    };
    tt_cli_environment_init(&host->environment);
    TtCliLoopOptions loop = {options, &host->console, &host->environment};
    tt_cli_loop_init(&host->loop, &loop);
    bool console = tt_cli_console_init(&host->console, options);
    int error = tt_cli_input_init(&host->input, options, &host->console);
    if (!console || error) {
        tt_cli_host_destroy(&host->face);
        errno = error ? error : EAGAIN;
        return NULL;
    }
    return &host->face;
}

void tt_cli_host_destroy(TtHost *face) {
    if (!face) return;
    TtCliHost *host = face->context;
    tt_cli_input_destroy(&host->input);
    tt_cli_loop_destroy(&host->loop);
    tt_cli_console_destroy(&host->console);
    tt_cli_environment_destroy(&host->environment);
    tt_free(host);
}

void tt_cli_host_attach(TtHost *face, struct TtVm *vm) {
    tt_cli_console_attach(&((TtCliHost *)face->context)->console, vm);
}

void tt_cli_host_serve(TtHost *face) {
    tt_cli_console_serve(&((TtCliHost *)face->context)->console);
}

void tt_cli_host_flush(TtHost *face) {
    tt_cli_console_flush(&((TtCliHost *)face->context)->console);
}

int tt_cli_host_output_error(TtHost *face) {
    TtCliConsole *console = &((TtCliHost *)face->context)->console;
    tt_lock_acquire(&console->lock);
    int error = console->failed[1];
    tt_lock_release(&console->lock);
    return error;
}
