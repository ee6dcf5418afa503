/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether a guest's clock still works after a live migration to another host. Pure.
 */
#pragma once

#include "guests/judge.h"
#include "model/host-clocks.h"

/* What matters about the destination. */
typedef struct Destination {
        int tsc_in_use;   /* 1, 0, or -1: not known; guest_host_tsc() */
        unsigned tsc_khz; /* 0: not known */
        bool tsc_scaling; /* its CPUs can scale a guest's TSC */
        HostClocksVerdict clocks;
} Destination;

typedef enum Going {
        GOING_UNKNOWN,
        GOING_YES,
        GOING_NO,
} Going;

const char *going_to_string(Going going); /* "unknown", "yes", "no" */

/* *ret_reason is one sentence, static. */
Going guest_can_go(const Guest *guest, const GuestVerdict *verdict, const Destination *there, const char **ret_reason);
