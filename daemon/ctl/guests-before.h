/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An earlier output of `tscwarden guests --ask --json`, for --compare.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "guests/answer.h"
#include "guests/read.h"

typedef struct GuestBefore {
        char *name;         /* escaped, as JSON has it; owned */
        GuestAnswer answer; /* without `why` */
} GuestBefore;

typedef struct GuestsBefore {
        GuestBefore *entries;
        size_t n;
} GuestsBefore;

void guests_before_done(GuestsBefore *before);
#define _cleanup_guests_before_ _cleanup_(guests_before_done)

/* 0, -EBADMSG: it is not what that command prints; -ENOMEM, or the -errno of reading. *ret is the caller's (guests_before_done), untouched
 * on failure. */
int guests_before_read(const char *path, GuestsBefore *ret);

/* Whether one of that name is among them. */
bool guests_before_is_here(const GuestBefore *before, const Guests *guests);

/* What became of the clock of each guest, by its name; `answers` has one for each. *ret is an array of guests->n, the caller's (free),
 * untouched on failure. 0 or -ENOMEM. */
int guests_before_compare(const GuestsBefore *before, const Guests *guests, const GuestAnswer *answers,
                          GuestAnswer **ret);
