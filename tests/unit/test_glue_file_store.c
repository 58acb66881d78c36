// SPDX-License-Identifier: MIT
/** wasm-glue/file_store.c: one file system out of given and written files. */
#include "../../wasm-glue/file_store.c"

#include "test.h"

static bool give(TtFileStore *store, const char *name, const char *text) {
    return tt_file_store_give(store, name, strlen(name), text, strlen(text)) == TT_FILE_OK;
}

/* An empty store, then some files. */
static void start(TtFileStore *store) {
    *store = (TtFileStore){0};
    CHECK(give(store, "examples/hello.ttvm", "PRINT"));
    CHECK(give(store, "std/list.ttvm", "list"));
    CHECK(give(store, "std/math.ttvm", "math"));
}

static TtFileStatus put(TtFileStore *store, const char *name, const char *text, bool append) {
    return tt_file_store_write(store, name, text, strlen(text), append);
}

static const char *contents(const TtFileStore *store, const char *name) {
    static char text[64];
    const uint8_t *data;
    size_t length;
    TtFileStatus status = tt_file_store_read(store, name, &data, &length);
    if (status != TT_FILE_OK) return tt_file_status_text(status);
    memcpy(text, data, length);
    text[length] = '\0';
    return text;
}

/* Names in a folder with blanks between them. */
static const char *names_in(const TtFileStore *store, const char *folder) {
    static char text[128];
    TtStrbuf names = {0};
    uint32_t count;
    TtFileStatus status = tt_file_store_list(store, folder, &names, &count);
    if (status != TT_FILE_OK) return tt_file_status_text(status);
    for (size_t i = 0; i < names.length; i++) text[i] = names.bytes[i] ? names.bytes[i] : ' ';
    text[names.length] = '\0';
    tt_strbuf_free(&names);
    return text;
}

TEST(canonical_names) {
    static const char *const cases[][2] = {
        {"a", "a"},           {"./a//b/", "a/b"}, {"/a", "a"},         {"a/../b", "b"}, {"a/b/../../c", "c"},
        {"a/./b/..", "a"},    {"..", NULL},       {"a/../../b", NULL}, {"", ""},        {"...", "..."},
        {"a b/.c", "a b/.c"},
    };
    TtStrbuf canonical = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool valid = tt_file_store_canonical(cases[i][0], strlen(cases[i][0]), &canonical);
        CHECK_INT(valid, cases[i][1] != NULL);
        if (valid && cases[i][1]) CHECK_STR(tt_strbuf_text(&canonical), cases[i][1]);
    }
    CHECK(!tt_file_store_canonical("a\0b", 3, &canonical));
    tt_strbuf_free(&canonical);
}

TEST(given_files) {
    TtFileStore store;
    start(&store);
    CHECK_STR(contents(&store, "std/math.ttvm"), "math");
    CHECK(give(&store, "std/math.ttvm", "mine"));
    CHECK_STR(contents(&store, "/std/./math.ttvm"), "mine");
    CHECK_INT(tt_file_store_remove(&store, "std/list.ttvm"), TT_FILE_OK);
    CHECK_STR(contents(&store, "std/list.ttvm"), "No such file or directory");
    CHECK_STR(names_in(&store, "std"), "math.ttvm ");
    CHECK_INT(put(&store, "examples/hello.ttvm", "!", true), TT_FILE_OK);
    CHECK_STR(contents(&store, "examples/hello.ttvm"), "PRINT!");
    tt_file_store_free(&store);
}

TEST(folders) {
    TtFileStore store;
    start(&store);
    CHECK(give(&store, "b/c/d.txt", "1"));
    CHECK(give(&store, "b-x.txt", "2"));
    CHECK(give(&store, "b/a.txt", "3"));
    CHECK_STR(names_in(&store, ""), "b b-x.txt examples std ");
    CHECK_STR(names_in(&store, "b"), "a.txt c ");
    CHECK_STR(names_in(&store, "./b/c/"), "d.txt ");
    CHECK_STR(names_in(&store, "nowhere"), "No such file or directory");
    CHECK_STR(names_in(&store, "b-x.txt"), "Not a directory");
    CHECK_STR(contents(&store, "b"), "Is a directory");
    CHECK_STR(contents(&store, "b-x.txt/y"), "Not a directory");
    CHECK(tt_file_store_exists(&store, "b"));
    CHECK(tt_file_store_is_folder(&store, "b"));
    CHECK(!tt_file_store_is_folder(&store, "b-x.txt"));
    CHECK_INT(put(&store, "b", "x", false), TT_FILE_IS_FOLDER);
    CHECK_INT(put(&store, "b/a.txt/z", "x", false), TT_FILE_NOT_FOLDER);
    CHECK_INT(tt_file_store_remove(&store, "b"), TT_FILE_IS_FOLDER);
    CHECK_INT(tt_file_store_remove(&store, "b/c/d.txt"), TT_FILE_OK);
    CHECK_INT(tt_file_store_remove(&store, "b/c/d.txt"), TT_FILE_NOT_FOUND);
    /* As natively, a folder stays when its last file has gone, and none comes with a file. */
    CHECK(tt_file_store_is_folder(&store, "b/c"));
    CHECK_STR(names_in(&store, "b"), "a.txt c ");
    CHECK_STR(names_in(&store, "b/c"), "");
    CHECK_INT(put(&store, "b/c/e.txt", "x", false), TT_FILE_OK);
    CHECK_INT(put(&store, "b/new/e.txt", "x", false), TT_FILE_NOT_FOUND);
    CHECK_INT(put(&store, "b/new/e.txt", "x", true), TT_FILE_NOT_FOUND);
    CHECK_INT(tt_file_store_write_at(&store, "new/e.txt", 0, "x", 1), TT_FILE_NOT_FOUND);
    CHECK_INT(tt_file_store_resize(&store, "new/e.txt", 1), TT_FILE_NOT_FOUND);
    CHECK(!tt_file_store_exists(&store, "b/new"));
    tt_file_store_free(&store);
}

TEST(writing_at_an_offset) {
    TtFileStore store;
    start(&store);
    CHECK_INT(tt_file_store_write_at(&store, "f", 0, "abcdef", 6), TT_FILE_OK);
    CHECK_INT(tt_file_store_write_at(&store, "f", 2, "XY", 2), TT_FILE_OK);
    CHECK_STR(contents(&store, "f"), "abXYef");
    CHECK_INT(tt_file_store_resize(&store, "f", 3), TT_FILE_OK);
    CHECK_STR(contents(&store, "f"), "abX");
    CHECK_INT(tt_file_store_write_at(&store, "f", 5, "!", 1), TT_FILE_OK);
    const uint8_t *data;
    size_t length;
    CHECK_INT(tt_file_store_read(&store, "f", &data, &length), TT_FILE_OK);
    CHECK(length == 6 && memcmp(data, "abX\0\0!", 6) == 0);
    /* A cut-off part does not come back when the file grows again. */
    CHECK_INT(tt_file_store_resize(&store, "f", 1), TT_FILE_OK);
    CHECK_INT(tt_file_store_resize(&store, "f", 4), TT_FILE_OK);
    CHECK_INT(tt_file_store_read(&store, "f", &data, &length), TT_FILE_OK);
    CHECK(length == 4 && memcmp(data, "a\0\0\0", 4) == 0);
    CHECK_INT(tt_file_store_write_at(&store, "examples/hello.ttvm", 1, "l", 1), TT_FILE_OK);
    CHECK_STR(contents(&store, "examples/hello.ttvm"), "PlINT");
    CHECK_INT(tt_file_store_write_at(&store, "f/x", 0, "a", 1), TT_FILE_NOT_FOLDER);
    CHECK_INT(tt_file_store_write_at(&store, "f", TT_FILE_STORE_MAX_BYTES, "a", 1), TT_FILE_NO_SPACE);
    CHECK_INT(tt_file_store_resize(&store, "f", (size_t)TT_FILE_STORE_MAX_BYTES + 1), TT_FILE_NO_SPACE);
    CHECK_INT(store.bytes, 4 + 5 + 4 + 4);
    tt_file_store_free(&store);
}

TEST(news) {
    TtFileStore store;
    start(&store);
    CHECK(give(&store, "given", "g"));
    CHECK(tt_file_store_take_news(&store) == NULL);
    uint32_t before = store.news;
    CHECK_INT(put(&store, "made", "1", false), TT_FILE_OK);
    CHECK_INT(put(&store, "made", "2", true), TT_FILE_OK);
    CHECK(store.news != before);
    const TtStoredFile *news = tt_file_store_take_news(&store);
    CHECK(news && strcmp(news->name, "made") == 0 && !news->removed);
    CHECK(tt_file_store_take_news(&store) == NULL);
    CHECK_INT(tt_file_store_remove(&store, "given"), TT_FILE_OK);
    news = tt_file_store_take_news(&store);
    CHECK(news && strcmp(news->name, "given") == 0 && news->removed);
    tt_file_store_free(&store);
}

/* The next change as "name=contents", "name-" for a removed file, "" after the last. */
static const char *next_change(const TtFileStore *store, uint32_t *from) {
    static char text[64];
    const TtStoredFile *file = tt_file_store_change(store, *from, from);
    if (!file) return "";
    if (file->removed)
        snprintf(text, sizeof text, "%s-", file->name);
    else
        snprintf(text, sizeof text, "%s=%.*s", file->name, (int)file->length, (const char *)file->data);
    return text;
}

TEST(changes) {
    TtFileStore store;
    uint32_t from = 0;
    start(&store);
    CHECK(give(&store, "kept", "k"));
    CHECK(give(&store, "gone", "g"));
    CHECK(give(&store, "again", "a"));
    CHECK_STR(next_change(&store, &from), "");
    CHECK_INT(put(&store, "new", "n", false), TT_FILE_OK);
    CHECK_INT(put(&store, "new", "e", true), TT_FILE_OK);
    CHECK_INT(put(&store, "scratch", "s", false), TT_FILE_OK);
    CHECK_INT(tt_file_store_remove(&store, "scratch"), TT_FILE_OK);
    CHECK_INT(tt_file_store_remove(&store, "gone"), TT_FILE_OK);
    CHECK_INT(tt_file_store_remove(&store, "again"), TT_FILE_OK);
    CHECK_INT(put(&store, "again", "back", true), TT_FILE_OK);
    CHECK_INT(tt_file_store_remove(&store, "std/math.ttvm"), TT_FILE_OK);
    CHECK_STR(next_change(&store, &from), "again=back");
    CHECK_STR(next_change(&store, &from), "gone-");
    CHECK_STR(next_change(&store, &from), "new=ne");
    CHECK_STR(next_change(&store, &from), "std/math.ttvm-");
    CHECK_STR(next_change(&store, &from), "");
    tt_file_store_free(&store);
}

TEST(number_is_bounded) {
    TtFileStore store;
    char name[16];
    store = (TtFileStore){0};
    for (uint32_t i = 0; i < TT_FILE_STORE_MAX_FILES; i++) {
        snprintf(name, sizeof name, "f%u", i);
        REQUIRE(put(&store, name, "", false) == TT_FILE_OK);
    }
    CHECK_INT(put(&store, "one more", "", false), TT_FILE_NO_SPACE);
    CHECK_INT(put(&store, "f7", "x", true), TT_FILE_OK);
    tt_file_store_free(&store);
}

TEST(space_is_bounded) {
    TtFileStore store;
    store = (TtFileStore){0};
    size_t half = TT_FILE_STORE_MAX_BYTES / 2 + 1;
    char *data = tt_alloc_zero(half);
    CHECK_INT(tt_file_store_write(&store, "a", data, half, false), TT_FILE_OK);
    CHECK_INT(tt_file_store_write(&store, "b", data, half, false), TT_FILE_NO_SPACE);
    CHECK_INT(tt_file_store_write(&store, "a", data, half, true), TT_FILE_NO_SPACE);
    CHECK_INT(tt_file_store_write(&store, "a", data, half, false), TT_FILE_OK);
    CHECK_INT(tt_file_store_remove(&store, "a"), TT_FILE_OK);
    CHECK_INT(tt_file_store_write(&store, "b", data, half, false), TT_FILE_OK);
    tt_free(data);
    tt_file_store_free(&store);
}

int main(void) {
    RUN(canonical_names);
    RUN(given_files);
    RUN(folders);
    RUN(writing_at_an_offset);
    RUN(news);
    RUN(changes);
    RUN(number_is_bounded);
    RUN(space_is_bounded);
    return test_finish();
}
