/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-options.h"

#include <errno.h>
#include <sys/param.h>

#include "base/macro.h"
#include "model/cpupower-options.h"

static const char *const option_names[OPTION_MAX_] = {
        [OPTION_START] = "CPUPOWER_START_OPTS",
        [OPTION_START_IDLE] = "CPUPOWER_START_IDLE_OPTS",
        [OPTION_STOP] = "CPUPOWER_STOP_OPTS",
        [OPTION_STOP_IDLE] = "CPUPOWER_STOP_IDLE_OPTS",
};

/* The line of the first policy key that is no option string, and *ret_key. 0: there is none. */
static unsigned find_native(const Policy *policy, PolicyKey *ret_key)
{
        unsigned line = 0;

        for (unsigned i = 0; i < policy->n_rules; i++)
                for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++) {
                        const PolicyRule *rule = &policy->rules[i];

                        if (rule->file && rule->has[key] && (line == 0 || rule->lines[key] < line)) {
                                line = rule->lines[key];
                                *ret_key = key;
                        }
                }
        return line;
}

static void check_conflicts(const Config *config, OptionKey key, ConfigFaults *faults)
{
        unsigned option_line = config->options[key].line;
        PolicyKey native;
        unsigned line = find_native(&config->policy, &native);

        if (line > 0)
                config_faults_refuse(
                        faults, MAX(option_line, line),
                        "%s of line %u and %s of line %u both say what the policy is; keep one of the two kinds",
                        policy_key_to_string(native), line, option_names[key], option_line);
        if (key >= OPTION_STOP && config->on_stop_line > 0)
                config_faults_refuse(faults, MAX(option_line, config->on_stop_line),
                                     "ON_STOP of line %u and %s of line %u both say what happens at stop; keep one",
                                     config->on_stop_line, option_names[key], option_line);
}

int config_take_options(Config *config, ConfigFaults *faults)
{
        _cleanup_policy_ Policy start = {};

        for (OptionKey key = 0; key < OPTION_MAX_; key++) {
                const OptionText *option = &config->options[key];
                CpupowerWhy why;
                int r;

                if (!option->text)
                        continue;
                check_conflicts(config, key, faults);
                r = cpupower_options_parse(option->text, config->file, option->line,
                                           key >= OPTION_STOP ? &config->stop_policy : &start, why);
                if (r == -EINVAL)
                        config_faults_refuse(faults, option->line, "%s: %s", option_names[key], why);
                else if (r < 0)
                        return r;
        }
        if (start.n_rules == 0)
                return 0;
        config->sets_policy = true;
        return config_take_policy(config, &start);
}
