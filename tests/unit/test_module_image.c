// SPDX-License-Identifier: MIT
#include "every_instruction.h"
#include "program.h"

#include "base/names.h"
#include "base/random.h"
#include "module/image_internal.h"

/** Reads an image; NULL with the message in `text` when it is bad. */
static TtModule *read_image(const TtStrbuf *image, TtStrbuf *text) {
    TtError error = {0};
    TtModule *module = NULL;
    TtResult result = tt_image_read("x.ttb", image->bytes, image->length, &module, &error);
    test_check((result == TT_OK) == (module != NULL), "a module if and only if it is good", __FILE__,
               __LINE__);
    test_check(result == error.result, "result and error agree", __FILE__, __LINE__);
    if (text) tt_strbuf_add_text(text, tt_strbuf_text(&error.message));
    tt_error_free(&error);
    return module;
}

/** Makes the header agree with a payload that was changed. */
static void seal(TtStrbuf *image) {
    uint32_t size = (uint32_t)(image->length - TT_IMAGE_HEADER_SIZE);
    uint32_t sum = tt_hash_bytes(image->bytes + TT_IMAGE_HEADER_SIZE, size);
    for (int i = 0; i < 4; i++) {
        image->bytes[12 + i] = (char)(size >> (8 * i));
        image->bytes[16 + i] = (char)(sum >> (8 * i));
    }
}

/** An image of a program; false when it does not assemble. */
static bool make_image(const char *source, TtStrbuf *image) {
    TtModule *module = assemble(source);
    if (!module) return false;
    tt_image_write(image, module);
    tt_module_destroy(module);
    return true;
}

TEST(every_instruction_comes_back) {
    TtStrbuf source = {0}, image = {0}, again = {0};
    write_every_instruction(&source);
    TtModule *module = assemble(source.bytes);
    REQUIRE(module != NULL);
    tt_image_write(&image, module);
    CHECK(tt_image_is(image.bytes, image.length));
    TtModule *copy = read_image(&image, NULL);
    REQUIRE(copy != NULL);
    TtDiags diags = {0};
    CHECK_INT(tt_verify_structure(copy, &diags), TT_OK);
    tt_diags_free(&diags);

    /* the same bytes, the same text, the same places */
    tt_image_write(&again, copy);
    CHECK_INT(again.length, image.length);
    CHECK(again.length == image.length && memcmp(again.bytes, image.bytes, image.length) == 0);
    char *first = disassemble(module), *second = disassemble(copy);
    CHECK_STR(second, first);
    CHECK_STR(copy->file, "test.ttvm");
    CHECK_STR(copy->name, "x");
    CHECK_INT(copy->positions.count, module->positions.count);
    CHECK(memcmp(copy->code.items, module->code.items, module->code.count * sizeof(TtInsn)) == 0);
    CHECK(memcmp(copy->positions.items, module->positions.items,
                 module->positions.count * sizeof(TtPosition)) == 0);
    for (uint32_t i = 0; i < module->functions.count; i++)
        CHECK_STR(copy->functions.items[i].name, module->functions.items[i].name);
    CHECK(copy->source == NULL);
    tt_free(first);
    tt_free(second);
    tt_module_destroy(module);
    tt_module_destroy(copy);
    tt_strbuf_free(&source);
    tt_strbuf_free(&image);
    tt_strbuf_free(&again);
}

/** The format on disk: any change here is a change of TT_IMAGE_VERSION. */
TEST(bytes_are_fixed) {
    static const unsigned char wanted[] = {
        0x89, 'T', 'T', 'B', '\r', '\n', 0x1a, '\n',                      /* magic */
        2,    0,   0,   0,   0x96, 0,    0,    0,    0,    0,    0,    0, /* version, length, checksum (not
                                                                             compared) */
        1,    10,  0,   0,   0,    9,    't',  'e',  's',  't',  '.',  't',  't', 'v',  'm', 2,  5,
        0,    0,   0,   2,   1,    'f',  1,    'x',  3,    5,    0,    0,    0,   1,    0,   2,  'h',
        'i',  4,   6,   0,   0,    0,    1,    0x80, 0x80, 0x80, 0x80, 0x20, /* 2^32 = zigzag 2^33 */
        5,    9,   0,   0,   0,    1,    0,    0,    0,    0,    0,    0,    4,   0x40, /* 2.5 */
        6,    4,   0,   0,   0,    1,    4,    1,    1,                                 /* f at 4, (x) */
        7,    3,   0,   0,   0,    1,    0,    4,    8,    1,    0,    0,    0,   0,    9,   1,  0,
        0,    0,   0,   10,  1,    0,    0,    0,    0,    11,   1,    0,    0,   0,    0,   12, 1,
        0,    0,   0,   0,   13,   1,    0,    0,    0,    0,    14,   1,    0,   0,    0,   0, /* terms to
                                                                                                   children:
                                                                                                   none */
        15,   11,  0,   0,   0,    5,    0,    1,    0,    1,    0,    2,    0,   70,   0,   71, 16,
        10,   0,   0,   0,   2,    1,    2,    1,    2,    1,    2,    1,    6,   1,
    };
    TtStrbuf image = {0};
    REQUIRE(make_image("PUSH_INT 4294967296\nPUSH_FLOAT 2.5\nPUSH_STR hi\nCALL f x\n\nLABEL f\nRET", &image));
    CHECK_INT(image.length, sizeof wanted);
    for (size_t i = 0; i < sizeof wanted && i < image.length; i++)
        if ((i < 16 || i >= 20) && (unsigned char)image.bytes[i] != wanted[i]) {
            fprintf(stderr, "byte %zu is %d, not %d\n", i, (unsigned char)image.bytes[i], wanted[i]);
            CHECK(!"byte for byte");
        }
    tt_strbuf_free(&image);
}

TEST(files_that_are_no_images) {
    static const struct {
        const char *bytes;
        size_t length;
        const char *wanted;
    } files[] = {
        {"", 0, "Bad image at offset 0: expected the mark of an image"},
        {"PUSH_INT 5\n", 11, "Bad image at offset 0: expected the mark of an image"},
        {"\x89TTB", 4,
         "Bad image at offset 4: expected the rest of the header; the file was cut or copied as text"},
        {"\x89TTB\n\x1a\n....................", 27,
         "Bad image at offset 4: expected the rest of the header; the file was cut or copied as text"},
        {"\x89TTB\r\n\x1a\n\x01\0\0\0\0\0\0\0\0\0\0\0", 20,
         "Bad image at offset 8: expected version 2 but got 1"},
        {"\x89TTB\r\n\x1a\n\x02\0\0\0\x05\0\0\0\0\0\0\0", 20,
         "Bad image at offset 12: expected 5 bytes after the header but got 0"},
        {"\x89TTB\r\n\x1a\n\x02\0\0\0\0\0\0\0\0\0\0\0", 20,
         "Bad image at offset 16: expected checksum 00000000 but the contents have 1AB0FBCD"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        TtStrbuf image = {0}, text = {0};
        tt_strbuf_add(&image, files[i].bytes, files[i].length);
        CHECK(read_image(&image, &text) == NULL);
        CHECK_STR(tt_strbuf_text(&text), files[i].wanted);
        tt_strbuf_free(&image);
        tt_strbuf_free(&text);
    }
}

static const char *const small_program = "IMPORT a AS m\nLABEL f\nPUSH_INT 5000000000\nPUSH_FLOAT 1.5\nCALL "
                                         "f x\nBUILTIN math.sqrt\nTRY\nCATCH e\nEND_TRY\n"
                                         "PUSH_STR \"text\"\nPUSH_BYTES 00ff\nSEND\nSET_FIELD k\nJMP f\n"
                                         "RECEIVE_MATCH int & = 5, .k = \"text\", = 2.5 AFTER f\n"
                                         "RECEIVE_MATCH any, null & = true\nSTART_SUPERVISOR rest_for_one 1\n"
                                         "SUPERVISE_CHILD text transient f\nSUPERVISE_FUNCTION k\n";

/** Whatever the outcome, no later step may fall over it. */
static void use_image(const TtStrbuf *image) {
    TtModule *module = read_image(image, NULL);
    if (!module) return;
    TtDiags diags = {0};
    if (tt_verify_structure(module, &diags) == TT_OK) {
        tt_module_link(module);
        tt_verify_heights(module);
        char *text = disassemble(module);
        /* What verifies is a program that could have been written. */
        TtModule *again = assemble(text);
        test_check(again != NULL, "a verified image reads as source", __FILE__, __LINE__);
        tt_module_destroy(again);
        tt_free(text);
    } else {
        test_check(diags.errors > 0, "an error says why", __FILE__, __LINE__);
    }
    tt_diags_free(&diags);
    tt_module_destroy(module);
}

TEST(every_cut_is_noticed) {
    TtStrbuf image = {0};
    REQUIRE(make_image(small_program, &image));
    size_t length = image.length;
    for (size_t cut = 0; cut < length; cut++) {
        image.length = cut;
        CHECK(read_image(&image, NULL) == NULL);
        if (cut < TT_IMAGE_HEADER_SIZE) continue;
        seal(&image);
        CHECK(read_image(&image, NULL) == NULL);
    }
    tt_strbuf_free(&image);
}

TEST(every_changed_byte_is_noticed_or_harmless) {
    TtStrbuf good = {0};
    REQUIRE(make_image(small_program, &good));
    for (size_t at = 0; at < good.length; at++) {
        for (int bit = 0; bit < 8; bit++) {
            TtStrbuf image = {0};
            tt_strbuf_add(&image, good.bytes, good.length);
            image.bytes[at] = (char)(image.bytes[at] ^ (1 << bit));
            CHECK(read_image(&image, NULL) == NULL); /* the checksum */
            if (at >= TT_IMAGE_HEADER_SIZE) {
                seal(&image);
                use_image(&image);
            }
            tt_strbuf_free(&image);
        }
    }
    tt_strbuf_free(&good);
}

TEST(random_changes) {
    TtStrbuf good = {0}, source = {0};
    write_every_instruction(&source);
    REQUIRE(make_image(source.bytes, &good));
    uint64_t random = 1;
    for (int round = 0; round < 3000; round++) {
        TtStrbuf image = {0};
        tt_strbuf_add(&image, good.bytes, good.length);
        int changes = 1 + (int)tt_random_below(&random, 4);
        for (int i = 0; i < changes; i++) {
            size_t at =
                TT_IMAGE_HEADER_SIZE + (size_t)tt_random_below(&random, image.length - TT_IMAGE_HEADER_SIZE);
            image.bytes[at] = (char)tt_random_next(&random);
        }
        seal(&image);
        use_image(&image);
        tt_strbuf_free(&image);
    }
    tt_strbuf_free(&good);
    tt_strbuf_free(&source);
}

/** Replaces the contents of a section. */
static void replace_section(TtStrbuf *image, int section, const char *contents, size_t length) {
    TtStrbuf changed = {0};
    size_t at = TT_IMAGE_HEADER_SIZE;
    tt_strbuf_add(&changed, image->bytes, at);
    while (at < image->length) {
        const unsigned char *head = (const unsigned char *)image->bytes + at;
        size_t size = head[1] | (size_t)head[2] << 8 | (size_t)head[3] << 16 | (size_t)head[4] << 24;
        if (head[0] == section) {
            char fresh[5] = {(char)section, (char)length, (char)(length >> 8), (char)(length >> 16),
                             (char)(length >> 24)};
            tt_strbuf_add(&changed, fresh, 5);
            tt_strbuf_add(&changed, contents, length);
        } else {
            tt_strbuf_add(&changed, head, size + 5);
        }
        at += size + 5;
    }
    tt_strbuf_free(image);
    *image = changed;
    seal(image);
}

#define CHECK_SECTION(section, contents, wanted)                                                             \
    do {                                                                                                     \
        TtStrbuf image_ = {0}, text_ = {0};                                                                  \
        REQUIRE(make_image("CALL f x\nLABEL f\nRET", &image_));                                              \
        replace_section(&image_, section, contents, sizeof(contents) - 1);                                   \
        CHECK(read_image(&image_, &text_) == NULL);                                                          \
        if (!strstr(tt_strbuf_text(&text_), wanted)) CHECK_STR(tt_strbuf_text(&text_), wanted);              \
        tt_strbuf_free(&image_);                                                                             \
        tt_strbuf_free(&text_);                                                                              \
    } while (0)

TEST(bad_sections) {
    CHECK_SECTION(TT_IMAGE_FILE,
                  "\x02"
                  "a\0",
                  "expected a file name of UTF-8 text without NUL");
    CHECK_SECTION(TT_IMAGE_FILE,
                  "\x03"
                  "a",
                  "expected a file name but got a length of 3 with 1 bytes left");
    CHECK_SECTION(TT_IMAGE_NAMES, "\x02\x01x\x01x", "expected a new name but got one again");
    CHECK_SECTION(TT_IMAGE_NAMES, "\x01\x00", "expected a name but got an empty one");
    CHECK_SECTION(TT_IMAGE_NAMES, "\xFF\xFF\xFF\xFF\x0E",
                  "expected the number of names but got 4026531839 with 0 bytes left");
    CHECK_SECTION(TT_IMAGE_NAMES, "\x82\x00\x01x\x01y", "expected the number of names in its shortest form");
    CHECK_SECTION(TT_IMAGE_NAMES, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", "got a number above 64 bits");
    CHECK_SECTION(TT_IMAGE_NAMES, "", "expected the number of names but the section ends");
    CHECK_SECTION(TT_IMAGE_NAMES, "\x02\x01x\x01y\x00", "expected the end of section 2");
    CHECK_SECTION(TT_IMAGE_CONSTANTS, "\x01\x02\x00", "expected 0 (Str) or 1 (Bytes) but got 2");
    CHECK_SECTION(TT_IMAGE_CONSTANTS, "\x01\x00\x01\xFF", "expected a Str of UTF-8 text");
    CHECK_SECTION(TT_IMAGE_FLOATS, "\x01\x00", "expected a float but the section ends");
    CHECK_SECTION(TT_IMAGE_FUNCTIONS, "\x01\x00\xFB\x01",
                  "expected a number of parameters of at most 250 but got 251");
    CHECK_SECTION(TT_IMAGE_FUNCTIONS, "\x01\x00\x01\x02",
                  "expected a parameter's name of at most 1 but got 2");
    CHECK_SECTION(TT_IMAGE_FUNCTIONS, "\x02\x00\x00\x00\x00", "expected a new function but got one again");
    CHECK_SECTION(TT_IMAGE_LABELS, "\x01\x00\x03", "label f has address 3 of 2");
    CHECK_SECTION(TT_IMAGE_BUILTINS, "\x01\x04nope", "unknown built-in nope");
    CHECK_SECTION(TT_IMAGE_TERMS, "\x01\x06", "expected the kind of a term of at most 5 but got 6");
    CHECK_SECTION(TT_IMAGE_TERMS, "\x01\x81\x0A", "expected the type of a term of at most 9 but got 10");
    CHECK_SECTION(TT_IMAGE_TERMS, "\x01\x81", "expected the type of a term but the section ends");
    CHECK_SECTION(TT_IMAGE_TERMS, "\x01\x82\x06", "expected the type of a literal of at most 5 but got 6");
    CHECK_SECTION(TT_IMAGE_TERMS, "\x01\x82\x05\x00",
                  "expected the constant of a literal but there are no constants");
    CHECK_SECTION(TT_IMAGE_TERMS, "\x01\x83\x00",
                  "expected the constant of a field but there are no constants");
    CHECK_SECTION(TT_IMAGE_TERMS, "\x01\x82\x04\x00", "expected a float but the section ends");
    CHECK_SECTION(TT_IMAGE_MATCHES, "\x01\x01\x00", "expected a number of terms of at most 0 but got 1");
    CHECK_SECTION(TT_IMAGE_MATCHES, "\x01\x00\x82\x80\x80\x20",
                  "expected the address after a time-out of at most 67108865 but got 67108866");
    CHECK_SECTION(TT_IMAGE_SUPERVISORS, "\x01\x03\x00\x00", "expected a strategy of at most 2 but got 3");
    CHECK_SECTION(TT_IMAGE_SUPERVISORS, "\x01\x00\x80\x80\x80\x80\x10\x00",
                  "expected a number of restarts of at most 4294967295 but got 4294967296");
    CHECK_SECTION(TT_IMAGE_CHILDREN, "\x01\x00\x03\x00", "expected a policy of at most 2 but got 3");
    CHECK_SECTION(TT_IMAGE_CODE, "\x01\xFF\x01", "expected the number of an instruction of at most");
    CHECK_SECTION(TT_IMAGE_POSITIONS, "\x02", "expected a column but the section ends");
    CHECK_SECTION(TT_IMAGE_POSITIONS, "\x01\x01", "expected a line number but got a step of -1");
}

/** Counts that the file cannot justify allocate nothing. */
TEST(allocations_are_bounded) {
    static const int sections[] = {
        TT_IMAGE_NAMES,   TT_IMAGE_CONSTANTS,   TT_IMAGE_INTS,     TT_IMAGE_FLOATS, TT_IMAGE_FUNCTIONS,
        TT_IMAGE_LABELS,  TT_IMAGE_IMPORTS,     TT_IMAGE_BUILTINS, TT_IMAGE_BLOCKS, TT_IMAGE_TERMS,
        TT_IMAGE_MATCHES, TT_IMAGE_SUPERVISORS, TT_IMAGE_CHILDREN, TT_IMAGE_CODE};
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        TtStrbuf image = {0}, text = {0};
        REQUIRE(make_image("NOP", &image));
        replace_section(&image, sections[i], "\xFE\xFF\xFF\xFF\x0F", 5);
        CHECK(read_image(&image, &text) == NULL);
        CHECK(strstr(tt_strbuf_text(&text), "with 0 bytes left") != NULL);
        tt_strbuf_free(&image);
        tt_strbuf_free(&text);
    }
}

int main(void) {
    RUN(every_instruction_comes_back);
    RUN(bytes_are_fixed);
    RUN(files_that_are_no_images);
    RUN(every_cut_is_noticed);
    RUN(every_changed_byte_is_noticed_or_harmless);
    RUN(random_changes);
    RUN(bad_sections);
    RUN(allocations_are_bounded);
    return test_finish();
}
