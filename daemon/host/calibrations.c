/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/calibrations.h"

#include "host/journal.h"

static bool on_line(unsigned boot, uint64_t realtime_usec, const char *text, void *userdata)
{
        Calibrations *calibrations = userdata;

        calibrations->n = boot + 1;
        return boot_calibration_feed(&calibrations->boots[boot], realtime_usec, text);
}

int calibrations_read(Calibrations *ret)
{
        Calibrations calibrations = {};
        int r = journal_read_boots(RATE_BOOTS_MAX, on_line, &calibrations);

        if (r < 0)
                return r;
        *ret = calibrations;
        return 0;
}
