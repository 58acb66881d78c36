// SPDX-License-Identifier: MIT
/** Functions: what kinds there are, their bodies, and calls of them. */
#include "generator.h"

#include <string.h>

void parameter_names(Generator *g, const Function *function) {
    for (int p = 0; p < function->parameters; p++)
        tt_strbuf_add_char(g->out, ' '), tt_strbuf_add_text(g->out, function->names[p]);
    tt_strbuf_add_char(g->out, '\n');
}

/** A later function, best one with a single parameter, so that nothing comes to call itself. */
static void applied_function(Generator *g, int number) {
    int chosen = g->functions.count - 1;
    for (int f = number + 1; f < g->functions.count; f++)
        if (g->functions.all[f].parameters == 1 && !g->functions.all[f].applies) chosen = f;
    bool closure = chance(g, 40);
    if (closure) line(g, "CAPTURE %s", variable(g, WANT_ANY));
    tt_strbuf_add_format(g->out, "%s f%d", closure ? "MAKE_LAMBDA" : "MAKE_FUNCTION", chosen);
    parameter_names(g, &g->functions.all[chosen]);
}

static void arguments(Generator *g, const Function *function, int depth) {
    for (int p = 0; p < function->parameters; p++)
        if (p == 0 && function->recursive)
            line(g, "PUSH_INT %d", below(g, 5));
        else if (p == 0 && function->applies)
            applied_function(g, (int)(function - g->functions.all));
        else
            expression(g, chance(g, 85) ? WANT_INT : WANT_ANY, depth - 1);
}

/** The callee is on the stack, its arguments below. */
static void call_value(Generator *g, int parameters) {
    if (chance(g, 50))
        line(g, "CALL_FUNCTION");
    else
        line(g, "CALL_FUNCTION %d", chance(g, 97) ? parameters : below(g, 3));
}

/** A function of the module or of the library. */
static void call_import(Generator *g, int depth) {
    if (g->library && chance(g, 50)) {
        int number = g->functions.count - 1;
        expression(g, WANT_LIST, depth - 1);
        line(g, "PUSH_INT 5\nBUILTIN list.take");
        tt_strbuf_add_format(g->out, "MAKE_FUNCTION f%d", number);
        parameter_names(g, &g->functions.all[number]);
        line(g, "LOAD %s\nCALL_FUNCTION 2", PICK(g, "map", "filter", "any", "sort_by", "find", "count"));
        return;
    }
    int number = below(g, g->imported.count);
    arguments(g, &g->imported.all[number], depth);
    line(g, "LOAD mf%d", number);
    call_value(g, g->imported.all[number].parameters);
}

/** A call that leaves one value. */
void call(Generator *g, int depth) {
    if (g->imported.count && chance(g, 25)) {
        call_import(g, depth);
        return;
    }
    int number = g->current + 1 + below(g, g->functions.count - g->current - 1);
    const Function *function = &g->functions.all[number];
    if (function->makes) {
        arguments(g, &g->functions.all[function->makes], depth);
        arguments(g, function, depth);
        tt_strbuf_add_format(g->out, "CALL f%d", number);
        parameter_names(g, function);
        /* Only main keeps closures, so that none is called by what it calls. */
        if (g->current < 0 && chance(g, 60)) line(g, "STORE h\nLOAD h");
        call_value(g, g->functions.all[function->makes].parameters);
        return;
    }
    if (g->values && g->current < 0 && chance(g, 10)) {
        for (int i = 0; i < 2; i++) expression(g, WANT_INT, depth - 1);
        line(g, "LOAD h\nCALL_FUNCTION\nSWAP\nPOP");
        return;
    }
    arguments(g, function, depth);
    if (function->leaves && !function->lambda && chance(g, 65)) {
        tt_strbuf_add_format(g->out, "CALL f%d", number);
        parameter_names(g, function);
        return;
    }
    if (function->lambda) {
        if (chance(g, 80)) line(g, "PUSH_INT %d\nSTORE c\nCAPTURE c", below(g, 9));
        if (chance(g, 30)) line(g, "CAPTURE %s", variable(g, chance(g, 60) ? WANT_INT : WANT_ANY));
        tt_strbuf_add_format(g->out, "MAKE_LAMBDA f%d", number);
    } else {
        tt_strbuf_add_format(g->out, "MAKE_FUNCTION f%d", number);
    }
    parameter_names(g, function);
    if (chance(g, 20)) line(g, "STORE h\nLOAD h");
    call_value(g, function->parameters);
}

/** A call for what it does: it may leave a value, or none. */
void call_statement(Generator *g) {
    int number = g->current + 1 + below(g, g->functions.count - g->current - 1);
    const Function *function = &g->functions.all[number];
    if (!function->leaves && !function->lambda && !function->makes) {
        arguments(g, function, 2);
        tt_strbuf_add_format(g->out, "CALL f%d", number);
        parameter_names(g, function);
        return;
    }
    call(g, 2);
    line(g, "%s", PICK(g, "PRINT", "POP", "STORE b"));
}

/** A recursive pair: neither calls anything else. */
static void pair_functions(Functions *functions, int number) {
    for (int f = number; f < number + 2; f++) {
        functions->all[f] = (Function){.parameters = 2, .recursive = true, .leaves = true, .partner = true};
        strcpy(functions->all[f].names[0], "n");
        strcpy(functions->all[f].names[1], "i");
    }
}

void declare_functions(Generator *g, bool main) {
    static const char *const names[] = {"i", "j", "x", "a"};
    Functions *functions = &g->functions;
    int count = functions->count = below(g, MOST_FUNCTIONS + 1);
    for (int f = 0; f < count; f++) {
        Function *function = &functions->all[f];
        function->recursive = chance(g, 30);
        function->lambda = !function->recursive && chance(g, 25);
        function->leaves = chance(g, 80);
        function->parameters = function->recursive ? 1 + below(g, 3) : below(g, 4);
        function->applies = main && g->values && !function->recursive && function->parameters &&
                            f + 1 < count && chance(g, 12);
        for (int p = 0; p < function->parameters; p++) strcpy(function->names[p], names[p]);
        if (function->recursive) strcpy(function->names[0], "n");
        if (function->applies) strcpy(function->names[0], "fn");
    }
    if (count >= 2 && chance(g, 10)) pair_functions(functions, count - 2);
    for (int f = 0; f + 1 < count; f++) {
        Function *function = &functions->all[f];
        int made = f + 1 + below(g, count - f - 1);
        if (function->recursive || function->applies || functions->all[made].applies ||
            functions->all[made].makes)
            continue;
        if (!g->values || chance(g, 75)) continue;
        for (int before = 0; before < f; before++)
            if (functions->all[before].makes == f) functions->all[before].makes = 0;
        function->makes = made;
        function->leaves = true;
        function->lambda = false;
    }
}

static void recursion(Generator *g, int number) {
    const Function *function = &g->functions.all[number];
    int end = g->labels++;
    line(g, "LOAD n\nPUSH_INT 0\nLE\nJNZ L%d", end);
    if (g->values) line(g, "LOAD n\nPUSH_INT 9\nGT\nJNZ L%d", end);
    if (chance(g, 50)) statements(g, 1);
    line(g, "LOAD n\nPUSH_INT 1\nSUB");
    for (int p = 1; p < function->parameters; p++)
        if (chance(g, 60))
            line(g, "LOAD %s\nLOAD n\nADD", function->names[p]);
        else
            expression(g, WANT_INT, 2);
    int callee = !function->partner ? number : number == g->functions.count - 1 ? number - 1 : number + 1;
    bool value = chance(g, 15);
    tt_strbuf_add_format(g->out, "%s f%d",
                         value           ? "MAKE_FUNCTION"
                         : chance(g, 25) ? "TAIL_CALL"
                                         : "CALL",
                         callee);
    parameter_names(g, function);
    if (value) line(g, "%s", PICK(g, "TAIL_CALL_FUNCTION", "CALL_FUNCTION", "TAIL_CALL_FUNCTION 2"));
    if (function->leaves && chance(g, 30)) line(g, "PUSH_INT 1\nADD");
    line(g, "RET\nLABEL L%d", end);
    if (function->leaves) line(g, "LOAD %s", function->names[function->parameters - 1]);
}

/** Ends by a closure of a later function, with what the variables hold now. */
static void make_closure(Generator *g, const Function *function) {
    line(g, "PUSH_INT %d\nSTORE c\nCAPTURE c", below(g, 9));
    if (function->parameters) line(g, "CAPTURE %s", function->names[0]);
    if (chance(g, 50)) line(g, "CAPTURE %s", variable(g, WANT_ANY));
    tt_strbuf_add_format(g->out, "MAKE_LAMBDA f%d", function->makes);
    parameter_names(g, &g->functions.all[function->makes]);
    line(g, "RET");
}

void body(Generator *g, int number) {
    const Function *function = &g->functions.all[number];
    g->current = function->partner ? MOST_FUNCTIONS : number;
    g->budget = 20 + below(g, 30);
    line(g, "LABEL f%d", number);
    if (!function->leaves && !function->recursive && chance(g, 30)) {
        /* Nothing but its address; or little that leaves nothing, and its caller's operands. */
        if (chance(g, 40)) line(g, "NOP");
        if (number + 1 < g->functions.count && !g->functions.all[number + 1].parameters && chance(g, 60)) {
            if (chance(g, 50)) line(g, "PUSH_INT 9");
            line(g, "CALL f%d", number + 1);
        }
        if (chance(g, 80)) line(g, "RET");
        return;
    }
    if (function->recursive) {
        recursion(g, number);
    } else {
        if (chance(g, 35)) initialise(g);
        statements(g, below(g, 4));
        if (function->applies) {
            expression(g, WANT_INT, 2);
            line(g, "LOAD fn\nCALL_FUNCTION\n%s", PICK(g, "PRINT", "POP", "STORE a"));
        }
        if (function->makes) {
            make_closure(g, function);
            return;
        }
        if (function->lambda && chance(g, 70)) line(g, "LOAD c\nPRINT");
        if (function->leaves) expression(g, chance(g, 92) ? WANT_INT : WANT_ANY, 3);
        if (function->leaves && chance(g, 8)) line(g, "PUSH_INT 9\nSWAP");
    }
    if (chance(g, 6) && g->current < g->functions.count - 1 && !g->functions.all[g->current + 1].parameters)
        line(g, "TAIL_CALL f%d", number + 1);
    line(g, "%s", chance(g, 97) ? "RET" : "HALT");
}
