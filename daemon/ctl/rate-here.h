/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rate of this machine's TSC, against UTC and against earlier boots, for status, the metrics and probe.
 */
#pragma once

#include <json-c/json.h>

#include "check/rate-utc.h"
#include "model/rate-boots.h"

typedef struct RateHere {
        RateUtc utc;
        int boots_error; /* of calibrations_read(): nothing is known of earlier boots */
        RateBoots boots;
} RateHere;

/* Asks the time client and reads the journal: some tens of milliseconds. 0 or -ENOMEM. */
int rate_here_read(const RateCounter *counter, RateHere *ret);

/* "the TSC runs 34.02 ppm fast against UTC …"; the caller's, NULL: out of memory. */
char *rate_here_text(const RateHere *rate);
/* An object, the caller's to put. `rate` may be NULL: then null. */
struct json_object *rate_here_to_json(const RateHere *rate);
