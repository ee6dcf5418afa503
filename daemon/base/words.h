/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Takes texts apart without copies. Words are separated as in sysfs, by blanks, tabs or newlines, of which there may be
 * several.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The next word of *text, which is not copied, and its length; NULL: there is none. *text is then what follows it. */
const char *words_next(const char **text, size_t *ret_length);

/* Whether `word` is one of the words of `text`. */
bool words_have(const char *text, const char *word);

/* What follows `prefix` at the beginning of `text`; NULL if `text` begins otherwise. */
const char *text_after(const char *text, const char *prefix);
/* The beginning of the line after the one at `line`; NULL: there is none. */
const char *text_next_line(const char *line);
