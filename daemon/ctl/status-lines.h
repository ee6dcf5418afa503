/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The lines of `status`: a heading in the first columns and wrapped text beside it.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#define STATUS_INDENT 10

#define STATUS_RED "\033[1;31m"
#define STATUS_YELLOW "\033[1;33m"
#define STATUS_GREEN "\033[1;32m"

/* Prints a heading and the first line of its text, which may be coloured and has to be short. */
void status_headline(FILE *out, bool use_color, const char *head, const char *color, const char *text);
/* Prints `text`, wrapped. Prints nothing if it is empty. */
void status_text(FILE *out, const char *head, const char *text);
