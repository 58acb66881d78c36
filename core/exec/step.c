// SPDX-License-Identifier: MIT
/** One stack instruction on the saved actor, for STEP of the register code. */
#include "exec/interp_ir.h"

#include "base/assert.h"

static TtStep finish(TtResult result) {
    return result == TT_OK ? TT_STEP_DONE : TT_STEP_FAILED;
}

static void push(TtActor *actor, TtValue value) {
    actor->stack[actor->sp++] = value;
}

/** Takes `pops` operands and leaves their result in place of the deepest. */
static TtStep replace(TtActor *actor, uint32_t pops, TtResult result) {
    if (result != TT_OK) return TT_STEP_FAILED;
    actor->sp -= pops - 1;
    return TT_STEP_DONE;
}

static TtStep tail_call_function(TtActor *actor, TtInsn insn) {
    TtValue callee;
    if (tt_call_take_callee(actor, "TAIL_CALL_FUNCTION", insn.b, &callee) != TT_OK) return TT_STEP_FAILED;
    if (tt_call_tail(actor, callee, true) == TT_OK) return TT_STEP_JUMPED;
    actor->sp++;
    return TT_STEP_FAILED;
}

static TtStep tail_call(TtActor *actor, const TtFunction *function) {
    return tt_call_tail(actor, tt_function(function), false) == TT_OK ? TT_STEP_JUMPED : TT_STEP_FAILED;
}

static TtStep store(TtActor *actor, TtInsn insn) {
    const TtModule *module = actor->function->module;
    uint32_t slot = tt_scope_slot(module, actor->function->scope, (uint32_t)insn.b);
    if (!tt_sem_store(actor, slot, actor->stack[actor->sp - 1]))
        return finish(tt_sem_heap_full(actor, "STORE"));
    actor->sp--;
    return TT_STEP_DONE;
}

static int64_t seconds(TtActor *actor) {
    int64_t ms = tt_system_time_ms(actor->system);
    return ms >= 0 ? ms / 1000 : -((999 - ms) / 1000);
}

TtStep tt_exec_step(TtActor *actor, TtInsn insn) {
    const TtModule *module = actor->function->module;
    TtValue *sp = actor->stack + actor->sp;
    switch ((TtOp)insn.op) {
    case TT_OP_STORE: return store(actor, insn);
    case TT_OP_DELETE: return tt_sem_delete(actor, (uint32_t)insn.b);
    case TT_OP_DUMP_SCOPE: return tt_sem_dump_scope(actor);
    case TT_OP_STORE_GLOBAL: return tt_sem_store_global(actor, (uint32_t)insn.b);

    case TT_OP_LIST_CONCAT: return replace(actor, 2, tt_sem_list_concat(actor, sp - 2, sp - 1, sp - 2));
    case TT_OP_LIST_SLICE: return replace(actor, 3, tt_sem_list_slice(actor, sp - 3, sp - 2, sp - 1, sp - 3));
    case TT_OP_HAS_FIELD: return replace(actor, 2, tt_sem_has_field(actor, sp - 2, sp - 1, sp - 2));
    case TT_OP_DELETE_FIELD:
        if (insn.b < 0) return replace(actor, 2, tt_sem_delete_field(actor, sp - 2, sp - 1, sp - 2));
        return finish(tt_sem_delete_field(actor, sp - 1, &module->constants.items[insn.b], sp - 1));
    case TT_OP_KEYS: return finish(tt_sem_keys(actor, sp - 1, sp - 1));
    case TT_OP_JSON_PARSE: return finish(tt_sem_json_parse(actor, sp - 1, sp - 1));
    case TT_OP_JSON_STRINGIFY: return finish(tt_sem_json_stringify(actor, sp - 1, sp - 1));
    case TT_OP_CSV_PARSE: return finish(tt_sem_csv_parse(actor, sp - 1, sp - 1));
    case TT_OP_CSV_WRITE: return finish(tt_sem_csv_write(actor, sp - 1, sp - 1));
    case TT_OP_FORMAT_TIME: return replace(actor, 2, tt_sem_format_time(actor, sp - 2, sp - 1, sp - 2));

    case TT_OP_RET: return tt_call_return(actor);
    case TT_OP_HALT: return tt_call_halt(actor);
    case TT_OP_TAIL_CALL: return tail_call(actor, &module->functions.items[insn.b]);
    case TT_OP_TAIL_CALL_FUNCTION: return tail_call_function(actor, insn);
    case TT_OP_MAKE_LAMBDA: return tt_sem_make_lambda(actor, &module->functions.items[insn.b]);
    case TT_OP_CAPTURE: return tt_sem_capture(actor, (uint32_t)insn.b);
    case TT_OP_TRY: return tt_sem_try(actor, insn);
    case TT_OP_CATCH: return tt_sem_catch(actor, insn);
    case TT_OP_END_TRY: return tt_sem_end_try(actor);
    case TT_OP_IMPORT: return tt_sem_import(actor, &module->imports.items[insn.b]);
    case TT_OP_EXPORT: return tt_sem_export(actor, (uint32_t)insn.b);

    case TT_OP_PRINT: return tt_sem_print(actor, true);
    case TT_OP_WRITE: return tt_sem_print(actor, false);
    case TT_OP_GET_ARGS: push(actor, actor->system->args); return TT_STEP_DONE;
    case TT_OP_EXIT: return tt_sem_exit(actor);
    case TT_OP_GET_TIME: push(actor, tt_int(seconds(actor))); return TT_STEP_DONE;
    case TT_OP_GET_TIME_MS: push(actor, tt_int(tt_system_time_ms(actor->system))); return TT_STEP_DONE;
    case TT_OP_ASYNC_READ:
    case TT_OP_ASYNC_WRITE: return tt_sem_async(actor, insn.op);
    case TT_OP_AWAIT: return tt_sem_await(actor);
    case TT_OP_SLEEP: return tt_sem_sleep(actor);

    case TT_OP_SPAWN: return tt_sem_spawn(actor);
    case TT_OP_SPAWN_ARGS: return tt_sem_spawn_args(actor);
    case TT_OP_SPAWN_LINK: return tt_sem_spawn_link(actor);
    case TT_OP_SPAWN_MONITOR: return tt_sem_spawn_monitor(actor);
    case TT_OP_SEND: return tt_sem_send(actor, insn);
    case TT_OP_SENDNAMED: return tt_sem_send_named(actor, module->constants.items[insn.b]);
    case TT_OP_RECEIVE: return tt_sem_receive(actor);
    case TT_OP_RECEIVE_TIMEOUT: return tt_sem_receive_timeout(actor, (uint32_t)insn.b);
    case TT_OP_RECEIVE_MATCH: return tt_sem_receive_match(actor, &module->matches.items[insn.b]);
    case TT_OP_MAILBOX_PEEK: return tt_sem_mailbox_peek(actor, (uint32_t)insn.b);
    case TT_OP_MAILBOX_NEXT: return tt_sem_mailbox_next(actor);
    case TT_OP_MAILBOX_TAKE: return tt_sem_mailbox_take(actor);
    case TT_OP_MAILBOX_WAIT: return tt_sem_mailbox_wait(actor, (uint32_t)insn.b);
    case TT_OP_REGISTER: return tt_sem_register(actor, module->constants.items[insn.b]);
    case TT_OP_UNREGISTER: return tt_sem_unregister(actor, module->constants.items[insn.b]);
    case TT_OP_WHEREIS: return tt_sem_whereis(actor, module->constants.items[insn.b]);
    case TT_OP_EXIT_ACTOR: return tt_sem_exit_actor(actor);
    case TT_OP_LINK: return tt_sem_link(actor, insn);
    case TT_OP_UNLINK: return tt_sem_unlink(actor, insn);
    case TT_OP_MONITOR: return tt_sem_monitor(actor, insn);
    case TT_OP_DEMONITOR: return tt_sem_demonitor(actor);
    case TT_OP_TRAP_EXIT: return tt_sem_trap_exit(actor, insn);
    case TT_OP_EXIT_SIGNAL: return tt_sem_exit_signal(actor);
    case TT_OP_PROCESS_INFO: return tt_sem_process_info(actor);
    case TT_OP_PROCESSES: return tt_sem_processes(actor);
    case TT_OP_START_SUPERVISOR: return tt_sem_start_supervisor(actor, &module->supervisors.items[insn.b]);
    case TT_OP_SUPERVISE_CHILD: return tt_sem_supervise_child(actor, &module->children.items[insn.b]);
    case TT_OP_SUPERVISE_FUNCTION: return tt_sem_supervise_function(actor, &module->children.items[insn.b]);
    case TT_OP_RESTART_CHILD: return tt_sem_restart_child(actor, module->constants.items[insn.b]);
    case TT_OP_STOP_CHILD: return tt_sem_stop_child(actor, module->constants.items[insn.b]);
    case TT_OP_CHILDREN: return tt_sem_children(actor);
    case TT_OP_RUN_SUPERVISOR: return tt_sem_run_supervisor(actor);

    case TT_OP_READ_LINE:
    case TT_OP_READ_CHAR:
    case TT_OP_READ_INPUT:
    case TT_OP_READ_FILE:
    case TT_OP_WRITE_FILE:
    case TT_OP_APPEND_FILE:
    case TT_OP_FILE_EXISTS:
    case TT_OP_FILE_SIZE:
    case TT_OP_DELETE_FILE:
    case TT_OP_LIST_DIR:
    case TT_OP_READ_BYTES:
    case TT_OP_WRITE_BYTES:
    case TT_OP_GET_ENV:
    case TT_OP_SET_ENV:
    case TT_OP_EXEC:
    case TT_OP_EXEC_CAPTURE:
    case TT_OP_HTTP_GET:
    case TT_OP_HTTP_POST:
    case TT_OP_HTTP_REQUEST:
    case TT_OP_TCP_CONNECT:
    case TT_OP_TCP_LISTEN:
    case TT_OP_TCP_ACCEPT:
    case TT_OP_TCP_PORT:
    case TT_OP_TCP_SEND:
    case TT_OP_TCP_RECV:
    case TT_OP_UDP_BIND:
    case TT_OP_UDP_SEND:
    case TT_OP_UDP_RECV:
    case TT_OP_DNS_RESOLVE:
    case TT_OP_CLOSE:
    case TT_OP_STREAM_CREATE:
    case TT_OP_STREAM_READ:
    case TT_OP_STREAM_WRITE:
    case TT_OP_STREAM_CLOSE:
    case TT_OP_COMPRESS:
    case TT_OP_DECOMPRESS:
    case TT_OP_HASH:
    case TT_OP_ENCRYPT:
    case TT_OP_DECRYPT:
    case TT_OP_DB_CONNECT:
    case TT_OP_DB_QUERY:
    case TT_OP_DB_EXEC:
    case TT_OP_DB_QUERY_PARAMS:
    case TT_OP_DB_EXEC_PARAMS: return tt_sem_service(actor, insn.op);

    /* The register interpreter has operations for these. */
    case TT_OP_PUSH_INT:
    case TT_OP_PUSH_FLOAT:
    case TT_OP_PUSH_STR:
    case TT_OP_PUSH_BOOL:
    case TT_OP_TRUE:
    case TT_OP_FALSE:
    case TT_OP_NULL:
    case TT_OP_PUSH_BYTES:
    case TT_OP_DUP:
    case TT_OP_POP:
    case TT_OP_SWAP:
    case TT_OP_OVER:
    case TT_OP_ROT:
    case TT_OP_ADD:
    case TT_OP_SUB:
    case TT_OP_MUL:
    case TT_OP_DIV:
    case TT_OP_MOD:
    case TT_OP_NEG:
    case TT_OP_ADD_F:
    case TT_OP_SUB_F:
    case TT_OP_MUL_F:
    case TT_OP_DIV_F:
    case TT_OP_BIT_AND:
    case TT_OP_BIT_OR:
    case TT_OP_BIT_XOR:
    case TT_OP_BIT_NOT:
    case TT_OP_SHL:
    case TT_OP_SHR:
    case TT_OP_EQ:
    case TT_OP_NE:
    case TT_OP_GT:
    case TT_OP_LT:
    case TT_OP_GE:
    case TT_OP_LE:
    case TT_OP_EQ_F:
    case TT_OP_NE_F:
    case TT_OP_GT_F:
    case TT_OP_LT_F:
    case TT_OP_GE_F:
    case TT_OP_LE_F:
    case TT_OP_AND:
    case TT_OP_OR:
    case TT_OP_NOT:
    case TT_OP_BOOL:
    case TT_OP_CONCAT:
    case TT_OP_LEN:
    case TT_OP_MAKE_LIST:
    case TT_OP_INDEX:
    case TT_OP_LIST_APPEND:
    case TT_OP_LIST_SET:
    case TT_OP_LIST_POP:
    case TT_OP_MAKE_OBJECT:
    case TT_OP_SET_FIELD:
    case TT_OP_GET_FIELD:
    case TT_OP_OBJECT_SET:
    case TT_OP_OBJECT_GET:
    case TT_OP_LOAD:
    case TT_OP_JMP:
    case TT_OP_JZ:
    case TT_OP_JNZ:
    case TT_OP_CALL:
    case TT_OP_NOP:
    case TT_OP_MAKE_FUNCTION:
    case TT_OP_CALL_FUNCTION:
    case TT_OP_THROW:
    case TT_OP_BUILTIN:
    case TT_OP_SELF:
    case TT_OP_YIELD: TT_UNREACHABLE();
    case TT_OP_COUNT: break;
    }
    TT_UNREACHABLE();
}
