// SPDX-License-Identifier: MIT
#include "run.h"

#include "base/alloc.h"
#include "generated.h"
#include "host/host.h"
#include "tinytot/tt.h"

#include <string.h>

#define FILE_MARK         "; file: "
#define MOST_FILES        4
#define MOST_NAME         32
#define MOST_INSTRUCTIONS 200000u
#define MOST_REDUCTIONS   1000000000u

typedef struct File {
    char name[MOST_NAME];
    const char *text;
    size_t length;
} File;

typedef struct Run {
    TtOutcome *outcome;
    File files[MOST_FILES];
    uint32_t file_count;
} Run;

/* ---- files
 * ----------------------------------------------------------------------------------------------------- */

/** The next line that begins a file, or the end. */
static const char *find_mark(const char *at, const char *end) {
    const size_t length = strlen(FILE_MARK);
    while (at < end) {
        if ((size_t)(end - at) > length && memcmp(at, FILE_MARK, length) == 0) return at;
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
    }
    return end;
}

static void add_file(Run *run, const char *name, size_t name_length, const char *text, const char *end) {
    if (run->file_count == MOST_FILES) return;
    File *file = &run->files[run->file_count++];
    if (name_length >= MOST_NAME) name_length = MOST_NAME - 1;
    memcpy(file->name, name, name_length);
    file->name[name_length] = 0;
    file->text = text;
    file->length = (size_t)(end - text);
}

static void split_files(Run *run, const char *source, size_t length) {
    const char *end = source + length, *mark = find_mark(source, end);
    if (mark > source || mark == end) add_file(run, "fuzz.ttvm", strlen("fuzz.ttvm"), source, mark);
    while (mark < end) {
        const char *name = mark + strlen(FILE_MARK), *newline = memchr(name, '\n', (size_t)(end - name));
        const char *text = newline ? newline + 1 : end, *next = find_mark(text, end);
        add_file(run, name, (size_t)((newline ? newline : end) - name), text, next);
        mark = next;
    }
}

/* ---- the host: those files, no services, no clock; output goes to the outcome
 * ------------------------------------- */

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
    TtOutcome *outcome = ((Run *)host->context)->outcome;
    tt_strbuf_add(stream == 1 ? &outcome->out : &outcome->err, bytes, length);
    return true;
}

static int64_t now_ms(TtHost *host) {
    (void)host;
    return 1000000;
}

static TtResult load_file(TtHost *host, const char *path, char **bytes, size_t *length, const char **reason) {
    const Run *run = host->context;
    for (uint32_t i = 0; i < run->file_count; i++) {
        const File *file = &run->files[i];
        if (strcmp(path, file->name) != 0) continue;
        *bytes = tt_alloc_string(file->text, file->length);
        *length = file->length;
        return TT_OK;
    }
    *reason = "no such file";
    return TT_ERR_FILE_ERROR;
}

/* ---- runs
 * ------------------------------------------------------------------------------------------------------ */

static TtVm *load(TtHost *host, const void *bytes, size_t length, bool optimize, const TtWay *way,
                  bool *loaded) {
    TtConfig config;
    tt_config_default(&config);
    config.host = host;
    config.single_thread = config.virtual_time = true;
    config.optimize = optimize;
    config.registers = way->registers;
    config.exact = way->exact;
    config.seeded = way->seeded;
    config.seed = 42;
    config.trace = way->trace;
    config.gc_stress = way->stress == TT_STRESS;
    config.gc_stress_steps = way->stress == TT_STRESS_STEPS;
    config.reductions = way->reductions ? way->reductions : MOST_REDUCTIONS;
    config.max_instructions = way->instructions ? way->instructions : MOST_INSTRUCTIONS;
    config.max_vm_heap = way->bytes;
    const char *reason;
    TtVm *vm = tt_vm_create(&config, &reason);
    if (way->generated) tt_generated_begin(vm);
    *loaded = tt_vm_load_bytes(vm, ((Run *)host->context)->files[0].name, bytes, length);
    return vm;
}

/** Instead of the VM one whose program went through the optimizer's text. */
static TtVm *reload_text(TtVm *vm, TtHost *host, const TtWay *way, TtOutcome *outcome) {
    const char *made = tt_vm_source(vm);
    char *text = tt_alloc_string(made, strlen(made));
    tt_vm_destroy(vm);
    vm = load(host, text, strlen(text), true, way, &outcome->loaded);
    outcome->unstable = outcome->loaded && tt_vm_optimizer_report(vm).rounds > 0;
    tt_vm_destroy(vm);
    vm = load(host, text, strlen(text), false, way, &outcome->loaded);
    tt_free(text);
    return vm;
}

static TtVm *reload_image(TtVm *vm, TtHost *host, const TtWay *way, TtOutcome *outcome) {
    size_t length;
    const void *made = tt_vm_image(vm, &length);
    char *image = tt_alloc_string(made, length);
    tt_vm_destroy(vm);
    vm = load(host, image, length, false, way, &outcome->loaded);
    tt_free(image);
    return vm;
}

void tt_run_program(const char *source, size_t length, const TtWay *way, TtOutcome *outcome) {
    *outcome = (TtOutcome){0};
    Run run = {.outcome = outcome};
    split_files(&run, source, length);
    TtHost host = {.context = &run,
                   .submit = refuse,
                   .cancel = cancel,
                   .write = write_output,
                   .now_ms = now_ms,
                   .load_file = load_file};
    const File *program = &run.files[0];
    TtVm *vm = load(&host, program->text, program->length, way->optimize, way, &outcome->loaded);
    if (outcome->loaded && way->text) vm = reload_text(vm, &host, way, outcome);
    if (outcome->loaded && way->image) vm = reload_image(vm, &host, way, outcome);
    if (outcome->loaded) {
        tt_vm_start(vm);
        if (way->generated)
            tt_generated_run(vm);
        else
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
    if (way->generated) tt_generated_end();
}

void tt_outcome_free(TtOutcome *outcome) {
    tt_strbuf_free(&outcome->out);
    tt_strbuf_free(&outcome->err);
}
