// SPDX-License-Identifier: MIT
/** Hosts of URLs: domains, IPv4 and IPv6 addresses. */
#include "base/utf8.h"
#include "exec/text_case.h"
#include "exec/url.h"

#include <stdint.h>
#include <string.h>

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_forbidden(char c, bool domain) {
    unsigned char u = (unsigned char)c;
    if (u == 0 || u == '\t' || u == '\n' || u == '\r' || strchr(" #/:<>?@[\\]^|", c)) return true;
    return domain && (u < 0x20 || u == '%' || u == 0x7F);
}

static void percent_decode(TtStrbuf *out, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        bool encoded =
            text[i] == '%' && length - i >= 3 && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
        tt_strbuf_add_char(out,
                           encoded ? (char)(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i]);
        if (encoded) i += 2;
    }
}

/* ---- domains: Punycode (RFC 3492) --------------------------------------------------------------- */

static uint32_t adapt(uint32_t delta, uint32_t points, bool first) {
    uint32_t k = 0;
    delta = first ? delta / 700 : delta / 2;
    delta += delta / points;
    for (; delta > 455; k += 36) delta /= 35;
    return k + 36 * delta / (delta + 38);
}

static void add_number(TtStrbuf *out, uint32_t q, uint32_t bias) {
    for (uint32_t k = 36;; k += 36) {
        uint32_t t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
        uint32_t digit = q < t ? q : t + (q - t) % (36 - t);
        tt_strbuf_add_char(out, (char)(digit < 26 ? 'a' + digit : '0' + digit - 26));
        if (q < t) return;
        q = (q - t) / (36 - t);
    }
}

/** Code points of a label; more than fit in a domain name are refused before. */
#define MAX_LABEL 255

static bool add_punycode(TtStrbuf *out, const char *label, size_t length) {
    uint32_t points[MAX_LABEL], count = 0, basic = 0;
    for (size_t i = 0; i < length;) {
        unsigned size;
        if (count == MAX_LABEL) return false;
        points[count++] = tt_utf8_decode(label + i, &size);
        i += size;
    }
    tt_strbuf_add_text(out, "xn--");
    for (uint32_t i = 0; i < count; i++)
        if (points[i] < 0x80) {
            tt_strbuf_add_char(out, (char)points[i]);
            basic++;
        }
    if (basic) tt_strbuf_add_char(out, '-');
    uint32_t n = 0x80, delta = 0, bias = 72, done = basic;
    while (done < count) {
        uint32_t next = UINT32_MAX;
        for (uint32_t i = 0; i < count; i++)
            if (points[i] >= n && points[i] < next) next = points[i];
        delta += (next - n) * (done + 1); /* at most 0x110000 * 256: fits */
        n = next;
        for (uint32_t i = 0; i < count; i++) {
            if (points[i] < n) delta++;
            if (points[i] != n) continue;
            add_number(out, delta, bias);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
        delta++;
        n++;
    }
    return true;
}

/** Small letters, one code point at a time: the mapping of domain names knows no context. */
static void map_domain(TtStrbuf *out, const char *text, size_t length) {
    for (size_t i = 0; i < length;) {
        unsigned size;
        uint32_t c = tt_utf8_decode(text + i, &size);
        char lower[16];
        bool full_stop = c == 0x3002 || c == 0xFF0E || c == 0xFF61;
        if (full_stop)
            tt_strbuf_add_char(out, '.');
        else if (c != 0xAD && c != 0x200B && c != 0x2060)
            tt_strbuf_add(out, lower, tt_text_lower(text + i, size, lower));
        i += size;
    }
}

static bool add_domain(TtStrbuf *out, const char *text, size_t length) {
    for (const char *end = text + length;; text++) {
        const char *dot = memchr(text, '.', (size_t)(end - text)), *stop = dot ? dot : end;
        bool ascii = true;
        for (const char *at = text; at < stop; at++) ascii = ascii && (unsigned char)*at < 0x80;
        if (ascii)
            tt_strbuf_add(out, text, (size_t)(stop - text));
        else if (!add_punycode(out, text, (size_t)(stop - text)))
            return false;
        if (!dot) return true;
        tt_strbuf_add_char(out, '.');
        text = dot;
    }
}

/* ---- IPv4 --------------------------------------------------------------------------------------- */

/** Decimal, 0x hexadecimal or 0 octal; capped far above 2^32. -1 when it is no number. */
static int64_t read_number(const char *text, size_t length) {
    int64_t value = 0;
    int base = 10;
    if (length == 0) return -1;
    if (length >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
        base = 16;
        text += 2;
        length -= 2;
    } else if (length >= 2 && text[0] == '0') {
        base = 8;
        text++;
        length--;
    }
    for (size_t i = 0; i < length; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0 || digit >= base) return -1;
        if (value < (INT64_C(1) << 40)) value = value * base + digit;
    }
    return value;
}

/** Whether the last label is a number, so that the whole must be an address. */
static bool ends_in_number(const char *text, size_t length) {
    if (length > 0 && text[length - 1] == '.') length--;
    size_t from = length;
    while (from > 0 && text[from - 1] != '.') from--;
    if (from == length) return false;
    bool digits = true;
    for (size_t i = from; i < length; i++) digits = digits && text[i] >= '0' && text[i] <= '9';
    bool hexadecimal = length - from >= 2 && text[from] == '0' && (text[from + 1] | 0x20) == 'x';
    return digits || (hexadecimal && read_number(text + from, length - from) >= 0);
}

static bool add_ipv4(TtStrbuf *out, const char *text, size_t length) {
    int64_t parts[4], value = 0;
    int count = 0;
    if (length > 0 && text[length - 1] == '.') length--;
    for (size_t from = 0; from <= length;) {
        size_t to = from;
        while (to < length && text[to] != '.') to++;
        if (count == 4) return false;
        parts[count] = read_number(text + from, to - from);
        if (parts[count++] < 0) return false;
        from = to + 1;
    }
    for (int i = 0; i + 1 < count; i++) {
        if (parts[i] > 255) return false;
        value += parts[i] << (8 * (3 - i));
    }
    if (parts[count - 1] >= INT64_C(1) << (8 * (5 - count))) return false;
    value += parts[count - 1];
    tt_strbuf_add_format(out, "%d.%d.%d.%d", (int)(value >> 24), (int)(value >> 16 & 255),
                         (int)(value >> 8 & 255), (int)(value & 255));
    return true;
}

/* ---- IPv6 --------------------------------------------------------------------------------------- */

/** The dotted address at the end of one, as two pieces. */
static bool read_dotted(const char *at, const char *end, uint16_t *pieces) {
    for (int i = 0; i < 4; i++) {
        int value = 0, digits = 0;
        for (; at < end && *at >= '0' && *at <= '9'; at++, digits++) {
            if (digits > 0 && value == 0) return false;
            value = value * 10 + (*at - '0');
            if (value > 255) return false;
        }
        if (!digits || (i < 3 && (at == end || *at++ != '.'))) return false;
        pieces[i / 2] = (uint16_t)(pieces[i / 2] << 8 | value);
    }
    return at == end;
}

static bool read_ipv6(const char *at, const char *end, uint16_t pieces[8]) {
    int count = 0, gap = -1;
    memset(pieces, 0, 8 * sizeof *pieces);
    if (at < end && *at == ':') {
        if (end - at < 2 || at[1] != ':') return false;
        at += 2;
        gap = 0;
    }
    while (at < end) {
        if (count == 8) return false;
        if (*at == ':') {
            if (gap >= 0) return false;
            gap = count;
            at++;
            continue;
        }
        const char *from = at;
        int value = 0;
        for (; at < end && at - from < 4 && hex_digit(*at) >= 0; at++) value = value * 16 + hex_digit(*at);
        if (at < end && *at == '.') {
            if (at == from || count > 6 || !read_dotted(from, end, pieces + count)) return false;
            count += 2;
            break;
        }
        pieces[count++] = (uint16_t)value;
        if (at == from || at == end) {
            if (at == from) return false;
            break;
        }
        if (*at++ != ':' || at == end) return false;
    }
    if (gap < 0) return count == 8;
    if (count == 8) return false;
    for (int i = count - 1, to = 7; i >= gap; i--, to--) {
        uint16_t piece = pieces[i];
        pieces[i] = 0;
        pieces[to] = piece;
    }
    return true;
}

static void add_ipv6(TtStrbuf *out, const uint16_t pieces[8]) {
    int best = -1, longest = 1;
    for (int i = 0, run = 0; i < 8; i++) {
        run = pieces[i] ? 0 : run + 1;
        if (run > longest) {
            longest = run;
            best = i - run + 1;
        }
    }
    tt_strbuf_add_char(out, '[');
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            tt_strbuf_add_text(out, i ? ":" : "::");
            i += longest - 1;
            continue;
        }
        tt_strbuf_add_format(out, "%x", (unsigned)pieces[i]);
        if (i < 7) tt_strbuf_add_char(out, ':');
    }
    tt_strbuf_add_char(out, ']');
}

/* ---- all kinds ---------------------------------------------------------------------------------- */

static const char *add_special_host(TtStrbuf *out, const char *text, size_t length) {
    TtStrbuf decoded = {0}, mapped = {0}, ascii = {0};
    const char *wrong = NULL;
    percent_decode(&decoded, text, length);
    if (!tt_utf8_valid(tt_strbuf_text(&decoded), decoded.length)) {
        wrong = "a valid host";
    } else {
        map_domain(&mapped, tt_strbuf_text(&decoded), decoded.length);
        if (!mapped.length || !add_domain(&ascii, mapped.bytes, mapped.length)) wrong = "a valid host";
    }
    for (size_t i = 0; !wrong && i < ascii.length; i++)
        if (is_forbidden(ascii.bytes[i], true)) wrong = "a valid host";
    if (!wrong) {
        if (!ends_in_number(ascii.bytes, ascii.length))
            tt_strbuf_add(out, ascii.bytes, ascii.length);
        else if (!add_ipv4(out, ascii.bytes, ascii.length))
            wrong = "a valid IPv4 address";
    }
    tt_strbuf_free(&decoded);
    tt_strbuf_free(&mapped);
    tt_strbuf_free(&ascii);
    return wrong;
}

const char *tt_url_parse_host(TtStrbuf *out, const char *text, size_t length, bool special) {
    if (length > 0 && text[0] == '[') {
        uint16_t pieces[8];
        if (text[length - 1] != ']' || !read_ipv6(text + 1, text + length - 1, pieces))
            return "a valid IPv6 address";
        add_ipv6(out, pieces);
        return NULL;
    }
    if (special) return add_special_host(out, text, length);
    for (size_t i = 0; i < length; i++)
        if (is_forbidden(text[i], false)) return "a valid host";
    tt_url_encode(out, text, length, "");
    return NULL;
}
