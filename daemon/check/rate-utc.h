/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rate of the TSC against UTC. tscwarden does not measure it: the time client knows how much it has to correct the
 * clock's rate.
 */
#pragma once

#include "check/machine-setup.h"
#include "check/timesync.h"

/* A time client that has run for less time is still finding the rate. */
#define RATE_STEADY_SEC 600

/* What is known of the counter whose rate is wanted. */
typedef struct RateCounter {
        const char *clocksource; /* the current clocksource, "" unknown */
        bool constant;           /* the CPU has constant_tsc */
} RateCounter;

typedef struct RateUtc {
        bool known;
        double ppm, error_ppm; /* as in model/rate.h: above 0 the TSC runs fast */
        TimeClient client;     /* the time client that knows it */
        char source[64];       /* where it was read: "chronyc tracking: 34.021 ppm fast" */
        char why[160];         /* why it is not known: a sentence without the full stop; "" if it is known */
} RateUtc;

/* Whether it has a rate that the time client can know. Otherwise rate_utc_find() looks at nothing else. */
bool rate_counter_is_steady(const RateCounter *counter);

/* Not known if the clocksource is not the TSC: the time client then corrects another counter. */
void rate_utc_find(const TimeInput *input, const MachineSetup *setup, const RateCounter *counter, RateUtc *ret);
