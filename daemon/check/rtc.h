/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The real-time clock, from which the next boot takes its time.
 */
#pragma once

#include <stdbool.h>

/* It counts whole seconds; further off than that it is wrong. */
#define RTC_OFF_MAX_SEC 2.0

typedef struct Rtc {
        bool there; /* /sys/class/rtc/rtc0 */
        bool local; /* /etc/adjtime: LOCAL */
        bool known; /* since_epoch was read */
        double off_sec; /* ahead of the system's time, at most a second of it for want of fractions; with `local` it means nothing */
} Rtc;

/* hwclock(8), adjtime_config(5): the third line of /etc/adjtime is LOCAL. */
bool rtc_adjtime_is_local(const char *text);
/* `since_epoch` counts whole seconds: from now_sec on it is off by no less than this. */
double rtc_offset(long long since_epoch, double now_sec);
