/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the manager shows to others, and how it reports changes of it.
 */
#pragma once

#include <stdint.h>

#include "base/cpuset.h"
#include "model/drift.h"
#include "model/facts.h"
#include "model/finding.h"
#include "model/outcome.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"
#include "model/verdict.h"
#include "model/vms.h"

/* Everything belongs to the manager and is valid until the next turn of the event loop. */
typedef struct ManagerView {
        PolicyState state;
        const char *state_reason; /* one or more sentences for people */
        const Facts *facts;
        const char *const *config_files;
        unsigned n_config_files;

        const Clock *clock;
        uint64_t clocksource_changes; /* changes of the current clocksource since the start of the daemon */
        const char *witness;          /* as clock_watch_get_witness() */

        /* State after the last task: when a plan was last carried out (CLOCK_MONOTONIC; 0 never), the present CPUs,
         * those with knobs of the policy, those on which the policy is not in force, and the findings. */
        uint64_t applied_usec;
        const CpuSet *present_cpus, *managed_cpus, *degraded_cpus;
        const Findings *findings;
        const CpuSet *contested_cpus; /* CPUs with a knob that others keep changing now */
        const uint64_t *drift_counts; /* by Knob: how often others have changed it since the start */

        const Vms *vms; /* the virtual machines that run now */
        const char *
                /* those that ran when this daemon saw the loss of the TSC, not escaped; "" none or unknown */
                vms_when_lost;
} ManagerView;

/* The values of the knobs, and the plan for them, at `usec` (CLOCK_MONOTONIC). */
typedef struct ManagerLook {
        Snapshot snapshot;
        Plan plan;
        uint64_t usec;
} ManagerLook;

typedef enum ManagerChange {
        MANAGER_CHANGED_VIEW,  /* another part of ManagerView */
        MANAGER_CHANGED_CLOCK, /* verdict, clocksource or another detail of the clock */
        MANAGER_CHANGED_DRIFT, /* another program changed a value */
        MANAGER_CHANGED_IDLE,  /* no task runs any more: what somebody asked for is done */
        /* The daemon was asked to stop. Answer with manager_on_stop_job(); without an answer within
         * MANAGER_STOP_ANSWER_USEC it counts as a stop, not as a restart. */
        MANAGER_CHANGED_STOPPING,
        MANAGER_LOOK_READY, /* nothing has changed: what manager_prepare_look() began has ended */
} ManagerChange;

/* Valid only during the call. */
typedef struct ManagerNews {
        ManagerChange change;
        const ClockChanges *clock; /* MANAGER_CHANGED_CLOCK: what happened; else NULL */
        const DriftReport *drift;  /* MANAGER_CHANGED_DRIFT: which value it was; else NULL */
} ManagerNews;

/* Type of the function by which the manager's parts report news. */
typedef void (*ManagerTell)(const ManagerNews *news, void *userdata);
