// SPDX-License-Identifier: MIT
/** What instructions leave and whether they can raise, by what they find. Private to opt/. */
#ifndef TT_OPT_FACTS_H
#define TT_OPT_FACTS_H

#include "opt/pass.h"

/** `in` holds the operands from the top, as many as are taken (at most three); `depth` how many are there. */
bool tt_opt_can_raise(const TtModule *module, TtInsn insn, const TtOptValue *in, uint32_t depth);
/** What the only pushed value of an instruction can be, variables and calls apart. */
TtOptValue tt_opt_result(const TtOpt *opt, TtInsn insn, const TtOptValue *in);

/** What either of two can be. */
TtOptValue tt_opt_join(TtOptValue a, TtOptValue b);

static inline TtOptValue tt_opt_of_types(uint32_t types) {
    return (TtOptValue){.types = types};
}
static inline TtOptValue tt_opt_constant(TtValue value) {
    return (TtOptValue){.types = 1u << value.tag, .known = true, .value = value};
}

#endif
