// SPDX-License-Identifier: MIT
/**
 * Looking at a run with real scheduler threads through wasm-glue's session, for the sanitizers: events are
 * taken, actors inspected, killed and written to, runs paused and slowed down, while the threads are at work.
 */
#include "../../wasm-glue/console.c"
#include "../../wasm-glue/file_store.c"
#include "../../wasm-glue/glue.c"
#include "../../wasm-glue/glue_files.c"
#include "../../wasm-glue/glue_host.c"
#include "../../wasm-glue/glue_services.c"

#include "port/clock.h"
#include "test.h"
#include "trace/ring.h"

/* glue_code.c is of WebAssembly: nobody makes code of register code here. */
void tt_glue_code_init(TtGlue *glue) {
    (void)glue;
}
void tt_glue_code_free(TtGlue *glue) {
    (void)glue;
}

#define PATIENCE_NS 60000000000u
enum { ROOM = 4096, WORKERS = 3 };

typedef struct Seen {
    uint64_t next, kinds[TT_EVENT_KIND_COUNT];
    bool ordered;
} Seen;

static TtGlue *start(const char *source) {
    static const char name[] = "main.ttvm";
    TtGlue *glue = tt_glue_new();
    tt_glue_put_file(glue, name, sizeof name - 1, (const uint8_t *)source, (uint32_t)strlen(source));
    tt_glue_set_option(glue, TT_GLUE_OPTION_WORKERS, WORKERS);
    tt_glue_set_option(glue, TT_GLUE_OPTION_EVENTS, 1);
    tt_glue_set_option(glue, TT_GLUE_OPTION_PROFILE, 1);
    CHECK_INT(tt_glue_start(glue, name, sizeof name - 1), 1);
    return glue;
}

static void take(TtGlue *glue, Seen *seen) {
    static TtEventRecord records[ROOM];
    for (uint32_t count; (count = tt_glue_take_events(glue, (uint8_t *)records, ROOM)) > 0;)
        for (uint32_t i = 0; i < count; i++) {
            if (records[i].kind == TT_EVENT_TEXT) continue;
            seen->ordered = seen->ordered && records[i].sequence == seen->next++;
            if (records[i].kind < TT_EVENT_KIND_COUNT) seen->kinds[records[i].kind]++;
        }
}

static void stand(TtGlue *glue) {
    uint64_t deadline = tt_clock_ns() + PATIENCE_NS;
    tt_glue_pause(glue);
    while (!tt_glue_stands(glue) && tt_clock_ns() < deadline) continue;
    CHECK(tt_glue_stands(glue));
}

static bool inspect_has(TtGlue *glue, double pid, const char *text) {
    const char *json = tt_glue_inspect(glue, pid);
    if (json && strstr(json, text)) return true;
    fprintf(stderr, "%s is not in %s\n", text, json ? json : "nothing");
    return false;
}

/* Three pairs of actors send to each other for ever; pid 8 waits for a text and prints it. */
static const char busy[] = "PUSH_INT 3\nSTORE n\n"
                           "LABEL more\nMAKE_FUNCTION echo\nSPAWN\nMAKE_FUNCTION echo\nSPAWN\nSEND\n"
                           "LOAD n\nPUSH_INT 1\nSUB\nSTORE n\nLOAD n\nJNZ more\n"
                           "MAKE_FUNCTION waiter\nSPAWN\nPOP\nRECEIVE\nHALT\n"
                           "LABEL echo\nRECEIVE\nSTORE partner\n"
                           "LABEL again\nLOAD partner\nSELF\nSEND\nRECEIVE\nPOP\nJMP again\n"
                           "LABEL waiter\nPUSH_STR \"here\"\nSTORE own\nRECEIVE\nPRINT\nRECEIVE\nHALT\n";

TEST(a_busy_run_can_be_looked_at) {
    Seen seen = {.ordered = true};
    TtGlue *glue = start(busy);
    for (int round = 0; round < 20; round++) {
        take(glue, &seen);
        stand(glue);
        take(glue, &seen);
        double before = (double)seen.next;
        const char *actors = tt_glue_actors(glue, 0, 1000);
        CHECK(actors && actors[0] == '[' && strstr(actors, "\"pid\":1,"));
        const char *profile = tt_glue_profile(glue);
        CHECK(profile);
        if (round == 10) {
            /* By now main has had a slice. */
            CHECK(strstr(profile, "\"name\":\"<main>\"") && strstr(profile, "\"pid\":1,"));
            CHECK(inspect_has(glue, 8, "\"function\":\"waiter\""));
            CHECK(inspect_has(glue, 8, "{\"name\":\"own\",\"value\":\"here\"}"));
            CHECK(inspect_has(glue, 8, "\"state\":\"receiving\""));
            CHECK(tt_glue_send(glue, 8, "from outside", 12));
            CHECK(inspect_has(glue, 8, "\"messages\":[\"from outside\"]"));
            CHECK(tt_glue_kill(glue, 2));
        }
        /* What these wrote themselves. */
        take(glue, &seen);
        CHECK((double)seen.next - before <= (round == 10 ? 2 : 0));
        tt_glue_resume(glue);
    }
    uint8_t output[64] = {0};
    uint64_t deadline = tt_clock_ns() + PATIENCE_NS;
    while (tt_glue_take_output(glue, output, sizeof output) == 0 && tt_clock_ns() < deadline)
        take(glue, &seen);
    CHECK_STR((const char *)output, "from outside\n");
    do {
        take(glue, &seen);
        stand(glue);
        bool gone = !tt_glue_inspect(glue, 2);
        tt_glue_resume(glue);
        if (gone) break;
    } while (tt_clock_ns() < deadline);
    stand(glue);
    tt_glue_stop(glue);
    while (!tt_glue_ended(glue) && tt_clock_ns() < deadline) continue;
    tt_glue_finish(glue);
    take(glue, &seen);
    CHECK(seen.ordered);
    CHECK_INT((int64_t)seen.kinds[TT_EVENT_EXIT], 1);
    CHECK(seen.kinds[TT_EVENT_SEND] > 0 && seen.kinds[TT_EVENT_RECEIVE] > 0);
    CHECK_INT(tt_glue_reason(glue), TT_REASON_STOPPED);
    /* The actors stay as they were. */
    CHECK(inspect_has(glue, 8, "\"state\":\"receiving\""));
    CHECK(!tt_glue_inspect(glue, 99));
    tt_glue_delete(glue);
}

TEST(slow_motion_is_slow) {
    static const char loop[] =
        "PUSH_INT 0\nSTORE i\nLABEL more\nLOAD i\nPUSH_INT 1\nADD\nSTORE i\nJMP more\n";
    TtGlue *glue = start(loop);
    tt_glue_set_speed(glue, 1000);
    stand(glue);
    double before = (double)tt_vm_report(glue->vm).instructions;
    tt_glue_resume(glue);
    uint64_t end = tt_clock_ns() + 200000000u;
    while (tt_clock_ns() < end) continue;
    stand(glue);
    double ran = (double)tt_vm_report(glue->vm).instructions - before;
    CHECK(ran > 0 && ran < 2000);
    tt_glue_set_speed(glue, 0);
    tt_glue_resume(glue);
    end = tt_clock_ns() + 50000000u;
    while (tt_clock_ns() < end) continue;
    tt_glue_stop(glue);
    while (!tt_glue_ended(glue)) continue;
    tt_glue_finish(glue);
    CHECK(tt_glue_instructions(glue) > 10000);
    tt_glue_delete(glue);
}

int main(void) {
    RUN(a_busy_run_can_be_looked_at);
    RUN(slow_motion_is_slow);
    return test_finish();
}
