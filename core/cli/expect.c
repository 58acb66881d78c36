// SPDX-License-Identifier: MIT
#include "expect.h"

#include <string.h>

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static bool equals_text(TtCliSpan span, const char *text) {
    return span.length == strlen(text) && memcmp(span.bytes, text, span.length) == 0;
}

static bool equals_span(TtCliSpan a, TtCliSpan b) {
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

static bool starts_with(TtCliSpan span, const char *text) {
    return span.length >= strlen(text) && memcmp(span.bytes, text, strlen(text)) == 0;
}

bool tt_cli_spans_have(const TtCliSpans *spans, const char *text) {
    for (uint32_t i = 0; i < spans->count; i++)
        if (equals_text(spans->items[i], text)) return true;
    return false;
}

/** Cuts the next line, without its end, from `*rest`; false when nothing is left. */
static bool take_line(TtCliSpan *rest, TtCliSpan *line) {
    if (rest->length == 0) return false;
    const char *end = memchr(rest->bytes, '\n', rest->length);
    size_t length = end ? (size_t)(end - rest->bytes) : rest->length;
    *line = (TtCliSpan){rest->bytes, length};
    rest->bytes += length + (end != NULL);
    rest->length -= length + (end != NULL);
    return true;
}

static TtCliSpan trimmed(TtCliSpan span) {
    while (span.length > 0 && is_blank(span.bytes[0])) span.bytes++, span.length--;
    while (span.length > 0 && is_blank(span.bytes[span.length - 1])) span.length--;
    return span;
}

/* ---- parsing ------------------------------------------------------------------------------------- */

/** A comment line `; name: text` or `; name`; false when it is none. */
static bool split_comment(TtCliSpan line, TtCliSpan *name, TtCliSpan *text, bool *has_colon) {
    if (line.length > 0 && line.bytes[line.length - 1] == '\r') line.length--;
    const char *at = line.bytes, *end = at + line.length;
    while (at < end && is_blank(*at)) at++;
    if (at == end || *at != ';') return false;
    while (at < end && *at == ';') at++;
    while (at < end && is_blank(*at)) at++;
    const char *start = at;
    while (at < end && ((*at >= 'a' && *at <= 'z') || (*at == '-' && at > start && at[-1] != '-'))) at++;
    if (at == start || at[-1] == '-') return false;
    *name = (TtCliSpan){start, (size_t)(at - start)};
    *has_colon = at < end && *at == ':';
    if (*has_colon) at++;
    if (*has_colon && at < end && *at == ' ') at++;
    *text = (TtCliSpan){at, (size_t)(end - at)};
    return *has_colon || trimmed(*text).length == 0;
}

/** Words separated by blanks; "a b" is one word. */
static void add_words(TtCliSpans *words, TtCliSpan text) {
    const char *at = text.bytes, *end = at + text.length;
    for (;;) {
        while (at < end && is_blank(*at)) at++;
        if (at == end) return;
        const char *close = *at == '"' ? memchr(at + 1, '"', (size_t)(end - at) - 1) : NULL;
        TtCliSpan word;
        if (close) {
            word = (TtCliSpan){at + 1, (size_t)(close - at) - 1};
            at = close + 1;
        } else {
            const char *start = at;
            while (at < end && !is_blank(*at)) at++;
            word = (TtCliSpan){start, (size_t)(at - start)};
        }
        tt_vec_push(words, word);
    }
}

static void add_problem(TtCliExpectations *expectations, unsigned line, const char *problem) {
    tt_strbuf_add_format(&expectations->problems, "line %u: %s\n", line, problem);
}

static void add_modes(TtCliExpectations *expectations, TtCliSpan text, unsigned line) {
    const char *reason = memchr(text.bytes, '(', text.length);
    if (!reason || text.bytes[text.length - 1] != ')')
        add_problem(expectations, line, "modes: needs a reason in parentheses");
    if (reason) text.length = (size_t)(reason - text.bytes);
    expectations->has_modes = true;
    add_words(&expectations->modes, text);
}

/** Digits only; -1 when it is anything else or does not fit. */
static int read_number(TtCliSpan text) {
    int number = 0;
    if (text.length == 0 || text.length > 8) return -1;
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') return -1;
        number = number * 10 + (text.bytes[i] - '0');
    }
    return number;
}

static void add_number(TtCliExpectations *expectations, TtCliSpan name, TtCliSpan text, unsigned line) {
    int number = read_number(text);
    if (number < 0)
        add_problem(expectations, line, "a number is expected");
    else if (equals_text(name, "exit"))
        expectations->exit = number;
    else
        expectations->timeout = (unsigned)number;
}

static void add_comment(TtCliExpectations *expectations, TtCliSpan name, TtCliSpan verbatim, unsigned line) {
    TtCliSpan text = trimmed(verbatim);
    if (equals_text(name, "expect") || equals_text(name, "expect-unordered")) {
        TtCliExpectedLine expected = {.text = verbatim, .unordered = name.length > strlen("expect")};
        tt_vec_push(&expectations->output, expected);
    } else if (equals_text(name, "check")) {
        TtCliCheck check = {text, expectations->output.count, expectations->errors.count};
        tt_vec_push(&expectations->checks, check);
    } else if (equals_text(name, "expect-empty")) {
        expectations->empty = true;
    } else if (equals_text(name, "expect-error")) {
        tt_vec_push(&expectations->errors, verbatim);
    } else if (starts_with(name, "expect")) {
        add_problem(expectations, line, "this comment begins with 'expect' but is unknown");
    } else if (equals_text(name, "stdin") || equals_text(name, "stdin-part")) {
        tt_strbuf_add(&expectations->input, verbatim.bytes, verbatim.length);
        if (name.length == strlen("stdin")) tt_strbuf_add_char(&expectations->input, '\n');
    } else if (equals_text(name, "args")) {
        add_words(&expectations->args, text);
    } else if (equals_text(name, "options")) {
        add_words(&expectations->options, text);
    } else if (equals_text(name, "module")) {
        expectations->module = true;
    } else if (equals_text(name, "modes")) {
        add_modes(expectations, text, line);
    } else if (equals_text(name, "env")) {
        const char *equals = memchr(text.bytes, '=', text.length);
        if (!equals || equals == text.bytes)
            add_problem(expectations, line, "env: expects NAME=value");
        else
            tt_vec_push(&expectations->env, text);
    } else if (equals_text(name, "exit") || equals_text(name, "timeout")) {
        add_number(expectations, name, text, line);
    }
}

void tt_cli_expect_parse(TtCliExpectations *expectations, const char *source, size_t length) {
    *expectations = (TtCliExpectations){0};
    TtCliSpan rest = {source, length}, line, name, text;
    bool has_colon;
    for (unsigned number = 1; take_line(&rest, &line); number++) {
        if (!split_comment(line, &name, &text, &has_colon)) continue;
        if (has_colon || equals_text(name, "expect-empty"))
            add_comment(expectations, name, text, number);
        else if (starts_with(name, "expect"))
            add_problem(expectations, number, "this comment needs a colon");
    }
    if (expectations->module) return;
    if (expectations->empty && expectations->output.count > 0)
        tt_strbuf_add_text(&expectations->problems, "expect-empty stands beside expected lines\n");
    if (!expectations->empty && expectations->output.count == 0 && expectations->errors.count == 0)
        tt_strbuf_add_text(&expectations->problems, "nothing is expected: it has no comment 'expect: …'\n");
}

void tt_cli_expect_free(TtCliExpectations *expectations) {
    tt_vec_free(&expectations->output);
    tt_vec_free(&expectations->errors);
    tt_vec_free(&expectations->checks);
    tt_vec_free(&expectations->args);
    tt_vec_free(&expectations->options);
    tt_vec_free(&expectations->modes);
    tt_vec_free(&expectations->env);
    tt_strbuf_free(&expectations->input);
    tt_strbuf_free(&expectations->problems);
}

/* ---- judging ------------------------------------------------------------------------------------- */

/** Sorts lines `at` … `at + count` of `actual` as the unordered lines of `expected` have them, if they are
 * those. */
static void align_group(const TtCliExpectedLine *expected, TtCliSpan *actual, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = i; j < count; j++) {
            if (!equals_span(expected[i].text, actual[j])) continue;
            TtCliSpan found = actual[j];
            actual[j] = actual[i];
            actual[i] = found;
            break;
        }
    }
}

static void add_shown(TtStrbuf *out, const char *label, const TtCliSpan *line) {
    enum { SHOWN = 200 };
    tt_strbuf_add_text(out, label);
    if (!line) {
        tt_strbuf_add_text(out, "(nothing more)\n");
        return;
    }
    tt_strbuf_add(out, line->bytes, line->length > SHOWN ? SHOWN : line->length);
    tt_strbuf_add_text(out, line->length > SHOWN ? "…\n" : "\n");
}

/** The lines of `output`, those of unordered groups in the order in which they are expected. */
static TtCliSpans align_output(const TtCliExpectations *expectations, TtCliSpan output) {
    TtCliSpans actual = {0};
    TtCliSpan line;
    while (take_line(&output, &line)) tt_vec_push(&actual, line);
    const TtCliExpectedLine *expected = expectations->output.items;
    uint32_t count = expectations->output.count;
    for (uint32_t at = 0; at < count; at++) {
        uint32_t end = at + 1;
        while (expected[at].unordered && end < count && expected[end].unordered) end++;
        if (end <= actual.count && expected[at].unordered)
            align_group(expected + at, actual.items + at, end - at);
        at = end - 1;
    }
    return actual;
}

static void judge_output(const TtCliExpectations *expectations, TtCliSpan output, TtStrbuf *wrong) {
    TtCliSpans actual = align_output(expectations, output);
    const TtCliExpectedLine *expected = expectations->output.items;
    uint32_t count = expectations->output.count;
    for (uint32_t i = 0; i < count || i < actual.count; i++) {
        bool have = i < actual.count, want = i < count;
        if (have && want && equals_span(expected[i].text, actual.items[i])) continue;
        tt_strbuf_add_format(wrong, "line %u of standard output differs\n", i + 1);
        add_shown(wrong, "  expected: ", want ? &expected[i].text : NULL);
        add_shown(wrong, "  but got:  ", have ? &actual.items[i] : NULL);
        break;
    }
    tt_vec_free(&actual);
}

/** Cuts off what comes before and with `text`; false, with nothing cut off, when it does not come. */
static bool pass_text(TtCliSpan *rest, TtCliSpan text) {
    const char *found =
        text.length <= rest->length ? memmem(rest->bytes, rest->length, text.bytes, text.length) : NULL;
    if (!found) return false;
    size_t passed = (size_t)(found - rest->bytes) + text.length;
    rest->bytes += passed;
    rest->length -= passed;
    return true;
}

static void judge_errors(const TtCliExpectations *expectations, TtCliSpan errors, TtStrbuf *wrong) {
    if (expectations->errors.count == 0 && errors.length > 0) {
        tt_strbuf_add_text(wrong, "nothing was expected on standard error\n");
        return;
    }
    for (uint32_t i = 0; i < expectations->errors.count; i++) {
        TtCliSpan text = expectations->errors.items[i];
        if (!pass_text(&errors, text)) {
            add_shown(wrong, "standard error lacks (here, in this order): ", &text);
            return;
        }
    }
}

bool tt_cli_expect_judge(const TtCliExpectations *expectations, const TtCliRunResult *result,
                         TtStrbuf *wrong) {
    size_t before = wrong->length;
    if (result->timed_out)
        tt_strbuf_add_text(wrong, "did not end in time\n");
    else if (result->too_much)
        tt_strbuf_add_text(wrong, "printed too much\n");
    else if (result->signal)
        tt_strbuf_add_format(wrong, "was ended by signal %d\n", result->signal);
    else if (result->exit != expectations->exit)
        tt_strbuf_add_format(wrong, "exit status is %d, not %d\n", result->exit, expectations->exit);
    judge_output(expectations, result->output, wrong);
    judge_errors(expectations, result->errors, wrong);
    return wrong->length == before;
}

/** Clears `passed` of the checks below which the expected lines are that differ. */
static void judge_lines(const TtCliExpectations *expectations, const TtCliSpans *actual, bool *passed) {
    uint32_t check = 0;
    for (uint32_t i = 0; i < expectations->output.count; i++) {
        while (check + 1 < expectations->checks.count && expectations->checks.items[check + 1].output <= i)
            check++;
        if (i >= actual->count || !equals_span(expectations->output.items[i].text, actual->items[i]))
            passed[check] = false;
    }
}

bool tt_cli_expect_judge_checks(const TtCliExpectations *expectations, const TtCliRunResult *result,
                                bool *passed) {
    uint32_t count = expectations->checks.count, check = 0;
    for (uint32_t i = 0; i <= count; i++) passed[i] = true;
    TtCliSpans actual = align_output(expectations, result->output);
    judge_lines(expectations, &actual, passed);
    TtCliSpan errors = result->errors;
    for (uint32_t i = 0; i < expectations->errors.count; i++) {
        while (check + 1 < count && expectations->checks.items[check + 1].error <= i) check++;
        if (!pass_text(&errors, expectations->errors.items[i])) passed[check] = false;
    }
    passed[count] = !result->timed_out && !result->too_much && !result->signal &&
                    result->exit == expectations->exit && actual.count == expectations->output.count &&
                    (expectations->errors.count > 0 || result->errors.length == 0);
    tt_vec_free(&actual);
    bool all = true;
    for (uint32_t i = 0; i <= count; i++) all = all && passed[i];
    return all;
}
