/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What `tscwarden guests` prints.
 */
#pragma once

#include <stdio.h>

#include "ctl/guests-before.h"
#include "guests/destination.h"
#include "guests/judge.h"
#include "guests/read.h"

typedef struct GuestsView {
        const Guests *guests;
        const GuestVerdict *verdicts; /* one for each */
        const GuestAnswer *answers;   /* one for each; NULL: none was asked */
        const GuestAnswer *moves;     /* what became of each clock since then; NULL: nothing was compared */
        const GuestsBefore *before;   /* with `moves`: some of which may not run here; NULL: those do not matter */
        const Destination *there;     /* NULL: none was named */
        const char *there_name;       /* escaped */
        bool host_right;              /* the host's own clock, where they were asked */
        uint64_t now_usec;            /* CLOCK_REALTIME */
        bool utf8;
} GuestsView;

/* One line for each VM and what its VMM was told, in 80 columns; below it what is wrong and what to do. 0 or -ENOMEM. */
int guests_show(FILE *out, const GuestsView *view);
int guests_show_json(FILE *out, const GuestsView *view);
/* Prometheus' text format 0.0.4; of what is not known there is no sample. 0 or -ENOMEM. */
int guests_show_metrics(FILE *out, const GuestsView *view);
