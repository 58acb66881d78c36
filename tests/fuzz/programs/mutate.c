// SPDX-License-Identifier: MIT
/**
 * Programs that nobody would write: lines of a random program are left out, written twice, moved, and given
 * other labels. So code jumps into handlers, blocks of handlers do not nest as they read, operands are
 * missing or left over, loops do not end.
 */
#include "generate.h"

#include "base/random.h"
#include "base/vec.h"

#include <stdbool.h>
#include <string.h>

typedef struct Line {
    const char *text;
    size_t length; /* with its end */
} Line;

typedef struct Mutation {
    TT_VEC(Line) lines;
    TT_VEC(TtStrbuf) made; /* lines that are in no other text */
    uint64_t random;
} Mutation;

static uint32_t below_count(Mutation *m, uint32_t bound) {
    return (uint32_t)tt_random_below(&m->random, bound);
}

static bool begins(Line line, const char *word) {
    size_t length = strlen(word);
    return line.length > length && memcmp(line.text, word, length) == 0;
}

/** `word` instead of the line's `from` on. */
static void rewrite(Mutation *m, uint32_t at, size_t from, const char *word, size_t length) {
    TtStrbuf text = {0};
    tt_strbuf_add(&text, m->lines.items[at].text, from);
    tt_strbuf_add(&text, word, length);
    tt_vec_push(&m->made, text);
    m->lines.items[at] = (Line){text.bytes, text.length};
}

/** A jump, handler or call that names a label gets the one of another such line. */
static void retarget(Mutation *m, uint32_t at) {
    static const char *const words[] = {"JMP ",          "JZ ",          "JNZ ", "TRY ", "RECEIVE_TIMEOUT ",
                                        "MAILBOX_PEEK ", "MAILBOX_WAIT "};
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        if (!begins(m->lines.items[at], words[w])) continue;
        for (int tries = 0; tries < 20; tries++) {
            Line label = m->lines.items[below_count(m, m->lines.count)];
            if (!begins(label, "LABEL ")) continue;
            rewrite(m, at, strlen(words[w]), label.text + 6, label.length - 6);
            return;
        }
    }
}

/** Labels, which would be missed, and where files begin. */
static bool is_kept(Line line) {
    return begins(line, "LABEL ") || begins(line, "; file: ");
}

static void remove_line(Mutation *m, uint32_t at) {
    if (is_kept(m->lines.items[at])) return;
    m->lines.items[at].length = 0;
}

static void swap_lines(Mutation *m, uint32_t a, uint32_t b) {
    Line line = m->lines.items[a];
    if (begins(line, "; file: ") || begins(m->lines.items[b], "; file: ")) return;
    m->lines.items[a] = m->lines.items[b];
    m->lines.items[b] = line;
}

/** A line without a label of its own in place of another. */
static void copy_line(Mutation *m, uint32_t from, uint32_t to) {
    if (is_kept(m->lines.items[from]) || is_kept(m->lines.items[to])) return;
    m->lines.items[to] = m->lines.items[from];
}

void tt_mutate(TtStrbuf *program, uint64_t seed) {
    static const char *const odd[] = {"END_TRY\n",
                                      "TRY\n",
                                      "CATCH\n",
                                      "CATCH e\n",
                                      "RET\n",
                                      "DUP\n",
                                      "POP\n",
                                      "SWAP\n",
                                      "YIELD\n",
                                      "DUMP_SCOPE\n",
                                      "CALL_FUNCTION\n",
                                      "TAIL_CALL_FUNCTION\n",
                                      "CALL_FUNCTION 1\n",
                                      "THROW\n"};
    Mutation m = {.random = seed ^ 0x6d75746174696f6eu};
    TtStrbuf out = {0};
    const char *at = program->bytes, *end = at + program->length;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline ? newline + 1 : end) - at);
        Line line = {at, length};
        tt_vec_push(&m.lines, line);
        at += length;
    }
    for (uint32_t i = 1 + below_count(&m, 6); i > 0; i--) {
        uint32_t a = below_count(&m, m.lines.count), b = below_count(&m, m.lines.count);
        switch (below_count(&m, 6)) {
        case 0: remove_line(&m, a); break;
        case 1: swap_lines(&m, a, b); break;
        case 2: copy_line(&m, a, b); break;
        case 3: {
            const char *word = odd[below_count(&m, sizeof odd / sizeof *odd)];
            if (!is_kept(m.lines.items[a])) rewrite(&m, a, 0, word, strlen(word));
            break;
        }
        default:
            for (uint32_t k = 0; k < 8; k++) retarget(&m, (a + k) % m.lines.count);
            break;
        }
    }
    for (uint32_t i = 0; i < m.lines.count; i++)
        if (m.lines.items[i].length) tt_strbuf_add(&out, m.lines.items[i].text, m.lines.items[i].length);
    tt_strbuf_free(program);
    *program = out;
    for (uint32_t i = 0; i < m.made.count; i++) tt_strbuf_free(&m.made.items[i]);
    tt_vec_free(&m.made);
    tt_vec_free(&m.lines);
}
