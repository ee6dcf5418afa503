/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is concluded of the clock, and from which evidence: what everybody shows, and what the urgency and the remedy
 * follow from.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/clock-words.h"
#include "model/kernel-report.h"

typedef struct ClockView {
        Verdict verdict;
        ClockReason reason;
        Suspect suspect;
        Urgency urgency;
        bool expected; /* CPU flags and boot parameters alone predict this verdict on every boot */
        bool lost_after_use;
        bool probe_convicted;     /* the last `tscwarden probe` proved that CPUs' TSCs differ */
        bool cpus_differ;         /* the kernel compared the CPUs after the mark and found some ahead or behind */
        bool news;                /* at start: not what the last daemon of this boot said, or there was none */
        uint64_t since_usec;      /* the kernel's monotonic clock; 0 unknown */
        const KernelEvent *cause; /* of a mark; NULL for none. Its text is "" when the line was lost */
        const char *kernel_line;  /* "" for none; any bytes */
        const char *clocksource;  /* "" unknown */
        const char *available;    /* as sysfs has it; "" unknown */
        WatchdogState watchdog;
        char reference[CLOCKSOURCE_NAME_SIZE];           /* the watchdog's of now; "" for none */
        unsigned tsc_khz;                                /* 0 unknown */
        const char (*firmware_faults)[KERNEL_TEXT_SIZE]; /* TSC ADJUST lines of this boot: any bytes */
        size_t n_firmware_faults;
} ClockView;
