// SPDX-License-Identifier: MIT
#include "generate.h"

#include "base/random.h"
#include "generator.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int below(Generator *g, int bound) {
    return (int)tt_random_below(&g->random, (uint64_t)bound);
}

bool chance(Generator *g, int percent) {
    return below(g, 100) < percent;
}

void line(Generator *g, const char *format, ...) {
    char text[160];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    tt_strbuf_add_text(g->out, text);
    tt_strbuf_add_char(g->out, '\n');
}

const char *pick(Generator *g, const char *const *words, int count) {
    return words[below(g, count)];
}
const char *variable(Generator *g, Want want) {
    switch (want) {
    case WANT_INT: return PICK(g, "i", "j", "n");
    case WANT_NUMBER: return PICK(g, "x", "y");
    case WANT_STR: return PICK(g, "s", "t");
    case WANT_LIST: return PICK(g, "l", "m");
    case WANT_OBJECT: return PICK(g, "o", "p");
    default: return PICK(g, "i", "j", "n", "x", "y", "s", "t", "l", "m", "o", "p", "a", "b");
    }
}

/* ---- expressions: leave one value, or raise
 * ------------------------------------------------------------------ */

void constant(Generator *g, Want want) {
    switch (want == WANT_ANY ? below(g, 8) : (int)want) {
    case WANT_INT:
        if (chance(g, 75))
            line(g, "PUSH_INT %d", below(g, 12) - 3);
        else
            line(g, "PUSH_INT %s",
                 PICK(g, "9223372036854775807", "-9223372036854775808", "2147483647", "-2147483648",
                      "2147483648", "4294967296", "63", "64", "-1", "1000000007", "255", "65536"));
        return;
    case WANT_NUMBER:
        if (chance(g, 50))
            constant(g, WANT_INT);
        else
            line(g, "PUSH_FLOAT %s",
                 PICK(g, "0", "-0", "0.5", "1", "-1.5", "3.25", "1e300", "-1e300", "1e-300", "NaN", "inf",
                      "-inf", "9007199254740993", "2", "0.1"));
        return;
    case WANT_STR:
        line(g, "PUSH_STR \"%s\"", PICK(g, "", "a", "b", "abc", "zürich", "12", "kind", "x y"));
        return;
    case WANT_LIST: line(g, "MAKE_LIST 0"); return;
    case WANT_OBJECT: line(g, "MAKE_OBJECT"); return;
    case 5: line(g, "%s", PICK(g, "TRUE", "FALSE", "NULL", "PUSH_BOOL true", "PUSH_BYTES \"00ff\"")); return;
    default: line(g, "%s", PICK(g, "NULL", "TRUE", "FALSE", "SELF")); return;
    }
}

void binary(Generator *g, Want operands, int depth, const char *op) {
    expression(g, operands, depth - 1);
    expression(g, operands, depth - 1);
    if (chance(g, 6)) line(g, "SWAP");
    line(g, "%s", op);
}

/** What is pushed and dropped around an expression leaves it alone. */
static void noise(Generator *g) {
    switch (below(g, 8)) {
    case 0: line(g, "DUP\nPOP"); break;
    case 1: line(g, "DUP\nSWAP\nPOP"); break;
    case 2: line(g, "NOP"); break;
    case 3: line(g, "PUSH_INT 1\nSWAP\nOVER\nPOP\nSWAP\nPOP"); break;
    case 4: line(g, "PUSH_INT 1\nPUSH_INT 2\nROT\nROT\nROT\nPOP\nPOP"); break;
    case 5: line(g, "STORE a\nLOAD a"); break;
    case 6: {
        int label = g->labels++;
        line(g, "JMP L%d\nLABEL L%d", label, label);
        break;
    }
    default: line(g, "NULL\nPOP"); break;
    }
}

static void conditional(Generator *g, Want want, int depth) {
    int otherwise = g->labels++, end = g->labels++;
    expression(g, chance(g, 80) ? WANT_INT : WANT_ANY, depth - 1);
    if (chance(g, 20)) line(g, "%s", PICK(g, "NOT", "BOOL", "NOT\nNOT"));
    bool jz = chance(g, 50);
    line(g, "%s L%d", jz ? "JZ" : "JNZ", otherwise);
    expression(g, want, depth - 1);
    line(g, "JMP L%d\nLABEL L%d", end, otherwise);
    expression(g, want, depth - 1);
    line(g, "LABEL L%d", end);
}

static void int_expression(Generator *g, int depth) {
    switch (below(g, 12)) {
    case 0:
    case 1:
    case 2: binary(g, WANT_INT, depth, PICK(g, "ADD", "SUB", "MUL", "ADD", "SUB", "MOD")); return;
    case 3:
        binary(g, WANT_NUMBER, depth,
               PICK(g, "LT", "LE", "GT", "GE", "EQ", "NE", "LT_F", "GE_F", "EQ_F", "GT_F", "LE_F", "NE_F"));
        return;
    case 10:
        binary(g, chance(g, 50) ? WANT_STR : WANT_LIST, depth, PICK(g, "LT", "LE", "GT", "GE", "EQ", "NE"));
        return;
    case 11: builtin_expression(g, WANT_INT, depth); return;
    case 4: binary(g, WANT_INT, depth, PICK(g, "BIT_AND", "BIT_OR", "BIT_XOR")); return;
    case 5:
        expression(g, WANT_INT, depth - 1);
        line(g, "PUSH_INT %d\n%s", chance(g, 95) ? below(g, 64) : 64 - below(g, 70), PICK(g, "SHL", "SHR"));
        return;
    case 6:
        expression(g, WANT_INT, depth - 1);
        line(g, "%s", PICK(g, "NEG", "BIT_NOT", "NEG\nNEG"));
        return;
    case 7:
        /* A constant beside another, a neutral one, one in front. */
        if (chance(g, 30))
            line(g, "PUSH_INT %d", below(g, 3));
        else
            expression(g, WANT_INT, depth - 1);
        if (chance(g, 30))
            expression(g, WANT_INT, depth - 1);
        else
            line(g, "PUSH_INT %d", below(g, 4) - 1);
        line(g, "%s", PICK(g, "ADD", "SUB", "MUL", "ADD", "BIT_AND", "LT", "GE", "EQ", "DIV"));
        if (chance(g, 60))
            line(g, "PUSH_INT %d\n%s", below(g, 4) - 1, PICK(g, "ADD", "SUB", "MUL", "EQ", "NE"));
        return;
    case 8:
        expression(g, chance(g, 50) ? WANT_LIST : WANT_STR, depth - 1);
        line(g, "LEN");
        return;
    default:
        expression(g, WANT_LIST, depth - 1);
        expression(g, WANT_INT, depth - 1);
        line(g, "%s", chance(g, 85) ? PICK(g, "EQ", "NE") : "INDEX");
        return;
    }
}

static void function_value(Generator *g) {
    int number = below(g, g->functions.count);
    tt_strbuf_add_format(g->out, "MAKE_FUNCTION f%d", number);
    parameter_names(g, &g->functions.all[number]);
}

static void any_expression(Generator *g, int depth) {
    if (g->functions.count && chance(g, 8)) {
        function_value(g);
        if (chance(g, 50)) return;
        function_value(g);
        line(g, "%s", PICK(g, "EQ", "NE"));
        return;
    }
    switch (below(g, 7)) {
    case 0: binary(g, WANT_ANY, depth, PICK(g, "EQ", "NE", "AND", "OR", "CONCAT")); return;
    case 1:
        expression(g, WANT_ANY, depth - 1);
        line(g, "%s", PICK(g, "NOT", "BOOL", "NOT\nBOOL"));
        return;
    case 2:
        expression(g, WANT_OBJECT, depth - 1);
        line(g, "%s %s", PICK(g, "GET_FIELD", "HAS_FIELD"), PICK(g, "k", "v"));
        return;
    case 3:
        if (chance(g, 15)) {
            binary(g, WANT_ANY, depth, PICK(g, "ADD", "LT", "SUB", "MUL", "GE", "BIT_OR"));
            return;
        }
        expression(g, WANT_LIST, depth - 1);
        expression(g, WANT_ANY, depth - 1);
        line(g, "LIST_APPEND\nPUSH_INT 0\nINDEX");
        return;
    case 4: builtin_expression(g, WANT_ANY, depth); return;
    default: expression(g, (Want)below(g, WANT_ANY), depth - 1); return;
    }
}

void expression(Generator *g, Want want, int depth) {
    if (chance(g, 1)) want = WANT_ANY;
    if (--g->budget < 0 || depth <= 0 || chance(g, 25)) {
        if (chance(g, 55))
            line(g, "LOAD %s", variable(g, want));
        else
            constant(g, want);
        return;
    }
    if ((want == WANT_INT || want == WANT_ANY) && chance(g, 12) && g->current < g->functions.count - 1) {
        call(g, depth);
    } else if (chance(g, 8)) {
        conditional(g, want, depth);
    } else {
        switch (want) {
        case WANT_INT: int_expression(g, depth); break;
        case WANT_NUMBER:
            if (chance(g, 40))
                int_expression(g, depth);
            else if (chance(g, 20))
                builtin_expression(g, WANT_NUMBER, depth);
            else
                binary(g, WANT_NUMBER, depth,
                       PICK(g, "ADD", "SUB", "MUL", "DIV", "ADD_F", "MUL_F", "SUB_F", "DIV_F", "MOD"));
            break;
        case WANT_STR: string_expression(g, depth); break;
        case WANT_LIST: list_expression(g, depth); break;
        case WANT_OBJECT: object_expression(g, depth); break;
        default: any_expression(g, depth); break;
        }
    }
    if (chance(g, 6)) noise(g);
}

/* ---- statements: leave the stack as it was, or raise
 * -------------------------------------------------------------- */

void assignment(Generator *g) {
    Want want = (Want)below(g, WANT_ANY + 1);
    const char *name = want == WANT_ANY && chance(g, 90) ? PICK(g, "a", "b") : variable(g, want);
    if (want == WANT_LIST && chance(g, 40)) {
        line(g, "LOAD %s", name);
        expression(g, WANT_INT, 1);
        line(g, "LIST_APPEND\nSTORE %s", name);
        return;
    }
    if (want == WANT_INT && chance(g, 30)) {
        line(g, "LOAD %s\nPUSH_INT %d\n%s\nSTORE %s", name, below(g, 4), PICK(g, "ADD", "SUB", "MUL"), name);
        return;
    }
    expression(g, want, 3);
    line(g, "%s %s", chance(g, 93) ? "STORE" : "STORE_GLOBAL", name);
}

static void loop(Generator *g) {
    int label = g->labels++, end = g->labels++, counter = g->counters++;
    int turns = 1 + below(g, 4), outer = g->leave;
    g->loops++;
    g->leave = end;
    if (chance(g, 50)) {
        line(g, "PUSH_INT 0\nSTORE k%d\nLABEL L%d\nLOAD k%d\nPUSH_INT %d\n%s L%d", counter, label, counter,
             turns, chance(g, 50) ? "LT\nJZ" : "GE\nJNZ", end);
        statements(g, 1 + below(g, 3));
        if (chance(g, 30)) {
            expression(g, WANT_INT, 1);
            line(g, "%s L%d", PICK(g, "JZ", "JNZ"), end);
        }
        line(g, "LOAD k%d\nPUSH_INT 1\nADD\nSTORE k%d\nJMP L%d\nLABEL L%d", counter, counter, label, end);
    } else {
        line(g, "PUSH_INT %d\nSTORE k%d\nLABEL L%d", turns, counter, label);
        statements(g, 1 + below(g, 3));
        line(g, "LOAD k%d\nPUSH_INT 1\nSUB\nDUP\nSTORE k%d\nJNZ L%d\nLABEL L%d", counter, counter, label,
             end);
    }
    g->loops--;
    g->leave = outer;
}

static void branch(Generator *g) {
    int otherwise = g->labels++, end = g->labels++;
    expression(g, chance(g, 70) ? WANT_INT : WANT_ANY, 2);
    line(g, "%s L%d", PICK(g, "JZ", "JNZ"), otherwise);
    statements(g, 1 + below(g, 2));
    if (chance(g, 60)) {
        line(g, "JMP L%d\nLABEL L%d", end, otherwise);
        statements(g, 1);
        line(g, "LABEL L%d", end);
    } else {
        line(g, "LABEL L%d", otherwise);
    }
}

static void raise(Generator *g) {
    if (chance(g, 50))
        line(g, "PUSH_STR \"oops\"");
    else
        expression(g, WANT_ANY, 2);
    line(g, "THROW");
}

static void handle(Generator *g, const char *name) {
    if (chance(g, 60))
        line(g, "LOAD %s\nGET_FIELD %s\nPRINT", name, PICK(g, "message", "kind", "stack", "value"));
    if (chance(g, 30)) statements(g, 1);
    if (g->leave >= 0 && chance(g, 12)) line(g, "JMP L%d", g->leave);
    if (chance(g, 12)) line(g, "LOAD %s\nTHROW", name);
}

static void attempt(Generator *g) {
    int handler = g->labels++, end = g->labels++;
    bool block = chance(g, 50);
    if (block)
        line(g, "TRY");
    else
        line(g, "TRY L%d", handler);
    statements(g, 1 + below(g, 2));
    if (chance(g, 40)) raise(g);
    if (g->leave >= 0 && chance(g, 10)) line(g, "JMP L%d", g->leave); /* the handler stays open */
    if (g->current >= 0 && g->current < g->functions.count && chance(g, 10)) {
        if (g->functions.all[g->current].leaves) expression(g, WANT_INT, 2);
        line(g, "RET");
    }
    if (block) {
        line(g, "CATCH%s", chance(g, 80) ? " e" : "\nSTORE e");
        handle(g, "e");
        line(g, "END_TRY");
        return;
    }
    line(g, "END_TRY\nJMP L%d\nLABEL L%d\nCATCH%s", end, handler, chance(g, 80) ? " e" : "\nSTORE e");
    handle(g, "e");
    if (chance(g, 85)) line(g, "END_TRY");
    line(g, "LABEL L%d", end);
}

static void odd_statement(Generator *g) {
    switch (below(g, 9)) {
    case 0: line(g, "DELETE %s", variable(g, WANT_ANY)); return;
    case 1:
        if (g->dumps) line(g, "DUMP_SCOPE");
        return;
    case 2: line(g, "NOP"); return;
    case 3: {
        int label = g->labels++;
        line(g, "JMP L%d", label);
        statements(g, 1);
        line(g, "LABEL L%d", label);
        return;
    }
    case 4: /* operands of the frame, often none */
        if (chance(g, 15)) line(g, "%s", PICK(g, "POP", "PRINT", "ADD", "SWAP", "STORE a"));
        return;
    case 5:
        expression(g, WANT_LIST, 2);
        line(g, "%sLIST_POP\nSTORE b\nSTORE l", chance(g, 85) ? "NULL\nLIST_APPEND\n" : "");
        return;
    case 6:
        if (chance(g, 10)) line(g, "GET_ARGS\nPRINT");
        if (chance(g, 10)) line(g, "EXPORT %s", variable(g, WANT_ANY));
        return;
    case 7:
        if (chance(g, 25)) raise(g);
        return;
    default:
        expression(g, WANT_STR, 1);
        line(g, "WRITE");
        return;
    }
}

static void statement(Generator *g) {
    if (--g->budget < 0) return;
    if (g->actors && chance(g, 35)) {
        actor_statement(g);
        return;
    }
    switch (below(g, 15)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: assignment(g); return;
    case 14: data_statement(g); return;
    case 5:
    case 6:
        expression(g, (Want)below(g, WANT_ANY + 1), 3);
        line(g, "PRINT");
        return;
    case 7:
        if (g->loops == 0 && chance(g, 40))
            hot_loop(g);
        else if (g->loops < 2)
            loop(g);
        else
            assignment(g);
        return;
    case 8:
    case 9: branch(g); return;
    case 10: attempt(g); return;
    case 11:
        if (g->current < g->functions.count - 1) {
            call_statement(g);
            return;
        }
        expression(g, WANT_ANY, 2);
        line(g, "POP");
        return;
    case 12: odd_statement(g); return;
    default:
        expression(g, WANT_ANY, 2);
        line(g, "%s", PICK(g, "POP", "STORE a", "STORE b"));
        return;
    }
}

void statements(Generator *g, int count) {
    while (count-- > 0) statement(g);
}

/* ---- functions and the whole
 * ----------------------------------------------------------------------------------------- */

void initialise(Generator *g) {
    static const char *const values[][2] = {
        {"i", "PUSH_INT 1"},  {"j", "PUSH_INT 7"},     {"n", "PUSH_INT 3"},      {"x", "PUSH_FLOAT 1.5"},
        {"y", "PUSH_INT 2"},  {"s", "PUSH_STR \"s\""}, {"t", "PUSH_STR \"tt\""}, {"l", "MAKE_LIST 0"},
        {"m", "MAKE_LIST 0"}, {"o", "MAKE_OBJECT"},    {"p", "MAKE_OBJECT"},     {"a", "NULL"},
        {"b", "TRUE"},        {"e", "NULL"},           {"q", "PUSH_INT 1"},      {"r", "PUSH_INT 0"},
        {"h", "NULL"}};
    int least = chance(g, 85) ? 99 : 40, odd = chance(g, 15) ? 12 : 0;
    size_t count = sizeof values / sizeof *values;
    for (size_t i = 0; i < count; i++) {
        size_t from = chance(g, odd) ? (size_t)below(g, (int)count) : i;
        if (chance(g, least)) line(g, "%s\nSTORE %s", values[from][1], values[i][0]);
    }
}

void guarded_statements(Generator *g, int count) {
    for (; count > 0; count--) {
        int handler = g->labels++, end = g->labels++;
        line(g, "TRY L%d", handler);
        statement(g);
        line(g, "END_TRY\nJMP L%d\nLABEL L%d\nCATCH e\nLOAD e\nPRINT\nEND_TRY\nLABEL L%d", end, handler, end);
    }
}

static void import_module(Generator *g) {
    if (g->library) line(g, "IMPORT \"list\"");
    if (!g->modules) return;
    line(g, "%s", PICK(g, "IMPORT mod", "IMPORT \"mod.ttvm\"", "IMPORT mod\nIMPORT mod AS again"));
}

static void main_program(Generator *g) {
    g->current = -1;
    g->budget = 30 + below(g, 60);
    initialise(g);
    import_module(g);
    if (chance(g, 12)) hot_loop(g);
    if (chance(g, g->actors ? 85 : 55))
        guarded_statements(g, 4 + below(g, 8));
    else
        statements(g, 4 + below(g, 8));
    if (chance(g, 30)) hot_loop(g);
    if (chance(g, 50)) line(g, "LOAD i\nPRINT\nLOAD a\nPRINT");
    line(g, "%s", chance(g, 90) ? "HALT" : chance(g, 50) ? "PUSH_INT 3\nEXIT" : "RET");
}

/** Another file, whose functions main imports. */
static void module(Generator *main) {
    Generator g = {
        .out = main->out, .random = main->random, .worker = -1, .leave = -1, .values = main->values};
    line(&g, "; file: mod.ttvm");
    g.functions = main->imported;
    g.current = -1;
    g.budget = 20;
    initialise(&g);
    statements(&g, below(&g, 4));
    for (int f = 0; f < g.functions.count; f++) {
        tt_strbuf_add_format(g.out, "MAKE_FUNCTION f%d", f);
        parameter_names(&g, &g.functions.all[f]);
        line(&g, "STORE mf%d\nEXPORT mf%d", f, f);
    }
    line(&g, "EXPORT %s\n%s", variable(&g, WANT_ANY), PICK(&g, "HALT", "RET", "HALT"));
    for (int f = 0; f < g.functions.count; f++) body(&g, f);
}

static void assembly_program(Generator *g) {
    g->modules = chance(g, 8);
    g->values = chance(g, 35);
    if (g->modules) {
        declare_functions(g, false);
        g->imported = g->functions;
        g->functions = (Functions){0};
    }
    declare_functions(g, true);
    g->library = g->values && g->functions.count && chance(g, 6);
    g->actors = chance(g, 20);
    g->worker_count = g->actors ? 1 + below(g, MOST_WORKERS) : 0;
    g->dumps = chance(g, 25);
    bool main_last = chance(g, 15);
    if (main_last) line(g, "JMP main");
    if (!main_last) main_program(g);
    for (int f = 0; f < g->functions.count; f++) body(g, f);
    for (int w = 0; w < g->worker_count; w++) worker(g, w);
    if (main_last) {
        line(g, "LABEL main");
        main_program(g);
    }
    if (g->modules) module(g);
}

void tt_generate(TtStrbuf *out, uint64_t seed) {
    Generator g = {.out = out, .random = seed, .worker = -1, .leave = -1};
    (void)tt_random_next(&g.random);
    if (chance(&g, 12))
        lisp_program(&g);
    else
        assembly_program(&g);
}
