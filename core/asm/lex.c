// SPDX-License-Identifier: MIT
#include "asm/lex.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <string.h>

void tt_lex_init(TtLexer *lexer, const char *source, size_t length, TtDiags *diags) {
    *lexer = (TtLexer){.next_line = source, .source_end = source + length, .diags = diags};
}

void tt_lex_free(TtLexer *lexer) {
    tt_strbuf_free(&lexer->string);
}

uint32_t tt_lex_column(const char *line_begin, const char *place) {
    return (uint32_t)tt_utf8_count(line_begin, (size_t)(place - line_begin)) + 1;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/** Reports the first byte of the line that is not UTF-8. */
static void report_bad_byte(TtLexer *lexer) {
    const char *at = lexer->line_begin;
    for (;;) {
        unsigned size = 1;
        while (size <= 4 && size <= (size_t)(lexer->line_end - at) && !tt_utf8_valid(at, size)) size++;
        if (size > 4 || size > (size_t)(lexer->line_end - at)) break;
        at += size;
    }
    uint32_t column = tt_lex_column(lexer->line_begin, at);
    tt_diag_add(lexer->diags, false, lexer->line, column, column + 1, NULL, "Not UTF-8 text: byte 0x%02X",
                (unsigned)(unsigned char)*at);
}

bool tt_lex_line(TtLexer *lexer) {
    while (lexer->next_line) {
        const char *begin = lexer->next_line, *end = lexer->source_end;
        const char *newline = begin < end ? memchr(begin, '\n', (size_t)(end - begin)) : NULL;
        lexer->next_line = newline ? newline + 1 : NULL;
        lexer->line++;
        lexer->line_begin = lexer->at = begin;
        lexer->line_end = newline ? newline : end;
        if (lexer->line_end > begin && lexer->line_end[-1] == '\r') lexer->line_end--;
        if (tt_utf8_valid(begin, (size_t)(lexer->line_end - begin))) return true;
        report_bad_byte(lexer);
        if (lexer->diags->truncated) return false;
    }
    return false;
}

static void skip_blanks(TtLexer *lexer) {
    while (lexer->at < lexer->line_end && is_blank(*lexer->at)) lexer->at++;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool add_code_point(TtLexer *lexer, uint32_t code_point, const char *begin, const char *end) {
    char bytes[4];
    unsigned size = tt_utf8_encode(code_point, bytes);
    if (!size) {
        tt_lex_error(lexer, begin, end, NULL, "Not a Unicode character: U+%04" PRIX32, code_point);
        return false;
    }
    tt_strbuf_add(&lexer->string, bytes, size);
    return true;
}

/** `\xHH`; `at` is behind the x. NULL when malformed. */
static const char *read_byte_escape(TtLexer *lexer, const char *begin, const char *at) {
    int high = at < lexer->line_end ? hex_value(at[0]) : -1;
    int low = high >= 0 && at + 1 < lexer->line_end ? hex_value(at[1]) : -1;
    if (low < 0) {
        tt_lex_error(lexer, begin, at, NULL, "\\x takes two hexadecimal digits");
        return NULL;
    }
    return add_code_point(lexer, (uint32_t)(high * 16 + low), begin, at + 2) ? at + 2 : NULL;
}

/** `\u{…}`; `at` is behind the u. NULL when malformed. */
static const char *read_unicode_escape(TtLexer *lexer, const char *begin, const char *at) {
    uint32_t code_point = 0;
    int digits = 0;
    if (at < lexer->line_end && *at == '{') {
        for (at++; at < lexer->line_end && hex_value(*at) >= 0 && digits < 7; at++, digits++)
            code_point = code_point * 16 + (uint32_t)hex_value(*at);
        if (digits && at < lexer->line_end && *at == '}')
            return add_code_point(lexer, code_point, begin, at + 1) ? at + 1 : NULL;
    }
    tt_lex_error(lexer, begin, at, NULL, "\\u takes 1 to 6 hexadecimal digits in braces, as in \\u{1F600}");
    return NULL;
}

/** One escape at its backslash; the place behind it, or NULL when it is malformed (reported). */
static const char *read_escape(TtLexer *lexer, const char *at) {
    const char *begin = at++;
    if (at == lexer->line_end) {
        tt_lex_error(lexer, begin, at, NULL, "Unterminated string: the line ends after \\");
        return NULL;
    }
    char c = *at++;
    switch (c) {
    case 'n': tt_strbuf_add_char(&lexer->string, '\n'); return at;
    case 't': tt_strbuf_add_char(&lexer->string, '\t'); return at;
    case 'r': tt_strbuf_add_char(&lexer->string, '\r'); return at;
    case '0': tt_strbuf_add_char(&lexer->string, '\0'); return at;
    case '\\':
    case '"': tt_strbuf_add_char(&lexer->string, c); return at;
    case 'x': return read_byte_escape(lexer, begin, at);
    case 'u': return read_unicode_escape(lexer, begin, at);
    default: break;
    }
    unsigned size;
    uint32_t code_point = tt_utf8_decode(at - 1, &size);
    if (code_point < 0x20 || code_point == 0x7F)
        tt_lex_error(lexer, begin, at, NULL, "Unknown escape: \\ before U+%04" PRIX32, code_point);
    else
        tt_lex_error(lexer, begin, at - 1 + size, NULL, "Unknown escape: \\%.*s", (int)size, at - 1);
    return NULL;
}

static bool is_mark(char c) {
    return c == '=' || c == '&' || c == ',';
}

/** `in_pattern`: a mark may follow, too. */
static TtToken read_string(TtLexer *lexer, bool in_pattern) {
    TtToken token = {.kind = TT_TOKEN_STRING, .begin = lexer->at};
    const char *at = lexer->at + 1;
    tt_strbuf_clear(&lexer->string);
    while (at && at < lexer->line_end && *at != '"') {
        const char *run = at;
        while (at < lexer->line_end && *at != '"' && *at != '\\') at++;
        tt_strbuf_add(&lexer->string, run, (size_t)(at - run));
        if (at < lexer->line_end && *at == '\\') at = read_escape(lexer, at);
    }
    if (at == lexer->line_end) {
        tt_lex_error(lexer, token.begin, at, NULL, "Unterminated string: no closing \" on this line");
        at = NULL;
    } else if (at) {
        at++;
        if (at < lexer->line_end && !is_blank(*at) && *at != ';' && !(in_pattern && is_mark(*at))) {
            tt_lex_error(lexer, at, at + 1, NULL, "A blank must follow the string");
            at = NULL;
        }
    }
    if (!at) {
        /* The rest of the line makes no sense any more: one error is enough. */
        lexer->at = token.end = lexer->line_end;
        token.kind = TT_TOKEN_BAD;
        return token;
    }
    lexer->at = token.end = at;
    token.text = tt_strbuf_text(&lexer->string);
    token.length = lexer->string.length;
    return token;
}

TtToken tt_lex_token(TtLexer *lexer) {
    skip_blanks(lexer);
    if (lexer->at == lexer->line_end || *lexer->at == ';')
        return (TtToken){.kind = TT_TOKEN_END, .begin = lexer->at, .end = lexer->at};
    if (*lexer->at == '"') return read_string(lexer, false);
    const char *begin = lexer->at;
    while (lexer->at < lexer->line_end && !is_blank(*lexer->at) && *lexer->at != ';') lexer->at++;
    return (TtToken){TT_TOKEN_WORD, begin, lexer->at, begin, (size_t)(lexer->at - begin)};
}

TtToken tt_lex_pattern(TtLexer *lexer) {
    skip_blanks(lexer);
    if (lexer->at == lexer->line_end || *lexer->at == ';')
        return (TtToken){.kind = TT_TOKEN_END, .begin = lexer->at, .end = lexer->at};
    if (*lexer->at == '"') return read_string(lexer, true);
    const char *begin = lexer->at;
    if (is_mark(*begin)) {
        lexer->at++;
        return (TtToken){TT_TOKEN_MARK, begin, lexer->at, begin, 1};
    }
    while (lexer->at < lexer->line_end && !is_blank(*lexer->at) && *lexer->at != ';' && *lexer->at != '"' &&
           !is_mark(*lexer->at))
        lexer->at++;
    return (TtToken){TT_TOKEN_WORD, begin, lexer->at, begin, (size_t)(lexer->at - begin)};
}

TtToken tt_lex_rest(TtLexer *lexer) {
    skip_blanks(lexer);
    const char *begin = lexer->at;
    while (lexer->at < lexer->line_end && *lexer->at != ';') lexer->at++;
    const char *end = lexer->at;
    while (end > begin && is_blank(end[-1])) end--;
    if (end == begin) return (TtToken){.kind = TT_TOKEN_END, .begin = begin, .end = begin};
    return (TtToken){TT_TOKEN_WORD, begin, end, begin, (size_t)(end - begin)};
}

bool tt_lex_at_string(TtLexer *lexer) {
    skip_blanks(lexer);
    return lexer->at < lexer->line_end && *lexer->at == '"';
}
