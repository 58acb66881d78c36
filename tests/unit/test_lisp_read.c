// SPDX-License-Identifier: MIT
/** The reader: what text becomes, with its places; and that no text is too much for reader and compiler. */
#include "base/alloc.h"
#include "base/config.h"
#include "lisp/datum.h"
#include "lisp/lisp.h"
#include "test.h"

/** The forms of a text as they are written, with blanks between them; then the errors, each after a `|`. */
static char *read_text(const char *source, size_t length) {
    TtDiags diags = {0};
    TtLispText text;
    TtLispArena arena = {0};
    TtNames symbols = {0};
    TtLispForms forms = {0};
    TtStrbuf out = {0};
    tt_lisp_text_init(&text, source, length, &diags);
    tt_lisp_read(&text, &arena, &symbols, &forms);
    for (uint32_t i = 0; i < forms.items.count; i++) {
        if (i) tt_strbuf_add_char(&out, ' ');
        tt_lisp_write(&out, &symbols, forms.items.items[i], 1u << 20);
    }
    for (uint32_t i = 0; i < diags.list.count; i++)
        tt_strbuf_add_format(&out, "|%u:%u", diags.list.items[i].line, diags.list.items[i].column);
    tt_vec_free(&forms.items);
    tt_names_free(&symbols);
    tt_lisp_arena_free(&arena);
    tt_lisp_text_free(&text);
    tt_diags_free(&diags);
    tt_strbuf_text(&out);
    return tt_strbuf_take(&out);
}

static void check_read(const char *source, const char *expected) {
    char *got = read_text(source, strlen(source));
    CHECK_STR(got, expected);
    tt_free(got);
}

TEST(data) {
    check_read("1 -2 +3 2.5 1e3 -0.0", "1 -2 3 2.5 1000.0 -0.0");
    check_read("a b-c! + - ... ->x", "a b-c! + - ... ->x");
    check_read("#t #f #true #false true null", "#t #f #t #f #t null");
    check_read("(a (b) ()) {k 1 \"s\" (2)}", "(a (b) ()) {k 1 \"s\" (2)}");
    check_read("(a . b) (a b . (c))", "(a . b) (a b . (c))");
    check_read("'a `(b ,c ,@d)", "(quote a) (quasiquote (b (unquote c) (unquote-splicing d)))");
    check_read("\"a\\n\\t\\\\\\\"\\x41\\u{e9}\"", "\"a\\n\\t\\\\\\\"A\xC3\xA9\"");
    check_read("\"two\nlines\"", "\"two\\nlines\"");
}

TEST(comments) {
    check_read("a ; b\nc", "a c");
    check_read("a #| b #| c |# d |# e", "a e");
    check_read("(a #;(b c) d) #;'x y", "(a d) y");
    check_read("", "");
}

TEST(errors_have_places) {
    check_read("(a\n(b", "|1:1");
    check_read("a)", "a|1:2");
    check_read("(a}", "(a)|1:3");
    check_read("\n \"abc", "\"abc\"|2:2");
    check_read("#| a", "|1:1");
    check_read("'", "|1:1");
    check_read("{a}", "{}|1:2");
    check_read("( . a) (a .) (a . b c)", "(a) (a) (a . b)|1:3|1:12|1:21");
    check_read("1x 99999999999999999999", "0 0|1:1|1:4");
    check_read("\xC3\xA9 \xFF", "|1:3");
}

/** `depth` opening parentheses and as many closing ones. */
static char *nested(size_t depth) {
    char *text = tt_alloc(2 * depth + 1);
    memset(text, '(', depth);
    memset(text + depth, ')', depth);
    text[2 * depth] = '\0';
    return text;
}

TEST(nesting_is_limited) {
    char *fine = nested(TT_LISP_MAX_NESTING), *deep = nested(1000000);
    char *got = read_text(fine, strlen(fine));
    CHECK(strchr(got, '|') == NULL);
    tt_free(got);
    got = read_text(deep, strlen(deep));
    CHECK(strchr(got, '|') != NULL);
    tt_free(got);
    tt_free(fine);
    tt_free(deep);
}

static uint32_t compile_errors(const char *source) {
    TtModule *module = NULL;
    TtDiags diags = {0};
    TtResult result = tt_lisp_compile("test.lisp", source, strlen(source), NULL, &module, &diags);
    uint32_t errors = diags.errors;
    CHECK((result == TT_OK) == (errors == 0));
    if (result == TT_OK) tt_module_destroy(module);
    tt_diags_free(&diags);
    return errors;
}

TEST(deep_programs_compile_or_are_refused) {
    static const char *const open[] = {
        "(let ((x 1)) ", "(lambda (x) ", "(if 1 ", "(match 1 (x ", "(+ 1 ", "(try ", "(let loop ((i 0)) "};
    static const char *const close[] = {")", ")", ")", "))", ")", " (catch e 1))", ")"};
    for (size_t kind = 0; kind < sizeof open / sizeof *open; kind++) {
        TtStrbuf text = {0};
        size_t depth = TT_LISP_MAX_NESTING / 2 - 2;
        for (size_t i = 0; i < depth; i++) tt_strbuf_add_text(&text, open[kind]);
        tt_strbuf_add_text(&text, "1");
        for (size_t i = 0; i < depth; i++) tt_strbuf_add_text(&text, close[kind]);
        CHECK_INT(compile_errors(text.bytes), 0);
        tt_strbuf_free(&text);
    }
}

TEST(macros_cannot_run_away) {
    CHECK_INT(compile_errors("(define-macro (m) '(m)) (m)"), 1);
    CHECK_INT(compile_errors("(define-macro (m x) `(+ 1 (m ,x))) (m 1)") > 0, 1);
    CHECK_INT(compile_errors("(define-macro (m) (let f ((n 0)) (+ 1 (f n)))) (m)"), 1);
    CHECK_INT(compile_errors("(define-macro (m) (let f ((n '(1))) (f (concat n n)))) (m)"), 1);
    CHECK_INT(compile_errors("(define-macro (m) (let f () (f))) (m)"), 1);
}

int main(void) {
    RUN(data);
    RUN(comments);
    RUN(errors_have_places);
    RUN(nesting_is_limited);
    RUN(deep_programs_compile_or_are_refused);
    RUN(macros_cannot_run_away);
    return test_finish();
}
