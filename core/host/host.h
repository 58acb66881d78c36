// SPDX-License-Identifier: MIT
/**
 * What the VM asks of the world around it. The native program and the wasm glue each implement it;
 * core/ itself touches neither files nor the console nor the clock of the day.
 *
 * A service is an asynchronous request. `submit` either answers at once (it fills the request and
 * returns true) or keeps the request and later, from any thread, calls tt_host_complete exactly once.
 * A waiting actor never occupies a worker. Requests still pending when their actor or VM ends are
 * cancelled: `cancel` is called, after which the host must still call tt_host_complete (soon).
 */
#ifndef TT_HOST_HOST_H
#define TT_HOST_HOST_H

#include "base/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum TtService {
#define TT_SERVICE(name, capability, flags, arguments, answer, doc) TT_SERVICE_##name,
#include "host/host.def"
#undef TT_SERVICE
    TT_SERVICE_COUNT
} TtService;

typedef enum TtCapability {
    TT_CAP_NONE, /* always allowed */
    TT_CAP_FS_READ,
    TT_CAP_FS_WRITE,
    TT_CAP_NET,
    TT_CAP_EXEC,
    TT_CAP_ENV,
    TT_CAP_DB,
    TT_CAP_COUNT
} TtCapability;

typedef enum TtServiceFlag {
    TT_SERVICE_WIRE = 1,  /* the arguments are a wire-encoded list in `data` */
    TT_SERVICE_OPENS = 2, /* the answer is or holds a handle */
    TT_SERVICE_SECRET = 4 /* arguments and answer are wiped from memory when the request is over */
} TtServiceFlag;

typedef struct TtServiceInfo {
    const char *name; /* "TCP_SEND" */
    TtCapability capability;
    uint8_t flags; /* set of TtServiceFlag */
    const char *arguments, *answer, *doc;
} TtServiceInfo;

const TtServiceInfo *tt_service_info(TtService service);
TtCapability tt_service_capability(TtService service);
/** "fs-read" …, as in --allow-fs-read; "" for TT_CAP_NONE. */
const char *tt_capability_name(TtCapability capability);

/** How the answer becomes a value. */
typedef enum TtAnswer {
    TT_ANSWER_NULL,
    TT_ANSWER_BOOL,  /* number */
    TT_ANSWER_INT,   /* number */
    TT_ANSWER_STR,   /* data; must be valid UTF-8, else the VM raises FileError saying so */
    TT_ANSWER_BYTES, /* data */
    TT_ANSWER_NAMES, /* data: names, each followed by NUL; becomes a sorted List of Str */
    TT_ANSWER_WIRE   /* data: one value as host/wire.h says; anything else is the host's mistake and raises */
} TtAnswer;

typedef struct TtRequest {
    TtService service;
    uint64_t owner; /* pid of the actor that asks: handles made for it are closed by `actor_ended` */
    /* arguments: set by the VM, valid until completion */
    const char *text; /* path or name, NUL-terminated, no NUL inside; NULL when the service has none */
    const char *data; /* content, or the wire-encoded list of arguments */
    size_t data_length;
    /* answer: set by the host */
    TtResult result; /* TT_OK, or the exception's kind */
    /**
     * Static or in `answer_data`, NUL-terminated: why it failed ("No such file or directory"). The VM puts
     * the instruction in front: TypeMismatch "OP expects REASON" (so REASON is "a socket but got a
     * database"), PermissionDenied "OP is not permitted: REASON", others "OP failed: REASON", of a FileError
     * with `text` "File operation failed on TEXT: REASON".
     */
    const char *reason;
    TtAnswer answer;
    int64_t number;
    char *answer_data; /* from tt_alloc; the VM frees it */
    size_t answer_length;
    /* owners */
    void *vm;   /* private to the VM */
    void *host; /* private to the host */
} TtRequest;

typedef struct TtHost TtHost;
struct TtHost {
    void *context;
    /** Any worker thread. True: answered already. False: tt_host_complete will be called. */
    bool (*submit)(TtHost *host, TtRequest *request);
    /** Any worker thread; the request is pending. A file that is being written is written nevertheless. */
    void (*cancel)(TtHost *host, TtRequest *request);
    /**
     * The actor has ended: its handles are closed, requests of others that wait on them fail. Called after
     * `cancel` of its requests, for actors that have asked for a service that TT_SERVICE_OPENS; any worker
     * thread. May be NULL when the host has no such services.
     */
    void (*actor_ended)(TtHost *host, uint64_t owner);
    /**
     * Program output, whole pieces in order. `stream` 1: standard output, 2: standard error. False:
     * no room now; nothing was taken, and tt_host_output_ready will be called when there is some.
     * A piece larger than the host's whole buffer is taken in any case once the buffer is empty.
     * Any worker thread.
     */
    bool (*write)(TtHost *host, int stream, const char *bytes, size_t length);
    /** Milliseconds since 1970-01-01 UTC. Any thread. */
    int64_t (*now_ms)(TtHost *host);
    /**
     * Module and program files by name, as they are before the program runs (loader, not the program's
     * own READ_FILE). FileError with a reason, or TT_OK and a buffer from tt_alloc. Any thread; may block.
     */
    TtResult (*load_file)(TtHost *host, const char *path, char **bytes, size_t *length, const char **reason);
};

/* Called by hosts, implemented by vm/: see tt.h (tt_host_complete, tt_host_output_ready). */

#endif
