// SPDX-License-Identifier: MIT
/** The parts of the native host, seen by the files of this folder only. */
#ifndef TT_CLI_HOST_NATIVE_INTERNAL_H
#define TT_CLI_HOST_NATIVE_INTERNAL_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "cli/host/files.h"
#include "cli/host/native.h"
#include "loop.h"
#include "port/thread.h"

#include <uv.h>

/* ---- answers (answer.c) -------------------------------------------------------------------------- */

void tt_cli_answer_null(TtRequest *request);
void tt_cli_answer_number(TtRequest *request, TtAnswer kind, int64_t number);
/** Takes `bytes`, which come from tt_alloc. */
void tt_cli_answer_data(TtRequest *request, TtAnswer kind, char *bytes, size_t length);
/** Takes the builder's text. */
void tt_cli_answer_wire(TtRequest *request, TtStrbuf *answer);
/** The reason is formatted. */
void tt_cli_answer_format(TtRequest *request, TtResult result, const char *format, ...) TT_PRINTF(3, 4);
/** `reason` is static. */
void tt_cli_answer_error(TtRequest *request, TtResult result, const char *reason);
/** FileError with the text of an errno value. */
void tt_cli_answer_errno(TtRequest *request, int error);

/* ---- output (console.c) -------------------------------------------------------------------------- */

/** Consecutive bytes of one stream. */
typedef struct TtCliRun {
    int stream; /* 1 or 2 */
    size_t length;
} TtCliRun;

typedef struct TtCliRuns {
    TT_VEC(TtCliRun) list;
    TtStrbuf bytes; /* of all runs, one after the other */
} TtCliRuns;

/**
 * Pieces wait in `pending` in the order printed, whichever stream they are for, and one thread writes
 * them: streams never overtake each other, pieces never mix, and no worker waits for a slow reader.
 */
typedef struct TtCliConsole {
    TtLock lock; /* guards the fields up to `alone` */
    TtCondition work, idle;
    TtCliRuns pending;
    uint64_t deadline_ns; /* when `pending` is written at the latest */
    bool urgent;          /* write now */
    bool writing;         /* the writer, or one who flushes without it, has taken `current` to write it */
    bool starved;         /* somebody was refused */
    bool stopping;
    int failed[3]; /* errno by stream: all further output is dropped */
    TtThread thread;
    bool started;      /* the writer has its thread */
    bool alone;        /* no thread can be had: whoever prints writes */
    int descriptor[3]; /* by stream; constant, as the next */
    bool immediate[3]; /* a terminal, or standard error */
    TtCliRuns current; /* of whom `writing` is about */
    TtLock vm_lock;    /* guards `vm`; held while the VM is called. Never taken after `lock` */
    struct TtVm *vm;
    void (*output_failed)(void *context, int error);
    void *context;
} TtCliConsole;

/** False when no thread can be had; destroy it even so. */
bool tt_cli_console_init(TtCliConsole *console, const TtCliHostOptions *options);
void tt_cli_console_destroy(TtCliConsole *console);
bool tt_cli_console_write(TtCliConsole *console, int stream, const char *bytes, size_t length);
/** Starts the writer if it does not run yet. */
void tt_cli_console_serve(TtCliConsole *console);
/** Asks for an early write of what was printed; does not wait. */
void tt_cli_console_hurry(TtCliConsole *console);
void tt_cli_console_flush(TtCliConsole *console);
void tt_cli_console_attach(TtCliConsole *console, struct TtVm *vm);

/* ---- standard input (input.c) -------------------------------------------------------------------- */

typedef struct TtCliInput {
    TtLock lock;
    TtCondition work;
    TT_VEC(TtRequest *) queue; /* in the order asked */
    TtStrbuf buffer;
    size_t start;   /* of what was not yet handed out */
    size_t scanned; /* bytes from `start` that hold no line end */
    bool ended;
    int error; /* errno of a failed read; sticky, like the end */
    bool stopping, started;
    TtThread thread;
    int descriptor, wake[2]; /* a byte in `wake` interrupts the wait for input */
    size_t max_bytes;
    TtCliConsole *console; /* flushed before waiting */
} TtCliInput;

/** 0 or an errno value. */
int tt_cli_input_init(TtCliInput *input, const TtCliHostOptions *options, TtCliConsole *console);
void tt_cli_input_destroy(TtCliInput *input);
bool tt_cli_input_submit(TtCliInput *input, TtRequest *request);
void tt_cli_input_cancel(TtCliInput *input, TtRequest *request);

/* ---- environment (environment.c) ----------------------------------------------------------------- */

typedef struct TtCliVariable {
    char *name, *value;
} TtCliVariable;

/** The program's own copy: changes are not seen by the process, and need no process-wide lock. */
typedef struct TtCliEnvironment {
    TtLock lock;
    TT_VEC(TtCliVariable) list;
} TtCliEnvironment;

void tt_cli_environment_init(TtCliEnvironment *environment);
void tt_cli_environment_destroy(TtCliEnvironment *environment);
void tt_cli_environment_get(TtCliEnvironment *environment, TtRequest *request);
void tt_cli_environment_set(TtCliEnvironment *environment, TtRequest *request);
/** "NAME=value" of all, NULL at the end; freed with tt_cli_environment_free_list. */
char **tt_cli_environment_list(TtCliEnvironment *environment);
void tt_cli_environment_free_list(char **list);

/* ---- files (files.c): blocking, on any thread. `*cancelled` (atomic) ends waits for pipes early -------- */

/** Carries out a file service. A cancelled write is carried out nevertheless. */
void tt_cli_file_run(TtRequest *request, const TtCliRules *rules, size_t max_bytes, uint32_t *cancelled);
/** Whether carrying it out may take as long as others like: it reads or writes a pipe or a device. */
bool tt_cli_file_may_wait(TtService service, const char *path);
/** The path to use, from tt_alloc; NULL when rules forbid it: the request is answered. */
char *tt_cli_file_path(TtRequest *request, const TtCliRules *rules, bool write, const char *path);
/** The descriptor, or -1 with errno. A pipe without a reader is waited for. */
int tt_cli_file_open(const char *path, int flags, mode_t mode, uint32_t *cancelled);
/** Waits until a pipe or device is ready; 0, or ECANCELED, or another errno value. */
int tt_cli_file_wait(int descriptor, short events, uint32_t *cancelled);

/* ---- names and addresses (net.c) ------------------------------------------------------------------- */

#define TT_CLI_HOST_BYTES 256

struct addrinfo;
/** Reads a host name; `otherwise` stands for null, unless it is NULL. */
bool tt_cli_net_host(TtWireReader *arguments, const char *otherwise, char host[TT_CLI_HOST_BYTES]);
bool tt_cli_net_port(TtWireReader *arguments, int *port);
/** What a socket did not take at once. It stays when the request is cancelled, until libuv lets go of it. */
typedef struct TtCliSending {
    union {
        uv_req_t any;
        uv_write_t tcp;
        uv_udp_send_t udp;
    } uv;
    TtCliJob *job; /* NULL: abandoned */
    size_t total;  /* what the request answers */
    uv_buf_t rest; /* lies behind this struct */
} TtCliSending;

/** Takes a copy of `rest`, and the job's state and cancel. NULL when there is no room: the job is done. */
TtCliSending *tt_cli_sending_create(TtCliJob *job, const char *rest, size_t length, size_t total);
/** Sent or failed (`status`): answers the request, unless abandoned, and frees it. */
void tt_cli_sending_end(TtCliSending *sending, int status);
/**
 * The first of the addresses found for the name that is the job's next argument, with the port behind it.
 * False: the job is done.
 */
bool tt_cli_net_first(TtCliJob *job, const struct addrinfo *list, int error,
                      struct sockaddr_storage *address);
/** Asks for the addresses of a name; `type` is SOCK_STREAM or SOCK_DGRAM. Uses job->state and job->cancel. */
void tt_cli_net_resolve(TtCliJob *job, const char *host, int type,
                        void (*found)(TtCliJob *job, const struct addrinfo *list, int error));

#endif
