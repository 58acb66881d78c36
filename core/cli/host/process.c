// SPDX-License-Identifier: MIT
/** Child processes: EXEC and EXEC_CAPTURE. */
#include "native_internal.h"

#include <signal.h>
#include <string.h>

typedef struct Pipe {
    uv_pipe_t uv;
    TtStrbuf bytes;
    struct Process *process;
} Pipe;

/** Lives until all its handles are closed. */
typedef struct Process {
    uv_process_t uv;
    TtCliJob *job; /* NULL: abandoned */
    TtCliLoop *loop;
    Pipe pipes[2]; /* standard output and error, when captured */
    bool capture, too_much;
    int open; /* handles not yet closed */
    int64_t exit_code;
} Process;

static void answer(Process *process) {
    TtRequest *request = process->job->request;
    if (process->too_much) {
        tt_cli_answer_error(request, TT_ERR_HEAP_EXCEEDED, "Output is too large");
    } else if (!process->capture) {
        tt_cli_answer_number(request, TT_ANSWER_INT, process->exit_code);
    } else {
        TtStrbuf wire = {0};
        tt_wire_put_object(&wire, 3);
        for (int i = 0; i < 2; i++) {
            TtStrbuf *bytes = &process->pipes[i].bytes;
            tt_wire_put_key(&wire, i == 0 ? "stdout" : "stderr", 6);
            tt_wire_put_bytes(&wire, TT_WIRE_TEXT, tt_strbuf_text(bytes), bytes->length);
        }
        tt_wire_put_key(&wire, "exit_code", 9);
        tt_wire_put_int(&wire, process->exit_code);
        tt_cli_answer_wire(request, &wire);
    }
    tt_cli_job_done(process->job);
}

static void one_closed(Process *process) {
    if (--process->open > 0) return;
    if (process->job) answer(process);
    tt_strbuf_free(&process->pipes[0].bytes);
    tt_strbuf_free(&process->pipes[1].bytes);
    tt_free(process);
}

static void process_closed(uv_handle_t *handle) {
    one_closed(handle->data);
}

static void pipe_closed(uv_handle_t *handle) {
    one_closed(((Pipe *)handle->data)->process);
}

static void close_pipe(Pipe *pipe) {
    if (!uv_is_closing((uv_handle_t *)&pipe->uv)) uv_close((uv_handle_t *)&pipe->uv, pipe_closed);
}

/** The child ends, and nobody waits for those who may still hold its pipes. */
static void end_process(Process *process) {
    (void)uv_process_kill(&process->uv, SIGKILL);
    if (!process->capture) return;
    close_pipe(&process->pipes[0]);
    close_pipe(&process->pipes[1]);
}

static void process_exited(uv_process_t *uv, int64_t status, int signal) {
    Process *process = uv->data;
    process->exit_code = signal ? 128 + signal : status;
    uv_close((uv_handle_t *)uv, process_closed);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)handle;
    char *bytes = tt_alloc_try(suggested);
    *buffer = uv_buf_init(bytes, bytes ? (unsigned)suggested : 0);
}

static void on_output(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
    Pipe *pipe = stream->data;
    Process *process = pipe->process;
    if (count > 0) {
        size_t limit = process->loop->max_bytes;
        size_t held = process->pipes[0].bytes.length + process->pipes[1].bytes.length;
        if (limit && held + (size_t)count > limit) {
            process->too_much = true;
            end_process(process);
        } else {
            tt_strbuf_add(&pipe->bytes, buffer->base, (size_t)count);
        }
    } else if (count < 0) {
        close_pipe(pipe);
    }
    tt_free(buffer->base);
}

static void cancel(TtCliJob *job) {
    Process *process = job->state;
    process->job = NULL;
    end_process(process);
    tt_cli_answer_null(job->request);
    tt_cli_job_done(job);
}

/* ---- starting ---------------------------------------------------------------------------------------- */

typedef struct Command {
    char **words; /* the program, its arguments, NULL */
    bool capture;
} Command;

static void free_command(Command *command) {
    for (char **word = command->words; word && *word; word++) tt_free(*word);
    tt_free(command->words);
}

/** False when the arguments make no sense. Free the command in any case. */
static bool read_command(const TtCliJob *job, Command *command) {
    *command = (Command){0};
    TtWireReader arguments = tt_cli_job_arguments(job);
    TtWireItem item, list;
    if (!tt_wire_read_as(&arguments, TT_WIRE_STR, &item) || !tt_wire_read_as(&arguments, TT_WIRE_LIST, &list))
        return false;
    command->words = tt_alloc_zero(((size_t)list.count + 2) * sizeof *command->words);
    command->words[0] = tt_alloc_string(item.bytes, item.length);
    for (uint32_t i = 0; i < list.count; i++) {
        if (!tt_wire_read_as(&arguments, TT_WIRE_STR, &item)) return false;
        command->words[i + 1] = tt_alloc_string(item.bytes, item.length);
    }
    if (!tt_wire_read_as(&arguments, TT_WIRE_BOOL, &item)) return false;
    command->capture = item.as.b;
    return true;
}

static void set_stdio(Process *process, uv_stdio_container_t stdio[3]) {
    if (!process->capture) {
        for (int i = 0; i < 3; i++) {
            stdio[i].flags = UV_INHERIT_FD;
            stdio[i].data.fd = process->loop->descriptors[i];
        }
        return;
    }
    stdio[0].flags = UV_IGNORE;
    for (int i = 0; i < 2; i++) {
        Pipe *pipe = &process->pipes[i];
        pipe->process = process;
        (void)uv_pipe_init(&process->loop->loop, &pipe->uv, 0);
        pipe->uv.data = pipe;
        process->open++;
        stdio[i + 1].flags = (uv_stdio_flags)(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
        stdio[i + 1].data.stream = (uv_stream_t *)&pipe->uv;
    }
}

static void spawn(TtCliJob *job, const Command *command) {
    TtCliLoop *loop = job->loop;
    Process *process = tt_alloc_zero(sizeof *process);
    *process = (Process){.job = job, .loop = loop, .capture = command->capture, .open = 1};
    process->uv.data = process;
    uv_stdio_container_t stdio[3] = {0};
    set_stdio(process, stdio);
    char **environment = tt_cli_environment_list(loop->environment);
    uv_process_options_t options = {
        .exit_cb = process_exited,
        .file = command->words[0],
        .args = command->words,
        .env = environment,
        .stdio_count = 3,
        .stdio = stdio,
    };
    int error = uv_spawn(&loop->loop, &process->uv, &options);
    tt_cli_environment_free_list(environment);
    if (error) {
        process->job = NULL;
        tt_cli_answer_format(job->request, TT_ERR_FILE_ERROR, "%s: %s", command->words[0],
                             tt_cli_errno_text(-error));
        tt_cli_job_done(job);
        uv_close((uv_handle_t *)&process->uv, process_closed);
        if (process->capture) {
            close_pipe(&process->pipes[0]);
            close_pipe(&process->pipes[1]);
        }
        return;
    }
    job->state = process;
    job->cancel = cancel;
    for (int i = 0; process->capture && i < 2; i++)
        (void)uv_read_start((uv_stream_t *)&process->pipes[i].uv, give_buffer, on_output);
}

static void spawn_after(TtCliJob *job) {
    if (tt_cli_job_cancelled(job)) {
        tt_cli_answer_null(job->request);
        tt_cli_job_done(job);
        return;
    }
    Command command;
    (void)read_command(job, &command);
    spawn(job, &command);
    free_command(&command);
}

/** What was printed before comes before what the child prints. */
static void flush_output(TtCliJob *job) {
    tt_cli_console_flush(job->loop->console);
}

void tt_cli_process_run(TtCliJob *job) {
    Command command;
    if (!read_command(job, &command)) {
        tt_cli_job_bad_arguments(job);
    } else if (command.capture) {
        spawn(job, &command);
    } else {
        job->work = flush_output;
        job->after = spawn_after;
        tt_cli_job_work(job);
    }
    free_command(&command);
}
