// SPDX-License-Identifier: MIT
/** exec/builtin_*.c: results, errors and limits of the built-in functions; exec/text_search.c, elementary.c.
 */
#include "heap_fixture.h"
#include "test.h"

#include "base/config.h"
#include "base/random.h"
#include "exec/builtin.h"
#include "exec/elementary.h"
#include "exec/text_search.h"

#include <math.h>

static Fixture f;
static TtHeap *const heap = &f.heap;
static TtError error;
static uint64_t random_state = 1;

static void start(void) {
    fixture_init(&f, 256u << 20);
}
static void end(void) {
    tt_heap_free(heap, NULL);
    CHECK_INT(f.pool.used, 0);
    tt_error_free(&error);
}

/** Calls the built-in of that name. */
static TtResult call(const char *name, const TtValue *args, TtValue *result) {
    int builtin = tt_builtin_find(name, strlen(name));
    MUST(builtin >= 0);
    TtBuiltinCall context = {heap, &error, &random_state, tt_builtin_infos[builtin].name};
    return tt_builtin_functions[builtin](&context, args, result);
}

static char text[4096];

/** The printed result, or "Kind: message". */
static const char *show(const char *name, const TtValue *args) {
    TtValue result;
    TtStrbuf out = {0};
    if (call(name, args, &result) == TT_OK) {
        tt_print_value(&out, result);
    } else {
        tt_strbuf_add_format(&out, "%s: %s", tt_result_kind(error.result), tt_strbuf_text(&error.message));
    }
    snprintf(text, sizeof text, "%s", tt_strbuf_text(&out));
    tt_strbuf_free(&out);
    return text;
}

#define CALL(name, wanted, ...) CHECK_STR(show(name, (TtValue[]){__VA_ARGS__}), wanted)
#define INT(i)                  tt_int(i)
#define FLOAT(x)                tt_float(x)
#define STR(s)                  make_str(heap, s)

static TtValue list(uint32_t count, const TtValue *items) {
    TtValue v;
    MUST(tt_list_new(heap, items, count, &v));
    return v;
}
#define LIST(...) list(sizeof((TtValue[]){__VA_ARGS__}) / sizeof(TtValue), (TtValue[]){__VA_ARGS__})
#define EMPTY     tt_empty(TT_TAG_LIST)

/* ---- the table ----------------------------------------------------------------------------------- */

TEST(every_row_has_a_function) {
    for (unsigned i = 0; i < TT_BUILTIN_COUNT; i++) {
        const TtBuiltinInfo *info = &tt_builtin_infos[i];
        CHECK(tt_builtin_functions[i] != NULL);
        CHECK_INT(tt_builtin_find(info->name, strlen(info->name)), i);
        const char *point = strchr(info->name, '.'), *open = strchr(info->signature, '(');
        REQUIRE(point && open);
        CHECK((size_t)(open - info->signature) == strlen(point + 1));
        CHECK(strncmp(point + 1, info->signature, strlen(point + 1)) == 0);
        unsigned parameters = open[1] != ')';
        for (const char *c = open; *c != ')'; c++) parameters += *c == ',';
        CHECK_INT(parameters, info->arity);
    }
}

/** Whatever the arguments are: a result or an error with a message, and no function reads beyond them. */
TEST(any_arguments) {
    start();
    TtValue object = tt_empty(TT_TAG_OBJECT);
    MUST(tt_map_set(heap, object, STR("k"), INT(1), true, &object));
    TtValue bytes;
    MUST(tt_bytes_new(heap, TT_TAG_BYTES, "\xff", 1, &bytes));
    const TtValue values[] = {
        tt_null(),
        tt_bool(true),
        INT(0),
        INT(-1),
        INT(3),
        INT(INT64_MIN),
        INT(INT64_MAX),
        FLOAT(2.5),
        FLOAT(-0.0),
        FLOAT((double)NAN),
        FLOAT(1e300),
        FLOAT(-(double)INFINITY),
        STR(""),
        STR("añ😀"),
        STR("int"),
        bytes,
        EMPTY,
        LIST(INT(2), FLOAT(1.5)),
        LIST(STR("k"), STR("b")),
        LIST(LIST(STR("k"), INT(1))),
        object,
        tt_empty(TT_TAG_OBJECT),
    };
    enum { COUNT = sizeof values / sizeof *values };
    f.roots[0] = list(COUNT, values);
    for (unsigned i = 0; i < TT_BUILTIN_COUNT; i++) {
        unsigned arity = tt_builtin_infos[i].arity;
        for (unsigned a = 0; a < (arity > 0 ? COUNT : 1); a++) {
            for (unsigned b = 0; b < (arity > 1 ? COUNT : 1); b++) {
                for (unsigned c = 0; c < (arity > 2 ? COUNT : 1); c++) {
                    TtValue args[3] = {values[a], values[b], values[c]}, result = tt_unbound();
                    tt_error_clear(&error);
                    TtBuiltinCall context = {heap, &error, &random_state, tt_builtin_infos[i].name};
                    TtResult outcome = tt_builtin_functions[i](&context, args, &result);
                    CHECK(outcome == error.result);
                    if (outcome == TT_OK) CHECK(result.tag != TT_TAG_UNBOUND);
                    if (outcome != TT_OK) CHECK(error.message.length > 0);
                }
            }
        }
        fixture_collect(&f);
    }
    end();
}

/* ---- math ---------------------------------------------------------------------------------------- */

TEST(numbers) {
    start();
    CALL("math.sqrt", "TypeMismatch: sqrt expects a number but got Str", STR("x"));
    CALL("math.abs", "-9223372036854775808", INT(INT64_MIN));
    CALL("math.abs", "0", FLOAT(-0.0));
    CALL("math.pow", "-27", INT(-3), INT(3));
    CALL("math.pow", "0", INT(2), INT(64));
    CALL("math.pow", "1", INT(0), INT(0));
    CALL("math.pow", "0.125", INT(2), INT(-3));
    CALL("math.pow", "inf", INT(0), INT(-1));
    CALL("math.pow", "NaN", FLOAT(-8), FLOAT(1.0 / 3));
    CALL("math.pow", "-8", FLOAT(-2), INT(3));
    CALL("math.max", "9223372036854775807", INT(INT64_MAX), FLOAT(9.2e18));
    CALL("math.max", "NaN", INT(1), FLOAT((double)NAN));
    CALL("math.min", "NaN", FLOAT((double)NAN), INT(1));
    CALL("math.factorial", "2432902008176640000", INT(20));
    CALL("math.factorial", "inf", INT(171));
    CALL("math.factorial", "inf", INT(INT64_MAX));
    CALL("math.floor", "-3", FLOAT(-2.5));
    CALL("math.floor", "NaN", FLOAT((double)NAN));
    CALL("math.floor", "9223372036854776000", FLOAT(0x1p63));
    CALL("math.ceil", "5", INT(5));
    CALL("math.round", "1", FLOAT(0.5));
    CALL("math.round", "0", FLOAT(0.49999999999999994));
    CALL("math.sign", "NaN", FLOAT((double)NAN));
    CALL("math.mod", "0", INT(INT64_MIN), INT(-1));
    CALL("math.mod", "-0.5", FLOAT(-2.5), INT(2));
    CALL("math.mod", "DivisionByZero: Division by zero", INT(1), FLOAT(0));
    CALL("math.gcd", "0", INT(0), INT(0));
    CALL("math.gcd", "5", INT(0), INT(-5));
    CALL("math.lcm", "0", INT(0), INT(7));
    CALL("math.clamp", "BadArgument: clamp expects lo <= hi", INT(1), INT(3), INT(2));
    CALL("math.clamp", "NaN", FLOAT((double)NAN), INT(1), INT(2));
    CALL("math.random_int", "BadArgument: random_int expects lo <= hi but got 2 and 1", INT(2), INT(1));
    TtValue v;
    bool seen[3] = {false};
    for (int i = 0; i < 200; i++) {
        MUST(call("math.random", NULL, &v) == TT_OK);
        CHECK(v.tag == TT_TAG_FLOAT && v.as.f >= 0 && v.as.f < 1);
        MUST(call("math.random_int", (TtValue[]){INT(-1), INT(1)}, &v) == TT_OK);
        REQUIRE(v.as.i >= -1 && v.as.i <= 1);
        seen[v.as.i + 1] = true;
        MUST(call("math.random_int", (TtValue[]){INT(INT64_MIN), INT(INT64_MAX)}, &v) == TT_OK);
    }
    CHECK(seen[0] && seen[1] && seen[2]);
    end();
}

/** Correctly rounded results, worked out with 113 bits. */
TEST(elementary_functions) {
    static const struct {
        double (*f)(double);
        double x, wanted;
    } cases[] = {
        {tt_elementary_exp, 1, 0x1.5bf0a8b145769p+1},
        {tt_elementary_exp, -745, 0x0.0000000000001p-1022},
        {tt_elementary_log, 10, 0x1.26bb1bbb55516p+1},
        {tt_elementary_log, 0x1.0000000000001p+0, 0x1.fffffffffffffp-53},
        {tt_elementary_log10, 1e15, 15},
        {tt_elementary_log2, 0x1p-1074, -1074},
        {tt_elementary_sin, 1, 0x1.aed548f090ceep-1},
        {tt_elementary_sin, 1e22, -0.8522008497671888},
        {tt_elementary_cos, 1, 0x1.14a280fb5068cp-1},
        {tt_elementary_cos, 1.5707963267948966, 0x1.1a62633145c07p-54},
        {tt_elementary_tan, 1, 0x1.8eb245cbee3a6p+0},
        {tt_elementary_asin, 0.5, 0x1.0c152382d7366p-1},
        {tt_elementary_acos, 0.5, 0x1.0c152382d7366p+0},
        {tt_elementary_atan, 1, 0x1.921fb54442d18p-1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got = cases[i].f(cases[i].x);
        if (got != cases[i].wanted) fprintf(stderr, "case %zu: %a, not %a\n", i, got, cases[i].wanted);
        CHECK(got == cases[i].wanted);
    }
    uint64_t state = 3;
    for (int i = 0; i < 5000; i++) {
        uint64_t bits = tt_random_next(&state), other_bits = tt_random_next(&state);
        double x, y;
        memcpy(&x, &bits, sizeof x);
        memcpy(&y, &other_bits, sizeof y);
        if (!isfinite(x) || !isfinite(y)) continue;
        /* Another implementation's last digit may differ, not more. */
        const double pairs[][2] = {
            {tt_elementary_exp(x), exp(x)},
            {tt_elementary_log(fabs(x)), log(fabs(x))},
            {tt_elementary_sin(x), sin(x)},
            {tt_elementary_cos(x), cos(x)},
            {tt_elementary_tan(x), tan(x)},
            {tt_elementary_atan(x), atan(x)},
            {tt_elementary_atan2(x, y), atan2(x, y)},
            {tt_elementary_hypot(x, y), hypot(x, y)},
            {tt_elementary_pow(fabs(x), y / 0x1p500), pow(fabs(x), y / 0x1p500)},
        };
        for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
            double a = pairs[k][0], b = pairs[k][1];
            CHECK(a == b || fabs(a - b) <= fabs(b) * 0x1p-51);
        }
    }
    CHECK(isnan(tt_elementary_sin((double)INFINITY)));
    CHECK(isnan(tt_elementary_log(-1)));
    CHECK(signbit(tt_elementary_sin(-0.0)) && signbit(tt_elementary_atan(-0.0)));
    CHECK(tt_elementary_atan2(0.0, -0.0) == 0x1.921fb54442d18p+1);
    CHECK(tt_elementary_pow(-2, (double)INFINITY) == (double)INFINITY);
}

/* ---- strings ------------------------------------------------------------------------------------- */

TEST(repetition) {
    start();
    CALL("string.repeat", "", STR("ab"), INT(0));
    CALL("string.repeat", "BadArgument: repeat expects n >= 0 but got -1", STR("ab"), INT(-1));
    CALL("string.repeat", "HeapExceeded: Heap limit exceeded during repeat", STR("ab"), INT(INT64_MAX));
    end();
}

TEST(case_mapping) {
    start();
    CALL("string.upper", "FFI", STR("\xEF\xAC\x83"));
    CALL("string.upper", "ŠẞΑ", STR("šẞα"));
    CALL("string.upper", "ABC\n123", STR("abc\n123"));
    CALL("string.lower", "straße", STR("STRAẞE"));
    CALL("string.lower", "οδός, ας σ", STR("ΟΔΌΣ, ΑΣ Σ"));
    CALL("string.lower", "ας'", STR("ΑΣ'"));
    CALL("string.lower", "ασ'β", STR("ΑΣ'Β"));
    CALL("string.lower", "i̇", STR("İ"));
    CALL("string.upper", "Ǆ", STR("ǅ"));
    CALL("string.lower", "𐐨", STR("𐐀"));
    end();
}

TEST(blanks_and_searching) {
    start();
    CALL("string.trim", "a b", STR("\t\u3000 a b\u00a0\r\n"));
    CALL("string.trim", "", STR(" \n "));
    CALL("string.trim_left", "a ", STR("  a "));
    CALL("string.trim_right", " a", STR(" a  "));
    CALL("string.index_of", "3", STR("äöüx"), STR("x"));
    CALL("string.index_of", "0", STR("abc"), STR(""));
    CALL("string.contains", "false", STR("ab"), STR("abc"));
    CALL("string.starts_with", "true", STR(""), STR(""));
    CALL("string.ends_with", "false", STR("a"), STR("ba"));
    CALL("string.contains", "TypeMismatch: contains expects a string but got Int", STR("a"), INT(1));
    end();
}

TEST(parts) {
    start();
    CALL("string.slice", "öü", STR("äöü😀"), INT(1), INT(3));
    CALL("string.slice", "😀", STR("äöü😀"), INT(3), INT(INT64_MAX));
    CALL("string.slice", "", STR("abc"), INT(2), INT(1));
    CALL("string.slice", "", STR("abc"), INT(3), INT(9));
    CALL("string.slice", "abc", STR("abc"), INT(INT64_MIN), INT(INT64_MAX));
    CALL("string.char_at", "IndexOutOfBounds: Index 3 out of bounds for string of length 3", STR("äöü"),
         INT(3));
    CALL("string.char_at", "IndexOutOfBounds: Index -1 out of bounds for string of length 3", STR("äöü"),
         INT(-1));
    CALL("string.char_code", "128512", STR("😀"));
    CALL("string.char_code", "IndexOutOfBounds: Index 0 out of bounds for string of length 0", STR(""));
    CALL("string.from_code", "BadArgument: from_code expects the number of a code point but got 55296",
         INT(0xD800));
    CALL("string.from_code", "BadArgument: from_code expects the number of a code point but got -1", INT(-1));
    CALL("string.reverse_string", "😀üa", STR("aü😀"));
    CALL("string.pad_left", "-+-+-1", STR("1"), INT(6), STR("-+"));
    CALL("string.pad_right", "1äöä", STR("1"), INT(4), STR("äö"));
    CALL("string.pad_left", "abc", STR("abc"), INT(-5), STR(""));
    CALL("string.pad_left", "BadArgument: pad_left expects a fill that is not empty", STR("abc"), INT(5),
         STR(""));
    CALL("string.pad_left", "HeapExceeded: Heap limit exceeded during pad_left", STR("abc"), INT(INT64_MAX),
         STR("x"));
    end();
}

TEST(splitting_and_joining) {
    start();
    CALL("string.split", "[]", STR(""), STR(","));
    TtValue v;
    MUST(call("string.split", (TtValue[]){STR(""), STR(",")}, &v) == TT_OK);
    CHECK_INT(v.len, 1);
    CALL("string.split", "[, a, , ]", STR(",a,,"), STR(","));
    CALL("string.split", "[b, ab]", STR("baaab"), STR("aa") /* from the left */);
    CALL("string.split", "[ä, 😀]", STR("ä😀"), STR(""));
    CALL("string.lines", "[]", STR(""));
    CALL("string.lines", "[a, , b\rc]", STR("a\r\n\nb\rc"));
    CALL("string.join", "", EMPTY, STR(","));
    CALL("string.join", "1, 2.5, [x], null", LIST(INT(1), FLOAT(2.5), LIST(STR("x")), tt_null()), STR(", "));
    CALL("string.replace", "-a-b-", STR("ab"), STR(""), STR("-"));
    CALL("string.replace", "xbxb", STR("abab"), STR("a"), STR("x"));
    CALL("string.replace", "", STR("aaa"), STR("a"), STR(""));
    CALL("string.replace", "ba", STR("aaa"), STR("aa"), STR("b"));
    CALL("string.format", "{} is }{ 1", STR("{{}} is }{{ {}"), LIST(INT(1)));
    CALL("string.format", "BadArgument: format expects as many items as places {} but got 1 for 2",
         STR("{}{}"), LIST(INT(1)));
    CALL("string.format", "BadArgument: format expects as many items as places {} but got 2 for 1", STR("{}"),
         LIST(INT(1), INT(2)));
    end();
}

/** Against plain comparing, on texts that make it waste the most. */
TEST(text_search) {
    char hay[4001], needle[60];
    uint64_t state = 5;
    for (int round = 0; round < 400; round++) {
        size_t length = tt_random_below(&state, sizeof hay - 1),
               part = 1 + tt_random_below(&state, round % 2 ? 50 : 4);
        for (size_t i = 0; i < length; i++) hay[i] = (char)('a' + (tt_random_below(&state, 30) == 0));
        for (size_t i = 0; i < part; i++) needle[i] = (char)('a' + (i + 1 == part && round % 3 == 0));
        TtTextSearch search = {.needle = needle, .length = part};
        size_t from = 0, at;
        for (size_t i = 0; i + part <= length; i++) {
            if (memcmp(hay + i, needle, part) != 0) continue;
            CHECK(tt_text_search_next(&search, hay, length, from, &at) && at == i);
            from = i + 1;
        }
        CHECK(!tt_text_search_next(&search, hay, length, from, &at));
        size_t count = 0;
        for (size_t i = 0; i + part <= length; count++, i = at + part)
            if (!tt_text_search_next(&search, hay, length, i, &at)) break;
        CHECK_INT((int64_t)tt_text_search_count(&search, hay, length), (int64_t)count);
        tt_text_search_free(&search);
    }
}

/* ---- lists and objects --------------------------------------------------------------------------- */

TEST(lists) {
    start();
    TtValue abc = LIST(STR("a"), STR("b"), STR("c"));
    CALL("list.rest", "[]", EMPTY);
    CALL("list.first", "IndexOutOfBounds: Index 0 out of bounds for list of length 0", EMPTY);
    CALL("list.last", "IndexOutOfBounds: Index -1 out of bounds for list of length 0", EMPTY);
    CALL("list.take", "[a, b, c]", abc, INT(99));
    CALL("list.take", "[]", abc, INT(-1));
    CALL("list.drop", "[c]", abc, INT(2));
    CALL("list.slice_list", "[]", abc, INT(2), INT(1));
    CALL("list.slice_list", "[b, c]", abc, INT(1), INT(INT64_MAX));
    CALL("list.reverse", "[c, b, a]", abc);
    CALL("list.concat", "[a, b, c]", abc, EMPTY);
    CALL("list.sum", "TypeMismatch: sum expects a list of numbers but got Str", abc);
    CALL("list.sum", "-9223372036854775808", LIST(INT(INT64_MAX), INT(1)));
    CALL("list.list_max", "NaN", LIST(INT(1), FLOAT((double)NAN), INT(2)));
    CALL("list.list_max", "TypeMismatch: list_max expects items with an order but got Str",
         LIST(INT(1), STR("a")));
    CALL("list.list_min", "BadArgument: list_min expects a list with items", EMPTY);
    CALL("list.range", "[9223372036854775806]", INT(INT64_MAX - 1), INT(INT64_MAX));
    CALL("list.range", "HeapExceeded: Heap limit exceeded during range", INT(INT64_MIN), INT(INT64_MAX));
    CALL("list.zip", "[[a, 1]]", abc, LIST(INT(1)));
    CALL("list.flatten", "[1, 2, 3]", LIST(EMPTY, LIST(INT(1), LIST(INT(2))), INT(3)));
    CALL("list.unique", "[1, a, [1], true]",
         LIST(INT(1), STR("a"), FLOAT(1), LIST(INT(1)), LIST(FLOAT(1)), tt_bool(true)));
    CALL("list.prepend", "[0, a, b, c]", INT(0), abc);
    CALL("list.append", "TypeMismatch: append expects a list but got Int", INT(0), abc);
    TtValue doubled = LIST(INT(1), INT(2));
    for (int i = 0; i < 60; i++) doubled = LIST(tt_value_share(doubled), doubled);
    CALL("list.flatten", "HeapExceeded: Heap limit exceeded during flatten", doubled);
    end();
}

TEST(results_do_not_alias_arguments) {
    start();
    TtValue abc = LIST(INT(1), INT(2), INT(3)), taken, longer, again;
    MUST(call("list.take", (TtValue[]){abc, INT(3)}, &taken) == TT_OK);
    CHECK(!abc.as.object || (abc.as.object->flags & TT_OBJ_SHARED));
    MUST(call("list.append", (TtValue[]){abc, INT(4)}, &longer) == TT_OK);
    MUST(call("list.append", (TtValue[]){abc, INT(5)}, &again) == TT_OK);
    MUST(tt_list_set(heap, taken, 0, INT(9), true, &taken));
    CALL("list.concat", "[1, 2, 3, 1, 2, 3, 4]", abc, longer);
    CALL("list.concat", "[9, 2, 3, 1, 2, 3, 5]", taken, again);
    end();
}

TEST(sorting) {
    start();
    CALL("list.sort", "[]", EMPTY);
    CALL("list.sort", "[-inf, 1, 2, 3, NaN, NaN]",
         LIST(FLOAT((double)NAN), INT(3), FLOAT(2), FLOAT((double)NAN), INT(1), FLOAT(-(double)INFINITY)));
    CALL("list.sort", "[A, B, a, b]", LIST(STR("b"), STR("B"), STR("a"), STR("A")));
    CALL("list.sort", "[[1], [1, 0], [2]]", LIST(LIST(INT(2)), LIST(INT(1), INT(0)), LIST(INT(1))));
    CALL("list.sort", "TypeMismatch: sort expects values that have an order among each other but got Str",
         LIST(INT(1), STR("a")));
    CALL("list.sort", "[null]", LIST(tt_null()));
    CALL("list.sort_by_keys", "BadArgument: sort_by_keys expects as many keys as items but got 0 for 1",
         LIST(INT(1)), EMPTY);
    uint64_t state = 11;
    for (uint32_t count = 0; count < 400; count += 1 + count / 7) {
        TtValue *items, *keys, values, order, sorted;
        MUST(tt_list_alloc(heap, count, &items, &values));
        for (uint32_t i = 0; i < count; i++) items[i] = INT(i);
        MUST(tt_list_alloc(heap, count, &keys, &order));
        for (uint32_t i = 0; i < count; i++) keys[i] = INT((int64_t)tt_random_below(&state, 20));
        MUST(call("list.sort_by_keys", (TtValue[]){values, order}, &sorted) == TT_OK);
        REQUIRE(sorted.len == count);
        for (uint32_t i = 1; i < count; i++) {
            int64_t a = tt_list_items(sorted)[i - 1].as.i, b = tt_list_items(sorted)[i].as.i;
            CHECK(keys[a].as.i < keys[b].as.i || (keys[a].as.i == keys[b].as.i && a < b));
        }
    }
    end();
}

TEST(objects) {
    start();
    TtValue a, b;
    MUST(call("object.from_entries",
              (TtValue[]){LIST(LIST(STR("x"), INT(1)), LIST(STR("y"), INT(2)), LIST(STR("x"), INT(3)))},
              &a) == TT_OK);
    MUST(call("object.from_entries", (TtValue[]){LIST(LIST(STR("y"), INT(9)), LIST(STR("z"), INT(8)))}, &b) ==
         TT_OK);
    CALL("object.entries", "[[x, 3], [y, 2]]", a);
    CALL("object.merge", "{x: 3, y: 9, z: 8}", a, b);
    CALL("object.keys", "[x, y]", a);
    CALL("object.values", "[3, 2]", a);
    CALL("object.pick", "{y: 2}", a, LIST(STR("y"), STR("q")));
    CALL("object.omit", "{x: 3}", a, LIST(STR("y"), STR("q")));
    CALL("object.pick", "TypeMismatch: pick expects strings as keys but got Int", a, LIST(INT(1)));
    CALL("object.from_entries",
         "BadArgument: from_entries expects pairs [key, value] but got a list of length 1",
         LIST(LIST(INT(1))));
    CALL("object.from_entries", "TypeMismatch: from_entries expects a list of pairs [key, value] but got Int",
         LIST(INT(1)));
    CALL("object.get_or", "TypeMismatch: get_or expects an object but got List", EMPTY, STR("a"), INT(1));
    end();
}

/* ---- conversion ---------------------------------------------------------------------------------- */

TEST(conversion) {
    start();
    CALL("convert.to_int", "42", STR(" 42\n"));
    CALL("convert.to_int", "ParseError: to_int expects the text of an Int but got \"4 2\"", STR("4 2"));
    CALL("convert.to_int", "ParseError: to_int expects the text of an Int but got \"\"", STR(""));
    CALL(
        "convert.to_int",
        "ParseError: to_int expects the text of an Int but got \"ääääääääääääääääääääääääääääääääääääääää\"…",
        STR("äääääääääääääääääääääääääääääääääääääääää"));
    CALL("convert.to_int", "BadArgument: to_int expects a number that fits an Int", FLOAT((double)NAN));
    CALL("convert.to_int", "-9223372036854775808", FLOAT(-0x1p63));
    CALL("convert.to_int", "TypeMismatch: to_int expects a number, Bool or string but got Null", tt_null());
    CALL("convert.to_float", "-inf", STR("-inf"));
    CALL("convert.to_float", "1", tt_bool(true));
    CALL("convert.safe_to_int", "null", STR("9223372036854775808"));
    CHECK_INT(error.result, TT_OK);
    CALL("convert.safe_to_float", "0.5", STR(".5"));
    CALL("convert.parse_int", "-9223372036854775808", STR("-0x8000000000000000"));
    CALL("convert.parse_int",
         "ParseError: parse_int expects the text of an Int but got \"0x8000000000000000\"",
         STR("0x8000000000000000"));
    CALL("convert.parse_int", "5", STR("0b101"));
    CALL("convert.parse_int", "ParseError: parse_int expects the text of an Int but got \"0x\"", STR("0x"));
    CALL("convert.parse_int", "ParseError: parse_int expects the text of an Int but got \"0b2\"", STR("0b2"));
    CALL("convert.to_bool", "true", EMPTY);
    CALL("convert.to_string", "[1, a]", LIST(INT(1), STR("a")));
    CALL("value.type", "Str", STR(""));
    CALL("convert.type_of", "string", STR(""));
    CALL("value.inspect", "List([Int(1), Null])", LIST(INT(1), tt_null()));
    CALL("value.expect", "1", INT(1), STR("number"), STR("f"));
    CALL("value.expect", "TypeMismatch: f expects an integer but got Float", FLOAT(1), STR("int"), STR("f"));
    CALL("value.expect", "TypeMismatch: map expects a function but got Int", INT(1), STR("function"),
         STR("map"));
    end();
}

/** Every limit is met with an error that leaves nothing behind: the call can be repeated with more room. */
TEST(full_heaps) {
    fixture_init(&f, 512u << 10);
    TtValue many = list_of_ints(heap, 16000), v;
    static const char *const functions[] = {"list.reverse", "list.sort", "list.unique", "list.enumerate",
                                            "list.flatten"};
    f.roots[0] = many;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        TtResult outcome = TT_OK;
        for (int k = 0; k < 10 && outcome == TT_OK; k++) outcome = call(functions[i], &many, &v);
        CHECK_INT(outcome, TT_ERR_HEAP_EXCEEDED);
        fixture_collect(&f);
    }
    end();
}

int main(void) {
    RUN(every_row_has_a_function);
    RUN(any_arguments);
    RUN(numbers);
    RUN(elementary_functions);
    RUN(repetition);
    RUN(case_mapping);
    RUN(blanks_and_searching);
    RUN(parts);
    RUN(splitting_and_joining);
    RUN(text_search);
    RUN(lists);
    RUN(results_do_not_alias_arguments);
    RUN(sorting);
    RUN(objects);
    RUN(conversion);
    RUN(full_heaps);
    return test_finish();
}
