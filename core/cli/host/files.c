// SPDX-License-Identifier: MIT
/**
 * File services, blocking. Files are opened with O_NONBLOCK and pipes are polled in short steps, so that
 * opening or reading one that nobody serves ends when the request is cancelled.
 */
#include "native_internal.h"

#include "port/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_MS    20
#define FIRST_ROOM (16u << 10)

static bool is_cancelled(uint32_t *cancelled) {
    return cancelled && tt_atomic_load_u32_acq(cancelled);
}

/** Waits until a pipe or device is ready; 0, or ECANCELED, or another errno value. */
int tt_cli_file_wait(int descriptor, short events, uint32_t *cancelled) {
    for (;;) {
        if (is_cancelled(cancelled)) return ECANCELED;
        struct pollfd watched = {.fd = descriptor, .events = events};
        int count = poll(&watched, 1, cancelled ? STEP_MS : -1);
        if (count > 0) return 0;
        if (count < 0 && errno != EINTR) return errno;
    }
}

/** The descriptor, or -1 with errno. A pipe without a reader is waited for. */
int tt_cli_file_open(const char *path, int flags, mode_t mode, uint32_t *cancelled) {
    for (;;) {
        int descriptor = open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, mode);
        if (descriptor >= 0) return descriptor;
        struct stat status;
        bool pipe_waits = errno == ENXIO && stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
        if (errno == EINTR) continue;
        if (!pipe_waits) return -1;
        poll(NULL, 0, STEP_MS);
        if (is_cancelled(cancelled)) {
            errno = ECANCELED;
            return -1;
        }
    }
}

/* ---- reading -------------------------------------------------------------------------------------- */

static int read_all(int descriptor, size_t max_bytes, char **bytes, size_t *length, uint32_t *cancelled) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return errno;
    if (S_ISDIR(status.st_mode)) return EISDIR;
    bool regular = S_ISREG(status.st_mode);
    if (regular && max_bytes && (uint64_t)status.st_size > max_bytes) return EFBIG;
    size_t room = regular && status.st_size > 0 ? (size_t)status.st_size + 1 : FIRST_ROOM, count = 0;
    char *buffer = tt_alloc_try(room);
    if (!buffer) return ENOMEM;
    int error = 0;
    for (;;) {
        if (count == room) {
            if (max_bytes && count > max_bytes) {
                error = EFBIG;
                break;
            }
            char *larger = tt_realloc_try(buffer, room * 2);
            if (!larger) {
                error = ENOMEM;
                break;
            }
            buffer = larger;
            room *= 2;
        }
        if (regular ? is_cancelled(cancelled)
                    : (error = tt_cli_file_wait(descriptor, POLLIN, cancelled)) != 0) {
            if (!error) error = ECANCELED;
            break;
        }
        ssize_t got = read(descriptor, buffer + count, room - count);
        if (got > 0) {
            count += (size_t)got;
        } else if (got == 0) {
            break;
        } else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
            error = errno;
            break;
        }
    }
    if (!error && max_bytes && count > max_bytes) error = EFBIG;
    if (error) {
        tt_free(buffer);
        return error;
    }
    *bytes = buffer;
    *length = count;
    return 0;
}

int tt_cli_file_read(const char *path, size_t max_bytes, char **bytes, size_t *length, uint32_t *cancelled) {
    int descriptor = tt_cli_file_open(path, O_RDONLY, 0, cancelled);
    if (descriptor < 0) return errno;
    int error = read_all(descriptor, max_bytes, bytes, length, cancelled);
    close(descriptor);
    return error;
}

static void read_file(TtRequest *request, const char *path, TtAnswer kind, size_t max_bytes,
                      uint32_t *cancelled) {
    char *bytes;
    size_t length;
    int error = tt_cli_file_read(path, max_bytes, &bytes, &length, cancelled);
    if (error)
        tt_cli_answer_errno(request, error);
    else
        tt_cli_answer_data(request, kind, bytes, length);
}

/* ---- writing -------------------------------------------------------------------------------------- */

int tt_cli_file_write_all(int descriptor, const char *bytes, size_t length, uint32_t *cancelled) {
    while (length > 0) {
        ssize_t done = write(descriptor, bytes, length);
        if (done >= 0) {
            bytes += done;
            length -= (size_t)done;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            int error = tt_cli_file_wait(descriptor, POLLOUT, cancelled);
            if (error) return error;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

/** Writes into what is there (or makes it): devices, pipes, files that cannot be replaced, appending. */
static int write_in_place(const char *path, int flags, const char *bytes, size_t length,
                          uint32_t *cancelled) {
    int descriptor = tt_cli_file_open(path, O_WRONLY | O_CREAT | flags, 0666, cancelled);
    if (descriptor < 0) return errno;
    int error = tt_cli_file_write_all(descriptor, bytes, length, cancelled);
    if (close(descriptor) != 0 && !error) error = errno;
    return error;
}

/** A new file beside `target`, which the caller frees with tt_free; -1 with errno. */
static int make_temporary(const char *target, char **path) {
    static uint32_t counter; /* atomic: names of this process differ */
    const char *slash = strrchr(target, '/');
    int folder = slash ? (int)(slash - target + 1) : 0;
    for (int attempt = 0; attempt < 100; attempt++) {
        TtStrbuf name = {0};
        tt_strbuf_add_format(&name, "%.*s.ttvm-%ld-%u.tmp", folder, target, (long)getpid(),
                             (unsigned)tt_atomic_fetch_add_u32_rlx(&counter, 1));
        int descriptor = open(tt_strbuf_text(&name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0) {
            *path = tt_strbuf_take(&name);
            return descriptor;
        }
        int error = errno;
        tt_strbuf_free(&name);
        errno = error;
        if (error != EEXIST) return -1;
    }
    return -1;
}

/** Writes a temporary file and renames it: nobody ever sees half of the contents. */
static int replace_file(const char *target, const struct stat *old, const char *bytes, size_t length,
                        uint32_t *cancelled) {
    char *temporary;
    int descriptor = make_temporary(target, &temporary);
    /* A folder where no file can be made may still hold files that can be written. */
    if (descriptor < 0 && old) return write_in_place(target, O_TRUNC, bytes, length, cancelled);
    if (descriptor < 0) return errno;
    int error = old && fchmod(descriptor, old->st_mode & 07777) != 0 ? errno : 0;
    if (!error) error = tt_cli_file_write_all(descriptor, bytes, length, cancelled);
    if (close(descriptor) != 0 && !error) error = errno;
    if (!error && rename(temporary, target) != 0) error = errno;
    if (error) unlink(temporary);
    tt_free(temporary);
    return error;
}

int tt_cli_file_write(const char *path, const char *bytes, size_t length, uint32_t *cancelled) {
    struct stat status, link;
    if (stat(path, &status) != 0) {
        if (errno != ENOENT) return errno;
        /* A link that leads nowhere: the file is made where it points. */
        if (lstat(path, &link) == 0) return write_in_place(path, 0, bytes, length, cancelled);
        return replace_file(path, NULL, bytes, length, cancelled);
    }
    if (S_ISDIR(status.st_mode)) return EISDIR;
    /* A file of several names, or somebody else's, would become another file by renaming. */
    if (!S_ISREG(status.st_mode) || status.st_nlink > 1 || status.st_uid != geteuid())
        return write_in_place(path, O_TRUNC, bytes, length, cancelled);
    if (access(path, W_OK) != 0) return errno;
    char *target = realpath(path, NULL);
    if (!target) return errno;
    int error = replace_file(target, &status, bytes, length, cancelled);
    free(target);
    return error;
}

static void answer_status(TtRequest *request, int error) {
    if (error)
        tt_cli_answer_errno(request, error);
    else
        tt_cli_answer_null(request);
}

/* ---- the rest ------------------------------------------------------------------------------------- */

static void file_size(TtRequest *request, const char *path) {
    struct stat status;
    if (stat(path, &status) != 0)
        tt_cli_answer_errno(request, errno);
    else if (S_ISDIR(status.st_mode))
        tt_cli_answer_errno(request, EISDIR);
    else if (!S_ISREG(status.st_mode))
        tt_cli_answer_error(request, TT_ERR_FILE_ERROR, "Not a regular file");
    else
        tt_cli_answer_number(request, TT_ANSWER_INT, status.st_size);
}

static void list_folder(TtRequest *request, const char *path) {
    uv_fs_t scan;
    int count = uv_fs_scandir(NULL, &scan, path, 0, NULL);
    if (count < 0) {
        tt_cli_answer_errno(request, -count);
        uv_fs_req_cleanup(&scan);
        return;
    }
    TtStrbuf names = {0};
    uv_dirent_t entry;
    while (uv_fs_scandir_next(&scan, &entry) == 0) {
        tt_strbuf_add_text(&names, entry.name);
        tt_strbuf_add_char(&names, '\0');
    }
    uv_fs_req_cleanup(&scan);
    size_t length = names.length;
    tt_cli_answer_data(request, TT_ANSWER_NAMES, tt_strbuf_take(&names), length);
}

static void run_service(TtRequest *request, const char *path, size_t max_bytes, uint32_t *cancelled) {
    struct stat status;
    switch (request->service) {
    case TT_SERVICE_READ_FILE: read_file(request, path, TT_ANSWER_STR, max_bytes, cancelled); break;
    case TT_SERVICE_READ_BYTES: read_file(request, path, TT_ANSWER_BYTES, max_bytes, cancelled); break;
    case TT_SERVICE_WRITE_FILE:
        answer_status(request, tt_cli_file_write(path, request->data, request->data_length, cancelled));
        break;
    case TT_SERVICE_APPEND_FILE:
        answer_status(request,
                      write_in_place(path, O_APPEND, request->data, request->data_length, cancelled));
        break;
    case TT_SERVICE_FILE_EXISTS:
        tt_cli_answer_number(request, TT_ANSWER_BOOL, stat(path, &status) == 0);
        break;
    case TT_SERVICE_FILE_SIZE: file_size(request, path); break;
    case TT_SERVICE_DELETE_FILE: answer_status(request, unlink(path) != 0 ? errno : 0); break;
    case TT_SERVICE_LIST_DIR: list_folder(request, path); break;
    default: tt_cli_answer_error(request, TT_ERR_UNSUPPORTED_OPERATION, "not a file service"); break;
    }
}

bool tt_cli_file_may_wait(TtService service, const char *path) {
    switch (service) {
    case TT_SERVICE_READ_FILE:
    case TT_SERVICE_READ_BYTES:
    case TT_SERVICE_WRITE_FILE:
    case TT_SERVICE_APPEND_FILE:
    case TT_SERVICE_STREAM_OPEN_READ:
    case TT_SERVICE_STREAM_OPEN_WRITE: break;
    default: return false;
    }
    struct stat status;
    return stat(path, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode));
}

char *tt_cli_file_path(TtRequest *request, const TtCliRules *rules, bool write, const char *path) {
    char *real = tt_cli_rules_path(rules, write, path);
    if (!real)
        tt_cli_answer_format(request, TT_ERR_PERMISSION_DENIED, "it needs --allow-fs-%s=%s",
                             write ? "write" : "read", path);
    return real;
}

void tt_cli_file_run(TtRequest *request, const TtCliRules *rules, size_t max_bytes, uint32_t *cancelled) {
    bool write = tt_service_capability(request->service) == TT_CAP_FS_WRITE;
    if (!write && is_cancelled(cancelled)) {
        tt_cli_answer_null(request);
        return;
    }
    char *path = tt_cli_file_path(request, rules, write, request->text);
    if (path) run_service(request, path, max_bytes, cancelled);
    tt_free(path);
}
