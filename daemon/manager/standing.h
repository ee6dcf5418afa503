/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the policy stands after the last task: state and reason, what was found on the way, and which CPUs that concerns.
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
        bool late_logged;      /* how long they had none */
} Standing;

/* Nothing was judged yet. */
void standing_init(Standing *standing, uint64_t now_usec);
void standing_done(Standing *standing);

/* The task failed before anything was written; the journal has the cause. */
void standing_set_failed(Standing *standing);
/* Valid until the next standing_judge() or standing_set_failed(). */
const char *standing_get_reason(const Standing *standing);

/* Keeps what plan and run have found (the plan's findings are taken out of it), and which CPUs that concerns. *ret_before is what
 * the task before had found, the caller's. */
void standing_keep_findings(Standing *standing, Plan *plan, const Run *run, const Snapshot *snapshot,
                            Findings *ret_before);
/* A task that is through, and what stands now. */
typedef struct TaskEnd {
        Task task;
        const Config *config;
        const Facts *facts;
        const GuestWatch *guests;
        const Snapshot *snapshot;
        const Plan *plan;
        Halves halves;            /* of the policy that the task was to apply */
        size_t n_left;            /* originals that are still out */
        bool stopping;            /* the daemon ends after the task */
        unsigned n_done, n_steps; /* so many of the values were set */
} TaskEnd;

/* State and reason; after TASK_APPLY also when it was applied. */
void standing_judge(Standing *standing, const TaskEnd *end);
/* Writes to the journal: the findings, for a task that nobody asked for without those of `before`, which the journal has; what was set;
 * and once how long the host was without its policy for want of a driver. */
void standing_log(Standing *standing, const TaskEnd *end, const Findings *before, Events *events);
