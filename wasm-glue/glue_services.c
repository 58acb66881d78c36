// SPDX-License-Identifier: MIT
#include "glue.h"

#include "base/alloc.h"

#include <string.h>

static void forget_call(TtServiceCall *call) {
    tt_free_wiped(call->arguments, call->secret ? call->length : 0);
    *call = (TtServiceCall){0};
}

void tt_glue_services_free(TtServices *services) {
    tt_vec_free(&services->requests);
    tt_vec_free(&services->cancelled);
    tt_vec_free(&services->ended);
    forget_call(&services->call);
}

void tt_glue_services_add(TtServices *services, TtRequest *request) {
    TtServiceRequest added = {.id = ++services->last_id, .request = request};
    tt_vec_push(&services->requests, added);
}

static void remove_at(TtServices *services, uint32_t index) {
    services->requests.count--;
    memmove(&services->requests.items[index], &services->requests.items[index + 1],
            (services->requests.count - index) * sizeof *services->requests.items);
}

TtRequest *tt_glue_services_remove(TtServices *services, uint32_t id) {
    for (uint32_t i = 0; i < services->requests.count; i++) {
        if (services->requests.items[i].id != id) continue;
        TtRequest *request = services->requests.items[i].request;
        remove_at(services, i);
        return request;
    }
    return NULL;
}

bool tt_glue_services_cancel(TtServices *services, const TtRequest *request) {
    for (uint32_t i = 0; i < services->requests.count; i++) {
        TtServiceRequest *waiting = &services->requests.items[i];
        if (waiting->request != request) continue;
        if (waiting->taken) tt_vec_push(&services->cancelled, waiting->id);
        remove_at(services, i);
        return true;
    }
    return false;
}

static void copy_call(TtServiceCall *call, const TtRequest *request) {
    const TtServiceInfo *info = tt_service_info(request->service);
    bool wire = (info->flags & TT_SERVICE_WIRE) != 0;
    const char *bytes = wire ? request->data : request->text;
    size_t length = wire ? request->data_length : strlen(request->text);
    *call = (TtServiceCall){
        .name = info->name,
        .owner = request->owner,
        .wire = wire,
        .secret = (info->flags & TT_SERVICE_SECRET) != 0,
        .arguments = tt_alloc_try(length + 1),
        .length = length,
    };
    if (call->arguments && length > 0) memcpy(call->arguments, bytes, length);
}

uint32_t tt_glue_services_take(TtServices *services) {
    forget_call(&services->call);
    for (uint32_t i = 0; i < services->requests.count; i++) {
        TtServiceRequest *waiting = &services->requests.items[i];
        if (waiting->taken) continue;
        waiting->taken = true;
        copy_call(&services->call, waiting->request);
        return waiting->id;
    }
    return 0;
}

/* ---- services in JavaScript ------------------------------------------------------------------------------
 */

uint32_t tt_glue_next_request(TtGlue *glue) {
    tt_lock_acquire(&glue->lock);
    uint32_t id = tt_glue_services_take(&glue->services);
    tt_lock_release(&glue->lock);
    return id;
}

const char *tt_glue_request_service(TtGlue *glue) {
    return glue->services.call.name;
}

double tt_glue_request_owner(TtGlue *glue) {
    return (double)glue->services.call.owner;
}

int32_t tt_glue_request_is_wire(TtGlue *glue) {
    return glue->services.call.wire;
}

const char *tt_glue_request_arguments(TtGlue *glue) {
    return glue->services.call.arguments;
}

uint32_t tt_glue_request_length(TtGlue *glue) {
    return (uint32_t)glue->services.call.length;
}

uint32_t tt_glue_next_cancelled(TtGlue *glue) {
    tt_lock_acquire(&glue->lock);
    uint32_t count = glue->services.cancelled.count;
    uint32_t id = count > 0 ? glue->services.cancelled.items[--glue->services.cancelled.count] : 0;
    tt_lock_release(&glue->lock);
    return id;
}

double tt_glue_next_ended_actor(TtGlue *glue) {
    tt_lock_acquire(&glue->lock);
    uint32_t count = glue->services.ended.count;
    uint64_t pid = count > 0 ? glue->services.ended.items[--glue->services.ended.count] : 0;
    tt_lock_release(&glue->lock);
    return (double)pid;
}

static TtRequest *take_back(TtGlue *glue, uint32_t id) {
    tt_lock_acquire(&glue->lock);
    TtRequest *request = tt_glue_services_remove(&glue->services, id);
    tt_lock_release(&glue->lock);
    return request;
}

/* The answer's bytes with a NUL behind them; without memory for them the program gets that as its error. */
static void set_answer(TtRequest *request, TtResult result, const void *bytes, uint32_t length) {
    request->result = result;
    request->answer_data = tt_alloc_try((size_t)length + 1);
    if (!request->answer_data) {
        request->result = TT_ERR_HEAP_EXCEEDED;
        request->reason = "Cannot allocate memory";
        return;
    }
    if (length > 0) memcpy(request->answer_data, bytes, length);
    request->answer_data[length] = '\0';
    request->answer_length = length;
}

int32_t tt_glue_answer(TtGlue *glue, uint32_t id, const uint8_t *value, uint32_t length) {
    TtRequest *request = take_back(glue, id);
    if (!request) return 0;
    request->answer = TT_ANSWER_WIRE;
    set_answer(request, TT_OK, value, length);
    tt_host_complete(request);
    return 1;
}

static TtResult result_of_kind(const char *kind, uint32_t length) {
    for (int result = TT_OK + 1; result < TT_RESULT_COUNT; result++) {
        const char *name = tt_result_kind((TtResult)result);
        if (strlen(name) == length && memcmp(name, kind, length) == 0) return (TtResult)result;
    }
    return TT_ERR_UNSUPPORTED_OPERATION;
}

int32_t tt_glue_refuse(TtGlue *glue, uint32_t id, const char *kind, uint32_t kind_length, const char *reason,
                       uint32_t length) {
    TtRequest *request = take_back(glue, id);
    if (!request) return 0;
    set_answer(request, result_of_kind(kind, kind_length), reason, length);
    if (request->answer_data) request->reason = request->answer_data;
    tt_host_complete(request);
    return 1;
}
