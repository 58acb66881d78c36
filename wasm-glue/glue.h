// SPDX-License-Identifier: MIT
/**
 * A session: one program, its VM, and the host that serves it from memory. The engine worker owns it;
 * scheduler threads reach it only through the host interface.
 */
#ifndef TT_WASM_GLUE_GLUE_H
#define TT_WASM_GLUE_GLUE_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "console.h"
#include "exec/generated.h"
#include "file_store.h"
#include "glue_services.h"
#include "host/host.h"
#include "port/thread.h"
#include "tinytot/tt.h"

/** How scheduler threads get the engine worker's attention. Layout known to ts/run_session.ts. */
typedef struct TtGlueSignals {
    uint32_t events;       /* atomic, any thread; changes, and its waiters are woken */
    uint32_t output_armed; /* atomic; set by the engine worker, taken back by the write that wakes it */
} TtGlueSignals;

typedef struct TtGlueVariable {
    char *name, *value;
} TtGlueVariable;

/** A generated WebAssembly module. */
typedef struct TtGlueUnit {
    uint8_t *bytes;
    uint32_t length;
    uint32_t slots; /* that it and the units before it fill */
} TtGlueUnit;

typedef struct TtGlue {
    TtHost host; /* context: this session */
    TtGlueSignals signals;

    TtLock lock; /* guards everything up to the next blank line; never held while
                    the VM is called */
    TtFileStore files;
    TtConsole console;
    TT_VEC(TtGlueVariable) variables;
    size_t variable_bytes;
    TT_VEC(TtRequest *) readers; /* requests that wait for standard input, first come first served */
    TtServices services;         /* requests that wait for JavaScript */
    TT_VEC(TtGlueUnit) units;    /* of generated code; never removed before the end of the session */

    TtCodeMaker maker; /* constant */

    /* engine worker only */
    uint32_t next_module; /* for which no code has been asked yet */
    TtStrbuf layout;
    TtVm *vm; /* from load or start until finish; with events or a profile until the end of the session */
    TtConfig config;
    TT_VEC(char *) arguments;
    char *formatted;      /* last answer of tt_glue_format */
    uint32_t executions;  /* length of the last answer of tt_glue_executions */
    TtReport report;      /* after finish, or when the program could not start */
    uint32_t change_from; /* where tt_glue_next_change goes on */
    TtStoredFile change;  /* a copy of the file that it or tt_glue_next_news came to */
} TtGlue;

/** Prepares `glue->host`; everything the host functions use must be initialised. */
void tt_glue_host_init(TtGlue *glue);
/** Prepares what generated code needs, and frees it after the VM. */
void tt_glue_code_init(TtGlue *glue);
void tt_glue_code_free(TtGlue *glue);
/** Answers the readers that standard input can satisfy now. Engine worker only. */
void tt_glue_host_serve_readers(TtGlue *glue);
/** Sets an environment variable; false when the environment is full. The caller holds the lock. */
bool tt_glue_host_set_variable(TtGlue *glue, const char *name, size_t name_length, const char *value,
                               size_t length);
/** Makes the engine worker look at the session. Any thread. */
void tt_glue_host_notify(TtGlue *glue);

/** Files that the build put into the module (generated). */

#define TT_EXPORT(result, name, parameters, doc) result name parameters;
#include "exports.def"
#undef TT_EXPORT

typedef enum TtGlueOption {
#define TT_OPTION(name, doc) TT_GLUE_OPTION_##name,
#include "glue_options.def"
#undef TT_OPTION
    TT_GLUE_OPTION_COUNT
} TtGlueOption;

#endif
