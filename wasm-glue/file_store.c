// SPDX-License-Identifier: MIT
#include "file_store.h"

#include "base/alloc.h"

#include <string.h>

const char *tt_file_status_text(TtFileStatus status) {
    switch (status) {
    case TT_FILE_OK: return "Success";
    case TT_FILE_NOT_FOUND: return "No such file or directory";
    case TT_FILE_IS_FOLDER: return "Is a directory";
    case TT_FILE_NOT_FOLDER: return "Not a directory";
    case TT_FILE_BAD_NAME: return "Invalid argument";
    case TT_FILE_NO_SPACE: return "No space left on device";
    }
    return "Input/output error";
}

static void free_file(TtStoredFile *file) {
    tt_free(file->name);
    tt_free(file->data);
}

void tt_file_store_free(TtFileStore *store) {
    for (uint32_t i = 0; i < store->count; i++) free_file(&store->items[i]);
    tt_free(store->items);
    *store = (TtFileStore){0};
}

bool tt_file_store_canonical(const char *name, size_t length, TtStrbuf *canonical) {
    tt_strbuf_clear(canonical);
    if (memchr(name, '\0', length)) return false;
    for (size_t start = 0; start < length;) {
        size_t end = start;
        while (end < length && name[end] != '/') end++;
        size_t part = end - start;
        if (part == 2 && name[start] == '.' && name[start + 1] == '.') {
            if (canonical->length == 0) return false;
            while (canonical->length > 0 && canonical->bytes[canonical->length - 1] != '/')
                canonical->length--;
            if (canonical->length > 0) canonical->length--;
        } else if (part > 0 && !(part == 1 && name[start] == '.')) {
            if (canonical->length > 0) tt_strbuf_add_char(canonical, '/');
            tt_strbuf_add(canonical, name + start, part);
        }
        start = end + 1;
    }
    if (canonical->bytes) canonical->bytes[canonical->length] = '\0';
    return true;
}

/* Index of the first item whose name is not less. */
static uint32_t lower_bound(const TtFileStore *store, const char *name) {
    uint32_t low = 0, high = store->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(store->items[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The stored file of a canonical name, also when it is marked as removed. */
static TtStoredFile *find_stored(const TtFileStore *store, const char *name) {
    uint32_t at = lower_bound(store, name);
    return at < store->count && strcmp(store->items[at].name, name) == 0 ? &store->items[at] : NULL;
}

static bool file_exists(const TtFileStore *store, const char *name) {
    const TtStoredFile *file = find_stored(store, name);
    return file && !file->removed;
}

static bool is_inside(const char *file, const char *folder, size_t folder_length) {
    return folder_length == 0 || (strncmp(file, folder, folder_length) == 0 && file[folder_length] == '/');
}

/* Also one whose last file was removed: programs cannot remove folders. */
static bool folder_exists(const TtFileStore *store, const char *folder, size_t length) {
    if (length == 0) return true;
    /* '/' sorts after '.', '-' and ' ': files inside need not follow the folder's own name directly. */
    for (uint32_t i = lower_bound(store, folder); i < store->count; i++) {
        if (strncmp(store->items[i].name, folder, length) != 0) break;
        if (is_inside(store->items[i].name, folder, length)) return true;
    }
    return false;
}

/* Is a part of the path before its last '/' a file? */
static bool runs_through_file(const TtFileStore *store, TtStrbuf *canonical) {
    for (size_t i = 0; i < canonical->length; i++) {
        if (canonical->bytes[i] != '/') continue;
        canonical->bytes[i] = '\0';
        bool file = file_exists(store, canonical->bytes);
        canonical->bytes[i] = '/';
        if (file) return true;
    }
    return false;
}

static bool has_folder(const TtFileStore *store, TtStrbuf *canonical) {
    char *slash = canonical->length ? strrchr(canonical->bytes, '/') : NULL;
    if (!slash) return true;
    *slash = '\0';
    bool there = folder_exists(store, canonical->bytes, (size_t)(slash - canonical->bytes));
    *slash = '/';
    return there;
}

/* NULL when there are too many. */
static TtStoredFile *insert(TtFileStore *store, const char *name) {
    if (store->count == TT_FILE_STORE_MAX_FILES) return NULL;
    if (store->count == store->capacity) {
        uint32_t capacity = store->capacity ? store->capacity * 2 : 16;
        store->items = tt_realloc(store->items, capacity * sizeof *store->items);
        store->capacity = capacity;
    }
    uint32_t at = lower_bound(store, name);
    memmove(&store->items[at + 1], &store->items[at], (store->count - at) * sizeof *store->items);
    store->count++;
    store->items[at] = (TtStoredFile){.name = tt_alloc_string(name, strlen(name))};
    return &store->items[at];
}

/* Makes the contents `kept` old bytes followed by `data`. */
static TtFileStatus set_contents(TtFileStore *store, TtStoredFile *file, size_t kept, const void *data,
                                 size_t length) {
    if (length > TT_FILE_STORE_MAX_BYTES ||
        store->bytes - file->length + kept + length > TT_FILE_STORE_MAX_BYTES)
        return TT_FILE_NO_SPACE;
    size_t total = kept + length;
    if (total > file->capacity) {
        size_t capacity = kept > 0 ? total + total / 2 : total;
        uint8_t *grown = tt_realloc_try(file->data, capacity);
        if (!grown) return TT_FILE_NO_SPACE;
        file->data = grown;
        file->capacity = capacity;
    }
    if (length > 0) memcpy(file->data + kept, data, length);
    store->bytes = store->bytes - file->length + total;
    file->length = total;
    return TT_FILE_OK;
}

TtFileStatus tt_file_store_give(TtFileStore *store, const char *name, size_t name_length, const void *data,
                                size_t length) {
    TtStrbuf canonical = {0};
    TtFileStatus status = TT_FILE_BAD_NAME;
    if (tt_file_store_canonical(name, name_length, &canonical) && canonical.length > 0) {
        TtStoredFile *file = find_stored(store, canonical.bytes);
        if (!file) file = insert(store, canonical.bytes);
        status = file ? set_contents(store, file, 0, data, length) : TT_FILE_NO_SPACE;
        if (file) {
            file->given = true;
            file->changed = file->removed = false;
        }
    }
    tt_strbuf_free(&canonical);
    return status;
}

TtFileStatus tt_file_store_read(const TtFileStore *store, const char *name, const uint8_t **data,
                                size_t *length) {
    TtStrbuf canonical = {0};
    TtFileStatus status = TT_FILE_NOT_FOUND;
    if (tt_file_store_canonical(name, strlen(name), &canonical)) {
        const char *path = tt_strbuf_text(&canonical);
        const TtStoredFile *file = find_stored(store, path);
        if (file && !file->removed) {
            *data = file->data;
            *length = file->length;
            status = TT_FILE_OK;
        } else if (folder_exists(store, path, canonical.length)) {
            status = TT_FILE_IS_FOLDER;
        } else if (runs_through_file(store, &canonical)) {
            status = TT_FILE_NOT_FOLDER;
        }
    }
    tt_strbuf_free(&canonical);
    return status;
}

/* The file of a name for writing, made when it is not there. */
static TtFileStatus open_for_writing(TtFileStore *store, const char *name, TtStoredFile **opened) {
    TtStrbuf canonical = {0};
    TtFileStatus status = TT_FILE_OK;
    if (!tt_file_store_canonical(name, strlen(name), &canonical))
        status = TT_FILE_NOT_FOUND;
    else if (folder_exists(store, tt_strbuf_text(&canonical), canonical.length))
        status = TT_FILE_IS_FOLDER;
    else if (runs_through_file(store, &canonical))
        status = TT_FILE_NOT_FOLDER;
    else if (!has_folder(store, &canonical))
        status = TT_FILE_NOT_FOUND;
    if (status == TT_FILE_OK) {
        TtStoredFile *file = find_stored(store, canonical.bytes);
        if (!file) file = insert(store, canonical.bytes);
        if (!file) status = TT_FILE_NO_SPACE;
        *opened = file;
    }
    tt_strbuf_free(&canonical);
    return status;
}

static void note_change(TtFileStore *store, TtStoredFile *file, bool removed) {
    file->changed = !removed;
    file->removed = removed;
    file->news = true;
    store->news++;
}

TtFileStatus tt_file_store_write(TtFileStore *store, const char *name, const void *data, size_t length,
                                 bool append) {
    TtStoredFile *file = NULL;
    TtFileStatus status = open_for_writing(store, name, &file);
    if (status == TT_FILE_OK)
        status = set_contents(store, file, append && !file->removed ? file->length : 0, data, length);
    if (status == TT_FILE_OK) note_change(store, file, false);
    return status;
}

/* Cuts the contents, or adds zeros. */
static TtFileStatus set_length(TtFileStore *store, TtStoredFile *file, size_t size) {
    size_t old = file->length;
    if (size <= old) {
        store->bytes -= old - size;
        file->length = size;
        return TT_FILE_OK;
    }
    if (size > TT_FILE_STORE_MAX_BYTES || store->bytes + (size - old) > TT_FILE_STORE_MAX_BYTES)
        return TT_FILE_NO_SPACE;
    if (size > file->capacity) {
        size_t capacity = size + size / 2;
        uint8_t *grown = tt_realloc_try(file->data, capacity);
        if (!grown) return TT_FILE_NO_SPACE;
        file->data = grown;
        file->capacity = capacity;
    }
    memset(file->data + old, 0, size - old);
    store->bytes += size - old;
    file->length = size;
    return TT_FILE_OK;
}

TtFileStatus tt_file_store_write_at(TtFileStore *store, const char *name, size_t offset, const void *data,
                                    size_t length) {
    TtStoredFile *file = NULL;
    if (offset > TT_FILE_STORE_MAX_BYTES || length > TT_FILE_STORE_MAX_BYTES) return TT_FILE_NO_SPACE;
    TtFileStatus status = open_for_writing(store, name, &file);
    if (status == TT_FILE_OK && offset + length > file->length)
        status = set_length(store, file, offset + length);
    if (status != TT_FILE_OK) return status;
    if (length > 0) memcpy(file->data + offset, data, length);
    note_change(store, file, false);
    return TT_FILE_OK;
}

TtFileStatus tt_file_store_resize(TtFileStore *store, const char *name, size_t size) {
    TtStoredFile *file = NULL;
    TtFileStatus status = open_for_writing(store, name, &file);
    if (status == TT_FILE_OK) status = set_length(store, file, size);
    if (status == TT_FILE_OK) note_change(store, file, false);
    return status;
}

TtFileStatus tt_file_store_remove(TtFileStore *store, const char *name) {
    TtStrbuf canonical = {0};
    TtFileStatus status = TT_FILE_NOT_FOUND;
    if (tt_file_store_canonical(name, strlen(name), &canonical)) {
        const char *path = tt_strbuf_text(&canonical);
        TtStoredFile *file = find_stored(store, path);
        if (file && !file->removed) {
            status = set_contents(store, file, 0, NULL, 0);
            note_change(store, file, true);
        } else if (folder_exists(store, path, canonical.length)) {
            status = TT_FILE_IS_FOLDER;
        }
    }
    tt_strbuf_free(&canonical);
    return status;
}

bool tt_file_store_is_folder(const TtFileStore *store, const char *name) {
    TtStrbuf canonical = {0};
    bool folder = tt_file_store_canonical(name, strlen(name), &canonical) &&
                  folder_exists(store, tt_strbuf_text(&canonical), canonical.length);
    tt_strbuf_free(&canonical);
    return folder;
}

bool tt_file_store_exists(const TtFileStore *store, const char *name) {
    TtStrbuf canonical = {0};
    bool exists = tt_file_store_canonical(name, strlen(name), &canonical) &&
                  (file_exists(store, tt_strbuf_text(&canonical)) ||
                   folder_exists(store, tt_strbuf_text(&canonical), canonical.length));
    tt_strbuf_free(&canonical);
    return exists;
}

/*
 * The least entry name of `folder` that is greater than `after` (NULL: the least of all). An entry is the
 * part of a file's name up to the next '/'. Entries are few and lists rare, so a scan per entry is good
 * enough.
 */
static bool next_entry(const TtFileStore *store, const char *folder, size_t length, const TtStrbuf *after,
                       TtStrbuf *entry) {
    bool found = false;
    TtStrbuf candidate = {0};
    for (uint32_t i = 0; i < store->count; i++) {
        const char *name = store->items[i].name;
        if (!is_inside(name, folder, length)) continue;
        const char *start = name + length + (length > 0);
        size_t entry_length = strcspn(start, "/");
        if (store->items[i].removed && !start[entry_length]) continue; /* its folder is still there */
        tt_strbuf_clear(&candidate);
        tt_strbuf_add(&candidate, start, entry_length);
        if (after && strcmp(candidate.bytes, after->bytes) <= 0) continue;
        if (found && strcmp(candidate.bytes, entry->bytes) >= 0) continue;
        tt_strbuf_clear(entry);
        tt_strbuf_add(entry, candidate.bytes, candidate.length);
        found = true;
    }
    tt_strbuf_free(&candidate);
    return found;
}

TtFileStatus tt_file_store_list(const TtFileStore *store, const char *name, TtStrbuf *names,
                                uint32_t *count) {
    TtStrbuf canonical = {0}, entry = {0}, last = {0};
    TtFileStatus status = TT_FILE_OK;
    *count = 0;
    if (!tt_file_store_canonical(name, strlen(name), &canonical))
        status = TT_FILE_NOT_FOUND;
    else if (!folder_exists(store, tt_strbuf_text(&canonical), canonical.length))
        status = file_exists(store, canonical.bytes) ? TT_FILE_NOT_FOLDER : TT_FILE_NOT_FOUND;
    while (status == TT_FILE_OK &&
           next_entry(store, tt_strbuf_text(&canonical), canonical.length, *count ? &last : NULL, &entry)) {
        tt_strbuf_add(names, entry.bytes, entry.length + 1);
        tt_strbuf_clear(&last);
        tt_strbuf_add(&last, entry.bytes, entry.length);
        ++*count;
    }
    tt_strbuf_free(&canonical);
    tt_strbuf_free(&entry);
    tt_strbuf_free(&last);
    return status;
}

const TtStoredFile *tt_file_store_change(const TtFileStore *store, uint32_t from, uint32_t *next) {
    for (uint32_t i = from; i < store->count; i++) {
        const TtStoredFile *item = &store->items[i];
        if (!(item->removed ? item->given : item->changed)) continue;
        *next = i + 1;
        return item;
    }
    return NULL;
}

const TtStoredFile *tt_file_store_take_news(TtFileStore *store) {
    for (uint32_t i = 0; i < store->count; i++) {
        TtStoredFile *item = &store->items[i];
        if (!item->news) continue;
        item->news = false;
        return item;
    }
    return NULL;
}
