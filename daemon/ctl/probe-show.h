/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints the result of a probe for people and for programs.
 */
#pragma once

#include <json-c/json.h>
#include <stdio.h>

#include "ctl/rate-here.h"
#include "model/facts.h"
#include "probe/probe.h"
#include "probe/result.h"

typedef struct ProbeView {
        const ProbeResult *result;
        const Facts *facts;
        const CpuSet *convicted;
        const RateHere *rate;
        uint64_t now_usec; /* CLOCK_REALTIME */
        bool utf8;         /* a terminal that shows it: bars of blocks */
} ProbeView;

/* 0 or -ENOMEM. */
int probe_show(FILE *out, const ProbeView *view);
/* {"Probe": ...}, the caller's to put; NULL: out of memory. */
struct json_object *probe_to_json(const ProbeView *view);
/* "CPU 1 differs from CPU 0 …", owned by the caller; NULL: out of memory. */
char *probe_conviction_text(const ProbeView *view);
