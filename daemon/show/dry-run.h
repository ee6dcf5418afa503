/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints what a tscwardend would do if it were started on this host now.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/macro.h"
#include "host/config/config-store.h"
#include "model/facts.h"
#include "model/need.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"

typedef struct DryRun {
        Facts facts;
        Snapshot snapshot; /* as the plan's steps would leave it */
        const Config *config;
        Halves halves;  /* that are applied */
        Plan plan;      /* refers to the snapshot and to the configuration's policy */
        bool no_guests; /* APPLY_WHEN=guests, and none runs */
} DryRun;

void dry_run_done(DryRun *dry);
#define _cleanup_dry_run_ _cleanup_(dry_run_done)

/* Reads the host and makes the plan; writes nothing. `ret` has to be empty and is the caller's after, whatever is returned: 0,
 * -ENOMEM, or -errno when the host cannot be read. */
int dry_run_make(const Config *config, DryRun *ret);
/* Facts, steps, what stands against them, what they leave free, what they cost, and what is not applied. 0 or -ENOMEM. */
int dry_run_show(FILE *out, const DryRun *dry);
