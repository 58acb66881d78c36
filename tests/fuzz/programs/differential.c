// SPDX-License-Identifier: MIT
/**
 * differential [--mutate] [--from SEED] [--count N] [--seconds S]
 *     compares ways to run random programs, or such that nobody would write
 * differential --coverage N [--from SEED]                  counts what the programs execute
 * differential --show SEED                                 prints a program
 * differential --file PATH [--reductions N]                compares the ways on one program
 * differential --emit N [--mutate] [--from SEED] [--optimize] programs with what they do, for other builds:
 *     SEED STATUS SOURCE-BYTES OUT-BYTES ERR-BYTES \n SOURCE OUT ERR
 * differential --check                                     reads such programs and runs them here
 *
 * As WebAssembly, under random_programs.mjs, also in generated code; then the other ways are tried now and
 * then.
 *
 * Standard output, standard error (with stack traces and lines) and status must be the same whichever way a
 * program is run. The first one that is not is made smaller, printed, and ends the run with status 1.
 */
#define _POSIX_C_SOURCE 200809L
#include "coverage.h"
#include "generate.h"
#include "generated.h"
#include "run.h"

#include "base/alloc.h"
#include "base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static TtWay plain = {.name = "plain", .exact = true};
/* Actors change often; both engines count alike, so a seed gives the same run. */
static TtWay seeded = {.name = "seeded", .seeded = true, .reductions = 9};
/** Of memory, where each allocation looks at all of it. */
#define MOST_STRESS_BYTES (1u << 20)
#define MOST_ROOMY_BYTES  (64u << 20)
static TtWay ways[] = {
    {.name = "optimized", .optimize = true},
    {.name = "stack engine"},
    {.name = "register engine", .registers = true},
    {.name = "register engine, optimized", .optimize = true, .registers = true},
    {.name = "register engine, seeded",
     .against = &seeded,
     .registers = true,
     .seeded = true,
     .reductions = 9},
    {.name = "optimized text", .optimize = true, .text = true},
    {.name = "image", .image = true},
    {.name = "collecting", .bytes = MOST_STRESS_BYTES, .stress = TT_STRESS},
    {.name = "register engine, collecting",
     .registers = true,
     .bytes = MOST_STRESS_BYTES,
     .stress = TT_STRESS},
    {.name = "register engine, optimized, collecting in steps",
     .optimize = true,
     .registers = true,
     .bytes = MOST_STRESS_BYTES,
     .stress = TT_STRESS_STEPS},
    {.name = "generated code", .registers = true, .generated = true},
    {.name = "generated code, optimized", .optimize = true, .registers = true, .generated = true},
    {.name = "generated code, seeded",
     .against = &seeded,
     .registers = true,
     .generated = true,
     .seeded = true,
     .reductions = 9},
    {.name = "generated code, collecting",
     .registers = true,
     .generated = true,
     .bytes = MOST_STRESS_BYTES,
     .stress = TT_STRESS},
    {.name = "generated code, optimized, collecting in steps",
     .optimize = true,
     .registers = true,
     .generated = true,
     .bytes = MOST_STRESS_BYTES,
     .stress = TT_STRESS_STEPS},
};
#define WAYS (sizeof ways / sizeof *ways)

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/** Text without the numbers behind '@' and ':': addresses of functions, lines and columns of the source. */
static void add_without_places(TtStrbuf *to, const TtStrbuf *from) {
    for (size_t i = 0; i < from->length; i++) {
        char c = from->bytes[i];
        tt_strbuf_add_char(to, c);
        while ((c == '@' || c == ':') && i + 1 < from->length && is_digit(from->bytes[i + 1])) i++;
    }
}

/** Text without the source lines of reports, and their carets. */
static void add_without_source(TtStrbuf *to, const TtStrbuf *from) {
    const char *at = from->bytes, *end = at + from->length;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *next = newline ? newline + 1 : end;
        if (next - at < 8 || at[0] != ' ' || memcmp(at + 6, "| ", 2) != 0)
            tt_strbuf_add(to, at, (size_t)(next - at));
        at = next;
    }
}

static bool same_text(const TtStrbuf *a, const TtStrbuf *b, bool places) {
    if (places) return a->length == b->length && (!a->length || memcmp(a->bytes, b->bytes, a->length) == 0);
    TtStrbuf x = {0}, y = {0};
    add_without_places(&x, a);
    add_without_places(&y, b);
    bool same = same_text(&x, &y, true);
    tt_strbuf_free(&x);
    tt_strbuf_free(&y);
    return same;
}

static const TtWay *standard(const TtWay *way) {
    return way->against ? way->against : &plain;
}

typedef enum Verdict { SAME, NOTHING, DIFFERENT } Verdict;

/** Memory and call depth: an optimized program meets these limits later or not at all. */
static bool meets_limit(const TtOutcome *outcome) {
    static const char *const kinds[] = {"HeapExceeded", "CallDepthExceeded", "MailboxExceeded"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if ((outcome->err.length && strstr(outcome->err.bytes, kinds[i])) ||
            (outcome->out.length && strstr(outcome->out.bytes, kinds[i])))
            return true;
    return false;
}

/** In the text a function has another address, and an error another source line below it. */
static Verdict judge(const TtOutcome *expected, const TtOutcome *got, const TtWay *way) {
    if (!expected->loaded || expected->limited || got->limited) return NOTHING;
    if (meets_limit(expected) || meets_limit(got)) return NOTHING;
    /* Near the limit slices end, and actors take turns, by counts of instructions. */
    if (way->instructions && way->optimize && expected->instructions > way->instructions / 8) return NOTHING;
    if (way->registers && !way->optimize && got->instructions != expected->instructions) return DIFFERENT;
    if (!got->loaded || got->unstable || got->status != expected->status || got->reason != expected->reason)
        return DIFFERENT;
    if (way->text)
        return same_text(&expected->out, &got->out, false) && !got->err.length == !expected->err.length
                   ? SAME
                   : DIFFERENT;
    if (!same_text(&expected->out, &got->out, true)) return DIFFERENT;
    if (!way->image) return same_text(&expected->err, &got->err, true) ? SAME : DIFFERENT;
    TtStrbuf x = {0}, y = {0}; /* an image does not hold the source */
    add_without_source(&x, &expected->err);
    add_without_source(&y, &got->err);
    bool same = same_text(&x, &y, true);
    tt_strbuf_free(&x);
    tt_strbuf_free(&y);
    return same ? SAME : DIFFERENT;
}

static Verdict compare_ways(const char *source, size_t length, const TtWay *a, const TtWay *b) {
    TtOutcome expected, got;
    tt_run_program(source, length, a, &expected);
    tt_run_program(source, length, b, &got);
    Verdict verdict = judge(&expected, &got, b);
    tt_outcome_free(&expected);
    tt_outcome_free(&got);
    return verdict;
}

/**
 * A program that catches HeapExceeded does not tell that it met the limit of memory, which it meets elsewhere
 * in another engine: what differs has to differ with much more memory, too.
 */
static Verdict compare(const char *source, size_t length, const TtWay *way) {
    Verdict verdict = compare_ways(source, length, standard(way), way);
    if (verdict != DIFFERENT || !(standard(way)->bytes || way->bytes)) return verdict;
    TtWay roomy = *way, roomy_standard = *standard(way);
    roomy.bytes = roomy_standard.bytes = MOST_ROOMY_BYTES;
    return compare_ways(source, length, &roomy_standard, &roomy) == DIFFERENT ? DIFFERENT : NOTHING;
}

/* ---- making a program smaller
 * -------------------------------------------------------------------------------- */

typedef struct Lines {
    TT_VEC(const char *) starts;
    TT_VEC(size_t) lengths;
    TT_VEC(bool) gone;
} Lines;

static void join_lines(const Lines *lines, TtStrbuf *out) {
    tt_strbuf_clear(out);
    for (uint32_t i = 0; i < lines->starts.count; i++)
        if (!lines->gone.items[i]) tt_strbuf_add(out, lines->starts.items[i], lines->lengths.items[i]);
}

/** Takes lines away, fewer and fewer at a time, as long as the difference stays. */
static void shrink(TtStrbuf *program, const TtWay *way) {
    Lines lines = {0};
    char *text = tt_alloc_string(program->bytes, program->length);
    for (const char *at = text; *at;) {
        const char *end = strchr(at, '\n');
        size_t length = end ? (size_t)(end - at) + 1 : strlen(at);
        tt_vec_push(&lines.starts, at);
        tt_vec_push(&lines.lengths, length);
        tt_vec_push(&lines.gone, false);
        at += length;
    }
    TtStrbuf tried = {0};
    uint32_t count = lines.starts.count;
    for (uint32_t chunk = count / 2; chunk > 0;) {
        bool progress = false;
        for (uint32_t at = 0; at < count; at += chunk) {
            bool before[1024];
            uint32_t size = at + chunk <= count ? chunk : count - at, left = 0;
            if (size > sizeof before) break;
            for (uint32_t i = 0; i < size; i++) {
                before[i] = lines.gone.items[at + i];
                left += !before[i];
                lines.gone.items[at + i] = true;
            }
            if (!left) continue;
            join_lines(&lines, &tried);
            if (tried.length && compare(tried.bytes, tried.length, way) == DIFFERENT) {
                progress = true;
                continue;
            }
            for (uint32_t i = 0; i < size; i++) lines.gone.items[at + i] = before[i];
        }
        if (!progress || chunk > 1) chunk = progress ? chunk : chunk / 2;
    }
    join_lines(&lines, program);
    tt_strbuf_free(&tried);
    tt_vec_free(&lines.starts);
    tt_vec_free(&lines.lengths);
    tt_vec_free(&lines.gone);
    tt_free(text);
}

static void show_outcome(const char *title, const TtOutcome *outcome) {
    printf("--- %s: status %d, %llu instructions%s%s\n%s", title, outcome->status,
           (unsigned long long)outcome->instructions, outcome->loaded ? "" : ", does not load",
           outcome->unstable ? ", its text is optimized further" : "", tt_strbuf_text(&outcome->out));
    if (outcome->err.length) printf("--- standard error\n%s", outcome->err.bytes);
}

static void show_difference(uint64_t seed, TtStrbuf *program, const TtWay *way) {
    printf("seed %llu: %s differs from %s", (unsigned long long)seed, way->name, standard(way)->name);
    if (way->seeded) printf(" (--reductions %u)", way->reductions);
    printf("\n");
    shrink(program, way);
    printf("%s", tt_strbuf_text(program));
    TtOutcome expected, got;
    tt_run_program(program->bytes, program->length, standard(way), &expected);
    tt_run_program(program->bytes, program->length, way, &got);
    show_outcome(standard(way)->name, &expected);
    show_outcome(way->name, &got);
    tt_outcome_free(&expected);
    tt_outcome_free(&got);
}

/* ---- commands
 * ----------------------------------------------------------------------------------------------------- */

typedef struct Options {
    uint64_t from, count;
    double seconds;
    bool check, coverage, emit, optimize, show;
    const char *file;
} Options;

static double now_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

#define EMIT_REDUCTIONS          4000
#define MOST_MUTANT_INSTRUCTIONS 4000
#define MOST_MUTANT_BYTES        (1u << 20)

static void set_limits(uint64_t instructions, uint64_t bytes) {
    plain.instructions = seeded.instructions = instructions;
    plain.bytes = seeded.bytes = bytes;
    for (size_t w = 0; w < WAYS; w++) ways[w].instructions = instructions, ways[w].bytes = bytes;
}

/** The shortest slice of the seeded ways; they vary with the program. */
#define MOST_SEEDED_REDUCTIONS 40

/** --reductions; 0: by the seed. */
static uint32_t chosen_reductions;

static void set_reductions(uint64_t seed) {
    seeded.reductions = chosen_reductions
                            ? chosen_reductions
                            : 1 + (uint32_t)((seed * 2654435761u >> 8) % MOST_SEEDED_REDUCTIONS);
    for (size_t w = 0; w < WAYS; w++)
        if (ways[w].seeded) ways[w].reductions = seeded.reductions;
}

/** --mutate: programs are spoilt, and stopped early when they do not end. */
static bool mutates;

/** Where there is generated code, what no such code runs is tried on one program in so many. */
#define INTERPRETED_ONE_IN 16

/** Whether a way is tried on a program: some only now and then, where they cost much and rarely tell more. */
static bool is_tried(const TtWay *way, uint64_t seed, const TtStrbuf *program) {
    bool generates = tt_generated_is_there();
    if (way->generated && !generates) return false;
    if (!way->generated && generates && seed / 64 % INTERPRETED_ONE_IN != 0) return false;
    bool assembly = !strstr(program->bytes, "; file: ");
    /* Functions print with their addresses, which are others in the text, and so of other length. */
    if (way->text && (strstr(program->bytes, "MAKE_FUNCTION") || strstr(program->bytes, "MAKE_LAMBDA")))
        return false;
    /* It tells how many instructions were executed, which optimizing changes. */
    if (mutates && way->optimize && strstr(program->bytes, "PROCESS_INFO")) return false;
    /* Random numbers are a function of the seed, of which most ways have none. */
    if (mutates && strstr(program->bytes, "math.random")) return way->seeded;
    if (seed == 0) return assembly || !(way->text || way->image);
    if (way->text) return assembly && seed % 2 == 0;
    if (way->image) return assembly && seed % 8 == 1;
    if (way->seeded)
        return seed % 4 == 3 || strstr(program->bytes, "SPAWN") || strstr(program->bytes, "(spawn");
    if (way->stress && way->generated) return seed % 4 == (way->optimize ? 1 : 2);
    if (way->stress) return seed % 32 == (uint64_t)(way->registers ? way->optimize ? 5 : 4 : 6);
    /* What the optimizer does wrong shows in both engines. */
    return way->registers || seed % 4 == 0;
}

/** False: some way differs. */
static bool try_program(uint64_t seed, TtStrbuf *program, uint64_t *undecided) {
    TtOutcome plainly;
    set_reductions(seed);
    tt_run_program(program->bytes, program->length, &plain, &plainly);
    bool same = true;
    for (size_t w = 0; w < WAYS && same; w++) {
        const TtWay *way = &ways[w];
        if (!is_tried(way, seed, program)) continue;
        TtOutcome other, got;
        if (way->against) tt_run_program(program->bytes, program->length, way->against, &other);
        tt_run_program(program->bytes, program->length, way, &got);
        Verdict verdict = judge(way->against ? &other : &plainly, &got, way);
        tt_outcome_free(&got);
        if (way->against) tt_outcome_free(&other);
        if (verdict == DIFFERENT) verdict = compare(program->bytes, program->length, way);
        *undecided += verdict == NOTHING;
        if (verdict != DIFFERENT) continue;
        show_difference(seed, program, way);
        same = false;
    }
    tt_outcome_free(&plainly);
    return same;
}

static void make_program(TtStrbuf *program, uint64_t seed) {
    tt_generate(program, seed);
    if (mutates) tt_mutate(program, seed);
}

static int run_programs(const Options *options) {
    double start = now_seconds();
    uint64_t done = 0, undecided = 0;
    TtStrbuf program = {0};
    bool same = true;
    while (same && done < options->count && (!options->seconds || now_seconds() - start < options->seconds)) {
        tt_strbuf_clear(&program);
        make_program(&program, options->from + done);
        same = try_program(options->from + done, &program, &undecided);
        done++;
    }
    tt_strbuf_free(&program);
    double seconds = now_seconds() - start;
    printf("%llu programs from seed %llu in %.1f s (%.0f/s), %llu not decided: %s\n",
           (unsigned long long)done, (unsigned long long)options->from, seconds,
           (double)done / (seconds > 0 ? seconds : 1), (unsigned long long)undecided,
           same ? "no difference" : "DIFFERENT");
    return same ? 0 : 1;
}

static int emit_programs(const Options *options) {
    TtWay way = plain;
    way.optimize = options->optimize;
    way.reductions = EMIT_REDUCTIONS;
    for (uint64_t i = 0; i < options->count; i++) {
        TtStrbuf program = {0};
        TtOutcome outcome;
        make_program(&program, options->from + i);
        tt_run_program(program.bytes, program.length, &way, &outcome);
        if (outcome.loaded && !outcome.limited && !meets_limit(&outcome)) {
            printf("%llu %d %zu %zu %zu\n", (unsigned long long)(options->from + i), outcome.status,
                   program.length, outcome.out.length, outcome.err.length);
            fwrite(program.bytes, 1, program.length, stdout);
            fwrite(tt_strbuf_text(&outcome.out), 1, outcome.out.length, stdout);
            fwrite(tt_strbuf_text(&outcome.err), 1, outcome.err.length, stdout);
        }
        tt_outcome_free(&outcome);
        tt_strbuf_free(&program);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}

/* ---- what another build says
 * ---------------------------------------------------------------------------------- */

static bool read_text(TtStrbuf *text, size_t length) {
    char bytes[4096];
    tt_strbuf_clear(text);
    while (length) {
        size_t count = fread(bytes, 1, length < sizeof bytes ? length : sizeof bytes, stdin);
        if (!count) return false;
        tt_strbuf_add(text, bytes, count);
        length -= count;
    }
    return true;
}

/** Runs a program that another build ran; false: something here differs from that. */
static bool check_program(uint64_t seed, TtStrbuf *program, TtOutcome *expected, uint64_t *undecided) {
    static const TtWay checked[] = {
        {.name = "plain", .reductions = EMIT_REDUCTIONS},
        {.name = "register engine", .registers = true, .reductions = EMIT_REDUCTIONS},
        {.name = "generated code", .registers = true, .generated = true, .reductions = EMIT_REDUCTIONS},
    };
    for (size_t w = 0; w < sizeof checked / sizeof *checked; w++) {
        if (checked[w].generated && !tt_generated_is_there()) continue;
        TtOutcome got;
        tt_run_program(program->bytes, program->length, &checked[w], &got);
        if (w == 0) expected->instructions = got.instructions, expected->reason = got.reason;
        bool same = judge(expected, &got, &checked[w]) != DIFFERENT;
        if (!same) {
            printf("seed %llu: %s differs from the other build\n%s", (unsigned long long)seed,
                   checked[w].name, tt_strbuf_text(program));
            show_outcome("the other build", expected);
            show_outcome(checked[w].name, &got);
        }
        tt_outcome_free(&got);
        if (!same) return false;
    }
    return try_program(seed, program, undecided);
}

static int check_programs(void) {
    unsigned long long seed;
    uint64_t done = 0, undecided = 0;
    int status;
    size_t source, out, err;
    bool same = true;
    TtStrbuf program = {0};
    TtOutcome expected = {.loaded = true};
    clearerr(stdin); /* whoever calls this again brings more */
    while (same && scanf("%llu %d %zu %zu %zu", &seed, &status, &source, &out, &err) == 5 &&
           getchar() == '\n' && read_text(&program, source) && read_text(&expected.out, out) &&
           read_text(&expected.err, err)) {
        expected.status = status;
        same = check_program(seed, &program, &expected, &undecided);
        done++;
    }
    tt_strbuf_free(&program);
    tt_outcome_free(&expected);
    printf("%llu programs, %llu not decided: %s\n", (unsigned long long)done, (unsigned long long)undecided,
           same ? "no difference" : "DIFFERENT");
    return same ? 0 : 1;
}

static uint64_t count_instructions(const TtStrbuf *program, const TtWay *way) {
    TtOutcome outcome;
    tt_run_program(program->bytes, program->length, way, &outcome);
    uint64_t instructions = outcome.instructions;
    tt_outcome_free(&outcome);
    return instructions;
}

static int compare_file(const char *path) {
    TtStrbuf program = {0};
    char bytes[4096];
    size_t count;
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 2;
    }
    while ((count = fread(bytes, 1, sizeof bytes, file)) > 0) tt_strbuf_add(&program, bytes, count);
    fclose(file);
    uint64_t undecided = 0;
    bool same = try_program(0, &program, &undecided);
    if (same)
        printf("executed instructions: %llu plain, %llu optimized\n",
               (unsigned long long)count_instructions(&program, &plain),
               (unsigned long long)count_instructions(&program, &ways[0]));
    tt_strbuf_free(&program);
    printf("%s\n", !same ? "DIFFERENT" : undecided ? "not decided" : "no difference");
    return same ? 0 : 1;
}

static bool parse(Options *options, int count, char **words) {
    *options = (Options){.from = 1, .count = UINT64_MAX};
    for (int i = 1; i < count; i++) {
        const char *word = words[i];
        if (strcmp(word, "--mutate") == 0) {
            mutates = true;
            set_limits(MOST_MUTANT_INSTRUCTIONS, MOST_MUTANT_BYTES);
            continue;
        }
        if (strcmp(word, "--optimize") == 0) {
            options->optimize = true;
            continue;
        }
        if (strcmp(word, "--check") == 0) {
            options->check = true;
            continue;
        }
        if (i + 1 == count) return false;
        const char *value = words[++i];
        if (strcmp(word, "--from") == 0) {
            options->from = strtoull(value, NULL, 10);
        } else if (strcmp(word, "--count") == 0) {
            options->count = strtoull(value, NULL, 10);
        } else if (strcmp(word, "--reductions") == 0) {
            chosen_reductions = (uint32_t)strtoul(value, NULL, 10);
        } else if (strcmp(word, "--seconds") == 0) {
            options->seconds = strtod(value, NULL);
        } else if (strcmp(word, "--file") == 0) {
            options->file = value;
        } else if (strcmp(word, "--show") == 0) {
            options->show = true;
            options->from = strtoull(value, NULL, 10);
        } else if (strcmp(word, "--coverage") == 0) {
            options->coverage = true;
            options->count = strtoull(value, NULL, 10);
        } else if (strcmp(word, "--emit") == 0) {
            options->emit = true;
            options->count = strtoull(value, NULL, 10);
        } else {
            return false;
        }
    }
    return options->check || options->show || options->file || options->seconds ||
           options->count != UINT64_MAX;
}

static int carry_out(const Options *options) {
    if (options->file) return compare_file(options->file);
    if (options->coverage) return tt_coverage(options->from, options->count);
    if (options->check) return check_programs();
    if (options->emit) return emit_programs(options);
    if (!options->show) return run_programs(options);
    TtStrbuf program = {0};
    make_program(&program, options->from);
    printf("%s", program.bytes);
    tt_strbuf_free(&program);
    return 0;
}

int main(int count, char **words) {
    Options options;
    if (!parse(&options, count, words)) {
        fprintf(stderr,
                "usage: differential [--mutate] [--from SEED] [--count N] [--seconds S] | --show SEED | "
                "--file PATH [--reductions N] | --coverage N [--from SEED] | --emit N [--from SEED] "
                "[--optimize] | --check\n");
        return 2;
    }
    int status = carry_out(&options);
    return fflush(stdout) == 0 ? status : 1;
}
