/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as a configuration file: it is refused with reasons that a terminal can show, or gives a complete policy
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "host/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_errors(const ConfigFaults *errors)
{
        assert(errors->n <= 42);
        for (unsigned i = 0; i < errors->n; i++) {
                assert(strncmp(errors->entries[i].text, "F:", 2) == 0);
                assert(strlen(errors->entries[i].text) < 4096);
                for (const char *c = errors->entries[i].text; *c; c++)
                        assert((unsigned char)*c >= ' ' && *c != 0x7f);
        }
}

static void check_config(const Config *config)
{
        const Policy *policy = &config->policy;
        bool options = config->options[OPTION_START].text || config->options[OPTION_START_IDLE].text;
        CpuPolicy cpu;

        assert(policy->n_rules >= 1);
        assert(apply_mode_to_string(config->apply) && apply_when_to_string(config->apply_when));
        assert(drift_mode_to_string(config->drift) && stop_mode_to_string(config->on_stop));
        for (unsigned i = 0; i < policy->n_rules; i++) {
                const PolicyRule *rule = &policy->rules[i];

                assert((i == 0 && !options) == !rule->file);
                assert(rule->all_cpus || !cpuset_is_empty(&rule->cpus));
                for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++) {
                        _cleanup_free_ char *text = policy_rule_format(rule, key);

                        assert(rule->has[key] == !!*text);
                        assert(!rule->has[key] || options || i == 0 || rule->lines[key] > rule->line);
                }
        }
        for (unsigned id = 0; id < 4; id++) {
                policy_for_cpu(policy, id, &cpu);
                assert(options || (cpu.by[POLICY_GOVERNOR] && cpu.by[POLICY_MAX_CSTATE]));
                assert(!cpu.by[POLICY_MIN_FREQ] || !cpu.by[POLICY_MAX_FREQ] ||
                       cpu.by[POLICY_MIN_FREQ]->min_khz <= cpu.by[POLICY_MAX_FREQ]->max_khz);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};
        int r;

        r = config_parse("F", (const char *)data, size, &config, &errors);
        assert(r == 0 || r == -EBADMSG);
        assert((r == 0) == (errors.n_refusals == 0));
        check_errors(&errors);
        if (r == 0)
                check_config(&config);
        return 0;
}
