// SPDX-License-Identifier: MIT
/**
 * Every count is met item by item, each of at least one byte, so memory stays in proportion to the
 * file. Indices into other tables are left to the verifier, but for those that making the tables needs.
 */
#include "module/image.h"

#include "base/alloc.h"
#include "base/config.h"
#include "base/utf8.h"
#include "bytecode/builtin.h"
#include "module/image_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

typedef struct Reader {
    const unsigned char *bytes;
    size_t at, end; /* end: of the section that is being read */
    TtModule *module;
    TtError *error;
    TT_VEC(int) builtins; /* index in the image → number of this program */
} Reader;

static bool fail(Reader *reader, size_t at, const char *format, ...) TT_PRINTF(3, 4);

static bool fail(Reader *reader, size_t at, const char *format, ...) {
    char detail[200];
    va_list args;
    va_start(args, format);
    tt_format_text(detail, sizeof detail, format, args);
    va_end(args);
    (void)tt_error_set(reader->error, TT_ERR_PARSE_ERROR, "Bad image at offset %zu: %s", at, detail);
    return false;
}

/* ---- numbers and texts -------------------------------------------------------------------------------- */

static uint32_t u32_at(const unsigned char *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool get_byte(Reader *reader, const char *what, unsigned *value) {
    if (reader->at == reader->end) return fail(reader, reader->at, "expected %s but the section ends", what);
    *value = reader->bytes[reader->at++];
    return true;
}

/** A number of 0 … limit in its shortest form. */
static bool get_number(Reader *reader, const char *what, uint64_t limit, uint64_t *value) {
    size_t start = reader->at;
    *value = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned byte = 0;
        if (!get_byte(reader, what, &byte)) return false;
        if (shift == 63 && byte > 1)
            return fail(reader, start, "expected %s but got a number above 64 bits", what);
        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte & 0x80) continue;
        if (!byte && shift) return fail(reader, start, "expected %s in its shortest form", what);
        break;
    }
    if (*value > limit) {
        return fail(reader, start, "expected %s of at most %" PRIu64 " but got %" PRIu64, what, limit,
                    *value);
    }
    return true;
}

static bool get_u32(Reader *reader, const char *what, uint32_t limit, uint32_t *value) {
    uint64_t number;
    if (!get_number(reader, what, limit, &number)) return false;
    *value = (uint32_t)number;
    return true;
}

static bool get_signed(Reader *reader, const char *what, int64_t *value) {
    uint64_t number;
    if (!get_number(reader, what, UINT64_MAX, &number)) return false;
    uint64_t bits = (number >> 1) ^ (number & 1 ? UINT64_MAX : 0);
    memcpy(value, &bits, sizeof bits);
    return true;
}

/** The count at the start of a section; no more than there are bytes for. */
static bool get_count(Reader *reader, const char *what, uint32_t *count) {
    size_t start = reader->at;
    if (!get_u32(reader, what, UINT32_MAX - 1, count)) return false;
    size_t left = reader->end - reader->at;
    if (*count > left)
        return fail(reader, start, "expected %s but got %" PRIu32 " with %zu bytes left", what, *count, left);
    return true;
}

static bool get_text(Reader *reader, const char *what, const char **text, uint32_t *length) {
    size_t start = reader->at;
    if (!get_u32(reader, what, UINT32_MAX - 1, length)) return false;
    size_t left = reader->end - reader->at;
    if (*length > left)
        return fail(reader, start, "expected %s but got a length of %" PRIu32 " with %zu bytes left", what,
                    *length, left);
    *text = (const char *)reader->bytes + reader->at;
    reader->at += *length;
    return true;
}

/** Text that is used as a C string in places: UTF-8 without NUL. */
static bool get_clean_text(Reader *reader, const char *what, const char **text, uint32_t *length) {
    size_t start = reader->at;
    if (!get_text(reader, what, text, length)) return false;
    if (!tt_utf8_valid(*text, *length) || memchr(*text, 0, *length))
        return fail(reader, start, "expected %s of UTF-8 text without NUL", what);
    return true;
}

/** A name index + 1, 0: none. */
static bool get_optional_name(Reader *reader, uint32_t *name) {
    uint32_t number;
    if (!get_u32(reader, "a name", reader->module->names.count, &number)) return false;
    *name = number ? number - 1 : TT_NO_NAME;
    return true;
}

/* ---- sections ----------------------------------------------------------------------------------------- */

static bool read_file(Reader *reader) {
    const char *text = "";
    uint32_t length = 0;
    if (!get_clean_text(reader, "a file name", &text, &length)) return false;
    tt_free(reader->module->file);
    reader->module->file = tt_alloc_string(text, length);
    return true;
}

static bool read_names(Reader *reader) {
    TtNames *names = &reader->module->names;
    uint32_t count;
    if (!get_count(reader, "the number of names", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        size_t start = reader->at;
        const char *text = "";
        uint32_t length = 0;
        if (!get_clean_text(reader, "a name", &text, &length)) return false;
        if (!length) return fail(reader, start, "expected a name but got an empty one");
        if (tt_names_add(names, text, length) != i)
            return fail(reader, start, "expected a new name but got one again");
    }
    return true;
}

static bool read_constants(Reader *reader) {
    uint32_t count;
    if (!get_count(reader, "the number of constants", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        size_t start = reader->at;
        unsigned tag = 0;
        const char *text = "";
        uint32_t length = 0;
        if (!get_byte(reader, "the type of a constant", &tag)) return false;
        if (tag > 1) return fail(reader, start, "expected 0 (Str) or 1 (Bytes) but got %u", tag);
        if (!get_text(reader, "a constant", &text, &length)) return false;
        if (tag == 0 && !tt_utf8_valid(text, length))
            return fail(reader, start, "expected a Str of UTF-8 text");
        if (tt_module_add_constant(reader->module, tag ? TT_TAG_BYTES : TT_TAG_STR, text, length) != i)
            return fail(reader, start, "expected a new constant but got one again");
    }
    return true;
}

static bool read_ints(Reader *reader) {
    uint32_t count;
    if (!get_count(reader, "the number of integers", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        int64_t value;
        if (!get_signed(reader, "an integer", &value)) return false;
        tt_vec_push(&reader->module->ints, value);
    }
    return true;
}

static bool get_float(Reader *reader, double *value) {
    if (reader->end - reader->at < 8)
        return fail(reader, reader->at, "expected a float but the section ends");
    const unsigned char *at = reader->bytes + reader->at;
    uint64_t bits = u32_at(at) | (uint64_t)u32_at(at + 4) << 32;
    memcpy(value, &bits, sizeof *value);
    reader->at += 8;
    return true;
}

static bool read_floats(Reader *reader) {
    uint32_t count;
    if (!get_count(reader, "the number of floats", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        double value;
        if (!get_float(reader, &value)) return false;
        tt_vec_push(&reader->module->floats, value);
    }
    return true;
}

static bool read_functions(Reader *reader) {
    uint32_t count, name_count = reader->module->names.count;
    if (!get_count(reader, "the number of functions", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        size_t start = reader->at;
        uint32_t entry, parameter_count, parameters[TT_MAX_OPERANDS];
        if (!get_u32(reader, "an entry address", TT_MAX_CODE, &entry)) return false;
        if (!get_u32(reader, "a number of parameters", TT_MAX_OPERANDS, &parameter_count)) return false;
        for (uint32_t p = 0; p < parameter_count; p++) {
            if (!name_count)
                return fail(reader, reader->at, "expected a parameter's name but there are no names");
            if (!get_u32(reader, "a parameter's name", name_count - 1, &parameters[p])) return false;
        }
        if (tt_module_add_function(reader->module, entry, parameters, parameter_count) != i)
            return fail(reader, start, "expected a new function but got one again");
    }
    return true;
}

static bool read_labels(Reader *reader) {
    uint32_t count;
    if (!get_count(reader, "the number of labels", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        TtLabel label;
        if (!reader->module->names.count)
            return fail(reader, reader->at, "expected a label's name but there are no names");
        if (!get_u32(reader, "a label's name", reader->module->names.count - 1, &label.name)) return false;
        if (!get_u32(reader, "a label's address", TT_MAX_CODE, &label.address)) return false;
        tt_vec_push(&reader->module->labels, label);
    }
    return true;
}

static bool read_imports(Reader *reader) {
    uint32_t count;
    if (!get_count(reader, "the number of imports", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        TtImport import;
        if (!get_u32(reader, "the constant of a path", UINT32_MAX - 1, &import.path)) return false;
        if (!get_optional_name(reader, &import.prefix)) return false;
        tt_vec_push(&reader->module->imports, import);
    }
    return true;
}

static bool read_builtins(Reader *reader) {
    uint32_t count;
    if (!get_count(reader, "the number of built-ins", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        size_t start = reader->at;
        const char *text = "";
        uint32_t length = 0;
        if (!get_clean_text(reader, "the name of a built-in", &text, &length)) return false;
        int number = tt_builtin_find(text, length);
        if (number < 0)
            return fail(reader, start, "unknown built-in %.*s (made by a newer version?)",
                        length > 60 ? 60 : (int)length, text);
        tt_vec_push(&reader->builtins, number);
    }
    return true;
}

static bool read_blocks(Reader *reader) {
    uint32_t count;
    if (!get_count(reader, "the number of blocks", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        TtBlock block;
        if (!get_u32(reader, "the address of a TRY", TT_MAX_CODE, &block.try_at)) return false;
        if (!get_u32(reader, "the address of a CATCH", TT_MAX_CODE, &block.catch_at)) return false;
        if (!get_u32(reader, "the address of an END_TRY", TT_MAX_CODE, &block.end_at)) return false;
        if (!get_optional_name(reader, &block.variable)) return false;
        tt_vec_push(&reader->module->blocks, block);
    }
    return true;
}

/** The index of a constant, which must be there already. */
static bool get_constant(Reader *reader, const char *what, uint32_t *constant) {
    uint32_t count = reader->module->constants.count;
    if (!count) return fail(reader, reader->at, "expected %s but there are no constants", what);
    return get_u32(reader, what, count - 1, constant);
}

static bool get_literal(Reader *reader, TtValue *literal) {
    size_t start = reader->at;
    unsigned type = 0;
    uint32_t constant = 0;
    if (!get_byte(reader, "the type of a literal", &type)) return false;
    switch (type) {
    case TT_IMAGE_NULL: *literal = tt_null(); return true;
    case TT_IMAGE_FALSE:
    case TT_IMAGE_TRUE: *literal = tt_bool(type == TT_IMAGE_TRUE); return true;
    case TT_IMAGE_INT: *literal = tt_int(0); return get_signed(reader, "an integer", &literal->as.i);
    case TT_IMAGE_FLOAT: *literal = tt_float(0); return get_float(reader, &literal->as.f);
    case TT_IMAGE_STR:
        if (!get_constant(reader, "the constant of a literal", &constant)) return false;
        *literal = reader->module->constants.items[constant];
        return literal->tag == TT_TAG_STR ||
               fail(reader, start, "expected a literal that is a Str but got Bytes");
    default:
        return fail(reader, start, "expected the type of a literal of at most %d but got %u",
                    TT_IMAGE_LITERAL_END - 1, type);
    }
}

static bool read_terms(Reader *reader) {
    uint32_t count;
    if (!get_count(reader, "the number of terms", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        size_t start = reader->at;
        unsigned kind = 0, type = 0;
        TtTerm term = {0};
        if (!get_byte(reader, "the kind of a term", &kind)) return false;
        term.last = (kind & TT_IMAGE_LAST_TERM) != 0;
        kind &= ~(unsigned)TT_IMAGE_LAST_TERM;
        if (kind >= TT_TERM_KIND_COUNT)
            return fail(reader, start, "expected the kind of a term of at most %d but got %u",
                        TT_TERM_KIND_COUNT - 1, kind);
        term.kind = (uint8_t)kind;
        if (kind == TT_TERM_TYPE) {
            if (!get_byte(reader, "the type of a term", &type)) return false;
            if (type >= TT_MATCH_TYPE_COUNT)
                return fail(reader, start, "expected the type of a term of at most %d but got %u",
                            TT_MATCH_TYPE_COUNT - 1, type);
            term.tag = (uint8_t)tt_match_types[type].tag;
        }
        if (kind == TT_TERM_FIELD && !get_constant(reader, "the constant of a field", &term.field))
            return false;
        if ((kind == TT_TERM_FIELD || kind == TT_TERM_EQUAL) && !get_literal(reader, &term.literal))
            return false;
        tt_vec_push(&reader->module->terms, term);
    }
    return true;
}

static bool read_matches(Reader *reader) {
    uint32_t count, first = 0;
    if (!get_count(reader, "the number of matches", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        TtMatch match = {.first = first};
        if (!get_u32(reader, "a number of terms", reader->module->terms.count - first, &match.count))
            return false;
        if (!get_u32(reader, "the address after a time-out", TT_MAX_CODE + 1, &match.after)) return false;
        match.after = match.after ? match.after - 1 : UINT32_MAX;
        first += match.count;
        tt_vec_push(&reader->module->matches, match);
    }
    return true;
}

static bool read_supervisors(Reader *reader) {
    uint32_t count;
    if (!get_count(reader, "the number of supervisors", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        TtSupervisorSpec spec;
        if (!get_u32(reader, "a strategy", TT_STRATEGY_COUNT - 1, &spec.strategy)) return false;
        if (!get_u32(reader, "a number of restarts", UINT32_MAX, &spec.intensity)) return false;
        if (!get_u32(reader, "a period", UINT32_MAX, &spec.period_ms)) return false;
        tt_vec_push(&reader->module->supervisors, spec);
    }
    return true;
}

static bool read_children(Reader *reader) {
    uint32_t count;
    if (!get_count(reader, "the number of children", &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        TtChildSpec spec;
        if (!get_u32(reader, "the constant of a child", UINT32_MAX - 1, &spec.id)) return false;
        if (!get_u32(reader, "a policy", TT_POLICY_COUNT - 1, &spec.policy)) return false;
        if (!get_u32(reader, "the constant of a label", UINT32_MAX - 1, &spec.label)) return false;
        tt_vec_push(&reader->module->children, spec);
    }
    return true;
}

static bool read_operand(Reader *reader, TtFormat format, TtInsn *insn) {
    unsigned variant = 0;
    int64_t operand;
    if (tt_image_has_variant(format) && !get_byte(reader, "the variant of an operand", &variant))
        return false;
    insn->a = (uint16_t)variant;
    size_t start = reader->at;
    if (!get_signed(reader, "an operand", &operand)) return false;
    if (operand < INT32_MIN || operand > INT32_MAX)
        return fail(reader, start, "expected an operand of 32 bits but got %" PRId64, operand);
    insn->b = (int32_t)operand;
    if (format != TT_FORMAT_BUILTIN) return true;
    if (operand < 0 || operand >= (int64_t)reader->builtins.count)
        return fail(reader, start, "expected the index of one of %" PRIu32 " built-ins but got %" PRId64,
                    reader->builtins.count, operand);
    insn->b = reader->builtins.items[operand];
    return true;
}

static bool read_code(Reader *reader) {
    uint32_t count;
    size_t start = reader->at;
    if (!get_count(reader, "the number of instructions", &count)) return false;
    if (count > TT_MAX_CODE)
        return fail(reader, start, "expected at most %u instructions but got %" PRIu32, TT_MAX_CODE, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t op;
        if (!get_u32(reader, "the number of an instruction", TT_OP_COUNT - 1, &op)) return false;
        TtInsn insn = {.op = (uint16_t)op};
        TtFormat format = (TtFormat)tt_op_info(op)->format;
        if (format != TT_FORMAT_NONE && !read_operand(reader, format, &insn)) return false;
        tt_vec_push(&reader->module->code, insn);
    }
    return true;
}

static bool read_positions(Reader *reader) {
    uint32_t line = 0;
    for (uint32_t i = 0; i < reader->module->code.count; i++) {
        size_t start = reader->at;
        int64_t step;
        TtPosition position;
        if (!get_signed(reader, "a line", &step)) return false;
        if (step < -(int64_t)line || step > (int64_t)UINT32_MAX - line)
            return fail(reader, start, "expected a line number but got a step of %" PRId64, step);
        position.line = line = (uint32_t)(line + step);
        if (!get_u32(reader, "a column", UINT32_MAX, &position.column)) return false;
        tt_vec_push(&reader->module->positions, position);
    }
    return true;
}

static bool read_contents(Reader *reader, TtImageSection section) {
    switch (section) {
    case TT_IMAGE_FILE: return read_file(reader);
    case TT_IMAGE_NAMES: return read_names(reader);
    case TT_IMAGE_CONSTANTS: return read_constants(reader);
    case TT_IMAGE_INTS: return read_ints(reader);
    case TT_IMAGE_FLOATS: return read_floats(reader);
    case TT_IMAGE_FUNCTIONS: return read_functions(reader);
    case TT_IMAGE_LABELS: return read_labels(reader);
    case TT_IMAGE_IMPORTS: return read_imports(reader);
    case TT_IMAGE_BUILTINS: return read_builtins(reader);
    case TT_IMAGE_BLOCKS: return read_blocks(reader);
    case TT_IMAGE_TERMS: return read_terms(reader);
    case TT_IMAGE_MATCHES: return read_matches(reader);
    case TT_IMAGE_SUPERVISORS: return read_supervisors(reader);
    case TT_IMAGE_CHILDREN: return read_children(reader);
    case TT_IMAGE_CODE: return read_code(reader);
    case TT_IMAGE_POSITIONS: return read_positions(reader);
    case TT_IMAGE_SECTION_END: break;
    }
    return false;
}

/* ---- the whole ------------------------------------------------------------------------------------------
 */

static bool read_header(Reader *reader, size_t length) {
    if (!tt_image_is(reader->bytes, length)) return fail(reader, 0, "expected the mark of an image");
    if (length < TT_IMAGE_HEADER_SIZE || memcmp(reader->bytes, TT_IMAGE_MAGIC, TT_IMAGE_MAGIC_SIZE) != 0)
        return fail(reader, 4, "expected the rest of the header; the file was cut or copied as text");
    if (length > TT_MAX_SOURCE_BYTES)
        return fail(reader, 0, "%zu bytes are too many, at most %u", length, TT_MAX_SOURCE_BYTES);
    uint32_t version = u32_at(reader->bytes + 8), size = u32_at(reader->bytes + 12);
    if (version != TT_IMAGE_VERSION)
        return fail(reader, 8, "expected version %d but got %" PRIu32, TT_IMAGE_VERSION, version);
    size_t payload = length - TT_IMAGE_HEADER_SIZE;
    if (size != payload)
        return fail(reader, 12, "expected %" PRIu32 " bytes after the header but got %zu", size, payload);
    uint32_t wanted = u32_at(reader->bytes + 16),
             got = tt_hash_bytes(reader->bytes + TT_IMAGE_HEADER_SIZE, payload);
    if (wanted != got)
        return fail(reader, 16, "expected checksum %08" PRIX32 " but the contents have %08" PRIX32, wanted,
                    got);
    return true;
}

static bool read_sections(Reader *reader, size_t length) {
    reader->at = TT_IMAGE_HEADER_SIZE;
    for (int section = TT_IMAGE_FILE; section < TT_IMAGE_SECTION_END; section++) {
        size_t start = reader->at;
        if (length - start < 5) return fail(reader, start, "expected section %d but the image ends", section);
        if (reader->bytes[start] != section)
            return fail(reader, start, "expected section %d but got %u", section, reader->bytes[start]);
        uint32_t size = u32_at(reader->bytes + start + 1);
        reader->at = start + 5;
        if (size > length - reader->at)
            return fail(reader, start + 1, "expected a section of %" PRIu32 " bytes but got %zu", size,
                        length - reader->at);
        reader->end = reader->at + size;
        if (!read_contents(reader, (TtImageSection)section)) return false;
        if (reader->at != reader->end)
            return fail(reader, reader->at, "expected the end of section %d", section);
    }
    return reader->at == length || fail(reader, reader->at, "expected the end of the image");
}

/** Addresses by which functions get their names. */
static bool check_labels(Reader *reader) {
    const TtModule *module = reader->module;
    for (uint32_t i = 0; i < module->labels.count; i++)
        if (module->labels.items[i].address > module->code.count)
            return fail(reader, reader->at, "label %s has address %" PRIu32 " of %" PRIu32,
                        tt_names_text(&module->names, module->labels.items[i].name),
                        module->labels.items[i].address, module->code.count);
    return true;
}

bool tt_image_is(const void *bytes, size_t length) {
    return length >= 4 && memcmp(bytes, TT_IMAGE_MAGIC, 4) == 0;
}

TtResult tt_image_read(const char *file, const void *bytes, size_t length, TtModule **module,
                       TtError *error) {
    Reader reader = {.bytes = bytes, .error = error, .module = tt_module_create(file)};
    bool good = read_header(&reader, length) && read_sections(&reader, length) && check_labels(&reader);
    tt_vec_free(&reader.builtins);
    if (!good) {
        tt_module_destroy(reader.module);
        return TT_ERR_PARSE_ERROR;
    }
    tt_module_name_functions(reader.module);
    *module = reader.module;
    return TT_OK;
}
