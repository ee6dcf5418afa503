/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notices that the host slept. logind reports a sleep that it arranged; after a direct write to /sys/power/state only a
 * jump of CLOCK_REALTIME shows it. Neither report is proof: the kernel's clocks say whether and how long the host
 * slept.
 */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/macro.h"

typedef struct SleepWatch SleepWatch;

/* The host slept for `slept_usec` µs since the last call. 0: it did not; the clock was set, or the report was false. */
typedef void (*SleepCallback)(uint64_t slept_usec, void *userdata);

/* `fd` comes from clock_set_open() and is taken over, even on failure. -1: jumps cannot be noticed, and only
 * sleep_watch_check() reports. `asleep_usec` returns how long the host has slept since its boot (clock_asleep_usec). 0
 * or -errno. */
int sleep_watch_new(sd_event *event, int fd, uint64_t (*asleep_usec)(void), SleepCallback callback, void *userdata,
                    SleepWatch **ret);
/* `watch` may be NULL. */
SleepWatch *sleep_watch_free(SleepWatch *watch);
DEFINE_CLEANUP(SleepWatch, sleep_watch_free);

/* Somebody reports the end of a sleep: calls back at once. */
void sleep_watch_check(SleepWatch *watch);
