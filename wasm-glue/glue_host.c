// SPDX-License-Identifier: MIT
/** The host interface over a session's memory: files, environment, console, time. */
#include "glue.h"

#include "base/alloc.h"
#include "port/atomic.h"

#include <string.h>
#include <time.h>
#if defined(__EMSCRIPTEN_PTHREADS__)
#include <emscripten/threading.h>
#include <limits.h>
#endif

/** What all environment variables may take together, and what each takes beside its text. */
#define MAX_VARIABLE_BYTES    (256u << 10)
#define MAX_VARIABLE_OVERHEAD 64u

void tt_glue_host_notify(TtGlue *glue) {
    (void)tt_atomic_fetch_add_u32_seq(&glue->signals.events, 1);
#if defined(__EMSCRIPTEN_PTHREADS__)
    emscripten_futex_wake((void *)&glue->signals.events, INT_MAX);
#endif
}

static bool fail_file(TtRequest *request, TtFileStatus status) {
    request->result = TT_ERR_FILE_ERROR;
    request->reason = tt_file_status_text(status);
    return true;
}

static bool answer_null(TtRequest *request) {
    request->result = TT_OK;
    request->answer = TT_ANSWER_NULL;
    return true;
}

static bool answer_number(TtRequest *request, TtAnswer kind, int64_t number) {
    request->result = TT_OK;
    request->answer = kind;
    request->number = number;
    return true;
}

/* Copies the bytes: what they lie in may change once the lock is given back. */
static bool answer_bytes(TtRequest *request, TtAnswer kind, const void *bytes, size_t length) {
    char *copy = tt_alloc_try(length + 1);
    if (!copy) {
        request->result = TT_ERR_HEAP_EXCEEDED;
        request->reason = "Cannot allocate memory";
        return true;
    }
    if (length > 0) memcpy(copy, bytes, length);
    copy[length] = '\0';
    request->result = TT_OK;
    request->answer = kind;
    request->answer_data = copy;
    request->answer_length = length;
    return true;
}

/* ---- services; the caller holds the lock ---------------------------------------------------------- */

static bool read_file(TtGlue *glue, TtRequest *request, TtAnswer kind) {
    const uint8_t *data;
    size_t length;
    TtFileStatus status = tt_file_store_read(&glue->files, request->text, &data, &length);
    return status == TT_FILE_OK ? answer_bytes(request, kind, data, length) : fail_file(request, status);
}

static bool write_file(TtGlue *glue, TtRequest *request, bool append) {
    TtFileStatus status =
        tt_file_store_write(&glue->files, request->text, request->data, request->data_length, append);
    return status == TT_FILE_OK ? answer_null(request) : fail_file(request, status);
}

static bool file_size(TtGlue *glue, TtRequest *request) {
    const uint8_t *data;
    size_t length;
    TtFileStatus status = tt_file_store_read(&glue->files, request->text, &data, &length);
    return status == TT_FILE_OK ? answer_number(request, TT_ANSWER_INT, (int64_t)length)
                                : fail_file(request, status);
}

static bool delete_file(TtGlue *glue, TtRequest *request) {
    TtFileStatus status = tt_file_store_remove(&glue->files, request->text);
    return status == TT_FILE_OK ? answer_null(request) : fail_file(request, status);
}

static bool list_folder(TtGlue *glue, TtRequest *request) {
    TtStrbuf names = {0};
    uint32_t count;
    TtFileStatus status = tt_file_store_list(&glue->files, request->text, &names, &count);
    bool answered = status == TT_FILE_OK ? answer_bytes(request, TT_ANSWER_NAMES, names.bytes, names.length)
                                         : fail_file(request, status);
    tt_strbuf_free(&names);
    return answered;
}

static TtGlueVariable *find_variable(TtGlue *glue, const char *name) {
    for (uint32_t i = 0; i < glue->variables.count; i++)
        if (strcmp(glue->variables.items[i].name, name) == 0) return &glue->variables.items[i];
    return NULL;
}

bool tt_glue_host_set_variable(TtGlue *glue, const char *name, size_t name_length, const char *value,
                               size_t length) {
    char *owned = tt_alloc_string(name, name_length);
    TtGlueVariable *variable = find_variable(glue, owned);
    size_t old = variable ? strlen(variable->value) : 0;
    size_t bytes = glue->variable_bytes - old + length + (variable ? 0 : name_length + MAX_VARIABLE_OVERHEAD);
    if (length > MAX_VARIABLE_BYTES || bytes > MAX_VARIABLE_BYTES) {
        tt_free(owned);
        return false;
    }
    glue->variable_bytes = bytes;
    if (variable) {
        tt_free(owned);
        tt_free(variable->value);
        variable->value = tt_alloc_string(value, length);
    } else {
        TtGlueVariable added = {.name = owned, .value = tt_alloc_string(value, length)};
        tt_vec_push(&glue->variables, added);
    }
    return true;
}

static bool get_variable(TtGlue *glue, TtRequest *request) {
    const TtGlueVariable *variable = find_variable(glue, request->text);
    if (!variable) return answer_null(request);
    return answer_bytes(request, TT_ANSWER_STR, variable->value, strlen(variable->value));
}

static bool set_variable(TtGlue *glue, TtRequest *request) {
    if (tt_glue_host_set_variable(glue, request->text, strlen(request->text), request->data,
                                  request->data_length))
        return answer_null(request);
    request->result = TT_ERR_HEAP_EXCEEDED;
    request->reason = "the environment is full";
    return true;
}

/* Answers a reader of standard input, or says that it must wait. */
static bool read_input(TtGlue *glue, TtRequest *request) {
    const char *text = "";
    size_t length = 0;
    TtInputStatus status;
    switch (request->service) {
    case TT_SERVICE_READ_LINE: status = tt_console_read_line(&glue->console, &text, &length); break;
    case TT_SERVICE_READ_CHAR: status = tt_console_read_char(&glue->console, &text, &length); break;
    default: status = tt_console_read_rest(&glue->console, &text, &length); break;
    }
    switch (status) {
    case TT_INPUT_OK: return answer_bytes(request, TT_ANSWER_STR, text, length);
    case TT_INPUT_AT_END: return answer_null(request);
    case TT_INPUT_WAIT: break;
    }
    return false;
}

static bool submit_locked(TtGlue *glue, TtRequest *request) {
    switch (request->service) {
    case TT_SERVICE_READ_LINE:
    case TT_SERVICE_READ_CHAR:
    case TT_SERVICE_READ_INPUT:
        /* Earlier readers come first: what is there belongs to them. */
        if (glue->readers.count == 0 && read_input(glue, request)) return true;
        tt_vec_push(&glue->readers, request);
        return false;
    case TT_SERVICE_READ_FILE: return read_file(glue, request, TT_ANSWER_STR);
    case TT_SERVICE_READ_BYTES: return read_file(glue, request, TT_ANSWER_BYTES);
    case TT_SERVICE_WRITE_FILE: return write_file(glue, request, false);
    case TT_SERVICE_APPEND_FILE: return write_file(glue, request, true);
    case TT_SERVICE_FILE_EXISTS:
        return answer_number(request, TT_ANSWER_BOOL, tt_file_store_exists(&glue->files, request->text));
    case TT_SERVICE_FILE_SIZE: return file_size(glue, request);
    case TT_SERVICE_DELETE_FILE: return delete_file(glue, request);
    case TT_SERVICE_LIST_DIR: return list_folder(glue, request);
    case TT_SERVICE_GET_ENV: return get_variable(glue, request);
    case TT_SERVICE_SET_ENV: return set_variable(glue, request);
    default: tt_glue_services_add(&glue->services, request); return false;
    }
}

static bool submit(TtHost *host, TtRequest *request) {
    TtGlue *glue = host->context;
    tt_lock_acquire(&glue->lock);
    bool answered = submit_locked(glue, request);
    tt_lock_release(&glue->lock);
    if (!answered) tt_glue_host_notify(glue);
    return answered;
}

/* Takes a waiting reader out; false when somebody else has, who will complete it. */
static bool remove_reader(TtGlue *glue, const TtRequest *request) {
    for (uint32_t i = 0; i < glue->readers.count; i++) {
        if (glue->readers.items[i] != request) continue;
        glue->readers.count--;
        memmove(&glue->readers.items[i], &glue->readers.items[i + 1],
                (glue->readers.count - i) * sizeof *glue->readers.items);
        return true;
    }
    return false;
}

static void cancel(TtHost *host, TtRequest *request) {
    TtGlue *glue = host->context;
    tt_lock_acquire(&glue->lock);
    bool ours = remove_reader(glue, request) || tt_glue_services_cancel(&glue->services, request);
    tt_lock_release(&glue->lock);
    if (!ours) return;
    answer_null(request);
    tt_glue_host_notify(glue);
    tt_host_complete(request);
}

static void actor_ended(TtHost *host, uint64_t owner) {
    TtGlue *glue = host->context;
    tt_lock_acquire(&glue->lock);
    tt_vec_push(&glue->services.ended, owner);
    tt_lock_release(&glue->lock);
    tt_glue_host_notify(glue);
}

void tt_glue_host_serve_readers(TtGlue *glue) {
    for (;;) {
        tt_lock_acquire(&glue->lock);
        TtRequest *request = glue->readers.count > 0 ? glue->readers.items[0] : NULL;
        if (request && read_input(glue, request))
            remove_reader(glue, request);
        else
            request = NULL;
        tt_lock_release(&glue->lock);
        if (!request) return;
        tt_host_complete(request);
    }
}

/* ---- output, time, program files -------------------------------------------------------------------- */

static bool write_output(TtHost *host, int stream, const char *bytes, size_t length) {
    TtGlue *glue = host->context;
    tt_lock_acquire(&glue->lock);
    bool taken = tt_console_write(&glue->console, stream, bytes, length);
    tt_lock_release(&glue->lock);
    if (tt_atomic_load_u32_seq(&glue->signals.output_armed) &&
        tt_atomic_swap_u32_acqrel(&glue->signals.output_armed, 0))
        tt_glue_host_notify(glue);
    return taken;
}

static int64_t now_ms(TtHost *host) {
    (void)host;
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static TtResult load_file(TtHost *host, const char *path, char **bytes, size_t *length, const char **reason) {
    TtGlue *glue = host->context;
    const uint8_t *data;
    TtResult result = TT_OK;
    tt_lock_acquire(&glue->lock);
    TtFileStatus status = tt_file_store_read(&glue->files, path, &data, length);
    if (status == TT_FILE_OK) {
        *bytes = tt_alloc_try(*length + 1);
        if (*bytes && *length > 0) memcpy(*bytes, data, *length);
        if (!*bytes)
            status = TT_FILE_NO_SPACE;
        else
            (*bytes)[*length] = '\0';
    }
    tt_lock_release(&glue->lock);
    if (status != TT_FILE_OK) {
        result = TT_ERR_FILE_ERROR;
        *reason = tt_file_status_text(status);
    }
    return result;
}

void tt_glue_host_init(TtGlue *glue) {
    glue->host = (TtHost){
        .context = glue,
        .submit = submit,
        .cancel = cancel,
        .actor_ended = actor_ended,
        .write = write_output,
        .now_ms = now_ms,
        .load_file = load_file,
    };
}
