// SPDX-License-Identifier: MIT
#include "console.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include <string.h>

#define HEADER_BYTES 4u
#define STREAM_BIT   0x80000000u

_Static_assert((TT_CONSOLE_RING_BYTES & (TT_CONSOLE_RING_BYTES - 1)) == 0, "positions wrap by masking");

void tt_console_init(TtConsole *console) {
    *console = (TtConsole){.ring = tt_alloc(TT_CONSOLE_RING_BYTES)};
}

void tt_console_free(TtConsole *console) {
    tt_free(console->ring);
    tt_free(console->large);
    tt_free(console->input);
    *console = (TtConsole){0};
}

/* ---- output ------------------------------------------------------------------------------------ */

static void copy_in(TtConsole *console, const void *bytes, uint32_t length) {
    uint32_t at = console->head & (TT_CONSOLE_RING_BYTES - 1);
    uint32_t first = TT_CONSOLE_RING_BYTES - at < length ? TT_CONSOLE_RING_BYTES - at : length;
    memcpy(console->ring + at, bytes, first);
    memcpy(console->ring, (const uint8_t *)bytes + first, length - first);
    console->head += length;
}

static void copy_out(TtConsole *console, void *bytes, uint32_t length) {
    uint32_t at = console->tail & (TT_CONSOLE_RING_BYTES - 1);
    uint32_t first = TT_CONSOLE_RING_BYTES - at < length ? TT_CONSOLE_RING_BYTES - at : length;
    memcpy(bytes, console->ring + at, first);
    memcpy((uint8_t *)bytes + first, console->ring, length - first);
    console->tail += length;
}

static uint32_t used(const TtConsole *console) {
    return console->head - console->tail;
}

static bool write_large(TtConsole *console, int stream, const char *bytes, size_t length) {
    if (used(console) > 0) return false;
    console->large = tt_alloc_try(length);
    if (!console->large) {
        static const char lost[] = "[output lost: no memory to pass it on]\n";
        return tt_console_write(console, 2, lost, sizeof lost - 1);
    }
    memcpy(console->large, bytes, length);
    console->large_length = length;
    console->large_taken = 0;
    console->large_stream = (uint8_t)stream;
    return true;
}

bool tt_console_write(TtConsole *console, int stream, const char *bytes, size_t length) {
    if (length == 0) return true;
    bool taken = false;
    if (!console->large) {
        if (length > TT_CONSOLE_RING_BYTES - HEADER_BYTES) {
            taken = write_large(console, stream, bytes, length);
        } else if (length + HEADER_BYTES <= TT_CONSOLE_RING_BYTES - used(console)) {
            uint32_t header = (uint32_t)length | (stream == 2 ? STREAM_BIT : 0);
            copy_in(console, &header, HEADER_BYTES);
            copy_in(console, bytes, (uint32_t)length);
            taken = true;
        }
    }
    if (!taken) console->writer_waits = true;
    return taken;
}

static uint32_t take_large(TtConsole *console, uint8_t *bytes, uint32_t capacity, int *stream) {
    size_t left = console->large_length - console->large_taken;
    uint32_t taken = left < capacity ? (uint32_t)left : capacity;
    memcpy(bytes, console->large + console->large_taken, taken);
    console->large_taken += taken;
    *stream = console->large_stream;
    if (console->large_taken == console->large_length) {
        tt_free(console->large);
        console->large = NULL;
    }
    return taken;
}

uint32_t tt_console_take(TtConsole *console, uint8_t *bytes, uint32_t capacity, int *stream) {
    if (console->large) return take_large(console, bytes, capacity, stream);
    uint32_t taken = 0;
    while (taken < capacity) {
        if (console->record_left == 0) {
            if (used(console) == 0) break;
            uint32_t header;
            copy_out(console, &header, HEADER_BYTES);
            console->record_left = header & ~STREAM_BIT;
            console->record_stream = header & STREAM_BIT ? 2 : 1;
        }
        if (taken == 0)
            *stream = console->record_stream;
        else if (*stream != console->record_stream)
            break;
        uint32_t part = console->record_left < capacity - taken ? console->record_left : capacity - taken;
        copy_out(console, bytes + taken, part);
        console->record_left -= part;
        taken += part;
    }
    return taken;
}

bool tt_console_room_to_announce(TtConsole *console) {
    if (!console->writer_waits || console->large || used(console) > TT_CONSOLE_RING_BYTES / 2) return false;
    console->writer_waits = false;
    return true;
}

/* ---- input ------------------------------------------------------------------------------------- */

bool tt_console_give_input(TtConsole *console, const char *bytes, size_t length) {
    if (console->input_start > 0) {
        console->input_length -= console->input_start;
        memmove(console->input, console->input + console->input_start, console->input_length);
        console->input_start = 0;
    }
    if (console->input_length + length > console->input_capacity) {
        size_t capacity = (console->input_length + length) * 2;
        char *grown = tt_realloc_try(console->input, capacity);
        if (!grown) return false;
        console->input = grown;
        console->input_capacity = capacity;
    }
    if (length > 0) memcpy(console->input + console->input_length, bytes, length);
    console->input_length += length;
    return true;
}

static TtInputStatus consume(TtConsole *console, size_t length, const char **text) {
    *text = length > 0 ? console->input + console->input_start : "";
    console->input_start += length;
    return TT_INPUT_OK;
}

TtInputStatus tt_console_read_line(TtConsole *console, const char **text, size_t *length) {
    size_t left = console->input_length - console->input_start;
    const char *end = left > 0 ? memchr(console->input + console->input_start, '\n', left) : NULL;
    if (!end && !console->input_ended) return TT_INPUT_WAIT;
    if (!end && left == 0) return TT_INPUT_AT_END;
    size_t line = end ? (size_t)(end - (console->input + console->input_start)) : left;
    TtInputStatus status = consume(console, end ? line + 1 : line, text);
    if (end && line > 0 && (*text)[line - 1] == '\r') line--;
    *length = line;
    return status;
}

TtInputStatus tt_console_read_char(TtConsole *console, const char **text, size_t *length) {
    size_t left = console->input_length - console->input_start;
    if (left == 0) return console->input_ended ? TT_INPUT_AT_END : TT_INPUT_WAIT;
    unsigned size;
    tt_utf8_decode(console->input + console->input_start, &size);
    *length = size;
    return consume(console, size, text);
}

TtInputStatus tt_console_read_rest(TtConsole *console, const char **text, size_t *length) {
    if (!console->input_ended) return TT_INPUT_WAIT;
    *length = console->input_length - console->input_start;
    return consume(console, *length, text);
}
