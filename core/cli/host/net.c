// SPDX-License-Identifier: MIT
/** Names and addresses: what TCP, UDP and DNS_RESOLVE share. */
#include "native_internal.h"

#include <netdb.h>
#include <string.h>

bool tt_cli_address_parse(const char *host, int port, struct sockaddr_storage *address) {
    memset(address, 0, sizeof *address);
    return uv_ip4_addr(host, port, (struct sockaddr_in *)address) == 0 ||
           uv_ip6_addr(host, port, (struct sockaddr_in6 *)address) == 0;
}

void tt_cli_address_text(const struct sockaddr *address, char text[64], int *port) {
    text[0] = '\0';
    *port = 0;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)address;
        (void)uv_ip4_name(four, text, 64);
        *port = ntohs(four->sin_port);
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
        (void)uv_ip6_name(six, text, 64);
        *port = ntohs(six->sin6_port);
    }
}

bool tt_cli_net_allowed(TtCliJob *job, const char *host, int port) {
    if (tt_cli_rules_allow_net(job->loop->rules, host, port)) return true;
    if (port >= 0)
        tt_cli_answer_format(
            job->request, TT_ERR_PERMISSION_DENIED,
            strchr(host, ':') ? "it needs --allow-net=[%s]:%d" : "it needs --allow-net=%s:%d", host, port);
    else
        tt_cli_answer_format(job->request, TT_ERR_PERMISSION_DENIED, "it needs --allow-net=%s", host);
    return false;
}

void tt_cli_answer_net(TtRequest *request, int uv_error) {
    TtResult result = uv_error == UV_ETIMEDOUT                         ? TT_ERR_TIMEOUT
                      : uv_error == UV_ENOMEM                          ? TT_ERR_HEAP_EXCEEDED
                      : uv_error == UV_EMFILE || uv_error == UV_ENFILE ? TT_ERR_HANDLES_EXCEEDED
                                                                       : TT_ERR_NETWORK_ERROR;
    tt_cli_answer_error(request, result, uv_strerror(uv_error));
}

/* ---- resolving -------------------------------------------------------------------------------------------
 */

typedef struct Resolve {
    uv_getaddrinfo_t uv;
    TtCliJob *job; /* NULL: abandoned */
    void (*found)(TtCliJob *job, const struct addrinfo *list, int error);
} Resolve;

static void after_resolve(uv_getaddrinfo_t *uv, int status, struct addrinfo *list) {
    Resolve *resolve = uv->data;
    if (resolve->job) {
        resolve->job->cancel = NULL;
        resolve->job->state = NULL;
        resolve->found(resolve->job, list, status);
    }
    uv_freeaddrinfo(list);
    tt_free(resolve);
}

static void cancel_resolve(TtCliJob *job) {
    Resolve *resolve = job->state;
    resolve->job = NULL;
    (void)uv_cancel((uv_req_t *)&resolve->uv);
    tt_cli_answer_null(job->request);
    tt_cli_job_done(job);
}

void tt_cli_net_resolve(TtCliJob *job, const char *host, int type,
                        void (*found)(TtCliJob *job, const struct addrinfo *list, int error)) {
    Resolve *resolve = tt_alloc_zero(sizeof *resolve);
    resolve->uv.data = resolve;
    resolve->job = job;
    resolve->found = found;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = type, .ai_flags = AI_ADDRCONFIG};
    int error = uv_getaddrinfo(&job->loop->loop, &resolve->uv, after_resolve, host, NULL, &hints);
    if (error) {
        tt_free(resolve);
        found(job, NULL, error);
        return;
    }
    job->state = resolve;
    job->cancel = cancel_resolve;
}

bool tt_cli_net_host(TtWireReader *arguments, const char *otherwise, char host[TT_CLI_HOST_BYTES]) {
    TtWireItem item;
    if (!tt_wire_read(arguments, &item)) return false;
    if (item.tag == TT_WIRE_NULL && otherwise) {
        memcpy(host, otherwise, strlen(otherwise) + 1);
        return true;
    }
    if (item.tag != TT_WIRE_STR || item.length >= TT_CLI_HOST_BYTES || memchr(item.bytes, 0, item.length))
        return false;
    memcpy(host, item.bytes, item.length);
    host[item.length] = '\0';
    return true;
}

bool tt_cli_net_port(TtWireReader *arguments, int *port) {
    TtWireItem item;
    if (!tt_wire_read_as(arguments, TT_WIRE_INT, &item) || item.as.i < 0 || item.as.i > 65535) return false;
    *port = (int)item.as.i;
    return true;
}

bool tt_cli_net_first(TtCliJob *job, const struct addrinfo *list, int error,
                      struct sockaddr_storage *address) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    char host[TT_CLI_HOST_BYTES], text[64];
    int port = 0, ignored;
    (void)tt_cli_net_host(&arguments, NULL, host);
    (void)tt_cli_net_port(&arguments, &port);
    if (!error && list) {
        tt_cli_address_text(list->ai_addr, text, &ignored);
        if (tt_cli_address_parse(text, port, address)) return true;
    }
    tt_cli_answer_net(job->request, error ? error : UV_EAI_NODATA);
    tt_cli_job_done(job);
    return false;
}

/* ---- sending ------------------------------------------------------------------------------------------- */

static void cancel_sending(TtCliJob *job) {
    ((TtCliSending *)job->state)->job = NULL;
    tt_cli_answer_null(job->request);
    tt_cli_job_done(job);
}

TtCliSending *tt_cli_sending_create(TtCliJob *job, const char *rest, size_t length, size_t total) {
    TtCliSending *sending = tt_alloc_try(sizeof *sending + length);
    if (!sending) {
        tt_cli_answer_error(job->request, TT_ERR_HEAP_EXCEEDED, "Cannot allocate memory");
        tt_cli_job_done(job);
        return NULL;
    }
    *sending = (TtCliSending){.job = job, .total = total};
    sending->rest = uv_buf_init((char *)(sending + 1), (unsigned)length);
    memcpy(sending->rest.base, rest, length);
    sending->uv.any.data = sending;
    job->state = sending;
    job->cancel = cancel_sending;
    return sending;
}

void tt_cli_sending_end(TtCliSending *sending, int status) {
    TtCliJob *job = sending->job;
    if (job) {
        if (status == UV_ECANCELED)
            tt_cli_answer_closed(job, job->handle->kind, job->handle->id);
        else if (status)
            tt_cli_answer_net(job->request, status);
        else
            tt_cli_answer_number(job->request, TT_ANSWER_INT, (int64_t)sending->total);
        tt_cli_job_done(job);
    }
    tt_free(sending);
}

/* ---- DNS_RESOLVE ------------------------------------------------------------------------------------- */

static void answer_address(TtCliJob *job, const struct addrinfo *list, int error) {
    const struct addrinfo *best = list;
    for (const struct addrinfo *at = list; at; at = at->ai_next)
        if (at->ai_family == AF_INET && best->ai_family != AF_INET) best = at;
    if (error || !best) {
        tt_cli_answer_net(job->request, error ? error : UV_EAI_NODATA);
    } else {
        char text[64];
        int port;
        tt_cli_address_text(best->ai_addr, text, &port);
        size_t length = strlen(text);
        tt_cli_answer_data(job->request, TT_ANSWER_STR, tt_alloc_string(text, length), length);
    }
    tt_cli_job_done(job);
}

void tt_cli_dns_resolve(TtCliJob *job) {
    TtWireReader arguments = tt_cli_job_arguments(job);
    char host[TT_CLI_HOST_BYTES];
    if (!tt_cli_net_host(&arguments, NULL, host)) {
        tt_cli_answer_error(job->request, TT_ERR_NETWORK_ERROR, "not a host name");
        tt_cli_job_done(job);
    } else if (!tt_cli_net_allowed(job, host, -1)) {
        tt_cli_job_done(job);
    } else {
        tt_cli_net_resolve(job, host, SOCK_STREAM, answer_address);
    }
}
