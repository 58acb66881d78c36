// SPDX-License-Identifier: MIT
/** Any text → both formatters. Formatting twice changes nothing more; what compiles means the same. */
#include "lisp/lisp.h"
#include "pipeline.h"
#include "tinytot/tt.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** The listing of what a text compiles to, or NULL. */
static char *meaning(bool lisp, const char *text, size_t length) {
    TtModule *module = NULL;
    TtDiags diags = {0};
    TtResult result = lisp ? tt_lisp_compile("fuzz.lisp", text, length, NULL, &module, &diags)
                           : tt_asm_parse("fuzz.ttvm", text, length, &module, &diags);
    char *listing = result == TT_OK ? disassemble(module) : NULL;
    tt_module_destroy(module);
    tt_diags_free(&diags);
    return listing;
}

static void check(bool lisp, const char *text, size_t length) {
    TtStrbuf once = {0}, twice = {0};
    (lisp ? tt_lisp_format : tt_asm_format)(&once, text, length);
    const char *formatted = once.bytes ? once.bytes : "";
    (lisp ? tt_lisp_format : tt_asm_format)(&twice, formatted, once.length);
    require(once.length == twice.length &&
                memcmp(formatted, twice.bytes ? twice.bytes : "", once.length) == 0,
            "formatting twice changes nothing more");
    char *before = meaning(lisp, text, length);
    if (before) {
        char *after = meaning(lisp, formatted, once.length);
        require(after && strcmp(before, after) == 0, "a formatted program means the same");
        tt_free(after);
    }
    tt_free(before);
    tt_strbuf_free(&once);
    tt_strbuf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check(true, (const char *)data, size);
    check(false, (const char *)data, size);
    return 0;
}
