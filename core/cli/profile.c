// SPDX-License-Identifier: MIT
/*
 * The report of --profile. The first table is of own figures: what the code of a function itself cost. The
 * second is of whole figures: what calling it cost. Colours go by the average time of a call.
 */
#include "cmd.h"
#include "table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/** Calls that take less on average are fast; those that take more than the second are slow. */
#define FAST_NS 100e3
#define SLOW_NS 10e6

/** Actors that are shown: those with the most instructions. */
#define SHOWN_ACTORS 20u

typedef struct Report {
    TtStrbuf out;
    bool boxes, color;
} Report;

static TtCliPaint paint_of(uint64_t ns, uint64_t calls) {
    double average = calls ? (double)ns / (double)calls : 0;
    return average < FAST_NS ? TT_CLI_GREEN : average < SLOW_NS ? TT_CLI_YELLOW : TT_CLI_RED;
}

static void add_heading(TtCliTable *table, const char *first, const char *second, const char *last) {
    tt_cli_table_add(table, TT_CLI_PLAIN, "%s", first);
    tt_cli_table_add(table, TT_CLI_PLAIN, "%s", second);
    tt_cli_table_add(table, TT_CLI_PLAIN, "Time (ms)");
    tt_cli_table_add(table, TT_CLI_PLAIN, "Instructions");
    if (last) tt_cli_table_add(table, TT_CLI_PLAIN, "%s", last);
}

static void add_row(TtCliTable *table, const TtProfileRow *row, uint64_t ns, uint64_t instructions) {
    TtCliPaint paint = paint_of(ns, row->calls);
    if (row->line)
        tt_cli_table_add(table, paint, "%s (%s:%" PRIu32 ")", row->name, row->file, row->line);
    else
        tt_cli_table_add(table, paint, "%s (%s)", row->name, row->file);
    tt_cli_table_add(table, TT_CLI_PLAIN, "%" PRIu64, row->calls);
    tt_cli_table_add(table, paint, "%.3f", (double)ns / 1e6);
    tt_cli_table_add(table, TT_CLI_PLAIN, "%" PRIu64, instructions);
    tt_cli_table_add(table, paint, "%.3f", row->calls ? (double)ns / (double)row->calls / 1e3 : 0.0);
}

static void print(Report *report, TtCliTable *table) {
    if (report->boxes)
        tt_cli_table_print(table, &report->out, report->color);
    else
        tt_cli_table_print_plain(table, &report->out, report->color);
    tt_cli_table_free(table);
}

static void print_functions(Report *report, const TtProfileTable *profile, bool whole) {
    TtCliTable table = {.columns = 5, .right = 0x1Eu};
    add_heading(&table, "Function", "Calls", "Avg Time/Call (μs)");
    for (uint32_t i = 0; i < profile->count; i++) {
        const TtProfileRow *row = &profile->rows[i];
        add_row(&table, row, whole ? row->all_ns : row->own_ns,
                whole ? row->all_instructions : row->own_instructions);
    }
    print(report, &table);
}

/** The actors with the most instructions, in order of pid. */
static void print_actors(Report *report, const TtProfileTable *profile) {
    TtCliTable table = {.columns = 4, .right = 0xDu};
    add_heading(&table, "Actor", "Function", NULL);
    uint64_t least = 0;
    for (;;) { /* the smallest count of instructions that few enough actors reach */
        uint32_t reach = 0;
        uint64_t next = UINT64_MAX;
        for (uint32_t i = 0; i < profile->actor_count; i++) {
            uint64_t instructions = profile->actors[i].instructions;
            reach += instructions >= least;
            if (instructions >= least && instructions < next) next = instructions;
        }
        if (reach <= SHOWN_ACTORS || next == UINT64_MAX) break;
        least = next + 1;
    }
    uint32_t shown = 0;
    for (uint32_t i = 0; i < profile->actor_count; i++) {
        const TtProfileActorRow *actor = &profile->actors[i];
        if (actor->instructions < least) continue;
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%" PRIu64, actor->pid);
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%s", actor->name);
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%.3f", (double)actor->ns / 1e6);
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%" PRIu64, actor->instructions);
        shown++;
    }
    print(report, &table);
    uint64_t hidden = profile->actor_count - shown + profile->more_actors;
    if (hidden) tt_strbuf_add_format(&report->out, "and %" PRIu64 " more\n", hidden);
}

/** Worth a table when several had actors to run. */
static bool has_several_schedulers(const TtProfileTable *profile) {
    uint32_t used = 0;
    for (uint32_t i = 0; i < profile->scheduler_count; i++) used += profile->schedulers[i].slices > 0;
    return used > 1;
}

static void print_schedulers(Report *report, const TtProfileTable *profile) {
    static const char *const headings[] = {"Scheduler",    "Slices",       "Steals",  "Time (ms)",
                                           "Waiting (ms)", "Instructions", "Busy (%)"};
    TtCliTable table = {.columns = sizeof headings / sizeof *headings, .right = 0x7Fu};
    for (uint32_t i = 0; i < table.columns; i++) tt_cli_table_add(&table, TT_CLI_PLAIN, "%s", headings[i]);
    for (uint32_t i = 0; i < profile->scheduler_count; i++) {
        const TtProfileSchedulerRow *row = &profile->schedulers[i];
        double span = (double)profile->span_ns, busy = (double)row->ns;
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%" PRIu32, i + 1);
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%" PRIu64, row->slices);
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%" PRIu64, row->steals);
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%.3f", busy / 1e6);
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%.3f", span > busy ? (span - busy) / 1e6 : 0.0);
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%" PRIu64, row->instructions);
        tt_cli_table_add(&table, TT_CLI_PLAIN, "%.1f", span > 0 ? 100 * busy / span : 0.0);
    }
    print(report, &table);
}

static void show_tables(const TtCliArgs *args, TtVm *vm) {
    const TtProfileTable *profile = tt_vm_profile_table(vm);
    Report report = {.boxes = !args->settings.no_table, .color = tt_cli_use_color(args, STDERR_FILENO)};
    tt_strbuf_add_text(&report.out, "=== Profiling Results ===\n");
    print_functions(&report, profile, false);
    tt_strbuf_add_text(&report.out, "=== With everything called ===\n");
    print_functions(&report, profile, true);
    if (profile->actor_count + profile->more_actors > 1) {
        tt_strbuf_add_text(&report.out, "=== Actors ===\n");
        print_actors(&report, profile);
    }
    if (has_several_schedulers(profile)) {
        tt_strbuf_add_text(&report.out, "=== Schedulers ===\n");
        print_schedulers(&report, profile);
    }
    tt_strbuf_add_format(&report.out, "Total: %.3f ms, %" PRIu64 " instructions\n", (double)profile->ns / 1e6,
                         profile->instructions);
    for (uint32_t i = 0; i < profile->leave_count; i++)
        tt_strbuf_add_format(&report.out, "Went on in stack code: %" PRIu64 " times, because %s\n",
                             profile->leaves[i].count, profile->leaves[i].reason);
    tt_cli_put(STDERR_FILENO, report.out.bytes, report.out.length);
    tt_strbuf_free(&report.out);
}

static bool write_file(const TtCliArgs *args, const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    bool written = file && fputs(text, file) >= 0;
    int error = errno;
    if (file && fclose(file) != 0) {
        if (written) error = errno;
        written = false;
    }
    if (!written) tt_cli_error(args, "cannot write %s: %s", path, strerror(error));
    return written;
}

bool tt_cli_show_profile(const TtCliArgs *args, TtVm *vm) {
    const TtCliSettings *settings = &args->settings;
    if (settings->config.profile) show_tables(args, vm);
    return !settings->profile_out || write_file(args, settings->profile_out, tt_vm_profile(vm));
}
