/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

int kernel_parse_uint(const char *text, unsigned base, uint64_t max, uint64_t *ret)
{
        unsigned long long v;
        char *end;

        if (*text == '+')
                text++;
        if (!isxdigit((unsigned char)*text))
                return -EINVAL;
        errno = 0;
        v = strtoull(text, &end, (int)base);
        if (end == text)
                return -EINVAL;
        if (*end == '\n')
                end++;
        if (*end != '\0')
                return -EINVAL;
        if (errno == ERANGE || v > max)
                return -ERANGE;
        *ret = v;
        return 0;
}

int kernel_parse_bool(const char *text, bool *ret)
{
        switch (text[0]) {
        case 'y':
        case 'Y':
        case '1':
                *ret = true;
                return 0;
        case 'n':
        case 'N':
        case '0':
                *ret = false;
                return 0;
        case 'o':
        case 'O':
                if (text[1] == 'n' || text[1] == 'N' || text[1] == 'f' || text[1] == 'F') {
                        *ret = text[1] == 'n' || text[1] == 'N';
                        return 0;
                }
                return -EINVAL;
        default:
                return -EINVAL;
        }
}

int parse_unsigned(const char *text, unsigned max, unsigned *ret)
{
        uint64_t v;

        if (kernel_parse_uint(text, 10, max, &v) < 0)
                return -EINVAL;
        *ret = (unsigned)v;
        return 0;
}

int parse_cpu_list(const char *text, unsigned n_cpus, bool *set)
{
        const char *p = text;

        if (strcmp(text, "all") == 0) {
                for (unsigned i = 0; i < n_cpus; i++)
                        set[i] = true;
                return 0;
        }
        do {
                unsigned long low, high;
                char *end;

                if (!isdigit((unsigned char)*p))
                        return -EINVAL;
                low = high = strtoul(p, &end, 10);
                if (*end == '-') {
                        if (!isdigit((unsigned char)end[1]))
                                return -EINVAL;
                        high = strtoul(end + 1, &end, 10);
                }
                if (low > high || high >= n_cpus)
                        return -EINVAL;
                for (unsigned long i = low; i <= high; i++)
                        set[i] = true;
                p = end;
        } while (*p++ == ',');
        return p[-1] == '\0' ? 0 : -EINVAL;
}

void print_cpu_list(FILE *out, const Host *host, bool (*member)(const Host *host, unsigned cpu))
{
        const char *separator = "";

        for (unsigned i = 0; i < host->n_cpus; i++) {
                unsigned first = i;

                if (!member(host, i))
                        continue;
                while (i + 1 < host->n_cpus && member(host, i + 1))
                        i++;
                fprintf(out, "%s%u", separator, first);
                if (i > first)
                        fprintf(out, "-%u", i);
                separator = ",";
        }
}

int parse_errno(const char *name)
{
        for (int e = 1; e < 134; e++) {
                const char *known = strerrorname_np(e);

                if (known && strcmp(known, name) == 0)
                        return e;
        }
        return -EINVAL;
}

char *trim(char *text)
{
        size_t len;

        while (isspace((unsigned char)*text))
                text++;
        len = strlen(text);
        while (len > 0 && isspace((unsigned char)text[len - 1]))
                text[--len] = '\0';
        return text;
}

char *next_word(char **text)
{
        char *in = *text, *word, *out;
        bool quoted = false;

        while (isspace((unsigned char)*in))
                in++;
        if (*in == '\0') {
                *text = in;
                return NULL;
        }
        word = out = in;
        for (; *in && (quoted || !isspace((unsigned char)*in)); in++) {
                if (*in == '"')
                        quoted = !quoted;
                else
                        *out++ = *in;
        }
        *text = *in ? in + 1 : in;
        *out = '\0';
        return word;
}

int replace_string(char **where, const char *text)
{
        char *copy = strdup(text);

        if (!copy)
                return -ENOMEM;
        free(*where);
        *where = copy;
        return 0;
}

int names_insert(NameList *list, size_t at, const char *name)
{
        char **more = reallocarray(list->names, list->n + 1, sizeof(*more));
        char *copy;

        if (!more)
                return -ENOMEM;
        list->names = more;
        copy = strdup(name);
        if (!copy)
                return -ENOMEM;
        memmove(more + at + 1, more + at, (list->n - at) * sizeof(*more));
        more[at] = copy;
        list->n++;
        return 0;
}

int names_find(const NameList *list, const char *name)
{
        for (size_t i = 0; i < list->n; i++)
                if (strcmp(list->names[i], name) == 0)
                        return (int)i;
        return -1;
}

void names_remove(NameList *list, size_t at)
{
        free(list->names[at]);
        list->n--;
        memmove(list->names + at, list->names + at + 1, (list->n - at) * sizeof(*list->names));
}

int names_split(NameList *list, const char *text, const char *separators)
{
        while (*text) {
                size_t len = strcspn(text, separators);
                char *name;
                int r;

                if (len > 0) {
                        name = strndup(text, len);
                        if (!name)
                                return -ENOMEM;
                        r = names_find(list, name) >= 0 ? 0 : names_insert(list, list->n, name);
                        free(name);
                        if (r < 0)
                                return r;
                }
                text += len;
                text += strspn(text, separators);
        }
        return 0;
}

void names_done(NameList *list)
{
        for (size_t i = 0; i < list->n; i++)
                free(list->names[i]);
        free(list->names);
        *list = (NameList) {};
}

void names_print(FILE *out, const NameList *list)
{
        for (size_t i = 0; i < list->n; i++)
                fprintf(out, "%s ", list->names[i]);
}
