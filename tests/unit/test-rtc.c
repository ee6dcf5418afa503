/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/rtc.h"

static void test_rtc_adjtime_is_local(void **state)
{
        assert_true(rtc_adjtime_is_local("0.0 0 0.0\n0\nLOCAL\n"));
        assert_false(rtc_adjtime_is_local("0.0 0 0.0\n0\nUTC\n"));
        assert_false(rtc_adjtime_is_local("0.0 0 0.0\n0\n"));
        assert_false(rtc_adjtime_is_local("LOCAL"));
        assert_false(rtc_adjtime_is_local(""));
}

static void test_rtc_offset(void **state)
{
        assert_float_equal(rtc_offset(1000, 1000.0), 0, 1e-9);
        assert_float_equal(rtc_offset(1000, 1000.9), 0, 1e-9);
        assert_float_equal(rtc_offset(1000, 1003.5), -2.5, 1e-9);
        assert_float_equal(rtc_offset(1003, 1000.5), 2.5, 1e-9);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rtc_adjtime_is_local),
                cmocka_unit_test(test_rtc_offset),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
