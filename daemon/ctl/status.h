/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints what tscwardend reports: for people, as JSON, as Prometheus metrics and as labels. The caller checks the
 * stream for errors.
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
        const char *host;         /* NULL: this one */
        const Losses *losses;     /* valid if losses_error is 0 */
        int losses_error;         /* what losses_read() returned */
        const ProbeRecord *probe; /* NULL: not probed since boot, or `host` is another host */
        const RateHere *rate;     /* NULL: `host` is another host */
        uint64_t now_usec;        /* CLOCK_REALTIME */
        bool color;
} StatusInput;

/* Prints a screen of 80 columns. */
void status_show(FILE *out, const StatusInput *input);
/* Prints one JSON object from input->state and input->rate. 0 or -ENOMEM. */
int status_show_json(FILE *out, const StatusInput *input);
/* Prints Prometheus' text format 0.0.4 from input->state, ->rate and ->probe. */
void status_show_metrics(FILE *out, const StatusInput *input);
/* Prints labels for Kubernetes' node feature discovery. They expire, because otherwise good labels would remain after
 * tscwardend has died. */
void status_show_labels(FILE *out, const StatusInput *input);
