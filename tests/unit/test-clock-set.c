/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/clock-set.h"

/* Only the tests in virtual machines set a clock and show what a jump does. */
static void test_clock_set_is_quiet_and_armed(void **state)
{
        char path[64], line[128];
        int fd, armed = 0;
        FILE *file;

        assert_int_equal(clock_set_open(&fd), 0);
        assert_int_equal(clock_set_rearm(fd), 0);
        assert_int_equal(poll(&(struct pollfd) { .fd = fd, .events = POLLIN }, 1, 0), 0);
        /* TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, in octal (fs/timerfd.c timerfd_show). */
        snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
        file = fopen(path, "r");
        assert_non_null(file);
        while (fgets(line, sizeof(line), file)) {
                unsigned flags;

                armed |= sscanf(line, "settime flags: %o", &flags) == 1 && flags == 3;
        }
        fclose(file);
        assert_true(armed);
        close(fd);
}

static void test_clock_set_rearm_fails(void **state)
{
        assert_true(clock_set_rearm(-1) < 0);
}

static void test_clock_asleep_stands_still(void **state)
{
        uint64_t before = clock_asleep_usec(), after = UINT64_MAX;

        usleep(20000);
        /* It reads two clocks; the scheduler may stop this process between them. */
        for (unsigned i = 0; i < 100 && after >= before + 10000; i++)
                after = clock_asleep_usec();
        assert_true(after < before + 10000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_clock_set_is_quiet_and_armed),
                cmocka_unit_test(test_clock_set_rearm_fails),
                cmocka_unit_test(test_clock_asleep_stands_still),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
