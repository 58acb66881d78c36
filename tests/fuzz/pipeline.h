// SPDX-License-Identifier: MIT
/** What every module must stand, wherever it came from. Failures abort, so that libFuzzer sees them. */
#ifndef TT_FUZZ_PIPELINE_H
#define TT_FUZZ_PIPELINE_H

#include "asm/asm.h"
#include "base/alloc.h"
#include "module/disasm.h"
#include "module/image.h"
#include "verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void require(bool holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

/** Assembles; NULL when there are errors, which must then be said and must print. */
static inline TtModule *assemble(const char *source, size_t length) {
    TtDiags diags = {0};
    TtModule *module = NULL;
    TtResult result = tt_asm_parse("fuzz.ttvm", source, length, &module, &diags);
    require((result == TT_OK) == (module != NULL), "a module if and only if there is no error");
    require((result == TT_OK) == (diags.errors == 0), "an error if and only if there is no module");
    TtStrbuf text = {0};
    for (uint32_t i = 0; i < diags.list.count; i++) {
        const TtDiag *diag = &diags.list.items[i];
        require(i == 0 || diag->line >= diags.list.items[i - 1].line, "diagnostics in the order of lines");
        require(diag->line > 0 && diag->column > 0 && diag->end_column >= diag->column,
                "a diagnostic has its place");
        tt_diag_print(&text, diag, "fuzz.ttvm", source, length, i & 1);
    }
    tt_strbuf_free(&text);
    tt_diags_free(&diags);
    return module;
}

static inline char *disassemble(const TtModule *module) {
    TtStrbuf text = {0};
    tt_disasm_module(&text, module, false);
    return tt_strbuf_take(&text);
}

/** Text of the text is the text. */
static inline void check_text(const TtModule *module) {
    char *first = disassemble(module);
    TtModule *again = assemble(first, strlen(first));
    require(again != NULL, "a listing assembles");
    char *second = disassemble(again);
    require(strcmp(first, second) == 0, "a listing's listing is the same");
    require(again->code.count == module->code.count, "no instruction is lost");
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtStrbuf trace = {0}, same = {0};
        tt_disasm_trace(&trace, module, i);
        tt_disasm_trace(&same, again, i);
        require(strcmp(trace.bytes, same.bytes) == 0, "each instruction is the same");
        tt_strbuf_free(&trace);
        tt_strbuf_free(&same);
    }
    tt_free(first);
    tt_free(second);
    tt_module_destroy(again);
}

/** An image of the module reads back, and its image is the same. */
static inline void check_image(const TtModule *module) {
    TtStrbuf image = {0}, again = {0};
    TtError error = {0};
    TtModule *copy = NULL;
    tt_image_write(&image, module);
    TtResult result = tt_image_read("fuzz.ttb", image.bytes, image.length, &copy, &error);
    require(result == TT_OK, "an image that was written is read");
    TtDiags diags = {0};
    require(tt_verify_structure(copy, &diags) == TT_OK, "and verifies");
    tt_image_write(&again, copy);
    require(again.length == image.length && memcmp(again.bytes, image.bytes, image.length) == 0,
            "and is the same");
    tt_diags_free(&diags);
    tt_error_free(&error);
    tt_module_destroy(copy);
    tt_strbuf_free(&image);
    tt_strbuf_free(&again);
}

/** A module that passed tt_verify_structure: everything else must work. Destroys it. */
static inline void check_verified(TtModule *module) {
    check_text(module);
    check_image(module);
    tt_module_link(module);
    tt_verify_heights(module);
    for (uint32_t i = 0; i < module->functions.count; i++)
        require(module->functions.items[i].max_operands <= module->code.count,
                "operands come from instructions");
    tt_module_destroy(module);
}

#endif
