// SPDX-License-Identifier: MIT
/**
 * The formatter: line breaks stay as they were written, blanks and indentation are set. Within a form that
 * has a body the body stands two columns in; arguments of calls stand below the first one. Closing
 * parentheses go to the end of the line before. It works on characters and parentheses only, so that text
 * with errors can be formatted, too.
 */
#include "base/utf8.h"
#include "lisp/lisp_internal.h"

#include <string.h>

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_PREFIX, /* ' ` , ,@ #; : belongs to what follows */
    TOKEN_WORD,   /* also strings and block comments */
    TOKEN_COMMENT,
    TOKEN_LINES /* line breaks: `count` of them */
} TokenKind;

typedef struct Token {
    TokenKind kind;
    const char *begin, *end;
    uint32_t count;
} Token;

typedef struct Open {
    uint32_t column; /* of the parenthesis */
    uint32_t items;  /* begun so far */
    uint32_t first;  /* column of item 1 when it stands on the line of item 0, else 0 */
    uint32_t heads;  /* arguments before the body; UINT32_MAX: no body */
    bool call;       /* item 0 is a name */
    bool head_line;  /* the line of item 0 has not ended */
} Open;

typedef struct Formatter {
    const char *at, *end;
    TtStrbuf *out;
    uint32_t column; /* of what comes next */
    TT_VEC(Open) open;
    bool line_start, after_comment, after_prefix, after_open;
} Formatter;

/* ---- tokens -------------------------------------------------------------------------------------------- */

static bool ends_word(char c) {
    return c == '\0' || strchr(" \t\r\n\f()[]{}\";'`,", c);
}

static const char *skip_string(const char *at, const char *end) {
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\' && at + 1 < end) at++;
    return at < end ? at + 1 : end;
}

static const char *skip_block_comment(const char *at, const char *end) {
    uint32_t depth = 0;
    while (at + 1 < end) {
        if (at[0] == '#' && at[1] == '|')
            depth++, at += 2;
        else if (at[0] == '|' && at[1] == '#') {
            at += 2;
            if (--depth == 0) return at;
        } else
            at++;
    }
    return end;
}

static Token next_token(Formatter *f) {
    uint32_t lines = 0;
    while (f->at < f->end && strchr(" \t\r\n\f", *f->at) && *f->at) {
        lines += *f->at == '\n';
        f->at++;
    }
    Token token = {TOKEN_LINES, f->at, f->at, lines};
    if (lines) return token;
    token.kind = TOKEN_END;
    if (f->at == f->end) return token;
    const char *at = f->at, *end = f->end;
    char c = *at, after = at + 1 < end ? at[1] : '\0';
    token.kind = TOKEN_WORD;
    if (c == '(' || c == '{' || c == '[') {
        token.kind = TOKEN_OPEN;
        at++;
    } else if (c == ')' || c == '}' || c == ']') {
        token.kind = TOKEN_CLOSE;
        at++;
    } else if (c == ';') {
        token.kind = TOKEN_COMMENT;
        while (at < end && *at != '\n') at++;
        /* Blanks at its end belong to a comment: expectations of tests count on them. */
        if (at > f->at && at[-1] == '\r') at--;
    } else if (c == '"') {
        at = skip_string(at, end);
    } else if (c == '\'' || c == '`') {
        token.kind = TOKEN_PREFIX;
        at++;
    } else if (c == ',') {
        token.kind = TOKEN_PREFIX;
        at += after == '@' ? 2 : 1;
    } else if (c == '#' && after == ';') {
        token.kind = TOKEN_PREFIX;
        at += 2;
    } else if (c == '#' && after == '|') {
        at = skip_block_comment(at, end);
    } else {
        at++;
        while (at < end && !ends_word(*at)) at++;
    }
    token.end = f->at = at;
    return token;
}

/* ---- indentation ------------------------------------------------------------------------------------------
 */

/** How many arguments stand before the body of a form; UINT32_MAX: it has none. */
static uint32_t heads_of(const char *word, size_t length) {
    char name[40];
    if (length >= sizeof name) return UINT32_MAX;
    memcpy(name, word, length);
    name[length] = '\0';
    if (strncmp(name, "define", 6) == 0 || strncmp(name, "with-", 5) == 0) return 1;
    if (strcmp(name, "do") == 0) return 2;
    static const char *const none[] = {"begin", "try", "receive", "finally", "else", "supervisor"};
    static const char *const others[] = {"cond", "and", "or"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (strcmp(none[i], name) == 0) return 0;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i], name) == 0) return UINT32_MAX;
    int row = tt_lisp_word_find(name);
    return row >= 0 && strstr(tt_lisp_words[row].syntax, "body…") ? 1 : UINT32_MAX;
}

/** Column of what stands first on a line. */
static uint32_t indentation(const Formatter *f) {
    if (!f->open.count) return 0;
    const Open *open = &tt_vec_last(&f->open);
    if (!open->items || !open->call) return open->column + 1;
    if (open->heads != UINT32_MAX) return open->column + (open->items - 1 < open->heads ? 4 : 2);
    return open->first ? open->first : open->column + 2;
}

static uint32_t width(const char *begin, const char *end) {
    size_t length = (size_t)(end - begin);
    return (uint32_t)(tt_utf8_valid(begin, length) ? tt_utf8_count(begin, length) : length);
}

/** Writes a token; its column afterwards is behind its last line break. */
static void put(Formatter *f, const char *begin, const char *end) {
    tt_strbuf_add(f->out, begin, (size_t)(end - begin));
    for (const char *at = begin; at < end; at++)
        if (*at == '\n') {
            f->column = 0;
            begin = at + 1;
        }
    f->column += width(begin, end);
}

/** Blanks before an item, and what it is to the form around it. */
static void begin_item(Formatter *f, const Token *token) {
    if (f->line_start) {
        uint32_t column = indentation(f);
        for (uint32_t i = 0; i < column; i++) tt_strbuf_add_char(f->out, ' ');
        f->column = column;
    } else if (!f->after_open && !f->after_prefix && f->out->length) {
        tt_strbuf_add_char(f->out, ' ');
        f->column++;
    }
    bool fresh = f->line_start;
    f->line_start = f->after_comment = false;
    if (f->after_prefix || token->kind == TOKEN_COMMENT || !f->open.count) return;
    Open *open = &tt_vec_last(&f->open);
    if (open->items == 0 && token->kind == TOKEN_WORD && *token->begin != '"' && *token->begin != '#') {
        open->call = true;
        open->heads = heads_of(token->begin, (size_t)(token->end - token->begin));
    }
    if (open->items == 1 && !fresh && open->head_line) open->first = f->column;
    open->items++;
}

/* ---- the whole
 * ----------------------------------------------------------------------------------------------- */

/** Takes line breaks at the end back, for closing parentheses; false behind a comment. */
static bool join_line(Formatter *f) {
    if (f->after_comment) return false;
    while (f->out->length && f->out->bytes[f->out->length - 1] == '\n')
        f->out->bytes[--f->out->length] = '\0';
    size_t start = f->out->length;
    while (start && f->out->bytes[start - 1] != '\n') start--;
    f->column = width(f->out->bytes + start, f->out->bytes + f->out->length);
    return true;
}

static void put_close(Formatter *f, const Token *token) {
    if (f->line_start && f->out->length) {
        if (join_line(f)) {
            f->line_start = false;
        } else {
            uint32_t column = f->open.count ? tt_vec_last(&f->open).column + 1 : 0;
            for (uint32_t i = 0; i < column; i++) tt_strbuf_add_char(f->out, ' ');
            f->column = column;
            f->line_start = f->after_comment = false;
        }
    }
    put(f, token->begin, token->end);
    if (f->open.count) f->open.count--;
    f->after_open = f->after_prefix = false;
}

static void put_lines(Formatter *f, uint32_t count) {
    if (f->open.count) tt_vec_last(&f->open).head_line = false;
    if (!f->out->length) return;
    tt_strbuf_add_char(f->out, '\n');
    if (count > 1) tt_strbuf_add_char(f->out, '\n');
    f->line_start = true;
    f->after_open = f->after_prefix = false;
}

void tt_lisp_format(TtStrbuf *out, const char *source, size_t length) {
    if (length >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0) source += 3, length -= 3;
    TtStrbuf text = {0};
    Formatter f = {.at = source, .end = source + length, .out = &text, .line_start = true};
    for (Token token = next_token(&f); token.kind != TOKEN_END; token = next_token(&f)) {
        switch (token.kind) {
        case TOKEN_LINES: put_lines(&f, token.count); continue;
        case TOKEN_CLOSE: put_close(&f, &token); continue;
        default: begin_item(&f, &token);
        }
        Open open = {.column = f.column, .heads = UINT32_MAX, .head_line = true};
        put(&f, token.begin, token.end);
        f.after_open = token.kind == TOKEN_OPEN;
        f.after_prefix = token.kind == TOKEN_PREFIX;
        f.after_comment = token.kind == TOKEN_COMMENT;
        if (token.kind == TOKEN_OPEN) tt_vec_push(&f.open, open);
    }
    while (text.length && text.bytes[text.length - 1] == '\n') text.bytes[--text.length] = '\0';
    tt_strbuf_add(out, text.bytes ? text.bytes : "", text.length);
    if (text.length) tt_strbuf_add_char(out, '\n');
    tt_strbuf_free(&text);
    tt_vec_free(&f.open);
}
