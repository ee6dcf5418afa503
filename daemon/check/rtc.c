/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/rtc.h"

#include "base/words.h"

bool rtc_adjtime_is_local(const char *text)
{
        const char *line = text_next_line(text);

        line = line ? text_next_line(line) : NULL;
        return line && text_after(line, "LOCAL");
}

double rtc_offset(long long since_epoch, double now_sec)
{
        double low = (double)since_epoch - now_sec, high = low + 1;

        /* The true offset lies between `low` and `high`. */
        if (low > 0)
                return low;
        return high < 0 ? high : 0;
}
