/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan-energy.h"

#include <errno.h>
#include <string.h>

#include "base/append.h"

/* Adds the step for a knob that is set after its governor, and restored if no rule sets it. */
static int energy_step(PlanBuilder *b, const KnobId *id, const EnergyValue *now, const PolicyRule *rule, PolicyKey key,
                       const char *to)
{
        Step step = { .id = *id, .rule = rule, .key = key, .reason = rule ? STEP_POLICY : STEP_RESTORE };

        if (strcmp(now->text, to) == 0)
                return 0;
        strcpy(step.from, now->text);
        copy_text(step.to, sizeof(step.to), to);
        return plan_add_step(b, &step);
}

static int energy_restore(PlanBuilder *b, const KnobId *id, const EnergyValue *now)
{
        const char *original = plan_get_original(b, id);

        return !original || now->error || !*now->text ? 0 :
                                                        energy_step(b, id, now, NULL, POLICY_KEY_INVALID_, original);
}

static int energy_apply(PlanBuilder *b, const KnobId *id, const EnergyValue *now, const PolicyRule *rule, PolicyKey key,
                        const CpuSet *cpus)
{
        bool missing = now->error == -ENOENT || (now->error == 0 && !*now->text);
        Finding finding = { .kind = FINDING_FAILED, .knob = id->knob, .error = now->error };
        _cleanup_free_ char *to = policy_rule_format(rule, key);

        if (!to)
                return -ENOMEM;
        if (missing)
                finding = finding_make(FINDING_NO_SUCH_KNOB, id->knob, to, NULL, NULL);
        /* A CPU without this knob has nothing to set; that is no fault of the policy. */
        if (missing && id->knob == KNOB_ENERGY_PERF_BIAS)
                finding.kind = FINDING_NO_SUCH_BIAS;
        else if (plan_add_wanted(b, id, to) < 0)
                return -ENOMEM;
        if (!missing && now->error == 0)
                return energy_step(b, id, now, rule, key, to);
        return plan_add_finding(b, &finding, id, cpus);
}

/* Under the governor performance these drivers accept no other preference (EBUSY, drivers/cpufreq/intel_pstate.c,
 * amd-pstate.c). */
static bool governor_rules_preference(const PlanBuilder *b, const FreqDomain *domain)
{
        const char *governor = domain->governor;

        for (size_t i = 0; i < b->plan.n_steps; i++) {
                const Step *step = &b->plan.steps[i];

                if (step->id.knob == KNOB_SCALING_GOVERNOR && step->id.id == domain->id && !step->withheld)
                        governor = step->to;
        }
        return freq_domain_offers_all(domain) && strcasecmp(governor, "performance") == 0;
}

/* Records that the governor performance does not allow the preference that was asked for. 0 or -ENOMEM. */
static int preference_overruled(PlanBuilder *b, const KnobId *id, const FreqDomain *domain, const char *wanted)
{
        const Finding finding = finding_make(FINDING_OVERRULED, id->knob, wanted, NULL, domain->driver);

        if (plan_add_wanted(b, id, NULL) < 0)
                return -ENOMEM;
        return plan_add_finding(b, &finding, id, &domain->cpus);
}

int plan_add_preference(PlanBuilder *b, const FreqDomain *domain)
{
        const KnobId id = { .knob = KNOB_ENERGY_PERFORMANCE_PREFERENCE, .id = domain->id };
        const PolicyRule *rule = NULL;
        Finding finding;
        bool differ = false;
        int r = 0;

        if (b->input->halves.frequency)
                r = plan_resolve_shared(b, domain, POLICY_EPP, &rule, &differ);
        if (r < 0)
                return r;
        /* The finding about the domain's other knobs already says why; the original is kept. */
        if (domain->error)
                return policy_speaks_of(b->input->policy, POLICY_EPP) ? plan_add_wanted(b, &id, NULL) : 0;
        /* Few hosts have such originals. Checking this first spares the others a search for each domain. */
        if (!rule)
                return !plan_get_original(b, &id) || governor_rules_preference(b, domain) ?
                               0 :
                               energy_restore(b, &id, &domain->preference);
        if (differ) {
                finding = finding_make(FINDING_SHARED_POLICY, id.knob, rule->epp, NULL, NULL);
                r = plan_add_finding(b, &finding, &id, &domain->cpus);
        }
        if (r < 0)
                return r;
        if (*domain->preference.text && strcmp(rule->epp, "performance") != 0 &&
            strcmp(rule->epp, domain->preference.text) != 0 && governor_rules_preference(b, domain))
                return preference_overruled(b, &id, domain, rule->epp);
        return energy_apply(b, &id, &domain->preference, rule, POLICY_EPP, &domain->cpus);
}

int plan_add_perf_bias(PlanBuilder *b, const CpuState *cpu)
{
        const KnobId id = { .knob = KNOB_ENERGY_PERF_BIAS, .id = cpu->id };
        _cleanup_cpuset_ CpuSet alone = {};
        CpuPolicy policy = {};

        if (b->input->halves.frequency)
                policy_for_cpu(b->input->policy, cpu->id, &policy);
        if (!policy.by[POLICY_PERF_BIAS])
                return energy_restore(b, &id, &cpu->perf_bias);
        if (!cpu->online)
                return plan_add_wanted(b, &id, NULL);
        if (cpuset_add(&alone, cpu->id) < 0)
                return -ENOMEM;
        return energy_apply(b, &id, &cpu->perf_bias, policy.by[POLICY_PERF_BIAS], POLICY_PERF_BIAS, &alone);
}
