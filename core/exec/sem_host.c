// SPDX-License-Identifier: MIT
/** Console, files, environment, time: instructions that ask the host. */
#include "exec/sem.h"
#include "exec/wire_value.h"

#include "base/utf8.h"
#include "value/print.h"

#include <stdlib.h>
#include <string.h>

static TtStep failed(TtResult result) {
    return result == TT_OK ? TT_STEP_DONE : TT_STEP_FAILED;
}

TtStep tt_sem_output(TtActor *actor, int stream, const char *text, size_t length) {
    if (!length || tt_output_write(actor, stream, text, length)) return TT_STEP_DONE;
    actor->wait = TT_WAIT_OUTPUT;
    return TT_STEP_WAIT;
}

TtStep tt_sem_print(TtActor *actor, bool line_end) {
    TtStrbuf *text = &actor->context->text;
    tt_strbuf_clear(text);
    tt_print_value(text, actor->stack[actor->sp - 1]);
    tt_sem_charge(actor, text->length);
    if (line_end) tt_strbuf_add_char(text, '\n');
    TtStep step = tt_sem_output(actor, 1, tt_strbuf_text(text), text->length);
    if (step == TT_STEP_DONE) actor->sp--;
    return step;
}

/** Which service an instruction asks for, and where its arguments are, counted from the top; 0: none. */
typedef struct ServiceCall {
    uint16_t op;
    TtService service;
    uint8_t text, data; /* operand positions */
    bool bytes;         /* data is Bytes, not Str */
} ServiceCall;

static const ServiceCall service_calls[] = {
    {TT_OP_READ_LINE, TT_SERVICE_READ_LINE, 0, 0, false},
    {TT_OP_READ_CHAR, TT_SERVICE_READ_CHAR, 0, 0, false},
    {TT_OP_READ_INPUT, TT_SERVICE_READ_INPUT, 0, 0, false},
    {TT_OP_READ_FILE, TT_SERVICE_READ_FILE, 1, 0, false},
    {TT_OP_READ_BYTES, TT_SERVICE_READ_BYTES, 1, 0, false},
    {TT_OP_WRITE_FILE, TT_SERVICE_WRITE_FILE, 1, 2, false},
    {TT_OP_APPEND_FILE, TT_SERVICE_APPEND_FILE, 1, 2, false},
    {TT_OP_WRITE_BYTES, TT_SERVICE_WRITE_FILE, 1, 2, true},
    {TT_OP_FILE_EXISTS, TT_SERVICE_FILE_EXISTS, 1, 0, false},
    {TT_OP_FILE_SIZE, TT_SERVICE_FILE_SIZE, 1, 0, false},
    {TT_OP_DELETE_FILE, TT_SERVICE_DELETE_FILE, 1, 0, false},
    {TT_OP_LIST_DIR, TT_SERVICE_LIST_DIR, 1, 0, false},
    {TT_OP_GET_ENV, TT_SERVICE_GET_ENV, 1, 0, false},
    {TT_OP_SET_ENV, TT_SERVICE_SET_ENV, 2, 1, false},
};

static const ServiceCall *find_call(unsigned op) {
    for (size_t i = 0; i < sizeof service_calls / sizeof *service_calls; i++)
        if (service_calls[i].op == op) return &service_calls[i];
    return NULL;
}

static TtResult check_permission(TtActor *actor, const char *op, TtService service) {
    TtCapability capability = tt_service_capability(service);
    if (!(actor->system->denied & (1u << capability))) return TT_OK;
    const char *name = tt_capability_name(capability);
    return tt_error_set(&actor->context->error, TT_ERR_PERMISSION_DENIED,
                        "%s is not permitted: it needs --allow-%s", op, name);
}

/** What any request costs at least, as bytes touched. */
#define SERVICE_BYTES 4096u

static TtResult submit(TtActor *actor, const ServiceCall *call) {
    const char *op = tt_op_info(call->op)->mnemonic;
    TT_TRY(check_permission(actor, op, call->service));
    TtValue text = tt_null();
    if (call->text) {
        text = actor->stack[actor->sp - call->text];
        if (text.tag != TT_TAG_STR) return tt_sem_type_error(actor, op, "a Str as path or name", text);
        if (memchr(tt_bytes_data(text), 0, text.len))
            return tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                                "%s: the name contains a NUL character", op);
    }
    TtArguments arguments = {.text = call->text ? tt_bytes_data(text) : NULL, .text_length = text.len};
    if (call->data) {
        TtValue data = actor->stack[actor->sp - call->data];
        TtTag wanted = call->bytes ? TT_TAG_BYTES : TT_TAG_STR;
        if (data.tag != wanted)
            return tt_sem_type_error(actor, op,
                                     call->bytes ? "Bytes as content" : "a Str as content or value", data);
        arguments.data = tt_alloc_string(tt_bytes_data(data), data.len);
        arguments.data_length = data.len;
    }
    tt_sem_charge(actor, SERVICE_BYTES + arguments.data_length);
    actor->pending = tt_pending_start(actor, call->service, &arguments);
    return actor->pending ? TT_OK : tt_sem_heap_full(actor, op);
}

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

TtStep tt_sem_service(TtActor *actor, unsigned op) {
    const ServiceCall *call = find_call(op);
    const TtOpInfo *info = tt_op_info(op);
    if (!actor->pending) {
        if (submit(actor, call) != TT_OK) return TT_STEP_FAILED;
    }
    if (!tt_pending_done(actor->pending)) {
        actor->wait = TT_WAIT_HOST;
        return TT_STEP_WAIT;
    }
    TtValue value;
    TtResult result = answer_value(actor, info->mnemonic, &actor->pending->request, &value);
    if (result == TT_ERR_HEAP_EXCEEDED)
        return TT_STEP_FAILED; /* may be tried again; raising drops the request */
    tt_pending_drop(actor, actor->pending);
    actor->pending = NULL;
    if (result != TT_OK) return TT_STEP_FAILED;
    actor->sp -= (uint32_t)info->pops;
    if (info->pushes) actor->stack[actor->sp++] = value;
    return TT_STEP_DONE;
}

TtStep tt_sem_sleep(TtActor *actor) {
    TtValue ms = actor->stack[actor->sp - 1];
    uint64_t now = tt_system_clock_ns(actor->system);
    if (!actor->deadline_set) {
        if (tt_deadline_after(actor, "SLEEP", now, ms, &actor->deadline_ns) != TT_OK) return TT_STEP_FAILED;
        actor->deadline_set = true;
    }
    if (now < actor->deadline_ns) {
        actor->wait = TT_WAIT_SLEEP;
        return TT_STEP_WAIT;
    }
    actor->deadline_set = false;
    actor->sp--;
    return TT_STEP_DONE;
}

TtResult tt_deadline_after(TtActor *actor, const char *op, uint64_t now, TtValue ms, uint64_t *deadline) {
    if (!tt_is_number(ms)) return tt_sem_type_error(actor, op, "a number of milliseconds", ms);
    double wanted = ms.tag == TT_TAG_INT ? (double)ms.as.i : ms.as.f;
    if (!(wanted >= 0))
        return tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                            "%s expects milliseconds from 0 on but got %.17g", op, wanted);
    /* A deadline that the clock cannot hold is never reached: about 290 years. */
    bool never = wanted >= 9.2e12;
    uint64_t ns = never ? 0 : ms.tag == TT_TAG_INT ? (uint64_t)ms.as.i * 1000000u : (uint64_t)(wanted * 1e6);
    *deadline = never || now > UINT64_MAX - ns ? UINT64_MAX : now + ns;
    return TT_OK;
}

TtStep tt_sem_exit(TtActor *actor) {
    TtValue code = actor->stack[actor->sp - 1];
    if (code.tag != TT_TAG_INT)
        return failed(tt_sem_type_error(actor, "EXIT", "an Int as exit status", code));
    if (code.as.i < 0 || code.as.i > 255)
        return failed(tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                                   "EXIT expects a status from 0 to 255 but got %lld", (long long)code.as.i));
    tt_system_stop(actor->system, TT_STOP_EXIT, (uint32_t)code.as.i);
    return TT_STEP_ENDED;
}
