// SPDX-License-Identifier: MIT
#include "native_internal.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

void tt_cli_answer_null(TtRequest *request) {
    request->result = TT_OK;
    request->answer = TT_ANSWER_NULL;
}

void tt_cli_answer_number(TtRequest *request, TtAnswer kind, int64_t number) {
    request->result = TT_OK;
    request->answer = kind;
    request->number = number;
}

void tt_cli_answer_data(TtRequest *request, TtAnswer kind, char *bytes, size_t length) {
    request->result = TT_OK;
    request->answer = kind;
    request->answer_data = bytes;
    request->answer_length = length;
}

void tt_cli_answer_wire(TtRequest *request, TtStrbuf *answer) {
    size_t length = answer->length;
    tt_cli_answer_data(request, TT_ANSWER_WIRE, tt_strbuf_take(answer), length);
}

void tt_cli_answer_format(TtRequest *request, TtResult result, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t kept = length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    /* A cut must not leave half a code point. */
    if (kept == sizeof text - 1)
        while (kept > 0 && !tt_utf8_valid(text, kept)) kept--;
    tt_free(request->answer_data);
    request->answer_data = tt_alloc_string(text, kept);
    request->answer_length = kept;
    tt_cli_answer_error(request, result, request->answer_data);
}

void tt_cli_answer_error(TtRequest *request, TtResult result, const char *reason) {
    request->result = result;
    request->reason = reason;
}

void tt_cli_answer_errno(TtRequest *request, int error) {
    if (error == EFBIG || error == ENOMEM)
        tt_cli_answer_error(request, TT_ERR_HEAP_EXCEEDED,
                            error == EFBIG ? "Input is too large" : "Cannot allocate memory");
    else
        tt_cli_answer_error(request, TT_ERR_FILE_ERROR, tt_cli_errno_text(error));
}

const char *tt_cli_errno_text(int error) {
    switch (error) {
    case ENOENT: return "No such file or directory";
    case EACCES: return "Permission denied";
    case EPERM: return "Operation not permitted";
    case EISDIR: return "Is a directory";
    case ENOTDIR: return "Not a directory";
    case EEXIST: return "File exists";
    case ENOTEMPTY: return "Directory not empty";
    case ENOSPC: return "No space left on device";
    case EROFS: return "Read-only file system";
    case ENAMETOOLONG: return "File name too long";
    case EMFILE:
    case ENFILE: return "Too many open files";
    case ELOOP: return "Too many levels of symbolic links";
    case EFBIG: return "File too large";
    case ENOMEM: return "Cannot allocate memory";
    case EIO: return "Input/output error";
    case EINVAL: return "Invalid argument";
    case EPIPE: return "Broken pipe";
    case ETXTBSY: return "Text file busy";
    case EBUSY: return "Device or resource busy";
    case ENXIO: return "No such device or address";
    case ECANCELED: return "Cancelled";
    default: return uv_strerror(uv_translate_sys_error(error));
    }
}
