// SPDX-License-Identifier: MIT
/**
 * Host requests. A TtPending has two references, the actor's and the host's; whoever lets go last
 * frees it. The host's completion marks it done and wakes the actor when that has looked for it in vain;
 * `lock` keeps the actor alive meanwhile.
 */
#include "actor/system.h"

#include "base/alloc.h"
#include "base/idmap.h"
#include "port/atomic.h"

#include <string.h>

static void free_content(TtService service, char *bytes, size_t length) {
    if (tt_service_info(service)->flags & TT_SERVICE_SECRET)
        tt_free_wiped(bytes, length);
    else
        tt_free(bytes);
}

static void release(TtPending *pending) {
    if (tt_atomic_fetch_sub_u32_acqrel(&pending->references, 1) > 1) return;
    tt_heap_pool_give(&pending->system->pool, pending->bytes);
    tt_lock_destroy(&pending->lock);
    free_content(pending->request.service, pending->request.answer_data, pending->request.answer_length);
    tt_free(pending->text);
    free_content(pending->request.service, pending->data, pending->request.data_length);
    tt_free(pending);
}

TtPending *tt_pending_start(TtActor *actor, TtService service, const TtArguments *arguments) {
    TtSystem *system = actor->system;
    uint64_t bytes = arguments->text_length + arguments->data_length + sizeof(TtPending);
    if (!tt_heap_pool_take(&system->pool, bytes)) {
        free_content(service, arguments->data, arguments->data_length);
        return NULL;
    }
    TtPending *pending = tt_alloc_zero(sizeof *pending);
    pending->bytes = bytes;
    tt_lock_init(&pending->lock);
    pending->references = 2;
    pending->system = system;
    pending->actor = actor;
    pending->text = arguments->text ? tt_alloc_string(arguments->text, arguments->text_length) : NULL;
    pending->data = arguments->data;
    TtRequest *request = &pending->request;
    request->service = service;
    request->owner = actor->pid;
    request->text = pending->text;
    request->data = pending->data;
    request->data_length = arguments->data_length;
    request->vm = pending;
    if (tt_service_info(service)->flags & TT_SERVICE_OPENS) actor->has_handles = true;
    tt_atomic_fetch_add_u64_seq(&system->requests, 1);
    if (system->virtual_time) tt_atomic_fetch_add_u64_seq(&system->requests_made, 1);
    if (!system->host->submit(system->host, request)) return pending;
    tt_atomic_fetch_sub_u64_seq(&system->requests, 1);
    pending->done = true;
    pending->references = 1;
    return pending;
}

bool tt_pending_done(TtPending *pending) {
    tt_lock_acquire(&pending->lock);
    bool done = pending->done;
    if (!done) pending->awaited = true;
    tt_lock_release(&pending->lock);
    return done;
}

void tt_pending_drop(TtActor *actor, TtPending *pending) {
    tt_lock_acquire(&pending->lock);
    bool done = pending->done;
    pending->actor = NULL;
    tt_lock_release(&pending->lock);
    if (!done) actor->system->host->cancel(actor->system->host, &pending->request);
    release(pending);
}

/* ---- futures --------------------------------------------------------------------------------------------
 */

uint64_t tt_future_add(TtActor *actor, TtPending *pending) {
    TtActorRare *rare = tt_actor_rare(actor);
    if (!rare->futures) rare->futures = tt_alloc_zero(sizeof *rare->futures);
    uint64_t id = tt_atomic_fetch_add_u64_seq(&actor->system->next_future, 1) + 1;
    (void)tt_idmap_put(rare->futures, id, (uint64_t)(uintptr_t)pending);
    return id;
}

uint32_t tt_future_count(const TtActor *actor) {
    const TtActorRare *rare = tt_actor_rare_of(actor);
    return rare && rare->futures ? rare->futures->count : 0;
}

TtPending *tt_future_find(const TtActor *actor, uint64_t id) {
    const TtActorRare *rare = tt_actor_rare_of(actor);
    uint64_t pending;
    if (!rare || !rare->futures || !tt_idmap_get(rare->futures, id, &pending)) return NULL;
    return (TtPending *)(uintptr_t)pending;
}

void tt_future_remove(TtActor *actor, uint64_t id) {
    TtPending *pending = tt_future_find(actor, id);
    if (!pending) return;
    (void)tt_idmap_remove(tt_actor_rare(actor)->futures, id);
    tt_pending_drop(actor, pending);
}

void tt_pending_end(TtActor *actor) {
    if (actor->pending) tt_pending_drop(actor, actor->pending);
    actor->pending = NULL;
    TtActorRare *rare = tt_actor_rare_of(actor);
    if (rare && rare->futures) {
        for (uint32_t i = 0; i < rare->futures->capacity; i++) {
            TtIdEntry entry = rare->futures->entries[i];
            if (entry.id) tt_pending_drop(actor, (TtPending *)(uintptr_t)entry.value);
        }
        tt_idmap_free(rare->futures);
        tt_free(rare->futures);
        rare->futures = NULL;
    }
    TtHost *host = actor->system->host;
    if (actor->has_handles && host->actor_ended) host->actor_ended(host, actor->pid);
    actor->has_handles = false;
}

void tt_pending_complete(TtRequest *request) {
    TtPending *pending = request->vm;
    TtSystem *system = pending->system;
    /* The system lives as long as a thread is in here: tt_pending_none. */
    tt_atomic_fetch_add_u64_seq(&system->completing, 1);
    tt_lock_acquire(&pending->lock);
    pending->done = true;
    /* Made ready before the count falls, so that nobody sees a moment without any work left. */
    if (pending->actor && pending->awaited) tt_actor_wake(pending->actor, NULL);
    tt_lock_release(&pending->lock);
    release(pending);
    if (tt_atomic_fetch_sub_u64_seq(&system->requests, 1) == 1 && system->poke) system->poke(system);
    tt_atomic_fetch_sub_u64_seq(&system->completing, 1);
}

bool tt_pending_none(const TtSystem *system) {
    return !tt_atomic_load_u64_seq(&system->requests) && !tt_atomic_load_u64_seq(&system->completing);
}
