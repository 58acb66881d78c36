// SPDX-License-Identifier: MIT
/** Instructions that ask the host: operands become a request, its answer a value. Futures. */
#include "exec/sem.h"
#include "exec/service_call.h"
#include "exec/wire_value.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- asking
 * -------------------------------------------------------------------------------------------------- */

/** What any request costs at least, as bytes touched. */
#define SERVICE_BYTES 4096u

static TtResult start(TtActor *actor, unsigned op, TtPending **pending) {
    TtService service;
    TtArguments arguments = {0};
    TtResult result = tt_service_call_make(actor, op, &service, &arguments);
    if (result != TT_OK) {
        tt_free(arguments.data);
        return result;
    }
    tt_sem_charge(actor, SERVICE_BYTES + arguments.data_length);
    *pending = tt_pending_start(actor, service, &arguments);
    return *pending ? TT_OK : tt_sem_heap_full(actor, tt_op_info(op)->mnemonic);
}

/* ---- answers
 * ------------------------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool make_names(TtHeap *heap, const TtRequest *request, TtValue *out) {
    TT_VEC(const char *) names = {0};
    for (size_t at = 0; at < request->answer_length; at += strlen(request->answer_data + at) + 1)
        tt_vec_push(&names, request->answer_data + at);
    if (names.count) qsort(names.items, names.count, sizeof *names.items, compare_names);
    TtValue list = tt_empty(TT_TAG_LIST), name;
    bool made = true;
    for (uint32_t i = 0; i < names.count && made; i++)
        made = tt_str_new(heap, names.items[i], &name) && tt_list_append(heap, list, name, &list);
    tt_vec_free(&names);
    *out = list;
    return made;
}

/** A wire-encoded answer. */
static TtResult wire_answer(TtActor *actor, const char *op, const TtRequest *request, TtValue *out) {
    TtWireReader reader = tt_wire_reader(request->answer_data, request->answer_length);
    tt_sem_charge(actor, request->answer_length);
    bool made = tt_wire_to_value(&actor->heap, &reader, out);
    if (made && tt_wire_at_end(&reader)) return TT_OK;
    if (!made && !reader.failed) return tt_sem_heap_full(actor, op);
    return tt_error_set(&actor->context->error, TT_ERR_UNSUPPORTED_OPERATION,
                        "%s failed: the host's answer makes no sense", op);
}

/** "File operation failed on F: reason", or "OP failed: reason" when there is no name. */
static TtResult request_error(TtActor *actor, const char *op, TtResult result, const TtRequest *request,
                              const char *reason) {
    if (result == TT_ERR_FILE_ERROR && request->text)
        return tt_error_set(&actor->context->error, result, "File operation failed on %s: %s", request->text,
                            reason);
    const char *link = result == TT_ERR_TYPE_MISMATCH       ? "expects"
                       : result == TT_ERR_PERMISSION_DENIED ? "is not permitted:"
                                                            : "failed:";
    return tt_error_set(&actor->context->error, result, "%s %s %s", op, link, reason);
}

static TtResult answer_value(TtActor *actor, const char *op, const TtRequest *request, TtValue *out) {
    if (request->result != TT_OK)
        return request_error(actor, op, request->result, request,
                             request->reason ? request->reason : "unknown error");
    bool made = true;
    switch (request->answer) {
    case TT_ANSWER_NULL: *out = tt_null(); break;
    case TT_ANSWER_BOOL: *out = tt_bool(request->number != 0); break;
    case TT_ANSWER_INT: *out = tt_int(request->number); break;
    case TT_ANSWER_WIRE: return wire_answer(actor, op, request, out);
    case TT_ANSWER_NAMES: made = make_names(&actor->heap, request, out); break;
    case TT_ANSWER_STR:
    case TT_ANSWER_BYTES: {
        const char *data = request->answer_data ? request->answer_data : "";
        bool text = request->answer == TT_ANSWER_STR;
        if (text && !tt_utf8_valid(data, request->answer_length))
            return request_error(actor, op, TT_ERR_FILE_ERROR, request,
                                 "the content is not valid UTF-8 (READ_BYTES reads any bytes)");
        tt_sem_charge(actor, request->answer_length);
        if (request->answer_length > UINT32_MAX) return tt_sem_heap_full(actor, op);
        made =
            tt_bytes_new(&actor->heap, text ? TT_TAG_STR : TT_TAG_BYTES, data, request->answer_length, out);
        break;
    }
    }
    return made ? TT_OK : tt_sem_heap_full(actor, op);
}

static const TtValue *field(TtValue object, const char *name) {
    int64_t at = object.tag == TT_TAG_OBJECT ? tt_map_find(object, name, (uint32_t)strlen(name)) : -1;
    return at < 0 ? NULL : &tt_map_entries(object)[at].value;
}

/** Of the answer to a request only the body, where its status is below 400. */
static TtResult take_body(TtActor *actor, const char *op, TtValue *value) {
    const TtValue *status = field(*value, "status"), *body = field(*value, "body");
    if (!status || status->tag != TT_TAG_INT || !body)
        return tt_error_set(&actor->context->error, TT_ERR_UNSUPPORTED_OPERATION,
                            "%s failed: the host's answer makes no sense", op);
    if (status->as.i >= 400)
        return tt_error_set(&actor->context->error, TT_ERR_NETWORK_ERROR, "%s failed: the status is %lld", op,
                            (long long)status->as.i);
    *value = *body;
    return TT_OK;
}

TtStep tt_sem_service(TtActor *actor, unsigned op) {
    const TtOpInfo *info = tt_op_info(op);
    if (!actor->pending && start(actor, op, &actor->pending) != TT_OK) return TT_STEP_FAILED;
    if (!tt_pending_done(actor->pending)) {
        actor->wait = TT_WAIT_HOST;
        return TT_STEP_WAIT;
    }
    TtValue value;
    TtResult result = answer_value(actor, info->mnemonic, &actor->pending->request, &value);
    if (result == TT_OK && (op == TT_OP_HTTP_GET || op == TT_OP_HTTP_POST))
        result = take_body(actor, info->mnemonic, &value);
    if (result == TT_ERR_HEAP_EXCEEDED)
        return TT_STEP_FAILED; /* may be tried again; raising drops the request */
    tt_pending_drop(actor, actor->pending);
    actor->pending = NULL;
    if (result != TT_OK) return TT_STEP_FAILED;
    actor->sp -= (uint32_t)info->pops;
    if (info->pushes) actor->stack[actor->sp++] = value;
    return TT_STEP_DONE;
}

/* ---- futures
 * ------------------------------------------------------------------------------------------------- */

TtStep tt_sem_async(TtActor *actor, unsigned op) {
    const TtOpInfo *info = tt_op_info(op);
    TtPending *pending;
    uint32_t limit = actor->system->limits.handles;
    if (tt_future_count(actor) >= limit) {
        (void)tt_error_set(&actor->context->error, TT_ERR_HANDLES_EXCEEDED,
                           "%s failed: %u futures have not been awaited (--max-handles)", info->mnemonic,
                           limit);
        return TT_STEP_FAILED;
    }
    if (start(actor, op, &pending) != TT_OK) return TT_STEP_FAILED;
    uint64_t id = tt_future_add(actor, pending);
    actor->sp -= (uint32_t)info->pops;
    actor->stack[actor->sp++] = (TtValue){TT_TAG_FUTURE, 0, {.i = (int64_t)id}};
    return TT_STEP_DONE;
}

TtStep tt_sem_await(TtActor *actor) {
    TtValue future = actor->stack[actor->sp - 1], value;
    if (future.tag != TT_TAG_FUTURE) {
        (void)tt_sem_type_error(actor, "AWAIT", "a Future", future);
        return TT_STEP_FAILED;
    }
    TtPending *pending = tt_future_find(actor, (uint64_t)future.as.i);
    if (!pending) {
        (void)tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                           "AWAIT: Future(%lld) was awaited before, or belongs to another actor",
                           (long long)future.as.i);
        return TT_STEP_FAILED;
    }
    if (!tt_pending_done(pending)) {
        actor->wait = TT_WAIT_HOST;
        return TT_STEP_WAIT;
    }
    TtResult result = answer_value(actor, "AWAIT", &pending->request, &value);
    if (result == TT_ERR_HEAP_EXCEEDED) return TT_STEP_FAILED; /* the result can be awaited again */
    bool wrote = pending->request.service == TT_SERVICE_WRITE_FILE;
    tt_future_remove(actor, (uint64_t)future.as.i);
    if (result != TT_OK) return TT_STEP_FAILED;
    actor->stack[actor->sp - 1] = wrote ? tt_bool(true) : value;
    return TT_STEP_DONE;
}
