// SPDX-License-Identifier: MIT
/** `.ttb` images. */
#ifndef TT_MODULE_IMAGE_H
#define TT_MODULE_IMAGE_H

#include "base/error.h"
#include "base/strbuf.h"
#include "module/module.h"

/** Appends the image of a canonical module: header (magic, version, checksum) and sections. */
void tt_image_write(TtStrbuf *out, const TtModule *module);
/**
 * Reads any byte string whatsoever: a canonical module (not yet verified) or ParseError with the
 * offset, what was expected and what was found. `file` is copied. The image's own file name is used
 * for messages about its lines.
 */
TtResult tt_image_read(const char *file, const void *bytes, size_t length, TtModule **module,
                       TtError *error) TT_MUST_USE;
/** Whether the bytes begin like an image. */
bool tt_image_is(const void *bytes, size_t length);

#endif
