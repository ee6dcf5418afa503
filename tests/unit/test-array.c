/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/macro.h"

static void test_growing_keeps_what_is_there_and_adds_zero(void **state)
{
        _cleanup_free_ unsigned *numbers = NULL;

        for (size_t n = 0; n < 1000; n++) {
                assert_int_equal(array_grow(&numbers, n, sizeof(*numbers)), 0);
                assert_int_equal(numbers[n], 0);
                numbers[n] = n + 1;
        }
        for (size_t i = 0; i < 1000; i++)
                assert_int_equal(numbers[i], i + 1);
}

static void test_an_array_that_has_shrunk_grows_again(void **state)
{
        _cleanup_free_ unsigned *numbers = NULL;

        for (size_t n = 0; n < 9; n++)
                assert_int_equal(array_grow(&numbers, n, sizeof(*numbers)), 0);
        for (size_t n = 3; n < 40; n++) {
                assert_int_equal(array_grow(&numbers, n, sizeof(*numbers)), 0);
                assert_int_equal(numbers[n], 0);
                numbers[n] = n;
        }
        assert_int_equal(numbers[39], 39);
}

static void test_no_room(void **state)
{
        unsigned *numbers = NULL;

        assert_int_equal(array_grow(&numbers, 0, SIZE_MAX / 4), -ENOMEM);
        assert_null(numbers);
}

static int compare(const void *key, const void *element)
{
        const unsigned *a = key, *b = element;

        return (*a > *b) - (*a < *b);
}

static void test_finding(void **state)
{
        static const unsigned even[] = { 2, 4, 6, 8, 10 };

        for (size_t n = 0; n <= ARRAY_SIZE(even); n++)
                for (unsigned key = 1; key <= 2 * n + 1; key++) {
                        bool found = key % 2 != 0;
                        size_t at = array_find(even, n, sizeof(even[0]), &key, compare, &found);

                        assert_int_equal(found, key % 2 == 0);
                        assert_int_equal(at, (key - 1) / 2);
                }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_growing_keeps_what_is_there_and_adds_zero),
                cmocka_unit_test(test_an_array_that_has_shrunk_grows_again),
                cmocka_unit_test(test_no_room),
                cmocka_unit_test(test_finding),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
