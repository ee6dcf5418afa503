/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/task-work.h"

#include "base/log.h"
#include "base/macro.h"
#include "host/config/config-store.h"
#include "model/policy.h"
#include "model/snapshot-part.h"
#include "watch/drift-types.h"
#include "watch/drift.h"

void task_work_read_again(TaskWork *work)
{
        plan_done(&work->plan);
        snapshot_done(&work->snapshot);
        snapshot_part_done(&work->part);
        cpu_reading_done(&work->reading);
        work->phase = WORK_READS;
}

void task_work_done(TaskWork *work)
{
        task_work_read_again(work);
        work->in_slices = false;
}

void task_work_take(TaskWork *work, Snapshot *snapshot, Plan *plan)
{
        if (plan->n_wanted == 0)
                return;
        work->fragile_tsc = planner_tsc_is_fragile(work->planner);
        work->snapshot = TAKE_STRUCT(*snapshot);
        work->phase = WORK_PLANS;
        if (!snapshot_part_is_empty(&plan->part) && !standing_can_part(work->standing, &plan->part, &work->snapshot))
                return;
        work->plan = TAKE_STRUCT(*plan);
        work->phase = WORK_SAVES;
}

/* Whether only what came or went had to be read. A frequency that is frozen for a fragile TSC must be the one of that
 * moment. */
static bool read_part(TaskWork *work)
{
        const TaskQueue *queue = work->queue;
        _cleanup_snapshot_part_ SnapshotPart part = {};
        Planner *p = work->planner;
        Halves wish = planner_wish(p);
        int r;

        if (queue->scope > RESCAN_CPUS || cpuset_is_empty(&queue->cpus) || wish.frequency != p->in_force.frequency ||
            wish.idle != p->in_force.idle || planner_tsc_is_fragile(p) ||
            !drift_take_snapshot(work->drift, &work->snapshot))
                return false;
        r = snapshot_part_of(&work->snapshot, &queue->cpus, &part);
        if (r == 0)
                r = planner_read_part(p, &part, &work->snapshot);
        if (r <= 0) {
                snapshot_done(&work->snapshot);
                return false;
        }
        if (standing_can_part(work->standing, &part, &work->snapshot))
                work->part = TAKE_STRUCT(part);
        return true;
}

static const Policy *policy_of(const TaskWork *work)
{
        const Config *config = &work->planner->config;

        return work->queue->task.kind == TASK_STOP_POLICY ? &config->stop_policy : &config->policy;
}

static int read_host(TaskWork *work)
{
        int r;

        if (!work->in_slices && read_part(work))
                return 0;
        r = planner_read_host(work->planner, policy_of(work), &work->reading);
        if (r != 0)
                return r;
        work->snapshot = TAKE_STRUCT(work->reading.snapshot);
        cpu_reading_done(&work->reading);
        return 0;
}

static int make_plan(TaskWork *work)
{
        const SnapshotPart *part = snapshot_part_is_empty(&work->part) ? NULL : &work->part;
        Planner *p = work->planner;
        int r;

        p->in_force = work->queue->task.kind != TASK_RESTORE ? planner_wish(p) : (Halves) {};
        work->fragile_tsc = planner_tsc_is_fragile(p);
        r = planner_build(p, policy_of(work), &work->snapshot, part, p->in_force, &work->plan);
        return r < 0 ? log_error_errno(r, "Cannot make a plan") : 0;
}

static int save_originals(TaskWork *work)
{
        Planner *p = work->planner;
        Task task = work->queue->task;
        int r;

        if (task.origin == ORIGIN_EVENT && work->queue->scope != RESCAN_ANEW)
                drift_find_unheard(work->drift, &work->plan, &work->snapshot, &work->queue->cpus);
        drift_filter(work->drift, &work->plan, task.kind == TASK_APPLY, task.origin == ORIGIN_PERSON);
        log_message(LOG_DEBUG, "Task (%s, for %s): frequency policy %s, idle policy %s, TSC %s, %zu steps.",
                    task_kind_to_string(task.kind), task_origin_to_string(task.origin),
                    p->in_force.frequency ? "on" : "off", p->in_force.idle ? "on" : "off",
                    work->fragile_tsc ? "must not be risked" : "cannot be lost by a policy", work->plan.n_steps);
        r = kept_originals_add(&p->originals, &work->plan, &work->snapshot);
        if (r < 0)
                return r;
        /* The next phase is passed over; a repair changes nothing about what is watched. */
        if (task.origin == ORIGIN_REPAIR || !drift_expect(work->drift, &work->plan))
                work->phase = WORK_WATCHES;
        return 0;
}

static int watch_knobs(TaskWork *work)
{
        return drift_expect_more(work->drift);
}

int task_work_prepare(TaskWork *work)
{
        static int (*const phases[])(TaskWork * work) = {
                [WORK_READS] = read_host,
                [WORK_PLANS] = make_plan,
                [WORK_SAVES] = save_originals,
                [WORK_WATCHES] = watch_knobs,
        };

        while (work->phase < WORK_READY) {
                int r = phases[work->phase](work);

                if (r < 0)
                        return r;
                if (r == 0)
                        work->phase++;
                work->in_slices = work->in_slices || r > 0;
                if (work->in_slices)
                        return 1;
        }
        return 0;
}

bool task_work_is_partial(const TaskWork *work)
{
        return !snapshot_part_is_empty(&work->plan.part);
}
