/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/fields.h"

#include <stdio.h>

#include "base/log.h"

void fields_done(Fields *fields)
{
        for (unsigned i = 0; i < fields->n; i++)
                free(fields->texts[i]);
        *fields = (Fields) {};
}

void fields_add(Fields *fields, const char *name, const char *value)
{
        _cleanup_free_ char *safe = value && value[0] ? text_escape(value) : NULL;

        if (!safe || fields->n == ARRAY_SIZE(fields->texts))
                return;
        if (asprintf(&fields->texts[fields->n], "%s=%s", name, safe) < 0)
                return;
        fields->all[fields->n] = fields->texts[fields->n];
        fields->n++;
}
