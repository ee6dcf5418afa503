/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/agent.h"

#include <stddef.h>
#include <string.h>

#include "base/macro.h"
#include "base/words.h"

/* host/processes.c cuts long command lines. In one of this length the list at the end may be incomplete. */
#define ARGUMENTS_CUT 1000

/* Finds the value of "--NAME=VALUE", "--NAME VALUE" or "-LETTER VALUE" in the arguments. *ret_length: its length. NULL
 * if the option is missing. */
static const char *find_option(const char *arguments, const char *name, char letter, size_t *ret_length)
{
        for (const char *p = arguments; (p = strchr(p, ' ')); p++) {
                const char *option = text_after(p, " --"), *after = option ? text_after(option, name) : NULL;
                const char *value = NULL;

                if (after && (*after == '=' || *after == ' '))
                        value = after + 1;
                else if (letter && p[1] == '-' && p[2] == letter)
                        value = p + 3 + strspn(p + 3, " ");
                if (!value)
                        continue;
                *ret_length = strcspn(value, " ");
                return value;
        }
        return NULL;
}

/* The same for a line "NAME = VALUE" of the file. */
static const char *find_key(const char *file, const char *name, size_t *ret_length)
{
        for (const char *line = file; line; line = text_next_line(line)) {
                const char *p = text_after(line + strspn(line, " \t"), name);

                if (!p || p[strspn(p, " \t")] != '=')
                        continue;
                p += strspn(p, " \t") + 1;
                p += strspn(p, " \t");
                *ret_length = strcspn(p, " \t\r\n");
                return p;
        }
        return NULL;
}

static const char *find(const char *arguments, const char *file, const char *name, char letter, size_t *ret_length)
{
        const char *value = find_option(arguments, name, letter, ret_length);

        return value ? value : find_key(file, name, ret_length);
}

/* `list` is separated by commas. */
static bool list_has(const char *list, size_t length, const char *word)
{
        while (length > 0) {
                size_t item = 0;

                while (item < length && list[item] != ',')
                        item++;
                if (item == strlen(word) && strncmp(list, word, item) == 0)
                        return true;
                item += item < length;
                list += item;
                length -= item;
        }
        return false;
}

static bool refuses(const char *arguments, const char *file, const char *rpc)
{
        static const char *const names[] = { "block-rpcs", "blacklist" };
        const char *list;
        size_t length;

        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                list = find(arguments, file, names[i], 'b', &length);
                if (list && list_has(list, length, rpc))
                        return true;
        }
        list = find(arguments, file, "allow-rpcs", 'a', &length);
        return list && length > 0 && strlen(arguments) < ARGUMENTS_CUT && !list_has(list, length, rpc);
}

void agent_judge(const char *arguments, const char *file, AgentFound *ret)
{
        static const char *const rpcs[] = { "guest-set-time", "guest-get-time" };
        size_t length;
        const char *method = find(arguments, file, "method", 'm', &length);

        *ret = (AgentFound) { .vsock = method && length == strlen("vsock-listen") &&
                                       strncmp(method, "vsock-listen", length) == 0 };
        for (size_t i = 0; i < ARRAY_SIZE(rpcs) && !ret->refuses; i++)
                if (refuses(arguments, file, rpcs[i]))
                        ret->refuses = rpcs[i];
}
