// SPDX-License-Identifier: MIT
/** How diagnostics look. */
#include "test.h"

#include "base/alloc.h"
#include "base/config.h"
#include "base/diag.h"

/** Prints one diagnostic about `source`; the caller frees. */
static char *print_one(const char *source, uint32_t line, uint32_t column, uint32_t end,
                       const char *suggestion, bool color) {
    TtDiags diags = {0};
    TtStrbuf out = {0};
    tt_diag_add(&diags, false, line, column, end, suggestion, "Unknown %s: %d", "thing", 7);
    tt_diag_print(&out, &diags.list.items[0], "main.ttvm", source, source ? strlen(source) : 0, color);
    tt_diags_free(&diags);
    return tt_strbuf_take(&out);
}

#define CHECK_PRINT(wanted, ...)                                                                             \
    do {                                                                                                     \
        char *got_ = print_one(__VA_ARGS__);                                                                 \
        CHECK_STR(got_, wanted);                                                                             \
        tt_free(got_);                                                                                       \
    } while (0)

TEST(form) {
    CHECK_PRINT("Error: main.ttvm:3:5: Unknown thing: 7 (did you mean PRINT?)\n"
                "    3 |     PRNT\n"
                "      |     ^^^^\n",
                "A\nB\n    PRNT\nC", 3, 5, 9, "PRINT", false);
    CHECK_PRINT("Error: main.ttvm:1:1: Unknown thing: 7\n    1 | x\n      | ^\n", "x\r\ny", 1, 1, 1, NULL,
                false);
    CHECK_PRINT("Error: main.ttvm:1:1: Unknown thing: 7\n", NULL, 1, 1, 1, NULL, false);
    CHECK_PRINT("Error: main.ttvm: Unknown thing: 7\n", "x", 0, 0, 0, NULL, false);
    CHECK_PRINT("Error: main.ttvm:9:1: Unknown thing: 7\n", "x", 9, 1, 2, NULL, false);
}

TEST(carets_stand_under_what_they_mark) {
    CHECK_PRINT("Error: main.ttvm:1:3: Unknown thing: 7\n    1 | \t\xC3\xA4"
                "bc\n      | \t ^^\n",
                "\t\xC3\xA4"
                "bc",
                1, 3, 5, NULL, false);
    /* behind the end of the line */
    CHECK_PRINT("Error: main.ttvm:1:4: Unknown thing: 7\n    1 | ABC\n      |    ^\n", "ABC\n", 1, 4, 5, NULL,
                false);
    /* a byte-order mark is no column */
    CHECK_PRINT("Error: main.ttvm:1:1: Unknown thing: 7\n    1 | A\n      | ^\n",
                "\xEF\xBB\xBF"
                "A",
                1, 1, 2, NULL, false);
}

TEST(source_cannot_control_the_terminal) {
    CHECK_PRINT(
        "Error: main.ttvm:1:3: Unknown thing: 7\n    1 | a\xEF\xBF\xBD[2Jb\xEF\xBF\xBD\n      |   ^\n",
        "a\x1b[2Jb\xFF", 1, 3, 4, NULL, false);
}

TEST(long_lines_show_the_part_around_the_mark) {
    char *line = tt_alloc(1000001);
    memset(line, 'a', 1000000);
    line[1000000] = '\0';
    line[500000] = 'X';
    char *got = print_one(line, 1, 500001, 500002, NULL, false);
    CHECK(strlen(got) < 400);
    const char *shown = strchr(got, '\n') + 1, *mark = strchr(shown, '\n') + 1;
    REQUIRE(strchr(shown, 'X') && strchr(mark, '^'));
    /* the line begins with an ellipsis of three bytes and one column */
    CHECK_INT(strchr(shown, 'X') - shown - 2, strchr(mark, '^') - mark);
    tt_free(got);
    tt_free(line);
}

TEST(colors) {
    CHECK_PRINT("\x1b[1;31mError:\x1b[0m \x1b[1mmain.ttvm:1:1:\x1b[0m Unknown thing: 7\n"
                "\x1b[34m    1 |\x1b[0m x\n\x1b[34m      |\x1b[0m \x1b[32m^\x1b[0m\n",
                "x", 1, 1, 2, NULL, true);
}

TEST(most) {
    TtDiags diags = {0};
    for (int i = 0; i < 100; i++) tt_diag_add(&diags, true, 1, 1, 2, NULL, "warning %d", i);
    CHECK_INT(diags.errors, 0);
    for (int i = 0; i < TT_MAX_DIAGNOSTICS; i++) tt_diag_add(&diags, false, 1, 1, 2, NULL, "error %d", i);
    CHECK_INT(diags.errors, TT_MAX_DIAGNOSTICS);
    CHECK(!diags.truncated);
    tt_diag_add(&diags, false, 1, 1, 2, "s", "one more");
    CHECK_INT(diags.errors, TT_MAX_DIAGNOSTICS);
    CHECK(diags.truncated);
    CHECK_INT(diags.list.count, 2 * TT_MAX_DIAGNOSTICS);
    CHECK_STR(diags.list.items[TT_MAX_DIAGNOSTICS].message, "error 0");
    tt_diags_free(&diags);
    CHECK_INT(diags.list.count, 0);
}

int main(void) {
    RUN(form);
    RUN(carets_stand_under_what_they_mark);
    RUN(source_cannot_control_the_terminal);
    RUN(long_lines_show_the_part_around_the_mark);
    RUN(colors);
    RUN(most);
    return test_finish();
}
