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

#include "host/config/config.h"

static int load(const char *text, Config *config, ConfigFaults *errors)
{
        return config_parse("F", text, strlen(text), config, errors);
}

static void test_options_are_all_that_holds(void **state)
{
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};
        CpuPolicy cpu;

        assert_int_equal(load("CPUPOWER_START_IDLE_OPTS='idle-set -D 10'\n"
                              "CPUPOWER_STOP_OPTS='frequency-set -g ondemand'\nAPPLY=always\n"
                              "CPUPOWER_START_OPTS='frequency-set -d 1GHz'\n",
                              &config, &errors),
                         0);
        assert_int_equal(errors.n, 0);
        assert_true(config.sets_policy);
        assert_int_equal(config.policy.n_rules, 2);
        policy_for_cpu(&config.policy, 0, &cpu);
        assert_null(cpu.by[POLICY_GOVERNOR]);
        assert_null(cpu.by[POLICY_MAX_CSTATE]);
        assert_ptr_equal(cpu.by[POLICY_MIN_FREQ], &config.policy.rules[0]);
        assert_int_equal(cpu.by[POLICY_MIN_FREQ]->lines[POLICY_MIN_FREQ], 4);
        assert_ptr_equal(cpu.by[POLICY_IDLE_SET], &config.policy.rules[1]);
        assert_int_equal(config.stop_policy.n_rules, 1);
        assert_string_equal(config.stop_policy.rules[0].governors[0], "ondemand");
}

/* RHEL's text in our own file says nothing about idle states: there the built-in rule applies. */
static void test_options_leave_a_half_to_the_built_in_rule(void **state)
{
        static const struct {
                const char *text;
                bool frequency, idle; /* the built-in rule sets this half */
        } cases[] = {
                { "CPUPOWER_START_OPTS='frequency-set -g performance'\n", false, true },
                { "CPUPOWER_START_OPTS='idle-set -D 10'\n", true, false },
                { "CPUPOWER_START_OPTS='set -b 0'\n", true, true },
                { "CPUPOWER_START_OPTS='set -e power'\n", true, true },
                { "APPLY=always\nCPUPOWER_START_OPTS='set -b 0'\n", false, true },
                { "CPUPOWER_START_OPTS='frequency-set -g performance'\nCPUPOWER_START_IDLE_OPTS='idle-set -E'\n", false,
                  false },
                { "GOVERNOR=performance\n", false, false },
                { "", false, false },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                _cleanup_config_faults_ ConfigFaults errors = {};
                _cleanup_config_ Config config = {};
                CpuPolicy cpu;

                print_message("%s\n", cases[i].text);
                assert_int_equal(load(cases[i].text, &config, &errors), 0);
                assert_int_equal(config.filled.frequency, cases[i].frequency);
                assert_int_equal(config.filled.idle, cases[i].idle);
                policy_for_cpu(&config.policy, 0, &cpu);
                if (cases[i].frequency)
                        assert_string_equal(cpu.by[POLICY_GOVERNOR]->governors[0], "performance");
                if (cases[i].idle)
                        assert_int_equal(cpu.by[POLICY_MAX_CSTATE]->idle.kind, IDLE_LIMIT_SHALLOWEST);
        }
}

static void test_stop_options_alone_set_no_policy(void **state)
{
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};

        assert_int_equal(load("CPUPOWER_STOP_OPTS='frequency-set -g ondemand'\n", &config, &errors), 0);
        assert_false(config.sets_policy);
        assert_int_equal(config.policy.n_rules, 1);
        assert_null(config.policy.rules[0].file);
        assert_int_equal(config.stop_policy.n_rules, 1);
}

static void test_options_refuse(void **state)
{
        static const struct {
                const char *text, *line;
        } cases[] = {
                { "GOVERNOR=performance\nCPUPOWER_START_OPTS='idle-set -E'\n",
                  "F:2: GOVERNOR of line 1 and CPUPOWER_START_OPTS of line 2 both say what the policy is; keep one of the two kinds" },
                { "CPUPOWER_STOP_IDLE_OPTS='idle-set -E'\n[cpus 0]\nMAX_CSTATE=C1\n",
                  "F:3: MAX_CSTATE of line 3 and CPUPOWER_STOP_IDLE_OPTS of line 1 both say what the policy is; keep one of the two kinds" },
                { "ON_STOP=restore\nCPUPOWER_STOP_OPTS='idle-set -E'\n",
                  "F:2: ON_STOP of line 1 and CPUPOWER_STOP_OPTS of line 2 both say what happens at stop; keep one" },
                { "CPUPOWER_START_OPTS='idle-set -d foo'\n",
                  "F:1: CPUPOWER_START_OPTS: idle-set --disable 'foo' is not the index of an idle state; write 0, 1, 2 … as in "
                  "cpuidle/stateN" },
                { "CPUPOWER_START_OPTS='frequency-set -u 1GHz ; frequency-set -d 2GHz'\n",
                  "F:1: for CPU 0 the MIN_FREQ of line 1 is above the MAX_FREQ of line 1; lower the one or raise the other" },
                { "CPUPOWER_START_OPTS=\n", "F:1: CPUPOWER_START_OPTS has no value; give one or comment the line out" },
                { "[cpus 0]\nCPUPOWER_START_OPTS='idle-set -E'\n",
                  "F:2: CPUPOWER_START_OPTS holds for the whole host; move it above the first section" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                _cleanup_config_faults_ ConfigFaults errors = {};
                _cleanup_config_ Config config = {};

                assert_int_equal(load(cases[i].text, &config, &errors), -EBADMSG);
                assert_string_equal(errors.entries[errors.n - 1].text, cases[i].line);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_options_are_all_that_holds),
                cmocka_unit_test(test_options_leave_a_half_to_the_built_in_rule),
                cmocka_unit_test(test_stop_options_alone_set_no_policy),
                cmocka_unit_test(test_options_refuse),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
