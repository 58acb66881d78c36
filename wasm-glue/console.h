// SPDX-License-Identifier: MIT
/**
 * The console of one session: a bounded ring of program output on its way to the page, and the standard input
 * that has arrived and not been read. Not thread-safe: the owner locks.
 */
#ifndef TT_WASM_GLUE_CONSOLE_H
#define TT_WASM_GLUE_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of output that may be under way; a program that is further ahead waits. A power of two. */
#define TT_CONSOLE_RING_BYTES (256u * 1024)

typedef struct TtConsole {
    /* Output: records of a 4-byte header (stream in bit 31, length below) and the bytes. */
    uint8_t *ring;
    uint32_t head, tail;  /* written, taken; free-running, modulo the ring's size when used */
    uint32_t record_left; /* bytes of the record at `tail` that are not taken yet */
    uint8_t record_stream;
    /* A piece larger than the ring; while it is here the ring is empty and nothing is accepted. */
    uint8_t *large;
    size_t large_length, large_taken;
    uint8_t large_stream;
    bool writer_waits; /* a write was refused since room was last announced */
    /* Input: bytes[start…length). */
    char *input;
    size_t input_start, input_length, input_capacity;
    bool input_ended;
} TtConsole;

void tt_console_init(TtConsole *console);
void tt_console_free(TtConsole *console);

/** Takes a whole piece (stream 1 or 2), or nothing when there is no room now. Empty pieces are always taken.
 */
bool tt_console_write(TtConsole *console, int stream, const char *bytes, size_t length);
/** Moves up to `capacity` bytes of one stream out; 0 when there is no output. */
uint32_t tt_console_take(TtConsole *console, uint8_t *bytes, uint32_t capacity, int *stream);
/** True once after a refused write, as soon as at least half of the ring is free again. */
bool tt_console_room_to_announce(TtConsole *console);

/** Appends to standard input; false when there is no memory for it. */
bool tt_console_give_input(TtConsole *console, const char *bytes, size_t length);

typedef enum TtInputStatus {
    TT_INPUT_OK,     /* `*text` (borrowed until the next call) and `*length` are set */
    TT_INPUT_AT_END, /* nothing is left and nothing will come */
    TT_INPUT_WAIT    /* not there yet */
} TtInputStatus;

/** A line without its end. The last one needs none. */
TtInputStatus tt_console_read_line(TtConsole *console, const char **text, size_t *length);
/** One code point. */
TtInputStatus tt_console_read_char(TtConsole *console, const char **text, size_t *length);
/** Everything up to the end of input; "" at the end. Never TT_INPUT_AT_END. */
TtInputStatus tt_console_read_rest(TtConsole *console, const char **text, size_t *length);

#endif
