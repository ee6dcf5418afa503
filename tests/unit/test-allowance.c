/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/allowance.h"

#define NOW UINT64_C(7000000)

static void test_limit_in_a_window(void **state)
{
        Allowance allowance = {};

        for (unsigned i = 0; i < 10; i++)
                assert_true(allowance_take(&allowance, 10, 100, NOW));
        assert_false(allowance_take(&allowance, 1, 100, NOW));
        assert_false(allowance_take(&allowance, 10, 100, NOW + ALLOWANCE_WINDOW_USEC / 10 - 1));
        assert_true(allowance_take(&allowance, 10, 100, NOW + ALLOWANCE_WINDOW_USEC / 10));
}

static void test_what_was_refused_costs_nothing(void **state)
{
        Allowance allowance = {};

        assert_true(allowance_take(&allowance, 90, 100, NOW));
        for (unsigned i = 0; i < 1000; i++)
                assert_false(allowance_take(&allowance, 11, 100, NOW));
        assert_true(allowance_take(&allowance, 10, 100, NOW));
}

static void test_nothing_is_saved_up(void **state)
{
        Allowance allowance = {};

        assert_true(allowance_take(&allowance, 1, 100, NOW));
        assert_true(allowance_take(&allowance, 100, 100, NOW + 100 * ALLOWANCE_WINDOW_USEC));
        assert_false(allowance_take(&allowance, 1, 100, NOW + 100 * ALLOWANCE_WINDOW_USEC));
        assert_false(allowance_take(&allowance, 101, 100, NOW + 1000 * ALLOWANCE_WINDOW_USEC));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_limit_in_a_window),
                cmocka_unit_test(test_what_was_refused_costs_nothing),
                cmocka_unit_test(test_nothing_is_saved_up),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
