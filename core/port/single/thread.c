// SPDX-License-Identifier: MIT
/** One thread: locks vanish, waiting for another thread would be for ever and is a bug. */
#include "port/thread.h"

#include "base/assert.h"

void tt_lock_init(TtLock *lock) {
    (void)lock;
}
void tt_lock_destroy(TtLock *lock) {
    (void)lock;
}
void tt_lock_acquire(TtLock *lock) {
    (void)lock;
}
void tt_lock_release(TtLock *lock) {
    (void)lock;
}

void tt_condition_init(TtCondition *condition) {
    (void)condition;
}
void tt_condition_destroy(TtCondition *condition) {
    (void)condition;
}
void tt_condition_signal(TtCondition *condition) {
    (void)condition;
}
void tt_condition_broadcast(TtCondition *condition) {
    (void)condition;
}

void tt_condition_wait(TtCondition *condition, TtLock *lock) {
    (void)condition, (void)lock;
    TT_UNREACHABLE();
}

bool tt_condition_wait_ns(TtCondition *condition, TtLock *lock, uint64_t ns) {
    (void)condition, (void)lock, (void)ns;
    TT_UNREACHABLE();
}

bool tt_thread_start(TtThread *thread, void *(*run)(void *), void *context) {
    (void)thread, (void)run, (void)context;
    return false;
}

void tt_thread_join(TtThread *thread) {
    (void)thread;
}

unsigned tt_thread_cores(void) {
    return 1;
}
