// SPDX-License-Identifier: MIT
/** Lines and operands. What an operand may be depends on its format (bytecode/operand.def) alone. */
#include "asm/asm_internal.h"

#include "base/config.h"
#include "base/utf8.h"
#include "bytecode/builtin.h"
#include "value/print.h"

#include <inttypes.h>
#include <string.h>

/** Bytes of a word that a message repeats. */
#define EXCERPT_BYTES 48

char *tt_asm_excerpt(const TtToken *token) {
    TtStrbuf out = {0};
    size_t length = token->length;
    if (length > EXCERPT_BYTES) {
        length = EXCERPT_BYTES;
        while (length && ((unsigned char)token->text[length] & 0xC0) == 0x80) length--;
    }
    bool plain = token->kind != TT_TOKEN_STRING;
    for (size_t i = 0; i < length; i++) plain = plain && (unsigned char)token->text[i] >= 0x20;
    if (plain)
        tt_strbuf_add(&out, token->text, length);
    else
        tt_print_quoted(&out, token->text, length);
    if (length < token->length) tt_strbuf_add_text(&out, "…");
    return tt_strbuf_take(&out);
}

bool tt_asm_word_is(const TtToken *token, const char *word) {
    size_t length = strlen(word);
    if (token->kind != TT_TOKEN_WORD || token->length != length) return false;
    for (size_t i = 0; i < length; i++) {
        char c = token->text[i];
        if ((c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) != word[i]) return false;
    }
    return true;
}

/* ---- errors about operands ---------------------------------------------------------------------- */

static const char *mnemonic_of(const TtInsn *insn) {
    return tt_op_info(insn->op)->mnemonic;
}

/** What the instruction takes, for messages: "a label or instruction index". */
static const char *wanted_by(const TtInsn *insn) {
    return tt_format_infos[tt_op_info(insn->op)->format].doc;
}

bool tt_asm_report_missing(TtAsm *as, const TtToken *mnemonic, const TtInsn *insn) {
    tt_lex_error(&as->lexer, mnemonic->begin, mnemonic->end, NULL, "Missing operand: %s takes %s",
                 mnemonic_of(insn), wanted_by(insn));
    return false;
}

bool tt_asm_report_wrong(TtAsm *as, const TtToken *token, const TtInsn *insn) {
    char *excerpt = tt_asm_excerpt(token);
    tt_lex_error(&as->lexer, token->begin, token->end, NULL, "%s takes %s, not %s", mnemonic_of(insn),
                 wanted_by(insn), excerpt);
    tt_free(excerpt);
    return false;
}

bool tt_asm_report_surplus(TtAsm *as, const TtToken *token, const TtInsn *insn) {
    char *excerpt = tt_asm_excerpt(token);
    tt_lex_error(&as->lexer, token->begin, token->end, NULL, "Surplus operand %s: %s takes %s", excerpt,
                 mnemonic_of(insn), wanted_by(insn));
    tt_free(excerpt);
    return false;
}

bool tt_asm_report_int_range(TtAsm *as, const TtToken *token) {
    char *excerpt = tt_asm_excerpt(token);
    tt_lex_error(&as->lexer, token->begin, token->end, NULL,
                 "Integer out of range: %s (an integer is between %" PRId64 " and %" PRId64 ")", excerpt,
                 INT64_MIN, INT64_MAX);
    tt_free(excerpt);
    return false;
}

/* ---- pieces of operands -------------------------------------------------------------------------- */

static bool is_name_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (unsigned char)c >= 0x80 || (c && strchr("_.-?!*", c));
}

bool tt_asm_is_digits(const TtToken *token) {
    if (token->kind != TT_TOKEN_WORD) return false;
    for (size_t i = 0; i < token->length; i++)
        if (token->text[i] < '0' || token->text[i] > '9') return false;
    return true;
}

bool tt_asm_check_name(TtAsm *as, const TtToken *token, const char *what) {
    if (token->kind == TT_TOKEN_STRING) {
        const char *problem = !token->length                          ? "empty"
                              : memchr(token->text, 0, token->length) ? "a text with \\0"
                                                                      : NULL;
        if (!problem) return true;
        tt_lex_error(&as->lexer, token->begin, token->end, NULL, "The name of %s must not be %s", what,
                     problem);
        return false;
    }
    for (const char *c = token->begin; c < token->end; c++) {
        if (is_name_char(*c)) continue;
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            tt_lex_error(&as->lexer, c, c + 1, NULL, "Character U+%04X in the name of %s", (unsigned)*c,
                         what);
        else
            tt_lex_error(&as->lexer, c, c + 1, NULL,
                         "Character %c in the name of %s: a bare name has letters, digits and _ . - ? ! *",
                         *c, what);
        return false;
    }
    return true;
}

uint32_t tt_asm_read_name(TtAsm *as, const TtToken *token, const char *what) {
    if (!tt_asm_check_name(as, token, what)) return TT_NO_NAME;
    return tt_names_add(&as->module->names, token->text, token->length);
}

static bool set_name(TtAsm *as, const TtToken *token, TtInsn *insn) {
    uint32_t name = tt_asm_read_name(as, token, "a variable");
    insn->b = (int32_t)name;
    return name != TT_NO_NAME;
}

static bool set_constant(TtAsm *as, TtTag tag, const char *bytes, size_t length, TtInsn *insn) {
    insn->b = (int32_t)tt_module_add_constant(as->module, tag, bytes, length);
    return true;
}

static bool set_int(TtAsm *as, const TtToken *token, TtInsn *insn) {
    int64_t value;
    if (token->kind != TT_TOKEN_WORD) return tt_asm_report_wrong(as, token, insn);
    if (!tt_parse_int(token->text, token->length, &value)) {
        TtToken digits = *token;
        if (*digits.text == '-' || *digits.text == '+') digits.text++, digits.length--;
        if (!digits.length || !tt_asm_is_digits(&digits)) return tt_asm_report_wrong(as, token, insn);
        return tt_asm_report_int_range(as, token);
    }
    if (value >= INT32_MIN && value <= INT32_MAX) {
        insn->b = (int32_t)value;
        return true;
    }
    insn->a = 1;
    insn->b = (int32_t)as->module->ints.count;
    tt_vec_push(&as->module->ints, value);
    return true;
}

static bool set_float(TtAsm *as, const TtToken *token, TtInsn *insn) {
    double value;
    if (token->kind != TT_TOKEN_WORD || !tt_parse_float(token->text, token->length, &value))
        return tt_asm_report_wrong(as, token, insn);
    insn->b = (int32_t)as->module->floats.count;
    tt_vec_push(&as->module->floats, value);
    return true;
}

static bool set_count(TtAsm *as, const TtToken *token, TtInsn *insn) {
    int64_t value;
    if (token->kind != TT_TOKEN_WORD || !tt_asm_is_digits(token)) return tt_asm_report_wrong(as, token, insn);
    if (!tt_parse_int(token->text, token->length, &value) || value > TT_MAX_CODE) {
        tt_lex_error(&as->lexer, token->begin, token->end, NULL, "Count out of range: at most %u values",
                     TT_MAX_CODE);
        return false;
    }
    insn->b = (int32_t)value;
    return true;
}

static bool set_bool(TtAsm *as, const TtToken *token, TtInsn *insn) {
    bool digit = tt_op_info(insn->op)->format == TT_FORMAT_OPT_BOOL;
    insn->b = tt_asm_word_is(token, "TRUE") || (digit && tt_asm_word_is(token, "1"));
    return insn->b || tt_asm_word_is(token, "FALSE") || (digit && tt_asm_word_is(token, "0")) ||
           tt_asm_report_wrong(as, token, insn);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool set_bytes(TtAsm *as, const TtToken *token, TtInsn *insn) {
    TtStrbuf bytes = {0};
    bool good = token->length % 2 == 0;
    for (size_t i = 0; good && i < token->length; i += 2) {
        int high = hex_digit(token->text[i]), low = hex_digit(token->text[i + 1]);
        good = high >= 0 && low >= 0;
        tt_strbuf_add_char(&bytes, (char)(high * 16 + low));
    }
    if (good)
        set_constant(as, TT_TAG_BYTES, bytes.bytes ? bytes.bytes : "", bytes.length, insn);
    else if (token->length % 2)
        tt_lex_error(&as->lexer, token->begin, token->end, NULL,
                     "PUSH_BYTES takes two hexadecimal digits for each byte, not an odd number of digits");
    else
        tt_asm_report_wrong(as, token, insn);
    tt_strbuf_free(&bytes);
    return good;
}

static bool set_builtin(TtAsm *as, const TtToken *token, TtInsn *insn) {
    insn->b = tt_builtin_find(token->text, token->length);
    if (insn->b >= 0) return true;
    const char *nearest = NULL;
    unsigned best = token->length < 8 ? 3 : 4;
    for (int i = 0; i < TT_BUILTIN_COUNT; i++) {
        const char *name = tt_builtin_infos[i].name;
        size_t own = strlen(name), differ = own > token->length ? own - token->length : token->length - own;
        if (differ >= best) continue;
        unsigned distance = tt_edit_distance(token->text, token->length, name, own);
        if (distance < best) {
            best = distance;
            nearest = name;
        }
    }
    char *excerpt = tt_asm_excerpt(token);
    tt_lex_error(&as->lexer, token->begin, token->end, nearest, "Unknown built-in: %s", excerpt);
    tt_free(excerpt);
    insn->b = 0;
    return false;
}

bool tt_asm_add_reference(TtAsm *as, const TtToken *token) {
    TtAsmReference reference = {.insn = as->module->code.count - 1,
                                .name = TT_NO_NAME,
                                .line = as->lexer.line,
                                .begin = token->begin,
                                .end = token->end,
                                .parameter_first = as->parameters.count};
    if (!tt_asm_is_digits(token)) {
        reference.name = tt_asm_read_name(as, token, "a label");
        if (reference.name == TT_NO_NAME) return false;
    }
    tt_vec_push(&as->references, reference);
    return true;
}

static bool read_call(TtAsm *as, const TtToken *label) {
    if (!tt_asm_add_reference(as, label)) return false;
    uint32_t number = as->references.count;
    for (;;) {
        TtToken token = tt_lex_token(&as->lexer);
        if (token.kind == TT_TOKEN_END) return true;
        if (token.kind == TT_TOKEN_BAD) return false;
        TtAsmReference *reference = &as->references.items[number - 1];
        if (reference->parameter_count == TT_MAX_OPERANDS) {
            tt_lex_error(&as->lexer, token.begin, token.end, NULL, "Too many parameters: at most %d",
                         TT_MAX_OPERANDS);
            return false;
        }
        uint32_t name = tt_asm_read_name(as, &token, "a parameter");
        if (name == TT_NO_NAME) return false;
        if (tt_asm_get_by_name(&as->parameter_of, name) == number) {
            char *excerpt = tt_asm_excerpt(&token);
            tt_lex_error(&as->lexer, token.begin, token.end, NULL, "Duplicate parameter: %s", excerpt);
            tt_free(excerpt);
            return false;
        }
        tt_asm_set_by_name(&as->parameter_of, name, number);
        tt_vec_push(&as->parameters, name);
        reference->parameter_count++;
    }
}

static bool read_import(TtAsm *as, const TtToken *path, TtInsn *insn) {
    if (!path->length || memchr(path->text, 0, path->length)) return tt_asm_report_wrong(as, path, insn);
    TtImport import = {tt_module_add_constant(as->module, TT_TAG_STR, path->text, path->length), TT_NO_NAME};
    TtToken token = tt_lex_token(&as->lexer);
    if (token.kind == TT_TOKEN_BAD) return false;
    if (token.kind != TT_TOKEN_END) {
        if (!tt_asm_word_is(&token, "AS")) return tt_asm_report_surplus(as, &token, insn);
        TtToken name = tt_lex_token(&as->lexer);
        if (name.kind == TT_TOKEN_BAD) return false;
        if (name.kind == TT_TOKEN_END) {
            tt_lex_error(&as->lexer, token.begin, token.end, NULL, "Missing operand: a name must follow AS");
            return false;
        }
        import.prefix = tt_asm_read_name(as, &name, "a prefix");
        if (import.prefix == TT_NO_NAME) return false;
    }
    insn->b = (int32_t)as->module->imports.count;
    tt_vec_push(&as->module->imports, import);
    return true;
}

static bool read_text(TtAsm *as, const TtToken *mnemonic, TtInsn *insn) {
    TtToken token = tt_lex_at_string(&as->lexer) ? tt_lex_token(&as->lexer) : tt_lex_rest(&as->lexer);
    if (token.kind == TT_TOKEN_BAD) return false;
    if (token.kind == TT_TOKEN_END) return tt_asm_report_missing(as, mnemonic, insn);
    return set_constant(as, TT_TAG_STR, token.text, token.length, insn);
}

/** The single operand of all formats that have one. */
static bool read_operand(TtAsm *as, const TtToken *token, TtFormat format, TtInsn *insn) {
    switch (format) {
    case TT_FORMAT_NONE: return tt_asm_report_surplus(as, token, insn);
    case TT_FORMAT_INT:
    case TT_FORMAT_OPT_INT: return set_int(as, token, insn);
    case TT_FORMAT_FLOAT: return set_float(as, token, insn);
    case TT_FORMAT_BYTES: return set_bytes(as, token, insn);
    case TT_FORMAT_BOOL:
    case TT_FORMAT_OPT_BOOL: return set_bool(as, token, insn);
    case TT_FORMAT_VAR:
    case TT_FORMAT_OPT_VAR: return set_name(as, token, insn);
    case TT_FORMAT_FIELD:
    case TT_FORMAT_OPT_FIELD:
        /* Any text can be the key of an object. */
        if (token->kind == TT_TOKEN_WORD && !tt_asm_check_name(as, token, "a field")) return false;
        return set_constant(as, TT_TAG_STR, token->text, token->length, insn);
    case TT_FORMAT_NAME:
        if (!tt_asm_check_name(as, token, "an actor")) return false;
        return set_constant(as, TT_TAG_STR, token->text, token->length, insn);
    case TT_FORMAT_COUNT:
    case TT_FORMAT_OPT_COUNT: return set_count(as, token, insn);
    case TT_FORMAT_LABEL:
    case TT_FORMAT_OPT_LABEL: return tt_asm_add_reference(as, token);
    case TT_FORMAT_BUILTIN: return set_builtin(as, token, insn);
    default: return false; /* STR, CALL, IMPORT … are read by their own functions */
    }
}

/** Encodes an optional operand that is not there; false when the format needs one. */
static bool set_absent(TtFormat format, TtInsn *insn) {
    switch (format) {
    case TT_FORMAT_NONE: return true;
    case TT_FORMAT_OPT_INT: insn->a = 2; return true;
    case TT_FORMAT_OPT_LABEL: insn->a = 1; return true; /* block form; paired later */
    case TT_FORMAT_OPT_VAR:
    case TT_FORMAT_OPT_FIELD:
    case TT_FORMAT_OPT_BOOL:
    case TT_FORMAT_OPT_COUNT: insn->b = -1; return true;
    default: return false;
    }
}

bool tt_asm_read_operands(TtAsm *as, const TtToken *mnemonic, TtInsn *insn) {
    TtFormat format = (TtFormat)tt_op_info(insn->op)->format;
    if (format == TT_FORMAT_STR) {
        if (!read_text(as, mnemonic, insn)) return false;
    } else if (format == TT_FORMAT_MATCH) {
        return tt_asm_read_match(as, mnemonic, insn);
    } else if (format == TT_FORMAT_SUPERVISOR) {
        return tt_asm_read_supervisor(as, insn);
    } else if (format == TT_FORMAT_CHILD) {
        return tt_asm_read_child(as, mnemonic, insn);
    } else {
        TtToken token = tt_lex_token(&as->lexer);
        if (token.kind == TT_TOKEN_BAD) return false;
        if (token.kind == TT_TOKEN_END)
            return set_absent(format, insn) || tt_asm_report_missing(as, mnemonic, insn);
        if (format == TT_FORMAT_CALL) return read_call(as, &token);
        if (format == TT_FORMAT_IMPORT) return read_import(as, &token, insn);
        if (!read_operand(as, &token, format, insn)) return false;
    }
    TtToken more = tt_lex_token(&as->lexer);
    if (more.kind == TT_TOKEN_BAD) return false;
    return more.kind == TT_TOKEN_END || tt_asm_report_surplus(as, &more, insn);
}

/* ---- lines ---------------------------------------------------------------------------------------- */

static void read_label(TtAsm *as, const TtToken *directive) {
    TtModule *module = as->module;
    TtToken token = tt_lex_token(&as->lexer);
    if (token.kind == TT_TOKEN_BAD) return;
    if (token.kind == TT_TOKEN_END) {
        tt_lex_error(&as->lexer, directive->begin, directive->end, NULL,
                     "Missing operand: LABEL takes a name");
        return;
    }
    uint32_t name = tt_asm_read_name(as, &token, "a label");
    if (name == TT_NO_NAME) return;
    uint32_t earlier = tt_asm_get_by_name(&as->label_of, name);
    if (earlier != TT_NO_NAME) {
        char *excerpt = tt_asm_excerpt(&token);
        tt_lex_error(&as->lexer, token.begin, token.end, NULL,
                     "Duplicate label: %s (first on line %" PRIu32 ")", excerpt,
                     as->label_lines.items[earlier]);
        tt_free(excerpt);
        return;
    }
    TtToken more = tt_lex_token(&as->lexer);
    if (more.kind != TT_TOKEN_END && more.kind != TT_TOKEN_BAD) {
        char *excerpt = tt_asm_excerpt(&more);
        tt_lex_error(&as->lexer, more.begin, more.end, NULL, "Surplus operand %s: LABEL takes a name",
                     excerpt);
        tt_free(excerpt);
    }
    TtLabel label = {name, module->code.count};
    tt_asm_set_by_name(&as->label_of, name, module->labels.count);
    tt_vec_push(&module->labels, label);
    tt_vec_push(&as->label_lines, as->lexer.line);
}

static void report_unknown(TtAsm *as, const TtToken *word) {
    const char *nearest = tt_op_nearest(word->text, word->length);
    TtStrbuf label = {0};
    if (word->length > 1 && word->text[word->length - 1] == ':') {
        tt_strbuf_add_text(&label, "LABEL ");
        tt_strbuf_add(&label, word->text, word->length - 1);
        nearest = tt_strbuf_text(&label);
    } else {
        unsigned distance = tt_edit_distance(word->text, word->length, "LABEL", 5);
        if (distance <= 2 &&
            (!nearest || distance < tt_edit_distance(word->text, word->length, nearest, strlen(nearest))))
            nearest = "LABEL";
    }
    char *excerpt = tt_asm_excerpt(word);
    tt_lex_error(&as->lexer, word->begin, word->end, nearest, "Unknown instruction: %s", excerpt);
    tt_free(excerpt);
    tt_strbuf_free(&label);
}

/** tt_op_find_word, which compares with many mnemonics, asked once for each spelling. */
static int find_instruction(TtAsm *as, const TtToken *mnemonic, bool *synonym) {
    const char *text = mnemonic->text;
    size_t length = mnemonic->length;
    if (!length || length > sizeof as->words->text) return tt_op_find_word(text, length, synonym);
    unsigned hash = (unsigned char)text[0] + 5u * (unsigned char)text[length / 2] + 3u * (unsigned)length;
    TtAsmWord *word = &as->words[hash % TT_ASM_WORDS];
    if (word->length != length || memcmp(word->text, text, length) != 0) {
        int op = tt_op_find_word(text, length, synonym);
        if (op < 0) return op;
        memcpy(word->text, text, length);
        word->length = (uint8_t)length;
        word->synonym = *synonym;
        word->op = (uint16_t)op;
    }
    *synonym = word->synonym;
    return word->op;
}

static void read_instruction(TtAsm *as, const TtToken *mnemonic) {
    TtModule *module = as->module;
    bool synonym;
    int op = find_instruction(as, mnemonic, &synonym);
    TtPosition position = {as->lexer.line, (uint32_t)(mnemonic->begin - as->lexer.line_begin) + 1};
    TtInsn insn = {.op = op < 0 ? TT_OP_NOP : (uint16_t)op};
    /* The slot is taken first, whatever follows, so that addresses stay right in later messages. */
    tt_vec_push(&module->code, insn);
    tt_vec_push(&module->positions, position);
    if (op < 0) {
        report_unknown(as, mnemonic);
        return;
    }
    if (synonym && tt_op_info((unsigned)op)->format == TT_FORMAT_COUNT) {
        TtToken more = tt_lex_token(&as->lexer);
        if (more.kind == TT_TOKEN_WORD || more.kind == TT_TOKEN_STRING)
            tt_lex_error(&as->lexer, more.begin, more.end, NULL, "Surplus operand: %.*s takes no operand",
                         (int)mnemonic->length, mnemonic->text);
        return;
    }
    if (tt_asm_read_operands(as, mnemonic, &insn)) module->code.items[module->code.count - 1] = insn;
}

void tt_asm_read_lines(TtAsm *as) {
    while (!as->lexer.diags->truncated && tt_lex_line(&as->lexer)) {
        TtToken token = tt_lex_token(&as->lexer);
        if (token.kind == TT_TOKEN_END || token.kind == TT_TOKEN_BAD) continue;
        if (token.kind == TT_TOKEN_STRING) {
            tt_lex_error(&as->lexer, token.begin, token.end, NULL,
                         "A line begins with an instruction, not a string");
            continue;
        }
        if (tt_asm_word_is(&token, "LABEL")) {
            read_label(as, &token);
            continue;
        }
        if (as->module->code.count == TT_MAX_CODE) {
            tt_lex_error(&as->lexer, token.begin, token.end, NULL, "Too many instructions: at most %u",
                         TT_MAX_CODE);
            return;
        }
        read_instruction(as, &token);
    }
}
