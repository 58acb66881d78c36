// SPDX-License-Identifier: MIT
#include "actor/system.h"

#include "actor/system_internal.h"
#include "base/alloc.h"
#include "base/config.h"
#include "port/atomic.h"
#include "port/clock.h"

#include <string.h>

/** Virtual time starts here: 2000-01-01T00:00:00Z in milliseconds since 1970. */
#define VIRTUAL_EPOCH_MS INT64_C(946684800000)

void tt_system_init(TtSystem *system) {
    static const char *const reasons[TT_REASON_TEXTS] = {"normal", "shutdown", "kill", "killed", "noproc"};
    for (int i = 0; i < TT_REASON_TEXTS; i++)
        system->reasons[i] = tt_frozen_bytes(&system->frozen, TT_TAG_STR, reasons[i], strlen(reasons[i]));
    system->next_pid = 1;
    system->pids = tt_pids_create();
    system->registry = tt_registry_create();
    if (system->profile) system->profile_runs = tt_alloc_zero(TT_MAX_WORKERS * sizeof *system->profile_runs);
    tt_lock_init(&system->module_lock);
    tt_lock_init(&system->output_lock);
    tt_lock_init(&system->stats_lock);
}

void tt_system_free(TtSystem *system) {
    tt_pids_destroy(system->pids);
    tt_registry_destroy(system->registry);
    tt_frozen_free(&system->frozen);
    tt_lock_destroy(&system->module_lock);
    tt_lock_destroy(&system->output_lock);
    tt_lock_destroy(&system->stats_lock);
    tt_profile_total_free(&system->profile_total);
    tt_profile_runs_free(system);
}

void tt_system_stop(TtSystem *system, TtStop reason, uint32_t exit_code) {
    tt_lock_acquire(&system->stats_lock);
    bool first = tt_atomic_load_u32_acq(&system->stop) == TT_STOP_NONE;
    if (first) {
        system->exit_code = exit_code;
        tt_atomic_store_u32_seq(&system->stop, reason);
    }
    tt_lock_release(&system->stats_lock);
    /* A request pokes in any case: whoever set the word itself (tt_vm_stop_word) has woken nobody. */
    if ((first || reason == TT_STOP_REQUESTED) && system->poke) system->poke(system);
}

uint64_t tt_system_clock_ns(const TtSystem *system) {
    return system->virtual_time ? tt_atomic_load_u64_rlx(&system->virtual_ns) : tt_clock_ns();
}

int64_t tt_system_time_ms(const TtSystem *system) {
    if (system->virtual_time)
        return VIRTUAL_EPOCH_MS + (int64_t)(tt_atomic_load_u64_rlx(&system->virtual_ns) / 1000000u);
    return system->host->now_ms(system->host);
}
