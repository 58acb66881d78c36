// SPDX-License-Identifier: MIT
#include "interrupt.h"

#include <string.h>

/** As if nobody had waited for the signal. */
static void end_process(const TtCliInterrupt *interrupt, int taken) {
    signal(taken, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &interrupt->set, NULL);
    raise(taken);
}

static void *run_watch(void *context) {
    TtCliInterrupt *interrupt = context;
    for (;;) {
        int taken = 0;
        if (sigwait(&interrupt->set, &taken) != 0) continue;
        tt_lock_acquire(&interrupt->lock);
        bool stopping = interrupt->stopping, first = !interrupt->signal;
        if (first && !stopping) {
            interrupt->signal = taken;
            tt_vm_stop(interrupt->vm);
        }
        tt_lock_release(&interrupt->lock);
        if (stopping) return NULL;
        if (!first) end_process(interrupt, taken);
    }
}

static bool is_ignored(int signal_number) {
    struct sigaction action;
    return sigaction(signal_number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void tt_cli_interrupt_begin(TtCliInterrupt *interrupt, TtVm *vm) {
    memset(interrupt, 0, sizeof *interrupt);
    interrupt->vm = vm;
    sigemptyset(&interrupt->set);
    if (!is_ignored(SIGINT)) sigaddset(&interrupt->set, SIGINT);
    sigaddset(&interrupt->set, SIGTERM); /* also what ends the watch */
    interrupt->blocked = pthread_sigmask(SIG_BLOCK, &interrupt->set, &interrupt->before) == 0;
    if (interrupt->blocked) tt_lock_init(&interrupt->lock);
}

void tt_cli_interrupt_watch(TtCliInterrupt *interrupt) {
    if (!interrupt->blocked) return;
    interrupt->started = tt_thread_start(&interrupt->thread, run_watch, interrupt);
    /* Without a thread left, signals keep ending the process at once. */
    if (!interrupt->started) pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
}

/** A first signal that came when nobody took it: the program has ended. */
static void take_pending(TtCliInterrupt *interrupt) {
    const struct timespec at_once = {0};
    int taken = sigtimedwait(&interrupt->set, NULL, &at_once);
    if (taken > 0) interrupt->signal = taken;
}

void tt_cli_interrupt_end(TtCliInterrupt *interrupt) {
    if (!interrupt->blocked) return;
    if (interrupt->started) {
        tt_lock_acquire(&interrupt->lock);
        interrupt->stopping = true;
        tt_lock_release(&interrupt->lock);
        /* The thread waits for it, so nothing is terminated. */
        // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread)
        pthread_kill(interrupt->thread.thread, SIGTERM);
        tt_thread_join(&interrupt->thread);
    } else {
        take_pending(interrupt);
    }
    pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
    tt_lock_destroy(&interrupt->lock);
    interrupt->blocked = interrupt->started = false;
}
