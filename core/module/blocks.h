// SPDX-License-Identifier: MIT
/**
 * Which CATCH and END_TRY belong to each TRY of the block form. The assembler asks for it; the verifier
 * asks again and refuses an image that says otherwise, so code means the same wherever it comes from.
 *
 * The text is read from top to bottom with a stack of what is open: bodies of both forms, handlers of
 * both forms. A handler of the label form opens at its label. END_TRY closes the innermost open thing;
 * CATCH belongs to a handler of the label form that has had none yet, else to the innermost block that
 * is still in its body. What the label form leaves open (a body left by RET or JMP) ends with the part
 * of the block around it. A second END_TRY for the same label form (on another path) is allowed in the
 * body of a block.
 */
#ifndef TT_MODULE_BLOCKS_H
#define TT_MODULE_BLOCKS_H

#include "module/module.h"

typedef enum TtBlockProblemKind {
    TT_BLOCK_NO_CATCH, /* the text ends first */
    TT_BLOCK_NO_END,
    TT_BLOCK_EARLY_END /* an END_TRY in the body of a block, where it has nothing to close */
} TtBlockProblemKind;

typedef struct TtBlockProblem {
    TtBlockProblemKind kind;
    uint32_t at; /* the TRY, or the END_TRY that is too early */
    uint32_t try_at;
} TtBlockProblem;

typedef struct TtBlockPairs {
    TT_VEC(TtBlock) blocks; /* in the order of their TRY; `variable` is TT_NO_NAME */
    TT_VEC(TtBlockProblem) problems;
} TtBlockPairs;

/**
 * Needs of the module: code whose TRY instructions are of known form, with handler addresses of the
 * label form within 0 … count. Linear in the code. The caller frees the result.
 */
void tt_blocks_pair(const TtModule *module, TtBlockPairs *pairs);
void tt_blocks_free(TtBlockPairs *pairs);

#endif
