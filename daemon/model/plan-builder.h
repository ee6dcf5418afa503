/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Shared by the parts of plan_build(): frequency and idle.
 */
#pragma once

#include "model/plan.h"

typedef struct PlanBuilder {
        const PlanInput *input;
        Plan plan;
        size_t steps_allocated;
        size_t wanted_allocated;
} PlanBuilder;

/* Each 0 or -ENOMEM. The knobs wanted of one object may come in any order, the objects in that of the snapshot. */
int plan_add_wanted(PlanBuilder *b, const KnobId *id);
int plan_add_step(PlanBuilder *b, const Step *step);
/* Fills in like->object from `id` unless that is NULL. */
int plan_add_finding(PlanBuilder *b, const Finding *like, const KnobId *id, const CpuSet *cpus);

int plan_add_frequency(PlanBuilder *b, const FreqPolicy *policy);
int plan_add_idle(PlanBuilder *b, const CpuState *cpu);
