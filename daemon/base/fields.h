/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fields of a journal entry, for log_event().
 */
#pragma once

#include "base/macro.h"

/* All zero is ready for use; `all` is what log_event() takes. */
typedef struct Fields {
        char *texts[12];
        const char *all[13];
        unsigned n;
} Fields;

void fields_done(Fields *fields);
#define _cleanup_fields_ _cleanup_(fields_done)

/* "NAME=value", the value escaped; none for NULL and "". One that cannot be made is left out: the message itself says the same. */
void fields_add(Fields *fields, const char *name, const char *value);
