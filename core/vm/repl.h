// SPDX-License-Identifier: MIT
/**
 * A session: one actor that runs line after line. Each line is a module that the actor imports, so that it
 * runs in the actor itself (its pid, its mailbox); the variables of earlier lines come to it as the exports
 * of the module before. Functions are compiled anew with every line, so a new definition reaches the
 * callers of the old one; what runs already keeps its code. Private to vm/.
 */
#ifndef TT_VM_REPL_H
#define TT_VM_REPL_H

#include "base/diag.h"
#include "vm/loader.h"

typedef struct TtRepl TtRepl;

TtRepl *tt_repl_create(TtSystem *system, TtLoader *loader);
/** No worker runs any more. */
void tt_repl_free(TtRepl *repl);
/** The text of the program that imports one line after the other. */
const char *tt_repl_driver(void);

/** For TtSystem.load_module: true when the path is one of a session's. Any thread. */
bool tt_repl_module(TtRepl *repl, const char *path, TtModule **module);
/** Compiles a line and hands it to the actor; false with diagnostics when it is wrong. */
bool tt_repl_feed(TtRepl *repl, const char *text, size_t length, TtDiags *diags);
/** Waits at most so long for the actor to have done all lines. */
bool tt_repl_idle(TtRepl *repl, uint32_t ms);

#endif
