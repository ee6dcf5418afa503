/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/knob.h"

static void test_knob_paths(void **state)
{
        static const struct {
                const char *path;
                KnobId id;
        } cases[] = {
                { "cpufreq/policy0/scaling_governor", { .knob = KNOB_SCALING_GOVERNOR } },
                { "cpufreq/policy8191/energy_performance_preference", { .knob = KNOB_ENERGY_PERFORMANCE_PREFERENCE, .id = 8191 } },
                { "cpu8191/cpuidle/state99/disable", { .knob = KNOB_DISABLE, .id = 8191, .state = 99 } },
                { "cpu3/power/energy_perf_bias", { .knob = KNOB_ENERGY_PERF_BIAS, .id = 3 } },
        };
        static const char *const wrong[] = {
                "", "cpufreq/policy0", "cpufreq/policy0/disable", "cpufreq/policy00/scaling_governor", "cpu3/disable",
                "cpufreq/policy8192/scaling_governor", "cpu3/cpuidle/state1/energy_perf_bias", "cpu3/power/disable",
                "cpu3/cpuidle/state100/disable", "/cpu3/power/energy_perf_bias", "cpu3/power/energy_perf_bias/",
        };
        char buffer[KNOB_NAME_SIZE];
        KnobId id;

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                assert_string_equal(knob_path_format(&cases[i].id, buffer), cases[i].path);
                assert_int_equal(knob_path_parse(cases[i].path, &id), 0);
                assert_int_equal(knob_id_compare(&id, &cases[i].id), 0);
        }
        for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
                assert_int_equal(knob_path_parse(wrong[i], &id), -EINVAL);
}

static void test_knob_order(void **state)
{
        const KnobId preference = { .knob = KNOB_ENERGY_PERFORMANCE_PREFERENCE, .id = 7 };
        const KnobId idle = { .knob = KNOB_DISABLE, .id = 0, .state = 2 }, bias = { .knob = KNOB_ENERGY_PERF_BIAS, .id = 1 };

        assert_true(knob_id_compare(&preference, &idle) < 0);
        assert_true(knob_id_compare(&idle, &bias) < 0);
        assert_true(knob_is_of_policy(KNOB_ENERGY_PERFORMANCE_PREFERENCE) && !knob_is_of_policy(KNOB_ENERGY_PERF_BIAS));
        assert_false(knob_is_frequency(KNOB_ENERGY_PERFORMANCE_PREFERENCE) || knob_is_frequency(KNOB_ENERGY_PERF_BIAS));
}

static void test_knob_values(void **state)
{
        assert_int_equal(knob_value_check(KNOB_ENERGY_PERFORMANCE_PREFERENCE, "balance_performance"), 0);
        assert_int_equal(knob_value_check(KNOB_ENERGY_PERFORMANCE_PREFERENCE, "a b"), -EINVAL);
        assert_int_equal(knob_value_check(KNOB_ENERGY_PERF_BIAS, "6"), 0);
        assert_int_equal(knob_value_check(KNOB_ENERGY_PERF_BIAS, "normal"), -EINVAL);
        assert_int_equal(knob_value_check(KNOB_DISABLE, "2"), -EINVAL);
        assert_int_equal(knob_value_check(KNOB_SCALING_GOVERNOR, ""), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_knob_paths),
                cmocka_unit_test(test_knob_order),
                cmocka_unit_test(test_knob_values),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
