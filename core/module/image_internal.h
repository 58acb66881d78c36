// SPDX-License-Identifier: MIT
/**
 * The form of `.ttb` images. Private to module/.
 *
 *   header    8 bytes TT_IMAGE_MAGIC · u32 version · u32 payload length · u32 checksum of the payload
 *   payload   every section once, in the order of TtImageSection: u8 number · u32 length · contents
 *
 * Fixed-size numbers are little-endian. `v` is an unsigned LEB128 number in its shortest form, `s` a
 * signed one: zigzag, then `v`. `text` is v length, bytes. Most sections are v count, then items:
 *
 *   FILE       text
 *   NAMES      text
 *   CONSTANTS  u8 0 Str or 1 Bytes · text
 *   INTS       s
 *   FLOATS     8 bytes, IEEE 754
 *   FUNCTIONS  v entry · v parameters · v name each
 *   LABELS     v name · v address
 *   IMPORTS    v constant · v name + 1, 0: no prefix
 *   BUILTINS   text                        built-ins by name, in order of first use
 *   BLOCKS     v try · v catch · v end · v name + 1, 0: pushed
 *   TERMS      u8 kind, + 128 when the last of its alternative · TYPE: u8 row of tt_match_types ·
 *              FIELD: v constant · EQUAL FIELD: u8 TtImageLiteral · Int s, Float 8 bytes, Str v constant
 *   MATCHES    v count of terms, those that follow the terms of the match before · v after + 1, 0: none
 *   SUPERVISORS  v strategy · v intensity · v period
 *   CHILDREN   v constant of the id · v policy · v constant of the label
 *   CODE       v number of the instruction in opcodes.def · u8 a for formats with variants (INT OPT_INT
 *              OPT_VAR OPT_LABEL) · s b for formats with an operand (BUILTIN: index of BUILTINS)
 *   POSITIONS  s line - line before · v column; as many as instructions, no count
 */
#ifndef TT_MODULE_IMAGE_INTERNAL_H
#define TT_MODULE_IMAGE_INTERNAL_H

#include "module/module.h"

/** The first byte is no text, line ends show damage by text-mode copying, as in PNG. */
#define TT_IMAGE_MAGIC       "\x89TTB\r\n\x1a\n"
#define TT_IMAGE_MAGIC_SIZE  8
#define TT_IMAGE_HEADER_SIZE 20
/** Changes when images of before cannot be read any more. */
#define TT_IMAGE_VERSION 2

typedef enum TtImageSection {
    TT_IMAGE_FILE = 1,
    TT_IMAGE_NAMES,
    TT_IMAGE_CONSTANTS,
    TT_IMAGE_INTS,
    TT_IMAGE_FLOATS,
    TT_IMAGE_FUNCTIONS,
    TT_IMAGE_LABELS,
    TT_IMAGE_IMPORTS,
    TT_IMAGE_BUILTINS,
    TT_IMAGE_BLOCKS,
    TT_IMAGE_TERMS,
    TT_IMAGE_MATCHES,
    TT_IMAGE_SUPERVISORS,
    TT_IMAGE_CHILDREN,
    TT_IMAGE_CODE,
    TT_IMAGE_POSITIONS,
    TT_IMAGE_SECTION_END
} TtImageSection;

typedef enum TtImageLiteral {
    TT_IMAGE_NULL,
    TT_IMAGE_FALSE,
    TT_IMAGE_TRUE,
    TT_IMAGE_INT,
    TT_IMAGE_FLOAT,
    TT_IMAGE_STR,
    TT_IMAGE_LITERAL_END
} TtImageLiteral;

#define TT_IMAGE_LAST_TERM 128

_Static_assert(TT_TERM_ANY == 0 && TT_TERM_FIELD == 3 && TT_TERM_DOWN == 5, "append kinds of terms");
_Static_assert(TT_ONE_FOR_ONE == 0 && TT_REST_FOR_ONE == 2 && TT_PERMANENT == 0 && TT_TEMPORARY == 2,
               "append strategies and policies");

static inline bool tt_image_has_variant(TtFormat format) {
    return format == TT_FORMAT_INT || format == TT_FORMAT_OPT_INT || format == TT_FORMAT_OPT_VAR ||
           format == TT_FORMAT_OPT_LABEL;
}

#endif
