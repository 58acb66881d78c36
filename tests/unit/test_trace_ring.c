// SPDX-License-Identifier: MIT
/** Rings of events: order, texts, loss, merging. */
#include "test.h"
#include "trace/ring.h"

#include <string.h>

enum { CAPACITY = 16 };

static TtEventRecord event(TtEventKind kind, uint32_t pid) {
    return (TtEventRecord){.kind = (uint8_t)kind, .pid = pid};
}

static void write_event(TtEventRing *ring, uint32_t pid, const char *text) {
    tt_event_ring_write(ring, event(TT_EVENT_SEND, pid), text, strlen(text));
}

/** The text of the records behind the first one. */
static const char *text_of(const TtEventRecord *records, uint32_t count, char *text) {
    memset(text, 0, 80);
    for (uint32_t i = 1; i < count; i++) memcpy(text + (i - 1) * 16, records[i].text, 16);
    return text;
}

static uint32_t take(TtEventRing *ring, uint64_t *next, TtEventRecord *records, uint32_t room) {
    return tt_event_rings_take(&ring, 1, next, records, room);
}

TEST(texts_are_cut_at_code_points) {
    uint64_t counter = 0, next = 0;
    char text[80];
    TtEventRecord records[8];
    TtEventRing *ring = tt_event_ring_create(3, CAPACITY, &counter);
    write_event(ring, 7, "");
    CHECK_INT(take(ring, &next, records, 8), 1);
    CHECK_INT(records[0].pid, 7);
    CHECK_INT(records[0].worker, 3);
    write_event(ring, 8, "sixteen letters!");
    CHECK_INT(take(ring, &next, records, 8), 2);
    CHECK_INT((int64_t)records[1].sequence, 1);
    CHECK_STR(text_of(records, 2, text), "sixteen letters!");
    char exact[65] = {0}, longer[68] = {0};
    memset(exact, 'x', 64);
    write_event(ring, 9, exact);
    CHECK_INT(take(ring, &next, records, 8), 5);
    CHECK_STR(text_of(records, 5, text), exact);
    /* 60 letters, then a letter of three bytes that would pass the 61 bytes there is room for. */
    memset(longer, 'x', 60);
    strcat(longer, "…zz");
    write_event(ring, 9, longer);
    CHECK_INT(take(ring, &next, records, 8), 5);
    strcpy(longer + 60, "…");
    CHECK_STR(text_of(records, 5, text), longer);
    tt_event_ring_free(ring);
}

TEST(a_full_ring_drops_whole_events) {
    uint64_t counter = 0, next = 0;
    TtEventRecord records[CAPACITY];
    TtEventRing *ring = tt_event_ring_create(0, CAPACITY, &counter);
    for (uint32_t i = 0; i < CAPACITY - 1; i++) write_event(ring, i, "");
    CHECK_INT(tt_event_ring_room(ring), 1);
    write_event(ring, 100, "needs two");
    CHECK_INT((int64_t)tt_event_ring_dropped(ring), 1);
    write_event(ring, 101, "");
    write_event(ring, 102, "");
    CHECK_INT((int64_t)tt_event_ring_dropped(ring), 2);
    CHECK_INT(tt_event_ring_room(ring), 0);
    CHECK_INT(take(ring, &next, records, CAPACITY), CAPACITY);
    CHECK_INT(records[CAPACITY - 1].pid, 101);
    CHECK_INT((int64_t)records[CAPACITY - 1].sequence, CAPACITY - 1);
    /* Numbers go on without a hole. */
    write_event(ring, 103, "");
    CHECK_INT(take(ring, &next, records, CAPACITY), 1);
    CHECK_INT((int64_t)records[0].sequence, CAPACITY);
    tt_event_ring_free(ring);
}

TEST(an_event_is_taken_with_all_its_text) {
    uint64_t counter = 0, next = 0;
    TtEventRecord records[8];
    TtEventRing *ring = tt_event_ring_create(0, CAPACITY, &counter);
    write_event(ring, 1, "");
    write_event(ring, 2, "twenty letters in it");
    CHECK_INT(take(ring, &next, records, 3), 1);
    CHECK_INT(take(ring, &next, records, 2), 0);
    CHECK_INT(take(ring, &next, records, 3), 3);
    CHECK_INT(records[0].pid, 2);
    CHECK_INT(take(ring, &next, records, 8), 0);
    tt_event_ring_free(ring);
}

TEST(rings_are_merged_by_number) {
    uint64_t counter = 0, next = 0;
    TtEventRing *rings[3];
    TtEventRecord records[CAPACITY];
    for (uint32_t i = 0; i < 3; i++) rings[i] = tt_event_ring_create(i, CAPACITY, &counter);
    static const uint32_t order[] = {2, 0, 0, 1, 2, 1, 0, 2, 2};
    for (uint32_t i = 0; i < 9; i++) write_event(rings[order[i]], i, i == 4 ? "text" : "");
    uint32_t count = tt_event_rings_take(rings, 3, &next, records, CAPACITY);
    CHECK_INT(count, 10);
    uint32_t pid = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (records[i].kind == TT_EVENT_TEXT) continue;
        CHECK_INT(records[i].pid, pid);
        CHECK_INT(records[i].worker, order[pid]);
        pid++;
    }
    CHECK_INT(pid, 9);
    /* What follows an event that is not published yet waits for it. */
    counter++;
    write_event(rings[1], 11, "");
    CHECK_INT(tt_event_rings_take(rings, 3, &next, records, CAPACITY), 0);
    for (uint32_t i = 0; i < 3; i++) tt_event_ring_free(rings[i]);
}

int main(void) {
    RUN(texts_are_cut_at_code_points);
    RUN(a_full_ring_drops_whole_events);
    RUN(an_event_is_taken_with_all_its_text);
    RUN(rings_are_merged_by_number);
    return test_finish();
}
