// SPDX-License-Identifier: MIT
/**
 * The tables of Lisp for others: `gen_lisp_words typescript|names|markdown OUT`. `names` are those that
 * colours depend on, without any text: for code that has to be small.
 */
#include "base/gen.h"
#include "lisp/lisp_internal.h"

#include <string.h>

typedef struct Row {
    const char *kind, *name, *group, *syntax, *doc;
} Row;

static const Row rows[] = {
#define TT_LISP_FORM(name, text, group, syntax, doc)                 {"form", text, group, syntax, doc},
#define TT_LISP_OPERATOR(name, text, parameters, group, syntax, doc) {"operator", text, group, syntax, doc},
#define TT_LISP_CLAUSE(text, group, syntax, doc)                     {"clause", text, group, syntax, doc},
#include "lisp/forms.def"
};
#define ROWS (sizeof rows / sizeof *rows)

static void write_typescript(FILE *out) {
    fputs("// SPDX-License-Identifier: MIT\n"
          "/** Made by core/lisp/gen_lisp_words.c of forms.def and std/. */\n"
          "export interface LispWord {\n"
          "  /** A clause has a meaning inside of some form only. */\n"
          "  readonly kind: 'form' | 'operator' | 'clause';\n"
          "  readonly name: string;\n"
          "  readonly group: string;\n"
          "  readonly syntax: string;\n"
          "  readonly doc: string;\n"
          "}\n\n"
          "export const LISP_WORDS: readonly LispWord[] = [\n",
          out);
    for (size_t i = 0; i < ROWS; i++) {
        fprintf(out, "  { kind: '%s', name: ", rows[i].kind);
        tt_gen_quoted(out, rows[i].name);
        fputs(", group: ", out);
        tt_gen_quoted(out, rows[i].group);
        fputs(", syntax: ", out);
        tt_gen_quoted(out, rows[i].syntax);
        fputs(", doc: ", out);
        tt_gen_quoted(out, rows[i].doc);
        fputs(" },\n", out);
    }
    fputs("];\n\n/** Names of std, which Lisp programs know without an import; arity -1: no function. */\n"
          "export const LISP_STD: readonly { readonly name: string; readonly module: string; readonly arity: "
          "number }[] = "
          "[\n",
          out);
    for (const TtLispStdName *name = tt_lisp_std_names; name->name; name++)
        fprintf(out, "  { name: '%s', module: '%s', arity: %d },\n", name->name, name->module, name->arity);
    fputs("];\n", out);
}

static bool is_first_of_group(size_t row) {
    for (size_t i = 0; i < row; i++)
        if (strcmp(rows[i].group, rows[row].group) == 0) return false;
    return true;
}

static void write_markdown(FILE *out) {
    fputs("# Lisp\n\nMade from `core/lisp/forms.def`. Besides these, every instruction that takes its "
          "operands from the\n"
          "stack is a function of the same name in small letters with `-` for `_`, and so is all of std.\n",
          out);
    for (size_t first = 0; first < ROWS; first++) {
        if (!is_first_of_group(first)) continue;
        fprintf(out, "\n## %s\n\n| form | |\n| --- | --- |\n", rows[first].group);
        for (size_t i = first; i < ROWS; i++) {
            if (strcmp(rows[i].group, rows[first].group) != 0) continue;
            tt_gen_cell(out, rows[i].syntax, true);
            tt_gen_cell(out, rows[i].doc, false);
            fputs("|\n", out);
        }
    }
}

static bool is_of_actors(const char *group) {
    return strcmp(group, "actors") == 0;
}

/** Rows of the group `actors` or the others; operators, which are functions, only of the first. */
static void write_row_names(FILE *out, bool actors) {
    for (size_t i = 0; i < ROWS; i++) {
        bool mine = is_of_actors(rows[i].group) ? actors : !actors && strcmp(rows[i].kind, "operator") != 0;
        if (!mine) continue;
        fputs("  ", out);
        tt_gen_quoted(out, rows[i].name);
        fputs(",\n", out);
    }
}

static void write_names(FILE *out) {
    fputs("// SPDX-License-Identifier: MIT\n"
          "/** Made by core/lisp/gen_lisp_words.c of forms.def and opcodes.def. */\n"
          "export const LISP_FORM_NAMES: readonly string[] = [\n",
          out);
    write_row_names(out, false);
    fputs("];\nexport const LISP_ACTOR_NAMES: readonly string[] = [\n", out);
    write_row_names(out, true);
    /* Instructions that take everything from the stack are functions. */
    for (int op = 0; op < TT_OP_COUNT; op++) {
        const TtOpInfo *info = tt_op_info((unsigned)op);
        if (info->format != TT_FORMAT_NONE || !is_of_actors(info->group)) continue;
        fputs("  '", out);
        for (const char *at = info->mnemonic; *at; at++)
            fputc(*at == '_' ? '-' : *at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at, out);
        fputs("',\n", out);
    }
    fputs("];\n", out);
}

int main(int argc, char **argv) {
    void (*write)(FILE *) = NULL;
    if (argc == 3 && strcmp(argv[1], "typescript") == 0) write = write_typescript;
    if (argc == 3 && strcmp(argv[1], "names") == 0) write = write_names;
    if (argc == 3 && strcmp(argv[1], "markdown") == 0) write = write_markdown;
    if (!write) {
        fputs("usage: gen_lisp_words typescript|names|markdown OUT\n", stderr);
        return 2;
    }
    return tt_gen_file(argv[2], write);
}
