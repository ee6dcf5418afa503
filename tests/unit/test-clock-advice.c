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
#include "model/clock-advice.h"
#include "remedy-words.h"

static Facts host(const char *vendor, bool constant, bool nonstop, const char *cmdline)
{
        Facts facts = { .has_tsc = true,
                        .constant_tsc = constant,
                        .nonstop_tsc = nonstop,
                        .family = 6,
                        .n_possible = 2,
                        .n_packages = 1,
                        .n_nodes = 1,
                        .kernel_major = 6,
                        .kernel_minor = 1,
                        .cmdline = cmdline };

        strcpy(facts.vendor, vendor);
        return facts;
}

static void test_clock_advice_contradictions(void **state)
{
        static const struct {
                bool constant, nonstop;
                const char *cmdline, *deep_state, *governor;
                unsigned wanted;
        } cases[] = {
                { true, true, "quiet", "C6", "schedutil", 0 },
                { true, true, "tsc=reliable", "", "", 1U << ADVICE_RELIABLE_NEEDLESS },
                { true, true, "tsc=nowatchdog", "", "", 0 },
                { false, true, "tsc=reliable", "", "", 1U << ADVICE_RELIABLE_UNFIT },
                { true, false, "tsc=nowatchdog", "", "", 1U << ADVICE_RELIABLE_UNFIT },
                { true, true, "tsc=unstable", "", "", 1U << ADVICE_GOOD_TSC_REFUSED },
                { true, true, "notsc", "", "", 1U << ADVICE_GOOD_TSC_REFUSED },
                { true, true, "clocksource=hpet", "", "", 1U << ADVICE_GOOD_TSC_REFUSED },
                { true, true, "clocksource=tsc", "", "", 0 },
                { false, false, "notsc", "", "", 0 },
                { true, false, "", "C3", "", 1U << ADVICE_DEEP_IDLE },
                { false, true, "", "C3", "ondemand", 1U << ADVICE_MOVING_FREQUENCY },
                { false, false, "", "C2", "ondemand", 1U << ADVICE_MOVING_FREQUENCY | 1U << ADVICE_DEEP_IDLE },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                Facts facts = host("GenuineIntel", cases[i].constant, cases[i].nonstop, cases[i].cmdline);

                strcpy(facts.deep_state, cases[i].deep_state);
                strcpy(facts.moving_governor, cases[i].governor);
                assert_int_equal(clock_advice(&facts), cases[i].wanted);
                facts.hypervisor = true;
                assert_int_equal(clock_advice(&facts) & (1U << ADVICE_MOVING_FREQUENCY | 1U << ADVICE_DEEP_IDLE), 0);
        }
}

static void test_clock_boot_parameters_missing(void **state)
{
        static const struct {
                const char *vendor;
                bool constant, nonstop;
                const char *cmdline, *driver;
                Verdict verdict;
                ClockReason reason;
                const char *wanted;
        } cases[] = {
                { "GenuineIntel", true, true, "", "", VERDICT_UNSTABLE, REASON_CLOCKSOURCE_WATCHDOG, "" },
                { "GenuineIntel", true, false, "", "", VERDICT_UNSTABLE, REASON_IDLE_HALT,
                  "processor.max_cstate=1 intel_idle.max_cstate=1" },
                { "GenuineIntel", true, false, "", "acpi_idle", VERDICT_UNSTABLE, REASON_IDLE_HALT,
                  "processor.max_cstate=1" },
                { "GenuineIntel", true, false, "processor.max_cstate=1", "", VERDICT_UNSTABLE, REASON_IDLE_HALT,
                  "intel_idle.max_cstate=1" },
                { "GenuineIntel", true, false, "intel_idle.max_cstate=0 processor.max_cstate=1", "", VERDICT_STABLE,
                  REASON_NONE, "" },
                { "GenuineIntel", true, false, "idle=halt", "", VERDICT_STABLE, REASON_NONE, "" },
                { "CentaurHauls", false, false, "", "acpi_idle", VERDICT_UNSTABLE, REASON_UNSYNCHRONIZED, "" },
                { "AuthenticAMD", false, false, "", "acpi_idle", VERDICT_UNSTABLE, REASON_UNSYNCHRONIZED, "" },
                { "AuthenticAMD", false, false, "", "acpi_idle", VERDICT_UNSTABLE, REASON_OTHER, "" },
                { "AuthenticAMD", false, false, "", "acpi_idle", VERDICT_UNSTABLE, REASON_IDLE_HALT,
                  "processor.max_cstate=1 cpufreq.off=1" },
                { "AuthenticAMD", false, false, "", "acpi_idle", VERDICT_UNSTABLE, REASON_WARP, "" },
                { "GenuineIntel", false, true, "", "", VERDICT_UNSTABLE, REASON_CPUFREQ_CHANGE, "cpufreq.off=1" },
                { "GenuineIntel", false, true, "cpufreq.default_governor=performance", "", VERDICT_STABLE, REASON_NONE,
                  "" },
                { "GenuineIntel", false, true, "cpufreq.default_governor=performance", "", VERDICT_UNSTABLE,
                  REASON_CPUFREQ_CHANGE, "cpufreq.off=1" },
                { "GenuineIntel", false, true, "cpufreq.off=1", "", VERDICT_UNSTABLE, REASON_CPUFREQ_CHANGE, "" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                Facts facts = host(cases[i].vendor, cases[i].constant, cases[i].nonstop, cases[i].cmdline);
                const char *missing[BOOT_PARAMETERS_MAX + 1];
                char got[128] = "";
                unsigned n;

                strcpy(facts.idle_driver, cases[i].driver);
                n = clock_boot_parameters_missing(&facts, cases[i].verdict, cases[i].reason, missing);
                for (unsigned j = 0; j < n; j++)
                        snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", j ? " " : "", missing[j]);
                if (strcmp(got, cases[i].wanted) != 0)
                        fail_msg("row %zu: wanted '%s', got '%s'", i, cases[i].wanted, got);
                facts.hypervisor = true;
                assert_int_equal(clock_boot_parameters_missing(&facts, cases[i].verdict, cases[i].reason, missing), 0);
        }
}

/* A boot parameter without effect on this host is not recommended. */
static void test_clock_boot_parameters_only_where_they_change_something(void **state)
{
        Facts facts = host("GenuineIntel", true, false, "");
        const char *missing[BOOT_PARAMETERS_MAX + 1];
        _cleanup_free_ char *why = NULL;

        facts.idle_is_shallow = true;
        assert_int_equal(clock_boot_parameters_missing(&facts, VERDICT_STABLE, REASON_NONE, missing), 0);
        why = clock_boot_parameters_reason(&facts, VERDICT_STABLE, REASON_NONE);
        assert_non_null(strstr(why, "A boot parameter would change nothing here"));
        /* The kernel's line names idle states as the reason, so the idle parameters are missing. */
        assert_int_equal(clock_boot_parameters_missing(&facts, VERDICT_UNSTABLE, REASON_IDLE_HALT, missing), 2);

        facts.constant_tsc = false;
        assert_int_equal(clock_boot_parameters_missing(&facts, VERDICT_STABLE, REASON_NONE, missing), 1);
        assert_string_equal(missing[0], "cpufreq.off=1");
        facts.frequency_is_fixed = true;
        assert_int_equal(clock_boot_parameters_missing(&facts, VERDICT_STABLE, REASON_NONE, missing), 0);
        assert_int_equal(clock_boot_parameters_missing(&facts, VERDICT_UNSTABLE, REASON_CPUFREQ_CHANGE, missing), 1);
}

/* The kernel's line decides, even where the number of CPUs is not known. */
static void test_clock_remedy_believes_the_line(void **state)
{
        Facts facts = host("AuthenticAMD", false, false, "");
        ClockView view = { .verdict = VERDICT_UNSTABLE, .urgency = URGENCY_TICKET, .clocksource = "hpet" };

        facts.n_possible = 0;
        view.reason = REASON_UNSYNCHRONIZED;
        assert_int_equal(clock_remedy_kind(&facts, &view), REMEDY_RETIRE);
        view.reason = REASON_IDLE_HALT;
        assert_int_equal(clock_remedy_kind(&facts, &view), REMEDY_BOOT_PARAMETERS);
}

/* Every host, verdict and reason has a text, and no text recommends tsc=reliable. */
static void test_clock_advice_has_words_for_everything(void **state)
{
        static const char *const vendors[] = { "GenuineIntel", "AuthenticAMD" };
        static const char *const cmdlines[] = {
                NULL, "", "tsc=reliable", "tsc=unstable", "processor.max_cstate=1 cpufreq.off=1", "notsc"
        };

        for (unsigned flags = 0; flags < 16; flags++)
                for (size_t c = 0; c < ARRAY_SIZE(cmdlines); c++)
                        for (unsigned verdict = 0; verdict < VERDICT_MAX_; verdict++)
                                for (unsigned reason = 0; reason < REASON_MAX_; reason++) {
                                        Facts facts = host(vendors[flags & 1], flags & 2, flags & 4, cmdlines[c]);
                                        const char *missing[BOOT_PARAMETERS_MAX + 1];
                                        _cleanup_free_ char *why = NULL;
                                        ClockView view = { .verdict = verdict,
                                                           .reason = reason,
                                                           .urgency = URGENCY_TICKET };
                                        unsigned n;

                                        facts.hypervisor = flags & 8;
                                        why = clock_boot_parameters_reason(&facts, verdict, reason);
                                        assert_true(why && why[0]);
                                        assert_null(strstr(why, "tsc=reliable"));
                                        n = clock_boot_parameters_missing(&facts, verdict, reason, missing);
                                        assert_true(n <= BOOT_PARAMETERS_MAX);
                                        for (unsigned i = 0; i < n; i++)
                                                assert_null(strstr(missing[i], "tsc="));
                                        assert_non_null(remedy_word(clock_remedy_kind(&facts, &view)));
                                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_clock_advice_contradictions),
                cmocka_unit_test(test_clock_boot_parameters_missing),
                cmocka_unit_test(test_clock_boot_parameters_only_where_they_change_something),
                cmocka_unit_test(test_clock_remedy_believes_the_line),
                cmocka_unit_test(test_clock_advice_has_words_for_everything),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
