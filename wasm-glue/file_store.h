// SPDX-License-Identifier: MIT
/**
 * The file system of one session, in memory. All zero it is empty. Folders are there when a file lies or has
 * lain in them: the page gives files in new ones, programs cannot make any. Names use `/`; "", "." and "/"
 * are the root. Not thread-safe: the owner locks.
 */
#ifndef TT_WASM_GLUE_FILE_STORE_H
#define TT_WASM_GLUE_FILE_STORE_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes that the files of one session may take: the memory of a wasm build is shared with the heaps. */
#define TT_FILE_STORE_MAX_BYTES (48u << 20)
/** Entries, removed ones included: an insertion moves those behind it. */
#define TT_FILE_STORE_MAX_FILES 20000u

typedef struct TtStoredFile {
    char *name; /* canonical */
    uint8_t *data;
    size_t length, capacity;
    bool given;   /* was there before the program ran */
    bool changed; /* by the program */
    bool removed; /* by the program; the entry stays to tell so */
    bool news;    /* changed or removed since tt_file_store_take_news last came here */
} TtStoredFile;

typedef struct TtFileStore {
    TtStoredFile *items; /* sorted by name, bytewise */
    uint32_t count, capacity;
    size_t bytes;  /* of all items */
    uint32_t news; /* counts changes by the program */
} TtFileStore;

typedef enum TtFileStatus {
    TT_FILE_OK,
    TT_FILE_NOT_FOUND,
    TT_FILE_IS_FOLDER,
    TT_FILE_NOT_FOLDER,
    TT_FILE_BAD_NAME,
    TT_FILE_NO_SPACE
} TtFileStatus;

/** What the operating system would say, for messages: "No such file or directory". Static. */
const char *tt_file_status_text(TtFileStatus status);

void tt_file_store_free(TtFileStore *store);

/** Adds or replaces a file on behalf of the page: it counts as given, not as changed. */
TtFileStatus tt_file_store_give(TtFileStore *store, const char *name, size_t name_length, const void *data,
                                size_t length);

/** The contents, borrowed until the next change of the store. */
TtFileStatus tt_file_store_read(const TtFileStore *store, const char *name, const uint8_t **data,
                                size_t *length);
TtFileStatus tt_file_store_write(TtFileStore *store, const char *name, const void *data, size_t length,
                                 bool append);
/** Overwrites from `offset` on, extending the file and filling a gap with zeros. Makes a file that is not
 * there. */
TtFileStatus tt_file_store_write_at(TtFileStore *store, const char *name, size_t offset, const void *data,
                                    size_t length);
/** Cuts, or extends with zeros. Makes a file that is not there. */
TtFileStatus tt_file_store_resize(TtFileStore *store, const char *name, size_t size);
TtFileStatus tt_file_store_remove(TtFileStore *store, const char *name);
/** A file or a folder. */
bool tt_file_store_exists(const TtFileStore *store, const char *name);
bool tt_file_store_is_folder(const TtFileStore *store, const char *name);
/** Adds the names in a folder to `names`, each ended by NUL, in bytewise order. */
TtFileStatus tt_file_store_list(const TtFileStore *store, const char *name, TtStrbuf *names, uint32_t *count);

/** The canonical form of a name ("a/./b//../c" → "a/c"), or false when it is empty or climbs over the root.
 */
bool tt_file_store_canonical(const char *name, size_t length, TtStrbuf *canonical);

/**
 * The first file from item `from` on that the program changed or removed, or NULL. `*next` is where to go on.
 */
const TtStoredFile *tt_file_store_change(const TtFileStore *store, uint32_t from, uint32_t *next);

/**
 * A file that the program changed or removed since it was last taken here, or NULL. One that the program both
 * made and removed meanwhile is removed.
 */
const TtStoredFile *tt_file_store_take_news(TtFileStore *store);

#endif
