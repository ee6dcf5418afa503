/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The kernel's command line as parse_args() reads it (kernel/params.c): blanks separate parameters, double quotes
 * protect blanks, '-' and '_' are the same in a parameter's name, and everything after "--" is for init.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* True if NAME or NAME=VALUE is there; `value` NULL: with any value or none. `cmdline` may be NULL. Parameters may
 * repeat, and each one counts: tsc=nowatchdog tsc=recalibrate sets both. */
bool cmdline_has(const char *cmdline, const char *name, const char *value);

/* The same for a parameter given as "NAME=VALUE". */
bool cmdline_has_word(const char *cmdline, const char *word);

/* Copies the value of the last NAME=VALUE, without quotes, into buffer and returns true. False, with *buffer untouched,
 * if there is none or if it is too long. */
bool cmdline_get(const char *cmdline, const char *name, char *buffer, size_t size);
