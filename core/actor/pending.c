// SPDX-License-Identifier: MIT
/**
 * Host requests. A TtPending has two references, the actor's and the host's; whoever lets go last
 * frees it. The host's completion marks it done and wakes the actor; `lock` keeps the actor alive
 * meanwhile.
 */
#include "actor/system.h"

#include "base/alloc.h"
#include "port/atomic.h"

#include <string.h>

static void release(TtPending *pending) {
    if (tt_atomic_fetch_sub_u32_acqrel(&pending->references, 1) > 1) return;
    tt_lock_destroy(&pending->lock);
    tt_free(pending->request.answer_data);
    tt_free(pending->text);
    tt_free(pending->data);
    tt_free(pending);
}

bool tt_pending_submit(TtActor *actor, TtService service, const char *text, size_t text_length,
                       const char *data, size_t data_length) {
    TtSystem *system = actor->system;
    TtPending *pending = tt_alloc_zero(sizeof *pending);
    tt_lock_init(&pending->lock);
    pending->references = 2;
    pending->system = system;
    pending->actor = actor;
    pending->text = text ? tt_alloc_string(text, text_length) : NULL;
    pending->data = data ? tt_alloc_string(data, data_length) : NULL;
    TtRequest *request = &pending->request;
    request->service = service;
    request->text = pending->text;
    request->data = pending->data;
    request->data_length = data_length;
    request->vm = pending;
    actor->pending = pending;
    tt_atomic_fetch_add_u64_seq(&system->requests, 1);
    if (!system->host->submit(system->host, request)) return false;
    tt_atomic_fetch_sub_u64_seq(&system->requests, 1);
    pending->done = true;
    pending->references = 1;
    return true;
}

bool tt_pending_done(TtActor *actor) {
    tt_lock_acquire(&actor->pending->lock);
    bool done = actor->pending->done;
    tt_lock_release(&actor->pending->lock);
    return done;
}

void tt_pending_drop(TtActor *actor) {
    TtPending *pending = actor->pending;
    if (!pending) return;
    actor->pending = NULL;
    tt_lock_acquire(&pending->lock);
    bool done = pending->done;
    pending->actor = NULL;
    tt_lock_release(&pending->lock);
    if (!done) actor->system->host->cancel(actor->system->host, &pending->request);
    release(pending);
}

void tt_pending_complete(TtRequest *request) {
    TtPending *pending = request->vm;
    TtSystem *system = pending->system;
    /* The system lives as long as a thread is in here: tt_pending_none. */
    tt_atomic_fetch_add_u64_seq(&system->completing, 1);
    tt_lock_acquire(&pending->lock);
    pending->done = true;
    /* Made ready before the count falls, so that nobody sees a moment without any work left. */
    if (pending->actor) tt_actor_wake(pending->actor, NULL);
    tt_lock_release(&pending->lock);
    release(pending);
    if (tt_atomic_fetch_sub_u64_seq(&system->requests, 1) == 1 && system->poke) system->poke(system);
    tt_atomic_fetch_sub_u64_seq(&system->completing, 1);
}

bool tt_pending_none(const TtSystem *system) {
    return !tt_atomic_load_u64_seq(&system->requests) && !tt_atomic_load_u64_seq(&system->completing);
}
