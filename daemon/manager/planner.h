/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keeps everything that a plan is made from: configuration, facts, originals, and whether the TSC still has to be
 * protected.
 */
#pragma once

#include <systemd/sd-event.h>

#include "host/config/config-store.h"
#include "host/config/config.h"
#include "host/cpu-reading.h"
#include "host/cpu.h"
#include "manager/kept-originals.h"
#include "model/facts.h"
#include "model/need.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/policy.h"
#include "model/snapshot-part.h"
#include "model/snapshot.h"
#include "watch/clock.h"
#include "watch/events.h"
#include "watch/guests.h"

typedef struct Planner {
        /* Not owned; set before the first plan is made. */
        const CpuOps *ops;
        void *ops_userdata;
        Events *events;
        GuestWatch *guests;
        ClockWatch *clock;

        /* planner_done() frees the rest. Plans point into the configuration. */
        Config config;
        KeptOriginals originals;
        Facts facts;
        bool facts_unused; /* no task has used them yet */
        unsigned advice;   /* bits of AdviceKind: what has been logged */
        Halves in_force;   /* the halves of the policy that the last task had to apply */
} Planner;

void planner_done(Planner *planner);

/* Reads the facts. 0, or -errno that is logged. */
int planner_read_facts(Planner *planner);
/* Reads all CPUs, with every knob that `policy` (NULL: the configuration's) sets or that has an original. 0 or
 * -errno. */
int planner_read_cpus(const Planner *planner, const Policy *policy, Snapshot *ret);
/* The same in slices of a few ms. 1: there is more; 0: reading->snapshot has all; -errno. */
int planner_read_some(const Planner *planner, const Policy *policy, CpuReading *reading);
/* Reads a part of the host into *snapshot, which knows the rest. 1; 0: the rest is not as it was; -errno. */
int planner_read_part(const Planner *planner, SnapshotPart *part, Snapshot *snapshot);
/* Reads facts and CPUs for a task, in the same slices; the first task uses the facts that were read at the start. 1:
 * there is more; 0: reading->snapshot has all; or -errno that is logged. */
int planner_read_host(Planner *planner, const Policy *policy, CpuReading *reading);

/* The halves of the policy that should be in force now. */
Halves planner_wish(const Planner *planner);
/* The host needs constant frequencies for its TSC, and the TSC still works. */
bool planner_tsc_is_fragile(const Planner *planner);
/* Reads the facts again: whether the TSC is lost. */
bool planner_tsc_has_died(void);
/* Makes the plan that brings the knobs of these halves, of a part or (NULL) of the whole host, to the values that
 * `policy` (NULL: the configuration's) wants. 0 or -ENOMEM. */
int planner_build(const Planner *planner, const Policy *policy, const Snapshot *snapshot, const SnapshotPart *part,
                  Halves halves, Plan *ret);

/* The knobs now have the snapshot's values: the clock judges again, and what contradicts the CPU is logged. With
 * `dangers` what endangers the TSC is logged too. */
void planner_update_clock(Planner *planner, const Snapshot *snapshot, bool dangers);
