/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The kernel's command line as parse_args() reads it (kernel/params.c): blanks part it, double quotes hold blanks
 * together, '-' and '_' are one in a parameter's name, and what stands behind "--" is for init.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* `cmdline` may be NULL. True when NAME or NAME=VALUE stands there; `value` NULL: with any value or none.
 * Parameters may repeat, and every one is looked at: tsc=nowatchdog tsc=recalibrate sets both. */
bool cmdline_has(const char *cmdline, const char *name, const char *value);

/* The same of "NAME=VALUE". */
bool cmdline_has_word(const char *cmdline, const char *word);

/* The value of the last NAME=VALUE, without quotes, into buffer: true. Too long a value, like none at all: false,
 * *buffer untouched. */
bool cmdline_get(const char *cmdline, const char *name, char *buffer, size_t size);
