// SPDX-License-Identifier: MIT
/** Fused sequences in executable code: see fast_ops.def. Private to exec/. */
#ifndef TT_EXEC_FUSE_H
#define TT_EXEC_FUSE_H

#include "exec/exec.h"

/** A copy of the code in which hot sequences start with a fused operation. The caller frees it. */
TtInsn *tt_fuse_code(const TtInsn *plain, uint32_t count);

#endif
