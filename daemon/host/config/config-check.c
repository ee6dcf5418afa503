/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-check.h"

#include <errno.h>
#include <stdbool.h>

void config_check_overlaps(const Policy *policy, ConfigFaults *faults)
{
        unsigned owners[CPUSET_MAX] = { 0 };

        for (unsigned i = 0; i < policy->n_rules; i++) {
                const PolicyRule *rule = &policy->rules[i];
                const CpuSet *cpus = &rule->cpus;
                bool said = false;

                for (int cpu = cpuset_next(cpus, 0); cpu >= 0; cpu = cpuset_next(cpus, (unsigned)cpu + 1)) {
                        if (owners[cpu] > 0 && !said)
                                config_faults_remark(faults, rule->line,
                                                     "CPU %d is also in the section of line %u; "
                                                     "where both set a key, the later one wins",
                                                     cpu, owners[cpu]);
                        said |= owners[cpu] > 0;
                        owners[cpu] = rule->line;
                }
        }
}

/* What a CPU gets may come from two rules: the top sets MIN_FREQ, a section MAX_FREQ. */
typedef struct FrequencyRules {
        const PolicyRule *min[CPUSET_MAX];
        const PolicyRule *max[CPUSET_MAX];
} FrequencyRules;

/* False: no rule at all has one of the two keys. */
static bool find_frequency_rules(const Policy *policy, FrequencyRules *ret)
{
        bool any_min = false, any_max = false;

        for (unsigned i = 0; i < policy->n_rules; i++) {
                const PolicyRule *rule = &policy->rules[i];
                bool has_min = rule->has[POLICY_MIN_FREQ], has_max = rule->has[POLICY_MAX_FREQ];

                any_min |= has_min;
                any_max |= has_max;
                for (unsigned cpu = 0; (has_min || has_max) && cpu < CPUSET_MAX; cpu++) {
                        if (!rule->all_cpus && !cpuset_has(&rule->cpus, cpu))
                                continue;
                        if (has_min)
                                ret->min[cpu] = rule;
                        if (has_max)
                                ret->max[cpu] = rule;
                }
        }
        return any_min && any_max;
}

/* Each pair of rules is reported once, for the first CPU it concerns. */
int config_check_frequencies(const Policy *policy, ConfigFaults *faults)
{
        _cleanup_free_ FrequencyRules *rules = calloc(1, sizeof(*rules));
        struct {
                const PolicyRule *min, *max;
        } said[CONFIG_FAULTS_MAX];
        unsigned n_said = 0;

        if (!rules)
                return -ENOMEM;
        if (!find_frequency_rules(policy, rules))
                return 0;
        for (unsigned cpu = 0; cpu < CPUSET_MAX && n_said < ARRAY_SIZE(said); cpu++) {
                const PolicyRule *min = rules->min[cpu], *max = rules->max[cpu];
                unsigned min_line, max_line, i = 0;

                if (!min || !max || min->min_khz <= max->max_khz)
                        continue;
                while (i < n_said && (said[i].min != min || said[i].max != max))
                        i++;
                if (i < n_said)
                        continue;
                said[n_said].min = min;
                said[n_said++].max = max;
                min_line = min->lines[POLICY_MIN_FREQ];
                max_line = max->lines[POLICY_MAX_FREQ];
                config_faults_refuse(faults, min_line > max_line ? min_line : max_line,
                                     "for CPU %u the MIN_FREQ of line %u is above the MAX_FREQ of line %u; "
                                     "lower the one or raise the other",
                                     cpu, min_line, max_line);
        }
        return 0;
}
