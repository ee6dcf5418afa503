/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-check.h"

#include <stdbool.h>

void config_check_overlaps(const Policy *policy, ConfigFaults *faults)
{
        unsigned owners[CPUSET_MAX] = {};

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

/* Each pair of rules is reported once, for the first CPU it concerns. */
void config_check_frequencies(const Policy *policy, ConfigFaults *faults)
{
        struct {
                const PolicyRule *min, *max;
        } said[CONFIG_FAULTS_MAX];
        unsigned n_said = 0;

        if (!policy_speaks_of(policy, POLICY_MIN_FREQ) || !policy_speaks_of(policy, POLICY_MAX_FREQ))
                return;
        for (unsigned cpu = 0; cpu < CPUSET_MAX && n_said < ARRAY_SIZE(said); cpu++) {
                const PolicyRule *min, *max;
                unsigned min_line, max_line, i = 0;
                CpuPolicy values;

                policy_for_cpu(policy, cpu, &values);
                min = values.by[POLICY_MIN_FREQ];
                max = values.by[POLICY_MAX_FREQ];
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
}
