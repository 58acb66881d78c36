// SPDX-License-Identifier: MIT
/**
 * Forward data flow over the blocks of all functions at once: which types and constants variables and the
 * top operands can hold, how many operands are surely there, what functions leave and whether they can
 * raise. Everything starts at "no way leads here" and only grows; a fixed point covers every run.
 *
 * Callers and callees are joined: parameters are what the calls pass, unless the function's value is taken;
 * a call leaves what the RETs of the callee's scope leave. Handlers are entered knowing nothing, since any
 * instruction may meet a limit.
 *
 * That no actor is started by the name of a label is assumed at first; a SPAWN that is found able to do it
 * takes the assumption back, for that label or for all, and the flow is worked out anew. Until the first
 * such SPAWN is executed the assumption held, so a flow that finds none is right.
 */
#include "opt/facts.h"

#include "base/alloc.h"
#include "base/config.h"

#include <string.h>

/** Operands that are followed; deeper ones are forgotten. */
#define STACK 16
/** Values of variables at the starts of blocks, all scopes together; a scope beyond starts blocks unknowing.
 */
#define MOST_VALUES (1u << 22)
/** Flows worked out anew before every label may be started by name. */
#define MOST_FLOWS 4

typedef struct State {
    uint32_t depth; /* operands followed; the last one is the top */
    bool exact;     /* the frame has no more */
    TtOptValue stack[STACK];
    TtOptValue *vars; /* of the scope */
} State;

/** What is known where a block starts. */
typedef struct Start {
    bool reached, queued, exact;
    uint8_t depth;
    TtOptValue *values; /* operands (STACK), then variables */
} Start;

typedef struct CallSite {
    uint32_t scope; /* of the callee */
    uint32_t block;
} CallSite;

typedef struct Flow {
    TtOpt *opt;
    Start *starts;
    bool *tracked;   /* scope → values of variables are carried from block to block */
    uint32_t *queue; /* ring of blocks */
    uint32_t head, waiting;
    CallSite *sites;      /* sorted by scope */
    uint32_t *first_site; /* scope → first of `sites` */
    TtOptValue *results;  /* scope → what its frames leave */
    State now;            /* while a block is walked */
    TtOptValue *callee_vars;
    bool record; /* facts are written */
    /* found while facts are written: */
    bool spawns_any;
    TT_VEC(uint32_t) spawned_labels;
} Flow;

static const TtOptValue any = {.types = TT_OPT_ANY};
static const TtOptValue any_or_none = {.types = TT_OPT_ANY | TT_OPT_UNBOUND};
static const TtOptValue unbound = {.types = TT_OPT_UNBOUND};

/* ---- states
 * ------------------------------------------------------------------------------------------------- */

static void push(State *state, TtOptValue value) {
    if (state->depth == STACK) {
        memmove(state->stack, state->stack + 1, (STACK - 1) * sizeof *state->stack);
        state->depth--;
        state->exact = false;
    }
    state->stack[state->depth++] = value;
}

static TtOptValue pop(State *state) {
    return state->depth ? state->stack[--state->depth] : any;
}

/** `least` operands are there, and perhaps more; nothing is known of them. */
static void forget_stack(State *state, uint32_t least) {
    state->depth = least < STACK ? least : STACK;
    state->exact = false;
    for (uint32_t i = 0; i < state->depth; i++) state->stack[i] = any;
}

static uint32_t var_count(const Flow *flow, uint32_t scope) {
    return flow->opt->scopes.items[scope].var_count;
}

static void enqueue(Flow *flow, uint32_t block) {
    Start *start = &flow->starts[block];
    if (start->queued) return;
    start->queued = true;
    uint32_t blocks = flow->opt->blocks.count;
    flow->queue[(flow->head + flow->waiting++) % blocks] = block;
}

/** Joins into `*to`; whether that changed it. */
static bool join_into(TtOptValue *to, TtOptValue value) {
    TtOptValue joined = tt_opt_join(*to, value);
    if (joined.types == to->types && joined.known == to->known) return false;
    *to = joined;
    return true;
}

static bool join_stack(Start *start, const State *state) {
    bool changed = false;
    uint32_t depth = start->depth < state->depth ? start->depth : state->depth;
    bool exact = start->exact && state->exact && start->depth == state->depth;
    if (depth < start->depth) {
        memmove(start->values, start->values + (start->depth - depth), depth * sizeof *start->values);
        changed = true;
    }
    changed = changed || exact != start->exact;
    start->depth = (uint8_t)depth;
    start->exact = exact;
    const TtOptValue *other = state->stack + (state->depth - depth);
    for (uint32_t i = 0; i < depth; i++) changed = join_into(&start->values[i], other[i]) || changed;
    return changed;
}

/** A way leads to an address with a state. Ways to the end of the code are of no interest. */
static void flow_to(Flow *flow, uint32_t address, const State *state) {
    TtOpt *opt = flow->opt;
    if (flow->record || address >= opt->count) return;
    uint32_t block = opt->block_of[address], scope = opt->blocks.items[block].scope;
    Start *start = &flow->starts[block];
    uint32_t vars = flow->tracked[scope] ? var_count(flow, scope) : 0;
    bool changed = false;
    if (!start->reached) {
        start->reached = true;
        start->values = tt_alloc((STACK + vars) * sizeof *start->values);
        memcpy(start->values, state->stack, state->depth * sizeof *start->values);
        memcpy(start->values + STACK, state->vars, vars * sizeof *start->values);
        start->depth = (uint8_t)state->depth;
        start->exact = state->exact;
        changed = true;
    } else {
        changed = join_stack(start, state);
        for (uint32_t i = 0; i < vars; i++)
            changed = join_into(&start->values[STACK + i], state->vars[i]) || changed;
    }
    if (changed) enqueue(flow, block);
}

/** A frame starts at an address: parameters of `function` (or none) from `in`, other variables `others`. */
static void enter(Flow *flow, uint32_t address, uint32_t function, const TtOptValue *in, TtOptValue others) {
    const TtOpt *opt = flow->opt;
    if (address >= opt->count) return;
    uint32_t vars = var_count(flow, opt->scope_of[address]);
    State state = {.exact = true, .vars = flow->callee_vars};
    for (uint32_t i = 0; i < vars; i++) state.vars[i] = others;
    if (function != TT_OPT_NONE)
        for (uint32_t i = 0; i < opt->module->functions.items[function].parameter_count; i++)
            state.vars[opt->parameters[function][i]] = in ? in[i] : any;
    flow_to(flow, address, &state);
}

/* ---- summaries of functions
 * ----------------------------------------------------------------------------------- */

static void summary_changed(Flow *flow, uint32_t scope) {
    if (flow->record) return;
    for (uint32_t i = flow->first_site[scope]; i < flow->first_site[scope + 1]; i++)
        if (flow->starts[flow->sites[i].block].reached) enqueue(flow, flow->sites[i].block);
}

/** A frame of the scope may end with this value on top (`some`), or without operands (`none`). */
static void note_return(Flow *flow, uint32_t scope, bool some, bool none, TtOptValue value) {
    TtOptScope *summary = &flow->opt->scopes.items[scope];
    bool changed = false;
    if (summary->never_returns) summary->never_returns = false, changed = true;
    if (none && !summary->leaves_none) summary->leaves_none = true, changed = true;
    if (some) changed = join_into(&flow->results[scope], value) || changed;
    if (changed) summary_changed(flow, scope);
}

static void note_throw(Flow *flow, uint32_t scope) {
    TtOptScope *summary = &flow->opt->scopes.items[scope];
    if (summary->throws) return;
    summary->throws = true;
    summary_changed(flow, scope);
}

/** Scope that a CALL enters, or TT_OPT_NONE: the end of the code, where the actor ends. */
static uint32_t callee_scope(const TtOpt *opt, TtInsn insn) {
    uint32_t entry = opt->module->functions.items[insn.b].entry;
    return entry < opt->count ? opt->scope_of[entry] : TT_OPT_NONE;
}

/* ---- walking
 * ----------------------------------------------------------------------------------------------------- */

typedef struct Step {
    Flow *flow;
    uint32_t at, scope;
    TtInsn insn;
    TtOptFact fact;
} Step;

static bool is_volatile(const Step *step) {
    return step->scope == 0 && step->flow->opt->stored_global[step->insn.b];
}

static TtOptValue *variable(const Step *step) {
    return &step->flow->now.vars[step->flow->opt->var_of[step->at]];
}

static void set_variable(const Step *step, TtOptValue value) {
    uint32_t name = step->insn.op == TT_OP_CATCH && step->insn.a == 1
                        ? step->flow->opt->module->blocks.items[step->insn.b].variable
                        : (uint32_t)step->insn.b;
    bool volatile_name = step->scope == 0 && step->flow->opt->stored_global[name];
    *variable(step) = volatile_name ? any_or_none : value;
}

static void walk_load(Step *step) {
    Flow *flow = step->flow;
    TtOptValue value = is_volatile(step) ? any_or_none : *variable(step);
    if (value.types & TT_OPT_UNBOUND) {
        step->fact.throws = true;
        value.types &= ~TT_OPT_UNBOUND;
        bool top_frame = step->scope == 0 && flow->opt->top_only;
        if (!top_frame) value = any; /* perhaps the global of that name */
        if (!value.types) value = any;
        value.known = false;
    }
    step->fact.out = value;
    push(&flow->now, value);
}

/** False: it never comes back. */
static bool walk_call(Step *step) {
    Flow *flow = step->flow;
    TtOpt *opt = flow->opt;
    uint32_t count = opt->module->functions.items[step->insn.b].parameter_count;
    TtOptValue args[TT_MAX_OPERANDS];
    if (flow->now.exact && flow->now.depth < count) return false; /* surely underflow */
    for (uint32_t i = count; i-- > 0;) args[i] = pop(&flow->now);
    uint32_t callee = callee_scope(opt, step->insn);
    enter(flow, opt->module->functions.items[step->insn.b].entry, (uint32_t)step->insn.b, args, unbound);
    if (callee == TT_OPT_NONE) return false;
    const TtOptScope *summary = &opt->scopes.items[callee];
    step->fact.throws = step->fact.throws || summary->throws;
    bool tail = step->insn.op == TT_OP_TAIL_CALL;
    if (tail && step->scope == 0) step->fact.throws = true;
    if (summary->never_returns) return false;
    bool some = flow->results[callee].types;
    if (tail) {
        note_return(flow, step->scope, some, summary->leaves_none, flow->results[callee]);
        return false;
    }
    step->fact.out = flow->results[callee];
    if (some && summary->leaves_none)
        forget_stack(&flow->now, flow->now.depth);
    else if (some)
        push(&flow->now, flow->results[callee]);
    return true;
}

static void walk_call_function(Step *step) {
    State *now = &step->flow->now;
    step->fact.throws = true;
    if (step->insn.b >= 0)
        for (int32_t i = 0; i <= step->insn.b; i++) (void)pop(now);
    else
        forget_stack(now, 0);
}

static void walk_catch(Step *step) {
    State *now = &step->flow->now;
    const TtModule *module = step->flow->opt->module;
    TtOptValue exception = tt_opt_of_types(TT_OPT_TYPE(EXCEPTION) | TT_OPT_TYPE(NULL));
    bool block = step->insn.a == 1, named = step->flow->opt->var_of[step->at] != TT_OPT_NONE;
    /* Without an exception the block form goes on behind its END_TRY, the other form does nothing. */
    if (block) flow_to(step->flow, module->blocks.items[step->insn.b].end_at + 1, now);
    if (named)
        set_variable(step, block ? exception : tt_opt_join(*variable(step), exception));
    else if (block)
        push(now, exception);
    else
        forget_stack(now, now->depth);
}

/** Names that a SPAWN of `what` may be given. */
static void note_spawn(Step *step, TtOptValue what) {
    Flow *flow = step->flow;
    const TtModule *module = flow->opt->module;
    if (!flow->record || !(what.types & TT_OPT_TYPE(STR))) return;
    if (!what.known) {
        flow->spawns_any = true;
        return;
    }
    uint32_t name = tt_names_find(&module->names, tt_bytes_data(what.value), what.value.len);
    for (uint32_t i = 0; name != TT_NO_NAME && i < module->labels.count; i++)
        if (module->labels.items[i].name == name) tt_vec_push(&flow->spawned_labels, i);
}

static void note_child(Step *step) {
    const TtModule *module = step->flow->opt->module;
    TtValue label = module->constants.items[module->children.items[step->insn.b].label];
    note_spawn(step, tt_opt_constant(label));
}

static void note_import(Step *step) {
    Flow *flow = step->flow;
    const TtModule *module = flow->opt->module;
    const TtOptWorld *world = flow->opt->world;
    TtValue path = module->constants.items[module->imports.items[step->insn.b].path];
    if (!flow->record || flow->spawns_any) return;
    char *text = tt_alloc_string(tt_bytes_data(path), path.len);
    bool closed = world && world->import_is_closed && world->import_is_closed(world->context, module, text);
    tt_free(text);
    if (!closed) flow->spawns_any = true;
}

static void walk_spawn(Step *step) {
    State *now = &step->flow->now;
    if (step->insn.op == TT_OP_SPAWN_ARGS) {
        TtOptValue count = pop(now), what = pop(now);
        note_spawn(step, what);
        bool known = count.known && count.value.tag == TT_TAG_INT && count.value.as.i >= 0 &&
                     count.value.as.i <= TT_MAX_OPERANDS;
        if (known)
            for (int64_t i = 0; i < count.value.as.i; i++) (void)pop(now);
        else
            forget_stack(now, 0);
        push(now, tt_opt_of_types(TT_OPT_TYPE(INT)));
        return;
    }
    note_spawn(step, pop(now));
    push(now, step->insn.op == TT_OP_SUPERVISE_FUNCTION ? any : tt_opt_of_types(TT_OPT_TYPE(INT)));
    if (step->insn.op == TT_OP_SPAWN_MONITOR) push(now, tt_opt_of_types(TT_OPT_TYPE(REF)));
}

/** Takes operands and pushes results as the table says. False: it does not go on here. */
static bool walk_plain(Step *step) {
    Flow *flow = step->flow;
    State *now = &flow->now;
    const TtModule *module = flow->opt->module;
    const TtOpInfo *info = tt_op_info(step->insn.op);
    int pops = tt_insn_pops(module, step->insn), pushes = tt_insn_pushes(module, step->insn);
    if (pops == TT_VARIES)
        forget_stack(now, 0);
    else if (now->exact && now->depth < (uint32_t)pops)
        return false; /* surely underflow */
    for (int i = 0; i < pops; i++) (void)pop(now);
    if (info->flags & TT_FLAG_JUMPS) flow_to(flow, tt_insn_target(module, step->insn), now);
    if (info->flags & TT_FLAG_ENDS) return false;
    /* RECEIVE_TIMEOUT and its kin, which vary, push when they do not jump. */
    if (pushes == TT_VARIES) pushes = 1;
    for (int i = 0; i < pushes; i++) push(now, pushes == 1 ? step->fact.out : any);
    return true;
}

/** A branch on a known value leads only one way. */
static bool walk_branch(Step *step) {
    Flow *flow = step->flow;
    State *now = &flow->now;
    if (now->exact && !now->depth) return false;
    TtOptValue value = pop(now);
    uint32_t falsy = TT_OPT_TYPE(INT) | TT_OPT_TYPE(BOOL) | TT_OPT_TYPE(NULL);
    bool can_be_true = value.known ? tt_truthy(value.value) : value.types != TT_OPT_TYPE(NULL);
    bool can_be_false = value.known ? !tt_truthy(value.value) : (value.types & falsy) != 0;
    bool on_true = step->insn.op == TT_OP_JNZ;
    if (on_true ? can_be_true : can_be_false) flow_to(flow, (uint32_t)step->insn.b, now);
    return on_true ? can_be_false : can_be_true;
}

static bool walk_shuffle(Step *step) {
    State *now = &step->flow->now;
    TtOptValue c, b, a;
    uint32_t needs = (uint32_t)tt_op_info(step->insn.op)->pops;
    if (now->exact && now->depth < needs) return false;
    switch ((TtOp)step->insn.op) {
    case TT_OP_DUP:
        a = pop(now);
        step->fact.out = a;
        push(now, a);
        push(now, a);
        return true;
    case TT_OP_SWAP:
        b = pop(now), a = pop(now);
        push(now, b);
        push(now, a);
        return true;
    case TT_OP_OVER:
        b = pop(now), a = pop(now);
        step->fact.out = a;
        push(now, a);
        push(now, b);
        push(now, a);
        return true;
    default:
        c = pop(now), b = pop(now), a = pop(now);
        push(now, b);
        push(now, c);
        push(now, a);
        return true;
    }
}

/** False: the next instruction is not come to from here. */
static bool walk_insn(Step *step) {
    Flow *flow = step->flow;
    State *now = &flow->now;
    TtInsn insn = step->insn;
    switch ((TtOp)insn.op) {
    case TT_OP_LOAD: walk_load(step); return true;
    case TT_OP_STORE:
        if (now->exact && !now->depth) return false;
        set_variable(step, pop(now));
        return true;
    case TT_OP_DELETE: set_variable(step, unbound); return true;
    case TT_OP_IMPORT:
        note_import(step);
        for (uint32_t i = 0; i < var_count(flow, step->scope); i++) now->vars[i] = any_or_none;
        return true;
    case TT_OP_CALL:
    case TT_OP_TAIL_CALL: return walk_call(step);
    case TT_OP_CALL_FUNCTION:
        walk_call_function(step);
        push(now, any);
        return true;
    case TT_OP_TAIL_CALL_FUNCTION:
        walk_call_function(step);
        note_return(flow, step->scope, true, false, any);
        return false;
    case TT_OP_RET:
        if (step->scope == 0) step->fact.throws = true;
        note_return(flow, step->scope, now->depth || !now->exact, !now->depth, step->fact.in[0]);
        return false;
    case TT_OP_TRY: {
        State handler = *now;
        forget_stack(&handler, 0);
        TtOptValue *vars = flow->callee_vars;
        for (uint32_t i = 0; i < var_count(flow, step->scope); i++) vars[i] = any_or_none;
        handler.vars = vars;
        flow_to(flow, tt_insn_target(flow->opt->module, insn), &handler);
        return true;
    }
    case TT_OP_CATCH: walk_catch(step); return true;
    case TT_OP_JZ:
    case TT_OP_JNZ: return walk_branch(step);
    case TT_OP_DUP:
    case TT_OP_SWAP:
    case TT_OP_OVER:
    case TT_OP_ROT: return walk_shuffle(step);
    case TT_OP_SPAWN:
    case TT_OP_SPAWN_ARGS:
    case TT_OP_SPAWN_LINK:
    case TT_OP_SPAWN_MONITOR:
    case TT_OP_SUPERVISE_FUNCTION: walk_spawn(step); return true;
    case TT_OP_SUPERVISE_CHILD: note_child(step); return walk_plain(step);
    case TT_OP_MAKE_FUNCTION:
    case TT_OP_MAKE_LAMBDA:
        enter(flow, flow->opt->module->functions.items[insn.b].entry, (uint32_t)insn.b, NULL,
              insn.op == TT_OP_MAKE_LAMBDA ? any_or_none : unbound);
        return walk_plain(step);
    default: return walk_plain(step);
    }
}

static void walk_block(Flow *flow, uint32_t number) {
    TtOpt *opt = flow->opt;
    const TtOptBlock *block = &opt->blocks.items[number];
    const Start *start = &flow->starts[number];
    State *now = &flow->now;
    uint32_t vars = var_count(flow, block->scope);
    now->depth = start->depth;
    now->exact = start->exact;
    memcpy(now->stack, start->values, start->depth * sizeof *now->stack);
    for (uint32_t i = 0; i < vars; i++)
        now->vars[i] = flow->tracked[block->scope] ? start->values[STACK + i] : any_or_none;
    for (uint32_t at = block->first; at < block->end; at++) {
        Step step = {flow, at, block->scope, tt_opt_insn(opt, at), {.reached = true}};
        step.fact.depth = (uint8_t)now->depth;
        step.fact.exact = now->exact;
        for (uint32_t i = 0; i < 3; i++)
            step.fact.in[i] = i < now->depth ? now->stack[now->depth - 1 - i] : any;
        step.fact.throws = tt_opt_can_raise(opt->module, step.insn, step.fact.in, now->depth);
        /* Calls, loads and RET find out for themselves. */
        if (step.insn.op == TT_OP_CALL || step.insn.op == TT_OP_TAIL_CALL)
            step.fact.throws = now->depth < opt->module->functions.items[step.insn.b].parameter_count;
        if (step.insn.op == TT_OP_LOAD || step.insn.op == TT_OP_RET) step.fact.throws = false;
        step.fact.out = tt_opt_result(opt, step.insn, step.fact.in);
        bool goes_on = walk_insn(&step);
        if (step.fact.throws) note_throw(flow, block->scope);
        if (flow->record) opt->facts[at] = step.fact;
        if (!goes_on) return;
    }
    flow_to(flow, block->end, now);
}

/* ---- one flow
 * ---------------------------------------------------------------------------------------------------- */

static void find_sites(Flow *flow) {
    const TtOpt *opt = flow->opt;
    uint32_t scopes = opt->scopes.count;
    flow->first_site = tt_alloc_zero((scopes + 2) * sizeof *flow->first_site);
    uint32_t total = 0;
    for (uint32_t at = 0; at < opt->count; at++) {
        TtInsn insn = tt_opt_insn(opt, at);
        if (insn.op != TT_OP_CALL && insn.op != TT_OP_TAIL_CALL) continue;
        uint32_t callee = callee_scope(opt, insn);
        if (callee == TT_OPT_NONE) continue;
        flow->first_site[callee + 2]++;
        total++;
    }
    for (uint32_t i = 0; i < scopes; i++) flow->first_site[i + 2] += flow->first_site[i + 1];
    flow->sites = tt_alloc((total + 1) * sizeof *flow->sites);
    for (uint32_t at = 0; at < opt->count; at++) {
        TtInsn insn = tt_opt_insn(opt, at);
        if (insn.op != TT_OP_CALL && insn.op != TT_OP_TAIL_CALL) continue;
        uint32_t callee = callee_scope(opt, insn);
        if (callee != TT_OPT_NONE)
            flow->sites[flow->first_site[callee + 1]++] = (CallSite){callee, opt->block_of[at]};
    }
}

static void choose_tracked(Flow *flow) {
    const TtOpt *opt = flow->opt;
    uint32_t *blocks = tt_alloc_zero((opt->scopes.count + 1) * sizeof *blocks);
    for (uint32_t i = 0; i < opt->blocks.count; i++) blocks[opt->blocks.items[i].scope]++;
    uint64_t left = MOST_VALUES;
    for (uint32_t i = 0; i < opt->scopes.count; i++) {
        uint64_t wanted = (uint64_t)blocks[i] * opt->scopes.items[i].var_count;
        flow->tracked[i] = wanted <= left;
        if (flow->tracked[i]) left -= wanted;
    }
    tt_free(blocks);
}

static void start_flow(Flow *flow, TtOpt *opt) {
    uint32_t scopes = opt->scopes.count, blocks = opt->blocks.count, most = 0;
    *flow = (Flow){.opt = opt};
    for (uint32_t i = 0; i < scopes; i++) {
        TtOptScope *scope = &opt->scopes.items[i];
        if (scope->var_count > most) most = scope->var_count;
        scope->never_returns = true;
        scope->leaves_none = scope->throws = false;
    }
    flow->starts = tt_alloc_zero((blocks + 1) * sizeof *flow->starts);
    flow->queue = tt_alloc((blocks + 1) * sizeof *flow->queue);
    flow->tracked = tt_alloc_zero(scopes + 1);
    flow->results = tt_alloc_zero((scopes + 1) * sizeof *flow->results);
    flow->now.vars = tt_alloc((most + 1) * sizeof *flow->now.vars);
    flow->callee_vars = tt_alloc((most + 1) * sizeof *flow->callee_vars);
    choose_tracked(flow);
    find_sites(flow);
}

static void end_flow(Flow *flow) {
    for (uint32_t i = 0; i < flow->opt->blocks.count; i++) tt_free(flow->starts[i].values);
    tt_free(flow->starts);
    tt_free(flow->queue);
    tt_free(flow->tracked);
    tt_free(flow->results);
    tt_free(flow->now.vars);
    tt_free(flow->callee_vars);
    tt_free(flow->sites);
    tt_free(flow->first_site);
    tt_vec_free(&flow->spawned_labels);
}

/** Works the flow out and writes the facts down. True when labels turned out to be started by name. */
static bool run_flow(TtOpt *opt) {
    Flow flow;
    start_flow(&flow, opt);
    enter(&flow, 0, TT_OPT_NONE, NULL, unbound);
    for (uint32_t i = 0; i < opt->module->labels.count; i++)
        if (opt->spawned[i]) enter(&flow, opt->module->labels.items[i].address, TT_OPT_NONE, NULL, unbound);
    while (flow.waiting) {
        uint32_t block = flow.queue[flow.head];
        flow.head = (flow.head + 1) % opt->blocks.count;
        flow.waiting--;
        flow.starts[block].queued = false;
        walk_block(&flow, block);
    }
    memset(opt->facts, 0, opt->count * sizeof *opt->facts);
    flow.record = true;
    for (uint32_t i = 0; i < opt->blocks.count; i++)
        if (flow.starts[i].reached) walk_block(&flow, i);
    bool news = false;
    for (uint32_t i = 0; i < opt->module->labels.count && flow.spawns_any; i++) {
        news = news || !opt->spawned[i];
        opt->spawned[i] = true;
    }
    for (uint32_t i = 0; i < flow.spawned_labels.count; i++) {
        bool *spawned = &opt->spawned[flow.spawned_labels.items[i]];
        news = news || !*spawned;
        *spawned = true;
    }
    end_flow(&flow);
    return news;
}

void tt_opt_find_facts(TtOpt *opt) {
    size_t labels = (size_t)opt->module->labels.count + 1;
    opt->facts = tt_alloc(((size_t)opt->count + 1) * sizeof *opt->facts);
    opt->spawned = tt_alloc_zero(labels);
    for (uint32_t i = 0; i < opt->module->labels.count; i++) /* --run-tests starts them */
        opt->spawned[i] =
            tt_names_test(tt_names_text(&opt->module->names, opt->module->labels.items[i].name));
    for (int flows = 1;; flows++) {
        tt_opt_build_graph(opt);
        if (!run_flow(opt)) return;
        if (flows >= MOST_FLOWS) memset(opt->spawned, true, labels);
        tt_opt_free_graph(opt);
    }
}
