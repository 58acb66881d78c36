// SPDX-License-Identifier: MIT
/**
 * Requests on their way to the services in JavaScript: the network, streams, formats and databases. Any
 * worker thread puts them in; the engine worker takes them out and answers. Not thread-safe: the session's
 * lock is held around every call but tt_glue_services_free.
 */
#ifndef TT_WASM_GLUE_GLUE_SERVICES_H
#define TT_WASM_GLUE_GLUE_SERVICES_H

#include "base/vec.h"
#include "host/host.h"

typedef struct TtServiceRequest {
    uint32_t id;
    bool taken; /* by JavaScript */
    TtRequest *request;
} TtServiceRequest;

/** A request as JavaScript reads it: a copy, since the actor that asked may end meanwhile. */
typedef struct TtServiceCall {
    const char *name; /* of the service; static */
    uint64_t owner;
    bool wire;
    bool secret;     /* wiped with the next call that is taken, or that there is none */
    char *arguments; /* the wire-encoded list, or the path */
    size_t length;
} TtServiceCall;

typedef struct TtServices {
    TT_VEC(TtServiceRequest) requests; /* in the order in which they came */
    TT_VEC(uint32_t) cancelled;        /* ids of taken ones, for JavaScript to give up */
    TT_VEC(uint64_t) ended;            /* actors whose handles are to be closed */
    uint32_t last_id;
    TtServiceCall call; /* what was taken last */
} TtServices;

void tt_glue_services_free(TtServices *services);
void tt_glue_services_add(TtServices *services, TtRequest *request);
/** Takes a request out; NULL when it is there no more: somebody else has completed it. */
TtRequest *tt_glue_services_remove(TtServices *services, uint32_t id);
/** The request was cancelled: takes it out and lets JavaScript know. False when it is not here. */
bool tt_glue_services_cancel(TtServices *services, const TtRequest *request);
/** Fills `call` with the first request not taken yet; its id, 0 when there is none. */
uint32_t tt_glue_services_take(TtServices *services);

#endif
