// SPDX-License-Identifier: MIT
/** Which variables surely have a value where a block begins. Private to ir/. */
#ifndef TT_IR_BOUND_H
#define TT_IR_BOUND_H

#include "ir/heights.h"

typedef struct TtIrBound {
    uint64_t *bits;
    size_t *first; /* address of a block's start → its first word in `bits` */
    bool known;    /* false: the module is too large for it, nothing is known */
} TtIrBound;

void tt_ir_bound(const TtModule *module, const TtIrHeights *heights, TtIrBound *bound);
void tt_ir_bound_free(TtIrBound *bound);

/** 64-bit words of a set of a scope's variables. */
static inline uint32_t tt_ir_bound_words(const TtModule *module, uint32_t scope) {
    return module->scopes.items[scope].slot_count / 64 + 1;
}

#endif
