// SPDX-License-Identifier: MIT
/** Implements tinytot/tt.h: owns system, loader and scheduler of one VM. */
#include "tinytot/tt.h"

#include "actor/signal.h"
#include "actor/start.h"
#include "asm/asm.h"
#include "base/alloc.h"
#include "base/config.h"
#include "base/utf8.h"
#include "exec/exec.h"
#include "ir/ir.h"
#include "lisp/lisp.h"
#include "module/disasm.h"
#include "module/image.h"
#include "port/atomic.h"
#include "port/clock.h"
#include "prof/inspect.h"
#include "prof/profile_report.h"
#include "sched/sched.h"
#include "trace/ring.h"
#include "vm/deadlock.h"
#include "vm/loader.h"
#include "vm/repl.h"

#include <string.h>

struct TtVm {
    TtConfig config;
    TtSystem system;
    TtLoader loader;
    TtScheduler *sched; /* from tt_vm_start on; other threads look by find_scheduler */
    TtModule *program;  /* the loader owns it */
    char *program_file;
    TtDiags diags;
    char *source; /* of the program, for its diagnostics */
    size_t source_length;
    TtRepl *repl;  /* of a session, else NULL */
    TtStrbuf text; /* last answer of tt_vm_disassemble or tt_vm_diagnostics_text */
    TtStrbuf image;
    TtStrbuf final_text; /* report at the end, until the host has taken it */
    uint32_t schedulers;
    uint32_t event_word;     /* atomic */
    uint64_t next_event;     /* sequence number; of tt_vm_take_events */
    TtProfileTable *profile; /* last answer of tt_vm_profile_table */
    double *executions;      /* of tt_vm_executions */
    bool reported;   /* `report` and `final_text` are worked out; the last worker's own until the end */
    TtReport report; /* set at the end */
};

void tt_config_default(TtConfig *config) {
    *config = (TtConfig){.gc = "mark-sweep"};
}

/* ---- create ---------------------------------------------------------------------------------------------
 */

static TtResult load_module(TtSystem *system, const TtModule *importer, const char *path, TtModule **module,
                            TtError *error) {
    TtVm *vm = system->vm;
    if (vm->repl && tt_repl_module(vm->repl, path, module)) return TT_OK;
    return tt_loader_import(&vm->loader, importer, path, module, error);
}

static TtResult load_program(TtSystem *system, const char *name, TtModule **module, TtError *error) {
    return tt_loader_spawn(&((TtVm *)system->vm)->loader, name, module, error);
}

/** Program's name, then its arguments, as a frozen list. */
static void set_args(TtVm *vm) {
    TtHeapPool pool = {.limit = UINT64_MAX, .gc = tt_gc_engine("no-gc")};
    TtHeap heap;
    tt_heap_init(&heap, &pool, 0);
    TtValue list = tt_empty(TT_TAG_LIST), text;
    bool made = tt_str_new(&heap, vm->program_file, &text) && tt_list_append(&heap, list, text, &list);
    for (uint32_t i = 0; i < vm->config.arg_count && made; i++)
        made = tt_str_new(&heap, vm->config.args[i], &text) && tt_list_append(&heap, list, text, &list);
    if (tt_frozen_copy(&vm->system.frozen, list, &vm->system.args) != TT_OK)
        vm->system.args = tt_empty(TT_TAG_LIST);
    tt_heap_free(&heap, NULL);
}

TtVm *tt_vm_create(const TtConfig *config, const char **reason) {
    const char *gc_name = config->gc ? config->gc : "mark-sweep";
    const TtGcEngine *gc = tt_gc_engine(gc_name);
    if (!gc) {
        *reason = "unknown garbage collector: use mark-sweep or no-gc";
        return NULL;
    }
    TtVm *vm = tt_alloc_zero(sizeof *vm);
    vm->config = *config;
    TtSystem *system = &vm->system;
    system->pool = (TtHeapPool){.limit = config->max_vm_heap ? config->max_vm_heap : TT_DEFAULT_VM_HEAP,
                                .actor_limit = config->max_actor_heap,
                                .gc = gc,
                                .stress = config->gc_stress,
                                .stress_steps = config->gc_stress_steps};
    system->limits = (TtLimits){.depth = config->max_depth ? config->max_depth : TT_DEFAULT_CALL_DEPTH,
                                .mailbox = config->max_mailbox ? config->max_mailbox : TT_DEFAULT_MAILBOX,
                                .handles = config->max_handles ? config->max_handles : TT_DEFAULT_HANDLES,
                                .instructions = config->max_instructions,
                                .time_ms = config->max_time_ms};
    system->host = config->host;
    system->denied = config->denied;
    system->registers = config->registers && !config->trace && !config->debug;
    system->exact = config->exact || config->trace || config->debug;
    system->trace = config->trace;
    system->debug = config->debug;
    system->profile = config->profile;
    system->trace_processes = config->trace_processes;
    system->event_mask = config->events;
    system->event_lossless = config->events_lossless;
    system->gc_debug = config->gc_debug;
    system->run_tests = config->run_tests;
    system->seeded = config->seeded;
    system->seed =
        config->seeded ? config->seed : tt_clock_ns() ^ (uint64_t)config->host->now_ms(config->host) << 20;
    system->virtual_time = config->virtual_time;
    system->vm = vm;
    system->load_module = load_module;
    system->load_program = load_program;
    tt_system_init(system);
    tt_loader_init(&vm->loader, system, config->module_path);
    vm->loader.optimize = config->optimize;
    return vm;
}

static bool is_single(const TtVm *vm) {
    return vm->config.single_thread || vm->config.seeded || vm->config.virtual_time;
}

/** Requests that were cancelled are answered soon; their records belong to the system. */
static void wait_for_requests(TtVm *vm) {
    TtLock lock;
    TtCondition condition;
    tt_lock_init(&lock);
    tt_condition_init(&condition);
    while (!tt_pending_none(&vm->system)) {
        tt_lock_acquire(&lock);
        (void)tt_condition_wait_ns(&condition, &lock, 1000000u);
        tt_lock_release(&lock);
    }
    tt_condition_destroy(&condition);
    tt_lock_destroy(&lock);
}

void tt_vm_destroy(TtVm *vm) {
    if (!vm) return;
    if (vm->repl) tt_atomic_fetch_sub_u64_seq(&vm->system.requests, 1);
    if (vm->sched) {
        tt_vm_stop(vm);
        tt_sched_join(vm->sched);
        tt_sched_release_actors(vm->sched);
        wait_for_requests(vm);
        tt_sched_destroy(vm->sched);
    }
    tt_profile_table_free(vm->profile);
    tt_free(vm->executions);
    tt_repl_free(vm->repl);
    tt_loader_free(&vm->loader);
    tt_system_free(&vm->system);
    tt_diags_free(&vm->diags);
    tt_strbuf_free(&vm->text);
    tt_strbuf_free(&vm->image);
    tt_strbuf_free(&vm->final_text);
    tt_free(vm->source);
    tt_free(vm->program_file);
    tt_free(vm);
}

/* ---- load
 * -------------------------------------------------------------------------------------------------- */

bool tt_vm_load_bytes(TtVm *vm, const char *path, const void *bytes, size_t length) {
    tt_free(vm->program_file);
    tt_free(vm->source);
    tt_diags_free(&vm->diags);
    vm->program_file = tt_alloc_string(path, strlen(path));
    vm->source = tt_image_is(bytes, length) ? NULL : tt_alloc_string(bytes, length);
    vm->source_length = length;
    vm->program = NULL;
    bool loaded = tt_loader_program(&vm->loader, path, bytes, length, &vm->program, &vm->diags) == TT_OK;
    vm->system.main = vm->program;
    return loaded;
}

bool tt_vm_load(TtVm *vm, const char *path) {
    char *bytes;
    size_t length;
    const char *reason = "unknown error";
    if (vm->system.host->load_file(vm->system.host, path, &bytes, &length, &reason) != TT_OK) {
        tt_free(vm->program_file);
        vm->program_file = tt_alloc_string(path, strlen(path));
        tt_diag_add(&vm->diags, false, 0, 0, 0, NULL, "cannot read the file: %s", reason);
        return false;
    }
    bool loaded = tt_vm_load_bytes(vm, path, bytes, length);
    tt_free(bytes);
    return loaded;
}

char *tt_format(const char *path, const char *text, size_t length) {
    TtStrbuf out = {0};
    size_t name = strlen(path);
    if (name > 5 && strcmp(path + name - 5, ".lisp") == 0)
        tt_lisp_format(&out, text, length);
    else
        tt_asm_format(&out, text, length);
    if (!out.bytes) tt_strbuf_add_text(&out, "");
    return tt_strbuf_take(&out);
}

void tt_free_text(char *text) {
    tt_free(text);
}

/* ---- sessions
 * ---------------------------------------------------------------------------------------------- */

bool tt_vm_open_session(TtVm *vm) {
    vm->repl = tt_repl_create(&vm->system, &vm->loader);
    return tt_vm_load_bytes(vm, "repl", tt_repl_driver(), strlen(tt_repl_driver()));
}

bool tt_vm_feed(TtVm *vm, const char *text, size_t length) {
    tt_diags_free(&vm->diags);
    tt_free(vm->source);
    vm->source = tt_alloc_string(text, length);
    vm->source_length = length;
    return tt_repl_feed(vm->repl, text, length, &vm->diags);
}

bool tt_vm_session_idle(TtVm *vm, uint32_t ms) {
    if (is_single(vm) && !tt_vm_ended(vm) && !tt_repl_idle(vm->repl, 0)) (void)tt_vm_step(vm, ms);
    return tt_repl_idle(vm->repl, is_single(vm) ? 0 : ms);
}

void tt_vm_interrupt(TtVm *vm) {
    tt_atomic_store_u32_seq(&vm->system.interrupt, 1);
    TtActor *actor = tt_pids_find(&vm->system, 1);
    if (actor) tt_actor_wake(actor, NULL);
    if (vm->system.poke) vm->system.poke(&vm->system);
}

bool tt_vm_is_whole(const char *text, size_t length) {
    TtLispItems items = {0};
    bool whole = tt_lisp_items(text, length, &items);
    tt_lisp_items_free(&items);
    return whole;
}

uint32_t tt_vm_diagnostic_count(const TtVm *vm) {
    return vm->diags.list.count;
}

TtDiagnostic tt_vm_diagnostic(const TtVm *vm, uint32_t index) {
    const TtDiag *diag = &vm->diags.list.items[index];
    return (TtDiagnostic){.file = vm->program_file,
                          .line = diag->line,
                          .column = diag->column,
                          .end_column = diag->end_column,
                          .warning = diag->warning,
                          .message = diag->message,
                          .suggestion = diag->suggestion};
}

const char *tt_vm_diagnostics_text(TtVm *vm, bool color) {
    tt_strbuf_clear(&vm->text);
    for (uint32_t i = 0; i < vm->diags.list.count; i++)
        tt_diag_print(&vm->text, &vm->diags.list.items[i], vm->program_file, vm->source, vm->source_length,
                      color);
    if (vm->diags.truncated)
        tt_strbuf_add_format(&vm->text, "Error: %s: more than %d errors; the rest is not shown\n",
                             vm->program_file, TT_MAX_DIAGNOSTICS);
    return tt_strbuf_text(&vm->text);
}

const char *tt_vm_disassemble(TtVm *vm) {
    tt_strbuf_clear(&vm->text);
    if (vm->program) tt_disasm_module(&vm->text, vm->program, true);
    return tt_strbuf_text(&vm->text);
}

const char *tt_vm_listing(TtVm *vm) {
    tt_strbuf_clear(&vm->text);
    if (vm->program) tt_disasm_listing(&vm->text, vm->program);
    return tt_strbuf_text(&vm->text);
}

const char *tt_vm_disassemble_registers(TtVm *vm) {
    tt_strbuf_clear(&vm->text);
    if (vm->program && !vm->program->ir) tt_ir_lower(vm->program);
    if (vm->program) tt_ir_dump(&vm->text, vm->program);
    return tt_strbuf_text(&vm->text);
}

const uint32_t *tt_vm_positions(const TtVm *vm, uint32_t *count) {
    *count = vm->program ? vm->program->positions.count : 0;
    return *count ? &vm->program->positions.items->line : NULL;
}

const uint32_t *tt_vm_register_origins(const TtVm *vm, uint32_t *count) {
    const TtIrCode *ir = vm->program ? vm->program->ir : NULL;
    uint32_t first = ir && ir->blocks.count ? ir->blocks.items[0].ir : 0;
    *count = ir ? ir->code.count - first : 0;
    return *count ? ir->origin.items + first : NULL;
}

const void *tt_vm_image(TtVm *vm, size_t *length) {
    tt_strbuf_clear(&vm->image);
    if (vm->program) tt_image_write(&vm->image, vm->program);
    *length = vm->image.length;
    return tt_strbuf_text(&vm->image);
}

const char *tt_vm_source(TtVm *vm) {
    tt_strbuf_clear(&vm->text);
    if (vm->program) tt_disasm_source(&vm->text, vm->program);
    return tt_strbuf_text(&vm->text);
}

bool tt_vm_optimizer_pass(const TtVm *vm, uint32_t index, TtPassReport *pass) {
    if (index >= TT_OPT_PASS_COUNT) return false;
    *pass = (TtPassReport){tt_opt_passes[index].title, tt_opt_passes[index].doc,
                           vm->loader.report.passes[index].changes, vm->loader.report.passes[index].removed};
    return true;
}

TtOptimizerReport tt_vm_optimizer_report(const TtVm *vm) {
    const TtOptReport *report = &vm->loader.report;
    return (TtOptimizerReport){report->rounds, report->instructions_before, report->instructions_after,
                               report->variables_before, report->variables_after};
}

/* ---- the end of a run
 * ---------------------------------------------------------------------------------------- */

static TtReason stop_reason(TtVm *vm) {
    const TtSystem *system = &vm->system;
    switch ((TtStop)tt_atomic_load_u32_acq(&system->stop)) {
    case TT_STOP_EXIT: vm->report.status = (int)system->exit_code; return TT_REASON_FINISHED;
    case TT_STOP_INSTRUCTIONS:
        vm->report.status = 1;
        tt_strbuf_add_format(&vm->final_text,
                             "Error: the limit of %llu instructions was reached (--max-instructions)\n",
                             (unsigned long long)system->limits.instructions);
        return TT_REASON_LIMIT;
    case TT_STOP_TIME:
        vm->report.status = 1;
        tt_strbuf_add_format(&vm->final_text,
                             "Error: the limit of %llu ms of run time was reached (--max-time)\n",
                             (unsigned long long)system->limits.time_ms);
        return TT_REASON_LIMIT;
    default: vm->report.status = 1; return TT_REASON_STOPPED;
    }
}

/** Works out the report once; later calls only bring `final_text` to the host. */
static bool at_end(void *context, TtSchedEnd end) {
    TtVm *vm = context;
    if (!vm->reported) {
        vm->reported = true;
        TtStrbuf reason = {0};
        if (end == TT_SCHED_STOPPED || tt_atomic_load_u32_acq(&vm->system.stop) != TT_STOP_NONE) {
            vm->report.reason = stop_reason(vm);
        } else if (end == TT_SCHED_DEADLOCK) {
            vm->report.reason = TT_REASON_DEADLOCK;
            vm->report.status = 1;
            tt_deadlock_report(&vm->final_text, &vm->system);
        } else if (tt_sched_main_failed(vm->sched, &reason)) {
            vm->report.reason = TT_REASON_FAILED;
            vm->report.status = 1;
            if (reason.length)
                tt_strbuf_add_format(&vm->final_text, "Error: main ended with reason: %s\n", reason.bytes);
        }
        tt_strbuf_free(&reason);
    }
    if (vm->final_text.length &&
        !vm->system.host->write(vm->system.host, 2, vm->final_text.bytes, vm->final_text.length))
        return false;
    tt_strbuf_clear(&vm->final_text);
    return true;
}

/* ---- run
 * -------------------------------------------------------------------------------------------------------- */

static void start_main(TtVm *vm) {
    TtActor *main_actor;
    set_args(vm);
    TtStart start;
    tt_start_init(&start, NULL, tt_function(&vm->program->top), NULL, 0);
    TtResult result = tt_actor_create(&vm->system, &start, &main_actor);
    tt_start_free(&start);
    if (result != TT_OK) {
        tt_strbuf_add_format(
            &vm->final_text,
            "Error: HeapExceeded: the limit of %llu bytes leaves no room for the main process (--max-heap)\n",
            (unsigned long long)vm->system.pool.limit);
        tt_system_stop(&vm->system, TT_STOP_EXIT, 1);
        return;
    }
    (void)tt_pids_add(&vm->system, main_actor);
    tt_sched_add(vm->sched, main_actor);
}

/** NULL before tt_vm_start. Any thread: one that takes events may run before the program does. */
static TtScheduler *find_scheduler(const TtVm *vm) {
    return tt_atomic_load_ptr_acq((void *const *)&vm->sched);
}

void tt_vm_start(TtVm *vm) {
    uint32_t workers = is_single(vm) ? 1 : vm->config.workers ? vm->config.workers : tt_thread_cores();
    if (workers > TT_MAX_WORKERS) workers = TT_MAX_WORKERS;
    TtSchedOptions options = {.workers = workers,
                              .reductions = vm->config.reductions ? vm->config.reductions : TT_REDUCTIONS,
                              .caller_runs = vm->config.wait_runs && !is_single(vm),
                              .lasts = vm->config.lasts,
                              .lasts_context = vm->config.lasts_context,
                              .at_end = at_end,
                              .context = vm,
                              .event_word = &vm->event_word};
    vm->schedulers = workers;
    tt_atomic_store_ptr_rel((void **)&vm->sched, tt_sched_create(&vm->system, &options));
    start_main(vm);
    if (is_single(vm) || vm->config.wait_runs) return;
    uint32_t started = tt_sched_start_threads(vm->sched);
    if (started) {
        vm->schedulers = started;
        return;
    }
    vm->schedulers = 1;
}

TtRunState tt_vm_step(TtVm *vm, uint32_t budget_ms) {
    if (tt_vm_ended(vm)) return TT_RUN_ENDED;
    bool ready = tt_sched_step(vm->sched, (uint64_t)budget_ms * 1000000u);
    return tt_vm_ended(vm) ? TT_RUN_ENDED : ready ? TT_RUN_READY : TT_RUN_IDLE;
}

int64_t tt_vm_next_timer_ms(TtVm *vm) {
    uint64_t ns = tt_sched_next_timer_ns(vm->sched);
    return ns == UINT64_MAX ? -1 : (int64_t)((ns + 999999) / 1000000);
}

void tt_vm_wait(TtVm *vm) {
    if (!is_single(vm) && !vm->config.wait_runs)
        tt_sched_join(vm->sched);
    else if (!tt_vm_ended(vm))
        tt_sched_run(vm->sched);
}

bool tt_vm_ended(const TtVm *vm) {
    const TtScheduler *sched = find_scheduler(vm);
    return sched && tt_sched_end(sched) != TT_SCHED_RUNNING;
}

void tt_vm_stop(TtVm *vm) {
    tt_system_stop(&vm->system, TT_STOP_REQUESTED, 1);
}

uint32_t *tt_vm_stop_word(TtVm *vm) {
    return &vm->system.stop;
}

uint32_t *tt_vm_event_word(TtVm *vm) {
    return &vm->event_word;
}

TtReport tt_vm_report(const TtVm *vm) {
    TtReport report = vm->report;
    report.schedulers = vm->schedulers;
    const TtSystem *system = &vm->system;
    TtHeapStats total = {0};
    if (vm->sched) tt_sched_heap_stats(vm->sched, &total);
    report.instructions = vm->sched ? tt_sched_instructions(vm->sched) : 0;
    report.actors = tt_atomic_load_u64_rlx(&system->next_pid) - 1;
    report.messages = vm->sched ? tt_sched_messages(vm->sched, &report.dropped) : 0;
    report.gc_allocated_bytes = total.allocated_bytes;
    report.gc_allocated_objects = total.allocated_objects;
    report.gc_freed_bytes = total.freed_bytes;
    report.gc_freed_objects = total.freed_objects;
    report.gc_live_bytes = total.live_bytes;
    report.gc_live_objects = total.live_objects;
    report.gc_collections = total.collections;
    report.gc_pauses = total.pauses;
    report.gc_pause_total_ns = total.pause_total_ns;
    report.gc_pause_max_ns = total.pause_max_ns;
    return report;
}

/* ---- events
 * ----------------------------------------------------------------------------------------------------- */

uint32_t tt_vm_take_events(TtVm *vm, void *records, uint32_t room) {
    TtEventRing *rings[TT_MAX_WORKERS];
    uint32_t count = 0;
    TtScheduler *sched = find_scheduler(vm);
    if (!sched || !vm->system.event_mask) return 0;
    while ((rings[count] = tt_sched_event_ring(sched, count)) && ++count < TT_MAX_WORKERS) continue;
    return tt_event_rings_take(rings, count, &vm->next_event, records, room);
}

uint64_t tt_vm_events_dropped(const TtVm *vm) {
    uint64_t dropped = 0;
    const TtScheduler *sched = find_scheduler(vm);
    for (uint32_t i = 0; sched; i++) {
        const TtEventRing *ring = tt_sched_event_ring(sched, i);
        if (!ring) break;
        dropped += tt_event_ring_dropped(ring);
    }
    return dropped;
}

const struct TtEventRing *tt_vm_event_ring(const TtVm *vm, uint32_t scheduler) {
    const TtScheduler *sched = find_scheduler(vm);
    return sched ? tt_sched_event_ring(sched, scheduler) : NULL;
}

const char *tt_vm_file(TtVm *vm, uint32_t index) {
    return tt_loader_file(&vm->loader, index);
}

void tt_vm_use_code(TtVm *vm, const struct TtCodeMaker *maker) {
    vm->system.code = maker;
}

const TtModule *tt_vm_module(TtVm *vm, uint32_t index) {
    return vm->system.registers ? tt_loader_module(&vm->loader, index) : NULL;
}

/* ---- looking and meddling
 * --------------------------------------------------------------------------------------------- */

void tt_vm_pause(TtVm *vm) {
    tt_sched_pause(vm->sched);
}

void tt_vm_resume(TtVm *vm) {
    tt_sched_resume(vm->sched);
}

bool tt_vm_stands(TtVm *vm) {
    return tt_sched_stands(vm->sched);
}

void tt_vm_set_speed(TtVm *vm, uint64_t instructions_per_second) {
    tt_sched_set_speed(vm->sched, instructions_per_second);
}

const char *tt_vm_actors(TtVm *vm, uint64_t after, uint32_t most) {
    tt_strbuf_clear(&vm->text);
    tt_inspect_actors(&vm->system, after, most, &vm->text);
    return tt_strbuf_text(&vm->text);
}

const char *tt_vm_inspect(TtVm *vm, uint64_t pid) {
    tt_strbuf_clear(&vm->text);
    return tt_inspect_actor(&vm->system, pid, &vm->text) ? tt_strbuf_text(&vm->text) : NULL;
}

const TtProfileTable *tt_vm_profile_table(TtVm *vm) {
    tt_profile_table_free(vm->profile);
    vm->profile = tt_profile_table_new(&vm->system);
    return vm->profile;
}

const char *tt_vm_profile(TtVm *vm) {
    tt_strbuf_clear(&vm->text);
    tt_profile_json(&vm->text, &vm->system);
    return tt_strbuf_text(&vm->text);
}

const double *tt_vm_executions(TtVm *vm, uint32_t file, uint32_t *count) {
    const TtModule *module = tt_loader_module(&vm->loader, file);
    *count = 0;
    if (!module) return NULL;
    tt_free(vm->executions);
    vm->executions = tt_alloc(((size_t)module->code.count + 1) * sizeof *vm->executions);
    if (!tt_profile_executions(&vm->system, module, vm->executions)) return NULL;
    *count = module->code.count;
    return vm->executions;
}

bool tt_vm_kill_actor(TtVm *vm, uint64_t pid) {
    return tt_signal_send(tt_sched_outside(vm->sched), pid, TT_SIGNAL_KILL, 0, 0, NULL);
}

bool tt_vm_send_text(TtVm *vm, uint64_t pid, const char *text, size_t length) {
    if (pid > INT64_MAX || !tt_pids_find(&vm->system, (int64_t)pid)) return false;
    TtHeap heap;
    TtValue value;
    tt_heap_init(&heap, &vm->system.pool, 0);
    bool sent = tt_utf8_valid(text, length) && tt_bytes_new(&heap, TT_TAG_STR, text, length, &value) &&
                tt_actor_send(tt_sched_outside(vm->sched), (int64_t)pid, &value) == TT_OK;
    tt_heap_free(&heap, NULL);
    return sent;
}

/* ---- for hosts
 * ------------------------------------------------------------------------------------------------------ */

void tt_host_complete(struct TtRequest *request) {
    tt_pending_complete(request);
}

void tt_host_output_ready(TtVm *vm) {
    tt_output_ready(&vm->system);
}
