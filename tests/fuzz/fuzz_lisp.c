// SPDX-License-Identifier: MIT
/** Any text → Lisp compiler. What compiles must verify, list, come back, and go through an image. */
#include "lisp/lisp.h"
#include "pipeline.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    TtDiags diags = {0};
    TtModule *module = NULL;
    TtResult result = tt_lisp_compile("fuzz.lisp", (const char *)data, size, NULL, &module, &diags);
    require((result == TT_OK) == (module != NULL), "a module if and only if there is no error");
    require((result == TT_OK) == (diags.errors == 0), "an error if and only if there is no module");
    TtStrbuf text = {0};
    for (uint32_t i = 0; i < diags.list.count; i++) {
        const TtDiag *diag = &diags.list.items[i];
        require(i == 0 || diag->line >= diags.list.items[i - 1].line, "diagnostics in the order of lines");
        require(diag->line > 0 && diag->column > 0 && diag->end_column >= diag->column,
                "a diagnostic has its place");
        tt_diag_print(&text, diag, "fuzz.lisp", (const char *)data, size, i & 1);
    }
    tt_strbuf_free(&text);
    tt_diags_free(&diags);
    if (!module) return 0;
    require(tt_verify_structure(module, &diags) == TT_OK, "what compiles verifies");
    tt_diags_free(&diags);
    check_verified(module);
    return 0;
}
