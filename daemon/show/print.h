/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints text for people, 80 columns wide unless a single word is longer. `text` may come from outside: these functions
 * escape it (text_escape_again()).
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "base/macro.h"

/* Stands in the place of a text for which there was no memory; all functions here print it for NULL. */
#define PRINT_NO_MEMORY "(out of memory)"

/* Prints `text` wrapped at column `indent`, the first line after `head`. A list of CPUs that is too long for a line is
 * broken after a comma. */
void print_wrapped(FILE *out, const char *head, unsigned indent, const char *text);
/* The same for a formatted text. */
void print_format(FILE *out, const char *head, unsigned indent, const char *format, ...) _printf_(4, 5);

/* The same if the current line already has text up to `column`. */
void print_words(FILE *out, unsigned column, unsigned indent, const char *text);

/* Prints `text` on one line, however long it is, after `head`. For commands, which must not be broken. */
void print_line(FILE *out, const char *head, const char *text);

/* Prints `text` and a newline. A longer text is cut and ends with "...", so that it takes `columns`. */
void print_cut(FILE *out, unsigned columns, const char *text);

/* Prints `text` with blanks after it, or cut like print_cut(), so that it takes exactly `columns`. */
void print_cell(FILE *out, unsigned columns, const char *text);

#define PRINT_TIME_SIZE 64
/* Writes "Sun 2026-11-22 14:03:11 UTC", in the local time zone, into `buffer` and returns it. */
const char *print_time(uint64_t realtime_usec, char buffer[static PRINT_TIME_SIZE]);
/* The same without weekday and zone: "2026-11-22 14:03:11". */
const char *print_stamp(uint64_t realtime_usec, char buffer[static PRINT_TIME_SIZE]);
/* Writes a duration as "2 h 5 min", with at most two units, into `buffer` and returns it. */
const char *print_span(uint64_t usec, char buffer[static PRINT_TIME_SIZE]);
