// SPDX-License-Identifier: MIT
/** Random Lisp. Variables keep their types, functions call later ones, loops count; some of it raises. */
#include "generator.h"

#include <stdio.h>
#include <string.h>

#define MOST_VARIABLES 24

typedef struct Variable {
    char name[8];
    Want type;
    int level; /* functions around its definition: only there it may be set */
} Variable;

typedef struct Lisp {
    Generator *g;
    Variable variables[MOST_VARIABLES];
    int count;
    int level;
    int names;              /* made so far */
    int functions, current; /* (fN a b) of two Ints; the one whose body is written, -1: none */
    int loops;
} Lisp;

static void form(Lisp *l, Want type, int depth);

static void text(Lisp *l, const char *words) {
    tt_strbuf_add_text(l->g->out, words);
}

static void number(Lisp *l, int value) {
    char digits[16];
    snprintf(digits, sizeof digits, "%d", value);
    text(l, digits);
}

/** Writes a template: %I %N %S %L %O %A are forms of such a type, %d a small number, %v the name. */
static void write_form(Lisp *l, const char *pattern, const char *name, int depth) {
    static const char types[] = "INSLOA";
    for (const char *at = pattern; *at; at++) {
        if (*at != '%') {
            tt_strbuf_add_char(l->g->out, *at);
            continue;
        }
        const char *type = strchr(types, *++at);
        if (*at == 'v')
            text(l, name);
        else if (*at == 'd')
            number(l, below(l->g, 9) - 2);
        else
            form(l, (Want)(type - types), depth - 1);
    }
}
#define WRITE(l, depth, ...) write_form(l, PICK((l)->g, __VA_ARGS__), "", depth)

static const char *new_name(Lisp *l, char *name) {
    snprintf(name, 8, "v%d", l->names++ % 10000);
    return name;
}

static void bind(Lisp *l, const char *name, Want type) {
    if (l->count == MOST_VARIABLES) return;
    Variable *variable = &l->variables[l->count++];
    snprintf(variable->name, sizeof variable->name, "%s", name);
    variable->type = type;
    variable->level = l->level;
}

static const Variable *find(Lisp *l, Want type, bool here) {
    if (!l->count) return NULL;
    for (int tries = 0; tries < 4; tries++) {
        const Variable *variable = &l->variables[below(l->g, l->count)];
        if ((type == WANT_ANY || variable->type == type) && (!here || variable->level == l->level))
            return variable;
    }
    return NULL;
}

static void atom(Lisp *l, Want type) {
    const Variable *variable = chance(l->g, 60) ? find(l, type, false) : NULL;
    if (variable) {
        text(l, variable->name);
        return;
    }
    switch (type == WANT_ANY ? below(l->g, 6) : (int)type) {
    case WANT_INT: number(l, below(l->g, 12) - 3); return;
    case WANT_NUMBER: text(l, PICK(l->g, "0.5", "-1.25", "3", "1e300", "0")); return;
    case WANT_STR: text(l, PICK(l->g, "\"\"", "\"a\"", "\"zü\"", "'name")); return;
    case WANT_LIST: text(l, PICK(l->g, "'()", "'(1 2 3)", "'(a (b 2) \"c\")", "(list)")); return;
    case WANT_OBJECT: text(l, PICK(l->g, "{}", "{k 1}", "{k \"v\" v (list 1)}")); return;
    default: text(l, PICK(l->g, "#t", "#f", "null", "(self)")); return;
    }
}

/* ---- forms of every type
 * ------------------------------------------------------------------------------------ */

/** A body in which a variable is known. */
static void with_variable(Lisp *l, const char *before, Want bound, const char *after, Want type, int depth) {
    char name[8];
    int count = l->count;
    new_name(l, name);
    write_form(l, before, name, depth);
    bind(l, name, bound);
    form(l, type, depth - 1);
    write_form(l, after, name, depth);
    l->count = count;
}

static void function_form(Lisp *l, Want type, int depth) {
    l->level++;
    with_variable(l, "((lambda (%v) ", WANT_INT, "", type, depth);
    l->level--;
    write_form(l, ") %I)", "", depth);
}

static void loop_form(Lisp *l, Want type, int depth) {
    char counter[8], value[8];
    int count = l->count;
    if (l->loops > 1) {
        atom(l, type);
        return;
    }
    l->loops++;
    new_name(l, counter);
    new_name(l, value);
    if (chance(l->g, 50)) {
        write_form(l, "(let again ((%v 0) (", counter, depth);
        write_form(l, "%v ", value, depth);
        form(l, type, depth - 1);
        write_form(l, ")) (if (>= %v ", counter, depth);
        number(l, below(l->g, 4));
        write_form(l, ") %v (again (+ ", value, depth);
        write_form(l, "%v 1) ", counter, depth);
        bind(l, counter, WANT_INT);
        bind(l, value, type);
        form(l, type, depth - 1);
        text(l, ")))");
    } else {
        write_form(l, "(do ((%v 0 (+ ", counter, depth);
        write_form(l, "%v 1))) ((= ", counter, depth);
        write_form(l, "%v ", counter, depth);
        number(l, below(l->g, 4));
        text(l, ") ");
        form(l, type, depth - 1);
        text(l, ") ");
        bind(l, counter, WANT_INT);
        write_form(l, "(print %A))", "", depth - 1);
    }
    l->loops--;
    l->count = count;
}

static void match_form(Lisp *l, Want type, int depth) {
    static const struct {
        const char *pattern;
        Want bound;
    } clauses[] = {{"((? int %v) ", WANT_INT},           {"((list %v _) ", WANT_ANY},
                   {"((list _ . %v) ", WANT_LIST},       {"({k %v} ", WANT_ANY},
                   {"((? string %v) ", WANT_STR},        {"((%v when (= %v 2)) ", WANT_ANY},
                   {"((list (? int %v) . _) ", WANT_INT}};
    write_form(l, "(match %A ", "", depth);
    for (int i = 1 + below(l->g, 3); i > 0; i--) {
        size_t which = (size_t)below(l->g, (int)(sizeof clauses / sizeof *clauses));
        with_variable(l, clauses[which].pattern, clauses[which].bound, ") ", type, depth);
    }
    if (chance(l->g, 90)) {
        text(l, "(_ ");
        form(l, type, depth - 1);
        text(l, ")");
    }
    text(l, ")");
}

static void try_form(Lisp *l, Want type, int depth) {
    write_form(l, chance(l->g, 40) ? "(try (begin (when %I (throw %A)) " : "(try (begin ", "", depth);
    form(l, type, depth - 1);
    with_variable(l, ") (catch %v (print (error-kind %v) (error-message %v)) ", WANT_ANY, ")", type, depth);
    if (chance(l->g, 35)) write_form(l, " (finally (print %A))", "", depth - 1);
    text(l, ")");
}

static void choice_form(Lisp *l, Want type, int depth) {
    switch (below(l->g, 4)) {
    case 0:
        write_form(l, "(cond (%I ", "", depth);
        form(l, type, depth - 1);
        write_form(l, ") ((< %I %d) ", "", depth);
        form(l, type, depth - 1);
        text(l, ") (else ");
        form(l, type, depth - 1);
        text(l, "))");
        return;
    case 1:
        write_form(l, "(case %I ((0 1) ", "", depth);
        form(l, type, depth - 1);
        text(l, ") (else ");
        form(l, type, depth - 1);
        text(l, "))");
        return;
    default:
        WRITE(l, depth, "(if %I ", "(if (not %A) ", "(if (and %A %I) ", "(if (or %I (> %N %N)) ",
              "(if (= %A %A) ");
        form(l, type, depth - 1);
        text(l, " ");
        form(l, type, depth - 1);
        text(l, ")");
        return;
    }
}

static void any_form(Lisp *l, int depth) {
    switch (below(l->g, 8)) {
    case 0:
        WRITE(l, depth, "(nth %L %d)", "(get %O 'k)", "(nth %L 0)",
              "(error-value (try (throw %A) (catch e e)))");
        return;
    case 1: WRITE(l, depth, "(when %A %A)", "(unless %A %A)", "(and %A %A)", "(or %A %A)"); return;
    case 2: WRITE(l, depth, "(= %A %A)", "(!= %A %A)", "(not %A)", "(type_of %A)"); return;
    case 3: WRITE(l, depth, "(from_json (to_json %A))", "(first %L)", "(if %A %A)", "(twice %A)"); return;
    default: form(l, (Want)below(l->g, WANT_ANY), depth); return;
    }
}

static void call_form(Lisp *l, int depth) {
    int callee = l->current + 1 + below(l->g, l->functions - l->current - 1);
    text(l, "(f");
    number(l, callee);
    write_form(l, " %I %d)", "", depth);
}

static void typed_form(Lisp *l, Want type, int depth) {
    switch (type) {
    case WANT_INT:
        if (l->current < l->functions - 1 && chance(l->g, 20))
            call_form(l, depth);
        else
            WRITE(l, depth, "(+ %I %I)", "(- %I %d)", "(* %I %I)", "(+ %I %I %I)", "(- %I)", "(/ %I %d)",
                  "(mod %I 3)", "(length %L)", "(len %S)", "(bit-and %I %I)", "((adder %I) %I)",
                  "(reduce %L (lambda (a b) (+ a b)) 0)", "(abs %I)", "(index_of %S \"a\")", "(min %I %I)",
                  "(+ %I 1)", "(sum (list %I %I))");
        return;
    case WANT_NUMBER:
        WRITE(l, depth, "(+ %N %N)", "(* %N %N)", "(/ %N %N)", "(max %N %N)", "(floor %N)", "%I");
        return;
    case WANT_STR:
        WRITE(l, depth, "(str %A %A)", "(upper %S)", "(str %S %I)", "(join (list %S %A) \"-\")",
              "(reverse_string %S)", "(to_string %A)", "(slice %S 0 2)", "(replace %S \"a\" \"b\")");
        return;
    case WANT_LIST:
        WRITE(l, depth, "(list %A %A)", "(append %L %A)", "(take (concat %L %L) 9)", "(reverse %L)",
              "(map %L (lambda (x) (list x %I)))", "(filter %L (lambda (x) (= x 2)))", "`(1 ,%A ,@%L)",
              "(range 0 %d)", "(list-append %L %A)", "(keys %O)", "(rest %L)", "(sort (list %I %I %I))",
              "(list-set (list 1 2) 1 %A)", "(map (range 0 3) (adder %I))");
        return;
    case WANT_OBJECT:
        WRITE(l, depth, "(put %O 'k %A)", "(put %O %S %A)", "{k %A v %I}", "(merge %O %O)",
              "(put %O 'k (put %O 'v %A))");
        return;
    default: any_form(l, depth); return;
    }
}

static void form(Lisp *l, Want type, int depth) {
    if (chance(l->g, 2)) type = WANT_ANY;
    if (--l->g->budget < 0 || depth <= 0 || chance(l->g, 20)) {
        atom(l, type);
        return;
    }
    switch (below(l->g, 16)) {
    case 0: choice_form(l, type, depth); return;
    case 1:
        with_variable(l, PICK(l->g, "(let ((%v %I)) ", "(let* ((%v %I)) (set! %v (+ %v 1)) "), WANT_INT, ")",
                      type, depth);
        return;
    case 2: with_variable(l, "(let ((%v %A)) ", WANT_ANY, ")", type, depth); return;
    case 3: loop_form(l, type, depth); return;
    case 4: match_form(l, type, depth); return;
    case 5: try_form(l, type, depth); return;
    case 6: function_form(l, type, depth); return;
    case 7:
        write_form(l, "(begin (print %A) ", "", depth);
        form(l, type, depth - 1);
        text(l, ")");
        return;
    default: typed_form(l, type, depth); return;
    }
}

/* ---- the whole
 * ---------------------------------------------------------------------------------------------- */

static void set_form(Lisp *l) {
    const Variable *variable = find(l, WANT_ANY, true);
    if (!variable) return;
    char name[8];
    snprintf(name, sizeof name, "%s", variable->name);
    Want type = variable->type;
    write_form(l, "(set! %v ", name, 3);
    form(l, type, 3);
    text(l, ")\n");
}

static void actors(Lisp *l) {
    switch (below(l->g, 5)) {
    case 0:
        write_form(l,
                   "(define pid (spawn (lambda () (receive ((list from x) (send from (list 'got x))) (after "
                   "%d %A)))))\n",
                   "", 2);
        break;
    case 1: write_form(l, "(define pid (spawn-link (lambda () (print %A) (throw %A))))\n", "", 2); break;
    case 2:
        write_form(l,
                   "(define pid (spawn (lambda () (trap-exit #t) (! 1 %A) (receive (m (print m)) (after 9 "
                   "(print %A))))))\n",
                   "", 2);
        break;
    case 3:
        write_form(l,
                   "(define pid (spawn (lambda () (register 'there) (receive ((n when (> n 1)) (send 1 n)) "
                   "(after 4 0)))))\n",
                   "", 2);
        break;
    default:
        write_form(l, "(define pid (first (spawn-monitor (lambda () %A))))\n(trap-exit #t)\n", "", 2);
        break;
    }
    WRITE(l, 2, "(send pid (list (self) %A))\n", "(! pid %I)\n",
          "(try (send 'there %I) (catch e (print (error-kind e))))\n");
    WRITE(l, 2, "(print (receive ((list 'got x) x) ({type t} t) (after 10 'late)))\n",
          "(print (receive ((? int n) n) (after 6 %A)))\n", "(print (receive (m m) (after %I 0)))\n");
}

static void statement(Lisp *l) {
    switch (below(l->g, 5)) {
    case 0: set_form(l); return;
    case 1: {
        char name[8];
        Want type = (Want)below(l->g, WANT_ANY + 1);
        new_name(l, name);
        write_form(l, "(define %v ", name, 3);
        form(l, type, 3);
        text(l, ")\n");
        bind(l, name, type);
        return;
    }
    case 2: write_form(l, "(try (print %A) (catch e (print (error-message e))))\n", "", 4); return;
    default: write_form(l, "(print %A)\n", "", 4); return;
    }
}

static void define_function(Lisp *l, int f) {
    int count = l->count;
    l->current = f;
    l->level = 1;
    l->g->budget = 25;
    text(l, "(define (f");
    number(l, f);
    text(l, " a b)\n  ");
    bind(l, "a", WANT_INT);
    bind(l, "b", WANT_INT);
    switch (below(l->g, 4)) {
    case 0: { /* counts b down, by a tail call or not */
        text(l, "(if (or (<= b 0) (> b 9)) ");
        form(l, WANT_INT, 2);
        bool tail = chance(l->g, 50);
        text(l, tail ? " (f" : " (+ 1 (f");
        number(l, f);
        text(l, " ");
        form(l, WANT_INT, 2);
        text(l, tail ? " (- b 1)))" : " (- b 1))))");
        break;
    }
    case 1:
        write_form(l, "(define (inner x) (+ x b %d))\n  (set! a (inner a))\n  ", "", 2);
        form(l, WANT_INT, 3);
        break;
    default: form(l, WANT_INT, 4); break;
    }
    text(l, ")\n");
    l->count = count;
    l->level = 0;
    l->current = -1;
}

void lisp_program(Generator *g) {
    Lisp l = {.g = g, .current = -1, .functions = below(g, 4)};
    text(&l, "; file: fuzz.lisp\n(define-macro (twice x) `(list ,x ,x))\n(define (adder n) (lambda (m) (+ n "
             "m)))\n");
    for (int f = 0; f < l.functions; f++) define_function(&l, f);
    g->budget = 40 + below(g, 60);
    for (int i = 4 + below(g, 6); i > 0; i--) statement(&l);
    if (chance(g, 25)) actors(&l);
}
