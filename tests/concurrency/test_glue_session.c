// SPDX-License-Identifier: MIT
/**
 * wasm-glue's session with real scheduler threads, natively, so that the sanitizers see it: this thread plays
 * the engine worker, which takes output, gives input, stops and reads what is left.
 */
#include "../../wasm-glue/console.c"
#include "../../wasm-glue/file_store.c"
#include "../../wasm-glue/glue.c"
#include "../../wasm-glue/glue_files.c"
#include "../../wasm-glue/glue_host.c"
#include "../../wasm-glue/glue_services.c"

#include "port/clock.h"
#include "test.h"

/* glue_code.c is of WebAssembly: nobody makes code of register code here. */
void tt_glue_code_init(TtGlue *glue) {
    (void)glue;
}
void tt_glue_code_free(TtGlue *glue) {
    (void)glue;
}

#define PATIENCE_NS 60000000000u

static TtGlue *start(const char *source, uint32_t workers) {
    static const char name[] = "main.ttvm";
    TtGlue *glue = tt_glue_new();
    tt_glue_put_file(glue, name, sizeof name - 1, (const uint8_t *)source, (uint32_t)strlen(source));
    tt_glue_set_option(glue, TT_GLUE_OPTION_WORKERS, workers);
    CHECK_INT(tt_glue_start(glue, name, sizeof name - 1), 1);
    return glue;
}

/* Bytes of output until the end, at most `slow` at a time; the lines of standard error are shown. */
static uint64_t drain(TtGlue *glue, uint32_t at_most) {
    static uint8_t bytes[65536];
    uint64_t total = 0, deadline = tt_clock_ns() + PATIENCE_NS;
    for (;;) {
        bool ended = tt_glue_ended(glue);
        tt_atomic_store_u32_seq(&glue->signals.output_armed, 1);
        uint32_t taken = tt_glue_take_output(glue, bytes, at_most);
        if (taken & STANDARD_ERROR_BIT) fwrite(bytes, 1, taken & ~STANDARD_ERROR_BIT, stderr);
        total += taken & ~STANDARD_ERROR_BIT;
        if (!taken && ended) return total;
        if (tt_clock_ns() > deadline) {
            CHECK(!"the program ends");
            return total;
        }
    }
}

static void wait_for(TtGlue *glue, bool (*condition)(TtGlue *glue)) {
    uint64_t deadline = tt_clock_ns() + PATIENCE_NS;
    while (!condition(glue) && tt_clock_ns() < deadline) continue;
    CHECK(condition(glue));
}

static bool wants_input(TtGlue *glue) {
    return tt_glue_wants_input(glue);
}

static bool ring_is_full(TtGlue *glue) {
    tt_lock_acquire(&glue->lock);
    bool waits = glue->console.writer_waits;
    tt_lock_release(&glue->lock);
    return waits;
}

static const char flood[] =
    "PUSH_INT 0\nSTORE i\n"
    "LABEL more\nMAKE_FUNCTION writer\nSPAWN\nPOP\n"
    "LOAD i\nPUSH_INT 1\nADD\nSTORE i\nLOAD i\nPUSH_INT 8\nLT\nJNZ more\nHALT\n"
    "LABEL writer\nPUSH_INT 0\nSTORE n\n"
    "LABEL again\nPUSH_STR \"0123456789012345678901234567890123456789012345678\"\nPRINT\n"
    "LOAD n\nPUSH_INT 1\nADD\nSTORE n\nLOAD n\nPUSH_INT 4000\nLT\nJNZ again\nRET\n";

TEST(writers_wait_for_the_reader_and_lose_nothing) {
    for (uint32_t at_most = 65536; at_most >= 4096; at_most /= 4) {
        TtGlue *glue = start(flood, 3);
        CHECK_INT(drain(glue, at_most), 8 * 4000 * 50);
        tt_glue_finish(glue);
        CHECK_INT(tt_glue_status(glue), 0);
        CHECK_INT(tt_glue_reason(glue), TT_REASON_FINISHED);
        tt_glue_delete(glue);
    }
}

TEST(stop_while_writers_wait) {
    for (int i = 0; i < 20; i++) {
        TtGlue *glue = start(flood, 2);
        wait_for(glue, ring_is_full);
        if (i % 2) tt_atomic_store_u32_seq(tt_glue_stop_word(glue), 1);
        tt_glue_stop(glue);
        (void)drain(glue, 65536);
        tt_glue_finish(glue);
        CHECK_INT(tt_glue_reason(glue), TT_REASON_STOPPED);
        tt_glue_delete(glue);
    }
}

TEST(readers_are_served_in_order) {
    static const char source[] = "MAKE_FUNCTION reader\nSPAWN\nPOP\nMAKE_FUNCTION reader\nSPAWN\nPOP\nHALT\n"
                                 "LABEL reader\nREAD_LINE\nDUP\nNULL\nEQ\nJNZ end\nPRINT\nJMP reader\n"
                                 "LABEL end\nRET\n";
    TtGlue *glue = start(source, 2);
    uint64_t printed = 0;
    for (int i = 0; i < 2000; i++) {
        char line[32];
        int length = snprintf(line, sizeof line, "line %d\n", i);
        printed += (uint64_t)length;
        CHECK(tt_glue_give_input(glue, line, (uint32_t)length));
    }
    wait_for(glue, wants_input);
    tt_glue_end_input(glue);
    CHECK_INT(drain(glue, 65536), printed);
    tt_glue_finish(glue);
    CHECK_INT(tt_glue_reason(glue), TT_REASON_FINISHED);
    tt_glue_delete(glue);
}

TEST(stop_cancels_readers) {
    for (int i = 0; i < 20; i++) {
        TtGlue *glue = start("READ_INPUT\nPRINT\n", 2);
        wait_for(glue, wants_input);
        tt_glue_stop(glue);
        CHECK_INT(drain(glue, 65536), 0);
        tt_glue_finish(glue);
        CHECK_INT(tt_glue_reason(glue), TT_REASON_STOPPED);
        CHECK(!tt_glue_wants_input(glue));
        tt_glue_delete(glue);
    }
}

TEST(files_from_many_actors) {
    static const char source[] =
        "PUSH_INT 0\nSTORE i\n"
        "LABEL more\nMAKE_FUNCTION writer\nSPAWN\nPOP\n"
        "LOAD i\nPUSH_INT 1\nADD\nSTORE i\nLOAD i\nPUSH_INT 10\nLT\nJNZ more\nHALT\n"
        "LABEL writer\nPUSH_INT 0\nSTORE n\n"
        "LABEL again\nPUSH_STR \"x\"\nPUSH_STR \"log.txt\"\nAPPEND_FILE\n"
        "PUSH_STR \"own\"\nPUSH_STR \"of\"\nSELF\nCONCAT\nWRITE_FILE\n"
        "LOAD n\nPUSH_INT 1\nADD\nSTORE n\nLOAD n\nPUSH_INT 100\nLT\nJNZ again\nRET\n";
    TtGlue *glue = start(source, 3);
    (void)drain(glue, 65536);
    tt_glue_finish(glue);
    CHECK_INT(tt_glue_status(glue), 0);
    CHECK(tt_glue_next_change(glue));
    CHECK_STR(tt_glue_changed_name(glue), "log.txt");
    CHECK_INT(tt_glue_changed_length(glue), 1000);
    for (int i = 0; i < 10; i++) CHECK(tt_glue_next_change(glue));
    CHECK(!tt_glue_next_change(glue));
    tt_glue_delete(glue);
}

int main(void) {
    RUN(writers_wait_for_the_reader_and_lose_nothing);
    RUN(stop_while_writers_wait);
    RUN(readers_are_served_in_order);
    RUN(stop_cancels_readers);
    RUN(files_from_many_actors);
    return test_finish();
}
