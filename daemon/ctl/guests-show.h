/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints what `tscwarden guests` has found out.
 */
#pragma once

#include <stdio.h>

#include "ctl/guests-before.h"
#include "guests/destination.h"
#include "guests/judge.h"
#include "guests/read.h"

typedef struct GuestsView {
        const Guests *guests;
        const GuestVerdict *verdicts; /* one for each guest */
        const GuestAnswer *answers;   /* one for each guest; NULL: without --ask */
        const GuestAnswer *moves;     /* how much each guest's clock has moved; NULL: without --compare */
        const GuestsBefore *before;   /* the guests of the compared file; NULL: do not report those that are gone */
        const Destination *there;     /* the host of --against, or NULL */
        const char *there_name;       /* its name */
        bool host_right;              /* with --ask: the host's own clock is right */
        uint64_t now_usec;            /* CLOCK_REALTIME */
        bool utf8;                    /* the terminal shows UTF-8 */
} GuestsView;

/* Prints a line for each VM and the options of its VMM that concern the clock, then what is wrong and what to do, 80
 * columns wide. */
void guests_show(FILE *out, const GuestsView *view);
/* 0 or -ENOMEM. */
int guests_show_json(FILE *out, const GuestsView *view);
/* Prints Prometheus' text format 0.0.4. Unknown values are left out. */
void guests_show_metrics(FILE *out, const GuestsView *view);
