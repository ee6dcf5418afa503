/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Watches the knobs of the policy for writes by other programs, decides what follows and reports it. It knows no
 * manager: it asks for what it needs through callbacks, and the manager tells it of each task:
 *
 *   a task has its plan   drift_find_unheard() if an event began it, drift_filter(), then drift_expect() and
 *                         drift_expect_more(), unless the task repairs what drift found
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
#include "model/snapshot-part.h"
#include "model/snapshot.h"
#include "watch/drift-types.h"

/* Describes what a task did. */
typedef struct TaskResult {
        bool is_apply;        /* true: the policy; false: originals, or the values for the stop */
        bool in_force;        /* the policy is in force, at least one half of it, so writes by others count */
        bool asked_by_person; /* as given to drift_filter() */
        bool failed;          /* the task ended before it wrote anything */
        bool fragile_tsc;     /* this host's TSC does not survive a change of frequency */
        const Plan *plan;
        /* the present values of the knobs; drift_task_done() takes it over if the policy was applied */
        Snapshot *snapshot;
        const Findings *findings;
} TaskResult;

/* `ops`, their userdata and `callbacks` outlive the monitor. It watches nothing until drift_start(). 0 or -ENOMEM. */
int drift_monitor_new(const CpuOps *ops, void *ops_userdata, const DriftCallbacks *callbacks, void *userdata,
                      DriftMonitor **ret);
/* `d` may be NULL. */
DriftMonitor *drift_monitor_free(DriftMonitor *d);
DEFINE_CLEANUP(DriftMonitor, drift_monitor_free);

/* Adds the event sources. 0 or -errno of sd-event. If the kernel cannot report writes, this is logged and is no
 * error. */
int drift_start(DriftMonitor *d, sd_event *event);
/* The daemon stops: nothing is repaired any more. */
void drift_stop(DriftMonitor *d);
/* DRIFT=report: what others write stays. To be called before the task that applies the new configuration. */
void drift_set_report_only(DriftMonitor *d, bool report_only);
/* A person wants the policy in force: no knob counts as contested any more. */
void drift_reset(DriftMonitor *d);

/* The kernel or firmware may have set any knob anew, as in a sleep: until a task has ended, a value that no watch
 * reported is nobody's change. */
void drift_forget_left(DriftMonitor *d);
/* A task that an event began has read the host. A knob that the plan would set although the last task left it in order
 * was changed by somebody whom no watch heard, and this is reported with the task's end. Not if the kernel itself may
 * have set it: with a new file, driver or range of frequencies, or as one of the CPUs in `anew`, which came or went. To
 * be called before drift_filter(). */
void drift_find_unheard(DriftMonitor *d, const Plan *plan, const Snapshot *snapshot, const CpuSet *anew);
/* A task with this plan begins; until drift_task_done() the monitor only collects events. If the task applies the
 * policy, takes those steps out of the plan whose knobs others keep changing. A person's task keeps more of them than a
 * repair. */
void drift_filter(DriftMonitor *d, Plan *plan, bool is_apply, bool asked_by_person);
/* For a task that reads only a part of the host: whether the values of the rest are known. Then they are the task's
 * until drift_task_done() takes them back; the monitor hears of what others write meanwhile. */
bool drift_take_snapshot(DriftMonitor *d, Snapshot *ret);
/* Begins to watch the knobs that the plan wants, and no others of those that it covers. Any file of them may have been
 * replaced. Whether drift_expect_more() is to follow. */
bool drift_expect(DriftMonitor *d, const Plan *plan);
/* Goes on with that for a few ms. Whether there is more to do; the task writes nothing before. */
bool drift_expect_more(DriftMonitor *d);
/* The task has ended. */
void drift_task_done(DriftMonitor *d, const TaskResult *result);

/* By Knob: how often others have changed it since the start. */
const uint64_t *drift_get_counts(const DriftMonitor *d);
/* How many knobs are watched; without scaling_setspeed, which is put back but not enforced. */
unsigned drift_count_knobs(const DriftMonitor *d);
/* CPUs with a knob that others keep changing and that is therefore left alone for a while. */
const CpuSet *drift_get_contested_cpus(const DriftMonitor *d);
/* Somebody else changed the knob, and it was not set again. */
bool drift_is_left(const DriftMonitor *d, const KnobId *id);
/* Who keeps changing a knob of this CPU: a sentence for the caller to free; NULL: nobody, or out of memory. */
char *drift_format_contest(const DriftMonitor *d, unsigned cpu);
