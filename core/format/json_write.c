// SPDX-License-Identifier: MIT
/** Value → text. */
#include "format/json.h"

#include "base/config.h"
#include "base/vec.h"
#include "value/print.h"

#include <math.h>

/** A list or object that is being written, and the part that comes next. */
typedef struct Level {
    TtValue container;
    uint32_t next;
} Level;

typedef struct Writer {
    TtStrbuf *out;
    TtError *error;
    const char *op;
    TT_VEC(Level) levels;
} Writer;

/** How a character below 0x80 is escaped: 0 not at all, 'u' by its number, else by this letter. */
static char escape_of(unsigned char c) {
    switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return c < 0x20 ? 'u' : 0;
    }
}

static void write_string(TtStrbuf *out, TtValue str) {
    const char *text = tt_bytes_data(str);
    size_t from = 0;
    tt_strbuf_add_char(out, '"');
    for (size_t i = 0; i < str.len; i++) {
        char escape = escape_of((unsigned char)text[i]);
        if (!escape) continue;
        tt_strbuf_add(out, text + from, i - from);
        from = i + 1;
        if (escape == 'u')
            tt_strbuf_add_format(out, "\\u%04x", (unsigned char)text[i]);
        else
            tt_strbuf_add(out, (char[2]){'\\', escape}, 2);
    }
    tt_strbuf_add(out, text + from, str.len - from);
    tt_strbuf_add_char(out, '"');
}

static TtResult refuse(Writer *w, const char *got) {
    return tt_error_set(w->error, TT_ERR_TYPE_MISMATCH, "%s expects a value that JSON has but got %s", w->op,
                        got);
}

static TtResult write_float(Writer *w, double f) {
    if (isnan(f)) return refuse(w, "NaN");
    if (isinf(f)) return refuse(w, f < 0 ? "-inf" : "inf");
    tt_print_float(w->out, f);
    /* Shortest digits of a Float this large need not be its exact value, which as an Int they would be. */
    if (fabs(f) >= 0x1p53 && fabs(f) < 0x1p63) tt_strbuf_add(w->out, ".0", 2);
    return TT_OK;
}

static TtResult open_level(Writer *w, TtValue container) {
    bool object = container.tag == TT_TAG_OBJECT;
    if (w->levels.count == TT_MAX_NESTING) {
        return tt_error_set(w->error, TT_ERR_BAD_ARGUMENT,
                            "%s expects at most %d levels of nesting but got a value with more", w->op,
                            TT_MAX_NESTING);
    }
    if (!container.len) {
        tt_strbuf_add(w->out, object ? "{}" : "[]", 2);
        return TT_OK;
    }
    tt_strbuf_add_char(w->out, object ? '{' : '[');
    tt_vec_push(&w->levels, ((Level){container, 0}));
    return TT_OK;
}

/** Writes a scalar, or the beginning of a list or object. */
static TtResult write_begin(Writer *w, TtValue v) {
    switch (v.tag) {
    case TT_TAG_NULL: tt_strbuf_add(w->out, "null", 4); return TT_OK;
    case TT_TAG_BOOL: tt_strbuf_add_text(w->out, v.as.i ? "true" : "false"); return TT_OK;
    case TT_TAG_INT: tt_print_int(w->out, v.as.i); return TT_OK;
    case TT_TAG_FLOAT: return write_float(w, v.as.f);
    case TT_TAG_STR: write_string(w->out, v); return TT_OK;
    case TT_TAG_LIST:
    case TT_TAG_OBJECT: return open_level(w, v);
    default: return refuse(w, tt_type_name(v));
    }
}

static TtResult write_value(Writer *w, TtValue value) {
    TT_TRY(write_begin(w, value));
    while (w->levels.count) {
        Level *level = &tt_vec_last(&w->levels);
        TtValue container = level->container;
        bool object = container.tag == TT_TAG_OBJECT;
        uint32_t at = level->next++;
        if (tt_strbuf_is_full(w->out)) return TT_ERR_HEAP_EXCEEDED;
        if (at == container.len) {
            tt_strbuf_add_char(w->out, object ? '}' : ']');
            w->levels.count--;
            continue;
        }
        if (at) tt_strbuf_add_char(w->out, ',');
        if (object) {
            write_string(w->out, tt_map_entries(container)[at].key);
            tt_strbuf_add_char(w->out, ':');
        }
        TT_TRY(write_begin(w, object ? tt_map_entries(container)[at].value : tt_list_items(container)[at]));
    }
    return tt_strbuf_is_full(w->out) ? TT_ERR_HEAP_EXCEEDED : TT_OK;
}

TtResult tt_json_write(TtStrbuf *out, const char *op, TtValue value, TtError *error) {
    Writer w = {out, error, op, {0}};
    TtResult result = write_value(&w, value);
    tt_vec_free(&w.levels);
    return result;
}
