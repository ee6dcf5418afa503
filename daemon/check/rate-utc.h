/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rate of the TSC against UTC, without a measurement of our own: the program that sets the clock knows how much it
 * has to correct.
 */
#pragma once

#include "check/machine-setup.h"
#include "check/timesync.h"

/* A discipline younger than that is still finding the rate. */
#define RATE_STEADY_SEC 600

/* The counter whose rate is asked for. */
typedef struct RateCounter {
        const char *clocksource; /* the current one, "" unknown */
        bool constant;           /* constant_tsc */
} RateCounter;

typedef struct RateUtc {
        bool known;
        double ppm, error_ppm; /* as model/rate.h has it: above 0 the TSC runs fast */
        TimeClient client;     /* whose finding it is */
        char source[64];       /* where that stands: "chronyc tracking: 34.021 ppm fast" */
        char why[160];         /* why it is not known; a sentence without its full stop; "" when known */
} RateUtc;

/* Of another clocksource than tsc a discipline tells nothing about the TSC. */
void rate_utc_find(const TimeInput *input, const MachineSetup *setup, const RateCounter *counter, RateUtc *ret);
