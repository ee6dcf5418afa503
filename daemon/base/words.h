/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lists of words as sysfs has them: separated by blanks, tabs or newlines, of which there may be several.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The next word of *text, which is not copied, and its length; NULL: there is none. *text is then what follows it. */
const char *words_next(const char **text, size_t *ret_length);

/* Whether `word` is one of the words of `text`. */
bool words_have(const char *text, const char *word);
