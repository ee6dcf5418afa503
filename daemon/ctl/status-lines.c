/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/status-lines.h"

#include "show/print.h"

void status_headline(FILE *out, bool use_color, const char *head, const char *color, const char *text)
{
        fprintf(out, "%-*s%s%s%s\n", STATUS_INDENT, head, use_color ? color : "", text, use_color ? "\033[0m" : "");
}

void status_text(FILE *out, const char *head, const char *text)
{
        if (!text || text[0])
                print_wrapped(out, head, STATUS_INDENT, text);
}
