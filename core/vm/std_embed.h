// SPDX-License-Identifier: MIT
/** The standard library inside the program. The table is made from std/ by embed_std.cmake. */
#ifndef TT_VM_STD_EMBED_H
#define TT_VM_STD_EMBED_H

#include <stddef.h>

typedef struct TtStdFile {
    const char *path; /* "std/math.ttvm"; NULL ends the table */
    const unsigned char *bytes;
    size_t length;
} TtStdFile;

extern const TtStdFile tt_std_files[];

#endif
