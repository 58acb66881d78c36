// SPDX-License-Identifier: MIT
/** What the build-time programs `gen_*.c` share, which write tables as TypeScript and Markdown. For them
 * only. */
#ifndef TT_BASE_GEN_H
#define TT_BASE_GEN_H

#include <stdbool.h>
#include <stdio.h>

/** A JavaScript string. Tables are UTF-8, without control characters. */
static inline void tt_gen_quoted(FILE *out, const char *text) {
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\') fputc('\\', out);
        fputc(*text, out);
    }
    fputc('\'', out);
}

/** A property of an object, with the comma behind it. */
static inline void tt_gen_field(FILE *out, const char *name, const char *text) {
    fprintf(out, "%s: ", name);
    tt_gen_quoted(out, text);
    fputs(", ", out);
}

/** A table cell of Markdown with the bar before it, as code unless empty: `|` would end it. */
static inline void tt_gen_cell(FILE *out, const char *text, bool code) {
    fputs(*text && code ? "| `" : "| ", out);
    for (; *text; text++) {
        if (*text == '|') fputc('\\', out);
        fputc(*text, out);
        if (!text[1] && code) fputc('`', out);
    }
    fputc(' ', out);
}

/** Makes the file `path`; the exit status of a program that does nothing else. */
static inline int tt_gen_file(const char *path, void (*write)(FILE *out)) {
    FILE *out = fopen(path, "wb");
    if (!out) {
        perror(path);
        return 1;
    }
    write(out);
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        perror(path);
        return 1;
    }
    return 0;
}

#endif
