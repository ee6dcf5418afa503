/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any bytes as the options of a cpupower command: refused with a reason, or rules that are whole.
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "model/cpupower-options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *text = strndup((const char *)data, size);
        _cleanup_policy_ Policy policy = {};
        CpupowerWhy why = "";
        int r;

        assert(text);
        r = cpupower_options_parse(text, "F", 1, &policy, why);
        assert(r == 0 || r == -EINVAL);
        assert((r == 0) == (policy.n_rules > 0));
        assert(r == 0 || (strlen(why) > 10 && strchr(why, ';')));
        for (unsigned i = 0; i < policy.n_rules; i++) {
                const PolicyRule *rule = &policy.rules[i];
                bool any = false;

                assert(rule->all_cpus || !cpuset_is_empty(&rule->cpus));
                for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++) {
                        _cleanup_free_ char *value = policy_rule_format(rule, key);

                        assert(rule->has[key] == !!*value);
                        any = any || rule->has[key];
                }
                assert(any && (!rule->has[POLICY_FREQ] || strcmp(rule->governors[0], "userspace") == 0));
                assert(!rule->has[POLICY_MIN_FREQ] || !rule->has[POLICY_MAX_FREQ] || rule->min_khz <= rule->max_khz);
        }
        return 0;
}
