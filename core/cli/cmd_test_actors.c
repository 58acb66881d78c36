// SPDX-License-Identifier: MIT
/**
 * `ttvm test-… [DIR]`: runs the programs in the folder of `programs/` named like the command (or those of
 * DIR) inside this process, in several modes, and reports every check of their comments in every mode.
 */
#include "showing.h"
#include "table.h"
#include "vm/std_embed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Milliseconds a program may run when it says nothing; sanitizers make it many times slower. */
#define DEFAULT_MS 60000u
/** Threads in the modes with several: more than one even on a machine with one core. */
#define WORKERS 4u
/** Instructions of a slice in the mode `parallel`: longer than any of its programs runs. */
#define ENDLESS_SLICE 1000000000u
#define SEED          7u
/** Lines of standard error shown of a run that failed. */
#define SHOWN_ERROR_LINES 15

/** The programs of core/cli/programs; made by embed_std.cmake. */
extern const TtStdFile tt_cli_programs[];

typedef enum Mode { MODE_SMP, MODE_NO_SMP, MODE_SEEDED, MODE_IMAGE, MODE_PARALLEL, MODE_COUNT } Mode;

static const struct {
    const char *name;
    bool usual; /* for programs without a `modes:` comment */
} modes[MODE_COUNT] = {
    [MODE_SMP] = {"smp", true},     [MODE_NO_SMP] = {"no-smp", true},      [MODE_SEEDED] = {"seeded", true},
    [MODE_IMAGE] = {"image", true}, [MODE_PARALLEL] = {"parallel", false},
};

typedef struct Program {
    char *name;   /* without folder */
    char *source; /* NUL-terminated */
    size_t length;
    TtCliExpectations expectations;
    bool runs[MODE_COUNT];
    bool *passed[MODE_COUNT]; /* checks.count + 1 entries */
    TtStrbuf wrong;
} Program;

typedef struct Suite {
    const TtCliArgs *args;
    TT_VEC(Program) programs;
    uint32_t passed, failed;
} Suite;

/* ---- finding the programs ------------------------------------------------------------------------ */

static void add_program(Suite *suite, const char *name, char *source, size_t length) {
    Program program = {.name = tt_alloc_string(name, strlen(name)), .source = source, .length = length};
    tt_cli_expect_parse(&program.expectations, source, length);
    if (program.expectations.checks.count == 0)
        tt_strbuf_add_text(&program.expectations.problems, "it has no comment 'check: …'\n");
    for (Mode mode = 0; mode < MODE_COUNT; mode++)
        program.runs[mode] = program.expectations.has_modes
                                 ? tt_cli_spans_have(&program.expectations.modes, modes[mode].name)
                                 : modes[mode].usual;
    tt_vec_push(&suite->programs, program);
}

static void add_own_programs(Suite *suite, const char *command) {
    size_t prefix = strlen(command);
    for (const TtStdFile *file = tt_cli_programs; file->path; file++) {
        if (strncmp(file->path, command, prefix) != 0 || file->path[prefix] != '/') continue;
        char *source = tt_alloc_string((const char *)file->bytes, file->length);
        add_program(suite, file->path + prefix + 1, source, file->length);
    }
}

static void add_found(void *context, const char *folder, const char *name, char *source, size_t length) {
    (void)folder;
    add_program(context, name, source, length);
}

/* ---- running one --------------------------------------------------------------------------------- */

static TtConfig config_for(Mode mode, const Program *program) {
    TtConfig config;
    tt_config_default(&config);
    unsigned seconds = program->expectations.timeout;
    config.max_time_ms = seconds ? seconds * 1000ull : DEFAULT_MS;
    switch (mode) {
    case MODE_SMP:
    case MODE_IMAGE: config.workers = WORKERS; break;
    case MODE_PARALLEL:
        config.workers = WORKERS;
        config.reductions = ENDLESS_SLICE;
        break;
    case MODE_NO_SMP: config.single_thread = true; break;
    case MODE_SEEDED:
        config.seeded = config.virtual_time = config.single_thread = true;
        config.seed = SEED;
        break;
    case MODE_COUNT: break;
    }
    return config;
}

static bool run_program(const Program *program, Mode mode, TtCliShowing *showing) {
    TtCliProgramText text = {program->name, program->source, program->length, mode == MODE_IMAGE};
    TtConfig config = config_for(mode, program);
    return tt_cli_show(&text, &config, showing);
}

static bool equal_texts(const TtStrbuf *a, const TtStrbuf *b) {
    return a->length == b->length && (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

/** A seeded program runs twice: the same seed, the same run, down to the number of instructions. */
static bool runs_the_same_again(const Program *program, Mode mode, const TtCliShowing *first) {
    TtCliShowing again = {0};
    bool same = run_program(program, mode, &again) && equal_texts(&first->output, &again.output) &&
                equal_texts(&first->errors, &again.errors) &&
                first->report.instructions == again.report.instructions &&
                first->report.messages == again.report.messages;
    tt_cli_showing_free(&again);
    return same;
}

static void add_first_lines(TtStrbuf *out, const char *text) {
    int line = 0;
    for (; *text && line < SHOWN_ERROR_LINES; line++) {
        size_t length = strcspn(text, "\n");
        tt_strbuf_add_text(out, "      ");
        tt_strbuf_add(out, text, length);
        tt_strbuf_add_char(out, '\n');
        text += length + (text[length] == '\n');
    }
    if (*text) tt_strbuf_add_text(out, "      …\n");
}

static void explain(Program *program, Mode mode, const TtCliShowing *showing, const TtCliRunResult *result) {
    TtStrbuf wrong = {0};
    tt_cli_expect_judge(&program->expectations, result, &wrong);
    tt_strbuf_add_format(&program->wrong, "    %s:\n", modes[mode].name);
    add_first_lines(&program->wrong, tt_strbuf_text(&wrong));
    if (showing->errors.length > 0) {
        tt_strbuf_add_text(&program->wrong, "    standard error:\n");
        add_first_lines(&program->wrong, showing->errors.bytes);
    }
    tt_strbuf_free(&wrong);
}

static void run_in_mode(Program *program, Mode mode) {
    uint32_t checks = program->expectations.checks.count;
    bool *passed = program->passed[mode] = tt_alloc_zero((checks + 1) * sizeof *passed);
    TtCliShowing showing = {0};
    if (!run_program(program, mode, &showing)) {
        tt_strbuf_add_format(&program->wrong, "    %s: cannot start: %s\n", modes[mode].name,
                             strerror(errno));
        return;
    }
    TtCliRunResult result = tt_cli_showing_result(&showing);
    if (!tt_cli_expect_judge_checks(&program->expectations, &result, passed))
        explain(program, mode, &showing, &result);
    if (mode == MODE_SEEDED && passed[checks] && !runs_the_same_again(program, mode, &showing)) {
        passed[checks] = false;
        tt_strbuf_add_text(&program->wrong, "    seeded: a second run with the same seed differs\n");
    }
    tt_cli_showing_free(&showing);
}

/* ---- the report ---------------------------------------------------------------------------------- */

static void add_row(Suite *suite, TtCliTable *table, const Program *program, uint32_t check,
                    const bool *shown) {
    const TtCliExpectations *expectations = &program->expectations;
    TtCliSpan title = {"ends as it should, nothing else happens", 39};
    if (check < expectations->checks.count) title = expectations->checks.items[check].title;
    tt_cli_table_add(table, TT_CLI_PLAIN, "%s", check == 0 ? program->name : "");
    tt_cli_table_add(table, TT_CLI_PLAIN, "%.*s", (int)title.length, title.bytes);
    for (Mode mode = 0; mode < MODE_COUNT; mode++) {
        if (!shown[mode]) continue;
        if (!program->runs[mode]) {
            tt_cli_table_add(table, TT_CLI_PLAIN, "·");
        } else if (program->passed[mode] && program->passed[mode][check]) {
            tt_cli_table_add(table, TT_CLI_GREEN, "passed");
            suite->passed++;
        } else {
            tt_cli_table_add(table, TT_CLI_RED, "FAILED");
            suite->failed++;
        }
    }
}

static void add_table(Suite *suite, TtStrbuf *out, bool color) {
    bool shown[MODE_COUNT] = {false};
    TtCliTable table = {.columns = 2};
    for (uint32_t i = 0; i < suite->programs.count; i++)
        for (Mode mode = 0; mode < MODE_COUNT; mode++)
            shown[mode] = shown[mode] || suite->programs.items[i].runs[mode];
    tt_cli_table_add(&table, TT_CLI_PLAIN, "Program");
    tt_cli_table_add(&table, TT_CLI_PLAIN, "Check");
    for (Mode mode = 0; mode < MODE_COUNT; mode++) {
        if (!shown[mode]) continue;
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%s", modes[mode].name);
        table.columns++;
    }
    for (uint32_t i = 0; i < suite->programs.count; i++) {
        const Program *program = &suite->programs.items[i];
        for (uint32_t check = 0; check <= program->expectations.checks.count; check++)
            add_row(suite, &table, program, check, shown);
    }
    tt_cli_table_print(&table, out, color);
    tt_cli_table_free(&table);
}

static int report(Suite *suite) {
    bool color = tt_cli_use_color(suite->args, STDOUT_FILENO);
    TtStrbuf out = {0};
    add_table(suite, &out, color);
    for (uint32_t i = 0; i < suite->programs.count; i++) {
        const Program *program = &suite->programs.items[i];
        if (program->wrong.length == 0) continue;
        tt_cli_add_painted(&out, TT_CLI_RED, color, "FAILED ");
        tt_strbuf_add_format(&out, "%s\n%s", program->name, program->wrong.bytes);
    }
    char text[64];
    snprintf(text, sizeof text, "%u passed, %u failed", suite->passed, suite->failed);
    tt_cli_add_painted(&out, suite->failed ? TT_CLI_RED : TT_CLI_GREEN, color, text);
    tt_strbuf_add_char(&out, '\n');
    int status = tt_cli_put_result(suite->args, out.bytes, out.length);
    tt_strbuf_free(&out);
    return status ? status : suite->failed ? TT_CLI_FAILED : TT_CLI_OK;
}

/* ---- the command --------------------------------------------------------------------------------- */

static int compare_programs(const void *a, const void *b) {
    return strcmp(((const Program *)a)->name, ((const Program *)b)->name);
}

static void run_suite(Suite *suite) {
    for (uint32_t i = 0; i < suite->programs.count; i++) {
        Program *program = &suite->programs.items[i];
        if (program->expectations.problems.length > 0) {
            tt_strbuf_add_text(&program->wrong, "    its comments are wrong:\n");
            add_first_lines(&program->wrong, program->expectations.problems.bytes);
            continue;
        }
        for (Mode mode = 0; mode < MODE_COUNT; mode++)
            if (program->runs[mode]) run_in_mode(program, mode);
    }
}

static void free_program(Program *program) {
    for (Mode mode = 0; mode < MODE_COUNT; mode++) tt_free(program->passed[mode]);
    tt_cli_expect_free(&program->expectations);
    tt_strbuf_free(&program->wrong);
    tt_free(program->source);
    tt_free(program->name);
}

int tt_cli_cmd_test_actors(const TtCliArgs *args) {
    Suite suite = {.args = args};
    int status = TT_CLI_FAILED;
    const char *folder = args->operands.count > 0 ? args->operands.items[0] : NULL;
    if (!folder) add_own_programs(&suite, args->command->name);
    if (!folder || tt_cli_programs_of(args, folder, false, add_found, &suite)) {
        uint32_t count = suite.programs.count;
        if (count > 0) {
            qsort(suite.programs.items, count, sizeof *suite.programs.items, compare_programs);
            run_suite(&suite);
            status = report(&suite);
        } else {
            tt_cli_error(args, "there is no program in %s", folder ? folder : args->command->name);
        }
    }
    for (uint32_t i = 0; i < suite.programs.count; i++) free_program(&suite.programs.items[i]);
    tt_vec_free(&suite.programs);
    return status;
}
