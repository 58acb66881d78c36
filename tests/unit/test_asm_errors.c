// SPDX-License-Identifier: MIT
/** What is wrong in a source text is said, with its place, and nothing in one can do harm. */
#include "program.h"

#include "base/config.h"

TEST(unknown_words) {
    CHECK_DIAGNOSTICS("PRNT", "1:1-5 Unknown instruction: PRNT [PRINT]");
    CHECK_DIAGNOSTICS("\n  push_itn 5", "2:3-11 Unknown instruction: push_itn [PUSH_INT]");
    CHECK_DIAGNOSTICS("FROBNICATE", "1:1-11 Unknown instruction: FROBNICATE");
    CHECK_DIAGNOSTICS("LABLE x", "1:1-6 Unknown instruction: LABLE [LABEL]");
    CHECK_DIAGNOSTICS("loop:\nJMP loop",
                      "1:1-6 Unknown instruction: loop: [LABEL loop]\n2:5-9 Unknown label: loop");
    CHECK_DIAGNOSTICS("\"x\"", "1:1-4 A line begins with an instruction, not a string");
    CHECK_DIAGNOSTICS("JMP lop\nLABEL loop", "1:5-8 Unknown label: lop [loop]");
    CHECK_DIAGNOSTICS("CALL nowhere a b", "1:6-13 Unknown label: nowhere");
    CHECK_DIAGNOSTICS("TRY h\nEND_TRY", "1:5-6 Unknown label: h");
    CHECK_DIAGNOSTICS("BUILTIN math.sqrd", "1:9-18 Unknown built-in: math.sqrd [math.sqrt]");
    CHECK_DIAGNOSTICS("BUILTIN qwertyuiop", "1:9-19 Unknown built-in: qwertyuiop");
}

TEST(operands) {
    CHECK_DIAGNOSTICS("JMP", "1:1-4 Missing operand: JMP takes a label or instruction index");
    CHECK_DIAGNOSTICS("  CALL ; x", "1:3-7 Missing operand: CALL takes a label and parameter names");
    CHECK_DIAGNOSTICS("PUSH_STR",
                      "1:1-9 Missing operand: PUSH_STR takes a string, quoted or the bare rest of the line");
    CHECK_DIAGNOSTICS("PUSH_STR ;x",
                      "1:1-9 Missing operand: PUSH_STR takes a string, quoted or the bare rest of the line");
    CHECK_DIAGNOSTICS("MAKE_LIST", "1:1-10 Missing operand: MAKE_LIST takes a number of values");
    CHECK_DIAGNOSTICS("IMPORT", "1:1-7 Missing operand: IMPORT takes a module path and an optional prefix");
    CHECK_DIAGNOSTICS("IMPORT x AS", "1:10-12 Missing operand: a name must follow AS");
    CHECK_DIAGNOSTICS("LABEL", "1:1-6 Missing operand: LABEL takes a name");
    CHECK_DIAGNOSTICS("ADD 5", "1:5-6 Surplus operand 5: ADD takes no operand");
    CHECK_DIAGNOSTICS("PUSH_INT 1 2", "1:12-13 Surplus operand 2: PUSH_INT takes a 64-bit integer");
    CHECK_DIAGNOSTICS(
        "PUSH_STR \"a\" b",
        "1:14-15 Surplus operand b: PUSH_STR takes a string, quoted or the bare rest of the line");
    CHECK_DIAGNOSTICS("IMPORT x IN y",
                      "1:10-12 Surplus operand IN: IMPORT takes a module path and an optional prefix");
    CHECK_DIAGNOSTICS("LABEL a b", "1:9-10 Surplus operand b: LABEL takes a name");
    CHECK_DIAGNOSTICS("NEW_LIST 0", "1:10-11 Surplus operand: NEW_LIST takes no operand");
    CHECK_DIAGNOSTICS("PUSH_INT abc", "1:10-13 PUSH_INT takes a 64-bit integer, not abc");
    CHECK_DIAGNOSTICS("PUSH_INT \"5\"", "1:10-13 PUSH_INT takes a 64-bit integer, not \"5\"");
    CHECK_DIAGNOSTICS("PUSH_INT 5.5", "1:10-13 PUSH_INT takes a 64-bit integer, not 5.5");
    CHECK_DIAGNOSTICS("PUSH_INT -", "1:10-11 PUSH_INT takes a 64-bit integer, not -");
    CHECK_DIAGNOSTICS(
        "PUSH_INT 9223372036854775808",
        "1:10-29 Integer out of range: 9223372036854775808 (an integer is between -9223372036854775808 "
        "and 9223372036854775807)");
    CHECK_DIAGNOSTICS("PUSH_FLOAT 1.2.3", "1:12-17 PUSH_FLOAT takes a number, not 1.2.3");
    CHECK_DIAGNOSTICS("PUSH_BOOL yes", "1:11-14 PUSH_BOOL takes a truth value, not yes");
    CHECK_DIAGNOSTICS(
        "PUSH_BYTES \"0\"",
        "1:12-15 PUSH_BYTES takes two hexadecimal digits for each byte, not an odd number of digits");
    CHECK_DIAGNOSTICS("PUSH_BYTES 0g", "1:12-14 PUSH_BYTES takes bytes in hexadecimal, not 0g");
    CHECK_DIAGNOSTICS("MAKE_LIST -1", "1:11-13 MAKE_LIST takes a number of values, not -1");
    CHECK_DIAGNOSTICS("MAKE_LIST 99999999999999999999",
                      "1:11-31 Count out of range: at most 67108864 values");
    CHECK_DIAGNOSTICS("SEND x", "1:6-7 SEND takes a pid, or nothing, not x");
    CHECK_DIAGNOSTICS("IMPORT \"\"", "1:8-10 IMPORT takes a module path and an optional prefix, not \"\"");
}

TEST(patterns) {
    CHECK_DIAGNOSTICS("RECEIVE_MATCH ; x",
                      "1:1-14 Missing operand: RECEIVE_MATCH takes patterns, and where to "
                      "go on after a time-out");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH AFTER x", "1:15-20 Missing pattern: one must stand before AFTER");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH , int", "1:15-16 Missing pattern: one must stand before ,");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH int,", "1:18-19 Missing pattern: one must follow ,");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH int & , bool", "1:19-20 Missing pattern: one must follow &");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH int, AFTER x", "1:18-19 Missing pattern: one must follow ,");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH int string", "1:19-25 One of , & AFTER must stand before string");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH intt", "1:15-19 Unknown pattern: intt [int]");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH int, exceptoin", "1:20-29 Unknown pattern: exceptoin [exception]");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH dwon", "1:15-19 Unknown pattern: dwon [down]");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH order", "1:15-20 Unknown pattern: order");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH 5", "1:15-16 Unknown pattern: 5 [= 5]");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH \"x\", int", "1:15-18 Unknown pattern: \"x\" [= \"x\"]");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH = ", "1:15-16 Missing literal: an integer, a float, a \"string\", true, "
                                          "false or null must follow =");
    CHECK_DIAGNOSTICS(
        "RECEIVE_MATCH = hello",
        "1:17-22 A literal is an integer, a float, a \"string\", true, false or null, not hello [\"hello\"]");
    CHECK_DIAGNOSTICS(
        "RECEIVE_MATCH = ture",
        "1:17-21 A literal is an integer, a float, a \"string\", true, false or null, not ture [true]");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH .a == 5",
                      "1:19-20 A literal is an integer, a float, a \"string\", true, false or null, not =");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH = 9223372036854775808",
                      "1:17-36 Integer out of range: 9223372036854775808 (an integer is between "
                      "-9223372036854775808 and 9223372036854775807)");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH .a", "1:15-17 Missing literal: = and a literal must follow the field");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH .a, int",
                      "1:15-17 Missing literal: = and a literal must follow the field");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH . = 1", "1:15-16 Missing field: a name must follow .");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH .a+b = 1", "1:17-18 Character + in the name of a field: a bare name has "
                                                "letters, digits and _ . - ? ! *");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH = \"a\"b", "1:20-21 A blank must follow the string");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH = \"a", "1:17-19 Unterminated string: no closing \" on this line");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH any AFTER", "1:19-24 Missing operand: a label must follow AFTER");
    CHECK_DIAGNOSTICS("RECEIVE_MATCH any AFTER lop\nLABEL loop", "1:25-28 Unknown label: lop [loop]");
    CHECK_DIAGNOSTICS("NOP\nRECEIVE_MATCH any\nRECEIVE_MATCH any AFTER 0 x",
                      "3:27-28 Surplus operand x: RECEIVE_MATCH takes patterns, and where to go on after a "
                      "time-out");
    CHECK_DIAGNOSTICS("MAILBOX_PEEK",
                      "1:1-13 Missing operand: MAILBOX_PEEK takes a label or instruction index");
}

TEST(supervisors) {
    CHECK_DIAGNOSTICS("START_SUPERVISOR one_for_al",
                      "1:18-28 Unknown strategy: one_for_al (one_for_one, one_for_all or rest_for_one) "
                      "[one_for_all]");
    CHECK_DIAGNOSTICS("START_SUPERVISOR all",
                      "1:18-21 Unknown strategy: all (one_for_one, one_for_all or rest_for_one)");
    CHECK_DIAGNOSTICS("START_SUPERVISOR 4294967296",
                      "1:18-28 Number of restarts out of range: 4294967296 (between 0 and 4294967295)");
    CHECK_DIAGNOSTICS("START_SUPERVISOR one_for_one 1 0",
                      "1:32-33 Period in milliseconds out of range: 0 (between 1 and 4294967295)");
    CHECK_DIAGNOSTICS(
        "START_SUPERVISOR 1 one_for_one",
        "1:20-31 START_SUPERVISOR takes one_for_one, one_for_all or rest_for_one, and the restarts "
        "allowed in a period, not one_for_one");
    CHECK_DIAGNOSTICS("START_SUPERVISOR 1 2 3",
                      "1:22-23 Surplus operand 3: START_SUPERVISOR takes one_for_one, one_for_all or "
                      "rest_for_one, and the restarts allowed in a period");
    CHECK_DIAGNOSTICS("SUPERVISE_CHILD", "1:1-16 Missing operand: SUPERVISE_CHILD takes a child's name, "
                                         "permanent, transient or temporary, and a label");
    CHECK_DIAGNOSTICS("SUPERVISE_CHILD \"\"", "1:17-19 The name of a child must not be empty");
    CHECK_DIAGNOSTICS(
        "SUPERVISE_CHILD w permanant",
        "1:19-28 Unknown policy: permanant (permanent, transient or temporary; quote a label of "
        "this name) [permanent]");
    CHECK_DIAGNOSTICS("SUPERVISE_CHILD w always run",
                      "1:19-25 Unknown policy: always (permanent, transient or temporary)");
    CHECK_DIAGNOSTICS(
        "SUPERVISE_CHILD w temporary run x",
        "1:33-34 Surplus operand x: SUPERVISE_CHILD takes a child's name, permanent, transient or "
        "temporary, and a label");
    CHECK_DIAGNOSTICS("SUPERVISE_FUNCTION w run",
                      "1:22-25 Unknown policy: run (permanent, transient or temporary)");
    CHECK_DIAGNOSTICS("SUPERVISE_FUNCTION w temprary",
                      "1:22-30 Unknown policy: temprary (permanent, transient or temporary) [temporary]");
    CHECK_DIAGNOSTICS(
        "SUPERVISE_FUNCTION w temporary run",
        "1:32-35 Surplus operand run: SUPERVISE_FUNCTION takes a child's name and a policy; what "
        "the child runs is on the stack");
    CHECK_DIAGNOSTICS("TRAP_EXIT yes",
                      "1:11-14 TRAP_EXIT takes a truth value (also 1 and 0), or nothing, not yes");
    CHECK_DIAGNOSTICS("PUSH_BOOL 1", "1:11-12 PUSH_BOOL takes a truth value, not 1");
}

TEST(names) {
    CHECK_DIAGNOSTICS(
        "STORE a,b",
        "1:8-9 Character , in the name of a variable: a bare name has letters, digits and _ . - ? ! *");
    CHECK_DIAGNOSTICS("STORE \"\"", "1:7-9 The name of a variable must not be empty");
    CHECK_DIAGNOSTICS("LABEL \"a\\0b\"", "1:7-13 The name of a label must not be a text with \\0");
    CHECK_DIAGNOSTICS("CALL f a a\nLABEL f", "1:10-11 Duplicate parameter: a");
    CHECK_DIAGNOSTICS("LABEL x\nNOP\nLABEL x", "3:7-8 Duplicate label: x (first on line 1)");
    CHECK_DIAGNOSTICS(
        "LABEL x:",
        "1:8-9 Character : in the name of a label: a bare name has letters, digits and _ . - ? ! *");
    CHECK_DIAGNOSTICS("REGISTER \"\"", "1:10-12 The name of an actor must not be empty");
}

TEST(addresses) {
    CHECK_DIAGNOSTICS("JMP 2\nJMP 3",
                      "2:5-6 Address out of range: 3 (the program has instructions 0 to 1, its end is 2)");
    CHECK_DIAGNOSTICS("JMP 99999999999999999999999", "1:5-28 Address out of range: 99999999999999999999999 "
                                                     "(the program has instructions 0 to 0, its end is 1)");
    CHECK_DIAGNOSTICS("JMP -1", "1:5-7 Unknown label: -1");
}

TEST(strings) {
    CHECK_DIAGNOSTICS("PUSH_STR \"abc", "1:10-14 Unterminated string: no closing \" on this line");
    CHECK_DIAGNOSTICS("PUSH_STR \"abc\\", "1:14-15 Unterminated string: the line ends after \\");
    CHECK_DIAGNOSTICS("PUSH_STR \"abc\\\"\r\n", "1:10-16 Unterminated string: no closing \" on this line");
    CHECK_DIAGNOSTICS("PUSH_STR \"a\\qb\"", "1:12-14 Unknown escape: \\q");
    CHECK_DIAGNOSTICS("PUSH_STR \"\xE2\x82\xAC\\\xE2\x82\xAC\"", "1:12-14 Unknown escape: \\\xE2\x82\xAC");
    CHECK_DIAGNOSTICS("PUSH_STR \"\\x4\"", "1:11-13 \\x takes two hexadecimal digits");
    CHECK_DIAGNOSTICS("PUSH_STR \"\\u41\"",
                      "1:11-13 \\u takes 1 to 6 hexadecimal digits in braces, as in \\u{1F600}");
    CHECK_DIAGNOSTICS("PUSH_STR \"\\u{}\"",
                      "1:11-14 \\u takes 1 to 6 hexadecimal digits in braces, as in \\u{1F600}");
    CHECK_DIAGNOSTICS("PUSH_STR \"\\u{D800}\"", "1:11-19 Not a Unicode character: U+D800");
    CHECK_DIAGNOSTICS("PUSH_STR \"\\u{110000}\"", "1:11-21 Not a Unicode character: U+110000");
    CHECK_DIAGNOSTICS("PUSH_STR \"a\"b", "1:13-14 A blank must follow the string");
}

TEST(columns_count_code_points) {
    CHECK_DIAGNOSTICS(
        "CALL \xE2\x82\xAC\xF0\x9F\x98\x80 a,",
        "1:6-8 Unknown label: \xE2\x82\xAC\xF0\x9F\x98\x80\n"
        "1:10-11 Character , in the name of a parameter: a bare name has letters, digits and _ . - ? ! *");
    CHECK_DIAGNOSTICS("\tSTORE \xC3\xA4 x", "1:10-11 Surplus operand x: STORE takes a variable name");
}

TEST(blocks) {
    CHECK_DIAGNOSTICS("NOP\n  TRY\nNOP", "2:3-6 TRY without a label needs a CATCH and an END_TRY");
    CHECK_DIAGNOSTICS("TRY\nCATCH e", "1:1-4 The CATCH of this TRY needs an END_TRY");
    CHECK_DIAGNOSTICS("TRY\nEND_TRY\nCATCH e\nEND_TRY",
                      "2:1-8 END_TRY before the CATCH of the TRY on line 1");
    CHECK_DIAGNOSTICS("TRY\nTRY\nCATCH\nEND_TRY", "1:1-4 TRY without a label needs a CATCH and an END_TRY");
    /* What could not be read may have been what is missing. */
    CHECK_DIAGNOSTICS("TRY\nCATHC e\nEND_TRY", "2:1-6 Unknown instruction: CATHC [CATCH]");
}

TEST(all_errors_in_order) {
    CHECK_DIAGNOSTICS(
        "JMP a\nPRNT\nJMP b\nADD 1\nJMP c",
        "1:5-6 Unknown label: a\n2:1-5 Unknown instruction: PRNT [PRINT]\n3:5-6 Unknown label: b\n"
        "4:5-6 Surplus operand 1: ADD takes no operand\n5:5-6 Unknown label: c");
    TtStrbuf source = {0};
    for (int i = 0; i < 21; i++) tt_strbuf_add_text(&source, "XYZZYX\n");
    char *text = diagnose(source.bytes);
    int lines = 0;
    for (const char *c = text; *c; c++) lines += *c == '\n';
    CHECK_INT(lines, TT_MAX_DIAGNOSTICS); /* 20 errors and the mark that there are more */
    CHECK(strstr(text, "\n20:1-7 ") != NULL);
    CHECK(strstr(text, "…") != NULL);
    tt_free(text);
    tt_strbuf_free(&source);
}

#define CHECK_BYTES_DIAGNOSTICS(bytes, wanted)                                                               \
    do {                                                                                                     \
        char *got_ = diagnose_bytes(bytes, sizeof(bytes) - 1);                                               \
        CHECK_STR(got_, wanted);                                                                             \
        tt_free(got_);                                                                                       \
    } while (0)

TEST(bad_bytes) {
    CHECK_BYTES_DIAGNOSTICS("NOP\nPUSH_STR a\xFF"
                            "b",
                            "2:11-12 Not UTF-8 text: byte 0xFF");
    CHECK_BYTES_DIAGNOSTICS("; \xC3\xA4\xC3", "1:4-5 Not UTF-8 text: byte 0xC3");
    CHECK_BYTES_DIAGNOSTICS("PUSH_STR \"\xED\xA0\x80\"", "1:11-12 Not UTF-8 text: byte 0xED");
    CHECK_BYTES_DIAGNOSTICS("NOP\0POP", "1:1-8 Unknown instruction: \"NOP\\0POP\"");
    CHECK_BYTES_DIAGNOSTICS("STORE a\0b", "1:8-9 Character U+0000 in the name of a variable");
    CHECK_BYTES_DIAGNOSTICS("STORE a\x1b[2J", "1:8-9 Character U+001B in the name of a variable");
    CHECK_BYTES_DIAGNOSTICS("PUSH_STR \"a\\\x01\"", "1:12-14 Unknown escape: \\ before U+0001");
}

TEST(hostile_sizes) {
    /* one line of two million characters, as a word, as a string, as operands */
    enum { SIZE = 2000000 };
    char *text = tt_alloc(SIZE + 1);
    text[SIZE] = '\0';
    memset(text, 'x', SIZE);
    char *got = diagnose_bytes(text, SIZE);
    CHECK(strlen(got) < 200);
    tt_free(got);
    memcpy(text, "CALL f ", 7);
    for (int i = 7; i < SIZE; i += 2) text[i] = ' ';
    got = diagnose_bytes(text, SIZE);
    CHECK(strlen(got) < 200);
    tt_free(got);
    memset(text, '"', SIZE);
    memcpy(text, "STORE ", 6);
    got = diagnose_bytes(text, SIZE);
    CHECK(strlen(got) < 200);
    tt_free(got);
    /* a million open blocks */
    for (int i = 0; i + 4 <= SIZE; i += 4) memcpy(text + i, "TRY\n", 4);
    got = diagnose_bytes(text, SIZE);
    CHECK(strstr(got, "…") != NULL);
    tt_free(got);
    tt_free(text);
    /* too many parameters */
    TtStrbuf source = {0};
    tt_strbuf_add_text(&source, "LABEL f\nCALL f");
    for (int i = 0; i <= TT_MAX_OPERANDS; i++) tt_strbuf_add_format(&source, " p%d", i);
    got = diagnose(source.bytes);
    CHECK(strstr(got, "Too many parameters: at most 250") != NULL);
    tt_free(got);
    tt_strbuf_free(&source);
}

int main(void) {
    RUN(unknown_words);
    RUN(operands);
    RUN(patterns);
    RUN(supervisors);
    RUN(names);
    RUN(addresses);
    RUN(strings);
    RUN(columns_count_code_points);
    RUN(blocks);
    RUN(all_errors_in_order);
    RUN(bad_bytes);
    RUN(hostile_sizes);
    return test_finish();
}
