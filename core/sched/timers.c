// SPDX-License-Identifier: MIT
#include "sched/timers.h"

#include "port/atomic.h"

void tt_timers_init(TtTimers *timers, uint32_t worker) {
    *timers = (TtTimers){.earliest_ns = UINT64_MAX, .worker = worker};
    tt_lock_init(&timers->lock);
}

void tt_timers_destroy(TtTimers *timers) {
    tt_vec_free(&timers->heap);
    tt_lock_destroy(&timers->lock);
}

uint64_t tt_timers_earliest(const TtTimers *timers) {
    return tt_atomic_load_u64_seq(&timers->earliest_ns);
}

static bool before(TtTimer a, TtTimer b) {
    return a.deadline_ns != b.deadline_ns ? a.deadline_ns < b.deadline_ns : a.order < b.order;
}

static void put(TtTimers *timers, uint32_t at, TtTimer timer) {
    timers->heap.items[at] = timer;
    tt_atomic_store_u32_rlx(&timer.actor->timer_index, at + 1);
}

static void sift_up(TtTimers *timers, uint32_t at, TtTimer timer) {
    while (at > 0 && before(timer, timers->heap.items[(at - 1) / 2])) {
        put(timers, at, timers->heap.items[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(timers, at, timer);
}

static void sift_down(TtTimers *timers, uint32_t at, TtTimer timer) {
    uint32_t count = timers->heap.count;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= count) break;
        if (child + 1 < count && before(timers->heap.items[child + 1], timers->heap.items[child])) child++;
        if (!before(timers->heap.items[child], timer)) break;
        put(timers, at, timers->heap.items[child]);
        at = child;
    }
    put(timers, at, timer);
}

static void remove_at(TtTimers *timers, uint32_t at) {
    tt_atomic_store_u32_rlx(&timers->heap.items[at].actor->timer_index, 0);
    TtTimer last = tt_vec_pop(&timers->heap);
    if (at == timers->heap.count) return;
    if (at > 0 && before(last, timers->heap.items[(at - 1) / 2]))
        sift_up(timers, at, last);
    else
        sift_down(timers, at, last);
}

static void note_earliest(TtTimers *timers) {
    tt_atomic_store_u64_seq(&timers->earliest_ns,
                            timers->heap.count ? timers->heap.items[0].deadline_ns : UINT64_MAX);
}

void tt_timers_add(TtTimers *timers, TtActor *actor, uint64_t deadline_ns) {
    tt_lock_acquire(&timers->lock);
    TtTimer timer = {deadline_ns, timers->next_order++, actor};
    actor->timer_worker = timers->worker;
    tt_vec_push(&timers->heap, timer);
    sift_up(timers, timers->heap.count - 1, timer);
    note_earliest(timers);
    tt_lock_release(&timers->lock);
}

void tt_timers_remove(TtTimers *timers, TtActor *actor) {
    tt_lock_acquire(&timers->lock);
    if (actor->timer_index) remove_at(timers, actor->timer_index - 1);
    note_earliest(timers);
    tt_lock_release(&timers->lock);
}

void tt_timers_fire(TtTimers *timers, uint64_t now, TtContext *from) {
    if (tt_timers_earliest(timers) > now) return;
    tt_lock_acquire(&timers->lock);
    while (timers->heap.count && timers->heap.items[0].deadline_ns <= now) {
        TtActor *actor = timers->heap.items[0].actor;
        remove_at(timers, 0);
        tt_actor_wake(actor, from);
    }
    note_earliest(timers);
    tt_lock_release(&timers->lock);
}
