// SPDX-License-Identifier: MIT
/**
 * Events of one worker, as records of 32 bytes in a ring in plain memory: the worker writes, one consumer
 * reads, on whatever thread (or in JavaScript over shared memory). Nothing waits: a record for which there
 * is no room is counted and lost. All integers are little endian.
 *
 * Sequence numbers are given after room was found, so all records of a run, of all rings together, are
 * numbered without a hole, and each ring holds them in ascending order: whoever always takes the record
 * with the next number has merged the rings.
 */
#ifndef TT_TRACE_RING_H
#define TT_TRACE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum TtEventKind {
#define TT_EVENT(name, other, value, text, doc) TT_EVENT_##name,
#include "trace/events.def"
#undef TT_EVENT
    TT_EVENT_KIND_COUNT
} TtEventKind;

/** The words of events.def as they stand there: a field that a kind does not have is "-". */
typedef struct TtEventInfo {
    const char *name, *other, *value, *text;
} TtEventInfo;
extern const TtEventInfo tt_event_infos[TT_EVENT_KIND_COUNT];

/** Bytes of text in one TEXT record, and the most that follow one event. */
#define TT_EVENT_TEXT_BYTES   16u
#define TT_EVENT_TEXT_RECORDS 4u

/** A TEXT record has sequence, kind and worker as the event it follows; its unused bytes are 0. */
typedef struct TtEventRecord {
    uint64_t sequence;
    uint8_t kind; /* TtEventKind */
    uint8_t worker;
    uint16_t file; /* number of the source file + 1; 0: none */
    uint32_t pid;
    union {
        struct {
            uint32_t line, other;
            uint64_t value;
        };
        char text[TT_EVENT_TEXT_BYTES];
    };
} TtEventRecord;

/** Producer and consumer write different lines. `head` and `tail` count records and never wrap in practice.
 */
typedef struct TtEventRing {
    _Alignas(64) uint64_t head;  /* atomic: records written */
    uint64_t dropped;            /* atomic: events, not records */
    uint64_t tail_seen;          /* producer: tail, as last looked at */
    _Alignas(64) uint64_t tail;  /* atomic: records read */
    _Alignas(64) uint64_t *next; /* constant: the run's sequence counter, shared by all rings; atomic */
    uint32_t capacity;           /* constant: records, a power of two */
    uint32_t worker;             /* constant */
    _Alignas(64) TtEventRecord records[];
} TtEventRing;

/** `capacity` is a power of two and at least 8; `next` outlives the ring. */
TtEventRing *tt_event_ring_create(uint32_t worker, uint32_t capacity, uint64_t *next);
void tt_event_ring_free(TtEventRing *ring);

/**
 * Producer: writes an event and its text, of which at most TT_EVENT_TEXT_RECORDS records are kept; what is
 * longer is cut at a code point and ends with `…`. `event` has all fields but sequence and worker.
 */
void tt_event_ring_write(TtEventRing *ring, TtEventRecord event, const char *text, size_t length);
/** Records that can be written now. Any thread; exact for the producer. */
uint32_t tt_event_ring_room(const TtEventRing *ring);
/** Any thread. */
uint64_t tt_event_ring_dropped(const TtEventRing *ring);

/**
 * Consumer: moves whole events out of the rings in the order of their sequence numbers, at most `room`
 * records; the number moved. `*next` is the sequence number to go on with, 0 at first. Records that a worker
 * is about to publish hold back later ones of others.
 */
uint32_t tt_event_rings_take(TtEventRing *const *rings, uint32_t count, uint64_t *next,
                             TtEventRecord *records, uint32_t room);

#endif
