// SPDX-License-Identifier: MIT
/** Code generated in JavaScript (ts/codegen): its way into the VM, and into each thread that runs it. */
#include "glue.h"

#include "base/alloc.h"
#include "bytecode/builtin.h"

#include <emscripten/em_js.h>
#include <string.h>

/* ---- one thread -------------------------------------------------------------------------------------- */

// clang-format off
EM_JS_DEPS(tt_glue_code, "$wasmTable")

/** Room for generated functions in this thread's table, held by one function; where it begins, which is the same in all threads. */
EM_JS(uint32_t, tt_glue_reserve_slots, (uint32_t count, uint32_t holder), {
  if (Module["codeSlots"] === undefined) {
    Module["codeSlots"] = wasmTable.length;
    Module["codeEnd"] = wasmTable.length;
    wasmTable.grow(count, wasmTable.get(holder));
  }
  return Module["codeSlots"];
})

/** Lets all slots of this thread hold that function again. */
EM_JS(void, tt_glue_clear_slots, (uint32_t holder), {
  const callee = wasmTable.get(holder);
  while (Module["codeEnd"] > Module["codeSlots"]) wasmTable.set(--Module["codeEnd"], callee);
})

/** Fills the slots that the unit says, up to `end`, in this thread. 0 when the browser will not have it. */
EM_JS(int, tt_glue_instantiate, (uint32_t at, uint32_t length, uint32_t end), {
  try {
    Module["codeEnd"] = Math.max(Module["codeEnd"], end);
    new WebAssembly.Instance(new WebAssembly.Module(HEAPU8.slice(at, at + length)), { vm: { memory: wasmMemory, table: wasmTable } });
    return 1;
  } catch {
    return 0;
  }
})
// clang-format on

static uint32_t reserve_slots(void) {
    return tt_glue_reserve_slots(TT_CODE_SLOTS, (uint32_t)(uintptr_t)tt_code_absent);
}

static bool make_ready(void *context, uint32_t have, uint32_t unit) {
    TtGlue *glue = context;
    const uint32_t slots = reserve_slots();
    if (have == 0) tt_glue_clear_slots((uint32_t)(uintptr_t)tt_code_absent);
    for (uint32_t i = have; i <= unit; i++) {
        tt_lock_acquire(&glue->lock);
        TtGlueUnit bytes = glue->units.items[i];
        tt_lock_release(&glue->lock);
        if (!tt_glue_instantiate((uint32_t)(uintptr_t)bytes.bytes, bytes.length, slots + bytes.slots))
            return false;
    }
    return true;
}

/* ---- the engine worker --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    uint32_t value;
} facts[] = {
#define TT_FACT(name, value) {#name, (uint32_t)(value)},
#include "code_layout.def"
#undef TT_FACT
};

const char *tt_glue_code_layout(TtGlue *glue) {
    TtStrbuf *out = &glue->layout;
    tt_strbuf_clear(out);
    tt_strbuf_add_text(out, "{\"facts\":{");
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        tt_strbuf_add_format(out, "%s\"%s\":%u", i ? "," : "", facts[i].name, facts[i].value);
    tt_strbuf_add_text(out, "},\"registers\":[");
    for (size_t i = 0; i < TT_IR_OP_COUNT; i++) {
        const TtIrOpInfo *info = &tt_ir_op_infos[tt_ir_plain((TtIrOp)i)];
        tt_strbuf_add_format(out,
                             "%s{\"name\":\"%s\",\"whole\":\"%s\",\"operands\":\"%c%c%c\","
                             "\"ends\":%s,\"collects\":%s}",
                             i ? "," : "", info->name, tt_ir_op_infos[i].name, info->a, info->b, info->c,
                             info->flags & TT_IR_ENDS ? "true" : "false",
                             info->flags & TT_IR_COLLECTS ? "true" : "false");
    }
    tt_strbuf_add_text(out, "],\"stack\":[");
    for (unsigned i = 0; i < TT_OP_COUNT; i++)
        tt_strbuf_add_format(out, "%s\"%s\"", i ? "," : "", tt_op_info(i)->mnemonic);
    tt_strbuf_add_text(out, "]}");
    return tt_strbuf_text(out);
}

void tt_glue_code_init(TtGlue *glue) {
    glue->maker = (TtCodeMaker){make_ready, glue, reserve_slots()};
}

void tt_glue_code_free(TtGlue *glue) {
    for (uint32_t i = 0; i < glue->units.count; i++) tt_free(glue->units.items[i].bytes);
    tt_vec_free(&glue->units);
    tt_strbuf_free(&glue->layout);
}

uint32_t tt_glue_code_slot(TtGlue *glue) {
    return (uint32_t)glue->maker.slots;
}

const TtModule *tt_glue_next_module(TtGlue *glue) {
    const TtModule *module = glue->vm ? tt_vm_module(glue->vm, glue->next_module) : NULL;
    if (module) glue->next_module++;
    return module;
}

void tt_glue_give_code(TtGlue *glue, TtModule *module, const uint8_t *bytes, uint32_t length,
                       const uint32_t *entries) {
    TtGlueUnit unit = {tt_alloc(length), length, 0};
    memcpy(unit.bytes, bytes, length);
    for (uint32_t i = 0; i < module->ir->code.count; i++)
        if (entries[i] && entries[i] >> 16 >= unit.slots) unit.slots = (entries[i] >> 16) + 1;
    size_t size = (size_t)module->ir->code.count * sizeof *entries;
    uint32_t *own = tt_alloc(size);
    memcpy(own, entries, size);
    tt_lock_acquire(&glue->lock);
    uint32_t number = glue->units.count;
    tt_vec_push(&glue->units, unit);
    tt_lock_release(&glue->lock);
    tt_code_give(module, number, own);
}
