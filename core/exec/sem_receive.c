// SPDX-License-Identifier: MIT
/** Receiving: plain, with a time limit, selective, and the four steps that compilers build on. */
#include "actor/events.h"
#include "actor/signal.h"
#include "exec/sem.h"

#include <string.h>

TT_COLD static void emit_receive(TtActor *actor, const TtMessage *message) {
    uint64_t from = message->traced ? ((const TtSignal *)message)->from : 0;
    uint64_t number = message->traced ? ((const TtSignal *)message)->ref : 0;
    TT_EMIT(actor->system, RECEIVE,
            tt_emit_value(actor->context, TT_EVENT_RECEIVE, actor, from, number, message->value));
}

/** Takes the message behind `after` into the actor's heap and frees it. */
static inline TtValue take(TtActor *actor, TtMessage *after) {
    TtMessage *message = tt_mailbox_take(&actor->mailbox, after);
    tt_heap_adopt(&actor->heap, message->fragment);
    message->fragment = NULL;
    TtValue value = message->value;
    if (TT_UNLIKELY(actor->system->event_mask)) emit_receive(actor, message);
    tt_message_free(message);
    return value;
}

static TtMessage *oldest(TtActor *actor) {
    if (!actor->mailbox.first) tt_signals_collect(actor);
    return actor->mailbox.first;
}

/** WAIT, or ENDED when a signal has ended the actor meanwhile. */
static TtStep wait_for_message(TtActor *actor) {
    if (actor->killed) return TT_STEP_ENDED;
    actor->wait = TT_WAIT_MESSAGE;
    return TT_STEP_WAIT;
}

TtStep tt_sem_receive(TtActor *actor) {
    if (!oldest(actor) || actor->killed) return wait_for_message(actor);
    actor->stack[actor->sp++] = take(actor, NULL);
    return TT_STEP_DONE;
}

/** Sets the deadline at the first execution; null: never. */
static TtResult set_deadline(TtActor *actor, const char *op, TtValue ms, uint64_t now) {
    if (actor->deadline_set) return TT_OK;
    if (ms.tag == TT_TAG_NULL)
        actor->deadline_ns = UINT64_MAX;
    else
        TT_TRY(tt_deadline_after(actor, op, now, ms, &actor->deadline_ns));
    actor->deadline_set = true;
    return TT_OK;
}

TtStep tt_sem_receive_timeout(TtActor *actor, uint32_t target) {
    TtValue ms = actor->stack[actor->sp - 1];
    uint64_t now = tt_system_clock_ns(actor->system);
    if (!actor->deadline_set && !tt_is_number(ms)) {
        (void)tt_sem_type_error(actor, "RECEIVE_TIMEOUT", "a number of milliseconds", ms);
        return TT_STEP_FAILED;
    }
    if (set_deadline(actor, "RECEIVE_TIMEOUT", ms, now) != TT_OK) return TT_STEP_FAILED;
    bool there = oldest(actor) != NULL;
    if (actor->killed) return TT_STEP_ENDED;
    if (!there && now < actor->deadline_ns) return wait_for_message(actor);
    actor->deadline_set = false;
    if (there) {
        actor->stack[actor->sp - 1] = take(actor, NULL);
        return TT_STEP_DONE;
    }
    actor->sp--;
    actor->pc = target;
    return TT_STEP_JUMPED;
}

/* ---- patterns ------------------------------------------------------------------------------------------ */

static bool has_type_field(TtValue value, const char *text) {
    if (value.tag != TT_TAG_OBJECT) return false;
    int64_t at = tt_map_find(value, "type", 4);
    return at >= 0 && tt_reason_is(tt_map_entries(value)[at].value, text);
}

static bool field_equals(TtValue value, TtValue field, TtValue literal) {
    if (value.tag != TT_TAG_OBJECT) return false;
    int64_t at = tt_map_find(value, tt_bytes_data(field), field.len);
    return at >= 0 && tt_value_equal(tt_map_entries(value)[at].value, literal);
}

static bool term_holds(const TtModule *module, const TtTerm *term, TtValue value) {
    switch ((TtTermKind)term->kind) {
    case TT_TERM_ANY: return true;
    case TT_TERM_TYPE:
        return value.tag == term->tag || (term->tag == TT_TAG_FUNCTION && value.tag == TT_TAG_CLOSURE);
    case TT_TERM_EQUAL: return tt_value_equal(value, term->literal);
    case TT_TERM_FIELD: return field_equals(value, module->constants.items[term->field], term->literal);
    case TT_TERM_EXIT: return has_type_field(value, "EXIT");
    case TT_TERM_DOWN: return has_type_field(value, "DOWN");
    case TT_TERM_KIND_COUNT: break;
    }
    return false;
}

static bool matches(const TtModule *module, const TtMatch *match, TtValue value) {
    bool holds = true;
    for (uint32_t i = match->first; i < match->first + match->count; i++) {
        const TtTerm *term = &module->terms.items[i];
        holds = holds && term_holds(module, term, value);
        if (term->last && holds) return true;
        if (term->last) holds = true;
    }
    return false;
}

/** Moves the cursor on to just before a message that matches; false when there is none. */
static bool find_match(TtActor *actor, const TtMatch *match) {
    TtMailbox *mailbox = &actor->mailbox;
    const TtModule *module = actor->function->module;
    for (TtMessage *message; (message = tt_mailbox_behind(mailbox, mailbox->cursor));
         mailbox->cursor = message)
        if (matches(module, match, message->value)) return true;
    return false;
}

TtStep tt_sem_receive_match(TtActor *actor, const TtMatch *match) {
    bool limited = match->after != UINT32_MAX;
    uint64_t now = 0;
    if (limited) {
        now = tt_system_clock_ns(actor->system);
        if (set_deadline(actor, "RECEIVE_MATCH", actor->stack[actor->sp - 1], now) != TT_OK)
            return TT_STEP_FAILED;
    }
    bool found = find_match(actor, match);
    if (!found) {
        tt_signals_collect(actor);
        found = find_match(actor, match);
    }
    if (actor->killed) return TT_STEP_ENDED;
    if (!found && (!limited || now < actor->deadline_ns)) return wait_for_message(actor);
    actor->deadline_set = false;
    actor->sp -= limited;
    if (found) {
        actor->stack[actor->sp++] = take(actor, actor->mailbox.cursor);
        return TT_STEP_DONE;
    }
    actor->mailbox.cursor = NULL;
    actor->pc = match->after;
    return TT_STEP_JUMPED;
}

/* ---- for compilers ---------------------------------------------------------------------------------------
 */

static TtMessage *under_cursor(TtActor *actor) {
    TtMessage *message = tt_mailbox_behind(&actor->mailbox, actor->mailbox.cursor);
    if (message) return message;
    tt_signals_collect(actor);
    return tt_mailbox_behind(&actor->mailbox, actor->mailbox.cursor);
}

TtStep tt_sem_mailbox_peek(TtActor *actor, uint32_t target) {
    TtMessage *message = under_cursor(actor);
    if (actor->killed) return TT_STEP_ENDED;
    if (!message) {
        actor->pc = target;
        return TT_STEP_JUMPED;
    }
    if (!message->adopted) {
        tt_heap_adopt(&actor->heap, message->fragment);
        message->fragment = NULL;
        message->adopted = true;
        actor->mailbox.adopted++;
    }
    actor->stack[actor->sp++] = tt_value_share(message->value);
    return TT_STEP_DONE;
}

TtStep tt_sem_mailbox_next(TtActor *actor) {
    TtMessage *message = under_cursor(actor);
    if (message) actor->mailbox.cursor = message;
    return actor->killed ? TT_STEP_ENDED : TT_STEP_DONE;
}

TtStep tt_sem_mailbox_take(TtActor *actor) {
    TtMessage *message = under_cursor(actor);
    if (actor->killed) return TT_STEP_ENDED;
    if (!message) {
        (void)tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                           "MAILBOX_TAKE: no message is under the cursor");
        return TT_STEP_FAILED;
    }
    (void)take(actor, actor->mailbox.cursor);
    return TT_STEP_DONE;
}

TtStep tt_sem_mailbox_wait(TtActor *actor, uint32_t target) {
    uint64_t now = tt_system_clock_ns(actor->system);
    if (set_deadline(actor, "MAILBOX_WAIT", actor->stack[actor->sp - 1], now) != TT_OK) return TT_STEP_FAILED;
    bool there = under_cursor(actor) != NULL;
    if (actor->killed) return TT_STEP_ENDED;
    if (!there && now < actor->deadline_ns) return wait_for_message(actor);
    actor->deadline_set = false;
    actor->sp--;
    if (!there) {
        actor->mailbox.cursor = NULL;
        return TT_STEP_DONE;
    }
    actor->pc = target;
    return TT_STEP_JUMPED;
}
