/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/parse.h"
#include "model/line-match.h"

/* The C library's classes depend on the locale and are undefined for bytes above 127. */
static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name(char c)
{
        return is_alpha(c) || is_digit(c) || c == '_' || c == '-';
}

static bool take_decimal(const char **text, int64_t *ret)
{
        const char *p = *text;
        bool negative = *p == '-';
        int64_t value = 0;

        if (negative)
                p++;
        if (!is_digit(*p))
                return false;
        for (; is_digit(*p); p++)
                if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *p - '0', &value))
                        value = INT64_MAX;
        *text = p;
        *ret = negative ? -value : value;
        return true;
}

/* Keeps the lowest 64 bits. */
static bool take_hex(const char **text, uint64_t *ret)
{
        const char *p = *text;
        uint64_t value = 0;

        for (int digit; (digit = hex_digit(*p)) >= 0; p++)
                value = value << 4 | (unsigned)digit;
        if (p == *text)
                return false;
        *text = p;
        *ret = value;
        return true;
}

static bool take_list(const char **text)
{
        size_t length = strspn(*text, "0123456789,-");

        *text += length;
        return length > 0;
}

/* Takes a name that ends in `suffix`, which is not kept. */
static bool take_name(const char **text, const char *suffix, char ret[static CLOCKSOURCE_NAME_SIZE])
{
        size_t suffix_length = strlen(suffix);
        const char *p = *text;
        size_t length;

        while (is_name(*p))
                p++;
        length = (size_t)(p - *text);
        if (length <= suffix_length || length - suffix_length >= CLOCKSOURCE_NAME_SIZE)
                return false;
        if (memcmp(p - suffix_length, suffix, suffix_length) != 0)
                return false;
        length -= suffix_length;
        memcpy(ret, *text, length);
        ret[length] = '\0';
        *text = p;
        return true;
}

static bool take_megahertz(const char **text, uint64_t *ret_hz)
{
        const char *p = *text;
        int64_t mhz, hz;

        if (!is_digit(*p) || !take_decimal(&p, &mhz) || mhz > 1000000)
                return false;
        hz = mhz * 1000000;
        if (*p == '.' && is_digit(p[1])) {
                p++;
                for (int64_t unit = 100000; is_digit(*p); p++, unit /= 10)
                        hz += unit * (*p - '0');
        }
        *text = p;
        *ret_hz = (uint64_t)hz;
        return true;
}

static bool take_kept_decimal(const char **text, int64_t *value, bool *has)
{
        if (!take_decimal(text, value))
                return false;
        *has = true;
        return true;
}

static bool take_directive(const char **text, char directive, KernelLine *line)
{
        char name[CLOCKSOURCE_NAME_SIZE];
        int64_t number;
        uint64_t value;

        switch (directive) {
        case 'd':
                return take_decimal(text, &number);
        case 'x':
                return take_hex(text, &value);
        case 'A':
                return take_hex(text, &line->counter_now);
        case 'B':
                return take_hex(text, &line->counter_last);
        case 'M':
                line->has_counter = take_hex(text, &line->counter_mask);
                return line->has_counter;
        case 'l':
                return take_list(text);
        case 'n':
                return take_name(text, "", name);
        case 'S':
                return take_name(text, "", line->clocksource);
        case 'W':
                return take_name(text, "", line->reference);
        case 'V':
                return take_name(text, "-wd", line->clocksource);
        case 'K':
                return take_kept_decimal(text, &line->skew_ns, &line->has_skew);
        case 'I':
                return take_kept_decimal(text, &line->interval_ns, &line->has_interval);
        case 'J':
                return take_kept_decimal(text, &line->cs_interval_ns, &line->has_cs_interval);
        case 'C':
                return take_decimal(text, &line->warp_cycles);
        case 'F':
                if (!take_megahertz(text, &value))
                        return false;
                line->khz = (unsigned)(value / 1000);
                return true;
        case 'H':
                return take_megahertz(text, &line->hpet_hz);
        case '_':
                *text += strspn(*text, " \t");
                return true;
        default:
                return false;
        }
}

/* Matches `format` up to its end or to the closing brace. *format and *text advance only on success. */
static bool match_part(const char **text, const char **format, KernelLine *line)
{
        const char *t = *text, *f = *format;

        for (; *f && *f != '}'; f++) {
                if (*f == '{') {
                        KernelLine saved = *line;
                        const char *inside = f + 1;

                        if (!match_part(&t, &inside, line)) {
                                *line = saved;
                                inside = strchr(f, '}');
                        }
                        f = inside;
                } else if (*f == '%') {
                        f++;
                        if (!take_directive(&t, *f, line))
                                return false;
                } else {
                        if (*t != *f)
                                return false;
                        t++;
                }
        }
        *text = t;
        *format = f;
        return true;
}

bool line_match(const char *text, const char *format, KernelLine *line, const char **ret_rest)
{
        KernelLine saved = *line;
        const char *rest = text;

        if (!match_part(&rest, &format, line) ||
            (rest > text && (is_alpha(rest[-1]) || is_digit(rest[-1])) && (is_alpha(*rest) || is_digit(*rest)))) {
                *line = saved;
                return false;
        }
        *ret_rest = rest;
        return true;
}
