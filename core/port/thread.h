// SPDX-License-Identifier: MIT
/**
 * Threads, locks and condition variables. In a build without threads (`single/`) locks vanish and
 * tt_thread_start fails; the scheduler then runs on the caller's thread only.
 */
#ifndef TT_PORT_THREAD_H
#define TT_PORT_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#if defined(TT_PORT_SINGLE)
typedef struct TtLock {
    char unused;
} TtLock;
typedef struct TtCondition {
    char unused;
} TtCondition;
typedef struct TtThread {
    char unused;
} TtThread;
#else
#include <pthread.h>
typedef struct TtLock {
    pthread_mutex_t mutex;
} TtLock;
typedef struct TtCondition {
    pthread_cond_t cond;
} TtCondition;
typedef struct TtThread {
    pthread_t thread;
} TtThread;
#endif

void tt_lock_init(TtLock *lock);
void tt_lock_destroy(TtLock *lock);
void tt_lock_acquire(TtLock *lock);
void tt_lock_release(TtLock *lock);

void tt_condition_init(TtCondition *condition);
void tt_condition_destroy(TtCondition *condition);
/** Waits, giving `lock` up meanwhile; may return without a signal. */
void tt_condition_wait(TtCondition *condition, TtLock *lock);
/** As wait, at most `ns` nanoseconds; false when the time was up. */
bool tt_condition_wait_ns(TtCondition *condition, TtLock *lock, uint64_t ns);
void tt_condition_signal(TtCondition *condition);
void tt_condition_broadcast(TtCondition *condition);

/** False when no thread can be had. Every started thread is joined. */
bool tt_thread_start(TtThread *thread, void *(*run)(void *), void *context);
void tt_thread_join(TtThread *thread);

/** Processors this process may use, at least 1. */
unsigned tt_thread_cores(void);

#endif
