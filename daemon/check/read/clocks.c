/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/read/clocks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/macro.h"
#include "base/time.h"
#include "check/read/files.h"
#include "host/sysfs.h"

static int read_text(const char *path, char **ret)
{
        int r = sysfs_read_string_at(AT_FDCWD, path, ret);

        return r == -ENOMEM ? r : 0;
}

/* Takes only the first line of /proc/stat, because the file is long on machines with many CPUs and interrupts. */
static int take_first(const char *path, char *line, void *userdata)
{
        char **ret = userdata;

        *ret = strdup(line);
        return *ret ? 1 : -ENOMEM;
}

int clocks_read(Late *ret_late, Rtc *ret_rtc)
{
        _cleanup_free_ char *stat = NULL, *pressure = NULL, *adjtime = NULL, *epoch = NULL;
        Rtc rtc = { .there = file_exists("/sys/class/rtc/rtc0") };

        if (file_read_lines("/proc/stat", take_first, &stat) < 0 || read_text("/proc/pressure/irq", &pressure) < 0 ||
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
