/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text for people, 80 columns where the words allow it.
 */
#pragma once

#include <stdio.h>

/* Words of `text`, the first line behind `head`, all at column `indent`. */
void print_wrapped(FILE *out, const char *head, unsigned indent, const char *text);
