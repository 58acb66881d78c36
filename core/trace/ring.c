// SPDX-License-Identifier: MIT
#include "trace/ring.h"

#include "base/alloc.h"
#include "port/atomic.h"

#include <string.h>

/* These layouts are known to wasm-glue/ts/trace_reader.ts. */
_Static_assert(sizeof(TtEventRecord) == 32, "layout");
_Static_assert(offsetof(TtEventRing, head) == 0 && offsetof(TtEventRing, dropped) == 8 &&
                   offsetof(TtEventRing, tail) == 64 && offsetof(TtEventRing, records) == 192,
               "layout");
#if defined(__wasm__)
_Static_assert(offsetof(TtEventRing, capacity) == 132, "layout");
#endif

#define MAX_TEXT ((size_t)TT_EVENT_TEXT_BYTES * TT_EVENT_TEXT_RECORDS)

const TtEventInfo tt_event_infos[TT_EVENT_KIND_COUNT] = {
#define TT_EVENT(name, other, value, text, doc) {#name, #other, #value, #text},
#include "trace/events.def"
#undef TT_EVENT
};

/* ---- producer ----------------------------------------------------------------------------------- */

TtEventRing *tt_event_ring_create(uint32_t worker, uint32_t capacity, uint64_t *next) {
    TtEventRing *ring = tt_alloc_aligned_zero(64, sizeof *ring + (size_t)capacity * sizeof(TtEventRecord));
    ring->worker = worker;
    ring->capacity = capacity;
    ring->next = next;
    return ring;
}

void tt_event_ring_free(TtEventRing *ring) {
    tt_free(ring);
}

/** Where valid UTF-8 can be cut so that at most `limit` bytes stay. */
static size_t cut_at(const char *text, size_t length, size_t limit) {
    if (length <= limit) return length;
    while (limit > 0 && ((unsigned char)text[limit] & 0xC0) == 0x80) limit--;
    return limit;
}

/** The consumer's tail is looked at only when the room known of is used up. */
static bool has_room(TtEventRing *ring, uint64_t head, uint32_t records) {
    if (head + records - ring->tail_seen <= ring->capacity) return true;
    ring->tail_seen = tt_atomic_load_u64_acq(&ring->tail);
    return head + records - ring->tail_seen <= ring->capacity;
}

void tt_event_ring_write(TtEventRing *ring, TtEventRecord event, const char *text, size_t length) {
    static const char ellipsis[] = "…";
    size_t kept = cut_at(text, length, MAX_TEXT), added = 0;
    if (kept < length) {
        added = sizeof ellipsis - 1;
        kept = cut_at(text, length, MAX_TEXT - added);
    }
    uint32_t count = (uint32_t)((kept + added + TT_EVENT_TEXT_BYTES - 1) / TT_EVENT_TEXT_BYTES);
    uint64_t head = tt_atomic_load_u64_rlx(&ring->head);
    if (!has_room(ring, head, 1 + count)) {
        tt_atomic_store_u64_rlx(&ring->dropped, tt_atomic_load_u64_rlx(&ring->dropped) + 1);
        return;
    }
    uint32_t mask = ring->capacity - 1;
    event.sequence = tt_atomic_fetch_add_u64_seq(ring->next, 1);
    event.worker = (uint8_t)ring->worker;
    ring->records[head & mask] = event;
    if (count) {
        char bytes[MAX_TEXT] = {0};
        memcpy(bytes, text, kept);
        memcpy(bytes + kept, ellipsis, added);
        for (uint32_t i = 0; i < count; i++) {
            TtEventRecord *record = &ring->records[(head + 1 + i) & mask];
            *record = (TtEventRecord){
                .sequence = event.sequence, .kind = TT_EVENT_TEXT, .worker = event.worker, .pid = event.pid};
            memcpy(record->text, bytes + (size_t)i * TT_EVENT_TEXT_BYTES, TT_EVENT_TEXT_BYTES);
        }
    }
    tt_atomic_store_u64_rel(&ring->head, head + 1 + count);
}

uint32_t tt_event_ring_room(const TtEventRing *ring) {
    /* The tail first: it never passes the head that is read after it. */
    uint64_t tail = tt_atomic_load_u64_acq(&ring->tail);
    uint64_t used = tt_atomic_load_u64_acq(&ring->head) - tail;
    return used < ring->capacity ? ring->capacity - (uint32_t)used : 0;
}

uint64_t tt_event_ring_dropped(const TtEventRing *ring) {
    return tt_atomic_load_u64_rlx(&ring->dropped);
}

/* ---- consumer ------------------------------------------------------------------------------------- */

/** Moves the run of consecutive events that starts with `*next`; stops before one that does not fit. */
static uint32_t take_run(TtEventRing *ring, uint64_t *next, TtEventRecord *records, uint32_t room) {
    uint64_t tail = tt_atomic_load_u64_rlx(&ring->tail), head = tt_atomic_load_u64_acq(&ring->head);
    uint32_t mask = ring->capacity - 1, moved = 0;
    while (tail != head && ring->records[tail & mask].sequence == *next) {
        uint32_t size = 1;
        /* An event is published with all its text. */
        while (tail + size != head && ring->records[(tail + size) & mask].kind == TT_EVENT_TEXT) size++;
        if (size > room - moved) break;
        for (uint32_t i = 0; i < size; i++) records[moved++] = ring->records[(tail + i) & mask];
        tail += size;
        ++*next;
    }
    tt_atomic_store_u64_rel(&ring->tail, tail);
    return moved;
}

uint32_t tt_event_rings_take(TtEventRing *const *rings, uint32_t count, uint64_t *next,
                             TtEventRecord *records, uint32_t room) {
    uint32_t moved = 0;
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t run = take_run(rings[i], next, records + moved, room - moved);
            moved += run;
            again = again || run > 0;
        }
    }
    return moved;
}
