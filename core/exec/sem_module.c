// SPDX-License-Identifier: MIT
/**
 * IMPORT and EXPORT. A module runs once in a VM: the first actor to import it runs its top level in a
 * frame of its own, others wait. Then its variables are copied out of the heap, frozen, for all to see.
 */
#include "exec/sem.h"

#include "port/atomic.h"

#include <string.h>

/* ---- cycles ------------------------------------------------------------------------------------------- */

static TtResult circular(TtActor *actor, const TtModule *module) {
    /* Outermost first: the program, then the modules it is initialising, from the repeated one on. */
    const TtModule *chain[256];
    uint32_t count = 0;
    for (const TtInit *init = actor->inits; init && count < 255; init = init->outer) {
        chain[count++] = init->module;
        if (init->module == module) break;
    }
    if (!count || chain[count - 1] != module) chain[count++] = module;
    TtStrbuf text = {0};
    for (uint32_t i = count; i-- > 0;) tt_strbuf_add_format(&text, "%s -> ", chain[i]->name);
    tt_strbuf_add_text(&text, module->name);
    TtResult result = tt_error_set(&actor->context->error, TT_ERR_CIRCULAR_DEPENDENCY,
                                   "Circular dependency detected: %s", text.bytes);
    tt_strbuf_free(&text);
    return result;
}

/**
 * Whether waiting for `module` would close a circle of actors that wait for each other's modules.
 * Holds the module lock.
 */
static bool would_wait_in_circle(TtActor *actor, const TtModule *module) {
    uint64_t pid = module->initialising_by;
    for (int steps = 0; steps < 1000; steps++) {
        if (pid == actor->pid) return true;
        TtActor *other = tt_pids_find(actor->system, (int64_t)pid);
        const TtActorRare *rare = other ? tt_actor_rare_of(other) : NULL;
        if (!rare || !rare->awaited ||
            tt_atomic_load_int_acq(&rare->awaited->state) != TT_MODULE_INITIALISING)
            return false;
        pid = rare->awaited->initialising_by;
    }
    return false;
}

/* ---- initialisation --------------------------------------------------------------------------------------
 */

static TtResult start_init(TtActor *actor, TtModule *module) {
    TtValue callee = tt_function(&module->top);
    uint32_t at = actor->pc;
    TT_TRY(tt_call_enter(actor, callee, TT_FRAME_INIT, at));
    TtInit *init = tt_alloc(sizeof *init);
    *init = (TtInit){actor->inits, module, actor->fp};
    actor->inits = init;
    return TT_OK;
}

static void wake_waiters(TtActor *actor, TtModule *module) {
    /* `awaited` of every waiting actor is set and cleared under the module lock, which is held. */
    for (TtActor *waiter = module->waiters, *next; waiter; waiter = next) {
        TtActorRare *rare = tt_actor_rare_of(waiter);
        next = rare->module_next;
        rare->awaited = NULL;
        tt_actor_wake(waiter, actor->context);
    }
    module->waiters = NULL;
}

static void pop_init(TtActor *actor) {
    TtInit *init = actor->inits;
    actor->inits = init->outer;
    tt_free(init);
}

TtResult tt_module_init_done(TtActor *actor) {
    TtModule *module = actor->inits->module;
    const TtScope *top = &module->scopes.items[0];
    TtValue *globals = tt_alloc_zero((top->slot_count ? top->slot_count : 1) * sizeof *globals);
    const TtValue *live = actor->stack + actor->inits->fp;
    for (uint32_t i = 0; i < top->slots.count; i++) {
        TtResult result = tt_frozen_copy(&module->frozen, live[i], &globals[i]);
        if (result == TT_OK) continue;
        tt_free(globals);
        return tt_error_set(&actor->context->error, result, "Variable %s of module %s is nested too deeply",
                            top->slots.items[i].bytes, module->name);
    }
    tt_lock_acquire(&actor->system->module_lock);
    module->globals = globals;
    tt_atomic_store_int_rel(&module->state, TT_MODULE_READY);
    wake_waiters(actor, module);
    tt_lock_release(&actor->system->module_lock);
    pop_init(actor);
    return TT_OK;
}

void tt_module_init_failed(TtActor *actor) {
    TtModule *module = actor->inits->module;
    tt_lock_acquire(&actor->system->module_lock);
    module->exports.count = 0;
    tt_atomic_store_int_rel(&module->state, TT_MODULE_NEW);
    wake_waiters(actor, module);
    tt_lock_release(&actor->system->module_lock);
    pop_init(actor);
}

static void stop_waiting(TtActor *actor) {
    TtActorRare *rare = tt_actor_rare_of(actor);
    if (!rare) return;
    tt_lock_acquire(&actor->system->module_lock);
    if (rare->awaited)
        for (TtActor **link = (TtActor **)&rare->awaited->waiters; *link;
             link = &tt_actor_rare_of(*link)->module_next)
            if (*link == actor) {
                *link = rare->module_next;
                break;
            }
    rare->awaited = NULL;
    tt_lock_release(&actor->system->module_lock);
}

void tt_module_leave(TtActor *actor) {
    stop_waiting(actor);
    while (actor->inits) tt_module_init_failed(actor);
}

/* ---- IMPORT
 * ------------------------------------------------------------------------------------------------- */

static TtResult bind_exports(TtActor *actor, const TtImport *import, const TtModule *module) {
    const TtModule *importer = actor->function->module;
    const TtScope *scope = &importer->scopes.items[actor->function->scope];
    TtStrbuf *name = &actor->context->text;
    for (uint32_t i = 0; i < module->exports.count; i++) {
        const TtExport *export = &module->exports.items[i];
        tt_strbuf_clear(name);
        if (import->prefix != TT_NO_NAME)
            tt_strbuf_add_format(name, "%s.", tt_names_text(&importer->names, import->prefix));
        tt_strbuf_add_text(name, tt_names_text(&module->names, export->name));
        uint32_t slot = tt_names_find(&scope->slots, name->bytes, name->length);
        if (slot != TT_NO_NAME && !tt_sem_store(actor, slot, export->value))
            return tt_sem_heap_full(actor, "IMPORT");
    }
    return TT_OK;
}

TtStep tt_sem_import(TtActor *actor, const TtImport *import) {
    TtSystem *system = actor->system;
    const TtModule *importer = actor->function->module;
    TtValue path = importer->constants.items[import->path];
    TtStrbuf text = {0};
    tt_strbuf_add(&text, tt_bytes_data(path), path.len);
    TtModule *module = NULL;
    TtResult result =
        system->load_module(system, importer, tt_strbuf_text(&text), &module, &actor->context->error);
    tt_strbuf_free(&text);
    if (result != TT_OK) return TT_STEP_FAILED;

    if (tt_atomic_load_int_acq(&module->state) == TT_MODULE_READY)
        return bind_exports(actor, import, module) == TT_OK ? TT_STEP_DONE : TT_STEP_FAILED;
    if (module == actor->program) {
        (void)circular(actor, module);
        return TT_STEP_FAILED;
    }
    tt_lock_acquire(&system->module_lock);
    TtModuleState state = (TtModuleState)tt_atomic_load_int_acq(&module->state);
    bool starts = state == TT_MODULE_NEW, circle = false, waits = false;
    if (starts) {
        module->initialising_by = actor->pid;
        tt_atomic_store_int_rel(&module->state, TT_MODULE_INITIALISING);
    } else if (state == TT_MODULE_INITIALISING) {
        circle = would_wait_in_circle(actor, module);
        waits = !circle;
        TtActorRare *rare = tt_actor_rare(actor);
        if (waits && rare->awaited != module) {
            rare->awaited = module;
            rare->module_next = module->waiters;
            module->waiters = actor;
        }
    }
    tt_lock_release(&system->module_lock);

    if (circle) {
        (void)circular(actor, module);
        return TT_STEP_FAILED;
    }
    if (waits) {
        actor->wait = TT_WAIT_MODULE;
        return TT_STEP_WAIT;
    }
    if (starts) {
        if (start_init(actor, module) == TT_OK) return TT_STEP_JUMPED;
        tt_lock_acquire(&system->module_lock);
        tt_atomic_store_int_rel(&module->state, TT_MODULE_NEW);
        wake_waiters(actor, module);
        tt_lock_release(&system->module_lock);
        return TT_STEP_FAILED;
    }
    return bind_exports(actor, import, module) == TT_OK ? TT_STEP_DONE : TT_STEP_FAILED;
}

TtStep tt_sem_export(TtActor *actor, uint32_t name) {
    TtModule *module = actor->function->module;
    const TtValue *value = tt_sem_find_variable(actor, name);
    if (!value) {
        (void)tt_error_set(&actor->context->error, TT_ERR_UNDEFINED_VARIABLE, "Undefined variable: %s",
                           tt_names_text(&module->names, name));
        return TT_STEP_FAILED;
    }
    bool initialising = false;
    for (const TtInit *init = actor->inits; init && !initialising; init = init->outer)
        initialising = init->module == module;
    if (!initialising) return TT_STEP_DONE; /* nobody imports the program itself */
    TtValue frozen;
    if (tt_frozen_copy(&module->frozen, *value, &frozen) != TT_OK) {
        (void)tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                           "EXPORT: the value of %s is nested too deeply",
                           tt_names_text(&module->names, name));
        return TT_STEP_FAILED;
    }
    for (uint32_t i = 0; i < module->exports.count; i++)
        if (module->exports.items[i].name == name) {
            module->exports.items[i].value = frozen;
            return TT_STEP_DONE;
        }
    TtExport export = {name, frozen};
    tt_vec_push(&module->exports, export);
    return TT_STEP_DONE;
}
