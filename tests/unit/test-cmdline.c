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
#include "model/cmdline.h"

static void test_cmdline_has(void **state)
{
        static const struct {
                const char *cmdline, *name, *value;
                bool wanted;
        } cases[] = {
                { "ro tsc=reliable quiet", "tsc", "reliable", true },
                { "tsc=reliable", "tsc", NULL, true },
                { "ro notsc", "notsc", NULL, true },
                { "ro notsc", "notsc", "", false },
                { "tsc=reliable tsc=recalibrate", "tsc", "reliable", true },
                { "tsc=reliable", "tsc", "reliabl", false },
                { "tsc=reliabl", "tsc", "reliable", false },
                { "xtsc=reliable", "tsc", "reliable", false },
                { "tsc=\"reliable\"", "tsc", "reliable", true },
                { "dyndbg=\"file a.c tsc=reliable +p\" ro", "tsc", NULL, false },
                { "quiet -- tsc=reliable", "tsc", NULL, false },
                { "a--b tsc=reliable", "tsc", NULL, true },
                { "intel-idle.max-cstate=1", "intel_idle.max_cstate", "1", true },
                { "  tsc=reliable\n", "tsc", "reliable", true },
                { "", "tsc", NULL, false },
                { NULL, "tsc", NULL, false },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
                if (cmdline_has(cases[i].cmdline, cases[i].name, cases[i].value) != cases[i].wanted)
                        fail_msg("%s: %s=%s", cases[i].cmdline, cases[i].name, cases[i].value);
}

static void test_cmdline_get_takes_the_last(void **state)
{
        char value[8] = "kept";

        assert_false(cmdline_get("ro quiet", "clocksource", value, sizeof(value)));
        assert_false(cmdline_get("clocksource", "clocksource", value, sizeof(value)));
        assert_false(cmdline_get("clocksource=toolongavalue", "clocksource", value, sizeof(value)));
        assert_string_equal(value, "kept");
        assert_true(cmdline_get("clocksource=hpet clocksource=acpi_pm", "clocksource", value, sizeof(value)));
        assert_string_equal(value, "acpi_pm");
        assert_true(cmdline_get("x=\"a b\"", "x", value, sizeof(value)));
        assert_string_equal(value, "a b");
        assert_true(cmdline_get("x=", "x", value, sizeof(value)));
        assert_string_equal(value, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_cmdline_has),
                cmocka_unit_test(test_cmdline_get_takes_the_last),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
