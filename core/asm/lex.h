// SPDX-License-Identifier: MIT
/** Lines and words of source text, with the places of errors. Private to asm/. */
#ifndef TT_ASM_LEX_H
#define TT_ASM_LEX_H

#include "base/diag.h"
#include "base/strbuf.h"

#include <stddef.h>

typedef enum TtTokenKind {
    TT_TOKEN_END,    /* nothing more on the line but perhaps a comment */
    TT_TOKEN_WORD,   /* a run of anything but blanks and `;` */
    TT_TOKEN_STRING, /* "quoted" */
    TT_TOKEN_MARK,   /* one of `= & ,`; only tt_lex_pattern gives it */
    TT_TOKEN_BAD     /* a malformed string; reported already */
} TtTokenKind;

typedef struct TtToken {
    TtTokenKind kind;
    const char *begin, *end; /* in the source */
    const char *text;        /* the word, or what the string says: valid until the next string is read */
    size_t length;
} TtToken;

typedef struct TtLexer {
    const char *at, *line_begin, *line_end; /* line_end: without line feed, carriage return */
    const char *next_line, *source_end;     /* next_line NULL: this is the last */
    uint32_t line;                          /* 1-based */
    TtStrbuf string;                        /* text of the last string token */
    TtDiags *diags;
} TtLexer;

/** Borrows the source, which must outlive the lexer. A byte-order mark must have been skipped. */
void tt_lex_init(TtLexer *lexer, const char *source, size_t length, TtDiags *diags);
void tt_lex_free(TtLexer *lexer);

/** Goes to the next line that is valid UTF-8 (others are reported); false at the end of the text. */
bool tt_lex_line(TtLexer *lexer);
TtToken tt_lex_token(TtLexer *lexer);
/** As tt_lex_token, but `= & ,` are tokens, and they and `"` end a word. */
TtToken tt_lex_pattern(TtLexer *lexer);
/** The rest of the line up to `;`, without blanks around it: a WORD, or END when there is none. */
TtToken tt_lex_rest(TtLexer *lexer);
/** Whether the next token is a string. */
bool tt_lex_at_string(TtLexer *lexer);

/** 1-based column, in code points, of a place in a line that begins at `line_begin`. */
uint32_t tt_lex_column(const char *line_begin, const char *place);

/** An error about begin … end (exclusive) of the current line: `suggestion` or NULL, format, arguments. */
#define tt_lex_error(lexer, begin, end, suggestion, ...)                                                     \
    tt_diag_add((lexer)->diags, false, (lexer)->line, tt_lex_column((lexer)->line_begin, begin),             \
                tt_lex_column((lexer)->line_begin, end), suggestion, __VA_ARGS__)

#endif
