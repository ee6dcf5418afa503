/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints what tscwardend knows, for people, for programs and for Prometheus. Pure: from structs to a stream; the
 * caller checks the stream for errors.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ctl/ctl-state.h"
#include "ctl/probe-record.h"
#include "ctl/rate-here.h"
#include "host/losses.h"

typedef struct StatusInput {
        const WardenState *state;
        const char *host;         /* escaped; NULL: this one */
        const Losses *losses;     /* when losses_error is 0 */
        int losses_error;         /* of losses_read() */
        const ProbeRecord *probe; /* NULL: never probed, or another host is asked */
        const RateHere *rate;     /* NULL: another host is asked */
        uint64_t now_usec;        /* CLOCK_REALTIME */
        bool color;
} StatusInput;

/* A screen of 80 columns. 0 or -ENOMEM. */
int status_show(FILE *out, const StatusInput *input);
/* One JSON object; state, rate alone count. 0 or -ENOMEM. */
int status_show_json(FILE *out, const StatusInput *input);
/* Prometheus' text format 0.0.4; state, rate and probe alone count. */
void status_show_metrics(FILE *out, const StatusInput *input);
/* Labels for Kubernetes' node feature discovery. They expire, lest a dead tscwardend leave good ones behind. */
void status_show_labels(FILE *out, const StatusInput *input);
