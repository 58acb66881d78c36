// SPDX-License-Identifier: MIT
/** Connections and streams by number, and whose they are. */
#include "native_internal.h"

static TtCliHandle *from_number(uint64_t number) {
    return (TtCliHandle *)(uintptr_t)number;
}

static const char *kind_name(TtCliHandleKind kind) {
    switch (kind) {
    case TT_CLI_TCP: return "a TCP connection";
    case TT_CLI_LISTENER: return "a TCP listener";
    case TT_CLI_UDP: return "a UDP socket";
    case TT_CLI_DATABASE: return "a database";
    case TT_CLI_MEMORY_STREAM:
    case TT_CLI_INPUT_STREAM:
    case TT_CLI_OUTPUT_STREAM: break;
    }
    return "a stream";
}

static const char *kinds_name(unsigned kinds) {
    if (kinds & (kinds - 1))
        return kinds & TT_CLI_STREAMS ? "a stream" : kinds & TT_CLI_DATABASE ? "a connection" : "a socket";
    return kind_name((TtCliHandleKind)kinds);
}

static TtCliHandle *find(const TtCliLoop *loop, int64_t id) {
    uint64_t number;
    if (id <= 0 || !tt_idmap_get(&loop->handles, (uint64_t)id, &number)) return NULL;
    return from_number(number);
}

bool tt_cli_handle_add(TtCliJob *job, TtCliHandle *handle, TtCliHandleKind kind,
                       void (*close)(TtCliHandle *)) {
    TtCliLoop *loop = job->loop;
    if (loop->max_handles && loop->handles.count >= loop->max_handles) {
        tt_cli_answer_format(job->request, TT_ERR_HANDLES_EXCEEDED,
                             "%u connections and streams are open (--max-handles)",
                             (unsigned)loop->handles.count);
        return false;
    }
    handle->id = ++loop->next_handle;
    handle->owner = job->request->owner;
    handle->kind = kind;
    handle->loop = loop;
    handle->close = close;
    (void)tt_idmap_put(&loop->handles, (uint64_t)handle->id, (uint64_t)(uintptr_t)handle);
    uint64_t first;
    if (tt_idmap_get(&loop->owners, handle->owner, &first)) {
        handle->owner_next = from_number(first);
        handle->owner_next->owner_previous = handle;
    }
    (void)tt_idmap_put(&loop->owners, handle->owner, (uint64_t)(uintptr_t)handle);
    return true;
}

/** Out of the list of its owner. */
static void disown(TtCliHandle *handle) {
    TtCliLoop *loop = handle->loop;
    if (handle->owner_next) handle->owner_next->owner_previous = handle->owner_previous;
    if (handle->owner_previous)
        handle->owner_previous->owner_next = handle->owner_next;
    else if (handle->owner_next)
        (void)tt_idmap_put(&loop->owners, handle->owner, (uint64_t)(uintptr_t)handle->owner_next);
    else
        (void)tt_idmap_remove(&loop->owners, handle->owner);
}

void tt_cli_answer_closed(TtCliJob *job, unsigned kinds, int64_t id) {
    TtResult result = kinds & TT_CLI_STREAMS     ? TT_ERR_FILE_ERROR
                      : kinds == TT_CLI_DATABASE ? TT_ERR_DATABASE_ERROR
                                                 : TT_ERR_NETWORK_ERROR;
    tt_cli_answer_format(job->request, result, "%s(%lld) is closed",
                         kinds & TT_CLI_STREAMS ? "Stream" : "Connection", (long long)id);
}

void tt_cli_answer_handle(TtRequest *request, const TtCliHandle *handle) {
    TtStrbuf answer = {0};
    tt_wire_put_handle(&answer, handle->kind & TT_CLI_STREAMS ? TT_WIRE_STREAM : TT_WIRE_CONNECTION,
                       handle->id);
    tt_cli_answer_wire(request, &answer);
}

TtCliHandle *tt_cli_handle_take(TtCliJob *job, TtWireReader *arguments, unsigned kinds) {
    TtWireItem item;
    if (!tt_wire_read(arguments, &item) || (item.tag != TT_WIRE_CONNECTION && item.tag != TT_WIRE_STREAM)) {
        tt_cli_job_bad_arguments(job);
        return NULL;
    }
    TtCliHandle *handle = find(job->loop, item.as.i);
    if (!handle) {
        tt_cli_answer_closed(job, kinds, item.as.i);
    } else if (!(handle->kind & kinds)) {
        tt_cli_answer_format(job->request, TT_ERR_TYPE_MISMATCH, "%s but got %s", kinds_name(kinds),
                             kind_name(handle->kind));
    } else {
        job->handle = handle;
        handle->jobs++;
        return handle;
    }
    tt_cli_job_done(job);
    return NULL;
}

static void fail_waiting(TtCliHandle *handle) {
    for (TtCliJob *job; (job = tt_cli_queue_take(&handle->order));) {
        tt_cli_answer_closed(job, handle->kind, handle->id);
        tt_cli_job_done(job);
    }
}

void tt_cli_handle_close(TtCliHandle *handle) {
    if (handle->closed) return;
    handle->closed = true;
    (void)tt_idmap_remove(&handle->loop->handles, (uint64_t)handle->id);
    disown(handle);
    handle->jobs++; /* until `close` has begun */
    fail_waiting(handle);
    handle->jobs--;
    if (!handle->busy) handle->close(handle);
}

void tt_cli_handle_free(TtCliHandle *handle) {
    handle->close = NULL;
    if (!handle->jobs) tt_free(handle);
}

void tt_cli_handle_release(TtCliJob *job) {
    TtCliHandle *handle = job->handle;
    job->handle = NULL;
    if (--handle->jobs == 0 && handle->closed && !handle->close) tt_free(handle);
}

void tt_cli_handles_close_owner(TtCliLoop *loop, uint64_t owner) {
    uint64_t first;
    while (tt_idmap_get(&loop->owners, owner, &first)) tt_cli_handle_close(from_number(first));
}

void tt_cli_handles_close_all(TtCliLoop *loop) {
    for (uint32_t i = 0; i < loop->owners.capacity;) {
        uint64_t owner = loop->owners.entries[i].id;
        if (owner) tt_cli_handles_close_owner(loop, owner);
        /* Removing moves entries towards the front. */
        if (!loop->owners.entries[i].id) i++;
    }
}

void tt_cli_handle_run_close(TtCliJob *job) {
    bool stream = job->request->service == TT_SERVICE_STREAM_CLOSE;
    TtWireReader arguments = tt_cli_job_arguments(job);
    TtWireItem item;
    if (!tt_wire_read_as(&arguments, stream ? TT_WIRE_STREAM : TT_WIRE_CONNECTION, &item)) {
        tt_cli_job_bad_arguments(job);
        return;
    }
    TtCliHandle *handle = find(job->loop, item.as.i);
    if (handle) tt_cli_handle_close(handle);
    if (stream)
        tt_cli_answer_number(job->request, TT_ANSWER_BOOL, true);
    else
        tt_cli_answer_null(job->request);
    tt_cli_job_done(job);
}
