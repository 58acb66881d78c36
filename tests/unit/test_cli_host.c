// SPDX-License-Identifier: MIT
// The native host, driven through TtHost: the test stands in for the VM.
#define _GNU_SOURCE
#include "test.h"

#include "base/alloc.h"
#include "cli/host/native.h"
#include "port/atomic.h"
#include "port/thread.h"
#include "tinytot/tt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the VM's side ------------------------------------------------------------------------------- */

static TtLock completion_lock;
static TtCondition completion;
static uint32_t rooms; /* atomic: calls of tt_host_output_ready */

/** `vm` of a request of these tests: an int, how often it was completed. */
void tt_host_complete(struct TtRequest *request) {
    tt_lock_acquire(&completion_lock);
    ++*(int *)request->vm;
    tt_condition_broadcast(&completion);
    tt_lock_release(&completion_lock);
}

void tt_host_output_ready(TtVm *vm) {
    (void)vm;
    tt_atomic_fetch_add_u32_seq(&rooms, 1);
}

typedef struct Asked {
    TtRequest request;
    int completed;
    bool at_once;
} Asked;

static void ask_data(TtHost *host, Asked *asked, TtService service, const char *text, const char *data,
                     size_t length) {
    *asked = (Asked){.request = {.service = service, .text = text, .data = data, .data_length = length}};
    asked->request.vm = &asked->completed;
    asked->at_once = host->submit(host, &asked->request);
}

static void ask(TtHost *host, Asked *asked, TtService service, const char *text) {
    ask_data(host, asked, service, text, NULL, 0);
}

/** Waits for the answer, at most 10 s. */
static bool wait_for(Asked *asked) {
    if (asked->at_once) return true;
    tt_lock_acquire(&completion_lock);
    for (int i = 0; i < 1000 && asked->completed == 0; i++)
        tt_condition_wait_ns(&completion, &completion_lock, 10000000);
    bool done = asked->completed == 1;
    tt_lock_release(&completion_lock);
    return done;
}

static TtResult get(TtHost *host, Asked *asked, TtService service, const char *text) {
    ask(host, asked, service, text);
    CHECK(wait_for(asked));
    return asked->request.result;
}

static bool answered(const Asked *asked, TtAnswer kind, const char *bytes, size_t length) {
    const TtRequest *request = &asked->request;
    return request->result == TT_OK && request->answer == kind && request->answer_length == length &&
           memcmp(request->answer_data, bytes, length) == 0;
}

#define CHECK_TEXT(asked, text)                                                                              \
    do {                                                                                                     \
        CHECK(answered(asked, TT_ANSWER_STR, text, strlen(text)));                                           \
        tt_free((asked)->request.answer_data);                                                               \
    } while (0)
#define CHECK_NULL(asked) CHECK((asked)->request.result == TT_OK && (asked)->request.answer == TT_ANSWER_NULL)

static TtResult put(TtHost *host, TtService service, const char *text, const char *data, size_t length) {
    Asked asked;
    ask_data(host, &asked, service, text, data, length);
    CHECK(wait_for(&asked));
    return asked.request.result;
}

/* ---- set-up -------------------------------------------------------------------------------------- */

typedef struct Bench {
    TtHost *host;
    int input[2], output[2], error[2]; /* pipes; the host has [0] of input and [1] of the others */
    int failure;
} Bench;

static char folder[] = "/tmp/ttvm-host-XXXXXX";

static void note_failure(void *context, int error) {
    ((Bench *)context)->failure = error;
}

static bool open_bench(Bench *bench, size_t max_read_bytes) {
    *bench = (Bench){0};
    if (pipe(bench->input) || pipe(bench->output) || pipe(bench->error)) return false;
    TtCliHostOptions options = {
        .input = bench->input[0],
        .output = bench->output[1],
        .error = bench->error[1],
        .max_read_bytes = max_read_bytes,
        .output_failed = note_failure,
        .context = bench,
    };
    bench->host = tt_cli_host_create(&options);
    return bench->host != NULL;
}

static void close_end(int *descriptor) {
    if (*descriptor > 0) close(*descriptor);
    *descriptor = 0;
}

static void close_bench(Bench *bench) {
    tt_cli_host_destroy(bench->host);
    for (int i = 0; i < 2; i++) {
        close_end(&bench->input[i]);
        close_end(&bench->output[i]);
        close_end(&bench->error[i]);
    }
}

static void feed(Bench *bench, const char *text) {
    CHECK_INT(write(bench->input[1], text, strlen(text)), (int64_t)strlen(text));
}

static char *path_of(const char *name) {
    static char paths[4][256];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int count_open(void) {
    int count = 0;
    for (int i = 0; i < 256; i++)
        if (fcntl(i, F_GETFD) >= 0) count++;
    return count;
}

/* ---- standard input ------------------------------------------------------------------------------ */

TEST(reads_lines) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    Asked one, two, three;
    ask(bench.host, &one, TT_SERVICE_READ_LINE, NULL);
    CHECK(!one.at_once);
    feed(&bench, "first\r\nsecond\n\nlast");
    CHECK(wait_for(&one));
    CHECK_TEXT(&one, "first");
    ask(bench.host, &two, TT_SERVICE_READ_LINE, NULL);
    CHECK(two.at_once);
    CHECK_TEXT(&two, "second");
    CHECK_INT(get(bench.host, &two, TT_SERVICE_READ_LINE, NULL), TT_OK);
    CHECK_TEXT(&two, "");
    ask(bench.host, &three, TT_SERVICE_READ_LINE, NULL);
    CHECK(!three.at_once);
    close_end(&bench.input[1]);
    CHECK(wait_for(&three));
    CHECK_TEXT(&three, "last");
    for (int i = 0; i < 2; i++) {
        get(bench.host, &one, TT_SERVICE_READ_LINE, NULL);
        CHECK_NULL(&one);
    }
    close_bench(&bench);
}

TEST(reads_code_points) {
    static const char *const points[] = {"a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\n"};
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    Asked asked;
    feed(&bench, "a\xC3\xA9\xE2\x82\xAC\xF0\x9F");
    for (int i = 0; i < 3; i++) {
        CHECK_INT(get(bench.host, &asked, TT_SERVICE_READ_CHAR, NULL), TT_OK);
        CHECK_TEXT(&asked, points[i]);
    }
    /* The rest of a code point comes later. */
    ask(bench.host, &asked, TT_SERVICE_READ_CHAR, NULL);
    CHECK(!asked.at_once);
    feed(&bench, "\x98\x80\n");
    CHECK(wait_for(&asked));
    CHECK_TEXT(&asked, points[3]);
    get(bench.host, &asked, TT_SERVICE_READ_CHAR, NULL);
    CHECK_TEXT(&asked, points[4]);
    close_end(&bench.input[1]);
    get(bench.host, &asked, TT_SERVICE_READ_CHAR, NULL);
    CHECK_NULL(&asked);
    close_bench(&bench);
}

TEST(refuses_bytes_that_are_no_text) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    Asked asked;
    feed(&bench, "\xFFok\nbad\xC3(\n\xE2\x82");
    CHECK_INT(get(bench.host, &asked, TT_SERVICE_READ_CHAR, NULL), TT_ERR_FILE_ERROR);
    CHECK_STR(asked.request.reason, "Standard input is not valid UTF-8");
    get(bench.host, &asked, TT_SERVICE_READ_LINE, NULL);
    CHECK_TEXT(&asked, "ok");
    CHECK_INT(get(bench.host, &asked, TT_SERVICE_READ_LINE, NULL), TT_ERR_FILE_ERROR);
    close_end(&bench.input[1]);
    CHECK_INT(get(bench.host, &asked, TT_SERVICE_READ_CHAR, NULL), TT_ERR_FILE_ERROR);
    get(bench.host, &asked, TT_SERVICE_READ_CHAR, NULL);
    CHECK_NULL(&asked);
    close_bench(&bench);
}

TEST(reads_everything) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    Asked line, rest, after;
    feed(&bench, "head\nbody ");
    get(bench.host, &line, TT_SERVICE_READ_LINE, NULL);
    CHECK_TEXT(&line, "head");
    ask(bench.host, &rest, TT_SERVICE_READ_INPUT, NULL);
    ask(bench.host, &after, TT_SERVICE_READ_INPUT, NULL);
    CHECK(!rest.at_once && !after.at_once);
    feed(&bench, "tail\n");
    close_end(&bench.input[1]);
    CHECK(wait_for(&rest) && wait_for(&after));
    CHECK_TEXT(&rest, "body tail\n");
    CHECK_TEXT(&after, "");
    close_bench(&bench);
}

TEST(answers_readers_in_order_and_cancels) {
    enum { COUNT = 20 };
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    Asked asked[COUNT];
    for (int i = 0; i < COUNT; i++) ask(bench.host, &asked[i], TT_SERVICE_READ_LINE, NULL);
    bench.host->cancel(bench.host, &asked[0].request);
    bench.host->cancel(bench.host, &asked[7].request);
    CHECK(wait_for(&asked[0]) && wait_for(&asked[7]));
    for (int i = 0; i < COUNT; i++) {
        char line[16];
        snprintf(line, sizeof line, "%d\n", i);
        feed(&bench, line);
    }
    for (int i = 0, line = 0; i < COUNT; i++) {
        if (i == 0 || i == 7) continue;
        char text[16];
        snprintf(text, sizeof text, "%d", line++);
        CHECK(wait_for(&asked[i]));
        CHECK_TEXT(&asked[i], text);
    }
    close_bench(&bench);
    for (int i = 0; i < COUNT; i++) CHECK_INT(asked[i].completed, 1);
}

TEST(long_lines_arrive_whole_or_are_refused) {
    enum { LENGTH = 3000000 };
    Bench bench;
    REQUIRE(open_bench(&bench, 4 * 1000 * 1000));
    int file = open(path_of("long"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    REQUIRE(file >= 0);
    char *text = tt_alloc(3 * LENGTH);
    memset(text, 'x', 3 * LENGTH);
    text[LENGTH] = '\n';
    CHECK_INT(write(file, text, 3 * LENGTH), 3 * LENGTH);
    lseek(file, 0, SEEK_SET);
    CHECK(dup2(file, bench.input[0]) >= 0);
    close(file);
    Asked asked;
    CHECK_INT(get(bench.host, &asked, TT_SERVICE_READ_LINE, NULL), TT_OK);
    CHECK_INT(asked.request.answer_length, LENGTH);
    tt_free(asked.request.answer_data);
    CHECK_INT(get(bench.host, &asked, TT_SERVICE_READ_LINE, NULL), TT_ERR_HEAP_EXCEEDED);
    tt_free(text);
    close_bench(&bench);
}

TEST(ends_while_somebody_waits_for_input) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    Asked asked;
    ask(bench.host, &asked, TT_SERVICE_READ_INPUT, NULL);
    usleep(20000); /* the reader is in poll now */
    bench.host->cancel(bench.host, &asked.request);
    CHECK(wait_for(&asked));
    close_bench(&bench);
    CHECK_INT(asked.completed, 1);
}

/* ---- files --------------------------------------------------------------------------------------- */

static void check_file(TtHost *host, const char *path, const char *text) {
    Asked asked;
    CHECK_INT(get(host, &asked, TT_SERVICE_READ_FILE, path), TT_OK);
    CHECK_TEXT(&asked, text);
}

TEST(writes_appends_reads_deletes) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    TtHost *host = bench.host;
    Asked asked;
    const char *path = path_of("note.txt");
    get(host, &asked, TT_SERVICE_FILE_EXISTS, path);
    CHECK_INT(asked.request.number, 0);
    CHECK_INT(put(host, TT_SERVICE_APPEND_FILE, path, "one", 3), TT_OK);
    CHECK_INT(put(host, TT_SERVICE_APPEND_FILE, path, "two", 3), TT_OK);
    check_file(host, path, "onetwo");
    CHECK_INT(put(host, TT_SERVICE_WRITE_FILE, path, "a\0b", 3), TT_OK);
    CHECK_INT(get(host, &asked, TT_SERVICE_READ_BYTES, path), TT_OK);
    CHECK(answered(&asked, TT_ANSWER_BYTES, "a\0b", 3));
    tt_free(asked.request.answer_data);
    get(host, &asked, TT_SERVICE_FILE_SIZE, path);
    CHECK_INT(asked.request.number, 3);
    CHECK_INT(asked.request.answer, TT_ANSWER_INT);
    get(host, &asked, TT_SERVICE_FILE_EXISTS, path);
    CHECK_INT(asked.request.number, 1);
    CHECK_INT(asked.request.answer, TT_ANSWER_BOOL);
    CHECK_INT(put(host, TT_SERVICE_WRITE_FILE, path, NULL, 0), TT_OK);
    check_file(host, path, "");
    CHECK_INT(get(host, &asked, TT_SERVICE_DELETE_FILE, path), TT_OK);
    CHECK_NULL(&asked);
    CHECK_INT(get(host, &asked, TT_SERVICE_DELETE_FILE, path), TT_ERR_FILE_ERROR);
    CHECK_STR(asked.request.reason, "No such file or directory");
    close_bench(&bench);
}

TEST(says_why_files_fail) {
    static const struct {
        TtService service;
        const char *name, *reason;
    } cases[] = {
        {TT_SERVICE_READ_FILE, "absent", "No such file or directory"},
        {TT_SERVICE_READ_FILE, "", "Is a directory"},
        {TT_SERVICE_READ_BYTES, "plain/x", "Not a directory"},
        {TT_SERVICE_WRITE_FILE, "", "Is a directory"},
        {TT_SERVICE_WRITE_FILE, "no/such/folder", "No such file or directory"},
        {TT_SERVICE_APPEND_FILE, "", "Is a directory"},
        {TT_SERVICE_FILE_SIZE, "absent", "No such file or directory"},
        {TT_SERVICE_FILE_SIZE, "", "Is a directory"},
        {TT_SERVICE_FILE_SIZE, "pipe", "Not a regular file"},
        {TT_SERVICE_LIST_DIR, "plain", "Not a directory"},
        {TT_SERVICE_LIST_DIR, "absent", "No such file or directory"},
        {TT_SERVICE_DELETE_FILE, "absent", "No such file or directory"},
    };
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    CHECK_INT(put(bench.host, TT_SERVICE_WRITE_FILE, path_of("plain"), "x", 1), TT_OK);
    mkfifo(path_of("pipe"), 0600);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Asked asked;
        ask_data(bench.host, &asked, cases[i].service, path_of(cases[i].name), "x", 1);
        CHECK(wait_for(&asked));
        CHECK_INT(asked.request.result, TT_ERR_FILE_ERROR);
        CHECK_STR(asked.request.reason, cases[i].reason);
    }
    unlink(path_of("plain"));
    unlink(path_of("pipe"));
    close_bench(&bench);
}

TEST(replacing_keeps_mode_and_links) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    TtHost *host = bench.host;
    const char *path = path_of("tool.sh");
    struct stat status;
    CHECK_INT(put(host, TT_SERVICE_WRITE_FILE, path, "1", 1), TT_OK);
    CHECK_INT(chmod(path, 0751), 0);
    CHECK_INT(symlink(path, path_of("link")), 0);
    CHECK_INT(link(path, path_of("twin")), 0);
    CHECK_INT(put(host, TT_SERVICE_WRITE_FILE, path_of("link"), "22", 2), TT_OK);
    CHECK_INT(lstat(path_of("link"), &status), 0);
    CHECK(S_ISLNK(status.st_mode));
    check_file(host, path, "22");
    check_file(host, path_of("twin"), "22");
    unlink(path_of("twin"));
    CHECK_INT(put(host, TT_SERVICE_WRITE_FILE, path_of("link"), "333", 3), TT_OK);
    CHECK_INT(stat(path, &status), 0);
    CHECK_INT(status.st_mode & 0777, 0751);
    CHECK_INT(status.st_size, 3);
    /* A link to nowhere makes the file it names. */
    CHECK_INT(symlink(path_of("made"), path_of("dangling")), 0);
    CHECK_INT(put(host, TT_SERVICE_WRITE_FILE, path_of("dangling"), "x", 1), TT_OK);
    check_file(host, path_of("made"), "x");
    CHECK_INT(put(host, TT_SERVICE_WRITE_FILE, "/dev/null", "x", 1), TT_OK);
    CHECK_INT(stat("/dev/null", &status), 0);
    CHECK(S_ISCHR(status.st_mode));
    Asked asked;
    CHECK_INT(get(host, &asked, TT_SERVICE_LIST_DIR, folder), TT_OK);
    /* No temporary file stays behind. */
    CHECK(memmem(asked.request.answer_data, asked.request.answer_length, ".tmp", 4) == NULL);
    CHECK(memmem(asked.request.answer_data, asked.request.answer_length, "dangling", 9) != NULL);
    tt_free(asked.request.answer_data);
    static const char *const made[] = {"tool.sh", "link", "made", "dangling"};
    for (int i = 0; i < 4; i++) unlink(path_of(made[i]));
    close_bench(&bench);
}

TEST(limits_what_is_read) {
    Bench bench;
    REQUIRE(open_bench(&bench, 100000));
    Asked asked;
    CHECK_INT(get(bench.host, &asked, TT_SERVICE_READ_BYTES, "/dev/zero"), TT_ERR_HEAP_EXCEEDED);
    char *text = tt_alloc_zero(100001);
    CHECK_INT(put(bench.host, TT_SERVICE_WRITE_FILE, path_of("big"), text, 100001), TT_OK);
    CHECK_INT(get(bench.host, &asked, TT_SERVICE_READ_BYTES, path_of("big")), TT_ERR_HEAP_EXCEEDED);
    CHECK_INT(put(bench.host, TT_SERVICE_WRITE_FILE, path_of("big"), text, 100000), TT_OK);
    CHECK_INT(get(bench.host, &asked, TT_SERVICE_READ_BYTES, path_of("big")), TT_OK);
    CHECK_INT(asked.request.answer_length, 100000);
    tt_free(asked.request.answer_data);
    tt_free(text);
    unlink(path_of("big"));
    close_bench(&bench);
}

TEST(pipes_are_waited_for_and_cancelled) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    const char *path = path_of("pipe");
    CHECK_INT(mkfifo(path, 0600), 0);
    Asked reader, writer;
    ask(bench.host, &reader, TT_SERVICE_READ_FILE, path);
    ask_data(bench.host, &writer, TT_SERVICE_WRITE_FILE, path, "through", 7);
    CHECK(wait_for(&reader) && wait_for(&writer));
    CHECK_TEXT(&reader, "through");
    CHECK_INT(writer.request.result, TT_OK);
    ask(bench.host, &reader, TT_SERVICE_READ_FILE, path);
    usleep(30000);
    CHECK_INT(reader.completed, 0);
    bench.host->cancel(bench.host, &reader.request);
    CHECK(wait_for(&reader));
    ask_data(bench.host, &writer, TT_SERVICE_APPEND_FILE, path, "x", 1);
    bench.host->cancel(bench.host, &writer.request);
    CHECK(wait_for(&writer));
    unlink(path);
    close_bench(&bench);
    CHECK_INT(reader.completed, 1);
}

TEST(many_requests_at_once) {
    enum { COUNT = 300 };
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    static Asked asked[COUNT];
    static char names[COUNT][256];
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "%s/many%d", folder, i);
        ask_data(bench.host, &asked[i], TT_SERVICE_WRITE_FILE, names[i], names[i], strlen(names[i]));
    }
    for (int i = 0; i < COUNT; i++) CHECK(wait_for(&asked[i]) && asked[i].request.result == TT_OK);
    for (int i = 0; i < COUNT; i++) ask(bench.host, &asked[i], TT_SERVICE_READ_FILE, names[i]);
    for (int i = 0; i < COUNT; i += 3) bench.host->cancel(bench.host, &asked[i].request);
    for (int i = 0; i < COUNT; i++) {
        CHECK(wait_for(&asked[i]));
        if (i % 3) CHECK(answered(&asked[i], TT_ANSWER_STR, names[i], strlen(names[i])));
        tt_free(asked[i].request.answer_data);
        unlink(names[i]);
    }
    close_bench(&bench);
    for (int i = 0; i < COUNT; i++) CHECK_INT(asked[i].completed, 1);
}

/* ---- environment, time, program files ------------------------------------------------------------ */

TEST(environment_is_the_programs_own) {
    Bench bench;
    setenv("TTVM_HOST_TEST", "outside", 1);
    REQUIRE(open_bench(&bench, 0));
    Asked asked;
    get(bench.host, &asked, TT_SERVICE_GET_ENV, "TTVM_HOST_TEST");
    CHECK_TEXT(&asked, "outside");
    CHECK_INT(put(bench.host, TT_SERVICE_SET_ENV, "TTVM_HOST_TEST", "inside", 6), TT_OK);
    CHECK_INT(put(bench.host, TT_SERVICE_SET_ENV, "TTVM_HOST_NEW", "", 0), TT_OK);
    get(bench.host, &asked, TT_SERVICE_GET_ENV, "TTVM_HOST_TEST");
    CHECK_TEXT(&asked, "inside");
    get(bench.host, &asked, TT_SERVICE_GET_ENV, "TTVM_HOST_NEW");
    CHECK_TEXT(&asked, "");
    CHECK_STR(getenv("TTVM_HOST_TEST"), "outside");
    get(bench.host, &asked, TT_SERVICE_GET_ENV, "TTVM_HOST_ABSENT");
    CHECK_NULL(&asked);
    CHECK_INT(put(bench.host, TT_SERVICE_SET_ENV, "", "x", 1), TT_ERR_BAD_ARGUMENT);
    CHECK_INT(put(bench.host, TT_SERVICE_SET_ENV, "a=b", "x", 1), TT_ERR_BAD_ARGUMENT);
    CHECK_INT(put(bench.host, TT_SERVICE_SET_ENV, "a", "x\0y", 3), TT_ERR_BAD_ARGUMENT);
    close_bench(&bench);
}

TEST(tells_the_time) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    int64_t before = bench.host->now_ms(bench.host);
    usleep(15000);
    int64_t passed = bench.host->now_ms(bench.host) - before;
    CHECK(before > 1600000000000 && passed >= 10 && passed < 10000);
    close_bench(&bench);
}

TEST(loads_program_files) {
    Bench bench;
    REQUIRE(open_bench(&bench, 10)); /* the limit is for programs, not for their text */
    char *bytes;
    size_t length;
    const char *reason = NULL;
    CHECK_INT(put(bench.host, TT_SERVICE_WRITE_FILE, path_of("main.ttvm"), "PRINT ; a comment\n", 18), TT_OK);
    CHECK_INT(bench.host->load_file(bench.host, path_of("main.ttvm"), &bytes, &length, &reason), TT_OK);
    CHECK_INT(length, 18);
    CHECK(memcmp(bytes, "PRINT ; a", 9) == 0);
    tt_free(bytes);
    CHECK_INT(bench.host->load_file(bench.host, folder, &bytes, &length, &reason), TT_ERR_FILE_ERROR);
    CHECK_STR(reason, "Is a directory");
    CHECK_INT(bench.host->load_file(bench.host, path_of("other"), &bytes, &length, &reason),
              TT_ERR_FILE_ERROR);
    CHECK_STR(reason, "No such file or directory");
    CHECK_INT(bench.host->load_file(bench.host, "/dev/zero", &bytes, &length, &reason), TT_ERR_FILE_ERROR);
    CHECK_STR(reason, "File too large");
    unlink(path_of("main.ttvm"));
    close_bench(&bench);
}

/* ---- output -------------------------------------------------------------------------------------- */

static size_t read_fully(int descriptor, char *bytes, size_t length) {
    size_t count = 0;
    while (count < length) {
        ssize_t got = read(descriptor, bytes + count, length - count);
        if (got <= 0) break;
        count += (size_t)got;
    }
    return count;
}

static bool print(TtHost *host, int stream, const char *text) {
    return host->write(host, stream, text, strlen(text));
}

TEST(output_appears_soon_and_at_once_when_flushed) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    char bytes[16] = {0};
    CHECK(print(bench.host, 1, "soon\n"));
    CHECK_INT(read_fully(bench.output[0], bytes, 5), 5); /* the delay, nothing else, lets this end */
    CHECK_STR(bytes, "soon\n");
    fcntl(bench.output[0], F_SETFL, O_NONBLOCK);
    CHECK(print(bench.host, 1, "now.\n"));
    tt_cli_host_flush(bench.host);
    CHECK_INT(read_fully(bench.output[0], bytes, 5), 5);
    CHECK_STR(bytes, "now.\n");
    close_bench(&bench);
}

TEST(a_prompt_is_seen_before_input_is_waited_for) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    char bytes[8] = {0};
    Asked asked;
    CHECK(print(bench.host, 1, "name? "));
    ask(bench.host, &asked, TT_SERVICE_READ_LINE, NULL);
    CHECK_INT(read_fully(bench.output[0], bytes, 6), 6);
    feed(&bench, "Ann\n");
    CHECK(wait_for(&asked));
    CHECK_TEXT(&asked, "Ann");
    close_bench(&bench);
}

TEST(streams_keep_their_order) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    /* Both streams into one pipe. */
    CHECK(dup2(bench.output[1], bench.error[1]) >= 0);
    for (int i = 0; i < 50; i++) {
        CHECK(print(bench.host, 1, "o"));
        CHECK(print(bench.host, 2, "e"));
    }
    tt_cli_host_flush(bench.host);
    char bytes[101] = {0}, wanted[101] = {0};
    for (int i = 0; i < 50; i++) memcpy(wanted + 2 * i, "oe", 2);
    CHECK_INT(read_fully(bench.output[0], bytes, 100), 100);
    CHECK_STR(bytes, wanted);
    close_bench(&bench);
}

typedef struct Printer {
    TtThread thread;
    TtHost *host;
    int number;
} Printer;

enum { PRINTERS = 4, PIECES = 2000 };

static void *print_pieces(void *context) {
    Printer *printer = context;
    char piece[64];
    for (int i = 0; i < PIECES; i++) {
        int length = snprintf(piece, sizeof piece, "<printer %d prints line %d>\n", printer->number, i);
        while (!printer->host->write(printer->host, 1, piece, (size_t)length)) usleep(1000);
    }
    return NULL;
}

typedef struct Reading {
    int descriptor;
    int next[PRINTERS];
    bool broken;
} Reading;

static void *read_pieces(void *context) {
    Reading *reading = context;
    FILE *file = fdopen(dup(reading->descriptor), "r");
    char line[128];
    while (fgets(line, sizeof line, file)) {
        int printer, number;
        if (sscanf(line, "<printer %d prints line %d>\n", &printer, &number) != 2 || printer < 0 ||
            printer >= PRINTERS || reading->next[printer]++ != number) {
            reading->broken = true;
        }
    }
    fclose(file);
    return NULL;
}

TEST(pieces_stay_whole_and_in_order) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    Printer printers[PRINTERS];
    Reading reading = {.descriptor = bench.output[0]};
    TtThread reader;
    REQUIRE(tt_thread_start(&reader, read_pieces, &reading));
    for (int i = 0; i < PRINTERS; i++) {
        printers[i] = (Printer){.host = bench.host, .number = i};
        REQUIRE(tt_thread_start(&printers[i].thread, print_pieces, &printers[i]));
    }
    for (int i = 0; i < PRINTERS; i++) tt_thread_join(&printers[i].thread);
    tt_cli_host_flush(bench.host);
    close_end(&bench.output[1]);
    tt_thread_join(&reader);
    CHECK(!reading.broken);
    for (int i = 0; i < PRINTERS; i++) CHECK_INT(reading.next[i], PIECES);
    close_bench(&bench);
}

TEST(a_slow_reader_refuses_pieces_and_gives_notice) {
    enum { PIECE = 1000 };
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    tt_cli_host_attach(bench.host, (TtVm *)&bench);
    char piece[PIECE];
    memset(piece, 'p', PIECE);
    size_t taken = 0, got = 0;
    uint32_t notices = 0;
    for (;;) {
        /* Nobody reads, so in the end nothing fits, notice or not. */
        int tries = 0;
        for (; tries < 20; tries++) {
            notices = tt_atomic_load_u32_seq(&rooms);
            if (bench.host->write(bench.host, 1, piece, PIECE)) break;
            usleep(5000);
        }
        if (tries == 20) break;
        taken += PIECE;
    }
    CHECK(taken > 256000 && taken < 2000000);
    char *bytes = tt_alloc(taken);
    got = read_fully(bench.output[0], bytes, taken);
    CHECK_INT(got, taken);
    for (int i = 0; i < 1000 && tt_atomic_load_u32_seq(&rooms) == notices; i++) usleep(10000);
    CHECK(tt_atomic_load_u32_seq(&rooms) > notices);
    CHECK(bench.host->write(bench.host, 1, piece, PIECE));
    tt_cli_host_attach(bench.host, NULL);
    tt_free(bytes);
    close_bench(&bench);
}

TEST(a_piece_larger_than_all_room_is_taken) {
    enum { LENGTH = 3000000 };
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    char *piece = tt_alloc(LENGTH), *bytes = tt_alloc(LENGTH);
    for (int i = 0; i < LENGTH; i++) piece[i] = (char)(i % 251);
    CHECK(bench.host->write(bench.host, 1, piece, LENGTH));
    CHECK_INT(read_fully(bench.output[0], bytes, LENGTH), LENGTH);
    CHECK(memcmp(piece, bytes, LENGTH) == 0);
    tt_free(piece);
    tt_free(bytes);
    close_bench(&bench);
}

TEST(a_reader_that_left_is_reported_once) {
    Bench bench;
    REQUIRE(open_bench(&bench, 0));
    close_end(&bench.output[0]);
    tt_cli_host_attach(bench.host, (TtVm *)&bench);
    for (int i = 0; i < 3; i++) {
        CHECK(print(bench.host, 1, "lost\n"));
        tt_cli_host_flush(bench.host);
    }
    tt_cli_host_attach(bench.host, NULL);
    CHECK_INT(tt_cli_host_output_error(bench.host), EPIPE);
    CHECK_INT(bench.failure, EPIPE);
    char bytes[8] = {0};
    CHECK(print(bench.host, 2, "seen\n"));
    CHECK_INT(read_fully(bench.error[0], bytes, 5), 5);
    CHECK_STR(bytes, "seen\n");
    close_bench(&bench);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    tt_lock_init(&completion_lock);
    tt_condition_init(&completion);
    if (!mkdtemp(folder)) return 1;
    RUN(writes_appends_reads_deletes); /* libuv opens what it keeps for the life of the process */
    int before = count_open();
    RUN(reads_lines);
    RUN(reads_code_points);
    RUN(refuses_bytes_that_are_no_text);
    RUN(reads_everything);
    RUN(answers_readers_in_order_and_cancels);
    RUN(long_lines_arrive_whole_or_are_refused);
    RUN(ends_while_somebody_waits_for_input);
    RUN(says_why_files_fail);
    RUN(replacing_keeps_mode_and_links);
    RUN(limits_what_is_read);
    RUN(pipes_are_waited_for_and_cancelled);
    RUN(many_requests_at_once);
    RUN(environment_is_the_programs_own);
    RUN(tells_the_time);
    RUN(loads_program_files);
    RUN(output_appears_soon_and_at_once_when_flushed);
    RUN(a_prompt_is_seen_before_input_is_waited_for);
    RUN(streams_keep_their_order);
    RUN(pieces_stay_whole_and_in_order);
    RUN(a_slow_reader_refuses_pieces_and_gives_notice);
    RUN(a_piece_larger_than_all_room_is_taken);
    RUN(a_reader_that_left_is_reported_once);
    unlink(path_of("long"));
    int after = count_open();
    test_check(after <= before, "no descriptor stays open", __FILE__, __LINE__);
    if (test_problems) test_failed_count++;
    rmdir(folder);
    tt_condition_destroy(&completion);
    tt_lock_destroy(&completion_lock);
    return test_finish();
}
