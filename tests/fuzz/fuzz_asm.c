// SPDX-License-Identifier: MIT
/** Any text → assembler. What assembles must verify, list, come back, and go through an image. */
#include "pipeline.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    TtModule *module = assemble((const char *)data, size);
    if (!module) return 0;
    TtDiags diags = {0};
    require(tt_verify_structure(module, &diags) == TT_OK, "what assembles verifies");
    tt_diags_free(&diags);
    check_verified(module);
    return 0;
}
