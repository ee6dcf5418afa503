/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a task reads of the host, and plans.
 */
#pragma once

#include <stdbool.h>

#include "host/cpu-reading.h"
#include "manager/planner.h"
#include "manager/task-queue.h"
#include "model/plan-types.h"
#include "model/snapshot.h"
#include "watch/drift-types.h"

/* All zero is empty. */
typedef struct TaskWork {
        CpuReading reading; /* as far as the whole host was read */
        Snapshot snapshot;
        Plan plan;
} TaskWork;

/* Empties it. */
void task_work_done(TaskWork *work);
/* Reads and plans for the task at work. Only what came or went is read, if `may_be_partial`, the drift monitor knows
 * the rest, and the task needs no more; otherwise the whole host, in slices. 1: there is more to read, to be called
 * again with `may_be_partial` false; 0: snapshot and plan are there; or a negative errno that is logged. */
int task_work_prepare(TaskWork *work, Planner *planner, DriftMonitor *drift, const TaskQueue *queue,
                      bool may_be_partial);
/* Whether the plan is for what came or went only. */
bool task_work_is_partial(const TaskWork *work);
/* Replaces a partial plan by one for the whole host, for which the snapshot suffices. 0 or -ENOMEM. */
int task_work_plan_whole(TaskWork *work, Planner *planner);
