/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints the result of a probe for people and as JSON.
 */
#pragma once

#include <json-c/json.h>
#include <stdio.h>

#include "ctl/rate-here.h"
#include "model/facts.h"
#include "probe/result.h"

typedef struct ProbeView {
        const ProbeResult *result;
        const Facts *facts;
        const CpuSet *convicted;
        const RateHere *rate;
        uint64_t now_usec; /* CLOCK_REALTIME */
        bool utf8;         /* the terminal shows UTF-8, so bars are made of block characters */
} ProbeView;

/* 0 or -ENOMEM. */
int probe_show(FILE *out, const ProbeView *view);
/* Returns {"Probe": ...}, which the caller puts (json_object_put), or NULL when out of memory. */
struct json_object *probe_to_json(const ProbeView *view);
/* Returns the sentence about the convicted CPUs. Heap string owned by the caller, NULL when out of memory. */
char *probe_conviction_text(const ProbeView *view);
