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
#include "model/kernel-report.h"

typedef struct Feed {
        KernelReport report;
        KernelEvent events[16];
        unsigned n;
} Feed;

static void feed(Feed *feed, uint64_t usec, const char *text)
{
        int n;

        assert_true(feed->n + 2 <= ARRAY_SIZE(feed->events));
        n = kernel_report_feed(&feed->report, usec, text, feed->events + feed->n);
        assert_in_range(n + 1, 0, 3);
        feed->n += n > 0 ? (unsigned)n : 0;
}

#define HEAD                                                                                                        \
        "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too " \
        "large:"
#define MARK "tsc: Marking TSC unstable due to clocksource watchdog"

static void test_kernel_report_is_one_event(void **state)
{
        Feed f = {};

        feed(&f, 100, HEAD);
        feed(&f, 101, "clocksource: 'hpet' wd_nsec: 500000000 wd_now: 1 wd_last: 2 mask: ffffffff");
        feed(&f, 102, "eth0: link is up");
        feed(&f, 103, "clocksource: 'tsc' cs_nsec: 499000000 cs_now: 1 cs_last: 2 mask: ffffffff");
        feed(&f, 104, "clocksource: 'tsc' is current clocksource.");
        assert_int_equal(f.n, 0);
        assert_true(f.report.open);
        feed(&f, 105, MARK);
        assert_int_equal(f.n, 1);
        assert_false(f.report.open);
        assert_int_equal(f.events[0].line.kind, KERNEL_LINE_MARK);
        assert_int_equal(f.events[0].line.reason, REASON_CLOCKSOURCE_WATCHDOG);
        assert_int_equal(f.events[0].usec, 100);
        assert_string_equal(f.events[0].text, HEAD);
        assert_string_equal(f.events[0].line.reference, "hpet");
        assert_true(f.events[0].current && f.events[0].line.has_skew && f.events[0].line.has_interval);
        assert_int_equal(f.events[0].line.skew_ns, -1000000);
        assert_int_equal(f.events[0].line.interval_ns, 500000000);
}

static void test_kernel_report_without_mark_ends_at_the_switch(void **state)
{
        Feed f = {};

        feed(&f, 100, HEAD);
        feed(&f, 101, "clocksource: 'hpet' wd_now: 1 wd_last: 2 mask: ffffffff");
        feed(&f, 2000, "clocksource: Switched to clocksource hpet");
        assert_int_equal(f.n, 2);
        assert_int_equal(f.events[0].line.kind, KERNEL_LINE_MARK);
        assert_string_equal(f.events[0].line.reference, "hpet");
        assert_false(f.events[0].line.has_skew);
        assert_int_equal(f.events[1].line.kind, KERNEL_LINE_SWITCHED);
        assert_string_equal(f.events[1].line.clocksource, "hpet");
}

static void test_kernel_report_can_be_flushed(void **state)
{
        Feed f = {};

        assert_int_equal(kernel_report_flush(&f.report, f.events), 0);
        feed(&f, 100, HEAD);
        assert_int_equal(kernel_report_flush(&f.report, f.events), 1);
        assert_int_equal(f.events[0].line.kind, KERNEL_LINE_MARK);
        assert_int_equal(kernel_report_flush(&f.report, f.events), 0);
}

static void test_kernel_report_names_the_delayed_clock_only_with_a_mark(void **state)
{
        static const char delay[] = "clocksource: timekeeping watchdog on CPU3: hpet read-back delay of 150280ns, "
                                    "attempt 3, marking unstable";
        Feed f = {};

        feed(&f, 100, delay);
        feed(&f, 101, MARK);
        assert_int_equal(f.n, 1);
        assert_int_equal(f.events[0].line.kind, KERNEL_LINE_MARK);
        assert_int_equal(f.events[0].line.reason, REASON_READ_DELAY);
        assert_string_equal(f.events[0].text, delay);
        feed(&f, 200, delay);
        assert_int_equal(kernel_report_flush(&f.report, f.events), 1);
        assert_int_equal(f.events[0].line.kind, KERNEL_LINE_MARK);
        assert_string_equal(f.events[0].line.clocksource, "");
}

static void test_kernel_report_knows_whose_it_is(void **state)
{
        Feed f = {};

        feed(&f, 100, "clocksource: Marking clocksource hpet unstable due to frequency skew");
        feed(&f, 101, "clocksource: Watchdog                     tsc interval:        515947210ns");
        feed(&f, 102, MARK);
        assert_int_equal(f.n, 2);
        assert_int_equal(f.events[0].line.kind, KERNEL_LINE_MARK);
        assert_string_equal(f.events[0].line.clocksource, "hpet");
        assert_string_equal(f.events[0].line.reference, "tsc");
        assert_int_equal(f.events[1].line.kind, KERNEL_LINE_MARK);
        assert_string_equal(f.events[1].text, MARK);
}

static void test_kernel_report_warp(void **state)
{
        Feed f = {};

        feed(&f, 100, "TSC synchronization [CPU#0 -> CPU#1]:");
        feed(&f, 101, "Measured 5 cycles TSC warp between CPUs, turning off TSC clock.");
        feed(&f, 102, "TSC warped randomly between CPUs");
        feed(&f, 103, "tsc: Marking TSC unstable due to check_tsc_sync_source failed");
        assert_int_equal(f.n, 1);
        assert_int_equal(f.events[0].line.reason, REASON_WARP);
        assert_int_equal(f.events[0].usec, 100);
        assert_string_equal(f.events[0].text, "Measured 5 cycles TSC warp between CPUs, turning off TSC clock.");
}

static void test_kernel_report_of_a_passed_sync_test_is_nothing(void **state)
{
        Feed f = {};

        feed(&f, 100, "TSC synchronization [CPU#0 -> CPU#1]:");
        assert_int_equal(kernel_report_flush(&f.report, f.events), 0);
}

static void test_kernel_report_does_not_last(void **state)
{
        Feed f = {};

        feed(&f, 100, HEAD);
        feed(&f, 100 + KERNEL_REPORT_SPAN_USEC + 1,
             "clocksource: 'hpet' wd_nsec: 500000000 wd_now: 1 wd_last: 2 mask: ffffffff");
        assert_int_equal(f.n, 1);
        assert_string_equal(f.events[0].line.reference, "");
        feed(&f, 3000000, HEAD);
        feed(&f, 6000000, MARK);
        assert_int_equal(f.n, 3);
        assert_string_equal(f.events[1].text, HEAD);
        assert_string_equal(f.events[2].text, MARK);
}

static void test_kernel_report_cuts_long_lines(void **state)
{
        char text[2000] = "tsc: Marking TSC unstable due to ";
        Feed f = {};

        memset(text + strlen(text), 'x', sizeof(text) - strlen(text) - 1);
        text[sizeof(text) - 1] = '\0';
        feed(&f, 1, text);
        assert_int_equal(f.n, 1);
        assert_int_equal(strlen(f.events[0].text), KERNEL_TEXT_SIZE - 1);
}

/* Linux 4.1 to 5.12 print the counters' ticks, not times. */
static KernelEvent old_report(const char *reference, const char *counters, const char *tsc)
{
        char line[160];
        Feed f = {};

        feed(&f, 100, HEAD);
        (void)snprintf(line, sizeof(line), "clocksource:                       '%s' %s", reference, counters);
        feed(&f, 101, line);
        (void)snprintf(line, sizeof(line), "clocksource:                       'tsc' %s mask: ffffffffffffffff", tsc);
        feed(&f, 102, line);
        feed(&f, 103, MARK);
        assert_int_equal(f.n, 1);
        assert_false(f.events[0].line.has_skew || f.events[0].line.has_interval);
        return f.events[0];
}

static void test_kernel_event_measure_computes_times(void **state)
{
        KernelEvent event = old_report("hpet", "wd_now: 5ca548fd wd_last: 5932c25f mask: ffffffff",
                                       "cs_now: bb8a0f7168a0d4 cs_last: bb8a0f234df0c3");

        /* 57,837,214 ticks at 24 MHz and 1,310,371,857 at 2.7 GHz */
        kernel_event_measure(&event, 2700000, 24000000);
        assert_true(event.line.has_skew && event.line.has_interval);
        assert_int_equal(event.line.interval_ns, 2409883916);
        assert_int_equal(event.line.skew_ns, 485322910 - 2409883916);
        assert_int_equal(event.wrap_ns / 1000000, 178956);

        event = old_report("kvm-clock", "wd_now: 3b9aca00 wd_last: 0 mask: ffffffffffffffff",
                           "cs_now: 3b9aca00 cs_last: 3b9aca10");
        kernel_event_measure(&event, 1000000, 0);
        assert_int_equal(event.line.interval_ns, 1000000000);
        assert_int_equal(event.line.skew_ns, -1000000000);
}

static void test_kernel_event_measure_needs_both_rates(void **state)
{
        KernelEvent event = old_report("hpet", "wd_now: 2 wd_last: 1 mask: ffffffff", "cs_now: 2 cs_last: 1");

        kernel_event_measure(&event, 2700000, 0);
        kernel_event_measure(&event, 0, 24000000);
        assert_false(event.line.has_skew || event.line.has_interval);
        event = old_report("sgi_rtc", "wd_now: 2 wd_last: 1 mask: ffffffff", "cs_now: 2 cs_last: 1");
        kernel_event_measure(&event, 2700000, 24000000);
        assert_false(event.line.has_skew || event.line.has_interval);
}

static void test_kernel_event_measure_keeps_the_kernels_times(void **state)
{
        KernelEvent event = old_report("acpi_pm", "wd_now: 10 wd_last: fffff0 mask: ffffff", "cs_now: 2 cs_last: 1");

        event.line.has_skew = event.line.has_interval = true;
        event.line.skew_ns = 7;
        event.line.interval_ns = 9;
        kernel_event_measure(&event, 2700000, 0);
        assert_int_equal(event.line.skew_ns, 7);
        assert_int_equal(event.line.interval_ns, 9);
        assert_int_equal(event.wrap_ns / 1000, 4686968);
}

static void test_cycles_to_ns_cuts(void **state)
{
        assert_int_equal(cycles_to_ns(UINT64_MAX, 1), INT64_MAX);
        assert_int_equal(cycles_to_ns(0, 1), 0);
        assert_int_equal(cycles_to_ns(5000000000, 2500000000), 2000000000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_kernel_report_is_one_event),
                cmocka_unit_test(test_kernel_report_without_mark_ends_at_the_switch),
                cmocka_unit_test(test_kernel_report_can_be_flushed),
                cmocka_unit_test(test_kernel_report_names_the_delayed_clock_only_with_a_mark),
                cmocka_unit_test(test_kernel_report_knows_whose_it_is),
                cmocka_unit_test(test_kernel_report_warp),
                cmocka_unit_test(test_kernel_report_of_a_passed_sync_test_is_nothing),
                cmocka_unit_test(test_kernel_report_does_not_last),
                cmocka_unit_test(test_kernel_report_cuts_long_lines),
                cmocka_unit_test(test_kernel_event_measure_computes_times),
                cmocka_unit_test(test_kernel_event_measure_needs_both_rates),
                cmocka_unit_test(test_kernel_event_measure_keeps_the_kernels_times),
                cmocka_unit_test(test_cycles_to_ns_cuts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
