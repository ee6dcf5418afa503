/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "base/parse.h"

#define UNTOUCHED 12345U

static void test_parse_u64(void **state)
{
        static const struct {
                const char *text;
                uint64_t min, max;
                int r;
                uint64_t value;
        } cases[] = {
                { "0", 0, 10, 0, 0 },
                { "10", 0, 10, 0, 10 },
                { "007", 0, 10, 0, 7 },
                { "18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX },
                { "11", 0, 10, -ERANGE, 0 },
                { "1", 2, 10, -ERANGE, 0 },
                { "99999999999999999999999", 0, 10, -ERANGE, 0 },
                { "", 0, 10, -EINVAL, 0 },
                { "-1", 0, 10, -EINVAL, 0 },
                { "+1", 0, 10, -EINVAL, 0 },
                { " 1", 0, 10, -EINVAL, 0 },
                { "1 ", 0, 10, -EINVAL, 0 },
                { "1\n", 0, 10, -EINVAL, 0 },
                { "0x1", 0, 10, -EINVAL, 0 },
                { "1e1", 0, 10, -EINVAL, 0 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                uint64_t value = UNTOUCHED;

                print_message("'%s'\n", cases[i].text);
                assert_int_equal(parse_u64(cases[i].text, cases[i].min, cases[i].max, &value), cases[i].r);
                assert_int_equal(value, cases[i].r < 0 ? UNTOUCHED : cases[i].value);
        }
}

static void test_parse_unsigned(void **state)
{
        unsigned value = UNTOUCHED;

        assert_int_equal(parse_unsigned("4294967296", 0, UINT32_MAX, &value), -ERANGE);
        assert_int_equal(parse_unsigned("x", 0, UINT32_MAX, &value), -EINVAL);
        assert_int_equal(value, UNTOUCHED);
        assert_int_equal(parse_unsigned("4294967295", 0, UINT32_MAX, &value), 0);
        assert_int_equal(value, UINT32_MAX);
}

/* The values are what string_to_frequency() of cpupower 6.1 makes of them; 0: it refuses. */
static void test_parse_frequency(void **state)
{
        static const struct {
                const char *text;
                uint64_t khz;
                int r;
        } cases[] = {
                { "2400000", 2400000, 0 },
                { "2400000kHz", 2400000, 0 },
                { "2400MHz", 2400000, 0 },
                { "2.4GHz", 2400000, 0 },
                { "2.4ghz", 2400000, 0 },
                { "2.4GHZ", 2400000, 0 },
                { "2.4G", 2400000, 0 },
                { "2400m", 2400000, 0 },
                { "2.25GHz", 2250000, 0 },
                { "0002.25GHz", 2250000, 0 },
                { "5.GHz", 5000000, 0 },
                { ".5GHz", 500000, 0 },
                { "0.001THz", 1000000, 0 },
                { "1THz", 1000000000, 0 },
                { "2666666.4", 2666666, 0 },
                { "2666666.5", 2666667, 0 },
                { "2666666.49", 2666666, 0 },
                { "2.6666665GHz", 2666667, 0 },
                { "1499Hz", 1, 0 },
                { "1500Hz", 2, 0 },
                { "500Hz", 1, 0 },
                { ".5", 1, 0 },
                { "2.400000000000000000000000000000000000000000GHz", 2400000, 0 },
                { "0", 0, -ERANGE },
                { "0.0GHz", 0, -ERANGE },
                { "499Hz", 0, -ERANGE },
                { "5hz", 0, -ERANGE },
                { "1000000001", 0, -ERANGE },
                { "1.0000000001THz", 0, -ERANGE },
                { "99999999999999999999999999999999999999999", 0, -ERANGE },
                { "", 0, -EINVAL },
                { ".", 0, -EINVAL },
                { "GHz", 0, -EINVAL },
                { ".GHz", 0, -EINVAL },
                { "2.4 GHz", 0, -EINVAL },
                { " 2.4GHz", 0, -EINVAL },
                { "2.4GHz ", 0, -EINVAL },
                { "2,4GHz", 0, -EINVAL },
                { "2.4.1GHz", 0, -EINVAL },
                { "2.4GHzz", 0, -EINVAL },
                { "-2.4GHz", 0, -EINVAL },
                { "+2", 0, -EINVAL },
                { "2e6", 0, -EINVAL },
                { "0x10", 0, -EINVAL },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                uint64_t khz = UNTOUCHED;

                print_message("'%s'\n", cases[i].text);
                assert_int_equal(parse_frequency(cases[i].text, &khz), cases[i].r);
                assert_int_equal(khz, cases[i].r < 0 ? UNTOUCHED : cases[i].khz);
        }
}

static void test_parse_usec(void **state)
{
        static const struct {
                const char *text;
                uint64_t usec;
                int r;
        } cases[] = {
                { "0us", 0, 0 },
                { "20us", 20, 0 },
                { "1ms", 1000, 0 },
                { "1s", 1000000, 0 },
                { "3600s", 3600000000, 0 },
                { "3600000000us", 3600000000, 0 },
                { "3601s", 0, -ERANGE },
                { "3600000001us", 0, -ERANGE },
                { "99999999999999999999s", 0, -ERANGE },
                { "20", 0, -EINVAL },
                { "us", 0, -EINVAL },
                { "", 0, -EINVAL },
                { "20 us", 0, -EINVAL },
                { "20US", 0, -EINVAL },
                { "20usx", 0, -EINVAL },
                { "1.5ms", 0, -EINVAL },
                { "-1us", 0, -EINVAL },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                uint64_t usec = UNTOUCHED;

                print_message("'%s'\n", cases[i].text);
                assert_int_equal(parse_usec(cases[i].text, &usec), cases[i].r);
                assert_int_equal(usec, cases[i].r < 0 ? UNTOUCHED : cases[i].usec);
        }
}

static void test_text_distance(void **state)
{
        assert_int_equal(text_distance("status", "status"), 0);
        assert_int_equal(text_distance("Status", "sTATUS"), 0);
        assert_int_equal(text_distance("statsu", "status"), 2);
        assert_int_equal(text_distance("stats", "status"), 1);
        assert_int_equal(text_distance("", "plan"), 4);
        assert_int_equal(text_distance("plan", ""), 4);
        assert_int_equal(text_distance("0123456789012345678901234567890", "1"), 30);
        assert_int_equal(text_distance("01234567890123456789012345678901", "1"), 32);
        assert_int_equal(text_distance("1", "01234567890123456789012345678901"), 32);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parse_u64),       cmocka_unit_test(test_parse_unsigned),
                cmocka_unit_test(test_parse_frequency), cmocka_unit_test(test_parse_usec),
                cmocka_unit_test(test_text_distance),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
