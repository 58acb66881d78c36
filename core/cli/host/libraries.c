// SPDX-License-Identifier: MIT
#include "libraries.h"

#include <dlfcn.h>
#include <string.h>

typedef struct Symbol {
    const char *name;
    size_t offset; /* of the pointer in the table */
} Symbol;

void tt_cli_libraries_init(TtCliLibraries *libraries) {
    tt_lock_init(&libraries->lock);
}

void tt_cli_libraries_free(TtCliLibraries *libraries) {
    tt_lock_destroy(&libraries->lock);
}

/** Under `lock`. Fills the table of pointers; false when the library, or a function of it, is missing. */
static bool load(TtCliLibrary *library, const char *file, const char *missing, void *table,
                 const Symbol *symbols, size_t count) {
    if (library->handle) return true;
    if (library->reason) return false;
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; handle && i < count; i++) {
        void *address = dlsym(handle, symbols[i].name);
        if (!address) {
            dlclose(handle);
            handle = NULL;
            break;
        }
        memcpy((char *)table + symbols[i].offset, &address, sizeof address);
    }
    library->handle = handle;
    if (!handle) library->reason = missing;
    return handle != NULL;
}

#define SYMBOL_CURL(name)   {#name, offsetof(TtCliCurl, name)},
#define SYMBOL_SODIUM(name) {#name, offsetof(TtCliSodium, name)},
#define SYMBOL_ZLIB(name)   {#name, offsetof(TtCliZlib, name)},
#define SYMBOL_SQLITE(name) {#name, offsetof(TtCliSqlite, name)},

const TtCliCurl *tt_cli_library_curl(TtCliLibraries *libraries, const char **reason) {
    static const Symbol symbols[] = {TT_CLI_CURL(SYMBOL_CURL)};
    tt_lock_acquire(&libraries->lock);
    bool first = !libraries->curl_library.handle;
    bool loaded = load(&libraries->curl_library, "libcurl.so.4", "libcurl.so.4 is not installed",
                       &libraries->curl, symbols, sizeof symbols / sizeof *symbols);
    if (loaded && first) (void)libraries->curl.curl_global_init(CURL_GLOBAL_DEFAULT);
    *reason = libraries->curl_library.reason;
    tt_lock_release(&libraries->lock);
    return loaded ? &libraries->curl : NULL;
}

const TtCliSodium *tt_cli_library_sodium(TtCliLibraries *libraries, const char **reason) {
    static const Symbol symbols[] = {TT_CLI_SODIUM(SYMBOL_SODIUM)};
    tt_lock_acquire(&libraries->lock);
    bool first = !libraries->sodium_library.handle;
    bool loaded = load(&libraries->sodium_library, "libsodium.so.23", "libsodium.so.23 is not installed",
                       &libraries->sodium, symbols, sizeof symbols / sizeof *symbols);
    if (loaded && first && libraries->sodium.sodium_init() < 0) {
        libraries->sodium_library = (TtCliLibrary){NULL, "libsodium cannot be initialised"};
        loaded = false;
    }
    *reason = libraries->sodium_library.reason;
    tt_lock_release(&libraries->lock);
    return loaded ? &libraries->sodium : NULL;
}

const TtCliZlib *tt_cli_library_zlib(TtCliLibraries *libraries, const char **reason) {
    static const Symbol symbols[] = {TT_CLI_ZLIB(SYMBOL_ZLIB)};
    tt_lock_acquire(&libraries->lock);
    bool loaded = load(&libraries->zlib_library, "libz.so.1", "libz.so.1 is not installed", &libraries->zlib,
                       symbols, sizeof symbols / sizeof *symbols);
    *reason = libraries->zlib_library.reason;
    tt_lock_release(&libraries->lock);
    return loaded ? &libraries->zlib : NULL;
}

const TtCliSqlite *tt_cli_library_sqlite(TtCliLibraries *libraries, const char **reason) {
    static const Symbol symbols[] = {TT_CLI_SQLITE(SYMBOL_SQLITE)};
    tt_lock_acquire(&libraries->lock);
    bool loaded = load(&libraries->sqlite_library, "libsqlite3.so.0", "libsqlite3.so.0 is not installed",
                       &libraries->sqlite, symbols, sizeof symbols / sizeof *symbols);
    *reason = libraries->sqlite_library.reason;
    tt_lock_release(&libraries->lock);
    return loaded ? &libraries->sqlite : NULL;
}
