/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The real-time clock, from which the next boot takes its time.
 */
#pragma once

#include <stdbool.h>

/* The real-time clock counts whole seconds, so only a larger offset shows that it is wrong. */
#define RTC_OFF_MAX_SEC 2.0

typedef struct Rtc {
        bool there; /* /sys/class/rtc/rtc0 exists */
        bool local; /* the real-time clock has local time: /etc/adjtime says LOCAL */
        bool known; /* since_epoch was read */
        /* How far it is ahead of the system's time; up to one second of that may come from the missing fractions.
         * Meaningless with `local`. */
        double off_sec;
} Rtc;

/* True if the third line of /etc/adjtime is LOCAL (hwclock(8), adjtime_config(5)). */
bool rtc_adjtime_is_local(const char *text);
/* The smallest offset from now_sec that explains `since_epoch`, which counts whole seconds. */
double rtc_offset(long long since_epoch, double now_sec);
