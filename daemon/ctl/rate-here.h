/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rate of this machine's TSC compared with UTC and with earlier boots, for `status`, its metrics, and `probe`.
 */
#pragma once

#include <json-c/json.h>

#include "check/rate-utc.h"
#include "model/rate-boots.h"

typedef struct RateHere {
        RateUtc utc;
        RateBoots boots; /* not known also if the journal cannot be read */
} RateHere;

/* Compares this boot's calibration with earlier boots', which the journal has. 0, or -ENOMEM or another -errno of
 * reading the journal: *ret is untouched. */
int rate_boots_read(bool constant, RateBoots *ret);
/* Queries the time client and reads the journal, which takes some tens of milliseconds. 0 or -ENOMEM. */
int rate_here_read(const RateCounter *counter, RateHere *ret);

/* Returns "the TSC runs 34.02 ppm fast against UTC …". Heap string owned by the caller, NULL when out of memory. */
char *rate_here_text(const RateHere *rate);
/* Returns a JSON object, which the caller puts; null if `rate` is NULL. */
struct json_object *rate_here_to_json(const RateHere *rate);
