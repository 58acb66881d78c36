// SPDX-License-Identifier: MIT
/** The assembler: source text → module with all diagnostics. */
#ifndef TT_ASM_ASM_H
#define TT_ASM_ASM_H

#include "base/diag.h"
#include "module/module.h"

/**
 * Assembles `length` bytes. `file` is the name messages use; it is copied. Always returns TT_OK or
 * TT_ERR_PARSE_ERROR; `*module` is set (caller destroys) only on TT_OK. Errors and warnings go to
 * `diags`, in source order.
 */
TtResult tt_asm_parse(const char *file, const char *source, size_t length, TtModule **module,
                      TtDiags *diags) TT_MUST_USE;

/** Appends the text as it is best written; any text. What it means is the same. */
void tt_asm_format(TtStrbuf *out, const char *source, size_t length);

#endif
