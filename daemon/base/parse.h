/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Parses numbers, frequencies and time spans. The whole text has to be valid.
 */
#pragma once

#include <stdint.h>

/* A decimal number without sign, blanks or leading '+', within [min, max].
 * 0, -EINVAL (not a number), -ERANGE. *ret is untouched on failure. */
int parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret);
int parse_unsigned(const char *text, unsigned min, unsigned max, unsigned *ret);

/* A frequency as cpupower reads it (tools/power/cpupower/utils/cpufreq-set.c string_to_frequency): a decimal number
 * with an optional fraction and an optional unit Hz, kHz (the default), MHz, GHz, THz in any case or its beginning
 * ("2.4G"), no blank between. *ret_khz is the frequency in kHz, rounded as cpupower rounds it: half up.
 * 0, -EINVAL (not a frequency), -ERANGE (0 or more than 1 THz). */
int parse_frequency(const char *text, uint64_t *ret_khz);

/* A time span "20us", "1ms" (units us, ms, s; a bare number is refused) in microseconds.
 * 0, -EINVAL, -ERANGE (more than one hour). */
int parse_usec(const char *text, uint64_t *ret_usec);

/* The value of a hexadecimal digit, of either case; -1: it is none. */
int hex_digit(char c);
/* The byte that an escape "\xNN" at the beginning of the text means, as text_escape() and the kernel's log write it;
 * -1: there is none. */
int hex_escape(const char *text);

/* How many letters to insert, delete or change to turn one text into the other (Levenshtein distance), ignoring case.
 * 32 if one of them is longer than 31. */
unsigned text_distance(const char *a, const char *b);
