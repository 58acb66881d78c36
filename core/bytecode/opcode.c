// SPDX-License-Identifier: MIT
#include "bytecode/opcode.h"

#include <string.h>

/* Images store the numbers of instructions. A row that is added goes to the end of the table; these
 * pins fail to compile when one was put in between or moved. */
_Static_assert(TT_OP_PUSH_INT == 0 && TT_OP_ROT == 12, "opcodes.def: append rows, never insert or move them");
_Static_assert(TT_OP_SHR == 28 && TT_OP_BOOL == 44, "opcodes.def: append rows, never insert or move them");
_Static_assert(TT_OP_OBJECT_GET == 61 && TT_OP_STORE_GLOBAL == 66,
               "opcodes.def: append rows, never insert or move them");
_Static_assert(TT_OP_TAIL_CALL == 74 && TT_OP_TAIL_CALL_FUNCTION == 79,
               "opcodes.def: append rows, never insert or move them");
_Static_assert(TT_OP_EXPORT == 85 && TT_OP_WRITE_BYTES == 99,
               "opcodes.def: append rows, never insert or move them");
_Static_assert(TT_OP_BUILTIN == 108 && TT_OP_EXIT_ACTOR == 120,
               "opcodes.def: append rows, never insert or move them");
_Static_assert(TT_OP_SPAWN_LINK == 121 && TT_OP_RECEIVE_MATCH == 129 && TT_OP_PROCESSES == 135,
               "opcodes.def: append rows, never insert or move them");
_Static_assert(TT_OP_START_SUPERVISOR == 136 && TT_OP_RUN_SUPERVISOR == 142,
               "opcodes.def: append rows, never insert or move them");
_Static_assert(TT_OP_JSON_PARSE == 143 && TT_OP_CSV_WRITE == 146,
               "opcodes.def: append rows, never insert or move them");
_Static_assert(TT_OP_EXEC == 147 && TT_OP_CLOSE == 162 && TT_OP_DB_EXEC_PARAMS == 179,
               "opcodes.def: append rows, never insert or move them");

enum {
    T = TT_FLAG_THROWS,
    Y = TT_FLAG_YIELDS,
    J = TT_FLAG_JUMPS,
    E = TT_FLAG_ENDS,
    P = TT_FLAG_PURE,
    A = TT_FLAG_ALLOCATES,
    R = TT_FLAG_READS,
    V = TT_VARIES
};

const TtOpInfo tt_op_infos[TT_OP_COUNT] = {
#define TT_OP(name, format, pops, pushes, flags, group, picture, doc)                                        \
    {#name, TT_FORMAT_##format, pops, pushes, flags, group, TT_DOC(picture), TT_DOC(doc)},
#define TT_SYNONYM(text, name)
#include "bytecode/opcodes.def"
#undef TT_OP
#undef TT_SYNONYM
};

const TtFormatInfo tt_format_infos[TT_FORMAT_KINDS] = {
#define TT_FORMAT(name, text, doc) {#name, text, doc},
#include "bytecode/operand.def"
#undef TT_FORMAT
};

const TtSynonym tt_op_synonyms[] = {
#define TT_OP(name, format, pops, pushes, flags, group, picture, doc)
#define TT_SYNONYM(text, name) {text, TT_OP_##name},
#include "bytecode/opcodes.def"
#undef TT_OP
#undef TT_SYNONYM
};
const size_t tt_op_synonym_count = sizeof tt_op_synonyms / sizeof *tt_op_synonyms;

static char upper(char c) {
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/** Same letters and digits, ignoring case and underscores. `mnemonic` is NUL-terminated. */
static bool spells(const char *text, size_t length, const char *mnemonic) {
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '_') continue;
        while (*mnemonic == '_') mnemonic++;
        if (!*mnemonic || upper(text[i]) != *mnemonic) return false;
        mnemonic++;
    }
    while (*mnemonic == '_') mnemonic++;
    return !*mnemonic;
}

int tt_op_find_word(const char *text, size_t length, bool *synonym) {
    *synonym = false;
    while (length && *text == '_') text++, length--;
    if (!length) return -1;
    char first = upper(*text);
    for (int op = 0; op < TT_OP_COUNT; op++)
        if (tt_op_infos[op].mnemonic[0] == first && spells(text, length, tt_op_infos[op].mnemonic)) return op;
    *synonym = true;
    for (size_t i = 0; i < tt_op_synonym_count; i++)
        if (tt_op_synonyms[i].text[0] == first && spells(text, length, tt_op_synonyms[i].text))
            return (int)tt_op_synonyms[i].op;
    return -1;
}

int tt_op_find(const char *text, size_t length) {
    bool synonym;
    return tt_op_find_word(text, length, &synonym);
}

const char *tt_op_nearest(const char *text, size_t length) {
    /* One edit for short words, up to three for long ones: farther words are not misspellings. */
    unsigned limit = length <= 3 ? 1 : length <= 7 ? 2 : 3, best = limit + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < TT_OP_COUNT + tt_op_synonym_count; i++) {
        const char *candidate =
            i < TT_OP_COUNT ? tt_op_infos[i].mnemonic : tt_op_synonyms[i - TT_OP_COUNT].text;
        size_t own = strlen(candidate), differ = own > length ? own - length : length - own;
        if (differ >= best) continue;
        unsigned distance = tt_edit_distance(text, length, candidate, own);
        if (distance < best) {
            best = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

/** Longer texts are not compared: whoever wrote one did not mistype a word of ours. */
#define MAX_COMPARED 64

unsigned tt_edit_distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    if (a_length > MAX_COMPARED || b_length > MAX_COMPARED) return 255;
    /* Optimal string alignment, by rows: two rows back for an exchange of neighbours. */
    unsigned char rows[3][MAX_COMPARED + 1];
    for (size_t j = 0; j <= b_length; j++) rows[0][j] = (unsigned char)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned char *row = rows[i % 3], *last = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        row[0] = (unsigned char)i;
        for (size_t j = 1; j <= b_length; j++) {
            bool same = upper(a[i - 1]) == upper(b[j - 1]);
            unsigned best = last[j - 1] + !same;
            if (last[j] + 1u < best) best = last[j] + 1u;
            if (row[j - 1] + 1u < best) best = row[j - 1] + 1u;
            if (i > 1 && j > 1 && upper(a[i - 1]) == upper(b[j - 2]) && upper(a[i - 2]) == upper(b[j - 1]) &&
                before[j - 2] + 1u < best)
                best = before[j - 2] + 1u;
            row[j] = (unsigned char)best;
        }
    }
    return rows[a_length % 3][b_length];
}
