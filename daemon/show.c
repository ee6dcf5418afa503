/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "model/need.h"

#define COLUMNS 80

/* Words of `text`, the first line behind `head`, all at column `indent`. */
static void show_wrapped(FILE *out, const char *head, unsigned indent, const char *text)
{
        unsigned column = fprintf(out, "%-*s", (int)indent, head);
        bool first = true;

        for (const char *word = text + strspn(text, " "); *word; word += strspn(word, " ")) {
                unsigned length = strcspn(word, " ");

                if (!first && column + 1 + length > COLUMNS)
                        column = fprintf(out, "\n%*s", (int)indent, "") - 1;
                else if (!first)
                        column += fprintf(out, " ");
                column += fprintf(out, "%.*s", (int)length, word);
                word += length;
                first = false;
        }
        fputc('\n', out);
}

int show_facts(FILE *out, const Facts *facts)
{
        _cleanup_free_ char *vendor = text_escape(facts->vendor), *reason = need_reason(facts);
        const char *clocksource = facts->clocksource ? facts->clocksource : "unknown";
        Need need = need_from_facts(facts);

        if (!vendor || !reason)
                return -ENOMEM;
        fprintf(out, "Facts  %u CPU%s, %s family %u model %u%s\n", facts->n_cpus, facts->n_cpus == 1 ? "" : "s", vendor,
                facts->family, facts->model, facts_is_amd_rev_f(facts) ? " (AMD revision F)" : "");
        fprintf(out, "       constant_tsc: %s, nonstop_tsc: %s\n", facts->constant_tsc ? "yes" : "no",
                facts->nonstop_tsc ? "yes" : "no");
        fprintf(out, "       clocksource: %s; %s\n", clocksource,
                facts_tsc_lives(facts) ? "the TSC lives" : "the TSC is given up until the next boot");
        fprintf(out, "Need   %s\n", need.frequency && need.idle ? "frequency and idle policy" :
                need.frequency ? "frequency policy" : need.idle ? "idle policy" : "none");
        show_wrapped(out, "", 7, reason);
        return 0;
}

static bool steps_alike(const Step *a, const Step *b)
{
        return a->id.knob == b->id.knob && a->id.state == b->id.state && a->effect == b->effect && a->reason == b->reason &&
               a->withheld == b->withheld && a->rule == b->rule && a->key == b->key && strcmp(a->from, b->from) == 0 && strcmp(a->to, b->to) == 0;
}

static int show_step(FILE *out, const Step *step, const CpuSet *ids, const Snapshot *snapshot)
{
        _cleanup_free_ char *list = cpuset_format(ids), *reason = step_reason_format(step, snapshot);

        if (!list || !reason)
                return -ENOMEM;
        if (knob_is_of_policy(step->id.knob))
                fprintf(out, "  cpufreq/policy%s", list);
        else if (step->id.knob == KNOB_ENERGY_PERF_BIAS)
                fprintf(out, "  cpu%s/power", list);
        else
                fprintf(out, "  cpu%s/cpuidle/state%u", list, step->id.state);
        fprintf(out, " %s: %s -> %s\n      %s; %s%s\n", knob_to_string(step->id.knob), step->from, step->to, reason,
                effect_to_string(step->effect), step->withheld ? "; withheld" : "");
        return 0;
}

/* State names differ between CPUs of a hybrid host, so the reason must agree as well. */
static int show_alike(FILE *out, const Plan *plan, size_t first, const Snapshot *snapshot, bool *shown)
{
        _cleanup_free_ char *reason = step_reason_format(&plan->steps[first], snapshot);
        _cleanup_cpuset_ CpuSet ids = {};

        if (!reason)
                return -ENOMEM;
        for (size_t i = first; i < plan->n_steps; i++) {
                _cleanup_free_ char *other = NULL;

                if (shown[i] || !steps_alike(&plan->steps[first], &plan->steps[i]))
                        continue;
                other = step_reason_format(&plan->steps[i], snapshot);
                if (!other)
                        return -ENOMEM;
                if (strcmp(reason, other) != 0)
                        continue;
                if (cpuset_add(&ids, plan->steps[i].id.id) < 0)
                        return -ENOMEM;
                shown[i] = true;
        }
        return show_step(out, &plan->steps[first], &ids, snapshot);
}

int show_plan(FILE *out, const char *verb, const Plan *plan, const Snapshot *snapshot)
{
        _cleanup_free_ bool *shown = calloc(plan->n_steps + 1, sizeof(bool));

        if (!shown)
                return -ENOMEM;
        if (plan->n_steps == 0)
                fprintf(out, "%-6s nothing to do\n", verb);
        else
                fprintf(out, "%-6s %zu step%s\n", verb, plan->n_steps, plan->n_steps == 1 ? "" : "s");
        for (size_t i = 0; i < plan->n_steps; i++) {
                int r = shown[i] ? 0 : show_alike(out, plan, i, snapshot, shown);

                if (r < 0)
                        return r;
        }
        return 0;
}

int show_findings(FILE *out, const Findings *findings)
{
        for (unsigned i = 0; i < findings->n; i++) {
                _cleanup_free_ char *sentence = finding_format(&findings->entries[i]);

                if (!sentence)
                        return -ENOMEM;
                show_wrapped(out, "Note", 7, sentence);
        }
        return 0;
}

static void show_setting(FILE *out, const Config *config, const char *key, const char *value, unsigned line)
{
        int width = fprintf(out, "%s=%s", key, value);

        if (line > 0)
                fprintf(out, "%*s%s:%u\n", width < 32 ? 32 - width : 1, "", config->file, line);
        else
                fprintf(out, "%*sbuilt-in default\n", width < 32 ? 32 - width : 1, "");
}

static int show_key(FILE *out, const PolicyRule *rule, PolicyKey key)
{
        _cleanup_free_ char *value = policy_rule_format(rule, key);
        int width;

        if (!value)
                return -ENOMEM;
        width = fprintf(out, "  %s%c%s", policy_key_to_string(key), key == POLICY_IDLE_SET ? ' ' : '=', value);
        if (rule->file)
                fprintf(out, "%*s%s:%u\n", width < 32 ? 32 - width : 1, "", rule->file, rule->lines[key]);
        else
                fprintf(out, "%*sbuilt-in default\n", width < 32 ? 32 - width : 1, "");
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

/* Prints the group that `cpu` belongs to and takes its CPUs off *left. */
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
