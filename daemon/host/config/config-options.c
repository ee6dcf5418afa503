/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-options.h"

#include <errno.h>

#include "base/macro.h"
#include "model/cpupower-options.h"

/* The option strings in the order in which they take effect: that of several ExecStart= lines, with which sites run the
 * …_IDLE_OPTS after the …_OPTS. */
typedef struct OptionKey {
        const char *name, *text;
        unsigned line;
        bool stop;
} OptionKey;

#define N_OPTION_KEYS 4

static void list_keys(const Config *config, OptionKey keys[static N_OPTION_KEYS])
{
        keys[0] = (OptionKey) { "CPUPOWER_START_OPTS", config->start_opts, config->start_opts_line, false };
        keys[1] = (OptionKey) { "CPUPOWER_START_IDLE_OPTS", config->start_idle_opts, config->start_idle_opts_line,
                                false };
        keys[2] = (OptionKey) { "CPUPOWER_STOP_OPTS", config->stop_opts, config->stop_opts_line, true };
        keys[3] = (OptionKey) { "CPUPOWER_STOP_IDLE_OPTS", config->stop_idle_opts, config->stop_idle_opts_line, true };
}

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

static void check_conflicts(const Config *config, const OptionKey *key, ConfigFaults *faults)
{
        PolicyKey native;
        unsigned line = find_native(&config->policy, &native);

        if (line > 0)
                config_faults_refuse(
                        faults, key->line > line ? key->line : line,
                        "%s of line %u and %s of line %u both say what the policy is; keep one of the two kinds",
                        policy_key_to_string(native), line, key->name, key->line);
        if (key->stop && config->on_stop_line > 0)
                config_faults_refuse(faults, key->line > config->on_stop_line ? key->line : config->on_stop_line,
                                     "ON_STOP of line %u and %s of line %u both say what happens at stop; keep one",
                                     config->on_stop_line, key->name, key->line);
}

int config_take_options(Config *config, ConfigFaults *faults)
{
        _cleanup_policy_ Policy start = {};
        OptionKey keys[N_OPTION_KEYS];

        list_keys(config, keys);
        for (unsigned i = 0; i < N_OPTION_KEYS; i++) {
                CpupowerWhy why;
                int r;

                if (!keys[i].text)
                        continue;
                check_conflicts(config, &keys[i], faults);
                r = cpupower_options_parse(keys[i].text, config->file, keys[i].line,
                                           keys[i].stop ? &config->stop_policy : &start, why);
                if (r == -EINVAL)
                        config_faults_refuse(faults, keys[i].line, "%s: %s", keys[i].name, why);
                else if (r < 0)
                        return r;
        }
        if (start.n_rules == 0)
                return 0;
        config->sets_policy = true;
        return config_take_policy(config, &start);
}
