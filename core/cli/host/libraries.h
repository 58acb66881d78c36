// SPDX-License-Identifier: MIT
/**
 * Libraries that are loaded when a program first needs them: linked, they would cost every start (libcurl
 * alone 3 ms). The headers give the types; a missing library makes its services raise UnsupportedOperation.
 */
#ifndef TT_CLI_HOST_LIBRARIES_H
#define TT_CLI_HOST_LIBRARIES_H

#include "port/thread.h"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <zlib.h>

#define TT_CLI_CURL(X)                                                                                       \
    X(curl_global_init)                                                                                      \
    X(curl_easy_init)                                                                                        \
    X(curl_easy_cleanup)                                                                                     \
    X(curl_easy_setopt)                                                                                      \
    X(curl_easy_getinfo)                                                                                     \
    X(curl_easy_strerror)                                                                                    \
    X(curl_multi_init)                                                                                       \
    X(curl_multi_cleanup)                                                                                    \
    X(curl_multi_setopt)                                                                                     \
    X(curl_multi_add_handle)                                                                                 \
    X(curl_multi_remove_handle)                                                                              \
    X(curl_multi_socket_action)                                                                              \
    X(curl_multi_assign)                                                                                     \
    X(curl_multi_info_read)                                                                                  \
    X(curl_slist_append)                                                                                     \
    X(curl_slist_free_all)                                                                                   \
    X(curl_url)                                                                                              \
    X(curl_url_cleanup)                                                                                      \
    X(curl_url_get)                                                                                          \
    X(curl_url_set)                                                                                          \
    X(curl_free)

#define TT_CLI_SODIUM(X)                                                                                     \
    X(sodium_init)                                                                                           \
    X(sodium_memzero)                                                                                        \
    X(randombytes_buf)                                                                                       \
    X(crypto_hash_sha256)                                                                                    \
    X(crypto_pwhash)                                                                                         \
    X(crypto_aead_xchacha20poly1305_ietf_encrypt)                                                            \
    X(crypto_aead_xchacha20poly1305_ietf_decrypt)

#define TT_CLI_ZLIB(X)                                                                                       \
    X(deflateInit_)                                                                                          \
    X(deflate)                                                                                               \
    X(deflateEnd)                                                                                            \
    X(inflateInit_)                                                                                          \
    X(inflate)                                                                                               \
    X(inflateEnd)

#define TT_CLI_SQLITE(X)                                                                                     \
    X(sqlite3_open_v2)                                                                                       \
    X(sqlite3_close_v2)                                                                                      \
    X(sqlite3_errmsg)                                                                                        \
    X(sqlite3_errstr)                                                                                        \
    X(sqlite3_busy_handler)                                                                                  \
    X(sqlite3_progress_handler)                                                                              \
    X(sqlite3_set_authorizer)                                                                                \
    X(sqlite3_prepare_v2)                                                                                    \
    X(sqlite3_step)                                                                                          \
    X(sqlite3_finalize)                                                                                      \
    X(sqlite3_total_changes64)                                                                               \
    X(sqlite3_bind_parameter_count)                                                                          \
    X(sqlite3_bind_null)                                                                                     \
    X(sqlite3_bind_int64)                                                                                    \
    X(sqlite3_bind_double)                                                                                   \
    X(sqlite3_bind_text64)                                                                                   \
    X(sqlite3_bind_blob64)                                                                                   \
    X(sqlite3_column_count)                                                                                  \
    X(sqlite3_column_name)                                                                                   \
    X(sqlite3_column_type)                                                                                   \
    X(sqlite3_column_int64)                                                                                  \
    X(sqlite3_column_double)                                                                                 \
    X(sqlite3_column_text)                                                                                   \
    X(sqlite3_column_blob)                                                                                   \
    X(sqlite3_column_bytes)

/** A pointer named like the function. */
#define TT_CLI_LIBRARY_FIELD(name) __typeof__(&name) name;

typedef struct TtCliCurl {
    TT_CLI_CURL(TT_CLI_LIBRARY_FIELD)
} TtCliCurl;
typedef struct TtCliSodium {
    TT_CLI_SODIUM(TT_CLI_LIBRARY_FIELD)
} TtCliSodium;
typedef struct TtCliZlib {
    TT_CLI_ZLIB(TT_CLI_LIBRARY_FIELD)
} TtCliZlib;
typedef struct TtCliSqlite {
    TT_CLI_SQLITE(TT_CLI_LIBRARY_FIELD)
} TtCliSqlite;

typedef struct TtCliLibrary {
    void *handle;       /* of dlopen; kept for the life of the process */
    const char *reason; /* why it cannot be used */
} TtCliLibrary;

typedef struct TtCliLibraries {
    TtLock lock; /* guards the rest until it is loaded */
    TtCliLibrary curl_library, sodium_library, zlib_library, sqlite_library;
    TtCliCurl curl;
    TtCliSodium sodium;
    TtCliZlib zlib;
    TtCliSqlite sqlite;
} TtCliLibraries;

void tt_cli_libraries_init(TtCliLibraries *libraries);
void tt_cli_libraries_free(TtCliLibraries *libraries);
/** Loaded, or NULL and why. Any thread. */
const TtCliCurl *tt_cli_library_curl(TtCliLibraries *libraries, const char **reason);
const TtCliSodium *tt_cli_library_sodium(TtCliLibraries *libraries, const char **reason);
const TtCliZlib *tt_cli_library_zlib(TtCliLibraries *libraries, const char **reason);
const TtCliSqlite *tt_cli_library_sqlite(TtCliLibraries *libraries, const char **reason);

#endif
