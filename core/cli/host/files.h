// SPDX-License-Identifier: MIT
/** Whole files, blocking, on any thread. Functions return 0 or an errno value. */
#ifndef TT_CLI_HOST_FILES_H
#define TT_CLI_HOST_FILES_H

#include <stddef.h>
#include <stdint.h>

/**
 * The contents in memory from tt_alloc. EFBIG beyond `max_bytes` (0: no limit). `*cancelled` (atomic; may be
 * NULL) ends waits for pipes early with ECANCELED.
 */
int tt_cli_file_read(const char *path, size_t max_bytes, char **bytes, size_t *length, uint32_t *cancelled);
/** Makes or replaces a file so that nobody sees half of it; pipes and devices are written into. */
int tt_cli_file_write(const char *path, const char *bytes, size_t length, uint32_t *cancelled);
/** Writes all of it; waits for room when somebody made the descriptor non-blocking. */
int tt_cli_file_write_all(int descriptor, const char *bytes, size_t length, uint32_t *cancelled);
/** "No such file or directory" …; static, the same text on every platform for the usual errors. */
const char *tt_cli_errno_text(int error);

#endif
