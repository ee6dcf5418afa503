/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preloaded: adjtimex(2) as if the kernel's maxerror were $FAKE_MAXERROR microseconds, its freq $FAKE_FREQ and its tick
 * $FAKE_TICK; and CLOCK_BOOTTIME $FAKE_AGE seconds ahead, so that every process has run for as long. The real ones are
 * the whole machine's, whatever the namespace.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static long number(const char *name, long otherwise)
{
        const char *text = getenv(name);

        return text ? strtol(text, NULL, 10) : otherwise;
}

int adjtimex(struct timex *timex)
{
        if (!getenv("FAKE_MAXERROR")) {
                errno = EPERM;
                return -1;
        }
        timex->maxerror = number("FAKE_MAXERROR", 0);
        timex->freq = number("FAKE_FREQ", 0);
        timex->tick = number("FAKE_TICK", 10000);
        return timex->maxerror < 16000000 ? TIME_OK : TIME_ERROR;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
        int r = (int)syscall(SYS_clock_gettime, id, now);

        if (r == 0 && id == CLOCK_BOOTTIME)
                now->tv_sec += number("FAKE_AGE", 0);
        return r;
}
