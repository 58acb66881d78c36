// SPDX-License-Identifier: MIT
/** Private to actor/: tables the system is made of. */
#ifndef TT_ACTOR_SYSTEM_INTERNAL_H
#define TT_ACTOR_SYSTEM_INTERNAL_H

#include "actor/system.h"

TtPidTable *tt_pids_create(void);
void tt_pids_destroy(TtPidTable *table);

TtRegistry *tt_registry_create(void);
void tt_registry_destroy(TtRegistry *registry);

#endif
