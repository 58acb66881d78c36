// SPDX-License-Identifier: MIT
#include "module/module.h"

#include "base/alloc.h"
#include "base/strbuf.h"

#include <string.h>

const char *const tt_strategy_names[TT_STRATEGY_COUNT] = {"one_for_one", "one_for_all", "rest_for_one"};
const char *const tt_policy_names[TT_POLICY_COUNT] = {"permanent", "transient", "temporary"};

const TtMatchType tt_match_types[TT_MATCH_TYPE_COUNT] = {
    {"int", TT_TAG_INT},           {"float", TT_TAG_FLOAT},
    {"string", TT_TAG_STR},        {"bool", TT_TAG_BOOL},
    {"null", TT_TAG_NULL},         {"list", TT_TAG_LIST},
    {"object", TT_TAG_OBJECT},     {"bytes", TT_TAG_BYTES},
    {"function", TT_TAG_FUNCTION}, {"exception", TT_TAG_EXCEPTION},
};

int tt_match_type_of(unsigned tag) {
    for (int row = 0; row < TT_MATCH_TYPE_COUNT; row++)
        if (tt_match_types[row].tag == tag) return row;
    return -1;
}

static char *base_name(const char *file) {
    const char *start = strrchr(file, '/');
    start = start ? start + 1 : file;
    const char *dot = strrchr(start, '.');
    return tt_alloc_string(start, dot && dot != start ? (size_t)(dot - start) : strlen(start));
}

TtModule *tt_module_create(const char *file) {
    TtModule *module = tt_alloc_zero(sizeof *module);
    module->file = tt_alloc_string(file, strlen(file));
    module->name = base_name(file);
    return module;
}

static void free_function(TtFunction *function) {
    tt_free((void *)function->name);
    tt_free((void *)function->parameters);
    tt_free((void *)function->parameter_slots);
}

void tt_module_destroy(TtModule *module) {
    if (!module) return;
    for (uint32_t i = 0; i < module->functions.count; i++) free_function(&module->functions.items[i]);
    for (uint32_t i = 0; i < module->label_functions.count; i++) {
        free_function(module->label_functions.items[i]);
        tt_free(module->label_functions.items[i]);
    }
    free_function(&module->top);
    for (uint32_t i = 0; i < module->scopes.count; i++) {
        tt_free(module->scopes.items[i].slot_names);
        tt_free(module->scopes.items[i].global_slots);
        tt_free(module->scopes.items[i].globals_used);
        tt_names_free(&module->scopes.items[i].slots);
    }
    tt_vec_free(&module->code);
    tt_vec_free(&module->positions);
    tt_vec_free(&module->ints);
    tt_vec_free(&module->floats);
    tt_vec_free(&module->constants);
    tt_vec_free(&module->functions);
    tt_vec_free(&module->labels);
    tt_vec_free(&module->imports);
    tt_vec_free(&module->blocks);
    tt_vec_free(&module->terms);
    tt_vec_free(&module->matches);
    tt_vec_free(&module->supervisors);
    tt_vec_free(&module->children);
    tt_vec_free(&module->scopes);
    tt_vec_free(&module->label_functions);
    tt_vec_free(&module->exports);
    tt_names_free(&module->names);
    tt_names_free(&module->constant_index);
    tt_names_free(&module->function_index);
    tt_frozen_free(&module->frozen);
    tt_free(module->scope_of);
    tt_free(module->globals_read);
    tt_free(module->min_height);
    tt_free(module->exec);
    tt_free(module->plain);
    tt_free(module->field_cells);
    tt_free(module->facts);
    if (module->free_ir) module->free_ir(module->ir);
    tt_free(module->globals);
    tt_free(module->source);
    tt_free(module->file);
    tt_free(module->name);
    tt_free(module);
}

uint32_t tt_module_find_constant(const TtModule *module, TtTag tag, const char *bytes, size_t length) {
    TtStrbuf key = {0};
    tt_strbuf_add_char(&key, (char)tag);
    tt_strbuf_add(&key, bytes, length);
    uint32_t index = tt_names_find(&module->constant_index, key.bytes, key.length);
    tt_strbuf_free(&key);
    return index;
}

uint32_t tt_module_add_constant(TtModule *module, TtTag tag, const char *bytes, size_t length) {
    TtStrbuf key = {0};
    tt_strbuf_add_char(&key, (char)tag);
    tt_strbuf_add(&key, bytes, length);
    uint32_t index = tt_names_add(&module->constant_index, key.bytes, key.length);
    tt_strbuf_free(&key);
    if (index == module->constants.count)
        tt_vec_push(&module->constants, tt_frozen_bytes(&module->frozen, tag, bytes, length));
    return index;
}

uint32_t tt_module_add_function(TtModule *module, uint32_t entry, const uint32_t *parameters,
                                uint32_t count) {
    TtStrbuf key = {0};
    tt_strbuf_add(&key, &entry, sizeof entry);
    tt_strbuf_add(&key, parameters, count * sizeof *parameters);
    uint32_t index = tt_names_add(&module->function_index, key.bytes, key.length);
    tt_strbuf_free(&key);
    if (index < module->functions.count) return index;
    const char **names = tt_alloc((count ? count : 1) * sizeof *names);
    for (uint32_t i = 0; i < count; i++) names[i] = tt_names_text(&module->names, parameters[i]);
    TtFunction function = {
        .entry = entry, .address = entry, .parameter_count = count, .parameters = names, .module = module};
    tt_vec_push(&module->functions, function);
    return index;
}

/** Label number by address, TT_NO_NAME where there is none. The caller frees. */
static uint32_t *labels_by_address(const TtModule *module) {
    uint32_t size = module->code.count + 1;
    uint32_t *at = tt_alloc(size * sizeof *at);
    memset(at, 0xff, size * sizeof *at);
    for (uint32_t i = module->labels.count; i-- > 0;)
        at[module->labels.items[i].address] = module->labels.items[i].name;
    return at;
}

void tt_module_name_functions(TtModule *module) {
    uint32_t *at = labels_by_address(module);
    for (uint32_t i = 0; i < module->functions.count; i++) {
        TtFunction *function = &module->functions.items[i];
        TtStrbuf name = {0};
        if (function->entry <= module->code.count && at[function->entry] != TT_NO_NAME)
            tt_strbuf_add_text(&name, tt_names_text(&module->names, at[function->entry]));
        else
            tt_strbuf_add_format(&name, "fn@0x%04X", function->entry);
        tt_free((void *)function->name);
        function->name = tt_strbuf_take(&name);
        function->module = module;
    }
    tt_free(at);
}

uint32_t tt_insn_target(const TtModule *module, TtInsn insn) {
    switch (tt_op_info(insn.op)->format) {
    case TT_FORMAT_LABEL: return (uint32_t)insn.b;
    case TT_FORMAT_MATCH: return module->matches.items[insn.b].after;
    case TT_FORMAT_OPT_LABEL: return insn.a == 1 ? module->blocks.items[insn.b].catch_at : (uint32_t)insn.b;
    default: return UINT32_MAX;
    }
}

int tt_insn_pops(const TtModule *module, TtInsn insn) {
    int pops = tt_op_info(insn.op)->pops;
    if (pops != TT_VARIES) return pops;
    switch ((TtOp)insn.op) {
    case TT_OP_MAKE_LIST: return insn.b;
    case TT_OP_HAS_FIELD:
    case TT_OP_DELETE_FIELD: return insn.b < 0 ? 2 : 1;
    case TT_OP_CALL:
    case TT_OP_TAIL_CALL: return (int)module->functions.items[insn.b].parameter_count;
    case TT_OP_BUILTIN: return tt_builtin_infos[insn.b].arity;
    case TT_OP_LINK:
    case TT_OP_UNLINK:
    case TT_OP_MONITOR: return insn.a == 2 || (insn.a == 0 && insn.b == 0) ? 1 : 0;
    case TT_OP_TRAP_EXIT: return insn.b < 0 ? 1 : 0;
    case TT_OP_RECEIVE_MATCH: return module->matches.items[insn.b].after == UINT32_MAX ? 0 : 1;
    case TT_OP_SEND: return insn.a == 2 || (insn.a == 0 && insn.b == 0) ? 2 : 1;
    default: return TT_VARIES;
    }
}

int tt_insn_pushes(const TtModule *module, TtInsn insn) {
    (void)module;
    return tt_op_info(insn.op)->pushes;
}

const char *tt_module_label_at(const TtModule *module, uint32_t address) {
    uint32_t low = 0, high = module->labels.count; /* sorted by address */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (module->labels.items[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < module->labels.count && module->labels.items[low].address == address;
    return found ? tt_names_text(&module->names, module->labels.items[low].name) : NULL;
}
