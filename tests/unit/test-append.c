/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/append.h"
#include "base/macro.h"

static void test_append_number(void **state)
{
        static const uint64_t numbers[] = { 0, 1, 9, 10, 4095, UINT32_MAX, UINT64_MAX };

        for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
                char text[NUMBER_SIZE], expected[NUMBER_SIZE];

                snprintf(expected, sizeof(expected), "%" PRIu64, numbers[i]);
                assert_ptr_equal(append_number(text, numbers[i]), text + strlen(expected));
                assert_string_equal(text, expected);
        }
}

static void test_copy_text(void **state)
{
        char buffer[6] = "xxxxx";

        copy_text(buffer, sizeof(buffer), "");
        assert_string_equal(buffer, "");
        copy_text(buffer, sizeof(buffer), "menu");
        assert_string_equal(buffer, "menu");
        copy_text(buffer, sizeof(buffer), "performance");
        assert_string_equal(buffer, "perfo");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_append_number),
                cmocka_unit_test(test_copy_text),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
