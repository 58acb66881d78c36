// SPDX-License-Identifier: MIT
/**
 * `ttvm bench [DIR]`: how long programs take on each engine, plain and optimized. Those of DIR, or the
 * single-threaded ones of tests/bench, which are inside this program. Every run is judged by the comments of
 * its program; who shows something else has no time. Engines take turns, so a busy machine meets all alike.
 */
#include "cmd.h"

#include "base/config.h"
#include "cli/host/files.h"
#include "expect.h"
#include "port/clock.h"
#include "table.h"
#include "vm/std_embed.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

/** Rounds of one program: so many, or as many as begin in this time, one at least. */
#define ROUNDS        5
#define NS_OF_PROGRAM 4000000000ull
/** Milliseconds that one run may take. */
#define MOST_MS    60000u
#define MAX_OUTPUT (1u << 20)

/** Made by embed_std.cmake. */
extern const TtStdFile tt_cli_bench_programs[];

static const struct {
    const char *title;
    bool registers, optimize;
} engines[] = {
    {"Stack (ms)", false, false},
    {"optimized", false, true},
    {"Register (ms)", true, false},
    {"optimized", true, true},
};

#define ENGINES (sizeof engines / sizeof *engines)

typedef struct Program {
    char *name, *source;
    size_t length;
    TtCliExpectations expectations;
    uint64_t best_ns[ENGINES]; /* 0: no run was as expected */
    uint64_t instructions[ENGINES];
    TtStrbuf wrong;
} Program;

typedef struct Bench {
    const TtCliArgs *args;
    TT_VEC(Program) programs;
} Bench;

/* ---- programs ------------------------------------------------------------------------------------------ */

static void add_program(Bench *bench, const char *name, char *source, size_t length) {
    Program program = {.name = tt_alloc_string(name, strlen(name)), .source = source, .length = length};
    tt_cli_expect_parse(&program.expectations, source, length);
    tt_strbuf_add(&program.wrong, tt_strbuf_text(&program.expectations.problems),
                  program.expectations.problems.length);
    tt_vec_push(&bench->programs, program);
}

static void add_own_programs(Bench *bench) {
    for (const TtStdFile *file = tt_cli_bench_programs; file->path; file++)
        add_program(bench, file->path, tt_alloc_string((const char *)file->bytes, file->length),
                    file->length);
}

static bool is_program(const char *name) {
    const char *dot = strrchr(name, '.');
    return name[0] != '.' && dot && (strcmp(dot, ".ttvm") == 0 || strcmp(dot, ".lisp") == 0);
}

/** The programs of a folder, by name; false when it or one of them cannot be read. */
static bool add_programs_of(Bench *bench, const char *folder) {
    uv_fs_t scan;
    int count = uv_fs_scandir(NULL, &scan, folder, 0, NULL);
    if (count < 0)
        tt_cli_error(bench->args, "cannot read the folder %s: %s", folder, tt_cli_errno_text(-count));
    bool fine = count >= 0;
    uv_dirent_t entry;
    while (fine && uv_fs_scandir_next(&scan, &entry) == 0) {
        if (!is_program(entry.name)) continue;
        TtStrbuf path = {0};
        tt_strbuf_add_format(&path, "%s/%s", folder, entry.name);
        char *source;
        size_t length;
        int error = tt_cli_file_read(path.bytes, TT_MAX_SOURCE_BYTES, &source, &length, NULL);
        fine = !error;
        if (error)
            tt_cli_error(bench->args, "cannot read %s: %s", path.bytes, tt_cli_errno_text(error));
        else
            add_program(bench, path.bytes, source, length);
        tt_strbuf_free(&path);
    }
    uv_fs_req_cleanup(&scan);
    if (fine) {
        uint32_t kept = 0;
        for (uint32_t i = 0; i < bench->programs.count; i++) {
            Program *program = &bench->programs.items[i];
            if (!program->expectations.module) bench->programs.items[kept++] = *program;
        }
        bench->programs.count = kept;
    }
    return fine;
}

static void free_programs(Bench *bench) {
    for (uint32_t i = 0; i < bench->programs.count; i++) {
        Program *program = &bench->programs.items[i];
        tt_free(program->name);
        tt_free(program->source);
        tt_cli_expect_free(&program->expectations);
        tt_strbuf_free(&program->wrong);
    }
    tt_vec_free(&bench->programs);
}

/* ---- a run --------------------------------------------------------------------------------------------- */

/** What one run showed. */
typedef struct Showing {
    TtStrbuf output, errors;
    TtReport report;
    uint64_t ns; /* of processors, from its start to its end, without loading */
} Showing;

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

static void run_on(const Program *program, TtHost *host, const TtConfig *config, Showing *showing) {
    const char *reason = NULL;
    TtVm *vm = tt_vm_create(config, &reason);
    showing->report.status = TT_CLI_FAILED;
    if (!vm) {
        tt_strbuf_add_format(&showing->errors, "%s\n", reason);
        return;
    }
    tt_cli_host_attach(host, vm);
    if (tt_vm_load_bytes(vm, program->name, program->source, program->length)) {
        uint64_t start = processor_ns();
        tt_vm_start(vm);
        tt_vm_wait(vm);
        showing->ns = processor_ns() - start;
        showing->report = tt_vm_report(vm);
    } else {
        tt_strbuf_add_text(&showing->errors, tt_vm_diagnostics_text(vm, false));
    }
    tt_cli_host_flush(host);
    tt_cli_host_attach(host, NULL);
    tt_vm_destroy(vm);
}

/** Runs the program on a host of its own that writes into temporary files; false when there are none. */
static bool run_program(const Bench *bench, const Program *program, size_t engine, Showing *showing) {
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
    if (host) {
        TtConfig config = bench->args->settings.config;
        config.host = host;
        config.registers = engines[engine].registers;
        config.optimize = engines[engine].optimize;
        if (!config.workers) config.single_thread = true;
        if (!config.max_time_ms) config.max_time_ms = MOST_MS;
        run_on(program, host, &config, showing);
        read_back(output, &showing->output);
        read_back(errors, &showing->errors);
        tt_cli_host_destroy(host);
    }
    if (output) fclose(output);
    if (errors) fclose(errors);
    if (input >= 0) close(input);
    return host != NULL;
}

/** One run, judged; false when it was not as expected. */
static bool measure(const Bench *bench, Program *program, size_t engine) {
    Showing showing = {0};
    TtStrbuf wrong = {0};
    bool fine = run_program(bench, program, engine, &showing);
    if (fine) {
        TtCliRunResult result = {
            .output = {tt_strbuf_text(&showing.output), showing.output.length},
            .errors = {tt_strbuf_text(&showing.errors), showing.errors.length},
            .exit = showing.report.status,
            .timed_out = showing.report.reason == TT_REASON_LIMIT,
            .too_much = showing.output.length >= MAX_OUTPUT,
        };
        fine = tt_cli_expect_judge(&program->expectations, &result, &wrong);
    } else {
        tt_strbuf_add_text(&wrong, "no temporary files\n");
    }
    if (fine) {
        if (!program->best_ns[engine] || showing.ns < program->best_ns[engine])
            program->best_ns[engine] = showing.ns ? showing.ns : 1;
        program->instructions[engine] = showing.report.instructions;
    } else {
        tt_strbuf_add_format(&program->wrong, "%s %s:\n%s", engines[engine].registers ? "registers" : "stack",
                             engines[engine].optimize ? "optimized" : "plain", tt_strbuf_text(&wrong));
        program->best_ns[engine] = 0;
    }
    tt_strbuf_free(&wrong);
    tt_strbuf_free(&showing.output);
    tt_strbuf_free(&showing.errors);
    return fine;
}

static void measure_program(const Bench *bench, Program *program) {
    uint64_t start = tt_clock_ns();
    bool fine = program->wrong.length == 0;
    for (int round = 0; fine && round < ROUNDS && (!round || tt_clock_ns() - start < NS_OF_PROGRAM); round++)
        for (size_t engine = 0; engine < ENGINES; engine++) fine = measure(bench, program, engine) && fine;
}

/* ---- the report ---------------------------------------------------------------------------------------- */

static void add_time(TtCliTable *table, const Program *program, size_t engine) {
    uint64_t ns = program->best_ns[engine], base = program->best_ns[0];
    if (!ns) {
        tt_cli_table_add(table, TT_CLI_RED, "failed");
        return;
    }
    /* Against the plain stack engine: 5 % are noise. */
    TtCliPaint paint = engine == 0 || !base   ? TT_CLI_PLAIN
                       : ns * 20 < base * 19  ? TT_CLI_GREEN
                       : ns * 20 <= base * 21 ? TT_CLI_PLAIN
                       : ns * 10 <= base * 12 ? TT_CLI_YELLOW
                                              : TT_CLI_RED;
    tt_cli_table_add(table, paint, "%.1f", (double)ns / 1e6);
}

static int report(const Bench *bench) {
    TtCliTable table = {.columns = 2 + ENGINES + 1, .right = 0x7Eu};
    tt_cli_table_add(&table, TT_CLI_PLAIN, "Program");
    for (size_t engine = 0; engine < ENGINES; engine++)
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%s", engines[engine].title);
    tt_cli_table_add(&table, TT_CLI_PLAIN, "Instructions");
    tt_cli_table_add(&table, TT_CLI_PLAIN, "million/s");
    uint32_t failed = 0;
    for (uint32_t i = 0; i < bench->programs.count; i++) {
        const Program *program = &bench->programs.items[i];
        failed += program->wrong.length > 0;
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%s", program->name);
        for (size_t engine = 0; engine < ENGINES; engine++) add_time(&table, program, engine);
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%llu", (unsigned long long)program->instructions[0]);
        if (program->best_ns[0])
            tt_cli_table_add(&table, TT_CLI_PLAIN, "%.0f",
                             (double)program->instructions[0] * 1e3 / (double)program->best_ns[0]);
        else
            tt_cli_table_add(&table, TT_CLI_PLAIN, "–");
    }
    TtStrbuf out = {0};
    bool color = tt_cli_use_color(bench->args, STDOUT_FILENO);
    tt_strbuf_add_text(&out, "=== Benchmarks: processor time, best of several runs ===\n");
    if (bench->args->settings.no_table)
        tt_cli_table_print_plain(&table, &out, color);
    else
        tt_cli_table_print(&table, &out, color);
    for (uint32_t i = 0; i < bench->programs.count; i++)
        if (bench->programs.items[i].wrong.length)
            tt_strbuf_add_format(&out, "%s, %s", bench->programs.items[i].name,
                                 bench->programs.items[i].wrong.bytes);
    int status = tt_cli_put_result(bench->args, out.bytes, out.length);
    tt_strbuf_free(&out);
    tt_cli_table_free(&table);
    return status == TT_CLI_OK && failed ? TT_CLI_FAILED : status;
}

int tt_cli_cmd_bench(const TtCliArgs *args) {
    Bench bench = {.args = args};
    int status = TT_CLI_FAILED;
    bool found = true;
    if (args->operands.count)
        found = add_programs_of(&bench, args->operands.items[0]);
    else
        add_own_programs(&bench);
    if (found && !bench.programs.count) {
        tt_cli_error(args, "no programs in %s", args->operands.items[0]);
    } else if (found) {
        for (uint32_t i = 0; i < bench.programs.count; i++) measure_program(&bench, &bench.programs.items[i]);
        status = report(&bench);
    }
    free_programs(&bench);
    return status;
}
