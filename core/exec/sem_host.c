// SPDX-License-Identifier: MIT
/** Console output, time, the end of the program. */
#include "exec/sem.h"

#include "value/print.h"

#include <stdlib.h>
#include <string.h>

static TtStep failed(TtResult result) {
    return result == TT_OK ? TT_STEP_DONE : TT_STEP_FAILED;
}

TtStep tt_sem_output(TtActor *actor, int stream, const char *text, size_t length) {
    if (!length || tt_output_write(actor, stream, text, length)) return TT_STEP_DONE;
    actor->wait = TT_WAIT_OUTPUT;
    return TT_STEP_WAIT;
}

TtStrbuf *tt_sem_text(TtActor *actor) {
    TtStrbuf *text = &actor->context->text;
    tt_strbuf_clear(text);
    text->limit = tt_heap_text_room(&actor->heap);
    return text;
}

TtStep tt_sem_print(TtActor *actor, bool line_end) {
    TtStrbuf *text = tt_sem_text(actor);
    bool whole = tt_print_value(text, actor->stack[actor->sp - 1]);
    tt_sem_charge(actor, text->length);
    if (line_end) tt_strbuf_add_char(text, '\n');
    TtStep step = whole ? tt_sem_output(actor, 1, tt_strbuf_text(text), text->length)
                        : failed(tt_sem_heap_full(actor, line_end ? "PRINT" : "WRITE"));
    tt_sem_text_done(text);
    if (step == TT_STEP_DONE) actor->sp--;
    return step;
}

TtStep tt_sem_sleep(TtActor *actor) {
    TtValue ms = actor->stack[actor->sp - 1];
    uint64_t now = tt_system_clock_ns(actor->system);
    if (!actor->deadline_set) {
        if (tt_deadline_after(actor, "SLEEP", now, ms, &actor->deadline_ns) != TT_OK) return TT_STEP_FAILED;
        actor->deadline_set = true;
    }
    if (now < actor->deadline_ns) {
        actor->wait = TT_WAIT_SLEEP;
        return TT_STEP_WAIT;
    }
    actor->deadline_set = false;
    actor->sp--;
    return TT_STEP_DONE;
}

TtResult tt_deadline_after(TtActor *actor, const char *op, uint64_t now, TtValue ms, uint64_t *deadline) {
    if (!tt_is_number(ms)) return tt_sem_type_error(actor, op, "a number of milliseconds", ms);
    double wanted = ms.tag == TT_TAG_INT ? (double)ms.as.i : ms.as.f;
    if (!(wanted >= 0)) {
        TtStrbuf text = {0};
        tt_print_float(&text, wanted);
        (void)tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                           "%s expects milliseconds from 0 on but got %s", op, tt_strbuf_text(&text));
        tt_strbuf_free(&text);
        return TT_ERR_BAD_ARGUMENT;
    }
    /* A deadline that the clock cannot hold is never reached: about 290 years. */
    bool never = wanted >= 9.2e12;
    uint64_t ns = never ? 0 : ms.tag == TT_TAG_INT ? (uint64_t)ms.as.i * 1000000u : (uint64_t)(wanted * 1e6);
    *deadline = never || now > UINT64_MAX - ns ? UINT64_MAX : now + ns;
    return TT_OK;
}

TtStep tt_sem_exit(TtActor *actor) {
    TtValue code = actor->stack[actor->sp - 1];
    if (code.tag != TT_TAG_INT)
        return failed(tt_sem_type_error(actor, "EXIT", "an Int as exit status", code));
    if (code.as.i < 0 || code.as.i > 255)
        return failed(tt_error_set(&actor->context->error, TT_ERR_BAD_ARGUMENT,
                                   "EXIT expects a status from 0 to 255 but got %lld", (long long)code.as.i));
    tt_system_stop(actor->system, TT_STOP_EXIT, (uint32_t)code.as.i);
    return TT_STEP_ENDED;
}
