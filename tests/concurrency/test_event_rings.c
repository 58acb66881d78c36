// SPDX-License-Identifier: MIT
/** Workers write events while a consumer merges them: nothing is lost silently, doubled or out of order. */
#include "port/atomic.h"
#include "port/thread.h"
#include "test.h"
#include "trace/ring.h"

enum { WORKERS = 3, EVENTS = 60000, CAPACITY = 256, ROOM = 100 };

typedef struct Producer {
    TtThread thread;
    TtEventRing *ring;
    uint32_t *running;
} Producer;

/** The text of an event follows from its number, so that a torn record shows. */
static size_t make_text(uint32_t number, char *text) {
    size_t length = number % 50;
    for (size_t i = 0; i < length; i++) text[i] = (char)('a' + (number + i) % 26);
    return length;
}

static void *produce(void *context) {
    Producer *producer = context;
    char text[64];
    for (uint32_t i = 1; i <= EVENTS; i++) {
        TtEventRecord event = {.kind = TT_EVENT_SEND, .pid = i};
        tt_event_ring_write(producer->ring, event, text, make_text(i, text));
    }
    tt_atomic_fetch_sub_u32_seq(producer->running, 1);
    return NULL;
}

static bool has_text(const TtEventRecord *event, uint32_t records) {
    char text[64] = {0};
    size_t length = make_text(event->pid, text);
    if (records != 1 + (length + 15) / 16) return false;
    for (uint32_t i = 0; i + 1 < records; i++)
        if (memcmp(event[1 + i].text, text + 16 * i, 16) != 0) return false;
    return true;
}

TEST(events_of_all_workers_arrive_whole_and_in_order) {
    uint64_t counter = 0, next = 0, expected = 0;
    uint32_t running = WORKERS, last[WORKERS] = {0}, taken = 0;
    Producer producers[WORKERS];
    TtEventRing *rings[WORKERS];
    bool ordered = true, whole = true;
    for (uint32_t i = 0; i < WORKERS; i++) {
        rings[i] = tt_event_ring_create(i, CAPACITY, &counter);
        producers[i] = (Producer){.ring = rings[i], .running = &running};
        REQUIRE(tt_thread_start(&producers[i].thread, produce, &producers[i]));
    }
    for (bool over = false; !over;) {
        TtEventRecord records[ROOM];
        over = tt_atomic_load_u32_seq(&running) == 0;
        for (uint32_t count; (count = tt_event_rings_take(rings, WORKERS, &next, records, ROOM)) > 0;)
            for (uint32_t i = 0, size; i < count; i += size, taken++) {
                for (size = 1; i + size < count && records[i + size].kind == TT_EVENT_TEXT; size++) continue;
                ordered = ordered && records[i].sequence == expected++ && records[i].worker < WORKERS &&
                          records[i].pid > last[records[i].worker];
                whole = whole && has_text(&records[i], size);
                last[records[i].worker] = records[i].pid;
            }
    }
    uint64_t dropped = 0;
    for (uint32_t i = 0; i < WORKERS; i++) {
        tt_thread_join(&producers[i].thread);
        dropped += tt_event_ring_dropped(rings[i]);
        tt_event_ring_free(rings[i]);
    }
    CHECK(ordered);
    CHECK(whole);
    CHECK_INT((int64_t)(taken + dropped), WORKERS * EVENTS);
    CHECK(taken > 0);
}

int main(void) {
    RUN(events_of_all_workers_arrive_whole_and_in_order);
    return test_finish();
}
