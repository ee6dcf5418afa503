/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The lines of `status`: a headline in the first columns, and a text beside it that is wrapped.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/macro.h"

#define STATUS_INDENT 10

#define STATUS_RED "\033[1;31m"
#define STATUS_YELLOW "\033[1;33m"
#define STATUS_GREEN "\033[1;32m"

/* A head, and the first line of its text: short, and the only thing that has a colour. */
void status_headline(FILE *out, bool use_color, const char *head, const char *color, const char *text);
/* Nothing for an empty text. */
void status_text(FILE *out, const char *head, const char *text);
/* The same for a text put together: 0 or -ENOMEM. */
int status_format(FILE *out, const char *head, const char *format, ...) _printf_(3, 4);
