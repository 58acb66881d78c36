// SPDX-License-Identifier: MIT
/**
 * The event loop of the native host: requests (jobs) that wait for the system, and the handles they work on.
 * Seen by the files of this folder only.
 *
 * Everything here runs on the loop's thread unless it says otherwise. A job is completed exactly once, by
 * tt_cli_job_done, after one of the tt_cli_answer_… functions. Blocking work of a job runs on libuv's pool.
 */
#ifndef TT_CLI_HOST_LOOP_H
#define TT_CLI_HOST_LOOP_H

#include "base/idmap.h"
#include "base/vec.h"
#include "cli/host/libraries.h"
#include "cli/host/native.h"
#include "host/wire.h"
#include "port/thread.h"

#include <uv.h>

typedef struct TtCliLoop TtCliLoop;
typedef struct TtCliJob TtCliJob;
typedef struct TtCliHandle TtCliHandle;
typedef struct TtCliHttp TtCliHttp;
struct TtCliConsole;
struct TtCliEnvironment;

/** Jobs in the order in which they came. */
typedef struct TtCliJobQueue {
    TtCliJob *first, *last;
} TtCliJobQueue;

struct TtCliJob {
    TtRequest *request;
    TtCliLoop *loop;
    TtCliJob *previous, *next; /* of loop->jobs */
    uint32_t cancelled;        /* atomic */
    bool cancel_queued;        /* guarded_by(loop.lock) */
    /** On the pool. */
    void (*work)(TtCliJob *job);
    /** After `work`, or NULL: then the job is done. */
    void (*after)(TtCliJob *job);
    /** The request is cancelled and no `work` is under way: leaves whatever it waits in. NULL: nothing to do.
     */
    void (*cancel)(TtCliJob *job);
    /**
     * `work` may wait for others than the system, as for who writes into a pipe: it runs on a thread of its
     * own, so that the pool is there for those that only work. Set before the job starts, or by `work` on the
     * pool, which then has done nothing else and is called again.
     */
    bool alone;
    TtThread thread;      /* of its own, while `alone` and `working` */
    bool working;         /* on the pool or its own thread */
    TtCliHandle *handle;  /* what it works on, kept alive by it */
    TtCliJobQueue *queue; /* where it waits, or NULL */
    TtCliJob *queue_previous, *queue_next;
    void *state; /* of the service */
    uv_work_t pool;
};

/** What other threads tell the loop, in the order in which they do. */
typedef struct TtCliNews {
    enum { TT_CLI_NEWS_JOB, TT_CLI_NEWS_CANCEL, TT_CLI_NEWS_ENDED, TT_CLI_NEWS_WORKED } kind;
    TtCliJob *job;  /* JOB: a new one. CANCEL: NULL when it is done already. WORKED: on its own thread */
    uint64_t owner; /* ENDED: its handles are to be closed */
} TtCliNews;

struct TtCliLoop {
    TtLock lock;    /* guards the fields up to `started` */
    TtCliJob *jobs; /* all that are not yet completed */
    TT_VEC(TtCliNews) news;
    bool stopping, started;
    TtThread thread;
    uv_loop_t loop;
    uv_async_t wake;
    /* constant */
    size_t max_bytes;
    uint32_t max_handles;
    const TtCliRules *rules; /* NULL: everything is allowed */
    struct TtCliConsole *console;
    struct TtCliEnvironment *environment;
    int descriptors[3]; /* of child processes */
    TtCliLibraries libraries;
    /* the loop's thread */
    uint32_t threads;    /* of jobs that have one of their own */
    TtCliJobQueue alone; /* that wait for one */
    TtIdMap handles;     /* id → TtCliHandle */
    TtIdMap owners;      /* owner → its first TtCliHandle */
    int64_t next_handle;
    TtCliHttp *http; /* NULL before the first request */
};

typedef struct TtCliLoopOptions {
    const TtCliHostOptions *host;
    struct TtCliConsole *console;
    struct TtCliEnvironment *environment;
} TtCliLoopOptions;

/* ---- any thread ------------------------------------------------------------------------------------------
 */

void tt_cli_loop_init(TtCliLoop *loop, const TtCliLoopOptions *options);
void tt_cli_loop_destroy(TtCliLoop *loop);
/** False when the loop cannot be started: the request has been answered with the reason. */
bool tt_cli_loop_submit(TtCliLoop *loop, TtRequest *request);
void tt_cli_loop_cancel(TtCliLoop *loop, TtRequest *request);
void tt_cli_loop_actor_ended(TtCliLoop *loop, uint64_t owner);
bool tt_cli_job_cancelled(const TtCliJob *job);

/* ---- jobs ------------------------------------------------------------------------------------------------
 */

/** The request has been answered: completes it and frees the job. */
void tt_cli_job_done(TtCliJob *job);
/** Runs job->work on the pool (job->alone: on a thread of its own), then job->after. */
void tt_cli_job_work(TtCliJob *job);
/** As tt_cli_job_work, one after the other for each handle. */
void tt_cli_job_work_in_order(TtCliJob *job);
/** Waits at the end of the queue; leaving it is the caller's or job->cancel's. */
void tt_cli_queue_add(TtCliJobQueue *queue, TtCliJob *job);
/** Takes the first out; NULL when it is empty. */
TtCliJob *tt_cli_queue_take(TtCliJobQueue *queue);
void tt_cli_queue_remove(TtCliJob *job);
/** A job->cancel for those that wait in a queue. */
void tt_cli_queue_cancel(TtCliJob *job);

/** Wire arguments of the job, behind the head of their list. */
TtWireReader tt_cli_job_arguments(const TtCliJob *job);
/** The arguments make no sense: the job is done. */
void tt_cli_job_bad_arguments(TtCliJob *job);

/* ---- handles (handles.c) ----------------------------------------------------------------------------- */

typedef enum TtCliHandleKind {
    TT_CLI_TCP = 1,
    TT_CLI_LISTENER = 2,
    TT_CLI_UDP = 4,
    TT_CLI_DATABASE = 8,
    TT_CLI_MEMORY_STREAM = 16,
    TT_CLI_INPUT_STREAM = 32,
    TT_CLI_OUTPUT_STREAM = 64
} TtCliHandleKind;
#define TT_CLI_STREAMS     (TT_CLI_MEMORY_STREAM | TT_CLI_INPUT_STREAM | TT_CLI_OUTPUT_STREAM)
#define TT_CLI_CONNECTIONS (TT_CLI_TCP | TT_CLI_LISTENER | TT_CLI_UDP | TT_CLI_DATABASE)

/** First field of everything that a handle stands for. */
struct TtCliHandle {
    int64_t id;
    uint64_t owner;
    TtCliHandleKind kind;
    TtCliLoop *loop;
    TtCliHandle *owner_previous, *owner_next;
    uint32_t jobs;       /* that hold it: it is freed when none does and it is closed */
    bool closed;         /* no longer in the table */
    bool busy;           /* a job of `order` is on the pool */
    TtCliJobQueue order; /* tt_cli_job_work_in_order */
    /** Starts closing; called once, with no work on the pool. Ends in tt_cli_handle_free, now or later. */
    void (*close)(TtCliHandle *handle);
};

/**
 * Gives the handle (zeroed but for its own fields) its number. False at the limit: the job is answered, and
 * the caller frees what it has made.
 */
bool tt_cli_handle_add(TtCliJob *job, TtCliHandle *handle, TtCliHandleKind kind,
                       void (*close)(TtCliHandle *));
/**
 * The handle that is the next argument, held by the job. NULL when it is none of `kinds` or closed: the job
 * is done then.
 */
TtCliHandle *tt_cli_handle_take(TtCliJob *job, TtWireReader *arguments, unsigned kinds);
/** Out of the table; jobs that wait on it fail. */
void tt_cli_handle_close(TtCliHandle *handle);
/** The job lets go. */
void tt_cli_handle_release(TtCliJob *job);
/** The last act of `close`. */
void tt_cli_handle_free(TtCliHandle *handle);
void tt_cli_handles_close_owner(TtCliLoop *loop, uint64_t owner);
void tt_cli_handles_close_all(TtCliLoop *loop);
/** Answers that the handle was closed. */
void tt_cli_answer_closed(TtCliJob *job, unsigned kinds, int64_t id);
/** Answers with the handle itself. */
void tt_cli_answer_handle(TtRequest *request, const TtCliHandle *handle);
/** CLOSE and STREAM_CLOSE. */
void tt_cli_handle_run_close(TtCliJob *job);

/* ---- services: each starts a job --------------------------------------------------------------------- */

void tt_cli_tcp_connect(TtCliJob *job);
void tt_cli_tcp_listen(TtCliJob *job);
void tt_cli_tcp_accept(TtCliJob *job);
void tt_cli_tcp_port(TtCliJob *job);
void tt_cli_tcp_send(TtCliJob *job);
void tt_cli_tcp_receive(TtCliJob *job);
void tt_cli_udp_bind(TtCliJob *job);
void tt_cli_udp_send(TtCliJob *job);
void tt_cli_udp_receive(TtCliJob *job);
void tt_cli_dns_resolve(TtCliJob *job);
void tt_cli_http_request(TtCliJob *job);
void tt_cli_process_run(TtCliJob *job);
void tt_cli_stream_start(TtCliJob *job);
void tt_cli_format_start(TtCliJob *job);
void tt_cli_database_start(TtCliJob *job);

/** The local port of a UDP socket; 0 on failure. */
int tt_cli_udp_port(TtCliHandle *handle);
/** A service of format.c carried out now, on any thread. */
void tt_cli_format_run(TtCliLoop *loop, TtRequest *request);
/** Ends what http.c keeps; loop->http is NULL afterwards. */
void tt_cli_http_free(TtCliLoop *loop);

/* ---- addresses (net.c) ------------------------------------------------------------------------------- */

/** The numeric address, without asking anybody; false when `host` is a name. */
bool tt_cli_address_parse(const char *host, int port, struct sockaddr_storage *address);
/** Text and port of an address. */
void tt_cli_address_text(const struct sockaddr *address, char text[64], int *port);
/** Whether rules allow it; else the request is answered. */
bool tt_cli_net_allowed(TtCliJob *job, const char *host, int port);
/** NetworkError with libuv's text; Timeout for UV_ETIMEDOUT. */
void tt_cli_answer_net(TtRequest *request, int uv_error);

#endif
