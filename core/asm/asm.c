// SPDX-License-Identifier: MIT
/** Labels become addresses, block forms find their CATCH and END_TRY. */
#include "asm/asm.h"

#include "asm/asm_internal.h"
#include "base/config.h"
#include "module/blocks.h"

#include <inttypes.h>
#include <string.h>

/** Labels that are tried for "did you mean": enough for any program a person writes. */
#define TRIED_LABELS 20000

/* ---- labels --------------------------------------------------------------------------------------- */

static void report_reference(TtAsm *as, const TtAsmReference *reference, const char *suggestion,
                             const char *format, const char *detail) {
    const char *line_begin = reference->begin;
    while (line_begin > as->source && line_begin[-1] != '\n') line_begin--;
    tt_diag_add(as->lexer.diags, false, reference->line, tt_lex_column(line_begin, reference->begin),
                tt_lex_column(line_begin, reference->end), suggestion, format, detail);
}

static const char *find_nearest_label(const TtAsm *as, const TtName *name) {
    unsigned best = name->length <= 3 ? 2 : name->length <= 7 ? 3 : 4;
    const char *nearest = NULL;
    const TtModule *module = as->module;
    for (uint32_t i = 0; i < module->labels.count && i < TRIED_LABELS; i++) {
        const TtName *label = &module->names.items[module->labels.items[i].name];
        uint32_t longer =
            label->length > name->length ? label->length - name->length : name->length - label->length;
        if (longer >= best) continue;
        unsigned distance = tt_edit_distance(name->bytes, name->length, label->bytes, label->length);
        if (distance >= best) continue;
        best = distance;
        nearest = label->bytes;
    }
    return nearest;
}

static bool resolve_name(TtAsm *as, const TtAsmReference *reference, uint32_t *address) {
    uint32_t label = tt_asm_get_by_name(&as->label_of, reference->name);
    if (label != TT_NO_NAME) {
        *address = as->module->labels.items[label].address;
        return true;
    }
    const TtName *name = &as->module->names.items[reference->name];
    TtToken token = {TT_TOKEN_WORD, reference->begin, reference->end, name->bytes, name->length};
    char *excerpt = tt_asm_excerpt(&token);
    report_reference(as, reference, find_nearest_label(as, name), "Unknown label: %s", excerpt);
    tt_free(excerpt);
    return false;
}

/** A word of digits: a label of that name if there is one, else an instruction index. */
static bool resolve_number(TtAsm *as, const TtAsmReference *reference, uint32_t *address) {
    const TtModule *module = as->module;
    size_t length = (size_t)(reference->end - reference->begin);
    uint32_t name = tt_names_find(&module->names, reference->begin, length);
    uint32_t label = name == TT_NO_NAME ? TT_NO_NAME : tt_asm_get_by_name(&as->label_of, name);
    if (label != TT_NO_NAME) {
        *address = module->labels.items[label].address;
        return true;
    }
    uint64_t number = 0;
    for (const char *c = reference->begin; c < reference->end && number <= TT_MAX_CODE; c++)
        number = number * 10 + (uint64_t)(*c - '0');
    if (number <= module->code.count) {
        *address = (uint32_t)number;
        return true;
    }
    TtToken token = {TT_TOKEN_WORD, reference->begin, reference->end, reference->begin, length};
    char *excerpt = tt_asm_excerpt(&token);
    TtStrbuf detail = {0};
    tt_strbuf_add_format(&detail,
                         "%s (the program has instructions 0 to %" PRId64 ", its end is %" PRIu32 ")",
                         excerpt, (int64_t)module->code.count - 1, module->code.count);
    report_reference(as, reference, NULL, "Address out of range: %s",
                     module->code.count ? tt_strbuf_text(&detail) : excerpt);
    tt_strbuf_free(&detail);
    tt_free(excerpt);
    return false;
}

static void resolve_references(TtAsm *as) {
    TtModule *module = as->module;
    for (uint32_t i = 0; i < as->references.count && !as->lexer.diags->truncated; i++) {
        const TtAsmReference *reference = &as->references.items[i];
        TtInsn *insn = &module->code.items[reference->insn];
        uint32_t address = 0;
        bool found = reference->name == TT_NO_NAME ? resolve_number(as, reference, &address)
                                                   : resolve_name(as, reference, &address);
        if (!found) continue;
        if (tt_op_info(insn->op)->format == TT_FORMAT_MATCH) {
            module->matches.items[insn->b].after = address;
            continue;
        }
        if (tt_op_info(insn->op)->format != TT_FORMAT_CALL) {
            insn->b = (int32_t)address;
            continue;
        }
        const uint32_t *parameters =
            as->parameters.items ? &as->parameters.items[reference->parameter_first] : NULL;
        insn->b = (int32_t)tt_module_add_function(module, address, parameters, reference->parameter_count);
    }
}

/* ---- blocks --------------------------------------------------------------------------------------- */

static void report_block(TtAsm *as, const TtBlockProblem *problem) {
    const TtPosition *position = &as->module->positions.items[problem->at];
    const TtOpInfo *info = tt_op_info(as->module->code.items[problem->at].op);
    /* Bytes before the mnemonic are blanks, one column each. */
    uint32_t end = position->column + (uint32_t)strlen(info->mnemonic);
    uint32_t try_line = as->module->positions.items[problem->try_at].line;
    switch (problem->kind) {
    case TT_BLOCK_NO_CATCH:
        tt_diag_add(as->lexer.diags, false, position->line, position->column, end, NULL,
                    "TRY without a label needs a CATCH and an END_TRY");
        return;
    case TT_BLOCK_NO_END:
        tt_diag_add(as->lexer.diags, false, position->line, position->column, end, NULL,
                    "The CATCH of this TRY needs an END_TRY");
        return;
    case TT_BLOCK_EARLY_END:
        tt_diag_add(as->lexer.diags, false, position->line, position->column, end, NULL,
                    "END_TRY before the CATCH of the TRY on line %" PRIu32, try_line);
        return;
    }
}

static void pair_blocks(TtAsm *as) {
    TtModule *module = as->module;
    TtBlockPairs pairs;
    tt_blocks_pair(module, &pairs);
    for (uint32_t i = 0; i < pairs.problems.count; i++) report_block(as, &pairs.problems.items[i]);
    for (uint32_t i = 0; i < pairs.blocks.count && !pairs.problems.count; i++) {
        TtBlock block = pairs.blocks.items[i];
        TtInsn *catch = &module->code.items[block.catch_at];
        block.variable = catch->b < 0 ? TT_NO_NAME : (uint32_t) catch->b;
        catch->a = module->code.items[block.try_at].a = 1;
        catch->b = module->code.items[block.try_at].b = (int32_t)module->blocks.count;
        tt_vec_push(&module->blocks, block);
    }
    tt_blocks_free(&pairs);
}

/* ---- the whole ------------------------------------------------------------------------------------ */

static void assemble(TtAsm *as, const char *source, size_t length) {
    tt_lex_init(&as->lexer, source, length, as->lexer.diags);
    tt_asm_read_lines(as);
    resolve_references(as);
    /* A line that could not be read may have been the CATCH that seems to be missing. */
    if (!as->lexer.diags->errors) pair_blocks(as);
}

TtResult tt_asm_parse(const char *file, const char *source, size_t length, TtModule **module,
                      TtDiags *diags) {
    uint32_t errors = diags->errors;
    if (length > TT_MAX_SOURCE_BYTES) {
        tt_diag_add(diags, false, 0, 0, 0, NULL, "The file is too large: %zu bytes, at most %u", length,
                    TT_MAX_SOURCE_BYTES);
        return TT_ERR_PARSE_ERROR;
    }
    if (length >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0) source += 3, length -= 3;
    TtAsm as = {.module = tt_module_create(file), .lexer = {.diags = diags}};
    as.module->source = tt_alloc_string(source, length);
    as.module->source_length = length;
    as.source = as.module->source;
    assemble(&as, as.source, length);
    tt_diags_sort(diags);
    if (diags->errors == errors) {
        tt_module_name_functions(as.module);
        *module = as.module;
    } else {
        tt_module_destroy(as.module);
    }
    tt_lex_free(&as.lexer);
    tt_vec_free(&as.references);
    tt_vec_free(&as.parameters);
    tt_vec_free(&as.label_of);
    tt_vec_free(&as.label_lines);
    tt_vec_free(&as.parameter_of);
    return diags->errors == errors ? TT_OK : TT_ERR_PARSE_ERROR;
}
