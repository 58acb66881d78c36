// SPDX-License-Identifier: MIT
/** What macros may call while they run: lists, numbers, texts, names. The names are those of std. */
#include "lisp/evaluate.h"

#include <inttypes.h>
#include <string.h>

#define ANY UINT32_MAX

static const TtDatum *wrong(TtLispMachine *m, const char *function, const char *expected) {
    return tt_lisp_machine_error(m, "%s expects %s", function, expected);
}

static void set_item(TtDatum *list, uint32_t index, const TtDatum *value) {
    ((const TtDatum **)list->as.items)[index] = value;
}

static bool is_number(const TtDatum *datum) {
    return datum->kind == TT_LISP_INT || datum->kind == TT_LISP_FLOAT;
}

static double number_of(const TtDatum *datum) {
    return datum->kind == TT_LISP_INT ? (double)datum->as.i : datum->as.f;
}

/* ---- numbers ----------------------------------------------------------------------------------------------
 */

static const TtDatum *arithmetic(TtLispMachine *m, char op, const TtDatum *a, const TtDatum *b) {
    if (!is_number(a) || !is_number(b)) return tt_lisp_machine_error(m, "%c expects numbers", op);
    if (a->kind == TT_LISP_INT && b->kind == TT_LISP_INT) {
        uint64_t x = (uint64_t)a->as.i, y = (uint64_t)b->as.i;
        if (op == '+') return tt_lisp_made_int(m, (int64_t)(x + y));
        if (op == '-') return tt_lisp_made_int(m, (int64_t)(x - y));
        if (op == '*') return tt_lisp_made_int(m, (int64_t)(x * y));
        if (!y) return tt_lisp_machine_error(m, "Division by zero");
        if (b->as.i == -1) return tt_lisp_made_int(m, op == '/' ? (int64_t)(0 - x) : 0);
        return tt_lisp_made_int(m, op == '/' ? a->as.i / b->as.i : a->as.i % b->as.i);
    }
    double x = number_of(a), y = number_of(b);
    TtDatum *result = tt_lisp_made(m, TT_LISP_FLOAT);
    if (op == '%') return tt_lisp_machine_error(m, "mod expects integers");
    if (op == '/' && y == 0) return tt_lisp_machine_error(m, "Division by zero");
    result->as.f = op == '+' ? x + y : op == '-' ? x - y : op == '*' ? x * y : x / y;
    return result;
}

static const TtDatum *fold(TtLispMachine *m, char op, const TtDatum *first, const TtDatum *const *args,
                           uint32_t count) {
    for (uint32_t i = 0; i < count && first; i++) first = arithmetic(m, op, first, args[i]);
    return first;
}

static const TtDatum *run_add(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    return fold(m, '+', tt_lisp_made_int(m, 0), args, count);
}

static const TtDatum *run_multiply(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    return fold(m, '*', tt_lisp_made_int(m, 1), args, count);
}

static const TtDatum *run_subtract(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    return count == 1 ? fold(m, '-', tt_lisp_made_int(m, 0), args, 1)
                      : fold(m, '-', args[0], args + 1, count - 1);
}

static const TtDatum *run_divide(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    return fold(m, '/', args[0], args + 1, count - 1);
}

static const TtDatum *run_mod(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    return fold(m, '%', args[0], args + 1, count - 1);
}

/* ---- comparison
 * --------------------------------------------------------------------------------------------- */

static bool equal(const TtDatum *a, const TtDatum *b) {
    if (is_number(a) && is_number(b))
        return a->kind == b->kind && a->kind == TT_LISP_INT ? a->as.i == b->as.i
                                                            : number_of(a) == number_of(b);
    if (a->kind != b->kind || a->count != b->count) return false;
    switch ((TtLispKind)a->kind) {
    case TT_LISP_NULL: return true;
    case TT_LISP_BOOL: return a->as.b == b->as.b;
    case TT_LISP_STR: return memcmp(a->as.text, b->as.text, a->count) == 0;
    case TT_LISP_SYMBOL: return a->as.symbol == b->as.symbol;
    case TT_LISP_PROCEDURE: return a->as.pointer == b->as.pointer;
    default: break;
    }
    for (uint32_t i = 0; i < a->count; i++)
        if (!equal(a->as.items[i], b->as.items[i])) return false;
    return true;
}

static const TtDatum *run_equal(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    bool same = true;
    for (uint32_t i = 1; i < count; i++) same = same && equal(args[i - 1], args[i]);
    return tt_lisp_made_bool(m, same);
}

static const TtDatum *run_unequal(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    return tt_lisp_made_bool(m, !equal(args[0], args[1]));
}

static const TtDatum *compare(TtLispMachine *m, const TtDatum *const *args, uint32_t count, bool less,
                              bool same) {
    bool holds = true;
    for (uint32_t i = 1; i < count; i++) {
        if (!is_number(args[i - 1]) || !is_number(args[i])) return wrong(m, "a comparison", "numbers");
        double a = number_of(args[i - 1]), b = number_of(args[i]);
        bool exact = args[i - 1]->kind == TT_LISP_INT && args[i]->kind == TT_LISP_INT;
        bool below = exact ? args[i - 1]->as.i < args[i]->as.i : a < b;
        bool equals = exact ? args[i - 1]->as.i == args[i]->as.i : a == b;
        holds = holds && ((same && equals) || (!equals && below == less));
    }
    return tt_lisp_made_bool(m, holds);
}

static const TtDatum *run_less(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    return compare(m, args, count, true, false);
}

static const TtDatum *run_greater(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    return compare(m, args, count, false, false);
}

static const TtDatum *run_at_most(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    return compare(m, args, count, true, true);
}

static const TtDatum *run_at_least(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    return compare(m, args, count, false, true);
}

static const TtDatum *run_not(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    return tt_lisp_made_bool(m, !tt_lisp_datum_is_true(args[0]));
}

/* ---- lists
 * ------------------------------------------------------------------------------------------------------ */

static const TtDatum *slice(TtLispMachine *m, const TtDatum *list, uint32_t from, uint32_t to) {
    TtDatum *part = tt_lisp_made_list(m, to - from);
    for (uint32_t i = from; i < to; i++) set_item(part, i - from, list->as.items[i]);
    return part;
}

static const TtDatum *run_list(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    TtDatum *list = tt_lisp_made_list(m, count);
    for (uint32_t i = 0; i < count; i++) set_item(list, i, args[i]);
    return list;
}

static const TtDatum *run_first(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    return args[0]->kind == TT_LISP_LIST && args[0]->count ? args[0]->as.items[0]
                                                           : wrong(m, "first", "a list with items");
}

static const TtDatum *run_last(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_LIST || !args[0]->count) return wrong(m, "last", "a list with items");
    return args[0]->as.items[args[0]->count - 1];
}

static const TtDatum *run_rest(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_LIST) return wrong(m, "rest", "a list");
    return slice(m, args[0], args[0]->count ? 1 : 0, args[0]->count);
}

static const TtDatum *run_nth(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_LIST || args[1]->kind != TT_LISP_INT)
        return wrong(m, "nth", "a list and a number");
    if (args[1]->as.i < 0 || args[1]->as.i >= args[0]->count)
        return tt_lisp_machine_error(m, "Index %" PRId64 " out of bounds for list of length %u",
                                     args[1]->as.i, args[0]->count);
    return args[0]->as.items[args[1]->as.i];
}

static const TtDatum *run_length(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    return args[0]->kind == TT_LISP_LIST ? tt_lisp_made_int(m, args[0]->count) : wrong(m, "length", "a list");
}

static const TtDatum *run_take(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_LIST || args[1]->kind != TT_LISP_INT)
        return wrong(m, "take", "a list and a number");
    int64_t wanted = args[1]->as.i < 0 ? 0 : args[1]->as.i > args[0]->count ? args[0]->count : args[1]->as.i;
    return slice(m, args[0], 0, (uint32_t)wanted);
}

static const TtDatum *run_drop(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_LIST || args[1]->kind != TT_LISP_INT)
        return wrong(m, "drop", "a list and a number");
    int64_t wanted = args[1]->as.i < 0 ? 0 : args[1]->as.i > args[0]->count ? args[0]->count : args[1]->as.i;
    return slice(m, args[0], (uint32_t)wanted, args[0]->count);
}

static const TtDatum *join(TtLispMachine *m, const TtDatum *a, const TtDatum *b) {
    TtDatum *list = tt_lisp_made_list(m, a->count + b->count);
    for (uint32_t i = 0; i < a->count; i++) set_item(list, i, a->as.items[i]);
    for (uint32_t i = 0; i < b->count; i++) set_item(list, a->count + i, b->as.items[i]);
    return list;
}

static const TtDatum *run_concat(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_LIST || args[1]->kind != TT_LISP_LIST)
        return wrong(m, "concat", "two lists");
    return join(m, args[0], args[1]);
}

static const TtDatum *run_append(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_LIST) return wrong(m, "append", "a list and a value");
    return join(m, args[0], run_list(m, args + 1, 1));
}

static const TtDatum *run_prepend(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[1]->kind != TT_LISP_LIST) return wrong(m, "prepend", "a value and a list");
    return join(m, run_list(m, args, 1), args[1]);
}

static const TtDatum *run_reverse(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_LIST) return wrong(m, "reverse", "a list");
    TtDatum *list = tt_lisp_made_list(m, args[0]->count);
    for (uint32_t i = 0; i < list->count; i++) set_item(list, i, args[0]->as.items[list->count - 1 - i]);
    return list;
}

static const TtDatum *run_is_empty(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    return args[0]->kind == TT_LISP_LIST ? tt_lisp_made_bool(m, !args[0]->count)
                                         : wrong(m, "is_empty", "a list");
}

static const TtDatum *run_range(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_INT || args[1]->kind != TT_LISP_INT)
        return wrong(m, "range", "two integers");
    int64_t from = args[0]->as.i, to = args[1]->as.i;
    if (to < from) to = from;
    if ((uint64_t)to - (uint64_t)from > 100000) return wrong(m, "range", "at most 100000 numbers");
    TtDatum *list = tt_lisp_made_list(m, (uint32_t)(to - from));
    for (uint32_t i = 0; i < list->count; i++) set_item(list, i, tt_lisp_made_int(m, from + i));
    return list;
}

static const TtDatum *run_map(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_LIST) return wrong(m, "map", "a list and a function");
    TtDatum *list = tt_lisp_made_list(m, args[0]->count);
    for (uint32_t i = 0; i < list->count; i++) {
        const TtDatum *value = tt_lisp_apply(m, args[1], args[0]->as.items + i, 1);
        if (!value) return NULL;
        set_item(list, i, value);
    }
    return list;
}

static const TtDatum *run_filter(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_LIST) return wrong(m, "filter", "a list and a function");
    TtDatum *list = tt_lisp_made_list(m, args[0]->count);
    list->count = 0;
    for (uint32_t i = 0; i < args[0]->count; i++) {
        const TtDatum *value = tt_lisp_apply(m, args[1], args[0]->as.items + i, 1);
        if (!value) return NULL;
        if (tt_lisp_datum_is_true(value)) set_item(list, list->count++, args[0]->as.items[i]);
    }
    return list;
}

static const TtDatum *run_reduce(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_LIST) return wrong(m, "reduce", "a list, a function and a start");
    const TtDatum *value = args[2];
    for (uint32_t i = 0; i < args[0]->count && value; i++) {
        const TtDatum *pair[2] = {value, args[0]->as.items[i]};
        value = tt_lisp_apply(m, args[1], pair, 2);
    }
    return value;
}

/* ---- texts, names, types
 * ------------------------------------------------------------------------------------------ */

static const TtDatum *run_str(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    TtStrbuf text = {0};
    for (uint32_t i = 0; i < count; i++) {
        if (args[i]->kind == TT_LISP_STR)
            tt_strbuf_add(&text, args[i]->as.text, args[i]->count);
        else
            tt_lisp_write(&text, &m->c->symbols, args[i], 1u << 16);
    }
    const TtDatum *result = tt_lisp_made_text(m, tt_strbuf_text(&text), text.length);
    tt_strbuf_free(&text);
    return result;
}

static const TtDatum *run_symbol_to_string(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    if (args[0]->kind != TT_LISP_SYMBOL) return wrong(m, "symbol->string", "a name");
    const TtName *name = &m->c->symbols.items[args[0]->as.symbol];
    return tt_lisp_made_text(m, name->bytes, name->length);
}

static const TtDatum *run_string_to_symbol(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    const TtDatum *text = args[0];
    if (text->kind != TT_LISP_STR || !text->count || memchr(text->as.text, 0, text->count))
        return wrong(m, "string->symbol", "a string that is not empty and holds no \\0");
    TtDatum *symbol = tt_lisp_made(m, TT_LISP_SYMBOL);
    symbol->as.symbol = tt_names_add(&m->c->symbols, text->as.text, text->count);
    return symbol;
}

static const TtDatum *run_gensym(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)args;
    (void)count;
    TtStrbuf text = {0};
    do {
        tt_strbuf_clear(&text);
        tt_strbuf_add_format(&text, "_g%u", ++m->c->gensyms);
    } while (tt_names_find(&m->c->symbols, text.bytes, text.length) != TT_NO_NAME);
    TtDatum *symbol = tt_lisp_made(m, TT_LISP_SYMBOL);
    symbol->as.symbol = tt_names_add(&m->c->symbols, text.bytes, text.length);
    tt_strbuf_free(&text);
    return symbol;
}

static const TtDatum *run_throw(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    const TtDatum *text = run_str(m, args, count);
    return tt_lisp_machine_error(m, "%s", text->as.text);
}

static const TtDatum *run_is_symbol(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    return tt_lisp_made_bool(m, args[0]->kind == TT_LISP_SYMBOL);
}

static const TtDatum *run_is_list(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    return tt_lisp_made_bool(m, args[0]->kind == TT_LISP_LIST);
}

static const TtDatum *run_is_string(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    return tt_lisp_made_bool(m, args[0]->kind == TT_LISP_STR);
}

static const TtDatum *run_is_int(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    return tt_lisp_made_bool(m, args[0]->kind == TT_LISP_INT);
}

static const TtDatum *run_is_number(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    return tt_lisp_made_bool(m, is_number(args[0]));
}

static const TtDatum *run_is_null(TtLispMachine *m, const TtDatum *const *args, uint32_t count) {
    (void)count;
    return tt_lisp_made_bool(m, args[0]->kind == TT_LISP_NULL);
}

static const TtLispFunctionInfo functions[] = {
    {"+", 0, ANY, run_add},
    {"-", 1, ANY, run_subtract},
    {"*", 0, ANY, run_multiply},
    {"/", 2, ANY, run_divide},
    {"mod", 2, 2, run_mod},
    {"=", 2, ANY, run_equal},
    {"!=", 2, 2, run_unequal},
    {"<", 2, ANY, run_less},
    {">", 2, ANY, run_greater},
    {"<=", 2, ANY, run_at_most},
    {">=", 2, ANY, run_at_least},
    {"not", 1, 1, run_not},
    {"list", 0, ANY, run_list},
    {"first", 1, 1, run_first},
    {"last", 1, 1, run_last},
    {"rest", 1, 1, run_rest},
    {"nth", 2, 2, run_nth},
    {"length", 1, 1, run_length},
    {"len", 1, 1, run_length},
    {"take", 2, 2, run_take},
    {"drop", 2, 2, run_drop},
    {"concat", 2, 2, run_concat},
    {"append", 2, 2, run_append},
    {"prepend", 2, 2, run_prepend},
    {"reverse", 1, 1, run_reverse},
    {"is_empty", 1, 1, run_is_empty},
    {"is-empty", 1, 1, run_is_empty},
    {"range", 2, 2, run_range},
    {"map", 2, 2, run_map},
    {"filter", 2, 2, run_filter},
    {"reduce", 3, 3, run_reduce},
    {"str", 0, ANY, run_str},
    {"symbol->string", 1, 1, run_symbol_to_string},
    {"string->symbol", 1, 1, run_string_to_symbol},
    {"gensym", 0, 0, run_gensym},
    {"throw", 1, ANY, run_throw},
    {"is_symbol", 1, 1, run_is_symbol},
    {"is-symbol", 1, 1, run_is_symbol},
    {"is_list", 1, 1, run_is_list},
    {"is-list", 1, 1, run_is_list},
    {"is_string", 1, 1, run_is_string},
    {"is-string", 1, 1, run_is_string},
    {"is_int", 1, 1, run_is_int},
    {"is-int", 1, 1, run_is_int},
    {"is_number", 1, 1, run_is_number},
    {"is-number", 1, 1, run_is_number},
    {"is_null", 1, 1, run_is_null},
    {"is-null", 1, 1, run_is_null},
};

const TtLispFunctionInfo *tt_lisp_function_find(const char *name) {
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0) return &functions[i];
    return NULL;
}
