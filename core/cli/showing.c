// SPDX-License-Identifier: MIT
#include "showing.h"

#include "base/config.h"
#include "cli/host/files.h"
#include "port/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

/** Bytes of one stream that are looked at. */
#define MAX_OUTPUT (16u << 20)

/* ---- programs ------------------------------------------------------------------------------------------ */

static bool is_program(const char *name, bool lisp) {
    const char *dot = strrchr(name, '.');
    return name[0] != '.' && dot && (strcmp(dot, ".ttvm") == 0 || (lisp && strcmp(dot, ".lisp") == 0));
}

bool tt_cli_programs_of(const TtCliArgs *args, const char *folder, bool lisp, TtCliAddProgram add,
                        void *context) {
    uv_fs_t scan;
    int count = uv_fs_scandir(NULL, &scan, folder, 0, NULL);
    if (count < 0) tt_cli_error(args, "cannot read the folder %s: %s", folder, tt_cli_errno_text(-count));
    bool fine = count >= 0;
    uv_dirent_t entry;
    while (fine && uv_fs_scandir_next(&scan, &entry) == 0) {
        if (!is_program(entry.name, lisp)) continue;
        TtStrbuf path = {0};
        tt_strbuf_add_format(&path, "%s/%s", folder, entry.name);
        char *source;
        size_t length;
        int error = tt_cli_file_read(path.bytes, TT_MAX_SOURCE_BYTES, &source, &length, NULL);
        fine = !error;
        if (error)
            tt_cli_error(args, "cannot read %s: %s", path.bytes, tt_cli_errno_text(error));
        else
            add(context, folder, entry.name, source, length);
        tt_strbuf_free(&path);
    }
    uv_fs_req_cleanup(&scan);
    return fine;
}

/* ---- a run --------------------------------------------------------------------------------------------- */

static void read_back(FILE *file, TtStrbuf *text) {
    char bytes[1 << 16];
    rewind(file);
    size_t count;
    while (text->length < MAX_OUTPUT && (count = fread(bytes, 1, sizeof bytes, file)) > 0)
        tt_strbuf_add(text, bytes, count);
}

/** Processor time of this process so far: unlike the wall's it does not count what others took. */
static uint64_t processor_ns(void) {
    uv_rusage_t usage;
    if (uv_getrusage(&usage) != 0) return tt_clock_ns();
    uint64_t seconds = (uint64_t)usage.ru_utime.tv_sec + (uint64_t)usage.ru_stime.tv_sec;
    return seconds * 1000000000u +
           ((uint64_t)usage.ru_utime.tv_usec + (uint64_t)usage.ru_stime.tv_usec) * 1000u;
}

static TtVm *load(const TtCliProgramText *program, const TtConfig *config, const void *bytes, size_t length,
                  TtStrbuf *errors) {
    const char *reason = NULL;
    TtVm *vm = tt_vm_create(config, &reason);
    if (!vm) {
        tt_strbuf_add_format(errors, "%s\n", reason);
        return NULL;
    }
    if (tt_vm_load_bytes(vm, program->name, bytes, length)) return vm;
    tt_strbuf_add_text(errors, tt_vm_diagnostics_text(vm, false));
    tt_vm_destroy(vm);
    return NULL;
}

static TtVm *load_program(const TtCliProgramText *program, const TtConfig *config, TtStrbuf *errors) {
    TtVm *vm = load(program, config, program->source, program->length, errors);
    if (!vm || !program->image) return vm;
    size_t length;
    const void *image = tt_vm_image(vm, &length);
    TtVm *second = load(program, config, image, length, errors);
    tt_vm_destroy(vm);
    return second;
}

static void run_on(TtHost *host, TtVm *vm, TtCliShowing *showing) {
    showing->loaded = true;
    tt_cli_host_attach(host, vm);
    uint64_t start = processor_ns();
    tt_vm_start(vm);
    tt_vm_wait(vm);
    showing->ns = processor_ns() - start;
    showing->report = tt_vm_report(vm);
    tt_cli_host_flush(host);
    tt_cli_host_attach(host, NULL);
    tt_vm_destroy(vm);
}

bool tt_cli_show(const TtCliProgramText *program, const TtConfig *config, TtCliShowing *showing) {
    FILE *output = tmpfile(), *errors = tmpfile();
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    TtCliHostOptions options;
    tt_cli_host_options_default(&options);
    options.max_read_bytes = TT_DEFAULT_VM_HEAP;
    TtHost *host = NULL;
    if (output && errors && input >= 0) {
        options.input = input;
        options.output = fileno(output);
        options.error = fileno(errors);
        host = tt_cli_host_create(&options);
    }
    int error = errno;
    if (host) {
        TtConfig own = *config;
        own.host = host;
        TtVm *vm = load_program(program, &own, &showing->errors);
        if (vm) {
            run_on(host, vm, showing);
            read_back(output, &showing->output);
            read_back(errors, &showing->errors);
        }
        tt_cli_host_destroy(host);
    }
    if (output) fclose(output);
    if (errors) fclose(errors);
    if (input >= 0) close(input);
    errno = error;
    return host != NULL;
}

TtCliRunResult tt_cli_showing_result(const TtCliShowing *showing) {
    return (TtCliRunResult){
        .output = {tt_strbuf_text(&showing->output), showing->output.length},
        .errors = {tt_strbuf_text(&showing->errors), showing->errors.length},
        .exit = showing->loaded ? showing->report.status : TT_CLI_FAILED,
        .timed_out = showing->loaded && showing->report.reason == TT_REASON_LIMIT,
        .too_much = showing->output.length >= MAX_OUTPUT,
    };
}

void tt_cli_showing_free(TtCliShowing *showing) {
    tt_strbuf_free(&showing->output);
    tt_strbuf_free(&showing->errors);
}
