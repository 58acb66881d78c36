// SPDX-License-Identifier: MIT
#include "generated.h"

#ifdef __EMSCRIPTEN__

#include "glue.h"

#include <emscripten/em_js.h>

/** What glue_code.c needs of a session; its host, files and console are not used. */
static TtGlue glue;

// clang-format off
EM_JS(int, tt_fuzz_has_maker, (void), { return Module["beginCode"] ? 1 : 0; })
EM_JS(void, tt_fuzz_begin_code, (TtGlue *session), { Module["beginCode"](session); })
EM_JS(void, tt_fuzz_make_code, (void), { Module["makeCode"](); })
// clang-format on

bool tt_generated_is_there(void) {
    return tt_fuzz_has_maker() != 0;
}

void tt_generated_begin(TtVm *vm) {
    glue = (TtGlue){.vm = vm};
    tt_lock_init(&glue.lock);
    tt_glue_code_init(&glue);
    tt_vm_use_code(vm, &glue.maker);
    tt_fuzz_begin_code(&glue);
}

void tt_generated_run(TtVm *vm) {
    do tt_fuzz_make_code();
    while (tt_vm_step(vm, 0) != TT_RUN_ENDED);
}

void tt_generated_end(void) {
    tt_glue_code_free(&glue);
    tt_lock_destroy(&glue.lock);
}

#else

bool tt_generated_is_there(void) {
    return false;
}

void tt_generated_begin(TtVm *vm) {
    (void)vm;
}

void tt_generated_run(TtVm *vm) {
    tt_vm_wait(vm);
}

void tt_generated_end(void) {}

#endif
