// SPDX-License-Identifier: MIT
#include "event_log.h"

#include "port/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/** Records taken at once, and how often when there are none. */
#define BATCH    1024
#define SLEEP_NS 500000u

/** --trace-out alone asks for text. */
static const char *format_of(const TtCliArgs *args) {
    return args->settings.trace_format ? args->settings.trace_format
           : args->settings.trace_out  ? "text"
                                       : NULL;
}

void tt_cli_event_log_configure(TtConfig *config, const TtCliArgs *args) {
    if (!format_of(args)) return;
    config->events = UINT32_MAX;
    config->events_lossless = true;
}

static const char *file_name(void *context, uint32_t index) {
    return tt_vm_file(context, index);
}

/** Goes on after an error, so that the program is not held up by a full disk. */
static void write_out(TtCliEventLog *log) {
    TtStrbuf *out = &log->exporter.out;
    if (out->length && !log->error && !tt_cli_put(log->descriptor, out->bytes, out->length))
        log->error = errno ? errno : EIO;
    tt_strbuf_clear(out);
}

/** Takes all that is there; false when there was nothing. */
static bool take(TtCliEventLog *log) {
    TtEventRecord records[BATCH];
    bool any = false;
    for (uint32_t count; (count = tt_vm_take_events(log->vm, records, BATCH)) > 0; any = true) {
        tt_export_add(&log->exporter, records, count);
        write_out(log);
    }
    return any;
}

static void *run_log(void *context) {
    TtCliEventLog *log = context;
    TtLock lock;
    TtCondition never;
    tt_lock_init(&lock);
    tt_condition_init(&never);
    for (;;) {
        bool over = tt_atomic_load_u32_acq(&log->over) != 0;
        if (take(log)) continue;
        if (over) break;
        tt_lock_acquire(&lock);
        (void)tt_condition_wait_ns(&never, &lock, SLEEP_NS);
        tt_lock_release(&lock);
    }
    tt_condition_destroy(&never);
    tt_lock_destroy(&lock);
    return NULL;
}

bool tt_cli_event_log_open(TtCliEventLog *log, TtVm *vm, const TtCliArgs *args) {
    *log = (TtCliEventLog){.vm = vm, .descriptor = STDERR_FILENO};
    const char *format = format_of(args), *path = args->settings.trace_out;
    if (!format) return true;
    if (path) log->descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (log->descriptor < 0) {
        tt_cli_error(args, "cannot write %s: %s", path, strerror(errno));
        return false;
    }
    const TtConfig *config = &args->settings.config;
    TtExportFormat kind = strcmp(format, "json") == 0       ? TT_EXPORT_JSON
                          : strcmp(format, "perfetto") == 0 ? TT_EXPORT_PERFETTO
                                                            : TT_EXPORT_TEXT;
    tt_export_open(&log->exporter, kind, !(config->seeded || config->virtual_time), file_name, vm);
    log->started = tt_thread_start(&log->thread, run_log, log);
    if (!log->started) tt_cli_error(args, "cannot start a thread for --trace-format");
    return log->started;
}

bool tt_cli_event_log_close(TtCliEventLog *log, const TtCliArgs *args) {
    if (!log->started) return true;
    tt_atomic_store_u32_rel(&log->over, 1);
    tt_thread_join(&log->thread);
    tt_export_close(&log->exporter, tt_vm_events_dropped(log->vm));
    write_out(log);
    if (log->descriptor != STDERR_FILENO && close(log->descriptor) != 0 && !log->error) log->error = errno;
    tt_export_free(&log->exporter);
    log->started = false;
    if (log->error) tt_cli_error(args, "cannot write the trace: %s", strerror(log->error));
    return log->error == 0;
}
