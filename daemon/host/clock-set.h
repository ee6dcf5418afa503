/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notices that CLOCK_REALTIME jumped: somebody set it, or the host slept. The time asleep counts in CLOCK_REALTIME and
 * in CLOCK_BOOTTIME, but not in CLOCK_MONOTONIC.
 */
#pragma once

#include <stdint.h>

/* Opens a timerfd that becomes readable at the next jump; the caller closes it. 0 or -errno. */
int clock_set_open(int *ret_fd);
/* Waits for the next jump. 0 or -errno. */
int clock_set_rearm(int fd);

/* How long this host has slept since its boot, in µs. */
uint64_t clock_asleep_usec(void);
