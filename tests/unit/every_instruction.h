// SPDX-License-Identifier: MIT
/** A program with every instruction of the table, in every form of its operand. */
#ifndef TT_TEST_EVERY_INSTRUCTION_H
#define TT_TEST_EVERY_INSTRUCTION_H

#include "base/strbuf.h"
#include "bytecode/opcode.h"

/** Operands to try for a format, ending with NULL; "" is none. */
static inline const char *const *operands_of(TtFormat format) {
    static const char *const operands[TT_FORMAT_KINDS][12] = {
        [TT_FORMAT_NONE] = {""},
        [TT_FORMAT_INT] = {"0", "-1", "2147483647", "-2147483648", "2147483648", "9223372036854775807",
                           "-9223372036854775808"},
        [TT_FORMAT_OPT_INT] = {"", "0", "7", "-7", "123456789012"},
        [TT_FORMAT_FLOAT] = {"0", "-0", "2.5", "1e300", "NaN", "-inf", "5e-324"},
        [TT_FORMAT_STR] = {"\"\"", "bare text", "\"; \\n\\t\\r\\\\\\\"\\0\\x7F\\u{1F600}\"",
                           "\"\\x85\\u{2028}\""},
        [TT_FORMAT_BYTES] = {"\"\"", "\"00ff\"", "ab"},
        [TT_FORMAT_BOOL] = {"true", "false"},
        [TT_FORMAT_OPT_BOOL] = {"", "true", "false", "1", "0"},
        [TT_FORMAT_MATCH] = {"any", "exit, down AFTER start", "int, float, string, bool, null",
                             "list , object,bytes&function & exception AFTER \"the end\"",
                             "= 1, = -9223372036854775808, = 1.0, = -0.0, = 1e300, = 2.5, = NaN, = -inf",
                             "= \"\"&=\"a, b & = \\\" AFTER x\",=true, = false,= null AFTER 3",
                             ".type = \"order\" & .id = 7, .\"odd name\" = null & object",
                             ".\"\" = 1, ..x=\"\", .\"\\0\"=true, .after=\"\\u{E4}\"",
                             "object & .a = 1 & .b = 2.0, any AFTER 0"},
        [TT_FORMAT_SUPERVISOR] = {"", "one_for_one", "one_for_all", "rest_for_one 0", "one_for_one 10 60000",
                                  "7", "0 1", "one_for_all 4294967295 4294967295"},
        [TT_FORMAT_CHILD] = {"worker", "\"my worker\"", "w permanent", "w transient", "w temporary",
                             "\"permanent\""},
        [TT_FORMAT_VAR] = {"x", "\"two words\"", "a.b-c?d!e*", "\"\\u{E4}\""},
        [TT_FORMAT_OPT_VAR] = {"", "e", "\"the error\""},
        [TT_FORMAT_FIELD] = {"name", "\"\"", "\"a b\"", "\"\\0\""},
        [TT_FORMAT_OPT_FIELD] = {"", "name", "\"\"", "\";\""},
        [TT_FORMAT_NAME] = {"server", "\"my server\""},
        [TT_FORMAT_COUNT] = {"0", "3"},
        [TT_FORMAT_OPT_COUNT] = {"", "0", "3"},
        [TT_FORMAT_LABEL] = {"start", "0", "\"the end\"", "3"},
        [TT_FORMAT_OPT_LABEL] = {"start", "\"the end\"", "2"},
        [TT_FORMAT_CALL] = {"start", "start a b", "\"the end\" \"x y\" z", "4 a"},
        [TT_FORMAT_IMPORT] = {"std/math", "\"a b\" AS m", "x AS \"m n\""},
        [TT_FORMAT_BUILTIN] = {"math.sqrt", "value.type"},
    };
    return operands[format];
}

static inline void write_every_instruction(TtStrbuf *out) {
    tt_strbuf_add_text(out, "LABEL start\n");
    for (unsigned op = 0; op < TT_OP_COUNT; op++) {
        const TtOpInfo *info = tt_op_info(op);
        const char *const *operands = operands_of((TtFormat)info->format);
        if (!*operands) tt_strbuf_add_format(out, "%s has a format without an example\n", info->mnemonic);
        for (int i = 0; i < 12 && operands[i]; i++)
            tt_strbuf_add_format(out, "%s %s\n", info->mnemonic, operands[i]);
    }
    tt_strbuf_add_text(out, "SUPERVISE_CHILD w start\nSUPERVISE_CHILD w transient \"the end\"\n"
                            "SUPERVISE_CHILD w \"permanent\"\nSUPERVISE_CHILD w temporary w\n");
    tt_strbuf_add_text(out, "TRY\nTRY\nCATCH a\nEND_TRY\nCATCH\nTRY\nCATCH b\nEND_TRY\nEND_TRY\nLABEL \"the "
                            "end\"\nLABEL twice\n");
}

#endif
