// SPDX-License-Identifier: MIT
/** What is known about references before a program runs. Private to exec/. */
#ifndef TT_EXEC_OWNERSHIP_H
#define TT_EXEC_OWNERSHIP_H

#include "module/module.h"

/**
 * TT_FACT_… by address, count + 1. The caller owns it. With `exact` nothing is made of what variables are
 * read for later on, so that whoever shows them between two instructions finds in each what was stored there.
 */
uint8_t *tt_exec_ownership(const TtModule *module, bool exact);

#endif
