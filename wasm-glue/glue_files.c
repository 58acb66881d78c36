// SPDX-License-Identifier: MIT
/** Files between the session and JavaScript: what the program changed, and what services read and write. */
#include "glue.h"

#include "base/alloc.h"

#include <string.h>

static void forget_change(TtGlue *glue) {
    tt_free(glue->change.name);
    tt_free(glue->change.data);
    glue->change = (TtStoredFile){0};
}

/* Makes a file what tt_glue_changed_… speak of: a copy, since the program may go on changing it. */
static bool show_change(TtGlue *glue, const TtStoredFile *file) {
    forget_change(glue);
    if (!file) return false;
    glue->change.name = tt_alloc_string(file->name, strlen(file->name));
    glue->change.removed = file->removed;
    if (file->removed) return true;
    glue->change.data = tt_alloc_try(file->length + 1);
    if (!glue->change.data) return false;
    if (file->length > 0) memcpy(glue->change.data, file->data, file->length);
    glue->change.length = file->length;
    return true;
}

int32_t tt_glue_next_change(TtGlue *glue) {
    return show_change(glue, tt_file_store_change(&glue->files, glue->change_from, &glue->change_from));
}

uint32_t tt_glue_news(TtGlue *glue) {
    tt_lock_acquire(&glue->lock);
    uint32_t news = glue->files.news;
    tt_lock_release(&glue->lock);
    return news;
}

int32_t tt_glue_next_news(TtGlue *glue) {
    tt_lock_acquire(&glue->lock);
    bool found = show_change(glue, tt_file_store_take_news(&glue->files));
    tt_lock_release(&glue->lock);
    return found;
}

const char *tt_glue_changed_name(TtGlue *glue) {
    return glue->change.name;
}

const uint8_t *tt_glue_changed_data(TtGlue *glue) {
    return glue->change.data;
}

uint32_t tt_glue_changed_length(TtGlue *glue) {
    return (uint32_t)glue->change.length;
}

/* ---- files, for services in JavaScript ------------------------------------------------------------------
 */

typedef struct Path {
    TtGlue *glue;
    char *name; /* NULL: holds a NUL */
} Path;

/* A name with its end, and the lock. */
static Path enter(TtGlue *glue, const char *name, uint32_t length) {
    bool usable = !memchr(name, '\0', length);
    Path path = {.glue = glue, .name = usable ? tt_alloc_string(name, length) : NULL};
    tt_lock_acquire(&glue->lock);
    return path;
}

static int32_t leave(Path path, TtFileStatus status) {
    tt_lock_release(&path.glue->lock);
    tt_free(path.name);
    return -(int32_t)(path.name ? status : TT_FILE_BAD_NAME);
}

int32_t tt_glue_file_size(TtGlue *glue, const char *name, uint32_t name_length) {
    const uint8_t *data;
    size_t size = 0;
    Path path = enter(glue, name, name_length);
    TtFileStatus status =
        path.name ? tt_file_store_read(&glue->files, path.name, &data, &size) : TT_FILE_BAD_NAME;
    int32_t answer = leave(path, status);
    return answer < 0 ? answer : (int32_t)size;
}

int32_t tt_glue_file_exists(TtGlue *glue, const char *name, uint32_t name_length) {
    Path path = enter(glue, name, name_length);
    bool exists = path.name && tt_file_store_exists(&glue->files, path.name);
    (void)leave(path, TT_FILE_OK);
    return exists;
}

int32_t tt_glue_file_read(TtGlue *glue, const char *name, uint32_t name_length, uint32_t offset, uint8_t *to,
                          uint32_t length) {
    const uint8_t *data;
    size_t size = 0, taken = 0;
    Path path = enter(glue, name, name_length);
    TtFileStatus status =
        path.name ? tt_file_store_read(&glue->files, path.name, &data, &size) : TT_FILE_BAD_NAME;
    if (status == TT_FILE_OK && offset < size) {
        taken = size - offset < length ? size - offset : length;
        memcpy(to, data + offset, taken);
    }
    int32_t answer = leave(path, status);
    return answer < 0 ? answer : (int32_t)taken;
}

int32_t tt_glue_file_write(TtGlue *glue, const char *name, uint32_t name_length, uint32_t offset,
                           const uint8_t *data, uint32_t length) {
    Path path = enter(glue, name, name_length);
    return leave(path, path.name ? tt_file_store_write_at(&glue->files, path.name, offset, data, length)
                                 : TT_FILE_BAD_NAME);
}

int32_t tt_glue_file_resize(TtGlue *glue, const char *name, uint32_t name_length, uint32_t size) {
    Path path = enter(glue, name, name_length);
    return leave(path, path.name ? tt_file_store_resize(&glue->files, path.name, size) : TT_FILE_BAD_NAME);
}

int32_t tt_glue_file_remove(TtGlue *glue, const char *name, uint32_t name_length) {
    Path path = enter(glue, name, name_length);
    return leave(path, path.name ? tt_file_store_remove(&glue->files, path.name) : TT_FILE_BAD_NAME);
}

const char *tt_glue_file_error(int32_t failure) {
    return tt_file_status_text((TtFileStatus)-failure);
}
