// SPDX-License-Identifier: MIT
/** Errors and warnings about a source text or image, collected so that all of them can be shown. */
#ifndef TT_BASE_DIAG_H
#define TT_BASE_DIAG_H

#include "base/result.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>

typedef struct TtDiag {
    bool warning;
    uint32_t line, column; /* 1-based; column counts code points; 0: about the whole file */
    uint32_t end_column;   /* exclusive, same line */
    char *message;
    char *suggestion; /* text that would replace the marked range, or NULL */
} TtDiag;

typedef struct TtDiags {
    TT_VEC(TtDiag) list;
    uint32_t errors;
    bool truncated; /* more errors than TT_MAX_DIAGNOSTICS */
} TtDiags;

/** Adds an error (or warning). Beyond TT_MAX_DIAGNOSTICS errors only `truncated` is set. */
void tt_diag_add(TtDiags *diags, bool warning, uint32_t line, uint32_t column, uint32_t end_column,
                 const char *suggestion, const char *format, ...) TT_PRINTF(7, 8);
/** By line and column; equal places stay in the order added. For the few dozen that there are at the most. */
void tt_diags_sort(TtDiags *diags);
void tt_diags_free(TtDiags *diags);
/**
 * Appends one diagnostic as people read it:
 *   Error: main.ttvm:3:5: Unknown instruction: PRNT (did you mean PRINT?)
 *       3 |     PRNT
 *         |     ^^^^
 * The source lines only when `source` is not NULL. Colours when `color`.
 */
void tt_diag_print(TtStrbuf *out, const TtDiag *diag, const char *file, const char *source, size_t length,
                   bool color);

#endif
