// SPDX-License-Identifier: MIT
#include "value/print.h"

#include "base/config.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <inttypes.h>

/** The two ways of writing a value; both go through the containers with the same walk. */
typedef struct Style {
    const char *list_open, *list_close, *object_open, *object_close;
    void (*key)(TtStrbuf *out, TtValue key);
    void (*leaf)(TtStrbuf *out, TtValue v, bool nested);
} Style;

/** A list or object being written; `next` is the item to write next. */
typedef struct Level {
    TtValue container;
    uint32_t next;
} Level;

static void open_level(TtStrbuf *out, const Style *style, TtValue v) {
    tt_strbuf_add_text(out, v.tag == TT_TAG_LIST ? style->list_open : style->object_open);
}

/** Depth is bounded by TT_MAX_NESTING and kept off the C stack, which is small in threads of a browser. */
static bool print_container(TtStrbuf *out, const Style *style, TtValue v) {
    TT_VEC(Level) levels = {0};
    tt_vec_push(&levels, ((Level){v, 0}));
    open_level(out, style, v);
    bool complete = true;
    while (levels.count) {
        Level *level = &tt_vec_last(&levels);
        TtValue container = level->container;
        bool is_list = container.tag == TT_TAG_LIST;
        if (level->next == container.len) {
            tt_strbuf_add_text(out, is_list ? style->list_close : style->object_close);
            levels.count--;
            continue;
        }
        if (tt_strbuf_is_full(out)) {
            tt_strbuf_add_text(out, "…");
            complete = false;
            break;
        }
        uint32_t i = level->next++;
        if (i) tt_strbuf_add_text(out, ", ");
        if (!is_list) {
            style->key(out, tt_map_entries(container)[i].key);
            tt_strbuf_add_text(out, ": ");
        }
        TtValue item = is_list ? tt_list_items(container)[i] : tt_map_entries(container)[i].value;
        if (item.tag != TT_TAG_LIST && item.tag != TT_TAG_OBJECT) {
            style->leaf(out, item, true);
        } else if (levels.count == TT_MAX_NESTING) {
            tt_strbuf_add_text(out, "…");
        } else {
            open_level(out, style, item);
            tt_vec_push(&levels, ((Level){item, 0}));
        }
    }
    tt_vec_free(&levels);
    return complete;
}

static bool print_styled(TtStrbuf *out, const Style *style, TtValue v) {
    if (v.tag == TT_TAG_LIST || v.tag == TT_TAG_OBJECT) return print_container(out, style, v);
    style->leaf(out, v, false);
    return v.tag != TT_TAG_BYTES || !tt_strbuf_is_full(out);
}

/* ---- as PRINT shows it -------------------------------------------------------------------------- */

static void print_text(TtStrbuf *out, TtValue v) {
    tt_strbuf_add(out, tt_bytes_data(v), v.len);
}

static void print_function(TtStrbuf *out, TtValue v) {
    const TtFunction *f = tt_callee(v);
    tt_strbuf_add_format(out, "%s@%" PRIu32 " (", v.tag == TT_TAG_CLOSURE ? "closure" : "function",
                         f->address);
    for (uint32_t i = 0; i < f->parameter_count; i++) {
        tt_strbuf_add_format(out, "%s%s", i ? ", " : "", f->parameters[i]);
    }
    tt_strbuf_add_char(out, ')');
    if (v.tag == TT_TAG_CLOSURE) tt_strbuf_add_format(out, " [captured: %" PRIu32 "]", v.as.object->used);
}

/** Inside a list or object an exception is its first line. */
static void print_exception(TtStrbuf *out, TtValue v, bool nested) {
    const TtException *e = tt_exception(v);
    tt_strbuf_add_text(out, "Exception: ");
    print_text(out, e->message);
    if (nested || !e->stack.len) return;
    tt_strbuf_add_text(out, "\nStack trace:");
    for (uint32_t i = 0; i < e->stack.len; i++) {
        tt_strbuf_add_text(out, "\n  at ");
        print_text(out, tt_list_items(e->stack)[i]);
    }
}

static void print_leaf(TtStrbuf *out, TtValue v, bool nested) {
    switch ((TtTag)v.tag) {
    case TT_TAG_NULL: tt_strbuf_add_text(out, "null"); break;
    case TT_TAG_BOOL: tt_strbuf_add_text(out, v.as.i ? "true" : "false"); break;
    case TT_TAG_INT: tt_print_int(out, v.as.i); break;
    case TT_TAG_FLOAT: tt_print_float(out, v.as.f); break;
    case TT_TAG_STR: print_text(out, v); break;
    case TT_TAG_BYTES: tt_strbuf_add_format(out, "Bytes(%" PRIu32 ")", v.len); break;
    case TT_TAG_FUNCTION:
    case TT_TAG_CLOSURE: print_function(out, v); break;
    case TT_TAG_EXCEPTION: print_exception(out, v, nested); break;
    case TT_TAG_REF: tt_strbuf_add_format(out, "ref:%" PRId64, v.as.i); break;
    default: tt_strbuf_add_format(out, "%s(%" PRId64 ")", tt_type_name(v), v.as.i); break;
    }
}

static const Style PLAIN = {"[", "]", "{", "}", print_text, print_leaf};

bool tt_print_value(TtStrbuf *out, TtValue v) {
    return print_styled(out, &PLAIN, v);
}

bool tt_print_concat(TtStrbuf *out, TtValue v) {
    return print_styled(out, &PLAIN, v.tag == TT_TAG_EXCEPTION ? tt_exception(v)->message : v);
}

/* ---- as traces show it -------------------------------------------------------------------------- */

void tt_print_quoted(TtStrbuf *out, const char *bytes, size_t length) {
    tt_strbuf_add_char(out, '"');
    for (size_t i = 0; i < length;) {
        unsigned size;
        uint32_t c = tt_utf8_decode(bytes + i, &size);
        switch (c) {
        case '\n': tt_strbuf_add_text(out, "\\n"); break;
        case '\t': tt_strbuf_add_text(out, "\\t"); break;
        case '\r': tt_strbuf_add_text(out, "\\r"); break;
        case '\\': tt_strbuf_add_text(out, "\\\\"); break;
        case '"': tt_strbuf_add_text(out, "\\\""); break;
        case 0: tt_strbuf_add_text(out, "\\0"); break;
        default:
            if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
                tt_strbuf_add_format(out, "\\x%02" PRIX32, c);
            } else if (c == 0x2028 || c == 0x2029) {
                tt_strbuf_add_format(out, "\\u{%" PRIX32 "}", c);
            } else {
                tt_strbuf_add(out, bytes + i, size);
            }
        }
        i += size;
    }
    tt_strbuf_add_char(out, '"');
}

static void print_quoted_text(TtStrbuf *out, TtValue v) {
    tt_print_quoted(out, tt_bytes_data(v), v.len);
}

static void debug_function(TtStrbuf *out, TtValue v) {
    const TtFunction *f = tt_callee(v);
    tt_strbuf_add_format(out, "%s { addr: %" PRIu32 ", params: [", tt_type_name(v), f->address);
    for (uint32_t i = 0; i < f->parameter_count; i++) {
        tt_strbuf_add_format(out, "%s\"%s\"", i ? ", " : "", f->parameters[i]);
    }
    tt_strbuf_add_char(out, ']');
    if (v.tag == TT_TAG_CLOSURE) tt_strbuf_add_format(out, ", captured: %" PRIu32, v.as.object->used);
    tt_strbuf_add_text(out, " }");
}

static void debug_leaf(TtStrbuf *out, TtValue v, bool nested) {
    (void)nested;
    switch ((TtTag)v.tag) {
    case TT_TAG_NULL: tt_strbuf_add_text(out, "Null"); return;
    case TT_TAG_FUNCTION:
    case TT_TAG_CLOSURE: debug_function(out, v); return;
    case TT_TAG_BYTES:
        tt_strbuf_add_text(out, "Bytes([");
        for (uint32_t i = 0; i < v.len && !tt_strbuf_is_full(out); i++) {
            tt_strbuf_add_format(out, "%s%u", i ? ", " : "", (unsigned)(unsigned char)tt_bytes_data(v)[i]);
        }
        tt_strbuf_add_text(out, "])");
        return;
    case TT_TAG_EXCEPTION:
        tt_strbuf_add_text(out, "Exception { kind: ");
        print_quoted_text(out, tt_exception(v)->kind);
        tt_strbuf_add_text(out, ", message: ");
        print_quoted_text(out, tt_exception(v)->message);
        tt_strbuf_add_text(out, " }");
        return;
    default: break;
    }
    tt_strbuf_add_format(out, "%s(", tt_type_name(v));
    switch ((TtTag)v.tag) {
    case TT_TAG_BOOL:
    case TT_TAG_FLOAT: print_leaf(out, v, true); break;
    case TT_TAG_STR: print_quoted_text(out, v); break;
    default: tt_strbuf_add_format(out, "%" PRId64, v.as.i); break;
    }
    tt_strbuf_add_char(out, ')');
}

static const Style DEBUG_FORM = {"List([", "])", "Object({", "})", print_quoted_text, debug_leaf};

bool tt_print_debug(TtStrbuf *out, TtValue v) {
    return print_styled(out, &DEBUG_FORM, v);
}
