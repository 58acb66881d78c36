// SPDX-License-Identifier: MIT
/** Programs for tests: from source text to modules and back to text. */
#ifndef TT_TEST_PROGRAM_H
#define TT_TEST_PROGRAM_H

#include "asm/asm.h"
#include "base/alloc.h"
#include "module/disasm.h"
#include "module/image.h"
#include "test.h"
#include "verify/verify.h"

/** The module of a source text, NULL (and a failed check) when it has errors. The caller destroys it. */
static inline TtModule *assemble_bytes(const char *source, size_t length) {
    TtDiags diags = {0};
    TtModule *module = NULL;
    TtResult result = tt_asm_parse("test.ttvm", source, length, &module, &diags);
    if (result != TT_OK || diags.list.count) {
        TtStrbuf text = {0};
        for (uint32_t i = 0; i < diags.list.count; i++)
            tt_diag_print(&text, &diags.list.items[i], "test.ttvm", source, length, false);
        test_check_str(tt_strbuf_text(&text), "", "diagnostics", __FILE__, __LINE__);
        tt_strbuf_free(&text);
    }
    tt_diags_free(&diags);
    return module;
}

static inline TtModule *assemble(const char *source) {
    return assemble_bytes(source, strlen(source));
}

/** The same, checked and linked, with heights. */
static inline TtModule *assemble_linked(const char *source) {
    TtModule *module = assemble(source);
    if (!module) return NULL;
    TtDiags diags = {0};
    bool good = test_check(tt_verify_structure(module, &diags) == TT_OK, "structure", __FILE__, __LINE__);
    for (uint32_t i = 0; i < diags.list.count; i++) fprintf(stderr, "%s\n", diags.list.items[i].message);
    tt_diags_free(&diags);
    if (!good) {
        tt_module_destroy(module);
        return NULL;
    }
    tt_module_link(module);
    tt_verify_heights(module);
    return module;
}

/** Its diagnostics, one a line: `3:5-9 message [suggestion]`. The caller frees it with tt_free. */
static inline char *diagnose_bytes(const char *source, size_t length) {
    TtDiags diags = {0};
    TtModule *module = NULL;
    TtStrbuf text = {0};
    TtResult result = tt_asm_parse("test.ttvm", source, length, &module, &diags);
    for (uint32_t i = 0; i < diags.list.count; i++) {
        const TtDiag *diag = &diags.list.items[i];
        tt_strbuf_add_format(&text, "%s%u:%u-%u %s", i ? "\n" : "", diag->line, diag->column,
                             diag->end_column, diag->message);
        if (diag->suggestion) tt_strbuf_add_format(&text, " [%s]", diag->suggestion);
    }
    if (diags.truncated) tt_strbuf_add_text(&text, "\n…");
    test_check((result == TT_OK) == (diags.errors == 0), "result and errors agree", __FILE__, __LINE__);
    test_check((result == TT_OK) == (module != NULL), "a module if and only if it is good", __FILE__,
               __LINE__);
    tt_module_destroy(module);
    tt_diags_free(&diags);
    return tt_strbuf_take(&text);
}

static inline char *diagnose(const char *source) {
    return diagnose_bytes(source, strlen(source));
}

/** Text of a module. The caller frees it with tt_free. */
static inline char *disassemble(const TtModule *module) {
    TtStrbuf text = {0};
    tt_disasm_module(&text, module, false);
    return tt_strbuf_take(&text);
}

/** A source text that must give exactly these diagnostics. */
#define CHECK_DIAGNOSTICS(source, wanted)                                                                    \
    do {                                                                                                     \
        char *got_ = diagnose(source);                                                                       \
        CHECK_STR(got_, wanted);                                                                             \
        tt_free(got_);                                                                                       \
    } while (0)

/** A source text that must disassemble to this text. */
#define CHECK_LISTING(source, wanted)                                                                        \
    do {                                                                                                     \
        TtModule *module_ = assemble(source);                                                                \
        REQUIRE(module_ != NULL);                                                                            \
        char *got_ = disassemble(module_);                                                                   \
        CHECK_STR(got_, wanted);                                                                             \
        tt_free(got_);                                                                                       \
        tt_module_destroy(module_);                                                                          \
    } while (0)

#endif
