// SPDX-License-Identifier: MIT
#include "module/image.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "bytecode/builtin.h"
#include "module/image_internal.h"

#include <string.h>

static void put_u32_at(char *at, uint32_t value) {
    for (int i = 0; i < 4; i++) at[i] = (char)(value >> (8 * i));
}

static void put_u32(TtStrbuf *out, uint32_t value) {
    char bytes[4];
    put_u32_at(bytes, value);
    tt_strbuf_add(out, bytes, sizeof bytes);
}

static void put_byte(TtStrbuf *out, unsigned value) {
    tt_strbuf_add_char(out, (char)value);
}

static void put_number(TtStrbuf *out, uint64_t value) {
    for (; value >= 0x80; value >>= 7) put_byte(out, (unsigned)(value & 0x7F) | 0x80);
    put_byte(out, (unsigned)value);
}

static void put_signed(TtStrbuf *out, int64_t value) {
    put_number(out, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

static void put_text(TtStrbuf *out, const char *bytes, size_t length) {
    put_number(out, length);
    tt_strbuf_add(out, bytes, length);
}

/** A name that may be missing. */
static void put_name(TtStrbuf *out, uint32_t name) {
    put_number(out, name == TT_NO_NAME ? 0 : (uint64_t)name + 1);
}

static void put_constants(TtStrbuf *out, const TtModule *module) {
    put_number(out, module->constants.count);
    for (uint32_t i = 0; i < module->constants.count; i++) {
        TtValue constant = module->constants.items[i];
        put_byte(out, constant.tag == TT_TAG_BYTES);
        put_text(out, tt_bytes_data(constant), constant.len);
    }
}

static void put_float(TtStrbuf *out, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_u32(out, (uint32_t)bits);
    put_u32(out, (uint32_t)(bits >> 32));
}

static void put_floats(TtStrbuf *out, const TtModule *module) {
    put_number(out, module->floats.count);
    for (uint32_t i = 0; i < module->floats.count; i++) put_float(out, module->floats.items[i]);
}

static void put_functions(TtStrbuf *out, const TtModule *module) {
    put_number(out, module->functions.count);
    for (uint32_t i = 0; i < module->functions.count; i++) {
        const TtFunction *function = &module->functions.items[i];
        put_number(out, function->entry);
        put_number(out, function->parameter_count);
        for (uint32_t p = 0; p < function->parameter_count; p++) {
            const char *text = function->parameters[p];
            uint32_t name = tt_names_find(&module->names, text, strlen(text));
            TT_ASSERT(name != TT_NO_NAME);
            put_number(out, name);
        }
    }
}

/** Built-ins by number of this program → index in the image, TT_NO_NAME for those not used. */
static void put_builtins(TtStrbuf *out, const TtModule *module, uint32_t *numbers) {
    uint32_t used = 0;
    TtStrbuf texts = {0};
    memset(numbers, 0xff, TT_BUILTIN_COUNT * sizeof *numbers);
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn insn = module->code.items[i];
        if (tt_op_info(insn.op)->format != TT_FORMAT_BUILTIN || numbers[insn.b] != TT_NO_NAME) continue;
        numbers[insn.b] = used++;
        put_text(&texts, tt_builtin_infos[insn.b].name, strlen(tt_builtin_infos[insn.b].name));
    }
    put_number(out, used);
    tt_strbuf_add(out, texts.bytes, texts.length);
    tt_strbuf_free(&texts);
}

static void put_literal(TtStrbuf *out, const TtModule *module, TtValue literal) {
    switch (literal.tag) {
    case TT_TAG_NULL: put_byte(out, TT_IMAGE_NULL); return;
    case TT_TAG_BOOL: put_byte(out, literal.as.b ? TT_IMAGE_TRUE : TT_IMAGE_FALSE); return;
    case TT_TAG_INT:
        put_byte(out, TT_IMAGE_INT);
        put_signed(out, literal.as.i);
        return;
    case TT_TAG_FLOAT:
        put_byte(out, TT_IMAGE_FLOAT);
        put_float(out, literal.as.f);
        return;
    default: break;
    }
    TT_ASSERT(literal.tag == TT_TAG_STR);
    uint32_t constant = tt_module_find_constant(module, TT_TAG_STR, tt_bytes_data(literal), literal.len);
    TT_ASSERT(constant != TT_NO_NAME);
    put_byte(out, TT_IMAGE_STR);
    put_number(out, constant);
}

static void put_terms(TtStrbuf *out, const TtModule *module) {
    put_number(out, module->terms.count);
    for (uint32_t i = 0; i < module->terms.count; i++) {
        const TtTerm *term = &module->terms.items[i];
        put_byte(out, term->kind | (term->last ? TT_IMAGE_LAST_TERM : 0u));
        if (term->kind == TT_TERM_TYPE) put_byte(out, (unsigned)tt_match_type_of(term->tag));
        if (term->kind == TT_TERM_FIELD) put_number(out, term->field);
        if (term->kind == TT_TERM_FIELD || term->kind == TT_TERM_EQUAL)
            put_literal(out, module, term->literal);
    }
}

static void put_matches(TtStrbuf *out, const TtModule *module) {
    put_number(out, module->matches.count);
    for (uint32_t i = 0; i < module->matches.count; i++) {
        const TtMatch *match = &module->matches.items[i];
        put_number(out, match->count);
        put_number(out, match->after == UINT32_MAX ? 0 : (uint64_t)match->after + 1);
    }
}

static void put_supervisors(TtStrbuf *out, const TtModule *module) {
    put_number(out, module->supervisors.count);
    for (uint32_t i = 0; i < module->supervisors.count; i++) {
        const TtSupervisorSpec *spec = &module->supervisors.items[i];
        put_number(out, spec->strategy);
        put_number(out, spec->intensity);
        put_number(out, spec->period_ms);
    }
}

static void put_children(TtStrbuf *out, const TtModule *module) {
    put_number(out, module->children.count);
    for (uint32_t i = 0; i < module->children.count; i++) {
        const TtChildSpec *spec = &module->children.items[i];
        put_number(out, spec->id);
        put_number(out, spec->policy);
        put_number(out, spec->label);
    }
}

static void put_code(TtStrbuf *out, const TtModule *module, const uint32_t *builtin_numbers) {
    put_number(out, module->code.count);
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn insn = module->code.items[i];
        TtFormat format = (TtFormat)tt_op_info(insn.op)->format;
        put_number(out, insn.op);
        if (tt_image_has_variant(format)) put_byte(out, insn.a);
        if (format == TT_FORMAT_BUILTIN)
            put_signed(out, builtin_numbers[insn.b]);
        else if (format != TT_FORMAT_NONE)
            put_signed(out, insn.b);
    }
}

static void put_positions(TtStrbuf *out, const TtModule *module) {
    int64_t line = 0;
    for (uint32_t i = 0; i < module->positions.count; i++) {
        TtPosition position = module->positions.items[i];
        put_signed(out, position.line - line);
        put_number(out, position.column);
        line = position.line;
    }
}

static void put_contents(TtStrbuf *out, const TtModule *module, TtImageSection section,
                         uint32_t *builtin_numbers) {
    switch (section) {
    case TT_IMAGE_FILE: put_text(out, module->file, strlen(module->file)); return;
    case TT_IMAGE_NAMES:
        put_number(out, module->names.count);
        for (uint32_t i = 0; i < module->names.count; i++)
            put_text(out, module->names.items[i].bytes, module->names.items[i].length);
        return;
    case TT_IMAGE_CONSTANTS: put_constants(out, module); return;
    case TT_IMAGE_INTS:
        put_number(out, module->ints.count);
        for (uint32_t i = 0; i < module->ints.count; i++) put_signed(out, module->ints.items[i]);
        return;
    case TT_IMAGE_FLOATS: put_floats(out, module); return;
    case TT_IMAGE_FUNCTIONS: put_functions(out, module); return;
    case TT_IMAGE_LABELS:
        put_number(out, module->labels.count);
        for (uint32_t i = 0; i < module->labels.count; i++) {
            put_number(out, module->labels.items[i].name);
            put_number(out, module->labels.items[i].address);
        }
        return;
    case TT_IMAGE_IMPORTS:
        put_number(out, module->imports.count);
        for (uint32_t i = 0; i < module->imports.count; i++) {
            put_number(out, module->imports.items[i].path);
            put_name(out, module->imports.items[i].prefix);
        }
        return;
    case TT_IMAGE_BUILTINS: put_builtins(out, module, builtin_numbers); return;
    case TT_IMAGE_BLOCKS:
        put_number(out, module->blocks.count);
        for (uint32_t i = 0; i < module->blocks.count; i++) {
            const TtBlock *block = &module->blocks.items[i];
            put_number(out, block->try_at);
            put_number(out, block->catch_at);
            put_number(out, block->end_at);
            put_name(out, block->variable);
        }
        return;
    case TT_IMAGE_TERMS: put_terms(out, module); return;
    case TT_IMAGE_MATCHES: put_matches(out, module); return;
    case TT_IMAGE_SUPERVISORS: put_supervisors(out, module); return;
    case TT_IMAGE_CHILDREN: put_children(out, module); return;
    case TT_IMAGE_CODE: put_code(out, module, builtin_numbers); return;
    case TT_IMAGE_POSITIONS: put_positions(out, module); return;
    case TT_IMAGE_SECTION_END: return;
    }
}

void tt_image_write(TtStrbuf *out, const TtModule *module) {
    uint32_t builtin_numbers[TT_BUILTIN_COUNT];
    TtStrbuf payload = {0}, contents = {0};
    for (int section = TT_IMAGE_FILE; section < TT_IMAGE_SECTION_END; section++) {
        tt_strbuf_clear(&contents);
        put_contents(&contents, module, (TtImageSection)section, builtin_numbers);
        put_byte(&payload, (unsigned)section);
        put_u32(&payload, (uint32_t)contents.length);
        tt_strbuf_add(&payload, contents.bytes, contents.length);
    }
    tt_strbuf_add(out, TT_IMAGE_MAGIC, TT_IMAGE_MAGIC_SIZE);
    put_u32(out, TT_IMAGE_VERSION);
    put_u32(out, (uint32_t)payload.length);
    put_u32(out, tt_hash_bytes(payload.bytes, payload.length));
    tt_strbuf_add(out, payload.bytes, payload.length);
    tt_strbuf_free(&payload);
    tt_strbuf_free(&contents);
}
