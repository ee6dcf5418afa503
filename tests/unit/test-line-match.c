/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/line-match.h"

static void test_line_match(void **state)
{
        static const struct {
                const char *format, *text;
                const char *rest; /* NULL: no match */
        } cases[] = {
                { "abc", "abc", "" },
                { "abc", "abc def", " def" },
                { "abc", "abc.", "." },
                { "abc", "abcd", NULL },
                { "abc", "ab", NULL },
                { "abc", "xabc", NULL },
                { "abc ", "abc d", "d" },
                { "{tsc: }abc", "abc", "" },
                { "{tsc: }abc", "tsc: abc", "" },
                { "{tsc: }abc", "tsc: tsc: abc", NULL },
                { "a{ b}{ c}d", "a cd", "" },
                { "%d ns", "-12 ns", "" },
                { "%d ns", "- ns", NULL },
                { "%d", "12a", NULL },
                { "%x:", "12afF:", "" },
                { "%x:", "g:", NULL },
                { "%l.", "0-3,8.", "" },
                { "%l", "", NULL },
                { "a%_b", "ab", "" },
                { "a%_b", "a \t b", "" },
                { "%n!", "sgi_rtc!", "" },
                { "%n", "a234567890123456789012345678901", "" },
                { "%n", "a2345678901234567890123456789012", NULL },
                { "wd-%V x", "wd-tsc-early-wd x", "" },
                { "wd-%V x", "wd-tsc x", NULL },
                { "wd-%V x", "wd--wd x", NULL },
                { "%F MHz", "2593.992 MHz", "" },
                { "%F MHz", ".992 MHz", NULL },
                { "%F MHz", "-1 MHz", NULL },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                const char *rest = "untouched";
                KernelLine line = {};
                bool got = line_match(cases[i].text, cases[i].format, &line, &rest);

                if (got != (cases[i].rest != NULL) || strcmp(rest, got ? cases[i].rest : "untouched") != 0)
                        fail_msg("'%s' on '%s': %d, '%s'", cases[i].format, cases[i].text, got, rest);
        }
}

static void test_line_match_keeps_values(void **state)
{
        KernelLine line = {};
        const char *rest;

        assert_true(line_match("tsc hpet -5 7 8 2593.9921", "%S %W %K %I %J %F", &line, &rest));
        assert_string_equal(line.clocksource, "tsc");
        assert_string_equal(line.reference, "hpet");
        assert_int_equal(line.skew_ns, -5);
        assert_int_equal(line.interval_ns, 7);
        assert_int_equal(line.cs_interval_ns, 8);
        assert_int_equal(line.khz, 2593992);
        assert_true(line.has_skew && line.has_interval && line.has_cs_interval);
}

/* An optional part that is missing sets no value, and neither does a line that does not match. */
static void test_line_match_leaves_nothing_behind(void **state)
{
        KernelLine line = {};
        const char *rest;

        assert_true(line_match("5 x", "{%K y}%I x", &line, &rest));
        assert_false(line.has_skew);
        assert_int_equal(line.skew_ns, 0);
        assert_int_equal(line.interval_ns, 5);
        line = (KernelLine) {};
        assert_false(line_match("tsc 5", "%S %I x", &line, &rest));
        assert_string_equal(line.clocksource, "");
        assert_false(line.has_interval);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_line_match),
                cmocka_unit_test(test_line_match_keeps_values),
                cmocka_unit_test(test_line_match_leaves_nothing_behind),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
