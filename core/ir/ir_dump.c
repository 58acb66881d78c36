// SPDX-License-Identifier: MIT
/** Register code as text: functions, blocks, registers under the names of their variables, source lines. */
#include "ir/ir.h"
#include "value/print.h"

#define ADDRESS_FORMAT "0x%04X"

typedef struct Dump {
    TtStrbuf *out;
    const TtModule *module;
    const TtIrCode *ir;
    uint32_t scope; /* whose variables registers are */
    uint32_t at;
} Dump;

static void add_register(const Dump *d, int32_t offset) {
    const TtScope *scope = &d->module->scopes.items[d->scope];
    uint32_t cell = (uint32_t)(offset / TT_IR_CELL);
    if (cell < scope->slots.count)
        tt_strbuf_add_text(d->out, tt_names_text(&d->module->names, scope->slot_names[cell]));
    else if (cell < scope->slot_count + 2)
        tt_strbuf_add_format(d->out, "[%u]", cell);
    else
        tt_strbuf_add_format(d->out, "$%u", cell - scope->slot_count - 2);
}

static void add_constant(const Dump *d, int32_t offset) {
    TtValue value = d->ir->constants.items[-offset / TT_IR_CELL];
    if (value.tag == TT_TAG_FUNCTION)
        tt_strbuf_add_text(d->out, value.as.function->name);
    else
        tt_print_preview(d->out, value, 32);
}

static void add_block_name(const Dump *d, uint32_t ir_at) {
    const TtIrBlock *block = tt_ir_block_of(d->ir, ir_at);
    const char *label = tt_module_label_at(d->module, block->address);
    if (label)
        tt_strbuf_add_text(d->out, label);
    else
        tt_strbuf_add_format(d->out, ADDRESS_FORMAT, block->address);
    if (block->leaves) tt_strbuf_add_text(d->out, " in stack code");
}

static void add_function(const Dump *d, const TtFunction *function) {
    tt_strbuf_add_text(d->out, function->name);
    tt_strbuf_add_char(d->out, '(');
    for (uint32_t i = 0; i < function->parameter_count; i++)
        tt_strbuf_add_format(d->out, "%s%s", i ? " " : "", function->parameters[i]);
    tt_strbuf_add_char(d->out, ')');
}

static void add_operand(const Dump *d, char kind, int32_t value) {
    switch (kind) {
    case 'K':
        if (value < 0) {
            add_constant(d, value);
            return;
        }
        add_register(d, value);
        return;
    case 'R':
    case 'D':
    case 'U':
    case 'W': add_register(d, value); return;
    case 'F': tt_print_preview(d->out, d->module->constants.items[value], 32); return;
    case 'G':
        tt_strbuf_add_text(d->out,
                           tt_names_text(&d->module->names, d->module->scopes.items[0].slot_names[value]));
        return;
    case 'X': add_function(d, &d->module->functions.items[value]); return;
    case 'N': tt_strbuf_add_text(d->out, tt_builtin_infos[value].name); return;
    case 'J': add_block_name(d, d->at + (uint32_t)(value / (int32_t)sizeof(TtIrInsn))); return;
    case 'A': {
        unsigned op = (uint32_t)value < d->module->code.count ? d->module->code.items[value].op : TT_OP_HALT;
        if (d->ir->code.items[d->at].op == TT_IR_LEAVE)
            tt_strbuf_add_format(d->out, ADDRESS_FORMAT, (uint32_t)value);
        else if (d->ir->code.items[d->at].op == TT_IR_STEP)
            tt_strbuf_add_text(d->out, tt_op_info(op)->mnemonic);
        else
            tt_strbuf_add_format(d->out, "-> " ADDRESS_FORMAT, (uint32_t)value);
        return;
    }
    case 'H':
        tt_strbuf_add_format(d->out, "-> %d",
                             value - (int32_t)d->module->scopes.items[d->scope].slot_count - 2);
        return;
    default: tt_strbuf_add_format(d->out, "%d", value); return;
    }
}

static void add_insn(Dump *d, uint32_t at) {
    TtIrInsn insn = d->ir->code.items[at];
    const TtIrOpInfo *info = &tt_ir_op_infos[insn.op];
    d->at = at;
    size_t begin = d->out->length;
    tt_strbuf_add_format(d->out, "    %-12s", info->name);
    const char kinds[] = {info->a, info->b, info->c};
    const int32_t values[] = {insn.a, insn.b, insn.c};
    bool first = true;
    for (int i = 0; i < 3; i++) {
        if (kinds[i] == '_') continue;
        tt_strbuf_add_text(d->out, first ? " " : ", ");
        first = false;
        add_operand(d, kinds[i], values[i]);
    }
    if (insn.op == TT_IR_INDEX && insn.w) tt_strbuf_add_text(d->out, ", borrowed");
    uint32_t origin = d->ir->origin.items[at];
    if (origin >= d->module->positions.count || !d->module->positions.items[origin].line) {
        tt_strbuf_add_char(d->out, '\n');
        return;
    }
    size_t length = d->out->length - begin;
    tt_strbuf_add_format(d->out, "%*s ; %u\n", length < 48 ? (int)(48 - length) : 0, "",
                         d->module->positions.items[origin].line);
}

static const TtFunction *function_at(const TtModule *module, uint32_t address) {
    if (address == 0) return &module->top;
    for (uint32_t i = 0; i < module->functions.count; i++)
        if (module->functions.items[i].entry == address) return &module->functions.items[i];
    return NULL;
}

void tt_ir_dump(TtStrbuf *out, const TtModule *module) {
    const TtIrCode *ir = module->ir;
    Dump dump = {.out = out, .module = module, .ir = ir};
    uint32_t leaves = 0;
    for (uint32_t i = 0; i < ir->scope_count; i++) leaves += ir->scopes[i].leaves;
    tt_strbuf_add_format(out, "; register code of %s\n", module->file);
    if (leaves)
        tt_strbuf_add_format(
            out, "; ways that go on in stack code, because others come with more or fewer operands: %u\n",
            leaves);
    for (uint32_t i = 0; i < ir->blocks.count; i++) {
        TtIrBlock block = ir->blocks.items[i];
        uint32_t end = i + 1 < ir->blocks.count ? ir->blocks.items[i + 1].ir : ir->code.count;
        if (block.address < module->code.count) dump.scope = module->scope_of[block.address];
        const TtFunction *function = function_at(module, block.address);
        if (function && !block.leaves && block.address < module->code.count) {
            tt_strbuf_add_char(out, '\n');
            add_function(&dump, function);
            tt_strbuf_add_format(out, " uses %u registers",
                                 module->scopes.items[dump.scope].slot_count + 2 +
                                     ir->scopes[dump.scope].most);
            tt_strbuf_add_char(out, '\n');
        }
        tt_strbuf_add_text(out, "  ");
        add_block_name(&dump, block.ir);
        tt_strbuf_add_format(out, ":%s", block.address == module->code.count ? " end of the code" : "");
        if (block.height) tt_strbuf_add_format(out, " %u operands", block.height);
        tt_strbuf_add_char(out, '\n');
        for (uint32_t at = block.ir; at < end; at++) add_insn(&dump, at);
    }
}
