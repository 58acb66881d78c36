// SPDX-License-Identifier: MIT
#include "actor/events.h"
#include "actor/signal.h"
#include "actor/supervisor.h"

#include "base/alloc.h"
#include "port/atomic.h"

TtPosition tt_function_position(const TtFunction *function, uint32_t address) {
    const TtModule *module = function->module;
    if (address < module->positions.count) return module->positions.items[address];
    return (TtPosition){0, 0};
}

/* ---- globals -------------------------------------------------------------------------------------- */

static TtValue *unfrozen_globals(const TtActor *actor, const TtModule *module) {
    if (module == actor->program) return actor->globals_on_stack ? actor->stack : actor->globals;
    for (TtInit *init = actor->inits; init; init = init->outer)
        if (init->module == module) return actor->stack + init->fp;
    return NULL;
}

const TtValue *tt_actor_globals(const TtActor *actor, const TtModule *module) {
    if (tt_atomic_load_int_acq(&module->state) == TT_MODULE_READY) return module->globals;
    return unfrozen_globals(actor, module);
}

TtValue *tt_actor_own_globals(TtActor *actor, const TtModule *module) {
    if (tt_atomic_load_int_acq(&module->state) == TT_MODULE_READY) return NULL;
    if (module == actor->program && !actor->globals_on_stack && !actor->globals) {
        uint32_t count = module->scopes.items[0].slot_count;
        actor->globals = tt_alloc_zero((count ? count : 1) * sizeof *actor->globals);
    }
    return unfrozen_globals(actor, module);
}

TtActorRare *tt_actor_rare_of(const TtActor *actor) {
    return tt_atomic_load_ptr_acq((void *const *)&actor->rare);
}

TtActorRare *tt_actor_rare(TtActor *actor) {
    TtActorRare *rare = tt_actor_rare_of(actor);
    if (rare) return rare;
    rare = tt_alloc_zero(sizeof *rare);
    tt_atomic_store_ptr_rel(&actor->rare, rare);
    return rare;
}

void tt_actor_release(TtActor *actor) {
    TtSystem *system = actor->system;
    tt_lock_acquire(&system->stats_lock);
    tt_heap_free(&actor->heap, &system->gc_total);
    if (TT_UNLIKELY(system->profile)) tt_profile_add(&system->profile_total, actor);
    tt_lock_release(&system->stats_lock);
    tt_heap_pool_give(&system->pool, actor->stack_capacity * sizeof(TtValue));
    while (actor->inits) {
        TtInit *outer = actor->inits->outer;
        tt_free(actor->inits);
        actor->inits = outer;
    }
    tt_supervisor_free(actor);
    tt_relations_free(actor);
    tt_vec_free(&actor->handlers);
    tt_vec_free(&actor->captures);
    TtActorRare *rare = tt_actor_rare_of(actor);
    if (rare) {
        tt_profile_free(rare->profile);
        rare->profile = NULL;
    }
    tt_free(actor->globals);
    tt_free(actor->stack);
    actor->globals = actor->stack = NULL;
}

void tt_actor_free(TtActor *actor) {
    TtActorRare *rare = tt_actor_rare_of(actor);
    if (rare) tt_strbuf_free(&rare->report);
    tt_free(rare);
    tt_heap_pool_give(&actor->system->pool, sizeof *actor);
    tt_free(actor);
}

bool tt_actor_grow_stack(TtActor *actor, uint32_t cells) {
    uint64_t wanted = (uint64_t)actor->sp + cells;
    if (wanted <= actor->stack_capacity) return true;
    uint64_t capacity = actor->stack_capacity + actor->stack_capacity / 2 + 16;
    if (capacity < wanted) capacity = wanted;
    if (capacity > UINT32_MAX / 2) return false;
    uint64_t extra = (capacity - actor->stack_capacity) * sizeof(TtValue);
    if (!tt_heap_pool_take(&actor->system->pool, extra)) return false;
    TtValue *stack = tt_realloc_try(actor->stack, capacity * sizeof *stack);
    if (!stack) {
        tt_heap_pool_give(&actor->system->pool, extra);
        return false;
    }
    actor->stack = stack;
    actor->stack_capacity = (uint32_t)capacity;
    return true;
}

void tt_actor_roots(void *context, TtRootVisitor *visitor) {
    TtActor *actor = context;
    visitor->values(visitor, actor->stack, actor->sp);
    if (actor->globals) visitor->values(visitor, actor->globals, actor->program->scopes.items[0].slot_count);
    for (uint32_t i = 0; i < actor->handlers.count; i++)
        visitor->values(visitor, &actor->handlers.items[i].exception, 1);
    for (uint32_t i = 0; i < actor->captures.count; i++)
        visitor->values(visitor, &actor->captures.items[i].value, 1);
    visitor->values(visitor, &actor->exit_reason, 1);
    uint32_t adopted = actor->mailbox.adopted;
    for (TtMessage *message = actor->mailbox.first; message && adopted; message = message->next) {
        if (!message->adopted) continue;
        visitor->values(visitor, &message->value, 1);
        adopted--;
    }
}

/* ---- parking and waking: see sched/PROTOCOLS.md --------------------------------------------------- */

bool tt_actor_park(TtActor *actor, TtActorState state) {
    if (tt_atomic_cas_u32_seq(&actor->state, TT_ACTOR_RUNNING, state)) return true;
    tt_atomic_store_u32_seq(&actor->state, TT_ACTOR_RUNNING);
    return false;
}

TT_COLD static void make_ready_traced(TtActor *actor, TtContext *from) {
    if (from) TT_EMIT(actor->system, READY, tt_emit_pid(from, TT_EVENT_READY, actor->pid));
    actor->system->make_ready(actor->system, from, actor);
}

static inline void wake(TtActor *actor, TtContext *from, bool by_message) {
    for (;;) {
        uint32_t state = tt_atomic_load_u32_seq(&actor->state);
        switch ((TtActorState)state) {
        case TT_ACTOR_WAIT_OTHER:
            if (by_message) return;
            /* fall through */
        case TT_ACTOR_WAIT_MESSAGE:
            if (!tt_atomic_cas_u32_seq(&actor->state, state, TT_ACTOR_READY)) break;
            /* Each the last call: the plain path has nothing to keep. */
            if (TT_UNLIKELY(actor->system->event_mask))
                make_ready_traced(actor, from);
            else
                actor->system->make_ready(actor->system, from, actor);
            return;
        case TT_ACTOR_RUNNING:
            if (tt_atomic_cas_u32_seq(&actor->state, state, TT_ACTOR_NOTIFIED)) return;
            break;
        case TT_ACTOR_READY:
        case TT_ACTOR_NOTIFIED:
        case TT_ACTOR_ENDED: return;
        }
    }
}

void tt_actor_wake(TtActor *actor, TtContext *from) {
    wake(actor, from, false);
}

void tt_actor_wake_for_message(TtActor *actor, TtContext *from) {
    wake(actor, from, true);
}
