// SPDX-License-Identifier: MIT
/** From a path to a module that can run: finding, reading, front end, verifying, linking. Private to vm/. */
#ifndef TT_VM_LOADER_H
#define TT_VM_LOADER_H

#include "actor/system.h"
#include "base/diag.h"
#include "opt/opt.h"

typedef struct TtLoader {
    TtSystem *system;
    const char *module_path; /* directories between ':'; may be NULL */
    bool optimize;           /* modules that are loaded from now on */
    TtOptReport report;      /* of the program, when it was optimized */
    TtLock lock;
    TT_VEC(TtModule *) modules; /* guarded_by(lock), as all below; owned */
    TtNames files;              /* resolved file name → index of `modules` */
    TtNames requests;           /* "importer's folder\0path" → index of `answers` */
    TT_VEC(TtModule *) answers;
} TtLoader;

void tt_loader_init(TtLoader *loader, TtSystem *system, const char *module_path);
void tt_loader_free(TtLoader *loader);

/** File of the module with this index, NULL past the last. Lives as long as the loader. Any thread. */
const char *tt_loader_file(TtLoader *loader, uint32_t index);

/** The module with this index, NULL past the last. Lives as long as the loader. Any thread. */
const TtModule *tt_loader_module(TtLoader *loader, uint32_t index);

/** The program. Diagnostics say why when it is not TT_OK; the loader owns the module. */
TtResult tt_loader_program(TtLoader *loader, const char *path, const void *bytes, size_t length,
                           TtModule **module, TtDiags *diags);
/** Hooks of TtSystem; any thread. */
TtResult tt_loader_import(TtLoader *loader, const TtModule *importer, const char *path, TtModule **module,
                          TtError *error);
TtResult tt_loader_spawn(TtLoader *loader, const char *name, TtModule **module, TtError *error);

struct TtLispSession;
/** A line of a session, which the caller owns. Any thread. */
TtResult tt_loader_line(TtLoader *loader, const char *file, const char *text, size_t length,
                        const struct TtLispSession *session, TtModule **module, TtDiags *diags);

#endif
