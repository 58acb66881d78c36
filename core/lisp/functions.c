// SPDX-License-Identifier: MIT
/**
 * What becomes of local functions. A closure holds copies, so a function cannot find itself or its
 * siblings among its captures; instead:
 *
 *   - A named let or do whose calls of itself are all in tail position is a loop: its parameters are
 * variables of the function around, its calls of itself are jumps.
 *   - Any other function gets a label. What it needs from the functions around (its free variables, and
 *     those of the functions it uses) is passed by every caller as further parameters; where it is used as
 *     a value, a closure with the same names as captures is made there. One piece of code serves both.
 *
 * Which are loops is found by assuming it of all of these and walking until no assumption breaks.
 */
#include "lisp/lisp_internal.h"

#include <string.h>

/** Loops entered within each other: emission follows them on the C stack. */
#define MAX_ACTIVE 48
/** Walks after which all that is doubtful becomes a function: each walk is linear, this keeps the sum so. */
#define MAX_WALKS 40

#define NOT_TAIL UINT32_MAX

typedef struct Walk {
    TtLispCompiler *c;
    bool homes;                /* second pass: loops are known; finds homes and free variables */
    bool changed;              /* first pass: an assumption broke */
    TtLispFn *fn;              /* the function, no loop, whose code is walked */
    uint32_t base;             /* `active` from here on belongs to it */
    TT_VEC(TtLispFn *) active; /* loops that are being walked */
} Walk;

/** `tail`: index from which on the loops of `active` end with this node, or NOT_TAIL. */
static void walk(Walk *w, TtLispNode *node, uint32_t tail);

static bool is_loop(const Walk *w, const TtLispFn *fn) {
    return w->homes ? fn->loop : fn->candidate;
}

static void reject(Walk *w, TtLispFn *fn) {
    fn->candidate = false;
    w->changed = true;
}

static bool holds(const TtLispBindings *bindings, const TtLispBinding *binding) {
    for (uint32_t i = 0; i < bindings->count; i++)
        if (bindings->items[i] == binding) return true;
    return false;
}

/** The function, no loop, in whose text it stands. */
static TtLispFn *real_parent(const Walk *w, const TtLispFn *fn) {
    TtLispFn *parent = fn->parent;
    while (parent && is_loop(w, parent)) parent = parent->parent;
    return parent;
}

static void note_global(Walk *w, TtLispBinding *binding) {
    if (w->fn->globals.count && tt_vec_last(&w->fn->globals) == binding) return;
    tt_vec_push(&w->fn->globals, binding);
}

static void use_function(Walk *w, TtLispFn *fn) {
    if (w->fn->uses.count && tt_vec_last(&w->fn->uses) == fn) return;
    tt_vec_push(&w->fn->uses, fn);
}

/** A variable is read, or a function's value is taken. */
static void use_binding(Walk *w, TtLispBinding *binding) {
    if (!w->homes) return;
    if (tt_lisp_is_known(binding)) {
        use_function(w, binding->fn);
        return;
    }
    if (binding->global)
        note_global(w, binding);
    else if (binding->home != w->fn && !holds(&w->fn->free, binding))
        tt_vec_push(&w->fn->free, binding);
}

static void set_home(Walk *w, TtLispBinding *binding) {
    if (w->homes && binding && !binding->global) binding->home = w->fn;
}

static void walk_function(Walk *w, TtLispFn *fn) {
    TtLispFn *outer = w->fn;
    uint32_t base = w->base;
    w->fn = fn;
    w->base = w->active.count;
    for (uint32_t i = 0; i < fn->parameters.count; i++) set_home(w, fn->parameters.items[i]);
    walk(w, fn->body, w->base);
    w->fn = outer;
    w->base = base;
}

/** The first call of a loop, from outside: its code is here. */
static void enter_loop(Walk *w, TtLispFn *fn, uint32_t tail) {
    uint32_t index = w->active.count;
    if (!w->homes && (fn->entered || index - w->base >= MAX_ACTIVE || real_parent(w, fn) != w->fn)) {
        reject(w, fn);
        return;
    }
    fn->entered = true;
    fn->active = (int32_t)index;
    tt_vec_push(&w->active, fn);
    for (uint32_t i = 0; i < fn->parameters.count; i++) set_home(w, fn->parameters.items[i]);
    walk(w, fn->body, tail < index ? tail : index);
    w->active.count--;
    fn->active = -1;
}

static void walk_call(Walk *w, TtLispNode *node, uint32_t tail) {
    TtLispNode *callee = node->args[0];
    TtLispFn *fn =
        callee->kind == TT_LISP_NODE_REF && tt_lisp_is_known(callee->binding) ? callee->binding->fn : NULL;
    if (!fn) walk(w, callee, NOT_TAIL);
    for (uint32_t i = 1; i < node->count; i++) walk(w, node->args[i], NOT_TAIL);
    if (!fn) return;
    if (!is_loop(w, fn)) {
        if (w->homes) use_function(w, fn);
        return;
    }
    if (fn->parameters.count != node->count - 1)
        reject(w, fn);
    else if (fn->active < 0)
        enter_loop(w, fn, tail);
    else if ((uint32_t)fn->active < w->base || tail > (uint32_t)fn->active)
        reject(w, fn);
}

static void walk_pattern(Walk *w, TtLispPattern *pattern) {
    set_home(w, pattern->binding);
    for (uint32_t i = 0; i < pattern->count; i++) walk_pattern(w, pattern->parts[i]);
    if (pattern->rest) walk_pattern(w, pattern->rest);
    if (pattern->guard) walk(w, pattern->guard, NOT_TAIL);
}

static void walk_clauses(Walk *w, TtLispNode *node, uint32_t tail) {
    for (uint32_t i = 0; i < node->clause_count; i++) {
        TtLispClause *clause = &node->clauses[i];
        if (clause->test) walk(w, clause->test, NOT_TAIL);
        if (clause->pattern) walk_pattern(w, clause->pattern);
        walk(w, clause->body, tail);
    }
}

static void walk_bind(Walk *w, TtLispNode *node) {
    TtLispBinding *binding = node->binding;
    if (tt_lisp_is_known(binding)) {
        if (!is_loop(w, binding->fn)) walk_function(w, binding->fn);
        return;
    }
    set_home(w, binding);
    if (w->homes && binding->global) note_global(w, binding);
    walk(w, node->args[0], NOT_TAIL);
}

static void walk_set(Walk *w, TtLispNode *node) {
    TtLispBinding *binding = node->binding;
    walk(w, node->args[0], NOT_TAIL);
    if (!w->homes) return;
    if (node->begin >= binding->set_begin) {
        binding->set_begin = node->begin;
        binding->set_end = node->end;
    }
    if (binding->global)
        note_global(w, binding);
    else if (binding->home != w->fn)
        tt_lisp_report(
            &w->c->text, false, node->begin, node->end, NULL,
            "set! of %s, which belongs to the function around this one: functions hold copies. Pass it as "
            "an argument and return the new value, define it at the top level, or keep it in an actor",
            binding->text);
}

/** Bindings of one sequence are known before the first of its values. */
static void walk_sequence(Walk *w, TtLispNode *node, uint32_t tail) {
    for (uint32_t i = 0; i < node->count; i++)
        if (node->args[i]->kind == TT_LISP_NODE_BIND && !tt_lisp_is_known(node->args[i]->binding))
            set_home(w, node->args[i]->binding);
    for (uint32_t i = 0; i < node->count; i++) walk(w, node->args[i], i + 1 < node->count ? NOT_TAIL : tail);
}

static void walk(Walk *w, TtLispNode *node, uint32_t tail) {
    switch ((TtLispNodeKind)node->kind) {
    case TT_LISP_NODE_REF: use_binding(w, node->binding); return;
    case TT_LISP_NODE_BIND: walk_bind(w, node); return;
    case TT_LISP_NODE_SET: walk_set(w, node); return;
    case TT_LISP_NODE_LAMBDA:
        walk_function(w, node->fn);
        if (w->homes) use_function(w, node->fn);
        return;
    case TT_LISP_NODE_CALL: walk_call(w, node, tail); return;
    case TT_LISP_NODE_SEQUENCE: walk_sequence(w, node, tail); return;
    case TT_LISP_NODE_AND:
    case TT_LISP_NODE_OR:
        for (uint32_t i = 0; i < node->count; i++)
            walk(w, node->args[i], i + 1 < node->count ? NOT_TAIL : tail);
        return;
    case TT_LISP_NODE_COND:
        walk_clauses(w, node, tail);
        walk(w, node->args[0], tail);
        return;
    case TT_LISP_NODE_TRY:
        set_home(w, node->binding);
        walk(w, node->args[0], NOT_TAIL);
        if (node->args[1]) walk(w, node->args[1], node->args[2] ? NOT_TAIL : tail);
        if (!node->args[2]) return;
        set_home(w, node->args[2]->args[0]->binding);
        set_home(w, node->args[2]->args[1]->binding);
        walk(w, node->args[2]->args[2], NOT_TAIL);
        return;
    case TT_LISP_NODE_MATCH:
        walk(w, node->args[0], NOT_TAIL);
        set_home(w, node->binding);
        walk_clauses(w, node, tail);
        return;
    case TT_LISP_NODE_RECEIVE:
        set_home(w, node->binding);
        if (node->count) walk(w, node->args[0], NOT_TAIL);
        walk_clauses(w, node, tail);
        if (node->count) walk(w, node->args[1], tail);
        return;
    default:
        for (uint32_t i = 0; i < node->count; i++) walk(w, node->args[i], NOT_TAIL);
    }
}

static void find_loops(Walk *w) {
    TtLispCompiler *c = w->c;
    for (uint32_t i = 1; i < c->functions.count; i++) {
        TtLispFn *fn = c->functions.items[i];
        const TtLispBinding *binding = fn->binding;
        fn->candidate = fn->repeats && binding && !binding->global && binding->fn == fn &&
                        tt_lisp_is_known(binding) && !binding->as_value;
    }
    for (uint32_t walks = 0;; walks++) {
        w->changed = false;
        for (uint32_t i = 0; i < c->functions.count; i++) c->functions.items[i]->entered = false;
        walk_function(w, c->functions.items[0]);
        for (uint32_t i = 1; i < c->functions.count; i++) {
            TtLispFn *fn = c->functions.items[i];
            if (fn->candidate && (!fn->entered || walks == MAX_WALKS)) reject(w, fn);
        }
        if (!w->changed) break;
    }
    for (uint32_t i = 0; i < c->functions.count; i++)
        c->functions.items[i]->loop = c->functions.items[i]->candidate;
}

/** A function needs what the functions it uses need, unless it has it. */
static void close_over(TtLispCompiler *c) {
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = c->functions.count; i-- > 0;) {
            TtLispFn *fn = c->functions.items[i];
            for (uint32_t u = 0; u < fn->uses.count; u++) {
                const TtLispFn *used = fn->uses.items[u];
                for (uint32_t k = 0; used != fn && k < used->free.count; k++) {
                    TtLispBinding *binding = used->free.items[k];
                    if (binding->home == fn || holds(&fn->free, binding)) continue;
                    tt_vec_push(&fn->free, binding);
                    changed = true;
                }
            }
        }
    }
}

/** A closure does not see what its variables become later: a program that seems to count on it gets a
 * warning. */
static void warn_of_copies(TtLispCompiler *c, const TtLispFn *fn) {
    /* The closure of a function with a name is made where its value is used. */
    for (uint32_t i = 0; !fn->binding && i < fn->free.count; i++) {
        const TtLispBinding *binding = fn->free.items[i];
        if (!binding->assigned || binding->set_begin < fn->end) continue;
        uint32_t line, column;
        tt_lisp_text_place(&c->text, fn->begin, &line, &column);
        tt_lisp_report(&c->text, true, binding->set_begin, binding->set_end, NULL,
                       "The function of line %u holds a copy of %s and does not see this change", line,
                       binding->text);
    }
}

void tt_lisp_find_functions(TtLispCompiler *c) {
    Walk w = {.c = c};
    find_loops(&w);
    w.homes = true;
    walk_function(&w, c->functions.items[0]);
    tt_vec_free(&w.active);
    close_over(c);
    for (uint32_t i = 0; i < c->functions.count; i++) {
        TtLispFn *fn = c->functions.items[i];
        if (fn->free.count + fn->parameters.count > 250)
            tt_lisp_report(
                &c->text, false, fn->begin, fn->end, NULL,
                "This function uses too many variables of the functions around: at most 250 with its "
                "parameters");
        warn_of_copies(c, fn);
        for (uint32_t k = 0; k < fn->free.count; k++) {
            TtLispFrame *frame = tt_lisp_alloc(&c->arena, sizeof *frame);
            *frame = (TtLispFrame){fn, fn->free.items[k]->frames};
            fn->free.items[k]->frames = frame;
        }
    }
}
