// SPDX-License-Identifier: MIT
/** TCP connections and listeners. */
#include "native_internal.h"

#include <netdb.h>
#include <string.h>

/** How long a connection may take to be established. */
#define CONNECT_MS 30000
/** One answer of TCP_RECV, however large `max` is. */
#define MAX_RECEIVE (1u << 20)
#define BACKLOG     512
/** Seconds of silence after which the system asks whether the peer is still there. */
#define KEEP_ALIVE_S 60

typedef struct Tcp {
    TtCliHandle handle; /* first */
    uv_tcp_t socket;
    TtCliJobQueue waiting; /* TCP_RECV or TCP_ACCEPT */
    uint32_t arrived;      /* listener: connections that nobody has accepted */
    int error;             /* of reading: sticky. UV_EOF: the peer has closed */
    bool reading;
} Tcp;

static void free_tcp(uv_handle_t *socket) {
    tt_cli_handle_free(socket->data);
}

static void close_tcp(TtCliHandle *handle) {
    Tcp *tcp = (Tcp *)handle;
    for (TtCliJob *job; (job = tt_cli_queue_take(&tcp->waiting));) {
        tt_cli_answer_closed(job, handle->kind, handle->id);
        tt_cli_job_done(job);
    }
    uv_close((uv_handle_t *)&tcp->socket, free_tcp);
}

static Tcp *make_tcp(TtCliLoop *loop) {
    Tcp *tcp = tt_alloc_zero(sizeof *tcp);
    (void)uv_tcp_init(&loop->loop, &tcp->socket);
    tcp->socket.data = &tcp->handle;
    return tcp;
}

static void free_unnamed(uv_handle_t *socket) {
    tt_free(socket->data);
}

/** One that has no number. */
static void drop_tcp(Tcp *tcp) {
    uv_close((uv_handle_t *)&tcp->socket, free_unnamed);
}

/** Gives it a number and answers with it, or drops it and answers why not. */
static void answer_tcp(TtCliJob *job, Tcp *tcp, TtCliHandleKind kind) {
    if (tt_cli_handle_add(job, &tcp->handle, kind, close_tcp))
        tt_cli_answer_handle(job->request, &tcp->handle);
    else
        drop_tcp(tcp);
    tt_cli_job_done(job);
}

/* ---- connecting -------------------------------------------------------------------------------------- */

/** An attempt, address after address. Lives until its timer is closed; the socket is dropped on its own. */
typedef struct Connect {
    TtCliJob *job; /* NULL: abandoned */
    uv_timer_t timer;
    uv_connect_t uv;
    Tcp *tcp; /* being connected */
    struct sockaddr_storage *addresses;
    uint32_t count, next;
    int port, error;
} Connect;

static void free_connect(uv_handle_t *timer) {
    Connect *attempt = timer->data;
    tt_free(attempt->addresses);
    tt_free(attempt);
}

static void end_connect(Connect *attempt) {
    uv_close((uv_handle_t *)&attempt->timer, free_connect);
}

static void connect_next(Connect *attempt);

static void after_connect(uv_connect_t *uv, int status) {
    Connect *attempt = uv->data;
    Tcp *tcp = attempt->tcp;
    attempt->tcp = NULL;
    TtCliJob *job = attempt->job;
    if (job && status == 0) {
        attempt->job = NULL;
        (void)uv_tcp_nodelay(&tcp->socket, 1);
        (void)uv_tcp_keepalive(&tcp->socket, 1, KEEP_ALIVE_S);
        answer_tcp(job, tcp, TT_CLI_TCP);
        end_connect(attempt);
        return;
    }
    /* A time-out has closed it already: that is how it got here. */
    if (!uv_is_closing((uv_handle_t *)&tcp->socket)) drop_tcp(tcp);
    if (!job) {
        end_connect(attempt);
        return;
    }
    if (status != UV_ECANCELED) attempt->error = status;
    connect_next(attempt);
}

static void connect_next(Connect *attempt) {
    TtCliJob *job = attempt->job;
    while (attempt->next < attempt->count) {
        struct sockaddr *address = (struct sockaddr *)&attempt->addresses[attempt->next++];
        attempt->tcp = make_tcp(job->loop);
        attempt->uv.data = attempt;
        int error = uv_tcp_connect(&attempt->uv, &attempt->tcp->socket, address, after_connect);
        if (!error) return;
        drop_tcp(attempt->tcp);
        attempt->tcp = NULL;
        attempt->error = error;
    }
    attempt->job = NULL;
    tt_cli_answer_net(job->request, attempt->error);
    tt_cli_job_done(job);
    end_connect(attempt);
}

static void give_up(Connect *attempt, int error) {
    TtCliJob *job = attempt->job;
    attempt->job = NULL;
    if (error)
        tt_cli_answer_net(job->request, error);
    else
        tt_cli_answer_null(job->request);
    tt_cli_job_done(job);
    if (attempt->tcp) drop_tcp(attempt->tcp); /* its after_connect ends the attempt */
}

static void connect_too_long(uv_timer_t *timer) {
    Connect *attempt = timer->data;
    if (attempt->job) give_up(attempt, UV_ETIMEDOUT);
}

static void cancel_connect(TtCliJob *job) {
    give_up(job->state, 0);
}

/** Takes the addresses over. */
static void start_connect(TtCliJob *job, struct sockaddr_storage *addresses, uint32_t count) {
    Connect *attempt = tt_alloc_zero(sizeof *attempt);
    *attempt = (Connect){.job = job, .addresses = addresses, .count = count, .error = UV_EADDRNOTAVAIL};
    job->state = attempt;
    job->cancel = cancel_connect;
    (void)uv_timer_init(&job->loop->loop, &attempt->timer);
    attempt->timer.data = attempt;
    (void)uv_timer_start(&attempt->timer, connect_too_long, CONNECT_MS, 0);
    connect_next(attempt);
}

static bool read_target(TtCliJob *job, const char *otherwise, char host[TT_CLI_HOST_BYTES], int *port) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    if (!tt_cli_net_host(&arguments, otherwise, host)) {
        tt_cli_answer_error(job->request, TT_ERR_NETWORK_ERROR, "not a host name");
        tt_cli_job_done(job);
        return false;
    }
    if (!tt_cli_net_port(&arguments, port)) {
        tt_cli_job_bad_arguments(job);
        return false;
    }
    if (tt_cli_net_allowed(job, host, *port)) return true;
    tt_cli_job_done(job);
    return false;
}

static void connect_found(TtCliJob *job, const struct addrinfo *list, int error) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    char host[TT_CLI_HOST_BYTES];
    int port = 0;
    (void)tt_cli_net_host(&arguments, NULL, host);
    (void)tt_cli_net_port(&arguments, &port);
    uint32_t count = 0;
    for (const struct addrinfo *at = list; at; at = at->ai_next) count++;
    if (error || !count) {
        tt_cli_answer_net(job->request, error ? error : UV_EAI_NODATA);
        tt_cli_job_done(job);
        return;
    }
    struct sockaddr_storage *addresses = tt_alloc_zero(count * sizeof *addresses);
    count = 0;
    for (const struct addrinfo *at = list; at; at = at->ai_next) {
        memcpy(&addresses[count], at->ai_addr, at->ai_addrlen);
        if (at->ai_family == AF_INET)
            ((struct sockaddr_in *)&addresses[count])->sin_port = htons((uint16_t)port);
        if (at->ai_family == AF_INET6)
            ((struct sockaddr_in6 *)&addresses[count])->sin6_port = htons((uint16_t)port);
        count++;
    }
    start_connect(job, addresses, count);
}

void tt_cli_tcp_connect(TtCliJob *job) {
    char host[TT_CLI_HOST_BYTES];
    int port;
    if (!read_target(job, NULL, host, &port)) return;
    struct sockaddr_storage address;
    if (!tt_cli_address_parse(host, port, &address)) {
        tt_cli_net_resolve(job, host, SOCK_STREAM, connect_found);
        return;
    }
    struct sockaddr_storage *addresses = tt_alloc(sizeof *addresses);
    *addresses = address;
    start_connect(job, addresses, 1);
}

/* ---- listening --------------------------------------------------------------------------------------- */

static void accept_one(Tcp *listener, TtCliJob *job) {
    Tcp *tcp = make_tcp(job->loop);
    int error = uv_accept((uv_stream_t *)&listener->socket, (uv_stream_t *)&tcp->socket);
    if (error) {
        drop_tcp(tcp);
        tt_cli_answer_net(job->request, error);
        tt_cli_job_done(job);
        return;
    }
    (void)uv_tcp_nodelay(&tcp->socket, 1);
    (void)uv_tcp_keepalive(&tcp->socket, 1, KEEP_ALIVE_S);
    answer_tcp(job, tcp, TT_CLI_TCP);
}

static void on_connection(uv_stream_t *stream, int status) {
    Tcp *listener = (Tcp *)stream->data;
    if (status == 0) listener->arrived++;
    TtCliJob *job = tt_cli_queue_take(&listener->waiting);
    if (!job) return;
    if (status != 0) {
        tt_cli_answer_net(job->request, status);
        tt_cli_job_done(job);
        return;
    }
    listener->arrived--;
    accept_one(listener, job);
}

static void listen_at(TtCliJob *job, const struct sockaddr *address) {
    Tcp *tcp = make_tcp(job->loop);
    int error = uv_tcp_bind(&tcp->socket, address, 0);
    if (!error) error = uv_listen((uv_stream_t *)&tcp->socket, BACKLOG, on_connection);
    if (!error) {
        answer_tcp(job, tcp, TT_CLI_LISTENER);
        return;
    }
    drop_tcp(tcp);
    tt_cli_answer_net(job->request, error);
    tt_cli_job_done(job);
}

static void listen_found(TtCliJob *job, const struct addrinfo *list, int error) {
    struct sockaddr_storage address;
    if (tt_cli_net_first(job, list, error, &address)) listen_at(job, (struct sockaddr *)&address);
}

void tt_cli_tcp_listen(TtCliJob *job) {
    char host[TT_CLI_HOST_BYTES];
    int port;
    if (!read_target(job, "127.0.0.1", host, &port)) return;
    struct sockaddr_storage address;
    if (tt_cli_address_parse(host, port, &address))
        listen_at(job, (struct sockaddr *)&address);
    else
        tt_cli_net_resolve(job, host, SOCK_STREAM, listen_found);
}

void tt_cli_tcp_accept(TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    Tcp *listener = (Tcp *)tt_cli_handle_take(job, &arguments, TT_CLI_LISTENER);
    if (!listener) return;
    if (listener->arrived && !listener->waiting.first) {
        listener->arrived--;
        accept_one(listener, job);
        return;
    }
    job->cancel = tt_cli_queue_cancel;
    tt_cli_queue_add(&listener->waiting, job);
}

void tt_cli_tcp_port(TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    TtCliHandle *handle = tt_cli_handle_take(job, &arguments, TT_CLI_TCP | TT_CLI_LISTENER | TT_CLI_UDP);
    if (!handle) return;
    struct sockaddr_storage address;
    int size = sizeof address, port = 0;
    char text[64];
    if (handle->kind == TT_CLI_UDP)
        port = tt_cli_udp_port(handle);
    else if (uv_tcp_getsockname(&((Tcp *)handle)->socket, (struct sockaddr *)&address, &size) == 0)
        tt_cli_address_text((struct sockaddr *)&address, text, &port);
    tt_cli_answer_number(job->request, TT_ANSWER_INT, port);
    tt_cli_job_done(job);
}

/* ---- sending ----------------------------------------------------------------------------------------- */

static void after_send(uv_write_t *uv, int status) {
    tt_cli_sending_end(uv->data, status);
}

void tt_cli_tcp_send(TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    TtCliHandle *handle = tt_cli_handle_take(job, &arguments, TT_CLI_TCP);
    if (!handle) return;
    TtWireItem data;
    if (!tt_wire_read_as(&arguments, TT_WIRE_TEXT, &data)) {
        tt_cli_job_bad_arguments(job);
        return;
    }
    uv_stream_t *stream = (uv_stream_t *)&((Tcp *)handle)->socket;
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)data.bytes, (unsigned)data.length);
    int done = data.length ? uv_try_write(stream, &buffer, 1) : 0;
    if (done == UV_EAGAIN) done = 0;
    if (done < 0 || (size_t)done == data.length) {
        if (done < 0)
            tt_cli_answer_net(job->request, done);
        else
            tt_cli_answer_number(job->request, TT_ANSWER_INT, done);
        tt_cli_job_done(job);
        return;
    }
    TtCliSending *sending =
        tt_cli_sending_create(job, data.bytes + done, data.length - (size_t)done, data.length);
    if (!sending) return;
    int error = uv_write(&sending->uv.tcp, stream, &sending->rest, 1, after_send);
    if (error) tt_cli_sending_end(sending, error);
}

/* ---- receiving --------------------------------------------------------------------------------------- */

static void continue_reading(Tcp *tcp);

static size_t wanted(const TtCliJob *job) {
    return (size_t)(uintptr_t)job->state;
}

static void give_buffer(uv_handle_t *socket, size_t suggested, uv_buf_t *buffer) {
    Tcp *tcp = (Tcp *)socket->data;
    const TtCliJob *job = tcp->waiting.first;
    size_t room = job && wanted(job) < suggested ? wanted(job) : suggested;
    char *bytes = tt_alloc_try(room);
    *buffer = uv_buf_init(bytes, bytes ? (unsigned)room : 0);
}

/** Answers the first that waits with bytes, or all with the end or the error. */
static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
    Tcp *tcp = (Tcp *)stream->data;
    if (count > 0) {
        TtCliJob *job = tt_cli_queue_take(&tcp->waiting);
        TtStrbuf answer = {0};
        tt_wire_put_bytes(&answer, TT_WIRE_TEXT, buffer->base, (size_t)count);
        tt_cli_answer_wire(job->request, &answer);
        tt_cli_job_done(job);
    } else if (count < 0) {
        tcp->error = (int)count;
    }
    tt_free(buffer->base);
    if (count != 0) continue_reading(tcp);
}

/** Reads exactly while somebody waits: otherwise the system's buffer, and with it the sender, does. */
static void continue_reading(Tcp *tcp) {
    while (tcp->error && tcp->waiting.first) {
        TtCliJob *job = tt_cli_queue_take(&tcp->waiting);
        if (tcp->error == UV_EOF)
            tt_cli_answer_null(job->request);
        else
            tt_cli_answer_net(job->request, tcp->error);
        tt_cli_job_done(job);
    }
    bool read = tcp->waiting.first && !tcp->handle.closed;
    if (read == tcp->reading) return;
    tcp->reading = read;
    if (!read) {
        (void)uv_read_stop((uv_stream_t *)&tcp->socket);
        return;
    }
    int error = uv_read_start((uv_stream_t *)&tcp->socket, give_buffer, on_read);
    if (!error) return;
    tcp->reading = false;
    tcp->error = error;
    continue_reading(tcp);
}

static void cancel_receive(TtCliJob *job) {
    Tcp *tcp = (Tcp *)job->handle;
    tt_cli_queue_remove(job);
    continue_reading(tcp);
    tt_cli_answer_null(job->request);
    tt_cli_job_done(job);
}

void tt_cli_tcp_receive(TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    Tcp *tcp = (Tcp *)tt_cli_handle_take(job, &arguments, TT_CLI_TCP);
    if (!tcp) return;
    TtWireItem max;
    if (!tt_wire_read_as(&arguments, TT_WIRE_INT, &max) || max.as.i < 1) {
        tt_cli_job_bad_arguments(job);
        return;
    }
    job->state = (void *)(uintptr_t)(max.as.i < MAX_RECEIVE ? max.as.i : MAX_RECEIVE);
    job->cancel = cancel_receive;
    tt_cli_queue_add(&tcp->waiting, job);
    continue_reading(tcp);
}
