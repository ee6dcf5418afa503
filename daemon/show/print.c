/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/print.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/macro.h"

#define COLUMNS 80

/* The columns that `length` bytes of UTF-8 take. Every character counts as one column, which is right for those that
 * tscwarden itself writes ("µs"). */
static unsigned width_of(const char *text, unsigned length)
{
        unsigned width = 0;

        for (unsigned i = 0; i < length; i++)
                width += ((unsigned char)text[i] & 0xc0) != 0x80;
        return width;
}

/* The length of the part of the word at `text` that is printed on one line. A word wider than `columns` is broken
 * after its last fitting comma, or not at all if it has none. */
static unsigned part_length(const char *text, unsigned columns)
{
        unsigned length = strcspn(text, " "), end = 0;

        if (width_of(text, length) <= columns)
                return length;
        for (unsigned i = 0; i < length && width_of(text, i + 1) <= columns; i++)
                if (text[i] == ',')
                        end = i + 1;
        return end > 0 ? end : length;
}

void print_wrapped(FILE *out, const char *head, unsigned indent, const char *text)
{
        print_words(out, fprintf(out, "%-*s", (int)indent, head), indent, text);
}

void print_format(FILE *out, const char *head, unsigned indent, const char *format, ...)
{
        _cleanup_free_ char *text = NULL;
        va_list ap;

        va_start(ap, format);
        text = text_format_valist(format, ap);
        va_end(ap);
        print_wrapped(out, head, indent, text);
}

void print_words(FILE *out, unsigned column, unsigned indent, const char *text)
{
        _cleanup_free_ char *safe = text ? text_escape_again(text) : NULL;
        bool first = true, blank = false;

        text = safe ? safe : PRINT_NO_MEMORY;
        for (const char *word = text + strspn(text, " "); *word; word += strspn(word, " ")) {
                unsigned length = part_length(word, COLUMNS - indent), width = width_of(word, length);

                if (!first && column + blank + width > COLUMNS)
                        column = fprintf(out, "\n%*s", (int)indent, "") - 1;
                else if (blank)
                        column += fprintf(out, " ");
                fprintf(out, "%.*s", (int)length, word);
                column += width;
                word += length;
                blank = *word == ' ';
                first = false;
        }
        fputc('\n', out);
}

void print_line(FILE *out, const char *head, const char *text)
{
        _cleanup_free_ char *safe = text ? text_escape_again(text) : NULL;

        fprintf(out, "%s%s\n", head, safe ? safe : PRINT_NO_MEMORY);
}

/* Prints as much of `text` as fits and returns how many columns that took. */
static unsigned print_beginning(FILE *out, unsigned columns, const char *text)
{
        _cleanup_free_ char *safe = text ? text_escape_again(text) : NULL;
        unsigned length;
        bool cut;

        text = safe ? safe : PRINT_NO_MEMORY;
        length = strlen(text);
        cut = width_of(text, length) > columns;
        while (cut && width_of(text, length) > columns - strlen("..."))
                length--;
        fprintf(out, "%.*s%s", (int)length, text, cut ? "..." : "");
        return cut ? columns : width_of(text, length);
}

void print_cut(FILE *out, unsigned columns, const char *text)
{
        (void)print_beginning(out, columns, text);
        fputc('\n', out);
}

void print_cell(FILE *out, unsigned columns, const char *text)
{
        unsigned width = print_beginning(out, columns, text);

        fprintf(out, "%*s", (int)(columns - width), "");
}

/* Without a calendar, for example for a time too far away, writes the seconds since 1970. */
static const char *format_time(uint64_t realtime_usec, bool with_zone, char buffer[static PRINT_TIME_SIZE])
{
        time_t seconds = realtime_usec / 1000000;
        size_t length = 0;
        struct tm tm;

        if (localtime_r(&seconds, &tm))
                length = with_zone ? strftime(buffer, PRINT_TIME_SIZE, "%a %Y-%m-%d %H:%M:%S %Z", &tm) :
                                     strftime(buffer, PRINT_TIME_SIZE, "%Y-%m-%d %H:%M:%S", &tm);
        if (length == 0)
                snprintf(buffer, PRINT_TIME_SIZE, "@%" PRIu64, realtime_usec / 1000000);
        return buffer;
}

const char *print_time(uint64_t realtime_usec, char buffer[static PRINT_TIME_SIZE])
{
        return format_time(realtime_usec, true, buffer);
}

const char *print_stamp(uint64_t realtime_usec, char buffer[static PRINT_TIME_SIZE])
{
        return format_time(realtime_usec, false, buffer);
}

const char *print_span(uint64_t usec, char buffer[static PRINT_TIME_SIZE])
{
        static const struct {
                const char *name;
                uint64_t seconds;
        } units[] = { { "d", 86400 }, { "h", 3600 }, { "min", 60 }, { "s", 1 } };
        uint64_t seconds = usec / 1000000, rest;
        unsigned i = 0;
        int length;

        while (i + 1 < ARRAY_SIZE(units) && seconds < units[i].seconds)
                i++;
        length = snprintf(buffer, PRINT_TIME_SIZE, "%" PRIu64 " %s", seconds / units[i].seconds, units[i].name);
        rest = seconds % units[i].seconds;
        if (i + 1 < ARRAY_SIZE(units) && rest >= units[i + 1].seconds)
                snprintf(buffer + length, PRINT_TIME_SIZE - length, " %" PRIu64 " %s", rest / units[i + 1].seconds,
                         units[i + 1].name);
        return buffer;
}
