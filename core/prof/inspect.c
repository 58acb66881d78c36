// SPDX-License-Identifier: MIT
#include "prof/inspect.h"

#include "actor/signal.h"
#include "actor/supervisor.h"
#include "exec/exec.h"
#include "port/atomic.h"
#include "prof/export.h"
#include "value/print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/** What is shown at most; the interface's documentation names these. */
#define MAX_FRAMES    64u
#define MAX_VALUES    200u
#define MAX_MESSAGES  100u
#define PREVIEW_BYTES 200u

/* ---- JSON ------------------------------------------------------------------------------------------ */

static void add_key(TtStrbuf *out, const char *key) {
    char last = out->length ? out->bytes[out->length - 1] : '{';
    tt_strbuf_add_format(out, "%s\"%s\":", last == '{' ? "" : ",", key);
}

static void add_text(TtStrbuf *out, const char *key, const char *text) {
    add_key(out, key);
    tt_export_quote(out, text, strlen(text));
}

static void add_number(TtStrbuf *out, const char *key, uint64_t number) {
    add_key(out, key);
    tt_strbuf_add_format(out, "%" PRIu64, number);
}

/** Begins the next item of an array. */
static void next_item(TtStrbuf *out) {
    if (out->bytes[out->length - 1] != '[') tt_strbuf_add_char(out, ',');
}

static void add_preview(TtStrbuf *out, TtValue value) {
    TtStrbuf text = {0};
    tt_print_preview(&text, value, PREVIEW_BYTES);
    tt_export_quote(out, tt_strbuf_text(&text), text.length);
    tt_strbuf_free(&text);
}

static int compare_numbers(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/** An array of the map's ids, or of its values, in ascending order. */
static void add_ids(TtStrbuf *out, const char *key, const TtIdMap *map, bool values) {
    TT_VEC(uint64_t) ids = {0};
    for (uint32_t i = 0; map && i < map->capacity; i++)
        if (map->entries[i].id) tt_vec_push(&ids, values ? map->entries[i].value : map->entries[i].id);
    if (ids.count) qsort(ids.items, ids.count, sizeof *ids.items, compare_numbers);
    add_key(out, key);
    tt_strbuf_add_char(out, '[');
    for (uint32_t i = 0; i < ids.count; i++) {
        next_item(out);
        tt_strbuf_add_format(out, "%" PRIu64, ids.items[i]);
    }
    tt_strbuf_add_char(out, ']');
    tt_vec_free(&ids);
}

/* ---- what both forms tell ---------------------------------------------------------------------------- */

static const char *state_name(const TtActor *actor) {
    switch ((TtActorState)tt_atomic_load_u32_acq(&actor->state)) {
    case TT_ACTOR_READY: return "ready";
    case TT_ACTOR_RUNNING:
    case TT_ACTOR_NOTIFIED: return "running";
    case TT_ACTOR_WAIT_MESSAGE: return "receiving";
    case TT_ACTOR_WAIT_OTHER: return "waiting";
    case TT_ACTOR_ENDED: break;
    }
    return "ended";
}

static void add_place(TtStrbuf *out, const TtFunction *function, uint32_t address) {
    const TtModule *module = function->module;
    if (address >= module->positions.count && module->positions.count) address = module->positions.count - 1;
    add_text(out, "file", module->file);
    add_number(out, "line", tt_function_position(function, address).line);
}

/** pid of a child → pid of its supervisor. */
static void add_children(void *context, TtActor *actor) {
    if (!actor->supervisor) return;
    for (uint32_t i = 0; i < actor->supervisor->children.count; i++) {
        const TtChild *child = actor->supervisor->children.items[i];
        if (child->state != TT_CHILD_STOPPED && child->pid)
            (void)tt_idmap_put(context, child->pid, actor->pid);
    }
}

static void add_summary(TtStrbuf *out, const TtActor *actor, const TtIdMap *supervisors) {
    TtStrbuf name = {0};
    uint64_t supervisor;
    add_number(out, "pid", actor->pid);
    if (actor->names && tt_registry_name_of(actor->system, actor->pid, &name)) {
        add_key(out, "name");
        tt_export_quote(out, name.bytes, name.length);
    } else {
        add_key(out, "name");
        tt_strbuf_add_text(out, "null");
    }
    tt_strbuf_free(&name);
    add_text(out, "state", state_name(actor));
    add_number(out, "mailbox", tt_mailbox_length(&actor->mailbox));
    add_place(out, actor->function, actor->pc);
    if (tt_idmap_get(supervisors, actor->pid, &supervisor)) {
        add_number(out, "supervisor", supervisor);
    } else {
        add_key(out, "supervisor");
        tt_strbuf_add_text(out, "null");
    }
}

/* ---- one actor ------------------------------------------------------------------------------------------
 */

static void add_variable(TtStrbuf *out, const char *name, TtValue value) {
    next_item(out);
    tt_strbuf_add_char(out, '{');
    add_text(out, "name", name);
    add_key(out, "value");
    add_preview(out, value);
    tt_strbuf_add_char(out, '}');
}

static void add_variables(TtStrbuf *out, const char *key, const TtModule *module, uint32_t scope_index,
                          const TtValue *slots) {
    const TtScope *scope = &module->scopes.items[scope_index];
    uint32_t count = scope->slot_count - (scope->ordered && scope->slot_count);
    add_key(out, key);
    tt_strbuf_add_char(out, '[');
    for (uint32_t i = 0, shown = 0; slots && i < count && shown < MAX_VALUES; i++) {
        if (slots[i].tag == TT_TAG_UNBOUND || scope->slot_names[i] == TT_NO_NAME) continue;
        add_variable(out, tt_names_text(&module->names, scope->slot_names[i]), slots[i]);
        shown++;
    }
    tt_strbuf_add_char(out, ']');
}

/** `end`: index of the cell behind the frame's operands. */
static void add_frame(TtStrbuf *out, const TtFrameWalk *walk, uint32_t end) {
    const TtFunction *function = walk->function;
    const TtValue *stack = walk->actor->stack;
    next_item(out);
    tt_strbuf_add_char(out, '{');
    add_text(out, "function", function->name);
    add_place(out, function, walk->pc);
    add_variables(out, "variables", function->module, function->scope, stack + walk->fp);
    add_key(out, "operands");
    tt_strbuf_add_char(out, '[');
    uint32_t first = walk->fp + function->slot_count + TT_FRAME_HEADER;
    if (end > first + MAX_VALUES) first = end - MAX_VALUES;
    for (uint32_t i = first; i < end; i++) {
        next_item(out);
        add_preview(out, stack[i]);
    }
    tt_strbuf_add_text(out, "]}");
}

static void add_frames(TtStrbuf *out, const TtActor *actor) {
    add_key(out, "frames");
    tt_strbuf_add_char(out, '[');
    uint32_t end = actor->sp, count = 0;
    for (TtFrameWalk walk = tt_exec_walk(actor); walk.more && count < MAX_FRAMES; count++) {
        add_frame(out, &walk, end);
        end = walk.fp;
        tt_exec_walk_on(&walk);
    }
    tt_strbuf_add_char(out, ']');
}

static void add_message(TtStrbuf *out, const TtMessage *message, uint32_t *shown) {
    if (message->kind != TT_MESSAGE_DATA || *shown == MAX_MESSAGES) return;
    next_item(out);
    add_preview(out, message->value);
    ++*shown;
}

static void add_messages(TtStrbuf *out, const TtActor *actor) {
    uint32_t shown = 0;
    add_key(out, "messages");
    tt_strbuf_add_char(out, '[');
    for (const TtMessage *message = actor->mailbox.first; message; message = message->next)
        add_message(out, message, &shown);
    /* What was not collected yet is linked from the newest on. */
    TT_VEC(const TtMessage *) outer = {0};
    for (const TtMessage *message = tt_mailbox_outer(&actor->mailbox); message; message = message->next)
        tt_vec_push(&outer, message);
    for (uint32_t i = outer.count; i-- > 0;) add_message(out, outer.items[i], &shown);
    tt_vec_free(&outer);
    tt_strbuf_add_char(out, ']');
}

static void add_supervisor(TtStrbuf *out, const TtSupervisor *supervisor) {
    static const char *const states[] = {"running", "stopping", "stopped"};
    add_key(out, "strategy");
    if (supervisor)
        tt_strbuf_add_format(out, "\"%s\"", tt_strategy_names[supervisor->strategy]);
    else
        tt_strbuf_add_text(out, "null");
    add_key(out, "children");
    tt_strbuf_add_char(out, '[');
    for (uint32_t i = 0; supervisor && i < supervisor->children.count; i++) {
        const TtChild *child = supervisor->children.items[i];
        next_item(out);
        tt_strbuf_add_char(out, '{');
        add_key(out, "id");
        tt_export_quote(out, child->id, child->id_length);
        add_number(out, "pid", child->pid);
        add_text(out, "state", states[child->state]);
        add_text(out, "policy", tt_policy_names[child->policy]);
        add_number(out, "restarts", child->restarts);
        tt_strbuf_add_char(out, '}');
    }
    tt_strbuf_add_char(out, ']');
}

static void add_wait(TtStrbuf *out, const TtActor *actor) {
    uint32_t state = tt_atomic_load_u32_acq(&actor->state);
    add_key(out, "waits");
    if (state != TT_ACTOR_WAIT_MESSAGE && state != TT_ACTOR_WAIT_OTHER) {
        tt_strbuf_add_text(out, "null");
        return;
    }
    TtStrbuf text = {0};
    tt_exec_describe_wait(&text, actor);
    tt_export_quote(out, tt_strbuf_text(&text), text.length);
    tt_strbuf_free(&text);
}

bool tt_inspect_actor(TtSystem *system, uint64_t pid, TtStrbuf *out) {
    const TtActor *actor = pid <= INT64_MAX ? tt_pids_find(system, (int64_t)pid) : NULL;
    if (!actor) return false;
    TtIdMap supervisors = {0};
    tt_pids_each(system, add_children, &supervisors);
    tt_strbuf_add_char(out, '{');
    add_summary(out, actor, &supervisors);
    tt_idmap_free(&supervisors);
    add_wait(out, actor);
    add_number(out, "instructions", actor->instructions);
    add_number(out, "heapBytes", actor->heap.held_bytes);
    add_key(out, "trapsExits");
    tt_strbuf_add_text(out, actor->trap_exit ? "true" : "false");
    add_frames(out, actor);
    add_variables(out, "globals", actor->program, 0,
                  actor->globals_on_stack ? NULL : tt_actor_globals(actor, actor->program));
    add_messages(out, actor);
    const TtRelations *relations = actor->relations;
    add_ids(out, "links", relations ? &relations->links : NULL, false);
    add_ids(out, "monitors", relations ? &relations->monitors : NULL, true);
    add_ids(out, "watchers", relations ? &relations->watchers : NULL, true);
    add_supervisor(out, actor->supervisor);
    tt_strbuf_add_char(out, '}');
    return true;
}

typedef struct Summaries {
    TtStrbuf *out;
    TtIdMap supervisors;
    uint64_t after;
    uint32_t room;
} Summaries;

static void add_actor(void *context, TtActor *actor) {
    Summaries *summaries = context;
    if (actor->pid <= summaries->after || summaries->room == 0) return;
    summaries->room--;
    next_item(summaries->out);
    tt_strbuf_add_char(summaries->out, '{');
    add_summary(summaries->out, actor, &summaries->supervisors);
    tt_strbuf_add_char(summaries->out, '}');
}

void tt_inspect_actors(TtSystem *system, uint64_t after, uint32_t most, TtStrbuf *out) {
    Summaries summaries = {.out = out, .after = after, .room = most};
    tt_pids_each(system, add_children, &summaries.supervisors);
    tt_strbuf_add_char(out, '[');
    tt_pids_each(system, add_actor, &summaries);
    tt_strbuf_add_char(out, ']');
    tt_idmap_free(&summaries.supervisors);
}
