/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state of the policy after the last task: state and reason, what was found on the way, and which CPUs that
 * concerns.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cpuset.h"
#include "manager/planner.h"
#include "manager/run.h"
#include "manager/task.h"
#include "model/finding.h"
#include "model/need.h"
#include "model/outcome.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"

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
/* The string is valid until the next standing_task_done() or standing_set_failed(). */
const char *standing_get_reason(const Standing *standing);

/* Whether the findings of a task about this part can be kept beside those about the rest. */
bool standing_can_part(const Standing *standing, const SnapshotPart *part, const Snapshot *snapshot);

/* A task that has ended. */
typedef struct TaskEnd {
        Task task;
        const Planner *planner; /* of the same task: in_force and originals are those after it */
        const Snapshot *snapshot;
        Plan *plan;
        const Run *run;
        unsigned n_knobs;         /* that the policy sets */
        bool stopping;            /* the daemon ends after the task */
        unsigned n_done, n_steps; /* number of values that were set, and of values to set */
} TaskEnd;

/* Keeps the findings of plan and run (takes them out of the plan) and the CPUs that they concern, sets state and
 * reason, after TASK_APPLY also the time. Logs the findings, what was set, and once how long the host had no policy for
 * want of a driver. If nobody asked for the task, findings that the task before had too are not logged again. */
void standing_task_done(Standing *standing, const TaskEnd *end);
