/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/clock-facts.h"

static void test_clocksources_have_tsc(void **state)
{
        assert_true(clocksources_have_tsc("tsc-early hpet"));
        assert_false(clocksources_have_tsc("hyperv_clocksource_tsc_page hpet"));
        assert_false(clocksources_have_tsc(""));
}

#define FIT .constant_tsc = true, .nonstop_tsc = true, .tsc_adjust = true
#define KERNEL(a, b) .kernel_major = (a), .kernel_minor = (b)

static const struct {
        Facts facts;
        const char *available;
        WatchdogState wanted;
        const char *reference, *text;
} watchdog_cases[] = {
        { { FIT, .n_nodes = 2, .n_packages = 2, KERNEL(6, 1) },
          "tsc hpet acpi_pm ",
          WATCHDOG_EXEMPT,
          "",
          "constant, nonstop" },
        { { FIT, .n_nodes = 3, .n_packages = 3, KERNEL(6, 1) },
          "tsc hpet acpi_pm ",
          WATCHDOG_UNKNOWN,
          "hpet",
          "depends on the kernel's version" },
        { { FIT, .n_nodes = 4, .n_packages = 4, KERNEL(6, 12) },
          "tsc hpet ",
          WATCHDOG_EXEMPT,
          "",
          "constant, nonstop" },
        { { FIT, .n_nodes = 8, .n_packages = 8, KERNEL(6, 12) },
          "tsc hpet ",
          WATCHDOG_ACTIVE,
          "hpet",
          "hpet every 0.5 s; would notice 0.1 %" },
        { { FIT, .n_nodes = 1, .n_packages = 1, KERNEL(3, 10) },
          "tsc acpi_pm ",
          WATCHDOG_ACTIVE,
          "acpi_pm",
          "acpi_pm every 0.5 s; would notice 12.5 %" },
        { { FIT, .n_nodes = 1, .n_packages = 1, KERNEL(4, 18) },
          "tsc acpi_pm ",
          WATCHDOG_UNKNOWN,
          "acpi_pm",
          "depends on the kernel's version" },
        { { FIT }, "tsc acpi_pm ", WATCHDOG_UNKNOWN, "acpi_pm", "depends on the kernel's version" },
        { { .constant_tsc = true, KERNEL(7, 2) },
          "tsc hpet ",
          WATCHDOG_ACTIVE,
          "hpet",
          "hpet every 0.5 s; would notice 0.05 %" },
        { { .constant_tsc = true }, "tsc hpet ", WATCHDOG_ACTIVE, "hpet", "depending on the kernel's version" },
        { { .constant_tsc = true, KERNEL(6, 1) }, "tsc ", WATCHDOG_ABSENT, "", "no independent reference" },
        { { .constant_tsc = true, KERNEL(6, 1) }, NULL, WATCHDOG_UNKNOWN, "", "cannot be read" },
        { { .cmdline = "tsc=reliable" }, "tsc hpet ", WATCHDOG_OFF, "", "tsc=reliable" },
        { { FIT, .n_nodes = 1, .n_packages = 1, .cmdline = "tsc=nowatchdog" },
          "tsc hpet ",
          WATCHDOG_OFF,
          "",
          "tsc=nowatchdog" },
        { { .constant_tsc = true, .tsc_reliable = true }, "tsc hpet ", WATCHDOG_EXEMPT, "", "trusts this CPU model" },
        { { FIT, .n_nodes = 1, .n_packages = 1, KERNEL(7, 2), .cmdline = "tsc=watchdog" },
          "tsc hpet ",
          WATCHDOG_ACTIVE,
          "hpet",
          "hpet" },
        { { FIT, .n_nodes = 1, .n_packages = 1, KERNEL(6, 12), .cmdline = "tsc=watchdog" },
          "tsc hpet ",
          WATCHDOG_EXEMPT,
          "",
          "" },
        { { .hypervisor = true, KERNEL(6, 1) },
          "tsc kvm-clock hpet ",
          WATCHDOG_ACTIVE,
          "kvm-clock",
          "kvm-clock every" },
};

static void test_clock_facts_watchdog(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(watchdog_cases); i++) {
                _cleanup_free_ char *text =
                        clock_facts_watchdog_reason(&watchdog_cases[i].facts, watchdog_cases[i].available);
                char reference[CLOCKSOURCE_NAME_SIZE];
                WatchdogState got =
                        clock_facts_watchdog(&watchdog_cases[i].facts, watchdog_cases[i].available, reference);

                if (got != watchdog_cases[i].wanted || strcmp(reference, watchdog_cases[i].reference) != 0 || !text ||
                    !strstr(text, watchdog_cases[i].text))
                        fail_msg("row %zu: got %s, '%s', '%s'", i, watchdog_state_to_string(got), reference, text);
        }
}

static void test_clock_facts_predict(void **state)
{
        static const struct {
                Facts facts;
                ClockReason wanted;
        } cases[] = {
                { { FIT, .n_possible = 8 }, REASON_NONE },
                { { FIT, .n_possible = 8, .cmdline = "tsc=unstable" }, REASON_BOOT_PARAMETER },
                { { .vendor = "AuthenticAMD", .n_possible = 2, .n_packages = 1, KERNEL(6, 1) }, REASON_UNSYNCHRONIZED },
                { { .vendor = "AuthenticAMD", .n_possible = 2, .n_packages = 1, KERNEL(6, 12) }, REASON_IDLE_HALT },
                { { .vendor = "AuthenticAMD", .n_possible = 4, .n_packages = 2, KERNEL(6, 12) },
                  REASON_UNSYNCHRONIZED },
                { { .vendor = "AuthenticAMD", .n_possible = 2, .cmdline = "tsc=reliable" }, REASON_IDLE_HALT },
                { { .vendor = "GenuineIntel",
                    .family = 6,
                    .n_possible = 2,
                    .cmdline = "processor.max_cstate=1 intel_idle.max_cstate=1" },
                  REASON_CPUFREQ_CHANGE },
                { { .vendor = "GenuineIntel", .family = 6, .n_possible = 2, .cmdline = "processor.max_cstate=1" },
                  REASON_IDLE_HALT },
                { { .vendor = "GenuineIntel", .n_possible = 1, .cmdline = "idle=halt" }, REASON_CPUFREQ_CHANGE },
                { { .vendor = "GenuineIntel", .n_possible = 1, .cmdline = "idle=halt", .frequency_is_modulated = true },
                  REASON_NONE },
                { { .vendor = "GenuineIntel", .n_possible = 2, .cmdline = "idle=halt", .frequency_is_modulated = true },
                  REASON_CPUFREQ_CHANGE },
                { { .vendor = "AuthenticAMD", .hypervisor = true, .n_possible = 2 }, REASON_UNSYNCHRONIZED },
                { { .vendor = "GenuineIntel", .hypervisor = true, .n_possible = 2 }, REASON_NONE },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
                if (clock_facts_predict(&cases[i].facts) != cases[i].wanted)
                        fail_msg("row %zu: got '%s'", i, clock_reason_to_string(clock_facts_predict(&cases[i].facts)));
}

static void test_clocksource_has_vdso(void **state)
{
        static const char *const with[] = { "tsc", "tsc-early", "kvm-clock", "hyperv_clocksource_tsc_page" };
        static const char *const without[] = { "", "hpet", "acpi_pm", "hyperv_clocksource_msr", "tsc2", "jiffies" };

        for (size_t i = 0; i < ARRAY_SIZE(with); i++)
                assert_true(clocksource_has_vdso(with[i]));
        for (size_t i = 0; i < ARRAY_SIZE(without); i++)
                assert_false(clocksource_has_vdso(without[i]));
}

/* A host whose firmware offers no C2, or for which no cpufreq driver exists. A boot parameter that prevents the driver
 * is another case. */
static void test_clock_facts_see_what_a_parameter_could_change(void **state)
{
        static const struct {
                const char *driver, *second, *cmdline;
                unsigned n_domains;
                bool shallow, fixed;
        } cases[] = {
                { "acpi_idle", "C1", "", 0, true, true },
                { "acpi_idle", "C1E", "quiet", 1, true, false },
                { "acpi_idle", "C2", "", 1, false, false },
                { "none", "", "", 1, false, false },
                { "acpi_idle", "C1", "processor.max_cstate=1", 1, false, false },
                { "intel_idle", "C1", "intel_idle.max_cstate=1", 1, false, false },
                { "acpi_idle", "C1", "cpufreq.off=1", 0, true, false },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                IdleState states[] = { { .name = (char *)"POLL" }, { .index = 1, .latency_usec = 1 } };
                CpuState cpu = { .states = states, .n_states = 2 };
                FreqDomain domain = { .governor = "performance", .min_khz = 1, .max_khz = 2, .cur_khz = 2 };
                Snapshot snapshot = { .cpus = &cpu, .n_cpus = 1, .domains = &domain, .n_domains = cases[i].n_domains };
                Facts facts = { .cmdline = cases[i].cmdline };

                states[1].name = (char *)cases[i].second;
                strcpy(snapshot.idle_driver, cases[i].driver);
                clock_facts_add_snapshot(&facts, &snapshot);
                print_message("%s %s %s\n", cases[i].driver, cases[i].second, cases[i].cmdline);
                assert_int_equal(facts.idle_is_shallow, cases[i].shallow);
                assert_int_equal(facts.frequency_is_fixed, cases[i].fixed);
                clock_facts_add_snapshot(&facts, &(Snapshot) {});
                assert_false(facts.idle_is_shallow || facts.frequency_is_fixed);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_clocksources_have_tsc),
                cmocka_unit_test(test_clock_facts_watchdog),
                cmocka_unit_test(test_clock_facts_predict),
                cmocka_unit_test(test_clocksource_has_vdso),
                cmocka_unit_test(test_clock_facts_see_what_a_parameter_could_change),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
