/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/task-work.h"

#include "base/log.h"
#include "base/macro.h"
#include "host/config/config-store.h"
#include "model/policy.h"
#include "model/snapshot-part.h"
#include "watch/drift-types.h"
#include "watch/drift.h"

void task_work_done(TaskWork *work)
{
        plan_done(&work->plan);
        snapshot_done(&work->snapshot);
        cpu_reading_done(&work->reading);
}

/* Whether only what came or went had to be read. A frequency that is frozen for a fragile TSC must be the one of that
 * moment. */
static bool read_part(TaskWork *work, Planner *p, DriftMonitor *drift, const CpuSet *cpus, SnapshotPart *ret)
{
        _cleanup_snapshot_part_ SnapshotPart part = {};
        Halves wish = planner_wish(p);
        int r;

        if (cpuset_is_empty(cpus) || wish.frequency != p->in_force.frequency || wish.idle != p->in_force.idle ||
            planner_tsc_is_fragile(p) || !drift_take_snapshot(drift, &work->snapshot))
                return false;
        r = snapshot_part_of(&work->snapshot, cpus, &part);
        if (r == 0)
                r = planner_read_part(p, &part, &work->snapshot);
        if (r > 0) {
                *ret = TAKE_STRUCT(part);
                return true;
        }
        snapshot_done(&work->snapshot);
        return false;
}

int task_work_prepare(TaskWork *work, Planner *p, DriftMonitor *drift, const TaskQueue *queue, bool may_be_partial)
{
        const Policy *policy = queue->task.kind == TASK_STOP_POLICY ? &p->config.stop_policy : &p->config.policy;
        _cleanup_snapshot_part_ SnapshotPart part = {};
        bool partial = may_be_partial && read_part(work, p, drift, &queue->cpus, &part);
        int r;

        if (!partial) {
                r = planner_read_host(p, policy, &work->reading);
                if (r != 0)
                        return r;
                work->snapshot = TAKE_STRUCT(work->reading.snapshot);
                cpu_reading_done(&work->reading);
        }
        p->in_force = queue->task.kind != TASK_RESTORE ? planner_wish(p) : (Halves) {};
        r = planner_build(p, policy, &work->snapshot, partial ? &part : NULL, p->in_force, &work->plan);
        return r < 0 ? log_error_errno(r, "Cannot make a plan") : 0;
}

bool task_work_is_partial(const TaskWork *work)
{
        return !snapshot_part_is_empty(&work->plan.part);
}

int task_work_plan_whole(TaskWork *work, Planner *p)
{
        plan_done(&work->plan);
        return planner_build(p, NULL, &work->snapshot, NULL, p->in_force, &work->plan);
}
