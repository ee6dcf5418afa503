/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Knows what a plan is made from: configuration, facts, originals, and whether the TSC must be spared.
 */
#pragma once

#include <systemd/sd-event.h>

#include "host/config/config-store.h"
#include "host/config/config.h"
#include "host/cpu.h"
#include "manager/kept-originals.h"
#include "model/clock-facts.h"
#include "model/facts.h"
#include "model/need.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/policy.h"
#include "model/snapshot.h"
#include "watch/clock.h"
#include "watch/events.h"
#include "watch/guests.h"

typedef struct Planner {
        /* Not owned, there before the first plan. */
        const CpuOps *ops;
        void *ops_userdata;
        Events *events;
        GuestWatch *guests;
        ClockWatch *clock;

        /* The rest is planner_done()'s. Plans point into the configuration. */
        Config config;
        KeptOriginals originals;
        Facts facts;
        bool facts_unused;      /* by a task */
        ClockFacts clock_facts; /* borrow from the facts */
        unsigned advice;        /* bits of AdviceKind that were logged */
        Halves in_force;        /* the halves of the policy that the last task was to apply */
} Planner;

void planner_done(Planner *planner);

/* Reads the facts. 0 or -errno, logged. */
int planner_read_facts(Planner *planner);
/* Reads all CPUs, with everything that `policy` (NULL: the configuration's) and the originals speak of. 0 or -errno. */
int planner_read_cpus(const Planner *planner, const Policy *policy, Snapshot *ret);
/* For a task: facts, unless those of the start were not used yet, and CPUs. 0 or -errno, logged. */
int planner_read_host(Planner *planner, const Policy *policy, Snapshot *ret);

/* The halves of the policy that are to be in force now. */
Halves planner_wish(const Planner *planner);
/* The host needs constant frequencies for its TSC, and the TSC still lives. */
bool planner_tsc_is_fragile(const Planner *planner);
/* The facts, read again, say that the TSC lives no more. */
bool planner_tsc_has_died(void);
/* The plan that would bring the knobs to where `policy` (NULL: the configuration's) wants them, as far as these halves go. 0 or
 * -ENOMEM. */
int planner_build(const Planner *planner, const Policy *policy, const Snapshot *snapshot, Halves halves, Plan *ret);

/* The knobs stand as in the snapshot now: the clock judges again, and what contradicts the CPU is written to the journal.
 * `dangers`: so is what endangers the TSC. */
void planner_update_clock(Planner *planner, const Snapshot *snapshot, bool dangers);
