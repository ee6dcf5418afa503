/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The value of each knob before our first write to it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"
#include "model/knob.h"

typedef struct Original {
        KnobId id;
        char value[KNOB_VALUE_SIZE];
} Original;

typedef struct Originals {
        Original *entries; /* sorted by knob_id_compare */
        size_t n;
        size_t allocated;
} Originals;

void originals_done(Originals *originals);
#define _cleanup_originals_ _cleanup_(originals_done)

/* Replaces *ret, which may be empty. 0 or -ENOMEM, *ret untouched. */
int originals_copy(const Originals *originals, Originals *ret);

/* The value, owned by *originals, or NULL. */
const char *originals_get(const Originals *originals, const KnobId *id);
/* The same, without a search if the caller asks for most knobs in the order of knob_id_compare(). *hint begins as 0. */
const char *originals_get_near(const Originals *originals, const KnobId *id, size_t *hint);
/* Adds a value. One that is already there stays, because the first one is the value before our first write. 1: added;
 * 0: it was there; -ENOMEM, -EINVAL. */
int originals_add(Originals *originals, const KnobId *id, const char *value);
/* Frees the memory that was reserved for further values. */
void originals_trim(Originals *originals);

/* The file: "tscwarden-originals 1 BOOT-ID", then a line "object/knob<TAB>value" each.
 * Heap string owned by the caller, NULL when out of memory. */
char *originals_format(const Originals *originals, const char *boot_id);
/* 1: *ret holds them. 0: they are of another boot; *ret is empty. -EBADMSG: not our format, or cut short; -ENOMEM.
 * *ret is untouched on failure. */
int originals_parse(const char *text, size_t size, const char *boot_id, Originals *ret);
