// SPDX-License-Identifier: MIT
/**
 * The operand of RECEIVE_MATCH:
 *
 *   patterns = pattern { "," pattern } [ AFTER label ]
 *   pattern  = term { "&" term }
 *   term     = any | exit | down | a type word | "=" literal | "." field "=" literal
 *   literal  = an integer, a float, "a string", true, false, null
 */
#include "asm/asm_internal.h"

#include "value/print.h"

#include <string.h>

typedef struct Word {
    const char *upper;
    TtTermKind kind;
} Word;

static const Word plain_words[] = {{"ANY", TT_TERM_ANY}, {"EXIT", TT_TERM_EXIT}, {"DOWN", TT_TERM_DOWN}};
enum { PLAIN_WORDS = sizeof plain_words / sizeof *plain_words };

static bool is_mark(const TtToken *token, char mark) {
    return token->kind == TT_TOKEN_MARK && *token->text == mark;
}

static TtToken next_token(TtAsm *as) {
    return tt_lex_pattern(&as->lexer);
}

/** An error about a token, whose excerpt is the only argument of `format`. */
static bool report(TtAsm *as, const TtToken *token, const char *suggestion, const char *format) {
    char *excerpt = tt_asm_excerpt(token);
    tt_lex_error(&as->lexer, token->begin, token->end, suggestion, format, excerpt);
    tt_free(excerpt);
    return false;
}

/* ---- literals ------------------------------------------------------------------------------------ */

static bool is_integer(const TtToken *token) {
    TtToken digits = *token;
    if (digits.length && (*digits.text == '-' || *digits.text == '+')) digits.text++, digits.length--;
    return digits.length && tt_asm_is_digits(&digits);
}

static bool report_literal(TtAsm *as, const TtToken *token) {
    static const char *const words[] = {"true", "false", "null"};
    TtStrbuf quoted = {0};
    const char *suggestion = tt_asm_nearest_word(token, words, 3);
    if (!suggestion) {
        tt_print_quoted(&quoted, token->text, token->length);
        suggestion = tt_strbuf_text(&quoted);
    }
    report(as, token, suggestion,
           "A literal is an integer, a float, a \"string\", true, false or null, not %s");
    tt_strbuf_free(&quoted);
    return false;
}

/** `before`: the token after which a literal must stand. */
static bool read_literal(TtAsm *as, const TtToken *before, TtValue *literal) {
    TtToken token = next_token(as);
    int64_t i;
    double f;
    if (token.kind == TT_TOKEN_BAD) return false;
    if (token.kind == TT_TOKEN_END) {
        tt_lex_error(&as->lexer, before->begin, before->end, NULL,
                     "Missing literal: an integer, a float, a \"string\", true, false or null must follow =");
        return false;
    }
    if (token.kind == TT_TOKEN_MARK)
        return report(as, &token, NULL,
                      "A literal is an integer, a float, a \"string\", true, false or null, not %s");
    if (token.kind == TT_TOKEN_STRING) {
        uint32_t constant = tt_module_add_constant(as->module, TT_TAG_STR, token.text, token.length);
        *literal = as->module->constants.items[constant];
    } else if (tt_parse_int(token.text, token.length, &i)) {
        *literal = tt_int(i);
    } else if (is_integer(&token)) {
        return tt_asm_report_int_range(as, &token);
    } else if (tt_parse_float(token.text, token.length, &f)) {
        *literal = tt_float(f);
    } else if (tt_asm_word_is(&token, "TRUE") || tt_asm_word_is(&token, "FALSE")) {
        *literal = tt_bool(tt_asm_word_is(&token, "TRUE"));
    } else if (tt_asm_word_is(&token, "NULL")) {
        *literal = tt_null();
    } else {
        return report_literal(as, &token);
    }
    return true;
}

/* ---- terms ---------------------------------------------------------------------------------------- */

/** `.field = literal`; the token is the word that begins with the point. */
static bool read_field(TtAsm *as, const TtToken *point, TtTerm *term) {
    TtToken name = *point;
    name.begin++, name.text++, name.length--;
    if (!name.length) {
        name = next_token(as);
        if (name.kind == TT_TOKEN_BAD) return false;
        if (name.kind != TT_TOKEN_STRING) {
            tt_lex_error(&as->lexer, point->begin, point->end, NULL, "Missing field: a name must follow .");
            return false;
        }
    } else if (!tt_asm_check_name(as, &name, "a field")) {
        return false;
    }
    term->kind = TT_TERM_FIELD;
    term->field = tt_module_add_constant(as->module, TT_TAG_STR, name.text, name.length);
    TtToken mark = next_token(as);
    if (mark.kind == TT_TOKEN_BAD) return false;
    if (!is_mark(&mark, '=')) {
        tt_lex_error(&as->lexer, point->begin, name.end, NULL,
                     "Missing literal: = and a literal must follow the field");
        return false;
    }
    return read_literal(as, &mark, &term->literal);
}

static bool report_term(TtAsm *as, const TtToken *token) {
    const char *words[TT_MATCH_TYPE_COUNT + PLAIN_WORDS] = {"any", "exit", "down"};
    for (int i = 0; i < TT_MATCH_TYPE_COUNT; i++) words[PLAIN_WORDS + i] = tt_match_types[i].word;
    const char *suggestion = tt_asm_nearest_word(token, words, TT_MATCH_TYPE_COUNT + PLAIN_WORDS);
    double number;
    TtStrbuf text = {0};
    if (token->kind == TT_TOKEN_STRING || tt_parse_float(token->text, token->length, &number) ||
        tt_asm_word_is(token, "TRUE") || tt_asm_word_is(token, "FALSE")) {
        tt_strbuf_add_text(&text, "= ");
        tt_strbuf_add(&text, token->begin, (size_t)(token->end - token->begin));
        suggestion = tt_strbuf_text(&text);
    }
    report(as, token, suggestion, "Unknown pattern: %s");
    tt_strbuf_free(&text);
    return false;
}

static bool read_term(TtAsm *as, const TtToken *token, TtTerm *term) {
    if (is_mark(token, '=')) {
        term->kind = TT_TERM_EQUAL;
        return read_literal(as, token, &term->literal);
    }
    if (token->kind != TT_TOKEN_WORD) return report_term(as, token);
    if (*token->text == '.') return read_field(as, token, term);
    for (int i = 0; i < PLAIN_WORDS; i++) {
        term->kind = (uint8_t)plain_words[i].kind;
        if (tt_asm_word_is(token, plain_words[i].upper)) return true;
    }
    for (int i = 0; i < TT_MATCH_TYPE_COUNT; i++) {
        const char *word = tt_match_types[i].word;
        if (tt_edit_distance(token->text, token->length, word, strlen(word))) continue;
        term->kind = TT_TERM_TYPE;
        term->tag = (uint8_t)tt_match_types[i].tag;
        return true;
    }
    return report_term(as, token);
}

/** The label behind AFTER, and nothing more. */
static bool read_after(TtAsm *as, const TtToken *after, const TtInsn *insn) {
    TtToken label = tt_lex_token(&as->lexer);
    if (label.kind == TT_TOKEN_BAD) return false;
    if (label.kind == TT_TOKEN_END) {
        tt_lex_error(&as->lexer, after->begin, after->end, NULL,
                     "Missing operand: a label must follow AFTER");
        return false;
    }
    if (!tt_asm_add_reference(as, &label)) return false;
    TtToken more = tt_lex_token(&as->lexer);
    if (more.kind == TT_TOKEN_BAD) return false;
    return more.kind == TT_TOKEN_END || tt_asm_report_surplus(as, &more, insn);
}

/**
 * The match is in its table before the label is noted, and a line that fails later stays with operand 0:
 * the index that asm.c meets is always one of the table.
 */
bool tt_asm_read_match(TtAsm *as, const TtToken *mnemonic, TtInsn *insn) {
    TtModule *module = as->module;
    TtMatch match = {.first = module->terms.count, .after = UINT32_MAX};
    insn->b = (int32_t)module->matches.count;
    tt_vec_push(&module->matches, match);
    TtToken before = *mnemonic;
    for (;;) {
        TtToken token = next_token(as);
        if (token.kind == TT_TOKEN_BAD) return false;
        if (token.kind == TT_TOKEN_END && before.kind == TT_TOKEN_WORD)
            return tt_asm_report_missing(as, mnemonic, insn);
        if (token.kind == TT_TOKEN_END || tt_asm_word_is(&token, "AFTER") || is_mark(&token, ',') ||
            is_mark(&token, '&'))
            return report(as, before.kind == TT_TOKEN_MARK ? &before : &token, NULL,
                          before.kind == TT_TOKEN_MARK ? "Missing pattern: one must follow %s"
                                                       : "Missing pattern: one must stand before %s");
        TtTerm term = {0};
        if (!read_term(as, &token, &term)) return false;
        TtToken mark = next_token(as);
        if (mark.kind == TT_TOKEN_BAD) return false;
        term.last = !is_mark(&mark, '&');
        tt_vec_push(&module->terms, term);
        module->matches.items[insn->b].count++;
        if (mark.kind == TT_TOKEN_END) return true;
        if (tt_asm_word_is(&mark, "AFTER")) return read_after(as, &mark, insn);
        if (!is_mark(&mark, ',') && !is_mark(&mark, '&'))
            return report(as, &mark, NULL, "One of , & AFTER must stand before %s");
        before = mark;
    }
}
