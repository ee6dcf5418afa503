/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "host/config/config-check.h"

/* All keys of a rule have the rule's line number. 0 kHz: the key is absent. */
static void add_rule(Policy *policy, unsigned line, const char *cpus, uint64_t min_khz, uint64_t max_khz)
{
        PolicyRule *rule = policy_add_rule(policy);

        assert_non_null(rule);
        rule->line = line;
        rule->all_cpus = !cpus;
        if (cpus)
                assert_int_equal(cpuset_parse(cpus, &rule->cpus), 0);
        rule->has[POLICY_MIN_FREQ] = min_khz > 0;
        rule->has[POLICY_MAX_FREQ] = max_khz > 0;
        rule->lines[POLICY_MIN_FREQ] = rule->lines[POLICY_MAX_FREQ] = line;
        rule->min_khz = min_khz;
        rule->max_khz = max_khz;
}

static void test_check_overlaps(void **state)
{
        _cleanup_config_faults_ ConfigFaults faults = {};
        _cleanup_policy_ Policy policy = {};

        add_rule(&policy, 0, NULL, 0, 0);
        add_rule(&policy, 3, "0-3", 0, 0);
        add_rule(&policy, 5, "4-7,8191", 0, 0);
        config_check_overlaps(&policy, &faults);
        assert_int_equal(faults.n, 0);

        add_rule(&policy, 7, "2-5", 0, 0);
        add_rule(&policy, 9, "3", 0, 0);
        config_check_overlaps(&policy, &faults);
        assert_int_equal(faults.n_refusals, 0);
        assert_int_equal(faults.n_remarks, 2);
        assert_int_equal(faults.entries[0].line, 7);
        assert_string_equal(faults.entries[0].text, "CPU 2 is also in the section of line 3; "
                                                    "where both set a key, the later one wins");
        assert_string_equal(faults.entries[1].text, "CPU 3 is also in the section of line 7; "
                                                    "where both set a key, the later one wins");
}

static void test_check_frequencies_by_cpu(void **state)
{
        _cleanup_config_faults_ ConfigFaults faults = {};
        _cleanup_policy_ Policy policy = {};

        add_rule(&policy, 1, NULL, 2000000, 2000000);
        add_rule(&policy, 2, "0-3", 1000000, 1000000);
        add_rule(&policy, 3, "0-1", 0, 3000000);
        config_check_frequencies(&policy, &faults);
        assert_int_equal(faults.n, 0);

        add_rule(&policy, 4, "1,3,8191", 2500000, 0);
        config_check_frequencies(&policy, &faults);
        assert_int_equal(faults.n_refusals, 2);
        assert_string_equal(faults.entries[0].text, "for CPU 3 the MIN_FREQ of line 4 is above the MAX_FREQ of line 2; "
                                                    "lower the one or raise the other");
        assert_string_equal(faults.entries[1].text,
                            "for CPU 8191 the MIN_FREQ of line 4 is above the MAX_FREQ of line 1; "
                            "lower the one or raise the other");
}

/* Two rules that contradict each other on many CPUs are reported once; of hundreds of pairs only the first ones are
 * reported. */
static void test_check_frequencies_is_bounded(void **state)
{
        _cleanup_config_faults_ ConfigFaults once = {}, many = {};
        _cleanup_policy_ Policy policy = {};
        char cpus[32];

        add_rule(&policy, 1, NULL, 0, 1000000);
        add_rule(&policy, 2, "0-8191:2", 2000000, 0);
        add_rule(&policy, 3, "1-8191:2", 2000000, 0);
        config_check_frequencies(&policy, &once);
        assert_int_equal(once.n_refusals, 2);

        for (unsigned i = 0; i < 64; i++) {
                snprintf(cpus, sizeof(cpus), "%u-8191:64", i);
                add_rule(&policy, 4 + i, cpus, 2000000, 0);
        }
        config_check_frequencies(&policy, &many);
        assert_int_equal(many.n_refusals, CONFIG_FAULTS_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_check_overlaps),
                cmocka_unit_test(test_check_frequencies_by_cpu),
                cmocka_unit_test(test_check_frequencies_is_bounded),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
