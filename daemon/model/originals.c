/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/originals.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "base/macro.h"

#define ORIGINALS_MAGIC "tscwarden-originals 1 "

void originals_done(Originals *originals)
{
        free(originals->entries);
        *originals = (Originals) {};
}

int originals_copy(const Originals *originals, Originals *ret)
{
        Originals copy = { .n = originals->n, .allocated = originals->n };

        if (copy.n > 0) {
                copy.entries = reallocarray(NULL, copy.n, sizeof(Original));
                if (!copy.entries)
                        return -ENOMEM;
                memcpy(copy.entries, originals->entries, copy.n * sizeof(Original));
        }
        originals_done(ret);
        *ret = copy;
        return 0;
}

/* The index of the entry, or the index at which it belongs. */
static size_t originals_find(const Originals *originals, const KnobId *id, bool *ret_found)
{
        /* A plan's steps come in order, so most belong behind the last entry. */
        if (originals->n == 0 || knob_id_compare(id, &originals->entries[originals->n - 1].id) > 0) {
                *ret_found = false;
                return originals->n;
        }
        return array_find(originals->entries, originals->n, sizeof(Original), id, knob_element_compare, ret_found);
}

const char *originals_get(const Originals *originals, const KnobId *id)
{
        bool found;
        size_t at = originals_find(originals, id, &found);

        return found ? originals->entries[at].value : NULL;
}

/* How many entries after the hint are compared before the whole array is searched. */
#define HINT_STEPS 8

const char *originals_get_near(const Originals *originals, const KnobId *id, size_t *hint)
{
        size_t at = *hint < originals->n ? *hint : originals->n;
        int order = 1;
        bool found;

        for (unsigned i = 0; i < HINT_STEPS && at < originals->n; i++, at++) {
                order = knob_element_compare(id, &originals->entries[at]);
                if (order <= 0)
                        break;
        }
        *hint = at;
        if (order == 0)
                return originals->entries[at].value;
        /* The knob belongs between two neighbours, or after the last one, so it has no original. */
        if ((order < 0 || at == originals->n) && (at == 0 || knob_element_compare(id, &originals->entries[at - 1]) > 0))
                return NULL;
        *hint = originals_find(originals, id, &found);
        return found ? originals->entries[*hint].value : NULL;
}

int originals_add(Originals *originals, const KnobId *id, const char *value)
{
        bool found;
        size_t at = originals_find(originals, id, &found);

        if (found)
                return 0;
        if (knob_value_check(id->knob, value) < 0)
                return -EINVAL;
        if (originals->n == originals->allocated) {
                size_t allocated = originals->allocated ? originals->allocated * 2 : 16;
                Original *entries = reallocarray(originals->entries, allocated, sizeof(Original));

                if (!entries)
                        return -ENOMEM;
                originals->entries = entries;
                originals->allocated = allocated;
        }
        memmove(&originals->entries[at + 1], &originals->entries[at], (originals->n - at) * sizeof(Original));
        originals->entries[at].id = *id;
        strcpy(originals->entries[at].value, value);
        originals->n++;
        return 1;
}

void originals_trim(Originals *originals)
{
        Original *entries = originals->n > 0 ? reallocarray(originals->entries, originals->n, sizeof(Original)) : NULL;

        if (!entries)
                return;
        originals->entries = entries;
        originals->allocated = originals->n;
}

char *originals_format(const Originals *originals, const char *boot_id)
{
        char *text = NULL, path[KNOB_NAME_SIZE];
        size_t size;
        FILE *stream = open_memstream(&text, &size);

        if (!stream)
                return NULL;
        fprintf(stream, ORIGINALS_MAGIC "%s\n", boot_id);
        for (size_t i = 0; i < originals->n; i++) {
                char line[KNOB_NAME_SIZE + KNOB_VALUE_SIZE + 2], *end = line;

                end = stpcpy(end, knob_path_format(&originals->entries[i].id, path));
                end = stpcpy(stpcpy(stpcpy(end, "\t"), originals->entries[i].value), "\n");
                (void)fwrite(line, 1, (size_t)(end - line), stream);
        }
        return text_finish(stream, &text);
}

/* Parses one line "path<TAB>value", and cuts it up. */
static int originals_parse_line(char *line, Originals *originals)
{
        char *tab = strchr(line, '\t');
        KnobId id;
        int r;

        if (!tab)
                return -EBADMSG;
        *tab = '\0';
        if (knob_path_parse(line, &id) < 0)
                return -EBADMSG;
        r = originals_add(originals, &id, tab + 1);
        if (r == -ENOMEM)
                return r;
        return r == 1 ? 0 : -EBADMSG;
}

int originals_parse(const char *text, size_t size, const char *boot_id, Originals *ret)
{
        _cleanup_originals_ Originals originals = {};
        _cleanup_free_ char *copy = NULL;
        char *line, *end;
        bool header = true;

        /* Every line ends in a newline, so a file that was cut short is noticed. */
        if (size == 0 || text[size - 1] != '\n' || memchr(text, '\0', size))
                return -EBADMSG;
        copy = strndup(text, size);
        if (!copy)
                return -ENOMEM;

        for (line = copy; (end = strchr(line, '\n')); line = end + 1) {
                *end = '\0';
                if (header) {
                        if (strncmp(line, ORIGINALS_MAGIC, strlen(ORIGINALS_MAGIC)) != 0)
                                return -EBADMSG;
                        if (strcmp(line + strlen(ORIGINALS_MAGIC), boot_id) != 0) {
                                *ret = (Originals) {};
                                return 0;
                        }
                        header = false;
                        continue;
                }

                int r = originals_parse_line(line, &originals);
                if (r < 0)
                        return r;
        }

        *ret = TAKE_STRUCT(originals);
        return 1;
}
