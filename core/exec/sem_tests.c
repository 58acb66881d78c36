// SPDX-License-Identifier: MIT
/**
 * The tests of a program, for --run-tests: functions without parameters that are called test_… or test-…,
 * either by a global of `main` that holds them or by the label they begin at. A label that something jumps to
 * is a place inside a function, and one that functions with parameters begin at is not a test.
 */
#include "exec/sem.h"

#include "base/alloc.h"
#include "base/names.h"

#include <string.h>

typedef struct Tests {
    TtActor *actor;
    const TtModule *program;
    bool *taken; /* address → no test begins here, or it is listed already */
    TtValue list;
} Tests;

static bool add_test(Tests *tests, const char *name, TtValue function) {
    TtHeap *heap = &tests->actor->heap;
    TtValue pair[2] = {tt_null(), function}, test;
    if (tt_callee(function)->module == tests->program) tests->taken[tt_callee(function)->entry] = true;
    return tt_str_new(heap, name, &pair[0]) && tt_list_new(heap, pair, 2, &test) &&
           tt_list_append_own(heap, tests->list, test, &tests->list);
}

static bool add_globals(Tests *tests) {
    const TtScope *top = &tests->program->scopes.items[0];
    const TtValue *globals = tt_actor_globals(tests->actor, tests->program);
    for (uint32_t slot = 0; globals && slot < top->slots.count; slot++) {
        const char *name = tt_names_text(&tests->program->names, top->slot_names[slot]);
        if (!tt_names_test(name) || !tt_is_callable(globals[slot])) continue;
        if (tt_callee(globals[slot])->parameter_count) continue;
        if (!add_test(tests, name, globals[slot])) return false;
    }
    return true;
}

static bool add_labels(Tests *tests) {
    const TtModule *program = tests->program;
    for (uint32_t i = 0; i < program->code.count; i++) {
        uint32_t target = tt_insn_target(program, program->code.items[i]);
        if (target <= program->code.count) tests->taken[target] = true;
    }
    for (uint32_t i = 0; i < program->functions.count; i++)
        if (program->functions.items[i].parameter_count)
            tests->taken[program->functions.items[i].entry] = true;
    for (uint32_t i = 0; i < program->labels.count; i++) {
        const char *name = tt_names_text(&program->names, program->labels.items[i].name);
        if (!tt_names_test(name) || tests->taken[program->labels.items[i].address]) continue;
        if (!add_test(tests, name, tt_function(program->label_functions.items[i]))) return false;
    }
    return true;
}

bool tt_sem_list_tests(TtActor *actor, TtValue *list) {
    Tests tests = {.actor = actor, .program = actor->program, .list = tt_empty(TT_TAG_LIST)};
    tests.taken = tt_alloc_zero(tests.program->code.count + 1);
    bool done = add_globals(&tests) && add_labels(&tests);
    tt_free(tests.taken);
    *list = tests.list;
    return done;
}
