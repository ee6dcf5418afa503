/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state of the policy after the last task: state and reason, what was found on the way, and which CPUs that
 * concerns.
 */
#pragma once

#include <stdint.h>

#include "base/cpuset.h"
#include "host/config/config-store.h"
#include "host/config/config.h"
#include "manager/run.h"
#include "manager/task.h"
#include "model/facts.h"
#include "model/finding.h"
#include "model/need.h"
#include "model/outcome.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"
#include "watch/events.h"
#include "watch/guests.h"

typedef struct Standing {
        PolicyState state;
        char *reason;
        CpuSet present, managed, degraded; /* CPUs */
        Findings findings;
        uint64_t applied_usec; /* when the policy was last applied, CLOCK_MONOTONIC; 0 never */
        uint64_t start_usec;   /* when the daemon started */
        Halves waiting;        /* the halves that had no driver when the policy was last applied */
        bool late_logged;      /* the time without a driver has been logged */
} Standing;

/* Before the first task. */
void standing_init(Standing *standing, uint64_t now_usec);
void standing_done(Standing *standing);

/* The task failed before it wrote anything; the journal has the cause. */
void standing_set_failed(Standing *standing);
/* The string is valid until the next standing_judge() or standing_set_failed(). */
const char *standing_get_reason(const Standing *standing);

/* Keeps the findings of plan and run (takes them out of the plan), and the CPUs that they concern. *ret_before has the
 * findings of the task before and is the caller's. */
void standing_keep_findings(Standing *standing, Plan *plan, const Run *run, const Snapshot *snapshot,
                            Findings *ret_before);
/* A task that has ended, and the state after it. */
typedef struct TaskEnd {
        Task task;
        const Config *config;
        const Facts *facts;
        const GuestWatch *guests;
        const Snapshot *snapshot;
        const Plan *plan;
        Halves halves;            /* of the policy that the task was to apply */
        size_t n_left;            /* number of originals that are not back yet */
        bool stopping;            /* the daemon ends after the task */
        unsigned n_done, n_steps; /* number of values that were set, and of values to set */
} TaskEnd;

/* Sets state and reason; after TASK_APPLY also the time. */
void standing_judge(Standing *standing, const TaskEnd *end);
/* Logs the findings, what was set, and once how long the host had no policy for want of a driver. If nobody asked for
 * the task, findings that are also in `before` are not logged again. */
void standing_log(Standing *standing, const TaskEnd *end, const Findings *before, Events *events);
