// SPDX-License-Identifier: MIT
#include "exec/service_call.h"
#include "exec/wire_value.h"

#include "base/assert.h"

#include <string.h>

/**
 * How operands become arguments: a letter each, from the deepest operand to the top; then letters of
 * arguments that are always the same.
 *
 *   not encoded, for services without TT_SERVICE_WIRE
 *     p  a path or name: text         t b a  contents that are a Str, Bytes, either: data
 *   encoded, in this order
 *     c S  a Connection, a Stream     d    Str or Bytes
 *     h    a host name                n    a port
 *     l    where to listen: a port, or a Str `host:port`; two arguments
 *     m    at most so many: 1 and more
 *     k s  a secret, SQL: a Str       w    a program's name: a Str without NUL
 *     W    a List of such             q    a List of what SQL knows
 *     0 F T  an empty list, false, true
 *   by functions of their own
 *     G P R  HTTP                     x    a stream   y  a database
 */
typedef struct ServiceCall {
    uint16_t op;
    TtService service;
    const char *operands;
} ServiceCall;

static const ServiceCall service_calls[] = {
    {TT_OP_READ_LINE, TT_SERVICE_READ_LINE, ""},
    {TT_OP_READ_CHAR, TT_SERVICE_READ_CHAR, ""},
    {TT_OP_READ_INPUT, TT_SERVICE_READ_INPUT, ""},
    {TT_OP_READ_FILE, TT_SERVICE_READ_FILE, "p"},
    {TT_OP_READ_BYTES, TT_SERVICE_READ_BYTES, "p"},
    {TT_OP_WRITE_FILE, TT_SERVICE_WRITE_FILE, "tp"},
    {TT_OP_APPEND_FILE, TT_SERVICE_APPEND_FILE, "tp"},
    {TT_OP_WRITE_BYTES, TT_SERVICE_WRITE_FILE, "bp"},
    {TT_OP_FILE_EXISTS, TT_SERVICE_FILE_EXISTS, "p"},
    {TT_OP_FILE_SIZE, TT_SERVICE_FILE_SIZE, "p"},
    {TT_OP_DELETE_FILE, TT_SERVICE_DELETE_FILE, "p"},
    {TT_OP_LIST_DIR, TT_SERVICE_LIST_DIR, "p"},
    {TT_OP_GET_ENV, TT_SERVICE_GET_ENV, "p"},
    {TT_OP_SET_ENV, TT_SERVICE_SET_ENV, "pt"},
    {TT_OP_EXEC, TT_SERVICE_EXEC, "wWF"},
    {TT_OP_EXEC_CAPTURE, TT_SERVICE_EXEC, "wWT"},
    {TT_OP_HTTP_GET, TT_SERVICE_HTTP_REQUEST, "G"},
    {TT_OP_HTTP_POST, TT_SERVICE_HTTP_REQUEST, "P"},
    {TT_OP_HTTP_REQUEST, TT_SERVICE_HTTP_REQUEST, "R"},
    {TT_OP_TCP_CONNECT, TT_SERVICE_TCP_CONNECT, "hn"},
    {TT_OP_TCP_LISTEN, TT_SERVICE_TCP_LISTEN, "l"},
    {TT_OP_TCP_ACCEPT, TT_SERVICE_TCP_ACCEPT, "c"},
    {TT_OP_TCP_PORT, TT_SERVICE_TCP_PORT, "c"},
    {TT_OP_TCP_SEND, TT_SERVICE_TCP_SEND, "cd"},
    {TT_OP_TCP_RECV, TT_SERVICE_TCP_RECV, "cm"},
    {TT_OP_UDP_BIND, TT_SERVICE_UDP_BIND, "l"},
    {TT_OP_UDP_SEND, TT_SERVICE_UDP_SEND, "chnd"},
    {TT_OP_UDP_RECV, TT_SERVICE_UDP_RECV, "cm"},
    {TT_OP_DNS_RESOLVE, TT_SERVICE_DNS_RESOLVE, "h"},
    {TT_OP_CLOSE, TT_SERVICE_CLOSE, "c"},
    {TT_OP_ASYNC_READ, TT_SERVICE_READ_FILE, "p"},
    {TT_OP_ASYNC_WRITE, TT_SERVICE_WRITE_FILE, "ap"},
    {TT_OP_STREAM_CREATE, TT_SERVICE_STREAM_MEMORY, "x"},
    {TT_OP_STREAM_READ, TT_SERVICE_STREAM_READ, "Sm"},
    {TT_OP_STREAM_WRITE, TT_SERVICE_STREAM_WRITE, "Sd"},
    {TT_OP_STREAM_CLOSE, TT_SERVICE_STREAM_CLOSE, "S"},
    {TT_OP_COMPRESS, TT_SERVICE_COMPRESS, "d"},
    {TT_OP_DECOMPRESS, TT_SERVICE_DECOMPRESS, "d"},
    {TT_OP_HASH, TT_SERVICE_HASH, "d"},
    {TT_OP_ENCRYPT, TT_SERVICE_ENCRYPT, "dk"},
    {TT_OP_DECRYPT, TT_SERVICE_DECRYPT, "dk"},
    {TT_OP_DB_CONNECT, TT_SERVICE_DB_CONNECT, "y"},
    {TT_OP_DB_QUERY, TT_SERVICE_DB_QUERY, "cs0"},
    {TT_OP_DB_EXEC, TT_SERVICE_DB_EXEC, "cs0"},
    {TT_OP_DB_QUERY_PARAMS, TT_SERVICE_DB_QUERY, "csq"},
    {TT_OP_DB_EXEC_PARAMS, TT_SERVICE_DB_EXEC, "csq"},
};

/** One call being made. */
typedef struct Maker {
    TtActor *actor;
    const char *op;
    TtService service;
    TtArguments *arguments;
    TtStrbuf wire;
    uint32_t wire_count;
} Maker;

static TtResult expected(const Maker *maker, const char *what, TtValue got) {
    return tt_sem_type_error(maker->actor, maker->op, what, got);
}

static TtResult bad(const Maker *maker, const char *what) {
    return tt_error_set(&maker->actor->context->error, TT_ERR_BAD_ARGUMENT, "%s: %s", maker->op, what);
}

static TtResult check_capability(const Maker *maker, TtCapability capability) {
    if (!(maker->actor->system->denied & (1u << capability))) return TT_OK;
    return tt_error_set(&maker->actor->context->error, TT_ERR_PERMISSION_DENIED,
                        "%s is not permitted: it needs --allow-%s", maker->op,
                        tt_capability_name(capability));
}

static TtResult check_text(const Maker *maker, const char *what, TtValue value) {
    if (value.tag != TT_TAG_STR) return expected(maker, what, value);
    if (memchr(tt_bytes_data(value), 0, value.len)) return bad(maker, "the name contains a NUL character");
    return TT_OK;
}

static TtResult set_text(const Maker *maker, const char *text, size_t length) {
    maker->arguments->text = text;
    maker->arguments->text_length = length;
    return TT_OK;
}

static TtResult set_data(const Maker *maker, TtValue value) {
    maker->arguments->data = tt_alloc_string(tt_bytes_data(value), value.len);
    maker->arguments->data_length = value.len;
    return TT_OK;
}

/* ---- encoded arguments
 * ---------------------------------------------------------------------------------------- */

static TtResult put(Maker *maker, TtValue value) {
    maker->wire_count++;
    (void)tt_wire_put_scalar(&maker->wire, value);
    return TT_OK;
}

static TtResult put_handle(Maker *maker, TtTag tag, TtValue value) {
    bool connection = tag == TT_TAG_CONNECTION;
    if (value.tag != tag) return expected(maker, connection ? "a Connection" : "a Stream", value);
    maker->wire_count++;
    tt_wire_put_handle(&maker->wire, connection ? TT_WIRE_CONNECTION : TT_WIRE_STREAM, value.as.i);
    return TT_OK;
}

static TtResult put_data(Maker *maker, TtValue value) {
    if (value.tag != TT_TAG_STR && value.tag != TT_TAG_BYTES) return expected(maker, "a Str or Bytes", value);
    return put(maker, value);
}

static TtResult put_host(Maker *maker, TtValue value) {
    TT_TRY(check_text(maker, "a Str as host", value));
    if (!value.len) return bad(maker, "the host is empty");
    return put(maker, value);
}

static TtResult put_port(Maker *maker, TtValue value) {
    if (value.tag != TT_TAG_INT) return expected(maker, "an Int as port", value);
    if (value.as.i < 0 || value.as.i > 65535)
        return tt_error_set(&maker->actor->context->error, TT_ERR_BAD_ARGUMENT,
                            "%s expects a port from 0 to 65535 but got %lld", maker->op,
                            (long long)value.as.i);
    return put(maker, value);
}

/** A port, or `host:port`; the host of an IPv6 address in brackets. */
static TtResult put_listen(Maker *maker, TtValue value) {
    if (value.tag == TT_TAG_INT) {
        (void)put(maker, tt_null());
        return put_port(maker, value);
    }
    TT_TRY(check_text(maker, "an Int or Str as port", value));
    const char *text = tt_bytes_data(value), *end = text + value.len, *colon = end;
    int64_t port = 0;
    while (colon > text && colon[-1] != ':') colon--;
    for (const char *at = colon; at < end && port >= 0; at++)
        port = *at < '0' || *at > '9' || port > 65535 ? -1 : port * 10 + (*at - '0');
    if (colon <= text + 1 || colon == end || port < 0) return bad(maker, "a Str is `host:port`");
    size_t length = (size_t)(colon - 1 - text);
    if (*text == '[' && colon[-2] == ']') text++, length -= 2;
    if (!length) return bad(maker, "a Str is `host:port`");
    maker->wire_count++;
    tt_wire_put_bytes(&maker->wire, TT_WIRE_STR, text, length);
    return put_port(maker, tt_int(port));
}

static TtResult put_max(Maker *maker, TtValue value) {
    if (value.tag != TT_TAG_INT) return expected(maker, "an Int as number of bytes", value);
    if (value.as.i < 1)
        return tt_error_set(&maker->actor->context->error, TT_ERR_BAD_ARGUMENT,
                            "%s expects a number of bytes from 1 on but got %lld", maker->op,
                            (long long)value.as.i);
    return put(maker, value);
}

static TtResult put_words(Maker *maker, TtValue value) {
    if (value.tag != TT_TAG_LIST) return expected(maker, "a List of Str as arguments", value);
    maker->wire_count++;
    tt_wire_put_list(&maker->wire, value.len);
    for (uint32_t i = 0; i < value.len; i++) {
        TtValue word = tt_list_items(value)[i];
        TT_TRY(check_text(maker, "a List of Str as arguments", word));
        (void)tt_wire_put_scalar(&maker->wire, word);
    }
    return TT_OK;
}

static TtResult put_parameters(Maker *maker, TtValue value) {
    if (value.tag != TT_TAG_LIST) return expected(maker, "a List as parameters", value);
    maker->wire_count++;
    tt_wire_put_list(&maker->wire, value.len);
    for (uint32_t i = 0; i < value.len; i++) {
        TtValue item = tt_list_items(value)[i];
        if (!tt_wire_put_scalar(&maker->wire, item))
            return expected(maker, "Null, Bool, Int, Float, Str or Bytes as parameter", item);
    }
    return TT_OK;
}

/* ---- HTTP
 * ------------------------------------------------------------------------------------------------------ */

static TtResult put_url(Maker *maker, TtValue value) {
    TT_TRY(check_text(maker, "a Str as URL", value));
    return put(maker, value);
}

static TtResult put_body(Maker *maker, TtValue value) {
    if (value.tag != TT_TAG_NULL && value.tag != TT_TAG_STR && value.tag != TT_TAG_BYTES)
        return expected(maker, "a Str or Bytes as body", value);
    return put(maker, value);
}

static void put_word(Maker *maker, const char *word) {
    maker->wire_count++;
    tt_wire_put_text(&maker->wire, word);
}

static void put_no_headers(Maker *maker) {
    maker->wire_count++;
    tt_wire_put_object(&maker->wire, 0);
}

static TtResult put_header_value(Maker *maker, TtValue value) {
    if (value.tag == TT_TAG_STR) {
        (void)tt_wire_put_scalar(&maker->wire, value);
        return TT_OK;
    }
    if (value.tag != TT_TAG_LIST) return expected(maker, "a Str or List of Str as header", value);
    tt_wire_put_list(&maker->wire, value.len);
    for (uint32_t i = 0; i < value.len; i++) {
        TtValue item = tt_list_items(value)[i];
        if (item.tag != TT_TAG_STR) return expected(maker, "a Str or List of Str as header", item);
        (void)tt_wire_put_scalar(&maker->wire, item);
    }
    return TT_OK;
}

static TtResult put_headers(Maker *maker, TtValue headers) {
    if (headers.tag == TT_TAG_NULL) {
        put_no_headers(maker);
        return TT_OK;
    }
    if (headers.tag != TT_TAG_OBJECT) return expected(maker, "an Object as headers", headers);
    maker->wire_count++;
    tt_wire_put_object(&maker->wire, headers.len);
    for (uint32_t i = 0; i < headers.len; i++) {
        const TtMapEntry *entry = &tt_map_entries(headers)[i];
        tt_wire_put_key(&maker->wire, tt_bytes_data(entry->key), entry->key.len);
        TT_TRY(put_header_value(maker, entry->value));
    }
    return TT_OK;
}

static TtValue request_field(TtValue request, const char *name) {
    int64_t at = tt_map_find(request, name, (uint32_t)strlen(name));
    return at < 0 ? tt_null() : tt_map_entries(request)[at].value;
}

static TtResult put_request(Maker *maker, TtValue request) {
    if (request.tag != TT_TAG_OBJECT) return expected(maker, "an Object as request", request);
    TtValue method = request_field(request, "method"), body = request_field(request, "body");
    TtValue timeout = request_field(request, "timeout");
    if (method.tag == TT_TAG_NULL) {
        put_word(maker, body.tag == TT_TAG_NULL ? "GET" : "POST");
    } else {
        TT_TRY(check_text(maker, "a Str as method", method));
        (void)put(maker, method);
    }
    TT_TRY(put_url(maker, request_field(request, "url")));
    TT_TRY(put_headers(maker, request_field(request, "headers")));
    TT_TRY(put_body(maker, body));
    if (timeout.tag != TT_TAG_NULL && timeout.tag != TT_TAG_INT)
        return expected(maker, "an Int of milliseconds as timeout", timeout);
    if (timeout.tag == TT_TAG_INT && timeout.as.i < 1) return bad(maker, "the timeout is below 1");
    return put(maker, timeout);
}

static TtResult put_simple_request(Maker *maker, const char *method, TtValue url, TtValue body) {
    put_word(maker, method);
    TT_TRY(put_url(maker, url));
    put_no_headers(maker);
    TT_TRY(put_body(maker, body));
    return put(maker, tt_null());
}

/* ---- streams, databases
 * ------------------------------------------------------------------------------------------ */

static bool starts_with(TtValue text, const char *prefix, size_t *rest) {
    *rest = strlen(prefix);
    return text.len >= *rest && memcmp(tt_bytes_data(text), prefix, *rest) == 0;
}

static TtResult make_stream(Maker *maker, TtValue spec) {
    TT_TRY(check_text(maker, "a Str that says which stream", spec));
    size_t skip;
    if (spec.len == 6 && starts_with(spec, "memory", &skip)) return TT_OK;
    if (starts_with(spec, "file-read:", &skip))
        maker->service = TT_SERVICE_STREAM_OPEN_READ;
    else if (starts_with(spec, "file-write:", &skip))
        maker->service = TT_SERVICE_STREAM_OPEN_WRITE;
    else
        return bad(maker, "a stream is \"memory\", \"file-read:PATH\" or \"file-write:PATH\"");
    return set_text(maker, tt_bytes_data(spec) + skip, spec.len - skip);
}

static TtResult make_database(Maker *maker, TtValue spec) {
    TT_TRY(check_text(maker, "a Str that says which database", spec));
    size_t skip, rest;
    if (!starts_with(spec, "sqlite:", &skip) || spec.len == skip)
        return bad(maker, "a database is \"sqlite::memory:\" or \"sqlite:PATH\"");
    if (!starts_with(spec, "sqlite::memory:", &rest) || spec.len != rest) {
        TT_TRY(check_capability(maker, TT_CAP_FS_READ));
        TT_TRY(check_capability(maker, TT_CAP_FS_WRITE));
    }
    maker->wire_count++;
    tt_wire_put_bytes(&maker->wire, TT_WIRE_STR, tt_bytes_data(spec) + skip, spec.len - skip);
    return TT_OK;
}

/* ---- making a call
 * ------------------------------------------------------------------------------------------------ */

static const ServiceCall *find_call(unsigned op) {
    for (size_t i = 0; i < sizeof service_calls / sizeof *service_calls; i++)
        if (service_calls[i].op == op) return &service_calls[i];
    return NULL;
}

/** `operand` is the first one that the letter has not been used for. */
static TtResult take(Maker *maker, char letter, const TtValue *operand) {
    TtActor *actor = maker->actor;
    TtValue value = operand < actor->stack + actor->sp ? *operand : tt_null();
    switch (letter) {
    case 'p':
        TT_TRY(check_text(maker, "a Str as path or name", value));
        return set_text(maker, tt_bytes_data(value), value.len);
    case 't':
        return value.tag == TT_TAG_STR ? set_data(maker, value)
                                       : expected(maker, "a Str as content or value", value);
    case 'b':
        return value.tag == TT_TAG_BYTES ? set_data(maker, value)
                                         : expected(maker, "Bytes as content", value);
    case 'a':
        return value.tag == TT_TAG_STR || value.tag == TT_TAG_BYTES
                   ? set_data(maker, value)
                   : expected(maker, "a Str or Bytes as content", value);
    case 'c': return put_handle(maker, TT_TAG_CONNECTION, value);
    case 'S': return put_handle(maker, TT_TAG_STREAM, value);
    case 'd': return put_data(maker, value);
    case 'h': return put_host(maker, value);
    case 'n': return put_port(maker, value);
    case 'l': return put_listen(maker, value);
    case 'm': return put_max(maker, value);
    case 'k':
        return value.tag == TT_TAG_STR ? put(maker, value) : expected(maker, "a Str as passphrase", value);
    case 's': return value.tag == TT_TAG_STR ? put(maker, value) : expected(maker, "a Str as SQL", value);
    case 'w':
        TT_TRY(check_text(maker, "a Str as command", value));
        return value.len ? put(maker, value) : bad(maker, "the command is empty");
    case 'W': return put_words(maker, value);
    case 'q': return put_parameters(maker, value);
    case 'x': return make_stream(maker, value);
    case 'y': return make_database(maker, value);
    case 'G': return put_simple_request(maker, "GET", value, tt_null());
    case 'P':
        if (operand[1].tag == TT_TAG_NULL) return expected(maker, "a Str or Bytes as body", operand[1]);
        return put_simple_request(maker, "POST", value, operand[1]);
    case 'R': return put_request(maker, value);
    case '0':
        maker->wire_count++;
        tt_wire_put_list(&maker->wire, 0);
        return TT_OK;
    case 'F':
    case 'T': return put(maker, tt_bool(letter == 'T'));
    default: break;
    }
    TT_UNREACHABLE();
}

static TtResult take_all(Maker *maker, const ServiceCall *call) {
    const TtValue *operand = maker->actor->stack + maker->actor->sp - tt_op_info(call->op)->pops;
    /* A database asks for more capabilities than its service's, and a stream for those of its kind. */
    if (call->operands[0] != 'x') TT_TRY(check_capability(maker, tt_service_capability(call->service)));
    for (const char *letter = call->operands; *letter; letter++) TT_TRY(take(maker, *letter, operand++));
    return check_capability(maker, tt_service_capability(maker->service));
}

TtResult tt_service_call_make(TtActor *actor, unsigned op, TtService *service, TtArguments *arguments) {
    const ServiceCall *call = find_call(op);
    Maker maker = {actor, tt_op_info(op)->mnemonic, call->service, arguments, {0}, 0};
    bool wire = tt_service_info(call->service)->flags & TT_SERVICE_WIRE;
    if (wire) tt_wire_put_list(&maker.wire, 0);
    TtResult result = take_all(&maker, call);
    *service = maker.service;
    /* A stream of a file is another service, which takes no list. */
    if (result == TT_OK && (tt_service_info(maker.service)->flags & TT_SERVICE_WIRE)) {
        tt_wire_set_count(&maker.wire, 0, maker.wire_count);
        arguments->data_length = maker.wire.length;
        arguments->data = tt_strbuf_take(&maker.wire);
    }
    tt_free_wiped(maker.wire.bytes, maker.wire.length);
    return result;
}
