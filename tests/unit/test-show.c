/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "output.h"
#include "show/show.h"
#include "warden.h"

static void output_end(Output *output, const char *expected)
{
        _cleanup_free_ char *text = output_take(output);

        assert_string_equal(text, expected);
}

static void test_show_facts(void **state)
{
        char hpet[] = "hpet", lost[] = "hpet acpi_pm";
        Facts facts = { .n_cpus = 1,
                        .vendor = "Authentic\x1b"
                                  "AM",
                        .family = 15,
                        .model = 67,
                        .clocksource = hpet,
                        .available_clocksources = lost };
        Output output;

        assert_int_equal(cpuset_parse("0", &facts.without_constant_tsc), 0);
        assert_int_equal(cpuset_parse("0", &facts.without_nonstop_tsc), 0);
        output_begin(&output);
        assert_int_equal(show_facts(output.stream, &facts), 0);
        output_end(&output, "Facts  1 CPU, Authentic\\x1bAM family 15 model 67\n"
                            "       constant_tsc: no, nonstop_tsc: no\n"
                            "       clocksource: hpet; the kernel has given up the TSC until the next boot\n"
                            "Need   frequency and idle policy\n"
                            "       constant_tsc is missing and nonstop_tsc is missing: the TSC follows the\n"
                            "       CPU's frequency and stops in deep C-states.\n");
        cpuset_done(&facts.without_constant_tsc);
        cpuset_done(&facts.without_nonstop_tsc);

        facts = (Facts) { .n_cpus = 2, .vendor = "AuthenticAMD", .family = 15, .model = 67, .nonstop_tsc = true };
        assert_int_equal(cpuset_parse("0-1", &facts.without_constant_tsc), 0);
        output_begin(&output);
        assert_int_equal(show_facts(output.stream, &facts), 0);
        output_end(&output, "Facts  2 CPUs, AuthenticAMD family 15 model 67 (AMD revision F)\n"
                            "       constant_tsc: no, nonstop_tsc: yes\n"
                            "       clocksource: unknown; the TSC works\n"
                            "Need   frequency policy\n"
                            "       constant_tsc is missing (AMD revision F): the TSC follows the CPU's\n"
                            "       frequency.\n");
        facts_done(&facts);
}

/* Lines have at most 80 columns; a longer word is a line by itself. */
static void test_show_findings_wraps(void **state)
{
        char object[] = "cpufreq/policy0";
        Finding finding = { .kind = FINDING_FAILED,
                            .knob = KNOB_SCALING_GOVERNOR,
                            .object = object,
                            .error = -1,
                            .wanted = "performance" };
        Finding absent = { .kind = FINDING_CPU_NOT_HERE };
        _cleanup_findings_ Findings findings = {};
        _cleanup_cpuset_ CpuSet cpus = {}, odd = {};
        Output output;

        assert_int_equal(cpuset_parse("0-1", &cpus), 0);
        assert_int_equal(cpuset_parse("1-60:2", &odd), 0);
        assert_int_equal(findings_add(&findings, &finding, &cpus), 0);
        assert_int_equal(findings_add(&findings, &absent, &odd), 0);
        output_begin(&output);
        assert_int_equal(show_findings(output.stream, &findings), 0);
        output_end(&output, "Note   scaling_governor of cpufreq/policy0 could not be set to performance on\n"
                            "       CPUs 0-1: Operation not permitted.\n"
                            "Note   The configuration names CPUs\n"
                            "       1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,37,39,41,43,45,47,49,51,\n"
                            "       53,55,57,59, which this host does not have.\n");
}

static void test_show_plan(void **state)
{
        FakeHost host;
        Warden warden;
        Output output;

        fake_host_init(&host, 2, 2, "userspace", 1400000);
        warden_init(&warden, &host);
        output_begin(&output);
        assert_int_equal(show_plan(output.stream, "Plan", &warden.plan, &host.real), 0);
        output_end(&output, "Plan   nothing to do\n");

        /* States with the same index and different names are not merged. */
        snapshot_find_state(&host.real, 3, 3)->name = "C6";
        warden_rule(&warden, NULL, "performance", 0, 2600000, "C2");
        warden.policy.rules[0].lines[POLICY_GOVERNOR] = 2;
        warden.policy.rules[0].lines[POLICY_MAX_FREQ] = 3;
        warden_plan(&warden, true);
        output_begin(&output);
        assert_int_equal(show_plan(output.stream, "Plan", &warden.plan, &host.real), 0);
        output_end(&output, "Plan   12 steps\n"
                            "  cpufreq/policy0,2 scaling_max_freq: 2600000 -> 1400000\n"
                            "      the frequency is held, because a change costs the TSC; holds-frequency\n"
                            "  cpufreq/policy0,2 scaling_min_freq: 800000 -> 1400000\n"
                            "      the frequency is held, because a change costs the TSC; holds-frequency\n"
                            "  cpufreq/policy0,2 scaling_governor: userspace -> performance\n"
                            "      test.conf:2; holds-frequency\n"
                            "  cpufreq/policy0,2 scaling_max_freq: 1400000 -> 2600000\n"
                            "      test.conf:3; marks-tsc-unstable; withheld\n"
                            "  cpu0-2/cpuidle/state3 disable: 0 -> 1\n"
                            "      C3, latency 100 us, is too deep; limits-idle\n"
                            "  cpu3/cpuidle/state3 disable: 0 -> 1\n"
                            "      C6, latency 100 us, is too deep; limits-idle\n");

        warden_apply(&warden);
        warden.idle = false;
        policy_done(&warden.policy);
        host.real.n_domains = 1;
        warden_plan(&warden, false);
        warden.plan.n_steps = 1;
        output_begin(&output);
        assert_int_equal(show_plan(output.stream, "Restore", &warden.plan, &host.real), 0);
        output_end(&output, "Restore 1 step\n"
                            "  cpufreq/policy0 scaling_governor: performance -> userspace\n"
                            "      the original value; holds-frequency\n");
        host.real.n_domains = 2;
        warden_done(&warden);
        fake_host_done(&host);
}

static void test_show_config(void **state)
{
        static const char text[] =
                "ON_STOP=keep\nGOVERNOR=performance|a_long_governor|b\n\n[cpus 3,1]\nMAX_CSTATE=20us\n"
                "[cpus 2]\nMIN_FREQ=1GHz\n";
        _cleanup_config_ Config config = {};
        _cleanup_config_faults_ ConfigFaults errors = {};
        Output output;

        assert_int_equal(config_parse("f", text, strlen(text), &config, &errors), 0);
        output_begin(&output);
        assert_int_equal(show_config(output.stream, &config), 0);
        output_end(&output, "f\n"
                            "APPLY=auto                      built-in default\n"
                            "APPLY_WHEN=always               built-in default\n"
                            "DRIFT=repair                    built-in default\n"
                            "ON_STOP=keep                    f:1\n"
                            "All other CPUs\n"
                            "  GOVERNOR=performance|a_long_governor|b f:2\n"
                            "  MAX_CSTATE=shallowest         built-in default\n"
                            "CPUs 1,3\n"
                            "  GOVERNOR=performance|a_long_governor|b f:2\n"
                            "  MAX_CSTATE=20us               f:5\n"
                            "CPU 2\n"
                            "  GOVERNOR=performance|a_long_governor|b f:2\n"
                            "  MIN_FREQ=1GHz                 f:7\n"
                            "  MAX_CSTATE=shallowest         built-in default\n");

        config_done(&config);
        config_faults_done(&errors);
        assert_int_equal(config_parse("f", "", 0, &config, &errors), 0);
        config.exists = false;
        output_begin(&output);
        assert_int_equal(show_config(output.stream, &config), 0);
        output_end(&output, "f does not exist: the defaults apply\n"
                            "APPLY=auto                      built-in default\n"
                            "APPLY_WHEN=always               built-in default\n"
                            "DRIFT=repair                    built-in default\n"
                            "ON_STOP=restore                 built-in default\n"
                            "All CPUs\n"
                            "  GOVERNOR=performance          built-in default\n"
                            "  MAX_CSTATE=shallowest         built-in default\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_show_facts),
                cmocka_unit_test(test_show_findings_wraps),
                cmocka_unit_test(test_show_plan),
                cmocka_unit_test(test_show_config),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
