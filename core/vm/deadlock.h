// SPDX-License-Identifier: MIT
/** The deadlock report: who waits for what, and who could still have sent. Private to vm/. */
#ifndef TT_VM_DEADLOCK_H
#define TT_VM_DEADLOCK_H

#include "actor/system.h"

/** Appends the report. No worker runs. */
void tt_deadlock_report(TtStrbuf *out, TtSystem *system);

#endif
