// SPDX-License-Identifier: MIT
/**
 * The operands of START_SUPERVISOR, SUPERVISE_CHILD and SUPERVISE_FUNCTION. A word that is left out has its
 * default in the module: nobody later can tell.
 */
#include "asm/asm_internal.h"

#include "value/print.h"

#include <inttypes.h>
#include <string.h>

const char *tt_asm_nearest_word(const TtToken *token, const char *const *words, int count) {
    /* One edit for short words, two for others: "in" is a misspelled "int", "on" is no "down". */
    const char *nearest = NULL;
    unsigned best = token->length <= 4 ? 2 : 3;
    if (token->kind != TT_TOKEN_WORD) return NULL;
    for (int i = 0; i < count; i++) {
        unsigned distance = tt_edit_distance(token->text, token->length, words[i], strlen(words[i]));
        if (distance >= best) continue;
        best = distance;
        nearest = words[i];
    }
    return nearest;
}

/** Index of the bare word, in any case, or -1. */
static int find_word(const TtToken *token, const char *const *words, int count) {
    for (int i = 0; i < count && token->kind == TT_TOKEN_WORD; i++)
        if (tt_edit_distance(token->text, token->length, words[i], strlen(words[i])) == 0) return i;
    return -1;
}

static bool report(TtAsm *as, const TtToken *token, const char *suggestion, const char *format) {
    char *excerpt = tt_asm_excerpt(token);
    tt_lex_error(&as->lexer, token->begin, token->end, suggestion, format, excerpt);
    tt_free(excerpt);
    return false;
}

/* ---- START_SUPERVISOR ------------------------------------------------------------------------------ */

static bool read_number(TtAsm *as, const TtToken *token, const TtInsn *insn, const char *what, uint32_t least,
                        uint32_t *number) {
    int64_t value;
    if (!tt_asm_is_digits(token)) return tt_asm_report_wrong(as, token, insn);
    if (tt_parse_int(token->text, token->length, &value) && value >= least && value <= UINT32_MAX) {
        *number = (uint32_t)value;
        return true;
    }
    char *excerpt = tt_asm_excerpt(token);
    tt_lex_error(&as->lexer, token->begin, token->end, NULL,
                 "%s out of range: %s (between %" PRIu32 " and %" PRIu32 ")", what, excerpt, least,
                 UINT32_MAX);
    tt_free(excerpt);
    return false;
}

bool tt_asm_read_supervisor(TtAsm *as, TtInsn *insn) {
    TtSupervisorSpec spec = {TT_ONE_FOR_ONE, TT_DEFAULT_INTENSITY, TT_DEFAULT_PERIOD_MS};
    TtToken token = tt_lex_token(&as->lexer);
    if (token.kind == TT_TOKEN_WORD && !tt_asm_is_digits(&token)) {
        int strategy = find_word(&token, tt_strategy_names, TT_STRATEGY_COUNT);
        if (strategy < 0)
            return report(as, &token, tt_asm_nearest_word(&token, tt_strategy_names, TT_STRATEGY_COUNT),
                          "Unknown strategy: %s (one_for_one, one_for_all or rest_for_one)");
        spec.strategy = (uint32_t)strategy;
        token = tt_lex_token(&as->lexer);
    }
    if (token.kind != TT_TOKEN_END && token.kind != TT_TOKEN_BAD) {
        if (!read_number(as, &token, insn, "Number of restarts", 0, &spec.intensity)) return false;
        token = tt_lex_token(&as->lexer);
    }
    if (token.kind != TT_TOKEN_END && token.kind != TT_TOKEN_BAD) {
        if (!read_number(as, &token, insn, "Period in milliseconds", 1, &spec.period_ms)) return false;
        token = tt_lex_token(&as->lexer);
    }
    if (token.kind == TT_TOKEN_BAD) return false;
    if (token.kind != TT_TOKEN_END) return tt_asm_report_surplus(as, &token, insn);
    insn->b = (int32_t)as->module->supervisors.count;
    tt_vec_push(&as->module->supervisors, spec);
    return true;
}

/* ---- SUPERVISE_CHILD, SUPERVISE_FUNCTION ------------------------------------------------------------- */

static bool read_constant(TtAsm *as, const TtToken *token, const char *what, uint32_t *constant) {
    if (!tt_asm_check_name(as, token, what)) return false;
    *constant = tt_module_add_constant(as->module, TT_TAG_STR, token->text, token->length);
    return true;
}

/** A word that is no policy: false, reported, when it was surely meant to be one. */
static bool accept_as_label(TtAsm *as, const TtToken *token, bool takes_label) {
    if (token->kind == TT_TOKEN_STRING && takes_label) return true;
    const char *nearest = tt_asm_nearest_word(token, tt_policy_names, TT_POLICY_COUNT);
    if (!takes_label)
        return report(as, token, nearest, "Unknown policy: %s (permanent, transient or temporary)");
    if (nearest)
        return report(as, token, nearest,
                      "Unknown policy: %s (permanent, transient or temporary; quote a label of this name)");
    return true;
}

static bool report_surplus(TtAsm *as, const TtToken *token, const TtInsn *insn, bool takes_label) {
    if (takes_label) return tt_asm_report_surplus(as, token, insn);
    return report(as, token, NULL,
                  "Surplus operand %s: SUPERVISE_FUNCTION takes a child's name and a policy; what the child "
                  "runs is on the stack");
}

/** The policy and the label that may follow the name. */
static bool read_rest(TtAsm *as, const TtInsn *insn, TtChildSpec *spec) {
    bool takes_label = insn->op != TT_OP_SUPERVISE_FUNCTION;
    TtToken token = tt_lex_token(&as->lexer);
    if (token.kind == TT_TOKEN_BAD) return false;
    if (token.kind == TT_TOKEN_END) return true;
    int policy = find_word(&token, tt_policy_names, TT_POLICY_COUNT);
    if (policy >= 0) {
        spec->policy = (uint32_t)policy;
        token = tt_lex_token(&as->lexer);
        if (token.kind == TT_TOKEN_BAD) return false;
        if (token.kind == TT_TOKEN_END) return true;
        if (!takes_label) return report_surplus(as, &token, insn, false);
    } else if (!accept_as_label(as, &token, takes_label)) {
        return false;
    }
    if (!read_constant(as, &token, "a label", &spec->label)) return false;
    TtToken more = tt_lex_token(&as->lexer);
    if (more.kind == TT_TOKEN_BAD || more.kind == TT_TOKEN_END) return more.kind == TT_TOKEN_END;
    /* With two more words the first is in the place of the policy, whatever it looks like. */
    if (policy < 0 && token.kind == TT_TOKEN_WORD)
        return report(as, &token, NULL, "Unknown policy: %s (permanent, transient or temporary)");
    return report_surplus(as, &more, insn, takes_label);
}

bool tt_asm_read_child(TtAsm *as, const TtToken *mnemonic, TtInsn *insn) {
    TtToken id = tt_lex_token(&as->lexer);
    TtChildSpec spec = {.policy = TT_PERMANENT};
    if (id.kind == TT_TOKEN_BAD) return false;
    if (id.kind == TT_TOKEN_END) return tt_asm_report_missing(as, mnemonic, insn);
    if (!read_constant(as, &id, "a child", &spec.id)) return false;
    spec.label = spec.id;
    if (!read_rest(as, insn, &spec)) return false;
    insn->b = (int32_t)as->module->children.count;
    tt_vec_push(&as->module->children, spec);
    return true;
}
