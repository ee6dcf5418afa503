/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "show/print.h"

static void test_print_wrapped(void **state)
{
        static const struct {
                const char *text, *wanted;
        } cases[] = {
                { "", "Head  \n" },
                { "two  words", "Head  two words\n" },
                { "0123456789012345678901234567890123456789 012345678901234567890123456789012",
                  "Head  0123456789012345678901234567890123456789 012345678901234567890123456789012\n" },
                { "0123456789012345678901234567890123456789 0123456789012345678901234567890123",
                  "Head  0123456789012345678901234567890123456789\n      0123456789012345678901234567890123\n" },
                /* Width is counted in characters, not in bytes. */
                { "µµµµµµµµµµ012345678901234567890123456789 012345678901234567890123456789012",
                  "Head  µµµµµµµµµµ012345678901234567890123456789 012345678901234567890123456789012\n" },
                { "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,37,39,41,43,45,47,49,51,53,55",
                  "Head  1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,37,39,41,43,45,47,49,51,\n      53,55\n" },
        };

        for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *got = NULL;
                size_t size;
                FILE *out = open_memstream(&got, &size);

                print_wrapped(out, "Head", 6, cases[i].text);
                fclose(out);
                assert_string_equal(got, cases[i].wanted);
        }
}

static void test_print_cut(void **state)
{
        static const struct {
                const char *text, *wanted;
        } cases[] = {
                { "", "\n" }, { "12345678", "12345678\n" }, { "123456789", "12345...\n" }, { "µµµµµµµµµ", "µµµµµ...\n" }
        };

        for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *got = NULL;
                size_t size;
                FILE *out = open_memstream(&got, &size);

                print_cut(out, 8, cases[i].text);
                fclose(out);
                assert_string_equal(got, cases[i].wanted);
        }
}

static void test_print_times(void **state)
{
        static const struct {
                uint64_t seconds;
                const char *wanted;
        } spans[] = {
                { 0, "0 s" },    { 59, "59 s" },        { 60, "1 min" },      { 61, "1 min 1 s" },
                { 3600, "1 h" }, { 3660, "1 h 1 min" }, { 86400 + 3, "1 d" }, { 400 * 86400 + 7200, "400 d 2 h" }
        };
        char buffer[PRINT_TIME_SIZE];

        for (unsigned i = 0; i < ARRAY_SIZE(spans); i++)
                assert_string_equal(print_span(spans[i].seconds * 1000000, buffer), spans[i].wanted);
        setenv("TZ", "UTC", 1);
        assert_string_equal(print_time(UINT64_C(1795356000999999), buffer), "Sun 2026-11-22 14:00:00 UTC");
        assert_string_equal(print_stamp(UINT64_C(1795356000999999), buffer), "2026-11-22 14:00:00");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_print_wrapped),
                cmocka_unit_test(test_print_cut),
                cmocka_unit_test(test_print_times),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
