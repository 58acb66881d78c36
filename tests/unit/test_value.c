// SPDX-License-Identifier: MIT
/** value/: printing, equality, order, hashing, numbers. */
#include "heap_fixture.h"
#include "test.h"

#include "base/config.h"
#include "base/random.h"
#include "value/print.h"

#include <math.h>

static Fixture f;
static TtHeap *const heap = &f.heap;

static void start(void) {
    fixture_init(&f, 512u << 20);
}
static void end(void) {
    tt_heap_free(heap, NULL);
}

static TtValue list(uint32_t count, const TtValue *items) {
    TtValue v;
    MUST(tt_list_new(heap, items, count, &v));
    return v;
}
#define LIST(...) list(sizeof((TtValue[]){__VA_ARGS__}) / sizeof(TtValue), (TtValue[]){__VA_ARGS__})

static TtValue set(TtValue object, const char *key, TtValue value) {
    MUST(tt_map_set(heap, object, make_str(heap, key), value, true, &object));
    return object;
}

static char text[1 << 16];

/** The text of a value by one of the printers, until the next call. */
static const char *show(bool (*print)(TtStrbuf *, TtValue), TtValue v) {
    TtStrbuf out = {0};
    print(&out, v);
    snprintf(text, sizeof text, "%s", tt_strbuf_text(&out));
    tt_strbuf_free(&out);
    return text;
}

#define CHECK_PRINT(v, wanted)  CHECK_STR(show(tt_print_value, v), wanted)
#define CHECK_DEBUG(v, wanted)  CHECK_STR(show(tt_print_debug, v), wanted)
#define CHECK_CONCAT(v, wanted) CHECK_STR(show(tt_print_concat, v), wanted)

static const char *const names[] = {"x", "y"};
static const TtFunction function = {
    .name = "f", .entry = 11, .address = 11, .parameter_count = 2, .parameters = names};

static TtValue closure(int64_t captured) {
    TtCapture captures[2] = {{0, 0, tt_int(captured)}, {1, 1, tt_bool(true)}};
    TtValue v;
    MUST(tt_closure_new(heap, &function, captures, 2, &v));
    return v;
}

static TtValue exception(const char *message) {
    TtValue v, stack = LIST(make_str(heap, "inner (a.ttvm:3)"), make_str(heap, "<main> (a.ttvm:9)"));
    MUST(tt_exception_new(heap, make_str(heap, message), make_str(heap, "Thrown"), stack, tt_unbound(), &v));
    return v;
}

/* ---- printing ------------------------------------------------------------------------------------ */

TEST(scalars_print) {
    CHECK_PRINT(tt_null(), "null");
    CHECK_PRINT(tt_bool(true), "true");
    CHECK_PRINT(tt_bool(false), "false");
    CHECK_PRINT(tt_int(0), "0");
    CHECK_PRINT(tt_int(-42), "-42");
    CHECK_PRINT(tt_int(INT64_MAX), "9223372036854775807");
    CHECK_PRINT(tt_int(INT64_MIN), "-9223372036854775808");
    CHECK_PRINT(((TtValue){TT_TAG_REF, 0, {.i = 7}}), "ref:7");
    CHECK_PRINT(((TtValue){TT_TAG_CONNECTION, 0, {.i = 3}}), "Connection(3)");
    CHECK_PRINT(((TtValue){TT_TAG_STREAM, 0, {.i = 3}}), "Stream(3)");
    CHECK_PRINT(((TtValue){TT_TAG_FUTURE, 0, {.i = 3}}), "Future(3)");
    CHECK_PRINT(tt_function(&function), "function@11 (x, y)");
}

TEST(objects_print) {
    start();
    CHECK_PRINT(make_str(heap, "a \"b\""), "a \"b\"");
    CHECK_PRINT(tt_empty(TT_TAG_STR), "");
    CHECK_PRINT(tt_empty(TT_TAG_LIST), "[]");
    CHECK_PRINT(tt_empty(TT_TAG_OBJECT), "{}");
    CHECK_PRINT(LIST(tt_int(1), make_str(heap, "two"), LIST(tt_int(3))), "[1, two, [3]]");
    TtValue object = set(set(tt_empty(TT_TAG_OBJECT), "name", make_str(heap, "Ann")), "age", tt_int(3));
    CHECK_PRINT(object, "{name: Ann, age: 3}");
    CHECK_PRINT(LIST(object, tt_empty(TT_TAG_LIST), tt_null()), "[{name: Ann, age: 3}, [], null]");
    TtValue bytes;
    MUST(tt_bytes_new(heap, TT_TAG_BYTES, "\0\xff", 2, &bytes));
    CHECK_PRINT(bytes, "Bytes(2)");
    CHECK_PRINT(closure(1), "closure@11 (x, y) [captured: 2]");
    CHECK_PRINT(exception("boom"),
                "Exception: boom\nStack trace:\n  at inner (a.ttvm:3)\n  at <main> (a.ttvm:9)");
    CHECK_PRINT(LIST(exception("boom")), "[Exception: boom]");
    CHECK_CONCAT(exception("boom"), "boom");
    CHECK_CONCAT(LIST(exception("boom")), "[Exception: boom]");
    end();
}

TEST(traces_show_types) {
    start();
    CHECK_DEBUG(tt_int(15), "Int(15)");
    CHECK_DEBUG(tt_float(2.5), "Float(2.5)");
    CHECK_DEBUG(tt_null(), "Null");
    CHECK_DEBUG(tt_bool(true), "Bool(true)");
    CHECK_DEBUG(make_str(heap, "a\n\"\\\t\r\x01\x7f é"), "Str(\"a\\n\\\"\\\\\\t\\r\\x01\\x7F é\")");
    TtValue v;
    MUST(tt_bytes_new(heap, TT_TAG_STR, "a\0b", 3, &v));
    CHECK_DEBUG(v, "Str(\"a\\0b\")");
    CHECK_DEBUG(LIST(tt_int(1), make_str(heap, "x")), "List([Int(1), Str(\"x\")])");
    CHECK_DEBUG(set(tt_empty(TT_TAG_OBJECT), "a", tt_int(1)), "Object({\"a\": Int(1)})");
    MUST(tt_bytes_new(heap, TT_TAG_BYTES, "\0\xff", 2, &v));
    CHECK_DEBUG(v, "Bytes([0, 255])");
    CHECK_DEBUG(tt_function(&function), "Function { addr: 11, params: [\"x\", \"y\"] }");
    CHECK_DEBUG(closure(1), "Closure { addr: 11, params: [\"x\", \"y\"], captured: 2 }");
    CHECK_DEBUG(exception("m"), "Exception { kind: \"Thrown\", message: \"m\" }");
    CHECK_DEBUG(((TtValue){TT_TAG_REF, 0, {.i = 7}}), "Ref(7)");
    end();
}

/** `depth` lists around an Int. */
static TtValue nest(uint32_t depth) {
    TtValue v = tt_int(1);
    while (depth-- > 0) v = LIST(v);
    return v;
}

TEST(deep_nesting_prints_to_the_limit) {
    start();
    TtStrbuf out = {0};
    CHECK(tt_print_value(&out, nest(TT_MAX_NESTING)));
    CHECK_INT(out.length, 2 * TT_MAX_NESTING + 1);
    tt_strbuf_clear(&out);
    CHECK(tt_print_value(&out, nest(TT_MAX_NESTING + 5)));
    CHECK_INT(out.length, 2 * TT_MAX_NESTING + strlen("…"));
    tt_strbuf_free(&out);
    end();
}

/** A list of 2^depth leaves that takes `depth` lists to store. */
static TtValue double_up(uint32_t depth, TtValue leaf) {
    TtValue v = LIST(leaf, leaf);
    while (--depth > 0) v = LIST(v, v);
    return v;
}

TEST(exponential_text_is_cut) {
    start();
    TtStrbuf out = {0};
    static char leaf[10001];
    memset(leaf, 'x', sizeof leaf - 1);
    CHECK(!tt_print_value(&out, double_up(60, make_str(heap, leaf))));
    CHECK(out.length > TT_MAX_TEXT_BYTES && out.length < TT_MAX_TEXT_BYTES + 2 * sizeof leaf);
    CHECK_STR(out.bytes + out.length - strlen("…"), "…");
    tt_strbuf_free(&out);
    end();
}

TEST(text_ends_at_its_limit) {
    start();
    TtValue v = double_up(60, tt_int(1)), bytes;
    TtStrbuf out = {.limit = 1000};
    CHECK(!tt_print_value(&out, v));
    CHECK(out.length > 1000 && out.length < 1100);
    tt_strbuf_clear(&out);
    CHECK(!tt_print_concat(&out, v));
    tt_strbuf_clear(&out);
    CHECK(!tt_print_debug(&out, v));
    CHECK(out.length < 1100);
    tt_strbuf_clear(&out);
    static char long_text[5001];
    memset(long_text, 'x', sizeof long_text - 1);
    CHECK(tt_bytes_new(heap, TT_TAG_BYTES, long_text, 5000, &bytes) && !tt_print_debug(&out, bytes));
    CHECK(out.length < 1100);
    tt_strbuf_clear(&out);
    CHECK(tt_print_value(&out, make_str(heap, long_text)));
    CHECK_INT(out.length, 5000);
    tt_strbuf_free(&out);
    end();
}

/* ---- floats -------------------------------------------------------------------------------------- */

TEST(floats_print) {
    static const struct {
        double f;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {10, "10"},
        {0.1, "0.1"},
        {-2.5, "-2.5"},
        {1e21, "1000000000000000000000"},
        {123456789012345680.0, "123456789012345680"},
        {1e-7, "0.0000001"},
        {0.30000000000000004, "0.30000000000000004"},
        {3.141592653589793, "3.141592653589793"},
        {9007199254740991.0, "9007199254740991"},
        {9007199254740993.0, "9007199254740992"},
        {5e-5, "0.00005"},
        {100.25, "100.25"},
        {(double)INFINITY, "inf"},
        {-(double)INFINITY, "-inf"},
        {(double)NAN, "NaN"},
        {-(double)NAN, "NaN"},
        /* Where the gap below is half the gap above, the nearest 16 digits do not read back. */
        {0x1p-44, "0.00000000000005684341886080802"},
        {9.5367431640625e-07, "0.00000095367431640625"},
        {0x1.0000000000001p+0, "1.0000000000000002"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_PRINT(tt_float(cases[i].f), cases[i].text);
    char smallest[400] = "0.";
    memset(smallest + 2, '0', 323);
    strcpy(smallest + 325, "5");
    CHECK_PRINT(tt_float(5e-324), smallest);
    char largest[400] = "17976931348623157";
    memset(largest + 17, '0', 292);
    CHECK_PRINT(tt_float(1.7976931348623157e308), largest);
}

/** Significant digits of plain decimal text. */
static int count_digits(const char *s) {
    int digits = 0, zeros = 0;
    for (; *s; s++) {
        if (*s == '0' && digits > 0) zeros++;
        if (*s >= '1' && *s <= '9') digits += zeros + 1, zeros = 0;
    }
    return digits;
}

TEST(floats_read_back_and_are_shortest) {
    uint64_t state = 1;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = tt_random_next(&state);
        double x, back;
        memcpy(&x, &bits, sizeof x);
        if (i % 3 == 0) x = (double)(int64_t)(bits >> 20) / 1000;
        if (!isfinite(x)) continue;
        show(tt_print_value, tt_float(x));
        CHECK(!strpbrk(text, "eE"));
        CHECK(tt_parse_float(text, strlen(text), &back) && back == x);
        int digits = count_digits(text);
        CHECK(digits <= 17);
        if (digits > 1) {
            char shorter[40];
            snprintf(shorter, sizeof shorter, "%.*e", digits - 2, x);
            CHECK(strtod(shorter, NULL) != x);
        }
    }
}

TEST(numbers_are_read) {
    int64_t i = 99;
    CHECK(tt_parse_int("0", 1, &i) && i == 0);
    CHECK(tt_parse_int("-9223372036854775808", 20, &i) && i == INT64_MIN);
    CHECK(tt_parse_int("+9223372036854775807", 20, &i) && i == INT64_MAX);
    CHECK(tt_parse_int("007", 3, &i) && i == 7);
    static const char *const no_ints[] = {"",
                                          "-",
                                          "+",
                                          "1.0",
                                          "1e3",
                                          " 1",
                                          "1 ",
                                          "0x10",
                                          "--1",
                                          "1_000",
                                          "9223372036854775808",
                                          "-9223372036854775809",
                                          "99999999999999999999"};
    for (size_t k = 0; k < sizeof no_ints / sizeof *no_ints; k++) {
        CHECK(!tt_parse_int(no_ints[k], strlen(no_ints[k]), &i));
    }
    CHECK_INT(i, 7);
    double d = 0;
    CHECK(tt_parse_float("2.50", 4, &d) && d == 2.5);
    CHECK(tt_parse_float("1e21", 4, &d) && d == 1e21);
    CHECK(tt_parse_float(".5", 2, &d) && d == 0.5);
    CHECK(tt_parse_float("5.", 2, &d) && d == 5);
    CHECK(tt_parse_float("-0", 2, &d) && d == 0 && signbit(d));
    CHECK(tt_parse_float("NaN", 3, &d) && isnan(d));
    CHECK(tt_parse_float("-inf", 4, &d) && isinf(d) && d < 0);
    CHECK(tt_parse_float("1e999", 5, &d) && isinf(d));
    CHECK(tt_parse_float("1.5x", 3, &d) && d == 1.5);
    static const char *const no_floats[] = {"",      ".",  "-",  "e5",   "1e",   "1e+",
                                            "0x1p3", " 1", "1 ", "1..2", "infi", "1,5"};
    for (size_t k = 0; k < sizeof no_floats / sizeof *no_floats; k++) {
        CHECK(!tt_parse_float(no_floats[k], strlen(no_floats[k]), &d));
    }
}

/* ---- equality, order, hash ----------------------------------------------------------------------- */

static void check_equal(TtValue a, TtValue b, bool wanted) {
    CHECK(tt_value_equal(a, b) == wanted);
    CHECK(tt_value_equal(b, a) == wanted);
    if (wanted) CHECK(tt_value_hash(a) == tt_value_hash(b));
}

TEST(equality) {
    start();
    check_equal(tt_int(1), tt_float(1), true);
    check_equal(tt_float(0.0), tt_float(-0.0), true);
    check_equal(tt_int(0), tt_float(-0.0), true);
    check_equal(tt_int(INT64_MAX), tt_float(0x1p63), false);
    check_equal(tt_int(INT64_MIN), tt_float(-0x1p63), true);
    check_equal(tt_int(9007199254740993), tt_float(9007199254740992.0), false);
    check_equal(tt_float((double)NAN), tt_float((double)NAN), false);
    check_equal(tt_int(1), tt_bool(true), false);
    check_equal(tt_null(), tt_null(), true);
    check_equal(tt_null(), tt_bool(false), false);
    check_equal(make_str(heap, "ab"), make_str(heap, "ab"), true);
    check_equal(make_str(heap, "ab"), make_str(heap, "ac"), false);
    TtValue bytes;
    MUST(tt_bytes_new(heap, TT_TAG_BYTES, "ab", 2, &bytes));
    check_equal(bytes, make_str(heap, "ab"), false);
    check_equal(LIST(tt_int(1), LIST(tt_float(2))), LIST(tt_float(1), LIST(tt_int(2))), true);
    check_equal(LIST(tt_int(1)), LIST(tt_int(1), tt_int(2)), false);
    TtValue nan = LIST(tt_float((double)NAN));
    check_equal(nan, nan, false);
    TtValue ab = set(set(tt_empty(TT_TAG_OBJECT), "a", tt_int(1)), "b", LIST(tt_int(2)));
    TtValue ba = set(set(tt_empty(TT_TAG_OBJECT), "b", LIST(tt_int(2))), "a", tt_int(1));
    check_equal(ab, ba, true);
    check_equal(ab, set(set(tt_empty(TT_TAG_OBJECT), "a", tt_int(1)), "c", LIST(tt_int(2))), false);
    check_equal(LIST(ab, tt_int(1)), LIST(ba, tt_int(1)), true);
    check_equal(tt_empty(TT_TAG_LIST), tt_empty(TT_TAG_OBJECT), false);
    TtFunction same = function, other = function;
    other.parameter_count = 1;
    check_equal(tt_function(&function), tt_function(&same), true);
    check_equal(tt_function(&function), tt_function(&other), false);
    check_equal(closure(1), closure(1), true);
    check_equal(closure(1), closure(2), false);
    check_equal(closure(1), tt_function(&function), false);
    check_equal(exception("a"), exception("a"), true);
    check_equal(exception("a"), exception("b"), false);
    end();
}

TEST(equality_of_large_objects) {
    start();
    TtValue a = tt_empty(TT_TAG_OBJECT), b = a;
    char key[20];
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "k%d", i);
        a = set(a, key, tt_int(i));
        snprintf(key, sizeof key, "k%d", 999 - i);
        b = set(b, key, tt_float(999 - i));
    }
    check_equal(a, b, true);
    check_equal(a, set(b, "k500", tt_int(0)), false);
    end();
}

TEST(walks_of_shared_parts_end) {
    start();
    TtValue a = double_up(60, tt_int(1)), b = double_up(60, tt_float(1)), longer = double_up(61, tt_int(1));
    check_equal(a, b, true);
    check_equal(a, a, true);
    CHECK(!tt_value_equal(a, longer));
    int order;
    CHECK(tt_value_compare(a, b, &order) && order == 0);
    check_equal(nest(TT_MAX_NESTING - 1), nest(TT_MAX_NESTING - 1), true);
    CHECK(!tt_value_equal(nest(TT_MAX_NESTING + 5), nest(TT_MAX_NESTING + 5)));
    end();
}

static void check_order(TtValue a, TtValue b, int wanted) {
    int order = 9;
    CHECK(tt_value_compare(a, b, &order) && order == wanted);
    CHECK(tt_value_compare(b, a, &order) && order == (wanted == 2 ? 2 : -wanted));
}

static void check_no_order(TtValue a, TtValue b) {
    int order;
    CHECK(!tt_value_compare(a, b, &order));
    CHECK(!tt_value_compare(b, a, &order));
}

TEST(order) {
    start();
    check_order(tt_int(1), tt_int(2), -1);
    check_order(tt_int(2), tt_float(1.5), 1);
    check_order(tt_int(INT64_MAX), tt_float(0x1p63), -1);
    check_order(tt_int(9007199254740993), tt_float(9007199254740992.0), 1);
    check_order(tt_int(-1), tt_float(-1.5), 1);
    check_order(tt_int(5), tt_float((double)INFINITY), -1);
    check_order(tt_int(5), tt_float(-(double)INFINITY), 1);
    check_order(tt_int(5), tt_float((double)NAN), 2);
    check_order(tt_bool(false), tt_bool(true), -1);
    check_order(make_str(heap, "a"), make_str(heap, "ab"), -1);
    check_order(make_str(heap, "Z"), make_str(heap, "a"), -1);
    check_order(make_str(heap, "\xEF\xBF\xBD"), make_str(heap, "\xF0\x9F\x98\x80"), -1); /* U+FFFD, U+1F600 */
    TtValue low, high;
    MUST(tt_bytes_new(heap, TT_TAG_BYTES, "\x7f", 1, &low));
    MUST(tt_bytes_new(heap, TT_TAG_BYTES, "\x80", 1, &high));
    check_order(low, high, -1);
    check_order(LIST(tt_int(1), tt_int(2)), LIST(tt_int(1), tt_int(3)), -1);
    check_order(LIST(tt_int(1)), LIST(tt_int(1), tt_int(0)), -1);
    check_order(LIST(tt_int(2)), LIST(tt_int(1), tt_int(0)), 1);
    check_order(LIST(LIST(tt_int(1), tt_int(5)), tt_int(0)), LIST(LIST(tt_int(1)), tt_int(9)), 1);
    check_order(LIST(tt_null(), tt_int(1)), LIST(tt_null(), tt_int(2)), -1);
    check_order(LIST(tt_float((double)NAN)), LIST(tt_int(1)), 2);
    check_no_order(tt_int(1), make_str(heap, "1"));
    check_no_order(tt_null(), tt_null());
    check_no_order(tt_int(1), tt_bool(true));
    check_no_order(tt_empty(TT_TAG_OBJECT), tt_empty(TT_TAG_OBJECT));
    check_no_order(LIST(tt_null()), LIST(tt_int(1)));
    end();
}

TEST(hashes_spread) {
    start();
    enum { COUNT = 4096 };
    static uint8_t hit[COUNT * 4];
    memset(hit, 0, sizeof hit);
    int taken = 0;
    for (int i = 0; i < COUNT; i++) {
        uint64_t at = tt_value_hash(LIST(tt_int(i), tt_float(i * 0.5))) % sizeof hit;
        taken += !hit[at];
        hit[at] = 1;
    }
    CHECK(taken > COUNT * 8 / 10);
    end();
}

TEST(type_names) {
    CHECK_STR(tt_tag_name(TT_TAG_STR), "Str");
    CHECK_STR(tt_tag_name(TT_TAG_CLOSURE), "Closure");
    for (uint32_t tag = 0; tag < TT_TAG_COUNT; tag++) CHECK(tt_tag_name(tag) && *tt_tag_name(tag));
    CHECK_STR(tt_tag_name(TT_TAG_COUNT), "Invalid");
}

int main(void) {
    RUN(scalars_print);
    RUN(objects_print);
    RUN(traces_show_types);
    RUN(deep_nesting_prints_to_the_limit);
    RUN(exponential_text_is_cut);
    RUN(text_ends_at_its_limit);
    RUN(floats_print);
    RUN(floats_read_back_and_are_shortest);
    RUN(numbers_are_read);
    RUN(equality);
    RUN(equality_of_large_objects);
    RUN(walks_of_shared_parts_end);
    RUN(order);
    RUN(hashes_spread);
    RUN(type_names);
    return test_finish();
}
