/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cpuset.h"
#include "bus/callers.h"

static void test_one_value_costs_nothing(void **state)
{
        static const char *const members[] = { "Get", "Set", "Ping", "GetMachineId", "Unknown", NULL };

        assert_int_equal(caller_cost(NULL, CPUSET_MAX), 0);
        for (unsigned i = 0; members[i]; i++)
                assert_int_equal(caller_cost(members[i], CPUSET_MAX), 0);
}

static void test_what_is_said_of_each_cpu_costs_by_cpu(void **state)
{
        static const char *const members[] = { "GetManagedObjects", "Plan", NULL };

        for (unsigned i = 0; members[i]; i++) {
                assert_true(caller_cost(members[i], 1) > 0);
                assert_int_equal(caller_cost(members[i], 4096) - caller_cost(members[i], 1024), 3072);
        }
        assert_true(caller_cost("Introspect", 8192) > caller_cost("Introspect", 8));
        assert_int_equal(caller_cost("GetAll", 1), caller_cost("GetAll", CPUSET_MAX));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_one_value_costs_nothing),
                cmocka_unit_test(test_what_is_said_of_each_cpu_costs_by_cpu),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
