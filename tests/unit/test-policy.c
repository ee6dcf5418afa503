/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/policy.h"

static void assert_format(const PolicyRule *rule, PolicyKey key, const char *expected)
{
        _cleanup_free_ char *text = policy_rule_format(rule, key);

        assert_string_equal(text, expected);
}

static void test_policy_defaults(void **state)
{
        _cleanup_policy_ Policy policy = {};
        CpuPolicy cpu;

        assert_int_equal(policy_add_defaults(&policy, true, true), 0);
        assert_int_equal(policy.n_rules, 1);
        policy_for_cpu(&policy, 8191, &cpu);
        assert_ptr_equal(cpu.by[POLICY_GOVERNOR], &policy.rules[0]);
        assert_ptr_equal(cpu.by[POLICY_MAX_CSTATE], &policy.rules[0]);
        assert_null(cpu.by[POLICY_MIN_FREQ]);
        assert_null(cpu.by[POLICY_MAX_FREQ]);
        assert_null(policy.rules[0].file);
        assert_format(&policy.rules[0], POLICY_GOVERNOR, "performance");
        assert_format(&policy.rules[0], POLICY_MAX_CSTATE, "shallowest");
        assert_format(&policy.rules[0], POLICY_MIN_FREQ, "");
}

static void test_policy_later_rules_override_by_key(void **state)
{
        _cleanup_policy_ Policy policy = {};
        CpuPolicy cpu, other;
        PolicyRule *rule;

        assert_int_equal(policy_add_defaults(&policy, true, true), 0);
        rule = policy_add_rule(&policy);
        assert_true(rule->all_cpus);
        rule->has[POLICY_MIN_FREQ] = true;
        rule->min_khz = 2600000;
        rule = policy_add_rule(&policy);
        rule->all_cpus = false;
        assert_int_equal(cpuset_parse("0-3", &rule->cpus), 0);
        rule->has[POLICY_MAX_CSTATE] = true;
        rule->idle = (IdleLimit) { .kind = IDLE_LIMIT_LATENCY, .latency_usec = 20 };
        rule = policy_add_rule(&policy);
        rule->all_cpus = false;
        assert_int_equal(cpuset_parse("3-4", &rule->cpus), 0);
        rule->has[POLICY_MAX_CSTATE] = true;
        rule->idle = (IdleLimit) { .kind = IDLE_LIMIT_NAME, .name = strdup("C1") };

        policy_for_cpu(&policy, 2, &cpu);
        assert_ptr_equal(cpu.by[POLICY_GOVERNOR], &policy.rules[0]);
        assert_ptr_equal(cpu.by[POLICY_MIN_FREQ], &policy.rules[1]);
        assert_ptr_equal(cpu.by[POLICY_MAX_CSTATE], &policy.rules[2]);
        assert_true(policy_cpus_agree(&policy, 0, 2));
        policy_for_cpu(&policy, 3, &other);
        assert_ptr_equal(other.by[POLICY_MAX_CSTATE], &policy.rules[3]);
        assert_false(policy_cpus_agree(&policy, 2, 3));
        policy_for_cpu(&policy, 5, &other);
        assert_ptr_equal(other.by[POLICY_MAX_CSTATE], &policy.rules[0]);

        assert_format(&policy.rules[1], POLICY_MIN_FREQ, "2600000");
        assert_format(&policy.rules[2], POLICY_MAX_CSTATE, "20us");
        assert_format(&policy.rules[3], POLICY_MAX_CSTATE, "C1");
}

static void test_policy_format_governors(void **state)
{
        char performance[] = "performance", userspace[] = "userspace";
        char *governors[] = { performance, userspace, NULL };
        PolicyRule rule = { .governors = governors, .has[POLICY_GOVERNOR] = true };

        assert_format(&rule, POLICY_GOVERNOR, "performance|userspace");
}

static void test_policy_key_names(void **state)
{
        for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                assert_int_equal(policy_key_from_string(policy_key_to_string(key)), key);
        assert_string_equal(policy_key_to_string(POLICY_MAX_CSTATE), "MAX_CSTATE");
        assert_null(policy_key_to_string(POLICY_KEY_MAX_));
        assert_null(policy_key_to_string(POLICY_KEY_INVALID_));
        assert_int_equal(policy_key_from_string("governor"), POLICY_KEY_INVALID_);
        assert_int_equal(policy_key_from_string(""), POLICY_KEY_INVALID_);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_policy_defaults),
                cmocka_unit_test(test_policy_later_rules_override_by_key),
                cmocka_unit_test(test_policy_format_governors),
                cmocka_unit_test(test_policy_key_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
