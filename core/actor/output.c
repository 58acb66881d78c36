// SPDX-License-Identifier: MIT
/** Program output with back-pressure: an actor that finds no room parks and is woken when there is some. */
#include "actor/system.h"
#include "port/atomic.h"

static void link_waiter(TtSystem *system, TtActor *actor) {
    TtActor *last = system->output_last_waiter;
    TtActorRare *rare = tt_actor_rare(actor);
    rare->output_next = NULL;
    rare->output_previous = last;
    *(last ? &tt_actor_rare_of(last)->output_next : &system->output_waiters) = actor;
    system->output_last_waiter = actor;
    rare->output_waiting = true;
}

static void unlink_waiter(TtSystem *system, TtActor *actor) {
    TtActorRare *rare = tt_actor_rare_of(actor);
    TtActor *previous = rare->output_previous, *next = rare->output_next;
    *(previous ? &tt_actor_rare_of(previous)->output_next : &system->output_waiters) = next;
    *(next ? &tt_actor_rare_of(next)->output_previous : &system->output_last_waiter) = previous;
    rare->output_waiting = false;
}

bool tt_output_write(TtActor *actor, int stream, const char *bytes, size_t length) {
    TtSystem *system = actor->system;
    if (system->host->write(system->host, stream, bytes, length)) return true;
    /* Listed before the second try: room that appears from here on wakes it. */
    TtActorRare *rare = tt_actor_rare(actor);
    tt_lock_acquire(&system->output_lock);
    if (!rare->output_waiting) {
        link_waiter(system, actor);
        tt_atomic_fetch_add_u64_seq(&system->output_waiting, 1);
    }
    tt_lock_release(&system->output_lock);
    return system->host->write(system->host, stream, bytes, length);
}

void tt_output_ready(TtSystem *system) {
    tt_lock_acquire(&system->output_lock);
    while (system->output_waiters) {
        TtActor *actor = system->output_waiters;
        unlink_waiter(system, actor);
        tt_actor_wake(actor, NULL);
        /* Ready before it leaves the count: nobody takes the VM for finished in between. */
        tt_atomic_fetch_sub_u64_seq(&system->output_waiting, 1);
    }
    tt_lock_release(&system->output_lock);
    if (system->poke) system->poke(system);
}

void tt_output_forget(TtActor *actor) {
    TtSystem *system = actor->system;
    const TtActorRare *rare = tt_actor_rare_of(actor);
    if (!rare) return;
    tt_lock_acquire(&system->output_lock);
    if (rare->output_waiting) {
        unlink_waiter(system, actor);
        tt_atomic_fetch_sub_u64_seq(&system->output_waiting, 1);
    }
    tt_lock_release(&system->output_lock);
}
