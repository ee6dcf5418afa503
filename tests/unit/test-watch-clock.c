/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The watch of the clock with a socket for /dev/kmsg, clocksources and a clock that the test sets. The test's clock
 * lags far behind the real one: for sd-event every timer is due at once, and the watch finds out by its own clock
 * whether it is.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <inttypes.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "host/clocksource.h"
#include "host/journal.h"
#include "scratch.h"
#include "watch/clock.h"

#define MARK "tsc: Marking TSC unstable due to clocksource watchdog"

static int kmsg, kmsg_of_watch, kmsg_error;
static uint64_t now_usec, sequence;
static const char *current, *available, *klog_line, *journal_line;
static unsigned n_calls, n_journal;
static ClockChanges heard;

int __wrap_kmsg_open(int *ret_fd);
int __wrap_kmsg_open(int *ret_fd)
{
        if (kmsg_error == 0)
                *ret_fd = kmsg_of_watch;
        return kmsg_error;
}

int __wrap_clock_gettime(clockid_t id, struct timespec *ret);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret)
{
        *ret = (struct timespec) { .tv_sec = (time_t)(now_usec / 1000000),
                                   .tv_nsec = (long)(now_usec % 1000000 * 1000) };
        return 0;
}

/* Makes timers a thousand times faster. */
int __real_sd_event_add_time_relative(sd_event *event, sd_event_source **ret, clockid_t clock, uint64_t usec,
                                      uint64_t accuracy, sd_event_time_handler_t callback, void *userdata);
int __wrap_sd_event_add_time_relative(sd_event *event, sd_event_source **ret, clockid_t clock, uint64_t usec,
                                      uint64_t accuracy, sd_event_time_handler_t callback, void *userdata);
int __wrap_sd_event_add_time_relative(sd_event *event, sd_event_source **ret, clockid_t clock, uint64_t usec,
                                      uint64_t accuracy, sd_event_time_handler_t callback, void *userdata)
{
        return __real_sd_event_add_time_relative(event, ret, clock, usec / 1000, 1, callback, userdata);
}

int clocksource_read(char **ret_current, char **ret_available)
{
        *ret_current = strdup(current);
        *ret_available = strdup(available);
        return 0;
}

int klog_read(KlogLine line, void *userdata)
{
        if (!klog_line)
                return -EPERM;
        line(now_usec, klog_line, userdata);
        return 0;
}

int journal_read_kernel(KlogLine line, void *userdata)
{
        n_journal++;
        if (!journal_line)
                return 0;
        line(now_usec, journal_line, userdata);
        return 1;
}

static void on_clock(const ClockChanges *changes, void *userdata)
{
        n_calls++;
        heard = *changes;
}

static void say(unsigned priority, const char *text)
{
        char record[512];
        int n = snprintf(record, sizeof(record), "%u,%" PRIu64 ",%" PRIu64 ",-;%s\n", priority, sequence++, now_usec,
                         text);

        assert_int_equal(write(kmsg, record, (size_t)n), n);
}

static void set_clocksources(const char *now, const char *offered)
{
        current = now;
        available = offered;
}

typedef struct Bench {
        Scratch *scratch;
        sd_event *event;
        Facts facts;
        ClockWatch *watch;
} Bench;

static void open_kmsg(void)
{
        int fds[2];

        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
        kmsg = fds[0];
        kmsg_of_watch = fds[1];
        sequence = 0;
}

static int setup(void **state)
{
        Bench *bench = calloc(1, sizeof(*bench));
        void *scratch = NULL;

        assert_non_null(bench);
        assert_int_equal(scratch_setup(&scratch), 0);
        bench->scratch = scratch;
        bench->facts = (Facts) {
                .has_tsc = true,
                .constant_tsc = true,
                .nonstop_tsc = true,
                .vendor = "GenuineIntel",
                .family = 6,
                .n_possible = 8,
                .n_packages = 1,
                .n_nodes = 1,
                .kernel_major = 6,
                .kernel_minor = 1,
                .cmdline = "",
        };
        assert_int_equal(sd_event_new(&bench->event), 0);
        open_kmsg();
        kmsg_error = 0;
        now_usec = 5000000;
        set_clocksources("tsc", "tsc hpet acpi_pm");
        klog_line = journal_line = NULL;
        n_calls = n_journal = 0;
        heard = (ClockChanges) {};
        *state = bench;
        return 0;
}

static int teardown(void **state)
{
        Bench *bench = *state;
        void *scratch = bench->scratch;

        clock_watch_free(bench->watch);
        sd_event_unref(bench->event);
        if (kmsg >= 0)
                close(kmsg);
        free(bench);
        return scratch_teardown(&scratch);
}

static void start(Bench *bench)
{
        say(6, "clocksource: Switched to clocksource tsc");
        assert_int_equal(
                clock_watch_new(bench->event, &bench->facts, bench->scratch->fd, on_clock, NULL, &bench->watch), 0);
        assert_int_equal(n_calls, 0);
}

static Verdict verdict(const Bench *bench)
{
        return clock_watch_get_clock(bench->watch)->verdict;
}

/* A timer that is due for sd-event but not for the watch fires again at once. So the number of turns is limited. */
static void turn(Bench *bench)
{
        for (unsigned n = 0; n < 10 && sd_event_run(bench->event, 0) > 0; n++)
                ;
}

static void test_a_loss_is_reported_with_what_was_before(void **state)
{
        Bench *bench = *state;

        start(bench);
        assert_int_equal(verdict(bench), VERDICT_STABLE);
        assert_string_equal(clock_watch_get_witness(bench->watch), "kmsg");
        now_usec = 9000000;
        set_clocksources("hpet", "hpet acpi_pm");
        say(6, MARK);
        turn(bench);
        assert_int_equal(n_calls, 1);
        assert_int_equal(heard.mask & CLOCK_CHANGED_VERDICT, CLOCK_CHANGED_VERDICT);
        assert_int_equal(heard.old_verdict, VERDICT_STABLE);
        assert_string_equal(heard.old_clocksource, "tsc");
        assert_int_equal(verdict(bench), VERDICT_UNSTABLE);
        assert_int_equal(clock_watch_get_clocksource_changes(bench->watch), 1);
}

/* A daemon that starts again in this boot knows what was reported before. */
static void test_the_verdict_is_kept_for_the_next_start(void **state)
{
        Bench *bench = *state;
        ClockView view;

        start(bench);
        clock_get(clock_watch_get_clock(bench->watch), &view);
        assert_true(view.news);
        bench->watch = clock_watch_free(bench->watch);
        close(kmsg);
        open_kmsg();
        start(bench);
        clock_get(clock_watch_get_clock(bench->watch), &view);
        assert_false(view.news);
}

static void test_a_file_that_is_none_is_ignored(void **state)
{
        Bench *bench = *state;

        assert_int_equal(scratch_write(bench->scratch, "clock", "nonsense", 8), 0);
        start(bench);
        assert_int_equal(verdict(bench), VERDICT_STABLE);
}

static void test_programs_are_not_believed(void **state)
{
        Bench *bench = *state;

        start(bench);
        say(8 + 6, MARK);
        assert_int_equal(write(kmsg, "no record", 9), 9);
        turn(bench);
        now_usec += 2000000;
        turn(bench);
        assert_int_equal(n_calls, 0);
}

/* The kernel still offers the TSC, so after a delay the line is reported as one without effect. */
static void test_a_line_without_effect(void **state)
{
        Bench *bench = *state;

        start(bench);
        say(6, MARK);
        turn(bench);
        assert_int_equal(n_calls, 0);
        now_usec += CLOCK_GRACE_USEC + 100000;
        turn(bench);
        assert_int_equal(n_calls, 1);
        assert_int_equal(heard.mask & CLOCK_LINE_WITHOUT_EFFECT, CLOCK_LINE_WITHOUT_EFFECT);
        assert_int_equal(verdict(bench), VERDICT_STABLE);
}

/* Gaps in the record numbers show that records were lost. If tsc is gone too, the journal is asked for the reason. */
static void test_an_overrun_is_made_up_from_the_journal(void **state)
{
        Bench *bench = *state;
        ClockView view;

        start(bench);
        now_usec = 9000000;
        set_clocksources("hpet", "hpet acpi_pm");
        journal_line = MARK;
        sequence += 7;
        say(6, "hrtimer: interrupt took 6663395 ns");
        turn(bench);
        assert_int_equal(n_journal, 1);
        assert_int_equal(verdict(bench), VERDICT_UNSTABLE);
        clock_get(clock_watch_get_clock(bench->watch), &view);
        assert_string_equal(view.kernel_line, MARK);
        assert_int_equal(n_calls, 1);
}

static void test_an_overrun_with_tsc_in_use_is_nothing(void **state)
{
        Bench *bench = *state;

        start(bench);
        sequence += 7;
        say(6, "hrtimer: interrupt took 6663395 ns");
        turn(bench);
        assert_int_equal(n_journal, 0);
        assert_int_equal(n_calls, 0);
}

/* The kernel's ring buffer has lost the lines of the boot. */
static void test_the_journal_comes_before_a_ring_that_has_wrapped(void **state)
{
        Bench *bench = *state;

        sequence = 100;
        journal_line = "clocksource: Switched to clocksource tsc";
        start(bench);
        assert_int_equal(n_journal, 1);
        assert_int_equal(verdict(bench), VERDICT_STABLE);
}

static void test_a_look_finds_what_nobody_reported(void **state)
{
        Bench *bench = *state;

        start(bench);
        set_clocksources("hpet", "tsc hpet acpi_pm");
        clock_watch_look(bench->watch);
        assert_int_equal(n_calls, 1);
        assert_int_equal(verdict(bench), VERDICT_UNUSED);
        bench->facts.constant_tsc = false;
        bench->facts.idle_driver[0] = 'x';
        clock_watch_on_facts_changed(bench->watch);
        assert_int_equal(n_calls, 2);
}

/* With printk.devkmsg=off /dev/kmsg cannot be opened. */
static void test_syslog_takes_the_place_of_kmsg(void **state)
{
        Bench *bench = *state;

        kmsg_error = -EPERM;
        klog_line = "clocksource: Switched to clocksource tsc";
        start(bench);
        assert_string_equal(clock_watch_get_witness(bench->watch), "syslog");
        now_usec = 9000000;
        set_clocksources("hpet", "hpet acpi_pm");
        klog_line = MARK;
        assert_true(sd_event_run(bench->event, 1000000) > 0);
        assert_int_equal(n_calls, 1);
        assert_int_equal(verdict(bench), VERDICT_UNSTABLE);
        close(kmsg_of_watch);
}

static void test_sysfs_alone_is_left(void **state)
{
        Bench *bench = *state;

        kmsg_error = -ENOENT;
        start(bench);
        assert_string_equal(clock_watch_get_witness(bench->watch), "sysfs");
        set_clocksources("hpet", "tsc hpet acpi_pm");
        assert_true(sd_event_run(bench->event, 1000000) > 0);
        assert_int_equal(verdict(bench), VERDICT_UNUSED);
        close(kmsg_of_watch);
}

/* The other end of the socket is closed before everything was read: reading gives ECONNRESET. */
static void test_the_log_breaks_off(void **state)
{
        Bench *bench = *state;

        start(bench);
        assert_int_equal(write(kmsg_of_watch, "x", 1), 1);
        close(kmsg);
        kmsg = -1;
        assert_true(sd_event_run(bench->event, 0) > 0);
        assert_string_equal(clock_watch_get_witness(bench->watch), "sysfs");
        assert_int_equal(verdict(bench), VERDICT_STABLE);
}

static void test_the_log_is_broken_from_the_start(void **state)
{
        Bench *bench = *state;

        assert_int_equal(write(kmsg_of_watch, "x", 1), 1);
        close(kmsg);
        kmsg = -1;
        assert_int_equal(clock_watch_new(bench->event, &bench->facts, -1, on_clock, NULL, &bench->watch), 0);
        assert_string_equal(clock_watch_get_witness(bench->watch), "sysfs");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_a_loss_is_reported_with_what_was_before, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_verdict_is_kept_for_the_next_start, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_file_that_is_none_is_ignored, setup, teardown),
                cmocka_unit_test_setup_teardown(test_programs_are_not_believed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_line_without_effect, setup, teardown),
                cmocka_unit_test_setup_teardown(test_an_overrun_is_made_up_from_the_journal, setup, teardown),
                cmocka_unit_test_setup_teardown(test_an_overrun_with_tsc_in_use_is_nothing, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_journal_comes_before_a_ring_that_has_wrapped, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_look_finds_what_nobody_reported, setup, teardown),
                cmocka_unit_test_setup_teardown(test_syslog_takes_the_place_of_kmsg, setup, teardown),
                cmocka_unit_test_setup_teardown(test_sysfs_alone_is_left, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_log_breaks_off, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_log_is_broken_from_the_start, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
