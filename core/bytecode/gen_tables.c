// SPDX-License-Identifier: MIT
/**
 * Build-time program: writes the instruction and built-in tables for those who cannot include them.
 *   gen_tables typescript OUT.ts    for editors: completion, hover, highlighting
 *   gen_tables markdown OUT.md      the reference page
 */
#include "base/gen.h"
#include "bytecode/builtin.h"
#include "bytecode/opcode.h"

#include <string.h>

static void write_count(FILE *out, const char *name, int count) {
    if (count == TT_VARIES)
        fprintf(out, "%s: null, ", name);
    else
        fprintf(out, "%s: %d, ", name, count);
}

static void write_typescript(FILE *out) {
    fputs("// SPDX-License-Identifier: MIT\n"
          "// Generated from core/bytecode by gen_tables.c; do not edit.\n\n"
          "export interface Instruction {\n"
          "  readonly mnemonic: string;\n"
          "  /** Other spellings that are read. */\n"
          "  readonly synonyms: readonly string[];\n"
          "  /** How help shows the operands; empty when there is none. */\n"
          "  readonly operands: string;\n"
          "  /** Name of the operand format: a row of operand.def. */\n"
          "  readonly format: string;\n"
          "  /** Values taken from and left on the stack; null when it depends on operand or run time. */\n"
          "  readonly pops: number | null;\n"
          "  readonly pushes: number | null;\n"
          "  readonly group: string;\n"
          "  /** Stack before and after, top at the right. */\n"
          "  readonly picture: string;\n"
          "  readonly doc: string;\n"
          "  /** What it may raise, for a sentence; empty when nothing. */\n"
          "  readonly throws: string;\n"
          "}\n\n"
          "export interface Builtin {\n"
          "  readonly name: string;\n"
          "  readonly arity: number;\n"
          "  readonly signature: string;\n"
          "  readonly doc: string;\n"
          "}\n\n"
          "/** In the order of the table: the index is the number that images hold. */\n"
          "export const INSTRUCTIONS: readonly Instruction[] = [\n",
          out);
    for (int op = 0; op < TT_OP_COUNT; op++) {
        const TtOpInfo *info = &tt_op_infos[op];
        fputs("  { ", out);
        tt_gen_field(out, "mnemonic", info->mnemonic);
        fputs("synonyms: [", out);
        const char *separator = "";
        for (size_t i = 0; i < tt_op_synonym_count; i++) {
            if ((int)tt_op_synonyms[i].op != op) continue;
            fputs(separator, out);
            tt_gen_quoted(out, tt_op_synonyms[i].text);
            separator = ", ";
        }
        fputs("], ", out);
        tt_gen_field(out, "operands", tt_format_infos[info->format].text);
        tt_gen_field(out, "format", tt_format_infos[info->format].name);
        write_count(out, "pops", info->pops);
        write_count(out, "pushes", info->pushes);
        tt_gen_field(out, "group", info->group);
        tt_gen_field(out, "picture", info->picture);
        tt_gen_field(out, "doc", info->doc);
        tt_gen_field(out, "throws", info->flags & TT_FLAG_THROWS ? "an exception" : "");
        fputs("},\n", out);
    }
    fputs("];\n\nexport const BUILTINS: readonly Builtin[] = [\n", out);
    for (int i = 0; i < TT_BUILTIN_COUNT; i++) {
        const TtBuiltinInfo *info = &tt_builtin_infos[i];
        fputs("  { ", out);
        tt_gen_field(out, "name", info->name);
        fprintf(out, "arity: %u, ", (unsigned)info->arity);
        tt_gen_field(out, "signature", info->signature);
        tt_gen_field(out, "doc", info->doc);
        fputs("},\n", out);
    }
    fputs("];\n", out);
}

static void write_group(FILE *out, const char *group) {
    fprintf(out, "\n## %s\n\n| instruction | operands | stack | |\n| --- | --- | --- | --- |\n", group);
    for (int op = 0; op < TT_OP_COUNT; op++) {
        const TtOpInfo *info = &tt_op_infos[op];
        if (strcmp(info->group, group) != 0) continue;
        tt_gen_cell(out, info->mnemonic, true);
        tt_gen_cell(out, tt_format_infos[info->format].text, true);
        tt_gen_cell(out, info->picture, true);
        tt_gen_cell(out, info->doc, false);
        fputs("|\n", out);
    }
}

static bool is_first_of_group(int op) {
    for (int before = 0; before < op; before++) {
        if (strcmp(tt_op_infos[before].group, tt_op_infos[op].group) == 0) return false;
    }
    return true;
}

static void write_markdown(FILE *out) {
    fputs("# Instructions\n\nMade from `core/bytecode/opcodes.def`. Stack pictures show the top at the "
          "right. Case does "
          "not matter in\nmnemonics, nor do underscores.\n",
          out);
    for (int op = 0; op < TT_OP_COUNT; op++) {
        if (is_first_of_group(op)) write_group(out, tt_op_infos[op].group);
    }
    fputs("\n## Other spellings that are read\n\n| spelling | instruction |\n| --- | --- |\n", out);
    for (size_t i = 0; i < tt_op_synonym_count; i++) {
        tt_gen_cell(out, tt_op_synonyms[i].text, true);
        tt_gen_cell(out, tt_op_infos[tt_op_synonyms[i].op].mnemonic, true);
        fputs("|\n", out);
    }
    fputs("\n# Built-in functions\n\nCalled by `BUILTIN name`.\n\n| name | arguments | |\n| --- | --- | --- "
          "|\n",
          out);
    for (int i = 0; i < TT_BUILTIN_COUNT; i++) {
        tt_gen_cell(out, tt_builtin_infos[i].name, true);
        tt_gen_cell(out, tt_builtin_infos[i].signature, true);
        tt_gen_cell(out, tt_builtin_infos[i].doc, false);
        fputs("|\n", out);
    }
}

int main(int argc, char **argv) {
    void (*write)(FILE *) = NULL;
    if (argc == 3 && strcmp(argv[1], "typescript") == 0) write = write_typescript;
    if (argc == 3 && strcmp(argv[1], "markdown") == 0) write = write_markdown;
    if (!write) {
        fputs("usage: gen_tables typescript|markdown OUT\n", stderr);
        return 2;
    }
    return tt_gen_file(argv[2], write);
}
