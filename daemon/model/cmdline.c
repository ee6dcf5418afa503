/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/cmdline.h"

typedef struct Parameter {
        const char *name;
        size_t name_length;
        const char *value; /* NULL: none */
        size_t value_length;
} Parameter;

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\n';
}

static void strip_quotes(const char **text, size_t *length)
{
        if (*length > 0 && **text == '"') {
                (*text)++;
                (*length)--;
        }
        if (*length > 0 && (*text)[*length - 1] == '"')
                (*length)--;
}

/* Removes the next parameter from *cmdline; false at the end and at "--". */
static bool next_parameter(const char **cmdline, Parameter *ret)
{
        const char *p = *cmdline, *start, *equals = NULL;
        bool quoted = false;

        while (is_blank(*p))
                p++;
        for (start = p; *p && (quoted || !is_blank(*p)); p++) {
                if (*p == '"')
                        quoted = !quoted;
                else if (*p == '=' && !equals)
                        equals = p;
        }
        if (p == start || (p - start == 2 && memcmp(start, "--", 2) == 0))
                return false;
        *ret = (Parameter) { .name = start, .name_length = (size_t)((equals ? equals : p) - start) };
        if (equals) {
                ret->value = equals + 1;
                ret->value_length = (size_t)(p - equals - 1);
                strip_quotes(&ret->value, &ret->value_length);
        }
        *cmdline = p;
        return true;
}

static bool is_named(const Parameter *parameter, const char *name)
{
        for (size_t i = 0; i < parameter->name_length; i++, name++) {
                char c = parameter->name[i];

                if ((c == '-' ? '_' : c) != *name)
                        return false;
        }
        return *name == '\0';
}

bool cmdline_has(const char *cmdline, const char *name, const char *value)
{
        Parameter parameter;

        while (cmdline && next_parameter(&cmdline, &parameter)) {
                if (!is_named(&parameter, name))
                        continue;
                if (!value || (parameter.value && strlen(value) == parameter.value_length &&
                               memcmp(parameter.value, value, parameter.value_length) == 0))
                        return true;
        }
        return false;
}

bool cmdline_has_word(const char *cmdline, const char *word)
{
        char name[64];
        size_t length = strcspn(word, "=");

        if (word[length] != '=' || length >= sizeof(name))
                return false;
        memcpy(name, word, length);
        name[length] = '\0';
        return cmdline_has(cmdline, name, word + length + 1);
}

bool cmdline_get(const char *cmdline, const char *name, char *buffer, size_t size)
{
        Parameter parameter;
        bool found = false;

        while (cmdline && next_parameter(&cmdline, &parameter)) {
                if (!is_named(&parameter, name) || !parameter.value || parameter.value_length >= size)
                        continue;
                memcpy(buffer, parameter.value, parameter.value_length);
                buffer[parameter.value_length] = '\0';
                found = true;
        }
        return found;
}
