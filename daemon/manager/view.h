/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the manager shows, and how it says that something of it has changed.
 */
#pragma once

#include <stdint.h>

#include "base/cpuset.h"
#include "model/clock-facts.h"
#include "model/drift.h"
#include "model/facts.h"
#include "model/finding.h"
#include "model/outcome.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"
#include "model/verdict.h"
#include "model/vms.h"

/* Everything belongs to the manager, and is valid until the next turn of the event loop. */
typedef struct ManagerView {
        PolicyState state;
        const char *state_reason; /* a sentence or more for people */
        const Facts *facts;
        const char *const *config_files;
        unsigned n_config_files;

        const Clock *clock;
        const ClockFacts *clock_facts;
        uint64_t clocksource_changes; /* of the current clocksource, that were watched */
        const char *witness;          /* as clock_watch_get_witness() */

        /* As of the last task: when a plan was last carried out (CLOCK_MONOTONIC; 0 never), the CPUs there are, those whose knobs
         * the policy speaks of, those on which it could not be brought into force, and what was found. */
        uint64_t applied_usec;
        const CpuSet *present_cpus, *managed_cpus, *degraded_cpus;
        const Findings *findings;
        const CpuSet *contested_cpus; /* now: others keep changing a knob of theirs */
        const uint64_t *drift_counts; /* by Knob: how often others changed it, since the start */

        const Vms *vms; /* the virtual machines that run now */
        const char *
                vms_when_lost; /* those that ran when the TSC was lost under our eyes, not escaped; "" none or unknown */
} ManagerView;

/* What stands in the knobs and what a plan would be, as of `usec` (CLOCK_MONOTONIC). */
typedef struct ManagerLook {
        Snapshot snapshot;
        Plan plan;
        uint64_t usec;
} ManagerLook;

typedef enum ManagerChange {
        MANAGER_CHANGED_VIEW,  /* something else of ManagerView */
        MANAGER_CHANGED_CLOCK, /* verdict, clocksource or another detail of the clock */
        MANAGER_CHANGED_DRIFT, /* another program changed a value */
        MANAGER_CHANGED_IDLE,  /* no task runs any more: what was asked for is done */
        /* A stop was asked for: answer with manager_on_stop_job(), or in MANAGER_STOP_ANSWER_USEC it counts as a stop. */
        MANAGER_CHANGED_STOPPING,
} ManagerChange;

/* Valid during the call. */
typedef struct ManagerNews {
        ManagerChange change;
        const ClockChanges *clock; /* MANAGER_CHANGED_CLOCK: what happened; else NULL */
        const DriftReport *drift;  /* MANAGER_CHANGED_DRIFT: which value it was; else NULL */
} ManagerNews;

/* For the parts of the manager. */
typedef void (*ManagerTell)(const ManagerNews *news, void *userdata);
