// SPDX-License-Identifier: MIT
/**
 * The C tests' own frame. A program is a list of tests and a main:
 *
 *     TEST(grows) { CHECK_INT(tt_vec_length(&v), 3); }
 *     int main(void) { RUN(grows); return test_finish(); }
 *
 * A failed CHECK is reported with its place and the test goes on; a failed REQUIRE ends that test. The last
 * line of the output is `N passed, M failed`, counting tests.
 */
#ifndef TT_TEST_H
#define TT_TEST_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int test_passed_count;
static int test_failed_count;
/** Failed checks of the test that runs now. Concurrency tests check on the main thread only. */
static int test_problems;

static inline bool test_check(bool holds, const char *what, const char *file, int line) {
    if (!holds) {
        test_problems++;
        fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    }
    return holds;
}

static inline bool test_check_int(int64_t got, int64_t wanted, const char *what, const char *file, int line) {
    if (got == wanted) return true;
    test_problems++;
    fprintf(stderr, "%s:%d: %s is %" PRId64 ", not %" PRId64 "\n", file, line, what, got, wanted);
    return false;
}

static inline bool test_check_str(const char *got, const char *wanted, const char *what, const char *file,
                                  int line) {
    if (got && wanted && strcmp(got, wanted) == 0) return true;
    if (!got && !wanted) return true;
    test_problems++;
    fprintf(stderr, "%s:%d: %s is\n  %s\nnot\n  %s\n", file, line, what, got ? got : "(null)",
            wanted ? wanted : "(null)");
    return false;
}

static inline void test_run(const char *name, void (*body)(void)) {
    test_problems = 0;
    body();
    if (test_problems == 0) {
        test_passed_count++;
    } else {
        test_failed_count++;
        fprintf(stderr, "FAILED: %s\n", name);
    }
}

/** Prints the counts; the value is main's exit status. */
static inline int test_finish(void) {
    fflush(stderr);
    printf("%d passed, %d failed\n", test_passed_count, test_failed_count);
    return test_failed_count == 0 && test_passed_count > 0 ? 0 : 1;
}

#define TEST(name) static void test_##name(void)
#define RUN(name)  test_run(#name, test_##name)

#define CHECK(condition) ((void)test_check((condition), #condition, __FILE__, __LINE__))
#define CHECK_INT(got, wanted)                                                                               \
    ((void)test_check_int((int64_t)(got), (int64_t)(wanted), #got, __FILE__, __LINE__))
#define CHECK_STR(got, wanted) ((void)test_check_str((got), (wanted), #got, __FILE__, __LINE__))
/** For conditions without which the rest of the test makes no sense (or would crash). */
#define REQUIRE(condition)                                                                                   \
    do {                                                                                                     \
        if (!test_check((condition), #condition, __FILE__, __LINE__)) return;                                \
    } while (0)

#endif
