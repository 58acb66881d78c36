// SPDX-License-Identifier: MIT
/** wasm-glue/console.c: what the page sees of output and input must be exactly what went in. */
#include "../../wasm-glue/console.c"

#include "test.h"

#include <stdlib.h>

static uint8_t piece[TT_CONSOLE_RING_BYTES];

static bool put(TtConsole *console, int stream, const char *text) {
    return tt_console_write(console, stream, text, strlen(text));
}

/* Takes one piece as text; "" when there is none. */
static const char *take(TtConsole *console, uint32_t capacity, int *stream) {
    uint32_t taken = tt_console_take(console, piece, capacity, stream);
    piece[taken] = '\0';
    return (const char *)piece;
}

TEST(streams_keep_their_order) {
    TtConsole console;
    int stream = 0;
    tt_console_init(&console);
    CHECK(put(&console, 1, "a"));
    CHECK(put(&console, 1, "b"));
    CHECK(put(&console, 2, "c"));
    CHECK(put(&console, 1, ""));
    CHECK(put(&console, 1, "d"));
    CHECK_STR(take(&console, 100, &stream), "ab");
    CHECK_INT(stream, 1);
    CHECK_STR(take(&console, 100, &stream), "c");
    CHECK_INT(stream, 2);
    CHECK_STR(take(&console, 100, &stream), "d");
    CHECK_INT(stream, 1);
    CHECK_STR(take(&console, 100, &stream), "");
    tt_console_free(&console);
}

TEST(small_capacity_cuts_records) {
    TtConsole console;
    int stream = 0;
    tt_console_init(&console);
    CHECK(put(&console, 2, "hello"));
    CHECK(put(&console, 2, "world"));
    CHECK_STR(take(&console, 3, &stream), "hel");
    CHECK_STR(take(&console, 4, &stream), "lowo");
    CHECK_INT(stream, 2);
    CHECK_STR(take(&console, 100, &stream), "rld");
    tt_console_free(&console);
}

/* Pieces of many lengths around the ring, several times over, against a plain copy of what was written. */
TEST(wraps_around) {
    enum { ROUNDS = 40000 };
    TtConsole console;
    tt_console_init(&console);
    uint32_t random = 1, written = 0, read = 0, refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
        char text[200];
        random = random * 1664525u + 1013904223u;
        uint32_t length = 1 + (random >> 16) % sizeof text;
        for (uint32_t i = 0; i < length; i++) text[i] = (char)((written + i) % 251);
        if (tt_console_write(&console, 1, text, length))
            written += length;
        else
            refused++;
        if ((random >> 20) % 6 == 0) {
            int stream;
            uint32_t taken = tt_console_take(&console, piece, (random >> 8) % 900, &stream);
            for (uint32_t i = 0; i < taken; i++)
                if (piece[i] != (read + i) % 251) {
                    CHECK_INT(piece[i], (read + i) % 251);
                    round = ROUNDS;
                    break;
                }
            read += taken;
        }
    }
    int stream;
    for (uint32_t taken; (taken = tt_console_take(&console, piece, sizeof piece, &stream)) > 0;)
        read += taken;
    CHECK_INT(read, written);
    CHECK(refused > 0);
    CHECK(written > 4 * TT_CONSOLE_RING_BYTES);
    tt_console_free(&console);
}

TEST(refused_writer_hears_of_room_once) {
    TtConsole console;
    int stream;
    char line[1024];
    memset(line, 'x', sizeof line);
    tt_console_init(&console);
    CHECK(!tt_console_room_to_announce(&console));
    while (tt_console_write(&console, 1, line, sizeof line)) continue;
    CHECK(!tt_console_room_to_announce(&console));
    CHECK_INT(tt_console_take(&console, piece, 1000, &stream), 1000);
    CHECK(!tt_console_room_to_announce(&console));
    CHECK_INT(tt_console_take(&console, piece, TT_CONSOLE_RING_BYTES / 2, &stream),
              TT_CONSOLE_RING_BYTES / 2);
    CHECK(tt_console_room_to_announce(&console));
    CHECK(!tt_console_room_to_announce(&console));
    CHECK(tt_console_write(&console, 1, line, sizeof line));
    tt_console_free(&console);
}

TEST(piece_larger_than_the_ring) {
    size_t length = 3 * TT_CONSOLE_RING_BYTES + 5;
    char *large = malloc(length);
    TtConsole console;
    int stream = 0;
    for (size_t i = 0; i < length; i++) large[i] = (char)(i % 251);
    tt_console_init(&console);
    CHECK(put(&console, 1, "before"));
    CHECK(!tt_console_write(&console, 2, large, length));
    CHECK_STR(take(&console, 100, &stream), "before");
    CHECK(tt_console_room_to_announce(&console));
    CHECK(tt_console_write(&console, 2, large, length));
    CHECK(!put(&console, 1, "after"));
    size_t read = 0;
    for (uint32_t taken; read < length && (taken = tt_console_take(&console, piece, 65536, &stream)) > 0;) {
        CHECK_INT(stream, 2);
        CHECK(memcmp(piece, large + read, taken) == 0);
        read += taken;
    }
    CHECK_INT(read, length);
    CHECK(tt_console_room_to_announce(&console));
    CHECK(put(&console, 1, "after"));
    tt_console_free(&console);
    free(large);
}

static const char *line_of(TtConsole *console) {
    static char text[64];
    const char *line;
    size_t length;
    switch (tt_console_read_line(console, &line, &length)) {
    case TT_INPUT_AT_END: return "(end)";
    case TT_INPUT_WAIT: return "(wait)";
    case TT_INPUT_OK: break;
    }
    memcpy(text, line, length);
    text[length] = '\0';
    return text;
}

static bool give(TtConsole *console, const char *text) {
    return tt_console_give_input(console, text, strlen(text));
}

TEST(lines) {
    TtConsole console;
    tt_console_init(&console);
    CHECK_STR(line_of(&console), "(wait)");
    CHECK(give(&console, "one\r\n\ntw"));
    CHECK_STR(line_of(&console), "one");
    CHECK_STR(line_of(&console), "");
    CHECK_STR(line_of(&console), "(wait)");
    CHECK(give(&console, "o\nlast\r"));
    CHECK_STR(line_of(&console), "two");
    CHECK_STR(line_of(&console), "(wait)");
    console.input_ended = true;
    CHECK_STR(line_of(&console), "last\r");
    CHECK_STR(line_of(&console), "(end)");
    tt_console_free(&console);
}

TEST(characters_and_rest) {
    TtConsole console;
    const char *text;
    size_t length;
    tt_console_init(&console);
    CHECK_INT(tt_console_read_char(&console, &text, &length), TT_INPUT_WAIT);
    CHECK(give(&console, "\xc3\xa9\xf0\x9f\x90\xa2z\nrest\n"));
    CHECK_INT(tt_console_read_char(&console, &text, &length), TT_INPUT_OK);
    CHECK_INT(length, 2);
    CHECK_INT(tt_console_read_char(&console, &text, &length), TT_INPUT_OK);
    CHECK_INT(length, 4);
    CHECK_INT(tt_console_read_char(&console, &text, &length), TT_INPUT_OK);
    CHECK(length == 1 && text[0] == 'z');
    CHECK_INT(tt_console_read_rest(&console, &text, &length), TT_INPUT_WAIT);
    console.input_ended = true;
    CHECK_INT(tt_console_read_rest(&console, &text, &length), TT_INPUT_OK);
    CHECK(length == 6 && memcmp(text, "\nrest\n", 6) == 0);
    CHECK_INT(tt_console_read_rest(&console, &text, &length), TT_INPUT_OK);
    CHECK_INT(length, 0);
    CHECK_INT(tt_console_read_char(&console, &text, &length), TT_INPUT_AT_END);
    tt_console_free(&console);
}

int main(void) {
    RUN(streams_keep_their_order);
    RUN(small_capacity_cuts_records);
    RUN(wraps_around);
    RUN(refused_writer_hears_of_room_once);
    RUN(piece_larger_than_the_ring);
    RUN(lines);
    RUN(characters_and_rest);
    return test_finish();
}
