// SPDX-License-Identifier: MIT
/** --trace-format: a thread that takes the events of a run and writes them to --trace-out. */
#ifndef TT_CLI_EVENT_LOG_H
#define TT_CLI_EVENT_LOG_H

#include "cmd.h"
#include "port/thread.h"
#include "prof/export.h"

typedef struct TtCliEventLog {
    TtVm *vm;
    int descriptor, error; /* errno of the write that failed, or 0 */
    uint32_t over;         /* atomic: the run has ended */
    bool started;
    TtThread thread;
    TtExporter exporter;
} TtCliEventLog;

/** The options asked for events: sets what the configuration needs. Before the VM is created. */
void tt_cli_event_log_configure(TtConfig *config, const TtCliArgs *args);
/** Before the run. False: the file cannot be written, which has been said. Nothing to do without the option.
 */
bool tt_cli_event_log_open(TtCliEventLog *log, TtVm *vm, const TtCliArgs *args);
/** After the run: writes what is left. False when something could not be written, which has been said. */
bool tt_cli_event_log_close(TtCliEventLog *log, const TtCliArgs *args);

#endif
