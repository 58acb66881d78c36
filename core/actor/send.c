// SPDX-License-Identifier: MIT
#include "actor/events.h"
#include "actor/system.h"

#include "port/atomic.h"

/** Adds to a figure of the context, which only its worker writes. */
static void note(uint64_t *figure, uint64_t count) {
    tt_atomic_store_u64_rlx(figure, tt_atomic_load_u64_rlx(figure) + count);
}

/** The message as it is known to events: by sender and number. */
TT_COLD static TtMessage *create_traced(TtContext *context, uint64_t to, TtValue value,
                                        TtFragment *fragment) {
    TtActor *sender = context->running;
    uint64_t number = ++tt_actor_rare(sender)->sent;
    tt_emit_value(context, TT_EVENT_SEND, sender, to, number, value);
    return tt_message_create_traced(sender->pid, number, value, fragment);
}

TtResult tt_actor_send(TtContext *context, int64_t pid, const TtValue *value) {
    TtSystem *system = context->system;
    TtActor *receiver = tt_pids_find(system, pid);
    note(&context->messages, 1);
    if (!receiver) {
        note(&context->dropped, 1);
        return TT_OK;
    }
    if (tt_mailbox_length(&receiver->mailbox) >= system->limits.mailbox)
        return tt_error_set(&context->error, TT_ERR_MAILBOX_EXCEEDED,
                            "Mailbox of process %lld is full: it holds %u messages (--max-mailbox)",
                            (long long)pid, system->limits.mailbox);
    TtFragment *fragment = NULL;
    TtValue copy = *value;
    if (tt_has_object(copy)) {
        TtResult result = tt_fragment_copy(&system->pool, value, 1, &fragment, &copy);
        if (result == TT_ERR_HEAP_EXCEEDED) return result;
        if (result != TT_OK)
            return tt_error_set(&context->error, result, "SEND: the message is nested too deeply");
    }
    TtMessage *message = TT_UNLIKELY(system->event_mask) && context->running
                             ? create_traced(context, receiver->pid, copy, fragment)
                             : tt_message_create(copy, fragment);
    if (tt_mailbox_push(&receiver->mailbox, message)) {
        tt_actor_wake_for_message(receiver, context);
    } else {
        tt_message_free(message);
        note(&context->dropped, 1);
    }
    return TT_OK;
}
