// SPDX-License-Identifier: MIT
/** Strings, lists, objects, built-in functions. */
#include "generator.h"

#include <string.h>

/** What an argument is, by its name in builtins.def: positions and widths are kept small. */
typedef enum Argument {
    ARG_INT,
    ARG_NUMBER,
    ARG_STR,
    ARG_LIST,
    ARG_OBJECT,
    ARG_ANY,
    ARG_SMALL,
    ARG_PAIRS,
    ARG_TEXT,
    ARG_KIND,
    ARG_TYPE,
    ARG_URL
} Argument;

typedef struct Builtin {
    const char *name, *signature; /* "repeat(str, n) -> Str" */
    uint32_t arity;
} Builtin;

static const Builtin builtins[] = {
#define TT_BUILTIN(id, text, arity, signature, doc) {text, signature, arity},
#include "bytecode/builtins.def"
#undef TT_BUILTIN
};
#define BUILTINS (int)(sizeof builtins / sizeof *builtins)

static bool is_one_of(const char *name, size_t length, const char *words) {
    char padded[24] = " ";
    if (length > sizeof padded - 3) return false;
    memcpy(padded + 1, name, length);
    strcpy(padded + 1 + length, " ");
    return strstr(words, padded) != NULL;
}

static bool is_of(const Builtin *builtin, const char *family) {
    return strncmp(builtin->name, family, strlen(family)) == 0;
}

static Argument argument_kind(const Builtin *builtin, const char *name, size_t length) {
    if (is_one_of(name, length, " text ")) return ARG_TEXT;
    if (is_one_of(name, length, " str prefix suffix part sep old new fill template message name key "))
        return ARG_STR;
    if (is_one_of(name, length, " n i from to width ")) return ARG_SMALL;
    if (is_one_of(name, length, " list ") && strstr(builtin->name, "from_entries")) return ARG_PAIRS;
    if (is_one_of(name, length, " list keys ")) return ARG_LIST;
    if (is_one_of(name, length, " obj parts ")) return ARG_OBJECT;
    if (is_one_of(name, length, " kind ")) return ARG_KIND;
    if (is_one_of(name, length, " type ")) return ARG_TYPE;
    if (is_one_of(name, length, " url ")) return ARG_URL;
    if (is_one_of(name, length, " a b ") && is_of(builtin, "list.")) return ARG_LIST;
    if (is_one_of(name, length, " a b ") && is_of(builtin, "object.")) return ARG_OBJECT;
    return is_of(builtin, "math.") ? ARG_NUMBER : ARG_ANY;
}

static void builtin_argument(Generator *g, Argument kind, int depth) {
    switch (kind) {
    case ARG_SMALL: line(g, "PUSH_INT %d", below(g, 8) - 2); return;
    case ARG_PAIRS:
        line(g, "PUSH_STR \"k\"");
        expression(g, WANT_ANY, depth - 1);
        line(g, "MAKE_LIST 2\nMAKE_LIST 1");
        return;
    case ARG_TEXT:
        if (chance(g, 50)) {
            expression(g, WANT_ANY, depth - 1);
            line(g, "JSON_STRINGIFY");
        } else {
            line(g, "PUSH_STR \"%s\"",
                 PICK(g, "[1, 2.5, null]", "{\\\"k\\\": [true]}", "a,b\\n1,\\\"x y\\\"\\n", "{", "-12",
                      "\\\"z\\\""));
        }
        return;
    case ARG_KIND:
        line(g, "PUSH_STR \"%s\"", PICK(g, "TypeMismatch", "BadArgument", "Timeout", "nothing"));
        return;
    case ARG_TYPE: line(g, "PUSH_STR \"%s\"", PICK(g, "Int", "Str", "List", "Object", "Float")); return;
    case ARG_URL:
        line(g, "PUSH_STR \"%s\"",
             PICK(g, "http://a.b/c?d=e#f", "https://user:pw@EXAMPLE.org:8080/%7Ex/../y", "ftp:/x", "no url"));
        return;
    default: expression(g, (Want)kind, depth - 1); return;
    }
}

static Want builtin_result(const Builtin *builtin) {
    const char *arrow = strstr(builtin->signature, "-> ");
    const char *type = arrow ? arrow + 3 : "v";
    if (strcmp(type, "Int") == 0 || strcmp(type, "Bool") == 0) return WANT_INT;
    if (strcmp(type, "Float") == 0 || strcmp(type, "number") == 0) return WANT_NUMBER;
    if (strcmp(type, "Str") == 0) return WANT_STR;
    if (strcmp(type, "List") == 0) return WANT_LIST;
    return strcmp(type, "Object") == 0 ? WANT_OBJECT : WANT_ANY;
}

/** Texts and lists that a loop makes longer and longer are cut. */
static void bounded(Generator *g, Want result) {
    if (result == WANT_STR) line(g, "PUSH_INT 0\nPUSH_INT 40\nBUILTIN string.slice");
    if (result == WANT_LIST) line(g, "PUSH_INT 12\nBUILTIN list.take");
}

void builtin_expression(Generator *g, Want want, int depth) {
    const Builtin *builtin;
    do builtin = &builtins[below(g, BUILTINS)];
    while (want != WANT_ANY && builtin_result(builtin) != want);
    if (strstr(builtin->name, "math.random")) {
        /* Random numbers are a function of the seed, of which some ways have none. */
        if (builtin->arity)
            line(g, "PUSH_INT %d\nDUP\nBUILTIN math.random_int", below(g, 9));
        else
            line(g, "BUILTIN math.random\nPUSH_INT 1\nLT");
        return;
    }
    const char *at = strchr(builtin->signature, '(') + 1;
    for (uint32_t i = 0; i < builtin->arity; i++) {
        size_t length = strcspn(at, ",)");
        builtin_argument(g, argument_kind(builtin, at, length), depth);
        at += length;
        at += strspn(at, ", ");
    }
    line(g, "BUILTIN %s", builtin->name);
    bounded(g, builtin_result(builtin));
}

/* ---- instructions
 * ------------------------------------------------------------------------------------------ */

void string_expression(Generator *g, int depth) {
    switch (below(g, 8)) {
    case 0:
    case 1:
    case 2: binary(g, WANT_STR, depth, "CONCAT"); return;
    case 3: binary(g, WANT_ANY, depth, "CONCAT"); return;
    case 4:
        expression(g, WANT_STR, depth - 1);
        line(g, "PUSH_INT %d\nINDEX", below(g, 2));
        return;
    case 5:
        if (chance(g, 50)) {
            line(g, "PUSH_INT %d\nPUSH_STR \"%s\"\nFORMAT_TIME", below(g, 2000000000),
                 PICK(g, "%Y-%m-%d", "%H:%M:%S %j", "%"));
            return;
        }
        expression(g, WANT_ANY, depth - 1);
        line(g, "JSON_STRINGIFY");
        bounded(g, WANT_STR);
        return;
    case 6: line(g, "PUSH_STR \"a,b\"\nCSV_PARSE\nDUP\nPOP\nCSV_WRITE"); return;
    default: builtin_expression(g, WANT_STR, depth); return;
    }
}

void list_expression(Generator *g, int depth) {
    switch (below(g, 10)) {
    case 0:
    case 1: {
        int count = below(g, 4);
        for (int i = 0; i < count; i++) expression(g, WANT_ANY, depth - 1);
        line(g, "MAKE_LIST %d", count);
        return;
    }
    case 2:
    case 3:
        expression(g, WANT_LIST, depth - 1);
        expression(g, WANT_ANY, depth - 1);
        line(g, "LIST_APPEND");
        return;
    case 4: binary(g, WANT_LIST, depth, "LIST_CONCAT"); return;
    case 5:
        line(g, "PUSH_INT 1\nPUSH_INT 2\nMAKE_LIST 2\nPUSH_INT %d", below(g, 3));
        expression(g, WANT_ANY, depth - 1);
        line(g, "LIST_SET");
        return;
    case 6:
        expression(g, WANT_OBJECT, depth - 1);
        line(g, "KEYS");
        return;
    case 7:
        expression(g, WANT_LIST, depth - 1);
        if (chance(g, 70)) line(g, "PUSH_INT 5\nLIST_APPEND");
        line(g, "PUSH_INT %d\nPUSH_INT %d\nLIST_SLICE", below(g, 2), 1 + below(g, 2));
        return;
    case 8:
        line(g, "PUSH_STR \"%s\"\n%s", PICK(g, "[1,[2]]", "[]", "[1,", "[{\\\"k\\\":1.5}]"),
             chance(g, 80) ? "JSON_PARSE" : "CSV_PARSE");
        return;
    default: builtin_expression(g, WANT_LIST, depth); return;
    }
}

void object_expression(Generator *g, int depth) {
    if (chance(g, 12)) {
        builtin_expression(g, WANT_OBJECT, depth);
        return;
    }
    expression(g, WANT_OBJECT, depth - 1);
    switch (below(g, 4)) {
    case 0:
        expression(g, WANT_ANY, depth - 1);
        line(g, "SET_FIELD %s", PICK(g, "k", "v", "kind"));
        return;
    case 1: line(g, "DELETE_FIELD %s", PICK(g, "k", "v")); return;
    case 2: line(g, "PUSH_STR \"%s\"\nDELETE_FIELD", PICK(g, "k", "w")); return;
    default:
        line(g, "PUSH_STR \"%s\"", PICK(g, "k", "w"));
        expression(g, WANT_ANY, depth - 1);
        line(g, "OBJECT_SET");
        return;
    }
}

/* ---- updates that must not show elsewhere
 * ------------------------------------------------------------------ */

/** What is put into a value: often just a variable, that value itself among them. */
static void put_in(Generator *g) {
    if (chance(g, 40))
        line(g, "LOAD %s", PICK(g, "l", "m", "o", "p"));
    else
        expression(g, WANT_ANY, 2);
}

static void update_alias(Generator *g) {
    bool list = chance(g, 50), by_variable = chance(g, 50);
    const char *from = list ? "l" : "o", *to = list ? "m" : "p";
    if (by_variable) line(g, "PUSH_INT 0\nSTORE z");
    line(g, "LOAD %s", from);
    if (list && chance(g, 70)) line(g, "PUSH_INT 4\nLIST_APPEND");
    line(g, "STORE %s", to);
    if (chance(g, 40)) line(g, "LOAD %s\nSTORE %s", to, from);
    line(g, "LOAD %s", from);
    if (list) {
        switch (below(g, 3)) {
        case 0:
            line(g, by_variable ? "LOAD z" : "PUSH_INT 0");
            put_in(g);
            line(g, "LIST_SET");
            break;
        case 1: line(g, "LIST_POP\nPOP"); break;
        default:
            put_in(g);
            line(g, "LIST_APPEND");
            break;
        }
    } else {
        put_in(g);
        line(g, "SET_FIELD %s", PICK(g, "k", "v"));
    }
    line(g, "STORE %s\nLOAD %s\nPRINT", from, to);
}

/** Updates in place, of a list that at first only one variable holds. */
static void update_own(Generator *g) {
    line(g, "PUSH_INT 1\nPUSH_INT 2\nMAKE_LIST 2\nSTORE l\nPUSH_INT %d\nSTORE z", below(g, 2));
    for (int i = below(g, 3); i >= 0; i--) {
        line(g, "LOAD l");
        bool sets = chance(g, 70);
        if (sets) line(g, chance(g, 70) ? "LOAD z" : "PUSH_INT 1");
        put_in(g);
        line(g, sets ? "LIST_SET\nSTORE l" : "LIST_APPEND\nSTORE l");
    }
    line(g, "LOAD l\nPRINT");
}

/** A list in a field, an object in a list. */
static void update_inside(Generator *g) {
    const char *field = PICK(g, "k", "v");
    switch (below(g, 3)) {
    case 0:
        line(g, "LOAD o\nMAKE_LIST 0\nSET_FIELD %s\nSTORE o", field);
        line(g, "LOAD o\nLOAD o\nGET_FIELD %s", field);
        expression(g, WANT_ANY, 2);
        line(g, "LIST_APPEND\nSET_FIELD %s\nSTORE %s", field, PICK(g, "o", "p"));
        return;
    case 1:
        line(g, "LOAD p");
        expression(g, WANT_ANY, 2);
        line(g, "SET_FIELD %s\nDUP\nMAKE_LIST 2\nDUP\nSTORE l\nPUSH_INT 0\nINDEX", field);
        expression(g, WANT_ANY, 2);
        line(g, "SET_FIELD %s\nSTORE p\nLOAD l\nPRINT", PICK(g, "k", "v"));
        return;
    default:
        line(g, "LOAD o\nPUSH_STR \"%s\"\nOVER\nGET_FIELD k\nPUSH_INT 1\nMAKE_LIST 2\nOBJECT_SET", field);
        line(g, "DUP\nPUSH_STR \"%s\"\nOBJECT_GET\nPRINT\nDUP\nPUSH_STR \"%s\"\nHAS_FIELD\nPRINT\nSTORE o",
             field, field);
        return;
    }
}

static void each_item(Generator *g) {
    int label = g->labels++, end = g->labels++, counter = g->counters++;
    expression(g, WANT_LIST, 2);
    line(g, "PUSH_INT 4\nBUILTIN list.take\nSTORE q%d\nPUSH_INT 0\nSTORE k%d\nLABEL L%d", counter, counter,
         label);
    line(g, "LOAD k%d\nLOAD q%d\nLEN\nLT\nJZ L%d\nLOAD q%d\nLOAD k%d\nINDEX\nSTORE b", counter, counter, end,
         counter, counter);
    g->loops++;
    statements(g, 1);
    g->loops--;
    line(g, "LOAD k%d\nPUSH_INT 1\nADD\nSTORE k%d\nJMP L%d\nLABEL L%d", counter, counter, label, end);
}

void data_statement(Generator *g) {
    switch (below(g, 6)) {
    case 0:
    case 1: update_alias(g); return;
    case 2:
    case 3: update_inside(g); return;
    case 4: update_own(g); return;
    default:
        if (g->loops < 2)
            each_item(g);
        else
            update_alias(g);
        return;
    }
}
