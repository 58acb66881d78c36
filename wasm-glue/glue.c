// SPDX-License-Identifier: MIT
/** What JavaScript calls: integers and pointers only. Contracts are in exports.def. */
#include "glue.h"

#include "base/alloc.h"

#include <string.h>

#define STANDARD_ERROR_BIT 0x80000000u

const char *tt_glue_version(void) {
    return TT_VERSION;
}

TtGlue *tt_glue_new(void) {
    TtGlue *glue = tt_alloc_zero(sizeof *glue);
    tt_lock_init(&glue->lock);
    tt_console_init(&glue->console);
    tt_glue_host_init(glue);
    tt_glue_code_init(glue);
    tt_config_default(&glue->config);
    glue->config.host = &glue->host;
    return glue;
}

void tt_glue_delete(TtGlue *glue) {
    if (glue->vm) tt_vm_destroy(glue->vm);
    tt_file_store_free(&glue->files);
    tt_console_free(&glue->console);
    for (uint32_t i = 0; i < glue->variables.count; i++) {
        tt_free(glue->variables.items[i].name);
        tt_free(glue->variables.items[i].value);
    }
    tt_vec_free(&glue->variables);
    for (uint32_t i = 0; i < glue->arguments.count; i++) tt_free(glue->arguments.items[i]);
    tt_vec_free(&glue->arguments);
    tt_vec_free(&glue->readers);
    tt_glue_services_free(&glue->services);
    tt_glue_code_free(glue);
    tt_free_text(glue->formatted);
    tt_free(glue->change.name);
    tt_free(glue->change.data);
    tt_lock_destroy(&glue->lock);
    tt_free(glue);
}

/* ---- before the start ------------------------------------------------------------------------------- */

int32_t tt_glue_put_file(TtGlue *glue, const char *name, uint32_t name_length, const uint8_t *data,
                         uint32_t length) {
    return tt_file_store_give(&glue->files, name, name_length, data, length);
}

void tt_glue_add_argument(TtGlue *glue, const char *text, uint32_t length) {
    tt_vec_push(&glue->arguments, tt_alloc_string(text, length));
}

void tt_glue_set_variable(TtGlue *glue, const char *name, uint32_t name_length, const char *value,
                          uint32_t length) {
    (void)tt_glue_host_set_variable(glue, name, name_length, value, length);
}

void tt_glue_set_option(TtGlue *glue, uint32_t option, double value) {
    TtConfig *config = &glue->config;
    bool on = value != 0;
    switch ((TtGlueOption)option) {
    case TT_GLUE_OPTION_REGISTER_ENGINE: config->registers = on; break;
    case TT_GLUE_OPTION_OPTIMIZE: config->optimize = on; break;
    case TT_GLUE_OPTION_NO_GC: config->gc = on ? "no-gc" : "mark-sweep"; break;
    case TT_GLUE_OPTION_WORKERS: config->workers = (uint32_t)value; break;
    case TT_GLUE_OPTION_COOPERATIVE: config->single_thread = on; break;
    case TT_GLUE_OPTION_SEEDED: config->seeded = on; break;
    case TT_GLUE_OPTION_SEED_LOW: config->seed |= (uint64_t)value; break;
    case TT_GLUE_OPTION_SEED_HIGH: config->seed |= (uint64_t)value << 32; break;
    case TT_GLUE_OPTION_VIRTUAL_TIME: config->virtual_time = on; break;
    case TT_GLUE_OPTION_MAX_VM_HEAP: config->max_vm_heap = (uint64_t)value; break;
    case TT_GLUE_OPTION_MAX_ACTOR_HEAP: config->max_actor_heap = (uint64_t)value; break;
    case TT_GLUE_OPTION_MAX_DEPTH: config->max_depth = (uint32_t)value; break;
    case TT_GLUE_OPTION_MAX_MAILBOX: config->max_mailbox = (uint32_t)value; break;
    case TT_GLUE_OPTION_MAX_INSTRUCTIONS: config->max_instructions = (uint64_t)value; break;
    case TT_GLUE_OPTION_MAX_TIME_MS: config->max_time_ms = (uint64_t)value; break;
    case TT_GLUE_OPTION_TRACE: config->trace = on; break;
    case TT_GLUE_OPTION_MAX_HANDLES: config->max_handles = (uint32_t)value; break;
    case TT_GLUE_OPTION_DENIED: config->denied = (uint32_t)value; break;
    case TT_GLUE_OPTION_EVENTS: config->events = on ? UINT32_MAX : 0; break;
    case TT_GLUE_OPTION_PROFILE: config->profile = on; break;
    case TT_GLUE_OPTION_COUNT: break;
    }
}

/* ---- loading ------------------------------------------------------------------------------------------ */

static void complain(TtGlue *glue, const char *what) {
    TtStrbuf text = {0};
    tt_strbuf_add_format(&text, "Error: %s\n", what);
    (void)tt_console_write(&glue->console, 2, text.bytes, text.length);
    tt_strbuf_free(&text);
}

/* NULL when an option does not exist, which standard error then says. */
static TtVm *create_vm(TtGlue *glue) {
    const char *reason = NULL;
    TtGlueVariable *variables = glue->variables.items;
    for (uint32_t i = 0; i < glue->variables.count; i++)
        if (strcmp(variables[i].name, "TTVM_PATH") == 0) glue->config.module_path = variables[i].value;
    glue->config.args = (const char *const *)glue->arguments.items;
    glue->config.arg_count = glue->arguments.count;
    TtVm *vm = tt_vm_create(&glue->config, &reason);
    if (!vm)
        complain(glue, reason);
    else
        tt_vm_use_code(vm, &glue->maker);
    return vm;
}

static bool load_program(TtGlue *glue, const char *name, uint32_t length) {
    char *path = tt_alloc_string(name, length);
    bool loaded = tt_vm_load(glue->vm, path);
    tt_free(path);
    return loaded;
}

int32_t tt_glue_load(TtGlue *glue, const char *name, uint32_t length) {
    glue->vm = create_vm(glue);
    return glue->vm && load_program(glue, name, length);
}

uint32_t tt_glue_diagnostic_count(TtGlue *glue) {
    return glue->vm ? tt_vm_diagnostic_count(glue->vm) : 0;
}

uint32_t tt_glue_diagnostic_number(TtGlue *glue, uint32_t index, uint32_t field) {
    TtDiagnostic diagnostic = tt_vm_diagnostic(glue->vm, index);
    switch (field) {
    case 0: return diagnostic.line;
    case 1: return diagnostic.column;
    case 2: return diagnostic.end_column;
    default: return diagnostic.warning;
    }
}

const char *tt_glue_diagnostic_text(TtGlue *glue, uint32_t index, uint32_t field) {
    TtDiagnostic diagnostic = tt_vm_diagnostic(glue->vm, index);
    switch (field) {
    case 0: return diagnostic.file;
    case 1: return diagnostic.message;
    default: return diagnostic.suggestion;
    }
}

const char *tt_glue_disassemble(TtGlue *glue, int32_t registers) {
    return registers ? tt_vm_disassemble_registers(glue->vm) : tt_vm_disassemble(glue->vm);
}

static const uint32_t *find_origins(TtGlue *glue, int32_t registers, uint32_t *count) {
    return registers ? tt_vm_register_origins(glue->vm, count) : tt_vm_positions(glue->vm, count);
}

uint32_t tt_glue_code_length(TtGlue *glue, int32_t registers) {
    uint32_t count;
    (void)find_origins(glue, registers, &count);
    return count;
}

const uint32_t *tt_glue_code_origins(TtGlue *glue, int32_t registers) {
    uint32_t count;
    return find_origins(glue, registers, &count);
}

double tt_glue_optimizer_figure(TtGlue *glue, uint32_t figure) {
    TtOptimizerReport report = tt_vm_optimizer_report(glue->vm);
    TtPassReport pass;
    switch (figure) {
    case 0: return report.rounds;
    case 1: return report.instructions_before;
    case 2: return report.instructions_after;
    case 3: return report.variables_before;
    case 4: return report.variables_after;
    default: break;
    }
    if (!tt_vm_optimizer_pass(glue->vm, (figure - 5) / 2, &pass)) return -1;
    return figure % 2 ? pass.changes : (double)pass.removed;
}

const char *tt_glue_format(TtGlue *glue, const char *name, uint32_t name_length, const char *text,
                           uint32_t length) {
    char *path = tt_alloc_string(name, name_length);
    tt_free_text(glue->formatted);
    glue->formatted = tt_format(path, text, length);
    tt_free(path);
    return glue->formatted;
}

/* ---- running ------------------------------------------------------------------------------------------- */

int32_t tt_glue_start(TtGlue *glue, const char *main, uint32_t length) {
    glue->report = (TtReport){.reason = TT_REASON_FAILED, .status = 1};
    glue->vm = create_vm(glue);
    if (!glue->vm) return 0;
    bool loaded = load_program(glue, main, length);
    const char *diagnostics = tt_vm_diagnostics_text(glue->vm, false);
    (void)tt_console_write(&glue->console, 2, diagnostics, strlen(diagnostics));
    if (!loaded) {
        tt_vm_destroy(glue->vm);
        glue->vm = NULL;
        return 0;
    }
    tt_vm_start(glue->vm);
    return 1;
}

int32_t tt_glue_step(TtGlue *glue, uint32_t budget_ms) {
    return glue->vm ? (int32_t)tt_vm_step(glue->vm, budget_ms) : (int32_t)TT_RUN_ENDED;
}

double tt_glue_next_timer_ms(TtGlue *glue) {
    return glue->vm ? (double)tt_vm_next_timer_ms(glue->vm) : -1;
}

int32_t tt_glue_ended(TtGlue *glue) {
    return !glue->vm || tt_vm_ended(glue->vm);
}

void tt_glue_stop(TtGlue *glue) {
    if (glue->vm) tt_vm_stop(glue->vm);
}

uint32_t *tt_glue_stop_word(TtGlue *glue) {
    return glue->vm ? tt_vm_stop_word(glue->vm) : NULL;
}

TtGlueSignals *tt_glue_signals(TtGlue *glue) {
    return &glue->signals;
}

/* ---- looking and meddling ---------------------------------------------------------------------------- */

void tt_glue_pause(TtGlue *glue) {
    if (glue->vm) tt_vm_pause(glue->vm);
}

void tt_glue_resume(TtGlue *glue) {
    if (glue->vm) tt_vm_resume(glue->vm);
}

int32_t tt_glue_stands(TtGlue *glue) {
    return !glue->vm || tt_vm_stands(glue->vm);
}

void tt_glue_set_speed(TtGlue *glue, double speed) {
    if (glue->vm) tt_vm_set_speed(glue->vm, (uint64_t)speed);
}

const char *tt_glue_actors(TtGlue *glue, double after, uint32_t most) {
    return glue->vm ? tt_vm_actors(glue->vm, (uint64_t)after, most) : NULL;
}

const char *tt_glue_inspect(TtGlue *glue, double pid) {
    return glue->vm ? tt_vm_inspect(glue->vm, (uint64_t)pid) : NULL;
}

const char *tt_glue_profile(TtGlue *glue) {
    return glue->vm && glue->config.profile ? tt_vm_profile(glue->vm) : NULL;
}

const double *tt_glue_executions(TtGlue *glue, uint32_t file) {
    return glue->vm && glue->config.profile ? tt_vm_executions(glue->vm, file, &glue->executions) : NULL;
}

uint32_t tt_glue_executions_length(TtGlue *glue) {
    return glue->executions;
}

int32_t tt_glue_kill(TtGlue *glue, double pid) {
    return glue->vm && tt_vm_kill_actor(glue->vm, (uint64_t)pid);
}

int32_t tt_glue_send(TtGlue *glue, double pid, const char *text, uint32_t length) {
    return glue->vm && tt_vm_send_text(glue->vm, (uint64_t)pid, text, length);
}

/* ---- events ------------------------------------------------------------------------------------------- */

uint32_t tt_glue_take_events(TtGlue *glue, uint8_t *records, uint32_t room) {
    return glue->vm ? tt_vm_take_events(glue->vm, records, room) : 0;
}

double tt_glue_events_dropped(TtGlue *glue) {
    return glue->vm ? (double)tt_vm_events_dropped(glue->vm) : 0;
}

const void *tt_glue_event_ring(TtGlue *glue, uint32_t scheduler) {
    return glue->vm ? tt_vm_event_ring(glue->vm, scheduler) : NULL;
}

const char *tt_glue_file(TtGlue *glue, uint32_t index) {
    return glue->vm ? tt_vm_file(glue->vm, index) : NULL;
}

/* ---- console
 * ----------------------------------------------------------------------------------------------- */

uint32_t tt_glue_take_output(TtGlue *glue, uint8_t *bytes, uint32_t capacity) {
    int stream = 1;
    tt_lock_acquire(&glue->lock);
    uint32_t taken = tt_console_take(&glue->console, bytes, capacity, &stream);
    bool announce = tt_console_room_to_announce(&glue->console);
    tt_lock_release(&glue->lock);
    if (announce && glue->vm) tt_host_output_ready(glue->vm);
    return taken | (stream == 2 ? STANDARD_ERROR_BIT : 0);
}

int32_t tt_glue_give_input(TtGlue *glue, const char *bytes, uint32_t length) {
    tt_lock_acquire(&glue->lock);
    bool taken = tt_console_give_input(&glue->console, bytes, length);
    tt_lock_release(&glue->lock);
    tt_glue_host_serve_readers(glue);
    return taken;
}

void tt_glue_end_input(TtGlue *glue) {
    tt_lock_acquire(&glue->lock);
    glue->console.input_ended = true;
    tt_lock_release(&glue->lock);
    tt_glue_host_serve_readers(glue);
}

int32_t tt_glue_wants_input(TtGlue *glue) {
    tt_lock_acquire(&glue->lock);
    bool wanted = glue->readers.count > 0;
    tt_lock_release(&glue->lock);
    return wanted;
}

/* ---- after the end
 * ------------------------------------------------------------------------------------------ */

void tt_glue_finish(TtGlue *glue) {
    if (!glue->vm) return;
    tt_vm_wait(glue->vm);
    glue->report = tt_vm_report(glue->vm);
    if (glue->config.events || glue->config.profile) return;
    tt_vm_destroy(glue->vm);
    glue->vm = NULL;
}

int32_t tt_glue_status(TtGlue *glue) {
    return glue->report.status;
}

uint32_t tt_glue_reason(TtGlue *glue) {
    return glue->report.reason;
}

uint32_t tt_glue_schedulers(TtGlue *glue) {
    return glue->vm ? tt_vm_report(glue->vm).schedulers : glue->report.schedulers;
}

double tt_glue_instructions(TtGlue *glue) {
    return (double)glue->report.instructions;
}
