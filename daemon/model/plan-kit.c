/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan-kit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *grow(void *array, size_t n, size_t *allocated, size_t size)
{
        size_t wanted = *allocated ? *allocated * 2 : 32;
        void *new;

        if (n < *allocated)
                return array;
        new = reallocarray(array, wanted, size);
        if (new)
                *allocated = wanted;
        return new;
}

int plan_add_wanted(PlanBuilder *b, const KnobId *id, const char *value)
{
        Wanted *wanted = grow(b->plan.wanted, b->plan.n_wanted, &b->wanted_allocated, sizeof(Wanted));

        if (!wanted)
                return -ENOMEM;
        b->plan.wanted = wanted;
        wanted += b->plan.n_wanted++;
        *wanted = (Wanted) { .id = *id };
        snprintf(wanted->value, sizeof(wanted->value), "%s", value ? value : "");
        return 0;
}

int plan_add_step(PlanBuilder *b, const Step *step)
{
        Step *steps = grow(b->plan.steps, b->plan.n_steps, &b->steps_allocated, sizeof(Step));

        if (!steps)
                return -ENOMEM;
        b->plan.steps = steps;
        steps[b->plan.n_steps++] = *step;
        return 0;
}

int plan_resolve_shared(const PlanBuilder *b, const FreqDomain *policy, PolicyKey key, const PolicyRule **ret,
                        bool *ret_differ)
{
        const PolicyRule *last = NULL;
        bool differ = false;

        for (int cpu = cpuset_next(&policy->cpus, 0); cpu >= 0; cpu = cpuset_next(&policy->cpus, cpu + 1)) {
                CpuPolicy of_cpu;
                const PolicyRule *rule;

                policy_for_cpu(b->input->policy, cpu, &of_cpu);
                rule = of_cpu.by[key];
                if (!rule)
                        continue;
                if (last && last != rule) {
                        _cleanup_free_ char *one = policy_rule_format(last, key),
                                            *other = policy_rule_format(rule, key);

                        if (!one || !other)
                                return -ENOMEM;
                        differ = differ || strcmp(one, other) != 0;
                }
                if (!last || rule > last)
                        last = rule;
        }
        *ret = last;
        *ret_differ = differ;
        return 0;
}

int plan_add_finding(PlanBuilder *b, const Finding *like, const KnobId *id, const CpuSet *cpus)
{
        char object[KNOB_NAME_SIZE];
        Finding finding = *like;

        if (id) {
                knob_object_format(id, object);
                finding.object = object;
        }
        return findings_add(&b->plan.findings, &finding, cpus);
}
