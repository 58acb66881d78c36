// SPDX-License-Identifier: MIT
/** Which globals the code of an actor can read. */
#include "program.h"

/** Names of the globals that code started at a label can read, in order of their slots. */
static void add_globals_used(TtStrbuf *out, const TtModule *module, const char *label) {
    for (uint32_t i = 0; i < module->label_functions.count; i++) {
        const TtFunction *function = module->label_functions.items[i];
        if (strcmp(function->name, label) != 0) continue;
        const TtScope *scope = &module->scopes.items[function->scope];
        for (uint32_t g = 0; g < scope->globals_used_count; g++) {
            uint32_t name = module->scopes.items[0].slot_names[scope->globals_used[g]];
            tt_strbuf_add_format(out, "%s%s", g ? " " : "", tt_names_text(&module->names, name));
        }
    }
}

/** `body` is the code of the label `start`, beside workers that read globals of their own. */
static void check_used(const char *body, const char *wanted, int line) {
    TtStrbuf source = {0}, used = {0};
    tt_strbuf_add_format(&source,
                         "NULL\nSTORE a\nNULL\nSTORE b\nNULL\nSTORE c\nHALT\n"
                         "LABEL reads_a\nLOAD a\nRET\nLABEL reads_b\nLOAD b\nRET\n"
                         "LABEL reads_c\nLOAD c\nRET\nLABEL start\n%s\nRET\n",
                         body);
    TtModule *module = assemble_linked(source.bytes);
    if (module) add_globals_used(&used, module, "start");
    test_check_str(tt_strbuf_text(&used), wanted, body, __FILE__, line);
    tt_module_destroy(module);
    tt_strbuf_free(&source);
    tt_strbuf_free(&used);
}
#define CHECK_USED(body, wanted) check_used(body, wanted, __LINE__)

TEST(own_code_and_calls) {
    CHECK_USED("NOP", "");
    CHECK_USED("LOAD b", "b");
    CHECK_USED("CALL reads_a", "a");
    CHECK_USED("MAKE_FUNCTION reads_c", "c");
    /* an indirect call may reach whatever is made a function anywhere */
    CHECK_USED("CALL_FUNCTION\nRET\nLABEL other\nMAKE_FUNCTION reads_b\nRET", "b");
}

TEST(functions_that_are_spawned) {
    CHECK_USED("MAKE_FUNCTION reads_a\nSPAWN", "a");
    CHECK_USED("MAKE_FUNCTION reads_a\nSPAWN_LINK", "a");
    CHECK_USED("MAKE_FUNCTION reads_a\nSPAWN_MONITOR", "a");
    CHECK_USED("MAKE_FUNCTION reads_a\nSUPERVISE_FUNCTION w", "a");
    CHECK_USED("PUSH_STR reads_a\nSPAWN", "a b c");
    CHECK_USED("LOAD a\nSPAWN_LINK", "a b c");
    CHECK_USED("LOAD a\nSPAWN_MONITOR", "a b c");
    CHECK_USED("LOAD a\nSUPERVISE_FUNCTION w", "a b c");
    CHECK_USED("MAKE_FUNCTION reads_a\nPUSH_INT 0\nSPAWN_ARGS", "a b c");
}

/** What a jump leads to finds another value on the stack than the function made before it. */
TEST(spawns_that_are_jumped_to) {
    CHECK_USED("PUSH_STR reads_b\nJMP s\nMAKE_FUNCTION reads_a\nLABEL s\nSPAWN", "a b c");
    CHECK_USED("PUSH_STR reads_b\nJMP 16\nMAKE_FUNCTION reads_a\nSPAWN\nRET", "a b c");
    CHECK_USED("PUSH_STR reads_b\nRECEIVE_MATCH any AFTER 16\nMAKE_FUNCTION reads_a\nSPAWN", "a b c");
    CHECK_USED("PUSH_STR reads_b\nTRY\nNOP\nCATCH\nEND_TRY\nSPAWN", "a b c");
}

TEST(children_that_are_labels) {
    CHECK_USED("SUPERVISE_CHILD reads_b", "b");
    CHECK_USED("SUPERVISE_CHILD w temporary reads_c\nSUPERVISE_CHILD reads_a transient", "a c");
    CHECK_USED("SUPERVISE_CHILD w temporary no_label", "a b c");
    CHECK_USED("SUPERVISE_CHILD a", "a b c"); /* a variable's name is no label */
    CHECK_USED("SUPERVISE_CHILD w permanent end\nRET\nLABEL end\nLOAD c", "c");
}

TEST(code_behind_a_time_out) {
    CHECK_USED("RECEIVE_MATCH any AFTER late\nRET\nLABEL late\nLOAD b", "b");
    CHECK_USED("MAILBOX_PEEK late\nRET\nLABEL late\nLOAD b", "b");
}

int main(void) {
    RUN(own_code_and_calls);
    RUN(functions_that_are_spawned);
    RUN(spawns_that_are_jumped_to);
    RUN(children_that_are_labels);
    RUN(code_behind_a_time_out);
    return test_finish();
}
