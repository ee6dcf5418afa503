/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A plan while plan_build() makes it, shared by its parts: frequency, energy and idle.
 */
#pragma once

#include "model/plan-types.h"

typedef struct PlanBuilder {
        const PlanInput *input;
        Plan plan;
        size_t near; /* where the search for the next original begins */
} PlanBuilder;

/* As originals_get(). The plan asks for them in their order, so no search is needed. */
const char *plan_get_original(PlanBuilder *b, const KnobId *id);

/* Each returns 0 or -ENOMEM. Wanted values may be added in any order. `value` NULL: the value is not known now. */
int plan_add_wanted(PlanBuilder *b, const KnobId *id, const char *value);
int plan_add_step(PlanBuilder *b, const Step *step);
/* Sets like->object from `id`, unless `id` is NULL. */
int plan_add_finding(PlanBuilder *b, const Finding *like, const KnobId *id, const CpuSet *cpus);

/* The last rule with this key among the CPUs of a frequency domain, which can have only one value; NULL: none has the
 * key. *ret_differ: the rules want different values for these CPUs. 0 or -ENOMEM. */
int plan_resolve_shared(const PlanBuilder *b, const FreqDomain *domain, PolicyKey key, const PolicyRule **ret,
                        bool *ret_differ);
