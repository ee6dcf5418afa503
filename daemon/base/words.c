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
