/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/print.h"

#include <stdbool.h>
#include <string.h>

#define COLUMNS 80

/* Columns of UTF-8 text: every character counts as one, as those do that the daemon writes ("µs"). */
static unsigned width_of(const char *text, unsigned length)
{
        unsigned width = 0;

        for (unsigned i = 0; i < length; i++)
                width += ((unsigned char)text[i] & 0xc0) != 0x80;
        return width;
}

void print_wrapped(FILE *out, const char *head, unsigned indent, const char *text)
{
        unsigned column = fprintf(out, "%-*s", (int)indent, head);
        bool first = true;

        for (const char *word = text + strspn(text, " "); *word; word += strspn(word, " ")) {
                unsigned length = strcspn(word, " "), width = width_of(word, length);

                if (!first && column + 1 + width > COLUMNS)
                        column = fprintf(out, "\n%*s", (int)indent, "") - 1;
                else if (!first)
                        column += fprintf(out, " ");
                fprintf(out, "%.*s", (int)length, word);
                column += width;
                word += length;
                first = false;
        }
        fputc('\n', out);
}
