/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Watches the knobs of the policy for writes by other programs, decides what follows and reports it. It knows no manager: it asks
 * for what it needs through callbacks, and the manager tells it of each task:
 *
 *   a task has its plan   drift_filter(), then drift_expect() unless the task repairs what drift found
 *   a task has ended      drift_task_done()
 *   somebody else wrote   plan_for(), then on_repair_wanted() if the value is to be set again, and later on_report()
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "base/cpuset.h"
#include "base/macro.h"
#include "host/cpu.h"
#include "model/drift.h"
#include "model/finding.h"
#include "model/knob.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "watch/drift-types.h"

/* What a task did. */
typedef struct TaskResult {
        bool is_apply;        /* else values went back to their originals, or to those for the stop */
        bool in_force;        /* the policy is, at least for one of its halves: writes by others count */
        bool asked_by_person; /* as drift_filter() was told */
        bool failed;          /* before anything was written */
        bool fragile_tsc;     /* this host's TSC does not survive a change of frequency */
        const Plan *plan;
        Snapshot *snapshot; /* what the knobs are now; drift_task_done() takes it over when the policy was applied */
        const Findings *findings;
} TaskResult;

/* `ops`, their userdata and `callbacks` outlive the monitor. Nothing is heard of until drift_start(). 0 or -ENOMEM. */
int drift_monitor_new(const CpuOps *ops, void *ops_userdata, const DriftCallbacks *callbacks, void *userdata,
                      DriftMonitor **ret);
/* NULL is allowed. */
DriftMonitor *drift_monitor_free(DriftMonitor *d);
DEFINE_CLEANUP(DriftMonitor, drift_monitor_free);

/* Adds the event sources. 0 or -errno of sd-event; where the kernel cannot tell of writes, that is logged and no error. */
int drift_start(DriftMonitor *d, sd_event *event);
/* The daemon stops: nothing is repaired any more. */
void drift_stop(DriftMonitor *d);
/* DRIFT=report: what others write stays. To be called before the task that applies the new configuration. */
void drift_set_report_only(DriftMonitor *d, bool report_only);
/* A person wants the policy in force: nothing is contested any more. */
void drift_reset(DriftMonitor *d);

/* A task with this plan begins: until drift_task_done() the monitor only listens. Takes the steps out of the plan that others are
 * fighting over, if it applies the policy; a person gets more of the policy than a repair. */
void drift_filter(DriftMonitor *d, Plan *plan, bool is_apply, bool asked_by_person);
/* Watches these knobs (Plan.wanted, sorted by knob) and no others. */
void drift_expect(DriftMonitor *d, const Wanted *wanted, size_t n_wanted);
/* The task is through, or was given up. */
void drift_task_done(DriftMonitor *d, const TaskResult *result);

/* How often others changed it, since the start: by Knob. */
const uint64_t *drift_get_counts(const DriftMonitor *d);
/* CPUs with a knob that others keep changing; it is left to them for a while. */
const CpuSet *drift_get_contested_cpus(const DriftMonitor *d);
/* Somebody else changed it, and it was not set again. */
bool drift_is_left(const DriftMonitor *d, const KnobId *id);
/* Who fights over a knob of this CPU: a sentence for the caller to free; NULL: nobody, or out of memory. */
char *drift_format_contest(const DriftMonitor *d, unsigned cpu);
