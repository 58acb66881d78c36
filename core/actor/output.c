// SPDX-License-Identifier: MIT
/** Program output with back-pressure: an actor that finds no room parks and is woken when there is some. */
#include "actor/system.h"
#include "port/atomic.h"

static void unlink_waiter(TtSystem *system, TtActor *actor) {
    for (TtActor **link = &system->output_waiters; *link; link = &(*link)->output_next)
        if (*link == actor) {
            *link = actor->output_next;
            return;
        }
}

bool tt_output_write(TtActor *actor, int stream, const char *bytes, size_t length) {
    TtSystem *system = actor->system;
    if (system->host->write(system->host, stream, bytes, length)) return true;
    /* Listed before the second try: room that appears from here on wakes it. */
    tt_lock_acquire(&system->output_lock);
    if (!actor->output_waiting) {
        actor->output_waiting = true;
        actor->output_next = NULL;
        TtActor **link = &system->output_waiters;
        while (*link) link = &(*link)->output_next;
        *link = actor;
        tt_atomic_fetch_add_u64_seq(&system->output_waiting, 1);
    }
    tt_lock_release(&system->output_lock);
    return system->host->write(system->host, stream, bytes, length);
}

void tt_output_ready(TtSystem *system) {
    tt_lock_acquire(&system->output_lock);
    while (system->output_waiters) {
        TtActor *actor = system->output_waiters;
        system->output_waiters = actor->output_next;
        actor->output_waiting = false;
        tt_actor_wake(actor, NULL);
        /* Ready before it leaves the count: nobody takes the VM for finished in between. */
        tt_atomic_fetch_sub_u64_seq(&system->output_waiting, 1);
    }
    tt_lock_release(&system->output_lock);
    if (system->poke) system->poke(system);
}

void tt_output_forget(TtActor *actor) {
    TtSystem *system = actor->system;
    tt_lock_acquire(&system->output_lock);
    if (actor->output_waiting) {
        unlink_waiter(system, actor);
        tt_atomic_fetch_sub_u64_seq(&system->output_waiting, 1);
    }
    actor->output_waiting = false;
    tt_lock_release(&system->output_lock);
}
