// SPDX-License-Identifier: MIT
#include "every_instruction.h"
#include "program.h"

/** Text of a module's text: the same, so nothing is lost in between. */
#define CHECK_FIXPOINT(module)                                                                               \
    do {                                                                                                     \
        char *first_ = disassemble(module);                                                                  \
        TtModule *again_ = assemble(first_);                                                                 \
        REQUIRE(again_ != NULL);                                                                             \
        char *second_ = disassemble(again_);                                                                 \
        CHECK_STR(second_, first_);                                                                          \
        CHECK_INT(again_->code.count, (module)->code.count);                                                 \
        tt_free(first_);                                                                                     \
        tt_free(second_);                                                                                    \
        tt_module_destroy(again_);                                                                           \
    } while (0)

TEST(every_instruction_comes_back) {
    TtStrbuf source = {0};
    write_every_instruction(&source);
    TtModule *module = assemble(source.bytes);
    REQUIRE(module != NULL);
    bool seen[TT_OP_COUNT] = {false};
    for (uint32_t i = 0; i < module->code.count; i++) seen[module->code.items[i].op] = true;
    for (int op = 0; op < TT_OP_COUNT; op++) CHECK(seen[op]);
    CHECK_FIXPOINT(module);

    /* instruction by instruction, what it says is the same */
    char *text = disassemble(module);
    TtModule *again = assemble(text);
    REQUIRE(again != NULL);
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn a = module->code.items[i], b = again->code.items[i];
        CHECK_INT(a.op, b.op);
        CHECK_INT(tt_insn_target(module, a), tt_insn_target(again, b));
        TtStrbuf first = {0}, second = {0};
        tt_disasm_trace(&first, module, i);
        tt_disasm_trace(&second, again, i);
        CHECK_STR(first.bytes, second.bytes);
        tt_strbuf_free(&first);
        tt_strbuf_free(&second);
    }
    tt_free(text);
    tt_module_destroy(module);
    tt_module_destroy(again);
    tt_strbuf_free(&source);
}

TEST(listing) {
    TtModule *module = assemble(
        "LABEL main\n  CALL add a b ; sum\n\n  HALT\nLABEL add\nLABEL plus\nRET\nJMP 0\nJMP 3\nTRY 5");
    REQUIRE(module != NULL);
    TtStrbuf text = {0};
    tt_disasm_module(&text, module, true);
    CHECK_STR(text.bytes, "LABEL main\n"
                          "    CALL add a b                        ; 0x0000 line 2\n"
                          "    HALT                                ; 0x0001 line 4\n"
                          "LABEL add\n"
                          "LABEL plus\n"
                          "    RET                                 ; 0x0002 line 7\n"
                          "LABEL L3\n"
                          "    JMP main                            ; 0x0003 line 8\n"
                          "    JMP L3                              ; 0x0004 line 9\n"
                          "LABEL L5\n"
                          "    TRY L5                              ; 0x0005 line 10\n");
    tt_strbuf_free(&text);
    CHECK_FIXPOINT(module);
    tt_module_destroy(module);
}

TEST(invented_labels_meet_no_other_name) {
    TtModule *module = assemble("LABEL L2\nSTORE L1\nJMP 1\nJMP 2\nJMP L2");
    REQUIRE(module != NULL);
    char *text = disassemble(module);
    CHECK_STR(text, "LABEL L2\n    STORE L1\nLABEL L1_\n    JMP L1_\nLABEL L2_\n    JMP L2_\n    JMP L2\n");
    tt_free(text);
    CHECK_FIXPOINT(module);
    tt_module_destroy(module);
}

#define CHECK_INSN(source, form, wanted)                                                                     \
    do {                                                                                                     \
        TtModule *module_ = assemble(source);                                                                \
        REQUIRE(module_ != NULL);                                                                            \
        TtStrbuf text_ = {0};                                                                                \
        form(&text_, module_, 0);                                                                            \
        CHECK_STR(text_.bytes, wanted);                                                                      \
        tt_strbuf_free(&text_);                                                                              \
        tt_module_destroy(module_);                                                                          \
    } while (0)

TEST(single_instructions) {
    CHECK_INSN("CALL f a b\nLABEL f", tt_disasm_insn, "CALL f a b");
    CHECK_INSN("JMP 1", tt_disasm_insn, "JMP 1");
    CHECK_INSN("PUSH_STR hello", tt_disasm_insn, "PUSH_STR \"hello\"");
    CHECK_INSN("IMPORT a AS b", tt_disasm_insn, "IMPORT \"a\" AS b");
    CHECK_INSN("TRY\nCATCH e\nEND_TRY", tt_disasm_insn, "TRY");
}

TEST(trace_forms) {
    CHECK_INSN("PUSH_INT 10", tt_disasm_trace, "PushInt(10)");
    CHECK_INSN("PUSH_INT 10000000000", tt_disasm_trace, "PushInt(10000000000)");
    CHECK_INSN("PUSH_FLOAT 2.5", tt_disasm_trace, "PushFloat(2.5)");
    CHECK_INSN("PUSH_STR x\"y", tt_disasm_trace, "PushStr(\"x\\\"y\")");
    CHECK_INSN("PUSH_BOOL true", tt_disasm_trace, "PushBool(true)");
    CHECK_INSN("PUSH_BYTES 00ff", tt_disasm_trace, "PushBytes(\"00ff\")");
    CHECK_INSN("TRUE", tt_disasm_trace, "True");
    CHECK_INSN("ADD_F", tt_disasm_trace, "AddF");
    CHECK_INSN("LOAD a", tt_disasm_trace, "Load(\"a\")");
    CHECK_INSN("SET_FIELD a", tt_disasm_trace, "SetField(\"a\")");
    CHECK_INSN("HAS_FIELD", tt_disasm_trace, "HasField");
    CHECK_INSN("HAS_FIELD \"\"", tt_disasm_trace, "HasField(\"\")");
    CHECK_INSN("MAKE_LIST 3", tt_disasm_trace, "MakeList(3)");
    CHECK_INSN("CALL_FUNCTION", tt_disasm_trace, "CallFunction");
    CHECK_INSN("CALL_FUNCTION 0", tt_disasm_trace, "CallFunction(0)");
    CHECK_INSN("JMP end\nNOP\nLABEL end", tt_disasm_trace, "Jmp(2)");
    CHECK_INSN("CALL f a b\nNOP\nLABEL f\nRET", tt_disasm_trace, "Call { addr: 2, params: [\"a\", \"b\"] }");
    CHECK_INSN("MAKE_FUNCTION f\nLABEL f\nRET", tt_disasm_trace, "MakeFunction { addr: 1, params: [] }");
    CHECK_INSN("TRY h\nLABEL h", tt_disasm_trace, "Try(1)");
    CHECK_INSN("TRY\nCATCH e\nEND_TRY", tt_disasm_trace, "Try(1)");
    CHECK_INSN("CATCH e", tt_disasm_trace, "Catch(\"e\")");
    CHECK_INSN("CATCH", tt_disasm_trace, "Catch");
    CHECK_INSN("SEND", tt_disasm_trace, "Send");
    CHECK_INSN("SEND 3", tt_disasm_trace, "Send(3)");
    CHECK_INSN("SENDNAMED x", tt_disasm_trace, "Sendnamed(\"x\")");
    CHECK_INSN("TRAP_EXIT", tt_disasm_trace, "TrapExit");
    CHECK_INSN("TRAP_EXIT 1", tt_disasm_trace, "TrapExit(true)");
    CHECK_INSN("LINK 3", tt_disasm_trace, "Link(3)");
    CHECK_INSN("RECEIVE_MATCH int&=5,.a=\"x\" AFTER h\nNOP\nLABEL h", tt_disasm_trace,
               "ReceiveMatch(int & = 5, .a = \"x\" AFTER 2)");
    CHECK_INSN("START_SUPERVISOR", tt_disasm_trace, "StartSupervisor(one_for_one 3 5000)");
    CHECK_INSN("SUPERVISE_CHILD w transient", tt_disasm_trace, "SuperviseChild(\"w\" transient)");
    CHECK_INSN("IMPORT a", tt_disasm_trace, "Import(\"a\")");
    CHECK_INSN("IMPORT a AS b", tt_disasm_trace, "Import { path: \"a\", prefix: \"b\" }");
    CHECK_INSN("BUILTIN math.sqrt", tt_disasm_trace, "Builtin(\"math.sqrt\")");
}

int main(void) {
    RUN(every_instruction_comes_back);
    RUN(listing);
    RUN(invented_labels_meet_no_other_name);
    RUN(single_instructions);
    RUN(trace_forms);
    return test_finish();
}
