/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads an earlier output of `tscwarden guests --ask --json` for --compare.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "guests/answer.h"
#include "guests/read.h"

typedef struct GuestBefore {
        char *name;         /* as in that output; owned */
        GuestAnswer answer; /* without `why` */
} GuestBefore;

typedef struct GuestsBefore {
        GuestBefore *entries;
        size_t n;
} GuestsBefore;

void guests_before_done(GuestsBefore *before);
#define _cleanup_guests_before_ _cleanup_(guests_before_done)

/* 0; -EBADMSG: that command did not print this file; -ENOMEM, or the -errno of reading. The caller owns *ret
 * (guests_before_done); it is untouched on failure. */
int guests_before_read(const char *path, GuestsBefore *ret);

/* True if a guest of that name is among `guests`. */
bool guests_before_is_here(const GuestBefore *before, const Guests *guests);

/* How much the clock of each guest has moved since then. Guests are matched by name; `answers` has one answer for each
 * guest. *ret is an array of guests->n entries, which the caller frees; untouched on failure. 0 or -ENOMEM. */
int guests_before_compare(const GuestsBefore *before, const Guests *guests, const GuestAnswer *answers,
                          GuestAnswer **ret);
