/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guests/qemu-options.h"

#include <stdlib.h>
#include <string.h>

char *qemu_next_part(const char **text)
{
        char *part = malloc(strlen(*text) + 1), *end = part;
        const char *from = *text;

        if (!part)
                return NULL;
        while (*from && (*from != ',' || from[1] == ',')) {
                from += *from == ',';
                *end++ = *from++;
        }
        *end = '\0';
        *text = *from ? from + 1 : NULL;
        return part;
}
