// SPDX-License-Identifier: MIT
#include "module/disasm.h"

#include "base/alloc.h"
#include "bytecode/builtin.h"
#include "value/print.h"

#include <inttypes.h>
#include <string.h>

/** Column (0-based) of the comment with address and line. */
#define COMMENT_COLUMN 40

/** Names of addresses while a whole module is printed; all NULL for single instructions. */
typedef struct Labels {
    char **invented; /* address → text, NULL where there is none */
    uint32_t *first; /* address → index of the first label there, or TT_NO_NAME */
} Labels;

/* ---- pieces ---------------------------------------------------------------------------------------- */

static bool is_bare_name(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        bool good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                    (c && strchr("_.-?!*", c));
        if (!good) return false;
    }
    return length > 0;
}

static void add_name(TtStrbuf *out, const char *bytes, size_t length) {
    if (is_bare_name(bytes, length))
        tt_strbuf_add(out, bytes, length);
    else
        tt_print_quoted(out, bytes, length);
}

static void add_module_name(TtStrbuf *out, const TtModule *module, uint32_t name) {
    add_name(out, module->names.items[name].bytes, module->names.items[name].length);
}

static TtValue constant_of(const TtModule *module, TtInsn insn) {
    return module->constants.items[insn.b];
}

static void add_quoted_constant(TtStrbuf *out, TtValue constant) {
    tt_print_quoted(out, tt_bytes_data(constant), constant.len);
}

static void add_hex(TtStrbuf *out, TtValue bytes) {
    tt_strbuf_add_char(out, '"');
    for (uint32_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)tt_bytes_data(bytes)[i];
        tt_strbuf_add_char(out, "0123456789abcdef"[byte >> 4]);
        tt_strbuf_add_char(out, "0123456789abcdef"[byte & 15]);
    }
    tt_strbuf_add_char(out, '"');
}

/** The label a single instruction shows for an address: a given one, else the index. */
static void add_address(TtStrbuf *out, const TtModule *module, const Labels *labels, uint32_t address) {
    if (!labels) {
        const char *label = tt_module_label_at(module, address);
        if (label)
            add_name(out, label, strlen(label));
        else
            tt_strbuf_add_format(out, "%" PRIu32, address);
        return;
    }
    if (labels->invented[address])
        tt_strbuf_add_text(out, labels->invented[address]);
    else
        add_module_name(out, module, module->labels.items[labels->first[address]].name);
}

static const TtFunction *function_of(const TtModule *module, TtInsn insn) {
    return &module->functions.items[insn.b];
}

/** Index of the variable name of a CATCH, or -1. */
static int32_t catch_name(const TtModule *module, TtInsn insn) {
    if (insn.a != 1) return insn.b;
    uint32_t variable = module->blocks.items[insn.b].variable;
    return variable == TT_NO_NAME ? -1 : (int32_t)variable;
}

/** A literal of a pattern, as the assembler tells its type. */
static void add_literal(TtStrbuf *out, TtValue literal) {
    size_t start = out->length;
    switch (literal.tag) {
    case TT_TAG_INT: tt_strbuf_add_format(out, "%" PRId64, literal.as.i); return;
    case TT_TAG_BOOL: tt_strbuf_add_text(out, literal.as.b ? "true" : "false"); return;
    case TT_TAG_NULL: tt_strbuf_add_text(out, "null"); return;
    case TT_TAG_STR: add_quoted_constant(out, literal); return;
    default: break;
    }
    tt_print_float(out, literal.as.f);
    for (size_t i = start; i < out->length; i++)
        if (!strchr("-0123456789", out->bytes[i])) return;
    tt_strbuf_add_text(out, ".0");
}

static void add_term(TtStrbuf *out, const TtModule *module, const TtTerm *term) {
    switch ((TtTermKind)term->kind) {
    case TT_TERM_ANY: tt_strbuf_add_text(out, "any"); return;
    case TT_TERM_EXIT: tt_strbuf_add_text(out, "exit"); return;
    case TT_TERM_DOWN: tt_strbuf_add_text(out, "down"); return;
    case TT_TERM_TYPE: tt_strbuf_add_text(out, tt_match_types[tt_match_type_of(term->tag)].word); return;
    case TT_TERM_FIELD: {
        TtValue field = module->constants.items[term->field];
        tt_strbuf_add_char(out, '.');
        add_name(out, tt_bytes_data(field), field.len);
        tt_strbuf_add_char(out, ' ');
        break;
    }
    case TT_TERM_EQUAL:
    case TT_TERM_KIND_COUNT: break;
    }
    tt_strbuf_add_text(out, "= ");
    add_literal(out, term->literal);
}

/** Patterns; the caller adds AFTER. */
static void add_patterns(TtStrbuf *out, const TtModule *module, const TtMatch *match) {
    const TtTerm *terms = module->terms.items + match->first;
    for (uint32_t i = 0; i < match->count; i++) {
        if (i) tt_strbuf_add_text(out, terms[i - 1].last ? ", " : " & ");
        add_term(out, module, &terms[i]);
    }
}

static void add_supervisor(TtStrbuf *out, const TtSupervisorSpec *spec) {
    tt_strbuf_add_format(out, "%s %" PRIu32 " %" PRIu32, tt_strategy_names[spec->strategy], spec->intensity,
                         spec->period_ms);
}

static void add_child(TtStrbuf *out, const TtModule *module, const TtChildSpec *spec) {
    add_quoted_constant(out, module->constants.items[spec->id]);
    tt_strbuf_add_format(out, " %s", tt_policy_names[spec->policy]);
    if (spec->label == spec->id) return;
    tt_strbuf_add_char(out, ' ');
    add_quoted_constant(out, module->constants.items[spec->label]);
}

/* ---- source text ------------------------------------------------------------------------------------ */

/** What follows the mnemonic, with a blank before it; nothing for an operand that is absent. */
static void add_operands(TtStrbuf *out, const TtModule *module, const Labels *labels, TtInsn insn) {
    size_t start = out->length;
    tt_strbuf_add_char(out, ' ');
    switch ((TtFormat)tt_op_info(insn.op)->format) {
    case TT_FORMAT_NONE: break;
    case TT_FORMAT_INT:
    case TT_FORMAT_OPT_INT:
        if (insn.a != 2) tt_strbuf_add_format(out, "%" PRId64, tt_insn_int(module, insn));
        break;
    case TT_FORMAT_FLOAT: tt_print_float(out, module->floats.items[insn.b]); break;
    case TT_FORMAT_STR: add_quoted_constant(out, constant_of(module, insn)); break;
    case TT_FORMAT_BYTES: add_hex(out, constant_of(module, insn)); break;
    case TT_FORMAT_FIELD:
    case TT_FORMAT_OPT_FIELD:
        if (insn.b >= 0)
            add_name(out, tt_bytes_data(constant_of(module, insn)), constant_of(module, insn).len);
        break;
    case TT_FORMAT_NAME: add_quoted_constant(out, constant_of(module, insn)); break;
    case TT_FORMAT_BOOL:
    case TT_FORMAT_OPT_BOOL:
        if (insn.b >= 0) tt_strbuf_add_text(out, insn.b ? "true" : "false");
        break;
    case TT_FORMAT_VAR: add_module_name(out, module, (uint32_t)insn.b); break;
    case TT_FORMAT_OPT_VAR:
        if (catch_name(module, insn) >= 0) add_module_name(out, module, (uint32_t)catch_name(module, insn));
        break;
    case TT_FORMAT_COUNT:
    case TT_FORMAT_OPT_COUNT:
        if (insn.b >= 0) tt_strbuf_add_format(out, "%" PRId32, insn.b);
        break;
    case TT_FORMAT_LABEL: add_address(out, module, labels, (uint32_t)insn.b); break;
    case TT_FORMAT_OPT_LABEL:
        if (insn.a == 0) add_address(out, module, labels, (uint32_t)insn.b);
        break;
    case TT_FORMAT_CALL:
        add_address(out, module, labels, function_of(module, insn)->entry);
        for (uint32_t i = 0; i < function_of(module, insn)->parameter_count; i++) {
            const char *parameter = function_of(module, insn)->parameters[i];
            tt_strbuf_add_char(out, ' ');
            add_name(out, parameter, strlen(parameter));
        }
        break;
    case TT_FORMAT_IMPORT: {
        const TtImport *import = &module->imports.items[insn.b];
        add_quoted_constant(out, module->constants.items[import->path]);
        if (import->prefix == TT_NO_NAME) break;
        tt_strbuf_add_text(out, " AS ");
        add_module_name(out, module, import->prefix);
        break;
    }
    case TT_FORMAT_MATCH:
        add_patterns(out, module, &module->matches.items[insn.b]);
        if (tt_insn_target(module, insn) == UINT32_MAX) break;
        tt_strbuf_add_text(out, " AFTER ");
        add_address(out, module, labels, tt_insn_target(module, insn));
        break;
    case TT_FORMAT_SUPERVISOR: add_supervisor(out, &module->supervisors.items[insn.b]); break;
    case TT_FORMAT_CHILD: add_child(out, module, &module->children.items[insn.b]); break;
    case TT_FORMAT_BUILTIN: tt_strbuf_add_text(out, tt_builtin_infos[insn.b].name); break;
    case TT_FORMAT_KINDS: break;
    }
    if (out->length == start + 1) out->bytes[--out->length] = '\0';
}

static void add_insn(TtStrbuf *out, const TtModule *module, const Labels *labels, uint32_t address) {
    TtInsn insn = module->code.items[address];
    tt_strbuf_add_text(out, tt_op_info(insn.op)->mnemonic);
    add_operands(out, module, labels, insn);
}

void tt_disasm_insn(TtStrbuf *out, const TtModule *module, uint32_t address) {
    add_insn(out, module, NULL, address);
}

/** A label for an address that has none: `L<address>`, made longer while a label of that name exists. */
static char *invent_label(const TtModule *module, uint32_t address) {
    TtStrbuf text = {0};
    tt_strbuf_add_format(&text, "L%" PRIu32, address);
    while (tt_names_find(&module->names, text.bytes, text.length) != TT_NO_NAME)
        tt_strbuf_add_char(&text, '_');
    return tt_strbuf_take(&text);
}

static void note_target(Labels *labels, const TtModule *module, uint32_t address) {
    if (labels->first[address] == TT_NO_NAME && !labels->invented[address])
        labels->invented[address] = invent_label(module, address);
}

static Labels collect_labels(const TtModule *module) {
    size_t count = (size_t)module->code.count + 1;
    Labels labels = {tt_alloc_zero(count * sizeof *labels.invented), tt_alloc(count * sizeof *labels.first)};
    memset(labels.first, 0xff, count * sizeof *labels.first);
    for (uint32_t i = module->labels.count; i-- > 0;) labels.first[module->labels.items[i].address] = i;
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtInsn insn = module->code.items[i];
        switch (tt_op_info(insn.op)->format) {
        case TT_FORMAT_LABEL: note_target(&labels, module, (uint32_t)insn.b); break;
        case TT_FORMAT_OPT_LABEL:
            if (insn.a == 0) note_target(&labels, module, (uint32_t)insn.b);
            break;
        case TT_FORMAT_MATCH:
            if (tt_insn_target(module, insn) != UINT32_MAX)
                note_target(&labels, module, tt_insn_target(module, insn));
            break;
        case TT_FORMAT_CALL: note_target(&labels, module, function_of(module, insn)->entry); break;
        default: break;
        }
    }
    return labels;
}

static void add_label_line(TtStrbuf *out, const char *bytes, size_t length) {
    tt_strbuf_add_text(out, "LABEL ");
    add_name(out, bytes, length);
    tt_strbuf_add_char(out, '\n');
}

/** Labels of one address. The verifier sees to it that they are sorted by address. */
static void add_labels(TtStrbuf *out, const TtModule *module, const Labels *labels, uint32_t address) {
    if (labels->invented[address])
        add_label_line(out, labels->invented[address], strlen(labels->invented[address]));
    for (uint32_t i = labels->first[address];
         i < module->labels.count && module->labels.items[i].address == address; i++) {
        const TtName *name = &module->names.items[module->labels.items[i].name];
        add_label_line(out, name->bytes, name->length);
    }
}

void tt_disasm_module(TtStrbuf *out, const TtModule *module, bool addresses) {
    Labels labels = collect_labels(module);
    for (uint32_t i = 0; i < module->code.count; i++) {
        add_labels(out, module, &labels, i);
        size_t start = out->length;
        tt_strbuf_add_text(out, "    ");
        add_insn(out, module, &labels, i);
        if (addresses) {
            do tt_strbuf_add_char(out, ' ');
            while (out->length - start < COMMENT_COLUMN);
            tt_strbuf_add_format(out, "; 0x%04" PRIX32, i);
            if (module->positions.items[i].line)
                tt_strbuf_add_format(out, " line %" PRIu32, module->positions.items[i].line);
        }
        tt_strbuf_add_char(out, '\n');
    }
    add_labels(out, module, &labels, module->code.count);
    for (uint32_t i = 0; i <= module->code.count; i++) tt_free(labels.invented[i]);
    tt_free(labels.invented);
    tt_free(labels.first);
}

/** `    ; NUMBER  text` of a line of the source, when there is one with something in it. */
static void add_source_line(TtStrbuf *out, const TtModule *module, const char *const *lines, uint32_t count,
                            uint32_t line) {
    if (!line || line > count) return;
    const char *begin = lines[line - 1], *end = module->source + module->source_length;
    const char *newline = memchr(begin, '\n', (size_t)(end - begin));
    if (newline) end = newline;
    while (end > begin && (end[-1] == '\r' || end[-1] == ' ')) end--;
    while (begin < end && (*begin == ' ' || *begin == '\t')) begin++;
    tt_strbuf_add_format(out, "    ; %" PRIu32 "  ", line);
    tt_strbuf_add(out, begin, (size_t)(end - begin));
    tt_strbuf_add_char(out, '\n');
}

void tt_disasm_listing(TtStrbuf *out, const TtModule *module) {
    Labels labels = collect_labels(module);
    TT_VEC(const char *) lines = {0};
    const char *source = module->source ? module->source : "";
    tt_vec_push(&lines, source);
    for (const char *at = source; (at = strchr(at, '\n')); at++) tt_vec_push(&lines, at + 1);
    tt_strbuf_add_format(out, "; Made from %s.\n\n", module->file);
    uint32_t shown = 0;
    for (uint32_t i = 0; i < module->code.count; i++) {
        if (i && labels.first[i] != TT_NO_NAME) tt_strbuf_add_char(out, '\n');
        if (labels.first[i] != TT_NO_NAME) shown = 0;
        add_labels(out, module, &labels, i);
        uint32_t line = module->positions.items[i].line;
        if (line != shown) add_source_line(out, module, lines.items, module->source ? lines.count : 0, line);
        shown = line;
        tt_strbuf_add_text(out, "    ");
        add_insn(out, module, &labels, i);
        tt_strbuf_add_char(out, '\n');
    }
    add_labels(out, module, &labels, module->code.count);
    for (uint32_t i = 0; i <= module->code.count; i++) tt_free(labels.invented[i]);
    tt_free(labels.invented);
    tt_free(labels.first);
    tt_vec_free(&lines);
}

/** Empty lines that are put in a row, and blanks before an instruction, to bring it to its place. */
#define MOST_EMPTY_LINES 5000
#define MOST_INDENT      200

static uint32_t count_labels(const TtModule *module, const Labels *labels, uint32_t address) {
    uint32_t count = labels->invented[address] != NULL;
    for (uint32_t i = labels->first[address];
         i < module->labels.count && module->labels.items[i].address == address; i++)
        count++;
    return count;
}

void tt_disasm_source(TtStrbuf *out, const TtModule *module) {
    Labels labels = collect_labels(module);
    uint32_t line = 1;
    for (uint32_t i = 0; i < module->code.count; i++) {
        TtPosition position = module->positions.items[i];
        uint32_t above = count_labels(module, &labels, i);
        uint64_t next = (uint64_t)line + above;
        if (position.line > next && position.line - next <= MOST_EMPTY_LINES)
            for (; next < position.line; next++) tt_strbuf_add_char(out, '\n');
        add_labels(out, module, &labels, i);
        bool placed = position.column > 0 && position.column <= MOST_INDENT;
        for (uint32_t c = placed ? position.column - 1 : 4; c > 0; c--) tt_strbuf_add_char(out, ' ');
        add_insn(out, module, &labels, i);
        tt_strbuf_add_char(out, '\n');
        line = (uint32_t)next + 1;
    }
    add_labels(out, module, &labels, module->code.count);
    for (uint32_t i = 0; i <= module->code.count; i++) tt_free(labels.invented[i]);
    tt_free(labels.invented);
    tt_free(labels.first);
}

/* ---- the form of traces ------------------------------------------------------------------------------ */

/** PUSH_INT → PushInt. */
static void add_camel_case(TtStrbuf *out, const char *mnemonic) {
    bool first = true;
    for (const char *c = mnemonic; *c; c++) {
        if (*c == '_')
            first = true;
        else {
            tt_strbuf_add_char(out, first || *c < 'A' || *c > 'Z' ? *c : (char)(*c - 'A' + 'a'));
            first = false;
        }
    }
}

static void add_trace_name(TtStrbuf *out, const TtModule *module, uint32_t name) {
    tt_print_quoted(out, module->names.items[name].bytes, module->names.items[name].length);
}

static void add_trace_call(TtStrbuf *out, const TtFunction *function) {
    tt_strbuf_add_format(out, " { addr: %" PRIu32 ", params: [", function->entry);
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        if (i) tt_strbuf_add_text(out, ", ");
        tt_print_quoted(out, function->parameters[i], strlen(function->parameters[i]));
    }
    tt_strbuf_add_text(out, "] }");
}

static void add_trace_import(TtStrbuf *out, const TtModule *module, const TtImport *import) {
    if (import->prefix == TT_NO_NAME) {
        tt_strbuf_add_char(out, '(');
        add_quoted_constant(out, module->constants.items[import->path]);
        tt_strbuf_add_char(out, ')');
        return;
    }
    tt_strbuf_add_text(out, " { path: ");
    add_quoted_constant(out, module->constants.items[import->path]);
    tt_strbuf_add_text(out, ", prefix: ");
    add_trace_name(out, module, import->prefix);
    tt_strbuf_add_text(out, " }");
}

/** The operand between parentheses; nothing when it is absent. */
static void add_trace_operand(TtStrbuf *out, const TtModule *module, TtInsn insn) {
    switch ((TtFormat)tt_op_info(insn.op)->format) {
    case TT_FORMAT_STR:
    case TT_FORMAT_FIELD:
    case TT_FORMAT_NAME: add_quoted_constant(out, constant_of(module, insn)); break;
    case TT_FORMAT_OPT_FIELD:
        if (insn.b >= 0) add_quoted_constant(out, constant_of(module, insn));
        break;
    case TT_FORMAT_VAR: add_trace_name(out, module, (uint32_t)insn.b); break;
    case TT_FORMAT_OPT_VAR:
        if (catch_name(module, insn) >= 0) add_trace_name(out, module, (uint32_t)catch_name(module, insn));
        break;
    case TT_FORMAT_LABEL:
    case TT_FORMAT_OPT_LABEL: tt_strbuf_add_format(out, "%" PRIu32, tt_insn_target(module, insn)); break;
    case TT_FORMAT_MATCH:
        add_patterns(out, module, &module->matches.items[insn.b]);
        if (tt_insn_target(module, insn) != UINT32_MAX)
            tt_strbuf_add_format(out, " AFTER %" PRIu32, tt_insn_target(module, insn));
        break;
    case TT_FORMAT_BUILTIN: {
        const char *name = tt_builtin_infos[insn.b].name;
        tt_print_quoted(out, name, strlen(name));
        break;
    }
    default: {
        /* Numbers, truth values and bytes look as in source text. */
        TtStrbuf operand = {0};
        add_operands(&operand, module, NULL, insn);
        if (operand.length) tt_strbuf_add(out, operand.bytes + 1, operand.length - 1);
        tt_strbuf_free(&operand);
    }
    }
}

void tt_disasm_trace(TtStrbuf *out, const TtModule *module, uint32_t address) {
    TtInsn insn = module->code.items[address];
    add_camel_case(out, tt_op_info(insn.op)->mnemonic);
    switch (tt_op_info(insn.op)->format) {
    case TT_FORMAT_NONE: return;
    case TT_FORMAT_CALL: add_trace_call(out, function_of(module, insn)); return;
    case TT_FORMAT_IMPORT: add_trace_import(out, module, &module->imports.items[insn.b]); return;
    default: break;
    }
    size_t start = out->length;
    tt_strbuf_add_char(out, '(');
    add_trace_operand(out, module, insn);
    if (out->length == start + 1)
        out->bytes[--out->length] = '\0';
    else
        tt_strbuf_add_char(out, ')');
}
