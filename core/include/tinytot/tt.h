// SPDX-License-Identifier: MIT
/**
 * TinyTotVM: the public interface. C11, usable from C++. All types are opaque; nothing here keeps
 * state outside the TtVm it is given, so a process may hold many.
 *
 * Life of a VM: tt_vm_create → tt_vm_load → tt_vm_run (threads) or tt_vm_start and tt_vm_step
 * (cooperative) → the report functions → tt_vm_destroy.
 */
#ifndef TINYTOT_TT_H
#define TINYTOT_TT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TT_VERSION "0.1.0"

typedef struct TtVm TtVm;
struct TtHost; /* core/host/host.h */
struct TtRequest;
struct TtModule;
struct TtCodeMaker; /* core/exec/generated.h */

/** Everything that may be chosen before a program is loaded. Start from tt_config_default. */
typedef struct TtConfig {
    struct TtHost *host; /* required; must outlive the VM */
    const char *gc;      /* "mark-sweep" (default) or "no-gc" */
    uint32_t workers;    /* scheduler threads; 0 = one for each core */
    bool single_thread;  /* one scheduler, round-robin, fixed budget (--no-smp); tt_vm_step works */
    bool wait_runs; /* tt_vm_wait runs the program, on its thread and as many more as there is work for */
    void (*lasts)(void *context); /* tt_vm_wait calls it once when it is not over soon; may be NULL */
    void *lasts_context;
    bool seeded;       /* choose who runs next, and random numbers, by `seed`; implies single_thread */
    bool virtual_time; /* time jumps when all actors wait; implies single_thread */
    bool registers;    /* the register engine; else the stack engine (with `trace` or `debug`, always) */
    uint64_t seed;
    uint64_t max_vm_heap;      /* bytes; 0 = default */
    uint64_t max_actor_heap;   /* bytes; 0 = none */
    uint32_t max_depth;        /* call frames; 0 = default */
    uint32_t max_mailbox;      /* messages; 0 = default */
    uint32_t max_handles;      /* futures of an actor; 0 = default. Of connections the host has a limit */
    uint64_t max_instructions; /* 0 = unlimited */
    uint64_t max_time_ms;      /* 0 = unlimited */
    bool optimize;             /* modules go through the optimizer when they are loaded (core/opt) */
    bool exact; /* variables that a program no longer reads keep their values, too; as with `trace` and
                   `debug` */
    bool trace; /* instruction trace on standard error */
    bool debug; /* step-by-step trace with stacks on standard error */
    bool trace_processes;    /* a line on standard error when actors start, link, are restarted and end */
    bool profile;            /* count calls, time and instructions of every function */
    uint32_t events;         /* bit 1 << TtEventKind (core/trace/events.def): kinds to record; 0 = none */
    bool events_lossless;    /* workers wait while nobody takes events; else events are dropped */
    bool gc_debug;           /* a line on standard error for each collection */
    bool gc_stress;          /* collect at every allocating instruction: tests */
    bool gc_stress_steps;    /* collect in the smallest steps, one at every allocating instruction: tests */
    bool run_tests;          /* when main has ended: its tests, and their result as status (std/README.md) */
    uint32_t denied;         /* bit set of TtCapability that are refused */
    uint32_t reductions;     /* preemption budget; 0 = default; 1 = tests */
    const char *const *args; /* program arguments, without the program's name */
    uint32_t arg_count;
    const char *module_path; /* directories between ':' searched for modules (TTVM_PATH); may be NULL */
} TtConfig;

void tt_config_default(TtConfig *config);

/** NULL only when an option does not exist (`*reason` says which). */
TtVm *tt_vm_create(const TtConfig *config, const char **reason);
/** Ends what still runs, joins all threads, frees everything. */
void tt_vm_destroy(TtVm *vm);

/** One error or warning about a file. Strings belong to the VM until it is destroyed. */
typedef struct TtDiagnostic {
    const char *file;
    uint32_t line, column, end_column; /* 1-based code points; 0: whole file */
    bool warning;
    const char *message;
    const char *suggestion; /* or NULL */
} TtDiagnostic;

/**
 * Loads the program through the host's load_file: `.ttb` images by content, else source text. True
 * when it can run; otherwise the diagnostics say why.
 */
bool tt_vm_load(TtVm *vm, const char *path);
/** As tt_vm_load, from memory; `path` is its name. */
bool tt_vm_load_bytes(TtVm *vm, const char *path, const void *bytes, size_t length);
/** A program's text as it is best written, whatever is in it; `.lisp` by its name, else .ttvm. Free with
 * tt_free_text. */
char *tt_format(const char *path, const char *text, size_t length);
void tt_free_text(char *text);

/* ---- sessions: Lisp, line by line, in one actor that lives on -------------------------------------------
 */

/** Instead of tt_vm_load; tt_vm_start follows. */
bool tt_vm_open_session(TtVm *vm);
/**
 * Gives the actor a line (one or more whole forms); false with diagnostics when it does not compile. The line
 * before must be done: tt_vm_session_idle. The thread that created the VM.
 */
bool tt_vm_feed(TtVm *vm, const char *text, size_t length);
/** Waits (or steps a single-threaded VM) for at most so long; true when the actor waits for the next line. */
bool tt_vm_session_idle(TtVm *vm, uint32_t ms);
/** Raises Timeout in what the actor is doing, at the end of its slice. Any thread, while it is not idle. */
void tt_vm_interrupt(TtVm *vm);
/** Whether a text ends outside of every form, string and comment, so that it can be fed. */
bool tt_vm_is_whole(const char *text, size_t length);

uint32_t tt_vm_diagnostic_count(const TtVm *vm);
TtDiagnostic tt_vm_diagnostic(const TtVm *vm, uint32_t index);
/** All diagnostics as text, with source lines and carets. The VM owns it. */
const char *tt_vm_diagnostics_text(TtVm *vm, bool color);

/** The loaded program as `ttvm disasm` prints it, or as an image (`*length` set). The VM owns it. */
const char *tt_vm_disassemble(TtVm *vm);
/** The same as source text to read and to edit, with the lines it came from as comments. The VM owns it. */
const char *tt_vm_listing(TtVm *vm);
/** The loaded program's register code, as `ttvm disasm --ir` prints it. The VM owns it. */
const char *tt_vm_disassemble_registers(TtVm *vm);
/**
 * Where each stack instruction came from: line and column (bytes, from 1; 0: unknown) in turn, `*count`
 * pairs. NULL before a program is loaded. The VM owns them.
 */
const uint32_t *tt_vm_positions(const TtVm *vm, uint32_t *count);
/**
 * For each register instruction, as tt_vm_disassemble_registers lists them, the address of the stack
 * instruction that it can fail in. NULL before that function was called. The VM owns them.
 */
const uint32_t *tt_vm_register_origins(const TtVm *vm, uint32_t *count);
const void *tt_vm_image(TtVm *vm, size_t *length);

/** The program as source text that reads back as it is, lines kept where they can be. The VM owns it. */
const char *tt_vm_source(TtVm *vm);

/** What one pass of the optimizer did to the program. */
typedef struct TtPassReport {
    const char *name, *doc; /* static */
    uint32_t changes;       /* rewrites */
    int64_t removed;        /* instructions taken away */
} TtPassReport;
/** False past the last pass; all zero for a program that was not optimized. */
bool tt_vm_optimizer_pass(const TtVm *vm, uint32_t index, TtPassReport *pass);
typedef struct TtOptimizerReport {
    uint32_t rounds; /* of all passes, that found something to do */
    uint32_t instructions_before, instructions_after;
    uint32_t variables_before, variables_after; /* slots of frames, each kind of frame once */
} TtOptimizerReport;
TtOptimizerReport tt_vm_optimizer_report(const TtVm *vm);

typedef enum TtRunState {
    TT_RUN_READY, /* there is work to do now */
    TT_RUN_IDLE,  /* waits for a timer, the host or output room */
    TT_RUN_ENDED
} TtRunState;

/** Starts the worker threads (or just the main actor when single-threaded or with wait_runs) and returns. */
void tt_vm_start(TtVm *vm);
/** Single-threaded VMs: runs for about `budget_ms`, or until nothing is ready. */
TtRunState tt_vm_step(TtVm *vm, uint32_t budget_ms);
/** Milliseconds until the next timer or the time limit of an idle VM; -1 when there is none. */
int64_t tt_vm_next_timer_ms(TtVm *vm);
/** Waits for the end of a threaded VM; runs a single-threaded one, or one with wait_runs, to its end. Blocks.
 */
void tt_vm_wait(TtVm *vm);
/** True once nothing of the program runs any more. Any thread. */
bool tt_vm_ended(const TtVm *vm);
/** Asks every actor to stop at its next safe point. Any thread; returns at once. */
void tt_vm_stop(TtVm *vm);
/** Address of a 32-bit word that, when made non-zero from anywhere, acts as tt_vm_stop. */
uint32_t *tt_vm_stop_word(TtVm *vm);
/**
 * Address of a 32-bit word that changes whenever a worker parks, the host is needed or the program
 * ends: a thread that pumps output may wait on it.
 */
uint32_t *tt_vm_event_word(TtVm *vm);

typedef enum TtReason {
    TT_REASON_FINISHED, /* every actor ended, or main did and nothing else can run, or EXIT */
    TT_REASON_FAILED,   /* uncaught error or abnormal end of main */
    TT_REASON_DEADLOCK, /* main waits and nothing can ever run */
    TT_REASON_STOPPED,
    TT_REASON_LIMIT /* instructions or run time */
} TtReason;

typedef struct TtReport {
    TtReason reason;
    int status; /* process exit status */
    uint32_t schedulers;
    uint64_t instructions;
    uint64_t actors;   /* ever started */
    uint64_t messages; /* ever sent */
    uint64_t dropped;  /* messages to actors that had ended */
    /* garbage collection, all actors together */
    uint64_t gc_allocated_bytes, gc_allocated_objects, gc_freed_bytes, gc_freed_objects;
    uint64_t gc_live_bytes, gc_live_objects, gc_collections;
    uint64_t gc_pauses, gc_pause_total_ns, gc_pause_max_ns; /* a large heap is collected in many pauses */
} TtReport;

/** After the end; `schedulers` and `instructions` also while running. */
TtReport tt_vm_report(const TtVm *vm);

/* ---- profile (TtConfig.profile) ----------------------------------------------------------------------- */

/**
 * Figures of one function, of all actors together. `own`: its code alone. `all`: with everything it called;
 * a call inside another call of the same function counts once. Time is that of running, not of waiting.
 */
typedef struct TtProfileRow {
    const char *name; /* "fib", "<main>"; of imported modules "list:map" */
    const char *file;
    uint32_t line; /* of its first instruction; 0: unknown */
    uint64_t calls, own_ns, own_instructions, all_ns, all_instructions;
} TtProfileRow;

/** Figures of one actor. */
typedef struct TtProfileActorRow {
    uint64_t pid;
    const char *name; /* of the function it was started with */
    uint64_t ns, instructions;
} TtProfileActorRow;

/** How often register code went on in stack code, and why. */
typedef struct TtProfileLeaveRow {
    const char *reason;
    uint64_t count;
} TtProfileLeaveRow;

/** What one scheduler did between the first slice of any of them and the last. */
typedef struct TtProfileSchedulerRow {
    uint64_t slices;           /* turns that actors had on it */
    uint64_t steals;           /* times that it took actors from another one's queue */
    uint64_t ns, instructions; /* in these slices; it waited for the rest of `span_ns` */
} TtProfileSchedulerRow;

typedef struct TtProfileTable {
    const TtProfileRow *rows; /* sorted by own time, the slowest first */
    uint32_t count;
    const TtProfileActorRow *actors; /* by pid: the first 1,000 that ended, and those that live */
    uint32_t actor_count;
    uint64_t more_actors;            /* only in the sums */
    const TtProfileLeaveRow *leaves; /* reasons there were */
    uint32_t leave_count;
    const TtProfileSchedulerRow *schedulers; /* by number, up to the last one that had a slice */
    uint32_t scheduler_count;
    uint64_t span_ns; /* from the first slice to the end of the last */
    uint64_t ns, instructions;
} TtProfileTable;

/** When everything stands still (tt_vm_stands). The VM owns it until the next of these two calls. */
const TtProfileTable *tt_vm_profile_table(TtVm *vm);
/** The same with call paths, as JSON: prof/profile_report.h. The VM owns it until the next call. */
const char *tt_vm_profile(TtVm *vm);
/**
 * How often each instruction of a file was executed, all actors together; the file as tt_vm_file has it. NULL
 * when none was, or when register code ran, which is not counted by instructions. When everything stands
 * still; the VM owns it until the next call.
 */
const double *tt_vm_executions(TtVm *vm, uint32_t file, uint32_t *count);

/* ---- events: what happens between actors (TtConfig.events) ------------------------------------------ */

/**
 * Moves the next records out, in the order of their sequence numbers, at most `room` (at least 5: an event
 * is moved with all its text): an array of 8-byte aligned TtEventRecord (core/trace/ring.h). From the start
 * to tt_vm_destroy; one thread at a time, any. Cooperative runs stop stepping until there is room again.
 */
uint32_t tt_vm_take_events(TtVm *vm, void *records, uint32_t room);
/** Events lost so far. Any thread. */
uint64_t tt_vm_events_dropped(const TtVm *vm);
/** The ring of one scheduler, for consumers in shared memory; NULL past the last. */
const struct TtEventRing *tt_vm_event_ring(const TtVm *vm, uint32_t scheduler);
/** Source file that records call `index + 1`; NULL past the last one loaded so far. Any thread. */
const char *tt_vm_file(TtVm *vm, uint32_t index);

/* ---- code made of register code by somebody else (exec/generated.h) -------------------------------------
 */

/** The run uses such code once there is some. Before tt_vm_load; the maker outlives the VM. */
void tt_vm_use_code(TtVm *vm, const struct TtCodeMaker *maker);
/** The module with this index if a run uses its register code; NULL past the last one loaded so far. Any
 * thread. */
const struct TtModule *tt_vm_module(TtVm *vm, uint32_t index);

/* ---- looking at a run and meddling with it, between tt_vm_start and tt_vm_destroy --------------------- */

/** Actors stop at the end of their slices, until tt_vm_resume. Time goes on. Any thread; returns at once. */
void tt_vm_pause(TtVm *vm);
void tt_vm_resume(TtVm *vm);
/**
 * Whether everything stands still, so that the functions below may be called: after tt_vm_pause as soon as
 * the last scheduler has stopped, between steps of a single-threaded VM, and after the end.
 */
bool tt_vm_stands(TtVm *vm);
/** Slow motion: instructions a second of all actors together; 0 = no limit. Any thread. */
void tt_vm_set_speed(TtVm *vm, uint64_t instructions_per_second);
/** The live actors with the `most` lowest pids above `after`, or one, as JSON (ActorSummary[] and ActorInfo
 * of wasm-glue/ts/api.ts); NULL when there is no such actor. The VM owns the text until the next call. */
const char *tt_vm_actors(TtVm *vm, uint64_t after, uint32_t most);
const char *tt_vm_inspect(TtVm *vm, uint64_t pid);
/** Ends an actor with reason `killed`; sends it a Str. False when there is no such actor, or no room. */
bool tt_vm_kill_actor(TtVm *vm, uint64_t pid);
bool tt_vm_send_text(TtVm *vm, uint64_t pid, const char *text, size_t length);

/* ---- for hosts ---------------------------------------------------------------------------------- */

/** The request has been answered. Any thread, exactly once per pending request. */
void tt_host_complete(struct TtRequest *request);
/** There is room for output again. Any thread. */
void tt_host_output_ready(TtVm *vm);

#ifdef __cplusplus
}
#endif

#endif
