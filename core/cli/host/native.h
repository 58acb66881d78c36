// SPDX-License-Identifier: MIT
/**
 * The host interface on an operating system: console, files, network, processes, formats, databases, clock.
 *
 * Threads, each started when it is first needed and joined by tt_cli_host_destroy:
 *   loop     libuv's event loop; files are worked on by libuv's pool
 *   reader   standard input
 *   writer   standard output and standard error
 */
#ifndef TT_CLI_HOST_NATIVE_H
#define TT_CLI_HOST_NATIVE_H

#include "cli/host/rules.h"
#include "host/host.h"

struct TtVm;

typedef struct TtCliHostOptions {
    int input, output, error; /* descriptors; borrowed */
    size_t max_read_bytes;    /* longest answer, beyond it HeapExceeded; 0: none */
    uint32_t max_handles; /* connections and streams open at a time, beyond it HandlesExceeded; 0: no limit */
    bool late;            /* the writer waits for tt_cli_host_serve, or for something that cannot wait */
    const TtCliRules *rules; /* borrowed; NULL: everything that the VM asks for is allowed */
    /**
     * Standard output cannot be written any more: `error` is an errno value, EPIPE when its reader has
     * gone. What is printed from now on is dropped. Called at most once, on the writer thread or in
     * tt_cli_host_flush, and only while a VM is attached; may be NULL.
     */
    void (*output_failed)(void *context, int error);
    void *context;
} TtCliHostOptions;

/** Descriptors 0, 1, 2 and no limit. */
void tt_cli_host_options_default(TtCliHostOptions *options);

/** NULL when the system has no descriptors or memory left. */
TtHost *tt_cli_host_create(const TtCliHostOptions *options);
/** After the VM that used it was destroyed: no request is pending. Writes out what was printed. */
void tt_cli_host_destroy(TtHost *host);

/**
 * The VM that is told when there is room for output, or NULL. Returns only when the VM before it is
 * told nothing any more, so call it with NULL before tt_vm_destroy.
 */
void tt_cli_host_attach(TtHost *host, struct TtVm *vm);

/** With `late`: starts the writer, which keeps what is printed from waiting long. */
void tt_cli_host_serve(TtHost *host);

/** Returns when everything printed so far was written (or dropped, when writing fails). */
void tt_cli_host_flush(TtHost *host);
/** errno of the first failed write to standard output, 0 when there was none. */
int tt_cli_host_output_error(TtHost *host);

#endif
