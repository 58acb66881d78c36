// SPDX-License-Identifier: MIT
/**
 * Code generated in JavaScript (wasm-glue/ts/codegen) for one run at a time in this process. Only a build to
 * WebAssembly has it, and only under random_programs.mjs, which brings the generator.
 */
#ifndef TT_FUZZ_GENERATED_H
#define TT_FUZZ_GENERATED_H

#include "tinytot/tt.h"

#include <stdbool.h>

bool tt_generated_is_there(void);
/** Before the VM loads its program. */
void tt_generated_begin(TtVm *vm);
/** Runs the program to its end; modules get their code when they are there. Virtual time: it never waits. */
void tt_generated_run(TtVm *vm);
/** After the VM has been destroyed. */
void tt_generated_end(void);

#endif
