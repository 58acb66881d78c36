// SPDX-License-Identifier: MIT
#include "actor/profile.h"

#include "actor/system.h"
#include "base/alloc.h"
#include "base/config.h"
#include "port/clock.h"

/* ---- functions and paths ----------------------------------------------------------------------------- */

static uint32_t hash_of(const TtFunction *function) {
    uint64_t key = (uint64_t)(uintptr_t)function->module ^ (uint64_t)function->entry * 0x9E3779B97F4A7C15ull;
    return (uint32_t)((key * 0xD6E8FEB86659FD93ull) >> 32);
}

static void index_function(TtProfile *profile, uint32_t number) {
    uint32_t mask = profile->index_size - 1, at = hash_of(profile->functions.items[number].function) & mask;
    while (profile->index[at]) at = (at + 1) & mask;
    profile->index[at] = number + 1;
}

static void grow_index(TtProfile *profile) {
    tt_free(profile->index);
    profile->index_size = profile->index_size ? profile->index_size * 2 : 16;
    profile->index = tt_alloc_zero(profile->index_size * sizeof *profile->index);
    for (uint32_t i = 0; i < profile->functions.count; i++) index_function(profile, i);
}

static bool same_code(const TtFunction *a, const TtFunction *b) {
    return a == b || (a->module == b->module && a->entry == b->entry);
}

/** Number of the function, which is added when it is new. */
static uint32_t function_number(TtProfile *profile, const TtFunction *function) {
    if (profile->index_size) {
        uint32_t mask = profile->index_size - 1;
        for (uint32_t at = hash_of(function) & mask; profile->index[at]; at = (at + 1) & mask)
            if (same_code(profile->functions.items[profile->index[at] - 1].function, function))
                return profile->index[at] - 1;
    }
    TtProfileFunction record = {.function = function};
    tt_vec_push(&profile->functions, record);
    if (profile->functions.count * 2 > profile->index_size)
        grow_index(profile);
    else
        index_function(profile, profile->functions.count - 1);
    return profile->functions.count - 1;
}

static uint32_t *first_child(TtProfile *profile, uint32_t parent) {
    return parent == TT_PROFILE_NONE ? &profile->roots : &profile->nodes.items[parent].child;
}

/** The node of `number` directly below `parent`, which is added when it is new and there is room. */
static uint32_t child_node(TtProfile *profile, uint32_t parent, uint32_t number) {
    for (uint32_t at = *first_child(profile, parent); at != TT_PROFILE_NONE;
         at = profile->nodes.items[at].sibling)
        if (profile->nodes.items[at].function == number) return at;
    if (profile->nodes.count == TT_PROFILE_MAX_NODES && parent != TT_PROFILE_NONE) return parent;
    TtProfileNode node = {.function = number,
                          .parent = parent,
                          .child = TT_PROFILE_NONE,
                          .sibling = *first_child(profile, parent),
                          .last_node = TT_PROFILE_NONE};
    tt_vec_push(&profile->nodes, node);
    *first_child(profile, parent) = profile->nodes.count - 1;
    return profile->nodes.count - 1;
}

/** Where a call of `function` from `parent` leads. */
static uint32_t callee_node(TtProfile *profile, uint32_t parent, const TtFunction *function) {
    uint32_t number = function_number(profile, function);
    for (uint32_t at = parent; at != TT_PROFILE_NONE; at = profile->nodes.items[at].parent)
        if (profile->nodes.items[at].function == number) return at;
    return child_node(profile, parent, number);
}

/* ---- recording ----------------------------------------------------------------------------------------- */

/** Accounts for what happened since the last time: it belongs to the innermost frame. */
static void account(TtProfile *profile) {
    uint64_t now = tt_clock_ns(), ns = now - profile->mark_ns, count = profile->executed - profile->seen;
    profile->mark_ns = now;
    profile->ns += ns;
    profile->seen = profile->executed;
    if (!profile->frames.count) return;
    TtProfileNode *node = &profile->nodes.items[tt_vec_last(&profile->frames)];
    node->own_ns += ns;
    node->own_instructions += count;
    TtProfileFunction *record = &profile->functions.items[node->function];
    record->own_ns += ns;
    record->own_instructions += count;
}

static void push_frame(TtProfile *profile, const TtFunction *function) {
    uint32_t parent = profile->frames.count ? tt_vec_last(&profile->frames) : TT_PROFILE_NONE, node;
    if (parent != TT_PROFILE_NONE && profile->nodes.items[parent].last_callee == function) {
        node = profile->nodes.items[parent].last_node;
    } else {
        node = callee_node(profile, parent, function);
        if (parent != TT_PROFILE_NONE) {
            profile->nodes.items[parent].last_callee = function;
            profile->nodes.items[parent].last_node = node;
        }
    }
    tt_vec_push(&profile->frames, node);
    profile->nodes.items[node].calls++;
    TtProfileFunction *record = &profile->functions.items[profile->nodes.items[node].function];
    record->calls++;
    if (record->open++ == 0) {
        record->open_ns = profile->ns;
        record->open_executed = profile->seen;
    }
}

void tt_profile_start(TtActor *actor) {
    TtProfile *profile = tt_alloc_zero(sizeof *profile);
    profile->roots = TT_PROFILE_NONE;
    profile->mark_ns = tt_clock_ns();
    push_frame(profile, actor->function);
    tt_actor_rare(actor)->profile = profile;
}

void tt_profile_resume(TtProfile *profile) {
    profile->mark_ns = tt_clock_ns();
    profile->slice_ns = profile->ns;
    profile->slice_seen = profile->seen;
}

void tt_profile_pause(TtActor *actor) {
    TtProfile *profile = tt_actor_rare(actor)->profile;
    profile->executed = actor->instructions;
    account(profile);
    TtProfileRuns *runs = &actor->system->profile_runs[actor->context->worker];
    uint64_t ns = profile->ns - profile->slice_ns;
    if (!runs->slices++) runs->first_ns = profile->mark_ns - ns;
    runs->last_ns = profile->mark_ns;
    runs->ns += ns;
    runs->instructions += profile->seen - profile->slice_seen;
}

void tt_profile_enter(TtProfile *profile, const TtFunction *function) {
    account(profile);
    push_frame(profile, function);
}

void tt_profile_leave(TtProfile *profile) {
    account(profile);
    uint32_t node = tt_vec_pop(&profile->frames);
    TtProfileFunction *record = &profile->functions.items[profile->nodes.items[node].function];
    if (--record->open) return;
    record->all_ns += profile->ns - record->open_ns;
    record->all_instructions += profile->seen - record->open_executed;
}

/* ---- sums ---------------------------------------------------------------------------------------------- */

/** A record with its calls under way ended now. */
static TtProfileFunction closed(const TtProfile *profile, const TtProfileFunction *record) {
    TtProfileFunction result = *record;
    if (!record->open) return result;
    result.all_ns += profile->ns - record->open_ns;
    result.all_instructions += profile->seen - record->open_executed;
    result.open = 0;
    return result;
}

static void add_figures(TtProfile *merged, const TtProfileFunction *from) {
    uint32_t number = function_number(merged, from->function);
    TtProfileFunction *to = &merged->functions.items[number];
    to->calls += from->calls;
    to->own_ns += from->own_ns;
    to->own_instructions += from->own_instructions;
    to->all_ns += from->all_ns;
    to->all_instructions += from->all_instructions;
}

/** Adds the paths of `from`; parents come before their children there. */
static void add_paths(TtProfile *to, const TtProfile *from) {
    uint32_t *places = tt_alloc((from->nodes.count + 1) * sizeof *places);
    for (uint32_t i = 0; i < from->nodes.count; i++) {
        const TtProfileNode *node = &from->nodes.items[i];
        uint32_t parent = node->parent == TT_PROFILE_NONE ? TT_PROFILE_NONE : places[node->parent];
        uint32_t number = function_number(to, from->functions.items[node->function].function);
        places[i] = child_node(to, parent, number);
        TtProfileNode *place = &to->nodes.items[places[i]];
        place->calls += node->calls;
        place->own_ns += node->own_ns;
        place->own_instructions += node->own_instructions;
    }
    tt_free(places);
}

static const TtProfile *profile_of(const TtActor *actor) {
    const TtActorRare *rare = tt_actor_rare_of(actor);
    return rare ? rare->profile : NULL;
}

static void keep_actor(TtProfileTotal *total, const TtActor *actor) {
    const TtProfile *profile = profile_of(actor);
    TtProfileActor kept = {.pid = actor->pid, .ns = profile->ns, .instructions = profile->seen};
    kept.function = function_number(&total->merged, profile->functions.items[0].function);
    tt_vec_reserve(&kept.functions, profile->functions.count);
    for (uint32_t i = 0; i < profile->functions.count; i++)
        tt_vec_push(&kept.functions, closed(profile, &profile->functions.items[i]));
    tt_vec_push(&total->actors, kept);
}

static void init_total(TtProfileTotal *total) {
    if (!total->merged.nodes.count) total->merged.roots = TT_PROFILE_NONE;
}

static void add_leaves(TtProfile *to, const TtProfile *from) {
    for (int i = 0; i < TT_PROFILE_LEAVE_COUNTERS; i++) to->leaves[i] += from->leaves[i];
}

void tt_profile_add(TtProfileTotal *total, const TtActor *actor) {
    const TtProfile *profile = profile_of(actor);
    if (!profile) return;
    init_total(total);
    for (uint32_t i = 0; i < profile->functions.count; i++) {
        TtProfileFunction record = closed(profile, &profile->functions.items[i]);
        add_figures(&total->merged, &record);
    }
    add_paths(&total->merged, profile);
    add_leaves(&total->merged, profile);
    total->merged.ns += profile->ns;
    total->merged.seen += profile->seen;
    if (total->actors.count < TT_PROFILE_MAX_ACTORS) keep_actor(total, actor);
    total->actor_count++;
}

void tt_profile_total_copy(TtProfileTotal *copy, const TtProfileTotal *total) {
    *copy = (TtProfileTotal){.actor_count = total->actor_count};
    init_total(copy);
    for (uint32_t i = 0; i < total->merged.functions.count; i++) {
        add_figures(&copy->merged, &total->merged.functions.items[i]);
    }
    add_paths(&copy->merged, &total->merged);
    add_leaves(&copy->merged, &total->merged);
    copy->merged.ns = total->merged.ns;
    copy->merged.seen = total->merged.seen;
    for (uint32_t i = 0; i < total->actors.count; i++) {
        TtProfileActor actor = total->actors.items[i];
        actor.functions.items = NULL;
        actor.functions.count = actor.functions.capacity = 0;
        for (uint32_t at = 0; at < total->actors.items[i].functions.count; at++)
            tt_vec_push(&actor.functions, total->actors.items[i].functions.items[at]);
        tt_vec_push(&copy->actors, actor);
    }
}

static void free_parts(TtProfile *profile) {
    tt_vec_free(&profile->functions);
    tt_vec_free(&profile->nodes);
    tt_vec_free(&profile->frames);
    tt_free(profile->index);
}

void tt_profile_total_free(TtProfileTotal *total) {
    free_parts(&total->merged);
    for (uint32_t i = 0; i < total->actors.count; i++) tt_vec_free(&total->actors.items[i].functions);
    tt_vec_free(&total->actors);
    *total = (TtProfileTotal){0};
}

void tt_profile_free(TtProfile *profile) {
    if (!profile) return;
    free_parts(profile);
    tt_free(profile);
}

/* ---- executions of instructions ------------------------------------------------------------------------ */

/**
 * A run of instructions adds 1 where it begins and takes it away behind its end. Behind the program's own
 * instructions stand two of the engine's (exec/prepare.c), and a run may end behind the second.
 */
static int64_t *make_counts(TtProfileRuns *runs, const TtModule *module) {
    while (runs->modules.count <= module->index) tt_vec_push(&runs->modules, NULL);
    int64_t **counts = &runs->modules.items[module->index];
    if (!*counts) *counts = tt_alloc_zero(((size_t)module->code.count + 3) * sizeof **counts);
    return *counts;
}

void tt_profile_count_run(TtActor *actor, const TtModule *module, uint32_t from, uint32_t to) {
    TtProfileRuns *runs = &actor->system->profile_runs[actor->context->worker];
    bool known = module->index < runs->modules.count && runs->modules.items[module->index];
    int64_t *counts = known ? runs->modules.items[module->index] : make_counts(runs, module);
    counts[from]++;
    counts[to]--;
}

bool tt_profile_executions(const TtSystem *system, const TtModule *module, double *counts) {
    if (!system->profile_runs || system->registers) return false;
    uint32_t length = module->code.count;
    for (uint32_t i = 0; i < length; i++) counts[i] = 0;
    bool any = false;
    for (uint32_t worker = 0; worker < TT_MAX_WORKERS; worker++) {
        const TtProfileRuns *runs = &system->profile_runs[worker];
        const int64_t *differences =
            module->index < runs->modules.count ? runs->modules.items[module->index] : NULL;
        if (!differences) continue;
        any = true;
        int64_t times = 0;
        for (uint32_t i = 0; i < length; i++) counts[i] += (double)(times += differences[i]);
    }
    return any;
}

void tt_profile_runs_free(TtSystem *system) {
    if (!system->profile_runs) return;
    for (uint32_t worker = 0; worker < TT_MAX_WORKERS; worker++) {
        TtProfileRuns *runs = &system->profile_runs[worker];
        for (uint32_t i = 0; i < runs->modules.count; i++) tt_free(runs->modules.items[i]);
        tt_vec_free(&runs->modules);
    }
    tt_free(system->profile_runs);
    system->profile_runs = NULL;
}
