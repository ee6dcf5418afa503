/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Ordered steps from the present values to the wanted ones. They protect a TSC that still works: on CPUs without
 * constant_tsc the first frequency change costs it for good (arch/x86/kernel/tsc.c time_cpufreq_notifier). There the
 * plan first fixes the frequency of each policy at its present value (max = min = present frequency), then sets the
 * governor, and leaves out every step that would still change the frequency.
 */
#pragma once

#include "model/plan-types.h"

void plan_done(Plan *plan);
#define _cleanup_plan_ _cleanup_(plan_done)

/* With a part there are only its steps and wanted knobs; the findings are its own and those about the host as a whole
 * (finding_is_of_host). 0 or -ENOMEM. *ret points into input->policy and is otherwise the caller's (plan_done);
 * untouched on failure. */
int plan_build(const PlanInput *input, Plan *ret);
/* Whether the plan is about this knob: the whole host, or a part that has it. */
bool plan_covers(const Plan *plan, const KnobId *id);
bool plan_wants(const Plan *plan, const KnobId *id);

/* Adds the present values of all knobs that the plan will write to *originals, if they are not there yet. 1: something
 * was added; 0: nothing; -ENOMEM. */
int plan_collect_originals(const Plan *plan, const Snapshot *snapshot, Originals *originals);

/* Drops the originals of knobs that the plan covers but does not set and that have their value back; with give_up also
 * those whose object has gone (without it they stay, because a driver may come back). Returns whether any was
 * dropped. */
bool originals_drop_returned(Originals *originals, const Plan *plan, const Snapshot *snapshot, bool give_up);

/* Drops the originals of knobs that have the value that the plan wants; used when the policy is to stay after the stop.
 * Returns whether any was dropped. */
bool originals_drop_reached(Originals *originals, const Plan *plan, const Snapshot *snapshot);

/* Why the step is needed, for people. Heap string owned by the caller, NULL when out of memory. */
char *step_reason_format(const Step *step, const Snapshot *snapshot);
