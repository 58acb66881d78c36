// SPDX-License-Identifier: MIT
#include "actor/signal.h"

#include "actor/events.h"
#include "actor/supervisor.h"
#include "base/alloc.h"
#include "port/atomic.h"
#include "value/print.h"

#include <stdarg.h>
#include <string.h>

TtRelations *tt_relations_of(TtActor *actor) {
    if (!actor->relations) actor->relations = tt_alloc_zero(sizeof *actor->relations);
    return actor->relations;
}

void tt_relations_free(TtActor *actor) {
    if (!actor->relations) return;
    tt_idmap_free(&actor->relations->links);
    tt_idmap_free(&actor->relations->monitors);
    tt_idmap_free(&actor->relations->watchers);
    tt_free(actor->relations);
    actor->relations = NULL;
}

bool tt_reason_is(TtValue reason, const char *text) {
    size_t length = strlen(text);
    return reason.tag == TT_TAG_STR && reason.len == length &&
           memcmp(tt_bytes_data(reason), text, length) == 0;
}

TtValue tt_reason_text(TtSystem *system, const char *reason) {
    for (int i = 0; i < TT_REASON_TEXTS; i++)
        if (tt_reason_is(system->reasons[i], reason)) return system->reasons[i];
    return tt_null();
}

void tt_trace_process(TtSystem *system, const char *format, ...) {
    if (!system->trace_processes) return;
    char text[512];
    va_list args;
    va_start(args, format);
    size_t used = tt_format_text(text, sizeof text - 1, format, args);
    va_end(args);
    text[used++] = '\n';
    (void)system->host->write(system->host, 2, text, used);
}

/* ---- sending ---------------------------------------------------------------------------------------- */

static bool push_signal(TtContext *context, TtActor *receiver, TtSignal *signal) {
    if (!tt_mailbox_push(&receiver->mailbox, &signal->message)) {
        tt_message_free(&signal->message);
        return false;
    }
    tt_actor_wake(receiver, context);
    return true;
}

bool tt_signal_send(TtContext *context, uint64_t to, TtMessageKind kind, uint64_t from, uint64_t ref,
                    const TtValue *value) {
    TtSystem *system = context->system;
    TtActor *receiver = tt_pids_find(system, (int64_t)to);
    if (!receiver) return false;
    TtFragment *fragment = NULL;
    TtValue copy = value ? *value : tt_null();
    /* A reason that cannot be copied still ends the receiver; it arrives as null. */
    if (value && tt_has_object(copy) && tt_fragment_copy(&system->pool, value, 1, &fragment, &copy) != TT_OK)
        copy = tt_null();
    return push_signal(context, receiver, tt_signal_create(kind, from, ref, copy, fragment));
}

/* ---- receiving ---------------------------------------------------------------------------------------- */

static bool set_field(TtHeap *heap, TtValue *object, const char *key, TtValue value) {
    return tt_map_set_text(heap, *object, key, value, object);
}

void tt_signal_deliver(TtActor *actor, const char *type, uint64_t ref, uint64_t pid, TtValue reason) {
    TtHeap *heap = &actor->heap;
    TtValue object = tt_empty(TT_TAG_OBJECT), text;
    heap->reserve = true;
    bool made = tt_str_new(heap, type, &text) && set_field(heap, &object, "type", text) &&
                (!ref || set_field(heap, &object, "ref", (TtValue){TT_TAG_REF, 0, {.i = (int64_t)ref}})) &&
                set_field(heap, &object, "pid", tt_int((int64_t)pid)) &&
                set_field(heap, &object, "reason", reason);
    heap->reserve = false;
    /* As a fragment, like every message: queued messages are no roots. */
    TtFragment *fragment = NULL;
    if (!made || tt_fragment_copy(heap->pool, &object, 1, &fragment, &object) != TT_OK) object = tt_null();
    TtMessage *message = tt_message_create(object, fragment);
    tt_atomic_fetch_add_u32_rlx(&actor->mailbox.length, 1);
    tt_mailbox_append(&actor->mailbox, message);
}

void tt_actor_kill(TtActor *actor, TtValue reason) {
    if (actor->killed || actor->ending) return;
    actor->killed = true;
    actor->exit_reason = tt_reason_is(reason, "normal") ? tt_unbound() : reason;
}

/** An exit signal that is neither kill nor handled by a supervisor. */
static void handle_exit(TtActor *actor, uint64_t from, TtValue reason, bool linked) {
    if (actor->trap_exit) {
        tt_signal_deliver(actor, "EXIT", 0, from, reason);
        return;
    }
    if (tt_reason_is(reason, "normal") && !(from == actor->pid && !linked)) return;
    tt_actor_kill(actor, reason);
}

static void handle_link_exit(TtActor *actor, uint64_t from, TtValue reason) {
    if (!actor->relations || !tt_idmap_remove(&actor->relations->links, from))
        return; /* unlinked meanwhile */
    if (actor->supervisor && tt_supervisor_child_ended(actor, from, reason)) return;
    handle_exit(actor, from, reason, true);
}

static void handle_down(TtActor *actor, const TtSignal *signal) {
    if (!actor->relations || !tt_idmap_remove(&actor->relations->monitors, signal->ref))
        return; /* demonitored */
    TT_EMIT(actor->system, DOWN,
            tt_emit_value(actor->context, TT_EVENT_DOWN, actor, signal->from, signal->ref,
                          signal->message.value));
    tt_signal_deliver(actor, "DOWN", signal->ref, signal->from, signal->message.value);
}

/** A plain link; a link of supervision stays what it is. */
static void note_link(TtActor *actor, uint64_t pid) {
    TtIdMap *links = &tt_relations_of(actor)->links;
    if (!tt_idmap_get(links, pid, NULL)) (void)tt_idmap_put(links, pid, TT_LINK_PLAIN);
}

static void handle(TtActor *actor, TtSignal *signal) {
    TtMessage *message = &signal->message;
    tt_heap_adopt(&actor->heap, message->fragment);
    message->fragment = NULL;
    switch ((TtMessageKind)message->kind) {
    case TT_SIGNAL_LINK: note_link(actor, signal->from); break;
    case TT_SIGNAL_UNLINK:
        if (actor->relations) (void)tt_idmap_remove(&actor->relations->links, signal->from);
        break;
    case TT_SIGNAL_LINK_EXIT: handle_link_exit(actor, signal->from, message->value); break;
    case TT_SIGNAL_EXIT: handle_exit(actor, signal->from, message->value, false); break;
    case TT_SIGNAL_KILL: tt_actor_kill(actor, tt_reason_text(actor->system, "killed")); break;
    case TT_SIGNAL_MONITOR:
        (void)tt_idmap_put(&tt_relations_of(actor)->watchers, signal->ref, signal->from);
        break;
    case TT_SIGNAL_DEMONITOR:
        if (actor->relations) (void)tt_idmap_remove(&actor->relations->watchers, signal->ref);
        break;
    case TT_SIGNAL_DOWN: handle_down(actor, signal); break;
    case TT_MESSAGE_DATA: break;
    }
    tt_mailbox_forget_one(&actor->mailbox);
    tt_message_free(message);
}

void tt_signals_collect(TtActor *actor) {
    for (TtMessage *message = tt_mailbox_collect(&actor->mailbox), *next; message; message = next) {
        next = message->next;
        if (message->kind == TT_MESSAGE_DATA)
            tt_mailbox_append(&actor->mailbox, message);
        else
            handle(actor, (TtSignal *)message);
    }
}

/* ---- links and monitors
 * ------------------------------------------------------------------------------------ */

TtResult tt_actor_link(TtActor *actor, int64_t pid) {
    if (pid == (int64_t)actor->pid) return TT_OK;
    if (!tt_signal_send(actor->context, (uint64_t)pid, TT_SIGNAL_LINK, actor->pid, 0, NULL)) {
        TtValue reason = tt_reason_text(actor->system, "noproc");
        if (!actor->trap_exit) return TT_ERR_NO_PROCESS;
        tt_signal_deliver(actor, "EXIT", 0, (uint64_t)pid, reason);
        return TT_OK;
    }
    note_link(actor, (uint64_t)pid);
    TT_EMIT(actor->system, LINK, tt_emit(actor->context, TT_EVENT_LINK, actor, (uint64_t)pid, 0));
    tt_trace_process(actor->system, "[proc] %llu links to %lld", (unsigned long long)actor->pid,
                     (long long)pid);
    return TT_OK;
}

void tt_actor_unlink(TtActor *actor, int64_t pid) {
    uint64_t kind;
    if (!actor->relations || pid < 1 || !tt_idmap_get(&actor->relations->links, (uint64_t)pid, &kind)) return;
    if (kind == TT_LINK_SUPERVISION) return;
    (void)tt_idmap_remove(&actor->relations->links, (uint64_t)pid);
    TT_EMIT(actor->system, UNLINK, tt_emit(actor->context, TT_EVENT_UNLINK, actor, (uint64_t)pid, 0));
    (void)tt_signal_send(actor->context, (uint64_t)pid, TT_SIGNAL_UNLINK, actor->pid, 0, NULL);
}

static uint64_t new_ref(TtSystem *system) {
    return tt_atomic_fetch_add_u64_rlx(&system->next_ref, 1) + 1;
}

uint64_t tt_actor_monitor(TtActor *actor, int64_t pid) {
    uint64_t ref = new_ref(actor->system);
    TT_EMIT(actor->system, MONITOR, tt_emit(actor->context, TT_EVENT_MONITOR, actor, (uint64_t)pid, ref));
    if (pid > 0 && tt_signal_send(actor->context, (uint64_t)pid, TT_SIGNAL_MONITOR, actor->pid, ref, NULL))
        (void)tt_idmap_put(&tt_relations_of(actor)->monitors, ref, (uint64_t)pid);
    else
        tt_signal_deliver(actor, "DOWN", ref, (uint64_t)pid, tt_reason_text(actor->system, "noproc"));
    return ref;
}

void tt_actor_demonitor(TtActor *actor, uint64_t ref) {
    uint64_t pid;
    if (!actor->relations || !tt_idmap_get(&actor->relations->monitors, ref, &pid)) return;
    (void)tt_idmap_remove(&actor->relations->monitors, ref);
    TT_EMIT(actor->system, DEMONITOR, tt_emit(actor->context, TT_EVENT_DEMONITOR, actor, pid, ref));
    (void)tt_signal_send(actor->context, pid, TT_SIGNAL_DEMONITOR, actor->pid, ref, NULL);
}

void tt_actor_link_child(TtActor *actor, TtActor *child, TtLinkKind kind) {
    (void)tt_idmap_put(&tt_relations_of(actor)->links, child->pid, kind);
    (void)tt_idmap_put(&tt_relations_of(child)->links, actor->pid, kind);
    TT_EMIT(actor->system, LINK, tt_emit(actor->context, TT_EVENT_LINK, actor, child->pid, 0));
}

uint64_t tt_actor_monitor_child(TtActor *actor, TtActor *child) {
    uint64_t ref = new_ref(actor->system);
    (void)tt_idmap_put(&tt_relations_of(actor)->monitors, ref, child->pid);
    (void)tt_idmap_put(&tt_relations_of(child)->watchers, ref, actor->pid);
    TT_EMIT(actor->system, MONITOR, tt_emit(actor->context, TT_EVENT_MONITOR, actor, child->pid, ref));
    return ref;
}

/* ---- the end
 * ------------------------------------------------------------------------------------------------ */

/** A signal that came too late to be handled: its sender is told what a later one would be told. */
static void bounce(TtActor *actor, const TtSignal *signal) {
    TtValue reason = tt_reason_text(actor->system, "noproc");
    if (signal->message.kind == TT_SIGNAL_LINK)
        (void)tt_signal_send(actor->context, signal->from, TT_SIGNAL_LINK_EXIT, actor->pid, 0, &reason);
    if (signal->message.kind == TT_SIGNAL_MONITOR)
        (void)tt_signal_send(actor->context, signal->from, TT_SIGNAL_DOWN, actor->pid, signal->ref, &reason);
}

static void tell_all(TtActor *actor, TtValue reason) {
    TtRelations *relations = actor->relations;
    for (uint32_t i = 0; i < relations->links.capacity; i++)
        if (relations->links.entries[i].id)
            (void)tt_signal_send(actor->context, relations->links.entries[i].id, TT_SIGNAL_LINK_EXIT,
                                 actor->pid, 0, &reason);
    for (uint32_t i = 0; i < relations->watchers.capacity; i++)
        if (relations->watchers.entries[i].id)
            (void)tt_signal_send(actor->context, relations->watchers.entries[i].value, TT_SIGNAL_DOWN,
                                 actor->pid, relations->watchers.entries[i].id, &reason);
    for (uint32_t i = 0; i < relations->monitors.capacity; i++)
        if (relations->monitors.entries[i].id)
            (void)tt_signal_send(actor->context, relations->monitors.entries[i].value, TT_SIGNAL_DEMONITOR,
                                 actor->pid, relations->monitors.entries[i].id, NULL);
}

void tt_signals_end(TtActor *actor) {
    TtSystem *system = actor->system;
    TtValue reason =
        actor->exit_reason.tag == TT_TAG_UNBOUND ? tt_reason_text(system, "normal") : actor->exit_reason;
    uint32_t dropped;
    TtMessage *late = tt_mailbox_close(&actor->mailbox, &dropped);
    if (system->trace_processes) {
        TtStrbuf text = {.limit = TT_REPORT_TEXT_BYTES};
        (void)tt_print_value(&text, reason);
        tt_trace_process(system, "[proc] %llu ended: %s", (unsigned long long)actor->pid,
                         tt_strbuf_text(&text));
        tt_strbuf_free(&text);
    }
    TT_EMIT(system, EXIT,
            tt_emit_value(actor->context, TT_EVENT_EXIT, actor, actor->exit_reason.tag != TT_TAG_UNBOUND,
                          tt_event_slice_ns(actor->context), reason));
    if (actor->relations) tell_all(actor, reason);
    for (TtMessage *next; late; late = next) {
        next = late->next;
        if (late->kind == TT_MESSAGE_DATA)
            dropped++;
        else
            bounce(actor, (const TtSignal *)late);
        tt_message_free(late);
    }
    uint64_t *figure = &actor->context->dropped;
    tt_atomic_store_u64_rlx(figure, tt_atomic_load_u64_rlx(figure) + dropped);
    tt_relations_free(actor);
}
