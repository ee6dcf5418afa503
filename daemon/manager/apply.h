/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Carries out one task at a time, in slices from the event loop, and is the only place that knows the order: host read, plan, what
 * drift leaves out, originals saved, knobs watched, run, findings, state, facts of the clock, drift again. A task always starts at a
 * later turn of the event loop; at most one more waits behind the one that runs.
 */
#pragma once

#include <systemd/sd-event.h>

#include "base/macro.h"
#include "manager/planner.h"
#include "manager/standing.h"
#include "manager/task.h"
#include "model/plan-types.h"
#include "watch/drift-types.h"
#include "watch/drift.h"

typedef struct Apply Apply;

/* None may be NULL. */
typedef struct ApplyCallbacks {
        /* apply_get_standing() has changed. */
        void (*on_standing)(void *userdata);
        /* The task is through. `failed`: it was given up before anything was written; the journal has the cause. What waits starts
         * after this call, unless the call asks for another task. */
        void (*on_done)(Task task, bool failed, void *userdata);
        /* TASK_RELOAD, from the event loop: apply_after_reload() if the new configuration is accepted. */
        void (*on_reload)(void *userdata);
} ApplyCallbacks;

/* `planner`, `drift` and `callbacks` outlive it; all that a plan is made from is there before the first task starts. 0, -ENOMEM or
 * -errno of sd-event. */
int apply_new(sd_event *event, Planner *planner, DriftMonitor *drift, const ApplyCallbacks *callbacks, void *userdata,
              Apply **ret);
/* NULL is allowed. */
Apply *apply_free(Apply *a);
DEFINE_CLEANUP(Apply, apply_free);

/* TASK_APPLY or TASK_RESTORE for a person, in the place of what runs for an event or a repair. 0; -EBUSY: another task runs for a
 * person. After TASK_RESTORE nothing but this starts TASK_APPLY. */
int apply_ask(Apply *a, TaskKind kind);
/* TASK_RELOAD, once nothing runs. */
void apply_ask_reload(Apply *a);
/* The configuration was replaced: brings it into force, or the originals back where a person wanted those. */
void apply_after_reload(Apply *a);
/* The host has changed: what stands is compared with the policy again and brought back to it, now or after what runs. Nothing happens
 * after TASK_RESTORE or apply_stop(). */
void apply_renew(Apply *a);
/* Drift wants its policy set again. Takes over what it has read and planned, empty or not. */
void apply_repair(Apply *a, Snapshot *snapshot, Plan *plan);
/* The daemon stops: what runs comes to its end, nothing else starts by itself. */
void apply_stop(Apply *a);
/* After apply_stop(): everything goes back as the configuration says for the stop, in the place of what runs. on_done() with
 * TASK_RESTORE is the end of it. */
void apply_undo(Apply *a);
/* Gives up what runs, before the configuration is replaced that its plan points into; what it wrote stays written. Another task has
 * to follow. */
void apply_give_up(Apply *a);

bool apply_is_idle(const Apply *a);
/* A task runs that a person asked for. */
bool apply_is_busy(const Apply *a);
/* TASK_RELOAD waits. */
bool apply_will_reload(const Apply *a);
const Standing *apply_get_standing(const Apply *a);
