// SPDX-License-Identifier: MIT
/** Built-ins of URLs: objects with the fields of the URL standard's interface. */
#include "base/utf8.h"
#include "exec/builtin.h"
#include "exec/url.h"

#include <string.h>

/** "NAME expects WHAT but got "text"" as ParseError; long text is cut. */
static TtResult refuse(TtBuiltinCall *call, const char *what, const char *text, size_t length) {
    TtStrbuf quoted = {0};
    size_t shown = tt_utf8_offset(text, length, 80);
    tt_print_quoted(&quoted, text, shown);
    TtResult result = tt_builtin_error(call, TT_ERR_PARSE_ERROR, "expects a URL with %s but got %s%s", what,
                                       tt_strbuf_text(&quoted), shown < length ? "…" : "");
    tt_strbuf_free(&quoted);
    return result;
}

static bool set(TtBuiltinCall *call, TtValue *object, const char *field, const TtStrbuf *text) {
    TtValue value;
    return tt_bytes_new(call->heap, TT_TAG_STR, tt_strbuf_text(text), text->length, &value) &&
           tt_map_set_text(call->heap, *object, field, value, object);
}

/** `sign` and the part, or nothing when the part is empty. */
static bool set_signed(TtBuiltinCall *call, TtValue *object, const char *field, char sign,
                       const TtStrbuf *part) {
    TtStrbuf text = {0};
    if (part->length) {
        tt_strbuf_add_char(&text, sign);
        tt_strbuf_add(&text, part->bytes, part->length);
    }
    bool done = set(call, object, field, &text);
    tt_strbuf_free(&text);
    return done;
}

static bool make_object(TtBuiltinCall *call, const TtUrl *url, TtValue *object) {
    TtStrbuf href = {0}, origin = {0}, protocol = {0}, port = {0}, host = {0};
    tt_url_write(url, &href);
    tt_strbuf_add_format(&protocol, "%s:", tt_strbuf_text(&url->scheme));
    if (url->port >= 0) tt_strbuf_add_format(&port, "%d", url->port);
    tt_strbuf_add_format(&host, "%s%s%s", tt_strbuf_text(&url->host), port.length ? ":" : "",
                         tt_strbuf_text(&port));
    bool tuple = tt_url_special(url) && strcmp(tt_strbuf_text(&url->scheme), "file") != 0;
    if (tuple)
        tt_strbuf_add_format(&origin, "%s//%s", protocol.bytes, tt_strbuf_text(&host));
    else
        tt_strbuf_add_text(&origin, "null");
    *object = tt_empty(TT_TAG_OBJECT);
    bool done = set(call, object, "href", &href) && set(call, object, "origin", &origin) &&
                set(call, object, "protocol", &protocol) && set(call, object, "username", &url->username) &&
                set(call, object, "password", &url->password) && set(call, object, "host", &host) &&
                set(call, object, "hostname", &url->host) && set(call, object, "port", &port) &&
                set(call, object, "pathname", &url->path) &&
                set_signed(call, object, "search", '?', &url->query) &&
                set_signed(call, object, "hash", '#', &url->fragment);
    TtStrbuf *texts[] = {&href, &origin, &protocol, &port, &host};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) tt_strbuf_free(texts[i]);
    return done;
}

TtResult tt_builtin_url_parse_url(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_STR));
    const char *text = tt_bytes_data(args[0]);
    TtUrl url = {0};
    const char *wrong = tt_url_parse(&url, text, args[0].len);
    TtResult outcome = wrong                             ? refuse(call, wrong, text, args[0].len)
                       : make_object(call, &url, result) ? TT_OK
                                                         : tt_builtin_heap_full(call);
    tt_url_free(&url);
    return outcome;
}

/* ---- building ----------------------------------------------------------------------------------- */

/** The field as text in `part`; absent and null are empty, an Int is its digits. */
static TtResult get_part(TtBuiltinCall *call, TtValue parts, const char *field, TtStrbuf *part) {
    tt_strbuf_clear(part);
    int64_t at = tt_map_find(parts, field, (uint32_t)strlen(field));
    TtValue value = at < 0 ? tt_null() : tt_map_entries(parts)[at].value;
    if (value.tag == TT_TAG_NULL) return TT_OK;
    if (value.tag == TT_TAG_INT) {
        tt_print_int(part, value.as.i);
        return TT_OK;
    }
    if (value.tag == TT_TAG_STR) {
        tt_strbuf_add(part, tt_bytes_data(value), value.len);
        return TT_OK;
    }
    TtStrbuf expected = {0};
    tt_strbuf_add_format(&expected, "text in %s", field);
    TtResult result = tt_builtin_type_error(call, tt_strbuf_text(&expected), value);
    tt_strbuf_free(&expected);
    return result;
}

/** Adds `before` and the part, with the characters of `set` percent-encoded. */
static void add_part(TtStrbuf *out, const char *before, const TtStrbuf *part, const char *escaped) {
    tt_strbuf_add_text(out, before);
    for (size_t i = 0; i < part->length; i++) {
        char c = part->bytes[i];
        if (c && strchr(escaped, c))
            tt_strbuf_add_format(out, "%%%02X", (unsigned char)c);
        else
            tt_strbuf_add_char(out, c);
    }
}

static TtResult add_host(TtBuiltinCall *call, TtValue parts, TtStrbuf *part, TtStrbuf *out) {
    TtStrbuf user = {0};
    TT_TRY(get_part(call, parts, "username", part));
    add_part(&user, "", part, TT_URL_USERINFO_SET);
    TtResult result = get_part(call, parts, "password", part);
    if (result == TT_OK && part->length) add_part(&user, ":", part, TT_URL_USERINFO_SET);
    bool whole = false;
    if (result == TT_OK) result = get_part(call, parts, "hostname", part);
    if (result == TT_OK && !part->length) {
        whole = true;
        result = get_part(call, parts, "host", part);
    }
    if (result == TT_OK && strpbrk(tt_strbuf_text(part), "/?#@\\"))
        result = tt_builtin_error(call, TT_ERR_BAD_ARGUMENT, "expects a host name but got %s", part->bytes);
    bool local = strcmp(tt_strbuf_text(out), "file:") == 0;
    bool named = result == TT_OK && part->length;
    if (named || local) tt_strbuf_add_text(out, "//");
    if (named) {
        if (user.length) add_part(out, "", &user, "");
        if (user.length) tt_strbuf_add_char(out, '@');
        add_part(out, "", part, "");
        if (!whole) result = get_part(call, parts, "port", part);
        if (!whole && result == TT_OK && part->length) add_part(out, ":", part, "");
    }
    tt_strbuf_free(&user);
    return result;
}

static TtResult compose(TtBuiltinCall *call, TtValue parts, TtStrbuf *part, TtStrbuf *out) {
    TT_TRY(get_part(call, parts, "protocol", part));
    add_part(out, "", part, "");
    if (!out->length || out->bytes[out->length - 1] != ':') tt_strbuf_add_char(out, ':');
    size_t before = out->length;
    TT_TRY(add_host(call, parts, part, out));
    bool has_host = out->length > before;
    TT_TRY(get_part(call, parts, "pathname", part));
    if (has_host && part->length && part->bytes[0] != '/') tt_strbuf_add_char(out, '/');
    if (!has_host && strncmp(tt_strbuf_text(part), "//", 2) == 0) tt_strbuf_add_text(out, "/.");
    add_part(out, "", part, "?#");
    TT_TRY(get_part(call, parts, "search", part));
    if (part->length) add_part(out, part->bytes[0] == '?' ? "" : "?", part, "#");
    TT_TRY(get_part(call, parts, "hash", part));
    if (part->length) add_part(out, part->bytes[0] == '#' ? "" : "#", part, "");
    return TT_OK;
}

TtResult tt_builtin_url_build_url(TtBuiltinCall *call, const TtValue *args, TtValue *result) {
    TT_TRY(tt_builtin_want(call, args[0], TT_TAG_OBJECT));
    TtStrbuf text = {0}, part = {0};
    TtUrl url = {0};
    TtResult outcome = compose(call, args[0], &part, &text);
    if (outcome == TT_OK) {
        const char *wrong = tt_url_parse(&url, tt_strbuf_text(&text), text.length);
        if (wrong) {
            outcome = refuse(call, wrong, tt_strbuf_text(&text), text.length);
        } else {
            tt_strbuf_clear(&text);
            tt_url_write(&url, &text);
            outcome = tt_builtin_str(call, &text, result);
        }
    }
    tt_url_free(&url);
    tt_strbuf_free(&part);
    tt_strbuf_free(&text);
    return outcome;
}
