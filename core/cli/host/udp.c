// SPDX-License-Identifier: MIT
/** UDP sockets. */
#include "native_internal.h"

#include <netdb.h>
#include <string.h>

/** No datagram is longer. */
#define MAX_DATAGRAM 65536

typedef struct Udp {
    TtCliHandle handle; /* first */
    uv_udp_t socket;
    TtCliJobQueue waiting;
    bool reading;
} Udp;

static void free_udp(uv_handle_t *socket) {
    tt_cli_handle_free(socket->data);
}

static void free_unnamed(uv_handle_t *socket) {
    tt_free(socket->data);
}

static void close_udp(TtCliHandle *handle) {
    Udp *udp = (Udp *)handle;
    for (TtCliJob *job; (job = tt_cli_queue_take(&udp->waiting));) {
        tt_cli_answer_closed(job, handle->kind, handle->id);
        tt_cli_job_done(job);
    }
    uv_close((uv_handle_t *)&udp->socket, free_udp);
}

static void bind_at(TtCliJob *job, const struct sockaddr *address) {
    Udp *udp = tt_alloc_zero(sizeof *udp);
    (void)uv_udp_init(&job->loop->loop, &udp->socket);
    udp->socket.data = &udp->handle;
    int error = uv_udp_bind(&udp->socket, address, 0);
    if (error)
        tt_cli_answer_net(job->request, error);
    else if (tt_cli_handle_add(job, &udp->handle, TT_CLI_UDP, close_udp))
        tt_cli_answer_handle(job->request, &udp->handle);
    if (!udp->handle.id) uv_close((uv_handle_t *)&udp->socket, free_unnamed);
    tt_cli_job_done(job);
}

static void bind_found(TtCliJob *job, const struct addrinfo *list, int error) {
    struct sockaddr_storage address;
    if (tt_cli_net_first(job, list, error, &address)) bind_at(job, (struct sockaddr *)&address);
}

void tt_cli_udp_bind(TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    char host[TT_CLI_HOST_BYTES];
    int port;
    if (!tt_cli_net_host(&arguments, "127.0.0.1", host) || !tt_cli_net_port(&arguments, &port)) {
        tt_cli_job_bad_arguments(job);
        return;
    }
    if (!tt_cli_net_allowed(job, host, port)) {
        tt_cli_job_done(job);
        return;
    }
    struct sockaddr_storage address;
    if (tt_cli_address_parse(host, port, &address))
        bind_at(job, (struct sockaddr *)&address);
    else
        tt_cli_net_resolve(job, host, SOCK_DGRAM, bind_found);
}

int tt_cli_udp_port(TtCliHandle *handle) {
    struct sockaddr_storage address;
    int size = sizeof address, port = 0;
    char text[64];
    if (uv_udp_getsockname(&((Udp *)handle)->socket, (struct sockaddr *)&address, &size) == 0)
        tt_cli_address_text((struct sockaddr *)&address, text, &port);
    return port;
}

/* ---- sending ----------------------------------------------------------------------------------------- */

static void after_send(uv_udp_send_t *uv, int status) {
    tt_cli_sending_end(uv->data, status);
}

/** Arguments behind the socket. */
static bool read_datagram(TtCliJob *job, char host[TT_CLI_HOST_BYTES], int *port, TtWireItem *data) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    return tt_wire_skip(&arguments) && tt_cli_net_host(&arguments, NULL, host) &&
           tt_cli_net_port(&arguments, port) && tt_wire_read_as(&arguments, TT_WIRE_TEXT, data);
}

static void send_to(TtCliJob *job, const struct sockaddr *address, const TtWireItem *data) {
    Udp *udp = (Udp *)job->handle;
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)data->bytes, (unsigned)data->length);
    int done = udp->handle.closed ? UV_ECANCELED : uv_udp_try_send(&udp->socket, &buffer, 1, address);
    if (done != UV_EAGAIN) {
        if (done == UV_ECANCELED)
            tt_cli_answer_closed(job, udp->handle.kind, udp->handle.id);
        else if (done < 0)
            tt_cli_answer_net(job->request, done);
        else
            tt_cli_answer_number(job->request, TT_ANSWER_INT, done);
        tt_cli_job_done(job);
        return;
    }
    TtCliSending *sending = tt_cli_sending_create(job, data->bytes, data->length, data->length);
    if (!sending) return;
    int error = uv_udp_send(&sending->uv.udp, &udp->socket, &sending->rest, 1, address, after_send);
    if (error) tt_cli_sending_end(sending, error);
}

static void send_found(TtCliJob *job, const struct addrinfo *list, int error) {
    char host[TT_CLI_HOST_BYTES], text[64];
    TtWireItem data;
    int port, ignored;
    struct sockaddr_storage address;
    /* A socket of one family reaches addresses of that family only. */
    int family = AF_UNSPEC, size = sizeof address;
    Udp *udp = (Udp *)job->handle;
    if (!udp->handle.closed && uv_udp_getsockname(&udp->socket, (struct sockaddr *)&address, &size) == 0)
        family = address.ss_family;
    const struct addrinfo *at = list;
    while (at && family != AF_UNSPEC && at->ai_family != family) at = at->ai_next;
    if (error || !at) {
        tt_cli_answer_net(job->request, error ? error : UV_EAI_NODATA);
        tt_cli_job_done(job);
        return;
    }
    (void)read_datagram(job, host, &port, &data);
    tt_cli_address_text(at->ai_addr, text, &ignored);
    (void)tt_cli_address_parse(text, port, &address);
    send_to(job, (struct sockaddr *)&address, &data);
}

void tt_cli_udp_send(TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    if (!tt_cli_handle_take(job, &arguments, TT_CLI_UDP)) return;
    char host[TT_CLI_HOST_BYTES];
    int port;
    TtWireItem data;
    struct sockaddr_storage address;
    if (!read_datagram(job, host, &port, &data))
        tt_cli_job_bad_arguments(job);
    else if (!tt_cli_net_allowed(job, host, port))
        tt_cli_job_done(job);
    else if (tt_cli_address_parse(host, port, &address))
        send_to(job, (struct sockaddr *)&address, &data);
    else
        tt_cli_net_resolve(job, host, SOCK_DGRAM, send_found);
}

/* ---- receiving --------------------------------------------------------------------------------------- */

static void continue_reading(Udp *udp);

static void give_buffer(uv_handle_t *socket, size_t suggested, uv_buf_t *buffer) {
    (void)socket, (void)suggested;
    char *bytes = tt_alloc_try(MAX_DATAGRAM);
    *buffer = uv_buf_init(bytes, bytes ? MAX_DATAGRAM : 0);
}

static void answer_datagram(TtCliJob *job, const char *bytes, size_t length, const struct sockaddr *sender) {
    size_t max = (size_t)(uintptr_t)job->state;
    char host[64];
    int port;
    tt_cli_address_text(sender, host, &port);
    TtStrbuf answer = {0};
    tt_wire_put_object(&answer, 3);
    tt_wire_put_key(&answer, "data", 4);
    tt_wire_put_bytes(&answer, TT_WIRE_TEXT, bytes, length < max ? length : max);
    tt_wire_put_key(&answer, "sender_host", 11);
    tt_wire_put_text(&answer, host);
    tt_wire_put_key(&answer, "sender_port", 11);
    tt_wire_put_int(&answer, port);
    tt_cli_answer_wire(job->request, &answer);
    tt_cli_job_done(job);
}

static void on_datagram(uv_udp_t *socket, ssize_t count, const uv_buf_t *buffer,
                        const struct sockaddr *sender, unsigned flags) {
    (void)flags;
    Udp *udp = (Udp *)socket->data;
    if (sender || count < 0) { /* else nothing was there */
        TtCliJob *job = tt_cli_queue_take(&udp->waiting);
        if (job && count < 0) {
            tt_cli_answer_net(job->request, (int)count);
            tt_cli_job_done(job);
        } else if (job) {
            answer_datagram(job, buffer->base, (size_t)count, sender);
        }
        continue_reading(udp);
    }
    tt_free(buffer->base);
}

/** Reads exactly while somebody waits. */
static void continue_reading(Udp *udp) {
    bool read = udp->waiting.first && !udp->handle.closed;
    if (read == udp->reading) return;
    udp->reading = read;
    if (!read) {
        (void)uv_udp_recv_stop(&udp->socket);
        return;
    }
    int error = uv_udp_recv_start(&udp->socket, give_buffer, on_datagram);
    if (!error) return;
    udp->reading = false;
    for (TtCliJob *job; (job = tt_cli_queue_take(&udp->waiting));) {
        tt_cli_answer_net(job->request, error);
        tt_cli_job_done(job);
    }
}

static void cancel_receive(TtCliJob *job) {
    Udp *udp = (Udp *)job->handle;
    tt_cli_queue_remove(job);
    continue_reading(udp);
    tt_cli_answer_null(job->request);
    tt_cli_job_done(job);
}

void tt_cli_udp_receive(TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    Udp *udp = (Udp *)tt_cli_handle_take(job, &arguments, TT_CLI_UDP);
    if (!udp) return;
    TtWireItem max;
    if (!tt_wire_read_as(&arguments, TT_WIRE_INT, &max) || max.as.i < 1) {
        tt_cli_job_bad_arguments(job);
        return;
    }
    job->state = (void *)(uintptr_t)(max.as.i < MAX_DATAGRAM ? max.as.i : MAX_DATAGRAM);
    job->cancel = cancel_receive;
    tt_cli_queue_add(&udp->waiting, job);
    continue_reading(udp);
}
