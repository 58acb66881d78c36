// SPDX-License-Identifier: MIT
/**
 * Host requests. A TtPending belongs to both the actor and the host while the request is under way:
 * the host's completion marks it done and wakes the actor; an actor that ends first leaves it to the
 * host, whose completion then frees it. `lock` decides which of the two comes last.
 */
#include "actor/system.h"

#include "base/alloc.h"
#include "port/atomic.h"

#include <string.h>

static void free_pending(TtPending *pending)
{
    tt_lock_destroy(&pending->lock);
    tt_free(pending->request.answer_data);
    tt_free(pending->text);
    tt_free(pending->data);
    tt_free(pending);
}

bool tt_pending_submit(TtActor *actor, TtService service, const char *text, size_t text_length, const char *data,
                       size_t data_length)
{
    TtSystem *system = actor->system;
    TtPending *pending = tt_alloc_zero(sizeof *pending);
    tt_lock_init(&pending->lock);
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
    return true;
}

bool tt_pending_done(TtActor *actor)
{
    tt_lock_acquire(&actor->pending->lock);
    bool done = actor->pending->done;
    tt_lock_release(&actor->pending->lock);
    return done;
}

void tt_pending_drop(TtActor *actor)
{
    TtPending *pending = actor->pending;
    if (!pending) return;
    actor->pending = NULL;
    tt_lock_acquire(&pending->lock);
    bool done = pending->done;
    pending->actor = NULL;
    tt_lock_release(&pending->lock);
    if (done)
        free_pending(pending);
    else
        actor->system->host->cancel(actor->system->host, &pending->request);
}

void tt_pending_complete(TtRequest *request)
{
    TtPending *pending = request->vm;
    TtSystem *system = pending->system;
    tt_lock_acquire(&pending->lock);
    pending->done = true;
    bool orphaned = !pending->actor;
    /* Made ready before the count falls, so that nobody sees a moment without any work left. */
    if (!orphaned) tt_actor_wake(pending->actor, NULL);
    tt_lock_release(&pending->lock);
    if (orphaned) free_pending(pending);
    if (tt_atomic_fetch_sub_u64_seq(&system->requests, 1) == 1 && system->stopping) system->stopping(system);
}
