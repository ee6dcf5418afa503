/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two threads, each bound to one CPU, read the TSC in turn.
 */
#pragma once

#include <stdint.h>

#include "probe/track.h"

/* Reads the TSC after all instructions before this call, and before all that follow. Intel SDM vol. 2B, RDTSC: an
 * LFENCE before it waits for earlier loads, an LFENCE after it holds back later instructions. AMD: LFENCE is
 * dispatch-serializing; where that can be switched off (MSR C001_1029 bit 1), Linux switches it on
 * (arch/x86/kernel/cpu/amd.c init_amd(), X86_FEATURE_LFENCE_RDTSC), and its own rdtsc_ordered() relies on it. */
static inline uint64_t tsc_read(void)
{
        uint32_t low, high;

        __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
        return (uint64_t)high << 32 | low;
}

/* Pins the calling thread to `cpu`. 0 or -errno: -EINVAL if the CPU is offline or this process may not use it. */
int exchange_pin(unsigned cpu);

/* Exchanges readings between the calling thread, which is pinned to `base`, and a new thread on `other`. Ends when the
 * bound is `enough` ticks wide, when the caller has used 5 ms of CPU time, or after 250 ms. Busy CPUs leave a wider
 * bound, never a wrong one. 0, -EINVAL (`other` is offline, or this process may not use it), -ENODEV (a thread was
 * moved to another CPU because its own went offline), -ETIME (no exchange was finished), -EAGAIN or -ENOMEM (no thread
 * could be made). *ret is untouched on failure. */
int exchange_run(unsigned base, unsigned other, uint64_t enough, Round *ret);
