/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/apply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "manager/notify.h"
#include "manager/run.h"
#include "manager/task-work.h"
#include "model/knob.h"
#include "model/plan-types.h"
#include "model/policy.h"
#include "model/snapshot-part.h"
#include "watch/drift-types.h"
#include "watch/source.h"

/* So many steps are carried out between two looks at the event loop: a few ms of writes. */
#define SLICE_STEPS 64

struct Apply {
        sd_event *event;
        Planner *planner;
        DriftMonitor *drift;
        const ApplyCallbacks *callbacks;
        void *userdata;
        sd_event_source *slice_source, *wait_source;
        TaskQueue queue;
        TaskWork work;
        Run run;
        bool runs;                /* the plan is carried out */
        unsigned n_done, n_steps; /* totals over all plans of this task */
        bool read_again;          /* this task has read the host a second time, after a CPU or driver had gone */
        uint64_t extended_usec;   /* when systemd was last asked for more time */

        Standing standing;
};

void apply_give_up(Apply *a)
{
        if (a->queue.task.kind != TASK_NONE && a->run.next < a->work.plan.n_steps)
                log_message(LOG_DEBUG, "The task (%s) is abandoned after %zu of %zu steps.",
                            task_kind_to_string(a->queue.task.kind), a->run.next, a->work.plan.n_steps);
        (void)sd_event_source_set_enabled(a->slice_source, SD_EVENT_OFF);
        (void)sd_event_source_set_enabled(a->wait_source, SD_EVENT_OFF);
        run_done(&a->run);
        task_work_done(&a->work);
        task_queue_end(&a->queue);
        a->runs = false;
}

static void tell_drift(Apply *a, bool failed)
{
        const Planner *p = a->planner;
        TaskResult result = {
                .is_apply = a->queue.task.kind == TASK_APPLY,
                .in_force = a->queue.task.kind == TASK_APPLY && (p->in_force.frequency || p->in_force.idle),
                .asked_by_person = a->queue.task.origin == ORIGIN_PERSON,
                .failed = failed,
                .fragile_tsc = facts_tsc_is_fragile(&p->facts),
                .plan = &a->work.plan,
                .snapshot = &a->work.snapshot,
                .findings = &a->standing.findings,
        };

        drift_task_done(a->drift, &result);
}

static void end_task(Apply *a, bool failed);

/* The task at work starts at the next turn of the event loop. */
static void launch(Apply *a)
{
        a->read_again = false;
        a->n_done = a->n_steps = 0;
        if (sd_event_source_set_enabled(a->slice_source, SD_EVENT_ONESHOT) < 0)
                end_task(a, true);
}

static void start_reload(Apply *a)
{
        task_queue_forget_next(&a->queue);
        a->callbacks->on_reload(a->userdata);
}

static void begin(Apply *a, Task task)
{
        apply_give_up(a);
        task_queue_begin(&a->queue, task);
        launch(a);
}

static void begin_for_person(Apply *a, TaskKind kind)
{
        begin(a, (Task) { .kind = kind, .origin = ORIGIN_PERSON });
}

/* The task that waits has its turn, if none is at work. */
static void go_on(Apply *a)
{
        TaskKind due = task_queue_due(&a->queue);

        if (due == TASK_RELOAD) {
                if (sd_event_source_set_enabled(a->slice_source, SD_EVENT_ONESHOT) < 0)
                        start_reload(a);
        } else if (due != TASK_NONE) {
                task_queue_advance(&a->queue);
                launch(a);
        }
}

static void end_task(Apply *a, bool failed)
{
        Task task = a->queue.task;

        tell_drift(a, failed);
        apply_give_up(a);
        if (failed) {
                standing_set_failed(&a->standing);
                a->callbacks->on_standing(a->userdata);
        }
        if (task.kind == TASK_STOP_POLICY) {
                begin_for_person(a, TASK_RESTORE);
                return;
        }
        a->callbacks->on_done(task, failed, a->userdata);
        go_on(a);
}

/* scaling_setspeed is not counted: it is saved and put back, but not enforced. */
static unsigned count_knobs(const Apply *a)
{
        unsigned n = 0;

        if (task_work_is_partial(&a->work))
                return drift_count_knobs(a->drift);
        for (size_t i = 0; i < a->work.plan.n_wanted; i++)
                n += a->work.plan.wanted[i].id.knob != KNOB_SCALING_SETSPEED;
        return n;
}

static void start_over(Apply *a, bool has_gone)
{
        bool read_again = a->read_again || has_gone;
        unsigned n_done = a->n_done, n_steps = a->n_steps;

        log_message(LOG_DEBUG, "The task starts over: %s.", has_gone ? "a CPU or driver has gone" : "the TSC was lost");
        begin(a, a->queue.task);
        a->read_again = read_again;
        a->n_done = n_done;
        a->n_steps = n_steps;
}

static void finish_task(Apply *a)
{
        /* A step may have failed because its CPU or driver has gone. Then the host is read again, but only once: what
         * fails the second time is reported. */
        bool has_gone = !a->read_again && run_lost_object(&a->run);
        TaskKind kind = a->queue.task.kind;
        Planner *p = a->planner;

        kept_originals_drop(&p->originals, &a->work.plan, &a->work.snapshot, kind == TASK_RESTORE,
                            kind == TASK_STOP_POLICY);
        a->n_done += a->run.n_done;
        a->n_steps += (unsigned)a->work.plan.n_steps;
        /* Steps that were left out to keep the TSC are possible once the TSC is lost. */
        if (has_gone || (a->run.fragile_tsc && planner_tsc_has_died())) {
                start_over(a, has_gone);
                return;
        }
        standing_task_done(&a->standing, &(TaskEnd) { .task = a->queue.task,
                                                      .planner = p,
                                                      .snapshot = &a->work.snapshot,
                                                      .plan = &a->work.plan,
                                                      .run = &a->run,
                                                      .n_knobs = count_knobs(a),
                                                      .stopping = a->queue.aim == TASK_NONE,
                                                      .n_done = a->n_done,
                                                      .n_steps = a->n_steps });
        a->callbacks->on_standing(a->userdata);
        /* A repair brings the knobs back to values that the clock has already judged. */
        if (a->queue.task.origin != ORIGIN_REPAIR)
                planner_update_clock(p, &a->work.snapshot, kind != TASK_RESTORE);
        end_task(a, false);
}

static int run_slice(Apply *a, uint64_t now_usec)
{
        RunState state = RUN_DONE;
        int r = run_advance(&a->run, now_usec, SLICE_STEPS, &state);

        if (r < 0)
                (void)log_error_errno(r, "The plan was abandoned before its end");
        if (r < 0 || state == RUN_DONE) {
                finish_task(a);
                return 0;
        }
        if (state == RUN_MORE)
                return sd_event_source_set_enabled(a->slice_source, SD_EVENT_ONESHOT);
        return source_arm(a->wait_source, now_usec + RUN_RECHECK_USEC);
}

static int on_slice(sd_event_source *source, void *userdata)
{
        Apply *a = userdata;
        uint64_t now_usec;
        int r;

        if (a->queue.task.kind == TASK_NONE) {
                start_reload(a);
                return 0;
        }
        (void)sd_event_now(a->event, CLOCK_MONOTONIC, &now_usec);
        notify_extend_timeout(&a->extended_usec, now_usec);
        r = task_work_prepare(&a->work);
        if (r > 0)
                return sd_event_source_set_enabled(a->slice_source, SD_EVENT_ONESHOT);
        if (r < 0) {
                end_task(a, true);
                return 0;
        }
        if (!a->runs)
                run_init(&a->run, a->planner->ops, a->planner->ops_userdata, &a->work.plan, &a->work.snapshot,
                         a->work.fragile_tsc);
        a->runs = true;
        return run_slice(a, now_usec);
}

static int on_wait_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        return on_slice(source, userdata);
}

int apply_ask(Apply *a, TaskKind kind)
{
        int r = task_queue_ask(&a->queue, kind);

        if (r < 0)
                return r;
        drift_reset(a->drift);
        begin_for_person(a, kind);
        return 0;
}

void apply_ask_reload(Apply *a)
{
        task_queue_ask_reload(&a->queue);
        go_on(a);
}

void apply_after_reload(Apply *a)
{
        begin_for_person(a, a->queue.aim);
}

void apply_renew(Apply *a, const CpuSet *cpus, RescanScope scope)
{
        if (scope == RESCAN_ANEW)
                drift_forget_left(a->drift);
        if (task_queue_ask_renewal(&a->queue, cpus, scope))
                go_on(a);
        else
                log_message(LOG_DEBUG, "The host has changed, but no policy is to be in force (%s).",
                            a->queue.aim == TASK_RESTORE ? "Restore() was called" : "the daemon stops");
}

void apply_repair(Apply *a, Snapshot *snapshot, Plan *plan)
{
        /* A task that is about to start reads the host itself, and so repairs too. What it has read so far may be
         * older. */
        if (a->queue.task.kind != TASK_NONE)
                task_work_read_again(&a->work);
        else {
                begin(a, (Task) { .kind = TASK_APPLY, .origin = ORIGIN_REPAIR });
                task_work_take(&a->work, snapshot, plan);
        }
        snapshot_done(snapshot);
        plan_done(plan);
}

void apply_stop(Apply *a)
{
        task_queue_stop(&a->queue);
}

void apply_undo(Apply *a)
{
        begin_for_person(a, a->planner->config.stop_policy.n_rules > 0 ? TASK_STOP_POLICY : TASK_RESTORE);
}

const TaskQueue *apply_get_queue(const Apply *a)
{
        return &a->queue;
}

const Standing *apply_get_standing(const Apply *a)
{
        return &a->standing;
}

static int add_sources(Apply *a)
{
        int r = source_add_defer(a->event, &a->slice_source, on_slice, a, "plan-slice");

        if (r < 0)
                return r;
        /* A defer source is always pending, and has been pending longer than any other source. At the same priority a
         * signal would wait for the end of the plan (sd-event's pending_prioq_compare). */
        r = sd_event_source_set_priority(a->slice_source, SD_EVENT_PRIORITY_IDLE);
        if (r < 0)
                return r;
        return source_add_timer(a->event, &a->wait_source, RUN_RECHECK_USEC, on_wait_over, a, "plan-wait");
}

int apply_new(sd_event *event, Planner *planner, DriftMonitor *drift, const ApplyCallbacks *callbacks, void *userdata,
              Apply **ret)
{
        _cleanup_(apply_freep) Apply *a = malloc(sizeof(*a));
        int r;

        if (!a)
                return -ENOMEM;
        *a = (Apply) {
                .event = event, .planner = planner, .drift = drift, .callbacks = callbacks, .userdata = userdata
        };
        a->work = (TaskWork) { .planner = planner, .drift = drift, .queue = &a->queue, .standing = &a->standing };
        standing_init(&a->standing, time_usec(CLOCK_MONOTONIC));
        r = add_sources(a);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(a);
        return 0;
}

Apply *apply_free(Apply *a)
{
        if (!a)
                return NULL;
        a->slice_source = sd_event_source_disable_unref(a->slice_source);
        a->wait_source = sd_event_source_disable_unref(a->wait_source);
        run_done(&a->run);
        task_work_done(&a->work);
        task_queue_done(&a->queue);
        standing_done(&a->standing);
        free(a);
        return NULL;
}
