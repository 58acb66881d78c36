// SPDX-License-Identifier: MIT
/**
 * Loops that turn often enough to matter: what compilers keep in registers there, what changes its kind half
 * way, what is dirty when a function is called, when something is thrown, or when the turn of the actor ends.
 */
#include "generator.h"

#define MOST_LIVE 26

typedef struct Loop {
    int label, end, counter, outer;
    bool tests_last;
} Loop;

/** A loop with a counter of its own, which nothing else writes. Its body comes next, then `end_loop`. */
static Loop begin_loop(Generator *g, int turns) {
    Loop loop = {g->labels++, g->labels++, g->counters++, g->leave, chance(g, 50)};
    g->loops++;
    g->leave = loop.end;
    if (loop.tests_last)
        line(g, "PUSH_INT %d\nSTORE k%d\nLABEL L%d", turns, loop.counter, loop.label);
    else
        line(g, "PUSH_INT 0\nSTORE k%d\nLABEL L%d\nLOAD k%d\nPUSH_INT %d\n%s L%d", loop.counter, loop.label,
             loop.counter, turns, chance(g, 50) ? "LT\nJZ" : "GE\nJNZ", loop.end);
    return loop;
}

static void end_loop(Generator *g, Loop loop) {
    if (loop.tests_last)
        line(g, "LOAD k%d\nPUSH_INT 1\nSUB\nDUP\nSTORE k%d\nJNZ L%d", loop.counter, loop.counter, loop.label);
    else
        line(g, "LOAD k%d\nPUSH_INT 1\nADD\nSTORE k%d\nJMP L%d", loop.counter, loop.counter, loop.label);
    line(g, "LABEL L%d", loop.end);
    g->loops--;
    g->leave = loop.outer;
}

static int turns(Generator *g) {
    return g->loops ? 2 + below(g, 4) : g->current < 0 ? 3 + below(g, 30) : 2 + below(g, 6);
}

/** Goes round what comes next but in one turn; ends with the label. */
static int only_in_turn(Generator *g, Loop loop, int turn) {
    int label = g->labels++;
    line(g, "LOAD k%d\nPUSH_INT %d\n%s L%d", loop.counter, turn, chance(g, 50) ? "EQ\nJZ" : "NE\nJNZ", label);
    return label;
}

static const char *number(Generator *g) {
    return PICK(g, "PUSH_INT 0", "PUSH_INT 1", "PUSH_INT 3", "PUSH_FLOAT 0.5", "PUSH_FLOAT 0", "PUSH_INT -7",
                "PUSH_FLOAT -2", "PUSH_INT 9223372036854775800", "PUSH_INT 1000000007");
}

static const char *operation(Generator *g) {
    return PICK(g, "ADD", "SUB", "MUL", "ADD", "SUB", "ADD_F", "MUL_F", "DIV", "MOD", "BIT_XOR", "LT", "EQ");
}

/** Sums of Ints and Floats, one of which becomes something else on the way. */
static void changing_kinds(Generator *g) {
    line(g, "%s\nSTORE x\n%s\nSTORE y", number(g), number(g));
    Loop loop = begin_loop(g, turns(g));
    for (int i = 1 + below(g, 3); i > 0; i--) {
        line(g, "LOAD %s", PICK(g, "x", "y", "x"));
        if (chance(g, 50))
            line(g, "LOAD %s", chance(g, 50) ? "y" : "x");
        else
            line(g, "%s", number(g));
        line(g, "%s\nSTORE %s", chance(g, 80) ? PICK(g, "ADD", "SUB", "MUL", "ADD_F") : operation(g),
             PICK(g, "x", "y"));
    }
    if (chance(g, 60)) {
        int label = only_in_turn(g, loop, below(g, 6));
        line(g, "%s\nSTORE %s\nLABEL L%d",
             chance(g, 70) ? number(g) : PICK(g, "PUSH_STR \"z\"", "NULL", "TRUE", "MAKE_LIST 0"),
             PICK(g, "x", "y"), label);
    }
    if (chance(g, 50)) {
        int label = g->labels++;
        line(g, "LOAD x\nLOAD y\n%s L%d", PICK(g, "LT\nJZ", "GE\nJNZ", "GT_F\nJZ", "NE\nJZ", "LE\nJNZ"),
             label);
        line(g, "LOAD y\nPUSH_INT 1\nADD\nSTORE y\nLABEL L%d", label);
    }
    end_loop(g, loop);
    line(g, "LOAD x\nPRINT\nLOAD y\nPRINT");
}

/** More variables than there are registers, in loops in each other. */
static void many_variables(Generator *g) {
    int count = 18 + below(g, MOST_LIVE - 18 + 1);
    for (int v = 0; v < count; v++) line(g, "%s\nSTORE v%d", chance(g, 90) ? number(g) : "PUSH_INT 2", v);
    Loop outer = begin_loop(g, 2 + below(g, 6)), inner = {0};
    bool nested = chance(g, 70);
    for (int part = 0; part < 2; part++) {
        if (nested && part == 1) inner = begin_loop(g, 2 + below(g, 5));
        for (int i = 2 + below(g, 9); i > 0; i--) {
            line(g, "LOAD v%d\nLOAD v%d\n%s", below(g, count), below(g, count),
                 PICK(g, "ADD", "SUB", "MUL", "ADD"));
            if (chance(g, 40)) line(g, "LOAD k%d\nADD", outer.counter);
            line(g, "STORE v%d", below(g, count));
        }
        if (chance(g, 25) && g->current < g->functions.count - 1) {
            call(g, 1);
            line(g, "STORE v%d", below(g, count));
        }
        if (chance(g, 15))
            line(g, "LOAD v%d\nJZ L%d", below(g, count), nested && part == 1 ? inner.end : outer.end);
    }
    if (nested) end_loop(g, inner);
    end_loop(g, outer);
    for (int v = 0; v < count; v++) line(g, "LOAD v%d%s", v, v ? "\nADD" : "");
    line(g, "PRINT\nLOAD v%d\nPRINT", below(g, count));
}

/** A list that grows, is written and shrinks while it is looped over; now and then somebody else has it, too.
 */
static void changing_list(Generator *g) {
    const char *list = PICK(g, "l", "m"), *other = PICK(g, "l", "m", "a");
    line(g, "MAKE_LIST 0\nSTORE %s", list);
    Loop fill = begin_loop(g, turns(g));
    line(g, "LOAD %s\nLOAD k%d\nLIST_APPEND\nSTORE %s", list, fill.counter, list);
    if (chance(g, 40)) {
        int label = only_in_turn(g, fill, below(g, 6));
        line(g, "LOAD %s\nSTORE %s\nLABEL L%d", list, other, label);
    }
    end_loop(g, fill);
    line(g, "PUSH_INT 0\nSTORE n");
    Loop loop = begin_loop(g, turns(g));
    switch (below(g, 4)) {
    case 0:
        line(g, "LOAD %s\nLOAD n\nLOAD %s\nLOAD n\nINDEX\n%s\nADD\nLIST_SET\nSTORE %s", list, list, number(g),
             list);
        break;
    case 1: line(g, "LOAD %s\nLIST_POP\nSTORE b\nSTORE %s\nLOAD b\nLOAD n\nADD\nSTORE n", list, list); break;
    case 2: line(g, "LOAD %s\nLOAD %s\nLOAD n\nINDEX\nLIST_APPEND\nSTORE %s", list, list, list); break;
    default:
        line(g,
             "LOAD %s\nLOAD n\nINDEX\nLOAD j\nADD\nSTORE j\nLOAD %s\nLOAD n\nPUSH_STR \"w\"\nLIST_SET\nSTORE "
             "%s",
             list, list, list);
        break;
    }
    if (chance(g, 30)) {
        int label = only_in_turn(g, loop, below(g, 5));
        line(g, "LOAD %s\nSTORE %s\nLABEL L%d", list, other, label);
    }
    line(g, "LOAD n\nPUSH_INT 1\nADD\nSTORE n\nLOAD n\nLOAD %s\nLEN\nGE\nJNZ L%d", list, loop.end);
    end_loop(g, loop);
    line(g, "LOAD l\nPRINT\nLOAD m\nPRINT\nLOAD n\nPRINT");
}

static void changing_fields(Generator *g) {
    const char *object = PICK(g, "o", "p"), *other = PICK(g, "o", "p");
    line(g, "MAKE_OBJECT\n%s\nSET_FIELD k\n%s\nSET_FIELD v\nSTORE %s", number(g), number(g), object);
    Loop loop = begin_loop(g, turns(g));
    line(g, "LOAD %s\nLOAD %s\nGET_FIELD %s\n%s\n%s\nSET_FIELD %s\nSTORE %s", object, object,
         PICK(g, "k", "v"), number(g), PICK(g, "ADD", "SUB", "MUL"), PICK(g, "k", "v"), object);
    if (chance(g, 40)) {
        int label = only_in_turn(g, loop, below(g, 5));
        line(g, "LOAD %s\nSTORE %s\nLABEL L%d", object, other, label);
    }
    if (chance(g, 40)) {
        int label = only_in_turn(g, loop, below(g, 5));
        line(g, "LOAD %s\n%s\nSTORE %s\nLABEL L%d", object,
             PICK(g, "PUSH_INT 5\nSET_FIELD w", "DELETE_FIELD k", "NULL\nSET_FIELD k",
                  "MAKE_LIST 0\nSET_FIELD v"),
             object, label);
    }
    if (chance(g, 30)) line(g, "LOAD %s\nHAS_FIELD w\nLOAD j\nADD\nSTORE j", object);
    end_loop(g, loop);
    line(g, "LOAD o\nPRINT\nLOAD p\nPRINT\nLOAD j\nPRINT");
}

static void growing_text(Generator *g) {
    line(g, "PUSH_STR \"%s\"\nSTORE s\nMAKE_LIST 0\nSTORE l", PICK(g, "", "a", "zü", "x,y"));
    Loop loop = begin_loop(g, turns(g));
    line(g, "LOAD s\n%s",
         PICK(g, "PUSH_STR \"b\"", "PUSH_STR \",\"", "LOAD j", "LOAD x", "LOAD s\nLEN", "LOAD i"));
    line(g, "%sCONCAT\nSTORE s", chance(g, 20) ? "SWAP\n" : "");
    if (chance(g, 40)) line(g, "LOAD l\nLOAD s\nLIST_APPEND\nSTORE l");
    if (chance(g, 25)) {
        int label = only_in_turn(g, loop, below(g, 6));
        line(g, "LOAD s\nSTORE t\nLABEL L%d", label);
    }
    if (chance(g, 30)) line(g, "LOAD s\nPUSH_STR \",\"\nBUILTIN string.split\nLEN\nSTORE j");
    if (chance(g, 25))
        line(g,
             "LOAD s\nPUSH_INT 0\nPUSH_INT %d\nBUILTIN string.slice\nPUSH_INT %d\nLOAD t\nLOAD "
             "s\nCONCAT\nBUILTIN "
             "string.pad_left\nSTORE t",
             below(g, 3), below(g, 9));
    if (chance(g, 25)) line(g, "LOAD s\nLEN\nPUSH_INT 60\nGT\nJNZ L%d", loop.end);
    end_loop(g, loop);
    line(g, "LOAD s\nPRINT\nLOAD t\nPRINT\nLOAD l\nPUSH_STR \"%s\"\nBUILTIN string.join\nPRINT",
         PICK(g, "", "-", "éé"));
}

/** Functions called, and what they throw caught, in the middle of sums. */
static void calls_and_throws(Generator *g) {
    line(g, "PUSH_INT 0\nSTORE n\n%s\nSTORE x\n%s\nSTORE y", number(g), number(g));
    Loop loop = begin_loop(g, g->current < 0 ? 3 + below(g, 10) : 2 + below(g, 3));
    int handler = g->labels++, end = g->labels++;
    bool catches = chance(g, 60);
    line(g, "LOAD n\nPUSH_INT %d\nADD\nSTORE n", 1 + below(g, 5));
    if (catches) line(g, "TRY L%d", handler);
    line(g, "LOAD x\nLOAD n\nADD\nSTORE x");
    if (g->current < g->functions.count - 1) {
        call(g, 2);
        line(g, "STORE y");
    }
    if (chance(g, 50)) {
        int label = only_in_turn(g, loop, below(g, 4));
        line(g, "%s\nLABEL L%d",
             PICK(g, "PUSH_STR \"now\"\nTHROW", "LOAD x\nPUSH_STR \"q\"\nSUB\nSTORE x",
                  "LOAD n\nPUSH_INT 0\nDIV\nSTORE y", "MAKE_LIST 0\nLOAD n\nINDEX\nSTORE y"),
             label);
    }
    line(g, "LOAD y\nLOAD x\n%s\nSTORE y", PICK(g, "ADD", "SUB", "EQ", "CONCAT"));
    if (catches) {
        line(g,
             "END_TRY\nJMP L%d\nLABEL L%d\nCATCH e\nLOAD e\nGET_FIELD message\nPRINT\nLOAD x\nPRINT\nLOAD "
             "n\nPRINT",
             end, handler);
        line(g, "END_TRY\nPUSH_INT 1\nSTORE y\nLABEL L%d", end);
    }
    end_loop(g, loop);
    line(g, "LOAD n\nPRINT\nLOAD x\nPRINT\nLOAD y\nPRINT");
}

/** A function, or a closure over a variable of here, that stands beside and is called again and again. */
static void called_values(Generator *g) {
    int entry = g->labels++, after = g->labels++;
    bool closure = chance(g, 60);
    line(g, "JMP L%d\nLABEL u%d\nLOAD p\n%s\n%s", after, entry, chance(g, 60) ? number(g) : "LOAD i",
         operation(g));
    if (closure) line(g, "LOAD c\n%s", PICK(g, "ADD", "SUB", "MUL", "CONCAT"));
    if (chance(g, 15))
        line(g, "LOAD p\nPUSH_INT 9\nGT\nJZ L%d\nLOAD p\nTHROW\nLABEL L%d", g->labels, g->labels),
            g->labels++;
    line(g, "RET\nLABEL L%d", after);
    line(g, "%s\nSTORE x\n%s\nSTORE c", number(g), number(g));
    if (closure)
        line(g, "CAPTURE c\nMAKE_LAMBDA u%d p\nSTORE h", entry);
    else
        line(g, "MAKE_FUNCTION u%d p\nSTORE h", entry);
    Loop loop = begin_loop(g, turns(g));
    line(g, "LOAD x\nLOAD h\nCALL_FUNCTION%s\n%sSTORE x", chance(g, 50) ? " 1" : "",
         chance(g, 30) ? "LOAD c\nADD\n" : "");
    if (chance(g, 40)) line(g, "LOAD c\nPUSH_INT 1\nADD\nSTORE c");
    if (closure && chance(g, 30)) line(g, "CAPTURE c\nMAKE_LAMBDA u%d p\nSTORE h", entry);
    end_loop(g, loop);
    line(g, "LOAD x\nPRINT\nLOAD c\nPRINT\nNULL\nSTORE h");
}

void hot_loop(Generator *g) {
    switch (below(g, 8)) {
    case 0:
    case 1: changing_kinds(g); return;
    case 2: many_variables(g); return;
    case 3: changing_list(g); return;
    case 4: changing_fields(g); return;
    case 5: growing_text(g); return;
    case 6: calls_and_throws(g); return;
    default: called_values(g); return;
    }
}
