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

/* Each 0 or -ENOMEM. What is wanted may come in any order. `value` NULL: none can be told now. */
int plan_add_wanted(PlanBuilder *b, const KnobId *id, const char *value);
int plan_add_step(PlanBuilder *b, const Step *step);
/* Fills in like->object from `id` unless that is NULL. */
int plan_add_finding(PlanBuilder *b, const Finding *like, const KnobId *id, const CpuSet *cpus);

/* What one cpufreq policy is to have. A NULL rule: nobody wants anything of this key. */
typedef struct FreqWish {
        const PolicyRule *by[POLICY_KEY_MAX_];
        const char *governor; /* NULL: none, or none that the driver offers */
        unsigned governor_choice;
        uint64_t min_khz, max_khz, speed_khz;
} FreqWish;

/* 0 or -ENOMEM. *ret is untouched on failure. */
int freq_wish_resolve(PlanBuilder *b, const FreqPolicy *policy, FreqWish *ret);
/* Drivers with ->setpolicy: their list of governors is complete, nothing can be loaded into it. */
bool freq_policy_offers_all(const FreqPolicy *policy);
/* Whether a list with blanks between, as sysfs has them, names `word` in any case. */
bool freq_list_has(const char *list, const char *word);

int plan_add_frequency(PlanBuilder *b, const FreqPolicy *policy);
/* What no frequency depends on: energy_performance_preference after the governor, since that may rule it, and energy_perf_bias. */
int plan_add_preference(PlanBuilder *b, const FreqPolicy *policy);
int plan_add_perf_bias(PlanBuilder *b, const CpuState *cpu);
int plan_add_idle(PlanBuilder *b, const CpuState *cpu);

/* Of the CPUs of a cpufreq policy, which takes one value, the rule that comes last; NULL: none has the key. *ret_differ: they are
 * told different values. 0 or -ENOMEM. */
int plan_resolve_shared(const PlanBuilder *b, const FreqPolicy *policy, PolicyKey key, const PolicyRule **ret, bool *ret_differ);
