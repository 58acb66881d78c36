// SPDX-License-Identifier: MIT
/**
 * Macros run here, at compile time: a small evaluator over data. It knows the forms that say how to
 * compute (no actors, no modules), the functions of macro_functions.c, and the functions that the file has
 * defined so far. Steps, depth and memory are bounded (base/config.h).
 */
#include "lisp/evaluate.h"

#include "base/config.h"

#include <stdarg.h>
#include <string.h>

/* ---- making data --------------------------------------------------------------------------------------- */

const TtDatum *tt_lisp_machine_error(TtLispMachine *m, const char *format, ...) {
    char message[300];
    va_list args;
    va_start(args, format);
    tt_format_text(message, sizeof message, format, args);
    va_end(args);
    (void)tt_lisp_error(m->c, m->call, NULL, "In the macro %s: %s",
                        tt_names_text(&m->c->symbols, m->call->as.items[0]->as.symbol), message);
    return NULL;
}

TtDatum *tt_lisp_made(TtLispMachine *m, TtLispKind kind) {
    TtDatum *datum = tt_lisp_alloc(&m->c->arena, sizeof *datum);
    datum->kind = (uint8_t)kind;
    datum->begin = m->call->begin;
    datum->end = m->call->end;
    return datum;
}

const TtDatum *tt_lisp_made_bool(TtLispMachine *m, bool value) {
    TtDatum *datum = tt_lisp_made(m, TT_LISP_BOOL);
    datum->as.b = value;
    return datum;
}

const TtDatum *tt_lisp_made_int(TtLispMachine *m, int64_t value) {
    TtDatum *datum = tt_lisp_made(m, TT_LISP_INT);
    datum->as.i = value;
    return datum;
}

const TtDatum *tt_lisp_made_text(TtLispMachine *m, const char *bytes, size_t length) {
    TtDatum *datum = tt_lisp_made(m, TT_LISP_STR);
    char *text = tt_lisp_alloc(&m->c->arena, length + 1);
    memcpy(text, bytes, length);
    datum->as.text = text;
    datum->count = (uint32_t)length;
    return datum;
}

TtDatum *tt_lisp_made_list(TtLispMachine *m, uint32_t count) {
    TtDatum *list = tt_lisp_made(m, TT_LISP_LIST);
    list->count = count;
    list->as.items = tt_lisp_alloc(&m->c->arena, (count ? count : 1) * sizeof *list->as.items);
    return list;
}

static void set_item(TtDatum *list, uint32_t index, const TtDatum *value) {
    ((const TtDatum **)list->as.items)[index] = value;
}

/** A copy with the place of the macro's call: what a macro's text holds is shown where it is used. */
static const TtDatum *placed(TtLispMachine *m, const TtDatum *datum) {
    TtDatum *copy = tt_lisp_made(m, (TtLispKind)datum->kind);
    copy->count = datum->count;
    copy->as = datum->as;
    if (datum->kind != TT_LISP_LIST && datum->kind != TT_LISP_OBJECT) return copy;
    copy->as.items = tt_lisp_alloc(&m->c->arena, (datum->count ? datum->count : 1) * sizeof *copy->as.items);
    for (uint32_t i = 0; i < datum->count; i++) set_item(copy, i, placed(m, datum->as.items[i]));
    if (datum->tail) copy->tail = placed(m, datum->tail);
    return copy;
}

/* ---- frames -----------------------------------------------------------------------------------------------
 */

static TtLispCell *bind(TtLispMachine *m, uint32_t symbol, const TtDatum *value, TtLispCell *frame) {
    TtLispCell *cell = tt_lisp_alloc(&m->c->arena, sizeof *cell);
    *cell = (TtLispCell){symbol, value, frame};
    return cell;
}

static TtLispCell *lookup(TtLispCell *frame, uint32_t symbol) {
    while (frame && frame->symbol != symbol) frame = frame->next;
    return frame;
}

static const TtDatum *make_procedure(TtLispMachine *m, const TtDatum *parameters, const TtDatum *form,
                                     uint32_t first, TtLispCell *frame) {
    TtLispProcedure *procedure = tt_lisp_alloc(&m->c->arena, sizeof *procedure);
    *procedure = (TtLispProcedure){parameters, form, first, frame};
    TtDatum *datum = tt_lisp_made(m, TT_LISP_PROCEDURE);
    datum->as.pointer = procedure;
    return datum;
}

/** Binds arguments to parameters, the tail of which takes the rest. */
static bool bind_parameters(TtLispMachine *m, const TtDatum *parameters, const TtDatum *const *args,
                            uint32_t count, TtLispCell **frame) {
    if (count < parameters->count || (count > parameters->count && !parameters->tail)) {
        (void)tt_lisp_machine_error(m, "%s%u argument%s expected, not %u",
                                    parameters->tail ? "at least " : "", parameters->count,
                                    parameters->count == 1 ? " is" : "s are", count);
        return false;
    }
    for (uint32_t i = 0; i < parameters->count; i++)
        *frame = bind(m, parameters->as.items[i]->as.symbol, args[i], *frame);
    if (!parameters->tail) return true;
    TtDatum *rest = tt_lisp_made_list(m, count - parameters->count);
    for (uint32_t i = 0; i < rest->count; i++) set_item(rest, i, args[parameters->count + i]);
    *frame = bind(m, parameters->tail->as.symbol, rest, *frame);
    return true;
}

static bool check_parameters(TtLispMachine *m, const TtDatum *parameters) {
    bool good =
        parameters->kind == TT_LISP_LIST && (!parameters->tail || parameters->tail->kind == TT_LISP_SYMBOL);
    for (uint32_t i = 0; good && i < parameters->count; i++)
        good = parameters->as.items[i]->kind == TT_LISP_SYMBOL;
    if (!good) (void)tt_lisp_machine_error(m, "a function's parameters are names");
    return good;
}

/* ---- forms
 * --------------------------------------------------------------------------------------------------- */

static const TtDatum *eval(TtLispMachine *m, const TtDatum *datum, TtLispCell *frame);

static const TtDatum *malformed(TtLispMachine *m, const TtDatum *form) {
    return tt_lisp_machine_error(m, "malformed %s",
                                 tt_names_text(&m->c->symbols, form->as.items[0]->as.symbol));
}

static bool is_head(TtLispMachine *m, const TtDatum *datum, const char *text) {
    return datum->kind == TT_LISP_LIST && datum->count && tt_lisp_is_symbol(m->c, datum->as.items[0], text);
}

static const TtDatum *quasi(TtLispMachine *m, const TtDatum *datum, TtLispCell *frame, uint32_t level) {
    if (datum->kind != TT_LISP_LIST && datum->kind != TT_LISP_OBJECT) return placed(m, datum);
    if (is_head(m, datum, "unquote") && datum->count == 2) {
        if (level == 1) return eval(m, datum->as.items[1], frame);
        level--;
    } else if (is_head(m, datum, "unquote-splicing")) {
        level--;
    } else if (is_head(m, datum, "quasiquote")) {
        level++;
    }
    TT_VEC(const TtDatum *) items = {0};
    bool good = true;
    for (uint32_t i = 0; i < datum->count && good; i++) {
        const TtDatum *item = datum->as.items[i], *value;
        if (level == 1 && is_head(m, item, "unquote-splicing") && item->count == 2) {
            value = eval(m, item->as.items[1], frame);
            good = value && value->kind == TT_LISP_LIST;
            if (value && !good) (void)tt_lisp_machine_error(m, ",@ takes a list");
            for (uint32_t k = 0; good && k < value->count; k++) tt_vec_push(&items, value->as.items[k]);
        } else {
            value = quasi(m, item, frame, level);
            good = value != NULL;
            if (good) tt_vec_push(&items, value);
        }
    }
    TtDatum *list = NULL;
    if (good) {
        list = tt_lisp_made_list(m, items.count);
        list->kind = datum->kind;
        for (uint32_t i = 0; i < items.count; i++) set_item(list, i, items.items[i]);
        if (datum->tail) {
            list->tail = quasi(m, datum->tail, frame, level);
            if (!list->tail) list = NULL;
        }
    }
    tt_vec_free(&items);
    return list;
}

/** All forms of a body but the last, which the caller evaluates: *last, or NULL when there is none. */
static bool eval_body(TtLispMachine *m, const TtDatum *form, uint32_t first, TtLispCell **frame,
                      const TtDatum **last) {
    *last = NULL;
    for (uint32_t i = first; i < form->count; i++) {
        const TtDatum *item = form->as.items[i];
        if (is_head(m, item, "define") && item->count > 2) {
            const TtDatum *target = item->as.items[1];
            const TtDatum *name =
                target->kind == TT_LISP_LIST && target->count ? target->as.items[0] : target;
            if (name->kind != TT_LISP_SYMBOL) return malformed(m, item) != NULL;
            *frame = bind(m, name->as.symbol, NULL, *frame);
            TtLispCell *cell = *frame;
            if (target->kind == TT_LISP_LIST) {
                TtDatum *parameters = tt_lisp_made_list(m, target->count - 1);
                for (uint32_t k = 1; k < target->count; k++) set_item(parameters, k - 1, target->as.items[k]);
                parameters->tail = target->tail;
                if (!check_parameters(m, parameters)) return false;
                cell->value = make_procedure(m, parameters, item, 2, cell);
            } else {
                cell->value = eval(m, item->as.items[2], *frame);
            }
            if (!cell->value) return false;
        } else if (i + 1 == form->count) {
            *last = item;
        } else if (!eval(m, item, *frame)) {
            return false;
        }
    }
    return true;
}

/** let, let*, letrec, named let: a frame for the body. */
static bool eval_let(TtLispMachine *m, const TtDatum *form, TtLispCell **frame, uint32_t *first) {
    const char *head = tt_names_text(&m->c->symbols, form->as.items[0]->as.symbol);
    bool named = form->count > 3 && form->as.items[1]->kind == TT_LISP_SYMBOL;
    const TtDatum *pairs = form->count > 2 ? form->as.items[named ? 2 : 1] : NULL;
    if (!pairs || pairs->kind != TT_LISP_LIST) return malformed(m, form) != NULL;
    TtLispCell *outer = *frame, *inner = *frame;
    TtDatum *parameters = tt_lisp_made_list(m, pairs->count), *values = tt_lisp_made_list(m, pairs->count);
    for (uint32_t i = 0; i < pairs->count; i++) {
        const TtDatum *pair = pairs->as.items[i];
        if (pair->kind != TT_LISP_LIST || pair->count != 2 || pair->as.items[0]->kind != TT_LISP_SYMBOL)
            return malformed(m, form) != NULL;
        set_item(parameters, i, pair->as.items[0]);
        if (strcmp(head, "letrec") == 0) inner = bind(m, pair->as.items[0]->as.symbol, NULL, inner);
    }
    for (uint32_t i = 0; i < pairs->count; i++) {
        const TtDatum *pair = pairs->as.items[i];
        const TtDatum *value = eval(m, pair->as.items[1], strcmp(head, "let") == 0 ? outer : inner);
        if (!value) return false;
        set_item(values, i, value);
        if (strcmp(head, "letrec") == 0)
            lookup(inner, pair->as.items[0]->as.symbol)->value = value;
        else if (!named)
            inner = bind(m, pair->as.items[0]->as.symbol, value, inner);
    }
    *first = named ? 3 : 2;
    if (named) {
        inner = bind(m, form->as.items[1]->as.symbol, NULL, inner);
        inner->value = make_procedure(m, parameters, form, 3, inner);
        if (!bind_parameters(m, parameters, values->as.items, values->count, &inner)) return false;
    }
    *frame = inner;
    return true;
}

/** A branch that cond or case has chosen: all but its last form, which the caller goes on with. */
static const TtDatum *choose(TtLispMachine *m, const TtDatum *form, TtLispCell *frame, const TtDatum *key) {
    for (uint32_t i = key ? 2 : 1; i < form->count; i++) {
        const TtDatum *clause = form->as.items[i];
        if (clause->kind != TT_LISP_LIST || clause->count < 2) return malformed(m, form);
        bool fits = is_head(m, clause, "else");
        const TtDatum *test = clause->as.items[0];
        if (!fits && key) {
            for (uint32_t k = 0; test->kind == TT_LISP_LIST && k < test->count && !fits; k++) {
                const TtDatum *pair[2] = {key, test->as.items[k]};
                const TtDatum *same = tt_lisp_function_find("=")->run(m, pair, 2);
                fits = same && same->as.b;
            }
        } else if (!fits) {
            const TtDatum *value = eval(m, test, frame);
            if (!value) return NULL;
            fits = tt_lisp_datum_is_true(value);
        }
        if (fits) return clause;
    }
    return form; /* none */
}

static const TtDatum *call_procedure(TtLispMachine *m, const TtDatum *callee, const TtDatum *const *args,
                                     uint32_t count, TtLispCell **frame, const TtDatum **last) {
    const TtLispProcedure *procedure = callee->as.pointer;
    *frame = procedure->frame;
    if (!bind_parameters(m, procedure->parameters, args, count, frame)) return NULL;
    if (!eval_body(m, procedure->form, procedure->first, frame, last)) return NULL;
    return callee;
}

const TtDatum *tt_lisp_apply(TtLispMachine *m, const TtDatum *procedure, const TtDatum *const *args,
                             uint32_t count) {
    if (procedure->kind == TT_LISP_SYMBOL) {
        const TtLispFunctionInfo *info =
            tt_lisp_function_find(tt_names_text(&m->c->symbols, procedure->as.symbol));
        if (info && count >= info->least && count <= info->most) return info->run(m, args, count);
    }
    if (procedure->kind != TT_LISP_PROCEDURE) return tt_lisp_machine_error(m, "a function is expected here");
    TtLispCell *frame;
    const TtDatum *last;
    if (m->depth >= TT_LISP_MACRO_DEPTH)
        return tt_lisp_machine_error(m, "more than %d calls within each other", TT_LISP_MACRO_DEPTH);
    m->depth++;
    const TtDatum *value = call_procedure(m, procedure, args, count, &frame, &last);
    if (value) value = last ? eval(m, last, frame) : tt_lisp_made(m, TT_LISP_NULL);
    m->depth--;
    return value;
}

/** A name that is no variable: a function, which is its own value, or one that the file defines. */
static const TtDatum *global_value(TtLispMachine *m, const TtDatum *symbol) {
    const char *text = tt_names_text(&m->c->symbols, symbol->as.symbol);
    const TtDatum *helper =
        symbol->as.symbol < m->c->helpers.count ? m->c->helpers.items[symbol->as.symbol] : NULL;
    if (helper && helper->count > 2) {
        const TtDatum *target = helper->as.items[1];
        TtDatum *parameters = tt_lisp_made_list(m, target->count - 1);
        for (uint32_t i = 1; i < target->count; i++) set_item(parameters, i - 1, target->as.items[i]);
        parameters->tail = target->tail;
        return check_parameters(m, parameters) ? make_procedure(m, parameters, helper, 2, NULL) : NULL;
    }
    if (tt_lisp_function_find(text)) return symbol;
    return tt_lisp_machine_error(m, "%s is not known while macros run", text);
}

static const TtDatum *eval_lambda(TtLispMachine *m, const TtDatum *form, TtLispCell *frame) {
    if (form->count < 3) return malformed(m, form);
    return check_parameters(m, form->as.items[1]) ? make_procedure(m, form->as.items[1], form, 2, frame)
                                                  : NULL;
}

/** What a special form leads to: a value, or a form to go on with (*next in *frame). */
typedef enum Outcome { OUTCOME_NONE, OUTCOME_VALUE, OUTCOME_NEXT, OUTCOME_FAILED } Outcome;

static Outcome outcome(const TtDatum *value, const TtDatum **result) {
    *result = value;
    return value ? OUTCOME_VALUE : OUTCOME_FAILED;
}

static Outcome go_on(TtLispMachine *m, const TtDatum *form, uint32_t first, TtLispCell **frame,
                     const TtDatum **next) {
    if (!eval_body(m, form, first, frame, next)) return OUTCOME_FAILED;
    if (*next) return OUTCOME_NEXT;
    *next = tt_lisp_made(m, TT_LISP_NULL);
    return OUTCOME_VALUE;
}

static Outcome eval_and_or(TtLispMachine *m, const TtDatum *form, TtLispCell **frame, const TtDatum **next,
                           bool until) {
    const TtDatum *value = tt_lisp_made_bool(m, !until);
    for (uint32_t i = 1; i < form->count; i++) {
        if (i + 1 == form->count) {
            *next = form->as.items[i];
            return OUTCOME_NEXT;
        }
        value = eval(m, form->as.items[i], *frame);
        if (!value) return OUTCOME_FAILED;
        if (tt_lisp_datum_is_true(value) == until) break;
    }
    return outcome(value, next);
}

static Outcome eval_branch(TtLispMachine *m, const TtDatum *form, const char *head, TtLispCell **frame,
                           const TtDatum **next) {
    if (form->count < 3) return outcome(malformed(m, form), next);
    const TtDatum *test = eval(m, form->as.items[1], *frame);
    if (!test) return OUTCOME_FAILED;
    bool truth = tt_lisp_datum_is_true(test);
    if (strcmp(head, "if") == 0) {
        *next = truth ? form->as.items[2] : form->count > 3 ? form->as.items[3] : NULL;
        return *next ? OUTCOME_NEXT : outcome(tt_lisp_made(m, TT_LISP_NULL), next);
    }
    if (truth == (strcmp(head, "when") == 0)) return go_on(m, form, 2, frame, next);
    return outcome(tt_lisp_made(m, TT_LISP_NULL), next);
}

static Outcome eval_form(TtLispMachine *m, const TtDatum *form, const char *head, TtLispCell **frame,
                         const TtDatum **next) {
    if (strcmp(head, "quote") == 0)
        return outcome(form->count == 2 ? placed(m, form->as.items[1]) : malformed(m, form), next);
    if (strcmp(head, "quasiquote") == 0)
        return outcome(form->count == 2 ? quasi(m, form->as.items[1], *frame, 1) : malformed(m, form), next);
    if (strcmp(head, "if") == 0 || strcmp(head, "when") == 0 || strcmp(head, "unless") == 0)
        return eval_branch(m, form, head, frame, next);
    if (strcmp(head, "and") == 0) return eval_and_or(m, form, frame, next, false);
    if (strcmp(head, "or") == 0) return eval_and_or(m, form, frame, next, true);
    if (strcmp(head, "begin") == 0) return go_on(m, form, 1, frame, next);
    if (strcmp(head, "lambda") == 0) return outcome(eval_lambda(m, form, *frame), next);
    if (strcmp(head, "let") == 0 || strcmp(head, "let*") == 0 || strcmp(head, "letrec") == 0) {
        uint32_t first = 0;
        return eval_let(m, form, frame, &first) ? go_on(m, form, first, frame, next) : OUTCOME_FAILED;
    }
    if (strcmp(head, "cond") == 0 || strcmp(head, "case") == 0) {
        const TtDatum *key = NULL;
        if (strcmp(head, "case") == 0) {
            key = form->count > 1 ? eval(m, form->as.items[1], *frame) : malformed(m, form);
            if (!key) return OUTCOME_FAILED;
        }
        const TtDatum *clause = choose(m, form, *frame, key);
        if (!clause) return OUTCOME_FAILED;
        if (clause == form) return outcome(tt_lisp_made(m, TT_LISP_NULL), next);
        return go_on(m, clause, 1, frame, next);
    }
    if (strcmp(head, "set!") == 0) {
        if (form->count != 3 || form->as.items[1]->kind != TT_LISP_SYMBOL)
            return outcome(malformed(m, form), next);
        TtLispCell *cell = lookup(*frame, form->as.items[1]->as.symbol);
        const TtDatum *value =
            cell ? eval(m, form->as.items[2], *frame)
                 : tt_lisp_machine_error(m, "set! of a variable that the macro does not have");
        if (value) cell->value = value;
        return outcome(value, next);
    }
    return OUTCOME_NONE;
}

/** Evaluates callee and arguments; a procedure's body goes on in the caller's loop. */
static Outcome eval_call(TtLispMachine *m, const TtDatum *form, TtLispCell **frame, const TtDatum **next) {
    const TtDatum *callee = eval(m, form->as.items[0], *frame);
    if (!callee) return OUTCOME_FAILED;
    TtDatum *args = tt_lisp_made_list(m, form->count - 1);
    for (uint32_t i = 1; i < form->count; i++) {
        const TtDatum *value = eval(m, form->as.items[i], *frame);
        if (!value) return OUTCOME_FAILED;
        set_item(args, i - 1, value);
    }
    if (callee->kind == TT_LISP_SYMBOL) {
        const char *text = tt_names_text(&m->c->symbols, callee->as.symbol);
        const TtLispFunctionInfo *info = tt_lisp_function_find(text);
        if (info && (args->count < info->least || args->count > info->most))
            return outcome(tt_lisp_machine_error(m, "%s takes another number of arguments", text), next);
        if (info) return outcome(info->run(m, args->as.items, args->count), next);
    }
    if (callee->kind != TT_LISP_PROCEDURE)
        return outcome(tt_lisp_machine_error(m, "a function is expected here"), next);
    if (!call_procedure(m, callee, args->as.items, args->count, frame, next)) return OUTCOME_FAILED;
    return *next ? OUTCOME_NEXT : outcome(tt_lisp_made(m, TT_LISP_NULL), next);
}

static const TtDatum *eval_once(TtLispMachine *m, const TtDatum *datum, TtLispCell *frame) {
    for (;;) {
        if (++m->c->macro_steps > TT_LISP_MACRO_STEPS)
            return tt_lisp_machine_error(m, "more than %u steps", TT_LISP_MACRO_STEPS);
        if (m->c->arena.total - m->first_byte > TT_LISP_MACRO_BYTES)
            return tt_lisp_machine_error(m, "more than %u bytes", TT_LISP_MACRO_BYTES);
        if (datum->kind == TT_LISP_SYMBOL) {
            const TtLispCell *cell = lookup(frame, datum->as.symbol);
            if (!cell) return global_value(m, datum);
            if (cell->value) return cell->value;
            return tt_lisp_machine_error(m, "%s has no value yet",
                                         tt_names_text(&m->c->symbols, datum->as.symbol));
        }
        if (datum->kind == TT_LISP_OBJECT)
            return tt_lisp_machine_error(m, "objects are not known while macros run");
        if (datum->kind != TT_LISP_LIST) return placed(m, datum);
        if (!datum->count) return tt_lisp_machine_error(m, "() calls nothing");
        const TtDatum *head = datum->as.items[0], *next = NULL;
        Outcome result = OUTCOME_NONE;
        if (head->kind == TT_LISP_SYMBOL && !lookup(frame, head->as.symbol)) {
            datum = tt_lisp_expand(m->c, datum);
            if (datum->kind != TT_LISP_LIST || !datum->count) continue;
            head = datum->as.items[0];
            if (head->kind == TT_LISP_SYMBOL)
                result = eval_form(m, datum, tt_names_text(&m->c->symbols, head->as.symbol), &frame, &next);
        }
        if (result == OUTCOME_NONE) result = eval_call(m, datum, &frame, &next);
        if (result == OUTCOME_FAILED) return NULL;
        if (result == OUTCOME_VALUE) return next;
        datum = next;
    }
}

static const TtDatum *eval(TtLispMachine *m, const TtDatum *datum, TtLispCell *frame) {
    if (m->depth >= TT_LISP_MACRO_DEPTH)
        return tt_lisp_machine_error(m, "more than %d calls within each other", TT_LISP_MACRO_DEPTH);
    m->depth++;
    const TtDatum *value = eval_once(m, datum, frame);
    m->depth--;
    return value;
}

/* ---- macros
 * ----------------------------------------------------------------------------------------------------- */

void tt_lisp_define_macro(TtLispCompiler *c, const TtDatum *form) {
    const TtDatum *target = form->count > 2 ? form->as.items[1] : NULL;
    bool good = target && target->kind == TT_LISP_LIST && target->count;
    for (uint32_t i = 0; good && i < target->count; i++) good = target->as.items[i]->kind == TT_LISP_SYMBOL;
    if (!good || (target->tail && target->tail->kind != TT_LISP_SYMBOL)) {
        (void)tt_lisp_malformed(c, form);
        return;
    }
    uint32_t symbol = target->as.items[0]->as.symbol;
    const char *text = tt_names_text(&c->symbols, symbol);
    int row = tt_lisp_word_find(text);
    if (row >= 0 && tt_lisp_words[row].special) {
        tt_lisp_error(c, target->as.items[0], NULL, "%s is a form of the language and cannot be defined",
                      text);
        return;
    }
    TtDatum *parameters = tt_lisp_make_list(c, target, target->count - 1);
    parameters->as.items = target->as.items + 1;
    parameters->tail = target->tail;
    TtLispMacro macro = {parameters, form};
    while (c->macros.count <= symbol) tt_vec_push(&c->macros, 0);
    tt_vec_push(&c->macro_list, macro);
    c->macros.items[symbol] = c->macro_list.count;
}

const TtDatum *tt_lisp_call_macro(TtLispCompiler *c, const TtLispMacro *macro, const TtDatum *call) {
    if (!c->first_macro_byte) c->first_macro_byte = c->arena.total;
    TtLispMachine m = {.c = c, .call = call, .first_byte = c->first_macro_byte, .depth = c->macro_depth};
    if (call->tail) return tt_lisp_machine_error(&m, "a dot has no place in a call");
    TtLispCell *frame = NULL;
    const TtDatum *last = NULL, *result = NULL;
    c->macro_depth += 20;
    if (bind_parameters(&m, macro->parameters, call->as.items + 1, call->count - 1, &frame) &&
        eval_body(&m, macro->definition, 2, &frame, &last))
        result = last ? eval(&m, last, frame) : tt_lisp_made(&m, TT_LISP_NULL);
    c->macro_depth -= 20;
    if (result && result->kind == TT_LISP_PROCEDURE)
        return tt_lisp_machine_error(&m, "a function is no form");
    return result;
}

const TtDatum *tt_lisp_expand(TtLispCompiler *c, const TtDatum *datum) {
    static const TtDatum nothing = {0};
    uint32_t expansions = 0;
    while (datum->kind == TT_LISP_LIST && datum->count && datum->as.items[0]->kind == TT_LISP_SYMBOL) {
        uint32_t symbol = datum->as.items[0]->as.symbol;
        if (symbol >= c->macros.count || !c->macros.items[symbol] || tt_lisp_find_local(c, symbol))
            return datum;
        if (++expansions > TT_LISP_MACRO_EXPANSIONS || c->text.diags->truncated) {
            if (!c->text.diags->truncated)
                tt_lisp_error(c, datum, NULL, "The macro %s expands to itself again and again",
                              tt_names_text(&c->symbols, symbol));
            return &nothing;
        }
        TtLispMacro macro = c->macro_list.items[c->macros.items[symbol] - 1];
        const TtDatum *result = tt_lisp_call_macro(c, &macro, datum);
        if (!result) return &nothing;
        datum = result;
    }
    return datum;
}
