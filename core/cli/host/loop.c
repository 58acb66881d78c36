// SPDX-License-Identifier: MIT
/** libuv's event loop on a thread of its own; see TtCliLoop. */
#include "native_internal.h"

#include "port/atomic.h"
#include "tinytot/tt.h"

#include <errno.h>
#include <stdlib.h>

void tt_cli_loop_init(TtCliLoop *loop, const TtCliHostOptions *options) {
    tt_lock_init(&loop->lock);
    loop->max_bytes = options->max_read_bytes;
}

/** Under `lock`. */
static void unlink_job(TtCliLoop *loop, TtCliJob *job) {
    if (job->previous)
        job->previous->next = job->next;
    else
        loop->jobs = job->next;
    if (job->next) job->next->previous = job->previous;
}

/** Completes and frees: from here on tt_cli_loop_cancel does not find the job. */
static void complete_job(TtCliJob *job) {
    TtCliLoop *loop = job->owner;
    TtRequest *request = job->request;
    tt_lock_acquire(&loop->lock);
    unlink_job(loop, job);
    tt_lock_release(&loop->lock);
    tt_free(job);
    tt_host_complete(request);
}

/** On a thread of the pool. */
static void run_job(uv_work_t *work) {
    TtCliJob *job = work->data;
    if (tt_atomic_load_u32_acq(&job->cancelled))
        tt_cli_answer_null(job->request);
    else
        tt_cli_file_run(job->request, job->owner->max_bytes, &job->cancelled);
}

static void after_job(uv_work_t *work, int status) {
    TtCliJob *job = work->data;
    if (status != 0) tt_cli_answer_errno(job->request, ECANCELED);
    complete_job(job);
}

/** On the loop's thread: new jobs go to the pool; at the end the wake handle, which keeps the loop going,
 * closes. */
static void take_jobs(uv_async_t *wake) {
    TtCliLoop *loop = wake->data;
    tt_lock_acquire(&loop->lock);
    TtCliJob **jobs = loop->incoming.items;
    uint32_t count = loop->incoming.count;
    loop->incoming.items = NULL;
    loop->incoming.count = loop->incoming.capacity = 0;
    bool stopping = loop->stopping;
    tt_lock_release(&loop->lock);
    for (uint32_t i = 0; i < count; i++) {
        if (uv_queue_work(&loop->loop, &jobs[i]->work, run_job, after_job) == 0) continue;
        tt_cli_answer_errno(jobs[i]->request, EINVAL);
        complete_job(jobs[i]);
    }
    tt_free(jobs);
    if (stopping && !uv_is_closing((uv_handle_t *)wake)) uv_close((uv_handle_t *)wake, NULL);
}

static void *run_loop(void *context) {
    TtCliLoop *loop = context;
    uv_run(&loop->loop, UV_RUN_DEFAULT);
    return NULL;
}

/** Under `lock`. */
static bool ensure_started(TtCliLoop *loop) {
    if (loop->started) return true;
    if (uv_loop_init(&loop->loop) != 0) return false;
    if (uv_async_init(&loop->loop, &loop->wake, take_jobs) != 0) {
        uv_loop_close(&loop->loop);
        return false;
    }
    loop->wake.data = loop;
    loop->started = tt_thread_start(&loop->thread, run_loop, loop);
    if (!loop->started) {
        uv_close((uv_handle_t *)&loop->wake, NULL);
        uv_run(&loop->loop, UV_RUN_DEFAULT);
        uv_loop_close(&loop->loop);
    }
    return loop->started;
}

bool tt_cli_loop_submit(TtCliLoop *loop, TtRequest *request) {
    TtCliJob *job = tt_alloc_zero(sizeof *job);
    job->request = request;
    job->owner = loop;
    job->work.data = job;
    tt_lock_acquire(&loop->lock);
    bool started = ensure_started(loop);
    if (started) {
        job->next = loop->jobs;
        if (loop->jobs) loop->jobs->previous = job;
        loop->jobs = job;
        tt_vec_push(&loop->incoming, job);
        uv_async_send(&loop->wake);
    }
    tt_lock_release(&loop->lock);
    if (!started) {
        tt_free(job);
        tt_cli_answer_errno(request, EMFILE);
    }
    return started;
}

void tt_cli_loop_cancel(TtCliLoop *loop, TtRequest *request) {
    tt_lock_acquire(&loop->lock);
    for (TtCliJob *job = loop->jobs; job; job = job->next)
        if (job->request == request) tt_atomic_store_u32_rel(&job->cancelled, 1);
    tt_lock_release(&loop->lock);
}

void tt_cli_loop_destroy(TtCliLoop *loop) {
    tt_lock_acquire(&loop->lock);
    bool started = loop->started;
    loop->stopping = true;
    if (started) uv_async_send(&loop->wake);
    tt_lock_release(&loop->lock);
    if (started) {
        tt_thread_join(&loop->thread);
        if (uv_loop_close(&loop->loop) != 0) abort();
    }
    tt_lock_destroy(&loop->lock);
}
