/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/need.h"

/* A host of four CPUs; the lists name the CPUs without the flag. */
static void fill(Facts *ret, const char *without_constant, const char *without_nonstop)
{
        *ret = (Facts) { .n_cpus = 4, .constant_tsc = !*without_constant, .nonstop_tsc = !*without_nonstop };
        strcpy(ret->vendor, "GenuineIntel");
        assert_int_equal(cpuset_parse(without_constant, &ret->without_constant_tsc), 0);
        assert_int_equal(cpuset_parse(without_nonstop, &ret->without_nonstop_tsc), 0);
}

static void test_need_under_mode(void **state)
{
        static const struct {
                bool constant, nonstop, hypervisor;
                ApplyMode mode;
                Halves need, filled;
        } rows[] = {
                { true, true, false, APPLY_AUTO, .need = { false, false } },
                { false, true, false, APPLY_AUTO, .need = { true, false } },
                { true, false, false, APPLY_AUTO, .need = { false, true } },
                { false, false, false, APPLY_AUTO, .need = { true, true } },
                { false, false, true, APPLY_AUTO, .need = { false, false } },
                { false, false, true, APPLY_ALWAYS, .need = { true, true } },
                { true, true, false, APPLY_ALWAYS, .need = { true, true } },
                { false, false, false, APPLY_NEVER, .need = { false, false } },
                /* A half that is not configured is applied only where it is needed. */
                { true, true, false, APPLY_ALWAYS, .need = { true, false }, .filled = { .idle = true } },
                { true, true, false, APPLY_ALWAYS, .need = { false, true }, .filled = { .frequency = true } },
                { true, false, false, APPLY_ALWAYS, .need = { true, true }, .filled = { .idle = true } },
                { true, false, false, APPLY_AUTO, .need = { false, true }, .filled = { .idle = true } },
                { false, false, true, APPLY_ALWAYS, .need = { true, false }, .filled = { .idle = true } },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Facts facts = { .constant_tsc = rows[i].constant,
                                .nonstop_tsc = rows[i].nonstop,
                                .hypervisor = rows[i].hypervisor };
                Halves need = need_under_mode(&facts, rows[i].mode, rows[i].filled);

                assert_int_equal(need.frequency, rows[i].need.frequency);
                assert_int_equal(need.idle, rows[i].need.idle);
        }
}

static void test_need_without_driver(void **state)
{
        static const struct {
                const char *cmdline;
                Halves need;
        } rows[] = {
                { "quiet", { true, true } },
                { "cpufreq.off=1", { false, true } },
                { "cpufreq.off=0", { true, true } },
                { "cpuidle.off=1", { true, false } },
                { "idle=halt", { true, false } },
                { "idle=nomwait", { true, true } },
                { "idle=poll cpufreq.off=1", { false, false } },
                { "-- cpufreq.off=1", { true, true } },
                { "processor.max_cstate=1", { true, true } },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                for (ApplyMode mode = APPLY_AUTO; mode <= APPLY_ALWAYS; mode++) {
                        _cleanup_free_ char *cmdline = strdup(rows[i].cmdline);
                        Facts facts = { .cmdline = cmdline };
                        Halves need = need_under_mode(&facts, mode, (Halves) {});

                        assert_int_equal(need.frequency, rows[i].need.frequency);
                        assert_int_equal(need.idle, rows[i].need.idle);
                        assert_true(need_from_facts(&facts).frequency);
                }
}

static void test_need_reason(void **state)
{
        static const struct {
                const char *without_constant, *without_nonstop, *reason;
        } rows[] = {
                { "", "", "Every CPU has constant_tsc and nonstop_tsc." },
                { "0-3", "", "constant_tsc is missing: the TSC follows the CPU's frequency." },
                { "", "0-3", "nonstop_tsc is missing: the TSC stops in deep C-states." },
                { "0-3", "0-3",
                  "constant_tsc is missing and nonstop_tsc is missing: the TSC follows the CPU's frequency and "
                  "stops in deep C-states." },
                { "2-3", "", "constant_tsc is missing on CPUs 2-3: the TSC follows the CPU's frequency." },
                { "", "1", "nonstop_tsc is missing on CPU 1: the TSC stops in deep C-states." },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_facts_ Facts facts = {};
                _cleanup_free_ char *reason = NULL;

                fill(&facts, rows[i].without_constant, rows[i].without_nonstop);
                reason = need_reason(&facts);
                assert_string_equal(reason, rows[i].reason);
        }
}

static void test_need_reason_knows_guests_and_rev_f(void **state)
{
        _cleanup_facts_ Facts facts = {};
        _cleanup_free_ char *reason = NULL, *of_guest = NULL;

        fill(&facts, "0-3", "");
        strcpy(facts.vendor, "AuthenticAMD");
        facts.family = 15;
        facts.model = 67;
        reason = need_reason(&facts);
        assert_string_equal(reason, "constant_tsc is missing (AMD revision F): the TSC follows the CPU's frequency.");
        facts.hypervisor = true;
        of_guest = need_reason(&facts);
        assert_string_equal(of_guest, "This is a virtual machine: its host decides about frequency and C-states.");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_need_under_mode),
                cmocka_unit_test(test_need_without_driver),
                cmocka_unit_test(test_need_reason),
                cmocka_unit_test(test_need_reason_knows_guests_and_rev_f),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
