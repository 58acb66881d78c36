// SPDX-License-Identifier: MIT
/** What source text means. */
#include "program.h"

#include "bytecode/builtin.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

/** The text that the only PUSH_STR of a program pushes; owned by the module. */
#define CHECK_TEXT(source, wanted, wanted_length)                                                            \
    do {                                                                                                     \
        TtModule *module_ = assemble(source);                                                                \
        REQUIRE(module_ != NULL);                                                                            \
        REQUIRE(module_->code.count == 1 && module_->code.items[0].op == TT_OP_PUSH_STR);                    \
        TtValue text_ = module_->constants.items[module_->code.items[0].b];                                  \
        CHECK_INT(text_.len, wanted_length);                                                                 \
        CHECK(text_.len == (wanted_length) && memcmp(tt_bytes_data(text_), wanted, wanted_length) == 0);     \
        tt_module_destroy(module_);                                                                          \
    } while (0)

TEST(empty_programs) {
    static const char *const sources[] = {"", "\n", "; nothing", "  \t \r\n\r\n", "\xEF\xBB\xBF", "\n\n\n;x"};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        TtModule *module = assemble_linked(sources[i]);
        REQUIRE(module != NULL);
        CHECK_INT(module->code.count, 0);
        tt_module_destroy(module);
    }
}

TEST(strings) {
    CHECK_TEXT("PUSH_STR \"hi\"", "hi", 2);
    CHECK_TEXT("PUSH_STR \"\"", "", 0);
    CHECK_TEXT("PUSH_STR \"a;b\" ; comment", "a;b", 3);
    CHECK_TEXT("PUSH_STR \"\\n\\t\\r\\\\\\\"\\0x\"", "\n\t\r\\\"\0x", 7);
    CHECK_TEXT("PUSH_STR \"\\x41\\xe4\\xFF\"", "A\xC3\xA4\xC3\xBF", 5);
    CHECK_TEXT("PUSH_STR \"\\u{41}\\u{20AC}\\u{1F600}\\u{10FFFF}\"",
               "A\xE2\x82\xAC\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF", 12);
    CHECK_TEXT("PUSH_STR \"\xE2\x82\xAC\"", "\xE2\x82\xAC", 3);
    CHECK_TEXT("PUSH_STR \"tab\there\"", "tab\there", 8);
}

TEST(bare_strings) {
    CHECK_TEXT("PUSH_STR hello world", "hello world", 11);
    CHECK_TEXT("PUSH_STR   hello \t ; comment", "hello", 5);
    CHECK_TEXT("PUSH_STR a;b", "a", 1);
    CHECK_TEXT("PUSH_STR hello\r\n", "hello", 5);
    CHECK_TEXT("PUSH_STR it's \"quoted\" inside", "it's \"quoted\" inside", 20);
    CHECK_TEXT("PUSH_STR back\\slash\\n", "back\\slash\\n", 12);
    CHECK_TEXT("PUSH_STR x\\", "x\\", 2);
}

TEST(numbers) {
    TtModule *module = assemble("PUSH_INT -5\nPUSH_INT 9223372036854775807\nPUSH_INT -9223372036854775808\n"
                                "PUSH_INT 2147483648\nPUSH_INT 007\n"
                                "PUSH_FLOAT 2.5\nPUSH_FLOAT 1e21\nPUSH_FLOAT NaN\nPUSH_FLOAT inf\n"
                                "PUSH_FLOAT -inf\nPUSH_FLOAT 3\nPUSH_FLOAT -0");
    REQUIRE(module != NULL);
    const TtInsn *code = module->code.items;
    CHECK_INT(tt_insn_int(module, code[0]), -5);
    CHECK_INT(code[0].a, 0);
    CHECK_INT(tt_insn_int(module, code[1]), INT64_MAX);
    CHECK_INT(tt_insn_int(module, code[2]), INT64_MIN);
    CHECK_INT(tt_insn_int(module, code[3]), 2147483648);
    CHECK_INT(code[3].a, 1);
    CHECK_INT(tt_insn_int(module, code[4]), 7);
    const double *floats = module->floats.items;
    CHECK(floats[code[5].b] == 2.5);
    CHECK(floats[code[6].b] == 1e21);
    CHECK(isnan(floats[code[7].b]));
    CHECK(isinf(floats[code[8].b]) && floats[code[8].b] > 0);
    CHECK(isinf(floats[code[9].b]) && floats[code[9].b] < 0);
    CHECK(floats[code[10].b] == 3.0);
    CHECK(floats[code[11].b] == 0.0 && signbit(floats[code[11].b]));
    tt_module_destroy(module);
}

TEST(spelling) {
    CHECK_LISTING("push_int 1\nPushInt 2\nPUSHINT 3\nadd",
                  "    PUSH_INT 1\n    PUSH_INT 2\n    PUSH_INT 3\n    ADD\n");
    CHECK_LISTING("NEW_OBJECT\nNEWLIST\nNEW_LIST\nMAKELIST 2\nmake_list 3",
                  "    MAKE_OBJECT\n    MAKE_LIST 0\n    MAKE_LIST 0\n    MAKE_LIST 2\n    MAKE_LIST 3\n");
    CHECK_LISTING("STORE_VAR a\nLOAD_VAR a\nDUMPSCOPE\nSEND_NAMED \"x\"\nsendnamed x",
                  "    STORE a\n    LOAD a\n    DUMP_SCOPE\n    SENDNAMED \"x\"\n    SENDNAMED \"x\"\n");
    CHECK_LISTING("JMP_ADDR 0\nJZ_ADDR 1\nCALL_ADDR 2 p",
                  "LABEL L0\n    JMP L0\nLABEL L1\n    JZ L1\nLABEL L2\n    CALL L2 p\n");
    CHECK_LISTING("label a\nLabel b\nJMP b", "LABEL a\nLABEL b\n    JMP a\n");
}

TEST(names) {
    CHECK_LISTING("STORE a_b.c-d?e!f*9", "    STORE a_b.c-d?e!f*9\n");
    CHECK_LISTING("STORE \"two words\"\nLOAD \"plain\"", "    STORE \"two words\"\n    LOAD plain\n");
    CHECK_LISTING("SET_FIELD \"\"\nGET_FIELD \"a;b\"\nHAS_FIELD x\nHAS_FIELD",
                  "    SET_FIELD \"\"\n    GET_FIELD \"a;b\"\n    HAS_FIELD x\n    HAS_FIELD\n");
    CHECK_LISTING("STORE gr\xC3\xB6\xC3\x9F"
                  "e",
                  "    STORE \"gr\xC3\xB6\xC3\x9F"
                  "e\"\n");
    CHECK_LISTING("LABEL \"a b\"\nJMP \"a b\";comment", "LABEL \"a b\"\n    JMP \"a b\"\n");
    /* Case matters in names. */
    TtModule *module = assemble("LABEL x\nLABEL X\nSTORE Y\nSTORE y");
    REQUIRE(module != NULL);
    CHECK_INT(module->labels.count, 2);
    CHECK(module->code.items[0].b != module->code.items[1].b);
    tt_module_destroy(module);
}

TEST(labels_and_addresses) {
    CHECK_LISTING("JMP end\nNOP\nLABEL end", "    JMP end\n    NOP\nLABEL end\n");
    CHECK_LISTING("JMP 1\nJMP 2", "    JMP L1\nLABEL L1\n    JMP L2\nLABEL L2\n");
    CHECK_LISTING("LABEL 7\nNOP\nJMP 7\nJMP 2", "LABEL 7\n    NOP\n    JMP 7\nLABEL L2\n    JMP L2\n");
    CHECK_LISTING(
        "TRY h\nTRY 1\nEND_TRY\nEND_TRY\nLABEL h\nCATCH e\nEND_TRY",
        "    TRY h\nLABEL L1\n    TRY L1\n    END_TRY\n    END_TRY\nLABEL h\n    CATCH e\n    END_TRY\n");
    TtModule *module =
        assemble("LABEL f\nRET\nCALL f a b\nCALL f a b\nCALL f b a\nCALL f\nMAKE_FUNCTION f a b");
    REQUIRE(module != NULL);
    CHECK_INT(module->functions.count, 3);
    CHECK_INT(module->code.items[1].b, module->code.items[2].b);
    CHECK_INT(module->code.items[1].b, module->code.items[5].b);
    CHECK_STR(module->functions.items[0].name, "f");
    CHECK_STR(module->functions.items[0].parameters[1], "b");
    tt_module_destroy(module);
}

TEST(operands) {
    CHECK_LISTING("SEND 5\nSEND 0\nSEND\nSEND 99999999999",
                  "    SEND 5\n    SEND 0\n    SEND\n    SEND 99999999999\n");
    CHECK_LISTING("PUSH_BOOL true\nPUSH_BOOL False\nPUSH_BYTES \"00fF\"\nPUSH_BYTES \"\"\nPUSH_BYTES 1234",
                  "    PUSH_BOOL true\n    PUSH_BOOL false\n    PUSH_BYTES \"00ff\"\n    PUSH_BYTES \"\"\n   "
                  " PUSH_BYTES \"1234\"\n");
    CHECK_LISTING("IMPORT std/math.ttvm\nIMPORT \"my dir/x\" AS m\nimport ./a as b",
                  "    IMPORT \"std/math.ttvm\"\n    IMPORT \"my dir/x\" AS m\n    IMPORT \"./a\" AS b\n");
    CHECK_LISTING("CALL_FUNCTION\nCALL_FUNCTION 3\nBUILTIN math.sqrt",
                  "    CALL_FUNCTION\n    CALL_FUNCTION 3\n    BUILTIN math.sqrt\n");
    CHECK_LISTING("LABEL t\nRECEIVE_TIMEOUT t\nREGISTER main\nWHEREIS \"main\"",
                  "LABEL t\n    RECEIVE_TIMEOUT t\n    REGISTER \"main\"\n    WHEREIS \"main\"\n");
}

TEST(patterns) {
    CHECK_LISTING("receive_match int,FLOAT , string\nRECEIVEMATCH any;comment",
                  "    RECEIVE_MATCH int, float, string\n    RECEIVE_MATCH any\n");
    CHECK_LISTING(
        "RECEIVE_MATCH = 5, =-1 ,=2.50, = 3.0,=1e21, =-0.0, = \"a;b\", =True,=FALSE,= null",
        "    RECEIVE_MATCH = 5, = -1, = 2.5, = 3.0, = 1000000000000000000000.0, = -0.0, = \"a;b\", = true, "
        "= false, = null\n");
    CHECK_LISTING("RECEIVE_MATCH .type=\"order\"&.id = 7&object, .\"odd name\"=null, .\"plain\" = 1, .a.b=2",
                  "    RECEIVE_MATCH .type = \"order\" & .id = 7 & object, .\"odd name\" = null, .plain = 1, "
                  ".a.b = 2\n");
    CHECK_LISTING(
        "RECEIVE_MATCH exit, down after \"the end\" ; x\nRECEIVE_MATCH any AFTER 0\nLABEL \"the end\"",
        "LABEL L0\n    RECEIVE_MATCH exit, down AFTER \"the end\"\n    RECEIVE_MATCH any AFTER L0\nLABEL "
        "\"the end\"\n");
    CHECK_LISTING("LABEL l\nMAILBOX_PEEK l\nMAILBOX_WAIT l",
                  "LABEL l\n    MAILBOX_PEEK l\n    MAILBOX_WAIT l\n");

    TtModule *module = assemble("NOP\nRECEIVE_MATCH int & = 5, .k = \"v\" AFTER 0\nRECEIVE_MATCH bytes");
    REQUIRE(module != NULL);
    REQUIRE(module->matches.count == 2 && module->terms.count == 4);
    const TtMatch *matches = module->matches.items;
    const TtTerm *terms = module->terms.items;
    CHECK_INT(matches[0].first, 0);
    CHECK_INT(matches[0].count, 3);
    CHECK_INT(matches[0].after, 0);
    CHECK_INT(matches[1].first, 3);
    CHECK_INT(matches[1].count, 1);
    CHECK_INT(matches[1].after, UINT32_MAX);
    CHECK(terms[0].kind == TT_TERM_TYPE && terms[0].tag == TT_TAG_INT && !terms[0].last);
    CHECK(terms[1].kind == TT_TERM_EQUAL && terms[1].literal.tag == TT_TAG_INT && terms[1].literal.as.i == 5);
    CHECK(terms[1].last && terms[2].last && terms[2].kind == TT_TERM_FIELD);
    CHECK_INT(module->constants.items[terms[2].field].len, 1);
    CHECK(terms[2].literal.tag == TT_TAG_STR && tt_bytes_data(terms[2].literal)[0] == 'v');
    CHECK(terms[3].kind == TT_TERM_TYPE && terms[3].tag == TT_TAG_BYTES && terms[3].last);
    tt_module_destroy(module);
}

TEST(supervisors) {
    CHECK_LISTING("START_SUPERVISOR\nSTART_SUPERVISOR ONE_FOR_ALL\nstartsupervisor rest_for_one 5\n"
                  "START_SUPERVISOR one_for_all 0 1\nSTART_SUPERVISOR 7 100",
                  "    START_SUPERVISOR one_for_one 3 5000\n    START_SUPERVISOR one_for_all 3 5000\n"
                  "    START_SUPERVISOR rest_for_one 5 5000\n    START_SUPERVISOR one_for_all 0 1\n"
                  "    START_SUPERVISOR one_for_one 7 100\n");
    CHECK_LISTING("SUPERVISE_CHILD w\nSUPERVISE_CHILD \"a b\" Transient\nSUPERVISE_CHILD w temporary run\n"
                  "SUPERVISE_CHILD w run\nSUPERVISE_CHILD w \"transient\"\nSUPERVISE_CHILD w permanent w\n"
                  "SUPERVISE_FUNCTION w\nSUPERVISE_FUNCTION \"x\" temporary",
                  "    SUPERVISE_CHILD \"w\" permanent\n    SUPERVISE_CHILD \"a b\" transient\n"
                  "    SUPERVISE_CHILD \"w\" temporary \"run\"\n    SUPERVISE_CHILD \"w\" permanent \"run\"\n"
                  "    SUPERVISE_CHILD \"w\" permanent \"transient\"\n    SUPERVISE_CHILD \"w\" permanent\n"
                  "    SUPERVISE_FUNCTION \"w\" permanent\n    SUPERVISE_FUNCTION \"x\" temporary\n");
    CHECK_LISTING(
        "TRAP_EXIT\nTRAP_EXIT True\nTRAP_EXIT 0\nLINK\nLINK 0\nMONITOR 3\nDEMONITOR\nEXIT_SIGNAL",
        "    TRAP_EXIT\n    TRAP_EXIT true\n    TRAP_EXIT false\n    LINK\n    LINK 0\n    MONITOR 3\n"
        "    DEMONITOR\n    EXIT_SIGNAL\n");
}

TEST(positions) {
    TtModule *module = assemble("\xEF\xBB\xBFNOP\r\n\r\n\tPOP ; x\n  LABEL a\n   RET");
    REQUIRE(module != NULL);
    CHECK_INT(module->code.count, 3);
    CHECK_INT(module->positions.items[0].line, 1);
    CHECK_INT(module->positions.items[0].column, 1);
    CHECK_INT(module->positions.items[1].line, 3);
    CHECK_INT(module->positions.items[1].column, 2);
    CHECK_INT(module->positions.items[2].line, 5);
    CHECK_INT(module->positions.items[2].column, 4);
    CHECK_STR(module->source, "NOP\r\n\r\n\tPOP ; x\n  LABEL a\n   RET");
    tt_module_destroy(module);
}

/** The block of the only (or first) TRY in block form. */
#define CHECK_BLOCK(source, number, wanted_try, wanted_catch, wanted_end)                                    \
    do {                                                                                                     \
        TtModule *module_ = assemble_linked(source);                                                         \
        REQUIRE(module_ != NULL);                                                                            \
        REQUIRE(module_->blocks.count > (number));                                                           \
        CHECK_INT(module_->blocks.items[number].try_at, wanted_try);                                         \
        CHECK_INT(module_->blocks.items[number].catch_at, wanted_catch);                                     \
        CHECK_INT(module_->blocks.items[number].end_at, wanted_end);                                         \
        tt_module_destroy(module_);                                                                          \
    } while (0)

TEST(blocks) {
    CHECK_BLOCK("TRY\nNOP\nCATCH e\nNOP\nEND_TRY", 0, 0, 2, 4);
    /* in the body and in the handler of another block */
    const char *nested = "TRY\nTRY\nCATCH\nEND_TRY\nCATCH e\nTRY\nCATCH\nEND_TRY\nEND_TRY";
    CHECK_BLOCK(nested, 0, 0, 4, 8);
    CHECK_BLOCK(nested, 1, 1, 2, 3);
    CHECK_BLOCK(nested, 2, 5, 6, 7);
    /* the label form in the body: its handler, too */
    CHECK_BLOCK("TRY\nTRY h\nEND_TRY\nJMP after\nLABEL h\nCATCH\nEND_TRY\nLABEL after\nCATCH e\nEND_TRY", 0,
                0, 6, 7);
    /* the label form in the body, its handler outside, before and behind */
    CHECK_BLOCK("TRY\nTRY h\nEND_TRY\nCATCH e\nEND_TRY\nHALT\nLABEL h\nCATCH\nEND_TRY", 0, 0, 3, 4);
    CHECK_BLOCK("JMP go\nLABEL h\nCATCH\nEND_TRY\nHALT\nLABEL go\nTRY\nTRY h\nEND_TRY\nCATCH e\nEND_TRY", 0,
                4, 7, 8);
    /* the label form in the handler */
    CHECK_BLOCK("TRY\nCATCH e\nTRY h\nEND_TRY\nJMP after\nLABEL h\nCATCH x\nEND_TRY\nLABEL after\nEND_TRY", 0,
                0, 1, 7);
    /* a block in the body and in the handler of the label form */
    CHECK_BLOCK("TRY h\nTRY\nCATCH\nEND_TRY\nEND_TRY\nHALT\nLABEL h\nCATCH x\nTRY\nCATCH\nEND_TRY\nEND_TRY",
                0, 1, 2, 3);
    CHECK_BLOCK("TRY h\nTRY\nCATCH\nEND_TRY\nEND_TRY\nHALT\nLABEL h\nCATCH x\nTRY\nCATCH\nEND_TRY\nEND_TRY",
                1, 7, 8, 9);
    /* a handler that does something before its CATCH, two ways out of a body, a body left by RET */
    CHECK_BLOCK("TRY\nTRY h\nEND_TRY\nJMP after\nLABEL h\nNOP\nCATCH\nEND_TRY\nLABEL after\nCATCH e\nEND_TRY",
                0, 0, 7, 8);
    CHECK_BLOCK("TRY\nTRY h\nJZ x\nEND_TRY\nJMP after\nLABEL x\nEND_TRY\nJMP after\nLABEL h\nCATCH\nEND_TRY\n"
                "LABEL after\nCATCH e\nEND_TRY",
                0, 0, 9, 10);
    CHECK_BLOCK("TRY\nTRY h\nRET\nLABEL h\nCATCH\nRET\nCATCH e\nEND_TRY", 0, 0, 5, 6);
    /* two label forms with one handler */
    CHECK_BLOCK("TRY\nTRY h\nEND_TRY\nTRY h\nEND_TRY\nJMP after\nLABEL h\nCATCH\nEND_TRY\nLABEL after\nCATCH "
                "e\nEND_TRY",
                0, 0, 8, 9);
    TtModule *module = assemble("TRY\nCATCH e\nEND_TRY\nTRY\nCATCH\nEND_TRY");
    REQUIRE(module != NULL);
    CHECK_STR(tt_names_text(&module->names, module->blocks.items[0].variable), "e");
    CHECK_INT(module->blocks.items[1].variable, TT_NO_NAME);
    CHECK_INT(module->code.items[4].a, 1);
    CHECK_INT(module->code.items[4].b, 1);
    CHECK_INT(tt_insn_target(module, module->code.items[3]), 4);
    tt_module_destroy(module);
}

TEST(large_programs_are_fast) {
    TtStrbuf source = {0};
    enum { COUNT = 100000 };
    for (int i = 0; i < COUNT / 5; i++)
        tt_strbuf_add_format(&source, "LABEL l%d\nPUSH_INT %d\nSTORE v%d\nCALL l%d a b\nTRY l%d\nEND_TRY\n",
                             i, i, i % 5000, i / 2, i);
    struct timespec begin, end;
    timespec_get(&begin, TIME_UTC);
    TtModule *module = assemble_linked(source.bytes);
    timespec_get(&end, TIME_UTC);
    REQUIRE(module != NULL);
    CHECK_INT(module->code.count, COUNT);
    double seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    printf("100,000 instructions: %.3f s\n", seconds);
    /* 0.2 s in a release build; sanitizers and busy machines take longer, quadratic steps minutes. */
    CHECK(seconds < 5.0);
    tt_module_destroy(module);
    tt_strbuf_free(&source);
}

int main(void) {
    RUN(empty_programs);
    RUN(strings);
    RUN(bare_strings);
    RUN(numbers);
    RUN(spelling);
    RUN(names);
    RUN(labels_and_addresses);
    RUN(operands);
    RUN(patterns);
    RUN(supervisors);
    RUN(positions);
    RUN(blocks);
    RUN(large_programs_are_fast);
    return test_finish();
}
