// SPDX-License-Identifier: MIT
/**
 * `ttvm test-all [DIR]`: runs every program below a folder in a child process of its own and compares what
 * it shows with the expectations in its comments.
 */
#include "cmd.h"

#include "base/config.h"
#include "base/utf8.h"
#include "cli/host/files.h"
#include "expect.h"
#include "port/thread.h"
#include "table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#define DEFAULT_SECONDS  20
#define MAX_OUTPUT_BYTES (64u << 20)
#define MAX_JOBS         4
/** Lines of standard error shown of a test that failed. */
#define SHOWN_ERROR_LINES 15
/** Folders inside each other that are searched. */
#define MAX_FOLDER_DEPTH 16

typedef enum Outcome { OUTCOME_WAITING, OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_SKIPPED } Outcome;

struct Run;

typedef struct Test {
    char *path; /* as shown */
    char *source;
    TtCliExpectations expectations;
    Outcome outcome;
    uint64_t ns;
    TtStrbuf wrong;
} Test;

/** One of the two output streams of a child. */
typedef struct Stream {
    uv_pipe_t pipe;
    TtStrbuf text;
    struct Run *run;
} Stream;

/** A child process. Its handles are closed one by one; the last one ends the test. */
typedef struct Run {
    struct Suite *suite;
    Test *test;
    uv_process_t process;
    uv_timer_t timer;
    uv_pipe_t input;
    Stream streams[2];
    uv_write_t write;
    int open_handles;
    uint64_t started_ns;
    TtCliRunResult result;
    bool exited;
} Run;

typedef struct Suite {
    const TtCliArgs *args;
    char *program; /* path of this executable */
    TT_VEC(Test) tests;
    uint32_t next, ended;
    uv_loop_t loop;
    bool progress;
} Suite;

/* ---- finding the programs ------------------------------------------------------------------------ */

static bool is_program(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot && (strcmp(dot, ".ttvm") == 0 || strcmp(dot, ".lisp") == 0);
}

static bool add_test(Suite *suite, const char *path) {
    Test test = {.path = tt_alloc_string(path, strlen(path))};
    size_t length;
    int error = tt_cli_file_read(path, TT_MAX_SOURCE_BYTES, &test.source, &length, NULL);
    if (error) {
        tt_cli_error(suite->args, "cannot read %s: %s", path, tt_cli_errno_text(error));
        tt_free(test.path);
        return false;
    }
    tt_cli_expect_parse(&test.expectations, test.source, length);
    tt_vec_push(&suite->tests, test);
    return true;
}

/** Adds all programs below `folder`; false when it cannot be read. */
static bool find_tests(Suite *suite, const char *folder, int depth) {
    uv_fs_t scan;
    int count = uv_fs_scandir(NULL, &scan, folder, 0, NULL);
    if (count < 0) {
        tt_cli_error(suite->args, "cannot read the folder %s: %s", folder, tt_cli_errno_text(-count));
        uv_fs_req_cleanup(&scan);
        return false;
    }
    bool fine = true;
    uv_dirent_t entry;
    while (fine && uv_fs_scandir_next(&scan, &entry) == 0) {
        TtStrbuf path = {0};
        size_t length = strlen(folder);
        tt_strbuf_add_format(&path, "%s%s%s", folder, length > 0 && folder[length - 1] == '/' ? "" : "/",
                             entry.name);
        bool hidden = entry.name[0] == '.';
        if (entry.type == UV_DIRENT_DIR && !hidden && depth < MAX_FOLDER_DEPTH)
            fine = find_tests(suite, path.bytes, depth + 1);
        else if (entry.type != UV_DIRENT_DIR && !hidden && is_program(entry.name))
            fine = add_test(suite, path.bytes);
        tt_strbuf_free(&path);
    }
    uv_fs_req_cleanup(&scan);
    return fine;
}

static int compare_tests(const void *a, const void *b) {
    return strcmp(((const Test *)a)->path, ((const Test *)b)->path);
}

/* ---- running one --------------------------------------------------------------------------------- */

static void start_next(Suite *suite);

static void show_progress(const Suite *suite) {
    if (!suite->progress) return;
    char text[64];
    int length = snprintf(text, sizeof text, "\r%u of %u\x1b[K", suite->ended, suite->tests.count);
    tt_cli_put(STDERR_FILENO, text, (size_t)length);
}

static void end_test(Suite *suite, Test *test, Outcome outcome) {
    test->outcome = outcome;
    suite->ended++;
    show_progress(suite);
}

static void finish_run(Run *run) {
    Suite *suite = run->suite;
    Test *test = run->test;
    TtStrbuf *output = &run->streams[0].text, *errors = &run->streams[1].text;
    run->result.output = (TtCliSpan){tt_strbuf_text(output), output->length};
    run->result.errors = (TtCliSpan){tt_strbuf_text(errors), errors->length};
    bool passed = tt_cli_expect_judge(&test->expectations, &run->result, &test->wrong);
    if (!passed && errors->length > 0) {
        tt_strbuf_add_text(&test->wrong, "standard error:\n");
        const char *at = errors->bytes;
        for (int line = 0; *at && line < SHOWN_ERROR_LINES; line++) {
            size_t length = strcspn(at, "\n");
            tt_strbuf_add_text(&test->wrong, "  ");
            tt_strbuf_add(&test->wrong, at, length);
            tt_strbuf_add_char(&test->wrong, '\n');
            at += length + (at[length] == '\n');
        }
        if (*at) tt_strbuf_add_text(&test->wrong, "  …\n");
    }
    end_test(suite, test, passed ? OUTCOME_PASSED : OUTCOME_FAILED);
    tt_strbuf_free(output);
    tt_strbuf_free(errors);
    tt_free(run);
    start_next(suite);
}

static void on_close(uv_handle_t *handle) {
    Run *run = handle->data;
    if (--run->open_handles == 0) finish_run(run);
}

static void close_handle(void *handle) {
    if (!uv_is_closing(handle)) uv_close(handle, on_close);
}

static void kill_run(Run *run) {
    if (!run->exited) uv_process_kill(&run->process, SIGKILL);
    /* A grandchild may hold the streams open: nothing more is expected of them. */
    close_handle(&run->streams[0].pipe);
    close_handle(&run->streams[1].pipe);
}

static void on_end(uv_process_t *process, int64_t status, int term_signal) {
    Run *run = process->data;
    run->exited = true;
    run->test->ns = uv_hrtime() - run->started_ns;
    run->result.exit = (int)status;
    run->result.signal = term_signal;
    close_handle(process);
    close_handle(&run->timer);
    close_handle(&run->input);
}

static void on_timeout(uv_timer_t *timer) {
    Run *run = timer->data;
    run->result.timed_out = true;
    kill_run(run);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)handle;
    *buffer = uv_buf_init(tt_alloc(suggested), (unsigned)suggested);
}

static void on_read(uv_stream_t *pipe, ssize_t count, const uv_buf_t *buffer) {
    Run *run = pipe->data;
    Stream *stream = &run->streams[pipe == (uv_stream_t *)&run->streams[1].pipe];
    if (count > 0) tt_strbuf_add(&stream->text, buffer->base, (size_t)count);
    tt_free(buffer->base);
    if (count < 0) {
        close_handle(pipe);
    } else if (stream->text.length > MAX_OUTPUT_BYTES) {
        run->result.too_much = true;
        kill_run(run);
    }
}

static void on_written(uv_write_t *write, int status) {
    (void)status; /* the program may end without reading it all */
    close_handle(write->handle);
}

/** NAME=value entries of this process, without what changes how programs run, then those of the test. */
static char **make_environment(const TtCliExpectations *expectations) {
    static const char *const left_out[] = {"TTVM_PATH=", "NO_COLOR=", "LC_ALL="};
    extern char **environ;
    TT_VEC(char *) list = {0};
    for (char **entry = environ; *entry; entry++) {
        bool keep = true;
        for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
            if (strncmp(*entry, left_out[i], strlen(left_out[i])) == 0) keep = false;
        if (keep) tt_vec_push(&list, tt_alloc_string(*entry, strlen(*entry)));
    }
    tt_vec_push(&list, tt_alloc_string("NO_COLOR=1", strlen("NO_COLOR=1")));
    tt_vec_push(&list, tt_alloc_string("LC_ALL=C.UTF-8", strlen("LC_ALL=C.UTF-8")));
    for (uint32_t i = 0; i < expectations->env.count; i++) {
        TtCliSpan entry = expectations->env.items[i];
        const char *equals = memchr(entry.bytes, '=', entry.length);
        size_t name = (size_t)(equals - entry.bytes) + 1;
        for (uint32_t j = 0; j < list.count; j++) {
            if (strncmp(list.items[j], entry.bytes, name) != 0) continue;
            tt_free(list.items[j]);
            list.items[j--] = tt_vec_pop(&list);
        }
        tt_vec_push(&list, tt_alloc_string(entry.bytes, entry.length));
    }
    tt_vec_push(&list, NULL);
    return list.items;
}

static void add_spans(TtCliSpans spans, char ***items, uint32_t *count, uint32_t *capacity) {
    for (uint32_t i = 0; i < spans.count; i++) {
        if (*count + 1 > *capacity) *items = tt_vec_grow(*items, sizeof **items, capacity, *count + 1);
        (*items)[(*count)++] = tt_alloc_string(spans.items[i].bytes, spans.items[i].length);
    }
}

/** `ttvm OPTIONS name.ttvm ARGS`. */
static char **make_arguments(const Suite *suite, const Test *test, const char *name) {
    TT_VEC(char *) list = {0};
    tt_vec_push(&list, tt_alloc_string("ttvm", strlen("ttvm")));
    for (uint32_t i = 0; i < suite->args->run_options.count; i++) {
        const char *option = suite->args->run_options.items[i];
        tt_vec_push(&list, tt_alloc_string(option, strlen(option)));
    }
    add_spans(test->expectations.options, &list.items, &list.count, &list.capacity);
    tt_vec_push(&list, tt_alloc_string(name, strlen(name)));
    add_spans(test->expectations.args, &list.items, &list.count, &list.capacity);
    tt_vec_push(&list, NULL);
    return list.items;
}

static void free_words(char **words) {
    for (char **word = words; *word; word++) tt_free(*word);
    tt_free(words);
}

static void open_handles(Run *run) {
    uv_loop_t *loop = &run->suite->loop;
    uv_timer_init(loop, &run->timer);
    uv_pipe_init(loop, &run->input, 0);
    uv_pipe_init(loop, &run->streams[0].pipe, 0);
    uv_pipe_init(loop, &run->streams[1].pipe, 0);
    run->process.data = run->timer.data = run->input.data = run;
    run->streams[0].pipe.data = run->streams[1].pipe.data = run;
    run->open_handles = 5;
}

/** Streams and limits of a child that was started. */
static void serve_run(Run *run) {
    TtCliExpectations *expectations = &run->test->expectations;
    unsigned seconds = expectations->timeout ? expectations->timeout : DEFAULT_SECONDS;
    uv_timer_start(&run->timer, on_timeout, seconds * 1000ull, 0);
    for (int i = 0; i < 2; i++) uv_read_start((uv_stream_t *)&run->streams[i].pipe, give_room, on_read);
    uv_buf_t input = uv_buf_init(expectations->input.bytes, (unsigned)expectations->input.length);
    if (input.len == 0 || uv_write(&run->write, (uv_stream_t *)&run->input, &input, 1, on_written) != 0)
        close_handle(&run->input);
}

static void start_run(Suite *suite, Test *test) {
    Run *run = tt_alloc_zero(sizeof *run);
    run->suite = suite;
    run->test = test;
    open_handles(run);
    char *slash = strrchr(test->path, '/');
    char *folder = tt_alloc_string(test->path, slash ? (size_t)(slash - test->path) : 0);
    char **arguments = make_arguments(suite, test, slash ? slash + 1 : test->path);
    char **environment = make_environment(&test->expectations);
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&run->input},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&run->streams[0].pipe},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&run->streams[1].pipe},
    };
    uv_process_options_t options = {
        .exit_cb = on_end,
        .file = suite->program,
        .args = arguments,
        .env = environment,
        .cwd = *folder ? folder : NULL,
        .stdio_count = 3,
        .stdio = stdio,
    };
    run->started_ns = uv_hrtime();
    int error = uv_spawn(&suite->loop, &run->process, &options);
    free_words(arguments);
    free_words(environment);
    tt_free(folder);
    if (error) {
        tt_strbuf_add_format(&test->wrong, "cannot be started: %s\n", uv_strerror(error));
        run->exited = true;
        run->result.exit = -1;
        close_handle(&run->process);
        close_handle(&run->timer);
        close_handle(&run->input);
        close_handle(&run->streams[0].pipe);
        close_handle(&run->streams[1].pipe);
        return;
    }
    serve_run(run);
}

/** The mode the programs run in, as `modes:` comments name it. */
static const char *mode_of(const Suite *suite) {
    const TtConfig *config = &suite->args->settings.config;
    return config->single_thread || config->seeded || config->virtual_time ? "no-smp" : "smp";
}

static bool runs_here(const Suite *suite, const TtCliExpectations *expectations) {
    return !expectations->has_modes || tt_cli_spans_have(&expectations->modes, "native") ||
           tt_cli_spans_have(&expectations->modes, mode_of(suite));
}

/** Starts the next test that needs a process, settling those that need none. */
static void start_next(Suite *suite) {
    while (suite->next < suite->tests.count) {
        Test *test = &suite->tests.items[suite->next++];
        if (test->expectations.problems.length > 0) {
            tt_strbuf_add_text(&test->wrong, test->expectations.problems.bytes);
            end_test(suite, test, OUTCOME_FAILED);
        } else if (!runs_here(suite, &test->expectations)) {
            end_test(suite, test, OUTCOME_SKIPPED);
        } else {
            start_run(suite, test);
            return;
        }
    }
}

/* ---- the report ---------------------------------------------------------------------------------- */

static TtCliPaint paint_of_time(double ms) {
    return ms < 200 ? TT_CLI_GREEN : ms < 2000 ? TT_CLI_YELLOW : TT_CLI_RED;
}

static void add_row(TtCliTable *table, const Test *test) {
    static const struct {
        const char *text;
        TtCliPaint paint;
    } outcomes[] = {
        [OUTCOME_WAITING] = {"not run", TT_CLI_RED},
        [OUTCOME_PASSED] = {"passed", TT_CLI_GREEN},
        [OUTCOME_FAILED] = {"FAILED", TT_CLI_RED},
        [OUTCOME_SKIPPED] = {"skipped", TT_CLI_YELLOW},
    };
    double ms = (double)test->ns / 1e6;
    tt_cli_table_add(table, TT_CLI_PLAIN, "%s", test->path);
    tt_cli_table_add(table, outcomes[test->outcome].paint, "%s", outcomes[test->outcome].text);
    if (test->ns)
        tt_cli_table_add(table, paint_of_time(ms), "%.1f", ms);
    else
        tt_cli_table_add(table, TT_CLI_PLAIN, "%s", "");
}

/** Each line of `text` indented. */
static void add_indented(TtStrbuf *out, const char *text) {
    while (*text) {
        size_t length = strcspn(text, "\n");
        tt_strbuf_add_text(out, "    ");
        tt_strbuf_add(out, text, length);
        tt_strbuf_add_char(out, '\n');
        text += length + (text[length] == '\n');
    }
}

static int report(const Suite *suite, uint64_t ns) {
    bool color = tt_cli_use_color(suite->args, STDOUT_FILENO);
    TtCliTable table = {.columns = 3, .right = 1u << 2};
    tt_cli_table_add(&table, TT_CLI_PLAIN, "Program");
    tt_cli_table_add(&table, TT_CLI_PLAIN, "Result");
    tt_cli_table_add(&table, TT_CLI_PLAIN, "Time (ms)");
    uint32_t passed = 0, failed = 0, skipped = 0;
    TtStrbuf out = {0};
    for (uint32_t i = 0; i < suite->tests.count; i++) {
        const Test *test = &suite->tests.items[i];
        add_row(&table, test);
        if (test->outcome == OUTCOME_PASSED)
            passed++;
        else if (test->outcome == OUTCOME_SKIPPED)
            skipped++;
        else
            failed++;
    }
    tt_cli_table_print(&table, &out, color);
    tt_cli_table_free(&table);
    for (uint32_t i = 0; i < suite->tests.count; i++) {
        const Test *test = &suite->tests.items[i];
        if (test->outcome != OUTCOME_FAILED) continue;
        tt_cli_add_painted(&out, TT_CLI_RED, color, "FAILED ");
        tt_strbuf_add_format(&out, "%s\n", test->path);
        add_indented(&out, tt_strbuf_text(&test->wrong));
    }
    tt_strbuf_add_format(&out, "%u programs in %.1f s", passed + failed, (double)ns / 1e9);
    if (skipped) tt_strbuf_add_format(&out, ", %u skipped: they do not run in this mode", skipped);
    char text[64];
    snprintf(text, sizeof text, "%u passed, %u failed", passed, failed);
    tt_strbuf_add_char(&out, '\n');
    tt_cli_add_painted(&out, failed ? TT_CLI_RED : TT_CLI_GREEN, color, text);
    tt_strbuf_add_char(&out, '\n');
    int status = tt_cli_put_result(suite->args, out.bytes, out.length);
    tt_strbuf_free(&out);
    return status ? status : failed ? TT_CLI_FAILED : TT_CLI_OK;
}

/* ---- the command --------------------------------------------------------------------------------- */

static void free_test(Test *test) {
    tt_cli_expect_free(&test->expectations);
    tt_strbuf_free(&test->wrong);
    tt_free(test->source);
    tt_free(test->path);
}

/** Programs that are run, sorted; modules are only imported. */
static void drop_modules(Suite *suite) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < suite->tests.count; i++) {
        Test test = suite->tests.items[i];
        if (test.expectations.module)
            free_test(&test);
        else
            suite->tests.items[kept++] = test;
    }
    suite->tests.count = kept;
    if (kept > 0) qsort(suite->tests.items, kept, sizeof *suite->tests.items, compare_tests);
}

static int run_suite(Suite *suite) {
    char path[4096];
    size_t length = sizeof path;
    int error = uv_exepath(path, &length);
    if (!error) error = uv_loop_init(&suite->loop);
    if (error) {
        tt_cli_error(suite->args, "cannot start: %s", uv_strerror(error));
        return TT_CLI_FAILED;
    }
    suite->program = path;
    suite->progress = isatty(STDERR_FILENO) && tt_cli_use_color(suite->args, STDERR_FILENO);
    uint64_t started = uv_hrtime();
    unsigned jobs = tt_thread_cores();
    for (unsigned i = 0; i < jobs && i < MAX_JOBS; i++) start_next(suite);
    uv_run(&suite->loop, UV_RUN_DEFAULT);
    uv_loop_close(&suite->loop);
    if (suite->progress) tt_cli_put(STDERR_FILENO, "\r\x1b[K", 4);
    return report(suite, uv_hrtime() - started);
}

int tt_cli_cmd_test_all(const TtCliArgs *args) {
    Suite suite = {.args = args};
    const char *folder = args->operands.count > 0 ? args->operands.items[0] : "examples";
    int status = TT_CLI_FAILED;
    if (find_tests(&suite, folder, 0)) {
        drop_modules(&suite);
        if (suite.tests.count > 0)
            status = run_suite(&suite);
        else
            tt_cli_error(args, "there is no program in %s", folder);
    }
    for (uint32_t i = 0; i < suite.tests.count; i++) free_test(&suite.tests.items[i]);
    tt_vec_free(&suite.tests);
    return status;
}
