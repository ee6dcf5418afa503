/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/rtc.h"

#include <string.h>

bool rtc_adjtime_is_local(const char *text)
{
        for (unsigned i = 0; i < 2; i++) {
                text += strcspn(text, "\n");
                if (!*text)
                        return false;
                text++;
        }
        return strncmp(text, "LOCAL", 5) == 0;
}

double rtc_offset(long long since_epoch, double now_sec)
{
        double low = (double)since_epoch - now_sec, high = low + 1;

        /* The true offset lies between `low` and `high`. */
        if (low > 0)
                return low;
        return high < 0 ? high : 0;
}
