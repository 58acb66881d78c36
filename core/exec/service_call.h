// SPDX-License-Identifier: MIT
/** What an instruction asks of the host: its operands checked and encoded. Private to exec/. */
#ifndef TT_EXEC_SERVICE_CALL_H
#define TT_EXEC_SERVICE_CALL_H

#include "exec/sem.h"

/**
 * Checks capability and operands of an instruction that asks the host. `arguments->data` is the caller's, in
 * case of an error too; `arguments->text` lies in an operand.
 */
TtResult tt_service_call_make(TtActor *actor, unsigned op, TtService *service,
                              TtArguments *arguments) TT_MUST_USE;

#endif
