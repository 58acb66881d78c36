// SPDX-License-Identifier: MIT
/** libuv's event loop on a thread of its own, and the life of jobs; see loop.h. */
#include "native_internal.h"

#include "port/atomic.h"
#include "tinytot/tt.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

/** Threads for jobs that may wait for others; more jobs wait for one of them. */
#define MAX_ALONE 256u

/* ---- jobs ------------------------------------------------------------------------------------------------
 */

/** Under `lock`. */
static void unlink_job(TtCliLoop *loop, TtCliJob *job) {
    if (job->previous)
        job->previous->next = job->next;
    else
        loop->jobs = job->next;
    if (job->next) job->next->previous = job->previous;
    if (!job->cancel_queued) return;
    for (uint32_t i = 0; i < loop->news.count; i++)
        if (loop->news.items[i].job == job) loop->news.items[i].job = NULL;
}

void tt_cli_job_done(TtCliJob *job) {
    TtCliLoop *loop = job->loop;
    TtRequest *request = job->request;
    if (job->queue) tt_cli_queue_remove(job);
    if (job->handle) tt_cli_handle_release(job);
    tt_lock_acquire(&loop->lock);
    unlink_job(loop, job);
    request->host = NULL;
    tt_lock_release(&loop->lock);
    tt_free(job);
    tt_host_complete(request);
}

bool tt_cli_job_cancelled(const TtCliJob *job) {
    return tt_atomic_load_u32_acq(&job->cancelled);
}

/** Work is done, or there is none to do. */
static void finish_work(TtCliJob *job) {
    job->working = false;
    if (job->after)
        job->after(job);
    else
        tt_cli_job_done(job);
}

/** Under `lock`. */
static void tell(TtCliLoop *loop, TtCliNews news) {
    tt_vec_push(&loop->news, news);
    uv_async_send(&loop->wake);
}

static void *run_alone(void *context) {
    TtCliJob *job = context;
    job->work(job);
    TtCliLoop *loop = job->loop;
    tt_lock_acquire(&loop->lock);
    tell(loop, (TtCliNews){.kind = TT_CLI_NEWS_WORKED, .job = job});
    tt_lock_release(&loop->lock);
    return NULL;
}

static void cancel_alone(TtCliJob *job) {
    tt_cli_queue_remove(job);
    tt_cli_answer_null(job->request);
    finish_work(job);
}

static void work_alone(TtCliJob *job) {
    TtCliLoop *loop = job->loop;
    if (tt_cli_job_cancelled(job)) {
        tt_cli_answer_null(job->request);
        finish_work(job);
        return;
    }
    if (loop->threads == MAX_ALONE) {
        job->cancel = cancel_alone;
        tt_cli_queue_add(&loop->alone, job);
        return;
    }
    job->cancel = NULL;
    job->working = true;
    if (tt_thread_start(&job->thread, run_alone, job)) {
        loop->threads++;
        return;
    }
    tt_cli_answer_errno(job->request, EAGAIN);
    finish_work(job);
}

/** The thread of the job has ended. */
static void end_alone(TtCliJob *job) {
    TtCliLoop *loop = job->loop;
    tt_thread_join(&job->thread);
    loop->threads--;
    finish_work(job);
    TtCliJob *next = tt_cli_queue_take(&loop->alone);
    if (next) work_alone(next);
}

static void run_work(uv_work_t *work) {
    TtCliJob *job = work->data;
    job->work(job);
}

static void after_work(uv_work_t *work, int status) {
    TtCliJob *job = work->data;
    job->working = false;
    if (status != 0) tt_cli_answer_errno(job->request, ECANCELED);
    if (status == 0 && job->alone)
        work_alone(job);
    else
        finish_work(job);
}

void tt_cli_job_work(TtCliJob *job) {
    if (job->alone) {
        work_alone(job);
        return;
    }
    job->pool.data = job;
    job->working = true;
    if (uv_queue_work(&job->loop->loop, &job->pool, run_work, after_work) != 0) abort();
}

static void start_next(TtCliHandle *handle);

static void after_work_in_order(TtCliJob *job) {
    TtCliHandle *handle = job->handle;
    handle->busy = false;
    if (handle->closed)
        handle->close(handle); /* what waited has been answered; the job still holds the handle */
    else
        start_next(handle);
    tt_cli_job_done(job);
}

static void start_next(TtCliHandle *handle) {
    TtCliJob *job = tt_cli_queue_take(&handle->order);
    if (!job) return;
    handle->busy = true;
    job->cancel = NULL;
    job->after = after_work_in_order;
    tt_cli_job_work(job);
}

void tt_cli_job_work_in_order(TtCliJob *job) {
    job->cancel = tt_cli_queue_cancel;
    tt_cli_queue_add(&job->handle->order, job);
    if (!job->handle->busy) start_next(job->handle);
}

void tt_cli_queue_add(TtCliJobQueue *queue, TtCliJob *job) {
    job->queue = queue;
    job->queue_previous = queue->last;
    job->queue_next = NULL;
    if (queue->last)
        queue->last->queue_next = job;
    else
        queue->first = job;
    queue->last = job;
}

void tt_cli_queue_remove(TtCliJob *job) {
    TtCliJobQueue *queue = job->queue;
    if (job->queue_previous)
        job->queue_previous->queue_next = job->queue_next;
    else
        queue->first = job->queue_next;
    if (job->queue_next)
        job->queue_next->queue_previous = job->queue_previous;
    else
        queue->last = job->queue_previous;
    job->queue = NULL;
}

TtCliJob *tt_cli_queue_take(TtCliJobQueue *queue) {
    TtCliJob *job = queue->first;
    if (job) tt_cli_queue_remove(job);
    return job;
}

void tt_cli_queue_cancel(TtCliJob *job) {
    tt_cli_answer_null(job->request);
    tt_cli_job_done(job);
}

TtWireReader tt_cli_job_arguments(const TtCliJob *job) {
    TtWireReader reader = tt_wire_reader(job->request->data, job->request->data_length);
    TtWireItem list;
    (void)tt_wire_read_as(&reader, TT_WIRE_LIST, &list);
    return reader;
}

void tt_cli_job_bad_arguments(TtCliJob *job) {
    tt_cli_answer_error(job->request, TT_ERR_BAD_ARGUMENT, "the arguments make no sense");
    tt_cli_job_done(job);
}

/* ---- starting them ----------------------------------------------------------------------------------- */

static void run_file(TtCliJob *job) {
    if (!job->alone && tt_cli_file_may_wait(job->request->service, job->request->text))
        job->alone = true;
    else
        tt_cli_file_run(job->request, job->loop->rules, job->loop->max_bytes, &job->cancelled);
}

static void start_file(TtCliJob *job) {
    job->work = run_file;
    tt_cli_job_work(job);
}

static void start_job(TtCliJob *job) {
    switch (job->request->service) {
    case TT_SERVICE_EXEC: tt_cli_process_run(job); break;
    case TT_SERVICE_HTTP_REQUEST: tt_cli_http_request(job); break;
    case TT_SERVICE_DNS_RESOLVE: tt_cli_dns_resolve(job); break;
    case TT_SERVICE_TCP_CONNECT: tt_cli_tcp_connect(job); break;
    case TT_SERVICE_TCP_LISTEN: tt_cli_tcp_listen(job); break;
    case TT_SERVICE_TCP_ACCEPT: tt_cli_tcp_accept(job); break;
    case TT_SERVICE_TCP_PORT: tt_cli_tcp_port(job); break;
    case TT_SERVICE_TCP_SEND: tt_cli_tcp_send(job); break;
    case TT_SERVICE_TCP_RECV: tt_cli_tcp_receive(job); break;
    case TT_SERVICE_UDP_BIND: tt_cli_udp_bind(job); break;
    case TT_SERVICE_UDP_SEND: tt_cli_udp_send(job); break;
    case TT_SERVICE_UDP_RECV: tt_cli_udp_receive(job); break;
    case TT_SERVICE_CLOSE:
    case TT_SERVICE_STREAM_CLOSE: tt_cli_handle_run_close(job); break;
    case TT_SERVICE_STREAM_MEMORY:
    case TT_SERVICE_STREAM_OPEN_READ:
    case TT_SERVICE_STREAM_OPEN_WRITE:
    case TT_SERVICE_STREAM_READ:
    case TT_SERVICE_STREAM_WRITE: tt_cli_stream_start(job); break;
    case TT_SERVICE_COMPRESS:
    case TT_SERVICE_DECOMPRESS:
    case TT_SERVICE_HASH:
    case TT_SERVICE_ENCRYPT:
    case TT_SERVICE_DECRYPT: tt_cli_format_start(job); break;
    case TT_SERVICE_DB_CONNECT:
    case TT_SERVICE_DB_QUERY:
    case TT_SERVICE_DB_EXEC: tt_cli_database_start(job); break;
    default: start_file(job); break;
    }
}

/** The news at `*at`, which moves on; false when there are no more. */
static bool next_news(TtCliLoop *loop, uint32_t *at, TtCliNews *news) {
    tt_lock_acquire(&loop->lock);
    bool any = *at < loop->news.count;
    if (any) *news = loop->news.items[(*at)++];
    if (!any) loop->news.count = 0;
    if (any && news->kind == TT_CLI_NEWS_CANCEL && news->job) news->job->cancel_queued = false;
    tt_lock_release(&loop->lock);
    return any;
}

/**
 * In order: a request is cancelled before its actor ends, so whatever it has opened is closed; and what is
 * asked after an actor's end finds its handles closed. At the end everything that keeps the loop going
 * closes.
 */
static void take_news(uv_async_t *wake) {
    TtCliLoop *loop = wake->data;
    TtCliNews news;
    for (uint32_t at = 0; next_news(loop, &at, &news);) {
        if (news.kind == TT_CLI_NEWS_JOB)
            start_job(news.job);
        else if (news.kind == TT_CLI_NEWS_ENDED)
            tt_cli_handles_close_owner(loop, news.owner);
        else if (news.kind == TT_CLI_NEWS_WORKED)
            end_alone(news.job);
        else if (news.job && news.job->cancel && !news.job->working)
            news.job->cancel(news.job);
    }
    tt_lock_acquire(&loop->lock);
    bool stopping = loop->stopping;
    tt_lock_release(&loop->lock);
    /* A thread that is still at work will tell of its end. */
    if (!stopping || loop->threads || uv_is_closing((uv_handle_t *)wake)) return;
    tt_cli_handles_close_all(loop);
    tt_cli_http_free(loop);
    uv_close((uv_handle_t *)wake, NULL);
}

/* ---- the thread -------------------------------------------------------------------------------------- */

static void *run_loop(void *context) {
    TtCliLoop *loop = context;
    uv_run(&loop->loop, UV_RUN_DEFAULT);
    return NULL;
}

/** As many descriptors as the system lets us have: handles have a limit of their own. */
static void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/** Under `lock`. */
static bool ensure_started(TtCliLoop *loop) {
    if (loop->started) return true;
    raise_descriptor_limit();
    if (uv_loop_init(&loop->loop) != 0) return false;
    if (uv_async_init(&loop->loop, &loop->wake, take_news) != 0) {
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

void tt_cli_loop_init(TtCliLoop *loop, const TtCliLoopOptions *options) {
    tt_lock_init(&loop->lock);
    tt_cli_libraries_init(&loop->libraries);
    loop->max_bytes = options->host->max_read_bytes;
    loop->max_handles = options->host->max_handles;
    loop->rules = options->host->rules;
    loop->console = options->console;
    loop->environment = options->environment;
    loop->descriptors[0] = options->host->input;
    loop->descriptors[1] = options->host->output;
    loop->descriptors[2] = options->host->error;
}

bool tt_cli_loop_submit(TtCliLoop *loop, TtRequest *request) {
    TtCliJob *job = tt_alloc_zero(sizeof *job);
    job->request = request;
    job->loop = loop;
    tt_lock_acquire(&loop->lock);
    bool started = ensure_started(loop);
    if (started) {
        request->host = job;
        job->next = loop->jobs;
        if (loop->jobs) loop->jobs->previous = job;
        loop->jobs = job;
        tell(loop, (TtCliNews){.kind = TT_CLI_NEWS_JOB, .job = job});
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
    TtCliJob *job = request->host;
    if (job) {
        tt_atomic_store_u32_rel(&job->cancelled, 1);
        if (!job->cancel_queued) tell(loop, (TtCliNews){.kind = TT_CLI_NEWS_CANCEL, .job = job});
        job->cancel_queued = true;
    }
    tt_lock_release(&loop->lock);
}

void tt_cli_loop_actor_ended(TtCliLoop *loop, uint64_t owner) {
    tt_lock_acquire(&loop->lock);
    if (loop->started) tell(loop, (TtCliNews){.kind = TT_CLI_NEWS_ENDED, .owner = owner});
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
    tt_vec_free(&loop->news);
    tt_idmap_free(&loop->handles);
    tt_idmap_free(&loop->owners);
    tt_cli_libraries_free(&loop->libraries);
    tt_lock_destroy(&loop->lock);
}
