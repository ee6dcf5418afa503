/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Readings of the kernel's clocks.
 */
#pragma once

#include <stdint.h>
#include <time.h>

/* CLOCK_REALTIME, CLOCK_MONOTONIC or CLOCK_BOOTTIME in microseconds; reading these cannot fail (clock_gettime(2)). */
static inline uint64_t time_usec(clockid_t id)
{
        struct timespec now;

        (void)clock_gettime(id, &now);
        return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
