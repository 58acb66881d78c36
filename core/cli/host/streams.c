// SPDX-License-Identifier: MIT
/** Streams: memory, and files read or written piece by piece. */
#include "native_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** One answer of STREAM_READ, however large `max` is. */
#define MAX_READ (1u << 20)

typedef struct Stream {
    TtCliHandle handle; /* first */
    int descriptor;     /* of a file, else -1 */
    bool waits;         /* for others: a pipe or a device */
    TtStrbuf bytes;     /* of memory */
    size_t start;       /* of what was not yet read */
} Stream;

static void close_stream(TtCliHandle *handle) {
    Stream *stream = (Stream *)handle;
    if (stream->descriptor >= 0) close(stream->descriptor);
    tt_strbuf_free(&stream->bytes);
    tt_cli_handle_free(handle);
}

/** Numbers a new stream and answers with it. */
static void answer_stream(TtCliJob *job, int descriptor, TtCliHandleKind kind) {
    Stream *stream = tt_alloc_zero(sizeof *stream);
    stream->descriptor = descriptor;
    stream->waits = job->alone;
    if (tt_cli_handle_add(job, &stream->handle, kind, close_stream)) {
        tt_cli_answer_handle(job->request, &stream->handle);
    } else {
        if (descriptor >= 0) close(descriptor);
        tt_free(stream);
    }
    tt_cli_job_done(job);
}

/* ---- opening ----------------------------------------------------------------------------------------- */

/** On the pool. job->state: descriptor + 1, or NULL when the job is answered. */
static void open_stream(TtCliJob *job) {
    TtRequest *request = job->request;
    bool write = request->service == TT_SERVICE_STREAM_OPEN_WRITE;
    if (!job->alone && tt_cli_file_may_wait(request->service, request->text)) {
        job->alone = true;
        return;
    }
    char *path = tt_cli_file_path(request, job->loop->rules, write, request->text);
    if (!path) return;
    int flags = write ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY;
    int descriptor = tt_cli_file_open(path, flags, 0666, &job->cancelled);
    tt_free(path);
    struct stat status;
    if (descriptor < 0) {
        tt_cli_answer_errno(request, errno);
    } else if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(descriptor);
        tt_cli_answer_errno(request, EISDIR);
    } else {
        job->state = (void *)((uintptr_t)descriptor + 1);
    }
}

static void opened(TtCliJob *job) {
    int descriptor = (int)((uintptr_t)job->state) - 1;
    bool write = job->request->service == TT_SERVICE_STREAM_OPEN_WRITE;
    if (descriptor >= 0 && tt_cli_job_cancelled(job)) {
        close(descriptor);
        descriptor = -1;
        tt_cli_answer_null(job->request);
    }
    if (descriptor >= 0)
        answer_stream(job, descriptor, write ? TT_CLI_OUTPUT_STREAM : TT_CLI_INPUT_STREAM);
    else
        tt_cli_job_done(job);
}

/* ---- files, on the pool ------------------------------------------------------------------------------ */

static size_t read_max(const TtCliJob *job, TtWireReader *arguments) {
    (void)job;
    TtWireItem max;
    if (!tt_wire_read_as(arguments, TT_WIRE_INT, &max) || max.as.i < 1) return 0;
    return max.as.i < MAX_READ ? (size_t)max.as.i : MAX_READ;
}

/** The arguments behind the handle. */
static TtWireReader rest_of_arguments(const TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    (void)tt_wire_skip(&arguments);
    return arguments;
}

static void read_some(TtCliJob *job) {
    int descriptor = ((Stream *)job->handle)->descriptor;
    TtWireReader arguments = rest_of_arguments(job);
    size_t max = read_max(job, &arguments);
    char *buffer = tt_alloc_try(max);
    if (!buffer) {
        tt_cli_answer_errno(job->request, ENOMEM);
        return;
    }
    /* Of a pipe that nobody has opened for writing yet, read() says that it has ended; poll() waits. */
    bool waits = ((Stream *)job->handle)->waits;
    int error = waits ? tt_cli_file_wait(descriptor, POLLIN, &job->cancelled) : 0;
    ssize_t got = -1;
    while (!error && (got = read(descriptor, buffer, max)) < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            error = tt_cli_file_wait(descriptor, POLLIN, &job->cancelled);
        else if (errno != EINTR)
            error = errno;
    }
    if (got > 0) {
        TtStrbuf answer = {0};
        tt_wire_put_bytes(&answer, TT_WIRE_TEXT, buffer, (size_t)got);
        tt_cli_answer_wire(job->request, &answer);
    } else if (got == 0) {
        tt_cli_answer_null(job->request);
    } else {
        tt_cli_answer_errno(job->request, error);
    }
    tt_free(buffer);
}

static void write_some(TtCliJob *job) {
    int descriptor = ((Stream *)job->handle)->descriptor;
    TtWireReader arguments = rest_of_arguments(job);
    TtWireItem data;
    (void)tt_wire_read_as(&arguments, TT_WIRE_TEXT, &data);
    int error = tt_cli_file_write_all(descriptor, data.bytes, data.length, &job->cancelled);
    if (error)
        tt_cli_answer_errno(job->request, error);
    else
        tt_cli_answer_number(job->request, TT_ANSWER_INT, (int64_t)data.length);
}

/* ---- memory ------------------------------------------------------------------------------------------ */

static void read_memory(TtCliJob *job, size_t max) {
    Stream *stream = (Stream *)job->handle;
    size_t left = stream->bytes.length - stream->start, count = left < max ? left : max;
    if (!count) {
        tt_cli_answer_null(job->request);
    } else {
        TtStrbuf answer = {0};
        tt_wire_put_bytes(&answer, TT_WIRE_TEXT, stream->bytes.bytes + stream->start, count);
        tt_cli_answer_wire(job->request, &answer);
        stream->start += count;
    }
    if (stream->start == stream->bytes.length) {
        tt_strbuf_clear(&stream->bytes);
        stream->start = 0;
    } else if (stream->start > stream->bytes.length / 2) {
        /* What was read is given back when it is the larger half: each byte moves once on average. */
        stream->bytes.length -= stream->start;
        memmove(stream->bytes.bytes, stream->bytes.bytes + stream->start, stream->bytes.length);
        stream->start = 0;
    }
    tt_cli_job_done(job);
}

static void write_memory(TtCliJob *job, const TtWireItem *data) {
    Stream *stream = (Stream *)job->handle;
    size_t limit = job->loop->max_bytes;
    if (limit && stream->bytes.length - stream->start + data->length > limit) {
        tt_cli_answer_error(job->request, TT_ERR_HEAP_EXCEEDED, "The stream holds too much");
    } else {
        tt_strbuf_add(&stream->bytes, data->bytes, data->length);
        tt_cli_answer_number(job->request, TT_ANSWER_INT, (int64_t)data->length);
    }
    tt_cli_job_done(job);
}

/* ---- starting ---------------------------------------------------------------------------------------- */

static void start_read(TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    TtCliHandle *handle = tt_cli_handle_take(job, &arguments, TT_CLI_STREAMS);
    if (!handle) return;
    size_t max = read_max(job, &arguments);
    if (!max) {
        tt_cli_job_bad_arguments(job);
    } else if (handle->kind == TT_CLI_OUTPUT_STREAM) {
        tt_cli_answer_error(job->request, TT_ERR_FILE_ERROR, "the stream is open for writing");
        tt_cli_job_done(job);
    } else if (handle->kind == TT_CLI_MEMORY_STREAM) {
        read_memory(job, max);
    } else {
        job->work = read_some;
        job->alone = ((Stream *)handle)->waits;
        tt_cli_job_work_in_order(job);
    }
}

static void start_write(TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    TtCliHandle *handle = tt_cli_handle_take(job, &arguments, TT_CLI_STREAMS);
    if (!handle) return;
    TtWireItem data;
    if (!tt_wire_read_as(&arguments, TT_WIRE_TEXT, &data)) {
        tt_cli_job_bad_arguments(job);
    } else if (handle->kind == TT_CLI_INPUT_STREAM) {
        tt_cli_answer_error(job->request, TT_ERR_FILE_ERROR, "the stream is open for reading");
        tt_cli_job_done(job);
    } else if (handle->kind == TT_CLI_MEMORY_STREAM) {
        write_memory(job, &data);
    } else {
        job->work = write_some;
        job->alone = ((Stream *)handle)->waits;
        tt_cli_job_work_in_order(job);
    }
}

void tt_cli_stream_start(TtCliJob *job) {
    switch (job->request->service) {
    case TT_SERVICE_STREAM_MEMORY: answer_stream(job, -1, TT_CLI_MEMORY_STREAM); break;
    case TT_SERVICE_STREAM_READ: start_read(job); break;
    case TT_SERVICE_STREAM_WRITE: start_write(job); break;
    default:
        job->work = open_stream;
        job->after = opened;
        tt_cli_job_work(job);
        break;
    }
}
