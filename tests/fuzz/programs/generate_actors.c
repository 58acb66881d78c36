// SPDX-License-Identifier: MIT
/** Actors: what they do to each other, and what they wait for. Every wait ends, or is a deadlock that is
 * reported. */
#include "generator.h"

/** A worker starts later ones only, a function the last one, which calls no function and starts none: so this
 * ends. */
static int choose_worker(Generator *g) {
    int last = g->worker_count - 1;
    if (g->worker >= 0) return g->worker + 1 + below(g, last - g->worker);
    return g->current >= 0 ? last : below(g, g->worker_count);
}

static bool may_start(const Generator *g) {
    return g->worker < g->worker_count - 1;
}

static void start_worker(Generator *g) {
    int worker = choose_worker(g);
    switch (below(g, 7)) {
    case 0: line(g, "MAKE_FUNCTION w%d\nSPAWN\nSTORE q", worker); return;
    case 1: line(g, "PUSH_STR \"w%d\"\nSPAWN\nSTORE q", worker); return;
    case 2: line(g, "CAPTURE i\nMAKE_LAMBDA w%d\nSPAWN_LINK\nSTORE q", worker); return;
    case 3: line(g, "MAKE_FUNCTION w%d\nSPAWN_MONITOR\nSTORE r\nSTORE q", worker); return;
    case 4:
        expression(g, WANT_ANY, 2);
        line(g, "MAKE_FUNCTION w%d a\nPUSH_INT %d\nSPAWN_ARGS\nSTORE q", worker, chance(g, 95) ? 1 : 2);
        return;
    case 5: line(g, "CAPTURE n\nMAKE_LAMBDA w%d\nSPAWN\nSTORE q", worker); return;
    default: line(g, "PUSH_STR \"%s\"\nSPAWN\nSTORE q", PICK(g, "counter", "hello_world", "nobody")); return;
    }
}

static const char *pattern(Generator *g) {
    return PICK(g, "int", "string, list", "any", "down", "exit, = 3", ".type = \"DOWN\"", "list & any",
                "object, bool", "= \"a\", float", "null, exception, function", "bytes, int & = 1");
}

/** The receive loop that compilers write. */
static void select_message(Generator *g) {
    int look = g->labels++, none = g->labels++, next = g->labels++, end = g->labels++;
    line(g, "LABEL L%d\nMAILBOX_PEEK L%d\nSTORE b\nLOAD b", look, none);
    line(g, "BUILTIN value.type\nPUSH_STR \"%s\"\n%s\nJZ L%d", PICK(g, "Int", "Str", "List", "Object"),
         PICK(g, "EQ", "NE"), next);
    line(g, "MAILBOX_TAKE\nLOAD b\nPRINT\nJMP L%d\nLABEL L%d\nMAILBOX_NEXT\nJMP L%d", end, next, look);
    line(g, "LABEL L%d\nPUSH_INT %d\nMAILBOX_WAIT L%d\nLABEL L%d", none, below(g, 12), look, end);
}

static void receive(Generator *g) {
    int label = g->labels++;
    switch (below(g, 6)) {
    case 0:
    case 1: line(g, "PUSH_INT %d\nRECEIVE_TIMEOUT L%d\nPRINT\nLABEL L%d", below(g, 20), label, label); return;
    case 2:
    case 3:
        line(g, "PUSH_INT %d\nRECEIVE_MATCH %s AFTER L%d\nPRINT\nLABEL L%d", below(g, 9), pattern(g), label,
             label);
        return;
    case 4: select_message(g); return;
    default:
        if (chance(g, 30))
            line(g, "%s\nPRINT", chance(g, 50) ? "RECEIVE" : "RECEIVE_MATCH any");
        else
            line(g, "SELF\nPUSH_INT 3\nSEND\nRECEIVE\nSTORE a");
        return;
    }
}

static void names(Generator *g) {
    const char *name = PICK(g, "x", "y");
    switch (below(g, 4)) {
    case 0: line(g, "REGISTER \"%s\"", name); return;
    case 1: line(g, "UNREGISTER \"%s\"", name); return;
    case 2: line(g, "WHEREIS \"%s\"\nPRINT", name); return;
    default:
        expression(g, WANT_ANY, 2);
        line(g, "SENDNAMED \"%s\"", name);
        return;
    }
}

/** Links, monitors, signals: to the actor that was started last, or to some pid. */
static void bonds(Generator *g) {
    bool known = chance(g, 70);
    int pid = 1 + below(g, 4);
    switch (below(g, 7)) {
    case 0:
        if (known)
            line(g, "LOAD q\n%s", PICK(g, "LINK", "UNLINK"));
        else
            line(g, "%s %d", PICK(g, "LINK", "UNLINK"), pid);
        return;
    case 1:
        if (known)
            line(g, "LOAD q\nMONITOR\nSTORE r");
        else
            line(g, "MONITOR %d\nSTORE r", pid);
        return;
    case 2: line(g, "LOAD q\nMONITOR\nSTORE r\nLOAD r\nDEMONITOR"); return;
    case 3:
        if (known)
            line(g, "LOAD q");
        else
            line(g, "PUSH_INT %d", pid);
        line(g, "PUSH_STR \"%s\"\nEXIT_SIGNAL", PICK(g, "kill", "normal", "stop"));
        return;
    case 4: line(g, "TRAP_EXIT %s", PICK(g, "true", "false")); return;
    case 5: line(g, "LOAD q\nPROCESS_INFO\nDUP\nNULL\nEQ\nPRINT\nPOP\nPROCESSES\nLEN\nPRINT"); return;
    default:
        line(g, "GET_TIME_MS\nPUSH_INT %d\nSLEEP\nGET_TIME_MS\nSWAP\nSUB\nPRINT", below(g, 12));
        if (chance(g, 20)) line(g, "GET_TIME\nPUSH_INT 0\nGE\nPRINT");
        return;
    }
}

static void supervise(Generator *g) {
    int worker = choose_worker(g);
    const char *id = PICK(g, "c", "d");
    switch (below(g, 8)) {
    case 0:
    case 1:
        line(g, "START_SUPERVISOR %s %d 1000", PICK(g, "one_for_one", "one_for_all", "rest_for_one"),
             below(g, 4));
        return;
    case 2:
    case 3:
        line(g, "SUPERVISE_CHILD \"%s\" %s w%d\nSTORE q", id, PICK(g, "permanent", "transient", "temporary"),
             worker);
        return;
    case 4:
        line(g, "MAKE_FUNCTION w%d\nSUPERVISE_FUNCTION \"%s\" %s\nSTORE q", worker, id,
             PICK(g, "permanent", "transient", "temporary"));
        return;
    case 5: line(g, "RESTART_CHILD \"%s\"\nSTORE q", id); return;
    case 6: line(g, "STOP_CHILD \"%s\"", id); return;
    default:
        line(g, "CHILDREN\nPRINT");
        if (chance(g, 15)) line(g, "START_SUPERVISOR\nRUN_SUPERVISOR");
        return;
    }
}

void actor_statement(Generator *g) {
    switch (below(g, 16)) {
    case 0:
    case 1:
    case 2:
    case 3:
        if (may_start(g))
            start_worker(g);
        else
            receive(g);
        return;
    case 4:
    case 5:
    case 6: receive(g); return;
    case 7:
        expression(g, WANT_ANY, 2);
        line(g, "SEND %d", 1 + below(g, 3));
        return;
    case 8:
        line(g, "LOAD q");
        expression(g, WANT_ANY, 2);
        line(g, "SEND");
        return;
    case 9: line(g, "YIELD"); return;
    case 10: names(g); return;
    case 11:
    case 14: bonds(g); return;
    case 12:
    case 15:
        if (may_start(g))
            supervise(g);
        else
            bonds(g);
        return;
    default:
        line(g, "SELF");
        expression(g, WANT_ANY, 2);
        line(g, "SEND");
        return;
    }
}

/** Answers some messages: [pid, value] goes back as a value. */
static void serve(Generator *g) {
    int label = g->labels++, end = g->labels++, odd = g->labels++, counter = g->counters++;
    line(g, "PUSH_INT %d\nSTORE k%d\nLABEL L%d\nPUSH_INT %d\nRECEIVE_TIMEOUT L%d\nSTORE b", 1 + below(g, 3),
         counter, label, 5 + below(g, 9), end);
    line(g,
         "LOAD b\nBUILTIN value.type\nPUSH_STR \"List\"\nEQ\nJZ L%d\nLOAD b\nPUSH_INT 0\nINDEX\nLOAD "
         "b\nPUSH_INT 1\nINDEX",
         odd);
    if (chance(g, 50)) line(g, "PUSH_INT 1\nADD");
    line(g, "SEND\nLABEL L%d", odd);
    statements(g, 1);
    line(g, "LOAD k%d\nPUSH_INT 1\nSUB\nDUP\nSTORE k%d\nJNZ L%d\nLABEL L%d", counter, counter, label, end);
}

void worker(Generator *g, int number) {
    g->worker = number;
    g->current = number < g->worker_count - 1 && chance(g, 50) ? -1 : MOST_FUNCTIONS;
    g->budget = 12 + below(g, 20);
    line(g, "LABEL w%d", number);
    if (chance(g, 40)) initialise(g);
    if (chance(g, 25)) serve(g);
    if (chance(g, 15)) hot_loop(g);
    if (chance(g, 60))
        guarded_statements(g, 1 + below(g, 3));
    else
        statements(g, 1 + below(g, 3));
    line(g, "PUSH_INT 1");
    expression(g, WANT_ANY, 1);
    line(g, "SEND");
    if (chance(g, 20)) {
        expression(g, WANT_ANY, 1);
        line(g, "EXIT_ACTOR");
    }
    if (may_start(g) && chance(g, 10)) {
        line(g, "START_SUPERVISOR one_for_all %d\nSUPERVISE_CHILD \"c\" transient w%d", below(g, 3),
             choose_worker(g));
        line(g, "STORE q\nRUN_SUPERVISOR");
    }
    line(g, "%s", PICK(g, "RET", "HALT"));
    g->worker = -1;
}
