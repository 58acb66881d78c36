// SPDX-License-Identifier: MIT
#include "actor/start.h"

#include "actor/system.h"
#include "base/alloc.h"
#include "base/random.h"
#include "port/atomic.h"

#include <string.h>

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

void tt_start_init(TtStart *start, TtActor *spawner, TtValue callee, const TtValue *args,
                   uint32_t arg_count) {
    const TtFunction *function = tt_callee(callee);
    const TtModule *program = function->module;
    bool top = function == &program->top;
    *start = (TtStart){.globals_on_stack = top, .arg_count = arg_count};
    if (spawner && !top) start->slots = inherited_slots(spawner, function, &program, &start->slot_count);
    const TtValue *globals = start->slot_count ? tt_actor_globals(spawner, program) : NULL;
    if (!globals) start->slot_count = 0;
    start->program = (TtModule *)program;
    start->values = tt_alloc((1 + arg_count + start->slot_count) * sizeof *start->values);
    start->values[0] = callee;
    if (arg_count) memcpy(start->values + 1, args, arg_count * sizeof *args);
    for (uint32_t i = 0; i < start->slot_count; i++)
        start->values[1 + arg_count + i] = globals[start->slots[i]];
}

TtResult tt_start_keep(TtStart *start, TtHeapPool *pool) {
    uint32_t total = 1 + start->arg_count + start->slot_count;
    return tt_fragment_copy(pool, start->values, total, &start->fragment, start->values);
}

void tt_start_free(TtStart *start) {
    tt_fragment_free(start->fragment);
    tt_free(start->values);
    *start = (TtStart){0};
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

TtResult tt_actor_create(TtSystem *system, const TtStart *start, TtActor **result) {
    const TtFunction *function = tt_callee(start->values[0]);
    uint32_t total = 1 + start->arg_count + start->slot_count;
    uint32_t cells = function->slot_count + TT_FRAME_HEADER + function->max_operands;
    uint64_t bytes = cells * sizeof(TtValue) + sizeof(TtActor);
    TtValue small[32], *values = total <= 32 ? small : tt_alloc(total * sizeof *values);
    TtFragment *fragment = NULL;
    TtResult status = TT_ERR_HEAP_EXCEEDED;
    if (tt_heap_pool_take(&system->pool, bytes)) {
        status = tt_fragment_copy(&system->pool, start->values, total, &fragment, values);
        if (status != TT_OK) tt_heap_pool_give(&system->pool, bytes);
    }
    if (status == TT_OK) {
        TtActor *actor = tt_alloc_zero(sizeof *actor);
        actor->system = system;
        actor->state = TT_ACTOR_READY;
        actor->pid = tt_atomic_fetch_add_u64_rlx(&system->next_pid, 1);
        tt_mailbox_init(&actor->mailbox);
        tt_heap_init(&actor->heap, &system->pool, actor->pid);
        tt_heap_adopt(&actor->heap, fragment);
        actor->program = start->program;
        actor->globals_on_stack = start->globals_on_stack;
        /* Mixed, not merely offset: neighbours would draw from one stream, a number apart. */
        uint64_t stream = system->seed + actor->pid * 0x9E3779B97F4A7C15ull;
        actor->random = tt_random_next(&stream);
        actor->stack_capacity = cells;
        actor->stack = tt_alloc(cells * sizeof *actor->stack);
        place_frame(actor, values[0], values + 1, start->arg_count);
        place_globals(actor, start->slots, values + 1 + start->arg_count, start->slot_count);
        *result = actor;
    }
    if (values != small) tt_free(values);
    return status;
}
