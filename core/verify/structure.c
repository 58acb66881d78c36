// SPDX-License-Identifier: MIT
/** What every later step takes for granted. Switches on operand formats, hardly ever on instructions. */
#include "verify/verify.h"

#include "base/assert.h"
#include "base/config.h"
#include "base/utf8.h"
#include "bytecode/builtin.h"
#include "module/blocks.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

typedef struct Checker {
    const TtModule *module;
    TtDiags *diags;
    uint32_t insn; /* that is checked now */
    bool *matched; /* match → an instruction has it; while the code is checked */
} Checker;

static void report(Checker *checker, const char *format, ...) TT_PRINTF(2, 3);

/** An error about the instruction that is checked now. */
static void report(Checker *checker, const char *format, ...) {
    const TtModule *module = checker->module;
    char detail[200];
    va_list args;
    va_start(args, format);
    tt_format_text(detail, sizeof detail, format, args);
    va_end(args);
    TtPosition position = module->positions.items[checker->insn];
    unsigned op = module->code.items[checker->insn].op;
    tt_diag_add(checker->diags, false, position.line, position.line ? position.column : 0,
                position.column + 1, NULL, "Instruction %" PRIu32 " (%s): %s", checker->insn,
                op < TT_OP_COUNT ? tt_op_info(op)->mnemonic : "unknown", detail);
}

/** An error about a table. */
static void report_table(Checker *checker, const char *table, uint32_t index, const char *problem) {
    tt_diag_add(checker->diags, false, 0, 0, 0, NULL, "%s %" PRIu32 ": %s", table, index, problem);
}

/* ---- tables ------------------------------------------------------------------------------------------ */

static void check_names(Checker *checker) {
    const TtNames *names = &checker->module->names;
    for (uint32_t i = 0; i < names->count; i++) {
        const TtName *name = &names->items[i];
        if (!name->length)
            report_table(checker, "Name", i, "empty");
        else if (memchr(name->bytes, 0, name->length))
            report_table(checker, "Name", i, "holds a NUL");
        else if (!tt_utf8_valid(name->bytes, name->length))
            report_table(checker, "Name", i, "not UTF-8");
    }
}

static void check_constants(Checker *checker) {
    for (uint32_t i = 0; i < checker->module->constants.count; i++) {
        TtValue constant = checker->module->constants.items[i];
        if (constant.tag != TT_TAG_STR && constant.tag != TT_TAG_BYTES)
            report_table(checker, "Constant", i, "neither Str nor Bytes");
        else if (constant.tag == TT_TAG_STR && !tt_utf8_valid(tt_bytes_data(constant), constant.len))
            report_table(checker, "Constant", i, "a Str that is not UTF-8");
    }
}

static void check_functions(Checker *checker) {
    const TtModule *module = checker->module;
    uint32_t *seen = tt_alloc_zero((module->names.count + 1) * sizeof *seen); /* name → last function + 1 */
    for (uint32_t i = 0; i < module->functions.count; i++) {
        const TtFunction *function = &module->functions.items[i];
        if (function->entry > module->code.count) report_table(checker, "Function", i, "entry out of range");
        if (function->parameter_count > TT_MAX_OPERANDS) {
            report_table(checker, "Function", i, "too many parameters");
            continue;
        }
        for (uint32_t p = 0; p < function->parameter_count; p++) {
            const char *parameter = function->parameters[p];
            uint32_t name = tt_names_find(&module->names, parameter, strlen(parameter));
            if (name == TT_NO_NAME)
                report_table(checker, "Function", i, "a parameter that is not among the names");
            else if (seen[name] == i + 1)
                report_table(checker, "Function", i, "two parameters of one name");
            else
                seen[name] = i + 1;
        }
    }
    tt_free(seen);
}

static void check_labels(Checker *checker) {
    const TtModule *module = checker->module;
    bool *seen = tt_alloc_zero(module->names.count + 1);
    for (uint32_t i = 0; i < module->labels.count; i++) {
        TtLabel label = module->labels.items[i];
        if (label.name >= module->names.count) {
            report_table(checker, "Label", i, "name out of range");
            continue;
        }
        if (seen[label.name]) report_table(checker, "Label", i, "defined twice");
        seen[label.name] = true;
        if (label.address > module->code.count) report_table(checker, "Label", i, "address out of range");
        if (i && label.address < module->labels.items[i - 1].address)
            report_table(checker, "Label", i, "not in the order of addresses");
    }
    tt_free(seen);
}

static void check_imports(Checker *checker) {
    const TtModule *module = checker->module;
    for (uint32_t i = 0; i < module->imports.count; i++) {
        TtImport import = module->imports.items[i];
        if (import.prefix != TT_NO_NAME && import.prefix >= module->names.count)
            report_table(checker, "Import", i, "prefix out of range");
        if (import.path >= module->constants.count) {
            report_table(checker, "Import", i, "path out of range");
            continue;
        }
        TtValue path = module->constants.items[import.path];
        if (path.tag != TT_TAG_STR || !path.len || memchr(tt_bytes_data(path), 0, path.len))
            report_table(checker, "Import", i, "the path is no text, empty, or holds a NUL");
    }
}

static const TtValue *str_constant(const TtModule *module, uint32_t index) {
    if (index >= module->constants.count) return NULL;
    const TtValue *constant = &module->constants.items[index];
    return constant->tag == TT_TAG_STR ? constant : NULL;
}

static bool is_literal(const TtModule *module, TtValue literal) {
    switch (literal.tag) {
    case TT_TAG_NULL:
    case TT_TAG_BOOL:
    case TT_TAG_INT:
    case TT_TAG_FLOAT: return true;
    case TT_TAG_STR:
        return tt_module_find_constant(module, TT_TAG_STR, tt_bytes_data(literal), literal.len) != TT_NO_NAME;
    default: return false;
    }
}

static void check_terms(Checker *checker) {
    const TtModule *module = checker->module;
    for (uint32_t i = 0; i < module->terms.count; i++) {
        const TtTerm *term = &module->terms.items[i];
        bool compares = term->kind == TT_TERM_EQUAL || term->kind == TT_TERM_FIELD;
        if (term->kind >= TT_TERM_KIND_COUNT)
            report_table(checker, "Term", i, "of unknown kind");
        else if (term->kind == TT_TERM_TYPE && tt_match_type_of(term->tag) < 0)
            report_table(checker, "Term", i, "of unknown type");
        else if (term->kind == TT_TERM_FIELD && !str_constant(module, term->field))
            report_table(checker, "Term", i, "the field is no Str among the constants");
        else if (compares && !is_literal(module, term->literal))
            report_table(checker, "Term", i, "the literal is no scalar, or no Str among the constants");
    }
}

/** The matches hold every term once, in order, so that printing them is linear in what was read. */
static void check_matches(Checker *checker) {
    const TtModule *module = checker->module;
    uint32_t next = 0;
    for (uint32_t i = 0; i < module->matches.count; i++) {
        const TtMatch *match = &module->matches.items[i];
        if (match->first != next || match->count > module->terms.count - next) {
            report_table(checker, "Match", i, "its terms are not those that follow");
            return;
        }
        next += match->count;
        if (!match->count)
            report_table(checker, "Match", i, "no terms");
        else if (!module->terms.items[next - 1].last)
            report_table(checker, "Match", i, "the last alternative has no end");
        if (match->after != UINT32_MAX && match->after > module->code.count)
            report_table(checker, "Match", i, "address out of range");
    }
    if (next != module->terms.count) report_table(checker, "Term", next, "belongs to no match");
}

static void check_supervisors(Checker *checker) {
    const TtModule *module = checker->module;
    for (uint32_t i = 0; i < module->supervisors.count; i++) {
        const TtSupervisorSpec *spec = &module->supervisors.items[i];
        if (spec->strategy >= TT_STRATEGY_COUNT)
            report_table(checker, "Supervisor", i, "unknown strategy");
        else if (!spec->period_ms)
            report_table(checker, "Supervisor", i, "the period is 0");
    }
}

static bool is_name(const TtValue *constant) {
    return constant && constant->len && !memchr(tt_bytes_data(*constant), 0, constant->len);
}

static void check_children(Checker *checker) {
    const TtModule *module = checker->module;
    for (uint32_t i = 0; i < module->children.count; i++) {
        const TtChildSpec *spec = &module->children.items[i];
        if (!is_name(str_constant(module, spec->id)) || !is_name(str_constant(module, spec->label)))
            report_table(checker, "Child", i, "the id or label is no text, empty, or holds a NUL");
        else if (spec->policy >= TT_POLICY_COUNT)
            report_table(checker, "Child", i, "unknown policy");
    }
}

/* ---- instructions ------------------------------------------------------------------------------------ */

/** `b` as an index of a table of `count` items. */
static bool check_index(Checker *checker, TtInsn insn, uint32_t count, const char *table) {
    if (insn.b >= 0 && (uint32_t)insn.b < count) return true;
    report(checker, "operand %" PRId32 " is out of the range of %" PRIu32 " %s", insn.b, count, table);
    return false;
}

static void check_variant(Checker *checker, TtInsn insn, unsigned most) {
    if (insn.a > most) report(checker, "operand of unknown form %u", (unsigned)insn.a);
}

static void check_constant(Checker *checker, TtInsn insn, TtTag tag, bool needs_text) {
    if (!check_index(checker, insn, checker->module->constants.count, "constants")) return;
    TtValue constant = checker->module->constants.items[insn.b];
    if (constant.tag != tag)
        report(checker, "the constant is no %s", tt_tag_name(tag));
    else if (needs_text && (!constant.len || memchr(tt_bytes_data(constant), 0, constant.len)))
        report(checker, "the name is empty or holds a NUL");
}

static void check_count(Checker *checker, TtInsn insn, int32_t least) {
    if (insn.b < least || insn.b > (int32_t)TT_MAX_CODE)
        report(checker, "count %" PRId32 " is out of range", insn.b);
}

static void check_int(Checker *checker, TtInsn insn) {
    if (insn.a == 1 && check_index(checker, insn, checker->module->ints.count, "integers")) {
        /* A small one there would mean something else than it reads: SEND 0 takes the pid from the stack. */
        int64_t value = checker->module->ints.items[insn.b];
        if (value >= INT32_MIN && value <= INT32_MAX)
            report(checker, "an integer that fits into the operand");
    }
    if (insn.a == 2 && insn.b != 0) report(checker, "an absent operand with a value");
}

static void check_address(Checker *checker, TtInsn insn) {
    if (insn.b < 0 || (uint32_t)insn.b > checker->module->code.count)
        report(checker, "address %" PRId32 " is out of the range of 0 to %" PRIu32, insn.b,
               checker->module->code.count);
}

static void check_match(Checker *checker, TtInsn insn) {
    if (!check_index(checker, insn, checker->module->matches.count, "matches")) return;
    if (checker->matched[insn.b]) report(checker, "match %" PRId32 " belongs to two instructions", insn.b);
    checker->matched[insn.b] = true;
}

static void check_child(Checker *checker, TtInsn insn) {
    if (!check_index(checker, insn, checker->module->children.count, "children")) return;
    const TtChildSpec *spec = &checker->module->children.items[insn.b];
    if (insn.op == TT_OP_SUPERVISE_FUNCTION && spec->label != spec->id)
        report(checker, "a label where none belongs");
}

static void check_operand(Checker *checker, TtInsn insn) {
    const TtModule *module = checker->module;
    TtFormat format = (TtFormat)tt_op_info(insn.op)->format;
    switch (format) {
    case TT_FORMAT_OPT_INT:
    case TT_FORMAT_INT:
        check_variant(checker, insn, format == TT_FORMAT_INT ? 1 : 2);
        check_int(checker, insn);
        return;
    case TT_FORMAT_OPT_VAR:
        check_variant(checker, insn, 1);
        if (insn.a == 1)
            check_index(checker, insn, module->blocks.count, "blocks");
        else if (insn.b != -1)
            check_index(checker, insn, module->names.count, "names");
        return;
    case TT_FORMAT_OPT_LABEL:
        check_variant(checker, insn, 1);
        if (insn.a == 1)
            check_index(checker, insn, module->blocks.count, "blocks");
        else
            check_address(checker, insn);
        return;
    default: check_variant(checker, insn, 0);
    }
    switch (format) {
    case TT_FORMAT_NONE:
        if (insn.b) report(checker, "an operand where none belongs");
        return;
    case TT_FORMAT_FLOAT: check_index(checker, insn, module->floats.count, "floats"); return;
    case TT_FORMAT_OPT_FIELD:
        if (insn.b == -1) return;
        check_constant(checker, insn, TT_TAG_STR, false);
        return;
    case TT_FORMAT_STR:
    case TT_FORMAT_FIELD: check_constant(checker, insn, TT_TAG_STR, false); return;
    case TT_FORMAT_NAME: check_constant(checker, insn, TT_TAG_STR, true); return;
    case TT_FORMAT_BYTES: check_constant(checker, insn, TT_TAG_BYTES, false); return;
    case TT_FORMAT_BOOL: check_index(checker, insn, 2, "truth values"); return;
    case TT_FORMAT_OPT_BOOL:
        if (insn.b != -1) check_index(checker, insn, 2, "truth values");
        return;
    case TT_FORMAT_MATCH: check_match(checker, insn); return;
    case TT_FORMAT_SUPERVISOR: check_index(checker, insn, module->supervisors.count, "supervisors"); return;
    case TT_FORMAT_CHILD: check_child(checker, insn); return;
    case TT_FORMAT_VAR: check_index(checker, insn, module->names.count, "names"); return;
    case TT_FORMAT_COUNT: check_count(checker, insn, 0); return;
    case TT_FORMAT_OPT_COUNT: check_count(checker, insn, -1); return;
    case TT_FORMAT_LABEL: check_address(checker, insn); return;
    case TT_FORMAT_CALL: check_index(checker, insn, module->functions.count, "functions"); return;
    case TT_FORMAT_IMPORT: check_index(checker, insn, module->imports.count, "imports"); return;
    case TT_FORMAT_BUILTIN: check_index(checker, insn, TT_BUILTIN_COUNT, "built-ins"); return;
    default: TT_ASSERT(!"a format without a check"); return;
    }
}

static void check_code(Checker *checker) {
    const TtModule *module = checker->module;
    checker->matched = tt_alloc_zero(module->matches.count + 1);
    for (checker->insn = 0; checker->insn < module->code.count && !checker->diags->truncated;
         checker->insn++) {
        TtInsn insn = module->code.items[checker->insn];
        if (insn.op >= TT_OP_COUNT)
            report(checker, "unknown instruction %u", (unsigned)insn.op);
        else
            check_operand(checker, insn);
    }
    tt_free(checker->matched);
    checker->matched = NULL;
}

/* ---- blocks -------------------------------------------------------------------------------------------- */

/** An instruction of the block form names the block that the text gives it. */
static void check_member(Checker *checker, uint32_t at, uint32_t block) {
    checker->insn = at;
    TtInsn insn = checker->module->code.items[at];
    if (insn.a != 1 || insn.b != (int32_t)block) report(checker, "belongs to block %" PRIu32, block);
}

static void check_blocks(Checker *checker) {
    const TtModule *module = checker->module;
    TtBlockPairs pairs;
    tt_blocks_pair(module, &pairs);
    for (uint32_t i = 0; i < pairs.problems.count; i++) {
        checker->insn = pairs.problems.items[i].at;
        report(checker, "a block without its %s",
               pairs.problems.items[i].kind == TT_BLOCK_NO_END ? "END_TRY" : "CATCH");
    }
    if (module->blocks.count != pairs.blocks.count)
        tt_diag_add(checker->diags, false, 0, 0, 0, NULL,
                    "Blocks: %" PRIu32 " in the table, %" PRIu32 " in the code", module->blocks.count,
                    pairs.blocks.count);
    uint32_t members = 0;
    for (uint32_t i = 0; i < module->blocks.count && !checker->diags->errors; i++) {
        const TtBlock *block = &module->blocks.items[i], *pair = &pairs.blocks.items[i];
        if (block->try_at != pair->try_at || block->catch_at != pair->catch_at ||
            block->end_at != pair->end_at)
            report_table(checker, "Block", i, "not as its TRY, CATCH and END_TRY stand");
        else if (block->variable != TT_NO_NAME && block->variable >= module->names.count)
            report_table(checker, "Block", i, "variable out of range");
        else {
            check_member(checker, block->try_at, i);
            check_member(checker, block->catch_at, i);
            members++;
        }
    }
    /* No other CATCH may claim to belong to one. */
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn insn = module->code.items[i];
        if (insn.op == TT_OP_CATCH && insn.a == 1) members--;
    }
    if (members && !checker->diags->errors)
        tt_diag_add(checker->diags, false, 0, 0, 0, NULL,
                    "Blocks: a CATCH that belongs to no block names one");
    tt_blocks_free(&pairs);
}

TtResult tt_verify_structure(const TtModule *module, TtDiags *diags) {
    TtDiags found = {0};
    Checker checker = {.module = module, .diags = &found};
    if (module->code.count > TT_MAX_CODE)
        tt_diag_add(&found, false, 0, 0, 0, NULL, "Too many instructions: %" PRIu32, module->code.count);
    else if (module->positions.count != module->code.count)
        tt_diag_add(&found, false, 0, 0, 0, NULL, "%" PRIu32 " positions for %" PRIu32 " instructions",
                    module->positions.count, module->code.count);
    else {
        check_names(&checker);
        check_constants(&checker);
        check_functions(&checker);
        check_labels(&checker);
        check_imports(&checker);
        check_terms(&checker);
        check_matches(&checker);
        check_supervisors(&checker);
        check_children(&checker);
        check_code(&checker);
        if (!found.errors) check_blocks(&checker);
    }
    TtResult result = found.errors ? TT_ERR_PARSE_ERROR : TT_OK;
    for (uint32_t i = 0; i < found.list.count; i++) {
        const TtDiag *diag = &found.list.items[i];
        tt_diag_add(diags, diag->warning, diag->line, diag->column, diag->end_column, diag->suggestion, "%s",
                    diag->message);
    }
    diags->truncated = diags->truncated || found.truncated;
    tt_diags_free(&found);
    return result;
}
