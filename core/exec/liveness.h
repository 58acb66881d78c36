// SPDX-License-Identifier: MIT
/** Which loads are the last to read their variable. Private to exec/. */
#ifndef TT_EXEC_LIVENESS_H
#define TT_EXEC_LIVENESS_H

#include "module/module.h"

/**
 * By address: a LOAD of a frame's variable that nobody reads again before it is stored anew. Only in
 * functions in which every way from one instruction to another is seen: no TRY, no DUMP_SCOPE, not at top
 * level. `block_start` has count + 2 flags. The caller frees it.
 */
bool *tt_exec_last_reads(const TtModule *module, const bool *block_start);

#endif
