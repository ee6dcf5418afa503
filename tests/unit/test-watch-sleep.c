/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/clock-set.h"
#include "watch/sleep.h"

static uint64_t fake_asleep_usec;

static uint64_t get_fake_asleep_usec(void)
{
        return fake_asleep_usec;
}

typedef struct Heard {
        unsigned n;
        uint64_t slept_usec;
} Heard;

static void on_sleep(uint64_t slept_usec, void *userdata)
{
        Heard *heard = userdata;

        heard->n++;
        heard->slept_usec = slept_usec;
}

static void test_believes_the_clocks(void **state)
{
        _cleanup_(sleep_watch_freep) SleepWatch *watch = NULL;
        sd_event *event;
        Heard heard = {};

        assert_int_equal(sd_event_new(&event), 0);
        fake_asleep_usec = 7000000;
        assert_int_equal(sleep_watch_new(event, -1, get_fake_asleep_usec, on_sleep, &heard, &watch), 0);
        assert_int_equal(heard.n, 0);
        /* A report of a sleep, but the machine did not sleep. */
        sleep_watch_check(watch);
        assert_int_equal(heard.n, 1);
        assert_int_equal(heard.slept_usec, 0);
        /* A small difference only shows that the clocks are read one after the other. */
        fake_asleep_usec += 400000;
        sleep_watch_check(watch);
        assert_int_equal(heard.slept_usec, 0);
        fake_asleep_usec += 2600000;
        sleep_watch_check(watch);
        assert_int_equal(heard.slept_usec, 3000000);
        /* Two reports of one sleep give one call. */
        sleep_watch_check(watch);
        assert_int_equal(heard.n, 4);
        assert_int_equal(heard.slept_usec, 0);
        sd_event_unref(event);
}

/* A descriptor that cannot be armed again calls back once and is then ignored. */
static void test_jump(void **state)
{
        _cleanup_(sleep_watch_freep) SleepWatch *watch = NULL;
        sd_event *event;
        Heard heard = {};
        int fds[2];

        assert_int_equal(sd_event_new(&event), 0);
        assert_int_equal(pipe(fds), 0);
        assert_int_equal(write(fds[1], "xxxxxxxxxxxxxxxx", 16), 16);
        fake_asleep_usec = 0;
        assert_int_equal(sleep_watch_new(event, fds[0], get_fake_asleep_usec, on_sleep, &heard, &watch), 0);
        fake_asleep_usec = 900000;
        assert_true(sd_event_run(event, 1000000) > 0);
        assert_int_equal(heard.n, 1);
        assert_int_equal(heard.slept_usec, 900000);
        assert_int_equal(sd_event_run(event, 0), 0);
        assert_int_equal(heard.n, 1);
        close(fds[1]);
        sd_event_unref(event);
}

static void test_no_jump(void **state)
{
        _cleanup_(sleep_watch_freep) SleepWatch *watch = NULL;
        sd_event *event;
        Heard heard = {};
        int fd;

        assert_int_equal(sd_event_new(&event), 0);
        assert_int_equal(clock_set_open(&fd), 0);
        assert_int_equal(sleep_watch_new(event, fd, clock_asleep_usec, on_sleep, &heard, &watch), 0);
        assert_int_equal(sd_event_run(event, 0), 0);
        assert_int_equal(heard.n, 0);
        sd_event_unref(event);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_believes_the_clocks),
                cmocka_unit_test(test_jump),
                cmocka_unit_test(test_no_jump),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
