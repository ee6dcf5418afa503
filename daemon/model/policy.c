/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/policy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const policy_key_names[POLICY_KEY_MAX_] = {
        [POLICY_GOVERNOR] = "GOVERNOR",
        [POLICY_MIN_FREQ] = "MIN_FREQ",
        [POLICY_MAX_FREQ] = "MAX_FREQ",
        [POLICY_MAX_CSTATE] = "MAX_CSTATE",
};

static void policy_rule_done(PolicyRule *rule)
{
        for (char **governor = rule->governors; governor && *governor; governor++)
                free(*governor);
        free(rule->governors);
        free(rule->idle.name);
        free(rule->file);
        cpuset_done(&rule->cpus);
}

void policy_done(Policy *policy)
{
        for (unsigned i = 0; i < policy->n_rules; i++)
                policy_rule_done(&policy->rules[i]);
        free(policy->rules);
        *policy = (Policy){ 0 };
}

PolicyRule *policy_add_rule(Policy *policy)
{
        PolicyRule *rules = reallocarray(policy->rules, policy->n_rules + 1, sizeof(*rules));

        if (!rules)
                return NULL;
        policy->rules = rules;
        rules[policy->n_rules] = (PolicyRule){ .all_cpus = true };
        return &rules[policy->n_rules++];
}

int policy_add_defaults(Policy *policy)
{
        PolicyRule *rule = policy_add_rule(policy);

        if (!rule)
                return -ENOMEM;
        rule->governors = calloc(2, sizeof(*rule->governors));
        if (!rule->governors)
                return -ENOMEM;
        rule->governors[0] = strdup("performance");
        if (!rule->governors[0])
                return -ENOMEM;
        rule->has[POLICY_GOVERNOR] = true;
        rule->idle.kind = IDLE_LIMIT_SHALLOWEST;
        rule->has[POLICY_MAX_CSTATE] = true;
        return 0;
}

void policy_for_cpu(const Policy *policy, unsigned cpu, CpuPolicy *ret)
{
        *ret = (CpuPolicy){ 0 };
        for (unsigned i = 0; i < policy->n_rules; i++) {
                const PolicyRule *rule = &policy->rules[i];

                if (!rule->all_cpus && !cpuset_has(&rule->cpus, cpu))
                        continue;
                for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                        if (rule->has[key])
                                ret->by[key] = rule;
        }
}

bool cpu_policy_equal(const CpuPolicy *a, const CpuPolicy *b)
{
        for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                if (a->by[key] != b->by[key])
                        return false;
        return true;
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

static char *format_governors(char *const *governors)
{
        size_t size = 1;
        char *text, *end;

        for (char *const *governor = governors; *governor; governor++)
                size += strlen(*governor) + 1;
        text = end = malloc(size);
        if (!text)
                return NULL;
        *text = '\0';
        for (char *const *governor = governors; *governor; governor++) {
                if (governor != governors)
                        *end++ = '|';
                end = stpcpy(end, *governor);
        }
        return text;
}

static char *format_number(uint64_t number, const char *unit)
{
        char *text;

        return asprintf(&text, "%" PRIu64 "%s", number, unit) < 0 ? NULL : text;
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
        default:
                return format_idle(&rule->idle);
        }
}
