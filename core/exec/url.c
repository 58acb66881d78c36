// SPDX-License-Identifier: MIT
/** The parts of a URL, from left to right. Hosts are in url_host.c. */
#include "exec/url.h"

#include <stdint.h>
#include <string.h>

static bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void tt_url_encode(TtStrbuf *out, const char *text, size_t length, const char *set) {
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c > 0x7E || strchr(set, c))
            tt_strbuf_add_format(out, "%%%02X", c);
        else
            tt_strbuf_add_char(out, (char)c);
    }
}

static bool is(const TtStrbuf *text, const char *word) {
    return strcmp(tt_strbuf_text(text), word) == 0;
}

/** -1 for schemes that are not special or have no port. */
static int default_port(const TtUrl *url) {
    static const struct {
        const char *scheme;
        int port;
    } ports[] = {{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}, {"ftp", 21}};
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        if (is(&url->scheme, ports[i].scheme)) return ports[i].port;
    return -1;
}

bool tt_url_special(const TtUrl *url) {
    return default_port(url) >= 0 || is(&url->scheme, "file");
}

/** Text being read; the end is one of `stops` or `end`. */
typedef struct Reader {
    TtUrl *url;
    const char *at, *end;
    bool special, file;
} Reader;

static bool is_slash(const Reader *r, const char *at) {
    return at < r->end && (*at == '/' || (r->special && *at == '\\'));
}

static bool ends_path(const Reader *r, const char *at) {
    return at == r->end || *at == '?' || *at == '#';
}

/* ---- path --------------------------------------------------------------------------------------- */

/** Dots of a segment, also percent-encoded ones; 0 when there is anything else. */
static unsigned count_dots(const char *text, size_t length) {
    unsigned dots = 0;
    for (size_t i = 0; i < length; dots++) {
        bool encoded = length - i >= 3 && memcmp(text + i, "%2", 2) == 0 && (text[i + 2] | 0x20) == 'e';
        if (text[i] != '.' && !encoded) return 0;
        i += encoded ? 3 : 1;
    }
    return dots;
}

/** `C:` or `C|`. */
static bool is_drive(const char *text, size_t length) {
    return length == 2 && is_alpha(text[0]) && (text[1] == ':' || text[1] == '|');
}

/** Takes the last segment off, but not the drive of a file. */
static void shorten(const Reader *r) {
    TtStrbuf *path = &r->url->path;
    size_t last = path->length;
    while (last > 0 && path->bytes[last - 1] != '/') last--;
    if (last == 0) return;
    if (r->file && last == 1 && is_drive(path->bytes + 1, path->length - 1)) return;
    path->length = last - 1;
    path->bytes[path->length] = '\0';
}

static void add_segment(const Reader *r, const char *text, size_t length) {
    TtStrbuf *path = &r->url->path;
    bool drive = r->file && path->length == 0 && is_drive(text, length);
    tt_strbuf_add_char(path, '/');
    if (drive)
        tt_strbuf_add(path, (char[2]){text[0], ':'}, 2);
    else
        tt_url_encode(path, text, length, TT_URL_PATH_SET);
}

/** Segments from `at` on, which is behind the first slash. */
static void read_segments(Reader *r) {
    for (;;) {
        const char *from = r->at;
        while (!ends_path(r, r->at) && !is_slash(r, r->at)) r->at++;
        bool more = is_slash(r, r->at);
        size_t length = (size_t)(r->at - from);
        unsigned dots = count_dots(from, length);
        if (dots == 2) shorten(r);
        if (dots != 1 && dots != 2)
            add_segment(r, from, length);
        else if (!more)
            add_segment(r, "", 0);
        if (!more) return;
        r->at++;
    }
}

static void read_path(Reader *r) {
    if (!r->special && ends_path(r, r->at)) return;
    if (is_slash(r, r->at)) r->at++;
    read_segments(r);
}

static void read_opaque_path(Reader *r) {
    const char *from = r->at;
    r->url->opaque = true;
    while (!ends_path(r, r->at)) r->at++;
    tt_url_encode(&r->url->path, from, (size_t)(r->at - from), "");
}

/* ---- authority ---------------------------------------------------------------------------------- */

static const char *read_port(Reader *r, const char *at, const char *end) {
    int port = 0;
    if (at == end) return NULL;
    for (; at < end; at++) {
        if (!is_digit(*at)) return "a valid port";
        port = port * 10 + (*at - '0');
        if (port > 65535) return "a port up to 65535";
    }
    r->url->port = port == default_port(r->url) ? -1 : port;
    return NULL;
}

static void read_credentials(Reader *r, const char *at, const char *end) {
    const char *colon = memchr(at, ':', (size_t)(end - at));
    tt_url_encode(&r->url->username, at, (size_t)((colon ? colon : end) - at), TT_URL_USERINFO_SET);
    if (colon) tt_url_encode(&r->url->password, colon + 1, (size_t)(end - colon - 1), TT_URL_USERINFO_SET);
}

/** `user:password@host:port` from `at` on. */
static const char *read_authority(Reader *r) {
    const char *from = r->at, *at_sign = NULL, *colon = NULL;
    bool brackets = false;
    for (; !ends_path(r, r->at) && !is_slash(r, r->at); r->at++) {
        char c = *r->at;
        if (c == '@') {
            at_sign = r->at;
            colon = NULL;
            brackets = false;
        }
        if (c == '[') brackets = true;
        if (c == ']') brackets = false;
        if (c == ':' && !brackets && !colon) colon = r->at;
    }
    if (at_sign) {
        read_credentials(r, from, at_sign);
        from = at_sign + 1;
    }
    const char *end = colon ? colon : r->at;
    if (end == from && (r->special || at_sign || colon)) return "a host";
    r->url->has_host = true;
    const char *wrong = tt_url_parse_host(&r->url->host, from, (size_t)(end - from), r->special);
    return wrong ? wrong : colon ? read_port(r, colon + 1, r->at) : NULL;
}

/** What follows `file:`. */
static const char *read_file(Reader *r) {
    r->url->has_host = true;
    if (!is_slash(r, r->at) || !is_slash(r, r->at + 1)) {
        read_path(r);
        return NULL;
    }
    const char *from = r->at + 2;
    r->at = from;
    while (!ends_path(r, r->at) && !is_slash(r, r->at)) r->at++;
    size_t length = (size_t)(r->at - from);
    if (is_drive(from, length)) {
        r->at = from;
    } else if (length > 0) {
        const char *wrong = tt_url_parse_host(&r->url->host, from, length, true);
        if (wrong) return wrong;
        if (is(&r->url->host, "localhost")) tt_strbuf_clear(&r->url->host);
    }
    read_path(r);
    return NULL;
}

/* ---- the whole ---------------------------------------------------------------------------------- */

static const char *read_scheme(Reader *r) {
    const char *at = r->at;
    if (at == r->end || !is_alpha(*at)) return "a scheme like https:";
    while (at < r->end && (is_alpha(*at) || is_digit(*at) || *at == '+' || *at == '-' || *at == '.')) at++;
    if (at == r->end || *at != ':') return "a scheme like https:";
    for (; r->at < at; r->at++)
        tt_strbuf_add_char(&r->url->scheme, *r->at >= 'A' && *r->at <= 'Z' ? (char)(*r->at | 0x20) : *r->at);
    r->at++;
    return NULL;
}

static const char *read_url(Reader *r) {
    const char *wrong = read_scheme(r);
    if (wrong) return wrong;
    r->special = tt_url_special(r->url);
    r->file = is(&r->url->scheme, "file");
    if (r->file) {
        wrong = read_file(r);
    } else if (r->special) {
        while (is_slash(r, r->at)) r->at++;
        wrong = read_authority(r);
        if (!wrong) read_path(r);
    } else if (is_slash(r, r->at) && is_slash(r, r->at + 1)) {
        r->at += 2;
        wrong = read_authority(r);
        if (!wrong) read_path(r);
    } else if (is_slash(r, r->at)) {
        read_path(r);
    } else {
        read_opaque_path(r);
    }
    if (wrong) return wrong;
    if (r->at < r->end && *r->at == '?') {
        const char *from = ++r->at;
        while (r->at < r->end && *r->at != '#') r->at++;
        r->url->has_query = true;
        tt_url_encode(&r->url->query, from, (size_t)(r->at - from),
                      r->special ? TT_URL_QUERY_SET "'" : TT_URL_QUERY_SET);
    }
    if (r->at < r->end && *r->at == '#') {
        r->url->has_fragment = true;
        tt_url_encode(&r->url->fragment, r->at + 1, (size_t)(r->end - r->at - 1), TT_URL_FRAGMENT_SET);
    }
    return NULL;
}

const char *tt_url_parse(TtUrl *url, const char *text, size_t length) {
    const char *end = text + length;
    TtStrbuf clean = {0};
    while (text < end && (unsigned char)*text <= ' ') text++;
    while (end > text && (unsigned char)end[-1] <= ' ') end--;
    for (; text < end; text++)
        if (*text != '\t' && *text != '\n' && *text != '\r') tt_strbuf_add_char(&clean, *text);
    const char *bytes = tt_strbuf_text(&clean);
    Reader r = {.url = url, .at = bytes, .end = bytes + clean.length};
    url->port = -1;
    const char *wrong = read_url(&r);
    tt_strbuf_free(&clean);
    return wrong;
}

static void add(TtStrbuf *out, const char *before, const TtStrbuf *part) {
    tt_strbuf_add_text(out, before);
    tt_strbuf_add(out, tt_strbuf_text(part), part->length);
}

void tt_url_write(const TtUrl *url, TtStrbuf *out) {
    add(out, "", &url->scheme);
    tt_strbuf_add_char(out, ':');
    if (url->has_host) {
        tt_strbuf_add_text(out, "//");
        if (url->username.length || url->password.length) {
            add(out, "", &url->username);
            if (url->password.length) add(out, ":", &url->password);
            tt_strbuf_add_char(out, '@');
        }
        add(out, "", &url->host);
        if (url->port >= 0) tt_strbuf_add_format(out, ":%d", url->port);
    } else if (!url->opaque && strncmp(tt_strbuf_text(&url->path), "//", 2) == 0) {
        tt_strbuf_add_text(out, "/."); /* lest the path be read as a host */
    }
    add(out, "", &url->path);
    if (url->has_query) add(out, "?", &url->query);
    if (url->has_fragment) add(out, "#", &url->fragment);
}

void tt_url_free(TtUrl *url) {
    TtStrbuf *parts[] = {&url->scheme, &url->username, &url->password, &url->host,
                         &url->path,   &url->query,    &url->fragment};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) tt_strbuf_free(parts[i]);
}
