// SPDX-License-Identifier: MIT
#include "exec/builtin.h"
#include "exec/sem.h"

TtResult tt_sem_builtin(TtActor *actor, uint32_t builtin, const TtValue *args, TtValue *out) {
    TtBuiltinCall call = {&actor->heap, &actor->context->error, &actor->random,
                          tt_builtin_infos[builtin].name};
    return tt_builtin_functions[builtin](&call, args, out);
}
