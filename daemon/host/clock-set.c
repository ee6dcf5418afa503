/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/clock-set.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/time.h"

/* The kernel clamps this time (KTIME_SEC_MAX), so the timer never expires. */
#define FAR_AWAY ((time_t)INT64_MAX)
/* If the clock jumps between the kernel's two readings of it, the setting itself is cancelled too (fs/timerfd.c
 * timerfd_setup). */
#define ATTEMPTS 3

int clock_set_rearm(int fd)
{
        const struct itimerspec far_away = { .it_value.tv_sec = FAR_AWAY };
        uint64_t ticks;

        (void)read(fd, &ticks, sizeof(ticks));
        for (unsigned i = 0; i < ATTEMPTS; i++)
                if (timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far_away, NULL) == 0)
                        return 0;
                else if (errno != ECANCELED)
                        break;
        return -errno;
}

int clock_set_open(int *ret_fd)
{
        _cleanup_close_ int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
        int r;

        if (fd < 0)
                return -errno;
        r = clock_set_rearm(fd);
        if (r < 0)
                return r;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

uint64_t clock_asleep_usec(void)
{
        uint64_t monotonic = time_usec(CLOCK_MONOTONIC), boottime = time_usec(CLOCK_BOOTTIME);

        return boottime > monotonic ? boottime - monotonic : 0;
}
