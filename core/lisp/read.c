// SPDX-License-Identifier: MIT
/** The reader. Lists are built on an explicit stack, so that no text can exhaust the C stack. */
#include "base/config.h"
#include "base/utf8.h"
#include "lisp/datum.h"
#include "value/print.h"

#include <inttypes.h>
#include <string.h>

/** A list or object that is being read. */
typedef struct Open {
    uint32_t begin;
    uint32_t first;     /* its first item in `items` */
    char closer;        /* ) or }; 0: a quotation, which ends after one datum */
    uint8_t dot;        /* 0: none; 1: a dot was read; 2: and its datum */
    bool skip;          /* #; : the datum is dropped */
    uint32_t quotation; /* symbol: quote … */
    const TtDatum *tail;
} Open;

typedef struct Reader {
    const TtLispText *text;
    TtLispArena *arena;
    TtNames *symbols;
    uint32_t at;
    TT_VEC(Open) open;
    TT_VEC(const TtDatum *) items;
    TtStrbuf string;
    TtLispForms *forms;
    bool too_deep, cut; /* cut: the text ends inside of a string or comment */
} Reader;

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/** Whether a character ends a word. */
static bool is_delimiter(char c) {
    return is_blank(c) || (c && strchr("()[]{}\";'`,", c));
}

static TtDatum *make(Reader *reader, TtLispKind kind, uint32_t begin, uint32_t end) {
    TtDatum *datum = tt_lisp_alloc(reader->arena, sizeof *datum);
    datum->kind = kind;
    datum->begin = begin;
    datum->end = end;
    return datum;
}

static const TtDatum **copy_items(Reader *reader, uint32_t first) {
    uint32_t count = reader->items.count - first;
    const TtDatum **items = tt_lisp_alloc(reader->arena, (count ? count : 1) * sizeof *items);
    if (count) memcpy(items, reader->items.items + first, count * sizeof *items);
    reader->items.count = first;
    return items;
}

static void add_datum(Reader *reader, const TtDatum *datum);

/** Ends the innermost open list, object or quotation at `end`. */
static void finish(Reader *reader, uint32_t end) {
    Open open = tt_vec_pop(&reader->open);
    if (open.skip) {
        reader->items.count = open.first;
        return;
    }
    TtDatum *datum = make(reader, open.closer == '}' ? TT_LISP_OBJECT : TT_LISP_LIST, open.begin, end);
    datum->count = reader->items.count - open.first;
    datum->as.items = copy_items(reader, open.first);
    datum->tail = open.tail;
    add_datum(reader, datum);
}

static void add_datum(Reader *reader, const TtDatum *datum) {
    if (!reader->open.count) {
        tt_vec_push(&reader->forms->items, datum);
        return;
    }
    Open *open = &tt_vec_last(&reader->open);
    if (open->dot == 1) {
        open->tail = datum;
        open->dot = 2;
        return;
    }
    if (open->dot == 2) {
        tt_lisp_report(reader->text, false, datum->begin, datum->end, NULL,
                       "One datum follows the dot of a list, not more");
        return;
    }
    tt_vec_push(&reader->items, datum);
    if (!open->closer) finish(reader, datum->end);
}

static void open_list(Reader *reader, uint32_t begin, char closer, bool skip, uint32_t quotation) {
    Open open = {
        .begin = begin, .first = reader->items.count, .closer = closer, .skip = skip, .quotation = quotation};
    if (reader->open.count >= TT_LISP_MAX_NESTING) {
        if (!reader->too_deep)
            tt_lisp_report(reader->text, false, begin, begin + 1, NULL,
                           "Nested too deeply: at most %d parentheses within each other",
                           TT_LISP_MAX_NESTING);
        reader->too_deep = true;
        return;
    }
    tt_vec_push(&reader->open, open);
    if (!closer && !skip) {
        TtDatum *head = make(reader, TT_LISP_SYMBOL, begin, reader->at);
        head->as.symbol = quotation;
        tt_vec_push(&reader->items, head);
    }
}

static void open_quotation(Reader *reader, const char *name, uint32_t length) {
    uint32_t begin = reader->at;
    reader->at += length;
    open_list(reader, begin, 0, false, tt_names_add(reader->symbols, name, strlen(name)));
}

/** `what` is missing in every list that is open behind `at`; quotations without a datum are errors. */
static void close_quotations(Reader *reader) {
    while (reader->open.count && !tt_vec_last(&reader->open).closer) {
        Open open = tt_vec_pop(&reader->open);
        reader->items.count = open.first;
        tt_lisp_report(reader->text, false, open.begin, open.begin + 1, NULL, "A datum must follow this %s",
                       open.skip ? "#;" : "quotation mark");
    }
}

static void check_object(Reader *reader, const Open *open, uint32_t end) {
    uint32_t count = reader->items.count - open->first;
    if (open->dot)
        tt_lisp_report(reader->text, false, open->begin, end, NULL, "A dot has no place in an object");
    for (uint32_t i = 0; i < count; i += 2) {
        const TtDatum *key = reader->items.items[open->first + i];
        if (key->kind != TT_LISP_SYMBOL && key->kind != TT_LISP_STR)
            tt_lisp_report(reader->text, false, key->begin, key->end, NULL,
                           "The key of an object is a name or a string");
    }
    if (count % 2 == 0) return;
    const TtDatum *last = reader->items.items[reader->items.count - 1];
    tt_lisp_report(reader->text, false, last->begin, last->end, NULL,
                   "An object is written {key value …}: this key has no value");
    reader->items.count--;
}

static void close_list(Reader *reader, char closer) {
    uint32_t at = reader->at++;
    close_quotations(reader);
    if (!reader->open.count) {
        if (!reader->too_deep)
            tt_lisp_report(reader->text, false, at, at + 1, NULL, "Surplus %c: nothing is open here", closer);
        return;
    }
    Open *open = &tt_vec_last(&reader->open);
    if (open->closer != closer) {
        uint32_t line, column;
        tt_lisp_text_place(reader->text, open->begin, &line, &column);
        tt_lisp_report(reader->text, false, at, at + 1, NULL,
                       "%c closes the %c of line %" PRIu32 ", which wants %c", closer,
                       open->closer == ')' ? '(' : '{', line, open->closer);
    } else if (open->dot == 1) {
        tt_lisp_report(reader->text, false, at, at + 1, NULL, "A datum must follow the dot");
    }
    if (open->closer == '}') check_object(reader, open, at + 1);
    finish(reader, at + 1);
}

/* ---- strings ----------------------------------------------------------------------------------------- */

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static void add_code_point(Reader *reader, uint32_t code_point, uint32_t begin) {
    char bytes[4];
    unsigned size = tt_utf8_encode(code_point, bytes);
    if (size)
        tt_strbuf_add(&reader->string, bytes, size);
    else
        tt_lisp_report(reader->text, false, begin, reader->at, NULL, "Not a Unicode character: U+%04" PRIX32,
                       code_point);
}

/** At most `most` hexadecimal digits at the reader; how many there were. */
static int read_hex(Reader *reader, int most, uint32_t *number) {
    int digits = 0;
    *number = 0;
    while (digits < most && reader->at < reader->text->length &&
           hex_value(reader->text->source[reader->at]) >= 0) {
        *number = *number * 16 + (uint32_t)hex_value(reader->text->source[reader->at++]);
        digits++;
    }
    return digits;
}

static void read_escape(Reader *reader) {
    const TtLispText *text = reader->text;
    uint32_t begin = reader->at++, number;
    char c = reader->at < text->length ? text->source[reader->at++] : '\0';
    switch (c) {
    case 'n': tt_strbuf_add_char(&reader->string, '\n'); return;
    case 't': tt_strbuf_add_char(&reader->string, '\t'); return;
    case 'r': tt_strbuf_add_char(&reader->string, '\r'); return;
    case '0': tt_strbuf_add_char(&reader->string, '\0'); return;
    case '\\':
    case '"': tt_strbuf_add_char(&reader->string, c); return;
    case 'x':
        if (read_hex(reader, 2, &number) == 2)
            add_code_point(reader, number, begin);
        else
            tt_lisp_report(text, false, begin, reader->at, NULL, "\\x takes two hexadecimal digits");
        return;
    case 'u':
        if (reader->at < text->length && text->source[reader->at] == '{') {
            reader->at++;
            int digits = read_hex(reader, 7, &number);
            if (digits && reader->at < text->length && text->source[reader->at] == '}') {
                reader->at++;
                add_code_point(reader, number, begin);
                return;
            }
        }
        tt_lisp_report(text, false, begin, reader->at, NULL,
                       "\\u takes 1 to 6 hexadecimal digits in braces, as in \\u{1F600}");
        return;
    default:
        /* The rest of a longer character belongs to the string as it is. */
        if (reader->at > text->length) return;
        tt_lisp_report(text, false, begin, reader->at, NULL, "Unknown escape in a string");
        return;
    }
}

static void read_string(Reader *reader) {
    const TtLispText *text = reader->text;
    uint32_t begin = reader->at++;
    tt_strbuf_clear(&reader->string);
    while (reader->at < text->length && text->source[reader->at] != '"') {
        uint32_t run = reader->at;
        while (reader->at < text->length && text->source[reader->at] != '"' &&
               text->source[reader->at] != '\\')
            reader->at++;
        tt_strbuf_add(&reader->string, text->source + run, reader->at - run);
        if (reader->at < text->length && text->source[reader->at] == '\\') read_escape(reader);
    }
    if (reader->at >= text->length) {
        reader->at = text->length;
        reader->cut = true;
        tt_lisp_report(text, false, begin, begin + 1, NULL, "Unterminated string: no closing \"");
    } else {
        reader->at++;
    }
    TtDatum *datum = make(reader, TT_LISP_STR, begin, reader->at);
    char *bytes = tt_lisp_alloc(reader->arena, reader->string.length + 1);
    if (reader->string.length) memcpy(bytes, reader->string.bytes, reader->string.length);
    datum->as.text = bytes;
    datum->count = (uint32_t)reader->string.length;
    add_datum(reader, datum);
}

/* ---- words -------------------------------------------------------------------------------------------- */

static bool is_number_start(const char *word, size_t length) {
    if (word[0] >= '0' && word[0] <= '9') return true;
    return length > 1 && (word[0] == '-' || word[0] == '+' || word[0] == '.') &&
           ((word[1] >= '0' && word[1] <= '9') ||
            (word[1] == '.' && length > 2 && word[2] >= '0' && word[2] <= '9'));
}

static void read_number(Reader *reader, const char *word, uint32_t length, uint32_t begin) {
    int64_t integer;
    double number;
    TtDatum *datum = make(reader, TT_LISP_INT, begin, begin + length);
    if (tt_parse_int(word, length, &integer)) {
        datum->as.i = integer;
    } else if (strspn(word + (word[0] == '-' || word[0] == '+'), "0123456789") >=
               (size_t)length - (word[0] == '-' || word[0] == '+')) {
        tt_lisp_report(reader->text, false, begin, begin + length, NULL,
                       "Integer out of range: an integer is between %" PRId64 " and %" PRId64, INT64_MIN,
                       INT64_MAX);
    } else if (tt_parse_float(word, length, &number)) {
        datum->kind = TT_LISP_FLOAT;
        datum->as.f = number;
    } else {
        tt_lisp_report(reader->text, false, begin, begin + length, NULL, "Not a number: %.*s",
                       length > 40 ? 40 : (int)length, word);
    }
    add_datum(reader, datum);
}

static void read_hash(Reader *reader, const char *word, uint32_t length, uint32_t begin) {
    TtDatum *datum = make(reader, TT_LISP_BOOL, begin, begin + length);
    if ((length == 2 && word[1] == 't') || (length == 5 && memcmp(word, "#true", 5) == 0))
        datum->as.b = true;
    else if (!(length == 2 && word[1] == 'f') && !(length == 6 && memcmp(word, "#false", 6) == 0))
        tt_lisp_report(reader->text, false, begin, begin + length, NULL,
                       "Unknown #: there are #t, #f, #| comments |# and #; before a datum to skip");
    add_datum(reader, datum);
}

static void read_symbol(Reader *reader, const char *word, uint32_t length, uint32_t begin) {
    TtDatum *datum = make(reader, TT_LISP_SYMBOL, begin, begin + length);
    if ((length == 4 && memcmp(word, "true", 4) == 0) || (length == 5 && memcmp(word, "false", 5) == 0)) {
        datum->kind = TT_LISP_BOOL;
        datum->as.b = length == 4;
    } else if (length == 4 && memcmp(word, "null", 4) == 0) {
        datum->kind = TT_LISP_NULL;
    } else {
        for (uint32_t i = 0; i < length; i++)
            if ((unsigned char)word[i] < 0x20 || word[i] == 0x7F) {
                tt_lisp_report(reader->text, false, begin + i, begin + i + 1, NULL,
                               "Character U+%04X in a name", (unsigned)(unsigned char)word[i]);
                return;
            }
        datum->as.symbol = tt_names_add(reader->symbols, word, length);
    }
    add_datum(reader, datum);
}

static void read_word(Reader *reader) {
    uint32_t begin = reader->at;
    const char *word = reader->text->source + begin;
    while (reader->at < reader->text->length && !is_delimiter(reader->text->source[reader->at])) reader->at++;
    uint32_t length = reader->at - begin;
    if (length == 1 && word[0] == '.') {
        Open *open = reader->open.count ? &tt_vec_last(&reader->open) : NULL;
        if (!open || !open->closer || open->dot || reader->items.count == open->first)
            tt_lisp_report(reader->text, false, begin, begin + 1, NULL,
                           "A dot stands before the last datum of a list, as in (first . rest)");
        else
            open->dot = 1;
    } else if (word[0] == '#') {
        read_hash(reader, word, length, begin);
    } else if (is_number_start(word, length)) {
        read_number(reader, word, length, begin);
    } else {
        read_symbol(reader, word, length, begin);
    }
}

/* ---- the whole --------------------------------------------------------------------------------------------
 */

/** `#| … |#`, which nest. */
static void skip_block_comment(Reader *reader) {
    const TtLispText *text = reader->text;
    uint32_t begin = reader->at, depth = 0;
    while (reader->at + 1 < text->length) {
        char c = text->source[reader->at], next = text->source[reader->at + 1];
        if (c == '#' && next == '|') {
            depth++;
            reader->at += 2;
        } else if (c == '|' && next == '#') {
            reader->at += 2;
            if (--depth == 0) return;
        } else {
            reader->at++;
        }
    }
    reader->at = text->length;
    reader->cut = true;
    tt_lisp_report(text, false, begin, begin + 2, NULL, "Unterminated comment: no closing |#");
}

static void read_next(Reader *reader) {
    const char *source = reader->text->source;
    char c = source[reader->at], next = reader->at + 1 < reader->text->length ? source[reader->at + 1] : '\0';
    switch (c) {
    case ';':
        while (reader->at < reader->text->length && source[reader->at] != '\n') reader->at++;
        return;
    case '(':
    case '{':
        reader->at++;
        open_list(reader, reader->at - 1, c == '(' ? ')' : '}', false, 0);
        return;
    case ')':
    case '}': close_list(reader, c); return;
    case '[':
    case ']':
        tt_lisp_report(reader->text, false, reader->at, reader->at + 1, c == '[' ? "(list …)" : NULL,
                       "%c has no meaning here: lists are written (list a b)", c);
        reader->at++;
        return;
    case '"': read_string(reader); return;
    case '\'': open_quotation(reader, "quote", 1); return;
    case '`': open_quotation(reader, "quasiquote", 1); return;
    case ',':
        if (next == '@')
            open_quotation(reader, "unquote-splicing", 2);
        else
            open_quotation(reader, "unquote", 1);
        return;
    case '#':
        if (next == '|') {
            skip_block_comment(reader);
            return;
        }
        if (next == ';') {
            reader->at += 2;
            open_list(reader, reader->at - 2, 0, true, 0);
            return;
        }
        break;
    default: break;
    }
    read_word(reader);
}

/** Reports the first byte of each line that is not UTF-8; false when there was one. */
static bool check_utf8(const TtLispText *text) {
    if (tt_utf8_valid(text->source, text->length)) return true;
    for (uint32_t line = 0; line < text->lines.count; line++) {
        uint32_t begin = text->lines.items[line];
        uint32_t end = line + 1 < text->lines.count ? text->lines.items[line + 1] : text->length;
        if (tt_utf8_valid(text->source + begin, end - begin)) continue;
        uint32_t at = begin;
        for (;;) {
            unsigned size = 1;
            while (size <= 4 && size <= end - at && !tt_utf8_valid(text->source + at, size)) size++;
            if (size > 4 || size > end - at) break;
            at += size;
        }
        uint32_t column = (uint32_t)tt_utf8_count(text->source + begin, at - begin) + 1;
        tt_diag_add(text->diags, false, line + 1, column, column + 1, NULL, "Not UTF-8 text: byte 0x%02X",
                    (unsigned)(unsigned char)text->source[at]);
    }
    return false;
}

void tt_lisp_read(const TtLispText *text, TtLispArena *arena, TtNames *symbols, TtLispForms *forms) {
    if (!check_utf8(text)) return;
    Reader reader = {.text = text, .arena = arena, .symbols = symbols, .forms = forms};
    while (reader.at < text->length && !text->diags->truncated && !reader.too_deep) {
        if (is_blank(text->source[reader.at]))
            reader.at++;
        else
            read_next(&reader);
    }
    forms->incomplete = !reader.too_deep && (reader.cut || reader.open.count);
    if (!reader.too_deep && !reader.cut) {
        close_quotations(&reader);
        if (reader.open.count) {
            /* The innermost one is most likely not the one that lacks its end; the outermost is the form. */
            const Open *open = &reader.open.items[0];
            tt_lisp_report(text, false, open->begin, open->begin + 1, NULL,
                           "%" PRIu32 " closing %s missing for the form that begins here", reader.open.count,
                           reader.open.count == 1 ? "parenthesis is" : "parentheses are");
        }
    }
    tt_vec_free(&reader.open);
    tt_vec_free(&reader.items);
    tt_strbuf_free(&reader.string);
}
