/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text for people, 80 columns where the words allow it.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

/* Words of `text`, the first line behind `head`, all at column `indent`. A list of CPUs too long for a line is broken behind a
 * comma. */
void print_wrapped(FILE *out, const char *head, unsigned indent, const char *text);

/* The same where something stands in the line already, up to `column`. */
void print_words(FILE *out, unsigned column, unsigned indent, const char *text);

/* As much of `text` as fits in `columns`, with "..." when that is not all, and a newline. */
void print_cut(FILE *out, unsigned columns, const char *text);

/* `columns` of it: `text`, blanks behind it, or its beginning with "...". */
void print_cell(FILE *out, unsigned columns, const char *text);

#define PRINT_TIME_SIZE 64
/* "Sun 2026-11-22 14:03:11 UTC" in the local time zone, into `buffer`, which is returned. */
const char *print_time(uint64_t realtime_usec, char buffer[static PRINT_TIME_SIZE]);
/* The same without day and zone: "2026-11-22 14:03:11". */
const char *print_stamp(uint64_t realtime_usec, char buffer[static PRINT_TIME_SIZE]);
/* "2 h 5 min": the two largest units that are not 0. */
const char *print_span(uint64_t usec, char buffer[static PRINT_TIME_SIZE]);
