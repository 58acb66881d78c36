// SPDX-License-Identifier: MIT
#include "vm/deadlock.h"

#include "exec/exec.h"
#include "value/print.h"

/** Actors described one by one; of the others only the number is told. */
#define MAX_DESCRIBED 50
/** Possible senders named for each actor. */
#define MAX_SENDERS 5
/** Bytes of a waiting message that are shown. */
#define MAX_PREVIEW 60

typedef struct Report {
    TtStrbuf *out;
    TtSystem *system;
    const TtActor *waiter; /* the actor that is described */
    uint32_t count;        /* actors or senders so far */
} Report;

static void add_process(TtStrbuf *out, TtSystem *system, const TtActor *actor) {
    TtStrbuf name = {0};
    tt_strbuf_add_format(out, "process %llu", (unsigned long long)actor->pid);
    if (tt_registry_name_of(system, actor->pid, &name)) tt_strbuf_add_format(out, " (%s)", name.bytes);
    tt_strbuf_free(&name);
}

/** What lies in the mailbox all the same: the oldest message and the number of others. */
static void add_mailbox(Report *report, const TtActor *actor) {
    const TtMessage *message = actor->mailbox.first;
    uint32_t waiting = tt_mailbox_length(&actor->mailbox);
    if (!message) return;
    TtStrbuf text = {.limit = MAX_PREVIEW};
    (void)tt_print_value(&text, message->value);
    bool cut = text.length > MAX_PREVIEW;
    size_t shown = cut ? MAX_PREVIEW : text.length;
    while (cut && shown > 0 && ((unsigned char)text.bytes[shown] & 0xC0) == 0x80) shown--;
    tt_strbuf_add_text(report->out, "    its mailbox holds ");
    tt_strbuf_add(report->out, tt_strbuf_text(&text), shown);
    if (cut) tt_strbuf_add_text(report->out, "…");
    if (waiting > 1) tt_strbuf_add_format(report->out, " and %u more", waiting - 1);
    tt_strbuf_add_text(report->out, waiting > 1 ? ", which do not match\n" : ", which does not match\n");
    tt_strbuf_free(&text);
}

static void add_sender(void *context, TtActor *actor) {
    Report *report = context;
    if (actor == report->waiter || ++report->count > MAX_SENDERS) return;
    tt_strbuf_add_text(report->out, report->count == 1 ? "    " : ", ");
    add_process(report->out, report->system, actor);
}

static void add_senders(Report *report, const TtActor *actor) {
    Report senders = {report->out, report->system, actor, 0};
    tt_pids_each(report->system, add_sender, &senders);
    if (senders.count > MAX_SENDERS)
        tt_strbuf_add_format(report->out, " and %u more", senders.count - MAX_SENDERS);
    tt_strbuf_add_text(report->out, senders.count == 0   ? "    nobody else is left to send one\n"
                                    : senders.count == 1 ? " could have sent one, but waits itself\n"
                                                         : " could have sent one, but wait themselves\n");
}

static void add_waiting_actor(void *context, TtActor *actor) {
    Report *report = context;
    if (++report->count > MAX_DESCRIBED) return;
    tt_strbuf_add_text(report->out, "  ");
    add_process(report->out, report->system, actor);
    tt_strbuf_add_text(report->out, " waits for ");
    tt_exec_describe_wait(report->out, actor);
    tt_strbuf_add_char(report->out, '\n');
    if (actor->wait != TT_WAIT_MESSAGE) return;
    add_mailbox(report, actor);
    add_senders(report, actor);
}

void tt_deadlock_report(TtStrbuf *out, TtSystem *system) {
    Report report = {out, system, NULL, 0};
    tt_strbuf_add_text(out, "Error: deadlock: every process waits and nothing can ever wake one\n");
    tt_pids_each(system, add_waiting_actor, &report);
    if (report.count > MAX_DESCRIBED)
        tt_strbuf_add_format(out, "  and %u other processes\n", report.count - MAX_DESCRIBED);
}
