/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a task does before it writes: reads the host, plans, saves the originals, watches the knobs.
 */
#pragma once

#include <stdbool.h>

#include "host/cpu-reading.h"
#include "manager/planner.h"
#include "manager/standing.h"
#include "manager/task-queue.h"
#include "model/plan-types.h"
#include "model/snapshot-part.h"
#include "model/snapshot.h"
#include "watch/drift-types.h"

/* In this order. */
typedef enum WorkPhase {
        WORK_READS, /* the host, or what came or went of it */
        WORK_PLANS,
        WORK_SAVES, /* leaves out of the plan what others hold, and saves the originals */
        WORK_WATCHES,
        WORK_READY,
} WorkPhase;

typedef struct TaskWork {
        /* Not owned. */
        Planner *planner;
        DriftMonitor *drift;
        const TaskQueue *queue;
        const Standing *standing; /* after the last task */

        WorkPhase phase;
        bool in_slices;     /* the host is large: each phase has turns of the event loop of its own */
        CpuReading reading; /* as far as the whole host was read */
        Snapshot snapshot;
        SnapshotPart part; /* what came or went, if that was enough to read; otherwise empty */
        Plan plan;
        bool fragile_tsc; /* planner_tsc_is_fragile() when the plan was made */
} TaskWork;

/* Empties it, for the next task. */
void task_work_done(TaskWork *work);
/* Drift has read and planned already: takes over both, as far as they serve. Both may be empty. */
void task_work_take(TaskWork *work, Snapshot *snapshot, Plan *plan);
/* Goes on with what precedes the first write of the task at work, for a few ms. Only what came or went is read, if the
 * drift monitor knows the rest and the task needs no more. 1: there is more to do; 0: the plan can be carried out; or a
 * negative errno that is logged. */
int task_work_prepare(TaskWork *work);
/* What was read so far is older than a change. */
void task_work_read_again(TaskWork *work);
/* Whether the plan is for what came or went only. */
bool task_work_is_partial(const TaskWork *work);
