// SPDX-License-Identifier: MIT
/** Text of instructions: for `ttvm disasm`, the playground's code view, traces. */
#ifndef TT_MODULE_DISASM_H
#define TT_MODULE_DISASM_H

#include "base/strbuf.h"
#include "module/module.h"

/** Appends one instruction as source text without indentation: `CALL add a b`. */
void tt_disasm_insn(TtStrbuf *out, const TtModule *module, uint32_t address);
/** Appends the form of traces: `PushInt(10)`, `Call { addr: 11, params: ["a", "b"] }`, `Add`. */
void tt_disasm_trace(TtStrbuf *out, const TtModule *module, uint32_t address);
/**
 * Appends the whole module as source that assembles to the same module: labels (invented ones
 * `L<address>` where a target has none) and, when `addresses`, a comment with address and source line
 * on each instruction.
 */
void tt_disasm_module(TtStrbuf *out, const TtModule *module, bool addresses);
/**
 * As tt_disasm_module without addresses, for people: before the instructions of each line of the source that
 * the module has been made from, that line as a comment; empty lines between functions.
 */
void tt_disasm_listing(TtStrbuf *out, const TtModule *module);
/**
 * Appends the module as source text in which instructions stand on the lines and columns they came from, as
 * far as these go up and labels leave room: errors then name the same places.
 */
void tt_disasm_source(TtStrbuf *out, const TtModule *module);

#endif
