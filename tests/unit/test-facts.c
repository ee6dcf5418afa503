/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/facts.h"

static void test_facts_tsc_lives(void **state)
{
        static const struct {
                const char *available;
                bool lives;
        } rows[] = {
                { "tsc hpet acpi_pm", true },
                { "hpet tsc", true },
                { "tsc", true },
                { "tsc-early hpet", true },
                { "hpet acpi_pm", false },
                { "", false },
                { NULL, true },
                { "tscx hpet", false },
                { "xtsc", false },
                { "ts", false },
                { "kvm-clock", false },
                { "tsc-earl", false },
                { "hpet  tsc-early", true },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Facts facts = { .available_clocksources = (char *)rows[i].available };

                if (facts_tsc_lives(&facts) != rows[i].lives)
                        fail_msg("'%s'", rows[i].available);
                /* With constant_tsc no change of frequency costs the TSC. */
                assert_int_equal(facts_tsc_is_fragile(&facts), rows[i].lives);
                facts.constant_tsc = true;
                assert_false(facts_tsc_is_fragile(&facts));
        }
}

static void test_facts_is_amd_rev_f(void **state)
{
        static const struct {
                const char *vendor;
                unsigned family, model;
                bool is;
        } rows[] = {
                { "AuthenticAMD", 15, 63, false }, { "AuthenticAMD", 15, 64, true },  { "AuthenticAMD", 15, 67, true },
                { "AuthenticAMD", 15, 95, true },  { "AuthenticAMD", 15, 96, false }, { "AuthenticAMD", 16, 67, false },
                { "GenuineIntel", 15, 67, false },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Facts facts = { .family = rows[i].family, .model = rows[i].model };

                strcpy(facts.vendor, rows[i].vendor);
                assert_int_equal(facts_is_amd_rev_f(&facts), rows[i].is);
        }
}

static void test_facts_done_leaves_nothing(void **state)
{
        Facts facts = { .cmdline = strdup("quiet"),
                        .clocksource = strdup("tsc"),
                        .available_clocksources = strdup("tsc"),
                        .n_cpus = 4 };

        assert_int_equal(cpuset_add(&facts.without_constant_tsc, 3), 0);
        facts_done(&facts);
        assert_null(facts.cmdline);
        assert_int_equal(facts.n_cpus, 0);
        facts_done(&facts);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_facts_tsc_lives),
                cmocka_unit_test(test_facts_is_amd_rev_f),
                cmocka_unit_test(test_facts_done_leaves_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
