/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/macro.h"
#include "model/cpupower-options.h"

/* WHITESPACE in systemd's src/basic/string-util.h. */
#define BLANKS " \t\n\r"

void cpupower_words_done(CpupowerWords *words)
{
        for (unsigned i = 0; i < words->n; i++)
                free(words->words[i]);
        free(words->words);
        free(words->separators);
        *words = (CpupowerWords) {};
}

static int words_add(CpupowerWords *words, const char *text, size_t length, bool separator)
{
        char *word = strndup(text, length);

        if (!word)
                return -ENOMEM;
        words->separators[words->n] = separator;
        words->words[words->n++] = word;
        return 0;
}

/* Decodes the word at *text into `buffer` and moves *text behind it. -EINVAL: the word has an open quote or ends in a
 * backslash. */
static int take_word(const char **text, char *buffer, size_t *ret_length)
{
        const char *at = *text;
        char quote = 0, *end = buffer;

        for (; *at && (quote || !strchr(BLANKS ";", *at)); at++)
                if (*at == '\\') {
                        if (!*++at)
                                return -EINVAL;
                        *end++ = *at;
                } else if (quote ? *at == quote : *at == '\'' || *at == '"')
                        quote = quote ? 0 : *at;
                else
                        *end++ = *at;
        if (quote)
                return -EINVAL;
        *text = at;
        *ret_length = end - buffer;
        return 0;
}

int cpupower_words_split(const char *text, CpupowerWords *ret, CpupowerWhy reterr_why)
{
        _cleanup_cpupower_words_ CpupowerWords words = {};
        /* Each word takes at least one character and a blank, except `;`. */
        size_t size = strlen(text) + 1, length;
        _cleanup_free_ char *buffer = malloc(size);
        int r = 0;

        words.words = calloc(size, sizeof(char *));
        words.separators = calloc(size, sizeof(bool));
        if (!buffer || !words.words || !words.separators)
                return -ENOMEM;
        for (text += strspn(text, BLANKS); *text && r == 0; text += strspn(text, BLANKS))
                if (*text == ';')
                        r = words_add(&words, text++, 1, true);
                else {
                        r = take_word(&text, buffer, &length);
                        if (r == 0)
                                r = words_add(&words, buffer, length, false);
                }
        if (r == -EINVAL)
                snprintf(reterr_why, CPUPOWER_WHY_SIZE, "%s",
                         "ends inside a quote or after a backslash; close the quote or remove the backslash");
        if (r < 0)
                return r;
        *ret = TAKE_STRUCT(words);
        return 0;
}
