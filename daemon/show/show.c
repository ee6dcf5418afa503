/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/show.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "host/config/config-store.h"
#include "model/finding.h"
#include "model/frequency.h"
#include "model/need.h"
#include "model/plan-types.h"
#include "model/policy.h"
#include "model/snapshot.h"
#include "show/print.h"
#include "show/steps.h"

int show_facts(FILE *out, const Facts *facts)
{
        _cleanup_free_ char *reason = need_reason(facts), *cpus = NULL, *clocksource = NULL;
        static const char *const needs[] = { "none", "frequency policy", "idle policy", "frequency and idle policy" };
        Halves need = need_from_facts(facts);

        cpus = text_format("%u CPU%s, %s family %u model %u%s", facts->n_cpus, facts->n_cpus == 1 ? "" : "s",
                           facts->vendor, facts->family, facts->model,
                           facts_is_amd_rev_f(facts) ? " (AMD revision F)" : "");
        clocksource = text_format("clocksource: %s; %s", facts->clocksource ? facts->clocksource : "unknown",
                                  facts_tsc_lives(facts) ? "the TSC works" :
                                                           "the kernel has given up the TSC until the next boot");
        if (!reason || !cpus || !clocksource)
                return -ENOMEM;
        print_wrapped(out, "Facts", 7, cpus);
        fprintf(out, "       constant_tsc: %s, nonstop_tsc: %s\n", facts->constant_tsc ? "yes" : "no",
                facts->nonstop_tsc ? "yes" : "no");
        print_wrapped(out, "", 7, clocksource);
        fprintf(out, "Need   %s\n", needs[need.frequency + 2 * need.idle]);
        print_wrapped(out, "", 7, reason);
        return 0;
}

int show_plan(FILE *out, const char *verb, const Plan *plan, const Snapshot *snapshot)
{
        _cleanup_steps_ Steps steps = {};
        int r = steps_from_plan(plan, snapshot, &steps);

        return r < 0 ? r : steps_show(out, verb, &steps);
}

int show_findings(FILE *out, const Findings *findings)
{
        for (unsigned i = 0; i < findings->n; i++) {
                _cleanup_free_ char *sentence = finding_format(&findings->entries[i]);

                if (!sentence)
                        return -ENOMEM;
                print_wrapped(out, "Note", 7, sentence);
        }
        return 0;
}

/* Prints where a value is set, behind the value, which took `width` columns. */
static void show_source(FILE *out, int width, const char *file, unsigned line)
{
        fprintf(out, "%*s", width < 32 ? 32 - width : 1, "");
        if (file)
                fprintf(out, "%s:%u\n", file, line);
        else
                fputs("built-in default\n", out);
}

static void show_setting(FILE *out, const Config *config, const char *key, const char *value, unsigned line)
{
        show_source(out, fprintf(out, "%s=%s", key, value), line > 0 ? config->file : NULL, line);
}

/* The value as the configuration file would have it, frequencies with a unit. NULL when out of memory. */
static char *format_key(const PolicyRule *rule, PolicyKey key)
{
        char text[FREQUENCY_TEXT_SIZE];

        switch (key) {
        case POLICY_MIN_FREQ:
                frequency_format(rule->min_khz, "", text);
                break;
        case POLICY_MAX_FREQ:
                frequency_format(rule->max_khz, "", text);
                break;
        case POLICY_FREQ:
                frequency_format(rule->speed_khz, "", text);
                break;
        default:
                return policy_rule_format(rule, key);
        }
        return strdup(text);
}

static int show_key(FILE *out, const PolicyRule *rule, PolicyKey key)
{
        _cleanup_free_ char *value = format_key(rule, key);

        if (!value)
                return -ENOMEM;
        show_source(out, fprintf(out, "  %s%c%s", policy_key_to_string(key), key == POLICY_IDLE_SET ? ' ' : '=', value),
                    rule->file, rule->lines[key]);
        return 0;
}

static int show_group(FILE *out, const Policy *policy, unsigned cpu)
{
        CpuPolicy of_cpu;
        int r = 0;

        policy_for_cpu(policy, cpu, &of_cpu);
        for (PolicyKey key = 0; key < POLICY_IDLE_SET && r == 0; key++)
                if (of_cpu.by[key])
                        r = show_key(out, of_cpu.by[key], key);
        for (unsigned i = 0; i < policy->n_rules && r == 0; i++)
                if (policy->rules[i].has[POLICY_IDLE_SET] && policy_rule_covers(&policy->rules[i], cpu))
                        r = show_key(out, &policy->rules[i], POLICY_IDLE_SET);
        return r;
}

/* Prints the CPUs that have the same policy as `cpu`, and the policy, and removes those CPUs from *left. */
static int show_group_of(FILE *out, const Policy *policy, unsigned cpu, CpuSet *left)
{
        _cleanup_cpuset_ CpuSet group = {};
        _cleanup_free_ char *list = NULL;

        for (int i = cpuset_next(left, cpu); i >= 0; i = cpuset_next(left, i + 1)) {
                if (!policy_cpus_agree(policy, cpu, i))
                        continue;
                if (cpuset_add(&group, i) < 0)
                        return -ENOMEM;
                cpuset_remove(left, i);
        }
        list = cpuset_format(&group);
        if (!list)
                return -ENOMEM;
        fprintf(out, "CPU%s %s\n", cpuset_count(&group) == 1 ? "" : "s", list);
        return show_group(out, policy, cpu);
}

static int show_policy(FILE *out, const Policy *policy)
{
        _cleanup_cpuset_ CpuSet named = {};
        int r = 0;

        for (unsigned i = 0; i < policy->n_rules; i++)
                if (!policy->rules[i].all_cpus && cpuset_add_all(&named, &policy->rules[i].cpus) < 0)
                        return -ENOMEM;
        fputs(cpuset_is_empty(&named) ? "All CPUs\n" : "All other CPUs\n", out);
        r = show_group(out, policy, CPUSET_MAX);
        for (int cpu = cpuset_next(&named, 0); cpu >= 0 && r == 0; cpu = cpuset_next(&named, 0))
                r = show_group_of(out, policy, cpu, &named);
        return r;
}

static void show_sources(FILE *out, const Config *config)
{
        for (unsigned i = config->exists; i < config->n_files; i++)
                if (!config->policy_file || strcmp(config->files[i], config->policy_file) != 0)
                        fprintf(out, "%s supplies nothing\n", config->files[i]);
        if (config->policy_file)
                fprintf(out, "%s supplies the policy, since %s sets none\n", config->policy_file, config->file);
        if (config->filled.frequency)
                fputs("Frequency: no governor and no limit is configured; the built-in value holds where the host needs it\n",
                      out);
        if (config->filled.idle)
                fputs("C-states: nothing is configured; the built-in value holds where the host needs it\n", out);
}

int show_config(FILE *out, const Config *config)
{
        int r;

        fprintf(out, "%s%s%s\n", config->file, config->exists ? "" : " does not exist",
                config->exists || config->policy_file ? "" : ": the defaults apply");
        show_setting(out, config, "APPLY", apply_mode_to_string(config->apply), config->apply_line);
        show_setting(out, config, "APPLY_WHEN", apply_when_to_string(config->apply_when), config->apply_when_line);
        show_setting(out, config, "DRIFT", drift_mode_to_string(config->drift), config->drift_line);
        show_setting(out, config, "ON_STOP", stop_mode_to_string(config->on_stop), config->on_stop_line);
        show_sources(out, config);
        r = show_policy(out, &config->policy);
        if (r == 0 && config->stop_policy.n_rules > 0) {
                fputs("At stop, before everything else gets its old value back\n", out);
                r = show_policy(out, &config->stop_policy);
        }
        return r;
}
