// SPDX-License-Identifier: MIT
#include "coverage.h"

#include "bytecode/opcode.h"
#include "generate.h"
#include "run.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const builtins[] = {
#define TT_BUILTIN(id, text, arity, signature, doc) text,
#include "bytecode/builtins.def"
#undef TT_BUILTIN
};
#define BUILTINS (sizeof builtins / sizeof *builtins)

/** Requests to the host, which the runs of this folder refuse: files, console input, services. */
static const char *const not_here[] = {
    "files",   "network", "async",        "databases", "READ_LINE",  "READ_CHAR", "READ_INPUT", "GET_ENV",
    "SET_ENV", "EXEC",    "EXEC_CAPTURE", "COMPRESS",  "DECOMPRESS", "HASH",      "ENCRYPT",    "DECRYPT"};

static uint64_t executed[TT_OP_COUNT], called[BUILTINS];

/** `PushInt` is PUSH_INT. */
static bool is_mnemonic(const char *mnemonic, const char *word, size_t length) {
    size_t i = 0;
    for (const char *at = mnemonic; *at; at++) {
        if (*at == '_') continue;
        if (i == length || toupper((unsigned char)word[i++]) != *at) return false;
    }
    return i == length;
}

static void count_line(const char *at, const char *end) {
    static const char mark[] = "[trace]";
    if ((size_t)(end - at) < sizeof mark || memcmp(at, mark, sizeof mark - 1) != 0) return;
    at += sizeof mark - 1;
    while (at < end && *at == ' ') at++;
    while (at < end && (*at == '<' || *at == '>' || *at == ' ' || isdigit((unsigned char)*at)))
        at++; /* the actor */
    size_t length = 0;
    while (at + length < end && isalnum((unsigned char)at[length])) length++;
    for (int op = 0; op < TT_OP_COUNT; op++)
        if (is_mnemonic(tt_op_info((TtOp)op)->mnemonic, at, length)) executed[op]++;
    static const char builtin[] = "Builtin(\"";
    if ((size_t)(end - at) < sizeof builtin || memcmp(at, builtin, sizeof builtin - 1) != 0) return;
    at += sizeof builtin - 1;
    for (size_t i = 0; i < BUILTINS; i++) {
        size_t size = strlen(builtins[i]);
        if ((size_t)(end - at) > size && memcmp(at, builtins[i], size) == 0 && at[size] == '"') called[i]++;
    }
}

static bool is_left_out(TtOp op) {
    const TtOpInfo *info = tt_op_info(op);
    for (size_t i = 0; i < sizeof not_here / sizeof *not_here; i++)
        if (strcmp(not_here[i], info->mnemonic) == 0 || strcmp(not_here[i], info->group) == 0) return true;
    return false;
}

int tt_coverage(uint64_t from, uint64_t count) {
    static const TtWay way = {.name = "traced", .trace = true};
    for (uint64_t i = 0; i < count; i++) {
        TtStrbuf program = {0};
        TtOutcome outcome;
        tt_generate(&program, from + i);
        tt_run_program(program.bytes, program.length, &way, &outcome);
        const char *at = outcome.err.bytes, *end = at + outcome.err.length;
        while (at < end) {
            const char *newline = memchr(at, '\n', (size_t)(end - at));
            count_line(at, newline ? newline : end);
            at = newline ? newline + 1 : end;
        }
        tt_outcome_free(&outcome);
        tt_strbuf_free(&program);
    }
    int missing = 0;
    for (int op = 0; op < TT_OP_COUNT; op++) {
        const char *name = tt_op_info((TtOp)op)->mnemonic;
        if (is_left_out((TtOp)op)) continue;
        printf("%10llu %s\n", (unsigned long long)executed[op], name);
        missing += !executed[op];
    }
    for (size_t i = 0; i < BUILTINS; i++) {
        printf("%10llu %s\n", (unsigned long long)called[i], builtins[i]);
        missing += !called[i];
    }
    printf("%d never executed\n", missing);
    return missing ? 1 : 0;
}
