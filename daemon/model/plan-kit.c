/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan-kit.h"

#include <errno.h>
#include <string.h>

#include "base/append.h"
#include "base/array.h"

const char *plan_get_original(PlanBuilder *b, const KnobId *id)
{
        return originals_get_near(b->input->originals, id, &b->near);
}

int plan_add_wanted(PlanBuilder *b, const KnobId *id, const char *value)
{
        Wanted *wanted;

        if (array_grow(&b->plan.wanted, b->plan.n_wanted, sizeof(Wanted)) < 0)
                return -ENOMEM;
        wanted = &b->plan.wanted[b->plan.n_wanted++];
        wanted->id = *id;
        copy_text(wanted->value, sizeof(wanted->value), value ? value : "");
        return 0;
}

int plan_add_step(PlanBuilder *b, const Step *step)
{
        if (array_grow(&b->plan.steps, b->plan.n_steps, sizeof(Step)) < 0)
                return -ENOMEM;
        b->plan.steps[b->plan.n_steps++] = *step;
        return 0;
}

int plan_resolve_shared(const PlanBuilder *b, const FreqDomain *domain, PolicyKey key, const PolicyRule **ret,
                        bool *ret_differ)
{
        const PolicyRule *last = NULL;
        bool differ = false;

        for (int cpu = cpuset_next(&domain->cpus, 0); cpu >= 0; cpu = cpuset_next(&domain->cpus, cpu + 1)) {
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
