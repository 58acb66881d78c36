// SPDX-License-Identifier: MIT
/**
 * Build-time program: puts the standard library into `ttvm`, so that it runs from anywhere.
 * gen_std OUT.c FOLDER FILE… — FILEs are paths below FOLDER; the program knows them as std/FILE.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_or_fail(const char *path, const char *mode) {
    FILE *file = fopen(path, mode);
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void add_file(FILE *out, const char *path, const char *name) {
    FILE *in = open_or_fail(path, "rb");
    unsigned long count = 0;
    fprintf(out, "    {\"std/%s\", (const char *)(const unsigned char[]){", name);
    for (int byte = getc(in); byte != EOF; byte = getc(in))
        fprintf(out, count++ % 24 ? "%d," : "\n        %d,", byte);
    fprintf(out, "0}, %luu},\n", count);
    fclose(in);
}

int main(int count, char **args) {
    if (count < 3) {
        fprintf(stderr, "usage: gen_std OUT.c FOLDER FILE…\n");
        return 2;
    }
    FILE *out = open_or_fail(args[1], "wb");
    size_t folder_length = strlen(args[2]);
    fprintf(
        out,
        "/* Made by core/cli/gen_std.c from std/. */\n#include \"cli/host/native.h\"\n\n#include "
        "<string.h>\n\n"
        "static const struct StdFile {\n    const char *path, *bytes;\n    size_t length;\n} files[] = {\n");
    for (int i = 3; i < count; i++) {
        const char *name = args[i] + folder_length;
        while (*name == '/') name++;
        add_file(out, args[i], name);
    }
    fprintf(out,
            "    {NULL, NULL, 0},\n};\n\n"
            "const char *tt_cli_std_file(const char *path, size_t *length)\n{\n"
            "    while (path[0] == '.' && path[1] == '/') path += 2;\n"
            "    for (const struct StdFile *file = files; file->path; file++) {\n"
            "        if (strcmp(file->path, path) != 0) continue;\n"
            "        *length = file->length;\n        return file->bytes;\n    }\n    return NULL;\n}\n");
    if (fclose(out) != 0) {
        perror(args[1]);
        return 1;
    }
    return 0;
}
