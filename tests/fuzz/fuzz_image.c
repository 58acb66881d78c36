// SPDX-License-Identifier: MIT
/**
 * Any bytes → image reader. What it reads and the verifier accepts must stand everything a program from
 * source stands. Bytes that begin like an image are also tried with a header that fits, because no
 * mutation finds a checksum.
 */
#include "pipeline.h"

#include "base/names.h"
#include "module/image_internal.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_bytes(const void *bytes, size_t size) {
    TtModule *module = NULL;
    TtError error = {0};
    TtResult result = tt_image_read("fuzz.ttb", bytes, size, &module, &error);
    require((result == TT_OK) == (module != NULL), "a module if and only if there is no error");
    require((result == TT_OK) == (error.message.length == 0), "an error says what is wrong");
    tt_error_free(&error);
    if (!module) return;
    TtDiags diags = {0};
    if (tt_verify_structure(module, &diags) == TT_OK) {
        check_verified(module);
    } else {
        require(diags.errors > 0, "an error says what is wrong");
        tt_module_destroy(module);
    }
    tt_diags_free(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_bytes(data, size);
    if (size < TT_IMAGE_HEADER_SIZE || !tt_image_is(data, size)) return 0;
    uint8_t *sealed = tt_alloc(size);
    memcpy(sealed, data, size);
    memcpy(sealed, TT_IMAGE_MAGIC, TT_IMAGE_MAGIC_SIZE);
    uint32_t payload = (uint32_t)(size - TT_IMAGE_HEADER_SIZE);
    uint32_t sum = tt_hash_bytes(sealed + TT_IMAGE_HEADER_SIZE, payload);
    for (int i = 0; i < 4; i++) {
        sealed[8 + i] = (uint8_t)(TT_IMAGE_VERSION >> (8 * i));
        sealed[12 + i] = (uint8_t)(payload >> (8 * i));
        sealed[16 + i] = (uint8_t)(sum >> (8 * i));
    }
    check_bytes(sealed, size);
    tt_free(sealed);
    return 0;
}
