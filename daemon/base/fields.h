/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fields of a journal entry, for log_event().
 */
#pragma once

#include "base/macro.h"

/* All zero is empty and ready for use; `all` is what log_event() takes. */
typedef struct Fields {
        char *texts[12];
        const char *all[13];
        unsigned n;
} Fields;

void fields_done(Fields *fields);
#define _cleanup_fields_ _cleanup_(fields_done)

/* Adds "NAME=value" with the value escaped; nothing for NULL and "". A field that cannot be made is left out, because
 * the message says the same. */
void fields_add(Fields *fields, const char *name, const char *value);
