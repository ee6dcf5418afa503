/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two threads, each bound to one CPU, that read the TSC in turn.
 */
#pragma once

#include <stdint.h>

#include "probe/track.h"

/* The TSC, read after all that stands before in the program and before all that follows.
 * Intel SDM vol. 2B, RDTSC: LFENCE before it waits for the loads that went before, LFENCE behind it keeps back what follows. AMD:
 * LFENCE is dispatch-serializing; where that is a choice (MSR C001_1029 bit 1) Linux makes it (arch/x86/kernel/cpu/amd.c
 * init_amd(), X86_FEATURE_LFENCE_RDTSC), and its own rdtsc_ordered() relies on it. */
static inline uint64_t tsc_read(void)
{
        uint32_t low, high;

        __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
        return (uint64_t)high << 32 | low;
}

/* Pins the calling thread to `cpu`. 0 or -errno: -EINVAL when it is offline or not for this process. */
int exchange_pin(unsigned cpu);

/* Exchanges between the calling thread, which is pinned to `base`, and one made on `other`, until the bound is `enough` ticks wide,
 * or the caller has spun for 5 ms, or 250 ms have passed: busy CPUs leave a wider bound, never a wrong one. 0, -EINVAL (`other` is
 * offline or not for this process), -ENODEV (a thread was moved to another CPU: one went offline), -ETIME (not one exchange was
 * finished), -EAGAIN or -ENOMEM (no thread). *ret is untouched on failure. */
int exchange_run(unsigned base, unsigned other, uint64_t enough, Round *ret);
