// SPDX-License-Identifier: MIT
#include "exec/builtin.h"
#include "exec/sem.h"

/** A built-in does more with an item than copy it; sorting, say, compares it some twenty times. */
#define BUILTIN_WEIGHT 8

TtResult tt_sem_builtin(TtActor *actor, uint32_t builtin, const TtValue *args, TtValue *out) {
    TtBuiltinCall call = {&actor->heap, &actor->context->error, &actor->random,
                          tt_builtin_infos[builtin].name};
    uint64_t size = 0;
    for (unsigned i = 0; i < tt_builtin_infos[builtin].arity; i++) size += tt_sem_size(args[i]);
    TtResult result = tt_builtin_functions[builtin](&call, args, out);
    if (result == TT_OK) size += tt_sem_size(*out);
    tt_sem_charge(actor, size * BUILTIN_WEIGHT);
    return result;
}
