// SPDX-License-Identifier: MIT
/**
 * The formatter: labels at the margin, instructions four columns in, mnemonics as the table writes them, one
 * blank between operands, at most one empty line in a row. Comments stay where they are, at the margin or
 * with the instructions. A line that makes no sense is kept as it is.
 */
#include "asm/asm.h"
#include "asm/asm_internal.h"

#include <string.h>

#define INDENT "    "

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

/** Behind the closing quotation mark of a string, or NULL when it has none. */
static const char *string_end(const char *at, const char *end) {
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\' && at + 1 < end) at++;
    return at < end ? at + 1 : NULL;
}

/** Where the comment of a line begins, or its end. NULL: a string does not end. */
static const char *comment_of(const char *at, const char *end) {
    bool fresh = true; /* a string begins at a word's start only */
    while (at < end && *at != ';') {
        if (*at == '"' && fresh) {
            at = string_end(at, end);
            if (!at) return NULL;
            fresh = false;
            continue;
        }
        fresh = is_blank(*at) || strchr("=&,", *at);
        at++;
    }
    return at;
}

/** Operands with one blank between them; strings as they are. */
static void add_operands(TtStrbuf *out, const char *at, const char *end) {
    while (at < end) {
        while (at < end && is_blank(*at)) at++;
        const char *begin = at;
        while (at < end && !is_blank(*at)) {
            const char *behind = *at == '"' ? string_end(at, end) : at + 1;
            at = behind ? behind : end;
        }
        if (at == begin) return;
        tt_strbuf_add_char(out, ' ');
        tt_strbuf_add(out, begin, (size_t)(at - begin));
    }
}

static void add_mnemonic(TtStrbuf *out, const char *word, size_t length, int op, bool synonym) {
    if (op >= 0 && !synonym) {
        tt_strbuf_add_text(out, tt_op_info((unsigned)op)->mnemonic);
        return;
    }
    for (size_t i = 0; i < length; i++)
        tt_strbuf_add_char(out, word[i] >= 'a' && word[i] <= 'z' ? (char)(word[i] - 'a' + 'A') : word[i]);
}

/** A line without blanks at its ends, which is not empty. */
static void add_line(TtStrbuf *out, const char *begin, const char *end, bool at_margin) {
    if (*begin == ';') {
        tt_strbuf_add_text(out, at_margin ? "" : INDENT);
        tt_strbuf_add(out, begin, (size_t)(end - begin));
        return;
    }
    const char *comment = comment_of(begin, end), *word = begin;
    while (word < end && !is_blank(*word) && *word != ';') word++;
    size_t length = (size_t)(word - begin);
    bool label = length == 5 && (memcmp(begin, "LABEL", 5) == 0 || memcmp(begin, "label", 5) == 0),
         synonym = false;
    int op = label ? -1 : tt_op_find_word(begin, length, &synonym);
    if (!comment || (!label && op < 0)) {
        tt_strbuf_add_text(out, at_margin ? "" : INDENT);
        tt_strbuf_add(out, begin, (size_t)(end - begin));
        return;
    }
    if (!label) tt_strbuf_add_text(out, INDENT);
    add_mnemonic(out, begin, length, op, synonym);
    const char *last = comment;
    while (last > word && is_blank(last[-1])) last--;
    while (word < last && is_blank(*word)) word++;
    /* A bare text is its blanks, too. */
    bool text = op >= 0 && tt_op_info((unsigned)op)->format == TT_FORMAT_STR && word < last && *word != '"';
    if (text) {
        tt_strbuf_add_char(out, ' ');
        tt_strbuf_add(out, word, (size_t)(last - word));
    } else {
        add_operands(out, word, last);
    }
    if (comment == end) return;
    tt_strbuf_add_text(out, "  ");
    tt_strbuf_add(out, comment, (size_t)(end - comment));
}

void tt_asm_format(TtStrbuf *out, const char *source, size_t length) {
    if (length >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0) source += 3, length -= 3;
    const char *at = source, *stop = source + length;
    bool started = false;
    uint32_t empty = 0;
    while (at < stop) {
        const char *newline = memchr(at, '\n', (size_t)(stop - at)), *end = newline ? newline : stop,
                   *begin = at;
        at = newline ? newline + 1 : stop;
        while (begin < end && is_blank(*begin)) begin++;
        bool at_margin = begin == (newline ? newline : stop) || begin == source || begin[-1] == '\n';
        if (end > begin && end[-1] == '\r') end--;
        /* Blanks at its end belong to a comment: expectations of tests count on them. */
        const char *comment = comment_of(begin, end);
        if (!comment || comment == end)
            while (end > begin && is_blank(end[-1])) end--;
        if (begin == end) {
            empty++;
            continue;
        }
        if (started && empty) tt_strbuf_add_char(out, '\n');
        add_line(out, begin, end, at_margin);
        tt_strbuf_add_char(out, '\n');
        started = true;
        empty = 0;
    }
}
