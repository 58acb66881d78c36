// SPDX-License-Identifier: MIT
/**
 * HTTP and HTTPS: libcurl's multi interface on the event loop. Redirects are followed here and not by
 * libcurl, because each target must be allowed, and secrets must not go to another site.
 */
#include "native_internal.h"

#include "base/utf8.h"
#include "tinytot/tt.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_REDIRECTS      10
#define DEFAULT_TIMEOUT_MS 60000
#define CONNECT_TIMEOUT_MS 30000
/** Connections at a time, and kept for later requests. More requests wait for one to be free. */
#define MAX_CONNECTIONS 200
#define KEPT_IDLE       16
/** Header lines of one answer, together. */
#define MAX_HEADER_BYTES (256u << 10)

struct TtCliHttp {
    TtCliLoop *loop;
    const TtCliCurl *curl;
    CURLM *multi;
    uv_timer_t timer;
    struct Watch *watches;
    bool freed;
};

/** A socket of libcurl's. */
typedef struct Watch {
    uv_poll_t poll;
    TtCliHttp *http;
    curl_socket_t socket;
    struct Watch *previous, *next;
} Watch;

typedef struct Header {
    char *name, *value; /* lower case; several of a name joined */
} Header;

typedef struct Transfer {
    TtCliJob *job;
    TtCliHttp *http;
    CURL *easy;
    struct curl_slist *sent_headers;
    char *method, *origin;
    bool with_body, same_origin; /* still the site that the program named: it gets its headers */
    TtWireItem body;
    TtWireReader headers; /* at the fields of the argument */
    uint32_t header_count;
    uint64_t deadline_ms; /* of the loop's clock */
    int redirects;
    TtStrbuf answer_body;
    TT_VEC(Header) answer_headers;
    size_t header_bytes;
    bool too_large, out_of_memory;
    char error[CURL_ERROR_SIZE];
} Transfer;

static void free_headers(Transfer *transfer) {
    for (uint32_t i = 0; i < transfer->answer_headers.count; i++) {
        tt_free(transfer->answer_headers.items[i].name);
        tt_free(transfer->answer_headers.items[i].value);
    }
    transfer->answer_headers.count = 0;
    transfer->header_bytes = 0;
}

static void free_transfer(Transfer *transfer) {
    const TtCliCurl *curl = transfer->http->curl;
    if (transfer->easy) {
        (void)curl->curl_multi_remove_handle(transfer->http->multi, transfer->easy);
        curl->curl_easy_cleanup(transfer->easy);
    }
    curl->curl_slist_free_all(transfer->sent_headers);
    free_headers(transfer);
    tt_vec_free(&transfer->answer_headers);
    tt_strbuf_free(&transfer->answer_body);
    tt_free(transfer->method);
    tt_free(transfer->origin);
    tt_free(transfer);
}

static void fail(Transfer *transfer, TtResult result, const char *reason) {
    TtCliJob *job = transfer->job;
    tt_cli_answer_format(job->request, result, "%s", reason);
    free_transfer(transfer);
    tt_cli_job_done(job);
}

static void cancel(TtCliJob *job) {
    free_transfer(job->state);
    tt_cli_answer_null(job->request);
    tt_cli_job_done(job);
}

/* ---- what comes back --------------------------------------------------------------------------------- */

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
    Transfer *transfer = context;
    size_t length = size * count, limit = transfer->job->loop->max_bytes;
    if (limit && transfer->answer_body.length + length > limit) {
        transfer->too_large = true;
        return 0;
    }
    tt_strbuf_add(&transfer->answer_body, bytes, length);
    return length;
}

/** A header value as UTF-8: what is not is taken as Latin-1. */
static void add_text(TtStrbuf *out, const char *bytes, size_t length) {
    if (tt_utf8_valid(bytes, length)) {
        tt_strbuf_add(out, bytes, length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte >= 0x80) tt_strbuf_add_char(out, (char)(0xC0 | byte >> 6));
        tt_strbuf_add_char(out, (char)(byte >= 0x80 ? 0x80 | (byte & 0x3F) : byte));
    }
}

static void add_header(Transfer *transfer, const char *line, size_t length, size_t colon) {
    TtStrbuf name = {0}, value = {0};
    add_text(&name, line, colon);
    for (size_t i = 0; i < name.length; i++)
        if (name.bytes[i] >= 'A' && name.bytes[i] <= 'Z') name.bytes[i] = (char)(name.bytes[i] - 'A' + 'a');
    size_t start = colon + 1, end = length;
    while (start < end && strchr(" \t", line[start])) start++;
    while (end > start && strchr(" \t\r\n", line[end - 1])) end--;
    for (uint32_t i = 0; i < transfer->answer_headers.count; i++) {
        Header *header = &transfer->answer_headers.items[i];
        if (strcmp(header->name, tt_strbuf_text(&name)) != 0) continue;
        tt_strbuf_add_text(&value, header->value);
        tt_strbuf_add_text(&value, ", ");
        add_text(&value, line + start, end - start);
        tt_free(header->value);
        header->value = tt_strbuf_take(&value);
        tt_strbuf_free(&name);
        return;
    }
    add_text(&value, line + start, end - start);
    tt_strbuf_add(&value, "", 0);
    Header header = {.name = tt_alloc_string(tt_strbuf_text(&name), name.length),
                     .value = tt_alloc_string(tt_strbuf_text(&value), value.length)};
    tt_strbuf_free(&name);
    tt_strbuf_free(&value);
    tt_vec_push(&transfer->answer_headers, header);
}

static size_t on_header(char *line, size_t size, size_t count, void *context) {
    Transfer *transfer = context;
    size_t length = size * count;
    /* A status line: those of interim answers, and what followed them, count no more. */
    if (length >= 5 && strncasecmp(line, "HTTP/", 5) == 0) {
        free_headers(transfer);
        return length;
    }
    transfer->header_bytes += length;
    if (transfer->header_bytes > MAX_HEADER_BYTES) {
        transfer->too_large = true;
        return 0;
    }
    const char *colon = memchr(line, ':', length);
    if (colon && colon != line) add_header(transfer, line, length, (size_t)(colon - line));
    return length;
}

static void answer(Transfer *transfer, long status) {
    TtStrbuf out = {0};
    tt_wire_put_object(&out, 3);
    tt_wire_put_key(&out, "status", 6);
    tt_wire_put_int(&out, status);
    tt_wire_put_key(&out, "headers", 7);
    tt_wire_put_object(&out, transfer->answer_headers.count);
    for (uint32_t i = 0; i < transfer->answer_headers.count; i++) {
        const Header *header = &transfer->answer_headers.items[i];
        tt_wire_put_key(&out, header->name, strlen(header->name));
        tt_wire_put_text(&out, header->value);
    }
    tt_wire_put_key(&out, "body", 4);
    tt_wire_put_bytes(&out, TT_WIRE_TEXT, tt_strbuf_text(&transfer->answer_body),
                      transfer->answer_body.length);
    TtCliJob *job = transfer->job;
    tt_cli_answer_wire(job->request, &out);
    free_transfer(transfer);
    tt_cli_job_done(job);
}

/* ---- sending ----------------------------------------------------------------------------------------- */

static bool is_token(const char *name, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c <= ' ' || c >= 0x7F || strchr("()<>@,;:\\\"/[]?={}", c)) return false;
    }
    return length > 0;
}

static bool is_header_value(const char *value, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)value[i] < ' ' && value[i] != '\t') return false;
    return true;
}

static void append_line(Transfer *transfer, const char *line) {
    struct curl_slist *list = transfer->http->curl->curl_slist_append(transfer->sent_headers, line);
    if (list)
        transfer->sent_headers = list;
    else
        transfer->out_of_memory = true;
}

static bool send_header(Transfer *transfer, const char *name, size_t name_length, const TtWireItem *value) {
    if (!is_token(name, name_length) || !is_header_value(value->bytes, value->length)) return false;
    static const char *const secrets[] = {"authorization", "cookie", "proxy-authorization", "host"};
    for (size_t i = 0; !transfer->same_origin && i < sizeof secrets / sizeof *secrets; i++)
        if (strlen(secrets[i]) == name_length && strncasecmp(secrets[i], name, name_length) == 0) return true;
    if (!transfer->with_body && name_length >= 8 && strncasecmp(name, "content-", 8) == 0 &&
        transfer->redirects)
        return true;
    TtStrbuf line = {0};
    tt_strbuf_add(&line, name, name_length);
    /* A semicolon is how libcurl is told of a header without a value. */
    tt_strbuf_add_text(&line, value->length ? ": " : ";");
    tt_strbuf_add(&line, value->bytes, value->length);
    append_line(transfer, tt_strbuf_text(&line));
    tt_strbuf_free(&line);
    return true;
}

/** All headers of the program, and what goes along unless it says otherwise. False: one is no header. */
static bool send_headers(Transfer *transfer) {
    TtWireReader reader = transfer->headers;
    bool typed = false;
    for (uint32_t i = 0; i < transfer->header_count; i++) {
        const char *name;
        size_t length;
        TtWireItem value;
        if (!tt_wire_read_key(&reader, &name, &length) || !tt_wire_read(&reader, &value)) return false;
        typed = typed || (length == 12 && strncasecmp(name, "content-type", 12) == 0);
        if (value.tag == TT_WIRE_STR) {
            if (!send_header(transfer, name, length, &value)) return false;
            continue;
        }
        if (value.tag != TT_WIRE_LIST) return false;
        for (uint32_t item = value.count; item; item--) {
            TtWireItem text;
            if (!tt_wire_read_as(&reader, TT_WIRE_STR, &text) || !send_header(transfer, name, length, &text))
                return false;
        }
    }
    append_line(transfer, "Expect:");
    if (!typed && transfer->with_body)
        append_line(transfer, transfer->body.tag == TT_WIRE_STR ? "Content-Type: text/plain;charset=UTF-8"
                                                                : "Content-Type:");
    return true;
}

/** "scheme://host:port", from tt_alloc, when rules allow the URL; else the request is answered. */
static char *check_url(Transfer *transfer, const char *url, char **clean) {
    const TtCliCurl *curl = transfer->http->curl;
    TtRequest *request = transfer->job->request;
    CURLU *parts = curl->curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL, *whole = NULL, *origin = NULL;
    bool parsed = parts && curl->curl_url_set(parts, CURLUPART_URL, url, CURLU_URLENCODE) == CURLUE_OK &&
                  curl->curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                  curl->curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                  curl->curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                  curl->curl_url_get(parts, CURLUPART_URL, &whole, 0) == CURLUE_OK;
    if (!parsed) {
        tt_cli_answer_format(request, TT_ERR_NETWORK_ERROR, "not a URL: %s", url);
    } else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) {
        tt_cli_answer_format(request, TT_ERR_NETWORK_ERROR, "neither http nor https: %s", url);
    } else {
        TtStrbuf text = {0};
        tt_strbuf_add_format(&text, "%s://%s:%s", scheme, host, port);
        size_t length = strlen(host);
        if (*host == '[') { /* an IPv6 address */
            memmove(host, host + 1, length - 2);
            host[length - 2] = '\0';
        }
        int number = 0;
        for (const char *digit = port; *digit; digit++) number = number * 10 + (*digit - '0');
        if (tt_cli_net_allowed(transfer->job, host, number)) {
            origin = tt_alloc_string(text.bytes, text.length);
            *clean = tt_alloc_string(whole, strlen(whole));
        }
        tt_strbuf_free(&text);
    }
    curl->curl_free(scheme);
    curl->curl_free(host);
    curl->curl_free(port);
    curl->curl_free(whole);
    curl->curl_url_cleanup(parts);
    return origin;
}

static void set_options(Transfer *transfer, const char *url, uint64_t left_ms) {
    const TtCliCurl *curl = transfer->http->curl;
    CURL *easy = transfer->easy;
    (void)curl->curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl->curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    (void)curl->curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl->curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl->curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    (void)curl->curl_easy_setopt(easy, CURLOPT_USERAGENT, "ttvm/" TT_VERSION);
    (void)curl->curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    (void)curl->curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl->curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    (void)curl->curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl->curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    (void)curl->curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    (void)curl->curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)left_ms);
    (void)curl->curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->sent_headers);
    /* Addresses of this machine are never another's to reach; and rules speak of where it really goes. */
    (void)curl->curl_easy_setopt(easy, CURLOPT_NOPROXY,
                                 transfer->job->loop->rules && transfer->job->loop->rules->net.count
                                     ? "*"
                                     : "localhost,127.0.0.1,::1");
    /* Of this process, not of the program: whom to trust is the user's to say. */
    const char *authorities = getenv("SSL_CERT_FILE");
    if (authorities) (void)curl->curl_easy_setopt(easy, CURLOPT_CAINFO, authorities);
    if (strcmp(transfer->method, "HEAD") == 0)
        (void)curl->curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    else if (transfer->with_body) {
        (void)curl->curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->body.bytes);
        (void)curl->curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->body.length);
    }
    if (strcmp(transfer->method, "HEAD") != 0)
        (void)curl->curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, transfer->method);
}

/** Asks for `url`; the transfer goes on, or the job is done. */
static void start_transfer(Transfer *transfer, const char *url) {
    TtCliHttp *http = transfer->http;
    const TtCliCurl *curl = http->curl;
    uint64_t now = uv_now(&http->loop->loop);
    if (now >= transfer->deadline_ms) {
        fail(transfer, TT_ERR_TIMEOUT, "no answer in time");
        return;
    }
    char *clean = NULL, *origin = check_url(transfer, url, &clean);
    if (!origin) {
        TtCliJob *job = transfer->job;
        free_transfer(transfer);
        tt_cli_job_done(job);
        return;
    }
    transfer->same_origin =
        !transfer->origin || (transfer->same_origin && strcmp(transfer->origin, origin) == 0);
    tt_free(transfer->origin);
    transfer->origin = origin;
    if (!send_headers(transfer)) {
        tt_free(clean);
        fail(transfer, TT_ERR_BAD_ARGUMENT, "a header has a name or value that cannot be sent");
        return;
    }
    transfer->easy = curl->curl_easy_init();
    if (transfer->easy && !transfer->out_of_memory) set_options(transfer, clean, transfer->deadline_ms - now);
    tt_free(clean);
    if (!transfer->easy || transfer->out_of_memory ||
        curl->curl_multi_add_handle(http->multi, transfer->easy) != CURLM_OK)
        fail(transfer, TT_ERR_HEAP_EXCEEDED, "Cannot allocate memory");
}

static void follow(Transfer *transfer, long status, const char *location) {
    const TtCliCurl *curl = transfer->http->curl;
    if (transfer->redirects++ == MAX_REDIRECTS) {
        fail(transfer, TT_ERR_NETWORK_ERROR, "too many redirects");
        return;
    }
    char *url = tt_alloc_string(location, strlen(location));
    bool post = strcmp(transfer->method, "POST") == 0;
    if ((status == 303 && strcmp(transfer->method, "HEAD") != 0) ||
        ((status == 301 || status == 302) && post)) {
        tt_free(transfer->method);
        transfer->method = tt_alloc_string("GET", 3);
        transfer->with_body = false;
    }
    (void)curl->curl_multi_remove_handle(transfer->http->multi, transfer->easy);
    curl->curl_easy_cleanup(transfer->easy);
    transfer->easy = NULL;
    curl->curl_slist_free_all(transfer->sent_headers);
    transfer->sent_headers = NULL;
    free_headers(transfer);
    tt_strbuf_clear(&transfer->answer_body);
    transfer->error[0] = '\0';
    start_transfer(transfer, url);
    tt_free(url);
}

static void finish(Transfer *transfer, CURLcode code) {
    const TtCliCurl *curl = transfer->http->curl;
    if (code != CURLE_OK) {
        TtResult result = code == CURLE_OPERATION_TIMEDOUT ? TT_ERR_TIMEOUT
                          : code == CURLE_OUT_OF_MEMORY    ? TT_ERR_HEAP_EXCEEDED
                                                           : TT_ERR_NETWORK_ERROR;
        if (transfer->too_large)
            fail(transfer, TT_ERR_HEAP_EXCEEDED, "The answer is too large");
        else
            fail(transfer, result, transfer->error[0] ? transfer->error : curl->curl_easy_strerror(code));
        return;
    }
    long status = 0;
    char *location = NULL;
    (void)curl->curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl->curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &location);
    bool redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    if (redirect && location)
        follow(transfer, status, location);
    else
        answer(transfer, status);
}

/* ---- libcurl on the loop ----------------------------------------------------------------------------- */

static void take_finished(TtCliHttp *http) {
    CURLMsg *message;
    int left;
    while ((message = http->curl->curl_multi_info_read(http->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        char *private = NULL;
        CURLcode code = message->data.result;
        (void)http->curl->curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        finish((Transfer *)(void *)private, code);
    }
}

static void on_timer(uv_timer_t *timer) {
    TtCliHttp *http = timer->data;
    int running;
    (void)http->curl->curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    take_finished(http);
}

static int set_timer(CURLM *multi, long timeout_ms, void *context) {
    (void)multi;
    TtCliHttp *http = context;
    if (http->freed) return 0;
    if (timeout_ms < 0)
        (void)uv_timer_stop(&http->timer);
    else
        (void)uv_timer_start(&http->timer, on_timer, (uint64_t)timeout_ms, 0);
    return 0;
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    Watch *watch = poll->data;
    TtCliHttp *http = watch->http;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0, running;
    if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
    (void)http->curl->curl_multi_socket_action(http->multi, watch->socket, flags, &running);
    take_finished(http);
}

static void free_watch(uv_handle_t *poll) {
    tt_free(poll->data);
}

static void drop_watch(Watch *watch) {
    if (watch->previous)
        watch->previous->next = watch->next;
    else
        watch->http->watches = watch->next;
    if (watch->next) watch->next->previous = watch->previous;
    (void)uv_poll_stop(&watch->poll);
    uv_close((uv_handle_t *)&watch->poll, free_watch);
}

static int watch_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *socket_context) {
    (void)easy;
    TtCliHttp *http = context;
    Watch *watch = socket_context;
    if (what == CURL_POLL_REMOVE) {
        if (watch) drop_watch(watch);
        (void)http->curl->curl_multi_assign(http->multi, socket, NULL);
        return 0;
    }
    if (!watch) {
        watch = tt_alloc_zero(sizeof *watch);
        if (uv_poll_init_socket(&http->loop->loop, &watch->poll, socket) != 0) {
            tt_free(watch);
            return -1;
        }
        watch->poll.data = watch;
        watch->http = http;
        watch->socket = socket;
        watch->next = http->watches;
        if (http->watches) http->watches->previous = watch;
        http->watches = watch;
        (void)http->curl->curl_multi_assign(http->multi, socket, watch);
    }
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    return uv_poll_start(&watch->poll, events, on_poll) == 0 ? 0 : -1;
}

static TtCliHttp *ensure_http(TtCliLoop *loop, const char **reason) {
    if (loop->http) return loop->http;
    const TtCliCurl *curl = tt_cli_library_curl(&loop->libraries, reason);
    CURLM *multi = curl ? curl->curl_multi_init() : NULL;
    if (!multi) {
        if (curl) *reason = "libcurl cannot be initialised";
        return NULL;
    }
    TtCliHttp *http = tt_alloc_zero(sizeof *http);
    *http = (TtCliHttp){.loop = loop, .curl = curl, .multi = multi};
    (void)uv_timer_init(&loop->loop, &http->timer);
    http->timer.data = http;
    (void)curl->curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    (void)curl->curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, http);
    (void)curl->curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    (void)curl->curl_multi_setopt(multi, CURLMOPT_TIMERDATA, http);
    (void)curl->curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)MAX_CONNECTIONS);
    (void)curl->curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)KEPT_IDLE);
    loop->http = http;
    return http;
}

static void free_http(uv_handle_t *timer) {
    tt_free(timer->data);
}

void tt_cli_http_free(TtCliLoop *loop) {
    TtCliHttp *http = loop->http;
    if (!http) return;
    loop->http = NULL;
    http->freed = true;
    (void)http->curl->curl_multi_cleanup(http->multi);
    while (http->watches) drop_watch(http->watches);
    uv_close((uv_handle_t *)&http->timer, free_http);
}

void tt_cli_http_request(TtCliJob *job) {
    const char *reason = NULL;
    TtCliHttp *http = ensure_http(job->loop, &reason);
    if (!http) {
        tt_cli_answer_error(job->request, TT_ERR_UNSUPPORTED_OPERATION, reason);
        tt_cli_job_done(job);
        return;
    }
    TtWireReader arguments = tt_cli_job_arguments(job);
    TtWireItem method, url, headers, timeout;
    Transfer *transfer = tt_alloc_zero(sizeof *transfer);
    *transfer = (Transfer){.job = job, .http = http};
    bool good = tt_wire_read_as(&arguments, TT_WIRE_STR, &method) &&
                tt_wire_read_as(&arguments, TT_WIRE_STR, &url) &&
                tt_wire_read_as(&arguments, TT_WIRE_OBJECT, &headers);
    if (good) {
        transfer->headers = arguments;
        transfer->header_count = headers.count;
    }
    for (uint32_t i = 0; good && i < headers.count; i++) {
        const char *key;
        size_t length;
        good = tt_wire_read_key(&arguments, &key, &length) && tt_wire_skip(&arguments);
    }
    good = good && tt_wire_read(&arguments, &transfer->body) && tt_wire_read(&arguments, &timeout) &&
           (timeout.tag == TT_WIRE_NULL || (timeout.tag == TT_WIRE_INT && timeout.as.i > 0));
    if (!good) {
        free_transfer(transfer);
        tt_cli_job_bad_arguments(job);
        return;
    }
    job->state = transfer;
    job->cancel = cancel;
    transfer->with_body = transfer->body.tag != TT_WIRE_NULL;
    uint64_t left = timeout.tag == TT_WIRE_INT ? (uint64_t)timeout.as.i : DEFAULT_TIMEOUT_MS;
    transfer->deadline_ms = uv_now(&job->loop->loop) + (left < INT32_MAX ? left : INT32_MAX);
    transfer->method = tt_alloc_string(method.bytes, method.length);
    if (!is_token(method.bytes, method.length)) {
        fail(transfer, TT_ERR_BAD_ARGUMENT, "the method is no word");
        return;
    }
    char *text = tt_alloc_string(url.bytes, url.length);
    start_transfer(transfer, text);
    tt_free(text);
}
