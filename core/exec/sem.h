// SPDX-License-Identifier: MIT
/**
 * Meanings of instructions, shared by all interpreters. Private to exec/.
 *
 * Simple ones take operands and give a value. Those that may wait or change frames work on the
 * actor's saved stack: operands on top, replaced by results only when the step is done, so that a
 * failed or waiting instruction can be executed again as a whole.
 */
#ifndef TT_EXEC_SEM_H
#define TT_EXEC_SEM_H

#include "exec/exec.h"

typedef enum TtStep {
    TT_STEP_DONE,
    TT_STEP_FAILED, /* context->error says why */
    TT_STEP_WAIT,   /* actor->wait is set; the instruction is executed again on resumption */
    TT_STEP_JUMPED, /* done, and actor->pc / fp / function have been set */
    TT_STEP_ENDED   /* the actor ends */
} TtStep;

/* ---- errors ---------------------------------------------------------------------------------------- */

/** "OP expects EXPECTED but got GOT". */
TtResult tt_sem_type_error(TtActor *actor, const char *op, const char *expected, TtValue got);
TtResult tt_sem_type_error2(TtActor *actor, const char *op, const char *expected, TtValue a, TtValue b);
/** HeapExceeded; the interpreter may collect and try the instruction again first. */
TtResult tt_sem_heap_full(TtActor *actor, const char *op);
TtResult tt_sem_underflow(TtActor *actor, const char *op);

/**
 * Long operations cost reductions in proportion, so that slices stay short whatever a program does: one
 * for each 64 bytes touched, beside the one of their instruction. Only the budget of the slice sees
 * them, not the count of instructions; with a seed they end a piece of the slice and not the slice, for a
 * copy that one engine makes another may not have to (sched/worker.c).
 */
static inline void tt_sem_charge(TtActor *actor, uint64_t bytes) {
    uint64_t work = actor->work + (bytes >> 6);
    actor->work = work < UINT32_MAX ? (uint32_t)work : UINT32_MAX;
}
/** What has been charged and not been handed over yet: the caller takes it off the budget of the slice. */
static inline uint32_t tt_sem_take_charges(TtActor *actor) {
    uint32_t work = actor->work;
    actor->context->paid += work;
    actor->work = 0;
    return work;
}
/** Bytes of a value itself, without what is nested in it. */
static inline uint64_t tt_sem_size(TtValue value) {
    switch (value.tag) {
    case TT_TAG_STR:
    case TT_TAG_BYTES: return value.len;
    case TT_TAG_LIST: return (uint64_t)value.len * sizeof(TtValue);
    case TT_TAG_OBJECT: return (uint64_t)value.len * sizeof(TtMapEntry);
    default: return 0;
    }
}

/** Collects all garbage of the saved actor; a line on standard error with --gc-debug. */
void tt_sem_collect(TtActor *actor);
/** The same when tt_heap_wants_collection: of a large heap only a step. */
void tt_sem_collect_some(TtActor *actor);

/**
 * The worker's builder for text of values, empty and limited by what the actor's heap has left. Whoever has
 * used it for text without bounds gives it to tt_sem_text_done: one large text must not stay for ever.
 */
TtStrbuf *tt_sem_text(TtActor *actor);
static inline void tt_sem_text_done(TtStrbuf *text) {
    if (text->capacity > TT_MIN_TEXT_BYTES) tt_strbuf_free(text);
}

/* ---- arithmetic and comparison (sem_arith.c) -------------------------------------------------------- */

/** All pairs that the interpreter does not do inline. `op` is a TtOp. `out` may be `a`. */
TtResult tt_sem_arith(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out);
TtResult tt_sem_negate(TtActor *actor, const TtValue *a, TtValue *out);
TtResult tt_sem_bits(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out);
TtResult tt_sem_compare(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out);
TtResult tt_sem_float_op(TtActor *actor, unsigned op, const TtValue *a, const TtValue *b, TtValue *out);

/* ---- data (sem_data.c) --------------------------------------------------------------------------------- */

TtResult tt_sem_concat(TtActor *actor, const TtValue *a, const TtValue *b, TtValue *out);
TtResult tt_sem_len(TtActor *actor, const TtValue *a, TtValue *out);
TtResult tt_sem_index(TtActor *actor, const TtValue *list, const TtValue *index, TtValue *out);
TtResult tt_sem_list_append(TtActor *actor, const TtValue *list, const TtValue *item, TtValue *out);
/** LIST_APPEND to the list in a variable and STORE into it; the list is one that is full (tt_list_push). */
TtResult tt_sem_list_push(TtActor *actor, TtValue *list, const TtValue *item);
TtResult tt_sem_list_set(TtActor *actor, const TtValue *list, const TtValue *index, const TtValue *item,
                         bool own, TtValue *out);
/** Gives the shorter list in `out[0]`, the item in `out[1]`. */
TtResult tt_sem_list_pop(TtActor *actor, const TtValue *list, bool own, TtValue *out);
TtResult tt_sem_list_concat(TtActor *actor, const TtValue *a, const TtValue *b, TtValue *out);
TtResult tt_sem_list_slice(TtActor *actor, const TtValue *list, const TtValue *from, const TtValue *to,
                           TtValue *out);
TtResult tt_sem_set_field(TtActor *actor, const char *op, const TtValue *object, const TtValue *key,
                          const TtValue *value, bool own, TtValue *out);
TtResult tt_sem_get_field(TtActor *actor, const char *op, const TtValue *object, const TtValue *key,
                          TtValue *out);
TtResult tt_sem_has_field(TtActor *actor, const TtValue *object, const TtValue *key, TtValue *out);
TtResult tt_sem_delete_field(TtActor *actor, const TtValue *object, const TtValue *key, TtValue *out);
TtResult tt_sem_keys(TtActor *actor, const TtValue *object, TtValue *out);
TtResult tt_sem_format_time(TtActor *actor, const TtValue *seconds, const TtValue *format, TtValue *out);

/** BUILTIN: `args` are as many as the table says (sem_builtin.c). */
TtResult tt_sem_builtin(TtActor *actor, uint32_t builtin, const TtValue *args, TtValue *out);

/* ---- JSON and CSV (sem_format.c) -------------------------------------------------------------------------
 */

TtResult tt_sem_json_parse(TtActor *actor, const TtValue *text, TtValue *out);
TtResult tt_sem_json_stringify(TtActor *actor, const TtValue *value, TtValue *out);
TtResult tt_sem_csv_parse(TtActor *actor, const TtValue *text, TtValue *out);
TtResult tt_sem_csv_write(TtActor *actor, const TtValue *records, TtValue *out);

/* ---- variables (sem_scope.c) -----------------------------------------------------------------------------
 */

/** Sets a slot of the current frame, noting the order of assignment where the scope wants it. */
bool tt_sem_store(TtActor *actor, uint32_t slot, TtValue value);
/** The value of a name seen from the current frame, or NULL. */
const TtValue *tt_sem_find_variable(TtActor *actor, uint32_t name);
TtStep tt_sem_delete(TtActor *actor, uint32_t name);
TtStep tt_sem_dump_scope(TtActor *actor);
TtStep tt_sem_store_global(TtActor *actor, uint32_t name);
TtStep tt_sem_capture(TtActor *actor, uint32_t name);
TtStep tt_sem_make_lambda(TtActor *actor, const TtFunction *function);

/* ---- frames (call.c)
 * ---------------------------------------------------------------------------------------- */

/** Pushes a frame whose arguments are the top operands. `return_to` is the caller's next address. */
TtResult tt_call_enter(TtActor *actor, TtValue callee, TtFrameKind kind, uint32_t return_to);
/** CALL_FUNCTION and TAIL_CALL_FUNCTION: checks the callee on top and takes it off. `count` -1: any. */
TtResult tt_call_take_callee(TtActor *actor, const char *op, int32_t count, TtValue *callee);
/**
 * Replaces the current frame by a call whose arguments are the top operands. With `yields_one` the
 * frame leaves exactly one value, null when the callee leaves none.
 */
TtResult tt_call_tail(TtActor *actor, TtValue callee, bool yields_one);
/** RET. ENDED at the bottom of an actor. */
TtStep tt_call_return(TtActor *actor);
/** HALT, and the end of the code. */
TtStep tt_call_halt(TtActor *actor);
/** Whether handlers or pending captures belong to the current frame. */
static inline bool tt_call_has_records(const TtActor *actor) {
    return (actor->handlers.count && tt_vec_last(&actor->handlers).fp == actor->fp) ||
           (actor->captures.count && tt_vec_last(&actor->captures).fp == actor->fp);
}
/** Drops what belongs to the current frame and goes back to the caller; nothing is pushed. */
void tt_call_pop_frame(TtActor *actor);

/* ---- exceptions (unwind.c)
 * ------------------------------------------------------------------------------------ */

TtStep tt_sem_try(TtActor *actor, TtInsn insn);
TtStep tt_sem_catch(TtActor *actor, TtInsn insn);
TtStep tt_sem_end_try(TtActor *actor);
/** The result to raise with for THROW of the top value. */
TtResult tt_sem_throw(TtActor *actor);
/**
 * Raises the error of `result` at actor->pc: true when a handler takes it (pc, sp, fp are set), false
 * when the actor ends (exit_reason and report are set).
 */
bool tt_unwind_raise(TtActor *actor, TtResult result);
/** Appends "function (file:line)". */
void tt_unwind_describe(TtStrbuf *out, const TtFunction *function, uint32_t address, const TtModule *program);

/* ---- modules (sem_module.c)
 * ---------------------------------------------------------------------------------- */

TtStep tt_sem_import(TtActor *actor, const TtImport *import);
TtStep tt_sem_export(TtActor *actor, uint32_t name);
/** The initialisation in the innermost INIT frame is complete: freezes the module. */
TtResult tt_module_init_done(TtActor *actor);
/** It failed: the module can be tried again. Pops the record. */
void tt_module_init_failed(TtActor *actor);
/** The actor ends: initialisations under way have failed, and it waits for none. */
void tt_module_leave(TtActor *actor);

/* ---- console, files, system (sem_host.c)
 * ----------------------------------------------------------------------- */

/** Writes `text` for the actor; WAIT when there is no room. */
TtStep tt_sem_output(TtActor *actor, int stream, const char *text, size_t length);
TtStep tt_sem_print(TtActor *actor, bool line_end);
/** Every instruction that is one request to the host. */
/** An instruction that asks the host and waits for the answer (sem_service.c). */
TtStep tt_sem_service(TtActor *actor, unsigned op);
/** ASYNC_READ, ASYNC_WRITE: ask and go on. */
TtStep tt_sem_async(TtActor *actor, unsigned op);
TtStep tt_sem_await(TtActor *actor);
TtStep tt_sem_sleep(TtActor *actor);
TtStep tt_sem_exit(TtActor *actor);
/** The clock's time `ms` milliseconds from `now`; UINT64_MAX, never, when out of the clock's range. */
TtResult tt_deadline_after(TtActor *actor, const char *op, uint64_t now, TtValue ms, uint64_t *deadline);

/* ---- actors (sem_actor.c)
 * ----------------------------------------------------------------------------------------- */

TtStep tt_sem_spawn(TtActor *actor);
TtStep tt_sem_spawn_args(TtActor *actor);
TtStep tt_sem_spawn_link(TtActor *actor);
TtStep tt_sem_spawn_monitor(TtActor *actor);
/** What SPAWN of a Str runs; `*args` 1 when it takes the name itself as its argument. */
TtResult tt_sem_find_worker(TtActor *actor, TtValue name, TtValue *callee, uint32_t *args);
TtStep tt_sem_send(TtActor *actor, TtInsn insn);
TtStep tt_sem_send_named(TtActor *actor, TtValue name);
TtStep tt_sem_receive(TtActor *actor);
TtStep tt_sem_receive_timeout(TtActor *actor, uint32_t target);
TtStep tt_sem_receive_match(TtActor *actor, const TtMatch *match);
TtStep tt_sem_mailbox_peek(TtActor *actor, uint32_t target);
TtStep tt_sem_mailbox_next(TtActor *actor);
TtStep tt_sem_mailbox_take(TtActor *actor);
TtStep tt_sem_mailbox_wait(TtActor *actor, uint32_t target);
TtStep tt_sem_link(TtActor *actor, TtInsn insn);
TtStep tt_sem_unlink(TtActor *actor, TtInsn insn);
TtStep tt_sem_monitor(TtActor *actor, TtInsn insn);
TtStep tt_sem_demonitor(TtActor *actor);
TtStep tt_sem_trap_exit(TtActor *actor, TtInsn insn);
TtStep tt_sem_exit_signal(TtActor *actor);
TtStep tt_sem_process_info(TtActor *actor);
TtStep tt_sem_processes(TtActor *actor);
TtStep tt_sem_start_supervisor(TtActor *actor, const TtSupervisorSpec *spec);
TtStep tt_sem_supervise_child(TtActor *actor, const TtChildSpec *spec);
TtStep tt_sem_supervise_function(TtActor *actor, const TtChildSpec *spec);
TtStep tt_sem_restart_child(TtActor *actor, TtValue id);
TtStep tt_sem_stop_child(TtActor *actor, TtValue id);
TtStep tt_sem_children(TtActor *actor);
TtStep tt_sem_run_supervisor(TtActor *actor);
/** --run-tests: main is about to end; starts the actor that runs its tests. */
TtStep tt_sem_start_tests(TtActor *actor);
/** What they are: pairs [name, function]. False at a heap limit (sem_tests.c). */
bool tt_sem_list_tests(TtActor *actor, TtValue *list);
TtStep tt_sem_register(TtActor *actor, TtValue name);
TtStep tt_sem_unregister(TtActor *actor, TtValue name);
TtStep tt_sem_whereis(TtActor *actor, TtValue name);
TtStep tt_sem_exit_actor(TtActor *actor);

/* ---- traces (trace_text.c)
 * ------------------------------------------------------------------------------------------ */

/** Writes the trace of the instruction at actor->pc; WAIT when there is no room. */
TtStep tt_trace_instruction(TtActor *actor);
/** Appends the line of a call or return that just happened. Best effort when there is no room. */
void tt_trace_call(TtActor *actor);
void tt_trace_return(TtActor *actor, const TtFunction *from, const TtValue *result);

#endif
