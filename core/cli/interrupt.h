// SPDX-License-Identifier: MIT
/**
 * Ctrl+C and SIGTERM. The first ends the program in good order, a second one the process at once, as does one
 * before there is a program. A signal that was ignored when ttvm was started stays ignored (SIGINT).
 */
#ifndef TT_CLI_INTERRUPT_H
#define TT_CLI_INTERRUPT_H

#include "port/thread.h"
#include "tinytot/tt.h"

#include <signal.h>

/**
 * The signals are blocked in every thread, so one thread can wait for them: no handler, which may do little.
 * What comes before that thread is there waits for it.
 */
typedef struct TtCliInterrupt {
    TtThread thread;
    TtLock lock;
    TtVm *vm;      /* to be stopped; under `lock` */
    bool stopping; /* under `lock` */
    int signal;    /* the one that has stopped the program, or 0; read after tt_cli_interrupt_end */
    sigset_t set, before;
    bool blocked, started;
} TtCliInterrupt;

/**
 * From now on the first signal stops `vm`, which outlives the watch. Before any other thread is started
 * (threads inherit what is blocked), and before tt_vm_start.
 */
void tt_cli_interrupt_begin(TtCliInterrupt *interrupt, TtVm *vm);
/** After tt_vm_start, once: signals are taken. */
void tt_cli_interrupt_watch(TtCliInterrupt *interrupt);
/** Signals end the process again. A second call does nothing. */
void tt_cli_interrupt_end(TtCliInterrupt *interrupt);

#endif
