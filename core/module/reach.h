// SPDX-License-Identifier: MIT
/**
 * Which instructions belong together. Code is flat, so "which function is this in" is a property of
 * reachability: an entry owns what it reaches by jumps and fall-through; entries that share an instruction
 * share a scope.
 */
#ifndef TT_MODULE_REACH_H
#define TT_MODULE_REACH_H

#include "module/module.h"

/** Zero but for `module` before use; its code must have been verified. */
typedef struct TtReach {
    const TtModule *module;
    uint32_t *entry_of; /* instruction → the entry that reached it first, TT_REACH_NONE: none so far */
    TT_VEC(uint32_t) parents; /* union-find over entries */
    TT_VEC(uint32_t) work;
} TtReach;

#define TT_REACH_NONE UINT32_MAX

/** Address 0 is the first entry, the top level. */
void tt_reach_init(TtReach *reach, const TtModule *module);
void tt_reach_add(TtReach *reach, uint32_t entry);
/**
 * Numbers the scopes by their first instruction and writes one for each instruction and for the address past
 * the end, the top level's: 0. What no entry reaches has a scope of its own. The number of scopes.
 */
uint32_t tt_reach_scopes(TtReach *reach, uint32_t *scope_of);
void tt_reach_free(TtReach *reach);

#endif
