/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/policy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/array.h"

static const char *const policy_key_names[POLICY_KEY_MAX_] = {
        [POLICY_GOVERNOR] = "GOVERNOR",
        [POLICY_MIN_FREQ] = "MIN_FREQ",
        [POLICY_MAX_FREQ] = "MAX_FREQ",
        [POLICY_FREQ] = "FREQ",
        [POLICY_EPP] = "EPP",
        [POLICY_PERF_BIAS] = "PERF_BIAS",
        [POLICY_MAX_CSTATE] = "MAX_CSTATE",
        [POLICY_IDLE_SET] = "idle-set",
};

void policy_rule_done(PolicyRule *rule)
{
        strings_free(rule->governors);
        free(rule->idle.name);
        free(rule->epp);
        free(rule->file);
        cpuset_done(&rule->cpus);
}

void policy_done(Policy *policy)
{
        for (unsigned i = 0; i < policy->n_rules; i++)
                policy_rule_done(&policy->rules[i]);
        free(policy->rules);
        *policy = (Policy) {};
}

PolicyRule *policy_add_rule(Policy *policy)
{
        if (array_grow(&policy->rules, policy->n_rules, sizeof(*policy->rules)) < 0)
                return NULL;
        policy->rules[policy->n_rules].all_cpus = true;
        return &policy->rules[policy->n_rules++];
}

int policy_add_defaults(Policy *policy, bool frequency, bool idle)
{
        PolicyRule *rule = policy_add_rule(policy);

        if (!rule)
                return -ENOMEM;
        rule->idle.kind = IDLE_LIMIT_SHALLOWEST;
        rule->has[POLICY_MAX_CSTATE] = idle;
        if (!frequency)
                return 0;
        rule->governors = calloc(2, sizeof(*rule->governors));
        if (!rule->governors)
                return -ENOMEM;
        rule->governors[0] = strdup("performance");
        if (!rule->governors[0])
                return -ENOMEM;
        rule->has[POLICY_GOVERNOR] = true;
        return 0;
}

int policy_append(Policy *policy, Policy *from)
{
        for (unsigned i = 0; i < from->n_rules; i++) {
                PolicyRule *rule = policy_add_rule(policy);

                if (!rule)
                        return -ENOMEM;
                *rule = from->rules[i];
                from->rules[i] = (PolicyRule) {};
        }
        policy_done(from);
        return 0;
}

bool policy_rule_names_governor(const PolicyRule *rule, const char *governor)
{
        for (char **name = rule->governors; name && *name; name++)
                if (strcasecmp(*name, governor) == 0)
                        return true;
        return false;
}

bool policy_rule_covers(const PolicyRule *rule, unsigned cpu)
{
        return rule->all_cpus || cpuset_has(&rule->cpus, cpu);
}

void policy_for_cpu(const Policy *policy, unsigned cpu, CpuPolicy *ret)
{
        *ret = (CpuPolicy) {};
        for (unsigned i = 0; i < policy->n_rules; i++) {
                const PolicyRule *rule = &policy->rules[i];

                if (!policy_rule_covers(rule, cpu))
                        continue;
                for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                        if (rule->has[key])
                                ret->by[key] = rule;
        }
}

bool policy_cpus_agree(const Policy *policy, unsigned a, unsigned b)
{
        CpuPolicy of_a, of_b;

        policy_for_cpu(policy, a, &of_a);
        policy_for_cpu(policy, b, &of_b);
        if (memcmp(&of_a, &of_b, sizeof(of_a)) != 0)
                return false;
        for (unsigned i = 0; i < policy->n_rules; i++)
                if (policy->rules[i].has[POLICY_IDLE_SET] &&
                    policy_rule_covers(&policy->rules[i], a) != policy_rule_covers(&policy->rules[i], b))
                        return false;
        return true;
}

bool policy_speaks_of(const Policy *policy, PolicyKey key)
{
        for (unsigned i = 0; i < policy->n_rules; i++)
                if (policy->rules[i].has[key])
                        return true;
        return false;
}

bool policy_key_is_idle(PolicyKey key)
{
        return key == POLICY_MAX_CSTATE || key == POLICY_IDLE_SET;
}

const char *policy_key_to_string(PolicyKey key)
{
        return key >= 0 && key < POLICY_KEY_MAX_ ? policy_key_names[key] : NULL;
}

PolicyKey policy_key_from_string(const char *text)
{
        for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                if (strcmp(policy_key_names[key], text) == 0)
                        return key;
        return POLICY_KEY_INVALID_;
}

static const Knob frequency_knobs[] = {
        [POLICY_GOVERNOR] = KNOB_SCALING_GOVERNOR,
        [POLICY_MIN_FREQ] = KNOB_SCALING_MIN_FREQ,
        [POLICY_MAX_FREQ] = KNOB_SCALING_MAX_FREQ,
        [POLICY_FREQ] = KNOB_SCALING_SETSPEED,
};

Knob policy_key_to_knob(PolicyKey key)
{
        return frequency_knobs[key];
}

PolicyKey policy_key_of_knob(Knob knob)
{
        for (PolicyKey key = 0; key <= POLICY_FREQ; key++)
                if (frequency_knobs[key] == knob)
                        return key;
        return POLICY_KEY_INVALID_;
}

static char *format_governors(char *const *governors)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return NULL;
        for (unsigned i = 0; governors[i]; i++)
                fprintf(out, "%s%s", i > 0 ? "|" : "", governors[i]);
        return text_finish(out, &text);
}

static char *format_number(uint64_t number, const char *unit)
{
        return text_format("%" PRIu64 "%s", number, unit);
}

static char *format_idle(const IdleLimit *idle)
{
        switch (idle->kind) {
        case IDLE_LIMIT_SHALLOWEST:
                return strdup("shallowest");
        case IDLE_LIMIT_NAME:
                return strdup(idle->name);
        case IDLE_LIMIT_LATENCY:
                return format_number(idle->latency_usec, "us");
        }
        return strdup("");
}

static char *format_idle_op(const IdleOp *op)
{
        static const char options[] = {
                [IDLE_OP_DISABLE] = 'd', [IDLE_OP_ENABLE] = 'e', [IDLE_OP_DISABLE_BY_LATENCY] = 'D'
        };

        if (op->kind == IDLE_OP_ENABLE_ALL)
                return strdup("-E");
        return text_format("-%c %" PRIu64, options[op->kind], op->number);
}

char *policy_rule_format(const PolicyRule *rule, PolicyKey key)
{
        if (key < 0 || key >= POLICY_KEY_MAX_ || !rule->has[key])
                return strdup("");
        switch (key) {
        case POLICY_GOVERNOR:
                return format_governors(rule->governors);
        case POLICY_MIN_FREQ:
                return format_number(rule->min_khz, "");
        case POLICY_MAX_FREQ:
                return format_number(rule->max_khz, "");
        case POLICY_FREQ:
                return format_number(rule->speed_khz, "");
        case POLICY_EPP:
                return strdup(rule->epp);
        case POLICY_PERF_BIAS:
                return format_number(rule->perf_bias, "");
        case POLICY_IDLE_SET:
                return format_idle_op(&rule->idle_op);
        default:
                return format_idle(&rule->idle);
        }
}
