// SPDX-License-Identifier: MIT
#include "run.h"

#include "base/alloc.h"
#include "host/host.h"
#include "tinytot/tt.h"

#include <string.h>

#define FILE_NAME         "fuzz.ttvm"
#define MOST_INSTRUCTIONS 200000u
#define MOST_REDUCTIONS   400000u

/** No files, no services, no clock; output goes to the outcome. */
static bool refuse(TtHost *host, TtRequest *request) {
    (void)host;
    request->result = TT_ERR_UNSUPPORTED_OPERATION;
    request->reason = "not here";
    return true;
}

static void cancel(TtHost *host, TtRequest *request) {
    (void)host;
    (void)request;
}

static bool write_output(TtHost *host, int stream, const char *bytes, size_t length) {
    TtOutcome *outcome = host->context;
    tt_strbuf_add(stream == 1 ? &outcome->out : &outcome->err, bytes, length);
    return true;
}

static int64_t now_ms(TtHost *host) {
    (void)host;
    return 1000000;
}

static TtResult load_file(TtHost *host, const char *path, char **bytes, size_t *length, const char **reason) {
    (void)host;
    (void)path;
    (void)bytes;
    (void)length;
    *reason = "no such file";
    return TT_ERR_FILE_ERROR;
}

static TtVm *load(TtHost *host, const char *source, size_t length, bool optimize, const TtWay *way,
                  bool *loaded) {
    TtConfig config;
    tt_config_default(&config);
    config.host = host;
    config.single_thread = config.virtual_time = true;
    config.optimize = optimize;
    config.registers = way->registers;
    config.seeded = way->seeded;
    config.seed = 42;
    config.reductions = way->reductions ? way->reductions : MOST_REDUCTIONS;
    config.max_instructions = way->instructions ? way->instructions : MOST_INSTRUCTIONS;
    const char *reason;
    TtVm *vm = tt_vm_create(&config, &reason);
    *loaded = tt_vm_load_bytes(vm, FILE_NAME, source, length);
    return vm;
}

void tt_run_program(const char *source, size_t length, const TtWay *way, TtOutcome *outcome) {
    *outcome = (TtOutcome){0};
    TtHost host = {.context = outcome,
                   .submit = refuse,
                   .cancel = cancel,
                   .write = write_output,
                   .now_ms = now_ms,
                   .load_file = load_file};
    TtVm *vm = load(&host, source, length, way->optimize, way, &outcome->loaded);
    if (outcome->loaded && way->text) {
        const char *made = tt_vm_source(vm);
        char *text = tt_alloc_string(made, strlen(made));
        tt_vm_destroy(vm);
        vm = load(&host, text, strlen(text), true, way, &outcome->loaded);
        outcome->unstable = outcome->loaded && tt_vm_optimizer_report(vm).rounds > 0;
        tt_vm_destroy(vm);
        vm = load(&host, text, strlen(text), false, way, &outcome->loaded);
        tt_free(text);
    }
    if (outcome->loaded) {
        tt_vm_start(vm);
        tt_vm_wait(vm);
        TtReport report = tt_vm_report(vm);
        outcome->limited = report.reason == TT_REASON_LIMIT;
        outcome->status = report.status;
        outcome->reason = (int)report.reason;
        outcome->instructions = report.instructions;
    } else {
        tt_strbuf_add_text(&outcome->err, tt_vm_diagnostics_text(vm, false));
    }
    tt_vm_destroy(vm);
}

void tt_outcome_free(TtOutcome *outcome) {
    tt_strbuf_free(&outcome->out);
    tt_strbuf_free(&outcome->err);
}
