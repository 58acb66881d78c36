// SPDX-License-Identifier: MIT
#include "exec/time_text.h"

#define DAY 86400

typedef struct Fields {
    int64_t seconds; /* since 1970 */
    int64_t year;
    int month, day; /* from 0, from 1 */
    int week_day;   /* from Sunday */
    int year_day;   /* from 0 */
    int hour, minute, second;
} Fields;

static const char *const day_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

static bool is_leap(int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int64_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month] + (month == 1 && is_leap(year));
}

/** Days from 1970-01-01 to the first of January. */
static int64_t year_start(int64_t year) {
    int64_t before = year - 1;
    return 365 * (year - 1970) + (floor_div(before, 4) - 492) - (floor_div(before, 100) - 19) +
           (floor_div(before, 400) - 4);
}

static Fields split(int64_t seconds) {
    Fields f = {.seconds = seconds};
    int64_t days = floor_div(seconds, DAY);
    int rest = (int)(seconds - days * DAY);
    f.hour = rest / 3600;
    f.minute = rest / 60 % 60;
    f.second = rest % 60;
    f.week_day = (int)(((days + 4) % 7 + 7) % 7);
    /* 146097 days are 400 years: at most one year off. */
    f.year = 1970 + floor_div(days * 400, 146097);
    while (year_start(f.year) > days) f.year--;
    while (year_start(f.year + 1) <= days) f.year++;
    f.year_day = (int)(days - year_start(f.year));
    int left = f.year_day;
    while (left >= month_days(f.year, f.month)) left -= month_days(f.year, f.month++);
    f.day = left + 1;
    return f;
}

/** The ISO 8601 week, which belongs to the year of its Thursday. */
static int iso_week(const Fields *f, int64_t *year) {
    int monday = (f->week_day + 6) % 7, thursday = f->year_day - monday + 3;
    *year = f->year;
    if (thursday < 0) {
        --*year;
        thursday += 365 + is_leap(*year);
    } else if (thursday >= 365 + is_leap(*year)) {
        thursday -= 365 + is_leap(*year);
        ++*year;
    }
    return thursday / 7 + 1;
}

static int64_t of_century(int64_t year) {
    return year - floor_div(year, 100) * 100;
}

static void add(TtStrbuf *out, int64_t number, int digits) {
    if (number < 0)
        tt_strbuf_add_format(out, "-%0*lld", digits, (long long)-number);
    else
        tt_strbuf_add_format(out, "%0*lld", digits, (long long)number);
}

static bool convert(TtStrbuf *out, const Fields *f, char conversion);

static bool convert_all(TtStrbuf *out, const Fields *f, const char *conversions) {
    for (const char *at = conversions; *at; at++)
        if (*at >= 'A')
            (void)convert(out, f, *at);
        else
            tt_strbuf_add_char(out, *at);
    return true;
}

static bool convert(TtStrbuf *out, const Fields *f, char conversion) {
    int hour12 = f->hour % 12 ? f->hour % 12 : 12;
    int64_t year;
    switch (conversion) {
    case 'a': tt_strbuf_add(out, day_names[f->week_day], 3); return true;
    case 'A': tt_strbuf_add_text(out, day_names[f->week_day]); return true;
    case 'b':
    case 'h': tt_strbuf_add(out, month_names[f->month], 3); return true;
    case 'B': tt_strbuf_add_text(out, month_names[f->month]); return true;
    case 'c': return convert_all(out, f, "a b e T Y");
    case 'C': add(out, floor_div(f->year, 100), 2); return true;
    case 'd': add(out, f->day, 2); return true;
    case 'D':
    case 'x': return convert_all(out, f, "m/d/y");
    case 'e': tt_strbuf_add_format(out, "%2d", f->day); return true;
    case 'F': return convert_all(out, f, "Y-m-d");
    case 'g':
        (void)iso_week(f, &year);
        add(out, of_century(year), 2);
        return true;
    case 'G':
        (void)iso_week(f, &year);
        add(out, year, 4);
        return true;
    case 'H': add(out, f->hour, 2); return true;
    case 'I': add(out, hour12, 2); return true;
    case 'j': add(out, f->year_day + 1, 3); return true;
    case 'k': tt_strbuf_add_format(out, "%2d", f->hour); return true;
    case 'l': tt_strbuf_add_format(out, "%2d", hour12); return true;
    case 'm': add(out, f->month + 1, 2); return true;
    case 'M': add(out, f->minute, 2); return true;
    case 'n': tt_strbuf_add_char(out, '\n'); return true;
    case 'p': tt_strbuf_add_text(out, f->hour < 12 ? "AM" : "PM"); return true;
    case 'P': tt_strbuf_add_text(out, f->hour < 12 ? "am" : "pm"); return true;
    case 'r': return convert_all(out, f, "I:M:S p");
    case 'R': return convert_all(out, f, "H:M");
    case 's': add(out, f->seconds, 1); return true;
    case 'S': add(out, f->second, 2); return true;
    case 't': tt_strbuf_add_char(out, '\t'); return true;
    case 'T':
    case 'X': return convert_all(out, f, "H:M:S");
    case 'u': add(out, f->week_day ? f->week_day : 7, 1); return true;
    case 'U': add(out, (f->year_day + 7 - f->week_day) / 7, 2); return true;
    case 'V': add(out, iso_week(f, &year), 2); return true;
    case 'w': add(out, f->week_day, 1); return true;
    case 'W': add(out, (f->year_day + 7 - (f->week_day + 6) % 7) / 7, 2); return true;
    case 'y': add(out, of_century(f->year), 2); return true;
    case 'Y': add(out, f->year, 4); return true;
    case 'z': tt_strbuf_add_text(out, "+0000"); return true;
    case 'Z': tt_strbuf_add_text(out, "UTC"); return true;
    case '%': tt_strbuf_add_char(out, '%'); return true;
    default: return false;
    }
}

bool tt_time_text(TtStrbuf *out, int64_t seconds, const char *format, size_t length, const char **wrong) {
    Fields fields = split(seconds);
    for (const char *at = format, *end = format + length; at < end; at++) {
        if (*at != '%') {
            tt_strbuf_add_char(out, *at);
            continue;
        }
        *wrong = at++;
        if (at < end && (*at == 'E' || *at == 'O'))
            at++; /* other forms of the language, which English has not */
        if (at == end || !convert(out, &fields, *at)) return false;
    }
    return true;
}
