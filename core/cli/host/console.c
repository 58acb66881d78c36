// SPDX-License-Identifier: MIT
/** Standard output and standard error: see TtCliConsole. */
#include "native_internal.h"

#include "port/clock.h"
#include "tinytot/tt.h"

/** Printed bytes that make the writer start at once. */
#define FLUSH_BYTES (64u << 10)
/** Bytes that may wait: room to go on printing while FLUSH_BYTES are being written. */
#define PENDING_BYTES (256u << 10)
/** How long a piece may wait for company. */
#define FLUSH_DELAY_NS 20000000u

static void clear_runs(TtCliRuns *runs) {
    runs->list.count = 0;
    tt_strbuf_clear(&runs->bytes);
}

static void free_runs(TtCliRuns *runs) {
    tt_vec_free(&runs->list);
    tt_strbuf_free(&runs->bytes);
}

static void report_failure(TtCliConsole *console, int error) {
    tt_lock_acquire(&console->vm_lock);
    if (console->vm && console->output_failed) console->output_failed(console->context, error);
    tt_lock_release(&console->vm_lock);
}

/** Without locks, by whom `writing` is about. Nobody else writes `failed`, so it reads it freely. */
static void write_runs(TtCliConsole *console) {
    const char *bytes = tt_strbuf_text(&console->current.bytes);
    for (uint32_t i = 0; i < console->current.list.count; i++) {
        TtCliRun run = console->current.list.items[i];
        if (!console->failed[run.stream]) {
            int error = tt_cli_file_write_all(console->descriptor[run.stream], bytes, run.length, NULL);
            if (error) {
                tt_lock_acquire(&console->lock);
                console->failed[run.stream] = error;
                tt_lock_release(&console->lock);
                if (run.stream == 1) report_failure(console, error);
            }
        }
        bytes += run.length;
    }
    clear_runs(&console->current);
}

/** Waits under `lock` until something must be written; false at the end. */
static bool wait_for_work(TtCliConsole *console) {
    while (console->writing) tt_condition_wait(&console->idle, &console->lock);
    for (;;) {
        if (console->pending.list.count == 0) {
            if (console->stopping) return false;
            tt_condition_wait(&console->work, &console->lock);
            continue;
        }
        if (console->urgent || console->stopping) return true;
        uint64_t now = tt_clock_ns();
        if (now >= console->deadline_ns) return true;
        tt_condition_wait_ns(&console->work, &console->lock, console->deadline_ns - now);
    }
}

/** Under `lock`, which is given up meanwhile. Nobody is writing. */
static void write_pending(TtCliConsole *console) {
    TtCliRuns taken = console->pending;
    console->pending = console->current;
    console->current = taken;
    console->urgent = false;
    console->writing = true;
    bool starved = console->starved;
    console->starved = false;
    tt_lock_release(&console->lock);
    /* There is room as soon as the pieces are taken; waiting until they are written would idle the VM. */
    if (starved) {
        tt_lock_acquire(&console->vm_lock);
        if (console->vm) tt_host_output_ready(console->vm);
        tt_lock_release(&console->vm_lock);
    }
    write_runs(console);
    tt_lock_acquire(&console->lock);
    console->writing = false;
    if (console->pending.list.count == 0 || !console->started) tt_condition_broadcast(&console->idle);
}

static void *run_writer(void *context) {
    TtCliConsole *console = context;
    tt_lock_acquire(&console->lock);
    while (wait_for_work(console)) write_pending(console);
    tt_lock_release(&console->lock);
    return NULL;
}

/** Under `lock`. */
static void start_writer(TtCliConsole *console) {
    if (console->started || console->alone) return;
    console->started = tt_thread_start(&console->thread, run_writer, console);
    console->alone = !console->started;
}

bool tt_cli_console_init(TtCliConsole *console, const TtCliHostOptions *options) {
    tt_lock_init(&console->lock);
    tt_lock_init(&console->vm_lock);
    tt_condition_init(&console->work);
    tt_condition_init(&console->idle);
    console->descriptor[1] = options->output;
    console->descriptor[2] = options->error;
    console->immediate[1] = isatty(options->output);
    console->immediate[2] = true;
    console->output_failed = options->output_failed;
    console->context = options->context;
    if (!options->late) tt_cli_console_serve(console);
    return !console->alone;
}

void tt_cli_console_serve(TtCliConsole *console) {
    tt_lock_acquire(&console->lock);
    start_writer(console);
    tt_lock_release(&console->lock);
}

static void append(TtCliRuns *runs, int stream, const char *bytes, size_t length) {
    if (runs->list.count > 0 && tt_vec_last(&runs->list).stream == stream) {
        tt_vec_last(&runs->list).length += length;
    } else {
        TtCliRun run = {.stream = stream, .length = length};
        tt_vec_push(&runs->list, run);
    }
    tt_strbuf_add(&runs->bytes, bytes, length);
}

bool tt_cli_console_write(TtCliConsole *console, int stream, const char *bytes, size_t length) {
    if (length == 0) return true;
    tt_lock_acquire(&console->lock);
    if (console->failed[stream]) {
        tt_lock_release(&console->lock);
        return true;
    }
    TtCliRuns *pending = &console->pending;
    bool was_empty = pending->list.count == 0;
    if (!was_empty && pending->bytes.length + length > PENDING_BYTES) {
        start_writer(console);
        console->starved = true;
        if (!console->urgent) {
            console->urgent = true;
            tt_condition_signal(&console->work);
        }
        tt_lock_release(&console->lock);
        return false;
    }
    append(pending, stream, bytes, length);
    bool urgent = console->immediate[stream] || pending->bytes.length >= FLUSH_BYTES;
    if (was_empty) console->deadline_ns = tt_clock_ns() + FLUSH_DELAY_NS;
    if (was_empty || (urgent && !console->urgent)) tt_condition_signal(&console->work);
    if (urgent) {
        console->urgent = true;
        start_writer(console);
    }
    bool alone = console->alone;
    tt_lock_release(&console->lock);
    if (alone) tt_cli_console_flush(console);
    return true;
}

void tt_cli_console_hurry(TtCliConsole *console) {
    tt_lock_acquire(&console->lock);
    if (console->pending.list.count > 0 && !console->urgent) {
        console->urgent = true;
        start_writer(console);
        tt_condition_signal(&console->work);
    }
    tt_lock_release(&console->lock);
}

void tt_cli_console_flush(TtCliConsole *console) {
    tt_lock_acquire(&console->lock);
    while (console->pending.list.count > 0 || console->writing) {
        if (!console->started && !console->writing) {
            write_pending(console);
            continue;
        }
        if (console->pending.list.count > 0 && !console->urgent) {
            console->urgent = true;
            tt_condition_signal(&console->work);
        }
        tt_condition_wait(&console->idle, &console->lock);
    }
    tt_lock_release(&console->lock);
}

void tt_cli_console_attach(TtCliConsole *console, struct TtVm *vm) {
    tt_lock_acquire(&console->vm_lock);
    console->vm = vm;
    tt_lock_release(&console->vm_lock);
}

void tt_cli_console_destroy(TtCliConsole *console) {
    tt_lock_acquire(&console->lock);
    console->stopping = true;
    tt_condition_signal(&console->work);
    tt_lock_release(&console->lock);
    if (console->started) tt_thread_join(&console->thread);
    tt_cli_console_flush(console);
    free_runs(&console->pending);
    free_runs(&console->current);
    tt_condition_destroy(&console->work);
    tt_condition_destroy(&console->idle);
    tt_lock_destroy(&console->vm_lock);
    tt_lock_destroy(&console->lock);
}
