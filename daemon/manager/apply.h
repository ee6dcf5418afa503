/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Carries out one task at a time, in slices from the event loop: what task-work.c does before the first write, the run,
 * then findings, state, facts of the clock, drift again. A task always starts at a later turn of the event loop; which
 * one, task-queue.c decides.
 */
#pragma once

#include <systemd/sd-event.h>

#include "base/cpuset.h"
#include "base/macro.h"
#include "manager/planner.h"
#include "manager/standing.h"
#include "manager/task-queue.h"
#include "manager/task.h"
#include "model/plan-types.h"
#include "watch/drift-types.h"
#include "watch/drift.h"

typedef struct Apply Apply;

/* No callback may be NULL. */
typedef struct ApplyCallbacks {
        /* The result of apply_get_standing() has changed. */
        void (*on_standing)(void *userdata);
        /* The task has ended. `failed`: it ended before anything was written; the journal has the cause. After this
         * call the next task starts, unless the call asks for another one. */
        void (*on_done)(Task task, bool failed, void *userdata);
        /* TASK_RELOAD, called from the event loop. Calls apply_after_reload() if the new configuration is accepted. */
        void (*on_reload)(void *userdata);
} ApplyCallbacks;

/* `planner`, `drift` and `callbacks` outlive the object. Everything that the planner needs has to be there before the
 * first task starts. 0, -ENOMEM or -errno of sd-event. */
int apply_new(sd_event *event, Planner *planner, DriftMonitor *drift, const ApplyCallbacks *callbacks, void *userdata,
              Apply **ret);
/* `a` may be NULL. */
Apply *apply_free(Apply *a);
DEFINE_CLEANUP(Apply, apply_free);

/* Starts TASK_APPLY or TASK_RESTORE for a person, and ends a task that runs for an event or a repair. 0; -EBUSY:
 * another task runs for a person. After TASK_RESTORE only this function starts TASK_APPLY. */
int apply_ask(Apply *a, TaskKind kind);
/* Starts TASK_RELOAD once no task runs. */
void apply_ask_reload(Apply *a);
/* The configuration was replaced. Brings it into force; or puts the originals back, if that is what a person asked for
 * last. */
void apply_after_reload(Apply *a);
/* The host has changed. Compares the knobs with the policy again and sets what differs, now or after the task that
 * runs. `cpus` came or went; NULL: none. If nothing else may have changed (RESCAN_CPUS), the task reads no more than
 * them and their policies, provided that the last task left the rest known. Does nothing after TASK_RESTORE or
 * apply_stop(). */
void apply_renew(Apply *a, const CpuSet *cpus, RescanScope scope);
/* Drift asks to set the policy again. Takes over the snapshot and plan that it made; both may be empty. */
void apply_repair(Apply *a, Snapshot *snapshot, Plan *plan);
/* The daemon stops. The task that runs continues to its end; no other task starts without apply_undo(). */
void apply_stop(Apply *a);
/* To be called after apply_stop(). Puts everything back as the configuration says for the stop, and ends the task that
 * runs. on_done() with TASK_RESTORE reports the end. */
void apply_undo(Apply *a);
/* Ends the task that runs, because its plan points into the configuration that is about to be replaced. What the task
 * has written stays. The caller has to start another task. */
void apply_give_up(Apply *a);

const TaskQueue *apply_get_queue(const Apply *a);
const Standing *apply_get_standing(const Apply *a);
