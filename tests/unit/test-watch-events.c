/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <syslog.h>

#include <cmocka.h>

#include "watch/events.h"

#define MESSAGE "957bb6dbc93349d5b7dd10eeade1a8f4"

static void test_keeps_in_order(void **state)
{
        _cleanup_(events_freep) Events *events = NULL;

        assert_int_equal(events_new(&events), 0);
        assert_null(events_get(events, 0));
        events_log(events, LOG_DEBUG, "applied", MESSAGE, NULL, "%s of %u", "one", 2U);
        events_log(events, LOG_DEBUG, "tsc-lost", MESSAGE, NULL, "bad \x1b and \\x41");
        assert_string_equal(events_get(events, 0)->name, "applied");
        assert_string_equal(events_get(events, 0)->text, "one of 2");
        assert_true(events_get(events, 0)->realtime_usec > 0);
        assert_true(events_get(events, 0)->monotonic_usec <= events_get(events, 1)->monotonic_usec);
        /* A text that was escaped before is not escaped again. */
        assert_string_equal(events_get(events, 1)->text, "bad \\x1b and \\x41");
        assert_null(events_get(events, 2));
}

static void test_keeps_the_last(void **state)
{
        _cleanup_(events_freep) Events *events = NULL;
        char text[12];

        assert_int_equal(events_new(&events), 0);
        for (unsigned i = 0; i < EVENTS_MAX + 3; i++)
                events_log(events, LOG_DEBUG, "drift", MESSAGE, NULL, "%u", i);
        for (unsigned i = 0; i < EVENTS_MAX; i++) {
                (void)snprintf(text, sizeof(text), "%u", i + 3);
                assert_string_equal(events_get(events, i)->text, text);
        }
        assert_null(events_get(events, EVENTS_MAX));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_keeps_in_order),
                cmocka_unit_test(test_keeps_the_last),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
