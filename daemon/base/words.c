/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/words.h"

#include <string.h>

#define BLANKS " \t\n"

const char *words_next(const char **text, size_t *ret_length)
{
        const char *word = *text + strspn(*text, BLANKS);

        *ret_length = strcspn(word, BLANKS);
        *text = word + *ret_length;
        return *ret_length > 0 ? word : NULL;
}

bool words_have(const char *text, const char *word)
{
        const char *other;
        size_t length;

        while ((other = words_next(&text, &length)))
                if (strlen(word) == length && memcmp(other, word, length) == 0)
                        return true;
        return false;
}

const char *text_after(const char *text, const char *prefix)
{
        size_t length = strlen(prefix);

        return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

const char *text_next_line(const char *line)
{
        const char *newline = strchr(line, '\n');

        return newline ? newline + 1 : NULL;
}
