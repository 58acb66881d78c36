// SPDX-License-Identifier: MIT
#include "generate.h"

#include "base/random.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MOST_FUNCTIONS 6
#define MOST_WORKERS   3

typedef enum Want { WANT_INT, WANT_NUMBER, WANT_STR, WANT_LIST, WANT_OBJECT, WANT_ANY } Want;

typedef struct Function {
    int parameters;
    char names[3][4];
    bool recursive; /* its first parameter counts down */
    bool leaves;    /* a value, always */
    bool lambda;    /* called through a closure that captures */
} Function;

typedef struct Generator {
    TtStrbuf *out;
    uint64_t random;
    int labels, counters;
    int function_count, worker_count;
    Function functions[MOST_FUNCTIONS];
    int current; /* function whose body is written, -1: main, MOST_FUNCTIONS: a worker */
    int budget;  /* statements and operations left */
    int loops;   /* around the place */
    bool actors;
    bool dumps; /* DUMP_SCOPE may appear */
} Generator;

static int below(Generator *g, int bound) {
    return (int)tt_random_below(&g->random, (uint64_t)bound);
}

static bool chance(Generator *g, int percent) {
    return below(g, 100) < percent;
}

static void line(Generator *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void line(Generator *g, const char *format, ...) {
    char text[160];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    tt_strbuf_add_text(g->out, text);
    tt_strbuf_add_char(g->out, '\n');
}

static const char *pick(Generator *g, const char *const *words, int count) {
    return words[below(g, count)];
}
#define PICK(g, ...)                                                                                         \
    pick(g, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char *variable(Generator *g, Want want) {
    switch (want) {
    case WANT_INT: return PICK(g, "i", "j", "n");
    case WANT_NUMBER: return PICK(g, "x", "y");
    case WANT_STR: return PICK(g, "s", "t");
    case WANT_LIST: return PICK(g, "l", "m");
    case WANT_OBJECT: return PICK(g, "o", "p");
    default: return PICK(g, "i", "j", "n", "x", "y", "s", "t", "l", "m", "o", "p", "a", "b");
    }
}

static void expression(Generator *g, Want want, int depth);
static void statements(Generator *g, int count);

/* ---- expressions: leave one value, or raise
 * ------------------------------------------------------------------ */

static void constant(Generator *g, Want want) {
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

static void binary(Generator *g, Want operands, int depth, const char *op) {
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

static void arguments(Generator *g, const Function *function, int depth) {
    for (int p = 0; p < function->parameters; p++)
        if (p == 0 && function->recursive)
            line(g, "PUSH_INT %d", below(g, 5));
        else
            expression(g, chance(g, 85) ? WANT_INT : WANT_ANY, depth - 1);
}

static void parameter_names(Generator *g, const Function *function) {
    for (int p = 0; p < function->parameters; p++)
        tt_strbuf_add_char(g->out, ' '), tt_strbuf_add_text(g->out, function->names[p]);
    tt_strbuf_add_char(g->out, '\n');
}

/** A call that leaves one value. */
static void call(Generator *g, int depth) {
    int number = g->current + 1 + below(g, g->function_count - g->current - 1);
    const Function *function = &g->functions[number];
    arguments(g, function, depth);
    if (function->leaves && !function->lambda && chance(g, 65)) {
        tt_strbuf_add_format(g->out, "CALL f%d", number);
        parameter_names(g, function);
        return;
    }
    if (function->lambda) {
        if (chance(g, 80)) line(g, "PUSH_INT %d\nSTORE c\nCAPTURE c", below(g, 9));
        if (chance(g, 30)) line(g, "CAPTURE %s", variable(g, WANT_INT));
        tt_strbuf_add_format(g->out, "MAKE_LAMBDA f%d", number);
    } else {
        tt_strbuf_add_format(g->out, "MAKE_FUNCTION f%d", number);
    }
    parameter_names(g, function);
    if (chance(g, 20)) line(g, "STORE h\nLOAD h");
    if (chance(g, 50))
        line(g, "CALL_FUNCTION");
    else
        line(g, "CALL_FUNCTION %d", chance(g, 97) ? function->parameters : below(g, 3));
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

static void list_expression(Generator *g, int depth) {
    switch (below(g, 5)) {
    case 0: {
        int count = below(g, 4);
        for (int i = 0; i < count; i++) expression(g, WANT_ANY, depth - 1);
        line(g, "MAKE_LIST %d", count);
        return;
    }
    case 1:
        expression(g, WANT_LIST, depth - 1);
        expression(g, WANT_ANY, depth - 1);
        line(g, "LIST_APPEND");
        return;
    case 2: binary(g, WANT_LIST, depth, "LIST_CONCAT"); return;
    case 3:
        line(g, "PUSH_INT 1\nPUSH_INT 2\nMAKE_LIST 2\nPUSH_INT %d", below(g, 3));
        expression(g, WANT_ANY, depth - 1);
        line(g, "LIST_SET");
        return;
    default:
        expression(g, WANT_OBJECT, depth - 1);
        line(g, "KEYS");
        return;
    }
}

static void object_expression(Generator *g, int depth) {
    expression(g, WANT_OBJECT, depth - 1);
    switch (below(g, 3)) {
    case 0:
        expression(g, WANT_ANY, depth - 1);
        line(g, "SET_FIELD %s", PICK(g, "k", "v", "kind"));
        return;
    case 1: line(g, "DELETE_FIELD %s", PICK(g, "k", "v")); return;
    default:
        line(g, "PUSH_STR \"%s\"", PICK(g, "k", "w"));
        expression(g, WANT_ANY, depth - 1);
        line(g, "OBJECT_SET");
        return;
    }
}

static void int_expression(Generator *g, int depth) {
    switch (below(g, 10)) {
    case 0:
    case 1:
    case 2: binary(g, WANT_INT, depth, PICK(g, "ADD", "SUB", "MUL", "ADD", "SUB")); return;
    case 3:
        binary(g, WANT_NUMBER, depth, PICK(g, "LT", "LE", "GT", "GE", "EQ", "NE", "LT_F", "GE_F", "EQ_F"));
        return;
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
    int number = below(g, g->function_count);
    tt_strbuf_add_format(g->out, "MAKE_FUNCTION f%d", number);
    parameter_names(g, &g->functions[number]);
}

static void any_expression(Generator *g, int depth) {
    if (g->function_count && chance(g, 8)) {
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
    case 4:
        expression(g, WANT_NUMBER, depth - 1);
        line(g, "BUILTIN %s", PICK(g, "math.abs", "math.sign", "math.floor"));
        return;
    default: expression(g, (Want)below(g, WANT_ANY), depth - 1); return;
    }
}

static void expression(Generator *g, Want want, int depth) {
    if (chance(g, 1)) want = WANT_ANY;
    if (--g->budget < 0 || depth <= 0 || chance(g, 25)) {
        if (chance(g, 55))
            line(g, "LOAD %s", variable(g, want));
        else
            constant(g, want);
        return;
    }
    if ((want == WANT_INT || want == WANT_ANY) && chance(g, 12) && g->current < g->function_count - 1) {
        call(g, depth);
    } else if (chance(g, 8)) {
        conditional(g, want, depth);
    } else {
        switch (want) {
        case WANT_INT: int_expression(g, depth); break;
        case WANT_NUMBER:
            if (chance(g, 50))
                int_expression(g, depth);
            else
                binary(g, WANT_NUMBER, depth,
                       PICK(g, "ADD", "SUB", "MUL", "DIV", "ADD_F", "MUL_F", "SUB_F", "DIV_F", "MOD"));
            break;
        case WANT_STR: binary(g, chance(g, 60) ? WANT_STR : WANT_ANY, depth, "CONCAT"); break;
        case WANT_LIST: list_expression(g, depth); break;
        case WANT_OBJECT: object_expression(g, depth); break;
        default: any_expression(g, depth); break;
        }
    }
    if (chance(g, 6)) noise(g);
}

/* ---- statements: leave the stack as it was, or raise
 * -------------------------------------------------------------- */

static void assignment(Generator *g) {
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
    int turns = 1 + below(g, 4);
    g->loops++;
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
        line(g, "LOAD k%d\nPUSH_INT 1\nSUB\nDUP\nSTORE k%d\nJNZ L%d", counter, counter, label);
    }
    g->loops--;
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
    if (chance(g, 60)) line(g, "LOAD %s\nGET_FIELD %s\nPRINT", name, PICK(g, "message", "kind", "stack"));
    if (chance(g, 30)) statements(g, 1);
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

/** A call for what it does: it may leave a value, or none. */
static void call_statement(Generator *g) {
    int number = g->current + 1 + below(g, g->function_count - g->current - 1);
    const Function *function = &g->functions[number];
    if (!function->leaves && !function->lambda) {
        arguments(g, function, 2);
        tt_strbuf_add_format(g->out, "CALL f%d", number);
        parameter_names(g, function);
        return;
    }
    call(g, 2);
    line(g, "%s", PICK(g, "PRINT", "POP", "STORE b"));
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

static void actor_statement(Generator *g) {
    int worker = below(g, g->worker_count), label = g->labels++;
    switch (below(g, 10)) {
    case 0: line(g, "MAKE_FUNCTION w%d\nSPAWN\nSTORE q", worker); return;
    case 1: line(g, "PUSH_STR \"w%d\"\nSPAWN\nSTORE q", worker); return;
    case 2: line(g, "CAPTURE i\nMAKE_LAMBDA w%d\nSPAWN_LINK\nSTORE q", worker); return;
    case 3: line(g, "MAKE_FUNCTION w%d\nSPAWN_MONITOR\nPOP\nSTORE q", worker); return;
    case 4: line(g, "PUSH_INT %d\nRECEIVE_TIMEOUT L%d\nPRINT\nLABEL L%d", below(g, 20), label, label); return;
    case 5:
        line(g, "PUSH_INT 5\nRECEIVE_MATCH %s AFTER L%d\nPRINT\nLABEL L%d",
             PICK(g, "int", "string, list", "any", "down", "exit, = 3", ".type = \"DOWN\""), label, label);
        return;
    case 6:
        expression(g, WANT_ANY, 2);
        line(g, "SEND %d", 1 + below(g, 3));
        return;
    case 7: line(g, "TRAP_EXIT %s", PICK(g, "true", "false")); return;
    case 8: line(g, "YIELD"); return;
    default:
        line(g, "SELF");
        expression(g, WANT_ANY, 2);
        line(g, "SEND");
        return;
    }
}

static void statement(Generator *g) {
    if (--g->budget < 0) return;
    if (g->actors && chance(g, 20)) {
        actor_statement(g);
        return;
    }
    switch (below(g, 14)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: assignment(g); return;
    case 5:
    case 6:
        expression(g, (Want)below(g, WANT_ANY + 1), 3);
        line(g, "PRINT");
        return;
    case 7:
        if (g->loops < 2)
            loop(g);
        else
            assignment(g);
        return;
    case 8:
    case 9: branch(g); return;
    case 10: attempt(g); return;
    case 11:
        if (g->current < g->function_count - 1) {
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

static void statements(Generator *g, int count) {
    while (count-- > 0) statement(g);
}

/* ---- functions and the whole
 * ----------------------------------------------------------------------------------------- */

static void declare_functions(Generator *g) {
    static const char *const names[] = {"i", "j", "x", "a"};
    g->function_count = below(g, MOST_FUNCTIONS + 1);
    for (int f = 0; f < g->function_count; f++) {
        Function *function = &g->functions[f];
        function->recursive = chance(g, 30);
        function->lambda = !function->recursive && chance(g, 25);
        function->leaves = chance(g, 80);
        function->parameters = function->recursive ? 1 + below(g, 3) : below(g, 4);
        for (int p = 0; p < function->parameters; p++) strcpy(function->names[p], names[p]);
        if (function->recursive) strcpy(function->names[0], "n");
    }
    g->actors = chance(g, 20);
    g->worker_count = g->actors ? 1 + below(g, MOST_WORKERS) : 0;
}

static void initialise(Generator *g) {
    static const char *const values[][2] = {{"i", "PUSH_INT 1"},
                                            {"j", "PUSH_INT 7"},
                                            {"n", "PUSH_INT 3"},
                                            {"x", "PUSH_FLOAT 1.5"},
                                            {"y", "PUSH_INT 2"},
                                            {"s", "PUSH_STR \"s\""},
                                            {"t", "PUSH_STR \"tt\""},
                                            {"l", "MAKE_LIST 0"},
                                            {"m", "MAKE_LIST 0"},
                                            {"o", "MAKE_OBJECT"},
                                            {"p", "MAKE_OBJECT"},
                                            {"a", "NULL"},
                                            {"b", "TRUE"},
                                            {"e", "NULL"}};
    int least = chance(g, 70) ? 97 : 40, odd = chance(g, 15) ? 12 : 0;
    size_t count = sizeof values / sizeof *values;
    for (size_t i = 0; i < count; i++) {
        size_t from = chance(g, odd) ? (size_t)below(g, (int)count) : i;
        if (chance(g, least)) line(g, "%s\nSTORE %s", values[from][1], values[i][0]);
    }
}

/** Each in a handler of its own, so that an error does not end the program. */
static void guarded_statements(Generator *g, int count) {
    for (; count > 0; count--) {
        int handler = g->labels++, end = g->labels++;
        line(g, "TRY L%d", handler);
        statement(g);
        line(g, "END_TRY\nJMP L%d\nLABEL L%d\nCATCH e\nLOAD e\nPRINT\nEND_TRY\nLABEL L%d", end, handler, end);
    }
}

static void recursion(Generator *g, int number) {
    const Function *function = &g->functions[number];
    int end = g->labels++;
    line(g, "LOAD n\nPUSH_INT 0\nLE\nJNZ L%d", end);
    if (chance(g, 50)) statements(g, 1);
    line(g, "LOAD n\nPUSH_INT 1\nSUB");
    for (int p = 1; p < function->parameters; p++)
        if (chance(g, 60))
            line(g, "LOAD %s\nLOAD n\nADD", function->names[p]);
        else
            expression(g, WANT_INT, 2);
    tt_strbuf_add_format(g->out, "%s f%d", chance(g, 20) ? "TAIL_CALL" : "CALL", number);
    parameter_names(g, function);
    if (function->leaves && chance(g, 30)) line(g, "PUSH_INT 1\nADD");
    line(g, "RET\nLABEL L%d", end);
    if (function->leaves) line(g, "LOAD %s", function->names[function->parameters - 1]);
}

static void body(Generator *g, int number) {
    const Function *function = &g->functions[number];
    g->current = number;
    g->budget = 20 + below(g, 30);
    line(g, "LABEL f%d", number);
    if (!function->leaves && !function->recursive && chance(g, 30)) {
        /* Nothing but its address; or little that leaves nothing, and its caller's operands. */
        if (chance(g, 40)) line(g, "NOP");
        if (number + 1 < g->function_count && !g->functions[number + 1].parameters && chance(g, 60)) {
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
        if (function->lambda && chance(g, 70)) line(g, "LOAD c\nPRINT");
        if (function->leaves) expression(g, chance(g, 92) ? WANT_INT : WANT_ANY, 3);
        if (function->leaves && chance(g, 8)) line(g, "PUSH_INT 9\nSWAP");
    }
    if (chance(g, 6) && g->current < g->function_count - 1 && !g->functions[g->current + 1].parameters)
        line(g, "TAIL_CALL f%d", number + 1);
    line(g, "%s", chance(g, 97) ? "RET" : "HALT");
}

static void worker(Generator *g, int number) {
    g->current = chance(g, 50) ? -1 : MOST_FUNCTIONS;
    g->budget = 12 + below(g, 20);
    line(g, "LABEL w%d", number);
    if (chance(g, 40)) initialise(g);
    statements(g, 1 + below(g, 3));
    line(g, "PUSH_INT 1");
    expression(g, WANT_ANY, 2);
    line(g, "SEND");
    if (chance(g, 20)) {
        expression(g, WANT_ANY, 2);
        line(g, "EXIT_ACTOR");
    }
    line(g, "%s", PICK(g, "RET", "HALT"));
}

static void main_program(Generator *g) {
    g->current = -1;
    g->budget = 30 + below(g, 60);
    initialise(g);
    if (chance(g, 35))
        guarded_statements(g, 4 + below(g, 8));
    else
        statements(g, 4 + below(g, 8));
    if (chance(g, 50)) line(g, "LOAD i\nPRINT\nLOAD a\nPRINT");
    line(g, "%s", chance(g, 90) ? "HALT" : chance(g, 50) ? "PUSH_INT 3\nEXIT" : "RET");
}

void tt_generate(TtStrbuf *out, uint64_t seed) {
    Generator g = {.out = out, .random = seed};
    (void)tt_random_next(&g.random);
    declare_functions(&g);
    g.dumps = chance(&g, 25);
    bool main_last = chance(&g, 15);
    if (main_last) line(&g, "JMP main");
    if (!main_last) main_program(&g);
    for (int f = 0; f < g.function_count; f++) body(&g, f);
    for (int w = 0; w < g.worker_count; w++) worker(&g, w);
    if (main_last) {
        line(&g, "LABEL main");
        main_program(&g);
    }
}
