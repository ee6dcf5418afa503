/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/rate-boots.h"

static void test_lines(void **state)
{
        static const char *const lines[] = {
                "Linux version 6.1.0",
                "DMI: Dell Inc. PowerEdge R640/0RGP26, BIOS 2.19.1 06/04/2023",
                "tsc: Detected 2500.000 MHz processor",
                "tsc: Detected 2494.140 MHz TSC",
                "smpboot: CPU0: Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz (family: 0x6, model: 0x55, stepping: 0x4)",
        };
        BootCalibration boot = {};

        for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
                assert_true(boot_calibration_feed(&boot, i, lines[i]));
        assert_int_equal(boot.kind, CALIBRATION_DETECTED);
        assert_int_equal(boot.khz, 2494140);
        assert_string_equal(boot.board, "Dell Inc. PowerEdge R640/0RGP26");
        assert_string_equal(boot.cpu,
                            "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz (family: 0x6, model: 0x55, stepping: 0x4)");
        assert_true(boot_calibration_feed(&boot, 8, "DMI: Another Board, BIOS 1"));
        assert_string_equal(boot.board, "Dell Inc. PowerEdge R640/0RGP26");
        assert_true(boot_calibration_feed(&boot, 9, "x tsc: Refined TSC clocksource calibration: 1.000 MHz"));
        assert_false(boot_calibration_feed(&boot, 9, "tsc: Refined TSC clocksource calibration: 2494.100 MHz"));
        assert_int_equal(boot.kind, CALIBRATION_REFINED);
        assert_int_equal(boot.khz, 2494100);
        assert_int_equal(boot.realtime_usec, 9);
        assert_false(boot_calibration_feed(&boot, 10, "tsc: Detected 2500.000 MHz processor"));
        assert_int_equal(boot.khz, 2494100);

        boot = (BootCalibration) {};
        assert_false(boot_calibration_feed(
                &boot, 1, "Refined TSC clocksource calibration: 2294.606 MHz")); /* the wording before Linux 3 */
        assert_int_equal(boot.khz, 2294606);
}

/* The rates of the boots, this one first; 0 ends the list. */
static RateBoots find(const unsigned *khz)
{
        BootCalibration boots[1 + RATE_BOOTS_MAX + 4] = {};
        RateBoots rate;
        unsigned n = 0;

        for (; khz[n]; n++)
                boots[n] = (BootCalibration) { CALIBRATION_REFINED, khz[n], n + 1, "cpu", "board" };
        rate_boots_find(boots, n, true, &rate);
        return rate;
}

static void test_median(void **state)
{
        static const struct {
                unsigned khz[8], n, off;
                double median, ppm, deviation;
                bool convicts;
        } cases[] = {
                { { 2500000, 2500001, 2499999 }, 2, 0, 2500000, 0, 0.4, false },
                { { 2500010, 2500000, 2500001, 2500002 }, 3, 0, 2500001.5, -3.4, 0.4, false },
                /* This boot's rate is 0.7 % too high. */
                { { 2517250, 2500000, 2500000 }, 2, 0, 2500000, -6852.7, 0, true },
                { { 2498000, 2500000, 2500000 }, 2, 0, 2500000, 800.6, 0, true },
                /* An earlier boot's rate is the wrong one. */
                { { 2500000, 2500000, 2517250 }, 2, 1, 2500000, 0, 0, false },
                { { 2500000, 2517250, 2500000, 2490000 }, 3, 2, 2500000, 0, 2008, false },
                /* Of two different rates it is not known which is wrong. */
                { { 2500000, 2517250 }, 1, 0, 2517250, 6900, 3450, false },
                { { 2500000, 2500000, 2501249 }, 2, 0, 2500000, 0, 0, false }, /* 499.35 ppm */
                { { 2500000, 2500000, 2501252 }, 2, 1, 2500000, 0, 0, false },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                RateBoots rate = find(cases[i].khz);

                if (!rate.known || rate.n != cases[i].n || rate.n_off != cases[i].off ||
                    rate.median_khz != cases[i].median || fabs(rate.ppm - cases[i].ppm) > 0.1 ||
                    fabs(rate.deviation_ppm - cases[i].deviation) > 1 || rate_boots_convict(&rate) != cases[i].convicts)
                        fail_msg("case %zu: %d %u %u %f %f %f %s", i, rate.known, rate.n, rate.n_off, rate.median_khz,
                                 rate.ppm, rate.deviation_ppm, rate.why);
        }
}

static void test_which_boot(void **state)
{
        RateBoots rate = find((const unsigned[]) { 2500000, 2500001, 2517250, 2500002, 0 });

        assert_int_equal(rate.n_off, 1);
        assert_int_equal(rate.off[0].realtime_usec, 3);
        assert_true(fabs(rate.off[0].ppm + 6852) < 1);
}

static void test_what_counts(void **state)
{
        BootCalibration boots[] = {
                { CALIBRATION_REFINED, 2500000, 1, "cpu", "board" },
                { CALIBRATION_REFINED, 2500002, 2, "cpu", "board" },
                { CALIBRATION_DETECTED, 2400000, 3, "cpu", "board" }, /* another kind of calibration */
                { CALIBRATION_REFINED, 2400000, 4, "another cpu", "board" },
                { CALIBRATION_REFINED, 2400000, 5, "cpu", "another board" },
                { CALIBRATION_REFINED, 3500000, 6, "cpu", "board" }, /* another nominal rate */
                { CALIBRATION_NONE, 0, 7, "cpu", "board" },
        };
        RateBoots rate;

        rate_boots_find(boots, ARRAY_SIZE(boots), true, &rate);
        assert_true(rate.known);
        assert_int_equal(rate.n, 1);
        assert_true(rate.median_khz == 2500002);
        assert_int_equal(rate.n_off, 0);

        boots[0].kind = CALIBRATION_DETECTED;
        rate_boots_find(boots, 2, true, &rate);
        assert_false(rate.known);
        assert_string_equal(rate.why,
                            "the journal has no earlier boot of this machine that was calibrated in the same way");
        boots[0].kind = CALIBRATION_NONE;
        rate_boots_find(boots, ARRAY_SIZE(boots), true, &rate);
        assert_false(rate.known);
        assert_string_equal(rate.why, "the journal has no line of this boot's calibration");
        rate_boots_find(boots, ARRAY_SIZE(boots), false, &rate);
        assert_false(rate.known);
        assert_non_null(strstr(rate.why, "without constant_tsc"));
        rate_boots_find(NULL, 0, true, &rate);
        assert_false(rate.known);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_median),
                cmocka_unit_test(test_which_boot),
                cmocka_unit_test(test_what_counts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
