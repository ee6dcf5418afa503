/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/read/clocks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/time.h"
#include "host/sysfs.h"

DEFINE_CLEANUP(FILE, fclose);

static int read_text(const char *path, char **ret)
{
        int r = sysfs_read_string_at(AT_FDCWD, path, ret);

        return r == -ENOMEM ? r : 0;
}

/* Reads only the first line, because the file is long on machines with many CPUs and interrupts. */
static int read_stat(char **ret)
{
        _cleanup_(fclosep) FILE *stream = fopen("/proc/stat", "re");
        _cleanup_free_ char *line = NULL;
        size_t size = 0;

        if (!stream || getline(&line, &size, stream) < 0)
                return errno == ENOMEM ? -ENOMEM : 0;
        *ret = TAKE_PTR(line);
        return 0;
}

int clocks_read(Late *ret_late, Rtc *ret_rtc)
{
        _cleanup_free_ char *stat = NULL, *pressure = NULL, *adjtime = NULL, *epoch = NULL;
        Rtc rtc = { .there = access("/sys/class/rtc/rtc0", F_OK) == 0 };

        if (read_stat(&stat) < 0 || read_text("/proc/pressure/irq", &pressure) < 0 ||
            read_text("/etc/adjtime", &adjtime) < 0 || read_text("/sys/class/rtc/rtc0/since_epoch", &epoch) < 0)
                return -ENOMEM;
        rtc.local = adjtime && rtc_adjtime_is_local(adjtime);
        if (epoch) {
                rtc.known = true;
                rtc.off_sec = rtc_offset(strtoll(epoch, NULL, 10), (double)time_usec(CLOCK_REALTIME) / 1e6);
        }
        late_parse(stat, pressure, ret_late);
        *ret_rtc = rtc;
        return 0;
}
