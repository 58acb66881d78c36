// SPDX-License-Identifier: MIT
/** POSIX threads: natively and with Emscripten's pthreads. */
#define _GNU_SOURCE
#include "port/thread.h"

#include "base/assert.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif
#if defined(__EMSCRIPTEN__)
#include <emscripten/threading.h>
#endif

/** Stack of a worker: interpreter frames live in actors, so C needs little. */
#define WORKER_STACK_BYTES (512u << 10)

static void require(int error) {
    if (error) TT_UNREACHABLE();
}

void tt_lock_init(TtLock *lock) {
    require(pthread_mutex_init(&lock->mutex, NULL));
}
void tt_lock_destroy(TtLock *lock) {
    require(pthread_mutex_destroy(&lock->mutex));
}
void tt_lock_acquire(TtLock *lock) {
    require(pthread_mutex_lock(&lock->mutex));
}
void tt_lock_release(TtLock *lock) {
    require(pthread_mutex_unlock(&lock->mutex));
}

void tt_condition_init(TtCondition *condition) {
    pthread_condattr_t attributes;
    require(pthread_condattr_init(&attributes));
    require(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC));
    require(pthread_cond_init(&condition->cond, &attributes));
    pthread_condattr_destroy(&attributes);
}

void tt_condition_destroy(TtCondition *condition) {
    require(pthread_cond_destroy(&condition->cond));
}
void tt_condition_signal(TtCondition *condition) {
    require(pthread_cond_signal(&condition->cond));
}
void tt_condition_broadcast(TtCondition *condition) {
    require(pthread_cond_broadcast(&condition->cond));
}

void tt_condition_wait(TtCondition *condition, TtLock *lock) {
    require(pthread_cond_wait(&condition->cond, &lock->mutex));
}

bool tt_condition_wait_ns(TtCondition *condition, TtLock *lock, uint64_t ns) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    uint64_t sum = (uint64_t)until.tv_nsec + ns % 1000000000u;
    until.tv_sec += (time_t)(ns / 1000000000u + sum / 1000000000u);
    until.tv_nsec = (long)(sum % 1000000000u);
    int error = pthread_cond_timedwait(&condition->cond, &lock->mutex, &until);
    if (error && error != ETIMEDOUT) TT_UNREACHABLE();
    return error == 0;
}

bool tt_thread_start(TtThread *thread, void *(*run)(void *), void *context) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes)) return false;
    pthread_attr_setstacksize(&attributes, WORKER_STACK_BYTES);
    int error = pthread_create(&thread->thread, &attributes, run, context);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

void tt_thread_join(TtThread *thread) {
    require(pthread_join(thread->thread, NULL));
}

unsigned tt_thread_cores(void) {
#if defined(__EMSCRIPTEN__)
    int count = emscripten_num_logical_cores();
    return count > 0 ? (unsigned)count : 1;
#else
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return (unsigned)CPU_COUNT(&set);
#endif
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
#endif
}
