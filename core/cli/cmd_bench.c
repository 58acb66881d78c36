// SPDX-License-Identifier: MIT
/**
 * `ttvm bench [DIR]`: how long programs take on each engine, plain and optimized. Those of DIR, or the
 * single-threaded ones of tests/bench, which are inside this program. Every run is judged by the comments of
 * its program; who shows something else has no time. Engines take turns, so a busy machine meets all alike.
 */
#include "port/clock.h"
#include "showing.h"
#include "table.h"
#include "vm/std_embed.h"

#include <string.h>
#include <unistd.h>

/** Rounds of one program: so many, or as many as begin in this time, one at least. */
#define ROUNDS        5
#define NS_OF_PROGRAM 4000000000ull
/** Milliseconds that one run may take. */
#define MOST_MS 60000u

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

static void free_program(Program *program) {
    tt_free(program->name);
    tt_free(program->source);
    tt_cli_expect_free(&program->expectations);
    tt_strbuf_free(&program->wrong);
}

static void add_own_programs(Bench *bench) {
    for (const TtStdFile *file = tt_cli_bench_programs; file->path; file++)
        add_program(bench, file->path, tt_alloc_string((const char *)file->bytes, file->length),
                    file->length);
}

static void add_found(void *context, const char *folder, const char *name, char *source, size_t length) {
    Bench *bench = context;
    TtStrbuf path = {0};
    tt_strbuf_add_format(&path, "%s/%s", folder, name);
    add_program(bench, path.bytes, source, length);
    tt_strbuf_free(&path);
}

/** False when the folder or a program in it cannot be read. */
static bool add_programs_of(Bench *bench, const char *folder) {
    bool fine = tt_cli_programs_of(bench->args, folder, true, add_found, bench);
    uint32_t kept = 0;
    for (uint32_t i = 0; fine && i < bench->programs.count; i++) {
        Program *program = &bench->programs.items[i];
        if (program->expectations.module)
            free_program(program);
        else
            bench->programs.items[kept++] = *program;
    }
    if (fine) bench->programs.count = kept;
    return fine;
}

static void free_programs(Bench *bench) {
    for (uint32_t i = 0; i < bench->programs.count; i++) free_program(&bench->programs.items[i]);
    tt_vec_free(&bench->programs);
}

/* ---- a run --------------------------------------------------------------------------------------------- */

/** One run, judged; false when it was not as expected. */
static bool measure(const Bench *bench, Program *program, size_t engine) {
    TtConfig config = bench->args->settings.config;
    config.registers = engines[engine].registers;
    config.optimize = engines[engine].optimize;
    if (!config.workers) config.single_thread = true;
    if (!config.max_time_ms) config.max_time_ms = MOST_MS;
    TtCliProgramText text = {.name = program->name, .source = program->source, .length = program->length};
    TtCliShowing showing = {0};
    TtStrbuf wrong = {0};
    bool fine = tt_cli_show(&text, &config, &showing);
    if (fine) {
        TtCliRunResult result = tt_cli_showing_result(&showing);
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
    tt_cli_showing_free(&showing);
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
