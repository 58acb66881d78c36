// SPDX-License-Identifier: MIT
#include "test.h"

#include "bytecode/builtin.h"
#include "bytecode/opcode.h"

#include <ctype.h>

static int find(const char *text) {
    return tt_op_find(text, strlen(text));
}

TEST(every_mnemonic_is_found_in_any_spelling) {
    for (int op = 0; op < TT_OP_COUNT; op++) {
        const char *mnemonic = tt_op_info((unsigned)op)->mnemonic;
        char bare[64], low[64];
        size_t length = 0;
        for (const char *c = mnemonic; *c; c++)
            if (*c != '_') bare[length++] = *c;
        bare[length] = '\0';
        for (size_t i = 0; i <= strlen(mnemonic); i++) low[i] = (char)tolower((unsigned char)mnemonic[i]);
        CHECK_INT(find(mnemonic), op);
        CHECK_INT(find(bare), op);
        CHECK_INT(find(low), op);
    }
    for (size_t i = 0; i < tt_op_synonym_count; i++) {
        bool synonym = false;
        const char *text = tt_op_synonyms[i].text;
        CHECK_INT(tt_op_find_word(text, strlen(text), &synonym), tt_op_synonyms[i].op);
        CHECK(synonym);
    }
}

TEST(other_words_are_not_found) {
    static const char *const words[] = {"",         "_",        "__",     "PUSH", "PUSHINTX",
                                        "PUSH-INT", "PUSH INT", "ADDF_F", "XADD", "AD"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) CHECK_INT(find(words[i]), -1);
    CHECK_INT(tt_op_find("ADD\0", 4), -1);
}

TEST(rows_are_consistent) {
    for (int op = 0; op < TT_OP_COUNT; op++) {
        const TtOpInfo *info = tt_op_info((unsigned)op);
        bool jumps = (info->flags & TT_FLAG_JUMPS) != 0;
        CHECK_INT(jumps, info->format == TT_FORMAT_LABEL || info->format == TT_FORMAT_MATCH);
        CHECK(info->pops >= -1 && info->pops <= 4 && info->pushes >= -1 && info->pushes <= 3);
        CHECK(*info->group && strstr(info->picture, "->") && *info->doc);
        CHECK(info->doc[strlen(info->doc) - 1] == '.');
        /* What never goes on leaves nothing to go on with. */
        if (info->flags & TT_FLAG_ENDS) CHECK_INT(info->pushes, 0);
    }
    for (int i = 0; i < TT_BUILTIN_COUNT; i++) {
        const TtBuiltinInfo *info = &tt_builtin_infos[i];
        CHECK_INT(tt_builtin_find(info->name, strlen(info->name)), i);
        CHECK(strchr(info->name, '.') != NULL);
        const char *parenthesis = strchr(info->signature, '(');
        REQUIRE(parenthesis != NULL);
        int arguments = parenthesis[1] != ')';
        for (const char *c = parenthesis; *c && *c != ')'; c++) arguments += *c == ',';
        if (arguments != info->arity) fprintf(stderr, "%s\n", info->name);
        CHECK_INT(info->arity, arguments);
    }
    CHECK_INT(tt_builtin_find("math.sqr", 8), -1);
    CHECK_INT(tt_builtin_find("", 0), -1);
}

static unsigned distance(const char *a, const char *b) {
    return tt_edit_distance(a, strlen(a), b, strlen(b));
}

TEST(edit_distance) {
    CHECK_INT(distance("", ""), 0);
    CHECK_INT(distance("", "abc"), 3);
    CHECK_INT(distance("abc", "ABC"), 0);
    CHECK_INT(distance("kitten", "sitting"), 3);
    CHECK_INT(distance("ab", "ba"), 1);
    CHECK_INT(distance("PRNIT", "PRINT"), 1);
    CHECK_INT(distance("PRNT", "PRINT"), 1);
    CHECK_INT(distance("abcdef", "ghijkl"), 6);
    char longer[100];
    memset(longer, 'a', sizeof longer);
    CHECK_INT(tt_edit_distance(longer, 100, longer, 100), 255);
    CHECK_INT(tt_edit_distance(longer, 64, longer, 60), 4);
}

TEST(nearest) {
    CHECK_STR(tt_op_nearest("PRNT", 4), "PRINT");
    CHECK_STR(tt_op_nearest("pritn", 5), "PRINT");
    CHECK_STR(tt_op_nearest("CALL_FUNCTON", 12), "CALL_FUNCTION");
    CHECK_STR(tt_op_nearest("QQQQ", 4), NULL);
    CHECK_STR(tt_op_nearest("", 0), NULL);
}

int main(void) {
    RUN(every_mnemonic_is_found_in_any_spelling);
    RUN(other_words_are_not_found);
    RUN(rows_are_consistent);
    RUN(edit_distance);
    RUN(nearest);
    return test_finish();
}
