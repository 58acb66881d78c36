// SPDX-License-Identifier: MIT
#include "actor/system.h"

#include "base/alloc.h"
#include "base/config.h"
#include "base/random.h"
#include "port/atomic.h"

#include <string.h>

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

/* ---- creation --------------------------------------------------------------------------------------- */

/** The module whose globals the new actor copies, and which of their slots. */
static const uint32_t *inherited_slots(const TtActor *spawner, const TtFunction *function,
                                       const TtModule **program, uint32_t *count) {
    const TtModule *own = spawner->program;
    for (const TtInit *init = spawner->inits; init; init = init->outer)
        if (init->module == function->module) own = init->module;
    *program = own;
    const TtScope *scope = &own->scopes.items[function->scope];
    if (own == function->module && scope->globals_used) {
        *count = scope->globals_used_count;
        return scope->globals_used;
    }
    *count = own->globals_read_count;
    return own->globals_read;
}

static void place_globals(TtActor *actor, const uint32_t *slots, const TtValue *values, uint32_t count) {
    bool bound = false;
    for (uint32_t i = 0; i < count; i++) bound = bound || values[i].tag != TT_TAG_UNBOUND;
    if (!bound) return;
    uint32_t total = actor->program->scopes.items[0].slot_count;
    actor->globals = tt_alloc_zero(total * sizeof *actor->globals);
    for (uint32_t i = 0; i < count; i++) actor->globals[slots[i]] = values[i];
}

/** Lays out the bottom frame: arguments, captures, header. The stack is large enough. */
static void place_frame(TtActor *actor, TtValue callee, const TtValue *args, uint32_t arg_count) {
    const TtFunction *function = tt_callee(callee);
    memset(actor->stack, 0, function->slot_count * sizeof *actor->stack);
    if (callee.tag == TT_TAG_CLOSURE) {
        const TtClosure *closure = tt_closure(callee);
        for (uint32_t i = 0; i < closure->obj.used; i++)
            if (closure->captures[i].slot != TT_NO_SLOT)
                actor->stack[closure->captures[i].slot] = tt_value_share(closure->captures[i].value);
    }
    for (uint32_t i = 0; i < arg_count; i++)
        actor->stack[function->parameter_slots ? function->parameter_slots[i] : i] = args[i];
    TtValue *header = actor->stack + function->slot_count;
    header[0] = (TtValue){TT_TAG_FRAME, 0, {.function = NULL}};
    header[1] = (TtValue){TT_TAG_FRAME, 0, {.i = TT_FRAME_BASE}};
    actor->function = function;
    actor->fp = 0;
    actor->sp = function->slot_count + TT_FRAME_HEADER;
    actor->pc = function->entry;
    actor->depth = 1;
}

TtResult tt_actor_create(TtSystem *system, TtActor *spawner, TtValue callee, const TtValue *args,
                         uint32_t arg_count, TtActor **result) {
    const TtFunction *function = tt_callee(callee);
    const TtModule *program = function->module;
    bool top = function == &program->top;
    const uint32_t *slots = NULL;
    uint32_t slot_count = 0;
    if (spawner && !top) slots = inherited_slots(spawner, function, &program, &slot_count);
    const TtValue *globals = slot_count ? tt_actor_globals(spawner, program) : NULL;
    if (!globals) slot_count = 0;

    uint32_t total = 1 + arg_count + slot_count;
    TtValue small[32], *values = total <= 32 ? small : tt_alloc(total * sizeof *values);
    values[0] = callee;
    if (arg_count) memcpy(values + 1, args, arg_count * sizeof *args);
    for (uint32_t i = 0; i < slot_count; i++) values[1 + arg_count + i] = globals[slots[i]];

    uint32_t cells = function->slot_count + TT_FRAME_HEADER + function->max_operands;
    TtFragment *fragment = NULL;
    TtResult status = TT_ERR_HEAP_EXCEEDED;
    if (tt_heap_pool_take(&system->pool, cells * sizeof(TtValue) + sizeof(TtActor))) {
        status = tt_fragment_copy(&system->pool, values, total, &fragment, values);
        if (status != TT_OK) tt_heap_pool_give(&system->pool, cells * sizeof(TtValue) + sizeof(TtActor));
    }
    if (status != TT_OK) {
        if (values != small) tt_free(values);
        return status;
    }

    TtActor *actor = tt_alloc_zero(sizeof *actor);
    actor->system = system;
    actor->state = TT_ACTOR_READY;
    actor->pid = tt_atomic_fetch_add_u64_rlx(&system->next_pid, 1);
    tt_mailbox_init(&actor->mailbox);
    tt_heap_init(&actor->heap, &system->pool, actor->pid);
    tt_heap_adopt(&actor->heap, fragment);
    actor->program = (TtModule *)program;
    actor->globals_on_stack = top;
    actor->random = system->seed + actor->pid * 0x9E3779B97F4A7C15ull;
    (void)tt_random_next(&actor->random);
    actor->stack_capacity = cells;
    actor->stack = tt_alloc(cells * sizeof *actor->stack);
    place_frame(actor, values[0], values + 1, arg_count);
    place_globals(actor, slots, values + 1 + arg_count, slot_count);
    if (values != small) tt_free(values);
    *result = actor;
    return TT_OK;
}

void tt_actor_release(TtActor *actor) {
    TtSystem *system = actor->system;
    tt_lock_acquire(&system->stats_lock);
    tt_heap_free(&actor->heap, &system->gc_total);
    tt_lock_release(&system->stats_lock);
    tt_heap_pool_give(&system->pool, actor->stack_capacity * sizeof(TtValue));
    while (actor->inits) {
        TtInit *outer = actor->inits->outer;
        tt_free(actor->inits);
        actor->inits = outer;
    }
    tt_vec_free(&actor->handlers);
    tt_vec_free(&actor->captures);
    tt_strbuf_free(&actor->report);
    tt_free(actor->globals);
    tt_free(actor->stack);
    actor->globals = actor->stack = NULL;
}

void tt_actor_free(TtActor *actor) {
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
}

/* ---- parking and waking: see sched/PROTOCOLS.md --------------------------------------------------- */

bool tt_actor_park(TtActor *actor, TtActorState state) {
    if (tt_atomic_cas_u32_seq(&actor->state, TT_ACTOR_RUNNING, state)) return true;
    tt_atomic_store_u32_seq(&actor->state, TT_ACTOR_RUNNING);
    return false;
}

static void wake(TtActor *actor, TtContext *from, bool by_message) {
    for (;;) {
        uint32_t state = tt_atomic_load_u32_seq(&actor->state);
        switch ((TtActorState)state) {
        case TT_ACTOR_WAIT_OTHER:
            if (by_message) return;
            /* fall through */
        case TT_ACTOR_WAIT_MESSAGE:
            if (!tt_atomic_cas_u32_seq(&actor->state, state, TT_ACTOR_READY)) break;
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
