// SPDX-License-Identifier: MIT
#include "vm/repl.h"

#include "base/alloc.h"
#include "lisp/lisp.h"
#include "port/atomic.h"

#include <string.h>

/** What the session's actor runs. A line that fails is reported, and the next one is waited for. */
static const char driver[] = "    TRUE\n"
                             "    TRAP_EXIT\n"
                             "LABEL next\n"
                             "    TRY failed\n"
                             "    IMPORT \"repl:next\"\n"
                             "    END_TRY\n"
                             "    JMP next\n"
                             "LABEL failed\n"
                             "    CATCH e\n"
                             "    END_TRY\n"
                             "    PUSH_STR \"Error: \"\n"
                             "    LOAD e\n"
                             "    GET_FIELD kind\n"
                             "    CONCAT\n"
                             "    PUSH_STR \": \"\n"
                             "    CONCAT\n"
                             "    LOAD e\n"
                             "    GET_FIELD message\n"
                             "    CONCAT\n"
                             "    PRINT\n"
                             "    LOAD e\n"
                             "    GET_FIELD stack\n"
                             "    STORE stack\n"
                             "    PUSH_INT 0\n"
                             "    STORE i\n"
                             "LABEL frames\n"
                             "    LOAD i\n"
                             "    LOAD stack\n"
                             "    LEN\n"
                             "    PUSH_INT 1\n"
                             "    SUB\n"
                             "    LT\n"
                             "    JZ next\n"
                             "    PUSH_STR \"  at \"\n"
                             "    LOAD stack\n"
                             "    LOAD i\n"
                             "    INDEX\n"
                             "    CONCAT\n"
                             "    PRINT\n"
                             "    LOAD i\n"
                             "    PUSH_INT 1\n"
                             "    ADD\n"
                             "    STORE i\n"
                             "    JMP frames\n";

const char *tt_repl_driver(void) {
    return driver;
}

/** The text of a function, macro or import that later lines are compiled with. */
typedef struct Piece {
    TtLispItemKind kind;
    char *name; /* NULL: an import */
    char *text;
} Piece;

struct TtRepl {
    TtSystem *system;
    TtLoader *loader;
    TtLock lock;
    TtCondition changed;
    TtModule *waiting; /* what the actor imports while there is no line: it is never ready */
    TtModule *next;    /* guarded_by(lock): compiled, not yet taken by the actor */
    bool idle;         /* guarded_by(lock): the actor has asked in vain */
    TtModule *last;    /* guarded_by(lock): the last line the actor took */
    TT_VEC(TtModule *) modules;
    /* owner: the thread that feeds */
    TT_VEC(Piece) pieces;
    TT_VEC(uint32_t) starts; /* lines of the text being compiled at which pieces, and the input, begin */
    uint32_t lines_fed;
    TtModule *good; /* the last line that ran to its end: it has the variables */
};

TtRepl *tt_repl_create(TtSystem *system, TtLoader *loader) {
    TtRepl *repl = tt_alloc_zero(sizeof *repl);
    repl->system = system;
    repl->loader = loader;
    tt_lock_init(&repl->lock);
    tt_condition_init(&repl->changed);
    repl->waiting = tt_module_create("repl");
    repl->waiting->state = TT_MODULE_INITIALISING;
    /* As if a host request were under way: a session that waits for a line is no deadlock. */
    tt_atomic_fetch_add_u64_seq(&system->requests, 1);
    return repl;
}

static void free_piece(Piece *piece) {
    tt_free(piece->name);
    tt_free(piece->text);
}

void tt_repl_free(TtRepl *repl) {
    if (!repl) return;
    for (uint32_t i = 0; i < repl->modules.count; i++) tt_module_destroy(repl->modules.items[i]);
    for (uint32_t i = 0; i < repl->pieces.count; i++) free_piece(&repl->pieces.items[i]);
    tt_module_destroy(repl->waiting);
    tt_vec_free(&repl->modules);
    tt_vec_free(&repl->pieces);
    tt_vec_free(&repl->starts);
    tt_condition_destroy(&repl->changed);
    tt_lock_destroy(&repl->lock);
    tt_free(repl);
}

/* ---- the actor's side --------------------------------------------------------------------------------- */

bool tt_repl_module(TtRepl *repl, const char *path, TtModule **module) {
    if (strncmp(path, "repl:", 5) != 0) return false;
    tt_lock_acquire(&repl->lock);
    if (strcmp(path, "repl:next") != 0) {
        *module = NULL;
        for (uint32_t i = 0; i < repl->modules.count; i++)
            if (strcmp(repl->modules.items[i]->file, path) == 0) *module = repl->modules.items[i];
    } else if (repl->next) {
        *module = repl->last = repl->next;
        repl->next = NULL;
    } else {
        *module = repl->waiting;
        repl->idle = true;
    }
    tt_condition_broadcast(&repl->changed);
    tt_lock_release(&repl->lock);
    return *module != NULL;
}

static void wake_actor(TtRepl *repl) {
    tt_lock_acquire(&repl->system->module_lock);
    for (TtActor *waiter = repl->waiting->waiters, *next; waiter; waiter = next) {
        TtActorRare *rare = tt_actor_rare_of(waiter);
        next = rare->module_next;
        rare->awaited = NULL;
        tt_actor_wake(waiter, NULL);
    }
    repl->waiting->waiters = NULL;
    tt_lock_release(&repl->system->module_lock);
    if (repl->system->poke) repl->system->poke(repl->system);
}

bool tt_repl_idle(TtRepl *repl, uint32_t ms) {
    tt_lock_acquire(&repl->lock);
    bool taken = !repl->next;
    if (repl->next || !repl->idle) tt_condition_wait_ns(&repl->changed, &repl->lock, (uint64_t)ms * 1000000u);
    bool idle = repl->idle && !repl->next;
    tt_lock_release(&repl->lock);
    /* The actor may have looked for a line just before it was there, and wait since. */
    if (!taken) wake_actor(repl);
    return idle;
}

/* ---- the text of a line ---------------------------------------------------------------------------------
 */

static void drop_piece(TtRepl *repl, const char *name) {
    for (uint32_t i = 0; i < repl->pieces.count; i++) {
        if (!repl->pieces.items[i].name || strcmp(repl->pieces.items[i].name, name) != 0) continue;
        free_piece(&repl->pieces.items[i]);
        for (uint32_t k = i + 1; k < repl->pieces.count; k++)
            repl->pieces.items[k - 1] = repl->pieces.items[k];
        repl->pieces.count--;
        return;
    }
}

static bool defines(const TtLispItems *items, const char *name) {
    for (uint32_t i = 0; i < items->count; i++)
        if (items->items[i].name && strcmp(items->items[i].name, name) == 0) return true;
    return false;
}

static uint32_t count_lines(const char *text) {
    uint32_t lines = 1;
    for (; *text; text++) lines += *text == '\n';
    return lines;
}

/** Imports, then macros, then functions that the input does not define anew; then the input. */
static size_t compose(TtRepl *repl, const TtLispItems *items, const char *input, size_t length,
                      TtStrbuf *text) {
    uint32_t line = 1;
    repl->starts.count = 0;
    static const TtLispItemKind order[] = {TT_LISP_ITEM_IMPORT, TT_LISP_ITEM_MACRO, TT_LISP_ITEM_FUNCTION};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (uint32_t i = 0; i < repl->pieces.count; i++) {
            const Piece *piece = &repl->pieces.items[i];
            if (piece->kind != order[k] || (piece->name && defines(items, piece->name))) continue;
            tt_vec_push(&repl->starts, line);
            tt_strbuf_add_text(text, piece->text);
            tt_strbuf_add_char(text, '\n');
            line += count_lines(piece->text);
        }
    tt_vec_push(&repl->starts, line);
    size_t input_at = text->length;
    tt_strbuf_add(text, input, length);
    return input_at;
}

/** A line of the composed text as a line of the input it came from. */
static uint32_t own_line(const TtRepl *repl, uint32_t line) {
    uint32_t start = 1;
    for (uint32_t i = 0; i < repl->starts.count && repl->starts.items[i] <= line; i++)
        start = repl->starts.items[i];
    return line ? line - start + 1 : 0;
}

static bool is_exported(const TtModule *module, uint32_t name) {
    for (uint32_t i = 0; i < module->exports.count; i++)
        if (module->exports.items[i].name == name) return true;
    return false;
}

/** Variables of the last good line; functions come as text. */
static void collect_variables(const TtRepl *repl, TtNames *names) {
    const TtModule *module = repl->good;
    for (uint32_t i = 0; module && i < module->names.count; i++) {
        if (!is_exported(module, i)) continue;
        const TtName *name = &module->names.items[i];
        bool function = false;
        for (uint32_t k = 0; k < repl->pieces.count && !function; k++)
            function = repl->pieces.items[k].name && strcmp(repl->pieces.items[k].name, name->bytes) == 0;
        if (!function) tt_names_add(names, name->bytes, name->length);
    }
}

/** A variable that the input defines as a function is one no more. */
static bool is_function(const TtLispItems *items, const char *name) {
    for (uint32_t i = 0; i < items->count; i++)
        if (items->items[i].kind == TT_LISP_ITEM_FUNCTION && strcmp(items->items[i].name, name) == 0)
            return true;
    return false;
}

static void keep_pieces(TtRepl *repl, const TtLispItems *items, const char *input) {
    for (uint32_t i = 0; i < items->count; i++) {
        const TtLispItem *item = &items->items[i];
        if (item->name) drop_piece(repl, item->name);
        if (item->kind == TT_LISP_ITEM_VARIABLE || item->kind == TT_LISP_ITEM_OTHER) continue;
        Piece piece = {item->kind, item->name ? tt_alloc_string(item->name, strlen(item->name)) : NULL,
                       tt_alloc_string(input + item->begin, item->end - item->begin)};
        tt_vec_push(&repl->pieces, piece);
    }
}

/** Diagnostics of the input with its own lines; warnings about earlier lines have been shown then. */
static void own_diags(const TtRepl *repl, TtDiags *diags) {
    uint32_t input = tt_vec_last(&repl->starts), kept = 0;
    for (uint32_t i = 0; i < diags->list.count; i++) {
        TtDiag diag = diags->list.items[i];
        if (diag.warning && diag.line && diag.line < input) {
            tt_free(diag.message);
            tt_free(diag.suggestion);
            continue;
        }
        /* An error in an earlier definition, by a macro that has changed: its place is no line of the input.
         */
        if (diag.line && diag.line < input)
            diag.line = diag.column = 0;
        else
            diag.line = own_line(repl, diag.line);
        diags->list.items[kept++] = diag;
    }
    diags->list.count = kept;
}

bool tt_repl_feed(TtRepl *repl, const char *input, size_t length, TtDiags *diags) {
    tt_lock_acquire(&repl->lock);
    if (repl->last && tt_atomic_load_int_acq(&repl->last->state) == TT_MODULE_READY) repl->good = repl->last;
    tt_lock_release(&repl->lock);
    TtLispItems items = {0};
    /* Input that ends within a form is told so by the compiler. */
    bool whole = tt_lisp_items(input, length, &items);
    TtStrbuf text = {0}, file = {0};
    size_t input_at = compose(repl, &items, input, length, &text);
    TtNames names = {0};
    collect_variables(repl, &names);
    TT_VEC(const char *) variables = {0};
    for (uint32_t i = 0; i < names.count; i++)
        if (!is_function(&items, names.items[i].bytes))
            tt_vec_push(&variables, (const char *)names.items[i].bytes);
    TtLispSession session = {input_at, repl->good ? repl->good->file : NULL, variables.items,
                             variables.count};
    tt_strbuf_add_format(&file, "repl:%u", repl->lines_fed + 1);
    TtModule *module = NULL;
    bool good = tt_loader_line(repl->loader, file.bytes, text.bytes ? text.bytes : "", text.length, &session,
                               &module, diags) == TT_OK;
    own_diags(repl, diags);
    if (good) {
        repl->lines_fed++;
        for (uint32_t i = 0; i < module->positions.count; i++)
            module->positions.items[i].line = own_line(repl, module->positions.items[i].line);
        if (whole) keep_pieces(repl, &items, input);
        tt_lock_acquire(&repl->lock);
        tt_vec_push(&repl->modules, module);
        repl->next = module;
        repl->idle = false;
        tt_lock_release(&repl->lock);
        wake_actor(repl);
    }
    tt_vec_free(&variables);
    tt_names_free(&names);
    tt_strbuf_free(&text);
    tt_strbuf_free(&file);
    tt_lisp_items_free(&items);
    return good;
}
