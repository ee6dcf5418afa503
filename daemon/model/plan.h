/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Ordered steps from what is to what should be. A living TSC comes first: on CPUs without constant_tsc the first frequency
 * transition costs it for good (arch/x86/kernel/tsc.c time_cpufreq_notifier), so there the plan freezes each policy where it
 * stands (max = min = the present frequency) before it touches the governor, and withholds what would still move it.
 */
#pragma once

#include "model/plan-types.h"

void plan_done(Plan *plan);
#define _cleanup_plan_ _cleanup_(plan_done)

/* 0 or -ENOMEM. *ret points into input->policy and is otherwise the caller's (plan_done); untouched on failure. */
int plan_build(const PlanInput *input, Plan *ret);
bool plan_wants(const Plan *plan, const KnobId *id);

/* Adds to *originals what stands where the plan will write and was not kept yet. 1 something was added, 0 nothing, -ENOMEM. */
int plan_collect_originals(const Plan *plan, const Snapshot *snapshot, Originals *originals);

/* Lets go of the originals that the plan does not speak of and whose value is back; with give_up also of those whose object is gone
 * (before that: a driver may come back). Whether any went. */
bool originals_drop_returned(Originals *originals, const Plan *plan, const Snapshot *snapshot, bool give_up);

/* Lets go of the originals of what the plan wants and what now stands so: for a policy that is left behind. Whether any went. */
bool originals_drop_reached(Originals *originals, const Plan *plan, const Snapshot *snapshot);

/* The step's reason for people. Heap string owned by the caller, NULL when out of memory. */
char *step_reason_format(const Step *step, const Snapshot *snapshot);
