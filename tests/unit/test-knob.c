/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/knob.h"

static void test_knob_paths_round_trip(void **state)
{
        static const struct {
                KnobId id;
                const char *object, *path;
        } rows[] = {
                { { .knob = KNOB_SCALING_MAX_FREQ, .id = 0 }, "cpufreq/policy0", "cpufreq/policy0/scaling_max_freq" },
                { { .knob = KNOB_SCALING_MIN_FREQ, .id = 12 },
                  "cpufreq/policy12",
                  "cpufreq/policy12/scaling_min_freq" },
                { { .knob = KNOB_SCALING_GOVERNOR, .id = 8191 },
                  "cpufreq/policy8191",
                  "cpufreq/policy8191/scaling_governor" },
                { { .knob = KNOB_SCALING_SETSPEED, .id = 1 }, "cpufreq/policy1", "cpufreq/policy1/scaling_setspeed" },
                { { .knob = KNOB_ENERGY_PERFORMANCE_PREFERENCE, .id = 8191 },
                  "cpufreq/policy8191",
                  "cpufreq/policy8191/energy_performance_preference" },
                { { .knob = KNOB_ENERGY_PERF_BIAS, .id = 3 }, "cpu3/power", "cpu3/power/energy_perf_bias" },
                { { .knob = KNOB_DISABLE, .id = 8191, .state = 99 },
                  "cpu8191/cpuidle/state99",
                  "cpu8191/cpuidle/state99/disable" },
                { { .knob = KNOB_DISABLE, .id = 0, .state = 0 }, "cpu0/cpuidle/state0", "cpu0/cpuidle/state0/disable" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char buffer[KNOB_NAME_SIZE];
                KnobId id = { .knob = KNOB_INVALID_ };

                assert_string_equal(knob_object_format(&rows[i].id, buffer), rows[i].object);
                assert_string_equal(knob_path_format(&rows[i].id, buffer), rows[i].path);
                assert_int_equal(knob_path_parse(rows[i].path, &id), 0);
                assert_int_equal(knob_id_compare(&id, &rows[i].id), 0);
        }
}

static void test_knob_path_parse_refuses(void **state)
{
        static const char *const paths[] = {
                "",
                "/",
                "cpufreq",
                "cpufreq/policy",
                "cpufreq/policy0",
                "cpufreq/policy0/",
                "cpufreq/policy/scaling_governor",
                "cpufreq/policy0/disable",
                "cpu0/cpuidle/state0/scaling_governor",
                "cpufreq/policy0/scaling_governor/",
                "cpufreq/policy0/scaling_governo",
                "cpufreq/policy0//scaling_governor",
                "cpufreq/policy8192/scaling_governor",
                "cpufreq/policy00000000/scaling_governor",
                "cpufreq/policy-1/scaling_governor",
                "cpufreq/policy+1/scaling_governor",
                "cpu8192/cpuidle/state0/disable",
                "cpu0/cpuidle/state100/disable",
                "cpu0/cpuidle/state/disable",
                "cpu3/cpuidle/state1/energy_perf_bias",
                "cpu3/power/disable",
                "cpu3/power/energy_perf_bias/",
                "cpu/cpuidle/state0/disable",
                "cpu0/cpuidle/state0/latency",
                "../cpufreq/policy0/scaling_governor",
                "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor",
                " cpufreq/policy0/scaling_governor",
        };
        const KnobId untouched = { .knob = KNOB_DISABLE, .id = 7, .state = 3 };

        for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
                KnobId id = untouched;

                if (knob_path_parse(paths[i], &id) != -EINVAL || knob_id_compare(&id, &untouched) != 0)
                        fail_msg("'%s' was taken", paths[i]);
        }
}

static void test_knob_order(void **state)
{
        /* Each key is greater than the one before it. */
        static const KnobId ids[] = {
                { .knob = KNOB_SCALING_MAX_FREQ, .id = 0 },    { .knob = KNOB_SCALING_SETSPEED, .id = 0 },
                { .knob = KNOB_SCALING_MAX_FREQ, .id = 10 },   { .knob = KNOB_DISABLE, .id = 0, .state = 1 },
                { .knob = KNOB_DISABLE, .id = 0, .state = 2 }, { .knob = KNOB_DISABLE, .id = 1, .state = 0 },
                { .knob = KNOB_ENERGY_PERF_BIAS, .id = 1 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
                for (size_t j = 0; j < ARRAY_SIZE(ids); j++) {
                        int r = knob_id_compare(&ids[i], &ids[j]);

                        assert_int_equal(r < 0 ? -1 : r > 0, i < j ? -1 : i > j);
                }
        for (Knob knob = 0; knob < KNOB_MAX_; knob++)
                assert_int_equal(knob_is_frequency(knob),
                                 strncmp(knob_to_string(knob), "scaling_", strlen("scaling_")) == 0);
        assert_true(knob_is_of_domain(KNOB_ENERGY_PERFORMANCE_PREFERENCE) && !knob_is_of_domain(KNOB_ENERGY_PERF_BIAS));
}

static void test_knob_value_check(void **state)
{
        static const struct {
                Knob knob;
                const char *value;
                int r;
        } rows[] = {
                { KNOB_SCALING_GOVERNOR, "performance", 0 },
                { KNOB_ENERGY_PERFORMANCE_PREFERENCE, "balance_performance", 0 },
                { KNOB_ENERGY_PERFORMANCE_PREFERENCE, "a b", -EINVAL },
                { KNOB_ENERGY_PERF_BIAS, "6", 0 },
                { KNOB_ENERGY_PERF_BIAS, "normal", -EINVAL },
                { KNOB_SCALING_GOVERNOR, "governor2", 0 },
                { KNOB_SCALING_GOVERNOR, "", -EINVAL },
                { KNOB_SCALING_GOVERNOR, "a b", -EINVAL },
                { KNOB_SCALING_GOVERNOR, "a\n", -EINVAL },
                { KNOB_SCALING_GOVERNOR, "a\x7f", -EINVAL },
                { KNOB_SCALING_GOVERNOR, "a\xc3\xa9", -EINVAL },
                { KNOB_SCALING_GOVERNOR, "12345678901234567890123", 0 },
                { KNOB_SCALING_GOVERNOR, "123456789012345678901234", -EINVAL },
                { KNOB_DISABLE, "0", 0 },
                { KNOB_DISABLE, "1", 0 },
                { KNOB_DISABLE, "2", -EINVAL },
                { KNOB_DISABLE, "01", -EINVAL },
                { KNOB_DISABLE, "", -EINVAL },
                { KNOB_SCALING_MIN_FREQ, "0", 0 },
                { KNOB_SCALING_MAX_FREQ, "18446744073709551615", 0 },
                { KNOB_SCALING_MIN_FREQ, "-1", -EINVAL },
                { KNOB_SCALING_SETSPEED, "<unsupported>", -EINVAL },
                { KNOB_SCALING_SETSPEED, "1800000 ", -EINVAL },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                if (knob_value_check(rows[i].knob, rows[i].value) != rows[i].r)
                        fail_msg("%s='%s' is not %d", knob_to_string(rows[i].knob), rows[i].value, rows[i].r);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_knob_paths_round_trip),
                cmocka_unit_test(test_knob_path_parse_refuses),
                cmocka_unit_test(test_knob_order),
                cmocka_unit_test(test_knob_value_check),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
