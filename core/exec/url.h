// SPDX-License-Identifier: MIT
/**
 * Absolute URLs by the WHATWG URL standard. Where it asks for Unicode's mapping and normalisation of
 * domain names, code points are only put in small letters; composed text, which is usual, comes out the same.
 */
#ifndef TT_EXEC_URL_H
#define TT_EXEC_URL_H

#include "base/strbuf.h"

#include <stdbool.h>

/** All parts percent-encoded as they appear in the URL. Free with tt_url_free, also after an error. */
typedef struct TtUrl {
    TtStrbuf scheme; /* without the colon */
    TtStrbuf username, password, host, path, query, fragment;
    int port;      /* -1: none, or the scheme's own */
    bool has_host; /* `//host` is there; it may be empty */
    bool opaque;   /* the path is not a list of segments: mailto:a@b */
    bool has_query, has_fragment;
} TtUrl;

/** NULL, or what the text lacks: "a valid port", … `url` is all zero before. `text` is valid UTF-8. */
const char *tt_url_parse(TtUrl *url, const char *text, size_t length);
/** Appends the whole URL. */
void tt_url_write(const TtUrl *url, TtStrbuf *out);
void tt_url_free(TtUrl *url);

/** http, https, ws, wss, ftp, file: their URLs always have a host and a path. */
bool tt_url_special(const TtUrl *url);

/** Characters that a part percent-encodes besides control characters and everything beyond ASCII. */
#define TT_URL_FRAGMENT_SET " \"<>`"
#define TT_URL_QUERY_SET    " \"#<>"
#define TT_URL_PATH_SET     " \"#<>?^`{}"
#define TT_URL_USERINFO_SET " \"#<>?^`{}/:;=@[\\]|"
void tt_url_encode(TtStrbuf *out, const char *text, size_t length, const char *set);

/**
 * Appends the host in its normal form: a domain in ASCII, an IPv4 or a bracketed IPv6 address; for a
 * scheme that is not special, any text without forbidden characters. NULL or what is wrong.
 */
const char *tt_url_parse_host(TtStrbuf *out, const char *text, size_t length, bool special);

#endif
