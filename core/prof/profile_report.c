// SPDX-License-Identifier: MIT
#include "prof/profile_report.h"

#include "prof/export.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void add_live(void *context, TtActor *actor) {
    tt_profile_add(context, actor);
}

static int compare_actors(const void *a, const void *b) {
    uint64_t x = ((const TtProfileActor *)a)->pid, y = ((const TtProfileActor *)b)->pid;
    return (x > y) - (x < y);
}

/** The total with all live actors added. The caller frees it with tt_profile_total_free. */
static void collect(TtProfileTotal *total, TtSystem *system) {
    tt_lock_acquire(&system->stats_lock);
    tt_profile_total_copy(total, &system->profile_total);
    tt_lock_release(&system->stats_lock);
    tt_pids_each(system, add_live, total);
    if (total->actors.count)
        qsort(total->actors.items, total->actors.count, sizeof *total->actors.items, compare_actors);
}

/** Of one function, for sorting. */
typedef struct Place {
    uint64_t own_ns, own_instructions;
    uint32_t number;
} Place;

static int compare_places(const void *a, const void *b) {
    const Place *x = a, *y = b;
    if (x->own_ns != y->own_ns) return x->own_ns < y->own_ns ? 1 : -1;
    if (x->own_instructions != y->own_instructions) return x->own_instructions < y->own_instructions ? 1 : -1;
    return (x->number > y->number) - (x->number < y->number);
}

/** Numbers of the merged functions, the slowest first. The caller frees the array. */
static uint32_t *make_order(const TtProfileTotal *total) {
    uint32_t count = total->merged.functions.count;
    Place *places = tt_alloc((count + 1) * sizeof *places);
    uint32_t *order = tt_alloc((count + 1) * sizeof *order);
    for (uint32_t i = 0; i < count; i++) {
        const TtProfileFunction *record = &total->merged.functions.items[i];
        places[i] = (Place){record->own_ns, record->own_instructions, i};
    }
    qsort(places, count, sizeof *places, compare_places);
    for (uint32_t i = 0; i < count; i++) order[i] = places[i].number;
    tt_free(places);
    return order;
}

/** As stack traces have it. */
static void add_name(TtStrbuf *out, const TtFunction *function, const TtModule *program) {
    if (function->module != program) tt_strbuf_add_format(out, "%s:", function->module->name);
    tt_strbuf_add_text(out, function->name);
}

static const char *const leave_texts[] = {
#define LEAVE(name, text) text,
    TT_PROFILE_LEAVES(LEAVE)
#undef LEAVE
};

/* ---- JSON ---------------------------------------------------------------------------------------------- */

static void add_figures(TtStrbuf *out, const TtProfileFunction *record) {
    tt_strbuf_add_format(out,
                         "\"calls\":%" PRIu64 ",\"ownNs\":%" PRIu64 ",\"ownInstructions\":%" PRIu64
                         ",\"allNs\":%" PRIu64 ",\"allInstructions\":%" PRIu64,
                         record->calls, record->own_ns, record->own_instructions, record->all_ns,
                         record->all_instructions);
}

static void add_function(TtStrbuf *out, const TtProfileFunction *record, const TtModule *program) {
    const TtFunction *function = record->function;
    TtStrbuf name = {0};
    add_name(&name, function, program);
    tt_strbuf_add_text(out, "{\"name\":");
    tt_export_quote(out, name.bytes, name.length);
    tt_strbuf_add_text(out, ",\"file\":");
    tt_export_quote(out, function->module->file, strlen(function->module->file));
    tt_strbuf_add_format(out, ",\"line\":%u,", tt_function_position(function, function->entry).line);
    add_figures(out, record);
    tt_strbuf_add_char(out, '}');
    tt_strbuf_free(&name);
}

static void add_path(TtStrbuf *out, const TtProfileNode *node, const uint32_t *rank) {
    tt_strbuf_add_format(out,
                         "{\"parent\":%" PRId64 ",\"function\":%u,\"calls\":%" PRIu64 ",\"ownNs\":%" PRIu64
                         ",\"ownInstructions\":%" PRIu64 "}",
                         node->parent == TT_PROFILE_NONE ? (int64_t)-1 : (int64_t)node->parent,
                         rank[node->function], node->calls, node->own_ns, node->own_instructions);
}

static uint32_t rank_of(const TtProfile *merged, const uint32_t *rank, const TtFunction *function) {
    for (uint32_t i = 0; i < merged->functions.count; i++) {
        const TtFunction *known = merged->functions.items[i].function;
        if (known->module == function->module && known->entry == function->entry) return rank[i];
    }
    return 0;
}

static void add_actor(TtStrbuf *out, const TtProfileActor *actor, const TtProfile *merged,
                      const uint32_t *rank) {
    tt_strbuf_add_format(out,
                         "{\"pid\":%" PRIu64 ",\"function\":%u,\"ns\":%" PRIu64 ",\"instructions\":%" PRIu64
                         ",\"functions\":[",
                         actor->pid, rank[actor->function], actor->ns, actor->instructions);
    for (uint32_t i = 0; i < actor->functions.count; i++) {
        const TtProfileFunction *record = &actor->functions.items[i];
        tt_strbuf_add_format(out, "%s{\"function\":%u,", i ? "," : "",
                             rank_of(merged, rank, record->function));
        add_figures(out, record);
        tt_strbuf_add_char(out, '}');
    }
    tt_strbuf_add_text(out, "]}");
}

static void add_leaves(TtStrbuf *out, const TtProfile *merged) {
    bool first = true;
    for (int i = 0; i < TT_PROFILE_LEAVE_COUNTERS; i++) {
        if (!merged->leaves[i]) continue;
        tt_strbuf_add_text(out, first ? "\n{\"reason\":" : ",\n{\"reason\":");
        tt_export_quote(out, leave_texts[i], strlen(leave_texts[i]));
        tt_strbuf_add_format(out, ",\"count\":%" PRIu64 "}", merged->leaves[i]);
        first = false;
    }
}

/** The schedulers up to the last one that had a slice: how many, and how long there were slices. */
static uint32_t count_schedulers(const TtSystem *system, uint64_t *span_ns) {
    uint32_t count = 0;
    uint64_t first = UINT64_MAX, last = 0;
    for (uint32_t i = 0; system->profile_runs && i < TT_MAX_WORKERS; i++) {
        const TtProfileRuns *runs = &system->profile_runs[i];
        if (!runs->slices) continue;
        count = i + 1;
        if (runs->first_ns < first) first = runs->first_ns;
        if (runs->last_ns > last) last = runs->last_ns;
    }
    *span_ns = count ? last - first : 0;
    return count;
}

static void add_schedulers(TtStrbuf *out, const TtSystem *system) {
    uint64_t span_ns;
    uint32_t count = count_schedulers(system, &span_ns);
    tt_strbuf_add_format(out, "],\n\"spanNs\":%" PRIu64 ",\n\"schedulers\":[", span_ns);
    for (uint32_t i = 0; i < count; i++) {
        const TtProfileRuns *runs = &system->profile_runs[i];
        tt_strbuf_add_format(out,
                             "%s\n{\"slices\":%" PRIu64 ",\"steals\":%" PRIu64 ",\"ns\":%" PRIu64
                             ",\"instructions\":%" PRIu64 "}",
                             i ? "," : "", runs->slices, runs->steals, runs->ns, runs->instructions);
    }
}

void tt_profile_json(TtStrbuf *out, TtSystem *system) {
    TtProfileTotal total;
    collect(&total, system);
    const TtProfile *merged = &total.merged;
    uint32_t *order = make_order(&total);
    uint32_t *rank = tt_alloc((merged->functions.count + 1) * sizeof *rank);
    for (uint32_t i = 0; i < merged->functions.count; i++) rank[order[i]] = i;

    tt_strbuf_add_format(out,
                         "{\"version\":1,\"ns\":%" PRIu64 ",\"instructions\":%" PRIu64 ",\"functions\":[",
                         merged->ns, merged->seen);
    for (uint32_t i = 0; i < merged->functions.count; i++) {
        tt_strbuf_add_text(out, i ? ",\n" : "\n");
        add_function(out, &merged->functions.items[order[i]], system->main);
    }
    tt_strbuf_add_text(out, "],\n\"paths\":[");
    for (uint32_t i = 0; i < merged->nodes.count; i++) {
        tt_strbuf_add_text(out, i ? ",\n" : "\n");
        add_path(out, &merged->nodes.items[i], rank);
    }
    tt_strbuf_add_text(out, "],\n\"actors\":[");
    for (uint32_t i = 0; i < total.actors.count; i++) {
        tt_strbuf_add_text(out, i ? ",\n" : "\n");
        add_actor(out, &total.actors.items[i], merged, rank);
    }
    tt_strbuf_add_format(out, "],\n\"moreActors\":%" PRIu64 ",\n\"leaves\":[",
                         total.actor_count - total.actors.count);
    add_leaves(out, merged);
    add_schedulers(out, system);
    tt_strbuf_add_text(out, "]}\n");
    tt_free(order);
    tt_free(rank);
    tt_profile_total_free(&total);
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

static char *make_name(const TtFunction *function, const TtModule *program) {
    TtStrbuf name = {0};
    add_name(&name, function, program);
    return tt_strbuf_take(&name);
}

TtProfileTable *tt_profile_table_new(TtSystem *system) {
    TtProfileTotal total;
    collect(&total, system);
    const TtProfile *merged = &total.merged;
    uint32_t *order = make_order(&total);
    TtProfileRow *rows = tt_alloc((merged->functions.count + 1) * sizeof *rows);
    for (uint32_t i = 0; i < merged->functions.count; i++) {
        const TtProfileFunction *record = &merged->functions.items[order[i]];
        const TtFunction *function = record->function;
        rows[i] = (TtProfileRow){.name = make_name(function, system->main),
                                 .file = function->module->file,
                                 .line = tt_function_position(function, function->entry).line,
                                 .calls = record->calls,
                                 .own_ns = record->own_ns,
                                 .own_instructions = record->own_instructions,
                                 .all_ns = record->all_ns,
                                 .all_instructions = record->all_instructions};
    }
    TtProfileActorRow *actors = tt_alloc((total.actors.count + 1) * sizeof *actors);
    for (uint32_t i = 0; i < total.actors.count; i++) {
        const TtProfileActor *actor = &total.actors.items[i];
        const TtFunction *function = merged->functions.items[actor->function].function;
        actors[i] = (TtProfileActorRow){.pid = actor->pid,
                                        .name = make_name(function, system->main),
                                        .ns = actor->ns,
                                        .instructions = actor->instructions};
    }
    TtProfileLeaveRow *leaves = tt_alloc(TT_PROFILE_LEAVE_COUNTERS * sizeof *leaves);
    uint32_t leave_count = 0;
    for (int i = 0; i < TT_PROFILE_LEAVE_COUNTERS; i++)
        if (merged->leaves[i]) leaves[leave_count++] = (TtProfileLeaveRow){leave_texts[i], merged->leaves[i]};
    uint64_t span_ns;
    uint32_t scheduler_count = count_schedulers(system, &span_ns);
    TtProfileSchedulerRow *schedulers = tt_alloc((scheduler_count + 1) * sizeof *schedulers);
    for (uint32_t i = 0; i < scheduler_count; i++) {
        const TtProfileRuns *runs = &system->profile_runs[i];
        schedulers[i] = (TtProfileSchedulerRow){runs->slices, runs->steals, runs->ns, runs->instructions};
    }
    TtProfileTable *table = tt_alloc(sizeof *table);
    *table = (TtProfileTable){.rows = rows,
                              .count = merged->functions.count,
                              .actors = actors,
                              .actor_count = total.actors.count,
                              .more_actors = total.actor_count - total.actors.count,
                              .leaves = leaves,
                              .leave_count = leave_count,
                              .schedulers = schedulers,
                              .scheduler_count = scheduler_count,
                              .span_ns = span_ns,
                              .ns = merged->ns,
                              .instructions = merged->seen};
    tt_free(order);
    tt_profile_total_free(&total);
    return table;
}

void tt_profile_table_free(TtProfileTable *table) {
    if (!table) return;
    for (uint32_t i = 0; i < table->count; i++) tt_free((void *)table->rows[i].name);
    for (uint32_t i = 0; i < table->actor_count; i++) tt_free((void *)table->actors[i].name);
    tt_free((void *)table->rows);
    tt_free((void *)table->actors);
    tt_free((void *)table->leaves);
    tt_free((void *)table->schedulers);
    tt_free(table);
}
