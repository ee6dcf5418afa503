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
        Snapshot snapshot; /* the state after the plan's steps */
        const Config *config;
        Halves halves;  /* the parts of the policy that are applied */
        Plan plan;      /* borrows from the snapshot and from the configuration's policy */
        bool no_guests; /* APPLY_WHEN=guests, and no guest runs */
} DryRun;

void dry_run_done(DryRun *dry);
#define _cleanup_dry_run_ _cleanup_(dry_run_done)

/* Reads the host and makes the plan; writes nothing. *ret must be zeroed; the caller owns it even after a failure
 * (dry_run_done). 0, -ENOMEM, or the -errno of reading the host. */
int dry_run_make(const Config *config, DryRun *ret);
/* Prints facts, steps and notes about what prevents steps, what the policy allows, what it costs, and what is not
 * applied. 0 or -ENOMEM. */
int dry_run_show(FILE *out, const DryRun *dry);
