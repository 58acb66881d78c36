// SPDX-License-Identifier: MIT
/**
 * Standard input: files, pipes and terminals alike. A descriptor shared with other programs must not be
 * made non-blocking, so a thread polls and reads; requests it can answer from what was read are answered
 * at once.
 */
#include "native_internal.h"

#include "base/utf8.h"
#include "tinytot/tt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define READ_BYTES (64u << 10)

static const char not_text[] = "Standard input is not valid UTF-8";

int tt_cli_input_init(TtCliInput *input, const TtCliHostOptions *options, TtCliConsole *console) {
    tt_lock_init(&input->lock);
    tt_condition_init(&input->work);
    input->descriptor = options->input;
    input->max_bytes = options->max_read_bytes;
    input->console = console;
    input->wake[0] = input->wake[1] = -1;
    if (pipe(input->wake) != 0) return errno;
    for (int i = 0; i < 2; i++) {
        fcntl(input->wake[i], F_SETFD, FD_CLOEXEC);
        fcntl(input->wake[i], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

static size_t available(const TtCliInput *input) {
    return input->buffer.length - input->start;
}
static const char *front(const TtCliInput *input) {
    return tt_strbuf_text(&input->buffer) + input->start;
}

/** Hands out `length` bytes and drops `drop` more. */
static void answer_text(TtCliInput *input, TtRequest *request, size_t length, size_t drop) {
    const char *bytes = front(input);
    if (tt_utf8_valid(bytes, length))
        tt_cli_answer_data(request, TT_ANSWER_STR, tt_alloc_string(bytes, length), length);
    else
        tt_cli_answer_error(request, TT_ERR_FILE_ERROR, not_text);
    input->start += length + drop;
    input->scanned = 0;
}

/** Nothing more will come: its error, once all text before it was handed out, or the end. */
static void answer_end(TtCliInput *input, TtRequest *request) {
    if (input->error)
        tt_cli_answer_errno(request, input->error);
    else
        tt_cli_answer_null(request);
}

static bool too_much(const TtCliInput *input) {
    return input->max_bytes && available(input) > input->max_bytes;
}

/** What was read so far does not fit a value: it is dropped, so that the program can go on after it. */
static void answer_too_much(TtCliInput *input, TtRequest *request) {
    tt_cli_answer_errno(request, EFBIG);
    input->start = input->buffer.length;
    input->scanned = 0;
}

static bool answer_line(TtCliInput *input, TtRequest *request) {
    const char *bytes = front(input);
    size_t count = available(input);
    const char *end =
        count > input->scanned ? memchr(bytes + input->scanned, '\n', count - input->scanned) : NULL;
    if (end) {
        size_t length = (size_t)(end - bytes), drop = 1;
        if (length > 0 && bytes[length - 1] == '\r') length--, drop++;
        answer_text(input, request, length, drop);
    } else if (input->ended) {
        if (count > 0)
            answer_text(input, request, count, 0);
        else
            answer_end(input, request);
    } else if (too_much(input)) {
        answer_too_much(input, request);
    } else {
        input->scanned = count;
        return false;
    }
    return true;
}

/** Bytes of the code point that starts with `byte`; 1 when none does. */
static size_t sequence_length(unsigned char byte) {
    if (byte >= 0xC2 && byte <= 0xDF) return 2;
    if (byte >= 0xE0 && byte <= 0xEF) return 3;
    if (byte >= 0xF0 && byte <= 0xF4) return 4;
    return 1;
}

static bool answer_char(TtCliInput *input, TtRequest *request) {
    size_t count = available(input);
    if (count == 0) {
        if (!input->ended) return false;
        answer_end(input, request);
        return true;
    }
    const char *bytes = front(input);
    size_t length = sequence_length((unsigned char)bytes[0]), have = 1;
    while (have < length && have < count && (bytes[have] & 0xC0) == 0x80) have++;
    if (have < length && have == count && !input->ended) return false;
    answer_text(input, request, have, 0);
    return true;
}

static bool answer_rest(TtCliInput *input, TtRequest *request) {
    if (too_much(input)) {
        answer_too_much(input, request);
    } else if (!input->ended) {
        return false;
    } else if (input->error && available(input) == 0) {
        answer_end(input, request);
    } else {
        answer_text(input, request, available(input), 0);
    }
    return true;
}

/** Under `lock`: answers from what was read, or says that more is needed. */
static bool answer(TtCliInput *input, TtRequest *request) {
    bool answered;
    switch (request->service) {
    case TT_SERVICE_READ_LINE: answered = answer_line(input, request); break;
    case TT_SERVICE_READ_CHAR: answered = answer_char(input, request); break;
    default: answered = answer_rest(input, request); break;
    }
    if (input->start == input->buffer.length) {
        tt_strbuf_clear(&input->buffer);
        input->start = 0;
    }
    return answered;
}

/** Waits for input or for a byte in `wake`, and reads once. Without locks; bytes read, 0 at the end, -1
 * (errno). */
static ssize_t read_some(TtCliInput *input, char *bytes, size_t room) {
    struct pollfd watched[2] = {{.fd = input->descriptor, .events = POLLIN},
                                {.fd = input->wake[0], .events = POLLIN}};
    if (poll(watched, 2, -1) < 0) return -1;
    if (watched[1].revents) {
        char drained[64];
        while (read(input->wake[0], drained, sizeof drained) > 0) {
        }
        errno = EINTR;
        return -1;
    }
    if (watched[0].revents & POLLNVAL) return 0;
    return read(input->descriptor, bytes, room);
}

/** Moves what is not handed out yet to the front when that frees half of the buffer: amortised O(1) a byte.
 */
static void compact(TtCliInput *input) {
    if (input->start < input->buffer.length / 2 || input->start == 0) return;
    size_t rest = available(input);
    memmove(input->buffer.bytes, input->buffer.bytes + input->start, rest);
    input->buffer.length = rest;
    input->start = 0;
}

static void *run_reader(void *context) {
    TtCliInput *input = context;
    char *bytes = tt_alloc(READ_BYTES);
    tt_lock_acquire(&input->lock);
    while (!input->stopping) {
        if (input->queue.count == 0) {
            tt_condition_wait(&input->work, &input->lock);
            continue;
        }
        TtRequest *request = input->queue.items[0];
        if (answer(input, request)) {
            input->queue.count--;
            memmove(input->queue.items, input->queue.items + 1,
                    input->queue.count * sizeof *input->queue.items);
            tt_lock_release(&input->lock);
            tt_host_complete(request);
            tt_lock_acquire(&input->lock);
            continue;
        }
        tt_lock_release(&input->lock);
        tt_cli_console_hurry(input->console);
        ssize_t count = read_some(input, bytes, READ_BYTES);
        int error = errno;
        tt_lock_acquire(&input->lock);
        if (count > 0) {
            compact(input);
            tt_strbuf_add(&input->buffer, bytes, (size_t)count);
        } else if (count == 0) {
            input->ended = true;
        } else if (error != EINTR && error != EAGAIN && error != EWOULDBLOCK) {
            input->ended = true;
            input->error = error;
        }
    }
    tt_lock_release(&input->lock);
    tt_free(bytes);
    return NULL;
}

static void wake_reader(TtCliInput *input) {
    tt_condition_signal(&input->work);
    /* A full pipe holds wake-ups enough. */
    if (write(input->wake[1], "", 1) < 0) return;
}

bool tt_cli_input_submit(TtCliInput *input, TtRequest *request) {
    tt_lock_acquire(&input->lock);
    bool answered = input->queue.count == 0 && answer(input, request);
    if (!answered) {
        if (!input->started) input->started = tt_thread_start(&input->thread, run_reader, input);
        if (input->started) {
            tt_vec_push(&input->queue, request);
            tt_condition_signal(&input->work);
        } else {
            tt_cli_answer_errno(request, EAGAIN);
            answered = true;
        }
    }
    tt_lock_release(&input->lock);
    return answered;
}

void tt_cli_input_cancel(TtCliInput *input, TtRequest *request) {
    bool ours = false;
    tt_lock_acquire(&input->lock);
    for (uint32_t i = 0; i < input->queue.count && !ours; i++) {
        if (input->queue.items[i] != request) continue;
        ours = true;
        input->queue.count--;
        memmove(&input->queue.items[i], &input->queue.items[i + 1],
                (input->queue.count - i) * sizeof *input->queue.items);
    }
    /* The reader may wait for bytes that nobody wants any more. */
    if (ours) wake_reader(input);
    tt_lock_release(&input->lock);
    if (!ours) return;
    tt_cli_answer_null(request);
    tt_host_complete(request);
}

void tt_cli_input_destroy(TtCliInput *input) {
    tt_lock_acquire(&input->lock);
    input->stopping = true;
    wake_reader(input);
    tt_lock_release(&input->lock);
    if (input->started) tt_thread_join(&input->thread);
    for (int i = 0; i < 2; i++)
        if (input->wake[i] >= 0) close(input->wake[i]);
    tt_vec_free(&input->queue);
    tt_strbuf_free(&input->buffer);
    tt_condition_destroy(&input->work);
    tt_lock_destroy(&input->lock);
}
