// SPDX-License-Identifier: MIT
/** What no assembler makes, but an image can hold. */
#include "every_instruction.h"
#include "program.h"

#include "base/config.h"
#include "bytecode/builtin.h"

/** The verdict on a module: "" or the first message. The caller frees. */
static char *verdict(const TtModule *module) {
    TtDiags diags = {0};
    TtStrbuf text = {0};
    TtResult result = tt_verify_structure(module, &diags);
    CHECK((result == TT_OK) == (diags.errors == 0));
    if (diags.list.count) tt_strbuf_add_text(&text, diags.list.items[0].message);
    tt_diags_free(&diags);
    return tt_strbuf_take(&text);
}

/** Assembles, changes the module, and checks the verdict. */
#define CHECK_VERDICT(source, change, wanted)                                                                \
    do {                                                                                                     \
        TtModule *m = assemble(source);                                                                      \
        REQUIRE(m != NULL);                                                                                  \
        change;                                                                                              \
        char *got_ = verdict(m);                                                                             \
        CHECK_STR(got_, wanted);                                                                             \
        tt_free(got_);                                                                                       \
        tt_module_destroy(m);                                                                                \
    } while (0)

#define CODE(at) m->code.items[at]

TEST(what_the_assembler_makes_is_good) {
    TtStrbuf source = {0};
    write_every_instruction(&source);
    CHECK_VERDICT(source.bytes, (void)0, "");
    CHECK_VERDICT("", (void)0, "");
    tt_strbuf_free(&source);
}

TEST(operands) {
    char past_the_table[64];
    (void)snprintf(past_the_table, sizeof past_the_table, "Instruction 0 (unknown): unknown instruction %d",
                   TT_OP_COUNT);
    CHECK_VERDICT("NOP", CODE(0).op = TT_OP_COUNT, past_the_table);
    CHECK_VERDICT("NOP", CODE(0).op = UINT16_MAX, "Instruction 0 (unknown): unknown instruction 65535");
    CHECK_VERDICT("NOP\nADD", CODE(1).b = 1, "Instruction 1 (ADD): an operand where none belongs");
    CHECK_VERDICT("ADD", CODE(0).a = 1, "Instruction 0 (ADD): operand of unknown form 1");
    CHECK_VERDICT("PUSH_INT 1", CODE(0).a = 1,
                  "Instruction 0 (PUSH_INT): operand 1 is out of the range of 0 integers");
    CHECK_VERDICT("PUSH_INT 1", CODE(0).a = 2, "Instruction 0 (PUSH_INT): operand of unknown form 2");
    CHECK_VERDICT("SEND", CODE(0).b = 5, "Instruction 0 (SEND): an absent operand with a value");
    CHECK_VERDICT("SEND", CODE(0).a = 3, "Instruction 0 (SEND): operand of unknown form 3");
    CHECK_VERDICT("SEND 5000000000", m->ints.items[0] = 0,
                  "Instruction 0 (SEND): an integer that fits into the operand");
    CHECK_VERDICT("TRAP_EXIT", CODE(0).b = -2,
                  "Instruction 0 (TRAP_EXIT): operand -2 is out of the range of 2 truth values");
    CHECK_VERDICT("TRAP_EXIT 1", CODE(0).b = 2,
                  "Instruction 0 (TRAP_EXIT): operand 2 is out of the range of 2 truth values");
    CHECK_VERDICT("RECEIVE_MATCH any", CODE(0).b = 1,
                  "Instruction 0 (RECEIVE_MATCH): operand 1 is out of the range of 1 matches");
    CHECK_VERDICT("RECEIVE_MATCH any\nRECEIVE_MATCH any", CODE(1).b = 0,
                  "Instruction 1 (RECEIVE_MATCH): match 0 belongs to two instructions");
    CHECK_VERDICT("START_SUPERVISOR", CODE(0).b = -1,
                  "Instruction 0 (START_SUPERVISOR): operand -1 is out of the range of 1 supervisors");
    CHECK_VERDICT("SUPERVISE_CHILD w", CODE(0).b = 1,
                  "Instruction 0 (SUPERVISE_CHILD): operand 1 is out of the range of 1 children");
    CHECK_VERDICT("SUPERVISE_CHILD w x", CODE(0).op = TT_OP_SUPERVISE_FUNCTION,
                  "Instruction 0 (SUPERVISE_FUNCTION): a label where none belongs");
    CHECK_VERDICT("PUSH_FLOAT 1", CODE(0).b = -1,
                  "Instruction 0 (PUSH_FLOAT): operand -1 is out of the range of 1 floats");
    CHECK_VERDICT("PUSH_STR x", CODE(0).b = 1,
                  "Instruction 0 (PUSH_STR): operand 1 is out of the range of 1 constants");
    CHECK_VERDICT("PUSH_STR x\nPUSH_BYTES 00", CODE(0).b = 1,
                  "Instruction 0 (PUSH_STR): the constant is no Str");
    CHECK_VERDICT("PUSH_STR x\nPUSH_BYTES 00", CODE(1).b = 0,
                  "Instruction 1 (PUSH_BYTES): the constant is no Bytes");
    CHECK_VERDICT("HAS_FIELD", CODE(0).b = -2,
                  "Instruction 0 (HAS_FIELD): operand -2 is out of the range of 0 constants");
    CHECK_VERDICT("REGISTER x\nPUSH_STR \"\"", CODE(0).b = 1,
                  "Instruction 0 (REGISTER): the name is empty or holds a NUL");
    CHECK_VERDICT("PUSH_BOOL true", CODE(0).b = 2,
                  "Instruction 0 (PUSH_BOOL): operand 2 is out of the range of 2 truth values");
    CHECK_VERDICT("LOAD x", CODE(0).b = 1, "Instruction 0 (LOAD): operand 1 is out of the range of 1 names");
    CHECK_VERDICT("CATCH x", CODE(0).b = -2,
                  "Instruction 0 (CATCH): operand -2 is out of the range of 1 names");
    CHECK_VERDICT("MAKE_LIST 1", CODE(0).b = -1, "Instruction 0 (MAKE_LIST): count -1 is out of range");
    CHECK_VERDICT("MAKE_LIST 1", CODE(0).b = INT32_MAX,
                  "Instruction 0 (MAKE_LIST): count 2147483647 is out of range");
    CHECK_VERDICT("CALL_FUNCTION", CODE(0).b = -2, "Instruction 0 (CALL_FUNCTION): count -2 is out of range");
    CHECK_VERDICT("JMP 1", CODE(0).b = 2, "Instruction 0 (JMP): address 2 is out of the range of 0 to 1");
    CHECK_VERDICT("TRY 1", CODE(0).b = -1, "Instruction 0 (TRY): address -1 is out of the range of 0 to 1");
    CHECK_VERDICT("CALL 1", CODE(0).b = 1,
                  "Instruction 0 (CALL): operand 1 is out of the range of 1 functions");
    CHECK_VERDICT("IMPORT x", CODE(0).b = 1,
                  "Instruction 0 (IMPORT): operand 1 is out of the range of 1 imports");
    CHECK_VERDICT("BUILTIN math.sqrt", CODE(0).b = -1; char wanted[100];
                  snprintf(wanted, sizeof wanted,
                           "Instruction 0 (BUILTIN): operand -1 is out of the range of %d built-ins",
                           TT_BUILTIN_COUNT),
                  wanted);
}

TEST(tables) {
    CHECK_VERDICT("CALL 1", m->functions.items[0].entry = 2, "Function 0: entry out of range");
    CHECK_VERDICT("CALL 1 a b", m->functions.items[0].parameter_count = TT_MAX_OPERANDS + 1,
                  "Function 0: too many parameters");
    CHECK_VERDICT("CALL 1 a b",
                  ((const char **)m->functions.items[0].parameters)[1] = m->functions.items[0].parameters[0],
                  "Function 0: two parameters of one name");
    CHECK_VERDICT("LABEL a\nNOP\nLABEL b\nNOP", m->labels.items[0].address = 2,
                  "Label 1: not in the order of addresses");
    CHECK_VERDICT("LABEL a", m->labels.items[0].address = 1, "Label 0: address out of range");
    CHECK_VERDICT("LABEL a", m->labels.items[0].name = 1, "Label 0: name out of range");
    CHECK_VERDICT("LABEL a\nLABEL b", m->labels.items[1].name = 0, "Label 1: defined twice");
    CHECK_VERDICT("IMPORT a AS b", m->imports.items[0].prefix = 1, "Import 0: prefix out of range");
    CHECK_VERDICT("IMPORT a AS b", m->imports.items[0].path = 1, "Import 0: path out of range");
    CHECK_VERDICT("IMPORT a\nPUSH_BYTES 00", m->imports.items[0].path = 1,
                  "Import 0: the path is no text, empty, or holds a NUL");
    CHECK_VERDICT("IMPORT a\nPUSH_STR \"\"", m->imports.items[0].path = 1,
                  "Import 0: the path is no text, empty, or holds a NUL");
    CHECK_VERDICT("LOAD a", tt_names_add(&m->names, "", 0), "Name 1: empty");
    CHECK_VERDICT("LOAD a", tt_names_add(&m->names, "a\0b", 3), "Name 1: holds a NUL");
    CHECK_VERDICT("LOAD a", tt_names_add(&m->names, "\xFF", 1), "Name 1: not UTF-8");
    CHECK_VERDICT("NOP\nNOP", m->positions.count = 1, "1 positions for 2 instructions");
}

#define TWO_MATCHES "RECEIVE_MATCH int & = 5, .a = \"x\"\nRECEIVE_MATCH any AFTER 2"

TEST(patterns) {
    CHECK_VERDICT(TWO_MATCHES, (void)0, "");
    CHECK_VERDICT(TWO_MATCHES, m->terms.items[0].kind = TT_TERM_KIND_COUNT, "Term 0: of unknown kind");
    CHECK_VERDICT(TWO_MATCHES, m->terms.items[0].tag = TT_TAG_CLOSURE, "Term 0: of unknown type");
    CHECK_VERDICT(TWO_MATCHES, m->terms.items[0].tag = 255, "Term 0: of unknown type");
    CHECK_VERDICT(TWO_MATCHES, m->terms.items[1].literal.tag = TT_TAG_REF,
                  "Term 1: the literal is no scalar, or no Str among the constants");
    CHECK_VERDICT(TWO_MATCHES, m->terms.items[2].literal.len = 0,
                  "Term 2: the literal is no scalar, or no Str among the constants");
    CHECK_VERDICT(TWO_MATCHES, m->terms.items[2].field = 2,
                  "Term 2: the field is no Str among the constants");
    CHECK_VERDICT(TWO_MATCHES "\nPUSH_BYTES 00", m->terms.items[2].field = 2,
                  "Term 2: the field is no Str among the constants");
    CHECK_VERDICT(TWO_MATCHES, m->terms.items[2].last = false, "Match 0: the last alternative has no end");
    CHECK_VERDICT(TWO_MATCHES, m->terms.items[1].last = false, "");
    CHECK_VERDICT(TWO_MATCHES, m->matches.items[0].count = 0, "Match 0: no terms");
    CHECK_VERDICT(TWO_MATCHES, m->matches.items[0].count = 5, "Match 0: its terms are not those that follow");
    CHECK_VERDICT(TWO_MATCHES, m->matches.items[1].count = UINT32_MAX,
                  "Match 1: its terms are not those that follow");
    CHECK_VERDICT(TWO_MATCHES, m->matches.items[1].first = 2, "Match 1: its terms are not those that follow");
    CHECK_VERDICT(TWO_MATCHES, m->matches.items[1].after = 3, "Match 1: address out of range");
    CHECK_VERDICT(TWO_MATCHES, m->matches.count = 1, "Term 3: belongs to no match");
}

TEST(supervisors) {
    CHECK_VERDICT("START_SUPERVISOR", m->supervisors.items[0].strategy = TT_STRATEGY_COUNT,
                  "Supervisor 0: unknown strategy");
    CHECK_VERDICT("START_SUPERVISOR", m->supervisors.items[0].period_ms = 0, "Supervisor 0: the period is 0");
    CHECK_VERDICT("SUPERVISE_CHILD a", m->children.items[0].policy = TT_POLICY_COUNT,
                  "Child 0: unknown policy");
    CHECK_VERDICT("SUPERVISE_CHILD a", m->children.items[0].id = 1,
                  "Child 0: the id or label is no text, empty, or holds a NUL");
    CHECK_VERDICT("SUPERVISE_CHILD a\nPUSH_BYTES 00", m->children.items[0].label = 1,
                  "Child 0: the id or label is no text, empty, or holds a NUL");
    CHECK_VERDICT("SUPERVISE_CHILD a\nPUSH_STR \"\"", m->children.items[0].label = 1,
                  "Child 0: the id or label is no text, empty, or holds a NUL");
}

#define TWO_BLOCKS "TRY\nCATCH a\nEND_TRY\nTRY\nCATCH b\nEND_TRY"

TEST(blocks) {
    CHECK_VERDICT(TWO_BLOCKS, (void)0, "");
    CHECK_VERDICT(TWO_BLOCKS, m->blocks.items[0].end_at = 5,
                  "Block 0: not as its TRY, CATCH and END_TRY stand");
    CHECK_VERDICT(TWO_BLOCKS, m->blocks.items[1].catch_at = 1,
                  "Block 1: not as its TRY, CATCH and END_TRY stand");
    CHECK_VERDICT(TWO_BLOCKS, m->blocks.items[1].variable = 9, "Block 1: variable out of range");
    CHECK_VERDICT(TWO_BLOCKS, m->blocks.count = 1,
                  "Instruction 3 (TRY): operand 1 is out of the range of 1 blocks");
    CHECK_VERDICT(TWO_BLOCKS, CODE(3).b = 0, "Instruction 3 (TRY): belongs to block 1");
    CHECK_VERDICT(TWO_BLOCKS, CODE(1).b = 1, "Instruction 1 (CATCH): belongs to block 0");
    CHECK_VERDICT(TWO_BLOCKS, (CODE(4).a = 0, CODE(4).b = -1), "Instruction 4 (CATCH): belongs to block 1");
    CHECK_VERDICT(TWO_BLOCKS, CODE(3).op = TT_OP_CATCH, "Blocks: 2 in the table, 1 in the code");
    CHECK_VERDICT(TWO_BLOCKS "\nCATCH", (CODE(6).a = 1, CODE(6).b = 0),
                  "Blocks: a CATCH that belongs to no block names one");
    CHECK_VERDICT(TWO_BLOCKS, CODE(5) = (TtInsn){.op = TT_OP_NOP},
                  "Instruction 3 (TRY): a block without its END_TRY");
    CHECK_VERDICT(TWO_BLOCKS, CODE(4) = (TtInsn){.op = TT_OP_NOP},
                  "Instruction 5 (END_TRY): a block without its CATCH");
}

TEST(many_errors_are_bounded) {
    TtStrbuf source = {0};
    for (int i = 0; i < 1000; i++) tt_strbuf_add_text(&source, "JMP 0\n");
    TtModule *m = assemble(source.bytes);
    REQUIRE(m != NULL);
    for (int i = 0; i < 1000; i++) CODE(i).b = -1;
    TtDiags diags = {0};
    CHECK_INT(tt_verify_structure(m, &diags), TT_ERR_PARSE_ERROR);
    CHECK_INT(diags.errors, TT_MAX_DIAGNOSTICS);
    CHECK(diags.truncated);
    CHECK_INT(diags.list.items[7].line, 8);
    tt_diags_free(&diags);
    tt_module_destroy(m);
    tt_strbuf_free(&source);
}

int main(void) {
    RUN(what_the_assembler_makes_is_good);
    RUN(operands);
    RUN(tables);
    RUN(patterns);
    RUN(supervisors);
    RUN(blocks);
    RUN(many_errors_are_bounded);
    return test_finish();
}
