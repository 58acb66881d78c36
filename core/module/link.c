// SPDX-License-Identifier: MIT
/** Scopes and slots. */
#include "module/module.h"

#include "base/alloc.h"
#include "module/reach.h"

#include <string.h>

typedef struct Linker {
    TtModule *module;
    bool *captured; /* name → some CAPTURE names it */
} Linker;

/** The entries are all called or taken addresses, and each label that nothing else reaches. */
static void find_scopes(TtModule *module) {
    uint32_t count = module->code.count;
    TtReach reach;
    tt_reach_init(&reach, module);
    for (uint32_t i = 0; i < module->functions.count; i++)
        tt_reach_add(&reach, module->functions.items[i].entry);
    for (uint32_t i = 0; i < module->labels.count; i++) {
        uint32_t address = module->labels.items[i].address;
        if (address < count && reach.entry_of[address] == TT_REACH_NONE) tt_reach_add(&reach, address);
    }
    for (uint32_t i = 0; i < count; i++)
        if (reach.entry_of[i] == TT_REACH_NONE) tt_reach_add(&reach, i);
    module->scope_of = tt_alloc(((size_t)count + 1) * sizeof *module->scope_of);
    uint32_t scopes = tt_reach_scopes(&reach, module->scope_of);
    TtScope empty = {0};
    for (uint32_t i = 0; i < scopes; i++) tt_vec_push(&module->scopes, empty);
    tt_reach_free(&reach);
}

static void add_slot(TtModule *module, uint32_t scope, uint32_t name) {
    const TtName *text = &module->names.items[name];
    tt_names_add(&module->scopes.items[scope].slots, text->bytes, text->length);
}

/** The variable an instruction binds in its own frame, or TT_NO_NAME. */
static uint32_t bound_name(const TtModule *module, TtInsn insn) {
    switch ((TtOp)insn.op) {
    case TT_OP_STORE:
    case TT_OP_DELETE: return (uint32_t)insn.b;
    case TT_OP_CATCH:
        if (insn.a == 1) return module->blocks.items[insn.b].variable;
        return insn.b < 0 ? TT_NO_NAME : (uint32_t)insn.b;
    default: return TT_NO_NAME;
    }
}

static bool reads_name(TtInsn insn) {
    return insn.op == TT_OP_LOAD || insn.op == TT_OP_CAPTURE || insn.op == TT_OP_EXPORT;
}

static void find_slots(Linker *linker) {
    TtModule *module = linker->module;
    uint32_t count = module->code.count, scope_count = module->scopes.count;
    bool *imports = tt_alloc_zero(scope_count * sizeof *imports);
    bool *lambdas = tt_alloc_zero(scope_count * sizeof *lambdas);
    TT_VEC(uint32_t) captures = {0}; /* names, in the order of their first CAPTURE */
    for (uint32_t i = 0; i < count; i++) {
        TtInsn insn = module->code.items[i];
        if (insn.op == TT_OP_IMPORT) imports[module->scope_of[i]] = true;
        if (insn.op == TT_OP_CAPTURE && !linker->captured[insn.b]) {
            linker->captured[insn.b] = true;
            tt_vec_push(&captures, (uint32_t)insn.b);
        }
        if (insn.op == TT_OP_DUMP_SCOPE) module->scopes.items[module->scope_of[i]].ordered = true;
        if (insn.op == TT_OP_MAKE_LAMBDA) {
            uint32_t entry = module->functions.items[insn.b].entry;
            lambdas[module->scope_of[entry]] = true;
        }
    }
    for (uint32_t i = 0; i < module->functions.count; i++) {
        TtFunction *function = &module->functions.items[i];
        for (uint32_t p = 0; p < function->parameter_count; p++) {
            const char *name = function->parameters[p];
            add_slot(module, module->scope_of[function->entry],
                     tt_names_find(&module->names, name, strlen(name)));
        }
    }
    /* DUMP_SCOPE shows all that a closure captured, whether its code names it or not, in this order. */
    for (uint32_t scope = 1; scope < scope_count; scope++)
        for (uint32_t i = 0; lambdas[scope] && module->scopes.items[scope].ordered && i < captures.count; i++)
            add_slot(module, scope, captures.items[i]);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t name = bound_name(module, module->code.items[i]);
        if (name != TT_NO_NAME) add_slot(module, module->scope_of[i], name);
    }
    for (uint32_t i = 0; i < count; i++) {
        TtInsn insn = module->code.items[i];
        uint32_t scope = module->scope_of[i];
        if (insn.op == TT_OP_STORE_GLOBAL) add_slot(module, 0, (uint32_t)insn.b);
        if (!reads_name(insn)) continue;
        add_slot(module, 0, (uint32_t)insn.b);
        if (scope != 0 && (imports[scope] || (lambdas[scope] && linker->captured[insn.b])))
            add_slot(module, scope, (uint32_t)insn.b);
    }
    tt_vec_free(&captures);
    tt_free(imports);
    tt_free(lambdas);
}

static void finish_scope(TtModule *module, TtScope *scope) {
    uint32_t named = scope->slots.count;
    scope->slot_count = named + (scope->ordered ? 1 : 0);
    scope->slot_names = tt_alloc((named + 1) * sizeof *scope->slot_names);
    scope->global_slots = tt_alloc((named + 1) * sizeof *scope->global_slots);
    for (uint32_t i = 0; i < named; i++) {
        const TtName *name = &scope->slots.items[i];
        scope->slot_names[i] = tt_names_find(&module->names, name->bytes, name->length);
        uint32_t global = tt_names_find(&module->scopes.items[0].slots, name->bytes, name->length);
        scope->global_slots[i] = global == TT_NO_NAME ? TT_NO_SLOT : global;
    }
}

static void finish_function(TtModule *module, TtFunction *function) {
    function->module = module;
    function->scope = module->scope_of[function->entry];
    const TtScope *scope = &module->scopes.items[function->scope];
    function->slot_count = scope->slot_count;
    uint32_t count = function->parameter_count;
    bool in_order = true;
    uint32_t *slots = tt_alloc((count ? count : 1) * sizeof *slots);
    for (uint32_t i = 0; i < count; i++) {
        slots[i] = tt_names_find(&scope->slots, function->parameters[i], strlen(function->parameters[i]));
        in_order = in_order && slots[i] == i;
    }
    if (in_order) {
        tt_free(slots);
        slots = NULL;
    }
    function->parameter_slots = slots;
}

static void add_label_functions(TtModule *module) {
    for (uint32_t i = 0; i < module->labels.count; i++) {
        TtFunction *function = tt_alloc_zero(sizeof *function);
        const char *name = tt_names_text(&module->names, module->labels.items[i].name);
        function->name = tt_alloc_string(name, strlen(name));
        function->entry = module->labels.items[i].address;
        finish_function(module, function);
        tt_vec_push(&module->label_functions, function);
    }
}

/** An entry that is the end of the code has no instruction to own; it gets the top level's scope. */
void tt_module_link(TtModule *module) {
    Linker linker = {.module = module};
    linker.captured = tt_alloc_zero((module->names.count + 1) * sizeof *linker.captured);
    find_scopes(module);
    find_slots(&linker);
    for (uint32_t i = 0; i < module->scopes.count; i++) finish_scope(module, &module->scopes.items[i]);
    for (uint32_t i = 0; i < module->functions.count; i++)
        finish_function(module, &module->functions.items[i]);
    add_label_functions(module);
    module->top.name = tt_alloc_string("<main>", 6);
    module->top.entry = 0;
    finish_function(module, &module->top);
    tt_module_find_globals_used(module);
    tt_free(linker.captured);
}

uint32_t tt_scope_slot(const TtModule *module, uint32_t scope, uint32_t name) {
    const TtName *text = &module->names.items[name];
    uint32_t slot = tt_names_find(&module->scopes.items[scope].slots, text->bytes, text->length);
    return slot == TT_NO_NAME ? TT_NO_SLOT : slot;
}
