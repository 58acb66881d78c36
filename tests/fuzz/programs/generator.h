// SPDX-License-Identifier: MIT
/** What the files that write random programs share. Private to this folder. */
#ifndef TT_FUZZ_GENERATOR_H
#define TT_FUZZ_GENERATOR_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

#define MOST_FUNCTIONS 6
#define MOST_WORKERS   3

typedef enum Want { WANT_INT, WANT_NUMBER, WANT_STR, WANT_LIST, WANT_OBJECT, WANT_ANY } Want;

typedef struct Function {
    int parameters;
    char names[3][4];
    bool recursive; /* its first parameter counts down */
    bool leaves;    /* a value, always */
    bool lambda;    /* called through a closure that captures */
    bool applies;   /* its first parameter is a function, which it calls with one argument */
    bool partner;   /* recursive, and calls the next function instead of itself, which calls it */
    int makes;      /* it leaves a closure of this later function, 0: of none */
} Function;

typedef struct Functions {
    int count;
    Function all[MOST_FUNCTIONS];
} Functions;

typedef struct Generator {
    TtStrbuf *out;
    uint64_t random;
    int labels, counters;
    Functions functions;
    Functions imported; /* of the module, by the names `mf0` … */
    int worker_count;
    int worker;  /* whose body is written, -1: none */
    int current; /* function whose body is written, -1: main, MOST_FUNCTIONS: one that calls none */
    int budget;  /* statements and operations left */
    int loops;   /* around the place */
    int leave;   /* label behind the innermost loop, -1: none */
    bool actors;
    bool dumps;   /* DUMP_SCOPE may appear */
    bool modules; /* there is a mod.ttvm */
    bool library; /* list.map and the like are imported */
    bool values;  /* functions are called by who does not know them: their recursion looks at its number */
} Generator;

int below(Generator *g, int bound);
bool chance(Generator *g, int percent);
void line(Generator *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *pick(Generator *g, const char *const *words, int count);
#define PICK(g, ...)                                                                                         \
    pick(g, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/** A variable that mostly holds such a value. */
const char *variable(Generator *g, Want want);
/** Leaves one value, or raises. */
void expression(Generator *g, Want want, int depth);
void constant(Generator *g, Want want);
void binary(Generator *g, Want operands, int depth, const char *op);
/** Leave the stack as it was, or raise. */
void statements(Generator *g, int count);
/** Each in a handler of its own, so that an error does not end the program. */
void guarded_statements(Generator *g, int count);
void assignment(Generator *g);
void initialise(Generator *g);

/* ---- generate_functions.c ---- */
/** Chooses the kinds of this file's functions. `main`: of the program, not of a module. */
void declare_functions(Generator *g, bool main);
void body(Generator *g, int number);
/** The rest of a line that names a function. */
void parameter_names(Generator *g, const Function *function);
/** A call that leaves one value, where there is a later function. */
void call(Generator *g, int depth);
/** A call for what it does. */
void call_statement(Generator *g);

/* ---- generate_data.c ---- */
void string_expression(Generator *g, int depth);
void list_expression(Generator *g, int depth);
void object_expression(Generator *g, int depth);
/** A built-in function with such a result. */
void builtin_expression(Generator *g, Want want, int depth);
/** Updates of values that other variables hold, too; updates inside of others. */
void data_statement(Generator *g);

/* ---- generate_loops.c ---- */
/** A loop that turns often. */
void hot_loop(Generator *g);

/* ---- generate_actors.c ---- */
void actor_statement(Generator *g);
void worker(Generator *g, int number);

/* ---- generate_lisp.c ---- */
void lisp_program(Generator *g);

#endif
