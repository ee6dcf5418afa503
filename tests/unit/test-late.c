/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "check/late.h"

static void test_late_parse(void **state)
{
        static const struct {
                const char *stat, *pressure;
                bool stat_known, pressure_known, bad;
                double steal, softirq, irq;
        } cases[] = {
                { "cpu  700 0 100 150 0 0 20 30 0 0\ncpu0 1 2", NULL, true, false, true, 3, 2, 0 },
                { "cpu  700 0 100 195 0 0 5 0 50 0", "full avg10=9.00 avg60=7.00 avg300=5.50 total=1\n", true, true,
                  true, 0, 0.5, 5.5 },
                { "cpu  700 0 100 200 0 0 0 0 0 0", "full avg10=90.00 avg60=7.00 avg300=0.10 total=1\n", true, true,
                  false, 0, 0, 0.1 },
                /* Linux before 2.6.11 has no column for stolen time. */
                { "cpu  700 0 100 200 0 0 0\n", NULL, false, false, false, 0, 0, 0 },
                { "cpu  0 0 0 0 0 0 0 0", "some avg300=9", false, false, false, 0, 0, 0 },
                { "cpu0 1 1 1 1 1 1 1 1", "full avg300=x", false, false, false, 0, 0, 0 },
                { NULL, NULL, false, false, false, 0, 0, 0 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                Late late;

                late_parse(cases[i].stat, cases[i].pressure, &late);
                assert_int_equal(late.stat_known, cases[i].stat_known);
                assert_int_equal(late.pressure_known, cases[i].pressure_known);
                assert_int_equal(late_is_bad(&late), cases[i].bad);
                assert_float_equal(late.steal_percent, cases[i].steal, 1e-9);
                assert_float_equal(late.softirq_percent, cases[i].softirq, 1e-9);
                assert_float_equal(late.irq_percent, cases[i].irq, 1e-9);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_late_parse),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
