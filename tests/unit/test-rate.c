/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/rate.h"

/* The same clock, which gains 34.021 ppm by itself, as each program reports it. */
static void test_signs(void **state)
{
        /* adjtimex --print: "freq: -2229600", "tick: 10000": the kernel takes 34.021 ppm away. */
        assert_true(fabs(rate_from_kernel(-2229600, 10000) - 34.021) < 0.001);
        /* chronyc tracking: "Frequency       : 34.021 ppm fast"; chronyc -c tracking: column 8 is 34.021. */
        assert_true(rate_from_chrony(34.021) == 34.021);
        /* ntpd: "-34.021" in ntp.drift, "frequency=-34.021" by ntpq -c rv. */
        assert_true(rate_from_ntp(-34.021) == 34.021);
}

static void test_kernel(void **state)
{
        static const struct {
                long freq, tick;
                double ppm;
        } cases[] = {
                { 0, 10000, 0 },
                { 65536, 10000, -1 },         /* the kernel adds 1 ppm, so the clock itself is slow */
                { -65536 * 500, 10000, 500 }, /* the largest value of freq */
                { 0, 10001, -100 },           /* one tick more */
                { 0, 9998, 200 },
                { 65536 * 60, 9999, 40 }, /* chronyd divides what it sets between the two */
                { -65536 * 40, 10003, -260 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
                if (rate_from_kernel(cases[i].freq, cases[i].tick) != cases[i].ppm)
                        fail_msg("freq %ld, tick %ld: %f", cases[i].freq, cases[i].tick,
                                 rate_from_kernel(cases[i].freq, cases[i].tick));
        assert_false(signbit(rate_from_kernel(0, 10000)));
        assert_false(signbit(rate_from_ntp(0)));
}

static void test_levels(void **state)
{
        static const struct {
                double ppm;
                RateLevel level;
                double error; /* an error of this size makes the rate useless */
        } cases[] = {
                { 0, RATE_USUAL, 10 },  { 100, RATE_USUAL, 10 },  { -100.1, RATE_NOTE, 10 },
                { 250, RATE_NOTE, 10 }, { 250.1, RATE_WARN, 25 }, { -449.9, RATE_WARN, 25 },
                { 450, RATE_FAIL, 45 }, { -450, RATE_FAIL, 45 },  { 6900, RATE_FAIL, 45 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                if (rate_level(cases[i].ppm) != cases[i].level)
                        fail_msg("%f: %d", cases[i].ppm, rate_level(cases[i].ppm));
                assert_true(rate_is_meaningful(cases[i].ppm, cases[i].error - 0.1));
                assert_false(rate_is_meaningful(cases[i].ppm, cases[i].error));
        }
        assert_false(rate_is_meaningful(NAN, 0));
        assert_false(rate_is_meaningful(0, NAN));
        assert_false(rate_is_meaningful(0, INFINITY));
}

static void test_words(void **state)
{
        char buffer[RATE_WORDS_SIZE];

        assert_string_equal(rate_words(34.021, buffer), "34.02 ppm fast");
        assert_string_equal(rate_words(-34.021, buffer), "34.02 ppm slow");
        assert_string_equal(rate_words(0, buffer), "at the right rate");
        assert_string_equal(rate_words(-0.004, buffer), "at the right rate");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_signs),
                cmocka_unit_test(test_kernel),
                cmocka_unit_test(test_levels),
                cmocka_unit_test(test_words),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
